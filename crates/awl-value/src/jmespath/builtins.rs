//! The built-in functions, for arguments whose number and types were checked.
//!
//! Parity: jmespath/functions.py, the `_func_` methods.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;

use super::error::JmespathError;
use super::functions::type_error;
use super::interpreter::{Evaluated, evaluate, incomparable};
use super::item::{Elements, Entry, Item, View};
use super::number::{Number, Sum};
use super::python::{self, Type};
use crate::Value;
use crate::json::{self, Style};

/// `json.dumps(…, separators=(",", ":"))`.
const DUMPED: Style = Style {
    indent: None,
    ascii: true,
    tight: true,
};

pub(super) fn abs<'a>(arguments: &[Item<'a>], _: usize) -> Evaluated<'a> {
    Ok(Item::owned(number(&arguments[0]).absolute()))
}

pub(super) fn ceil<'a>(arguments: &[Item<'a>], _: usize) -> Evaluated<'a> {
    number(&arguments[0]).rounded(f64::ceil).map(Item::owned)
}

pub(super) fn floor<'a>(arguments: &[Item<'a>], _: usize) -> Evaluated<'a> {
    number(&arguments[0]).rounded(f64::floor).map(Item::owned)
}

pub(super) fn avg<'a>(arguments: &[Item<'a>], _: usize) -> Evaluated<'a> {
    let numbers = elements(&arguments[0]);
    if numbers.len() == 0 {
        return Ok(Item::null());
    }
    let mean = total(numbers)?.divided_by(numbers.len())?;
    Ok(Item::owned(Value::Float(mean)))
}

pub(super) fn sum<'a>(arguments: &[Item<'a>], _: usize) -> Evaluated<'a> {
    Ok(Item::owned(total(elements(&arguments[0]))?.into_value()))
}

pub(super) fn not_null<'a>(arguments: &[Item<'a>], _: usize) -> Evaluated<'a> {
    let found = arguments.iter().find(|argument| !argument.is_null());
    Ok(found.cloned().unwrap_or_else(Item::null))
}

pub(super) fn to_array<'a>(arguments: &[Item<'a>], _: usize) -> Evaluated<'a> {
    match arguments[0].elements() {
        Some(_) => Ok(arguments[0].clone()),
        None => Item::list(vec![arguments[0].clone()]),
    }
}

pub(super) fn to_string<'a>(arguments: &[Item<'a>], _: usize) -> Evaluated<'a> {
    if let View::Text(_) = arguments[0].view() {
        return Ok(arguments[0].clone());
    }
    let mut out = String::new();
    dump(&arguments[0], &mut out);
    Ok(Item::string(out))
}

pub(super) fn to_number<'a>(arguments: &[Item<'a>], _: usize) -> Evaluated<'a> {
    let converted = match arguments[0].view() {
        View::Number(_) => return Ok(arguments[0].clone()),
        View::Text(text) => python::to_number(&text),
        View::Bytes(bytes) => std::str::from_utf8(bytes).ok().and_then(python::to_number),
        View::Expression(_) => {
            return Err(JmespathError::invalid_type(
                "int() argument must be a string, a bytes-like object or a real number, \
                 not '_Expression'",
            ));
        }
        _ => None,
    };
    Ok(converted.map_or_else(Item::null, Item::owned))
}

pub(super) fn contains<'a>(arguments: &[Item<'a>], _: usize) -> Evaluated<'a> {
    let (subject, search) = (&arguments[0], &arguments[1]);
    let found = match (subject.view(), search.view()) {
        (View::Text(subject), View::Text(search)) => subject.contains(&*search),
        (View::Text(_), _) => {
            return Err(JmespathError::invalid_type(format!(
                "'in <string>' requires string as left operand, not {}",
                Type::of(search).name()
            )));
        }
        _ => elements(subject)
            .iter()
            .any(|element| python::same(&element, search)),
    };
    Ok(Item::bool(found))
}

pub(super) fn length<'a>(arguments: &[Item<'a>], _: usize) -> Evaluated<'a> {
    let length = match arguments[0].view() {
        View::Text(text) => text.chars().count(),
        View::Map(entries) => entries.len(),
        _ => elements(&arguments[0]).len(),
    };
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    Ok(Item::owned(Value::Int(length)))
}

pub(super) fn ends_with<'a>(arguments: &[Item<'a>], _: usize) -> Evaluated<'a> {
    Ok(Item::bool(
        text(&arguments[0]).ends_with(&*text(&arguments[1])),
    ))
}

pub(super) fn starts_with<'a>(arguments: &[Item<'a>], _: usize) -> Evaluated<'a> {
    Ok(Item::bool(
        text(&arguments[0]).starts_with(&*text(&arguments[1])),
    ))
}

pub(super) fn reverse<'a>(arguments: &[Item<'a>], _: usize) -> Evaluated<'a> {
    match arguments[0].elements() {
        Some(elements) => Item::list(elements.iter().rev().collect()),
        None => Ok(Item::string(
            text(&arguments[0]).chars().rev().collect::<String>(),
        )),
    }
}

