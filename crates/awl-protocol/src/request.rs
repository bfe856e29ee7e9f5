//! Parameters to a request: what every protocol shares. The request names no
//! host; path and query string are encoded and ready to be signed.

use std::borrow::Cow;

use awl_model::Operation;
use awl_value::Map;

use crate::Protocol;
use crate::http::rest::{self, Notation};
use crate::http::{Content, rpc};
use crate::schema::Schema;

/// A request without its host.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Request {
    /// The HTTP method.
    pub method: &'static str,
    /// The path, percent-encoded, labels filled in. Without the query string.
    pub path: String,
    /// `authPath` with its labels filled in: the path to sign, where the model
    /// wants another.
    pub auth_path: Option<String>,
    /// The query string, percent-encoded, without `?`; empty if there is none.
    pub query: String,
    /// The headers that the protocol and the parameters ask for, in botocore's
    /// order and case. No `Content-Length`, no `Host`.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The body.
    pub body: Body,
    /// What goes before the endpoint's host: `{AccountId}.` filled in.
    pub host_prefix: Option<String>,
}

impl Request {
    /// The value of a header; its name matches in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(candidate, _)| candidate.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Sets a header: in its old place where it is there already.
    pub fn set_header(&mut self, name: impl Into<Cow<'static, str>>, value: String) {
        let name = name.into();
        let old = self
            .headers
            .iter_mut()
            .find(|(candidate, _)| candidate.eq_ignore_ascii_case(&name));
        match old {
            Some((_, old)) => *old = value,
            None => self.headers.push((name, value)),
        }
    }
}

/// The body of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// These bytes; none if empty.
    Bytes(Vec<u8>),
    /// What the caller holds for the payload member of this name
    /// ([`SerializeOptions::streaming_body`]).
    Streaming(&'static str),
    /// Events of the member of this name, each written by
    /// [`crate::event::encode_event`]; for RPC protocols the bytes here are
    /// the initial request's payload, to be sent as its own event first.
    Events(&'static str, Vec<u8>),
}

impl Body {
    /// The bytes, where they are known.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::Streaming(_) | Self::Events(..) => None,
        }
    }
}

/// How fine timestamps are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimestampPrecision {
    /// As fine as given for ISO and epoch times, whole seconds for RFC 822.
    /// botocore's default.
    #[default]
    Full,
    /// Milliseconds for ISO and epoch times, whole seconds for RFC 822.
    Millisecond,
    /// As given for ISO times, whole seconds for the others: the AWS CLI.
    Legacy,
}

/// What a request is made with beside the parameters.
pub struct SerializeOptions<'a> {
    /// A protocol by name, in place of the service's own.
    pub protocol: Option<&'a str>,
    /// How fine timestamps are written.
    pub timestamp_precision: TimestampPrecision,
    /// Whether the caller holds the streaming payload itself: the body is then
    /// [`Body::Streaming`], and the parameters need not name it.
    pub streaming_body: bool,
    /// Makes a token for an idempotency token that was not given.
    pub idempotency_token: &'a mut dyn FnMut() -> String,
}

impl std::fmt::Debug for SerializeOptions<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("SerializeOptions")
            .field("protocol", &self.protocol)
            .field("timestamp_precision", &self.timestamp_precision)
            .field("streaming_body", &self.streaming_body)
            .finish_non_exhaustive()
    }
}

/// Why parameters make no request. Parameters that passed validation against
/// the model run into none but the last two.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SerializeError {
    /// The protocol is none that this crate speaks.
    #[error("unknown protocol {0:?}")]
    Protocol(String),
    /// A name that the model does not have.
    #[error("unknown parameter {name:?} in {shape}")]
    UnknownParameter {
        /// The name.
        name: String,
        /// The structure's name.
        shape: &'static str,
    },
    /// A value that the shape cannot have.
    #[error("invalid value for {shape}: expected {expected}")]
    Type {
        /// The shape's name.
        shape: &'static str,
        /// The type that it has.
        expected: &'static str,
    },
    /// Text that is no time.
    #[error("invalid timestamp \"{0}\"")]
    Timestamp(String),
    /// A label of path or host prefix that was not given.
    #[error("missing required parameter {0:?}")]
    MissingLabel(String),
    /// A value that cannot be part of a host name, in botocore's words.
    #[error(
        "Parameter validation failed:\nInvalid value for parameter(s): {0}. \
         Must contain only alphanumeric characters, hyphen, or period."
    )]
    HostLabel(String),
}

/// Makes the request for `input`, in the protocol of the operation's service.
///
/// Members with `null` are taken as not given. The order of the input is kept
/// wherever the wire has an order.
///
/// # Errors
/// See [`SerializeError`].
// Parity: botocore/serialize.py, Serializer.serialize_to_request.
pub fn serialize(
    operation: Operation,
    input: &Map,
    options: &mut SerializeOptions<'_>,
) -> Result<Request, SerializeError> {
    let name = options
        .protocol
        .unwrap_or_else(|| operation.service().protocol());
    let protocol =
        Protocol::parse(name).ok_or_else(|| SerializeError::Protocol(name.to_owned()))?;
    let schema = Schema::new(operation.service());
    let content = Content::of_request(operation, input, &schema, options);
    match protocol {
        Protocol::Json => rpc::json(operation, &content),
        Protocol::Query => rpc::query::<false>(operation, &content),
        Protocol::Ec2 => rpc::query::<true>(operation, &content),
        Protocol::RpcV2Cbor => rpc::cbor(operation, &content),
        Protocol::RestJson => rest::serialize(operation, &content, Notation::Json),
        Protocol::RestXml => rest::serialize(operation, &content, Notation::Xml),
    }
}
