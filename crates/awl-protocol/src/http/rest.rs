//! Requests of `rest-json` and `rest-xml`: members go where the model says.

use std::borrow::Cow;

use awl_model::{Location, Operation};
use awl_value::Value;

use super::{Content, Direction, EVENT_STREAM, JSON, is_raw, json_body, label, value};
use crate::codec::json::JsonEncoder;
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
pub(crate) fn serialize(
    operation: Operation,
    content: &Content<'_>,
    notation: Notation,
) -> Result<Request, SerializeError> {
    let uri = label::path(content, operation.request_uri())?;
    let (path, query) = uri.split_once('?').unwrap_or((&uri, ""));
    let mut request = content.request(operation, path.to_owned())?;
    request.query = query.to_owned();
    let Some(shape) = content.shape else {
        return Ok(request);
    };
    if let Some(template) = operation.traits().str("authPath") {
        request.auth_path = Some(label::path(content, template)?);
    }
    let layout = content.walk.schema.layout(shape);
    bind_query(content, layout, &mut request)?;
    bind_headers(content, layout, &mut request.headers)?;
    let (body, media_type) = bind_body(content, layout, notation)?;
    request.body = body;
    if let Some(media_type) = media_type
        && (media_type == EVENT_STREAM || request.header("Content-Type").is_none())
    {
        request.set_header("Content-Type", media_type.to_owned());
    }
    Ok(request)
}

fn bind_query(
    content: &Content<'_>,
    layout: &Layout,
    request: &mut Request,
) -> Result<(), SerializeError> {
    let mut pairs = Vec::new();
    // Maps stand where they were given, but yield to parameters given after
    // them too.
    let mut maps = Vec::new();
    for (name, given) in content.entries().filter(|(_, given)| !given.is_null()) {
        let (_, field) = member(layout, None, name)?;
        if field.location != Location::QueryString {
            continue;
        }
        match given {
            Value::Map(map) => maps.push((pairs.len(), field, map)),
            _ => {
                let list = content.walk.schema.layout(field.shape);
                value::query_pairs(&content.walk, field, list, given, &mut pairs)?;
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

/// Adds the headers that members are.
pub(crate) fn bind_headers(
    content: &Content<'_>,
    layout: &Layout,
    headers: &mut Vec<(Cow<'static, str>, String)>,
) -> Result<(), SerializeError> {
    for (name, given) in content.entries().filter(|(_, given)| !given.is_null()) {
        let (_, field) = member(layout, None, name)?;
        match (field.location, given) {
            (Location::Header, _) => {
                if let Some(text) = value::in_header(&content.walk, field, given)? {
                    headers.push((Cow::Borrowed(field.wire_name()), text));
                }
            }
            (Location::Headers, Value::Map(map)) => {
                for (key, item) in map.iter().filter(|(_, item)| !item.is_null()) {
                    let text = text::scalar(item).ok_or_else(|| mismatch(field))?;
                    let name = format!("{}{key}", field.wire_name());
                    headers.push((Cow::Owned(name), text.into_owned()));
                }
            }
            (Location::Headers, _) => return Err(mismatch(field)),
            _ => {}
        }
    }
    Ok(())
}

/// The body, and its media type where the protocol names one.
pub(crate) fn bind_body(
    content: &Content<'_>,
    layout: &Layout,
    notation: Notation,
) -> Result<(Body, Option<&'static str>), SerializeError> {
    if let Some(field) = layout.payload(content.traits) {
        return bind_payload(content, field, notation);
    }
    let in_body = |field: &Field| !content.direction.is_outside_body(field);
    let entries = || content.entries_in_body(layout);
    let root = Field::root(layout.shape);
    if notation == Notation::Json {
        if layout.fields.iter().any(in_body) {
            let mut encoder = JsonEncoder::default();
            content.walk.structure(&mut encoder, &root, entries)?;
            return Ok((Body::Bytes(encoder.finish()), Some(JSON)));
        }
    } else if entries().next().is_some()
        || content.direction == Direction::Response && layout.fields.iter().any(in_body)
    {
        let mut encoder = content.xml_encoder(layout.shape);
        content.walk.structure(&mut encoder, &root, entries)?;
        return Ok((Body::Bytes(encoder.finish()), content.xml_type()));
    }
    Ok((Body::Bytes(Vec::new()), None))
}

fn bind_payload(
    content: &Content<'_>,
    field: &Field,
    notation: Notation,
) -> Result<(Body, Option<&'static str>), SerializeError> {
    let given = content.get(field.name);
    if field.shape.is_event_stream() {
        return Ok((Body::Events(field.name, Vec::new()), Some(EVENT_STREAM)));
    }
    if is_raw(field.kind) {
        let body = match given {
            _ if content.streaming_body => Body::Streaming(field.name),
            None => Body::Bytes(Vec::new()),
            Some(Value::Blob(bytes)) => Body::Bytes(bytes.clone()),
            Some(Value::String(text)) => Body::Bytes(text.clone().into_bytes()),
            Some(_) => return Err(mismatch(field)),
        };
        return Ok((body, content.raw_type(field)));
    }
    Ok(match (notation, given) {
        (Notation::Json, Some(value)) => {
            let body = json_body(&content.walk, field, value)?;
            (Body::Bytes(body), Some(JSON))
        }
        (Notation::Json, None) => (Body::Bytes(b"{}".to_vec()), Some(JSON)),
        (Notation::Xml, Some(value)) => {
            // Without a name of its own the payload has its shape's.
            let name = field.location_name.unwrap_or_else(|| field.shape.name());
            let mut encoder = content.xml_encoder_named(name);
            content.walk.value(&mut encoder, field, value)?;
            (Body::Bytes(encoder.finish()), content.xml_type())
        }
        (Notation::Xml, None) => (Body::Bytes(Vec::new()), None),
    })
}
