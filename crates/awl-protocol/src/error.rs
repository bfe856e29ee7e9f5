//! An error response: code, message, and what the model says of it.

use awl_model::{Operation, Shape};
use awl_value::{Map, Value, json, python};

use crate::codec::cbor::CborDecoder;
use crate::codec::xml::XmlDecoder;
use crate::decode::{Decoder as _, MAX_DEPTH, Walk};
use crate::http::response::{self, Message, utf8};
use crate::request_id::header_request_id;
use crate::schema::{Field, Schema};
use crate::{Headers, ParseError, ParseOptions, Protocol, text};

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
    let message = Message {
        status,
        headers,
        body,
    };
    let mut error = if is_generic(message) {
        from_status(message)
    } else {
        match protocol {
            Protocol::Json | Protocol::RestJson => json(protocol, message)?,
            Protocol::RpcV2Cbor => cbor(message)?,
            Protocol::RestXml => rest_xml(message),
            Protocol::Query | Protocol::Ec2 => query(message)?,
        }
    };
    if error.request_id.is_none() {
        error.request_id = header_request_id(headers).map(str::to_owned);
    }
    if error.host_id.is_none() {
        error.host_id = headers.get("x-amz-id-2").map(str::to_owned);
    }
    error.describe();
    if let Some(shape) = operation.error_shape(&error.code) {
        // What does not fit the model leaves code and message as they are.
        error.members = members(shape, protocol, message, options).unwrap_or_default();
        error.shape = Some(shape);
    }
    Ok(error)
}

impl ServiceError {
    /// An error with these two, and nothing else known.
    pub(crate) fn new(code: Value, message: Value) -> Self {
        let mut error = Map::with_capacity(2);
        error.push("Message", message);
        error.push("Code", code);
        Self {
            error,
            ..Self::default()
        }
    }

    /// Fills in the fields that repeat what stands in `error`.
    pub(crate) fn describe(&mut self) {
        let text = |name: &str| {
            self.error
                .get(name)
                .and_then(text::scalar)
                .map(std::borrow::Cow::into_owned)
        };
        let (code, message, kind) = (text("Code"), text("Message"), text("Type"));
        self.code = code.unwrap_or_default();
        self.message = message.unwrap_or_default();
        self.kind = kind;
    }
}

/// A proxy's page, or nothing at all: not even a header that names an error.
// Parity: botocore/parsers.py, ResponseParser._is_generic_error_response.
fn is_generic(message: Message<'_>) -> bool {
    let body = message.body.trim_ascii();
    message.status >= 500
        && (body.is_empty() || body.starts_with(b"<html>"))
        && message.headers.get("x-amzn-errortype").is_none()
}

fn from_status(message: Message<'_>) -> ServiceError {
    let mut error = Map::with_capacity(2);
    error.push("Code", Value::String(message.status.to_string()));
    error.push("Message", Value::from(reason(message.status)));
    ServiceError {
        error,
        ..ServiceError::default()
    }
}

// Parity: botocore/parsers.py, BaseJSONParser._do_error_parse and
// RestJSONParser._inject_error_code. Where a body of `json` names no code, the
// places in which `rest-json` has it are looked at too, before the status.
fn json(protocol: Protocol, message: Message<'_>) -> Result<ServiceError, ParseError> {
    let text = utf8(message.body)?;
    let body = match json::parse(text) {
        Ok(Value::Map(body)) => body,
        Ok(other) => {
            let kind = python::type_name(&other);
            let words = format!("'{kind}' object has no attribute 'get'");
            return Err(ParseError::Python(words));
        }
        Err(_) if text.is_empty() => Map::new(),
        Err(_) => Map::from_iter([("message".into(), Value::from(text))]),
    };
    let words = body.get("message").or_else(|| body.get("Message"));
    let words = words.cloned().unwrap_or_else(|| Value::from(""));
    let header = message.headers.get("x-amzn-errortype");
    let in_body = || body.get("code").or_else(|| body.get("Code")).cloned();
    let code = match body.get("__type") {
        Some(Value::String(code)) => code.clone(),
        _ => match header {
            Some(code) => code.to_owned(),
            None => match in_body() {
                Some(Value::String(code)) => code,
                _ => message.status.to_string(),
            },
        },
    };
    let own = short_code(&code).to_owned();
    let mut error = ServiceError::new(Value::from(own.as_str()), words);
    if let Some((code, fault)) = query_error(message.headers) {
        error.error.insert("Code", Value::from(short_code(code)));
        error.error.insert("Type", Value::from(fault));
        error.query_error_code = Some(own);
    }
    if protocol == Protocol::RestJson {
        match header.map(Value::from).or_else(in_body) {
            Some(Value::String(code)) => {
                error.error.insert("Code", Value::from(short_code(&code)));
            }
            Some(Value::Null) | None => {}
            Some(code) => {
                error.error.insert("Code", code);
            }
        }
    }
    Ok(error)
}

