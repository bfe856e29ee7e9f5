//! `sso-oidc`: clients, codes, devices and tokens.
// Source: https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/

use std::collections::BTreeMap;

use awl_value::{Map, Value, json};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::{State, answer, error, now, redirect, text};
use crate::{Answer, Request};

/// A registered client.
#[derive(Debug)]
pub(super) struct Client {
    secret: String,
    ends: i64,
    redirect_uris: Vec<String>,
    grant_types: Vec<String>,
}

/// A code that the user's browser was given.
#[derive(Debug)]
pub(super) struct Code {
    client: String,
    challenge: String,
    redirect_uri: String,
}

/// A device that waits for its user.
#[derive(Debug)]
pub(super) struct Device {
    client: String,
    user_code: String,
    is_approved: bool,
    is_denied: bool,
}

impl State {
    pub(super) fn register(&mut self, input: &Value) -> Answer {
        let list = |name: &str| -> Vec<String> {
            let items = input.get(name).and_then(Value::as_list).unwrap_or_default();
            let items = items.iter().filter_map(Value::as_str);
            items.map(str::to_owned).collect()
        };
        if text(input, "clientType") != "public" || text(input, "clientName").is_empty() {
            return oauth_error("invalid_client_metadata");
        }
        let client = Client {
            secret: self.name("client-secret"),
            ends: now() + self.settings.registration_seconds,
            redirect_uris: list("redirectUris"),
            grant_types: list("grantTypes"),
        };
        let asks_for_code = client
            .grant_types
            .iter()
            .any(|kind| kind == "authorization_code");
        if asks_for_code
            && (text(input, "issuerUrl").is_empty()
                || client.redirect_uris.is_empty()
                || list("scopes").is_empty())
        {
            return oauth_error("invalid_client_metadata");
        }
        let id = self.name("client");
        let members = [
            ("clientId", Value::from(&*id)),
            ("clientIdIssuedAt", Value::Int(now())),
            ("clientSecret", Value::from(&*client.secret)),
            ("clientSecretExpiresAt", Value::Int(client.ends)),
        ];
        self.clients.insert(id, client);
        answer(members)
    }

    pub(super) fn authorize(&mut self, query: &BTreeMap<String, String>) -> Answer {
        let get = |name: &str| query.get(name).map_or("", String::as_str);
        let redirect_uri = get("redirect_uri");
        let Some(client) = self.clients.get(get("client_id")) else {
            return oauth_error("invalid_client");
        };
        // The port is the client's choice.
        let host = redirect_uri
            .rsplit_once(':')
            .map(|(host, rest)| (host, rest.find('/').map_or("", |at| &rest[at..])))
            .map(|(host, path)| format!("{host}{path}"));
        let is_known = host.is_some_and(|uri| client.redirect_uris.contains(&uri));
        if !is_known
            || get("response_type") != "code"
            || get("code_challenge_method") != "S256"
            || get("code_challenge").len() != 43
            || get("scopes").is_empty()
        {
            return oauth_error("invalid_request");
        }
        let state = get("state");
        if self.settings.is_denied {
            return redirect(
                redirect_uri,
                &[("error", "access_denied"), ("state", state)],
            );
        }
        let name = self.name("code");
        let code = Code {
            client: get("client_id").to_owned(),
            challenge: get("code_challenge").to_owned(),
            redirect_uri: redirect_uri.to_owned(),
        };
        self.codes.insert(name.clone(), code);
        redirect(redirect_uri, &[("code", &name), ("state", state)])
    }

