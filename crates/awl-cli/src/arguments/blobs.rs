//! Blobs in parameters, which are given as text: in base64, or as they are.
// Parity: awscli/customizations/binaryformat.py.

use awl_model::{Shape, ShapeKind};
use awl_value::{Map, Value};
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::error::CommandError;

/// Python ignores what follows the padding and the bits that are left over.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical)
        .with_decode_allow_trailing_bits(true),
);

/// Turns the text of every blob in `parameters` into bytes; `raw` takes it as
/// it is.
///
/// # Errors
/// Text that is no base64.
pub(crate) fn decode_blobs(
    shape: Shape,
    parameters: &mut Map,
    raw: bool,
) -> Result<(), CommandError> {
    for member in shape.members() {
        if let Some(value) = parameters.get_mut(member.name()) {
            decode(member.shape(), value, raw)?;
        }
    }
    Ok(())
}

fn decode(shape: Shape, value: &mut Value, raw: bool) -> Result<(), CommandError> {
    match (shape.kind(), value) {
        (ShapeKind::Structure, Value::Map(map)) => decode_blobs(shape, map, raw),
        (ShapeKind::List, Value::List(items)) => match shape.list_member() {
            Some(item) => items
                .iter_mut()
                .try_for_each(|value| decode(item.shape(), value, raw)),
            None => Ok(()),
        },
        (ShapeKind::Map, Value::Map(map)) => match shape.map_value() {
            Some(inner) => map
                .iter_mut()
                .try_for_each(|(_, value)| decode(inner.shape(), value, raw)),
            None => Ok(()),
        },
        (ShapeKind::Blob, value) => {
            if let Value::String(text) = value {
                *value = Value::Blob(if raw {
                    std::mem::take(text).into_bytes()
                } else {
                    base64(text).ok_or_else(|| invalid(text))?
                });
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn invalid(text: &str) -> CommandError {
    CommandError::general(if text.is_ascii() {
        format!("Invalid base64: \"{text}\"")
    } else {
        "string argument should contain only ASCII characters".to_owned()
    })
}

/// Python's `base64.b64decode`: characters that are none of base64's are
/// skipped, what follows complete padding too.
// Parity: CPython, Modules/binascii.c, binascii_a2b_base64.
fn base64(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() {
        return None;
    }
    let mut digits = Vec::with_capacity(text.len());
    let mut padding = 0;
    for byte in text.bytes() {
        match byte {
            b'=' => {
                padding += 1;
                // Padding counts from the third place of a group of four on.
                if digits.len() % 4 >= 2 && digits.len() % 4 + padding >= 4 {
                    break;
                }
            }
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => {
                digits.push(byte);
                padding = 0;
            }
            _ => {}
        }
    }
    let left = digits.len() % 4;
    if left == 1 || (left > 1 && left + padding < 4) {
        return None;
    }
    digits.resize(digits.len().next_multiple_of(4), b'=');
    BASE64.decode(digits).ok()
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_read_as_python_reads_it() {
        for (text, expected) in [
            ("aGVsbG8=", Some("hello")),
            ("aGVs\nbG8=", Some("hello")),
            ("aGVsbG8=trailing", Some("hello")),
            ("aGVs bG8 = ", Some("hello")),
            ("aGVsbG8", None),
            ("a", None),
            ("", Some("")),
            ("====", Some("")),
            ("aGk=", Some("hi")),
            ("aGl=", Some("hi")),
            ("example.com", None),
            ("é", None),
        ] {
            assert_eq!(
                base64(text),
                expected.map(|text| text.as_bytes().to_vec()),
                "{text}"
            );
        }
    }
}
