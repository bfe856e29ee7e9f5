//! What goes where in an HTTP message: method, path, query string, headers and
//! body, for the protocols that bind members to places (`rest`) and for those
//! that put all into the body (`rpc`).

pub(crate) mod label;
pub(crate) mod response;
pub(crate) mod rest;
pub(crate) mod rpc;
pub(crate) mod s3;
pub(crate) mod value;

use awl_model::{Location, Node, Operation, Service, Shape, ShapeKind};
use awl_value::{Map, Value};

use crate::codec::json::JsonEncoder;
use crate::codec::xml::XmlEncoder;
use crate::encode::{Encoder, Walk};
use crate::schema::{Field, Layout, Schema};
use crate::{Body, Request, SerializeError, SerializeOptions, TimestampPrecision};

pub(crate) const EVENT_STREAM: &str = "application/vnd.amazon.eventstream";
pub(crate) const JSON: &str = "application/json";
pub(crate) const XML: &str = "application/xml";

/// Which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Request,
    Response,
}

impl Direction {
    /// Whether a member stands elsewhere than in the body.
    pub(crate) const fn is_outside_body(self, field: &Field) -> bool {
        match field.location {
            Location::Header | Location::Headers => true,
            Location::Uri | Location::QueryString => matches!(self, Self::Request),
            Location::StatusCode => matches!(self, Self::Response),
            Location::Body => false,
        }
    }
}

/// What a message is made of.
pub(crate) struct Content<'a> {
    pub(crate) service: Service,
    pub(crate) direction: Direction,
    /// The structure of its members, where it has any.
    pub(crate) shape: Option<Shape>,
    /// What stands beside the structure's name at the operation.
    pub(crate) traits: Node,
    /// The root element of a response, where the model names none.
    pub(crate) root: &'static str,
    pub(crate) given: &'a Map,
    /// Idempotency tokens that were not given.
    pub(crate) tokens: Vec<(&'static str, Value)>,
    pub(crate) walk: Walk<'a>,
    pub(crate) streaming_body: bool,
}

impl<'a> Content<'a> {
    /// What a request is made of.
    pub(crate) fn of_request(
        operation: Operation,
        given: &'a Map,
        schema: &'a Schema,
        options: &mut SerializeOptions<'_>,
    ) -> Self {
        let shape = operation.input();
        let tokens = shape
            .into_iter()
            .flat_map(awl_model::Shape::members)
            .filter(|member| member.is_idempotency_token() && !given.contains_key(member.name()))
            .map(|member| {
                let token = (options.idempotency_token)();
                (member.name(), Value::String(token))
            })
            .collect();
        Self {
            service: operation.service(),
            direction: Direction::Request,
            shape,
            traits: operation.traits().get("inputTraits"),
            root: "",
            given,
            tokens,
            walk: Walk {
                schema,
                precision: options.timestamp_precision,
            },
            streaming_body: options.streaming_body,
        }
    }

    /// What a response is made of.
    pub(crate) fn of_response(operation: Operation, given: &'a Map, schema: &'a Schema) -> Self {
        let traits = operation.traits().get("outputTraits");
        let shape = operation.output();
        Self {
            root: response_root(operation, shape),
            ..Self::of_answer(operation.service(), shape, traits, given, schema)
        }
    }

    /// What an error is made of.
    pub(crate) fn of_error(shape: Shape, given: &'a Map, schema: &'a Schema) -> Self {
        let traits = shape.traits();
        Self::of_answer(shape.service(), Some(shape), traits, given, schema)
    }

    fn of_answer(
        service: Service,
        shape: Option<Shape>,
        traits: Node,
        given: &'a Map,
        schema: &'a Schema,
    ) -> Self {
        Self {
            service,
            direction: Direction::Response,
            shape,
            traits,
            root: "",
            given,
            tokens: Vec::new(),
            walk: Walk {
                schema,
                precision: TimestampPrecision::Full,
            },
            streaming_body: false,
        }
    }

