//! Scalars as a service takes them: each has the type that its shape wants, and
//! what cannot have it is an error.

use std::borrow::Cow;

use awl_model::ShapeKind;
use awl_value::{Timestamp, Value};

use super::Scalar;
use crate::schema::Field;
use crate::timestamp::{self, Parsed};
use crate::{ParseError, text};

/// Converts a scalar. Where the notation has nothing but text (`from_text`),
/// text is taken for what it names.
pub(crate) fn convert(
    field: &Field,
    scalar: Scalar<'_>,
    from_text: bool,
) -> Result<Value, ParseError> {
    match scalar {
        Scalar::Text(text) => of_text(field, text, from_text),
        Scalar::Value(value) => of_value(field, value),
    }
}

fn of_text(field: &Field, text: Cow<'_, str>, from_text: bool) -> Result<Value, ParseError> {
    let wrong = |text: &str| wrong(field, &format!("{text:?}"));
    match field.kind {
        ShapeKind::Blob => {
            // Line breaks are let through, other characters are not.
            let is_base64 = |byte: u8| {
                byte.is_ascii_alphanumeric()
                    || matches!(byte, b'+' | b'/' | b'=')
                    || byte.is_ascii_whitespace()
            };
            let decoded = text
                .bytes()
                .all(is_base64)
                .then(|| text::base64_decode(&text));
            decoded
                .flatten()
                .map(Value::Blob)
                .ok_or_else(|| wrong(&text))
        }
        ShapeKind::Timestamp => match timestamp::parse(text.trim()) {
            Some(Parsed::Aware(time)) => Ok(Value::Timestamp(Timestamp::utc(time.micros))),
            Some(Parsed::Naive(micros)) => Ok(Value::Timestamp(Timestamp::utc(micros))),
            None => Err(wrong(&text)),
        },
        ShapeKind::Float | ShapeKind::Double => {
            let named = matches!(&*text, "NaN" | "Infinity" | "-Infinity");
            match text::python_float(&text) {
                Some(number) if from_text || named => Ok(Value::Float(number)),
                _ => Err(wrong(&text)),
            }
        }
        ShapeKind::Integer | ShapeKind::Long if from_text => {
            text::python_int(&text).ok_or_else(|| wrong(&text))
        }
        ShapeKind::Boolean if from_text => match text.trim() {
            text if text.eq_ignore_ascii_case("true") => Ok(Value::Bool(true)),
            text if text.eq_ignore_ascii_case("false") => Ok(Value::Bool(false)),
            text => Err(wrong(text)),
        },
        ShapeKind::Integer | ShapeKind::Long | ShapeKind::Boolean => Err(wrong(&text)),
        _ => Ok(Value::String(text.into_owned())),
    }
}

fn of_value(field: &Field, value: Value) -> Result<Value, ParseError> {
    Ok(match (field.kind, value) {
        (ShapeKind::Boolean, value @ Value::Bool(_))
        | (ShapeKind::Blob, value @ Value::Blob(_))
        | (ShapeKind::Float | ShapeKind::Double, value @ Value::Float(_))
        | (ShapeKind::Integer | ShapeKind::Long, value @ (Value::Int(_) | Value::BigInt(_))) => {
            value
        }
        (ShapeKind::Integer | ShapeKind::Long, Value::Float(number))
            if number.fract() == 0.0 && number.abs() < 9e15 =>
        {
            Value::Int(number as i64)
        }
        (ShapeKind::Float | ShapeKind::Double, Value::Int(number)) => Value::Float(number as f64),
        (ShapeKind::Float | ShapeKind::Double, Value::BigInt(digits)) => {
            Value::Float(digits.parse().unwrap_or(f64::INFINITY))
        }
        (ShapeKind::Timestamp, value) => {
            let micros = match &value {
                Value::Int(seconds) => timestamp::from_seconds(*seconds),
                Value::Float(seconds) => timestamp::from_float(*seconds),
                Value::Timestamp(time) => Some(time.micros),
                _ => None,
            };
            match micros {
                Some(micros) => Value::Timestamp(Timestamp::utc(micros)),
                None => return Err(wrong(field, kind_of(&value))),
            }
        }
        (_, value) => return Err(wrong(field, kind_of(&value))),
    })
}

/// What a value is called that is not wanted.
fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Int(_) | Value::BigInt(_) | Value::Float(_) => "this number",
        Value::String(_) => "text",
        Value::Blob(_) => "bytes",
        Value::Timestamp(_) => "a time",
        Value::List(_) => "a list",
        Value::Map(_) => "a map",
    }
}

fn wrong(field: &Field, given: &str) -> ParseError {
    let article = match field.kind {
        ShapeKind::Integer => "an",
        _ => "a",
    };
    ParseError::Value {
        shape: field.shape.name(),
        message: format!("{given} is not {article} {}", field.kind.name()),
    }
}
