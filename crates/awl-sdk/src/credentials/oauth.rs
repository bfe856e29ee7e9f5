//! What logging in with a browser needs, whoever is logged in to: secrets made
//! on the spot, the proof that goes with a code (PKCE), and URLs.

use std::fmt::Write as _;

use awl_value::{Map, Timestamp, Value};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest as _, Sha256};

use super::keys;
use crate::env::Host;

/// What botocore does not encode in a query string.
// Parity: botocore/utils.py, percent_encode_sequence.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The two halves of a Proof Key for Code Exchange.
pub(super) struct Pkce {
    /// What is kept until the code is exchanged.
    pub verifier: String,
    /// What the authorization is asked for with.
    pub challenge: String,
}

impl Pkce {
    pub(super) fn new(host: &dyn Host) -> Self {
        // 48 bytes make the 64 letters that the AWS CLI has too.
        let verifier = URL_SAFE_NO_PAD.encode([random(host), random(host)].concat());
        let verifier = verifier[..64].to_owned();
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
        Self {
            verifier,
            challenge,
        }
    }
}

/// Bytes that nobody can guess. A UUID has 122 bits of the system's randomness;
/// three of them, hashed, are more than enough.
pub(super) fn random(host: &dyn Host) -> [u8; 32] {
    let mut hash = Sha256::new();
    for _ in 0..3 {
        hash.update(host.uuid());
    }
    hash.finalize().into()
}

/// Bytes as JSON Web Tokens have them.
pub(super) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A query string.
pub(super) fn query(parameters: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in parameters {
        let separator = if text.is_empty() { "" } else { "&" };
        let value = utf8_percent_encode(value, ENCODED);
        let _ = write!(text, "{separator}{name}={value}");
    }
    text
}

/// A parameter of a query string; None where it is absent or empty.
// Parity: Python's parse_qs.
pub(super) fn parameter(query: &str, name: &str) -> Option<String> {
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_decode_str(&text).decode_utf8_lossy().into_owned()
    };
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, value)| !value.is_empty() && decode(key) == name)
        .map(|(_, value)| decode(value))
}

/// Scheme and authority of a URL.
pub(super) fn origin(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..].find(['/', '?', '#']);
    end.map_or(url, |end| &url[..start + end])
}

/// Seconds since the epoch as the caches have them: `2026-11-22T05:13:43Z`.
pub(super) fn utc(seconds: i64) -> String {
    let text = Timestamp::utc(seconds.saturating_mul(1_000_000)).isoformat(0);
    text.replace("+00:00", "Z")
}

/// A member of a cached token.
pub(super) fn text<'a>(token: &'a Map, name: &str) -> Option<&'a str> {
    token.get(name).and_then(Value::as_str)
}

/// The time that a member of a cached token names.
pub(super) fn time(token: &Map, name: &str) -> Option<i64> {
    keys::time(text(token, name)?)
}

/// Now, in seconds since the epoch.
pub(super) fn now(host: &dyn Host) -> i64 {
    host.epoch().as_secs().try_into().unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_its_verifiers_hash() {
        let one = Pkce::new(&crate::env::Process);
        let other = Pkce::new(&crate::env::Process);
        assert_eq!(one.verifier.len(), 64);
        assert_ne!(one.verifier, other.verifier);
        assert_eq!(one.challenge, encode(&Sha256::digest(&one.verifier)));
        assert_eq!(one.challenge.len(), 43);
    }

    #[test]
    fn queries_are_written_and_read() {
        let parameters = [("a", "x y/é"), ("b", "-._~")];
        let text = query(&parameters);
        assert_eq!(text, "a=x%20y%2F%C3%A9&b=-._~");
        assert_eq!(parameter(&text, "a").as_deref(), Some("x y/é"));
        assert_eq!(parameter("a=&a=1+2&b", "a").as_deref(), Some("1 2"));
        assert_eq!(parameter("a=&b", "a"), None);
    }

    #[test]
    fn origins_end_before_the_path() {
        for (url, expected) in [
            ("https://a.b/c?d", "https://a.b"),
            ("http://127.0.0.1:80", "http://127.0.0.1:80"),
            ("https://a?b/c", "https://a"),
        ] {
            assert_eq!(origin(url), expected);
        }
    }

    #[test]
    fn times_are_those_of_the_caches() {
        assert_eq!(utc(1_795_324_423), "2026-11-22T05:13:43Z");
        let mut token = Map::new();
        token.push("expiresAt", Value::from("2026-11-22T05:13:43Z"));
        assert_eq!(time(&token, "expiresAt"), Some(1_795_324_423));
    }
}
