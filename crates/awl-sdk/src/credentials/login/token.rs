//! The file of a sign-in session: credentials, what renews them, and the key.
// Parity: botocore/utils.py, LoginCredentialsLoader; botocore/credentials.py,
// LoginCredentialFetcher.

use std::sync::Arc;

use awl_model::Store;
use awl_sign::Credentials;
use awl_value::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::super::cache::{Cache, hexadecimal};
use super::super::call::{self, Signer};
use super::super::oauth::{now, text, time, utc};
use super::dpop::Key;
use super::{METHOD, failure, log_in_again};
use crate::client::{Call, Client};
use crate::config::Config;
use crate::credentials::{CredentialsError, ResolvedCredentials};
use crate::env::Host;
use crate::observe::Watch;

/// Credentials with no more than so many seconds left are renewed.
const THRESHOLD: i64 = 5 * 60;
const MISSING: &str = "Failed to load access token from token cache, missing one or more required \
                       fields.";

/// The cache of sign-in sessions.
#[must_use]
pub fn cache(host: &Arc<dyn Host>) -> Cache {
    let folder = host.variable("AWS_LOGIN_CACHE_DIRECTORY");
    Cache::new(host, folder.as_deref().unwrap_or("~/.aws/login/cache"))
}

/// The key of a session in the cache.
#[must_use]
pub fn cache_key(session: &str) -> String {
    hexadecimal(&Sha256::digest(session))
}

/// The credentials of a session, renewed where they are about to end.
///
/// # Errors
/// There is no such session, or it cannot be renewed.
pub async fn current(
    config: &Config,
    store: Store,
    session: &str,
) -> Result<ResolvedCredentials, CredentialsError> {
    let cache = cache(config.host());
    let key = cache_key(session);
    let load = || -> Result<(Map, ResolvedCredentials), CredentialsError> {
        let token = cache.get(&key).ok_or_else(|| {
            load_error(&format!(
                "Unable to load a existing login session for session {session}, Please \
                 reauthenticate with 'aws login'."
            ))
        })?;
        let found = resolved(&token, session)?;
        Ok((token, found))
    };
    let is_due = |found: &ResolvedCredentials| {
        let left = found.seconds_left(now(&**config.host()));
        left.is_none_or(|left| left <= THRESHOLD)
    };
    let (_, found) = load()?;
    if !is_due(&found) {
        return Ok(found);
    }
    // One process renews for all: the refresh token changes with every use.
    let _lock = cache.lock(&key).await;
    let (mut token, found) = load()?;
    if !is_due(&found) {
        return Ok(found);
    }
    renew(config, store, &mut token).await?;
    cache.put(&key, &token);
    resolved(&token, session)
}

/// Renews the credentials that a token has.
async fn renew(config: &Config, store: Store, token: &mut Map) -> Result<(), CredentialsError> {
    let pem = text(token, "dpopKey").unwrap_or_default();
    let dpop = Key::from_pem(pem).map_err(|reason| {
        load_error(&format!(
            "Unable to load private key from cached token: {reason}"
        ))
    })?;
    let mut input = Map::with_capacity(3);
    for name in ["clientId", "refreshToken"] {
        let value = text(token, name).ok_or_else(|| load_error(MISSING))?;
        input.push(name, Value::from(value));
    }
    input.push("grantType", Value::from("refresh_token"));
    let client = call::client(config, store, "signin", None, Signer::Nobody)?;
    let output = create_token(&client, &dpop, input).await;
    let output = output.map_err(|error| match denial(&error) {
        Some("TOKEN_EXPIRED") => {
            log_in_again("Your session has expired. Please reauthenticate using 'aws login'.")
        }
        Some("USER_CREDENTIALS_CHANGED") => log_in_again(
            "Unable to refresh login credentials because of a change in your password. Please \
             reauthenticate with your new password using 'aws login'.",
        ),
        Some("INSUFFICIENT_PERMISSIONS") => insufficient_permissions(),
        Some(_) => log_in_again(
            "An unspecified error happened when resolving AWS credentials or refreshing a login \
             session profile.",
        ),
        None => error,
    })?;
    let output = output.ok_or_else(|| load_error("Failed to refresh an access token."))?;
    let account = token
        .get("accessToken")
        .and_then(|access| access.get("accountId"))
        .cloned();
    let access = access_token(&output, account.unwrap_or(Value::Null), &**config.host())?;
    token.insert("accessToken", Value::Map(access));
    if let Some(refresh) = output.get("refreshToken") {
        token.insert("refreshToken", refresh.clone());
    }
    Ok(())
}