    /// The parameters in order, the tokens behind them.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&str, &Value)> {
        let tokens = self.tokens.iter().map(|(name, value)| (*name, value));
        self.given.iter().chain(tokens)
    }

    /// The members that stand in the body.
    pub(crate) fn entries_in_body<'e>(
        &'e self,
        layout: &'e Layout,
    ) -> impl Iterator<Item = (&'e str, &'e Value)> {
        self.entries().filter(|(name, given)| {
            !given.is_null()
                && layout
                    .fields
                    .iter()
                    .any(|field| field.name == *name && !self.direction.is_outside_body(field))
        })
    }

    /// A parameter that is given and not null.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.entries()
            .find(|(candidate, _)| *candidate == name)
            .map(|(_, value)| value)
            .filter(|value| !value.is_null())
    }

    /// Writes the members as one structure.
    pub(crate) fn write<E: Encoder>(&self, encoder: &mut E) -> Result<(), SerializeError> {
        let Some(shape) = self.shape else {
            return Ok(());
        };
        let events = self.events();
        self.walk.structure(encoder, &Field::root(shape), || {
            self.entries().filter(|(name, _)| Some(*name) != events)
        })
    }

    /// The name of the member that is a stream of events.
    pub(crate) fn events(&self) -> Option<&'static str> {
        self.shape?
            .members()
            .find(|member| member.shape().is_event_stream())
            .map(|member| member.name())
    }

    /// An empty request with the operation's method.
    pub(crate) fn request(
        &self,
        operation: Operation,
        path: String,
    ) -> Result<Request, SerializeError> {
        let method = match operation.http_method() {
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
            host_prefix: label::host_prefix(operation, self)?,
        })
    }

    /// Whether the service's old error codes are to be sent beside its own.
    pub(crate) fn is_query_compatible(&self) -> bool {
        is_query_compatible(self.service)
    }

    /// An encoder whose root is all members. Its name and namespace stand
    /// beside the shape's name at the operation, or at the shape.
    pub(crate) fn xml_encoder(&self, shape: Shape) -> XmlEncoder {
        let name = self
            .traits
            .str("locationName")
            .or_else(|| shape.traits().str("locationName"));
        let namespace = self.traits.get("xmlNamespace");
        match self.direction {
            Direction::Request => {
                let namespace = (!namespace.is_null()).then_some(namespace);
                XmlEncoder::new(name.unwrap_or_else(|| shape.name()), namespace)
            }
            Direction::Response => {
                let name = name.unwrap_or(self.root);
                self.xml_encoder_named(name)
            }
        }
    }

    /// An encoder whose root has this name. Responses say the service's
    /// namespace at the root.
    pub(crate) fn xml_encoder_named(&self, name: &'static str) -> XmlEncoder {
        match self.direction {
            Direction::Request => XmlEncoder::new(name, None),
            Direction::Response => XmlEncoder::of_response(name, xml_namespace(self.service)),
        }
    }

    /// The media type of a body in XML, which requests do not say.
    fn xml_type(&self) -> Option<&'static str> {
        (self.direction == Direction::Response).then_some(XML)
    }

    /// The media type of a payload sent as it is.
    fn raw_type(&self, field: &Field) -> Option<&'static str> {
        let media_type = match field.kind {
            ShapeKind::Blob => "application/octet-stream",
            _ => "text/plain",
        };
        (self.direction == Direction::Response).then_some(media_type)
    }
}

/// Whether a service had the query protocol once, and speaks of errors as it
/// did then.
pub(crate) fn is_query_compatible(service: Service) -> bool {
    !service.metadata().get("awsQueryCompatible").is_null()
}

/// The name of a response's root element, where the model says none. S3 has
/// names that its model does not tell.
fn response_root(operation: Operation, shape: Option<Shape>) -> &'static str {
    let own = match operation.service().name() {
        "s3" => s3::response_root(operation.name()),
        _ => None,
    };
    own.or(shape.map(Shape::name)).unwrap_or_default()
}

/// The namespace of a service's responses: that of the service, else that of
/// its requests.
pub(crate) fn xml_namespace(service: Service) -> Option<&'static str> {
    if service.name() == "s3" {
        return Some(s3::NAMESPACE);
    }
    let uri = |node: Node| node.as_str().or_else(|| node.str("uri"));
    uri(service.metadata().get("xmlNamespace")).or_else(|| {
        service
            .operations()
            .find_map(|operation| uri(operation.traits().get("inputTraits").get("xmlNamespace")))
    })
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
