//! The credentials of the instance's role.
// Parity: botocore/utils.py, InstanceMetadataFetcher.

use awl_sign::Credentials;
use awl_value::{Value, json, python};

use super::client::Expect;
use super::{Imds, ImdsError};

const PATH: &str = "latest/meta-data/iam/security-credentials/";

/// The credentials of the instance's role.
#[derive(Clone, Debug)]
pub struct RoleCredentials {
    /// The role's name.
    pub role: String,
    /// What signs.
    pub credentials: Credentials,
    /// When they end, as the service says it.
    pub expiration: String,
}

/// What the service says of the instance's role.
#[derive(Clone, Debug)]
pub enum RoleAnswer {
    /// Its credentials.
    Credentials(RoleCredentials),
    /// There are none; why.
    Nothing(String),
}

impl Imds {
    /// The name of the instance's role.
    ///
    /// # Errors
    /// See [`ImdsError`]; status 404: there is no role.
    pub async fn role(&self) -> Result<String, ImdsError> {
        let name = self.request(PATH, Expect::Text).await?;
        Ok(String::from_utf8_lossy(&name).into_owned())
    }

    /// What the service has under a role's name, as it is.
    ///
    /// # Errors
    /// See [`ImdsError`].
    pub async fn role_document(&self, role: &str) -> Result<Value, ImdsError> {
        let path = format!("{PATH}{role}");
        let body = self.request(&path, Expect::Json).await?;
        let text = String::from_utf8_lossy(&body);
        json::parse(&text).map_err(|_| ImdsError::NoJson {
            url: self.url(&path),
        })
    }

    /// The credentials of the instance's role.
    ///
    /// # Errors
    /// See [`ImdsError`]; those that are an absence are no error of the chain.
    pub async fn role_credentials(&self) -> Result<RoleAnswer, ImdsError> {
        let role = match self.role().await {
            Ok(role) => role,
            Err(ImdsError::Status { status: 404, .. }) => {
                return Ok(RoleAnswer::Nothing("the instance has no role".to_owned()));
            }
            Err(error) => return Err(error),
        };
        let document = self.role_document(&role).await?;
        let text = |name: &str| document.get(name).and_then(Value::as_str);
        let all = (
            text("AccessKeyId"),
            text("SecretAccessKey"),
            text("Token"),
            text("Expiration"),
        );
        let (Some(key), Some(secret), Some(token), Some(expiration)) = all else {
            return Ok(RoleAnswer::Nothing(refused(&role, &document)));
        };
        Ok(RoleAnswer::Credentials(RoleCredentials {
            credentials: Credentials::new(key, secret, Some(token.to_owned())),
            expiration: expiration.to_owned(),
            role,
        }))
    }
}

/// What an answer without credentials says.
fn refused(role: &str, document: &Value) -> String {
    match (document.get("Code"), document.get("Message")) {
        (Some(code), Some(message)) => format!(
            "the instance metadata service has no credentials of role {role}: {}: {}",
            python::str(code),
            python::str(message)
        ),
        _ => {
            let required = ["AccessKeyId", "SecretAccessKey", "Token", "Expiration"];
            let missing = required
                .into_iter()
                .find(|name| document.get(name).and_then(Value::as_str).is_none());
            format!(
                "the credentials of role {role} in the instance metadata service have no {}",
                missing.unwrap_or_default()
            )
        }
    }
}
