//! The sections of a value.
// Parity: awscli/formatter.py, TableFormatter._build_table and below.

use std::borrow::Cow;

use awl_value::{Map, Value};

use super::section::Section;
use crate::python;

/// The sections of `value`, none where Python takes it for false.
///
/// # Errors
/// What Python says of lists whose items do not go together.
pub(super) fn sections<'a>(title: &'a str, value: &'a Value) -> Result<Vec<Section<'a>>, String> {
    let mut builder = Builder {
        sections: Vec::new(),
    };
    builder.build(Some(title), value, 0)?;
    Ok(builder.sections)
}

struct Builder<'a> {
    sections: Vec<Section<'a>>,
}

impl<'a> Builder<'a> {
    /// A section for the value; without a title its rows go to the last one.
    fn build(
        &mut self,
        title: Option<&'a str>,
        value: &'a Value,
        level: usize,
    ) -> Result<(), String> {
        if is_false(value) {
            return Ok(());
        }
        if title.is_some() {
            self.sections.push(Section::new(title, level));
        }
        match value {
            Value::List(items) if items.first().is_some_and(|item| item.as_map().is_some()) => {
                self.build_structures(items, title, level)
            }
            Value::List(items) => items.iter().try_for_each(|item| self.build_item(item)),
            Value::Map(map) => self.build_structure(map, level),
            _ => Ok(()),
        }
    }

    /// An item of a list that does not begin with a structure.
    fn build_item(&mut self, item: &'a Value) -> Result<(), String> {
        match item {
            Value::List(items) if !items.iter().all(is_scalar) => self.build(None, item, 0),
            Value::List(items) => self.add_row(items.iter().map(cell)),
            // Python walks over the keys.
            Value::Map(map) => self.add_row(map.keys().map(Cow::Borrowed)),
            scalar => self.add_row([cell(scalar)].into_iter()),
        }
    }

    /// A structure: its scalars side by side, a section for each other member.
    fn build_structure(&mut self, map: &'a Map, level: usize) -> Result<(), String> {
        let members = sorted(map);
        match scalars(&members).count() {
            0 => {}
            1 => {
                for (key, value) in scalars(&members) {
                    self.add_row([Cow::Borrowed(key), cell(value)].into_iter())?;
                }
            }
            _ => self.add_side_by_side(&members)?,
        }
        self.build_others(&members, level)
    }