// Parity: botocore/parsers.py, RpcV2CBORParser._do_error_parse.
fn cbor(message: Message<'_>) -> Result<ServiceError, ParseError> {
    let body = if message.body.is_empty() {
        Map::new()
    } else {
        match CborDecoder::new(message.body).document()? {
            Value::Map(body) => body,
            _ => Map::new(),
        }
    };
    let words = body.get("message").or_else(|| body.get("Message"));
    let words = words.cloned().unwrap_or_else(|| Value::from(""));
    let own = match body.get("__type").and_then(Value::as_str) {
        Some(code) => short_code(code).to_owned(),
        None => message.status.to_string(),
    };
    let mut error = ServiceError::new(Value::from(own.as_str()), words);
    if let Some((code, fault)) = query_error(message.headers) {
        error.error.insert("Code", Value::from(code));
        error
            .error
            .insert("QueryErrorCode", Value::from(own.as_str()));
        error.error.insert("Type", Value::from(fault));
        error.query_error_code = Some(own);
    }
    Ok(error)
}

// Parity: botocore/parsers.py, QueryParser._do_error_parse, EC2QueryParser.
fn query(message: Message<'_>) -> Result<ServiceError, ParseError> {
    let (_, mut parsed) = xml_tree(message.body)?;
    if let Some(Value::Map(errors)) = parsed.remove("Errors") {
        for (key, value) in errors {
            parsed.insert(key, value);
        }
    }
    let request_id = parsed
        .remove("RequestId")
        .or_else(|| parsed.remove("RequestID"));
    let error = match parsed.remove("Error") {
        Some(Value::Map(error)) => error,
        _ => Map::new(),
    };
    Ok(ServiceError {
        error,
        extras: parsed,
        request_id: string(request_id),
        ..ServiceError::default()
    })
}

// Parity: botocore/parsers.py, RestXMLParser._do_error_parse. The root of S3's
// errors is `Error`; other services have it below.
fn rest_xml(message: Message<'_>) -> ServiceError {
    if message.body.is_empty() {
        return from_status(message);
    }
    let Ok((root, mut parsed)) = xml_tree(message.body) else {
        return from_status(message);
    };
    let request_id = string(parsed.remove("RequestId"));
    if root == "Error" {
        let host_id = string(parsed.remove("HostId"));
        return ServiceError {
            error: parsed,
            request_id: header_request_id(message.headers)
                .map(str::to_owned)
                .or(request_id),
            host_id: message
                .headers
                .get("x-amz-id-2")
                .map(str::to_owned)
                .or(host_id),
            ..ServiceError::default()
        };
    }
    let mut error = ServiceError::new(Value::from(""), Value::from(""));
    if let Some(Value::Map(named)) = parsed.remove("Error") {
        for (key, value) in named {
            error.error.insert(key, value);
        }
    }
    error.extras = parsed;
    error.request_id = request_id;
    error
}

/// The root's name and its children as text and maps.
fn xml_tree(body: &[u8]) -> Result<(String, Map), ParseError> {
    let mut decoder = XmlDecoder::of_bytes(body)?;
    let root = decoder.name();
    let tree = decoder.untyped(MAX_DEPTH)?;
    decoder.finish()?;
    match tree {
        Value::Map(tree) => Ok((root, tree)),
        _ => Ok((root, Map::new())),
    }
}

/// The members of a modelled exception.
// Parity: botocore/parsers.py, _do_modeled_error_parse and _get_error_root.
fn members(
    shape: Shape,
    protocol: Protocol,
    message: Message<'_>,
    options: &ParseOptions<'_>,
) -> Result<Map, ParseError> {
    let schema = Schema::new(shape.service());
    let mut walk = Walk::new(&schema, *options, protocol);
    let root = Field::root(shape);
    match protocol {
        Protocol::RestJson | Protocol::RestXml => {
            response::rest(&mut walk, &root, shape.traits(), protocol, message)
        }
        _ => response::read_body(
            &mut walk,
            &root,
            schema.layout(shape),
            protocol,
            message.body,
        ),
    }
}

/// `com.amazonaws#NotFound:http://…` without what is around the name.
fn short_code(code: &str) -> &str {
    let code = code.split_once(':').map_or(code, |(code, _)| code);
    code.rsplit_once('#').map_or(code, |(_, code)| code)
}

/// The code and the fault that the service had in the query protocol.
fn query_error(headers: &Headers) -> Option<(&str, &str)> {
    let (code, fault) = headers.get("x-amzn-query-error")?.split_once(';')?;
    (!code.is_empty() && !fault.contains(';')).then_some((code, fault))
}

fn string(value: Option<Value>) -> Option<String> {
    match value {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

/// The words of a status, as Python's `http.client` has them.
pub(crate) fn reason(status: u16) -> &'static str {
    match status {
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        305 => "Use Proxy",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length Required",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        414 => "URI Too Long",
        415 => "Unsupported Media Type",
        416 => "Range Not Satisfiable",
        417 => "Expectation Failed",
        418 => "I'm a Teapot",
        421 => "Misdirected Request",
        422 => "Unprocessable Content",
        423 => "Locked",
        424 => "Failed Dependency",
        425 => "Too Early",
        426 => "Upgrade Required",
        428 => "Precondition Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        451 => "Unavailable For Legal Reasons",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        506 => "Variant Also Negotiates",
        507 => "Insufficient Storage",
        508 => "Loop Detected",
        510 => "Not Extended",
        511 => "Network Authentication Required",
        _ => "",
    }
}
