//! botocore's protocol suites, every case, read from its pinned source
//! release: `tests/unit/protocols` and `tests/unit/response_parsing`.
//!
//! A case is named `<file>/<id>`, or `<file>#<suite>:<case>` where it has no
//! id. What does not apply to awl stands in `skips.txt` with a reason; a line
//! there that skips nothing, or skips what would pass, fails.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a suite that cannot be read fails the test"
)]

mod compare;
mod input;
mod order;
mod output;
mod parsing;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use awl_value::{Map, Value};

/// One case, with the service that it stands in.
struct Case {
    name: String,
    service: Value,
    case: Value,
}

#[test]
fn input_cases() {
    run("input", input::check);
}

#[test]
fn output_cases() {
    run("output", output::check);
}

fn run(direction: &str, check: fn(&Case) -> Result<(), String>) {
    let skips = skips();
    let (mut passed, mut skipped, mut failures) = (0, 0, Vec::new());
    let mut used = BTreeMap::new();
    let folder = awl_test::botocore_source().join("tests/unit/protocols");
    for (label, path) in files(&folder, direction) {
        for case in cases(&label, &path) {
            let result = std::panic::catch_unwind(|| check(&case))
                .unwrap_or_else(|_| Err("panicked".to_owned()));
            match (result, skips.get(&case.name)) {
                (Ok(()), None) => passed += 1,
                (Err(_), Some(reason)) => {
                    skipped += 1;
                    used.insert(case.name.clone(), reason);
                }
                (Ok(()), Some(_)) => {
                    used.insert(case.name.clone(), &skips[&case.name]);
                    failures.push(format!("{}: is skipped, but passes", case.name));
                }
                (Err(message), None) => failures.push(format!("{}: {message}", case.name)),
            }
        }
    }
    for name in skips.keys().filter(|name| name.starts_with(direction)) {
        if !used.contains_key(name) {
            failures.push(format!("{name}: is skipped, but there is no such case"));
        }
    }
    println!("{direction}: {passed} passed, {skipped} skipped");
    for (name, reason) in used {
        println!("  skipped {name}: {reason}");
    }
    assert!(
        failures.is_empty(),
        "{} of {} failed:\n{}",
        failures.len(),
        passed + skipped + failures.len(),
        failures.join("\n")
    );
}

/// The suites of a direction, the older ones included.
fn files(folder: &Path, direction: &str) -> Vec<(String, PathBuf)> {
    let mut files = Vec::new();
    for (label, folder) in [
        (direction.to_owned(), folder.join(direction)),
        (
            format!("{direction}-legacy"),
            folder.join("legacy").join(direction),
        ),
    ] {
        for entry in std::fs::read_dir(&folder).expect("the suite's folder") {
            let path = entry.expect("an entry").path();
            let stem = path.file_stem().expect("a name").to_string_lossy();
            files.push((format!("{label}/{stem}"), path.clone()));
        }
    }
    files.sort();
    assert!(!files.is_empty());
    files
}

fn cases(label: &str, path: &Path) -> Vec<Case> {
    let mut cases = Vec::new();
    let suites = awl_test::read_json(path);
    for (number, suite) in suites.as_list().unwrap().iter().enumerate() {
        let suite = suite.as_map().unwrap();
        let mut service = suite.clone();
        service.remove("cases");
        for (index, case) in suite
            .get("cases")
            .unwrap()
            .as_list()
            .unwrap()
            .iter()
            .enumerate()
        {
            let name = match case.get("id").and_then(Value::as_str) {
                Some(id) => format!("{label}/{id}"),
                None => format!("{label}#{number}:{index}"),
            };
            cases.push(Case {
                name,
                service: Value::Map(service.clone()),
                case: case.clone(),
            });
        }
    }
    cases
}

/// Names and reasons of `skips.txt`.
fn skips() -> BTreeMap<String, String> {
    include_str!("skips.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let (name, reason) = line.split_once(": ").expect("a name and a reason");
            (name.to_owned(), reason.to_owned())
        })
        .collect()
}

impl Case {
    fn get(&self, key: &str) -> Option<&Value> {
        self.case.get(key)
    }

    fn protocol(&self) -> &str {
        let metadata = self.service.get("metadata").unwrap();
        metadata.get("protocol").unwrap().as_str().unwrap()
    }

    fn operation_name(&self) -> &str {
        self.get("given")
            .and_then(|given| given.get("name"))
            .and_then(Value::as_str)
            .unwrap_or("OperationName")
    }

    /// The case's operation, its model changed by `change`.
    fn operation(&self, change: impl FnOnce(&mut Map)) -> awl_model::Operation {
        let mut given = self.get("given").unwrap().as_map().unwrap().clone();
        change(&mut given);
        let mut service = self.service.as_map().unwrap().clone();
        let mut operations = Map::new();
        operations.push(self.operation_name().to_owned(), Value::Map(given));
        service.insert("operations", Value::Map(operations));
        let text = awl_value::json::to_string(&Value::Map(service));
        awl_test::compile(&text)
            .service("test")
            .unwrap()
            .operation(self.operation_name())
            .unwrap()
    }
}
