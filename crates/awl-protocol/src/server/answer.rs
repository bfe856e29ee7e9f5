//! The answer to a request that succeeded.

use std::borrow::Cow;

use awl_model::{Operation, Service};
use awl_value::{Map, Value};

use super::Route;
use crate::codec::cbor::CborEncoder;
use crate::codec::json::JsonEncoder;
use crate::codec::xml::XmlEncoder;
use crate::http::rest::{self, Notation};
use crate::http::{Content, EVENT_STREAM, XML, s3, xml_namespace};
use crate::schema::{Layout, Schema};
use crate::{Body, Protocol, SerializeError, text};

/// What every answer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    /// The request's id.
    pub request_id: &'a str,
    /// The second id, which S3 has.
    pub host_id: Option<&'a str>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The headers. No `Content-Length`, no `Date`.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The body. [`Body::Streaming`] is what the caller holds for the payload,
    /// [`Body::Events`] what [`crate::event`] writes.
    pub body: Body,
}

impl Response {
    /// The value of a header; its name matches in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(candidate, _)| candidate.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Adds a header, unless a member was it.
    pub(super) fn default_header(&mut self, name: &'static str, value: &str) {
        if self.header(name).is_none() {
            self.headers.push((Cow::Borrowed(name), value.to_owned()));
        }
    }
}

/// Makes the answer of an operation that gives `output`. A payload of bytes
/// that is not among the members is the caller's: the body is then
/// [`Body::Streaming`].
///
/// # Errors
/// Values that do not fit the model.
pub fn serialize_response(
    route: &Route,
    output: &Map,
    answer: Answer<'_>,
) -> Result<Response, SerializeError> {
    let operation = route.operation;
    let schema = Schema::new(operation.service());
    let shape = operation.output();
    let mut content = Content::of_response(operation, output, &schema);
    if let Some(member) = operation.streaming_output() {
        content.streaming_body = content.get(member.name()).is_none();
    }
    let layout = shape.map(|shape| schema.layout(shape));
    let mut response = Response {
        status: operation.response_code(),
        headers: Vec::new(),
        body: Body::Bytes(Vec::new()),
    };
    match route.protocol {
        Protocol::RestJson | Protocol::RestXml => {
            if let Some(name) = s3::root_text(operation) {
                response.body = Body::Bytes(root_text(&content, name));
                response.default_header("Content-Type", XML);
            } else if let Some(layout) = layout {
                bind(&content, layout, route.protocol, &mut response)?;
                status(&content, layout, &mut response);
            }
        }
        Protocol::Json => {
            let mut encoder = JsonEncoder::default();
            let written = match shape {
                Some(_) => {
                    content.write(&mut encoder)?;
                    encoder.finish()
                }
                None => b"{}".to_vec(),
            };
            rpc_body(&content, written, json_type(content.service), &mut response);
        }
        Protocol::RpcV2Cbor => {
            response.default_header("smithy-protocol", "rpc-v2-cbor");
            if shape.is_some() {
                let mut encoder = CborEncoder::new();
                content.write(&mut encoder)?;
                rpc_body(
                    &content,
                    encoder.finish(),
                    "application/cbor",
                    &mut response,
                );
            }
        }
        Protocol::Query => query(operation, &content, answer, &mut response)?,
        Protocol::Ec2 => ec2(operation, &content, answer, &mut response)?,
    }
    add_ids(operation.service(), answer, &mut response);
    Ok(response)
}

/// Adds the headers with the request's ids.
pub(super) fn add_ids(service: Service, answer: Answer<'_>, response: &mut Response) {
    let name = match service.signing_name() == "s3" {
        true => "x-amz-request-id",
        false => "x-amzn-RequestId",
    };
    response.default_header(name, answer.request_id);
    if let Some(host_id) = answer.host_id {
        response.default_header("x-amz-id-2", host_id);
    }
}

/// The media type of `json`.
pub(super) fn json_type(service: Service) -> &'static str {
    match service.metadata().str("jsonVersion") {
        Some("1.1") => "application/x-amz-json-1.1",
        _ => "application/x-amz-json-1.0",
    }
}

/// Puts members where a `rest` protocol has them.
pub(super) fn bind(
    content: &Content<'_>,
    layout: &Layout,
    protocol: Protocol,
    response: &mut Response,
) -> Result<(), SerializeError> {
    let notation = match protocol {
        Protocol::RestXml => Notation::Xml,
        _ => Notation::Json,
    };
    rest::bind_headers(content, layout, &mut response.headers)?;
    let (body, media_type) = rest::bind_body(content, layout, notation)?;
    if let Some(media_type) = media_type {
        response.default_header("Content-Type", media_type);
    }
    response.body = body;
    Ok(())
}

/// A document that is one element with the text of a member.
fn root_text(content: &Content<'_>, member: &str) -> Vec<u8> {
    let text = content.get(member).and_then(text::scalar);
    let mut encoder = XmlEncoder::of_response("", xml_namespace(content.service));
    encoder.leaf(content.root, &text.unwrap_or_default());
    encoder.finish()
}

/// Takes the status from the member that is it.
fn status(content: &Content<'_>, layout: &Layout, response: &mut Response) {
    let field = layout
        .fields
        .iter()
        .find(|field| field.location == awl_model::Location::StatusCode);
    let given = field.and_then(|field| content.get(field.name));
    if let Some(Value::Int(code)) = given
        && let Ok(code) = u16::try_from(*code)
        && (100..1000).contains(&code)
    {
        response.status = code;
    }
}

fn rpc_body(content: &Content<'_>, written: Vec<u8>, media_type: &str, response: &mut Response) {
    match content.events() {
        Some(name) => {
            response.default_header("Content-Type", EVENT_STREAM);
            response.body = Body::Events(name, written);
        }
        None => {
            response.default_header("Content-Type", media_type);
            response.body = Body::Bytes(written);
        }
    }
}

fn query(
    operation: Operation,
    content: &Content<'_>,
    answer: Answer<'_>,
    response: &mut Response,
) -> Result<(), SerializeError> {
    let root = format!("{}Response", operation.name());
    let mut encoder = XmlEncoder::of_response("", xml_namespace(content.service));
    encoder.open(&root);
    if let Some(shape) = content.shape {
        let wrapper = content.traits.str("resultWrapper");
        encoder.set_name(
            wrapper
                .or_else(|| shape.traits().str("resultWrapper"))
                .unwrap_or_default(),
        );
        content.write(&mut encoder)?;
    }
    encoder.open("ResponseMetadata");
    encoder.leaf("RequestId", answer.request_id);
    encoder.close("ResponseMetadata");
    encoder.close(&root);
    response.default_header("Content-Type", "text/xml");
    response.body = Body::Bytes(encoder.finish());
    Ok(())
}

fn ec2(
    operation: Operation,
    content: &Content<'_>,
    answer: Answer<'_>,
    response: &mut Response,
) -> Result<(), SerializeError> {
    let root = format!("{}Response", operation.name());
    let mut encoder = XmlEncoder::of_response("", xml_namespace(content.service));
    encoder.open(&root);
    encoder.leaf("requestId", answer.request_id);
    encoder.set_name("");
    content.write(&mut encoder)?;
    encoder.close(&root);
    response.default_header("Content-Type", "text/xml;charset=UTF-8");
    response.body = Body::Bytes(encoder.finish());
    Ok(())
}
