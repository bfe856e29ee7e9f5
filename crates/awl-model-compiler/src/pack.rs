//! Writing the store: interned strings, interned trees, tables.

use std::collections::HashMap;

use awl_model::format::{self, HEADER_WORDS, MAGIC, NULL, Section, VERSION, tag};
use awl_value::{Map, Value};

use crate::CompileError;

/// Collects the parts of a store and lays them out.
#[derive(Debug, Default)]
pub struct Packer {
    strings: Vec<u8>,
    string_names: HashMap<String, u32>,
    nodes: Vec<u32>,
    node_names: HashMap<Vec<u32>, u32>,
    partitions: u32,
    pub(crate) services: Vec<[u32; format::service_fields::WORDS]>,
    pub(crate) operations: Vec<[u32; format::operation_fields::WORDS]>,
    pub(crate) shapes: Vec<[u32; format::shape_fields::WORDS]>,
    pub(crate) members: Vec<[u32; format::member_fields::WORDS]>,
}

impl Packer {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        let mut packer = Self::default();
        // The string named 0 is the empty one, which damaged reads give.
        packer.string("");
        packer
    }

    /// Sets the partitions.
    pub fn set_partitions(&mut self, partitions: &Value) {
        self.partitions = self.node(partitions);
    }

    /// Interns a text.
    pub fn string(&mut self, text: &str) -> u32 {
        if let Some(&name) = self.string_names.get(text) {
            return name;
        }
        let name = self.strings.len() as u32;
        let mut length = text.len();
        while length >= 0x80 {
            self.strings.push(length as u8 | 0x80);
            length >>= 7;
        }
        self.strings.push(length as u8);
        self.strings.extend_from_slice(text.as_bytes());
        self.string_names.insert(text.to_owned(), name);
        name
    }

    /// Interns a tree.
    pub fn node(&mut self, value: &Value) -> u32 {
        match value {
            Value::Null => NULL,
            Value::Bool(flag) => (1 + u32::from(*flag)) << 3 | tag::CONSTANT,
            Value::Int(number) if (-(1 << 28)..1 << 28).contains(number) => {
                (*number as i32 as u32) << 3 | tag::SMALL
            }
            Value::Int(number) => self.number(tag::INTEGER, *number as u64),
            Value::Float(number) => self.number(tag::FLOAT, number.to_bits()),
            Value::String(text) => self.string(text) << 3 | tag::STRING,
            Value::List(items) => {
                let items: Vec<u32> = items.iter().map(|item| self.node(item)).collect();
                self.list(&items)
            }
            Value::Map(map) => {
                let entries: Vec<(u32, u32)> = map
                    .iter()
                    .map(|(key, item)| (self.string(key), self.node(item)))
                    .collect();
                self.object(&entries)
            }
            // No model has these: JSON gives none of them but huge integers.
            Value::BigInt(digits) => self.string(digits) << 3 | tag::STRING,
            Value::Blob(_) | Value::Timestamp(_) => NULL,
        }
    }

    /// Interns a tree without the keys that `drop` names at its top.
    pub(crate) fn node_without(&mut self, map: &Map, drop: impl Fn(&str) -> bool) -> u32 {
        let mut entries = Vec::new();
        for (key, item) in map.iter().filter(|(key, _)| !drop(key)) {
            entries.push((self.string(key), self.node(item)));
        }
        if entries.is_empty() {
            NULL
        } else {
            self.object(&entries)
        }
    }

    /// Interns a list of small numbers.
    pub(crate) fn numbers(&mut self, numbers: impl Iterator<Item = u32>) -> u32 {
        let items: Vec<u32> = numbers.map(|number| number << 3 | tag::SMALL).collect();
        if items.is_empty() {
            NULL
        } else {
            self.list(&items)
        }
    }

    fn number(&mut self, tag: u32, bits: u64) -> u32 {
        self.container(tag, vec![bits as u32, (bits >> 32) as u32])
    }

    fn list(&mut self, items: &[u32]) -> u32 {
        let mut words = vec![items.len() as u32];
        words.extend_from_slice(items);
        self.container(tag::LIST, words)
    }

    fn object(&mut self, entries: &[(u32, u32)]) -> u32 {
        let mut words = vec![entries.len() as u32];
        words.extend(entries.iter().flat_map(|&(key, value)| [key, value]));
        self.container(tag::OBJECT, words)
    }

    fn container(&mut self, tag: u32, mut words: Vec<u32>) -> u32 {
        // The tag is part of what makes two runs of words equal.
        words.push(tag);
        if let Some(&name) = self.node_names.get(&words) {
            return name;
        }
        let name = (self.nodes.len() as u32) << 3 | tag;
        self.nodes.extend_from_slice(&words[..words.len() - 1]);
        self.node_names.insert(words, name);
        name
    }

    /// Fails where strings or trees have outgrown what their names can say.
    pub(crate) fn check_size(&self, file: &str) -> Result<(), CompileError> {
        let too_large = |what| CompileError::TooLarge {
            file: file.to_owned(),
            what,
        };
        if self.strings.len() >= 1 << 29 {
            return Err(too_large("text"));
        }
        if self.nodes.len() >= 1 << 29 {
            return Err(too_large("traits"));
        }
        Ok(())
    }

    /// The bytes of the store.
    ///
    /// # Errors
    /// Where it has become too large.
    pub fn finish(self) -> Result<Vec<u8>, CompileError> {
        self.check_size("the models")?;
        // Services come sorted by name, as `services` lists them.
        let mut sections: [Vec<u8>; Section::COUNT] = Default::default();
        sections[Section::Strings as usize] = self.strings;
        sections[Section::Nodes as usize] = words_to_bytes(self.nodes.iter());
        sections[Section::Services as usize] = words_to_bytes(self.services.iter().flatten());
        sections[Section::Operations as usize] = words_to_bytes(self.operations.iter().flatten());
        sections[Section::Shapes as usize] = words_to_bytes(self.shapes.iter().flatten());
        sections[Section::Members as usize] = words_to_bytes(self.members.iter().flatten());
        let mut header = vec![u32::from_le_bytes(MAGIC), VERSION, self.partitions];
        let mut offset = HEADER_WORDS * 4;
        for section in &mut sections {
            header.extend([offset as u32, section.len() as u32]);
            section.resize(section.len().next_multiple_of(4), 0);
            offset += section.len();
        }
        let mut bytes = words_to_bytes(header.iter());
        for section in sections {
            bytes.extend(section);
        }
        Ok(bytes)
    }
}

fn words_to_bytes<'a>(words: impl Iterator<Item = &'a u32>) -> Vec<u8> {
    words.flat_map(|word| word.to_le_bytes()).collect()
}
