//! IAM Identity Center: a role that an SSO session gives, and logging in to
//! such a session.
// Parity: botocore/credentials.py, SSOProvider, SSOCredentialFetcher.

mod code;
mod device;
mod log_in;
mod session;
mod token;

use awl_model::Store;
use awl_value::{Map, Value};

use super::answer::{Answer, Provided};
use super::cache::{self, Cache};
use super::call::{self, Signer};
use super::chain::Run;
use super::{CredentialsError, oauth, role};
use crate::config::Config;
use crate::config::ini::IniSection;

pub use log_in::{Method, Verification, log_in, logged_in};
pub use session::{Session, parse_scopes};
pub use token::{Token, cached, current};

const PROVIDER: &str = "sso";
const UNAUTHORIZED: &str = "The SSO session associated with this profile has expired or is \
                            otherwise invalid. To refresh this SSO session run aws sso login with \
                            the corresponding profile.";

/// The role that a profile names.
struct Role {
    account_id: String,
    name: String,
    session: Session,
}

/// The credentials of the role that a profile names.
pub(super) async fn load(run: &mut Run<'_>, profile: &str) -> Provided {
    let (config, store) = (run.config, run.store);
    let Some(role) = Role::of(config, profile)? else {
        return Ok(Answer::Absent(
            "the profile has neither sso_account_id nor sso_role_name".into(),
        ));
    };
    let cache = Cache::of_credentials(config.host());
    let key = role.cache_key();
    let cached = || {
        let found = role::fresh(&cache.get(&key)?, oauth::now(&**config.host()))?;
        Some(found.resolved(PROVIDER, role.origin(" (cached)")))
    };
    if let Some(found) = cached() {
        return Ok(Answer::Found(found));
    }
    let _lock = cache.lock(&key).await;
    if let Some(found) = cached() {
        return Ok(Answer::Found(found));
    }
    let response = role.credentials(config, store, profile).await?;
    cache.put(&key, &response);
    let found = role::credentials(&response)
        .ok_or_else(|| failure("the answer of GetRoleCredentials has no credentials"))?;
    Ok(Answer::Found(found.resolved(PROVIDER, role.origin(""))))
}

/// The bearer token of the profile that is chosen, for services that take one;
/// None where the profile names no session.
// Parity: botocore/tokens.py, SSOTokenProvider.load_token.
pub(crate) async fn bearer_token(
    config: &Config,
    store: Store,
) -> Result<Option<String>, CredentialsError> {
    let profile = config.profile_name();
    let Some(session) = token_session(config, profile)? else {
        return Ok(None);
    };
    let token = current(config, store, &session).await?;
    Ok(Some(token.access_token))
}

impl Role {
    /// The role of a profile; None where it names none.
    fn of(config: &Config, profile: &str) -> Result<Option<Self>, CredentialsError> {
        let Some(section) = config.profiles().profile(profile) else {
            return Ok(None);
        };
        let (account_id, name) = (section.get("sso_account_id"), section.get("sso_role_name"));
        if account_id.is_none() && name.is_none() {
            return Ok(None);
        }
        let session = section.get("sso_session");
        let session_section = session.map(|name| referenced(config, section, name));
        let session_section = session_section.transpose()?;
        let value = |key: &str| {
            let of_session = session_section.and_then(|section| section.get(key));
            of_session.or_else(|| section.get(key))
        };
        let keys = [
            "sso_role_name",
            "sso_account_id",
            "sso_start_url",
            "sso_region",
        ];
        if let [Some(name), Some(account_id), Some(start_url), Some(region)] = keys.map(value) {
            return Ok(Some(Self {
                account_id: account_id.to_owned(),
                name: name.to_owned(),
                session: Session {
                    name: session.map(str::to_owned),
                    start_url: start_url.to_owned(),
                    resolved_url: None,
                    region: region.to_owned(),
                    scopes: None,
                },
            }));
        }
        let missing: Vec<&str> = keys
            .into_iter()
            .filter(|key| value(key).is_none())
            .collect();
        Err(CredentialsError::InvalidConfig(format!(
            "The profile \"{profile}\" is configured to use SSO but is missing required \
             configuration: {}",
            missing.join(", ")
        )))
    }

    /// The key of the role's credentials in the cache.
    fn cache_key(&self) -> String {
        let mut arguments = Map::with_capacity(3);
        arguments.push("roleName", Value::from(&*self.name));
        arguments.push("accountId", Value::from(&*self.account_id));
        match &self.session.name {
            Some(name) => arguments.push("sessionName", Value::from(&**name)),
            None => arguments.push("startUrl", Value::from(&*self.session.start_url)),
        }
        cache::key(arguments, true)
    }

