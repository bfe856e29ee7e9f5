//! The documentation of services into blocks, and blocks into a library.

use std::collections::{BTreeMap, HashMap};
use std::io::Write as _;

use awl_model::documentation::{HEADER_WORDS, MAGIC, RECORD_WORDS, SERVICE_WORDS, VERSION};
use awl_model::kebab_case;
use awl_value::{Map, Value};

use crate::{CompileError, Files, ServiceFiles, markup};

/// The documentation of one service in `files`, a raw block; None where its
/// model is not there.
///
/// # Errors
/// A [`CompileError`] that names the file.
pub fn service_documentation(files: &ServiceFiles<'_>) -> Result<Option<Vec<u8>>, CompileError> {
    let Some(model) = files.load("service-2")? else {
        return Ok(None);
    };
    let mut block = BlockWriter::default();
    let section = |key: &str| model.get(key).and_then(Value::as_map);
    let (operations, shapes) = (section("operations"), section("shapes"));

    // In the order of the command line, as the store has them.
    let mut sorted: Vec<(String, &Value)> = operations
        .into_iter()
        .flat_map(Map::iter)
        .map(|(name, operation)| (kebab_case(name), operation))
        .collect();
    sorted.sort_by(|left, right| left.0.cmp(&right.0));

    let (mut texts, mut patterns, mut members) = (Vec::new(), Vec::new(), Vec::new());
    for (_, shape) in shapes.into_iter().flat_map(Map::iter) {
        texts.push(block.documentation(shape));
        let pattern = shape.get("pattern").and_then(Value::as_str);
        patterns.push(pattern.map_or(0, |pattern| block.string(pattern)));
        let kind = shape.get("type").and_then(Value::as_str);
        match kind {
            Some("structure") => {
                let own = shape.get("members").and_then(Value::as_map);
                for (_, member) in own.into_iter().flat_map(Map::iter) {
                    members.push(block.documentation(member));
                }
            }
            Some("list") => members.push(block.documentation_at(shape, "member")),
            Some("map") => {
                members.push(block.documentation_at(shape, "key"));
                members.push(block.documentation_at(shape, "value"));
            }
            _ => {}
        }
    }
    let service = block.documentation(&model);
    let mut words = vec![
        service,
        sorted.len() as u32,
        texts.len() as u32,
        members.len() as u32,
    ];
    debug_assert_eq!(words.len(), SERVICE_WORDS);
    for (_, operation) in &sorted {
        words.push(block.documentation(operation));
    }
    words.extend(texts.into_iter().chain(patterns).chain(members));
    Ok(Some(block.finish(&words)))
}

/// Texts by name as a raw block.
#[must_use]
pub fn named_texts(texts: &BTreeMap<String, String>) -> Vec<u8> {
    let mut block = BlockWriter::default();
    let mut words = Vec::with_capacity(2 * texts.len());
    for (name, text) in texts {
        words.push(block.string(name));
        words.push(block.string(text));
    }
    block.finish(&words)
}

/// The library that help opens: `service/NAME` for every service of `models`,
/// `examples/NAME` for the commands of each service that `help` has examples
/// of, `topics`.
///
/// `help` holds the files of the AWS CLI's package by their paths below
/// `awscli/`.
///
/// # Errors
/// A [`CompileError`] that names the file.
pub fn library(models: &Files, help: &Files) -> Result<Vec<u8>, CompileError> {
    let mut blocks: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for service in crate::services(models) {
        if let Some(block) = service_documentation(&service)? {
            blocks.insert(format!("service/{}", service.name), block);
        }
    }
    let mut groups: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for (path, bytes) in help {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let Some((folder, name)) = path.split_once('/') else {
            continue;
        };
        let (group, name) = match (folder, name.split_once('/')) {
            ("examples", Some((service, command))) => (format!("examples/{service}"), command),
            _ => (folder.to_owned(), name),
        };
        let name = name.strip_suffix(".rst").unwrap_or(name);
        groups
            .entry(group)
            .or_default()
            .insert(name.to_owned(), text);
    }
    for (name, texts) in &groups {
        blocks.insert(name.clone(), named_texts(texts));
    }
    Ok(pack(&blocks))
}

/// Compresses each block and lays them out.
pub(crate) fn pack(blocks: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut words = vec![u32::from_le_bytes(MAGIC), VERSION, blocks.len() as u32];
    let start = (HEADER_WORDS + RECORD_WORDS * blocks.len()) * 4;
    let mut tail = Vec::new();
    for (name, raw) in blocks {
        let name_at = start + tail.len();
        tail.extend_from_slice(name.as_bytes());
        let packed = deflate(raw);
        words.extend([
            name_at as u32,
            name.len() as u32,
            (start + tail.len()) as u32,
            packed.len() as u32,
            raw.len() as u32,
        ]);
        tail.extend(packed);
    }
    let mut bytes: Vec<u8> = words.into_iter().flat_map(u32::to_le_bytes).collect();
    bytes.extend(tail);
    bytes
}

fn deflate(raw: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    // Writing to memory cannot fail; were it to, the block would be empty.
    let written = encoder.write_all(raw).and_then(|()| encoder.finish());
    written.unwrap_or_default()
}

/// Collects the texts of a block, each once.
#[derive(Default)]
struct BlockWriter {
    texts: Vec<u8>,
    names: HashMap<String, u32>,
}

impl BlockWriter {
    fn string(&mut self, text: &str) -> u32 {
        if let Some(name) = self.names.get(text) {
            return *name;
        }
        let name = self.texts.len() as u32 + 1;
        self.texts.extend((text.len() as u32).to_le_bytes());
        self.texts.extend_from_slice(text.as_bytes());
        self.names.insert(text.to_owned(), name);
        name
    }

    /// The text under `documentation`, as markup; zero where there is none.
    fn documentation(&mut self, of: &Value) -> u32 {
        match of.get("documentation").and_then(Value::as_str) {
            Some(html) => self.string(&markup::from_html(html)),
            None => 0,
        }
    }

    fn documentation_at(&mut self, of: &Value, key: &str) -> u32 {
        of.get(key).map_or(0, |of| self.documentation(of))
    }

    fn finish(self, words: &[u32]) -> Vec<u8> {
        let count = words.len() as u32;
        let mut bytes: Vec<u8> = [count]
            .iter()
            .chain(words)
            .flat_map(|word| word.to_le_bytes())
            .collect();
        bytes.extend(self.texts);
        bytes
    }
}