    pub(super) fn start_device(&mut self, input: &Value, request: &Request) -> Answer {
        if !self.knows(input) {
            return oauth_error("invalid_client");
        }
        if !text(input, "startUrl").starts_with("https://") {
            return oauth_error("invalid_request");
        }
        let code = self.name("device");
        let user_code = format!("WXYZ-{:04}", self.number);
        let base = format!(
            "http://{}/device",
            request.header("host").unwrap_or_default()
        );
        let device = Device {
            client: text(input, "clientId").to_owned(),
            user_code: user_code.clone(),
            is_approved: false,
            is_denied: false,
        };
        self.devices.insert(code.clone(), device);
        let mut members = vec![
            ("deviceCode", Value::from(code)),
            ("userCode", Value::from(&*user_code)),
            ("verificationUri", Value::from(&*base)),
            (
                "verificationUriComplete",
                Value::from(format!("{base}?user_code={user_code}")),
            ),
            ("expiresIn", Value::Int(600)),
        ];
        if let Some(interval) = self.settings.interval {
            members.push(("interval", Value::Int(interval)));
        }
        answer(members)
    }

    pub(super) fn visit_device(&mut self, query: &BTreeMap<String, String>) -> Answer {
        let denied = self.settings.is_denied;
        let user_code = query.get("user_code");
        let device = self
            .devices
            .values_mut()
            .find(|device| Some(&device.user_code) == user_code);
        match device {
            None => error(404, "ResourceNotFoundException", "no such code"),
            Some(device) => {
                device.is_approved = !denied;
                device.is_denied = denied;
                Answer::new(200, "the device may go on")
            }
        }
    }

    pub(super) fn create_token(&mut self, input: &Value) -> Answer {
        if !self.knows(input) {
            return oauth_error("invalid_client");
        }
        let client = text(input, "clientId").to_owned();
        match text(input, "grantType") {
            "authorization_code" => {
                let Some(code) = self.codes.remove(text(input, "code")) else {
                    return oauth_error("invalid_grant");
                };
                let verifier = text(input, "codeVerifier");
                let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
                if code.client != client
                    || code.challenge != challenge
                    || code.redirect_uri != text(input, "redirectUri")
                {
                    return oauth_error("invalid_grant");
                }
            }
            "urn:ietf:params:oauth:grant-type:device_code" => {
                let name = text(input, "deviceCode");
                let Some(device) = self.devices.get(name).filter(|one| one.client == client) else {
                    return oauth_error("invalid_grant");
                };
                if let Some(answer) = self.settings.device_answers.pop_front() {
                    return oauth_error(answer);
                }
                if device.is_denied {
                    return oauth_error("access_denied");
                }
                if !device.is_approved {
                    return oauth_error("authorization_pending");
                }
                let name = name.to_owned();
                self.devices.remove(&name);
            }
            "refresh_token" => {
                let token = text(input, "refreshToken");
                if self.refresh_tokens.get(token) != Some(&client) {
                    return oauth_error("invalid_grant");
                }
                let token = token.to_owned();
                self.refresh_tokens.remove(&token);
            }
            _ => return oauth_error("unsupported_grant_type"),
        }
        self.token(client)
    }

    fn token(&mut self, client: String) -> Answer {
        let access = self.name("access-token");
        let seconds = self.settings.token_seconds;
        self.tokens.insert(access.clone(), now() + seconds);
        let mut members = vec![
            ("accessToken", Value::from(access)),
            ("expiresIn", Value::Int(seconds)),
            ("tokenType", Value::from("Bearer")),
        ];
        if self.settings.is_renewable {
            let refresh = self.name("refresh-token");
            members.push(("refreshToken", Value::from(&*refresh)));
            self.refresh_tokens.insert(refresh, client);
        }
        answer(members)
    }

    fn knows(&self, input: &Value) -> bool {
        self.clients
            .get(text(input, "clientId"))
            .is_some_and(|client| {
                client.secret == text(input, "clientSecret") && client.ends > now()
            })
    }
}

/// An error as OAuth names it, with the name that the model has for it.
fn oauth_error(name: &str) -> Answer {
    let words: String = name
        .split('_')
        .map(|word| word[..1].to_uppercase() + &word[1..])
        .collect();
    let status = if name == "invalid_client" { 401 } else { 400 };
    let mut map = Map::new();
    map.push("error", Value::from(name));
    map.push("error_description", Value::from(format!("it is {name}")));
    Answer::new(status, json::to_string(&Value::Map(map)))
        .header("Content-Type", "application/json")
        .header("x-amzn-ErrorType", &format!("{words}Exception"))
}
