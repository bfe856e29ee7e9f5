//! The answer to a request that failed.

use std::borrow::Cow;

use awl_model::{Operation, Service, Shape};
use awl_value::{Map, Value};

use super::answer::{Answer, Response, add_ids, json_type};
use super::{Incoming, RequestError, Route, RouteError};
use crate::codec::cbor::CborEncoder;
use crate::codec::json::JsonEncoder;
use crate::codec::xml::XmlEncoder;
use crate::encode::Encoder;
use crate::http::rest::bind_headers;
use crate::http::{Content, is_query_compatible, s3, xml_namespace};
use crate::schema::{Field, Schema};
use crate::{Body, Protocol, SerializeError};

/// Who is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The caller.
    Sender,
    /// The service.
    Receiver,
}

/// Why a request failed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Failure {
    /// The code: `NoSuchBucket`, `AccessDenied`.
    pub code: Cow<'static, str>,
    /// The message.
    pub message: String,
    /// Who is at fault.
    pub fault: Fault,
    /// The status.
    pub status: u16,
    /// The modelled exception, where it is one.
    pub shape: Option<Shape>,
    /// Its members.
    pub members: Map,
    /// What stands in the error beside: S3's `BucketName`, `Key`, `Resource`.
    pub details: Vec<(&'static str, String)>,
    /// Headers of the answer: S3's `x-amz-bucket-region`.
    pub headers: Vec<(&'static str, String)>,
}

/// Whom an error is told: what of a request says how its answer looks.
#[derive(Clone, Copy, Debug)]
pub struct Recipient {
    protocol: Protocol,
    service: Option<Service>,
    is_head: bool,
}

impl Failure {
    /// A failure that is the sender's fault, with status 400.
    #[must_use]
    pub fn new(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            fault: Fault::Sender,
            status: 400,
            shape: None,
            members: Map::new(),
            details: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// A modelled exception with its members: code, status and fault are the
    /// model's, the message is the member that is one.
    #[must_use]
    pub fn of(shape: Shape, members: Map) -> Self {
        let traits = shape.traits();
        let error = traits.get("error");
        let status = error.get("httpStatusCode").as_int();
        let status = status.and_then(|status| u16::try_from(status).ok());
        let is_fault = traits.get("fault").as_bool() == Some(true);
        let message = ["message", "Message"]
            .into_iter()
            .find_map(|name| members.get(name)?.as_str())
            .unwrap_or_default()
            .to_owned();
        let status = status.unwrap_or_else(|| match shape.service().signing_name() {
            "s3" => s3::status_of(shape.error_code()),
            _ if is_fault => 500,
            _ => 400,
        });
        Self {
            status,
            fault: match is_fault || status >= 500 {
                true => Fault::Receiver,
                false => Fault::Sender,
            },
            shape: Some(shape),
            members,
            ..Self::new(shape.error_code(), message)
        }
    }

    /// A failure that the operation's model has under this code, or else one
    /// with nothing but code and message.
    #[must_use]
    pub fn named(
        operation: Operation,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        let (code, message) = (code.into(), message.into());
        let Some(shape) = operation.error_shape(&code) else {
            let status = match operation.service().signing_name() {
                "s3" => s3::status_of(&code),
                _ => 400,
            };
            return Self::new(code, message).with_status(status);
        };
        let mut members = Map::new();
        let mut fields = shape.members();
        if let Some(field) = fields.find(|it| it.name().eq_ignore_ascii_case("message")) {
            members.push(field.name(), Value::from(&*message));
        }
        Self {
            message,
            ..Self::of(shape, members)
        }
    }

    /// The failure of a request that leads nowhere, as a service says it that
    /// speaks this protocol.
    #[must_use]
    pub fn of_route(error: &RouteError, protocol: Protocol) -> Self {
        let message = error.to_string();
        match (error, protocol) {
            (RouteError::MethodNotAllowed(_), Protocol::RestXml) => Self::new(
                "MethodNotAllowed",
                "The specified method is not allowed against this resource.",
            )
            .with_status(405),
            (RouteError::MethodNotAllowed(_), _) => {
                Self::new("UnsupportedOperationException", message).with_status(405)
            }
            (RouteError::Unnamed, Protocol::Query | Protocol::Ec2) => {
                Self::new("MissingAction", message)
            }
            (RouteError::UnknownOperation(_), Protocol::Query | Protocol::Ec2) => {
                Self::new("InvalidAction", message)
            }
            (_, Protocol::Json | Protocol::RpcV2Cbor) => {
                Self::new("UnknownOperationException", message)
            }
            _ => Self::new("UnknownOperationException", message).with_status(404),
        }
    }

    /// The failure of a request that cannot be read, as a service says it that
    /// speaks this protocol.
    #[must_use]
    pub fn of_request(error: &RequestError, recipient: Recipient) -> Self {
        let code = match recipient.protocol {
            Protocol::Ec2 => "InvalidParameterValue",
            Protocol::Query => "MalformedInput",
            Protocol::RestXml if recipient.is_s3() => "MalformedXML",
            Protocol::RestXml => "InvalidInput",
            Protocol::Json | Protocol::RestJson | Protocol::RpcV2Cbor => "SerializationException",
        };
        Self::new(code, error.to_string())
    }

    /// The same with another status; from 500 on the service is at fault.
    #[must_use]
    pub const fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self.fault = if status >= 500 {
            Fault::Receiver
        } else {
            Fault::Sender
        };
        self
    }

    /// The same with something more to tell.
    #[must_use]
    pub fn with_detail(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.details.push((name, value.into()));
        self
    }

    /// The same with a header.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl Recipient {
    /// Whoever sent a request that came this far.
    #[must_use]
    pub fn of(route: &Route) -> Self {
        Self {
            protocol: route.protocol,
            service: Some(route.operation.service()),
            is_head: route.operation.http_method() == "HEAD",
        }
    }

    /// Whoever sent a request that leads nowhere: what it looks like is taken
    /// for its protocol. `service` is the one that it was probably for.
    #[must_use]
    pub fn guess(request: &Incoming<'_>, service: Option<Service>) -> Self {
        let own = service.and_then(|service| Protocol::parse(service.protocol()));
        let protocol = if request.headers.get("x-amz-target").is_some() {
            Protocol::Json
        } else if super::router::rpc_path(request.path).is_some() {
            Protocol::RpcV2Cbor
        } else if super::router::action(request).is_some() {
            own.filter(|own| *own == Protocol::Ec2)
                .unwrap_or(Protocol::Query)
        } else {
            own.unwrap_or(match &*request.media_type() {
                "application/xml" | "text/xml" => Protocol::RestXml,
                "application/x-www-form-urlencoded" => Protocol::Query,
                _ => Protocol::RestJson,
            })
        };
        Self {
            protocol,
            service,
            is_head: request.method == "HEAD",
        }
    }

    /// The protocol that the answer has to speak.
    #[must_use]
    pub const fn protocol(&self) -> Protocol {
        self.protocol
    }

    fn is_s3(&self) -> bool {
        self.service.is_some_and(|service| service.name() == "s3")
    }
}

impl From<&Route> for Recipient {
    fn from(route: &Route) -> Self {
        Self::of(route)
    }
}

/// Makes the answer to a request that failed. Members that do not fit the model
/// are left out rather than the error.
#[must_use]
pub fn serialize_error(
    recipient: impl Into<Recipient>,
    failure: &Failure,
    answer: Answer<'_>,
) -> Response {
    let recipient = recipient.into();
    write(recipient, failure, answer).unwrap_or_else(|_| {
        let bare = Failure {
            shape: None,
            members: Map::new(),
            ..failure.clone()
        };
        // Without members there is nothing that could fail.
        write(recipient, &bare, answer).unwrap_or(Response {
            status: failure.status,
            headers: Vec::new(),
            body: Body::Bytes(Vec::new()),
        })
    })
}

fn write(
    recipient: Recipient,
    failure: &Failure,
    answer: Answer<'_>,
) -> Result<Response, SerializeError> {
    let mut response = Response {
        status: failure.status,
        headers: Vec::new(),
        body: Body::Bytes(Vec::new()),
    };
    let nothing = Map::new();
    let schema = failure.shape.map(|shape| Schema::new(shape.service()));
    let content = match (&schema, failure.shape) {
        (Some(schema), Some(shape)) => Some(Content::of_error(shape, &failure.members, schema)),
        _ => None,
    };
    let members = Members {
        failure,
        content: content.as_ref(),
        given: content.as_ref().map_or(&nothing, |content| content.given),
    };
    if let Some(service) = recipient.service {
        add_ids(service, answer, &mut response);
    }
    for (name, value) in &failure.headers {
        response.default_header(name, value);
    }
    match recipient.protocol {
        Protocol::Json => {
            query_error(recipient, failure, &mut response);
            let media_type = recipient
                .service
                .map_or("application/x-amz-json-1.1", json_type);
            response.default_header("Content-Type", media_type);
            response.body = Body::Bytes(members.json(true)?);
        }
        Protocol::RpcV2Cbor => {
            query_error(recipient, failure, &mut response);
            response.default_header("smithy-protocol", "rpc-v2-cbor");
            response.default_header("Content-Type", "application/cbor");
            response.body = Body::Bytes(members.cbor()?);
        }
        Protocol::RestJson => {
            // Some models have a member for this header; it has one value.
            response.default_header("x-amzn-ErrorType", members.type_name());
            members.bind_headers(&mut response)?;
            response.default_header("Content-Type", "application/json");
            response.body = Body::Bytes(members.json(false)?);
        }
        Protocol::RestXml => {
            members.bind_headers(&mut response)?;
            response.default_header("Content-Type", "application/xml");
            response.body = Body::Bytes(members.xml(recipient, answer)?);
        }
        Protocol::Query | Protocol::Ec2 => {
            let media_type = match recipient.protocol {
                Protocol::Ec2 => "text/xml;charset=UTF-8",
                _ => "text/xml",
            };
            response.default_header("Content-Type", media_type);
            response.body = Body::Bytes(members.xml(recipient, answer)?);
        }
    }
    if recipient.is_head {
        response.body = Body::Bytes(Vec::new());
    }
    Ok(response)
}

/// Adds the code that the service had in the query protocol.
fn query_error(recipient: Recipient, failure: &Failure, response: &mut Response) {
    if recipient.service.is_some_and(is_query_compatible) {
        let fault = match failure.fault {
            Fault::Sender => "Sender",
            Fault::Receiver => "Receiver",
        };
        response.default_header("x-amzn-query-error", &format!("{};{fault}", failure.code));
    }
}

/// The members of an error, to be written with code and message.
struct Members<'a> {
    failure: &'a Failure,
    content: Option<&'a Content<'a>>,
    given: &'a Map,
}

