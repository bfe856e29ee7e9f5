//! Anchors and aliases: an object that comes again is not written again.
// Parity: the serializer of ruamel.yaml's C extension, `_anchor_node`.

use std::collections::{HashMap, HashSet};

use awl_value::Value;

/// How a list or map that comes more than once is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mention {
    /// In full, behind the anchor of that number.
    First(u32),
    /// As an alias of the anchor of that number.
    Again(u32),
}

/// The lists and maps of one document that come more than once.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    /// The object that stands at an address.
    objects: HashMap<usize, u32>,
    /// The anchors of objects.
    numbers: HashMap<u32, u32>,
    written: HashSet<u32>,
}

impl Anchors {
    /// The anchors of `value`; `repeats` has a number for each list and map in
    /// it, in the order in which they begin, zero for those that come once.
    pub(super) fn new(value: &Value, repeats: &[u32]) -> Self {
        let mut anchors = Self::default();
        if !repeats.is_empty() {
            anchors.locate(value, &mut repeats.iter());
            anchors.count(value, &mut HashSet::new());
        }
        anchors
    }

    /// How the value is to be written, if it comes more than once.
    pub(super) fn mention(&mut self, value: &Value) -> Option<Mention> {
        if self.numbers.is_empty() {
            return None;
        }
        let object = self.objects.get(&address(value))?;
        let number = *self.numbers.get(object)?;
        Some(if self.written.insert(*object) {
            Mention::First(number)
        } else {
            Mention::Again(number)
        })
    }

    fn locate(&mut self, value: &Value, repeats: &mut std::slice::Iter<'_, u32>) {
        if !matches!(value, Value::List(_) | Value::Map(_)) {
            return;
        }
        match repeats.next() {
            None | Some(0) => {}
            Some(object) => {
                self.objects.insert(address(value), *object);
            }
        }
        match value {
            Value::List(items) => items.iter().for_each(|item| self.locate(item, repeats)),
            Value::Map(map) => map.values().for_each(|item| self.locate(item, repeats)),
            _ => {}
        }
    }

    /// Numbers the objects as the document comes to them again. What is in one
    /// that is met again counts as met once.
    fn count(&mut self, value: &Value, met: &mut HashSet<u32>) {
        if let Some(object) = self.objects.get(&address(value))
            && !met.insert(*object)
        {
            let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX - 1) + 1;
            self.numbers.entry(*object).or_insert(next);
            return;
        }
        match value {
            Value::List(items) => items.iter().for_each(|item| self.count(item, met)),
            Value::Map(map) => super::entries(map, true)
                .into_iter()
                .for_each(|(_, item)| self.count(item, met)),
            _ => {}
        }
    }
}

/// Values do not move while their document is written.
fn address(value: &Value) -> usize {
    std::ptr::from_ref(value).addr()
}
