//! What botocore does for single services between parameters and output. Each
//! service has a file of its own, and one row in [`REGISTRY`].

use awl_model::Operation;
use awl_value::Map;

use crate::Error;
use crate::config::Config;
use crate::transport::HttpRequest;

/// A response as the handlers see it: whole, before it is parsed.
#[derive(Debug)]
pub struct RawResponse {
    /// The status; a handler may change it.
    pub status: u16,
    /// The headers; a handler may change them.
    pub headers: awl_protocol::Headers,
    /// The body.
    pub body: bytes::Bytes,
}

/// What a handler may know of the call.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The operation.
    pub operation: Operation,
    /// The configuration.
    pub config: &'a Config,
    /// The client's Region.
    pub region: &'a str,
}

/// The hooks of a service, in the order in which a call passes them.
#[derive(Clone, Copy, Debug)]
pub struct Handlers {
    /// Before parameters are validated and serialised.
    pub parameters: fn(&Context<'_>, &mut Map) -> Result<(), Error>,
    /// The part of the serialised path that goes behind the endpoint's.
    pub path: fn(Operation, &str) -> &str,
    /// When the request is there, before checksums and signature.
    pub request: fn(&Context<'_>, &Map, &mut HttpRequest) -> Result<(), Error>,
    /// At every attempt, before the signature.
    pub sign: fn(&Context<'_>, &mut HttpRequest),
    /// When a whole response is there, before it is parsed.
    pub response: fn(&Context<'_>, &mut RawResponse),
    /// When the response is parsed; `params` are those that were sent.
    pub output: fn(&Context<'_>, params: &Map, &mut Map),
}

impl Handlers {
    /// Hooks that do nothing.
    pub const NONE: Self = Self {
        parameters: |_, _| Ok(()),
        path: |_, path| path,
        request: |_, _, _| Ok(()),
        sign: |_, _| {},
        response: |_, _| {},
        output: |_, _, _| {},
    };
}

/// The services that have handlers, by the name of their folder in botocore.
const REGISTRY: &[(&str, Handlers)] = &[];

/// A service's hooks.
#[must_use]
pub fn of(service: &str) -> Handlers {
    REGISTRY
        .iter()
        .find(|(name, _)| *name == service)
        .map_or(Handlers::NONE, |(_, hooks)| *hooks)
}
