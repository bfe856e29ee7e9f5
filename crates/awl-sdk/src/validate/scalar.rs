//! What Python says of single values.

use awl_value::{Value, python};

/// Whether one number is less than another. Nothing is less than or more than
/// what is no number.
pub(super) fn is_less(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Int(one), Value::Int(other)) => one < other,
        // An integer beyond 64 bits is beyond every bound of a model.
        (Value::BigInt(digits), _) => digits.starts_with('-'),
        _ => match (double(one), double(other)) {
            (Some(one), Some(other)) => one < other,
            _ => false,
        },
    }
}

fn double(value: &Value) -> Option<f64> {
    match value {
        Value::Bool(flag) => Some(f64::from(u8::from(*flag))),
        Value::Int(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    }
}

/// The type of the first value inside that JSON cannot hold.
pub(super) fn not_json(value: &Value) -> Option<&'static str> {
    match value {
        Value::Blob(_) => Some("bytes"),
        Value::Timestamp(_) => Some("datetime"),
        Value::List(items) => items.iter().find_map(not_json),
        Value::Map(map) => map.values().find_map(not_json),
        _ => None,
    }
}

/// Whether a value is a point in time, or can be read as one.
pub(super) fn is_timestamp(value: &Value) -> bool {
    match value {
        Value::Timestamp(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_) => true,
        Value::String(text) => {
            python::float(text).is_some_and(f64::is_finite) || awl_protocol::is_timestamp(text)
        }
        _ => false,
    }
}
