//! What botocore does for single services between parameters and output. Each
//! service has a file of its own, and one row in `REGISTRY`.

mod apigateway;
mod autoscaling;
mod cloudformation;
mod cloudsearchdomain;
mod common;
mod ec2;
mod form;
mod glacier;
mod iam;
mod machinelearning;
mod rds;
mod route53;
mod s3;
mod s3control;
#[cfg(test)]
pub(crate) mod testing;
mod text;

use std::pin::Pin;

use awl_model::Operation;
use awl_value::Map;

use crate::config::Config;
use crate::transport::HttpRequest;
use crate::{Client, Error};

pub(crate) use common::{api_version, validation_mode};
pub(crate) use form::{form_body, form_pairs, is_form};
pub(crate) use text::with_host;

/// A response as the handlers see it: whole, before it is parsed.
#[derive(Debug)]
pub struct RawResponse {
    /// The status; a handler may change it.
    pub status: u16,
    /// The headers; a handler may change them.
    pub headers: awl_protocol::Headers,
    /// The body; empty where the caller is to read it.
    pub body: bytes::Bytes,
    /// Members that a handler adds to the output, in place of those parsed.
    pub customised: Map,
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

/// Work on a request that has to wait for something.
pub type Pending<'a, T = ()> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// The hooks of a service, in the order in which a call passes them.
#[derive(Clone, Copy, Debug)]
pub struct Handlers {
    /// Before parameters are validated and serialised.
    pub parameters: fn(&Context<'_>, &mut Map) -> Result<(), Error>,
    /// The part of the serialised path that goes behind the endpoint's.
    pub path: fn(Operation, &str) -> &str,
    /// When the request is there, before checksums and signature.
    pub request: fn(&Context<'_>, &Map, &mut HttpRequest) -> Result<(), Error>,
    /// After `request`, for what reads bodies or looks for credentials.
    pub complete: Option<for<'a> fn(&'a Client, Operation, &'a mut HttpRequest) -> Pending<'a>>,
    /// At every attempt, before the signature.
    pub sign: fn(&Context<'_>, &mut HttpRequest),
    /// When a response is there, before it is parsed.
    pub response: fn(&Context<'_>, &mut RawResponse),
    /// The status that an answer is taken for whose XML cannot be read.
    pub unreadable: Option<u16>,
    /// When the response is parsed; `given` are the caller's own parameters.
    pub output: fn(&Context<'_>, given: &Map, &mut Map),
    /// Whether `output` changes the items of lists.
    pub changes_items: bool,
}

impl Handlers {
    /// Hooks that do nothing.
    pub const NONE: Self = Self {
        parameters: |_, _| Ok(()),
        path: |_, path| path,
        request: |_, _, _| Ok(()),
        complete: None,
        sign: |_, _| {},
        response: |_, _| {},
        unreadable: None,
        output: |_, _, _| {},
        changes_items: false,
    };
}

/// The services that have handlers, by the name of their folder in botocore.
// Parity: botocore/handlers.py, BUILTIN_HANDLERS of the AWS CLI's copy.
const REGISTRY: &[(&str, Handlers)] = &[
    ("apigateway", apigateway::HANDLERS),
    ("autoscaling", autoscaling::HANDLERS),
    ("cloudformation", cloudformation::HANDLERS),
    ("cloudsearchdomain", cloudsearchdomain::HANDLERS),
    ("docdb", rds::HANDLERS),
    ("ec2", ec2::HANDLERS),
    ("glacier", glacier::HANDLERS),
    ("iam", iam::HANDLERS),
    ("logs", common::ALIASES_ONLY),
    ("machinelearning", machinelearning::HANDLERS),
    ("neptune", rds::HANDLERS),
    ("rds", rds::HANDLERS),
    ("route53", route53::HANDLERS),
    ("s3", s3::HANDLERS),
    ("s3control", s3control::HANDLERS),
];

/// A service's hooks.
#[must_use]
pub fn of(service: &str) -> Handlers {
    REGISTRY
        .binary_search_by_key(&service, |(name, _)| name)
        .map_or(Handlers::NONE, |index| REGISTRY[index].1)
}

#[cfg(test)]
mod tests {
    use super::{REGISTRY, of};

    #[test]
    fn the_registry_is_sorted_and_names_services() {
        assert!(REGISTRY.is_sorted_by_key(|(name, _)| name));
        for (name, _) in REGISTRY {
            assert!(awl_catalog::store().service(name).is_some(), "{name}");
        }
        assert!(of("glacier").complete.is_some());
        assert!(of("sqs").complete.is_none());
    }
}
