//! Python's numbers and quotes, in which the AWS CLI's messages are written.

pub(crate) use awl_value::python::{float, int, is_space, quote, str, type_name};

use std::path::Path;

use awl_value::Value;

/// What `int(text)` says of a text that it does not take.
pub(crate) fn int_error(text: &str) -> String {
    format!("invalid literal for int() with base 10: {}", quote(text))
}

/// What `float(text)` says of a text that it does not take.
pub(crate) fn float_error(text: &str) -> String {
    format!("could not convert string to float: {}", quote(text))
}

/// What `int(value)` gives or raises, of a value of any type.
pub(crate) fn int_of(value: &Value) -> Result<Value, String> {
    match value {
        Value::String(text) => int(text).ok_or_else(|| int_error(text)),
        Value::Int(_) | Value::BigInt(_) => Ok(value.clone()),
        Value::Bool(flag) => Ok(Value::Int(i64::from(*flag))),
        _ => Err(format!(
            "int() argument must be a string, a bytes-like object or a real number, not '{}'",
            type_name(value)
        )),
    }
}

/// What `float(value)` gives or raises, of a value of any type.
pub(crate) fn float_of(value: &Value) -> Result<Value, String> {
    match value {
        Value::String(text) => float(text)
            .map(Value::Float)
            .ok_or_else(|| float_error(text)),
        Value::Float(_) => Ok(value.clone()),
        Value::Int(number) => Ok(Value::Float(*number as f64)),
        _ => Err(format!(
            "float() argument must be a string or a real number, not '{}'",
            type_name(value)
        )),
    }
}

/// `urllib.parse.quote(text, safe='')`.
pub(crate) fn quote_url(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                quoted.push(char::from(byte));
            }
            _ => quoted.push_str(&format!("%{byte:02X}")),
        }
    }
    quoted
}

/// `str` of an `OSError` that names a file.
pub(crate) fn os_error(error: &std::io::Error, path: &Path) -> String {
    let Some(number) = error.raw_os_error() else {
        return error.to_string();
    };
    // Rust appends the number to the system's words.
    let words = error.to_string();
    let words = words
        .strip_suffix(&format!(" (os error {number})"))
        .unwrap_or(&words);
    format!(
        "[Errno {number}] {words}: {}",
        quote(&path.to_string_lossy())
    )
}
