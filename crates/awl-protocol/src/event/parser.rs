//! The events of a response.

use awl_model::{Operation, Shape, ShapeKind};
use awl_value::{Map, Value};

use super::{Frame, FrameBuffer, HeaderValue};
use crate::decode::{Scalar, Walk};
use crate::http::Direction;
use crate::http::response::{self, utf8};
use crate::schema::{Field, Schema};
use crate::server::read_structure;
use crate::{ParseError, ParseOptions, Protocol, ServiceError, Timestamps};

/// What comes out of a stream.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// The members of the output beside the stream; RPC protocols send them as
    /// the first event.
    Initial(Map),
    /// An event: one entry, under the event's name.
    Event(Map),
    /// An error that ends the stream, modelled or not.
    Error(Box<ServiceError>),
}

/// Reads a stream of events from bytes as they come: a response's, or for a
/// service a request's.
pub struct EventStreamParser<'a> {
    /// The structure that the stream is a member of, and that member.
    message: Option<Shape>,
    member: &'static str,
    direction: Direction,
    stream: Shape,
    schema: Schema,
    options: ParseOptions<'a>,
    protocol: Protocol,
    buffer: FrameBuffer,
    /// Whether the first event is still to come, and must be the initial one.
    awaits_initial: bool,
}

impl<'a> EventStreamParser<'a> {
    /// A parser for an operation whose output is a stream of events; none for
    /// any other.
    ///
    /// # Errors
    /// A protocol that this crate does not speak.
    pub fn new(
        operation: Operation,
        options: &ParseOptions<'a>,
    ) -> Result<Option<Self>, ParseError> {
        let protocol = options.resolve(operation)?;
        Ok(operation.event_stream_output().map(|member| Self {
            message: operation.output(),
            member: member.name(),
            direction: Direction::Response,
            stream: member.shape(),
            schema: Schema::new(operation.service()),
            options: *options,
            protocol,
            buffer: FrameBuffer::new(),
            awaits_initial: !protocol.is_rest(),
        }))
    }

    /// A parser of what a client sends, for an operation whose input is a
    /// stream of events; none for any other. Frames that are signed hold the
    /// frames that are pushed here.
    #[must_use]
    pub fn of_request(operation: Operation, protocol: Protocol) -> Option<Self> {
        operation.event_stream_input().map(|member| Self {
            message: operation.input(),
            member: member.name(),
            direction: Direction::Request,
            stream: member.shape(),
            schema: Schema::new(operation.service()),
            options: ParseOptions::default(),
            protocol,
            buffer: FrameBuffer::new(),
            awaits_initial: !protocol.is_rest(),
        })
    }

