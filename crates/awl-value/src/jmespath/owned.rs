//! Evaluation over a value that may be taken apart: what the expression merely
//! picks out is moved, not copied. It gives what [`evaluate`] gives.

use super::ast::Node;
use super::error::JmespathError;
use super::interpreter::{chain, evaluate, position};
use super::item::Item;
use crate::Value;

/// What `node` gives for `value`. The tree's height bounds the recursion.
pub(super) fn take(node: &Node, value: Value) -> Result<Value, JmespathError> {
    match node {
        Node::Identity | Node::Current => Ok(value),
        Node::Field(name) => Ok(match value {
            Value::Map(mut map) => map.get_mut(name).map(std::mem::take).unwrap_or_default(),
            _ => Value::Null,
        }),
        Node::Index(index) => Ok(match value {
            Value::List(mut items) => position(*index, items.len())
                .and_then(|index| items.get_mut(index))
                .map(std::mem::take)
                .unwrap_or_default(),
            _ => Value::Null,
        }),
        Node::Subexpression(nodes) | Node::IndexExpression(nodes) => take_chain(nodes, value),
        Node::Pipe(nodes) => take_chain(&nodes[..], value),
        Node::Flatten(base) if picks(base) => Ok(match take(base, value)? {
            Value::List(items) => flattened(items),
            _ => Value::Null,
        }),
        Node::Projection(nodes) if picks(&nodes[0]) => match take(&nodes[0], value)? {
            Value::List(items) => project(&nodes[1], items),
            _ => Ok(Value::Null),
        },
        Node::ValueProjection(nodes) if picks(&nodes[0]) => match take(&nodes[0], value)? {
            Value::Map(map) => project(&nodes[1], map.into_iter().map(|(_, item)| item)),
            _ => Ok(Value::Null),
        },
        Node::FilterProjection(nodes) if picks(&nodes[0]) => match take(&nodes[0], value)? {
            Value::List(items) => filter(&nodes[2], &nodes[1], items),
            _ => Ok(Value::Null),
        },
        _ => evaluate(node, &Item::Value(&value), 0)?.into_value(),
    }
}

/// Takes as long as the nodes pick; the one that makes something new, and
/// those behind it, evaluate: what they pass on may be no value.
fn take_chain(nodes: &[Node], mut value: Value) -> Result<Value, JmespathError> {
    for (index, node) in nodes.iter().enumerate() {
        if !picks(node) && index + 1 < nodes.len() {
            return chain(&nodes[index..], &Item::Value(&value), 0)?.into_value();
        }
        value = take(node, value)?;
    }
    Ok(value)
}

/// Whether all that the node gives are parts of what it is given.
fn picks(node: &Node) -> bool {
    match node {
        Node::Identity | Node::Current | Node::Field(_) | Node::Index(_) => true,
        Node::Subexpression(nodes) | Node::IndexExpression(nodes) => nodes.iter().all(picks),
        Node::Flatten(node) => picks(node),
        Node::Pipe(nodes) | Node::Projection(nodes) | Node::ValueProjection(nodes) => {
            nodes.iter().all(picks)
        }
        Node::FilterProjection(nodes) => picks(&nodes[0]) && picks(&nodes[1]),
        _ => false,
    }
}

fn project(node: &Node, items: impl IntoIterator<Item = Value>) -> Result<Value, JmespathError> {
    let mut collected = Vec::new();
    for item in items {
        let result = take(node, item)?;
        if !result.is_null() {
            collected.push(result);
        }
    }
    Ok(Value::List(collected))
}

fn filter(condition: &Node, right: &Node, items: Vec<Value>) -> Result<Value, JmespathError> {
    let mut collected = Vec::new();
    for item in items {
        if evaluate(condition, &Item::Value(&item), 0)?.is_false() {
            continue;
        }
        let result = take(right, item)?;
        if !result.is_null() {
            collected.push(result);
        }
    }
    Ok(Value::List(collected))
}

fn flattened(items: Vec<Value>) -> Value {
    let mut merged = Vec::with_capacity(items.len());
    for item in items {
        match item {
            Value::List(inner) => merged.extend(inner),
            item => merged.push(item),
        }
    }
    Value::List(merged)
}
