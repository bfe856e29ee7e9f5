//! AWS's own codecs, driven by schemas made of the models: they read the bodies
//! that ours write, and ours read the forms that theirs write. EC2's forms are
//! the one notation that they lack.

use awl_model::{Location, Member, Operation, Shape, ShapeKind, TimestampFormat};
use awl_protocol::Protocol;
use awl_protocol::server::{Incoming, Router, parse_request};
use awl_value::{Map, Timestamp, Value};
use aws_smithy_cbor::codec::CborCodec;
use aws_smithy_json::codec::{JsonCodec, JsonCodecSettings};
use aws_smithy_query::codec::QueryShapeSerializer;
use aws_smithy_schema::codec::{Codec, FinishSerializer};
use aws_smithy_schema::serde::{
    SerdeError, SerializableStruct, ShapeDeserializer, ShapeSerializer,
};
use aws_smithy_schema::traits::TimestampFormat as Format;
use aws_smithy_schema::{Schema, ShapeId, ShapeType};
use aws_smithy_types::{Blob, DateTime, Document, Number};
use aws_smithy_xml::codec::{XmlCodec, XmlCodecSettings};

/// A place of a value, with the schemas that their codecs go by. They know only
/// what the value has: a schema cannot hold itself.
struct Node {
    name: &'static str,
    shape: Shape,
    /// As a member of its parent.
    member: &'static Schema<'static>,
    /// As an item, which has no name.
    item: &'static Schema<'static>,
    /// Members, the item of a list, the value of a map.
    children: Vec<Node>,
}

const ID: ShapeId<'static> = ShapeId::from_parts("awl#Shape", "awl", "Shape");

fn kept(schema: Schema<'static>) -> &'static Schema<'static> {
    Box::leak(Box::new(schema))
}

/// Which names elements have.
#[derive(Clone, Copy)]
pub(crate) struct Names {
    /// Whether lists without an element of their own are named as their items.
    pub(crate) of_items: bool,
}

impl Node {
    fn root(shape: Shape, names: Names, samples: &[&Value]) -> Self {
        Self::new("", shape, None, 0, names, samples)
    }

    fn new(
        name: &'static str,
        shape: Shape,
        member: Option<Member>,
        index: usize,
        names: Names,
        samples: &[&Value],
    ) -> Self {
        let kind = shape_type(shape);
        let own_name = member.map_or("", |member| match wire_name(member, names) {
            "" => name,
            wire_name => wire_name,
        });
        let mut own = Schema::new_member(ID, kind, own_name, index);
        let mut item = Schema::new(ID, kind);
        let mut children = Vec::new();
        match shape.kind() {
            ShapeKind::Structure if !shape.is_document() => {
                for (index, (member, samples)) in members_of(shape, samples).enumerate() {
                    let (name, shape) = (member.name(), member.shape());
                    let child = Self::new(name, shape, Some(member), index, names, &samples);
                    children.push(child);
                }
                let members: Vec<_> = children.iter().map(|child| child.member).collect();
                item = Schema::new_struct(ID, kind, Vec::leak(members));
            }
            ShapeKind::List => {
                let items: Vec<&Value> = samples
                    .iter()
                    .filter_map(|value| value.as_list())
                    .flatten()
                    .collect();
                let member = shape.list_member().unwrap();
                let child = Self::new("member", member.shape(), Some(member), 0, names, &items);
                own = own.with_list_member(child.member);
                item = item.with_list_member(child.member);
                children.push(child);
            }
            ShapeKind::Map => {
                let items: Vec<&Value> = samples
                    .iter()
                    .filter_map(|value| value.as_map())
                    .flat_map(Map::values)
                    .collect();
                let (key, value) = (shape.map_key().unwrap(), shape.map_value().unwrap());
                let key = Self::new("key", key.shape(), Some(key), 0, names, &[]);
                let child = Self::new("value", value.shape(), Some(value), 1, names, &items);
                own = own.with_map_members(key.member, child.member);
                item = item.with_map_members(key.member, child.member);
                children.extend([child, key]);
            }
            _ => {}
        }
        if let Some(member) = member {
            let aggregate = matches!(shape.kind(), ShapeKind::List | ShapeKind::Map);
            if member.is_flattened() && aggregate {
                own = own.with_xml_flattened();
            }
            if let Some(format) = member.timestamp_format() {
                own = own.with_timestamp_format(smithy_format(format));
                item = item.with_timestamp_format(smithy_format(format));
            }
        }
        Self {
            name,
            shape,
            member: kept(own),
            item: kept(item),
            children,
        }
    }
}

