//! An operation of a service.

use crate::format::{NO_SHAPE, Section, operation_fields as fields};
use crate::{Node, Service, Shape};

/// An operation. `Copy`; reads in place.
#[derive(Clone, Copy)]
pub struct Operation {
    service: Service,
    index: usize,
}

impl Operation {
    pub(crate) const fn new(service: Service, index: usize) -> Self {
        Self { service, index }
    }

    fn field(self, field: usize) -> u32 {
        self.service
            .store
            .field(Section::Operations, fields::WORDS, self.index, field)
    }

    fn optional_shape(self, field: usize) -> Option<Shape> {
        let number = self.field(field);
        (number != NO_SHAPE).then(|| Shape::new(self.service, number as usize))
    }

    /// The service it is of.
    #[must_use]
    pub const fn service(self) -> Service {
        self.service
    }

    /// Its number in its service, in the order of the names on the command line.
    #[must_use]
    pub fn number(self) -> usize {
        self.index.saturating_sub(self.service.operation_base())
    }

    /// The name on the wire: `DescribeInstances`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.service.store.string(self.field(fields::NAME))
    }

    /// The name on the command line: `describe-instances`.
    #[must_use]
    pub fn cli_name(self) -> &'static str {
        self.service.store.string(self.field(fields::CLI_NAME))
    }

    /// The structure of its parameters, where it takes any.
    #[must_use]
    pub fn input(self) -> Option<Shape> {
        self.optional_shape(fields::INPUT)
    }

    /// The structure of its answer, where it has one.
    #[must_use]
    pub fn output(self) -> Option<Shape> {
        self.optional_shape(fields::OUTPUT)
    }

    /// `http.method`.
    #[must_use]
    pub fn http_method(self) -> &'static str {
        self.service.store.string(self.field(fields::METHOD))
    }

    /// `http.requestUri`, with its labels: `/{Bucket}/{Key+}?x-id=GetObject`.
    #[must_use]
    pub fn request_uri(self) -> &'static str {
        self.service.store.string(self.field(fields::URI))
    }

    /// `http.responseCode`: the status of an answer that is no error; 200 where
    /// the model says nothing.
    #[must_use]
    pub fn response_code(self) -> u16 {
        self.traits()
            .get("responseCode")
            .as_int()
            .and_then(|code| u16::try_from(code).ok())
            .unwrap_or(200)
    }

    /// The modelled exceptions that it names.
    pub fn errors(self) -> impl Iterator<Item = Shape> {
        Node::new(self.service.store, self.field(fields::ERRORS))
            .items()
            .filter_map(Node::as_int)
            .map(move |number| Shape::new(self.service, number.max(0) as usize))
    }

    /// All else that the model says of it, under the model's names: `auth`,
    /// `authtype`, `endpoint`, `endpointdiscovery`, `httpChecksum`,
    /// `requestcompression`, `staticContextParams`, `unsignedPayload`, …;
    /// `inputTraits` and `outputTraits` hold what stands beside the shapes'
    /// names in `input` and `output` (`locationName`, `xmlNamespace`,
    /// `resultWrapper`), and `responseCode` is that of `http`, unless 200.
    #[must_use]
    pub fn traits(self) -> Node {
        Node::new(self.service.store, self.field(fields::TRAITS))
    }

    /// The modelled exception for an error code: one that the operation names,
    /// else one of the service.
    #[must_use]
    pub fn error_shape(self, code: &str) -> Option<Shape> {
        self.errors()
            .find(|shape| shape.error_code() == code)
            .or_else(|| self.service.error_shape(code))
    }

    /// The member of the input that streams from the caller, if any.
    #[must_use]
    pub fn streaming_input(self) -> Option<crate::Member> {
        self.input().and_then(streaming_payload)
    }

    /// The member of the output that streams to the caller, if any.
    // Parity: botocore/model.py, OperationModel.has_streaming_output.
    #[must_use]
    pub fn streaming_output(self) -> Option<crate::Member> {
        self.output().and_then(streaming_payload)
    }

    /// The event-stream member of the input, if any.
    #[must_use]
    pub fn event_stream_input(self) -> Option<crate::Member> {
        self.input()?
            .members()
            .find(|member| member.shape().is_event_stream())
    }

    /// The event-stream member of the output, if any.
    #[must_use]
    pub fn event_stream_output(self) -> Option<crate::Member> {
        self.output()?
            .members()
            .find(|member| member.shape().is_event_stream())
    }
}

/// A payload member that is a blob streams.
fn streaming_payload(shape: Shape) -> Option<crate::Member> {
    shape
        .payload()
        .filter(|member| member.shape().kind() == crate::ShapeKind::Blob)
}

impl std::fmt::Debug for Operation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "Operation({}.{})",
            self.service.name(),
            self.name()
        )
    }
}
