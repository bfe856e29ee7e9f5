//! The events of a request, and those of a response.

use awl_model::{Member, Operation, ShapeKind};
use awl_value::Value;

use super::{Frame, HeaderValue};
use crate::codec::cbor::CborEncoder;
use crate::codec::json::JsonEncoder;
use crate::codec::xml::XmlEncoder;
use crate::encode::{Walk, member, mismatch, time_of};
use crate::schema::{Field, Schema};
use crate::server::Failure;
use crate::{Protocol, SerializeError, TimestampPrecision};

/// The frame for one event of the operation's input: `event` is a map with one
/// entry, under the event's name. It is not signed; the signer wraps it.
///
/// # Errors
/// An event that the model does not have, or values that do not fit it.
pub fn encode_event(
    operation: Operation,
    protocol: Protocol,
    event: &awl_value::Map,
) -> Result<Frame, SerializeError> {
    encode_in(operation.event_stream_input(), protocol, event)
}

/// The frame for one event of the operation's output: what a service sends.
///
/// # Errors
/// An event that the model does not have, or values that do not fit it.
pub fn encode_response_event(
    operation: Operation,
    protocol: Protocol,
    event: &awl_value::Map,
) -> Result<Frame, SerializeError> {
    encode_in(operation.event_stream_output(), protocol, event)
}

/// The frame for an error that ends the stream of the operation's output: the
/// stream's own exception, or one that its model does not have.
#[must_use]
pub fn encode_failure(operation: Operation, protocol: Protocol, failure: &Failure) -> Frame {
    let text = |text: &str| HeaderValue::String(text.to_owned());
    let stream = operation.event_stream_output().map(Member::shape);
    let modelled = failure.shape.zip(stream).and_then(|(shape, stream)| {
        let mut members = stream.members();
        let member = members.find(|member| member.shape().number() == shape.number())?;
        let schema = Schema::new(operation.service());
        let walk = Walk {
            schema: &schema,
            precision: TimestampPrecision::Full,
        };
        let field = Field::of(member);
        let entries = || failure.members.iter();
        let payload = structure(&walk, protocol, &field, entries).ok()?;
        Some((member.name(), payload))
    });
    let Some((name, payload)) = modelled else {
        return Frame::default()
            .with(":message-type", text("error"))
            .with(":error-code", text(&failure.code))
            .with(":error-message", text(&failure.message));
    };
    let mut frame = Frame::default()
        .with(":message-type", text("exception"))
        .with(":exception-type", text(name))
        .with(":content-type", text(media_type(protocol)));
    frame.payload = payload;
    frame
}

fn encode_in(
    stream: Option<Member>,
    protocol: Protocol,
    event: &awl_value::Map,
) -> Result<Frame, SerializeError> {
    let unknown = |name: &str| SerializeError::UnknownParameter {
        name: name.to_owned(),
        shape: "the event stream",
    };
    let stream = stream.ok_or_else(|| unknown(""))?;
    let schema = Schema::new(stream.shape().service());
    let walk = Walk {
        schema: &schema,
        precision: TimestampPrecision::Full,
    };
    let mut entries = event.iter().filter(|(_, value)| !value.is_null());
    let (name, value) = entries.next().ok_or_else(|| unknown(""))?;
    let layout = schema.layout(stream.shape());
    let (_, field) = member(layout, None, name)?;
    let Value::Map(members) = value else {
        return Err(mismatch(field));
    };
    let mut frame = Frame::default()
        .with(":message-type", HeaderValue::String("event".to_owned()))
        .with(":event-type", HeaderValue::String(name.to_owned()));
    let event_layout = schema.layout(field.shape);
    let mut payload = None;
    let mut in_body = Vec::new();
    for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
        let (_, field) = member(event_layout, None, name)?;
        if field.event_header {
            frame = frame.with(name, header_value(field, value)?);
        } else if field.member.is_some_and(|member| member.is_event_payload()) {
            payload = Some((field, value));
        } else {
            in_body.push((name, value));
        }
    }
    let has_payload = event_layout
        .fields
        .iter()
        .any(|field| field.member.is_some_and(|member| member.is_event_payload()));
    let content_type = match payload {
        Some((_, Value::Blob(bytes))) => {
            frame.payload = bytes.clone();
            "application/octet-stream"
        }
        Some((field, Value::String(text))) => {
            frame.payload = text.clone().into_bytes();
            if field.kind == ShapeKind::Blob {
                "application/octet-stream"
            } else {
                "text/plain"
            }
        }
        Some((field, Value::Map(map))) => {
            frame.payload = structure(&walk, protocol, field, || map.iter())?;
            media_type(protocol)
        }
        Some((field, _)) => return Err(mismatch(field)),
        None if has_payload || event_layout.fields.iter().all(|field| field.event_header) => {
            return Ok(frame);
        }
        None => {
            frame.payload = structure(&walk, protocol, field, || in_body.iter().copied())?;
            media_type(protocol)
        }
    };
    Ok(frame.with(
        ":content-type",
        HeaderValue::String(content_type.to_owned()),
    ))
}

