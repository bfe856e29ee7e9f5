//! Reading the places of a response: headers, status code, payload and body.

use std::borrow::Cow;

use awl_model::{Location, Node, ShapeKind, TimestampFormat};
use awl_value::{Map, Value, json};

use crate::codec::cbor::CborDecoder;
use crate::codec::json::JsonDecoder;
use crate::codec::xml::XmlDecoder;
use crate::decode::{Scalar, Scalars, Walk};
use crate::schema::{Field, Layout};
use crate::{Headers, ParseError, Protocol, text};

/// A response to be read.
#[derive(Clone, Copy)]
pub(crate) struct Message<'m> {
    pub(crate) status: u16,
    pub(crate) headers: &'m Headers,
    pub(crate) body: &'m [u8],
}

/// Reads the members of a response of a `rest` protocol.
// Parity: botocore/parsers.py, BaseRestParser._add_modeled_parse.
pub(crate) fn rest<'s>(
    walk: &mut Walk<'s>,
    root: &Field,
    traits: Node,
    protocol: Protocol,
    message: Message<'_>,
) -> Result<Map, ParseError> {
    let layout = walk.schema().layout(root.shape);
    let mut outside = outside_body(walk, layout, protocol, message)?;
    match layout.payload(traits) {
        Some(field) => {
            if !walk.enter(field.name) {
                // It is a payload all the same, with the errors of one.
                walk.needs = None;
            }
            if let Some(value) = read_payload(walk, field, protocol, message.body)? {
                outside.push((field.name, value));
            }
        }
        None => {
            let body = read_body(walk, root, layout, protocol, message.body)?;
            return Ok(before_body(outside, body));
        }
    }
    Ok(before_body(outside, Map::new()))
}

/// Reads a body that is one structure.
pub(crate) fn read_body<'s>(
    walk: &mut Walk<'s>,
    root: &Field,
    layout: &'s Layout,
    protocol: Protocol,
    body: &[u8],
) -> Result<Map, ParseError> {
    if body.is_empty() && !matches!(protocol, Protocol::Query | Protocol::Ec2) {
        return Ok(Map::new());
    }
    match protocol {
        Protocol::Json | Protocol::RestJson => {
            let text = utf8(body)?;
            if protocol == Protocol::Json && text.trim() == "null" {
                let words = "'NoneType' object has no attribute 'update'";
                return Err(ParseError::Python(words.to_owned()));
            }
            json_or_message(walk, root, text, |walk, decoder| {
                match decoder.attribute_error() {
                    Some(words) if protocol == Protocol::Json => Err(ParseError::Python(words)),
                    _ => walk.structure(decoder, root, layout),
                }
            })
        }
        Protocol::RpcV2Cbor => {
            let mut decoder = CborDecoder::new(body);
            if let Some(transcript) = &mut walk.transcript {
                transcript.root = 1;
            }
            Ok(into_map(walk.value(&mut decoder, root)?))
        }
        Protocol::RestXml | Protocol::Query | Protocol::Ec2 => {
            let mut decoder = XmlDecoder::of_bytes(body)?;
            if root.shape.is_exception() && !enter_error(&mut decoder, protocol)? {
                decoder = XmlDecoder::of_bytes(body)?;
            }
            let members = walk.structure(&mut decoder, root, layout)?;
            decoder.finish()?;
            Ok(members)
        }
    }
}

/// Passes to the element that holds an error's members; false where there is
/// none, which leaves the decoder anywhere.
// Parity: botocore/parsers.py, _get_error_root.
fn enter_error(decoder: &mut XmlDecoder<'_>, protocol: Protocol) -> Result<bool, ParseError> {
    if protocol == Protocol::Ec2 {
        return Ok(decoder.enter("Errors")? && decoder.enter("Error")?);
    }
    Ok(decoder.name() == "ErrorResponse" && decoder.enter("Error")?)
}

