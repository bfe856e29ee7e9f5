//! What goes where in an HTTP message: method, path, query string, headers and
//! body, for the protocols that bind members to places (`rest`) and for those
//! that put all into the body (`rpc`).

pub(crate) mod label;
pub(crate) mod response;
pub(crate) mod rest;
pub(crate) mod rpc;
pub(crate) mod value;

use awl_model::{Operation, ShapeKind};
use awl_value::{Map, Value};

use crate::codec::json::JsonEncoder;
use crate::encode::{Encoder, Walk};
use crate::schema::{Field, Schema};
use crate::{Body, Request, SerializeError, SerializeOptions};

pub(crate) const EVENT_STREAM: &str = "application/vnd.amazon.eventstream";

/// What a request is made of.
pub(crate) struct Input<'a> {
    pub(crate) operation: Operation,
    pub(crate) given: &'a Map,
    /// Idempotency tokens that were not given.
    pub(crate) tokens: Vec<(&'static str, Value)>,
    pub(crate) walk: Walk<'a>,
    pub(crate) streaming_body: bool,
}

impl<'a> Input<'a> {
    pub(crate) fn new(
        operation: Operation,
        given: &'a Map,
        schema: &'a Schema,
        options: &mut SerializeOptions<'_>,
    ) -> Self {
        let tokens = operation
            .input()
            .into_iter()
            .flat_map(awl_model::Shape::members)
            .filter(|member| member.is_idempotency_token() && !given.contains_key(member.name()))
            .map(|member| {
                let token = (options.idempotency_token)();
                (member.name(), Value::String(token))
            })
            .collect();
        Self {
            operation,
            given,
            tokens,
            walk: Walk {
                schema,
                precision: options.timestamp_precision,
            },
            streaming_body: options.streaming_body,
        }
    }

    /// The parameters in order, the tokens behind them.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&str, &Value)> {
        let tokens = self.tokens.iter().map(|(name, value)| (*name, value));
        self.given.iter().chain(tokens)
    }

    /// A parameter that is given and not null.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.entries()
            .find(|(candidate, _)| *candidate == name)
            .map(|(_, value)| value)
            .filter(|value| !value.is_null())
    }

    /// Writes the input as one structure.
    pub(crate) fn write<E: Encoder>(&self, encoder: &mut E) -> Result<(), SerializeError> {
        let Some(shape) = self.operation.input() else {
            return Ok(());
        };
        let events = self.events();
        self.walk.structure(encoder, &Field::root(shape), || {
            self.entries().filter(|(name, _)| Some(*name) != events)
        })
    }

    /// The name of the member that is a stream of events.
    pub(crate) fn events(&self) -> Option<&'static str> {
        self.operation
            .event_stream_input()
            .map(|member| member.name())
    }

    /// An empty request with the operation's method.
    pub(crate) fn request(&self, path: String) -> Result<Request, SerializeError> {
        let method = match self.operation.http_method() {
            "" => "POST",
            method => method,
        };
        Ok(Request {
            method,
            path,
            auth_path: None,
            query: String::new(),
            headers: Vec::new(),
            body: Body::Bytes(Vec::new()),
            host_prefix: label::host_prefix(self)?,
        })
    }

    /// Whether the service's old error codes are to be sent beside its own.
    pub(crate) fn is_query_compatible(&self) -> bool {
        !self
            .operation
            .service()
            .metadata()
            .get("awsQueryCompatible")
            .is_null()
    }
}

/// A value as JSON, whatever its shape.
pub(crate) fn json_body(
    walk: &Walk<'_>,
    field: &Field,
    value: &Value,
) -> Result<Vec<u8>, SerializeError> {
    let mut encoder = JsonEncoder::default();
    walk.value(&mut encoder, field, value)?;
    Ok(encoder.finish())
}

/// Whether a payload of this kind is sent as it is.
// Parity: botocore/serialize.py, BaseRestSerializer._has_streaming_payload.
pub(crate) const fn is_raw(kind: ShapeKind) -> bool {
    matches!(kind, ShapeKind::Blob | ShapeKind::String)
}
