//! Shapes and their members.

use crate::format::{Section, flags, member_fields, shape_fields};
use crate::{Node, Service};

/// The type of a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShapeKind {
    /// `structure`.
    Structure,
    /// `list`.
    List,
    /// `map`.
    Map,
    /// `string` (and `character`).
    String,
    /// `integer` (and `short`, `byte`).
    Integer,
    /// `long` (and `bigInteger`).
    Long,
    /// `float`.
    Float,
    /// `double` (and `bigDecimal`).
    Double,
    /// `boolean`.
    Boolean,
    /// `timestamp`.
    Timestamp,
    /// `blob`.
    Blob,
}

impl ShapeKind {
    /// All kinds, each at the place that its number in a store names.
    pub const ALL: [Self; 11] = [
        Self::Structure,
        Self::List,
        Self::Map,
        Self::String,
        Self::Integer,
        Self::Long,
        Self::Float,
        Self::Double,
        Self::Boolean,
        Self::Timestamp,
        Self::Blob,
    ];

    /// The model's word for it; a kind that several words share gives the
    /// first.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Structure => "structure",
            Self::List => "list",
            Self::Map => "map",
            Self::String => "string",
            Self::Integer => "integer",
            Self::Long => "long",
            Self::Float => "float",
            Self::Double => "double",
            Self::Boolean => "boolean",
            Self::Timestamp => "timestamp",
            Self::Blob => "blob",
        }
    }

    /// The kind for a model's word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "character" => Some(Self::String),
            "short" | "byte" => Some(Self::Integer),
            "bigInteger" => Some(Self::Long),
            "bigDecimal" => Some(Self::Double),
            _ => Self::ALL.into_iter().find(|kind| kind.name() == word),
        }
    }
}

/// Where in an HTTP message a member stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// In the body, or nowhere in particular.
    Body,
    /// A label of the path.
    Uri,
    /// The query string.
    QueryString,
    /// One header.
    Header,
    /// Headers with a common prefix, a map.
    Headers,
    /// The status code of a response.
    StatusCode,
}

impl Location {
    /// All locations, each at the place that its number in a store names.
    pub const ALL: [Self; 6] = [
        Self::Body,
        Self::Uri,
        Self::QueryString,
        Self::Header,
        Self::Headers,
        Self::StatusCode,
    ];

    /// The location for a model's word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "uri" => Self::Uri,
            "querystring" => Self::QueryString,
            "header" => Self::Header,
            "headers" => Self::Headers,
            "statusCode" => Self::StatusCode,
            _ => return None,
        })
    }
}

/// How a timestamp is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampFormat {
    /// `1970-01-01T00:00:00Z`.
    Iso8601,
    /// `Thu, 01 Jan 1970 00:00:00 GMT`.
    Rfc822,
    /// Seconds since the epoch.
    UnixTimestamp,
}

impl TimestampFormat {
    /// All formats; a store has the place here plus one, or zero for none.
    pub const ALL: [Self; 3] = [Self::Iso8601, Self::Rfc822, Self::UnixTimestamp];

    /// The format for a model's word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "iso8601" => Self::Iso8601,
            "rfc822" => Self::Rfc822,
            "unixtimestamp" | "unixtimestampinmillis" => Self::UnixTimestamp,
            _ => return None,
        })
    }
}

/// A shape of a service. `Copy`; reads in place.
#[derive(Clone, Copy)]
pub struct Shape {
    service: Service,
    number: usize,
}

