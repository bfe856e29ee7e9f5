//! The parameters of a request.

use awl_model::{Location, Operation, Shape, ShapeKind, TimestampFormat};
use awl_value::{Map, Value, json};

use super::router::form_pairs;
use super::{Incoming, Route};
use crate::codec::cbor::CborDecoder;
use crate::codec::form::{FormDecoder, pairs};
use crate::codec::json::JsonDecoder;
use crate::codec::xml::XmlDecoder;
use crate::decode::{Decoder, Scalar, Scalars, Walk};
use crate::http::response::{before_body, list_items, utf8};
use crate::http::{Direction, is_raw, label};
use crate::schema::{Field, Layout, Schema};
use crate::text::percent_decode;
use crate::{ParseError, Protocol, text};

/// Why a request cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// Something in it is not what the model wants there.
    #[error("{}{message}", if place.is_empty() { String::new() } else { format!("{place}: ") })]
    Malformed {
        /// The parameter: `/Filters/0/Name`; empty for the body as a whole.
        place: String,
        /// What is wrong.
        message: String,
    },
}

/// Reads the parameters of a request, in the model's order. What is not there is
/// left out, whether it is required or not: checking that is the same for all
/// protocols. Members that the model does not know are passed over.
///
/// A stream of events is left out: see
/// [`RequestEventParser`](crate::event::EventStreamParser::of_request). A payload
/// of bytes is the body; it is left out where the body is empty.
///
/// # Errors
/// See [`RequestError`].
pub fn parse_request(route: &Route, request: &Incoming<'_>) -> Result<Map, RequestError> {
    let Some(shape) = route.operation.input() else {
        return Ok(Map::new());
    };
    let schema = Schema::new(route.operation.service());
    let mut reader = Reader {
        walk: Walk::of_service(&schema, route.protocol),
        protocol: route.protocol,
        request,
    };
    let read = reader.read(route, shape);
    read.map_err(|error| RequestError::Malformed {
        place: reader.walk.place(),
        message: message_of(error),
    })
}

/// The labels that a host begins with, where the operation has any: what
/// `{AccountId}.` in its model stands for. They are parameters, too.
#[must_use]
pub fn host_labels(operation: Operation, host: &str) -> Vec<(&'static str, &str)> {
    let template = operation.traits().get("endpoint").str("hostPrefix");
    let mut labels = Vec::new();
    let (mut template, mut host) = (template.unwrap_or_default(), host);
    while let Some((before, name, after)) = label::split(template) {
        let Some(rest) = host.strip_prefix(before) else {
            return Vec::new();
        };
        // A label ends where what follows it begins.
        let next = after.split('{').next().unwrap_or_default();
        let end = match next {
            "" => rest.len(),
            next => match rest.find(next) {
                Some(end) => end,
                None => return Vec::new(),
            },
        };
        labels.push((name, &rest[..end]));
        (template, host) = (after, &rest[end..]);
    }
    labels
}

struct Reader<'s, 'r> {
    walk: Walk<'s>,
    protocol: Protocol,
    request: &'r Incoming<'r>,
}

impl Reader<'_, '_> {
    fn read(&mut self, route: &Route, shape: Shape) -> Result<Map, ParseError> {
        let root = Field::root(shape);
        let layout = self.walk.schema().layout(shape);
        match self.protocol {
            Protocol::RestJson | Protocol::RestXml => self.rest(route, &root, layout),
            Protocol::Query => self.form::<false>(&root, layout),
            Protocol::Ec2 => self.form::<true>(&root, layout),
            Protocol::Json | Protocol::RpcV2Cbor => {
                // The parameters beside a stream of events are in its first.
                if route.operation.event_stream_input().is_some() {
                    return Ok(Map::new());
                }
                read_structure(
                    &mut self.walk,
                    self.protocol,
                    &root,
                    layout,
                    self.request.body,
                )
            }
        }
    }

    fn form<const EC2: bool>(&mut self, root: &Field, layout: &Layout) -> Result<Map, ParseError> {
        // A parameter may be named as these are, and comes after them then.
        let mut own = vec!["Action", "Version"];
        let parameters = form_pairs(self.request).filter(|(name, _)| {
            let before = own.len();
            own.retain(|known| known != name);
            own.len() == before
        });
        let mut decoder = FormDecoder::<EC2>::new(parameters)?;
        let layout = self.walk.schema().layout(layout.shape);
        self.walk.structure(&mut decoder, root, layout)
    }