/// Reads JSON; text that is none is taken for a structure with one `message`.
// Parity: botocore/parsers.py, BaseJSONParser._parse_body_as_json.
fn json_or_message<'s, 'b>(
    walk: &mut Walk<'s>,
    field: &Field,
    text: &'b str,
    read: impl FnOnce(&mut Walk<'s>, &mut JsonDecoder<'b>) -> Result<Map, ParseError>,
) -> Result<Map, ParseError> {
    let mut decoder = JsonDecoder::new(text);
    if decoder.is_null() {
        return Ok(Map::new());
    }
    let members = read(walk, &mut decoder).and_then(|members| {
        decoder.end()?;
        Ok(members)
    });
    match members {
        Err(ParseError::Json(error)) if error.message == "Nesting too deep" => Err(ParseError::Python(
            "maximum recursion depth exceeded while decoding a JSON array from a unicode string"
                .to_owned(),
        )),
        Err(ParseError::Json(_)) => {
            if let Some(transcript) = &mut walk.transcript {
                transcript.clear();
            }
            let layout = walk.schema().layout(field.shape);
            let mut members = Map::new();
            if let Some(field) = layout
                .fields
                .iter()
                .find(|field| field.wire_name() == "message")
            {
                members.push(field.name, Value::from(text));
            }
            Ok(members)
        }
        members => members,
    }
}

fn read_payload<'s>(
    walk: &mut Walk<'s>,
    field: &Field,
    protocol: Protocol,
    body: &[u8],
) -> Result<Option<Value>, ParseError> {
    if field.shape.is_event_stream() {
        return Ok(None);
    }
    match field.kind {
        ShapeKind::Blob if walk.options().streaming_body => return Ok(None),
        ShapeKind::Blob => return Ok(Some(Value::Blob(body.to_vec()))),
        ShapeKind::String => return Ok(Some(Value::from(utf8(body)?))),
        _ => {}
    }
    if body.is_empty() {
        // A union cannot be empty, so it is not there.
        let is_union = walk.schema().layout(field.shape).is_union;
        return Ok((!is_union).then(|| empty(field)));
    }
    let value = match protocol {
        Protocol::RestXml => {
            let mut decoder = XmlDecoder::of_bytes(body)?;
            let value = walk.value(&mut decoder, field)?;
            decoder.finish()?;
            value
        }
        _ => {
            let mut decoder = JsonDecoder::new(utf8(body)?);
            let value = walk.value(&mut decoder, field).and_then(|value| {
                decoder.end()?;
                Ok(value)
            });
            match value {
                Err(ParseError::Json(_)) => empty(field),
                value => value?,
            }
        }
    };
    Ok(Some(value))
}

/// What an absent body is for a payload.
fn empty(field: &Field) -> Value {
    match field.kind {
        ShapeKind::List => Value::List(Vec::new()),
        _ => Value::Map(Map::new()),
    }
}

/// The members that stand outside the body.
// Parity: botocore/parsers.py, BaseRestParser._parse_non_payload_attrs.
fn outside_body(
    walk: &Walk<'_>,
    layout: &Layout,
    protocol: Protocol,
    message: Message<'_>,
) -> Result<Vec<(&'static str, Value)>, ParseError> {
    let mut members = Vec::new();
    for field in &layout.fields {
        let value = match field.location {
            Location::StatusCode => Value::Int(message.status.into()),
            Location::Headers => header_map(field, message.headers),
            Location::Header => match message.headers.get(field.wire_name()) {
                Some(text) => from_header(walk, field, text, protocol)?,
                None => continue,
            },
            _ => continue,
        };
        members.push((field.name, value));
    }
    Ok(members)
}

fn header_map(field: &Field, headers: &Headers) -> Value {
    let prefix = field.location_name.unwrap_or_default();
    let mut map = Map::new();
    for (name, value) in headers.iter() {
        let matches = name
            .get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        if matches {
            map.push(name[prefix.len()..].to_owned(), Value::from(value));
        }
    }
    Value::Map(map)
}

fn from_header(
    walk: &Walk<'_>,
    field: &Field,
    text: &str,
    protocol: Protocol,
) -> Result<Value, ParseError> {
    if field.kind == ShapeKind::List {
        let Some(item_field) = walk.schema().layout(field.shape).first() else {
            return Ok(Value::List(Vec::new()));
        };
        let items = list_items(item_field, text);
        return items
            .into_iter()
            .map(|item| from_header(walk, item_field, &item, protocol))
            .collect::<Result<_, _>>()
            .map(Value::List);
    }
    if field.json_value && field.kind == ShapeKind::String {
        let invalid = || ParseError::Value {
            shape: field.shape.name(),
            message: "invalid base64 in header".to_owned(),
        };
        let decoded = text::base64_decode(text).ok_or_else(invalid)?;
        return Ok(json::parse(utf8(&decoded)?)?);
    }
    let scalars = match protocol {
        Protocol::RestXml => Scalars::FromText,
        _ => Scalars::Converted,
    };
    walk.convert(field, Scalar::Text(Cow::Borrowed(text)), scalars)
}

