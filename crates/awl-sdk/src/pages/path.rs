//! Paths of a paginator's model: names with dots between them.

use awl_value::{Map, Value};

/// A place inside an answer: `Contents`, `DistributionList.Items`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    names: Vec<&'static str>,
}

impl Path {
    /// Reads a path; None where the text is any other expression.
    // Parity: botocore/utils.py, validate_jmespath_for_set, takes no more.
    pub(super) fn parse(text: &'static str) -> Option<Self> {
        let is_name = |name: &str| {
            name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        let names: Vec<&str> = text.split('.').collect();
        names
            .iter()
            .all(|name| is_name(name))
            .then_some(Self { names })
    }

    /// The names, outermost first; at least one.
    #[must_use]
    pub fn names(&self) -> &[&'static str] {
        &self.names
    }

    /// What stands there; None where nothing or null does.
    #[must_use]
    pub fn find<'a>(&self, map: &'a Map) -> Option<&'a Value> {
        let (first, rest) = self.names.split_first()?;
        let mut value = map.get(first)?;
        for name in rest {
            value = value.get(name)?;
        }
        (!value.is_null()).then_some(value)
    }

    /// What stands there, to change; None where nothing or null does.
    pub fn find_mut<'a>(&self, map: &'a mut Map) -> Option<&'a mut Value> {
        let (first, rest) = self.names.split_first()?;
        let mut value = map.get_mut(first)?;
        for name in rest {
            value = value.as_map_mut()?.get_mut(name)?;
        }
        (!value.is_null()).then_some(value)
    }

    /// Puts `value` there; maps that are missing on the way are made.
    // Parity: botocore/utils.py, set_value_from_jmespath.
    pub fn set(&self, map: &mut Map, value: Value) {
        if let Some((last, parents)) = self.names.split_last() {
            set(map, parents, last, value);
        }
    }
}

fn set(map: &mut Map, parents: &[&'static str], last: &'static str, value: Value) {
    let Some((parent, parents)) = parents.split_first() else {
        map.insert(last, value);
        return;
    };
    if !map.contains_key(parent) {
        map.push(*parent, Value::Map(Map::new()));
    }
    // Under what is no map there is no place; Python raises.
    if let Some(inner) = map.get_mut(parent).and_then(Value::as_map_mut) {
        set(inner, parents, last, value);
    }
}
