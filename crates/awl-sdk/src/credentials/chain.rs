//! The chain: environment, credentials file, config file.

use super::{CredentialsError, ResolvedCredentials};
use crate::config::{Config, Origin};

/// What a provider needs to be told apart by.
struct Source<'a> {
    method: &'static str,
    names: [&'static str; 2],
    token_names: &'static [&'static str],
    account_name: &'static str,
    value: &'a dyn Fn(&str) -> Option<String>,
}

/// The credentials that the configuration leads to.
///
/// # Errors
/// None anywhere, or a half of them somewhere.
// Parity: botocore/credentials.py, create_credential_resolver.
pub fn resolve(config: &Config) -> Result<ResolvedCredentials, CredentialsError> {
    // A profile that is asked for by name goes before the environment's keys.
    let explicit =
        matches!(config.chosen_profile(), Some(profile) if profile.origin == Origin::Explicit);
    let environment = |name: &str| config.host().variable(name);
    let profile = config.profile_name();
    let credentials_file = |name: &str| {
        config
            .profiles()
            .credentials(profile)?
            .get(name)
            .map(str::to_owned)
    };
    let config_file = |name: &str| config.profile_key(name).map(str::to_owned);
    const FILE_NAMES: [&str; 2] = ["aws_access_key_id", "aws_secret_access_key"];
    const FILE_TOKENS: &[&str] = &["aws_security_token", "aws_session_token"];
    let sources = [
        Source {
            method: "env",
            names: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
            token_names: &["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"],
            account_name: "AWS_ACCOUNT_ID",
            value: &environment,
        },
        Source {
            method: "shared-credentials-file",
            names: FILE_NAMES,
            token_names: FILE_TOKENS,
            account_name: "aws_account_id",
            value: &credentials_file,
        },
        Source {
            method: "config-file",
            names: FILE_NAMES,
            token_names: FILE_TOKENS,
            account_name: "aws_account_id",
            value: &config_file,
        },
    ];
    for source in sources.iter().skip(usize::from(explicit)) {
        if let Some(found) = source.load()? {
            return Ok(found);
        }
    }
    Err(CredentialsError::NotFound)
}

impl Source<'_> {
    fn load(&self) -> Result<Option<ResolvedCredentials>, CredentialsError> {
        let value = |name: &str| (self.value)(name).filter(|value| !value.is_empty());
        let [key_name, secret_name] = self.names;
        let Some(access_key_id) = value(key_name) else {
            return Ok(None);
        };
        let secret_access_key = value(secret_name).ok_or(CredentialsError::Partial {
            provider: self.method,
            missing: secret_name,
        })?;
        let session_token = self.token_names.iter().find_map(|name| value(name));
        Ok(Some(ResolvedCredentials {
            credentials: awl_sign::Credentials::new(
                access_key_id,
                secret_access_key,
                session_token,
            ),
            account_id: value(self.account_name),
            method: self.method,
        }))
    }
}
