//! The layout of a store, shared by the reader here and the compiler.
//!
//! All numbers are little-endian `u32` words unless said otherwise. A store is
//! a [header](HEADER_WORDS) and six sections, at the byte offsets and lengths
//! that the header gives in the order of [`Section`]:
//!
//! - *strings*: each text once, as a LEB128 length and UTF-8 bytes. A string
//!   is named by the byte offset of its length.
//! - *nodes*: JSON-like trees, equal subtrees once, as words. A node is named
//!   by a reference: the tag in the low three bits, the payload above. A
//!   container's children always stand before it, so no cycle can be written.
//! - *services*, *operations*, *shapes*, *members*: tables of records of fixed
//!   width, whose fields the `*_FIELDS` modules name by word offset.

/// The first bytes of every store.
pub const MAGIC: [u8; 4] = *b"AWLM";
/// The version of this layout; a store of another version is refused.
pub const VERSION: u32 = 1;
/// Magic, version, partitions node, offset and length of the six sections.
pub const HEADER_WORDS: usize = 3 + 2 * Section::COUNT;

/// The sections, in the order of the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Interned texts.
    Strings,
    /// Interned trees.
    Nodes,
    /// One record a service, sorted by name.
    Services,
    /// Records of all services' operations; each service's sorted by CLI name.
    Operations,
    /// Records of all services' shapes.
    Shapes,
    /// Records of all shapes' members, in model order.
    Members,
}

impl Section {
    /// How many sections there are.
    pub const COUNT: usize = 6;
}

/// Tags of node references.
pub mod tag {
    /// Null, false and true: payload 0, 1, 2.
    pub const CONSTANT: u32 = 0;
    /// A string: payload is its name.
    pub const STRING: u32 = 1;
    /// An integer: payload is the number, 29 bits signed.
    pub const SMALL: u32 = 2;
    /// An integer: payload is the index of its two words.
    pub const INTEGER: u32 = 3;
    /// A double: payload is the index of its two words.
    pub const FLOAT: u32 = 4;
    /// A list: payload is the index of its length, items' references follow.
    pub const LIST: u32 = 5;
    /// An object: payload is the index of its length, pairs of key (a string's
    /// name) and reference follow.
    pub const OBJECT: u32 = 6;
}

/// The reference of null: what an absent tree is stored as.
pub const NULL: u32 = 0;
/// "No shape" where a shape's number stands.
pub const NO_SHAPE: u32 = u32::MAX;

/// Word offsets in a record of a service.
pub mod service_fields {
    /// The folder's name in botocore, `ec2`: a string.
    pub const NAME: usize = 0;
    /// `metadata`: a node.
    pub const METADATA: usize = 1;
    /// `clientContextParams`: a node.
    pub const CLIENT_CONTEXT: usize = 2;
    /// `pagination`, with the sdk-extras merged in: a node.
    pub const PAGINATORS: usize = 3;
    /// `waiters`: a node.
    pub const WAITERS: usize = 4;
    /// The endpoint rule set: a node.
    pub const RULES: usize = 5;
    /// The first of its operations.
    pub const OPERATIONS: usize = 6;
    /// How many operations it has.
    pub const OPERATION_COUNT: usize = 7;
    /// The first of its shapes.
    pub const SHAPES: usize = 8;
    /// How many shapes it has.
    pub const SHAPE_COUNT: usize = 9;
    /// The operations' numbers sorted by wire name: a node, a list.
    pub const WIRE_ORDER: usize = 10;
    /// The API version: a string.
    pub const VERSION: usize = 11;
    /// Words a record.
    pub const WORDS: usize = 12;
}

/// Word offsets in a record of an operation.
pub mod operation_fields {
    /// The name on the wire, `DescribeInstances`: a string.
    pub const NAME: usize = 0;
    /// The name on the command line, `describe-instances`: a string.
    pub const CLI_NAME: usize = 1;
    /// The input shape's number in its service, or `NO_SHAPE`.
    pub const INPUT: usize = 2;
    /// The output shape's number in its service, or `NO_SHAPE`.
    pub const OUTPUT: usize = 3;
    /// `http.method`: a string.
    pub const METHOD: usize = 4;
    /// `http.requestUri`: a string.
    pub const URI: usize = 5;
    /// The shape numbers of `errors`: a node, a list.
    pub const ERRORS: usize = 6;
    /// All else that the model says of it: a node.
    pub const TRAITS: usize = 7;
    /// Words a record.
    pub const WORDS: usize = 8;
}

