//! A response to values: what every protocol shares.

use awl_model::{Operation, Shape};
use awl_value::Map;
use awl_value::jmespath::Needs;

use crate::codec::xml::XmlDecoder;
use crate::decode::Walk;
use crate::http::response::{self, Message};
use crate::schema::{Field, Layout, Schema};
use crate::transcribe::{Items, Transcript};
use crate::{Headers, Protocol};

/// How timestamps of a response are given back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Timestamps {
    /// As `Value::Timestamp`: epoch numbers in the local zone, text with the
    /// offset that it names. Text without a zone becomes its `isoformat` as a
    /// string, and what is no time at all stays as it came.
    #[default]
    Typed,
    /// As they stand on the wire.
    Wire,
}

/// How blobs in the body of a response are given back. The payload and what
/// CBOR and events carry are bytes on the wire and always `Value::Blob`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Blobs {
    /// Decoded, as `Value::Blob`.
    #[default]
    Bytes,
    /// The base64 text as it came: what the AWS CLI prints.
    Wire,
}

/// How a response is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct ParseOptions<'a> {
    /// A protocol by name, in place of the service's own.
    pub protocol: Option<&'a str>,
    /// How timestamps are given back.
    pub timestamps: Timestamps,
    /// How blobs are given back.
    pub blobs: Blobs,
    /// Whether the caller keeps a streaming payload: its member is left out.
    pub streaming_body: bool,
    /// What of the output is needed. The rest is read, so that every error is found,
    /// and most of it left out.
    pub needs: Option<&'a Needs>,
}

impl ParseOptions<'_> {
    pub(crate) fn resolve(&self, operation: Operation) -> Result<Protocol, ParseError> {
        let name = self
            .protocol
            .unwrap_or_else(|| operation.service().protocol());
        Protocol::parse(name).ok_or_else(|| ParseError::Protocol(name.to_owned()))
    }
}

/// Why a response cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseError {
    /// The protocol is none that this crate speaks.
    #[error("unknown protocol {0:?}")]
    Protocol(String),
    /// A label of a request's path is not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// What Python raises of it, where botocore looks no further: its words.
    #[error("{0}")]
    Python(String),
    /// The body is no JSON. Only events and headers run into it.
    #[error("invalid JSON in response: {0}")]
    Json(#[from] awl_value::json::JsonError),
    /// The body is no XML, in botocore's words.
    #[error(
        "Unable to parse response ({message}), invalid XML received. Further retries may succeed:\n{body}"
    )]
    Xml {
        /// What is wrong.
        message: String,
        /// The body.
        body: String,
    },
    /// The body is no CBOR.
    #[error("invalid CBOR in response: {0}")]
    Cbor(String),
    /// A form that is none.
    #[error("invalid form: {0}")]
    Form(String),
    /// A value that the shape cannot have.
    #[error("invalid value for {shape}: {message}")]
    Value {
        /// The shape's name.
        shape: &'static str,
        /// What is wrong.
        message: String,
    },
    /// A union with none or several members.
    #[error("Invalid service response: {0} must have one and only one member set.")]
    Union(&'static str),
    /// An event stream that is damaged.
    #[error("{0}")]
    EventStream(String),
}

/// Reads a response that is no error into the members of the output shape, in
/// the model's order. Members unknown to the model are passed over.
///
/// A streaming payload is the body's bytes, unless the caller keeps them
/// ([`ParseOptions::streaming_body`]); the member of an event stream is left
/// out: see [`crate::event::EventStreamParser`].
///
/// # Errors
/// See [`ParseError`]. JSON that cannot be read is no error, as in botocore:
/// it is taken for a structure with the text as its `message`.
// Parity: botocore/parsers.py, ResponseParser.parse.
pub fn parse_response(
    operation: Operation,
    status: u16,
    headers: &Headers,
    body: &[u8],
    options: &ParseOptions<'_>,
) -> Result<Map, ParseError> {
    let message = Message {
        status,
        headers,
        body,
    };
    parse(operation, message, options, None).map(|(output, _)| output)
}

/// Reads a response like [`parse_response`], but for one list of it: the items of
/// that are written as text, and it is empty in the output.
///
/// # Errors
/// See [`parse_response`].
pub fn transcribe_response(
    operation: Operation,
    status: u16,
    headers: &Headers,
    body: &[u8],
    options: &ParseOptions<'_>,
    transcript: Transcript<'_>,
) -> Result<(Map, Items), ParseError> {
    let message = Message {
        status,
        headers,
        body,
    };
    parse(operation, message, options, Some(transcript))
}

fn parse(
    operation: Operation,
    message: Message<'_>,
    options: &ParseOptions<'_>,
    transcript: Option<Transcript<'_>>,
) -> Result<(Map, Items), ParseError> {
    let protocol = options.resolve(operation)?;
    let schema = Schema::new(operation.service());
    let mut walk = Walk::new(&schema, *options, protocol);
    walk.transcript = transcript.map(Box::new);
    let output = match operation.output() {
        Some(shape) => read(&mut walk, operation, shape, protocol, message)?,
        None => Map::new(),
    };
    let items = walk.transcript.map(|transcript| transcript.into_items());
    Ok((output, items.unwrap_or_default()))
}

/// Reads the output, whose shape this is.
fn read(
    walk: &mut Walk<'_>,
    operation: Operation,
    shape: Shape,
    protocol: Protocol,
    message: Message<'_>,
) -> Result<Map, ParseError> {
    let root = Field::root(shape);
    let layout = walk.schema().layout(shape);
    let traits = operation.traits().get("outputTraits");
    if protocol.is_rest() {
        return response::rest(walk, &root, traits, protocol, message);
    }
    if operation.event_stream_output().is_some() {
        return Ok(Map::new());
    }
    if protocol == Protocol::Query
        && let Some(wrapper) = traits
            .str("resultWrapper")
            .or_else(|| shape.traits().str("resultWrapper"))
    {
        return wrapped(walk, &root, layout, wrapper, message.body);
    }
    response::read_body(walk, &root, layout, protocol, message.body)
}

/// Reads the members inside the element that wraps a result of `query`.
fn wrapped<'s>(
    walk: &mut Walk<'s>,
    root: &Field,
    layout: &'s Layout,
    wrapper: &str,
    body: &[u8],
) -> Result<Map, ParseError> {
    let mut decoder = XmlDecoder::of_bytes(body)?;
    if !decoder.enter(wrapper)? {
        // What is not well-formed behind it is told first.
        decoder.finish()?;
        return Err(ParseError::Python(format!("'{wrapper}'")));
    }
    let members = walk.structure(&mut decoder, root, layout)?;
    decoder.finish()?;
    Ok(members)
}

impl From<minicbor::decode::Error> for ParseError {
    fn from(error: minicbor::decode::Error) -> Self {
        Self::Cbor(error.to_string())
    }
}
