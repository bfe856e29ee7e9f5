//! Scalars as text, as Python reads and writes them, and the encodings of
//! text: percent and base64.

use std::borrow::Cow;

use awl_value::{Value, python_float as float_repr};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stays as it is in a query string and in a label.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// What stays as it is in a greedy label.
const PATH: &AsciiSet = &QUERY.remove(b'/');

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Appends percent-encoded text.
// Parity: botocore/utils.py, percent_encode.
pub(crate) fn percent_encode(text: &str, out: &mut String) {
    out.extend(utf8_percent_encode(text, QUERY));
}

/// Appends percent-encoded text in which slashes stay.
pub(crate) fn percent_encode_path(text: &str, out: &mut String) {
    out.extend(utf8_percent_encode(text, PATH));
}

/// The text of percent-encoded UTF-8; none of what is no UTF-8.
pub(crate) fn percent_decode(text: &str) -> Option<Cow<'_, str>> {
    percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .ok()
}

/// The text of a form's name or value, in which `+` is a space.
pub(crate) fn form_decode(text: &str) -> Cow<'_, str> {
    if !text.contains(['+', '%']) {
        return Cow::Borrowed(text);
    }
    let spaced = text.replace('+', " ");
    let decoded = percent_encoding::percent_decode_str(&spaced);
    Cow::Owned(decoded.decode_utf8_lossy().into_owned())
}

/// Python's `float(text)`.
pub(crate) fn python_float(text: &str) -> Option<f64> {
    without_underscores(text.trim())?.parse().ok()
}

/// Python's `int(text)`: an integer of any size.
pub(crate) fn python_int(text: &str) -> Option<Value> {
    let text = without_underscores(text.trim())?;
    let (minus, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(&text)),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = match digits.trim_start_matches('0') {
        "" => return Some(Value::Int(0)),
        digits => digits,
    };
    let canonical: Cow<'_, str> = if minus {
        format!("-{digits}").into()
    } else {
        digits.into()
    };
    Some(match canonical.parse() {
        Ok(number) => Value::Int(number),
        Err(_) => Value::BigInt(canonical.into()),
    })
}

/// Python takes single underscores between digits.
fn without_underscores(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('_') {
        return Some(text.into());
    }
    let bytes = text.as_bytes();
    let digit = |index: Option<usize>| {
        index
            .and_then(|index| bytes.get(index))
            .is_some_and(u8::is_ascii_digit)
    };
    (0..bytes.len())
        .all(|at| bytes[at] != b'_' || digit(at.checked_sub(1)) && digit(Some(at + 1)))
        .then(|| text.replace('_', "").into())
}

/// A scalar as `str` and botocore's helpers write it: `true`, `1.0`, `NaN`.
/// None of a container or null.
pub(crate) fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    Some(match value {
        Value::Bool(true) => "true".into(),
        Value::Bool(false) => "false".into(),
        Value::Int(number) => number.to_string().into(),
        Value::BigInt(digits) => Cow::Borrowed(digits),
        Value::Float(number) => float(*number),
        Value::String(text) => Cow::Borrowed(text),
        Value::Blob(bytes) => STANDARD.encode(bytes).into(),
        Value::Timestamp(_) | Value::Null | Value::List(_) | Value::Map(_) => return None,
    })
}

/// A double as botocore writes it.
// Parity: botocore/serialize.py, Serializer._handle_float.
pub(crate) fn float(number: f64) -> Cow<'static, str> {
    if number.is_nan() {
        "NaN".into()
    } else if number == f64::INFINITY {
        "Infinity".into()
    } else if number == f64::NEG_INFINITY {
        "-Infinity".into()
    } else {
        float_repr(number).into()
    }
}

/// Base64 of bytes.
pub(crate) fn base64_encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Bytes of base64; as in Python, what is not of the alphabet is passed over.
pub(crate) fn base64_decode(text: &str) -> Option<Vec<u8>> {
    if let Ok(bytes) = STANDARD.decode(text) {
        return Some(bytes);
    }
    let kept: Vec<u8> = text
        .bytes()
        .filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
        .collect();
    LENIENT.decode(kept).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_read_as_in_python() {
        for (text, expected) in [
            ("12", Some(Value::Int(12))),
            (" -012 ", Some(Value::Int(-12))),
            ("+1_000", Some(Value::Int(1000))),
            (
                "123456789012345678901234567890",
                Some(Value::BigInt("123456789012345678901234567890".into())),
            ),
            ("-0", Some(Value::Int(0))),
            ("1__0", None),
            ("_1", None),
            ("1.0", None),
            ("", None),
            ("--1", None),
        ] {
            assert_eq!(python_int(text), expected, "{text}");
        }
    }

    #[test]
    fn percent_encoding_keeps_what_botocore_keeps() {
        let mut out = String::new();
        percent_encode("aZ0-._~/ +é", &mut out);
        assert_eq!(out, "aZ0-._~%2F%20%2B%C3%A9");
        out.clear();
        percent_encode_path("a/b c", &mut out);
        assert_eq!(out, "a/b%20c");
    }

    #[test]
    fn base64_is_lenient() {
        assert_eq!(base64_decode("Zm9v\nYg=="), Some(b"foob".to_vec()));
        assert_eq!(base64_decode("Zm9v"), Some(b"foo".to_vec()));
        assert_eq!(base64_decode("Z"), None);
    }
}
