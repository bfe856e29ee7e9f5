//! Walks the tree over a value.
//!
//! Parity: jmespath/visitor.py, `TreeInterpreter`.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::ast::{Comparator, Node};
use super::error::{ErrorKind, JmespathError};
use super::functions;
use super::item::{Entry, Item, View};
use super::python::{self, Type};

/// How deep evaluation may go. Trees are lower, but an expression reference can
/// be handed to itself.
const MAX_DEPTH: usize = 600;

pub(super) type Evaluated<'a> = Result<Item<'a>, JmespathError>;

/// What `node` gives for `item`.
pub(super) fn evaluate<'a>(node: &'a Node, item: &Item<'a>, depth: usize) -> Evaluated<'a> {
    if depth == MAX_DEPTH {
        return Err(JmespathError::too_deep(ErrorKind::InvalidValue));
    }
    let depth = depth + 1;
    match node {
        Node::Identity | Node::Current => Ok(item.clone()),
        Node::Literal(value) => Ok(Item::Value(value)),
        Node::Field(name) => Ok(item.field(name)),
        Node::Index(index) => Ok(element(item, *index)),
        Node::Slice(parts) => slice(item, *parts),
        Node::Subexpression(nodes) | Node::IndexExpression(nodes) => chain(nodes, item, depth),
        Node::Pipe(nodes) => chain(&nodes[..], item, depth),
        Node::Or(nodes) => {
            let left = evaluate(&nodes[0], item, depth)?;
            if left.is_false() {
                evaluate(&nodes[1], item, depth)
            } else {
                Ok(left)
            }
        }
        Node::And(nodes) => {
            let left = evaluate(&nodes[0], item, depth)?;
            if left.is_false() {
                Ok(left)
            } else {
                evaluate(&nodes[1], item, depth)
            }
        }
        Node::Not(node) => Ok(Item::bool(negated(&evaluate(node, item, depth)?))),
        Node::Comparator(comparator, nodes) => {
            let left = evaluate(&nodes[0], item, depth)?;
            let right = evaluate(&nodes[1], item, depth)?;
            compare(*comparator, &left, &right)
        }
        Node::Flatten(node) => flatten(&evaluate(node, item, depth)?),
        Node::Projection(nodes) => {
            let base = evaluate(&nodes[0], item, depth)?;
            match base.elements() {
                Some(elements) => project(&nodes[1], elements.iter(), depth),
                None => Ok(Item::null()),
            }
        }
        Node::ValueProjection(nodes) => {
            let base = evaluate(&nodes[0], item, depth)?;
            match base.entries() {
                Some(entries) => project(&nodes[1], entries.values().into_iter(), depth),
                None => Ok(Item::null()),
            }
        }
        Node::FilterProjection(nodes) => filter(nodes, item, depth),
        Node::MultiSelectList(nodes) => multi_select_list(nodes, item, depth),
        Node::MultiSelectHash(pairs) => multi_select_hash(pairs, item, depth),
        Node::Function(call) => functions::call(call, item, depth),
        Node::Expref(node) => Ok(Item::Expression(node)),
    }
}

/// Each node over what the one before gives.
pub(super) fn chain<'a>(nodes: &'a [Node], item: &Item<'a>, depth: usize) -> Evaluated<'a> {
    let Some((first, rest)) = nodes.split_first() else {
        return Ok(item.clone());
    };
    let mut result = evaluate(first, item, depth)?;
    for node in rest {
        result = evaluate(node, &result, depth)?;
    }
    Ok(result)
}

fn element<'a>(item: &Item<'a>, index: i64) -> Item<'a> {
    item.elements()
        .and_then(|elements| elements.get(position(index, elements.len())?))
        .unwrap_or_else(Item::null)
}

/// The place that an index means, which counts from the end if negative.
pub(super) fn position(index: i64, length: usize) -> Option<usize> {
    if index < 0 {
        length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?)
    } else {
        usize::try_from(index).ok()
    }
}

fn slice<'a>(item: &Item<'a>, [start, stop, step]: [Option<i64>; 3]) -> Evaluated<'a> {
    let Some(elements) = item.elements() else {
        return Ok(Item::null());
    };
    let step = step.unwrap_or(1);
    if step == 0 {
        return Err(JmespathError::invalid_value("slice step cannot be zero"));
    }
    // Parity: CPython's PySlice_AdjustIndices.
    let length = i64::try_from(elements.len()).unwrap_or(i64::MAX);
    let (lowest, highest) = if step < 0 {
        (-1, length - 1)
    } else {
        (0, length)
    };
    let clamp = |bound: i64| {
        let bound = if bound < 0 {
            bound.saturating_add(length)
        } else {
            bound
        };
        bound.clamp(lowest, highest)
    };
    let (first, last) = if step < 0 {
        (highest, lowest)
    } else {
        (lowest, highest)
    };
    let mut at = start.map_or(first, clamp);
    let end = stop.map_or(last, clamp);
    let mut sliced = Vec::new();
    while if step < 0 { at > end } else { at < end } {
        sliced.extend(usize::try_from(at).ok().and_then(|at| elements.get(at)));
        at = at.saturating_add(step);
    }
    Item::list(sliced)
}

