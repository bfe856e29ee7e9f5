//! The examples of AWS's pages on how policies are evaluated, in our own words:
//! `tests/data/iam/worked-examples.jsonl`, lines as the offline simulator reads
//! them, with the page and the decision that it tells.

#![expect(
    clippy::unwrap_used,
    reason = "an example that cannot be read fails the test"
)]

use std::collections::BTreeSet;
use std::path::Path;

use awl_iam::batch;
use awl_value::{Value, json};

fn lines() -> Vec<String> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/iam/worked-examples.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

#[test]
fn decisions_are_those_of_the_documentation() {
    let mut wrong = Vec::new();
    for line in lines() {
        let example = json::parse(&line).unwrap();
        let answer = batch::answer(&line);
        let expected = text(&example, "expect");
        assert!(!expected.is_empty(), "{line}");
        if text(&answer, "decision") != expected {
            let (page, id) = (text(&example, "page"), text(&example, "id"));
            wrong.push(format!("{page}: {id}: {}", json::to_string(&answer)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn matched_statements_are_those_that_decide() {
    let mut decisions = BTreeSet::new();
    for line in lines() {
        let answer = batch::answer(&line);
        let decision = text(&answer, "decision").to_owned();
        let matched = answer.get("matchedStatements").unwrap().as_list().unwrap();
        let effects: Vec<&str> = matched.iter().map(|own| text(own, "effect")).collect();
        match decision.as_str() {
            "explicitDeny" => {
                assert!(!effects.is_empty() && effects.iter().all(|effect| *effect == "Deny"));
            }
            "implicitDeny" => assert!(effects.is_empty(), "{line}"),
            // Root needs no statement, and nobody does to ask who they are.
            _ => {
                let exempt = line.contains(":root\"") || line.contains("GetCallerIdentity");
                assert!(exempt || !effects.is_empty(), "{line}");
                assert!(effects.iter().all(|effect| *effect == "Allow"), "{line}");
            }
        }
        decisions.insert(decision);
    }
    assert_eq!(decisions.len(), 3);
}

#[test]
fn each_example_is_told_apart() {
    let lines = lines();
    let ids: BTreeSet<String> = lines
        .iter()
        .map(|line| text(&json::parse(line).unwrap(), "id").to_owned())
        .collect();
    assert_eq!(ids.len(), lines.len());
}