impl Members<'_> {
    /// The name of the error: the exception's own where the code is that of the
    /// query protocol.
    fn type_name(&self) -> &str {
        match self.failure.shape {
            Some(shape) if is_query_compatible(shape.service()) => shape.name(),
            _ => &self.failure.code,
        }
    }

    /// Whether a member is the message, or repeats what the protocol says.
    fn is_message(name: &str) -> bool {
        name.eq_ignore_ascii_case("message")
    }

    fn has_message(&self) -> bool {
        self.given.keys().any(Self::is_message)
    }

    fn bind_headers(&self, response: &mut Response) -> Result<(), SerializeError> {
        if let (Some(content), Some(shape)) = (self.content, self.failure.shape) {
            let layout = content.walk.schema.layout(shape);
            let mut headers = Vec::new();
            bind_headers(content, layout, &mut headers)?;
            headers.retain(|(name, _)| response.header(name).is_none());
            response.headers.append(&mut headers);
        }
        Ok(())
    }

    fn json(&self, says_type: bool) -> Result<Vec<u8>, SerializeError> {
        let mut encoder = JsonEncoder::default();
        self.structure(&mut encoder, says_type)?;
        Ok(encoder.finish())
    }

    fn cbor(&self) -> Result<Vec<u8>, SerializeError> {
        let mut encoder = CborEncoder::new();
        self.structure(&mut encoder, true)?;
        Ok(encoder.finish())
    }

    /// Writes a structure of type, message and members.
    fn structure<E: Encoder>(
        &self,
        encoder: &mut E,
        says_type: bool,
    ) -> Result<(), SerializeError> {
        let mut extras: Vec<(&'static str, &str)> = Vec::new();
        if says_type {
            extras.push(("__type", self.type_name()));
        }
        if !self.has_message() {
            extras.push(("message", &self.failure.message));
        }
        for (name, value) in &self.failure.details {
            extras.push((name, value));
        }
        match (self.content, self.failure.shape) {
            (Some(content), Some(shape)) => {
                let field = Field::root(shape);
                let layout = content.walk.schema.layout(shape);
                content
                    .walk
                    .structure_with(encoder, &field, &extras, || content.entries_in_body(layout))
            }
            _ => {
                encoder.extras(&extras);
                Ok(())
            }
        }
    }

    fn xml(&self, recipient: Recipient, answer: Answer<'_>) -> Result<Vec<u8>, SerializeError> {
        let bare = recipient.is_s3();
        let is_ec2 = recipient.protocol == Protocol::Ec2;
        let namespace = match bare || is_ec2 {
            true => None,
            false => recipient.service.and_then(xml_namespace),
        };
        let mut encoder = XmlEncoder::of_response("", namespace);
        let around: &[&str] = match (bare, is_ec2) {
            (true, _) => &[],
            (_, true) => &["Response", "Errors"],
            _ => &["ErrorResponse"],
        };
        for name in around {
            encoder.open(name);
        }
        encoder.open("Error");
        if !bare && !is_ec2 {
            encoder.leaf(
                "Type",
                match self.failure.fault {
                    Fault::Sender => "Sender",
                    Fault::Receiver => "Receiver",
                },
            );
        }
        encoder.leaf("Code", &self.failure.code);
        // Some models spell it otherwise, which clients do not look for.
        if !self.given.contains_key("Message") {
            encoder.leaf("Message", &self.failure.message);
        }
        if let (Some(content), Some(shape)) = (self.content, self.failure.shape) {
            let layout = content.walk.schema.layout(shape);
            encoder.set_name("");
            let root = Field::root(shape);
            let entries = || content.entries_in_body(layout);
            content.walk.structure(&mut encoder, &root, entries)?;
        }
        for (name, value) in &self.failure.details {
            encoder.leaf(name, value);
        }
        if bare {
            encoder.leaf("RequestId", answer.request_id);
            encoder.leaf("HostId", answer.host_id.unwrap_or_default());
        }
        encoder.close("Error");
        match (bare, is_ec2) {
            (true, _) => {}
            (_, true) => {
                encoder.close("Errors");
                encoder.leaf("RequestID", answer.request_id);
                encoder.close("Response");
            }
            _ => {
                encoder.leaf("RequestId", answer.request_id);
                encoder.close("ErrorResponse");
            }
        }
        Ok(encoder.finish())
    }
}
