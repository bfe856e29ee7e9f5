//! A role that the caller names, assumed with what the chain finds.

use awl_model::Store;
use awl_value::{Map, Value};

use super::call::{self, Signer};
use super::chain::Run;
use super::role::{self, with_account};
use super::{CredentialsError, ResolvedCredentials, mfa, prompt, resolve};
use crate::config::Config;

/// A role to assume.
#[derive(Clone, Debug, Default)]
pub struct RoleRequest {
    /// Its ARN.
    pub arn: String,
    /// The session's name; one is made up where there is none.
    pub session_name: Option<String>,
    /// How many seconds the session lasts; STS's default where it is not said.
    pub duration: Option<i64>,
    /// The external id that the role's trust policy asks for.
    pub external_id: Option<String>,
    /// The MFA device whose code the role's trust policy asks for.
    pub serial_number: Option<String>,
}

/// Assumes a role with the credentials that the configuration leads to.
///
/// # Errors
/// No credentials to assume it with; STS refuses.
pub async fn assume_role(
    config: &Config,
    store: Store,
    request: &RoleRequest,
) -> Result<ResolvedCredentials, CredentialsError> {
    let mut source = resolve(config, store).await?;
    let source_method = source.method;
    let mut params = Map::new();
    params.push("RoleArn", Value::from(&*request.arn));
    let session_name = request
        .session_name
        .clone()
        .unwrap_or_else(|| format!("awl-session-{}", config.host().epoch().as_secs()));
    params.push("RoleSessionName", Value::from(session_name));
    if let Some(duration) = request.duration {
        params.push("DurationSeconds", Value::Int(duration));
    }
    if let Some(id) = &request.external_id {
        params.push("ExternalId", Value::from(&**id));
    }
    // A session that was opened with a code needs no other.
    if let Some(serial) = &request.serial_number
        && source.method != mfa::METHOD
    {
        let profile = config.profile_name();
        if mfa::may_share(&source, request.duration) {
            let mut run = Run::new(config, store);
            source = mfa::of_keys(&mut run, profile, serial, source).await?;
        } else {
            let code = prompt::mfa_code(config, profile, serial).await?;
            params.push("SerialNumber", Value::from(&**serial));
            params.push("TokenCode", Value::from(code));
        }
    }
    let signer = Signer::Credentials(source);
    let output = call::sts(config, store, "AssumeRole", params, signer).await?;
    let response = with_account(call::response(output));
    let found = role::credentials(&response).ok_or_else(|| {
        CredentialsError::Other("the answer of AssumeRole has no credentials".to_owned())
    })?;
    let origin = format!("role {}, assumed with {source_method}", request.arn);
    Ok(found.resolved("assume-role", origin))
}
