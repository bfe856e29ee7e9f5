//! What a round trip cannot keep, made equal on both sides by one function.

use awl_model::{Location, Member, Shape, ShapeKind};
use awl_protocol::Protocol;
use awl_value::{Map, Timestamp, Value};

/// Which message a value is of.
#[derive(Clone, Copy)]
pub(crate) struct Message {
    pub(crate) protocol: Protocol,
    pub(crate) shape: Shape,
    /// The payload member, where the operation names it.
    pub(crate) payload: Option<&'static str>,
}

/// Makes the members of a message equal where the wire has one form for both:
///
/// - Times are moments; numbers of a `float` shape are doubles, whatever the
///   notation spells them as; a NaN equals itself.
/// - A null member is an absent one.
/// - `query` and `ec2` write nothing for a structure or map that is empty, and
///   `ec2` nothing for an empty list; then neither for what only holds such.
/// - XML writes nothing for a list or map that is flattened and empty.
/// - Headers and query strings have no empty lists and maps, and a map of lists
///   in a query string no keys of empty lists.
/// - An empty payload is an absent one, of JSON `{}` too.
/// - In a header, bytes and text are the same.
pub(crate) fn normalise(message: Message, members: &Map) -> Map {
    let mut normal = Map::new();
    for member in message.shape.members() {
        let Some(value) = members.get(member.name()) else {
            continue;
        };
        let outside = message.protocol.is_rest()
            && matches!(
                member.location(),
                Location::Header | Location::Headers | Location::QueryString
            );
        let is_payload = message.protocol.is_rest()
            && match message.payload {
                Some(name) => name == member.name(),
                None => member.is_payload(),
            };
        if member.is_json_value() && outside {
            normal.push(member.name(), value.clone());
            continue;
        }
        let mut value = of_member(message.protocol, member, value);
        if let (Location::QueryString, Value::Map(map)) = (member.location(), &mut value) {
            map.retain(|_, value| value.as_list().is_none_or(|items| !items.is_empty()));
        }
        let is_empty = match &value {
            Value::Null => true,
            Value::Map(map) => map.is_empty() && (outside || is_payload),
            Value::List(items) => items.is_empty() && (outside || is_payload),
            Value::String(text) => text.is_empty() && is_payload,
            Value::Blob(bytes) => bytes.is_empty() && is_payload,
            _ => false,
        };
        let value = match value {
            Value::Blob(bytes) if outside => {
                Value::String(String::from_utf8_lossy(&bytes).into_owned())
            }
            value => value,
        };
        if !is_empty {
            normal.push(member.name(), value);
        }
    }
    normal
}

/// A member's value; null where nothing of it is written.
fn of_member(protocol: Protocol, member: Member, value: &Value) -> Value {
    let normal = of(protocol, member.shape(), value);
    let is_form = matches!(protocol, Protocol::Query | Protocol::Ec2);
    let is_xml = matches!(
        protocol,
        Protocol::Query | Protocol::Ec2 | Protocol::RestXml
    );
    let flattened = member.is_flattened() || member.shape().is_flattened();
    let lost = match &normal {
        Value::Map(map) if map.is_empty() => is_form || is_xml && flattened,
        Value::List(items) if items.is_empty() => {
            let had_items = value.as_list().is_some_and(|items| !items.is_empty());
            is_xml && flattened || protocol == Protocol::Ec2 || is_form && had_items
        }
        _ => false,
    };
    if lost { Value::Null } else { normal }
}

fn of(protocol: Protocol, shape: Shape, value: &Value) -> Value {
    let is_form = matches!(protocol, Protocol::Query | Protocol::Ec2);
    match (shape.kind(), value) {
        (ShapeKind::Structure, _) if shape.is_document() => value.clone(),
        (ShapeKind::Structure, Value::Map(map)) => {
            let mut normal = Map::new();
            for member in shape.members() {
                if let Some(value) = map.get(member.name()) {
                    let value = of_member(protocol, member, value);
                    if !value.is_null() {
                        normal.push(member.name(), value);
                    }
                }
            }
            // What the model does not know stays, to be seen.
            for (name, value) in map.iter() {
                if shape.member(name).is_none() {
                    normal.push(name.to_owned(), value.clone());
                }
            }
            Value::Map(normal)
        }
        (ShapeKind::List, Value::List(items)) => {
            let Some(item) = shape.list_member() else {
                return value.clone();
            };
            let items = items.iter().map(|value| of(protocol, item.shape(), value));
            let is_lost = |value: &Value| match value {
                Value::Map(map) => map.is_empty(),
                Value::List(items) => items.is_empty() && protocol == Protocol::Ec2,
                _ => false,
            };
            Value::List(items.filter(|item| !(is_form && is_lost(item))).collect())
        }
        (ShapeKind::Map, Value::Map(map)) => {
            let Some(item) = shape.map_value() else {
                return value.clone();
            };
            let mut normal = Map::new();
            for (key, value) in map.iter() {
                normal.push(key.to_owned(), of(protocol, item.shape(), value));
            }
            Value::Map(normal)
        }
        (ShapeKind::Timestamp, Value::Timestamp(time)) => {
            Value::Timestamp(Timestamp::utc(time.micros))
        }
        (ShapeKind::Float | ShapeKind::Double, Value::Int(number)) => Value::Float(*number as f64),
        (ShapeKind::Float | ShapeKind::Double, Value::String(text)) => {
            number(text.parse().unwrap_or(f64::NAN))
        }
        (ShapeKind::Float | ShapeKind::Double, Value::Float(value)) => number(*value),
        _ => value.clone(),
    }
}

/// A double, with a NaN that equals itself.
fn number(number: f64) -> Value {
    match number.is_nan() {
        true => Value::from("NaN"),
        false => Value::Float(number),
    }
}
