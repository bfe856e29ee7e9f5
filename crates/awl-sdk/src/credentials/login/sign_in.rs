//! Signing in: a code from the browser for credentials, a refresh token and a
//! session's name.
// Parity: awscli/customizations/login/utils.py.

use std::fmt;

use awl_model::Store;
use awl_value::{Map, Value, json};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::super::call::{self, Signer};
use super::super::callback::{Arrival, Callback};
use super::super::oauth::{self, Pkce, text};
use super::dpop::Key;
use super::token::{
    access_token, cache, cache_key, create_token, denial, insufficient_permissions,
};
use super::{CredentialsError, failure};
use crate::client::{Call, Client};
use crate::config::Config;

const SAME_DEVICE: &str = "arn:aws:signin:::devtools/same-device";
const CROSS_DEVICE: &str = "arn:aws:signin:::devtools/cross-device";

/// A sign-in that has begun.
pub struct SignIn {
    client: Client,
    client_id: &'static str,
    key: Key,
    pkce: Pkce,
    state: String,
    redirect_uri: String,
    /// None where the user brings the code.
    callback: Option<Callback>,
    uri: String,
}

impl fmt::Debug for SignIn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SignIn({})", self.redirect_uri)
    }
}

impl SignIn {
    /// Begins to sign in. `is_remote`: the browser is on another machine, and
    /// the user brings the code. `endpoint_url` is the caller's.
    ///
    /// # Errors
    /// There is no endpoint, or no port to listen on.
    pub async fn begin(
        config: &Config,
        store: Store,
        endpoint_url: Option<&str>,
        is_remote: bool,
    ) -> Result<Self, CredentialsError> {
        let client = client(config, store, endpoint_url)?;
        let host = &**config.host();
        let base = base_uri(&client).await?;
        let (client_id, callback) = if is_remote {
            (CROSS_DEVICE, None)
        } else {
            (SAME_DEVICE, Some(Callback::listen().await?))
        };
        let redirect_uri = callback
            .as_ref()
            .map_or_else(|| format!("{base}/v1/sessions/confirmation"), Callback::uri);
        let (pkce, state) = (Pkce::new(host), host.uuid());
        let query = oauth::query(&[
            ("response_type", "code"),
            ("client_id", client_id),
            ("state", &state),
            ("code_challenge_method", "SHA-256"),
            ("scope", "openid"),
            ("redirect_uri", &redirect_uri),
        ]);
        let uri = format!(
            "{base}/v1/authorize?{query}&code_challenge={}",
            pkce.challenge
        );
        Ok(Self {
            key: Key::generate(host),
            client,
            client_id,
            pkce,
            state,
            redirect_uri,
            callback,
            uri,
        })
    }

    /// The URL that the user is to visit.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// Waits for the browser on this machine, and signs in.
    ///
    /// # Errors
    /// The user or the service would not, or nobody came in time.
    pub async fn by_browser(mut self) -> Result<NewSession, CredentialsError> {
        let callback = self.callback.take();
        let callback = callback.ok_or_else(|| failure("the browser is on another machine"))?;
        match callback.arrival().await? {
            Arrival::Code { code, state } => self.redeem(code, &state).await,
            Arrival::Refused => Err(code_error("Failed to retrieve an authorization code.")),
        }
    }

    /// Signs in with what a browser on another machine showed.
    ///
    /// # Errors
    /// It is no such code, or the service would not.
    pub async fn by_code(self, shown: &str) -> Result<NewSession, CredentialsError> {
        let text = STANDARD
            .decode(shown.trim())
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or_else(|| failure("Failed to decode the verification code."))?;
        let (Some(code), Some(state)) = (
            oauth::parameter(&text, "code"),
            oauth::parameter(&text, "state"),
        ) else {
            return Err(failure(
                "Failed to retrieve an auth_code or state from the verification code",
            ));
        };
        self.redeem(code, &state).await
    }

