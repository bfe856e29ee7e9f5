//! Percent-encoding, hexadecimal and white space as Python and botocore have them.

use std::borrow::Cow;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

const HEX: &[u8; 16] = b"0123456789abcdef";
const UPPER_HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Appends `text` with everything but RFC 3986's unreserved characters percent-encoded.
pub(crate) fn percent_encode_into(output: &mut String, text: &[u8]) {
    for &byte in text {
        if is_unreserved(byte) {
            output.push(char::from(byte));
        } else {
            output.push('%');
            output.push(char::from(UPPER_HEX[usize::from(byte >> 4)]));
            output.push(char::from(UPPER_HEX[usize::from(byte & 15)]));
        }
    }
}

/// Percent-encodes everything but unreserved characters.
pub(crate) fn percent_encode(text: &str) -> String {
    let mut output = String::with_capacity(text.len() + 16);
    percent_encode_into(&mut output, text.as_bytes());
    output
}

/// Undoes percent-encoding; a `%` that begins no escape stays, as in Python's `unquote_to_bytes`.
pub(crate) fn percent_decode(text: &str) -> Cow<'_, [u8]> {
    let bytes = text.as_bytes();
    let Some(first) = bytes.iter().position(|&byte| byte == b'%') else {
        return Cow::Borrowed(bytes);
    };
    let mut output = bytes[..first].to_vec();
    let mut rest = &bytes[first..];
    while let Some((&byte, tail)) = rest.split_first() {
        let escape = match tail {
            [high, low, ..] if byte == b'%' => hex_digit(*high).zip(hex_digit(*low)),
            _ => None,
        };
        if let Some((high, low)) = escape {
            output.push(high << 4 | low);
            rest = &tail[2..];
        } else {
            output.push(byte);
            rest = tail;
        }
    }
    Cow::Owned(output)
}

/// Reads a query as Python's `parse_qs(keep_blank_values=True)` does: `+` is a space, the first of
/// several values wins, bytes that are no UTF-8 become U+FFFD.
pub(crate) fn parse_query(query: &str) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = form_decode(name);
        if !pairs.iter().any(|(known, _)| *known == name) {
            pairs.push((name, form_decode(value)));
        }
    }
    pairs
}

/// Writes pairs as a query or form body.
pub(crate) fn encode_query<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut output = String::new();
    for (name, value) in pairs {
        if !output.is_empty() {
            output.push('&');
        }
        percent_encode_into(&mut output, name.as_bytes());
        output.push('=');
        percent_encode_into(&mut output, value.as_bytes());
    }
    output
}

/// Sets a parameter in its place, or last, as a Python dict does.
pub(crate) fn set_parameter(parameters: &mut Vec<(String, String)>, name: &str, value: String) {
    match parameters.iter_mut().find(|(known, _)| known == name) {
        Some((_, known)) => *known = value,
        None => parameters.push((name.to_owned(), value)),
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut output = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        output.push(char::from(HEX[usize::from(byte >> 4)]));
        output.push(char::from(HEX[usize::from(byte & 15)]));
    }
    output
}

/// Reads hexadecimal of either case.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    if !bytes.len().is_multiple_of(2) {
        return None;
    }
    bytes
        .chunks_exact(2)
        .map(|pair| Some(hex_digit(pair[0])? << 4 | hex_digit(pair[1])?))
        .collect()
}

/// The SHA-256 of `bytes`, in hexadecimal.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// HMAC-SHA256.
pub(crate) fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    hmac(key, message).finalize().into_bytes().into()
}

/// Whether `tag` is the MAC of `message`, in time that does not depend on where they differ.
pub(crate) fn hmac_matches(key: &[u8], message: &[u8], tag: &[u8]) -> bool {
    hmac(key, message).verify_slice(tag).is_ok()
}

/// Appends the words of `value` with single spaces between, as `' '.join(value.split())` does.
pub(crate) fn collapse_into(output: &mut String, value: &str) {
    // Long values (tokens, hashes) have none; looked at without an early exit, many bytes at once.
    let plain = value
        .bytes()
        .fold(true, |plain, byte| plain & (byte > b' ') & (byte < 0x7f));
    if plain {
        output.push_str(value);
        return;
    }
    let mut words = value
        .split(|letter: char| letter.is_whitespace() || ('\x1c'..='\x1f').contains(&letter))
        .filter(|word| !word.is_empty());
    if let Some(word) = words.next() {
        output.push_str(word);
    }
    for word in words {
        output.push(' ');
        output.push_str(word);
    }
}

fn hmac(key: &[u8], message: &[u8]) -> Hmac<Sha256> {
    let mut mac =
        <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("an HMAC key has any length");
    mac.update(message);
    mac
}

fn form_decode(text: &str) -> String {
    let spaced = if text.contains('+') {
        Cow::Owned(text.replace('+', " "))
    } else {
        Cow::Borrowed(text)
    };
    String::from_utf8_lossy(&percent_decode(&spaced)).into_owned()
}

/// RFC 3986's unreserved characters, which are never encoded.
pub(crate) fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn queries_are_read_as_python_does() {
        let check = |query: &str, expected: &[(&str, &str)]| {
            let pairs = parse_query(query);
            let pairs: Vec<_> = pairs
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            assert_eq!(pairs, expected, "{query}");
        };
        check("", &[]);
        check("a=1&&b&c=&a=2", &[("a", "1"), ("b", ""), ("c", "")]);
        check("a+b=%2B%zz%4&=x", &[("a b", "+%zz%4"), ("", "x")]);
        check("a=%ff", &[("a", "\u{fffd}")]);
    }

    #[test]
    fn white_space_collapses() {
        let mut output = String::new();
        collapse_into(&mut output, " \t a  b\u{a0}\x1cc ");
        assert_eq!(output, "a b c");
    }

    proptest! {
        #[test]
        fn encoding_reads_back(text in any::<String>()) {
            let encoded = percent_encode(&text);
            prop_assert_eq!(percent_decode(&encoded).into_owned(), text.into_bytes());
        }

        #[test]
        fn hexadecimal_reads_back(bytes: Vec<u8>) {
            prop_assert_eq!(unhex(&hex(&bytes)), Some(bytes));
        }

        #[test]
        fn any_text_decodes(text in any::<String>()) {
            let _ = (percent_decode(&text), parse_query(&text), unhex(&text));
        }
    }
}
