//! `signin`: a console sign-in for credentials, bound to a key of the client.
// Source: https://datatracker.ietf.org/doc/html/rfc9449

use std::collections::BTreeMap;

use awl_value::{Map, Value, json};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use sha2::{Digest as _, Sha256};

use super::{State, answer, error, now, redirect, text};
use crate::{Answer, Request};

/// A code that the user's browser was given.
#[derive(Debug)]
pub(super) struct Code {
    client: String,
    challenge: String,
    redirect_uri: String,
}

impl State {
    pub(super) fn authorize_sign_in(&mut self, query: &BTreeMap<String, String>) -> Answer {
        let get = |name: &str| query.get(name).map_or("", String::as_str);
        let redirect_uri = get("redirect_uri");
        let client = get("client_id");
        let is_local = redirect_uri.starts_with("http://127.0.0.1:")
            && redirect_uri.ends_with("/oauth/callback");
        let fits = match client {
            "arn:aws:signin:::devtools/same-device" => is_local,
            "arn:aws:signin:::devtools/cross-device" => {
                redirect_uri.ends_with("/v1/sessions/confirmation")
            }
            _ => false,
        };
        if !fits
            || get("response_type") != "code"
            || get("scope") != "openid"
            || get("code_challenge_method") != "SHA-256"
            || get("code_challenge").len() != 43
        {
            return error(400, "ValidationException", "the request is malformed");
        }
        let state = get("state");
        if self.settings.is_denied {
            return redirect(
                redirect_uri,
                &[("error", "access_denied"), ("state", state)],
            );
        }
        let name = self.name("sign-in-code");
        let code = Code {
            client: client.to_owned(),
            challenge: get("code_challenge").to_owned(),
            redirect_uri: redirect_uri.to_owned(),
        };
        self.sign_in_codes.insert(name.clone(), code);
        redirect(redirect_uri, &[("code", &name), ("state", state)])
    }

    pub(super) fn sign_in_token(&mut self, input: &Value, request: &Request) -> Answer {
        let key = match self.check_proof(request) {
            Ok(key) => key,
            Err(reason) => return denied("INVALID_REQUEST", &reason),
        };
        if let Some(code) = self.settings.sign_in_denial {
            return denied(code, "it is denied");
        }
        match text(input, "grantType") {
            "authorization_code" => {
                let Some(code) = self.sign_in_codes.remove(text(input, "code")) else {
                    return denied("AUTHCODE_EXPIRED", "no such code");
                };
                let verifier = text(input, "codeVerifier");
                let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
                if code.client != text(input, "clientId")
                    || code.challenge != challenge
                    || code.redirect_uri != text(input, "redirectUri")
                {
                    return denied("INVALID_REQUEST", "the code is another's");
                }
            }
            "refresh_token" => {
                let token = text(input, "refreshToken");
                match self.sign_in_tokens.get(token) {
                    Some(bound) if *bound == key => {}
                    Some(_) => return denied("INVALID_REQUEST", "the token is another key's"),
                    None => return denied("TOKEN_EXPIRED", "no such token"),
                }
                let token = token.to_owned();
                self.sign_in_tokens.remove(&token);
            }
            _ => return denied("INVALID_REQUEST", "no such grant"),
        }
        let refresh = self.name("sign-in-refresh-token");
        self.sign_in_tokens.insert(refresh.clone(), key);
        let secret = self.name("sign-in-secret");
        let number = self.number;
        let mut credentials = Map::new();
        for (name, value) in [
            ("accessKeyId", format!("ASIA{number:016}")),
            ("secretAccessKey", secret),
            ("sessionToken", self.name("sign-in-session-token")),
        ] {
            credentials.push(name, Value::from(value));
        }
        let payload = format!(r#"{{"sub": "{}"}}"#, self.settings.subject);
        let id_token = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload));
        answer([
            ("accessToken", Value::Map(credentials)),
            ("tokenType", Value::from("aws_sigv4")),
            ("expiresIn", Value::Int(self.settings.sign_in_seconds)),
            ("refreshToken", Value::from(refresh)),
            ("idToken", Value::from(id_token)),
        ])
    }

    /// Checks the proof of a request; the key that it is of.
    fn check_proof(&mut self, request: &Request) -> Result<String, String> {
        let proof = request.header("dpop").ok_or("there is no proof")?;
        let [header, payload, signature] = proof.split('.').collect::<Vec<_>>()[..] else {
            return Err("the proof has not three parts".to_owned());
        };
        let decode = |part: &str| {
            URL_SAFE_NO_PAD
                .decode(part)
                .map_err(|error| error.to_string())
        };
        let parse = |part: &str| -> Result<Value, String> {
            let text = String::from_utf8(decode(part)?).map_err(|error| error.to_string())?;
            json::parse(&text).map_err(|error| error.to_string())
        };
        let (claims, parsed) = (parse(payload)?, parse(header)?);
        let jwk = parsed.get("jwk").cloned().unwrap_or(Value::Null);
        if text(&parsed, "typ") != "dpop+jwt"
            || text(&parsed, "alg") != "ES256"
            || text(&jwk, "kty") != "EC"
            || text(&jwk, "crv") != "P-256"
        {
            return Err("the proof's header is another".to_owned());
        }
        let mut point = vec![4];
        for name in ["x", "y"] {
            // Some clients leave out leading zeros.
            let coordinate = decode(text(&jwk, name))?;
            point.resize(point.len() + 32usize.saturating_sub(coordinate.len()), 0);
            point.extend(coordinate);
        }
        let key = VerifyingKey::from_sec1_bytes(&point).map_err(|error| error.to_string())?;
        let given =
            Signature::from_slice(&decode(signature)?).map_err(|error| error.to_string())?;
        let signed = format!("{header}.{payload}");
        key.verify(signed.as_bytes(), &given)
            .map_err(|_| "the proof's signature is wrong")?;
        let host = request.header("host").unwrap_or_default();
        let url = format!("http://{host}{}", request.target);
        let age = now() - claims.get("iat").and_then(Value::as_int).unwrap_or(0);
        if text(&claims, "htm") != request.method
            || text(&claims, "htu") != url
            || !(-60..=60).contains(&age)
        {
            return Err("the proof is of another request".to_owned());
        }
        let id = text(&claims, "jti").to_owned();
        if id.is_empty() || self.proofs.contains(&id) {
            return Err("the proof was used before".to_owned());
        }
        self.proofs.push(id);
        Ok(text(&jwk, "x").to_owned())
    }
}

/// The page that shows the code to carry to another machine.
pub(super) fn confirmation(query: &BTreeMap<String, String>) -> Answer {
    let get = |name: &str| query.get(name).map_or("", String::as_str);
    let code = format!("state={}&code={}", get("state"), get("code"));
    Answer::new(200, STANDARD.encode(code))
}

fn denied(code: &str, message: &str) -> Answer {
    let mut map = Map::new();
    map.push("error", Value::from(code));
    map.push("message", Value::from(message));
    let name = if code == "INVALID_REQUEST" {
        "ValidationException"
    } else {
        "AccessDeniedException"
    };
    Answer::new(400, json::to_string(&Value::Map(map)))
        .header("Content-Type", "application/json")
        .header("x-amzn-ErrorType", name)
}
