//! The tree that an expression compiles to.
//!
//! Parity: jmespath/ast.py, node for node, since the reference's joining of
//! nodes decides what projects over what.

use super::functions::Function;
use crate::{Map, Value};

/// One node.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// The value as it is, where the grammar leaves something out.
    Identity,
    /// `@`.
    Current,
    Literal(Value),
    Field(String),
    Index(i64),
    /// Start, stop, step.
    Slice([Option<i64>; 3]),
    /// `a.b.c`: each over the result of the one before.
    Subexpression(Vec<Node>),
    /// `a[0][1]`: each over the result of the one before.
    IndexExpression(Vec<Node>),
    Pipe(Box<[Node; 2]>),
    Or(Box<[Node; 2]>),
    And(Box<[Node; 2]>),
    Not(Box<Node>),
    Comparator(Comparator, Box<[Node; 2]>),
    Flatten(Box<Node>),
    /// The list, what is done with each item.
    Projection(Box<[Node; 2]>),
    /// The map, what is done with each value.
    ValueProjection(Box<[Node; 2]>),
    /// The list, what is done with each item, the condition.
    FilterProjection(Box<[Node; 3]>),
    MultiSelectList(Vec<Node>),
    MultiSelectHash(Vec<(String, Node)>),
    Function(Call),
    Expref(Box<Node>),
}

/// A call of a function; one that does not exist fails only when reached.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) name: String,
    pub(super) function: Option<&'static Function>,
    pub(super) arguments: Vec<Node>,
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparator {
    /// Python's operator.
    pub(super) const fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Equal => "eq",
            Self::NotEqual => "ne",
            Self::Less => "lt",
            Self::LessOrEqual => "lte",
            Self::Greater => "gt",
            Self::GreaterOrEqual => "gte",
        }
    }
}

impl Node {
    /// The node as the reference's dictionary.
    pub(super) fn to_value(&self) -> Value {
        let all = |nodes: &[Self]| nodes.iter().map(Self::to_value).collect();
        let (kind, children, value): (_, Vec<Value>, Option<Value>) = match self {
            Self::Identity => ("identity", Vec::new(), None),
            Self::Current => ("current", Vec::new(), None),
            Self::Literal(value) => ("literal", Vec::new(), Some(value.clone())),
            Self::Field(name) => ("field", Vec::new(), Some(name.as_str().into())),
            Self::Index(index) => ("index", Vec::new(), Some(Value::Int(*index))),
            Self::Slice(parts) => {
                let parts = parts.map(|part| part.map_or(Value::Null, Value::Int));
                ("slice", parts.into(), None)
            }
            Self::Subexpression(nodes) => ("subexpression", all(nodes), None),
            Self::IndexExpression(nodes) => ("index_expression", all(nodes), None),
            Self::Pipe(nodes) => ("pipe", all(&nodes[..]), None),
            Self::Or(nodes) => ("or_expression", all(&nodes[..]), None),
            Self::And(nodes) => ("and_expression", all(&nodes[..]), None),
            Self::Not(node) => ("not_expression", vec![node.to_value()], None),
            Self::Comparator(comparator, nodes) => (
                "comparator",
                all(&nodes[..]),
                Some(comparator.name().into()),
            ),
            Self::Flatten(node) => ("flatten", vec![node.to_value()], None),
            Self::Projection(nodes) => ("projection", all(&nodes[..]), None),
            Self::ValueProjection(nodes) => ("value_projection", all(&nodes[..]), None),
            Self::FilterProjection(nodes) => ("filter_projection", all(&nodes[..]), None),
            Self::MultiSelectList(nodes) => ("multi_select_list", all(nodes), None),
            Self::MultiSelectHash(pairs) => {
                let pairs = pairs.iter().map(|(key, node)| {
                    dictionary(
                        "key_val_pair",
                        vec![node.to_value()],
                        Some(key.as_str().into()),
                    )
                });
                ("multi_select_dict", pairs.collect(), None)
            }
            Self::Function(call) => (
                "function_expression",
                all(&call.arguments),
                Some(call.name.as_str().into()),
            ),
            Self::Expref(node) => ("expref", vec![node.to_value()], None),
        };
        dictionary(kind, children, value)
    }
}

fn dictionary(kind: &'static str, children: Vec<Value>, value: Option<Value>) -> Value {
    let mut map = Map::new();
    map.push("type", kind.into());
    // The order of the reference's keys, which differs so.
    let (before, after) = match kind {
        "literal" | "index" => (value, None),
        _ => (None, value),
    };
    if let Some(value) = before {
        map.push("value", value);
    }
    map.push("children", Value::List(children));
    if let Some(value) = after {
        map.push("value", value);
    }
    Value::Map(map)
}