/// Word offsets in a record of a shape.
pub mod shape_fields {
    /// Its name in the model: a string.
    pub const NAME: usize = 0;
    /// All that the model says beyond type and members: a node.
    pub const TRAITS: usize = 1;
    /// The first of its members (of a list: its item; of a map: key, value).
    pub const MEMBERS: usize = 2;
    /// Count of members in the low half, kind in the byte above, then unused.
    pub const COUNT_AND_KIND: usize = 3;
    /// `flags`.
    pub const FLAGS: usize = 4;
    /// Words a record.
    pub const WORDS: usize = 5;
}

/// Word offsets in a record of a member.
pub mod member_fields {
    /// Its name: a string.
    pub const NAME: usize = 0;
    /// `locationName`, its own or its shape's, else its name: a string.
    pub const WIRE_NAME: usize = 1;
    /// What the model says at the member itself: a node.
    pub const TRAITS: usize = 2;
    /// The shape's number in its service in the low half, then a byte of
    /// location, then a byte of timestamp format.
    pub const SHAPE_AND_PLACE: usize = 3;
    /// `flags`, the shape's included.
    pub const FLAGS: usize = 4;
    /// Words a record.
    pub const WORDS: usize = 5;
}

/// Bits that shapes and members have. A member has its shape's as well.
pub mod flags {
    /// In the `required` list of the parent.
    pub const REQUIRED: u32 = 1;
    /// `streaming`.
    pub const STREAMING: u32 = 1 << 1;
    /// `flattened`.
    pub const FLATTENED: u32 = 1 << 2;
    /// `box`.
    pub const BOX: u32 = 1 << 3;
    /// `deprecated`.
    pub const DEPRECATED: u32 = 1 << 4;
    /// `idempotencyToken`.
    pub const IDEMPOTENCY_TOKEN: u32 = 1 << 5;
    /// `hostLabel`.
    pub const HOST_LABEL: u32 = 1 << 6;
    /// `eventpayload`.
    pub const EVENT_PAYLOAD: u32 = 1 << 7;
    /// `eventheader`.
    pub const EVENT_HEADER: u32 = 1 << 8;
    /// `xmlAttribute`.
    pub const XML_ATTRIBUTE: u32 = 1 << 9;
    /// `jsonvalue`.
    pub const JSON_VALUE: u32 = 1 << 10;
    /// `sensitive`.
    pub const SENSITIVE: u32 = 1 << 11;
    /// `document`.
    pub const DOCUMENT: u32 = 1 << 12;
    /// `union`.
    pub const UNION: u32 = 1 << 13;
    /// `event`.
    pub const EVENT: u32 = 1 << 14;
    /// `eventstream`.
    pub const EVENT_STREAM: u32 = 1 << 15;
    /// `wrapper`.
    pub const WRAPPER: u32 = 1 << 16;
    /// `exception`.
    pub const EXCEPTION: u32 = 1 << 17;
    /// `requiresLength`.
    pub const REQUIRES_LENGTH: u32 = 1 << 18;
    /// The member that the parent's `payload` names.
    pub const PAYLOAD: u32 = 1 << 19;
    /// It has an explicit `locationName`.
    pub const LOCATION_NAME: u32 = 1 << 20;
    /// It has a `contextParam`.
    pub const CONTEXT_PARAM: u32 = 1 << 21;
    /// `sparse`.
    pub const SPARSE: u32 = 1 << 22;

    /// The traits that are flags, by the model's name.
    pub const NAMES: [(&str, u32); 19] = [
        ("streaming", STREAMING),
        ("flattened", FLATTENED),
        ("box", BOX),
        ("deprecated", DEPRECATED),
        ("idempotencyToken", IDEMPOTENCY_TOKEN),
        ("hostLabel", HOST_LABEL),
        ("eventpayload", EVENT_PAYLOAD),
        ("eventheader", EVENT_HEADER),
        ("xmlAttribute", XML_ATTRIBUTE),
        ("jsonvalue", JSON_VALUE),
        ("sensitive", SENSITIVE),
        ("document", DOCUMENT),
        ("union", UNION),
        ("event", EVENT),
        ("eventstream", EVENT_STREAM),
        ("wrapper", WRAPPER),
        ("exception", EXCEPTION),
        ("requiresLength", REQUIRES_LENGTH),
        ("sparse", SPARSE),
    ];
}