macro_rules! flag_readers {
    ($($(#[$doc:meta])* $name:ident => $flag:ident;)*) => {
        $($(#[$doc])* #[must_use] pub fn $name(self) -> bool {
            self.flags() & flags::$flag != 0
        })*
    };
}

impl Shape {
    pub(crate) const fn new(service: Service, number: usize) -> Self {
        Self { service, number }
    }

    fn field(self, field: usize) -> u32 {
        let index = self.service.shape_base().saturating_add(self.number);
        self.service
            .store
            .field(Section::Shapes, shape_fields::WORDS, index, field)
    }

    fn flags(self) -> u32 {
        self.field(shape_fields::FLAGS)
    }

    /// The service it is of.
    #[must_use]
    pub const fn service(self) -> Service {
        self.service
    }

    /// Its number in its service: the same shape has the same.
    #[must_use]
    pub const fn number(self) -> usize {
        self.number
    }

    /// Its name in the model.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.service.store.string(self.field(shape_fields::NAME))
    }

    /// Its type.
    #[must_use]
    pub fn kind(self) -> ShapeKind {
        let number = self.field(shape_fields::COUNT_AND_KIND) >> 16 & 0xff;
        *ShapeKind::ALL
            .get(number as usize)
            .unwrap_or(&ShapeKind::String)
    }

    /// All that the model says of it beyond type and members: `enum`, `min`,
    /// `max`, `error`, `xmlNamespace`, `locationName`, `required`, …
    #[must_use]
    pub fn traits(self) -> Node {
        Node::new(self.service.store, self.field(shape_fields::TRAITS))
    }

    /// The members of a structure, in the model's order.
    pub fn members(self) -> impl ExactSizeIterator<Item = Member> + DoubleEndedIterator {
        let count = if self.kind() == ShapeKind::Structure {
            self.stored_members()
        } else {
            0
        };
        (0..count).map(move |index| self.stored_member(index))
    }

    /// The member of a structure with this name. Linear.
    #[must_use]
    pub fn member(self, name: &str) -> Option<Member> {
        self.members().find(|member| member.name() == name)
    }

    /// The item of a list.
    #[must_use]
    pub fn list_member(self) -> Option<Member> {
        (self.kind() == ShapeKind::List && self.stored_members() > 0).then(|| self.stored_member(0))
    }

    /// The key of a map.
    #[must_use]
    pub fn map_key(self) -> Option<Member> {
        (self.kind() == ShapeKind::Map && self.stored_members() > 1).then(|| self.stored_member(0))
    }

    /// The value of a map.
    #[must_use]
    pub fn map_value(self) -> Option<Member> {
        (self.kind() == ShapeKind::Map && self.stored_members() > 1).then(|| self.stored_member(1))
    }

    /// The member that is the whole body, where `payload` names one.
    #[must_use]
    pub fn payload(self) -> Option<Member> {
        self.members().find(|member| member.is_payload())
    }

    /// The names that `required` lists, in its order.
    pub fn required(self) -> impl Iterator<Item = &'static str> {
        self.traits()
            .get("required")
            .items()
            .filter_map(Node::as_str)
    }

    /// The values that `enum` lists, in its order.
    pub fn enum_values(self) -> impl Iterator<Item = &'static str> {
        self.traits().get("enum").items().filter_map(Node::as_str)
    }

    /// The code that an exception has on the wire: `error.code`, else its name.
    #[must_use]
    pub fn error_code(self) -> &'static str {
        self.traits()
            .get("error")
            .str("code")
            .unwrap_or_else(|| self.name())
    }

    /// `timestampFormat` of the shape itself.
    #[must_use]
    pub fn timestamp_format(self) -> Option<TimestampFormat> {
        self.traits()
            .str("timestampFormat")
            .and_then(TimestampFormat::parse)
    }

    flag_readers! {
        /// `flattened`.
        is_flattened => FLATTENED;
        /// `document`: any JSON value.
        is_document => DOCUMENT;
        /// `union`: exactly one member is set.
        is_union => UNION;
        /// `exception`.
        is_exception => EXCEPTION;
        /// `eventstream`.
        is_event_stream => EVENT_STREAM;
        /// `event`.
        is_event => EVENT;
        /// `sensitive`: not to be logged.
        is_sensitive => SENSITIVE;
        /// `streaming`.
        is_streaming => STREAMING;
        /// `requiresLength`.
        requires_length => REQUIRES_LENGTH;
        /// `box`.
        is_boxed => BOX;
        /// `sparse`.
        is_sparse => SPARSE;
        /// `deprecated`.
        is_deprecated => DEPRECATED;
    }

    fn stored_members(self) -> usize {
        (self.field(shape_fields::COUNT_AND_KIND) & 0xffff) as usize
    }

    fn stored_member(self, index: usize) -> Member {
        Member {
            service: self.service,
            index: self.first_member().saturating_add(index),
        }
    }

    pub(crate) fn first_member(self) -> usize {
        self.field(shape_fields::MEMBERS) as usize
    }
}