/// The frame that opens a stream of an RPC protocol: what was given beside the
/// stream, as [`crate::Body::Events`] carries it.
#[must_use]
pub fn encode_initial_request(protocol: Protocol, payload: Vec<u8>) -> Frame {
    initial(protocol, payload, "initial-request")
}

/// The frame that opens a stream of an RPC protocol in an answer: what is given
/// beside the stream, as [`crate::Body::Events`] carries it.
#[must_use]
pub fn encode_initial_response(protocol: Protocol, payload: Vec<u8>) -> Frame {
    initial(protocol, payload, "initial-response")
}

fn initial(protocol: Protocol, payload: Vec<u8>, event_type: &str) -> Frame {
    let text = |text: &str| HeaderValue::String(text.to_owned());
    let mut frame = Frame::default()
        .with(":message-type", text("event"))
        .with(":event-type", text(event_type))
        .with(":content-type", text(media_type(protocol)));
    frame.payload = payload;
    frame
}

const fn media_type(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Json | Protocol::RestJson => "application/json",
        Protocol::RpcV2Cbor => "application/cbor",
        Protocol::RestXml | Protocol::Query | Protocol::Ec2 => "application/xml",
    }
}

fn structure<'v, I: Iterator<Item = (&'v str, &'v Value)>>(
    walk: &Walk<'_>,
    protocol: Protocol,
    field: &Field,
    entries: impl Fn() -> I,
) -> Result<Vec<u8>, SerializeError> {
    match protocol {
        Protocol::Json | Protocol::RestJson => {
            let mut encoder = JsonEncoder::default();
            walk.structure(&mut encoder, field, entries)?;
            Ok(encoder.finish())
        }
        Protocol::RpcV2Cbor => {
            let mut encoder = CborEncoder::new();
            walk.structure(&mut encoder, field, entries)?;
            Ok(encoder.finish())
        }
        Protocol::RestXml | Protocol::Query | Protocol::Ec2 => {
            let name = field.location_name.unwrap_or_else(|| field.shape.name());
            let mut encoder = XmlEncoder::new(name, None);
            walk.structure(&mut encoder, field, entries)?;
            Ok(encoder.finish())
        }
    }
}

fn header_value(field: &Field, value: &Value) -> Result<HeaderValue, SerializeError> {
    Ok(match (field.kind, value) {
        (ShapeKind::Timestamp, _) => {
            HeaderValue::Timestamp(time_of(field, value)?.div_euclid(1000))
        }
        (_, Value::Bool(flag)) => HeaderValue::Bool(*flag),
        (ShapeKind::Integer, Value::Int(number)) => match i32::try_from(*number) {
            Ok(number) => HeaderValue::Int(number),
            Err(_) => return Err(mismatch(field)),
        },
        (_, Value::Int(number)) => HeaderValue::Long(*number),
        (ShapeKind::Blob, Value::String(text)) => HeaderValue::Bytes(text.clone().into_bytes()),
        (_, Value::String(text)) => HeaderValue::String(text.clone()),
        (_, Value::Blob(bytes)) => HeaderValue::Bytes(bytes.clone()),
        _ => return Err(mismatch(field)),
    })
}