/// The items of a header that is a list: between commas, where those of dates
/// and of quoted text do not count.
pub(crate) fn list_items(field: &Field, text: &str) -> Vec<String> {
    let dates = field.kind == ShapeKind::Timestamp
        && field.timestamp_format.unwrap_or(TimestampFormat::Rfc822) == TimestampFormat::Rfc822;
    let mut items = Vec::new();
    let mut item = String::new();
    let (mut quoted, mut commas) = (false, 0);
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if quoted => item.extend(letters.next()),
            '"' if field.kind == ShapeKind::String && (quoted || item.trim().is_empty()) => {
                quoted = !quoted;
            }
            ',' if !quoted => {
                commas += 1;
                if dates && commas % 2 == 1 {
                    item.push(letter);
                } else {
                    items.push(std::mem::take(&mut item).trim().to_owned());
                }
            }
            _ => item.push(letter),
        }
    }
    items.push(item.trim().to_owned());
    items
}

/// What stands outside of the body, then the body's members, as botocore has
/// them; what the body says of a member that stands outside, too, counts.
// Parity: botocore/parsers.py, BaseRestParser._add_modeled_parse.
pub(crate) fn before_body(outside: Vec<(&'static str, Value)>, body: Map) -> Map {
    if outside.is_empty() {
        return body;
    }
    let mut members = Map::with_capacity(outside.len() + body.len());
    for (name, value) in outside {
        members.push(name, value);
    }
    for (name, value) in body {
        members.insert(name, value);
    }
    members
}

/// The members, of a structure; none of a null.
pub(crate) fn into_map(value: Value) -> Map {
    match value {
        Value::Map(map) => map,
        _ => Map::new(),
    }
}

pub(crate) fn utf8(bytes: &[u8]) -> Result<&str, ParseError> {
    std::str::from_utf8(bytes).map_err(|error| ParseError::Python(undecodable(bytes, error)))
}

/// Python's words for bytes that are not UTF-8.
fn undecodable(bytes: &[u8], error: std::str::Utf8Error) -> String {
    let at = error.valid_up_to();
    let byte = bytes.get(at).copied().unwrap_or_default();
    let end = match error.error_len() {
        None => bytes.len(),
        Some(length) => at + length,
    };
    let what = if end - at > 1 {
        format!("bytes in position {at}-{}", end - 1)
    } else {
        format!("byte 0x{byte:02x} in position {at}")
    };
    let reason = match (error.error_len(), byte) {
        (None, _) => "unexpected end of data",
        (Some(_), 0xc2..=0xf4) => "invalid continuation byte",
        (Some(_), _) => "invalid start byte",
    };
    format!("'utf-8' codec can't decode {what}: {reason}")
}

#[cfg(test)]
mod tests {
    use super::utf8;

    #[test]
    fn what_is_not_utf_8_is_told_as_python_tells_it() {
        for (bytes, expected) in [
            (&b"\xff"[..], "byte 0xff in position 0: invalid start byte"),
            (b"a\xc3", "byte 0xc3 in position 1: unexpected end of data"),
            (
                b"a\xc3(",
                "byte 0xc3 in position 1: invalid continuation byte",
            ),
            (b"\xe2\x82", "bytes in position 0-1: unexpected end of data"),
            (
                b"\xe2\x82\xffx",
                "bytes in position 0-1: invalid continuation byte",
            ),
            (
                b"\xed\xa0\x80",
                "byte 0xed in position 0: invalid continuation byte",
            ),
            (b"\xc0\xaf", "byte 0xc0 in position 0: invalid start byte"),
            (b"ab\x80", "byte 0x80 in position 2: invalid start byte"),
        ] {
            let found = utf8(bytes).unwrap_err().to_string();
            assert_eq!(found, format!("'utf-8' codec can't decode {expected}"));
        }
    }
}
