//! The credentials of the instance's role.
// Parity: botocore/credentials.py, InstanceMetadataProvider; botocore/utils.py,
// InstanceMetadataFetcher._evaluate_expiration.

use super::answer::{Answer, Provided};
use super::{CredentialsError, ResolvedCredentials, keys};
use crate::config::Config;
use crate::env::Host;
use crate::imds::{Imds, ImdsError, RoleAnswer};

/// The credentials that the instance metadata service gives.
pub(super) async fn load(config: &Config) -> Provided {
    let imds = Imds::new(config).map_err(failed)?;
    let found = match imds.role_credentials().await {
        Ok(RoleAnswer::Credentials(found)) => found,
        Ok(RoleAnswer::Nothing(reason)) => return Ok(Answer::Absent(reason.into())),
        Err(ImdsError::Offline) => {
            return Err(CredentialsError::Offline("the instance metadata service"));
        }
        Err(error) if error.is_absence() => return Ok(Answer::Absent(error.to_string().into())),
        Err(error) => return Err(failed(error)),
    };
    let expiration = expiration(&**config.host(), &found.expiration)?;
    Ok(Answer::Found(ResolvedCredentials {
        credentials: found.credentials,
        account_id: None,
        expiration: Some(expiration),
        method: "iam-role",
        origin: format!(
            "role {} of the instance, from {}",
            found.role,
            imds.endpoint()
        ),
    }))
}

/// When the credentials are to be fetched again. Where they have ended, or are
/// about to, the service has none that are newer: they are used as they are,
/// and asked for again after a while.
fn expiration(host: &dyn Host, text: &str) -> Result<i64, CredentialsError> {
    /// How many seconds before their end credentials are renewed.
    const WINDOW: i64 = 15 * 60;
    let end = keys::time(text)
        .ok_or_else(|| CredentialsError::Other(format!("Unknown string format: {text}")))?;
    if !(text.len() == "2026-01-01T00:00:00Z".len() && text.ends_with('Z')) {
        return Ok(end);
    }
    let now = host.epoch().as_secs() as i64;
    let offset = WINDOW + 120 + (host.random() * 481.0) as i64;
    Ok(if now >= end - offset {
        now + offset
    } else {
        end
    })
}

fn failed(error: ImdsError) -> CredentialsError {
    CredentialsError::Other(error.to_string())
}
