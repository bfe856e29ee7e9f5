//! Values as the text of labels, query strings and headers.

use awl_model::{ShapeKind, TimestampFormat};
use awl_value::json::{self, Style};
use awl_value::{Map, Value};

use crate::encode::{Walk, mismatch};
use crate::schema::{Field, Layout};
use crate::{SerializeError, text};

/// A scalar for a label or the query string.
// Parity: botocore/serialize.py, _get_uri_and_query_string_value.
pub(crate) fn in_query(
    walk: &Walk<'_>,
    field: &Field,
    value: &Value,
) -> Result<String, SerializeError> {
    if field.kind == ShapeKind::Timestamp {
        let format = field.timestamp_format.unwrap_or(TimestampFormat::Iso8601);
        return Ok(walk.time(field, value, format)?.into_text());
    }
    text::scalar(value)
        .map(std::borrow::Cow::into_owned)
        .ok_or_else(|| mismatch(field))
}

/// The pairs that one parameter adds to the query string.
pub(crate) fn query_pairs(
    walk: &Walk<'_>,
    field: &Field,
    layout: &Layout,
    value: &Value,
    pairs: &mut Vec<(String, String)>,
) -> Result<(), SerializeError> {
    let name = field.wire_name();
    match value {
        Value::List(items) => {
            let item_field = layout.first().ok_or_else(|| mismatch(field))?;
            for item in items.iter().filter(|item| !item.is_null()) {
                pairs.push((name.to_owned(), in_query(walk, item_field, item)?));
            }
            Ok(())
        }
        _ => {
            pairs.push((name.to_owned(), in_query(walk, field, value)?));
            Ok(())
        }
    }
}

/// The pairs of a map in the query string. Those that a parameter of their own
/// has are left out: it is the more exact.
pub(crate) fn query_map(
    field: &Field,
    map: &Map,
    taken: &[(String, String)],
) -> Result<Vec<(String, String)>, SerializeError> {
    let mut pairs = Vec::new();
    for (key, value) in map.iter() {
        if taken.iter().any(|(name, _)| name == key) {
            continue;
        }
        let items = match value {
            Value::List(items) => items.as_slice(),
            value => std::slice::from_ref(value),
        };
        for item in items.iter().filter(|item| !item.is_null()) {
            let text = text::scalar(item).ok_or_else(|| mismatch(field))?;
            pairs.push((key.to_owned(), text.into_owned()));
        }
    }
    Ok(pairs)
}

/// The text of a header. None for an empty list, which sets none.
// Parity: botocore/serialize.py, BaseRestSerializer._convert_header_value.
pub(crate) fn in_header(
    walk: &Walk<'_>,
    field: &Field,
    value: &Value,
) -> Result<Option<String>, SerializeError> {
    if field.kind == ShapeKind::List {
        let Value::List(items) = value else {
            return Err(mismatch(field));
        };
        let layout = walk.schema.layout(field.shape);
        let item_field = layout.first().ok_or_else(|| mismatch(field))?;
        return header_list(walk, item_field, items);
    }
    if field.kind == ShapeKind::Timestamp {
        let format = field.timestamp_format.unwrap_or(TimestampFormat::Rfc822);
        // A header has whole seconds, whatever its format.
        let seconds = crate::encode::time_of(field, value)?.div_euclid(1_000_000);
        return Ok(Some(
            walk.time(field, &Value::Int(seconds), format)?.into_text(),
        ));
    }
    if field.json_value && field.kind == ShapeKind::String {
        let mut text = String::new();
        let style = Style {
            tight: true,
            ..Style::WIRE
        };
        json::write(value, style, &mut text);
        return Ok(Some(text::base64_encode(text.as_bytes())));
    }
    text::scalar(value)
        .map(|text| Some(text.into_owned()))
        .ok_or_else(|| mismatch(field))
}

fn header_list(
    walk: &Walk<'_>,
    item_field: &Field,
    items: &[Value],
) -> Result<Option<String>, SerializeError> {
    let mut joined = String::new();
    let mut first = true;
    for item in items.iter().filter(|item| !item.is_null()) {
        if !std::mem::take(&mut first) {
            joined.push(',');
        }
        let text = in_header(walk, item_field, item)?.unwrap_or_default();
        let quoted = item_field.kind == ShapeKind::String && text.contains([',', '"']);
        if quoted {
            joined.push('"');
            joined.push_str(&text.replace('"', "\\\""));
            joined.push('"');
        } else {
            joined.push_str(&text);
        }
    }
    Ok((!items.is_empty()).then_some(joined))
}
