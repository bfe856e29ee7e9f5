//! The endpoint of containers: credentials as JSON for who shows the token.

use awl_sdk::credentials::ResolvedCredentials;
use awl_value::{Map, Value, json};
use hyper::header::{AUTHORIZATION, HeaderMap};
use hyper::{Method, StatusCode};

use super::{Answer, State};

/// Where the credentials are.
pub(super) const PATH: &str = "/credentials";

pub(super) async fn answer(state: &State, method: &Method, headers: &HeaderMap) -> Answer {
    if method != Method::GET {
        let body = message("only GET is served");
        return Answer::json(StatusCode::METHOD_NOT_ALLOWED, body);
    }
    let shown = headers.get(AUTHORIZATION);
    if !shown.is_some_and(|shown| state.token.is(shown.as_bytes())) {
        let body = message("the Authorization header has not the token");
        return Answer::json(StatusCode::UNAUTHORIZED, body);
    }
    match state.source.current().await {
        Ok((credentials, end)) => {
            let mut map = members(&credentials, end);
            if let Some(account) = &credentials.account_id {
                map.push("AccountId", Value::from(&**account));
            }
            Answer::json(StatusCode::OK, json::to_string(&Value::Map(map)))
        }
        Err(error) => Answer::json(
            StatusCode::INTERNAL_SERVER_ERROR,
            message(&error.to_string()),
        ),
    }
}

/// What both endpoints say of credentials.
pub(super) fn members(credentials: &ResolvedCredentials, end: i64) -> Map {
    let keys = &credentials.credentials;
    let mut map = Map::with_capacity(8);
    map.push("AccessKeyId", Value::from(&*keys.access_key_id));
    map.push("SecretAccessKey", Value::from(&*keys.secret_access_key));
    map.push("Token", Value::from(keys.token().unwrap_or_default()));
    map.push("Expiration", Value::from(time(end)));
    map
}

/// A complaint as JSON.
pub(super) fn message(text: &str) -> String {
    let mut map = Map::with_capacity(1);
    map.push("Message", Value::from(text));
    json::to_string(&Value::Map(map))
}

/// `2026-11-22T05:00:00Z`: botocore reads no other form from instances.
pub(crate) fn time(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| String::new(), |time| time.to_string())
}
