//! The access token of an SSO session: kept in a file that all AWS tools
//! share, renewed when little is left of it.
// Parity: botocore/tokens.py, SSOTokenProvider; botocore/utils.py,
// SSOTokenLoader.

use std::fmt;
use std::sync::Arc;

use awl_model::Store;
use awl_value::{Map, Value, python};

use super::super::cache::{Cache, WINDOW};
use super::super::call::{self, Signer};
use super::super::oauth::{now, text, time, utc};
use super::{CredentialsError, Session, failure, log_in_again};
use crate::client::Client;
use crate::config::Config;
use crate::env::Host;

/// The service that gives tokens.
pub(super) const OIDC: &str = "sso-oidc";

/// An access token.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// The token itself, a secret.
    pub access_token: String,
    /// When it ends, in seconds since the epoch.
    pub expiration: i64,
    /// Whether it can be renewed without the user.
    pub is_renewable: bool,
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Token(until {})", self.expiration)
    }
}

impl Token {
    /// The token that a file has.
    pub(super) fn of(map: &Map) -> Option<Self> {
        Some(Self {
            access_token: text(map, "accessToken")?.to_owned(),
            expiration: time(map, "expiresAt")?,
            is_renewable: map.contains_key("refreshToken"),
        })
    }
}

/// The cache of tokens and registrations.
pub(super) fn cache(host: &Arc<dyn Host>) -> Cache {
    Cache::new(host, "~/.aws/sso/cache")
}

/// A client of the service that gives tokens.
pub(super) fn oidc(
    config: &Config,
    store: Store,
    session: &Session,
) -> Result<Client, CredentialsError> {
    call::client(config, store, OIDC, Some(&session.region), Signer::Nobody)
}

/// The token of a session as it is kept, whatever its age.
///
/// # Errors
/// There is none.
pub fn cached(config: &Config, session: &Session) -> Result<Token, CredentialsError> {
    let token = load(config, session)?;
    Token::of(&token).ok_or_else(|| unknown_time(&token))
}

/// The token of a session, renewed where less than a quarter of an hour is left
/// of it and it can be renewed.
///
/// # Errors
/// There is none, or it has ended and was not renewed.
pub async fn current(
    config: &Config,
    store: Store,
    session: &Session,
) -> Result<Token, CredentialsError> {
    let host = config.host();
    let left = |token: &Token| token.expiration - now(&**host);
    let token = cached(config, session)?;
    if left(&token) >= WINDOW {
        return Ok(token);
    }
    // One process renews for all; a refresh token may be good for one use only.
    let _lock = cache(host).lock(&session.token_key()).await;
    let mut token = cached(config, session)?;
    if left(&token) < WINDOW
        && let Some(renewed) = renew(config, store, session).await?
    {
        token = renewed;
    }
    if left(&token) <= 0 {
        return Err(log_in_again(
            "Error when retrieving token from sso: Token has expired and refresh failed",
        ));
    }
    Ok(token)
}

fn load(config: &Config, session: &Session) -> Result<Map, CredentialsError> {
    let token = cache(config.host()).get(&session.token_key());
    let token = token.ok_or_else(|| {
        let label = session.label();
        log_in_again(format!(
            "Error loading SSO Token: Token for {label} does not exist"
        ))
    })?;
    if !token.contains_key("accessToken") || !token.contains_key("expiresAt") {
        let url = &session.start_url;
        return Err(log_in_again(format!(
            "Error loading SSO Token: Token for {url} is invalid"
        )));
    }
    Ok(token)
}

fn unknown_time(token: &Map) -> CredentialsError {
    let time = token.get("expiresAt").map(python::str).unwrap_or_default();
    log_in_again(format!("Unknown string format: {time}"))
}

/// A new token for an old one; None where the old one does not give it, or the
/// service will not.
async fn renew(
    config: &Config,
    store: Store,
    session: &Session,
) -> Result<Option<Token>, CredentialsError> {
    let old = load(config, session)?;
    let (Some(refresh_token), Some(client_id), Some(client_secret), Some(ends)) = (
        text(&old, "refreshToken"),
        text(&old, "clientId"),
        text(&old, "clientSecret"),
        time(&old, "registrationExpiresAt"),
    ) else {
        return Ok(None);
    };
    let registration = Registration {
        client_id: client_id.to_owned(),
        client_secret: client_secret.to_owned(),
        expires_at: text(&old, "registrationExpiresAt")
            .unwrap_or_default()
            .to_owned(),
    };
    if ends - now(&**config.host()) <= 0 {
        return Ok(None);
    }
    let mut params = registration.params("refresh_token");
    params.push("refreshToken", Value::from(refresh_token));
    let client = oidc(config, store, session)?;
    match client.call("CreateToken", Value::Map(params)).await {
        Ok(output) => save(config, session, &registration, &output.value).map(Some),
        // The old token is all there is.
        Err(crate::Error::Service(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// This program as a service knows it.
pub(super) struct Registration {
    pub client_id: String,
    pub client_secret: String,
    pub expires_at: String,
}

impl Registration {
    /// The parameters that every kind of CreateToken has.
    pub(super) fn params(&self, grant_type: &'static str) -> Map {
        let mut params = Map::with_capacity(6);
        params.push("grantType", Value::from(grant_type));
        params.push("clientId", Value::from(&*self.client_id));
        params.push("clientSecret", Value::from(&*self.client_secret));
        params
    }
}

/// Keeps the token that CreateToken answered with.
pub(super) fn save(
    config: &Config,
    session: &Session,
    registration: &Registration,
    answer: &Map,
) -> Result<Token, CredentialsError> {
    let (Some(access_token), Some(seconds)) = (
        text(answer, "accessToken"),
        answer.get("expiresIn").and_then(Value::as_int),
    ) else {
        return Err(failure("the answer of CreateToken has no token"));
    };
    let expiration = now(&**config.host()).saturating_add(seconds);
    let mut token = Map::with_capacity(8);
    for (name, value) in [
        ("startUrl", &*session.start_url),
        ("region", &session.region),
        ("accessToken", access_token),
        ("expiresAt", &utc(expiration)),
        ("clientId", &registration.client_id),
        ("clientSecret", &registration.client_secret),
        ("registrationExpiresAt", &registration.expires_at),
    ] {
        token.push(name, Value::from(value));
    }
    if let Some(refresh_token) = answer.get("refreshToken") {
        token.push("refreshToken", refresh_token.clone());
    }
    cache(config.host()).put(&session.token_key(), &token);
    Token::of(&token).ok_or_else(|| unknown_time(&token))
}