    fn rest(&mut self, route: &Route, root: &Field, layout: &Layout) -> Result<Map, ParseError> {
        let query: Vec<_> = pairs(self.request.query).collect();
        let mut outside = Vec::new();
        for field in &layout.fields {
            let value = match field.location {
                Location::Uri => self.label(route, field),
                Location::QueryString => self.in_query(route, layout, field, &query),
                Location::Header => match self.request.headers.get(field.wire_name()) {
                    Some(text) => self.header(field, text).map(Some),
                    None => Ok(None),
                },
                Location::Headers => Ok(self.header_map(layout, field)),
                Location::StatusCode | Location::Body => Ok(None),
            };
            let value = self.walk.within(value, || field.name.to_owned())?;
            outside.extend(value.map(|value| (field.name, value)));
        }
        let traits = route.operation.traits().get("inputTraits");
        if let Some(field) = layout.payload(traits) {
            let value = self.payload(field);
            let value = self.walk.within(value, || field.name.to_owned())?;
            outside.extend(value.map(|value| (field.name, value)));
            return Ok(before_body(outside, Map::new()));
        }
        let in_body = |field: &Field| !Direction::Request.is_outside_body(field);
        if !layout.fields.iter().any(in_body) {
            return Ok(before_body(outside, Map::new()));
        }
        let layout = self.walk.schema().layout(layout.shape);
        let body = self.request.body;
        let mut members = read_structure(&mut self.walk, self.protocol, root, layout, body)?;
        // What stands elsewhere is not taken from the body.
        members.retain(|name, _| {
            let mut fields = layout.fields.iter();
            fields.any(|field| field.name == name && in_body(field))
        });
        Ok(before_body(outside, members))
    }

    fn label(&self, route: &Route, field: &Field) -> Result<Option<Value>, ParseError> {
        let named = |(name, _): &&(&str, String)| *name == field.wire_name();
        let Some((_, encoded)) = route.labels.iter().find(named) else {
            return Ok(None);
        };
        let text = percent_decode(encoded).ok_or(ParseError::NotUtf8)?;
        self.scalar(field, &text, TimestampFormat::Iso8601)
            .map(Some)
    }

    fn in_query(
        &mut self,
        route: &Route,
        layout: &Layout,
        field: &Field,
        query: &[(std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)],
    ) -> Result<Option<Value>, ParseError> {
        let schema = self.walk.schema();
        if field.kind == ShapeKind::Map {
            return Ok(self.query_map(route, layout, field, query));
        }
        let mut given = query
            .iter()
            .filter(|(name, _)| name == field.wire_name())
            .map(|(_, text)| text);
        if field.kind == ShapeKind::List {
            let Some(item_field) = schema.layout(field.shape).first() else {
                return Ok(None);
            };
            let items: Vec<Value> = given
                .map(|text| self.scalar(item_field, text, TimestampFormat::Iso8601))
                .collect::<Result<_, _>>()?;
            return Ok((!items.is_empty()).then_some(Value::List(items)));
        }
        given
            .next()
            .map(|text| self.scalar(field, text, TimestampFormat::Iso8601))
            .transpose()
    }

    /// What stands in the query string and has no parameter of its own.
    fn query_map(
        &self,
        route: &Route,
        layout: &Layout,
        field: &Field,
        query: &[(std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)],
    ) -> Option<Value> {
        let (_, literals) = route
            .operation
            .request_uri()
            .split_once('?')
            .unwrap_or_default();
        let is_own = |name: &str| {
            pairs(literals).any(|(literal, _)| literal == name)
                || name.starts_with("X-Amz-")
                || layout.fields.iter().any(|other| {
                    other.location == Location::QueryString
                        && other.kind != ShapeKind::Map
                        && other.wire_name() == name
                })
        };
        let of_lists = self.walk.schema().layout(field.shape).second();
        let of_lists = of_lists.is_some_and(|value| value.kind == ShapeKind::List);
        let mut map = Map::new();
        for (name, text) in query.iter().filter(|(name, _)| !is_own(name)) {
            let value = Value::from(&**text);
            if !of_lists {
                map.insert(name.clone().into_owned(), value);
            } else if let Some(Value::List(items)) = map.get_mut(name) {
                items.push(value);
            } else {
                map.push(name.clone().into_owned(), Value::List(vec![value]));
            }
        }
        (!map.is_empty()).then_some(Value::Map(map))
    }

    fn header(&self, field: &Field, text: &str) -> Result<Value, ParseError> {
        if field.kind == ShapeKind::List {
            let Some(item_field) = self.walk.schema().layout(field.shape).first() else {
                return Ok(Value::List(Vec::new()));
            };
            let items = list_items(item_field, text);
            return items
                .into_iter()
                .map(|item| self.header(item_field, &item))
                .collect::<Result<_, _>>()
                .map(Value::List);
        }
        if field.json_value && field.kind == ShapeKind::String {
            let decoded = text::base64_decode(text).ok_or_else(|| ParseError::Value {
                shape: field.shape.name(),
                message: "invalid base64".to_owned(),
            })?;
            return Ok(json::parse(utf8(&decoded)?)?);
        }
        self.scalar(field, text, TimestampFormat::Rfc822)
    }