/// The members that any of these structures has, each with its values.
fn members_of<'v>(
    shape: Shape,
    samples: &[&'v Value],
) -> impl Iterator<Item = (Member, Vec<&'v Value>)> {
    shape.members().filter_map(|member| {
        let values: Vec<&Value> = samples
            .iter()
            .filter_map(|sample| sample.get(member.name()))
            .collect();
        (!values.is_empty()).then_some((member, values))
    })
}

fn wire_name(member: Member, names: Names) -> &'static str {
    let flattened = member.is_flattened() && member.shape().kind() == ShapeKind::List;
    let item = member.shape().list_member();
    let item = item.and_then(Member::location_name).filter(|_| flattened);
    match (item, member.location_name(), member.name()) {
        (Some(name), ..) if names.of_items => name,
        (_, Some(name), _) => name,
        (_, None, name) => name,
    }
}

fn shape_type(shape: Shape) -> ShapeType {
    match shape.kind() {
        ShapeKind::Structure if shape.is_document() => ShapeType::Document,
        ShapeKind::Structure if shape.is_union() => ShapeType::Union,
        ShapeKind::Structure => ShapeType::Structure,
        ShapeKind::List => ShapeType::List,
        ShapeKind::Map => ShapeType::Map,
        ShapeKind::String => ShapeType::String,
        ShapeKind::Integer => ShapeType::Integer,
        ShapeKind::Long => ShapeType::Long,
        ShapeKind::Float => ShapeType::Float,
        ShapeKind::Double => ShapeType::Double,
        ShapeKind::Boolean => ShapeType::Boolean,
        ShapeKind::Timestamp => ShapeType::Timestamp,
        ShapeKind::Blob => ShapeType::Blob,
    }
}

const fn smithy_format(format: TimestampFormat) -> Format {
    match format {
        TimestampFormat::Iso8601 => Format::DateTime,
        TimestampFormat::Rfc822 => Format::HttpDate,
        TimestampFormat::UnixTimestamp => Format::EpochSeconds,
    }
}

/// Reads a body that is one structure of this shape with their codec.
pub(crate) fn read(
    protocol: Protocol,
    shape: Shape,
    names: Names,
    sent: &Map,
    body: &[u8],
) -> Result<Map, String> {
    let sample = Value::Map(sent.clone());
    let root = Node::root(shape, names, &[&sample]);
    let value = match protocol {
        Protocol::Json | Protocol::RestJson => {
            let codec = JsonCodec::new(JsonCodecSettings::default());
            read_value(&root, &mut codec.create_deserializer(body))
        }
        Protocol::RpcV2Cbor => {
            read_value(&root, &mut CborCodec::default().create_deserializer(body))
        }
        Protocol::RestXml | Protocol::Query | Protocol::Ec2 => {
            let codec = XmlCodec::new(XmlCodecSettings::builder().build());
            read_value(&root, &mut codec.create_deserializer(body))
        }
    };
    match value.map_err(|error| error.to_string())? {
        Value::Map(map) => Ok(map),
        other => Err(format!("{other:?}")),
    }
}

