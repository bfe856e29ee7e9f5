//! Logging in to an SSO session: what the two ways to do it share.
// Parity: botocore/utils.py, BaseSSOTokenFetcher.

use awl_model::Store;
use awl_value::{Map, Value};

use super::super::cache::WINDOW;
use super::super::call::{self, Signer};
use super::super::oauth::{now, text, time, utc};
use super::token::{Registration, cache};
use super::{CredentialsError, Session, Token, code, current, device, failure};
use crate::client::Client;
use crate::config::Config;

/// What lets a token ask for accounts and roles.
pub(super) const SCOPE: &str = "sso:account:access";

/// How the user proves who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// A browser on this machine comes back with a code (PKCE).
    AuthorizationCode,
    /// A browser anywhere, and a code that the user compares.
    DeviceCode,
}

/// What the user is to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// The URL to visit.
    pub uri: String,
    /// The same with the code filled in.
    pub complete_uri: String,
    /// The code to compare or enter, where there is one.
    pub user_code: Option<String>,
}

/// Logs in: asks for a token with the user's help and keeps it. `pending` is
/// called when the user has to do something.
///
/// # Errors
/// The user or the service would not, or nobody came in time.
pub async fn log_in(
    config: &Config,
    store: Store,
    session: &Session,
    method: Method,
    pending: &mut dyn FnMut(&Verification),
) -> Result<Token, CredentialsError> {
    match method {
        // Without a section there are no scopes to ask for.
        Method::AuthorizationCode if session.name.is_some() => {
            code::log_in(config, store, session, pending).await
        }
        _ => device::log_in(config, store, session, pending).await,
    }
}

/// The token of a session that need not be logged in to: good for more than a
/// quarter of an hour, if need be after it is renewed; of the portal, Region
/// and scopes that the session now says; and not revoked.
pub async fn logged_in(config: &Config, store: Store, session: &Session) -> Option<Token> {
    let cache = cache(config.host());
    let kept = cache.get(&session.token_key())?;
    let registration = cache.get(&session.registration_key())?;
    let is_same = text(&kept, "startUrl") == Some(&session.start_url)
        && text(&kept, "region") == Some(&session.region)
        && text(&kept, "clientId").is_some()
        && text(&kept, "clientId") == text(&registration, "clientId");
    if !is_same {
        return None;
    }
    let token = current(config, store, session).await.ok()?;
    let left = token.expiration - now(&**config.host());
    let is_good = left >= WINDOW && !is_revoked(config, store, session, &token).await;
    is_good.then_some(token)
}

/// Whether the portal no longer knows a token.
async fn is_revoked(config: &Config, store: Store, session: &Session, token: &Token) -> bool {
    let may_ask = session
        .scopes
        .as_ref()
        .is_none_or(|scopes| scopes.iter().any(|scope| scope == SCOPE));
    let region = Some(&*session.region);
    let client = call::client(config, store, "sso", region, Signer::Nobody);
    let Some(client) = client.ok().filter(|_| may_ask) else {
        return false;
    };
    let mut params = Map::with_capacity(2);
    params.push("accessToken", Value::from(&*token.access_token));
    params.push("maxResults", Value::Int(1));
    let answer = client.call("ListAccounts", Value::Map(params)).await;
    answer.is_err_and(|error| {
        let refused = error.service();
        refused.is_some_and(|refused| refused.code() == "UnauthorizedException")
    })
}

/// The registration of this client: the one that is kept, if it is for the same
/// method and lasts a while, else a new one. `extra` is what the method
/// registers beyond name and type; `kept` what of it is kept.
pub(super) async fn registration(
    config: &Config,
    client: &Client,
    session: &Session,
    extra: Map,
    kept: &[&'static str],
) -> Result<Registration, CredentialsError> {
    let cache = cache(config.host());
    let key = session.registration_key();
    let wants_code = extra.contains_key("grantTypes");
    let seconds = now(&**config.host());
    let old = cache.get(&key).filter(|old| {
        let is_for_code = old
            .get("grantTypes")
            .and_then(Value::as_list)
            .is_some_and(|types| {
                types
                    .iter()
                    .any(|name| name.as_str() == Some("authorization_code"))
            });
        let lasts = time(old, "expiresAt").is_some_and(|ends| ends - seconds >= WINDOW);
        lasts && is_for_code == wants_code
    });
    if let Some(registration) = old.as_ref().and_then(read) {
        return Ok(registration);
    }
    let mut params = Map::with_capacity(6);
    let name = match &session.name {
        Some(name) => format!("botocore-client-{name}"),
        None => format!("botocore-client-{seconds}"),
    };
    params.push("clientName", Value::from(name));
    params.push("clientType", Value::from("public"));
    for (name, value) in extra.iter() {
        params.push(name.to_owned(), value.clone());
    }
    let answer = client.call("RegisterClient", Value::Map(params)).await?;
    let mut registration = Map::with_capacity(5);
    for name in ["clientId", "clientSecret"] {
        if let Some(value) = answer.get(name) {
            registration.push(name, value.clone());
        }
    }
    let ends = answer.get("clientSecretExpiresAt").and_then(Value::as_int);
    registration.push("expiresAt", Value::from(utc(ends.unwrap_or(0))));
    for name in kept {
        if let Some(value) = extra.get(name) {
            registration.push(*name, value.clone());
        }
    }
    let read = read(&registration)
        .ok_or_else(|| failure("the answer of RegisterClient has no client id and secret"))?;
    cache.put(&key, &registration);
    Ok(read)
}

fn read(registration: &Map) -> Option<Registration> {
    Some(Registration {
        client_id: text(registration, "clientId")?.to_owned(),
        client_secret: text(registration, "clientSecret")?.to_owned(),
        expires_at: text(registration, "expiresAt")?.to_owned(),
    })
}

/// Scopes as a parameter.
pub(super) fn scopes(scopes: &[String]) -> Value {
    Value::List(scopes.iter().map(|scope| Value::from(&**scope)).collect())
}
