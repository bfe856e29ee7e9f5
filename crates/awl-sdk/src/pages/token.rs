//! The token that resumes a listing: JSON in base64, opaque to the user.
// Parity: botocore/paginate.py, TokenEncoder, TokenDecoder,
// PageIterator._parse_starting_token.

use awl_value::{Map, Value, json, python};
use base64::Engine as _;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::PaginationError;

/// How many items of the page were used already.
pub(super) const TRUNCATE: &str = "boto_truncate_amount";
/// Where the token has bytes, which JSON has not.
const ENCODED_KEYS: &str = "boto_encoded_keys";

/// Python's, which does not look at bits that are left over.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical)
        .with_decode_allow_trailing_bits(true),
);

/// The token's text.
pub(super) fn encode(token: &Map) -> String {
    let mut encoded = Value::Map(token.clone());
    let mut keys = Vec::new();
    encode_bytes(&mut encoded, &mut Vec::new(), &mut keys);
    if !keys.is_empty()
        && let Some(map) = encoded.as_map_mut()
    {
        map.insert(ENCODED_KEYS, Value::List(keys));
    }
    let mut text = String::new();
    json::write(&encoded, json::Style::WIRE, &mut text);
    STANDARD.encode(text)
}

fn encode_bytes(value: &mut Value, path: &mut Vec<Value>, keys: &mut Vec<Value>) {
    match value {
        Value::Blob(bytes) => {
            keys.push(Value::List(path.clone()));
            *value = Value::String(STANDARD.encode(bytes));
        }
        Value::List(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                path.push(Value::Int(index as i64));
                encode_bytes(item, path, keys);
                path.pop();
            }
        }
        Value::Map(map) => {
            for (key, item) in map.iter_mut() {
                path.push(key.into());
                encode_bytes(item, path, keys);
                path.pop();
            }
        }
        _ => {}
    }
}

/// The input tokens that a starting token holds, and how many items of the
/// first page to leave out. What is no token of ours is the service's own, or
/// several of those with `___` between them, as older versions had it.
pub(super) fn starting(
    text: &str,
    input_tokens: &[&'static str],
) -> Result<(Map, Value), PaginationError> {
    match decode(text) {
        Some(Value::Map(mut token)) => {
            let truncation = token.remove(TRUNCATE).unwrap_or(Value::Int(0));
            Ok((token, truncation))
        }
        // Python catches what its list says to a key, and nothing else.
        Some(Value::List(_)) | None => deprecated(text, input_tokens),
        Some(other) => Err(PaginationError::Python(format!(
            "'{}' object has no attribute 'pop'",
            python::type_name(&other)
        ))),
    }
}

fn decode(text: &str) -> Option<Value> {
    let digits: Vec<u8> = text
        .bytes()
        .filter(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte))
        .collect();
    let bytes = LENIENT.decode(digits).ok()?;
    let mut token = json::parse(&String::from_utf8(bytes).ok()?).ok()?;
    if let Value::Map(map) = &mut token
        && let Some(keys) = map.remove(ENCODED_KEYS)
    {
        for path in keys.as_list()? {
            decode_bytes(&mut token, path.as_list()?)?;
        }
    }
    Some(token)
}

fn decode_bytes(value: &mut Value, path: &[Value]) -> Option<()> {
    let Some((step, rest)) = path.split_first() else {
        *value = Value::Blob(LENIENT.decode(value.as_str()?).ok()?);
        return Some(());
    };
    let inner = match (value, step) {
        (Value::Map(map), Value::String(key)) => map.get_mut(key)?,
        (Value::List(items), Value::Int(index)) => items.get_mut(usize::try_from(*index).ok()?)?,
        _ => return None,
    };
    decode_bytes(inner, rest)
}

fn deprecated(text: &str, input_tokens: &[&'static str]) -> Result<(Map, Value), PaginationError> {
    let mut parts: Vec<&str> = text.split("___").collect();
    let mut truncation = Value::Int(0);
    if parts.len() == input_tokens.len() + 1 {
        match parts.pop().and_then(python::int) {
            Some(number) => truncation = number,
            None => parts = vec![text],
        }
    }
    if parts.len() > input_tokens.len() {
        return Err(PaginationError::StartingToken {
            token: text.to_owned(),
        });
    }
    let mut token = Map::with_capacity(input_tokens.len());
    for (index, name) in input_tokens.iter().enumerate() {
        let part = parts.get(index).filter(|part| **part != "None");
        token.push(*name, part.map_or(Value::Null, |part| Value::from(*part)));
    }
    Ok((token, truncation))
}
