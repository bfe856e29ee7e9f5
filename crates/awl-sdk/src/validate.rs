//! Whether parameters are what an operation's input asks for, with every
//! fault found, in botocore's order and words.
// Parity: botocore/validate.py.

mod scalar;

use std::fmt;

use awl_model::{Location, Member, Node, Shape, ShapeKind};
use awl_value::{Map, Value, python};

/// All that is wrong with the parameters of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterErrors {
    errors: Vec<String>,
}

impl ParameterErrors {
    /// The faults, one line each.
    #[must_use]
    pub fn errors(&self) -> &[String] {
        &self.errors
    }
}

// The words are botocore's, which the AWS CLI prints.
impl fmt::Display for ParameterErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "Parameter validation failed:\n{}",
            self.errors.join("\n")
        )
    }
}

impl std::error::Error for ParameterErrors {}

/// Checks parameters against the shape of an operation's input. `streamed`
/// names a member that is given apart from them, as a streamed body is.
///
/// # Errors
/// Every fault found.
pub fn validate(
    parameters: &Map,
    shape: Shape,
    streamed: Option<&str>,
) -> Result<(), ParameterErrors> {
    let mut validator = Validator {
        errors: Vec::new(),
        streamed,
    };
    validator.members(parameters, shape, "");
    if validator.errors.is_empty() {
        return Ok(());
    }
    Err(ParameterErrors {
        errors: validator.errors,
    })
}

/// Checks one value against the member that it is for, as if it were all there
/// is: faults name what is inside it.
///
/// # Errors
/// Every fault found.
pub fn validate_value(value: &Value, member: Member) -> Result<(), ParameterErrors> {
    let mut validator = Validator {
        errors: Vec::new(),
        streamed: None,
    };
    validator.value(value, member, "");
    if validator.errors.is_empty() {
        return Ok(());
    }
    Err(ParameterErrors {
        errors: validator.errors,
    })
}

struct Validator<'a> {
    errors: Vec<String>,
    streamed: Option<&'a str>,
}