fn read_value(node: &Node, from: &mut dyn ShapeDeserializer) -> Result<Value, SerdeError> {
    let schema = node.member;
    Ok(match node.shape.kind() {
        ShapeKind::Structure if node.shape.is_document() => document(&from.read_document(schema)?),
        ShapeKind::Structure => {
            let mut map = Map::new();
            from.read_struct(node.item, &mut |member, from| {
                let child = &node.children[member.member_index().unwrap()];
                if from.is_null() {
                    return from.read_null();
                }
                map.insert(child.name, read_value(child, from)?);
                Ok(())
            })?;
            Value::Map(map)
        }
        ShapeKind::List => {
            let mut items = Vec::new();
            from.read_list(schema, &mut |from| {
                items.push(read_nullable(&node.children[0], from)?);
                Ok(())
            })?;
            Value::List(items)
        }
        ShapeKind::Map => {
            let mut map = Map::new();
            from.read_map(schema, &mut |key, from| {
                map.insert(key, read_nullable(&node.children[0], from)?);
                Ok(())
            })?;
            Value::Map(map)
        }
        ShapeKind::String => Value::String(from.read_string(schema)?),
        ShapeKind::Integer => Value::Int(from.read_integer(schema)?.into()),
        ShapeKind::Long => Value::Int(from.read_long(schema)?),
        ShapeKind::Float => Value::Float(from.read_float(schema)?.into()),
        ShapeKind::Double => Value::Float(from.read_double(schema)?),
        ShapeKind::Boolean => Value::Bool(from.read_boolean(schema)?),
        ShapeKind::Blob => Value::Blob(from.read_blob(schema)?.into_inner()),
        ShapeKind::Timestamp => {
            let time = from.read_timestamp(schema)?;
            // Their seconds since the epoch lose the last microsecond.
            let millis = (f64::from(time.subsec_nanos()) / 1e6).round() as i64;
            Value::Timestamp(Timestamp::utc(time.secs() * 1_000_000 + millis * 1000))
        }
    })
}

fn read_nullable(node: &Node, from: &mut dyn ShapeDeserializer) -> Result<Value, SerdeError> {
    if from.is_null() {
        from.read_null()?;
        return Ok(Value::Null);
    }
    read_value(node, from)
}

fn document(value: &Document) -> Value {
    match value {
        Document::Null => Value::Null,
        Document::Bool(flag) => Value::Bool(*flag),
        Document::String(text) => Value::from(text.as_str()),
        Document::Number(Number::PosInt(number)) => Value::Int(*number as i64),
        Document::Number(Number::NegInt(number)) => Value::Int(*number),
        Document::Number(Number::Float(number)) => Value::Float(*number),
        Document::Array(items) => Value::List(items.iter().map(document).collect()),
        Document::Object(object) => {
            let entries = object.iter();
            Value::Map(
                entries
                    .map(|(key, item)| (key.clone().into(), document(item)))
                    .collect(),
            )
        }
    }
}

/// What our server reads of a form that their codec writes.
pub(crate) fn written(operation: Operation, shape: Shape, input: &Map) -> Result<Map, String> {
    let value = Value::Map(input.clone());
    let root = Node::root(shape, Names { of_items: true }, &[&value]);
    let version = operation.service().api_version();
    let mut serializer = QueryShapeSerializer::new(operation.name(), version);
    let members = Members {
        node: &root,
        value: &value,
    };
    let failed = |error: SerdeError| error.to_string();
    members.serialize_members(&mut serializer).map_err(failed)?;
    let body = serializer.finish();
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    let request = Incoming {
        method: "POST",
        path: "/",
        query: "",
        headers: &headers.into_iter().collect(),
        body: &body,
    };
    let shown = || String::from_utf8_lossy(&body).into_owned();
    let route = Router::new(operation.service())
        .route(&request)
        .map_err(|error| format!("{error}: {}", shown()))?;
    parse_request(&route, &request).map_err(|error| format!("{error}: {}", shown()))
}

struct Members<'n> {
    node: &'n Node,
    value: &'n Value,
}

impl SerializableStruct for Members<'_> {
    fn schema(&self) -> &Schema<'_> {
        self.node.item
    }

    fn serialize_members(&self, to: &mut dyn ShapeSerializer) -> Result<(), SerdeError> {
        for child in &self.node.children {
            if let Some(value) = self.value.get(child.name) {
                write_value(child, child.member, value, to)?;
            }
        }
        Ok(())
    }
}

