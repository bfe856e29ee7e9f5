//! Whether parameters keep the rules of the model, in the words that services
//! have for it. Patterns are not among the rules here.

use awl_model::{Member, Shape, ShapeKind};
use awl_value::{Map, Value, python};

/// What is wrong, as one message; None where nothing is.
pub(super) fn fault(shape: Shape, parameters: &Map) -> Option<String> {
    let mut faults = Vec::new();
    structure(shape, parameters, "", &mut faults);
    if faults.is_empty() {
        return None;
    }
    let count = faults.len();
    let noun = if count == 1 { "error" } else { "errors" };
    Some(format!(
        "{count} validation {noun} detected: {}",
        faults.join("; ")
    ))
}

/// The first value that is none of those that the model lists, in the words of
/// EC2: of some members there are more than a thousand.
pub(super) fn unlisted(shape: Shape, parameters: &Map) -> Option<String> {
    parameters.iter().find_map(|(name, value)| {
        let member = shape.member(name)?;
        unlisted_value(name, member.shape(), value)
    })
}

fn unlisted_value(name: &str, shape: Shape, value: &Value) -> Option<String> {
    match value {
        Value::String(text) => {
            let mut known = shape.enum_values().peekable();
            let is_listed = known.peek().is_none() || known.any(|own| own == text);
            (!is_listed).then(|| format!("Invalid value '{text}' for {name}."))
        }
        Value::List(items) => {
            let shape = shape.list_member()?.shape();
            items
                .iter()
                .find_map(|item| unlisted_value(name, shape, item))
        }
        Value::Map(map) if shape.kind() != ShapeKind::Map => unlisted(shape, map),
        _ => None,
    }
}

/// The first member that must be there and is not.
pub(super) fn missing(shape: Shape, parameters: &Map) -> Option<&'static str> {
    let mut required = shape.required();
    required.find(|name| !parameters.contains_key(name))
}

fn structure(shape: Shape, map: &Map, place: &str, faults: &mut Vec<String>) {
    for name in shape.required() {
        if !map.contains_key(name) {
            let place = within(place, name);
            faults.push(format!(
                "Value null at '{place}' failed to satisfy constraint: Member must not be null"
            ));
        }
    }
    for (name, value) in map.iter() {
        if let Some(member) = shape.member(name) {
            check(member, value, &within(place, name), faults);
        }
    }
}

fn check(member: Member, value: &Value, place: &str, faults: &mut Vec<String>) {
    let shape = member.shape();
    let (least, most) = (
        member.attribute("min").as_int(),
        member.attribute("max").as_int(),
    );
    let mut bounds = |measured: i64, what: &str, shown: &str| {
        let mut fault = |relation: &str, limit: i64| {
            faults.push(format!(
                "Value {shown} at '{place}' failed to satisfy constraint: Member must have {what} \
                 {relation} than or equal to {limit}"
            ));
        };
        if let Some(least) = least.filter(|least| measured < *least) {
            fault("greater", least);
        }
        if let Some(most) = most.filter(|most| measured > *most) {
            fault("less", most);
        }
    };
    let length = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
    match value {
        Value::String(text) => {
            let shown = if shape.is_sensitive() || member.is_sensitive() {
                "'***'".to_owned()
            } else {
                format!("'{text}'")
            };
            bounds(length(text.chars().count()), "length", &shown);
            let known: Vec<&str> = shape.enum_values().collect();
            if !known.is_empty() && !known.contains(&text.as_str()) {
                faults.push(format!(
                    "Value {shown} at '{place}' failed to satisfy constraint: Member must satisfy \
                     enum value set: [{}]",
                    known.join(", ")
                ));
            }
        }
        Value::Blob(bytes) => bounds(length(bytes.len()), "length", "'***'"),
        Value::Int(number) => bounds(*number, "value", &format!("'{number}'")),
        Value::List(items) => {
            bounds(
                length(items.len()),
                "length",
                &format!("'{}'", python::str(value)),
            );
            if let Some(member) = shape.list_member() {
                for (number, item) in items.iter().enumerate() {
                    check(
                        member,
                        item,
                        &format!("{place}.{}.member", number + 1),
                        faults,
                    );
                }
            }
        }
        Value::Map(map) if shape.kind() == ShapeKind::Map => {
            bounds(
                length(map.len()),
                "length",
                &format!("'{}'", python::str(value)),
            );
            if let Some(member) = shape.map_value() {
                for (key, value) in map.iter() {
                    check(member, value, &format!("{place}.{key}.member"), faults);
                }
            }
        }
        Value::Map(map) => structure(shape, map, place, faults),
        _ => {}
    }
}

/// `userName` within nothing, `tags.1.member.key` within an item.
fn within(place: &str, name: &str) -> String {
    let mut letters = name.chars();
    let name: String = match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    };
    if place.is_empty() {
        name
    } else {
        format!("{place}.{name}")
    }
}
