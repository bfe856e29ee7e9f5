//! `role_arn`: a role that is assumed with the credentials of another profile,
//! of the environment, the container or the instance, from role to role.
// Parity: botocore/credentials.py, AssumeRoleProvider,
// AssumeRoleCredentialFetcher.

use std::pin::Pin;

use awl_sign::Credentials;
use awl_value::{Map, Value, json, python};

use super::answer::{Answer, Provided};
use super::cache::{self, Cache};
use super::call::{self, Signer};
use super::chain::Run;
use super::{CredentialsError, ResolvedCredentials, container, imds, keys, mfa, prompt};
use crate::config::Config;
use crate::config::ini::IniSection;

const PROVIDER: &str = "assume-role";
/// What `credential_source` may be.
const SOURCES: &[&str] = &["Environment", "EcsContainer", "Ec2InstanceMetadata"];

/// A role as a profile describes it.
#[derive(Clone, Debug)]
pub(super) struct Role {
    pub profile: String,
    arn: String,
    source: Source,
    /// The parameters of the call, but for `RoleArn` and a made-up session name.
    arguments: Map,
    mfa_serial: Option<String>,
    duration: Option<i64>,
}

#[derive(Clone, Debug)]
enum Source {
    /// `credential_source`.
    Named(&'static str),
    /// `source_profile`, which has keys or another provider's settings.
    Profile(String),
    /// `source_profile`, which is a role itself.
    Role(Box<Role>),
}

/// Whether a profile is a role: one with a web identity is not for this
/// provider.
pub(super) fn is_role(section: &IniSection) -> bool {
    section.get("role_arn").is_some() && section.get("web_identity_token_file").is_none()
}

/// The role of a profile, and the roles that it is assumed from.
///
/// # Errors
/// Settings that contradict each other, a source that is not there, a circle.
pub(super) fn of_profile(config: &Config, profile: &str) -> Result<Option<Role>, CredentialsError> {
    match config.profiles().profile(profile) {
        Some(section) if is_role(section) => {
            let mut visited = vec![profile.to_owned()];
            read(config, profile, section, &mut visited).map(Some)
        }
        _ => Ok(None),
    }
}

fn read(
    config: &Config,
    profile: &str,
    section: &IniSection,
    visited: &mut Vec<String>,
) -> Result<Role, CredentialsError> {
    let source = match (
        section.get("source_profile"),
        section.get("credential_source"),
    ) {
        (Some(_), Some(_)) => {
            return Err(CredentialsError::InvalidConfig(format!(
                "The profile \"{profile}\" contains both source_profile and credential_source."
            )));
        }
        (None, None) => {
            return Err(CredentialsError::Partial {
                provider: PROVIDER,
                missing: "source_profile or credential_source",
            });
        }
        (None, Some(name)) => match SOURCES.iter().find(|source| **source == name) {
            Some(source) => Source::Named(source),
            None => {
                return Err(CredentialsError::InvalidConfig(format!(
                    "The credential source \"{name}\" referenced in profile \"{profile}\" is not \
                     valid."
                )));
            }
        },
        (Some(name), None) => source_profile(config, profile, name, visited)?,
    };
    let duration = section
        .get("duration_seconds")
        .and_then(python::int)
        .and_then(|number| number.as_int());
    Ok(Role {
        profile: profile.to_owned(),
        arn: section.get("role_arn").unwrap_or_default().to_owned(),
        source,
        arguments: arguments(profile, section, duration)?,
        mfa_serial: section.get("mfa_serial").map(str::to_owned),
        duration,
    })
}

fn source_profile(
    config: &Config,
    profile: &str,
    name: &str,
    visited: &mut Vec<String>,
) -> Result<Source, CredentialsError> {
    let Some(section) = config.profiles().profile(name) else {
        return Err(CredentialsError::InvalidConfig(format!(
            "The source_profile \"{name}\" referenced in the profile \"{profile}\" does not exist."
        )));
    };
    let has_keys = section.get("aws_access_key_id").is_some()
        || section.get("aws_secret_access_key").is_some();
    // A profile may be its own source where it has keys.
    if visited.iter().any(|visited| visited == name) && (name != profile || !has_keys) {
        let visited = Value::List(visited.iter().map(|name| Value::from(&**name)).collect());
        return Err(CredentialsError::Loop {
            profile: name.to_owned(),
            visited: python::repr(&visited),
        });
    }
    visited.push(name.to_owned());
    if has_keys || !is_role(section) {
        return Ok(Source::Profile(name.to_owned()));
    }
    let role = read(config, name, section, visited)?;
    Ok(Source::Role(Box::new(role)))
}

/// The parameters of AssumeRole that a profile sets.
///
/// `session_tags` (`key=value,…`), `transitive_session_tags` (`key,…`),
/// `source_identity`, `session_policy` (JSON) and `session_policy_arns`
/// (`arn,…`) are awl's own; the AWS CLI knows them not.
fn arguments(
    profile: &str,
    section: &IniSection,
    duration: Option<i64>,
) -> Result<Map, CredentialsError> {
    let mut arguments = Map::new();
    for (key, name) in [
        ("role_session_name", "RoleSessionName"),
        ("external_id", "ExternalId"),
        ("mfa_serial", "SerialNumber"),
        ("source_identity", "SourceIdentity"),
        ("session_policy", "Policy"),
    ] {
        if let Some(value) = section.get(key) {
            arguments.push(name, Value::from(value));
        }
    }
    if let Some(policy) = section.get("session_policy") {
        json::parse(policy).map_err(|error| {
            CredentialsError::InvalidConfig(format!(
                "The session_policy of the profile \"{profile}\" is no JSON: {error}"
            ))
        })?;
    }
    if let Some(duration) = duration {
        arguments.push("DurationSeconds", Value::Int(duration));
    }
    let list = |key: &str| {
        let words = section
            .get(key)
            .into_iter()
            .flat_map(|text| text.split(','));
        words.map(str::trim).filter(|word| !word.is_empty())
    };
    let single = |name: &'static str, value: &str| {
        let mut map = Map::with_capacity(2);
        map.push(name, Value::from(value));
        map
    };
    let mut tags = Vec::new();
    for tag in list("session_tags") {
        let (key, value) = tag.split_once('=').ok_or_else(|| {
            CredentialsError::InvalidConfig(format!(
                "The session tag \"{tag}\" of the profile \"{profile}\" is not key=value."
            ))
        })?;
        let mut tag = single("Key", key.trim());
        tag.push("Value", Value::from(value.trim()));
        tags.push(Value::Map(tag));
    }
    let transitive: Vec<_> = list("transitive_session_tags").map(Value::from).collect();
    let policies: Vec<_> = list("session_policy_arns")
        .map(|arn| Value::Map(single("arn", arn)))
        .collect();
    for (name, items) in [
        ("Tags", tags),
        ("TransitiveTagKeys", transitive),
        ("PolicyArns", policies),
    ] {
        if !items.is_empty() {
            arguments.push(name, Value::List(items));
        }
    }
    Ok(arguments)
}

