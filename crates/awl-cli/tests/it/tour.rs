//! The guided tour: every command of docs/tour.md runs, and prints what stands
//! there.

use std::path::Path;
use std::process::Command;

/// What differs from run to run, and what stands for it.
const VOLATILE: &[(&str, &str)] = &[
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (
        r"\b(AKIA|ASIA|AIDA|AROA|AIPA|AGPA|ANPA)[A-Z2-7]{16,17}\b",
        "${1}ID",
    ),
    (
        r"\b(i|r|vol|eni|sg|eipassoc|iip-assoc)-[0-9a-f]{8,17}\b",
        "${1}-ID",
    ),
    (r"\*{16}[A-Za-z0-9+/=]{4}", "****************TAIL"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", "TIME"),
    (r"\b\d{8}T\d{6}Z", "TIME"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "TIME"),
    (r"#token=[A-Za-z0-9_-]+", "#token=TOKEN"),
    (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "UUID"),
    (r"\b\d{6}\b", "CODE"),
    (r"[A-Za-z0-9_-]{120,}", "ENCODED"),
    (r"[A-Za-z0-9+/%]{80,}={0,2}", "TOKEN"),
    (r"\b[0-9a-f]{64}\b", "HASH"),
    (r"\b\d+(\.\d+)?( ?ms| s)\b", "DURATION"),
];

fn steady(text: &str) -> String {
    VOLATILE
        .iter()
        .fold(text.to_owned(), |text, (pattern, to)| {
            let pattern = regex::Regex::new(pattern).unwrap();
            pattern.replace_all(&text, *to).into_owned()
        })
}

#[test]
fn every_command_of_the_tour_prints_what_stands_there() {
    let home = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_awl"))
        .args(["sandbox", "tour", "--markdown"])
        .env_clear()
        .env("HOME", home.path())
        .env("PATH", "/usr/bin:/bin")
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    let printed = String::from_utf8(output.stdout).unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/tour.md");
    let written = std::fs::read_to_string(path).unwrap();
    assert!(written.matches("\n$ ").count() > 10);
    similar_asserts(&steady(&written), &steady(&printed));
    // Nothing is left of it.
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
}

/// Shows the first difference, with what stands around it.
fn similar_asserts(written: &str, printed: &str) {
    let lines = written.lines().zip(printed.lines()).enumerate();
    for (number, (written, printed)) in lines {
        assert_eq!(written, printed, "line {} of docs/tour.md", number + 1);
    }
    assert_eq!(written.lines().count(), printed.lines().count());
}
