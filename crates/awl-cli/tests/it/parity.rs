//! awl beside a real AWS CLI version 2. The cases are our own commands
//! (`tests/data/parity/*.cases`); what AWS CLI 2.36.7 did with each of them is
//! recorded beside (`*.jsonl`), and awl has to do the same: requests, standard
//! output, standard error, exit code, files. A part of the records is compared
//! with the real program again.
//!
//! - `AWL_AWS_CLI=/path/to/aws` names a real CLI; without it AWS's own build of
//!   2.36.7 is installed into the target folder.
//! - `AWL_PARITY=record` has it do the commands that are new or have other
//!   answers, and writes the records; `AWL_PARITY=live` compares all of them
//!   with it, not only a part.
//! - `AWL_PARITY_FILE=NAME` leaves all files of cases but one out.

mod cases;
mod run;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use awl_test::{aws_cli_v2, has_aws_cli_v2};
use awl_value::{Value, json};

use cases::Case;
use run::Worker;

/// One command in so many is compared with the real program every time.
const PART: usize = 100;

/// awl, called by the name of the AWS CLI.
fn awl() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_awl"))
}

#[test]
fn awl_does_what_the_aws_cli_does() {
    if mode().as_deref() == Some("record") {
        record();
    }
    let mut count = 0;
    let mut failures = Vec::new();
    for file in files() {
        let (cases, records) = (cases::read(&file), records(&file));
        let outcomes = run_all(&cases, awl());
        count += cases.len();
        for (case, outcome) in cases.iter().zip(outcomes) {
            let expected = records
                .get(&case.key())
                .unwrap_or_else(|| panic!("{}: is not recorded with this answer", case.line));
            match difference(case, expected, &outcome) {
                None if case.is_other => failures.push(format!("\n{}\n  the same", case.line)),
                Some(_) if case.is_other => {}
                difference => failures.extend(difference),
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {count} differ:\n{}",
        failures.len(),
        failures.join("\n")
    );
    assert!(only().is_some() || count > 2000, "{count} commands");
}

#[test]
fn the_aws_cli_does_what_is_recorded() {
    if !has_aws_cli_v2() {
        return;
    }
    let every = mode().as_deref() == Some("live");
    let mut failures = Vec::new();
    for file in files() {
        let records = records(&file);
        let cases: Vec<Case> = cases::read(&file)
            .into_iter()
            .enumerate()
            .filter(|(number, _)| every || number % PART == PART / 2)
            .map(|(_, case)| case)
            .collect();
        for (case, outcome) in cases.iter().zip(run_all(&cases, aws_cli_v2())) {
            failures.extend(difference(case, &records[&case.key()], &outcome));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn mode() -> Option<String> {
    asked("AWL_PARITY")
}

/// The file of cases that is meant, where not all are.
fn only() -> Option<String> {
    asked("AWL_PARITY_FILE")
}

fn asked(variable: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "who tests may ask for more")]
    std::env::var(variable).ok()
}

/// The files of cases, sorted.
fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/parity");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "cases"))
        .filter(|path| {
            only().is_none_or(|name| path.file_stem().is_some_and(|stem| *stem == *name))
        })
        .collect();
    files.sort();
    files
}

/// What was recorded, by command and answers.
fn records(file: &Path) -> BTreeMap<(String, String), Value> {
    std::fs::read_to_string(file.with_extension("jsonl"))
        .unwrap_or_default()
        .lines()
        .map(|line| {
            let record = json::parse(line).unwrap();
            let key = [text(&record, "command"), text(&record, "made")].map(str::to_owned);
            (key.into(), record)
        })
        .collect()
}

fn record() {
    for file in files() {
        let (cases, known) = (cases::read(&file), records(&file));
        let new: Vec<Case> = cases
            .iter()
            .filter(|case| !known.contains_key(&case.key()))
            .cloned()
            .collect();
        let mut made = run_all(&new, aws_cli_v2()).into_iter();
        let mut lines = String::new();
        for case in &cases {
            let record = match known.get(&case.key()) {
                Some(record) => record.clone(),
                None => made.next().unwrap(),
            };
            lines += &json::to_string(&record);
            lines.push('\n');
        }
        std::fs::write(file.with_extension("jsonl"), lines).unwrap();
    }
}

/// What comes of the cases, in their order.
fn run_all(cases: &[Case], program: &Path) -> Vec<Value> {
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(vec![Value::Null; cases.len()]);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let worker = Worker::start();
                while let Some((number, case)) = {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    cases.get(number).map(|case| (number, case))
                } {
                    let outcome = worker.run(case, program);
                    outcomes.lock().unwrap()[number] = outcome;
                }
            });
        }
    });
    outcomes.into_inner().unwrap()
}

/// How an outcome differs from what was recorded, for a person to read.
fn difference(case: &Case, expected: &Value, found: &Value) -> Option<String> {
    let mut message = String::new();
    for name in ["exit", "requests", "stdout", "stderr", "files"] {
        let [expected, found] = [expected, found].map(|value| value.get(name));
        if expected != found {
            message += &format!(
                "\n  {name}, the AWS CLI:\n{}\n  {name}, here:\n{}",
                indented(expected),
                indented(found)
            );
        }
    }
    (!message.is_empty()).then(|| format!("\n{}{message}", case.line))
}

fn indented(value: Option<&Value>) -> String {
    let text = match value {
        None => "(nothing)".to_owned(),
        Some(Value::String(text)) => text.to_string(),
        Some(value) => json::to_string(value).replace("\\n", "\n"),
    };
    text.lines()
        .map(|line| format!("    {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
