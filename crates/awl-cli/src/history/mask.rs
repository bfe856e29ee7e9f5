//! Secrets kept out of the record. The AWS CLI writes them as they are, and
//! hides half of a signature when it shows the record.

use awl_model::Operation;
use awl_value::{Map, Value};

use crate::debug::{self, MASK, SECRET_HEADERS};

/// Members that are secrets whether or not a model says so, in lower case.
const SECRET_NAMES: &[&str] = &[
    "accesstoken",
    "authorizationtoken",
    "authtoken",
    "clientsecret",
    "idtoken",
    "masteruserpassword",
    "newpassword",
    "oldpassword",
    "password",
    "plaintext",
    "privatekey",
    "refreshtoken",
    "secretaccesskey",
    "secretbinary",
    "secretstring",
    "sessiontoken",
    "securitytoken",
];

/// Parameters of an operation without secrets.
pub(super) fn parameters(operation: Operation, params: &Map) -> Map {
    let mut params = params.clone();
    if let Some(shape) = operation.input() {
        debug::mask_map(shape, &mut params);
    }
    mask_names(&mut params);
    params
}

/// An answer of an operation without secrets.
pub(super) fn answer(operation: Operation, answer: &Map) -> Map {
    let mut answer = answer.clone();
    if let Some(shape) = operation.output() {
        debug::mask_map(shape, &mut answer);
    }
    mask_names(&mut answer);
    answer
}

/// The secrets that masking took out of a map.
pub(super) fn secrets(whole: &Map, masked: &Map) -> Vec<String> {
    let mut found = Vec::new();
    for (name, value) in whole.iter() {
        if let Some(other) = masked.get(name) {
            collect(value, other, &mut found);
        }
    }
    found
}

fn collect(whole: &Value, masked: &Value, found: &mut Vec<String>) {
    match (whole, masked) {
        (Value::Map(whole), Value::Map(masked)) => found.extend(secrets(whole, masked)),
        (Value::List(whole), Value::List(masked)) => {
            for (whole, masked) in whole.iter().zip(masked) {
                collect(whole, masked, found);
            }
        }
        (whole, Value::String(mask)) if &**mask == MASK => texts(whole, found),
        _ => {}
    }
}

/// All texts in a value.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.to_string()),
        Value::Blob(bytes) => {
            use base64::Engine as _;
            found.push(base64::engine::general_purpose::STANDARD.encode(bytes));
            found.extend(std::str::from_utf8(bytes).map(str::to_owned));
        }
        Value::Map(map) => map.values().for_each(|value| texts(value, found)),
        Value::List(items) => items.iter().for_each(|value| texts(value, found)),
        _ => {}
    }
}

/// A body without secrets, in any of the forms in which protocols write them.
pub(super) fn body(text: &str, secrets: &[String]) -> String {
    let mut secrets = secrets.to_vec();
    // A service may send more than its model says.
    if let Ok(Value::Map(whole)) = awl_value::json::parse(text) {
        let mut masked = whole.clone();
        mask_names(&mut masked);
        secrets.extend(self::secrets(&whole, &masked));
    }
    let mut text = text.to_owned();
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        let mut json = String::new();
        awl_value::json::write_string(secret, true, &mut json);
        let json = json.trim_matches('"').to_owned();
        let xml = secret.replace('&', "&amp;").replace('<', "&lt;");
        let query = encoded(secret);
        for form in [secret.as_str(), &json, &xml, &query] {
            text = text.replace(form, MASK);
        }
    }
    text
}