    async fn redeem(self, code: String, state: &str) -> Result<NewSession, CredentialsError> {
        if state != self.state {
            return Err(code_error(&format!(
                "State parameter {state} does not match expected value {}.",
                self.state
            )));
        }
        let mut input = Map::with_capacity(5);
        input.push("clientId", Value::from(self.client_id));
        input.push("grantType", Value::from("authorization_code"));
        input.push("code", Value::from(code));
        input.push("codeVerifier", Value::from(self.pkce.verifier));
        input.push("redirectUri", Value::from(self.redirect_uri));
        let output = create_token(&self.client, &self.key, input).await;
        let output = output.map_err(|error| match denial(&error) {
            Some("AUTHCODE_EXPIRED") => code_error(
                "Unable to complete the login process due to an expired authorization code. \
                 Please reauthenticate using 'aws login'.",
            ),
            Some("INSUFFICIENT_PERMISSIONS") => insufficient_permissions(),
            _ => error,
        })?;
        let output = output.ok_or_else(|| code_error("Failed to retrieve an access token."))?;
        let session = subject(text(&output, "idToken").unwrap_or_default())?;
        let account = session.split(':').nth(4).unwrap_or_default();
        let host = &**self.client.config().host();
        let access = access_token(&output, Value::from(account), host)?;
        let mut token = Map::with_capacity(6);
        token.push("accessToken", Value::Map(access));
        let member = |name: &str| output.get(name).cloned().unwrap_or(Value::Null);
        token.push("tokenType", member("tokenType"));
        token.push("clientId", Value::from(self.client_id));
        token.push("refreshToken", member("refreshToken"));
        token.push("idToken", member("idToken"));
        token.push("dpopKey", Value::from(self.key.to_pem()));
        Ok(NewSession { session, token })
    }
}

/// A session that was signed in to and is not kept yet.
pub struct NewSession {
    session: String,
    token: Map,
}

impl fmt::Debug for NewSession {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "NewSession({})", self.session)
    }
}

impl NewSession {
    /// Its name: the ARN of who signed in.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.session
    }

    /// Keeps it.
    pub fn save(&self, config: &Config) {
        cache(config.host()).put(&cache_key(&self.session), &self.token);
    }
}

fn client(
    config: &Config,
    store: Store,
    endpoint_url: Option<&str>,
) -> Result<Client, CredentialsError> {
    let Some(url) = endpoint_url else {
        return call::client(config, store, "signin", None, Signer::Nobody);
    };
    let mut overrides = config.overrides().clone();
    overrides.endpoint_url = Some(url.to_owned());
    overrides.no_sign_request = true;
    let model = store
        .service("signin")
        .ok_or_else(|| failure("Unknown service: 'signin'"))?;
    Ok(Client::new(&config.with_overrides(overrides), model)?)
}

/// Where the service is: the page for the user is no operation of its model.
async fn base_uri(client: &Client) -> Result<String, CredentialsError> {
    let operation = client
        .service()
        .operation("CreateOAuth2Token")
        .ok_or_else(|| failure("the model of signin has no CreateOAuth2Token"))?;
    let mut input = Map::with_capacity(2);
    input.push("clientId", Value::from(" "));
    input.push("grantType", Value::from(" "));
    let mut params = Map::with_capacity(1);
    params.push("tokenInput", Value::Map(input));
    let prepared = client.prepare(&Call::new(operation, params)).await?;
    Ok(oauth::origin(&prepared.request.url).to_owned())
}

/// Whom an id token names. It comes from the service itself, so that its
/// signature need not be checked.
fn subject(id_token: &str) -> Result<String, CredentialsError> {
    let invalid = |reason: &str| CredentialsError::Other(format!("Invalid JWT token - {reason}"));
    let parts: Vec<&str> = id_token.split('.').collect();
    let [_, payload, _] = parts[..] else {
        return Err(invalid("cannot extract payload"));
    };
    let payload = URL_SAFE_NO_PAD
        .decode(payload.trim_end_matches('='))
        .ok()
        .and_then(|bytes| json::parse(std::str::from_utf8(&bytes).ok()?).ok())
        .ok_or_else(|| invalid("cannot extract payload"))?;
    let subject = payload.get("sub").and_then(Value::as_str);
    subject
        .map(str::to_owned)
        .ok_or_else(|| invalid("missing sub"))
}

fn code_error(what: &str) -> CredentialsError {
    failure(format!(
        "Error loading or redeeming a login authorization code: {what} "
    ))
}
