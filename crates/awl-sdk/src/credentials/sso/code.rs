//! Logging in with a browser on this machine, which comes back with a code.
// Parity: botocore/utils.py, SSOTokenFetcherAuth.

use awl_model::Store;
use awl_value::{Map, Value};

use super::super::call::{self, Signer};
use super::super::callback::{Arrival, Callback, restart};
use super::super::oauth::{self, Pkce};
use super::log_in::{SCOPE, Verification, registration, scopes};
use super::token::{OIDC, save};
use super::{CredentialsError, Session, Token, failure};
use crate::client::{Call, Client};
use crate::config::Config;

/// The user agent says of such calls that they are part of this.
const USER_AGENT: &str = "md/sso#auth";

pub(super) async fn log_in(
    config: &Config,
    store: Store,
    session: &Session,
    pending: &mut dyn FnMut(&Verification),
) -> Result<Token, CredentialsError> {
    let callback = Callback::listen().await?;
    let redirect_uri = callback.uri();
    let host = &**config.host();
    let pkce = Pkce::new(host);
    let mut overrides = config.overrides().clone();
    overrides.user_agent_suffix = Some(USER_AGENT.to_owned());
    let config = &config.with_overrides(overrides);
    let region = Some(&*session.region);
    let client = call::client(config, store, OIDC, region, Signer::Nobody)?;

    let given = session.scopes.clone().filter(|list| !list.is_empty());
    let given = given.unwrap_or_else(|| vec![SCOPE.to_owned()]);
    let mut extra = Map::with_capacity(4);
    let types = ["authorization_code", "refresh_token"];
    extra.push("scopes", scopes(&given));
    extra.push(
        "grantTypes",
        Value::List(types.map(Value::from).into_iter().collect()),
    );
    // Any port of loopback will do.
    let without_port = Value::from("http://127.0.0.1/oauth/callback");
    extra.push("redirectUris", Value::List(vec![without_port]));
    extra.push("issuerUrl", Value::from(session.issuer()));
    let kept = ["scopes", "grantTypes"];
    let registration = registration(config, &client, session, extra, &kept).await?;

    let expected_state = host.uuid();
    let query = oauth::query(&[
        ("response_type", "code"),
        ("client_id", &registration.client_id),
        ("redirect_uri", &redirect_uri),
        ("state", &expected_state),
        ("code_challenge_method", "S256"),
        ("scopes", &given.join(" ")),
    ]);
    let uri = format!(
        "{}/authorize?{query}&code_challenge={}",
        base_uri(&client).await?,
        pkce.challenge
    );
    pending(&Verification {
        complete_uri: uri.clone(),
        uri,
        user_code: None,
    });
    let refused = |message| failure(format!("Error loading authorization code: {message}"));
    let (code, state) = match callback.arrival().await? {
        Arrival::Code { code, state } => (code, state),
        Arrival::Refused => {
            return Err(refused("Failed to retrieve an authorization code."));
        }
    };
    if state != expected_state {
        return Err(refused("State parameter does not match expected value."));
    }
    let mut params = registration.params("authorization_code");
    params.push("redirectUri", Value::from(redirect_uri));
    params.push("codeVerifier", Value::from(pkce.verifier));
    params.push("code", Value::from(code));
    let answer = client.call("CreateToken", Value::Map(params)).await;
    let answer = answer.map_err(|error| match error.service() {
        Some(refused) if refused.code() == "ExpiredTokenException" => restart(),
        _ => error.into(),
    })?;
    save(config, session, &registration, &answer.value)
}

/// Where the service is: the page for the user is no operation of its model.
async fn base_uri(client: &Client) -> Result<String, CredentialsError> {
    let operation = client
        .service()
        .operation("RegisterClient")
        .ok_or_else(|| failure("the model of sso-oidc has no RegisterClient"))?;
    let mut params = Map::with_capacity(2);
    params.push("clientName", Value::from("temp"));
    params.push("clientType", Value::from("public"));
    let prepared = client.prepare(&Call::new(operation, params)).await?;
    Ok(oauth::origin(&prepared.request.url).to_owned())
}
