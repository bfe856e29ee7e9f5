//! What codecs ask of a model, resolved once for each shape that a call meets:
//! reading it from the store again for each of ten thousand items would cost
//! more than parsing them.

use std::cell::{Cell, OnceCell};

use awl_model::{Location, Member, Node, Service, Shape, ShapeKind, TimestampFormat};

/// The layouts of a service's shapes, each made when it is first needed.
pub(crate) struct Schema {
    layouts: Vec<OnceCell<Box<Layout>>>,
    missing: OnceCell<Box<Layout>>,
}

/// A shape with its members (a list's item, a map's key and value).
pub(crate) struct Layout {
    pub(crate) shape: Shape,
    pub(crate) fields: Vec<Field>,
    pub(crate) is_union: bool,
    pub(crate) is_document: bool,
    /// Whether a member is an XML attribute.
    pub(crate) has_attributes: bool,
    /// Pairs of members whose elements in XML have one name: a list and the
    /// single item that it once was.
    pub(crate) twins: Vec<(usize, usize)>,
    /// Whether each member of a structure stands in one place.
    pub(crate) is_contiguous: bool,
    /// How many entries the map read last had: those of a list are alike.
    pub(crate) entries: Cell<usize>,
    /// For each member, the one that followed it last time: answers list the
    /// members of every item in the same order. The last entry is for the
    /// start.
    next: Vec<Cell<u16>>,
}

/// A place that a value can stand at: a member, an item, a key, a value, or
/// the root of a message.
#[derive(Clone)]
pub(crate) struct Field {
    /// The member's name in the model; empty for others.
    pub(crate) name: &'static str,
    /// `locationName`, where there is one.
    pub(crate) location_name: Option<&'static str>,
    /// The name of its elements in XML.
    pub(crate) xml_name: &'static str,
    /// Another name that its elements may have.
    pub(crate) xml_alias: Option<&'static str>,
    pub(crate) shape: Shape,
    pub(crate) member: Option<Member>,
    pub(crate) kind: ShapeKind,
    pub(crate) location: Location,
    pub(crate) timestamp_format: Option<TimestampFormat>,
    pub(crate) flattened: bool,
    pub(crate) attribute: bool,
    pub(crate) json_value: bool,
    pub(crate) event_header: bool,
}

impl Schema {
    /// No layouts yet.
    pub(crate) fn new(service: Service) -> Self {
        let mut layouts = Vec::new();
        layouts.resize_with(service.shape_count(), OnceCell::new);
        Self {
            layouts,
            missing: OnceCell::new(),
        }
    }

    /// The layout of a shape.
    pub(crate) fn layout(&self, shape: Shape) -> &Layout {
        self.layouts
            .get(shape.number())
            .unwrap_or(&self.missing)
            .get_or_init(|| Box::new(Layout::new(shape)))
    }
}

impl Layout {
    fn new(shape: Shape) -> Self {
        let fields: Vec<Field> = match shape.kind() {
            ShapeKind::Structure => shape.members().map(Field::of).collect(),
            ShapeKind::List => shape.list_member().map(Field::of).into_iter().collect(),
            ShapeKind::Map => [shape.map_key(), shape.map_value()]
                .into_iter()
                .flatten()
                .map(Field::of)
                .collect(),
            _ => Vec::new(),
        };
        let twins = twins(&fields);
        Self {
            shape,
            is_union: shape.is_union(),
            is_document: shape.is_document(),
            has_attributes: fields.iter().any(|field| field.attribute),
            is_contiguous: twins.is_empty()
                && !shape.is_document()
                && !fields.iter().any(|field| field.flattened),
            twins,
            entries: Cell::new(0),
            next: vec![Cell::new(0); fields.len() + 1],
            fields,
        }
    }

    /// The member that `matches` accepts, tried first at the place where it
    /// stood last time after `previous`.
    pub(crate) fn find(
        &self,
        previous: Option<usize>,
        matches: impl Fn(&Field) -> bool,
    ) -> Option<usize> {
        let slot = self.next.get(previous.unwrap_or(self.fields.len()))?;
        let guess = usize::from(slot.get());
        if self.fields.get(guess).is_some_and(&matches) {
            return Some(guess);
        }
        let index = self.fields.iter().position(matches)?;
        slot.set(u16::try_from(index).unwrap_or(0));
        Some(index)
    }

    /// The member that is the whole body: the shape names it, or what stands
    /// beside the shape's name at the operation.
    pub(crate) fn payload(&self, traits: Node) -> Option<&Field> {
        let name = traits.str("payload");
        self.fields.iter().find(|field| match name {
            Some(name) => field.name == name,
            None => field.member.is_some_and(Member::is_payload),
        })
    }

    /// The item of a list, or the key of a map.
    pub(crate) fn first(&self) -> Option<&Field> {
        self.fields.first()
    }

    /// The value of a map.
    pub(crate) fn second(&self) -> Option<&Field> {
        self.fields.get(1)
    }
}

impl Field {
    /// The place of a member.
    pub(crate) fn of(member: Member) -> Self {
        let shape = member.shape();
        let kind = shape.kind();
        let flattened = member.is_flattened() && matches!(kind, ShapeKind::List | ShapeKind::Map);
        let location_name = member.location_name();
        // Parity: botocore/parsers.py, BaseXMLResponseParser._member_key_name.
        let item_name = (flattened && kind == ShapeKind::List)
            .then(|| shape.list_member()?.location_name())
            .flatten();
        Self {
            name: member.name(),
            location_name,
            xml_name: item_name.unwrap_or_else(|| member.wire_name()),
            // Items have botocore's name for them above, or the one that the
            // protocol gives them.
            xml_alias: item_name.map(|_| member.wire_name()),
            shape,
            member: Some(member),
            kind,
            location: member.location(),
            timestamp_format: member.timestamp_format(),
            flattened,
            attribute: member.is_xml_attribute(),
            json_value: member.is_json_value(),
            event_header: member.is_event_header(),
        }
    }

    /// The place of a whole message.
    pub(crate) fn root(shape: Shape) -> Self {
        let location_name = shape.traits().str("locationName");
        Self {
            name: "",
            location_name,
            xml_name: location_name.unwrap_or_else(|| shape.name()),
            xml_alias: None,
            shape,
            member: None,
            kind: shape.kind(),
            location: Location::Body,
            timestamp_format: shape.timestamp_format(),
            flattened: false,
            attribute: false,
            json_value: false,
            event_header: false,
        }
    }

    /// `locationName`, else the name.
    pub(crate) fn wire_name(&self) -> &'static str {
        self.location_name.unwrap_or(self.name)
    }

    /// A trait of the member, else of its shape.
    pub(crate) fn attribute(&self, name: &str) -> Node {
        self.member.map_or_else(
            || self.shape.traits().get(name),
            |member| member.attribute(name),
        )
    }

    /// Whether the member stands elsewhere than in the body of a response.
    // Parity: botocore/parsers.py, ResponseParser.KNOWN_LOCATIONS.
    pub(crate) const fn is_outside_response_body(&self) -> bool {
        matches!(
            self.location,
            Location::Header | Location::Headers | Location::StatusCode
        ) || self.event_header
    }
}

/// Pairs of members that share a name in XML: a flattened list, which takes its
/// item's, and a member that is none.
fn twins(fields: &[Field]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for (index, list) in fields.iter().enumerate().filter(|(_, one)| one.flattened) {
        for (other, field) in fields.iter().enumerate() {
            if !field.flattened && field.xml_name == list.xml_name {
                pairs.extend([(index, other), (other, index)]);
            }
        }
    }
    pairs
}
