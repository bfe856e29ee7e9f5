//! awl's policy engine beside another implementation, the one on npm: requests
//! and policies made at random are decided by both. Where they differ, AWS's
//! documentation decides, and the case must have one of that one's known faults.
//!
//! `AWL_POLICY_SEED` gives another seed than the fixed one, `AWL_POLICY_CASES`
//! another number of cases.

mod faults;
mod generate;
mod random;
mod vocabulary;

use std::collections::BTreeMap;

use awl_value::{Value, json};

use self::faults::FAULTS;
use self::random::Random;
use crate::support::TestPlace;

const SEED: u64 = 20_240_601;
const CASES: usize = 20_000;

/// A line that both answer.
struct Line {
    case: usize,
    text: String,
}

#[test]
fn decisions_are_those_of_the_other_or_it_is_at_fault() {
    let seed = number("AWL_POLICY_SEED").unwrap_or(SEED);
    let count = number("AWL_POLICY_CASES").map_or(CASES, |count| usize::try_from(count).unwrap());
    println!("seed {seed}, {count} cases");
    let mut random = Random(seed);
    let cases: Vec<Value> = (0..count)
        .map(|id| generate::case(&mut random, id))
        .collect();

    let originals: Vec<Line> = cases
        .iter()
        .enumerate()
        .map(|(case, value)| line(case, value))
        .collect();
    let found: Vec<(Vec<&str>, Vec<Value>)> = cases.iter().map(around).collect();
    let rewritten: Vec<Line> = found
        .iter()
        .enumerate()
        .filter(|(_, (faults, _))| !faults.is_empty())
        .flat_map(|(case, (_, variants))| variants.iter().map(move |value| line(case, value)))
        .collect();
    let all: String = originals
        .iter()
        .chain(&rewritten)
        .map(|line| format!("{}\n", line.text))
        .collect();
    let (ours, theirs) = std::thread::scope(|scope| {
        let theirs = scope.spawn(|| decisions(&awl_test::iam_simulate(&all)));
        (decisions(&simulate(&all)), theirs.join().unwrap())
    });
    assert_eq!(
        ours.len(),
        originals.len() + rewritten.len(),
        "awl answers every line"
    );
    assert_eq!(theirs.len(), ours.len(), "so does the other");
    let errors = |answers: &[String]| {
        answers
            .iter()
            .find(|answer| answer.starts_with('{'))
            .cloned()
    };
    assert_eq!((errors(&ours), errors(&theirs)), (None, None));

    let mut failures = Failures::default();
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut differences: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, line) in originals.iter().enumerate() {
        *kinds.entry(&ours[index]).or_default() += 1;
        let (faults, _) = &found[line.case];
        if ours[index] == theirs[index] {
            continue;
        }
        if faults.is_empty() {
            failures.add(
                "no fault is known for this",
                line,
                &ours[index],
                &theirs[index],
            );
        }
        for name in faults {
            *differences.entry(name).or_default() += 1;
        }
    }
    let mut at = originals.len();
    while let Some(line) = rewritten.get(at - originals.len()) {
        let case = line.case;
        let end = originals.len() + rewritten.partition_point(|line| line.case <= case);
        let (mine, other) = (most_lenient(&ours[at..end]), most_lenient(&theirs[at..end]));
        if mine != ours[case] {
            failures.add(
                "written otherwise it is decided otherwise",
                &originals[case],
                &ours[case],
                mine,
            );
        } else if mine != other {
            failures.add("the fault does not explain this", line, mine, other);
        }
        at = end;
    }
    println!("decisions: {kinds:?}\ndifferences by fault: {differences:#?}");
    failures.check();
    // A generator that makes nothing of one kind would prove nothing about it.
    for decision in ["allowed", "explicitDeny", "implicitDeny"] {
        let share = kinds.get(decision).copied().unwrap_or_default();
        assert!(share * 20 > count, "{decision}: {share} of {count}");
    }
    assert!(covers_every_operator(&cases) || count < CASES);
}

/// The number that a variable asks for.
#[expect(
    clippy::disallowed_methods,
    reason = "who tests may ask for other cases"
)]
fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// The faults that a case has, and what it is when it is written around them.
fn around(case: &Value) -> (Vec<&'static str>, Vec<Value>) {
    let mut names = Vec::new();
    let mut variants = vec![case.clone()];
    for fault in FAULTS {
        let mut has = false;
        variants = variants
            .into_iter()
            .flat_map(|variant| match (fault.around)(&variant) {
                Some(variants) => {
                    has = true;
                    variants
                }
                None => vec![variant],
            })
            .collect();
        if has {
            names.push(fault.name);
        }
    }
    (names, variants)
}

fn line(case: usize, value: &Value) -> Line {
    Line {
        case,
        text: json::to_string(value),
    }
}

/// What awl answers.
fn simulate(lines: &str) -> Vec<u8> {
    let place = TestPlace::new().without("AWS_ACCESS_KEY_ID");
    let words = ["policy", "simulate", "--batch", "--output", "json"];
    let mut child = place.start(&words);
    let mut input = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let _ = std::io::Write::write_all(&mut input, lines.as_bytes());
        });
        let output = child.wait_with_output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    })
}

/// The decision of each line, or the error that it has instead.
fn decisions(answers: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(answers).unwrap();
    text.lines()
        .map(|line| {
            let answer = json::parse(line).unwrap();
            let decision = answer.get("decision").and_then(Value::as_str);
            decision.map_or_else(|| line.to_owned(), str::to_owned)
        })
        .collect()
}

/// A Deny stands in all of them.
fn most_lenient(decisions: &[String]) -> &str {
    let found = decisions.iter().find(|decision| *decision == "allowed");
    found.unwrap_or(&decisions[0])
}

#[derive(Default)]
struct Failures {
    count: usize,
    shown: String,
}

impl Failures {
    fn add(&mut self, what: &str, line: &Line, ours: &str, theirs: &str) {
        self.count += 1;
        if self.count <= 5 {
            let text = &line.text;
            self.shown
                .push_str(&format!("{what}: {ours}, not {theirs}:\n{text}\n"));
        }
    }

    fn check(&self) {
        assert_eq!(
            self.count, 0,
            "{} cases fail, such as\n{}",
            self.count, self.shown
        );
    }
}

fn covers_every_operator(cases: &[Value]) -> bool {
    let mut operators: BTreeMap<String, usize> = BTreeMap::new();
    for case in cases {
        let mut case = case.clone();
        faults::each_policy(&mut case, &mut |policy| {
            for statement in faults::statements(policy) {
                let block = statement.get("Condition").and_then(Value::as_map);
                for operator in block.into_iter().flat_map(awl_value::Map::keys) {
                    *operators.entry(operator.to_owned()).or_default() += 1;
                }
            }
        });
    }
    // Twenty-six, plain and with IfExists, alone and with both sets; and Null.
    operators.len() == 26 * 2 * 3 + 1
}
