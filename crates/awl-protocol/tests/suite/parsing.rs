//! Recorded responses of real services, read with the models of the release
//! that holds them: `tests/unit/response_parsing`.

use std::collections::BTreeMap;
use std::path::Path;

use awl_model::{Operation, Store};
use awl_protocol::{Headers, ParseOptions, Protocol, Timestamps};
use awl_value::{Map, Value};

use crate::compare;

#[test]
fn recorded_responses() {
    let folder = awl_test::botocore_source().join("tests/unit/response_parsing");
    let mut models = Models::default();
    let skips = crate::skips();
    let (mut passed, mut skipped, mut failures) = (0, 0, Vec::new());
    for (kind, expected, ending) in [
        ("xml/responses", "xml/responses", "xml"),
        ("xml/errors", "xml/errors", "xml"),
        ("json/errors", "json/expected", "json"),
    ] {
        let mut names: Vec<_> = std::fs::read_dir(folder.join(kind))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(ending))
            .collect();
        names.sort();
        for name in names {
            let stem = name.strip_suffix(ending).unwrap();
            let body = std::fs::read(folder.join(kind).join(&name)).unwrap();
            let wanted = folder.join(expected).join(format!("{stem}json"));
            let wanted = awl_test::read_json(&wanted);
            let operation = models.operation(stem.trim_end_matches('.'));
            let label = format!("{kind}/{name}");
            match (
                check(operation, kind, &body, wanted),
                skips.contains_key(&label),
            ) {
                (Ok(()), false) => passed += 1,
                (Err(_), true) => skipped += 1,
                (Ok(()), true) => failures.push(format!("{label}: is skipped, but passes")),
                (Err(message), false) => failures.push(format!("{label}: {message}")),
            }
        }
    }
    println!("recorded: {passed} passed, {skipped} skipped");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn check(operation: Operation, kind: &str, body: &[u8], wanted: Value) -> Result<(), String> {
    let Value::Map(mut wanted) = wanted else {
        return Err("no map is expected".to_owned());
    };
    let options = ParseOptions {
        timestamps: Timestamps::Wire,
        ..ParseOptions::default()
    };
    let (headers, body) = split_headers(body);
    let metadata = wanted.remove("ResponseMetadata").unwrap_or_default();
    let wanted_id = metadata.get("RequestId").and_then(Value::as_str);
    if kind.ends_with("errors") {
        let error = awl_protocol::parse_error(operation, 400, &headers, &body, &options)
            .map_err(|error| format!("{error:?}"))?;
        let mut actual = error.extras;
        actual.insert("Error", Value::Map(error.error));
        same(&Value::Map(actual), &Value::Map(wanted))?;
        return same_id(error.request_id.as_deref(), wanted_id);
    }
    let actual = awl_protocol::parse_response(operation, 200, &headers, &body, &options)
        .map_err(|error| format!("{error:?}"))?;
    same(&Value::Map(actual), &Value::Map(wanted))?;
    let protocol = Protocol::of(operation).unwrap();
    let ids = awl_protocol::request_ids(protocol, &headers, &body);
    same_id(ids.request_id.as_deref(), wanted_id)
}

/// Some recordings hold their headers in the body, under a name of their own.
fn split_headers(body: &[u8]) -> (Headers, Vec<u8>) {
    let text = String::from_utf8_lossy(body);
    if text.contains("__headers__")
        && let Ok(Value::Map(mut members)) = awl_value::json::parse(&text)
    {
        let headers = members.remove("__headers__").unwrap_or_default();
        let headers = headers
            .as_map()
            .into_iter()
            .flat_map(Map::iter)
            .map(|(name, value)| (name, value.as_str().unwrap()))
            .collect();
        let text = awl_value::json::to_string(&Value::Map(members));
        return (headers, text.into_bytes());
    }
    (Headers::new(), body.to_vec())
}

fn same(actual: &Value, wanted: &Value) -> Result<(), String> {
    if compare::equal(actual, wanted) {
        return Ok(());
    }
    Err(format!("\n  {actual:?}\n  not\n  {wanted:?}"))
}

fn same_id(actual: Option<&str>, wanted: Option<&str>) -> Result<(), String> {
    // awl also finds the id in the body of an S3 error without headers.
    if wanted.is_none() || actual == wanted {
        return Ok(());
    }
    Err(format!("request id {actual:?}, not {wanted:?}"))
}

/// The services met so far, each compiled once.
#[derive(Default)]
struct Models {
    stores: BTreeMap<String, Store>,
}

impl Models {
    /// The operation that a file is named for: `ec2-describe-tags#2`.
    fn operation(&mut self, stem: &str) -> Operation {
        let (service, operation) = stem.split_once('-').unwrap();
        let operation = operation.split('#').next().unwrap();
        let store = self
            .stores
            .entry(service.to_owned())
            .or_insert_with(|| compile(service));
        let service = store.service(service).unwrap();
        let found = service.operation_by_cli_name(operation);
        found.unwrap_or_else(|| panic!("no operation {operation}"))
    }
}

fn compile(service: &str) -> Store {
    let data = awl_test::botocore_source().join("botocore/data");
    let mut files = awl_model_compiler::Files::new();
    for version in std::fs::read_dir(data.join(service)).unwrap() {
        for file in std::fs::read_dir(version.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            if path
                .file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with("service-2.json"))
            {
                files.insert(below(&data, &path), std::fs::read(&path).unwrap());
            }
        }
    }
    awl_test::compile_files(&files)
}

fn below(folder: &Path, path: &Path) -> String {
    let path = path.strip_prefix(folder).unwrap();
    path.to_string_lossy().replace('\\', "/")
}