/// A text as forms and query strings have it.
fn encoded(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let mut encoded = String::new();
    for byte in text.bytes() {
        if is_plain(byte) {
            encoded.push(byte.into());
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Headers without secrets: of a signature its first letters stay.
pub(super) fn headers<'a>(headers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Map {
    headers
        .into_iter()
        .map(|(name, value)| {
            let is_secret = SECRET_HEADERS
                .iter()
                .any(|secret| name.eq_ignore_ascii_case(secret));
            let value = match value.split_once("Signature=") {
                Some((before, signature)) if is_secret => {
                    let kept: String = signature.chars().take(4).collect();
                    format!("{before}Signature={kept}...")
                }
                _ if is_secret || name.eq_ignore_ascii_case("set-cookie") => MASK.to_owned(),
                _ => value.to_owned(),
            };
            (name.to_owned().into(), Value::from(value))
        })
        .collect()
}

/// The words of a command line without what stands behind secret options.
pub(super) fn words(words: &[&str]) -> Vec<Value> {
    let mut is_secret = false;
    words
        .iter()
        .map(|word| {
            let hidden = std::mem::take(&mut is_secret);
            if let Some(option) = word.strip_prefix("--") {
                let (name, value) = option
                    .split_once('=')
                    .map_or((option, None), |(name, value)| (name, Some(value)));
                let is_named = SECRET_NAMES.contains(&&*name.replace('-', "").to_lowercase());
                if is_named && value.is_some() {
                    return Value::from(format!("--{name}={MASK}"));
                }
                is_secret = is_named;
                return Value::from(*word);
            }
            // A file's name is no secret.
            if hidden && !word.starts_with("file://") && !word.starts_with("fileb://") {
                return Value::from(MASK);
            }
            Value::from(*word)
        })
        .collect()
}

fn mask_names(map: &mut Map) {
    for (name, value) in map.iter_mut() {
        let is_secret = SECRET_NAMES.contains(&&*name.to_lowercase());
        match value {
            Value::Map(map) => mask_names(map),
            Value::List(items) => {
                for item in items.iter_mut() {
                    if let Value::Map(map) = item {
                        mask_names(map);
                    }
                }
            }
            Value::String(_) | Value::Blob(_) if is_secret => *value = Value::from(MASK),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use awl_value::{Value, json};

    use super::{MASK, body, headers, parameters, secrets, words};

    #[test]
    fn words_behind_secret_options_are_masked() {
        let line = [
            "iam",
            "create-login-profile",
            "--password",
            "geheim",
            "--user-name",
            "u",
        ];
        let masked = Value::List(words(&line).into_iter().collect());
        assert_eq!(
            json::to_string(&masked),
            r#"["iam", "create-login-profile", "--password", "****", "--user-name", "u"]"#
        );
        let masked = Value::List(words(&["--password=geheim", "x"]).into_iter().collect());
        assert_eq!(json::to_string(&masked), r#"["--password=****", "x"]"#);
    }

    #[test]
    fn parameters_and_bodies_are_masked() {
        let service = awl_catalog::store().service("secretsmanager").unwrap();
        let operation = service.operation("PutSecretValue").unwrap();
        let params = json::parse(r#"{"SecretId": "s", "SecretString": "a\"b&c"}"#).unwrap();
        let Value::Map(params) = params else {
            unreachable!("it is a map")
        };
        let masked = parameters(operation, &params);
        assert_eq!(masked.get("SecretId").and_then(Value::as_str), Some("s"));
        assert_eq!(
            masked.get("SecretString").and_then(Value::as_str),
            Some(MASK)
        );
        let found = secrets(&params, &masked);
        assert_eq!(found, ["a\"b&c"]);
        assert_eq!(
            body(r#"{"SecretString": "a\"b&c"}"#, &found),
            r#"{"SecretString": "****"}"#
        );
        assert_eq!(body("A=1&S=a%22b%26c", &found), "A=1&S=****");
    }

    #[test]
    fn of_a_signature_four_letters_stay() {
        let masked = headers([
            (
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=AKID/x, Signature=0123456789",
            ),
            ("X-Amz-Security-Token", "token"),
            ("Host", "h"),
        ]);
        assert_eq!(
            json::to_string(&Value::Map(masked)),
            r#"{"Authorization": "AWS4-HMAC-SHA256 Credential=AKID/x, Signature=0123...", "X-Amz-Security-Token": "****", "Host": "h"}"#
        );
    }
}
