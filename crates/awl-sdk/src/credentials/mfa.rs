//! MFA sessions: one code, asked for once, opens a session that every role and
//! every process of the user shares until it ends.
//!
//! The AWS CLI has no such thing: there `mfa_serial` without `role_arn` says
//! nothing, and every role asks for a code of its own. `mfa_session = off` in a
//! profile gives that back.

use awl_model::{Operation, Store};
use awl_value::{Map, Value, python};

use super::answer::Answer;
use super::cache::{self, Cache};
use super::call::{self, Signer};
use super::chain::Run;
use super::{CredentialsError, ResolvedCredentials, prompt, role};
use crate::config::Config;

/// What the credentials of such a session are known by.
pub(super) const METHOD: &str = "mfa-session";
/// How long a session lasts where the profile does not say, in seconds.
const DURATION: i64 = 43_200;
/// How many seconds a session must have left to be used.
const WINDOW: i64 = 5 * 60;
/// The longest that a role lasts that temporary credentials assume.
const LONGEST_ROLE: i64 = 3600;

/// Operations of STS that refuse the credentials of a session: they are signed
/// with the keys themselves.
// Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
static LONG_TERM: &[&str] = &["GetFederationToken", "GetSessionToken"];

/// Whether an operation must be signed with long-term keys.
#[must_use]
pub fn is_long_term_only(operation: Operation) -> bool {
    operation.service().name() == "sts" && LONG_TERM.contains(&operation.name())
}

/// Whether a role that lasts `duration` may be assumed from a session that is
/// opened with `source`: with long-term keys, and within the limit.
pub(super) fn may_share(source: &ResolvedCredentials, duration: Option<i64>) -> bool {
    source.credentials.token().is_none() && duration.is_none_or(|duration| duration <= LONGEST_ROLE)
}

/// The session of a profile that has `mfa_serial` and no role: `found` are the
/// profile's keys. Credentials that are of a session already stay.
pub(super) async fn of_profile(
    run: &mut Run<'_>,
    profile: &str,
    found: ResolvedCredentials,
) -> Result<ResolvedCredentials, CredentialsError> {
    let config = run.config;
    let section = config.profiles().profile(profile);
    let key = |name: &str| section.and_then(|section| section.get(name));
    let Some(serial) = key("mfa_serial").filter(|serial| !serial.is_empty()) else {
        return Ok(found);
    };
    let is_off = key("mfa_session").is_some_and(|word| {
        ["off", "false"]
            .iter()
            .any(|off| word.eq_ignore_ascii_case(off))
    });
    let stays = is_off
        || config.overrides().no_mfa_session
        || key("role_arn").is_some()
        || found.credentials.token().is_some();
    if stays {
        return Ok(found);
    }
    of_keys(run, profile, serial, found).await
}

/// The session that long-term keys and a device open, from the cache or by a
/// call that one process makes for all.
pub(super) async fn of_keys(
    run: &mut Run<'_>,
    profile: &str,
    serial: &str,
    keys: ResolvedCredentials,
) -> Result<ResolvedCredentials, CredentialsError> {
    run.depth += 1;
    let link = run.begin(METHOD, Some(profile));
    let session = session(run.config, run.store, profile, serial, keys).await;
    let session = run.end(link, session.map(Answer::Found))?;
    run.depth -= 1;
    session.ok_or(CredentialsError::NotFound)
}

/// The session that `keys` and the device `serial` open; `profile` says how
/// long it lasts (`duration_seconds` of a profile without a role, 900 to
/// 129,600, else twelve hours) and where codes come from.
///
/// # Errors
/// Nobody to ask for the code; what STS refuses.
pub async fn session(
    config: &Config,
    store: Store,
    profile: &str,
    serial: &str,
    keys: ResolvedCredentials,
) -> Result<ResolvedCredentials, CredentialsError> {
    let cache = Cache::of_credentials(config.host());
    let mut arguments = Map::new();
    arguments.push("AccessKeyId", Value::from(&*keys.credentials.access_key_id));
    arguments.push("SerialNumber", Value::from(serial));
    // A session of one cloud is none of another.
    if let Some(url) = config.endpoint_url("STS") {
        arguments.push("EndpointUrl", Value::from(url));
    }
    let key = cache::key(arguments, false);
    let now = || config.host().epoch().as_secs() as i64;
    let origin = |how: &str| format!("session of {serial} with {} ({how})", keys.origin);
    let cached = || {
        let found = role::credentials(&cache.get(&key)?)?;
        let is_good = found.expiration - now() >= WINDOW;
        is_good.then(|| found.resolved(METHOD, origin("cached")))
    };
    if let Some(found) = cached() {
        return Ok(found);
    }
    let _lock = cache.lock(&key).await;
    if let Some(found) = cached() {
        return Ok(found);
    }
    let code = prompt::mfa_code(config, profile, serial).await?;
    let section = config.profiles().profile(profile);
    let duration = section
        .filter(|section| section.get("role_arn").is_none())
        .and_then(|section| section.get("duration_seconds"))
        .and_then(python::int)
        .and_then(|number| number.as_int())
        .unwrap_or(DURATION);
    let mut params = Map::with_capacity(3);
    params.push("DurationSeconds", Value::Int(duration));
    params.push("SerialNumber", Value::from(serial));
    params.push("TokenCode", Value::from(code));
    let account_id = keys.account_id.clone();
    let origin = origin("opened now");
    let signer = Signer::Credentials(keys);
    let output = call::sts(config, store, "GetSessionToken", params, signer).await?;
    let response = call::response(output);
    cache.put(&key, &response);
    let found = role::credentials(&response).ok_or_else(|| {
        CredentialsError::Other("the answer of GetSessionToken has no credentials".to_owned())
    })?;
    let mut found = found.resolved(METHOD, origin);
    found.account_id = found.account_id.or(account_id);
    Ok(found)
}
