//! Counting and cutting the items of a page as Python does.

use awl_value::{Map, Value, python};

use super::{PaginationError, Path};

/// Python's `len`.
pub(super) fn length(value: &Value) -> Result<i64, PaginationError> {
    let length = match value {
        Value::List(items) => items.len(),
        Value::Map(map) => map.len(),
        Value::String(text) => text.chars().count(),
        Value::Blob(bytes) => bytes.len(),
        other => {
            return Err(PaginationError::Python(format!(
                "object of type '{}' has no len()",
                python::type_name(other)
            )));
        }
    };
    Ok(length as i64)
}

/// Keeps so many items of a page.
pub(super) fn cut(page: &mut Map, key: &Path, keep: i64) -> Result<(), PaginationError> {
    match key.find_mut(page) {
        None => key.set(page, Value::List(Vec::new())),
        Some(Value::List(items)) => items.truncate(bound(keep, items.len())),
        Some(Value::String(text)) => {
            let keep = bound(keep, text.chars().count());
            if let Some((end, _)) = text.char_indices().nth(keep) {
                text.truncate(end);
            }
        }
        Some(_) => {
            return Err(PaginationError::Python(
                "unhashable type: 'slice'".to_owned(),
            ));
        }
    }
    Ok(())
}

/// A bound of a Python slice: one below zero counts from the end.
pub(super) fn bound(bound: i64, length: usize) -> usize {
    let counted = if bound < 0 {
        bound.saturating_add(length as i64)
    } else {
        bound
    };
    usize::try_from(counted).unwrap_or(0).min(length)
}

pub(super) fn slice_index(value: &Value) -> Result<i64, PaginationError> {
    match value {
        Value::Null => Ok(0),
        Value::Int(index) => Ok(*index),
        Value::Bool(index) => Ok(i64::from(*index)),
        Value::BigInt(digits) => Ok(if digits.starts_with('-') {
            i64::MIN
        } else {
            i64::MAX
        }),
        _ => Err(PaginationError::Python(
            "slice indices must be integers or None or have an __index__ method".to_owned(),
        )),
    }
}
