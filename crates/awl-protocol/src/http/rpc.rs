//! Requests of the protocols that put everything into the body: `json`,
//! `query`, `ec2` and `smithy-rpc-v2-cbor`.

use std::borrow::Cow;

use awl_model::Operation;

use super::{Content, EVENT_STREAM};
use crate::codec::cbor::CborEncoder;
use crate::codec::form::FormEncoder;
use crate::codec::json::JsonEncoder;
use crate::{Body, Request, SerializeError};

/// Makes a request of `json`.
// Parity: botocore/serialize.py, JSONSerializer.serialize_to_request.
pub(crate) fn json(operation: Operation, content: &Content<'_>) -> Result<Request, SerializeError> {
    let metadata = operation.service().metadata();
    let target = metadata.str("targetPrefix").unwrap_or_default();
    let version = metadata.str("jsonVersion").unwrap_or("1.0");
    let mut request = content.request(operation, "/".to_owned())?;
    request.headers = vec![
        (
            Cow::Borrowed("X-Amz-Target"),
            format!("{target}.{}", operation.name()),
        ),
        (
            Cow::Borrowed("Content-Type"),
            format!("application/x-amz-json-{version}"),
        ),
    ];
    if content.is_query_compatible() {
        request.set_header("x-amzn-query-mode", "true".to_owned());
    }
    let body = if content.shape.is_some() {
        let mut encoder = JsonEncoder::default();
        content.write(&mut encoder)?;
        encoder.finish()
    } else {
        b"{}".to_vec()
    };
    request.body = body_of(content, body, &mut request);
    Ok(request)
}

/// Makes a request of `query` or `ec2`.
// Parity: botocore/serialize.py, QuerySerializer.serialize_to_request.
pub(crate) fn query<const EC2: bool>(
    operation: Operation,
    content: &Content<'_>,
) -> Result<Request, SerializeError> {
    let service = operation.service();
    let mut request = content.request(operation, "/".to_owned())?;
    request.set_header(
        "Content-Type",
        "application/x-www-form-urlencoded; charset=utf-8".to_owned(),
    );
    let mut encoder = FormEncoder::<EC2>::new();
    encoder.pair("Action", operation.name());
    let version = service.metadata().str("apiVersion");
    encoder.pair("Version", version.unwrap_or_else(|| service.api_version()));
    content.write(&mut encoder)?;
    request.body = Body::Bytes(encoder.finish());
    Ok(request)
}

/// Makes a request of `smithy-rpc-v2-cbor`.
// Parity: botocore/serialize.py, BaseRpcV2Serializer, RpcV2CBORSerializer.
pub(crate) fn cbor(operation: Operation, content: &Content<'_>) -> Result<Request, SerializeError> {
    let metadata = operation.service().metadata();
    let target = metadata.str("targetPrefix").unwrap_or_default();
    let mut request = content.request(
        operation,
        format!("/service/{target}/operation/{}", operation.name()),
    )?;
    request.method = "POST";
    request.set_header("smithy-protocol", "rpc-v2-cbor".to_owned());
    if content.is_query_compatible() {
        request.set_header("x-amzn-query-mode", "true".to_owned());
    }
    let accept = if operation.event_stream_output().is_some() {
        EVENT_STREAM
    } else {
        "application/cbor"
    };
    request.set_header("Accept", accept.to_owned());
    if content.shape.is_some() {
        let mut encoder = CborEncoder::new();
        content.write(&mut encoder)?;
        request.set_header("Content-Type", "application/cbor".to_owned());
        request.body = body_of(content, encoder.finish(), &mut request);
    }
    Ok(request)
}

/// The body; what is written where a stream of events is the input goes into
/// the first of them.
fn body_of(content: &Content<'_>, written: Vec<u8>, request: &mut Request) -> Body {
    match content.events() {
        Some(name) => {
            request.set_header("Content-Type", EVENT_STREAM.to_owned());
            Body::Events(name, written)
        }
        None => Body::Bytes(written),
    }
}