/// Assumes the role of a profile, where it is one.
pub(super) async fn load(run: &mut Run<'_>, profile: &str) -> Provided {
    match of_profile(run.config, profile)? {
        None => {
            let section = run.config.profiles().profile(profile);
            let has_token = section.is_some_and(|section| section.get("role_arn").is_some());
            Ok(Answer::Absent(if has_token {
                "the profile's role is for web_identity_token_file".into()
            } else {
                "the profile has no role_arn".into()
            }))
        }
        Some(role) => assume(run, &role).await.map(Answer::Found),
    }
}

type Boxed<'f, T> = Pin<Box<dyn Future<Output = Result<T, CredentialsError>> + Send + 'f>>;

/// The role's credentials: from the cache, else by a call, which one process
/// makes for all.
fn assume<'f>(run: &'f mut Run<'_>, role: &'f Role) -> Boxed<'f, ResolvedCredentials> {
    Box::pin(async move {
        let cache = Cache::of_credentials(run.config.host());
        let key = role.cache_key();
        let now = || run.config.host().epoch().as_secs() as i64;
        if let Some(found) = cache.get(&key).and_then(|entry| fresh(&entry, now())) {
            return Ok(role.resolved(found, "cached"));
        }
        let lock = cache.lock(&key).await;
        if let Some(found) = cache.get(&key).and_then(|entry| fresh(&entry, now())) {
            return Ok(role.resolved(found, "cached"));
        }
        let response = fetch(run, role).await?;
        cache.put(&key, &response);
        drop(lock);
        let found = credentials(&response).ok_or_else(|| {
            CredentialsError::Other("the answer of AssumeRole has no credentials".to_owned())
        })?;
        Ok(role.resolved(found, "assumed now"))
    })
}

/// Calls AssumeRole. What it answers goes into the cache.
async fn fetch(run: &mut Run<'_>, role: &Role) -> Result<Map, CredentialsError> {
    let mut source = source_credentials(run, role).await?;
    let mut params = role.arguments.clone();
    params.insert("RoleArn", Value::from(&*role.arn));
    if !params.contains_key("RoleSessionName") {
        let seconds = run.config.host().epoch().as_secs();
        let name = format!("botocore-session-{seconds}");
        params.push("RoleSessionName", Value::from(name));
    }
    if let Some(serial) = &role.mfa_serial {
        if mfa::may_share(&source, role.duration) {
            // One code serves all roles: they are assumed from one session.
            let session = mfa::of_keys(run, &role.profile, serial, source);
            source = session.await?;
            params.remove("SerialNumber");
        } else if source.method == mfa::METHOD {
            params.remove("SerialNumber");
        } else {
            let code = prompt::mfa_code(run.config, &role.profile, serial).await?;
            params.push("TokenCode", Value::from(code));
        }
    }
    let signer = Signer::Credentials(source);
    let output = call::sts(run.config, run.store, "AssumeRole", params, signer).await?;
    Ok(with_account(call::response(output)))
}

