//! Python's words for values: what `repr`, `str` and `type` give, and what
//! `int` and `float` take. The AWS CLI's messages are made of them.

use crate::{Map, Value, Zone, python_float};

/// `str(value)`: text as it is, anything else as [`repr`].
#[must_use]
pub fn str(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Timestamp(timestamp) => {
            let offset = match timestamp.zone {
                Zone::Local => 0,
                Zone::Offset(offset) => offset,
            };
            timestamp.isoformat(offset).replacen('T', " ", 1)
        }
        _ => repr(value),
    }
}

/// `repr(value)`.
#[must_use]
pub fn repr(value: &Value) -> String {
    let mut text = String::new();
    write_repr(value, &mut text);
    text
}

/// `repr` of a text: in quotes, escaped.
#[must_use]
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    write_quoted(text, &mut quoted);
    quoted
}

/// The name of the type of a value: `dict`, `str`, `NoneType`.
#[must_use]
pub const fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Int(_) | Value::BigInt(_) => "int",
        Value::Float(_) => "float",
        Value::String(_) => "str",
        Value::Blob(_) => "bytes",
        Value::Timestamp(_) => "datetime.datetime",
        Value::List(_) => "list",
        Value::Map(_) => "dict",
    }
}

/// `int(text)`, of decimal digits; None where Python raises `ValueError`.
#[must_use]
pub fn int(text: &str) -> Option<Value> {
    let text = text.trim_matches(is_space);
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let digits = plain_digits(digits)?;
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Some(Value::Int(0));
    }
    let canonical = format!("{sign}{digits}");
    Some(match canonical.parse() {
        Ok(number) => Value::Int(number),
        Err(_) => Value::BigInt(canonical.into()),
    })
}

/// `float(text)`; None where Python raises `ValueError`.
#[must_use]
pub fn float(text: &str) -> Option<f64> {
    let text = text.trim_matches(is_space);
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let lower = unsigned.to_ascii_lowercase();
    if !matches!(&*lower, "inf" | "infinity" | "nan") {
        let (mantissa, exponent) = match lower.split_once('e') {
            Some((mantissa, exponent)) => (mantissa, Some(exponent)),
            None => (&*lower, None),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let part = |digits: &str| digits.is_empty() || plain_digits(digits).is_some();
        if (whole.is_empty() && fraction.is_empty()) || !part(whole) || !part(fraction) {
            return None;
        }
        if let Some(exponent) = exponent {
            plain_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))?;
        }
    }
    text.replace('_', "").parse().ok()
}

/// What `base64.b64decode` says of a text, where it does not take it.
#[must_use]
pub fn base64_error(text: &str) -> Option<String> {
    let (mut characters, mut padding) = (0, 0);
    for byte in text.bytes() {
        match byte {
            b'=' => {
                padding += 1;
                if characters % 4 >= 2 && characters % 4 + padding >= 4 {
                    return None;
                }
            }
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => {
                (characters, padding) = (characters + 1, 0);
            }
            // Anything else is passed over.
            _ => {}
        }
    }
    match characters % 4 {
        0 => None,
        1 => Some(format!(
            "Invalid base64-encoded string: number of data characters ({characters}) cannot be 1 \
             more than a multiple of 4"
        )),
        _ => Some("Incorrect padding".to_owned()),
    }
}

/// The digits without the underscores that may stand between them.
fn plain_digits(text: &str) -> Option<String> {
    let mut digits = String::with_capacity(text.len());
    let mut after_digit = false;
    for character in text.chars() {
        match character {
            '0'..='9' => {
                digits.push(character);
                after_digit = true;
            }
            '_' if after_digit => after_digit = false,
            _ => return None,
        }
    }
    after_digit.then_some(digits)
}

/// `str.isspace` of one character.
#[must_use]
pub fn is_space(character: char) -> bool {
    character.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&character)
}

fn write_repr(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("None"),
        Value::Bool(true) => out.push_str("True"),
        Value::Bool(false) => out.push_str("False"),
        Value::Int(number) => out.push_str(&number.to_string()),
        Value::BigInt(digits) => out.push_str(digits),
        Value::Float(number) => out.push_str(&python_float(*number)),
        Value::String(text) => write_quoted(text, out),
        Value::Blob(bytes) => write_bytes(bytes, out),
        Value::Timestamp(_) => {
            out.push_str("datetime.datetime(");
            out.push_str(&str(value));
            out.push(')');
        }
        Value::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write_repr(item, out);
            }
            out.push(']');
        }
        Value::Map(map) => write_map(map, out),
    }
}

