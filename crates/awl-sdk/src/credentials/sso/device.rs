//! Logging in with a code that the user compares, in a browser anywhere.
// Parity: botocore/utils.py, SSOTokenFetcher.

use std::time::Duration;

use awl_model::Store;
use awl_value::{Map, Value};

use super::super::callback::restart;
use super::super::oauth::text;
use super::log_in::{Verification, registration, scopes};
use super::token::{Registration, oidc, save};
use super::{CredentialsError, Session, Token, failure};
use crate::client::Client;
use crate::config::Config;

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// How many seconds lie between two questions where the service does not say,
/// and how many more where it says so.
// Source: https://datatracker.ietf.org/doc/html/rfc8628#section-3.5
const INTERVAL: i64 = 5;
const SLOW_DOWN: i64 = 5;

pub(super) async fn log_in(
    config: &Config,
    store: Store,
    session: &Session,
    pending: &mut dyn FnMut(&Verification),
) -> Result<Token, CredentialsError> {
    let client = oidc(config, store, session)?;
    let mut extra = Map::new();
    if let Some(list) = session.scopes.as_ref().filter(|list| !list.is_empty()) {
        extra.push("scopes", scopes(list));
    }
    let registration = registration(config, &client, session, extra, &["scopes"]).await?;

    let mut params = Map::with_capacity(3);
    params.push("clientId", Value::from(&*registration.client_id));
    params.push("clientSecret", Value::from(&*registration.client_secret));
    params.push("startUrl", Value::from(session.issuer()));
    let answer = client.call("StartDeviceAuthorization", Value::Map(params));
    let authorization = answer.await?.value;
    let member = |name: &str| {
        let value = text(&authorization, name).map(str::to_owned);
        value.ok_or_else(|| {
            failure(format!(
                "the answer of StartDeviceAuthorization has no {name}"
            ))
        })
    };
    let device_code = member("deviceCode")?;
    let verification = Verification {
        uri: member("verificationUri")?,
        complete_uri: member("verificationUriComplete")?,
        user_code: Some(member("userCode")?),
    };
    let interval = authorization.get("interval").and_then(Value::as_int);
    let mut interval = interval.unwrap_or(INTERVAL);

    // A client that is authorized already need not bother the user.
    if let Some(answer) = attempt(&client, &registration, &device_code, &mut interval).await? {
        return save(config, session, &registration, &answer);
    }
    pending(&verification);
    loop {
        if let Some(answer) = attempt(&client, &registration, &device_code, &mut interval).await? {
            return save(config, session, &registration, &answer);
        }
        let seconds = interval.try_into().unwrap_or(0);
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }
}

/// Asks once for the token; None where the user has not decided yet.
async fn attempt(
    client: &Client,
    registration: &Registration,
    device_code: &str,
    interval: &mut i64,
) -> Result<Option<Map>, CredentialsError> {
    let mut params = registration.params(GRANT_TYPE);
    params.push("deviceCode", Value::from(device_code));
    let error = match client.call("CreateToken", Value::Map(params)).await {
        Ok(output) => return Ok(Some(output.value)),
        Err(error) => error,
    };
    match error.service().map(crate::OperationError::code) {
        Some("SlowDownException") => *interval += SLOW_DOWN,
        Some("AuthorizationPendingException") => {}
        Some("ExpiredTokenException") => return Err(restart()),
        _ => return Err(error.into()),
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use awl_test::{Answer, Server};

    use super::*;
    use crate::handlers::testing;

    fn refusal(name: &str) -> Answer {
        Answer::new(400, "{}").header("x-amzn-ErrorType", name)
    }

    #[tokio::test]
    async fn answers_say_whether_to_ask_again_and_when() {
        let server = Server::start(|number, _| match number {
            0 => refusal("AuthorizationPendingException"),
            1 | 2 => refusal("SlowDownException"),
            3 => Answer::new(200, r#"{"accessToken": "t", "expiresIn": 5}"#),
            4 => refusal("ExpiredTokenException"),
            _ => refusal("AccessDeniedException"),
        });
        let config = testing::config(&[
            ("endpoint_url", &server.endpoint()),
            ("no_sign_request", "true"),
            ("max_attempts", "1"),
        ]);
        let service = awl_catalog::store().service("sso-oidc").unwrap();
        let client = Client::new(&config, service).unwrap();
        let registration = Registration {
            client_id: "c".to_owned(),
            client_secret: "s".to_owned(),
            expires_at: String::new(),
        };
        let mut interval = 1;
        let mut seen = Vec::new();
        for _ in 0..6 {
            let answer = attempt(&client, &registration, "d", &mut interval).await;
            let answer = answer.map(|token| token.is_some());
            seen.push((answer.map_err(|error| error.to_string()), interval));
        }
        let Err(denied) = &seen[5].0 else {
            panic!("{seen:?}");
        };
        assert!(denied.contains("AccessDeniedException"), "{denied}");
        seen.pop();
        let expired = Err(restart().to_string());
        assert_eq!(
            seen,
            [
                (Ok(false), 1),
                (Ok(false), 6),
                (Ok(false), 11),
                (Ok(true), 11),
                (expired, 11),
            ]
        );
    }
}