pub(super) fn join<'a>(arguments: &[Item<'a>], _: usize) -> Evaluated<'a> {
    let separator = text(&arguments[0]);
    let mut joined = String::new();
    for (index, element) in elements(&arguments[1]).iter().enumerate() {
        if index > 0 {
            joined.push_str(&separator);
        }
        joined.push_str(&text(&element));
    }
    Ok(Item::string(joined))
}

pub(super) fn keys<'a>(arguments: &[Item<'a>], _: usize) -> Evaluated<'a> {
    let entries = arguments[0].entries();
    Item::list(entries.map_or_else(Vec::new, |entries| entries.keys()))
}

pub(super) fn values<'a>(arguments: &[Item<'a>], _: usize) -> Evaluated<'a> {
    let entries = arguments[0].entries();
    Item::list(entries.map_or_else(Vec::new, |entries| entries.values()))
}

pub(super) fn type_of<'a>(arguments: &[Item<'a>], _: usize) -> Evaluated<'a> {
    Ok(match Type::of(&arguments[0]) {
        // The reference has no answer for these.
        Type::Bytes | Type::Expression => Item::null(),
        known => Item::Text(known.jmespath_name()),
    })
}

pub(super) fn map<'a>(arguments: &[Item<'a>], depth: usize) -> Evaluated<'a> {
    let mut mapped = Vec::new();
    for element in elements(&arguments[1]).iter() {
        mapped.push(apply(&arguments[0], &element, depth)?);
    }
    Item::list(mapped)
}

pub(super) fn max<'a>(arguments: &[Item<'a>], _: usize) -> Evaluated<'a> {
    extreme(Ordering::Greater, arguments, None)
}

pub(super) fn min<'a>(arguments: &[Item<'a>], _: usize) -> Evaluated<'a> {
    extreme(Ordering::Less, arguments, None)
}

pub(super) fn max_by<'a>(arguments: &[Item<'a>], depth: usize) -> Evaluated<'a> {
    extreme(Ordering::Greater, arguments, Some(("max_by", depth)))
}

pub(super) fn min_by<'a>(arguments: &[Item<'a>], depth: usize) -> Evaluated<'a> {
    extreme(Ordering::Less, arguments, Some(("min_by", depth)))
}

pub(super) fn sort<'a>(arguments: &[Item<'a>], _: usize) -> Evaluated<'a> {
    let keyed = elements(&arguments[0])
        .iter()
        .map(|element| (element.clone(), element))
        .collect();
    Item::list(python::sort(keyed))
}

pub(super) fn sort_by<'a>(arguments: &[Item<'a>], depth: usize) -> Evaluated<'a> {
    let [array, expression] = arguments else {
        return Ok(Item::null());
    };
    let elements = elements(array);
    let Some(first) = elements.get(0) else {
        return Ok(array.clone());
    };
    let required = Type::of(&apply(expression, &first, depth)?).jmespath_name();
    if !["number", "string"].contains(&required) {
        // The reference shows the element here, not its key.
        return Err(type_error(
            "sort_by",
            &first,
            required,
            &["string", "number"],
        ));
    }
    let mut keyed = Vec::with_capacity(elements.len());
    for element in elements.iter() {
        let key = key(expression, &element, ("sort_by", depth), &[required])?;
        keyed.push((key, element));
    }
    Item::list(python::sort(keyed))
}

pub(super) fn merge<'a>(arguments: &[Item<'a>], _: usize) -> Evaluated<'a> {
    let mut merged = Merged::default();
    for argument in arguments {
        match argument.view() {
            View::Map(entries) => {
                for (key, item) in entries.to_vec() {
                    merged.insert(key, item);
                }
            }
            // Only the first argument's type is checked; what Python's
            // `dict.update` does with others, it does here.
            View::List(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    let (key, item) = pair(index, &element)?;
                    merged.insert(key, item);
                }
            }
            View::Text(text) if text.is_empty() => {}
            View::Text(_) => return Err(wrong_length(0, 1)),
            View::Bytes([]) => {}
            View::Bytes(_) => return Err(no_sequence(0)),
            _ => {
                return Err(JmespathError::invalid_type(format!(
                    "'{}' object is not iterable",
                    Type::of(argument).name()
                )));
            }
        }
    }
    Item::map(merged.entries)
}

/// A map in the making, each key once.
#[derive(Default)]
struct Merged<'a> {
    entries: Vec<Entry<'a>>,
    places: HashMap<Cow<'a, str>, usize>,
}

impl<'a> Merged<'a> {
    fn insert(&mut self, key: Cow<'a, str>, item: Item<'a>) {
        match self.places.get(&key) {
            Some(place) => self.entries[*place].1 = item,
            None => {
                self.places.insert(key.clone(), self.entries.len());
                self.entries.push((key, item));
            }
        }
    }
}