impl Validator<'_> {
    fn value(&mut self, value: &Value, member: Member, name: &str) {
        let shape = member.shape();
        if member.is_json_value()
            && member.location() == Location::Header
            && shape.kind() == ShapeKind::String
        {
            self.json_text(value, name);
            return;
        }
        if shape.kind() == ShapeKind::Structure && shape.is_document() {
            self.document(value, name);
            return;
        }
        let valid_types: &[&str] = match (shape.kind(), value) {
            (ShapeKind::Structure, Value::Map(map)) => return self.structure(map, shape, name),
            (ShapeKind::Map, Value::Map(map)) => return self.map(map, shape, name),
            (ShapeKind::Structure | ShapeKind::Map, _) => &["<class 'dict'>"],
            (ShapeKind::List, Value::List(items)) => return self.list(items, member, name),
            (ShapeKind::List, _) => &["<class 'list'>", "<class 'tuple'>"],
            (ShapeKind::String, Value::String(text)) => {
                return self.length(text.chars().count(), member, name);
            }
            (ShapeKind::String, _) => &["<class 'str'>"],
            (
                ShapeKind::Integer | ShapeKind::Long,
                Value::Int(_) | Value::BigInt(_) | Value::Bool(_),
            )
            | (
                ShapeKind::Float | ShapeKind::Double,
                Value::Int(_) | Value::BigInt(_) | Value::Bool(_) | Value::Float(_),
            ) => return self.number(value, member, name),
            (ShapeKind::Integer | ShapeKind::Long, _) => &["<class 'int'>"],
            (ShapeKind::Float | ShapeKind::Double, _) => &[
                "<class 'float'>",
                "<class 'decimal.Decimal'>",
                "<class 'int'>",
            ],
            (ShapeKind::Boolean, Value::Bool(_))
            | (ShapeKind::Blob, Value::Blob(_) | Value::String(_)) => return,
            (ShapeKind::Boolean, _) => &["<class 'bool'>"],
            (ShapeKind::Blob, _) => &["<class 'bytes'>", "<class 'bytearray'>", "file-like object"],
            (ShapeKind::Timestamp, value) if scalar::is_timestamp(value) => return,
            (ShapeKind::Timestamp, _) => &["<class 'datetime.datetime'>", "timestamp-string"],
        };
        self.invalid_type("parameter", value, valid_types, name);
    }

    fn structure(&mut self, map: &Map, shape: Shape, name: &str) {
        if shape.is_union() && map.len() != 1 {
            let names: Vec<&str> = shape.members().map(Member::name).collect();
            let names = names.join(". ");
            let name = shown(name);
            self.errors.push(if map.is_empty() {
                format!(
                    "Must set one of the following keys for tagged unionstructure {name}: {names}."
                )
            } else {
                format!(
                    "Invalid number of parameters set for tagged union structure {name}. Can \
                     only set one of the following keys: {names}."
                )
            });
        }
        self.members(map, shape, name);
    }

    fn members(&mut self, map: &Map, shape: Shape, name: &str) {
        let is_streamed = |member: &str| name.is_empty() && self.streamed == Some(member);
        let missing: Vec<String> = shape
            .required()
            .filter(|member| !map.contains_key(member) && !is_streamed(member))
            .map(|member| {
                format!(
                    "Missing required parameter in {}: \"{member}\"",
                    shown(name)
                )
            })
            .collect();
        self.errors.extend(missing);
        // Each member is looked up once; faults of names come before others.
        let mut known = Vec::with_capacity(map.len());
        for (key, value) in map.iter() {
            match shape.member(key) {
                Some(member) => known.push((member, value)),
                None => {
                    let names: Vec<&str> = shape.members().map(Member::name).collect();
                    self.errors.push(format!(
                        "Unknown parameter in {}: \"{key}\", must be one of: {}",
                        shown(name),
                        names.join(", ")
                    ));
                }
            }
        }
        for (member, value) in known {
            self.value(value, member, &format!("{name}.{}", member.name()));
        }
    }

    fn list(&mut self, items: &[Value], member: Member, name: &str) {
        self.length(items.len(), member, name);
        let Some(item) = member.shape().list_member() else {
            return;
        };
        for (index, value) in items.iter().enumerate() {
            self.value(value, item, &format!("{name}[{index}]"));
        }
    }

    fn map(&mut self, map: &Map, shape: Shape, name: &str) {
        let (Some(key_member), Some(value_member)) = (shape.map_key(), shape.map_value()) else {
            return;
        };
        for (key, value) in map.iter() {
            self.value(
                &Value::from(key),
                key_member,
                &format!("{name} (key: {key})"),
            );
            self.value(value, value_member, &format!("{name}.{key}"));
        }
    }

    fn length(&mut self, length: usize, member: Member, name: &str) {
        let length = Value::Int(i64::try_from(length).unwrap_or(i64::MAX));
        self.range(&length, member, "length", name);
    }

    fn number(&mut self, value: &Value, member: Member, name: &str) {
        self.range(value, member, "value", name);
    }

    /// `what` is `value` or `length`.
    fn range(&mut self, value: &Value, member: Member, what: &str, name: &str) {
        let min = member.attribute("min");
        // What becomes part of the host has to have a letter at least.
        let min = if min.is_null() {
            if !member.is_host_label() {
                return;
            }
            Value::Int(1)
        } else {
            number(min)
        };
        if scalar::is_less(value, &min) {
            self.errors.push(format!(
                "Invalid {what} for parameter {}, value: {}, valid min {what}: {}",
                shown(name),
                python::str(value),
                python::str(&min)
            ));
        }
    }

    fn document(&mut self, value: &Value, name: &str) {
        match value {
            Value::Map(map) => {
                for (key, value) in map.iter() {
                    self.document(value, key);
                }
            }
            Value::List(items) => {
                for (index, value) in items.iter().enumerate() {
                    self.document(value, &format!("{name}[{index}]"));
                }
            }
            Value::Blob(_) | Value::Timestamp(_) => self.invalid_type(
                "document parameter",
                value,
                &[
                    "<class 'str'>",
                    "<class 'int'>",
                    "<class 'bool'>",
                    "<class 'float'>",
                    "<class 'list'>",
                    "<class 'dict'>",
                ],
                name,
            ),
            _ => {}
        }
    }

    fn json_text(&mut self, value: &Value, name: &str) {
        if let Some(kind) = scalar::not_json(value) {
            self.errors.push(format!(
                "Invalid parameter {} must be json serializable: Object of type {kind} is not \
                 JSON serializable",
                shown(name)
            ));
        }
    }

    fn invalid_type(&mut self, what: &str, value: &Value, valid_types: &[&str], name: &str) {
        self.errors.push(format!(
            "Invalid type for {what} {}, value: {}, type: <class '{}'>, valid types: {}",
            shown(name),
            python::str(value),
            python::type_name(value),
            valid_types.join(", ")
        ));
    }
}

/// A name as messages have it.
fn shown(name: &str) -> &str {
    match name {
        "" => "input",
        name => name.strip_prefix('.').unwrap_or(name),
    }
}

/// A number of the model.
fn number(node: Node) -> Value {
    match (node.as_int(), node.as_float()) {
        (Some(number), _) => Value::Int(number),
        (_, Some(number)) => Value::Float(number),
        _ => Value::Int(0),
    }
}

#[cfg(test)]
mod tests;
