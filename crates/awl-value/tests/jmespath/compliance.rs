//! The JMESPath compliance suite, as the crate `jmespath` carries it. That
//! crate is a dependency of no target: it is fetched and locked, not compiled.

use std::path::{Path, PathBuf};
use std::process::Command;

use awl_value::jmespath::{Expression, JmespathError};
use awl_value::{Value, json};

/// How many cases the pinned suite has.
const CASES: usize = 875;

/// Cases without a result that are errors to jmespath.py: file, expression, error.
const ERRORS: &[(&str, &str, &str)] = &[
    // A sum of 26 arguments, to be timed: there is no such sum.
    (
        "benchmarks",
        "sum(z, y, x, w, v, u, t, s, r, q, p, o, n, m, l, k, j, i, h, g, f, e, d, c, b, a)",
        "invalid-arity: Expected 1 argument for function sum(), received 26",
    ),
    // A filter without its question mark, to be parsed in a time: it does not parse.
    (
        "benchmarks",
        "foo[bar > baz][qux > baz]",
        "syntax: Expecting: star, got: unquoted_identifier: Parse error at column 4, \
         token \"bar\" (UNQUOTED_IDENTIFIER), for expression:\n\
         \"foo[bar > baz][qux > baz]\"\n     ^",
    ),
];

#[test]
fn the_compliance_suite_passes() {
    let mut files: Vec<PathBuf> = std::fs::read_dir(suite())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let (mut passed, mut errors, mut failures) = (0, 0, Vec::new());
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let groups = json::parse(&std::fs::read_to_string(&file).unwrap()).unwrap();
        for group in groups.as_list().unwrap() {
            let given = group.get("given").unwrap();
            for case in group.get("cases").and_then(Value::as_list).unwrap() {
                let expression = case.get("expression").and_then(Value::as_str).unwrap();
                let actual =
                    Expression::compile(expression).and_then(|compiled| compiled.search(given));
                let known = ERRORS
                    .iter()
                    .find(|(file, other, _)| *file == name && *other == expression);
                let fits = match known {
                    Some((_, _, outcome)) => {
                        errors += 1;
                        shown(&actual) == *outcome
                    }
                    None => fits(case, &actual),
                };
                if fits {
                    passed += 1;
                } else {
                    let wanted = json::to_string(case);
                    failures.push(format!("{name}: {wanted}\n  {}", shown(&actual)));
                }
            }
        }
    }
    println!("{passed} cases pass, {errors} of them by the error that jmespath.py gives");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert_eq!(passed, CASES);
    assert_eq!(errors, ERRORS.len());
}

fn fits(case: &Value, actual: &Result<Value, JmespathError>) -> bool {
    match (case.get("error").and_then(Value::as_str), actual) {
        (Some(kind), Err(error)) => error.kind().name() == kind,
        (None, Ok(value)) => case
            .get("result")
            .is_none_or(|result| same_json(result, value)),
        _ => false,
    }
}

/// Equality by which 1 is 1.0.
fn same_json(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Int(left), Value::Float(right)) | (Value::Float(right), Value::Int(left)) => {
            *left as f64 == *right
        }
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| same_json(left, right))
        }
        (Value::Map(left), Value::Map(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(key, left)| right.get(key).is_some_and(|right| same_json(left, right)))
        }
        _ => left == right,
    }
}

fn shown(actual: &Result<Value, JmespathError>) -> String {
    match actual {
        Ok(value) => json::to_string(value),
        Err(error) => format!("{}: {error}", error.kind().name()),
    }
}

/// The suite's folder, in the sources that cargo has fetched.
fn suite() -> PathBuf {
    let metadata = metadata(&["--offline"])
        .or_else(|_| metadata(&[]))
        .unwrap_or_else(|error| panic!("cargo metadata: {error}"));
    let packages = metadata.get("packages").and_then(Value::as_list).unwrap();
    let manifest = packages
        .iter()
        .find(|package| package.get("name").and_then(Value::as_str) == Some("jmespath"))
        .and_then(|package| package.get("manifest_path"))
        .and_then(Value::as_str)
        .expect("the crate jmespath among the packages");
    Path::new(manifest)
        .with_file_name("tests")
        .join("compliance")
}

fn metadata(options: &[&str]) -> Result<Value, String> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .args(options)
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        json::parse(&String::from_utf8_lossy(&output.stdout)).map_err(|error| error.to_string())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}