/// The key and value that `dict.update` makes of an element of a list. Keys
/// that are no text become what JSON has in their place.
fn pair<'a>(index: usize, element: &Item<'a>) -> Result<Entry<'a>, JmespathError> {
    let members: Vec<Item<'a>> = match element.view() {
        View::List(elements) => elements.iter().collect(),
        View::Map(entries) => entries.keys(),
        View::Text(text) => text.chars().map(Item::string).collect(),
        View::Bytes(bytes) => bytes
            .iter()
            .map(|byte| Item::owned(Value::Int(i64::from(*byte))))
            .collect(),
        _ => return Err(no_sequence(index)),
    };
    let [key, item] =
        <[Item<'a>; 2]>::try_from(members).map_err(|members| wrong_length(index, members.len()))?;
    let name = match (Type::of(&key), key.view()) {
        (_, View::Text(text)) => text.into_owned(),
        (kind @ (Type::List | Type::Dict), _) => {
            return Err(JmespathError::invalid_type(format!(
                "unhashable type: '{}'",
                kind.name()
            )));
        }
        (Type::Bytes | Type::Expression, _) => python::text(&key),
        _ => {
            let mut name = String::new();
            dump(&key, &mut name);
            name
        }
    };
    Ok((Cow::Owned(name), item))
}

fn no_sequence(index: usize) -> JmespathError {
    JmespathError::invalid_type(format!(
        "cannot convert dictionary update sequence element #{index} to a sequence"
    ))
}

fn wrong_length(index: usize, length: usize) -> JmespathError {
    JmespathError::invalid_value(format!(
        "dictionary update sequence element #{index} has length {length}; 2 is required"
    ))
}

/// Python's `max` or `min`, of the elements or by a key.
fn extreme<'a>(
    wanted: Ordering,
    arguments: &[Item<'a>],
    by: Option<(&str, usize)>,
) -> Evaluated<'a> {
    let mut best: Option<(Item<'a>, Item<'a>)> = None;
    for element in elements(&arguments[0]).iter() {
        let key = match by {
            Some(caller) => key(&arguments[1], &element, caller, &["number", "string"])?,
            None => element.clone(),
        };
        let is_better = match &best {
            None => true,
            Some((best_key, _)) => {
                if (Type::of(&key) == Type::Str) != (Type::of(best_key) == Type::Str) {
                    let symbol = if wanted.is_gt() { ">" } else { "<" };
                    return Err(incomparable(symbol, &key, best_key));
                }
                python::compare(&key, best_key) == Some(wanted)
            }
        };
        if is_better {
            best = Some((key, element));
        }
    }
    Ok(best.map_or_else(Item::null, |(_, element)| element))
}

/// The key of an element, whose type must be one of `allowed`.
fn key<'a>(
    expression: &Item<'a>,
    element: &Item<'a>,
    (function, depth): (&str, usize),
    allowed: &[&str],
) -> Evaluated<'a> {
    let key = apply(expression, element, depth)?;
    let actual = Type::of(&key).jmespath_name();
    if allowed.contains(&actual) {
        Ok(key)
    } else {
        Err(type_error(function, &key, actual, allowed))
    }
}

fn apply<'a>(expression: &Item<'a>, item: &Item<'a>, depth: usize) -> Evaluated<'a> {
    match expression {
        Item::Expression(node) => evaluate(node, item, depth),
        _ => Ok(Item::null()),
    }
}

fn total(numbers: Elements<'_, '_>) -> Result<Sum, JmespathError> {
    let mut sum = Sum::new();
    for element in numbers.iter() {
        sum.add(number(&element))?;
    }
    Ok(sum)
}

/// Appends what `json.dumps` makes of the item.
fn dump(item: &Item<'_>, out: &mut String) {
    match (item, item.view()) {
        (Item::Value(value), _) => json::write(value, DUMPED, out),
        (Item::Owned(value), _) => json::write(value, DUMPED, out),
        (_, View::List(elements)) => {
            out.push('[');
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                dump(&element, out);
            }
            out.push(']');
        }
        (_, View::Map(entries)) => {
            out.push('{');
            for (index, (key, item)) in entries.to_vec().iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                json::write_string(key, DUMPED.ascii, out);
                out.push(':');
                dump(item, out);
            }
            out.push('}');
        }
        _ => json::write_string(&python::text(item), DUMPED.ascii, out),
    }
}

/// The number, of an argument that was checked to be one.
fn number<'l>(item: &'l Item<'_>) -> Number<'l> {
    match item.view() {
        View::Number(number) => number,
        _ => Number::Int(0),
    }
}

/// The text, of an argument that was checked to be one.
fn text<'l>(item: &'l Item<'_>) -> Cow<'l, str> {
    match item.view() {
        View::Text(text) => text,
        _ => Cow::Borrowed(""),
    }
}

/// The elements, of an argument that was checked to be a list.
fn elements<'l, 'a>(item: &'l Item<'a>) -> Elements<'l, 'a> {
    item.elements().unwrap_or(Elements::Values(&[]))
}
