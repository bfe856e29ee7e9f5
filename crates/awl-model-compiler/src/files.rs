//! Choosing among files: which services there are, their newest version, and
//! the files that make each.

use std::collections::BTreeMap;
use std::io::Read as _;

use awl_value::{Map, Value, json};

use crate::{CompileError, Packer, service};

/// Model files by their path below the data folder, with `/`:
/// `ec2/2016-11-15/service-2.json`. Names that end in `.gz` are decompressed.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The largest size that a compressed file may unfold to, in bytes.
const MAX_UNFOLDED: u64 = 256 << 20;

/// Compiles the newest version of every service in `files`, and
/// `partitions.json` if it is there, into the bytes of a store.
///
/// # Errors
/// A [`CompileError`] that names the file and the place.
pub fn compile(files: &Files) -> Result<Vec<u8>, CompileError> {
    let mut packer = Packer::new();
    if let Some(bytes) = files.get("partitions.json") {
        let partitions = parse("partitions.json", bytes)?;
        packer.set_partitions(&partitions);
    }
    for service_files in services(files) {
        service::compile(&mut packer, &service_files)?;
    }
    packer.finish()
}

/// The files of one version of a service.
#[derive(Debug)]
pub struct ServiceFiles<'a> {
    /// The folder's name: `ec2`.
    pub name: &'a str,
    /// The version's: `2016-11-15`.
    pub api_version: &'a str,
    files: &'a Files,
}

/// The services in `files` that have a `service-2.json`, by name, each in its
/// newest version.
#[must_use]
pub fn services(files: &Files) -> Vec<ServiceFiles<'_>> {
    let mut newest: BTreeMap<&str, &str> = BTreeMap::new();
    for path in files.keys() {
        let mut parts = path.split('/');
        let (Some(name), Some(version), Some(file), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        if matches!(file, "service-2.json" | "service-2.json.gz") {
            let known = newest.entry(name).or_insert(version);
            *known = (*known).max(version);
        }
    }
    newest
        .into_iter()
        .map(|(name, api_version)| ServiceFiles {
            name,
            api_version,
            files,
        })
        .collect()
}

impl ServiceFiles<'_> {
    /// The path of a file of this service, `.json` left out of `stem`.
    #[must_use]
    pub fn path(&self, stem: &str) -> String {
        let (name, version) = (self.name, self.api_version);
        let plain = format!("{name}/{version}/{stem}.json");
        let compressed = format!("{plain}.gz");
        if !self.files.contains_key(&plain) && self.files.contains_key(&compressed) {
            compressed
        } else {
            plain
        }
    }

    /// A file's content with its sdk-extras merged in; None where it is absent.
    pub(crate) fn load(&self, stem: &str) -> Result<Option<Value>, CompileError> {
        let path = self.path(stem);
        let Some(bytes) = self.files.get(&path) else {
            return Ok(None);
        };
        let mut value = parse(&path, bytes)?;
        let extras_path = self.path(&format!("{stem}.sdk-extras"));
        if let Some(bytes) = self.files.get(&extras_path) {
            let extras = parse(&extras_path, bytes)?;
            if let (Some(base), Some(merge)) = (
                value.as_map_mut(),
                extras.get("merge").and_then(Value::as_map),
            ) {
                deep_merge(base, merge);
            }
        }
        Ok(Some(value))
    }
}

// Parity: botocore/utils.py, deep_merge.
fn deep_merge(base: &mut Map, extra: &Map) {
    for (key, value) in extra.iter() {
        match (base.get_mut(key), value) {
            (Some(Value::Map(inner)), Value::Map(more)) => deep_merge(inner, more),
            _ => {
                base.insert(key.to_owned(), value.clone());
            }
        }
    }
}

pub(crate) fn parse(path: &str, bytes: &[u8]) -> Result<Value, CompileError> {
    let unreadable = |reason: String| CompileError::Text {
        file: path.to_owned(),
        reason,
    };
    let mut unfolded = Vec::new();
    let bytes = if path.ends_with(".gz") {
        flate2::read::GzDecoder::new(bytes)
            .take(MAX_UNFOLDED)
            .read_to_end(&mut unfolded)
            .map_err(|error| unreadable(error.to_string()))?;
        &unfolded
    } else {
        bytes
    };
    let text = std::str::from_utf8(bytes).map_err(|error| unreadable(error.to_string()))?;
    json::parse(text).map_err(|source| CompileError::Json {
        file: path.to_owned(),
        source,
    })
}