    /// Adds bytes of the body.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.push(bytes);
    }

    /// Whether the stream may end here: no part of a frame is left.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.buffer.is_empty()
    }

    /// The next event; none until more bytes have come. Events that the model
    /// does not know are passed over.
    ///
    /// # Errors
    /// A damaged stream, an event that does not fit the model, and a stream
    /// that does not begin as its protocol demands.
    pub fn next_event(&mut self) -> Result<Option<Event>, ParseError> {
        loop {
            let frame = self
                .buffer
                .next_frame()
                .map_err(|error| ParseError::EventStream(error.to_string()))?;
            let Some(frame) = frame else {
                return Ok(None);
            };
            if std::mem::take(&mut self.awaits_initial) {
                return self.initial(&frame).map(Some);
            }
            if let Some(event) = self.event(&frame)? {
                return Ok(Some(event));
            }
        }
    }

    // Parity: botocore/parsers.py, JSONParser._handle_event_stream.
    fn initial(&self, frame: &Frame) -> Result<Event, ParseError> {
        let wanted = match self.direction {
            Direction::Request => "initial-request",
            Direction::Response => "initial-response",
        };
        if frame.text(":event-type") != Some(wanted) {
            return match frame.text(":message-type") {
                Some("exception" | "error") => self.error(frame),
                _ => Err(ParseError::EventStream(format!(
                    "First event was not of type {wanted}"
                ))),
            };
        }
        let Some(shape) = self.message else {
            return Ok(Event::Initial(Map::new()));
        };
        let mut walk = self.walk();
        let mut members = self.read(&mut walk, &Field::root(shape), &frame.payload)?;
        members.remove(self.member);
        Ok(Event::Initial(members))
    }

    // Parity: botocore/parsers.py, BaseEventStreamParser._do_parse.
    fn event(&self, frame: &Frame) -> Result<Option<Event>, ParseError> {
        if matches!(frame.text(":message-type"), Some("exception" | "error")) {
            return self.error(frame).map(Some);
        }
        let Some(member) = frame
            .text(":event-type")
            .and_then(|name| self.stream.member(name))
        else {
            return Ok(None);
        };
        let members = self.members(frame, &Field::of(member))?;
        let mut event = Map::with_capacity(1);
        event.push(member.name(), Value::Map(members));
        Ok(Some(Event::Event(event)))
    }

    fn members(&self, frame: &Frame, field: &Field) -> Result<Map, ParseError> {
        let mut walk = self.walk();
        let layout = self.schema.layout(field.shape);
        let mut found: Vec<(&'static str, Value)> = Vec::new();
        for field in layout.fields.iter().filter(|field| field.event_header) {
            if let Some(value) = frame.header(field.name) {
                found.push((field.name, header_value(&walk, value)));
            }
        }
        let payload = layout
            .fields
            .iter()
            .find(|field| field.member.is_some_and(|member| member.is_event_payload()));
        let body = match payload {
            Some(field) => {
                let value = match field.kind {
                    ShapeKind::Blob => Value::Blob(frame.payload.clone()),
                    ShapeKind::String => Value::from(utf8(&frame.payload)?),
                    _ => Value::Map(self.read(&mut walk, field, &frame.payload)?),
                };
                found.push((field.name, value));
                Map::new()
            }
            None => self.read(&mut walk, field, &frame.payload)?,
        };
        Ok(response::before_body(found, body))
    }

    // Parity: botocore/parsers.py, BaseEventStreamParser._do_error_parse.
    fn error(&self, frame: &Frame) -> Result<Event, ParseError> {
        let kind = frame.text(":exception-type").unwrap_or_default();
        let mut error = match self.stream.member(kind) {
            Some(member) => {
                let field = Field::of(member);
                let mut walk = self.walk();
                let members = self.read(&mut walk, &field, &frame.payload)?;
                let message = members.get("Message").or_else(|| members.get("message"));
                let message = message.cloned().unwrap_or_else(|| Value::from(""));
                let mut error = ServiceError::new(Value::from(kind), message);
                error.members = members;
                error.shape = Some(member.shape());
                error
            }
            None => {
                let text = |name: &str| Value::from(frame.text(name).unwrap_or_default());
                ServiceError::new(text(":error-code"), text(":error-message"))
            }
        };
        error.describe();
        Ok(Event::Error(Box::new(error)))
    }

    fn walk(&self) -> Walk<'_> {
        if self.direction == Direction::Request {
            return Walk::of_service(&self.schema, self.protocol);
        }
        // Scalars of events are taken as they stand in `rest-json` too.
        let protocol = match self.protocol {
            Protocol::RestJson => Protocol::Json,
            protocol => protocol,
        };
        Walk::new(&self.schema, self.options, protocol)
    }

    fn read<'s>(
        &'s self,
        walk: &mut Walk<'s>,
        field: &Field,
        payload: &[u8],
    ) -> Result<Map, ParseError> {
        if payload.is_empty() {
            return Ok(Map::new());
        }
        let layout = self.schema.layout(field.shape);
        match self.direction {
            Direction::Request => read_structure(walk, self.protocol, field, layout, payload),
            Direction::Response => response::read_body(walk, field, layout, self.protocol, payload),
        }
    }
}

impl std::fmt::Debug for EventStreamParser<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("EventStreamParser")
            .field("stream", &self.stream)
            .field("buffer", &self.buffer)
            .finish_non_exhaustive()
    }
}

fn header_value(walk: &Walk<'_>, value: &HeaderValue) -> Value {
    match value {
        HeaderValue::Bool(flag) => Value::Bool(*flag),
        HeaderValue::Byte(number) => Value::Int((*number).into()),
        HeaderValue::Short(number) => Value::Int((*number).into()),
        HeaderValue::Int(number) => Value::Int((*number).into()),
        HeaderValue::Long(number) => Value::Int(*number),
        HeaderValue::Bytes(bytes) => Value::Blob(bytes.clone()),
        HeaderValue::String(text) => Value::from(text.as_str()),
        HeaderValue::Timestamp(millis) => match walk.options().timestamps {
            Timestamps::Typed => walk.time(Scalar::Value(Value::Float(*millis as f64 / 1000.0))),
            Timestamps::Wire => Value::Float(*millis as f64 / 1000.0),
        },
        HeaderValue::Uuid(bytes) => Value::Blob(bytes.to_vec()),
    }
}