async fn source_credentials(
    run: &mut Run<'_>,
    role: &Role,
) -> Result<ResolvedCredentials, CredentialsError> {
    run.depth += 1;
    let source = match &role.source {
        Source::Role(source) => {
            let link = run.begin(PROVIDER, Some(&source.profile));
            let assumed = assume(run, source).await.map(Answer::Found);
            run.end(link, assumed)?
        }
        Source::Profile(profile) => run.profile_chain(profile, false).await?,
        Source::Named("Environment") => {
            let link = run.begin("env", None);
            run.end(link, keys::environment(run.config))?
        }
        Source::Named("EcsContainer") => {
            let link = run.begin("container-role", None);
            let answer = container::load(run.config).await;
            run.end(link, answer)?
        }
        Source::Named(_) => {
            let link = run.begin("iam-role", None);
            let answer = imds::load(run.config).await;
            run.end(link, answer)?
        }
    };
    run.depth -= 1;
    source.ok_or_else(|| match &role.source {
        Source::Named(name) => CredentialsError::Retrieval {
            provider: (*name).to_owned(),
            message: format!(
                "No credentials found in credential_source referenced in profile {}",
                role.profile
            ),
        },
        Source::Profile(profile) => without_credentials(profile),
        Source::Role(source) => without_credentials(&source.profile),
    })
}

fn without_credentials(profile: &str) -> CredentialsError {
    CredentialsError::InvalidConfig(format!(
        "The source profile \"{profile}\" must have credentials."
    ))
}

impl Role {
    /// The key of the role's credentials in the cache.
    // Parity: botocore/credentials.py, BaseAssumeRoleCredentialFetcher.
    fn cache_key(&self) -> String {
        let mut arguments = self.arguments.clone();
        arguments.insert("RoleArn", Value::from(&*self.arn));
        if let Some(policy) = arguments.get_mut("Policy")
            && let Some(document) = policy.as_str().and_then(|text| json::parse(text).ok())
        {
            *policy = document;
        }
        cache::key(arguments, false)
    }

    fn resolved(&self, found: Cached, how: &str) -> ResolvedCredentials {
        found.resolved(
            PROVIDER,
            format!("role {} of profile {} ({how})", self.arn, self.profile),
        )
    }
}

/// Credentials as the caches keep them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cached {
    credentials: Credentials,
    account_id: Option<String>,
    pub expiration: i64,
}

impl Cached {
    pub(super) fn resolved(self, method: &'static str, origin: String) -> ResolvedCredentials {
        ResolvedCredentials {
            credentials: self.credentials,
            account_id: self.account_id,
            expiration: Some(self.expiration),
            method,
            origin,
        }
    }
}

/// The `Credentials` of a response that is kept in a cache.
pub(super) fn credentials(response: &Map) -> Option<Cached> {
    let credentials = response.get("Credentials")?;
    let text = |name: &str| credentials.get(name).and_then(Value::as_str);
    let expiration = match credentials.get("Expiration")? {
        Value::Timestamp(timestamp) => timestamp.micros.div_euclid(1_000_000),
        Value::String(text) => keys::time(text)?,
        _ => return None,
    };
    Some(Cached {
        credentials: Credentials::new(
            text("AccessKeyId")?,
            text("SecretAccessKey")?,
            Some(text("SessionToken")?.to_owned()),
        ),
        account_id: text("AccountId").map(str::to_owned),
        expiration,
    })
}

/// The same, where they are good for a while.
pub(super) fn fresh(response: &Map, now: i64) -> Option<Cached> {
    credentials(response).filter(|found| found.expiration - now >= cache::WINDOW)
}

/// A response of AssumeRole with the account that the role's ARN names.
// Parity: botocore/credentials.py, _add_account_id_to_response.
pub(super) fn with_account(mut response: Map) -> Map {
    let arn = response
        .get("AssumedRoleUser")
        .and_then(|user| user.get("Arn"));
    let account = arn
        .and_then(Value::as_str)
        .and_then(|arn| arn.split(':').nth(4))
        .map(Value::from);
    if let (Some(account), Some(credentials)) = (
        account,
        response.get_mut("Credentials").and_then(Value::as_map_mut),
    ) {
        credentials.insert("AccountId", account);
    }
    response
}