    fn origin(&self, how: &str) -> String {
        format!(
            "role {} of account {}, SSO session {}{how}",
            self.name,
            self.account_id,
            self.session.label()
        )
    }

    /// Fetches the role's credentials, in the form that the cache has.
    async fn credentials(
        &self,
        config: &Config,
        store: Store,
        profile: &str,
    ) -> Result<Map, CredentialsError> {
        let token = if self.session.name.is_some() {
            // The section alone must say what a token needs.
            token_session(config, profile)?;
            current(config, store, &self.session).await?
        } else {
            let token = cached(config, &self.session)?;
            if token.expiration - oauth::now(&**config.host()) <= 0 {
                return Err(log_in_again(UNAUTHORIZED));
            }
            token
        };
        let region = Some(&*self.session.region);
        let client = call::client(config, store, "sso", region, Signer::Nobody)?;
        let mut params = Map::with_capacity(3);
        params.push("roleName", Value::from(&*self.name));
        params.push("accountId", Value::from(&*self.account_id));
        params.push("accessToken", Value::from(token.access_token));
        let answer = client.call("GetRoleCredentials", Value::Map(params)).await;
        let answer = answer.map_err(|error| match error.service() {
            Some(refused) if refused.code() == "UnauthorizedException" => {
                log_in_again(UNAUTHORIZED)
            }
            _ => error.into(),
        })?;
        let credentials = answer.get("roleCredentials").and_then(Value::as_map);
        let mut kept = Map::with_capacity(5);
        for (name, member) in [
            ("AccessKeyId", "accessKeyId"),
            ("SecretAccessKey", "secretAccessKey"),
            ("SessionToken", "sessionToken"),
        ] {
            let value = credentials.and_then(|credentials| credentials.get(member));
            kept.push(name, value.cloned().unwrap_or(Value::Null));
        }
        let expiration = credentials
            .and_then(|credentials| credentials.get("expiration"))
            .and_then(Value::as_int)
            .ok_or_else(|| failure("the answer of GetRoleCredentials has no expiration"))?;
        let expiration = oauth::utc(expiration.div_euclid(1000));
        kept.push("Expiration", Value::from(expiration));
        kept.push("AccountId", Value::from(&*self.account_id));
        let mut response = Map::with_capacity(2);
        response.push("ProviderType", Value::from(PROVIDER));
        response.push("Credentials", Value::Map(kept));
        Ok(response)
    }
}

/// The section that a profile refers to, which must not contradict it.
fn referenced<'a>(
    config: &'a Config,
    section: &IniSection,
    name: &str,
) -> Result<&'a IniSection, CredentialsError> {
    let session = config.profiles().sso_session(name).ok_or_else(|| {
        CredentialsError::InvalidConfig(format!(
            "The specified sso-session does not exist: \"{name}\""
        ))
    })?;
    for (key, value) in &session.entries {
        if let Some(other) = section.get(key)
            && other != value
        {
            return Err(CredentialsError::InvalidConfig(format!(
                "The value for {key} is inconsistent between profile ({other}) and sso-session \
                 ({value})."
            )));
        }
    }
    Ok(session)
}

/// The session that gives a profile's tokens; None where it names none.
// Parity: botocore/tokens.py, SSOTokenProvider._load_sso_config.
fn token_session(config: &Config, profile: &str) -> Result<Option<Session>, CredentialsError> {
    let section = config.profiles().profile(profile);
    let Some(name) = section.and_then(|section| section.get("sso_session")) else {
        return Ok(None);
    };
    let invalid = |what: String| {
        CredentialsError::InvalidConfig(format!(
            "The profile \"{profile}\" is configured to use the SSO token provider but {what}"
        ))
    };
    let section = config.profiles().sso_session(name);
    let section = section
        .filter(|section| !section.entries.is_empty())
        .ok_or_else(|| {
            invalid(format!(
                "the \"{name}\" sso_session configuration does not exist."
            ))
        })?;
    let missing: Vec<String> = ["sso_start_url", "sso_region"]
        .into_iter()
        .filter(|key| section.get(key).is_none())
        .map(|key| format!("'{key}'"))
        .collect();
    if !missing.is_empty() {
        return Err(invalid(format!(
            "is missing the following configuration: [{}].",
            missing.join(", ")
        )));
    }
    Ok(Session::named(config, name))
}

/// A session that logging in would mend.
fn log_in_again(message: impl Into<String>) -> CredentialsError {
    CredentialsError::Sso {
        message: message.into(),
        log_in: true,
    }
}

/// Something that logging in would not mend.
fn failure(message: impl Into<String>) -> CredentialsError {
    CredentialsError::Sso {
        message: message.into(),
        log_in: false,
    }
}
