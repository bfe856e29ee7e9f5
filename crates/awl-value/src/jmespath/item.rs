//! What evaluation works with: values that are borrowed from the document or
//! the expression, and what is made of them. A query copies what it keeps, at
//! the end, and nothing else.

use std::borrow::Cow;
use std::rc::Rc;

use super::ast::Node;
use super::error::{ErrorKind, JmespathError};
use super::number::Number;
use crate::{Map, Value, Zone};

/// How deep the lists and maps made by an expression may nest.
const MAX_DEPTH: usize = 990;

pub(super) static NULL: Value = Value::Null;
static TRUE: Value = Value::Bool(true);
static FALSE: Value = Value::Bool(false);

/// A value under evaluation; cheap to clone.
#[derive(Clone, Debug)]
pub(super) enum Item<'a> {
    Value(&'a Value),
    Text(&'a str),
    /// A number or text that was computed; no list and no map.
    Owned(Rc<Value>),
    List(Rc<Made<Vec<Item<'a>>>>),
    Map(Rc<Made<Vec<Entry<'a>>>>),
    /// `&expression`.
    Expression(&'a Node),
}

/// An entry of a map that was made; no key comes twice.
pub(super) type Entry<'a> = (Cow<'a, str>, Item<'a>);

/// A container that was made.
#[derive(Debug)]
pub(super) struct Made<T> {
    content: T,
    /// How deep containers nest that were made.
    depth: usize,
}

/// An item by its Python type.
pub(super) enum View<'l, 'a> {
    Null,
    Bool(bool),
    Number(Number<'l>),
    Text(Cow<'l, str>),
    Bytes(&'l [u8]),
    List(Elements<'l, 'a>),
    Map(Entries<'l, 'a>),
    Expression(&'a Node),
}

/// A list's items.
#[derive(Clone, Copy)]
pub(super) enum Elements<'l, 'a> {
    Values(&'a [Value]),
    Items(&'l [Item<'a>]),
}

/// A map's entries.
#[derive(Clone, Copy)]
pub(super) enum Entries<'l, 'a> {
    Map(&'a Map),
    Items(&'l [Entry<'a>]),
}

impl<'a> Item<'a> {
    pub(super) fn null() -> Self {
        Self::Value(&NULL)
    }

    pub(super) fn bool(flag: bool) -> Self {
        Self::Value(if flag { &TRUE } else { &FALSE })
    }

    pub(super) fn string(text: impl Into<String>) -> Self {
        Self::Owned(Rc::new(Value::String(text.into())))
    }

    /// A number or text.
    pub(super) fn owned(value: Value) -> Self {
        Self::Owned(Rc::new(value))
    }

    pub(super) fn list(content: Vec<Self>) -> Result<Self, JmespathError> {
        let depth = made_depth(content.iter())?;
        Ok(Self::List(Rc::new(Made { content, depth })))
    }

    pub(super) fn map(content: Vec<Entry<'a>>) -> Result<Self, JmespathError> {
        let depth = made_depth(content.iter().map(|(_, item)| item))?;
        Ok(Self::Map(Rc::new(Made { content, depth })))
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Value(Value::Null))
    }

    pub(super) fn view(&self) -> View<'_, 'a> {
        match self {
            Self::Value(Value::List(items)) => View::List(Elements::Values(items)),
            Self::Value(Value::Map(map)) => View::Map(Entries::Map(map)),
            Self::Value(value) => scalar(value),
            Self::Owned(value) => scalar(value),
            Self::Text(text) => View::Text(Cow::Borrowed(text)),
            Self::List(list) => View::List(Elements::Items(&list.content)),
            Self::Map(map) => View::Map(Entries::Items(&map.content)),
            Self::Expression(node) => View::Expression(node),
        }
    }

    /// The items, of a list.
    pub(super) fn elements(&self) -> Option<Elements<'_, 'a>> {
        match self {
            Self::Value(Value::List(items)) => Some(Elements::Values(items)),
            Self::List(list) => Some(Elements::Items(&list.content)),
            _ => None,
        }
    }

    /// The entries, of a map.
    pub(super) fn entries(&self) -> Option<Entries<'_, 'a>> {
        match self {
            Self::Value(Value::Map(map)) => Some(Entries::Map(map)),
            Self::Map(map) => Some(Entries::Items(&map.content)),
            _ => None,
        }
    }

    /// The value under `key`, of a map that has it; else null.
    pub(super) fn field(&self, key: &str) -> Self {
        self.entries()
            .and_then(|entries| entries.get(key))
            .unwrap_or_else(Self::null)
    }

    /// Whether a condition that gives this fails: the reference's `_is_false`.
    pub(super) fn is_false(&self) -> bool {
        match self.view() {
            View::Null | View::Bool(false) => true,
            View::Text(text) => text.is_empty(),
            View::List(elements) => elements.len() == 0,
            View::Map(entries) => entries.len() == 0,
            View::Bool(true) | View::Number(_) | View::Bytes(_) | View::Expression(_) => false,
        }
    }

    /// The value to keep.
    pub(super) fn into_value(self) -> Result<Value, JmespathError> {
        Ok(match self {
            Self::Value(value) => value.clone(),
            Self::Text(text) => text.into(),
            Self::Owned(value) => Rc::unwrap_or_clone(value),
            Self::List(list) => {
                let items = match Rc::try_unwrap(list) {
                    Ok(list) => list.content,
                    Err(list) => list.content.clone(),
                };
                let values: Result<_, _> = items.into_iter().map(Self::into_value).collect();
                Value::List(values?)
            }
            Self::Map(map) => {
                let entries = match Rc::try_unwrap(map) {
                    Ok(map) => map.content,
                    Err(map) => map.content.clone(),
                };
                let mut map = Map::with_capacity(entries.len());
                for (key, item) in entries {
                    map.push(key.into_owned(), item.into_value()?);
                }
                Value::Map(map)
            }
            // What the AWS CLI says where one is printed.
            Self::Expression(_) => {
                return Err(JmespathError::invalid_type(
                    "Encountered unrecognized type in JSON encoder.",
                ));
            }
        })
    }

    fn depth(&self) -> usize {
        match self {
            Self::List(list) => list.depth,
            Self::Map(map) => map.depth,
            _ => 0,
        }
    }
}

fn made_depth<'l, 'a: 'l>(
    content: impl Iterator<Item = &'l Item<'a>>,
) -> Result<usize, JmespathError> {
    let inner = content.map(Item::depth).max().unwrap_or(0);
    if inner >= MAX_DEPTH {
        return Err(JmespathError::too_deep(ErrorKind::InvalidValue));
    }
    Ok(inner + 1)
}

fn scalar<'l, 'a>(value: &'l Value) -> View<'l, 'a> {
    match value {
        Value::Bool(flag) => View::Bool(*flag),
        Value::Int(number) => View::Number(Number::Int(*number)),
        Value::BigInt(digits) => View::Number(Number::Big(digits)),
        Value::Float(number) => View::Number(Number::Float(*number)),
        Value::String(text) => View::Text(Cow::Borrowed(text)),
        Value::Blob(bytes) => View::Bytes(bytes),
        // The AWS CLI has text in its place.
        Value::Timestamp(timestamp) => {
            View::Text(Cow::Owned(timestamp.isoformat(match timestamp.zone {
                Zone::Local => 0,
                Zone::Offset(offset) => offset,
            })))
        }
        Value::Null | Value::List(_) | Value::Map(_) => View::Null,
    }
}

impl<'l, 'a> Elements<'l, 'a> {
    pub(super) const fn len(self) -> usize {
        match self {
            Self::Values(values) => values.len(),
            Self::Items(items) => items.len(),
        }
    }

    pub(super) fn get(self, index: usize) -> Option<Item<'a>> {
        match self {
            Self::Values(values) => values.get(index).map(Item::Value),
            Self::Items(items) => items.get(index).cloned(),
        }
    }

    pub(super) fn iter(self) -> impl DoubleEndedIterator<Item = Item<'a>> + use<'l, 'a> {
        (0..self.len()).filter_map(move |index| self.get(index))
    }
}

impl<'l, 'a> Entries<'l, 'a> {
    pub(super) fn len(self) -> usize {
        match self {
            Self::Map(map) => map.len(),
            Self::Items(entries) => entries.len(),
        }
    }

    pub(super) fn get(self, key: &str) -> Option<Item<'a>> {
        match self {
            Self::Map(map) => map.get(key).map(Item::Value),
            Self::Items(entries) => entries
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, item)| item.clone()),
        }
    }

    /// The entries, all at once.
    pub(super) fn to_vec(self) -> Vec<Entry<'a>> {
        match self {
            Self::Map(map) => map
                .iter()
                .map(|(key, value)| (Cow::Borrowed(key), Item::Value(value)))
                .collect(),
            Self::Items(entries) => entries.to_vec(),
        }
    }

    /// The keys, as text.
    pub(super) fn keys(self) -> Vec<Item<'a>> {
        match self {
            Self::Map(map) => map.keys().map(Item::Text).collect(),
            Self::Items(entries) => entries
                .iter()
                .map(|(key, _)| match key {
                    Cow::Borrowed(key) => Item::Text(key),
                    Cow::Owned(key) => Item::string(key.as_str()),
                })
                .collect(),
        }
    }

    pub(super) fn values(self) -> Vec<Item<'a>> {
        match self {
            Self::Map(map) => map.values().map(Item::Value).collect(),
            Self::Items(entries) => entries.iter().map(|(_, item)| item.clone()).collect(),
        }
    }
}