    fn header_map(&self, layout: &Layout, field: &Field) -> Option<Value> {
        let prefix = field.location_name.unwrap_or_default();
        let is_own = |name: &str| {
            layout.fields.iter().any(|other| {
                other.location == Location::Header && other.wire_name().eq_ignore_ascii_case(name)
            })
        };
        let mut map = Map::new();
        for (name, value) in self.request.headers.iter() {
            let key = name
                .split_at_checked(prefix.len())
                .filter(|(start, _)| start.eq_ignore_ascii_case(prefix));
            if let Some((_, key)) = key
                && !is_own(name)
            {
                map.push(key.to_owned(), Value::from(value));
            }
        }
        (!map.is_empty()).then_some(Value::Map(map))
    }

    /// A scalar of a place that has nothing but text.
    fn scalar(
        &self,
        field: &Field,
        text: &str,
        format: TimestampFormat,
    ) -> Result<Value, ParseError> {
        // Times are told apart by their looks, but a number may be a date.
        let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let epoch = field.timestamp_format.unwrap_or(format) == TimestampFormat::UnixTimestamp;
        if field.kind == ShapeKind::Timestamp && is_digits && !epoch && text.len() == 8 {
            let dashed = format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]);
            return self.scalar(field, &dashed, format);
        }
        let scalar = Scalar::Text(text.into());
        self.walk.convert(field, scalar, Scalars::TypedText)
    }

    fn payload(&mut self, field: &Field) -> Result<Option<Value>, ParseError> {
        let body = self.request.body;
        if field.shape.is_event_stream() {
            return Ok(None);
        }
        if is_raw(field.kind) {
            let required = field.member.is_some_and(awl_model::Member::is_required);
            if body.is_empty() && !required {
                return Ok(None);
            }
            return Ok(Some(match field.kind {
                ShapeKind::Blob => Value::Blob(body.to_vec()),
                _ => Value::from(utf8(body)?),
            }));
        }
        if body.trim_ascii().is_empty() {
            return Ok(None);
        }
        if self.protocol == Protocol::RestXml {
            let mut decoder = XmlDecoder::new(utf8(body)?)?;
            let value = self.walk.value(&mut decoder, field)?;
            decoder.finish()?;
            return Ok(Some(value));
        }
        let mut decoder = JsonDecoder::new(utf8(body)?);
        let value = self.walk.value(&mut decoder, field)?;
        decoder.end()?;
        // An empty union is one that was not given.
        let is_union = self.walk.schema().layout(field.shape).is_union;
        Ok(Some(value).filter(|value| {
            !(value.is_null() || is_union && value.as_map().is_some_and(Map::is_empty))
        }))
    }
}

/// Reads a body, or an event's payload, that is one structure.
pub(crate) fn read_structure<'s>(
    walk: &mut Walk<'s>,
    protocol: Protocol,
    root: &Field,
    layout: &'s Layout,
    body: &[u8],
) -> Result<Map, ParseError> {
    if body.trim_ascii().is_empty() {
        return Ok(Map::new());
    }
    match protocol {
        Protocol::Json | Protocol::RestJson => {
            let mut decoder = JsonDecoder::new(utf8(body)?);
            if decoder.take_null()? {
                decoder.end()?;
                return Ok(Map::new());
            }
            let members = walk.structure(&mut decoder, root, layout)?;
            decoder.end()?;
            Ok(members)
        }
        Protocol::RpcV2Cbor => {
            let mut decoder = CborDecoder::new(body);
            walk.structure(&mut decoder, root, layout)
        }
        Protocol::RestXml | Protocol::Query | Protocol::Ec2 => {
            let mut decoder = XmlDecoder::new(utf8(body)?)?;
            let members = walk.structure(&mut decoder, root, layout)?;
            decoder.finish()?;
            Ok(members)
        }
    }
}

/// What a caller is told of an error.
pub(crate) fn message_of(error: ParseError) -> String {
    match error {
        ParseError::NotUtf8 => "not UTF-8".to_owned(),
        ParseError::Json(error) => error.to_string(),
        ParseError::Xml { message, .. }
        | ParseError::Cbor(message)
        | ParseError::Form(message)
        | ParseError::Python(message)
        | ParseError::EventStream(message)
        | ParseError::Value { message, .. } => message,
        ParseError::Union(shape) => format!("{shape} must have exactly one member"),
        ParseError::Protocol(name) => format!("unknown protocol {name:?}"),
    }
}
