//! The ids that a service gives a request.

use memchr::memmem;

use crate::codec::xml::XmlDecoder;
use crate::{Headers, Protocol};

/// The ids of a request, as a response names them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestIds {
    /// The request's id.
    pub request_id: Option<String>,
    /// S3's second id.
    pub host_id: Option<String>,
}

/// Finds the ids of a request in a response that is no error; an error has
/// them in [`crate::ServiceError`].
// Parity: botocore/parsers.py, _populate_response_metadata and
// _inject_response_metadata.
#[must_use]
pub fn request_ids(protocol: Protocol, headers: &Headers, body: &[u8]) -> RequestIds {
    let in_body = match protocol {
        Protocol::Query => in_metadata(body),
        Protocol::Ec2 => text_below(body, "requestId"),
        _ => None,
    };
    RequestIds {
        request_id: in_body.or_else(|| header_request_id(headers).map(str::to_owned)),
        host_id: headers.get("x-amz-id-2").map(str::to_owned),
    }
}

/// The request's id in the headers of a response.
pub(crate) fn header_request_id(headers: &Headers) -> Option<&str> {
    headers
        .get("x-amzn-requestid")
        .or_else(|| headers.get("x-amz-request-id"))
}

/// The id in `ResponseMetadata`, which ends the answers of `query`: what is
/// before it need not be read for that.
fn in_metadata(body: &[u8]) -> Option<String> {
    let start = memmem::rfind(body, b"<ResponseMetadata")?;
    text_below(&body[start..], "RequestId")
}

/// The text of the root's child of this name.
fn text_below(body: &[u8], name: &str) -> Option<String> {
    let mut decoder = XmlDecoder::new(std::str::from_utf8(body).ok()?).ok()?;
    if !decoder.enter(name).ok()? {
        return None;
    }
    Some(decoder.text_of_element().ok()?.0.into_owned())
}
