//! Percent signs, base64 and URLs as Python's libraries have them.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// All but letters, digits and `-._~/`.
const NOT_IN_PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// All but letters, digits and `-._~`.
const RESERVED: &AsciiSet = &NOT_IN_PATH.add(b'/');

/// Takes what base64 may have at its end without being clean.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// Text with all but letters, digits, `-._~` and slashes encoded.
pub(super) fn encode_path(text: &str) -> String {
    utf8_percent_encode(text, NOT_IN_PATH).to_string()
}

/// Text with all but letters, digits and `-._~` encoded.
pub(super) fn encode(text: &str) -> impl std::fmt::Display + '_ {
    utf8_percent_encode(text, RESERVED)
}

/// Python's `unquote`.
pub(super) fn unquote(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

/// Python's `unquote_plus`: a `+` is a space as well. None where that is the
/// text itself.
pub(super) fn unquote_plus(text: &str) -> Option<String> {
    if !text.bytes().any(|byte| matches!(byte, b'%' | b'+')) {
        return None;
    }
    Some(unquote(&text.replace('+', " ")).into_owned())
}

/// A URL with another's scheme and host.
// Parity: botocore/utils.py, _get_new_endpoint.
pub(crate) fn with_host(url: &str, endpoint: &str) -> String {
    let after_host = |text: &str| text.find(['/', '?', '#']).unwrap_or(text.len());
    let (scheme, rest) = endpoint.split_once("://").unwrap_or(("", endpoint));
    let host = &rest[..after_host(rest)];
    let own = url.split_once("://").map_or(url, |(_, rest)| rest);
    format!("{scheme}://{host}{}", &own[after_host(own)..])
}

/// Bytes as base64.
pub(super) fn base64(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

/// Python's `b64decode`: what is not in the alphabet is passed over, and so is
/// all behind the padding. None where the padding is missing.
pub(super) fn unbase64(text: &str) -> Option<Vec<u8>> {
    let mut clean = Vec::with_capacity(text.len());
    let mut padding = 0;
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => {
                // Padding that is followed by more was none.
                padding = 0;
                clean.push(byte);
            }
            b'=' if clean.len() % 4 >= 2 => {
                padding += 1;
                if clean.len() % 4 + padding >= 4 {
                    break;
                }
            }
            _ => {}
        }
    }
    clean.extend(std::iter::repeat_n(b'=', padding));
    LENIENT.decode(clean).ok()
}

#[cfg(test)]
mod tests {
    use super::{base64, encode, encode_path, unbase64, unquote, unquote_plus, with_host};

    #[test]
    fn hosts_are_replaced() {
        for (url, endpoint, expected) in [
            ("https://a/b?c", "http://d:1/e?f", "http://d:1/b?c"),
            ("https://a", "https://d", "https://d"),
            ("https://a?c", "https://d/", "https://d?c"),
        ] {
            assert_eq!(with_host(url, endpoint), expected);
        }
    }

    #[test]
    fn percent_signs_come_and_go() {
        assert_eq!(encode_path("a/b c~é"), "a/b%20c~%C3%A9");
        assert_eq!(encode("a/b").to_string(), "a%2Fb");
        assert_eq!(unquote("a%2Fb+%zz%FF"), "a/b+%zz\u{fffd}");
        assert_eq!(unquote_plus("a+b%2B"), Some("a b+".to_owned()));
        assert_eq!(unquote_plus("ab"), None);
    }

    // Python: [base64.b64decode(text) for text in ...]
    #[test]
    fn base64_is_read_leniently() {
        for (text, expected) in [
            ("", Some(&b""[..])),
            ("aGk=", Some(b"hi")),
            ("aG\nk = ", Some(b"hi")),
            ("aGk=rubbish", Some(b"hi")),
            ("aGl=", Some(b"hi")),
            ("aGk", None),
            ("a", None),
            ("é", Some(b"")),
        ] {
            assert_eq!(unbase64(text).as_deref(), expected, "{text}");
        }
        assert_eq!(base64("hi"), "aGk=");
    }
}