fn write_map(map: &Map, out: &mut String) {
    out.push('{');
    for (index, (key, value)) in map.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write_quoted(key, out);
        out.push_str(": ");
        write_repr(value, out);
    }
    out.push('}');
}

/// The quotes that need no escape: `'`, unless only that one is inside.
const fn quote_for(single: bool, double: bool) -> char {
    if single && !double { '"' } else { '\'' }
}

fn write_quoted(text: &str, out: &mut String) {
    use std::fmt::Write as _;
    let quote = quote_for(text.contains('\''), text.contains('"'));
    out.push(quote);
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if character == quote => {
                out.push('\\');
                out.push(character);
            }
            _ if is_printable(character) => out.push(character),
            _ => {
                let code = u32::from(character);
                let _ = match code {
                    0..=0xff => write!(out, "\\x{code:02x}"),
                    0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push(quote);
}

fn write_bytes(bytes: &[u8], out: &mut String) {
    use std::fmt::Write as _;
    let quote = quote_for(bytes.contains(&b'\''), bytes.contains(&b'"'));
    out.push('b');
    out.push(quote);
    for byte in bytes {
        match byte {
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            _ if char::from(*byte) == quote => {
                out.push('\\');
                out.push(quote);
            }
            0x20..0x7f => out.push(char::from(*byte)),
            _ => {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out.push(quote);
}

/// `str.isprintable` of one character, which is what Rust leaves as it is in
/// the midst of a text.
fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return !character.is_ascii_control();
    }
    let text: String = ['a', character].iter().collect();
    text.escape_debug().eq(['a', character])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn repr_is_pythons() {
        let value = json::parse(
            r#"{"a": [1, 1.0, true, null], "b'": "it's", "c": "\"both'", "d": "\n\u0001\u200b\u00e9"}"#,
        )
        .unwrap();
        assert_eq!(
            repr(&value),
            r#"{'a': [1, 1.0, True, None], "b'": "it's", 'c': '"both\'', 'd': '\n\x01\u200bé'}"#
        );
        assert_eq!(
            repr(&Value::Blob(b"a'\x00\xff".to_vec())),
            r#"b"a'\x00\xff""#
        );
        assert_eq!(str(&Value::from("as it is")), "as it is");
    }

    #[test]
    fn base64_is_refused_as_python_refuses_it() {
        let data = |count: usize| {
            format!(
                "Invalid base64-encoded string: number of data characters ({count}) cannot be 1 \
                 more than a multiple of 4"
            )
        };
        let padding = || Some("Incorrect padding".to_owned());
        for (text, expected) in [
            ("", None),
            ("QUJD", None),
            ("QUI=", None),
            ("QQ==junk", None),
            ("Q U\nJ D", None),
            ("QU", padding()),
            ("QUI", padding()),
            ("QQ=", padding()),
            ("?q", Some(data(1))),
            ("QUJDQ", Some(data(5))),
        ] {
            assert_eq!(super::base64_error(text), expected, "{text:?}");
        }
    }

    #[test]
    fn numbers_are_read_as_python_reads_them() {
        for (text, expected) in [
            ("1", Some(Value::Int(1))),
            (" -007\n", Some(Value::Int(-7))),
            ("+1_000", Some(Value::Int(1000))),
            ("-0", Some(Value::Int(0))),
            (
                "12345678901234567890",
                Some(Value::BigInt("12345678901234567890".into())),
            ),
            ("1.0", None),
            ("1__0", None),
            ("_1", None),
            ("", None),
            ("0x10", None),
        ] {
            assert_eq!(int(text), expected, "{text}");
        }
        for (text, expected) in [
            ("1", Some(1.0)),
            (" 1.5e3 ", Some(1500.0)),
            (".5", Some(0.5)),
            ("5.", Some(5.0)),
            ("-Infinity", Some(f64::NEG_INFINITY)),
            ("1_0.0_1", Some(10.01)),
            (".", None),
            ("1e", None),
            ("1 2", None),
            ("infin", None),
            ("", None),
        ] {
            assert_eq!(float(text), expected, "{text}");
        }
        assert!(float("nan").is_some_and(f64::is_nan));
    }
}