    /// The scalars below their names.
    fn add_side_by_side(&mut self, members: &[Member<'a>]) -> Result<(), String> {
        self.set_headers(scalars(members).map(|(key, _)| key).collect())?;
        self.add_row(scalars(members).map(|(_, value)| cell(value)))
    }

    fn build_others(&mut self, members: &[Member<'a>], level: usize) -> Result<(), String> {
        members
            .iter()
            .filter(|(_, value)| !is_scalar(value))
            .try_for_each(|(key, value)| self.build(Some(key), value, level + 1))
    }

    /// Structures: a row for each; a section for each where any has members
    /// that are no scalars.
    fn build_structures(
        &mut self,
        items: &'a [Value],
        title: Option<&'a str>,
        level: usize,
    ) -> Result<(), String> {
        if let [Value::Map(map)] = items {
            let members = sorted(map);
            self.add_side_by_side(&members)?;
            return self.build_others(&members, level);
        }
        let (headers, others) = names(items)?;
        self.set_headers(headers.clone())?;
        for (index, item) in items.iter().enumerate() {
            if index > 0 && !others.is_empty() {
                self.sections.push(Section::new(title, level));
                self.set_headers(headers.clone())?;
            }
            let Some(map) = item.as_map() else {
                if !headers.is_empty() {
                    return Err(no_attribute(item, "get"));
                }
                self.add_row(std::iter::empty())?;
                continue;
            };
            let members = sorted(map);
            let find = |key: &str| {
                members
                    .binary_search_by(|(name, _)| (*name).cmp(key))
                    .ok()
                    .map(|index| members[index].1)
            };
            self.add_row(
                headers
                    .iter()
                    .map(|header| find(header).map_or(Cow::Borrowed(""), cell)),
            )?;
            for key in &others {
                if let Some(value) = find(key) {
                    self.build(Some(key), value, level + 1)?;
                }
            }
        }
        Ok(())
    }

    fn set_headers(&mut self, headers: Vec<&'a str>) -> Result<(), String> {
        self.current().set_headers(headers)
    }

    fn add_row(&mut self, row: impl Iterator<Item = Cow<'a, str>>) -> Result<(), String> {
        self.current().add_row(row)
    }

    fn current(&mut self) -> &mut Section<'a> {
        // There is one from the beginning, for the outermost has a title.
        if self.sections.is_empty() {
            self.sections.push(Section::default());
        }
        let last = self.sections.len() - 1;
        &mut self.sections[last]
    }
}

/// The names of the structures' scalars, and of their other members, in order.
/// One that is the one in this and the other in that structure is in both.
fn names(items: &[Value]) -> Result<(Vec<&str>, Vec<&str>), String> {
    let (mut headers, mut others) = (Vec::new(), Vec::new());
    for item in items {
        let Value::Map(map) = item else {
            walked_as_structure(item)?;
            continue;
        };
        for (key, value) in map.iter() {
            let names = if is_scalar(value) {
                &mut headers
            } else {
                &mut others
            };
            if let Err(place) = names.binary_search(&key) {
                names.insert(place, key);
            }
        }
    }
    Ok((headers, others))
}

/// A member of a structure: its name and its value.
type Member<'a> = (&'a str, &'a Value);

fn scalars<'a>(members: &[Member<'a>]) -> impl Iterator<Item = Member<'a>> {
    members
        .iter()
        .copied()
        .filter(|(_, value)| is_scalar(value))
}

/// The members in the order of their names.
fn sorted(map: &Map) -> Vec<Member<'_>> {
    let mut members: Vec<_> = map.iter().collect();
    members.sort_unstable_by_key(|(key, _)| *key);
    members
}

/// What becomes of something else among structures, as Python walks over it
/// and asks it for its members.
fn walked_as_structure(item: &Value) -> Result<(), String> {
    match item {
        Value::String(text) if text.is_empty() => Ok(()),
        Value::String(_) => Err("string indices must be integers, not 'str'".to_owned()),
        Value::List(items) => items
            .iter()
            .try_for_each(|item| indexed_by(items.len(), item)),
        _ => Err(format!(
            "'{}' object is not iterable",
            python::type_name(item)
        )),
    }
}

/// Python takes the items for indices of the list that they are in.
fn indexed_by(length: usize, index: &Value) -> Result<(), String> {
    let index = match index {
        Value::Bool(flag) => i64::from(*flag),
        Value::Int(number) => *number,
        Value::BigInt(_) => {
            return Err("cannot fit 'int' into an index-sized integer".to_owned());
        }
        _ => {
            return Err(format!(
                "list indices must be integers or slices, not {}",
                python::type_name(index)
            ));
        }
    };
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    if (-length..length).contains(&index) {
        Ok(())
    } else {
        Err("list index out of range".to_owned())
    }
}

fn no_attribute(item: &Value, name: &str) -> String {
    format!(
        "'{}' object has no attribute '{name}'",
        python::type_name(item)
    )
}

/// The text of a cell.
fn cell(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        _ => Cow::Owned(python::str(value)),
    }
}

const fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::List(_) | Value::Map(_))
}

/// Whether Python takes the value for false.
fn is_false(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) | Value::Int(0) => true,
        Value::Float(number) => *number == 0.0,
        Value::String(text) => text.is_empty(),
        Value::Blob(bytes) => bytes.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::Bool(true) | Value::Int(_) | Value::BigInt(_) | Value::Timestamp(_) => false,
    }
}
