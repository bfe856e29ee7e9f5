//! Blobs in the tokens of a listing.

use awl_model::{Shape, ShapeKind};
use awl_value::{Map, Value};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Blobs of an answer that are text as they came become bytes where they are
/// parameters of the next call.
// Parity: awscli/customizations/dynamodb/paginatorfix.py.
pub(super) fn decode_members(shape: Shape, map: &mut Map) {
    for member in shape.members() {
        if let Some(value) = map.get_mut(member.name()) {
            decode_blobs(member.shape(), value);
        }
    }
}

fn decode_blobs(shape: Shape, value: &mut Value) {
    match (shape.kind(), value) {
        (ShapeKind::Structure, Value::Map(map)) => decode_members(shape, map),
        (ShapeKind::List, Value::List(items)) => {
            if let Some(item) = shape.list_member() {
                items
                    .iter_mut()
                    .for_each(|value| decode_blobs(item.shape(), value));
            }
        }
        (ShapeKind::Map, Value::Map(map)) => {
            if let Some(inner) = shape.map_value() {
                map.iter_mut()
                    .for_each(|(_, value)| decode_blobs(inner.shape(), value));
            }
        }
        (ShapeKind::Blob, value) => {
            let bytes = value.as_str().and_then(|text| STANDARD.decode(text).ok());
            if let Some(bytes) = bytes {
                *value = Value::Blob(bytes);
            }
        }
        _ => {}
    }
}
