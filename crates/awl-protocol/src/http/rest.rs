//! Requests of `rest-json` and `rest-xml`: members go where the model says.

use std::borrow::Cow;

use awl_model::{Location, Shape};
use awl_value::Value;

use super::{EVENT_STREAM, Input, is_raw, json_body, label, value};
use crate::codec::json::JsonEncoder;
use crate::codec::xml::XmlEncoder;
use crate::encode::{member, mismatch};
use crate::schema::{Field, Layout};
use crate::{Body, Request, SerializeError, text};

/// The notation of bodies.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notation {
    Json,
    Xml,
}

/// Makes a request.
// Parity: botocore/serialize.py, BaseRestSerializer.serialize_to_request.
pub(crate) fn serialize(input: &Input<'_>, notation: Notation) -> Result<Request, SerializeError> {
    let operation = input.operation;
    let uri = label::path(input, operation.request_uri())?;
    let (path, query) = uri.split_once('?').unwrap_or((&uri, ""));
    let mut request = input.request(path.to_owned())?;
    request.query = query.to_owned();
    let Some(shape) = operation.input() else {
        return Ok(request);
    };
    if let Some(template) = operation.traits().str("authPath") {
        request.auth_path = Some(label::path(input, template)?);
    }
    let layout = input.walk.schema.layout(shape);
    bind_query(input, layout, &mut request)?;
    bind_headers(input, layout, &mut request)?;
    bind_body(input, layout, notation, &mut request)?;
    Ok(request)
}

fn bind_query(
    input: &Input<'_>,
    layout: &Layout,
    request: &mut Request,
) -> Result<(), SerializeError> {
    let mut pairs = Vec::new();
    // Maps stand where they were given, but yield to parameters given after
    // them too.
    let mut maps = Vec::new();
    for (name, given) in input.entries().filter(|(_, given)| !given.is_null()) {
        let (_, field) = member(layout, None, name)?;
        if field.location != Location::QueryString {
            continue;
        }
        match given {
            Value::Map(map) => maps.push((pairs.len(), field, map)),
            _ => {
                let list = input.walk.schema.layout(field.shape);
                value::query_pairs(&input.walk, field, list, given, &mut pairs)?;
            }
        }
    }
    for (place, field, map) in maps.into_iter().rev() {
        let more = value::query_map(field, map, &pairs)?;
        pairs.splice(place..place, more);
    }
    for (name, given) in &pairs {
        if !request.query.is_empty() {
            request.query.push('&');
        }
        text::percent_encode(name, &mut request.query);
        request.query.push('=');
        text::percent_encode(given, &mut request.query);
    }
    Ok(())
}

fn bind_headers(
    input: &Input<'_>,
    layout: &Layout,
    request: &mut Request,
) -> Result<(), SerializeError> {
    for (name, given) in input.entries().filter(|(_, given)| !given.is_null()) {
        let (_, field) = member(layout, None, name)?;
        match (field.location, given) {
            (Location::Header, _) => {
                if let Some(text) = value::in_header(&input.walk, field, given)? {
                    request
                        .headers
                        .push((Cow::Borrowed(field.wire_name()), text));
                }
            }
            (Location::Headers, Value::Map(map)) => {
                for (key, item) in map.iter().filter(|(_, item)| !item.is_null()) {
                    let text = text::scalar(item).ok_or_else(|| mismatch(field))?;
                    let name = format!("{}{key}", field.wire_name());
                    request.headers.push((Cow::Owned(name), text.into_owned()));
                }
            }
            (Location::Headers, _) => return Err(mismatch(field)),
            _ => {}
        }
    }
    Ok(())
}

fn bind_body(
    input: &Input<'_>,
    layout: &Layout,
    notation: Notation,
    request: &mut Request,
) -> Result<(), SerializeError> {
    let traits = input.operation.traits().get("inputTraits");
    if let Some(field) = layout.payload(traits) {
        return bind_payload(input, field, notation, request);
    }
    let in_body = |field: &Field| {
        !matches!(
            field.location,
            Location::Uri | Location::QueryString | Location::Header | Location::Headers
        )
    };
    let entries = || {
        input.entries().filter(|(name, given)| {
            !given.is_null()
                && layout
                    .fields
                    .iter()
                    .any(|field| field.name == *name && in_body(field))
        })
    };
    if notation == Notation::Json {
        if layout.fields.iter().any(in_body) {
            let mut encoder = JsonEncoder::default();
            let root = Field::root(layout.shape);
            input.walk.structure(&mut encoder, &root, entries)?;
            set_json(request, encoder.finish());
        }
    } else if entries().next().is_some() {
        let mut encoder = root_of(input, layout.shape);
        let root = Field::root(layout.shape);
        input.walk.structure(&mut encoder, &root, entries)?;
        request.body = Body::Bytes(encoder.finish());
    }
    Ok(())
}

fn bind_payload(
    input: &Input<'_>,
    field: &Field,
    notation: Notation,
    request: &mut Request,
) -> Result<(), SerializeError> {
    let given = input.get(field.name);
    if field.shape.is_event_stream() {
        request.body = Body::Events(field.name, Vec::new());
        request.set_header("Content-Type", EVENT_STREAM.to_owned());
        return Ok(());
    }
    if is_raw(field.kind) {
        request.body = match given {
            _ if input.streaming_body => Body::Streaming(field.name),
            None => Body::Bytes(Vec::new()),
            Some(Value::Blob(bytes)) => Body::Bytes(bytes.clone()),
            Some(Value::String(text)) => Body::Bytes(text.clone().into_bytes()),
            Some(_) => return Err(mismatch(field)),
        };
        return Ok(());
    }
    match (notation, given) {
        (Notation::Json, Some(value)) => {
            let body = json_body(&input.walk, field, value)?;
            set_json(request, body);
        }
        (Notation::Json, None) => set_json(request, b"{}".to_vec()),
        (Notation::Xml, Some(value)) => {
            // Without a name of its own the payload has its shape's.
            let name = field.location_name.unwrap_or_else(|| field.shape.name());
            let mut encoder = XmlEncoder::new(name, None);
            input.walk.value(&mut encoder, field, value)?;
            request.body = Body::Bytes(encoder.finish());
        }
        (Notation::Xml, None) => {}
    }
    Ok(())
}

/// An encoder whose root is the input: its name and namespace stand beside the
/// shape's name at the operation, or at the shape.
fn root_of(input: &Input<'_>, shape: Shape) -> XmlEncoder {
    let traits = input.operation.traits().get("inputTraits");
    let name = traits
        .str("locationName")
        .or_else(|| shape.traits().str("locationName"))
        .unwrap_or_else(|| shape.name());
    let namespace = traits.get("xmlNamespace");
    XmlEncoder::new(name, (!namespace.is_null()).then_some(namespace))
}

fn set_json(request: &mut Request, body: Vec<u8>) {
    request.body = Body::Bytes(body);
    if request.header("Content-Type").is_none() {
        request.set_header("Content-Type", "application/json".to_owned());
    }
}