/// Calls CreateOAuth2Token with the proof of having `key`; None where the
/// answer is empty.
pub(super) async fn create_token(
    client: &Client,
    key: &Key,
    input: Map,
) -> Result<Option<Map>, CredentialsError> {
    let operation = client
        .service()
        .operation("CreateOAuth2Token")
        .ok_or_else(|| failure("the model of signin has no CreateOAuth2Token"))?;
    let mut params = Map::with_capacity(1);
    params.push("tokenInput", Value::Map(input));
    let call = Call::new(operation, params);
    let mut prepared = client.prepare(&call).await?;
    let proof = key.proof(&prepared.request.url, &**client.config().host());
    prepared.request.set_header("DPoP", proof);
    let mut output = client.exchange(&call, prepared, &Watch::default()).await?;
    Ok(match output.value.remove("tokenOutput") {
        Some(Value::Map(map)) => Some(map),
        _ => None,
    })
}

/// What the service says of why it denies; empty where it says nothing, None
/// where it is another error.
pub(super) fn denial(error: &CredentialsError) -> Option<&str> {
    let CredentialsError::Call(error) = error else {
        return None;
    };
    let refused = error
        .service()
        .filter(|refused| refused.code() == "AccessDeniedException")?;
    Some(text(&refused.error.members, "error").unwrap_or_default())
}

/// The `accessToken` of a file.
pub(super) fn access_token(
    output: &Map,
    account: Value,
    host: &dyn Host,
) -> Result<Map, CredentialsError> {
    let (Some(given), Some(seconds)) = (
        output.get("accessToken"),
        output.get("expiresIn").and_then(Value::as_int),
    ) else {
        return Err(failure("the answer of CreateOAuth2Token has no token"));
    };
    let mut access = Map::with_capacity(5);
    for name in ["accessKeyId", "secretAccessKey", "sessionToken"] {
        let value = given.get(name).cloned();
        access.push(name, value.unwrap_or(Value::Null));
    }
    access.push("accountId", account);
    let expiration = now(host).saturating_add(seconds);
    access.push("expiresAt", Value::from(utc(expiration)));
    Ok(access)
}

fn resolved(token: &Map, session: &str) -> Result<ResolvedCredentials, CredentialsError> {
    let parts = || {
        let access = token.get("accessToken").and_then(Value::as_map)?;
        let has_all = ["refreshToken", "dpopKey", "clientId"]
            .iter()
            .all(|name| token.contains_key(name));
        let credentials = Credentials::new(
            text(access, "accessKeyId")?,
            text(access, "secretAccessKey")?,
            Some(text(access, "sessionToken")?.to_owned()),
        );
        let account_id = text(access, "accountId").map(str::to_owned);
        has_all.then_some((credentials, account_id, time(access, "expiresAt")?))
    };
    let (credentials, account_id, expiration) = parts().ok_or_else(|| load_error(MISSING))?;
    Ok(ResolvedCredentials {
        credentials,
        account_id,
        expiration: Some(expiration),
        method: METHOD,
        origin: format!("login session {session}"),
    })
}

pub(super) fn insufficient_permissions() -> CredentialsError {
    failure(
        "Unable to create or refresh login credentials due to insufficient permissions. You may \
         be missing permission for the 'signin:CreateOAuth2Token' action.",
    )
}

fn load_error(what: &str) -> CredentialsError {
    log_in_again(format!("Error loading login session token: {what}"))
}