fn write_value(
    node: &Node,
    schema: &Schema<'_>,
    value: &Value,
    to: &mut dyn ShapeSerializer,
) -> Result<(), SerdeError> {
    match value {
        Value::Map(_) if node.shape.kind() == ShapeKind::Structure => {
            to.write_struct(schema, &Members { node, value })
        }
        Value::Map(map) => to.write_map(schema, &|to| {
            for (key, value) in map.iter() {
                to.write_string(node.children[1].item, key)?;
                write_value(&node.children[0], node.children[0].item, value, to)?;
            }
            Ok(())
        }),
        Value::List(items) => to.write_list_with_length(schema, items.len(), &|to| {
            for value in items {
                write_value(&node.children[0], node.children[0].item, value, to)?;
            }
            Ok(())
        }),
        Value::String(text) => to.write_string(schema, text),
        Value::Int(number) if node.shape.kind() == ShapeKind::Integer => {
            to.write_integer(schema, *number as i32)
        }
        Value::Int(number) => to.write_long(schema, *number),
        Value::Float(number) if node.shape.kind() == ShapeKind::Float => {
            to.write_float(schema, *number as f32)
        }
        Value::Float(number) => to.write_double(schema, *number),
        Value::Bool(flag) => to.write_boolean(schema, *flag),
        Value::Blob(bytes) => to.write_blob(schema, Blob::new(bytes.clone())),
        Value::Timestamp(time) => {
            let (seconds, micros) = (
                time.micros.div_euclid(1_000_000),
                time.micros.rem_euclid(1_000_000),
            );
            let time = DateTime::from_secs_and_nanos(seconds, micros as u32 * 1000);
            to.write_timestamp(schema, &time)
        }
        _ => Ok(()),
    }
}

/// Leaves out what their codecs do not keep: fractions of seconds in CBOR, and
/// whether a list in a form is empty or not there.
pub(crate) fn forget(protocol: Protocol, value: &mut Value) {
    match value {
        Value::Timestamp(time) if protocol == Protocol::RpcV2Cbor => {
            time.micros = time.micros.div_euclid(1_000_000) * 1_000_000;
        }
        Value::List(items) => items.iter_mut().for_each(|item| forget(protocol, item)),
        Value::Map(map) => {
            map.iter_mut().for_each(|(_, item)| forget(protocol, item));
            if protocol == Protocol::Query {
                map.retain(|_, item| item.as_list().is_none_or(|items| !items.is_empty()));
                map.retain(|_, item| item.as_map().is_none_or(|map| !map.is_empty()));
            }
        }
        _ => {}
    }
}

/// The members of a message that are its body, with the shape that they have:
/// all, those without a place elsewhere, or the payload. None where the body is
/// no structure.
pub(crate) fn body_of(
    protocol: Protocol,
    shape: Shape,
    payload: Option<&str>,
    is_request: bool,
    members: &Map,
) -> Option<(Shape, Map)> {
    if shape.members().any(|it| it.shape().is_event_stream()) {
        return None;
    }
    if !protocol.is_rest() {
        return Some((shape, members.clone()));
    }
    let payload = shape.members().find(|member| match payload {
        Some(name) => member.name() == name,
        None => member.is_payload(),
    });
    if let Some(member) = payload {
        let value = members.get(member.name())?.as_map()?;
        let shape = member.shape();
        return (shape.kind() == ShapeKind::Structure && !shape.is_document())
            .then(|| (shape, value.clone()));
    }
    let mut kept = members.clone();
    for member in shape.members() {
        let outside = match member.location() {
            Location::Body => false,
            Location::Header | Location::Headers => true,
            Location::Uri | Location::QueryString => is_request,
            Location::StatusCode => !is_request,
        };
        if outside {
            kept.remove(member.name());
        }
    }
    Some((shape, kept))
}