/// A member of a structure, the item of a list, or the key or value of a map.
/// What its shape says holds for it too, unless it says otherwise itself, as
/// in botocore. `Copy`; reads in place.
#[derive(Clone, Copy)]
pub struct Member {
    service: Service,
    index: usize,
}

impl Member {
    fn field(self, field: usize) -> u32 {
        self.service
            .store
            .field(Section::Members, member_fields::WORDS, self.index, field)
    }

    fn flags(self) -> u32 {
        self.field(member_fields::FLAGS)
    }

    /// Its number among the members of all shapes of its service.
    #[must_use]
    pub fn number(self) -> usize {
        self.index.saturating_sub(self.service.member_base())
    }

    /// Its name in the model; empty for items, keys and values.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.service.store.string(self.field(member_fields::NAME))
    }

    /// `locationName`, its own or its shape's; else its name.
    #[must_use]
    pub fn wire_name(self) -> &'static str {
        self.service
            .store
            .string(self.field(member_fields::WIRE_NAME))
    }

    /// `locationName`, its own or its shape's, where there is one.
    #[must_use]
    pub fn location_name(self) -> Option<&'static str> {
        (self.flags() & flags::LOCATION_NAME != 0).then(|| self.wire_name())
    }

    /// Its shape.
    #[must_use]
    pub fn shape(self) -> Shape {
        Shape::new(
            self.service,
            (self.field(member_fields::SHAPE_AND_PLACE) & 0xffff) as usize,
        )
    }

    /// Where in the HTTP message it stands.
    #[must_use]
    pub fn location(self) -> Location {
        let number = self.field(member_fields::SHAPE_AND_PLACE) >> 16 & 0xff;
        *Location::ALL
            .get(number as usize)
            .unwrap_or(&Location::Body)
    }

    /// `timestampFormat`, its own or its shape's.
    #[must_use]
    pub fn timestamp_format(self) -> Option<TimestampFormat> {
        let number = (self.field(member_fields::SHAPE_AND_PLACE) >> 24) as usize;
        TimestampFormat::ALL.get(number.checked_sub(1)?).copied()
    }

    /// What the model says at the member itself (its shape's traits are at
    /// [`Shape::traits`]; [`Member::attribute`] looks at both).
    #[must_use]
    pub fn traits(self) -> Node {
        Node::new(self.service.store, self.field(member_fields::TRAITS))
    }

    /// A trait by the model's name: the member's own, else its shape's.
    #[must_use]
    pub fn attribute(self, name: &str) -> Node {
        let own = self.traits().get(name);
        if own.is_null() {
            self.shape().traits().get(name)
        } else {
            own
        }
    }

    flag_readers! {
        /// In the parent's `required`.
        is_required => REQUIRED;
        /// The parent's `payload`.
        is_payload => PAYLOAD;
        /// `streaming`.
        is_streaming => STREAMING;
        /// `flattened`.
        is_flattened => FLATTENED;
        /// `deprecated`.
        is_deprecated => DEPRECATED;
        /// `idempotencyToken`: a UUID is sent where the caller gives nothing.
        is_idempotency_token => IDEMPOTENCY_TOKEN;
        /// `hostLabel`: it takes part in the host prefix.
        is_host_label => HOST_LABEL;
        /// `eventpayload`.
        is_event_payload => EVENT_PAYLOAD;
        /// `eventheader`.
        is_event_header => EVENT_HEADER;
        /// `xmlAttribute`.
        is_xml_attribute => XML_ATTRIBUTE;
        /// `jsonvalue`: JSON text, in a header in base64.
        is_json_value => JSON_VALUE;
        /// `sensitive`: not to be logged.
        is_sensitive => SENSITIVE;
        /// It has a `contextParam`.
        has_context_param => CONTEXT_PARAM;
    }
}

impl std::fmt::Debug for Shape {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Shape({}: {})", self.name(), self.kind().name())
    }
}

impl std::fmt::Debug for Member {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Member({}: {:?})", self.name(), self.shape())
    }
}