/// Python's `not`, but of 0, which is true in JMESPath.
fn negated(item: &Item<'_>) -> bool {
    match item.view() {
        View::Bytes(bytes) => bytes.is_empty(),
        _ => item.is_false(),
    }
}

fn compare<'a>(comparator: Comparator, left: &Item<'a>, right: &Item<'a>) -> Evaluated<'a> {
    let holds: fn(Ordering) -> bool = match comparator {
        Comparator::Equal => return Ok(Item::bool(equal(left, right))),
        Comparator::NotEqual => return Ok(Item::bool(!equal(left, right))),
        Comparator::Less => Ordering::is_lt,
        Comparator::LessOrEqual => Ordering::is_le,
        Comparator::Greater => Ordering::is_gt,
        Comparator::GreaterOrEqual => Ordering::is_ge,
    };
    let (left_type, right_type) = (Type::of(left), Type::of(right));
    let comparable = |kind| matches!(kind, Type::Int | Type::Float | Type::Str);
    if !comparable(left_type) || !comparable(right_type) {
        return Ok(Item::null());
    }
    if (left_type == Type::Str) != (right_type == Type::Str) {
        return Err(incomparable(comparator.symbol(), left, right));
    }
    // Nothing holds of a NaN.
    Ok(Item::bool(python::compare(left, right).is_some_and(holds)))
}

/// Python's `TypeError` of an order between text and a number.
pub(super) fn incomparable(symbol: &str, left: &Item<'_>, right: &Item<'_>) -> JmespathError {
    JmespathError::invalid_type(format!(
        "'{symbol}' not supported between instances of '{}' and '{}'",
        Type::of(left).name(),
        Type::of(right).name()
    ))
}

/// Python's `==`, but that no number equals a boolean.
fn equal(left: &Item<'_>, right: &Item<'_>) -> bool {
    match (left.view(), right.view()) {
        (View::Bool(_), View::Number(_)) | (View::Number(_), View::Bool(_)) => false,
        _ => python::equal(left, right),
    }
}

fn flatten<'a>(base: &Item<'a>) -> Evaluated<'a> {
    let Some(elements) = base.elements() else {
        return Ok(Item::null());
    };
    let mut merged = Vec::with_capacity(elements.len());
    for element in elements.iter() {
        match element.elements() {
            Some(inner) => merged.extend(inner.iter()),
            None => merged.push(element),
        }
    }
    Item::list(merged)
}

fn project<'a>(
    node: &'a Node,
    elements: impl Iterator<Item = Item<'a>>,
    depth: usize,
) -> Evaluated<'a> {
    let mut collected = Vec::new();
    for element in elements {
        let result = evaluate(node, &element, depth)?;
        if !result.is_null() {
            collected.push(result);
        }
    }
    Item::list(collected)
}

fn filter<'a>(nodes: &'a [Node; 3], item: &Item<'a>, depth: usize) -> Evaluated<'a> {
    let [left, right, condition] = nodes;
    let base = evaluate(left, item, depth)?;
    let Some(elements) = base.elements() else {
        return Ok(Item::null());
    };
    let mut collected = Vec::new();
    for element in elements.iter() {
        if evaluate(condition, &element, depth)?.is_false() {
            continue;
        }
        let result = evaluate(right, &element, depth)?;
        if !result.is_null() {
            collected.push(result);
        }
    }
    Item::list(collected)
}

fn multi_select_list<'a>(nodes: &'a [Node], item: &Item<'a>, depth: usize) -> Evaluated<'a> {
    if item.is_null() {
        return Ok(Item::null());
    }
    let mut collected = Vec::with_capacity(nodes.len());
    for node in nodes {
        collected.push(evaluate(node, item, depth)?);
    }
    Item::list(collected)
}

fn multi_select_hash<'a>(
    pairs: &'a [(String, Node)],
    item: &Item<'a>,
    depth: usize,
) -> Evaluated<'a> {
    if item.is_null() {
        return Ok(Item::null());
    }
    let mut collected: Vec<Entry<'a>> = Vec::with_capacity(pairs.len());
    for (key, node) in pairs {
        let result = evaluate(node, item, depth)?;
        match collected.iter_mut().find(|(name, _)| name == key) {
            Some((_, old)) => *old = result,
            None => collected.push((Cow::Borrowed(key), result)),
        }
    }
    Item::map(collected)
}
