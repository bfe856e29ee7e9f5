//! `doctor`: every check finds what it is for, and nothing in what is well.

mod cases;

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use awl_value::{Value, json};

use crate::support::{TestPlace, TestServer};
use cases::{CASES, Case, SECRET};

/// A place without keys in the environment.
fn place() -> TestPlace {
    TestPlace::new()
        .without("AWS_ACCESS_KEY_ID")
        .without("AWS_SECRET_ACCESS_KEY")
        .without("AWS_REGION")
}

fn with_files(mut place: TestPlace, files: &[(&str, &str)]) -> TestPlace {
    for (name, content) in files {
        place = place.file(name, content);
        set_mode(&place, name, 0o600);
    }
    place
}

fn set_mode(place: &TestPlace, name: &str, mode: u32) {
    let path = place.folder().join(name);
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// The findings of a run, a line of text each, and the exit code.
fn findings(place: &TestPlace, words: &[&str]) -> (String, Vec<String>) {
    let words = [&["doctor", "--output", "json"], words].concat();
    let outcome = place.run(&words);
    let (head, rest) = outcome.split_once("----- stdout\n").unwrap();
    let (stdout, stderr) = rest.split_once("----- stderr\n").unwrap();
    assert_eq!(stderr, "", "{outcome}");
    assert!(!outcome.contains(SECRET), "{outcome}");
    let document = json::parse(stdout).unwrap();
    let list = document.get("Findings").unwrap().as_list().unwrap();
    let line = |finding: &Value| {
        let text = |key: &str| {
            finding
                .get(key)
                .map_or(String::new(), awl_value::python::str)
        };
        let keys = ["Check", "Severity", "Path", "Line", "Message", "Remedy"];
        keys.map(text).join("|")
    };
    (head.trim().to_owned(), list.iter().map(line).collect())
}

fn check(case: &Case) {
    let mut place = with_files(place(), case.files);
    for (name, value) in case.variables {
        let value = value.replace("[FOLDER]", &place.folder().to_string_lossy());
        place = place.variable(name, &value);
    }
    let words = [case.words, &["--offline", "--check", case.check]].concat();
    let (exit, found) = findings(&place, &words);
    let context = format!(
        "{}: {:#?}",
        case.check,
        (case.files, case.variables, &found)
    );
    assert_eq!(found.len(), case.found.len(), "{context}");
    for (found, expected) in found.iter().zip(case.found) {
        for part in expected.split('|') {
            assert!(found.contains(part), "`{part}` is missing: {context}");
        }
    }
    let expected = if case.found.is_empty() {
        "exit: 0"
    } else {
        "exit: 1"
    };
    assert_eq!(exit, expected, "{context}");
}

#[test]
fn checks_find_what_they_are_for_and_nothing_else() {
    for case in CASES {
        check(case);
    }
}

/// Checks whose cases need more than files and variables; below.
const ELSEWHERE: &[&str] = &[
    "clock-skew",
    "file-mode",
    "file-owner",
    "not-on-path",
    "shadowed-program",
];

#[test]
fn every_check_is_tested_and_documented() {
    let outcome = place().line("doctor --check ?");
    let (_, ids) = outcome.split_once("there are: ").unwrap();
    let ids: Vec<&str> = ids.lines().next().unwrap().split(", ").collect();
    assert!(ids.len() > 25, "{outcome}");
    let documentation =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/doctor.md"))
            .unwrap();
    for id in ids {
        assert!(documentation.contains(&format!("`{id}`")), "{id}");
        if ELSEWHERE.contains(&id) {
            continue;
        }
        for finds in [true, false] {
            let has_case = CASES
                .iter()
                .any(|case| case.check == id && case.found.is_empty() != finds);
            assert!(has_case, "{id} has no case that finds: {finds}");
        }
    }
}

#[test]
fn files_that_others_may_read_or_change_are_found() {
    for (name, mode, expected) in [
        ("home/.aws/credentials", 0o600, ""),
        (
            "home/.aws/credentials",
            0o640,
            "may read this file (mode 0640)|chmod 600",
        ),
        ("home/.aws/config", 0o644, ""),
        ("home/.aws/config", 0o664, "may change this file|chmod go-w"),
        (
            "home/.aws/sso/cache/a.json",
            0o644,
            "may read this cached session",
        ),
        ("home/.aws/sso/cache/a.txt", 0o644, ""),
        (
            "home/.local/share/awl/credentials.enc",
            0o604,
            "may read this store",
        ),
    ] {
        let place = with_files(place(), &[(name, "")]);
        set_mode(&place, name, mode);
        let (_, found) = findings(&place, &["--offline", "--check", "file-mode"]);
        if expected.is_empty() {
            assert_eq!(found, [] as [&str; 0], "{name} {mode:o}");
            continue;
        }
        assert_eq!(found.len(), 1, "{name} {mode:o} {found:?}");
        for part in expected.split('|') {
            assert!(found[0].contains(part), "{part} {found:?}");
        }
    }
    // A config file with keys in it is as secret as the other.
    let config = "[default]\naws_secret_access_key = x\n";
    let place = with_files(place(), &[("home/.aws/config", config)]);
    set_mode(&place, "home/.aws/config", 0o644);
    let (_, found) = findings(&place, &["--offline", "--check", "file-mode"]);
    assert_eq!(found.len(), 1, "{found:?}");
    let folder = "home/.aws";
    set_mode(&place, "home/.aws/config", 0o600);
    set_mode(&place, folder, 0o777);
    let (_, found) = findings(&place, &["--offline", "--check", "file-mode"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("what files are in this folder"),
        "{found:?}"
    );
}

#[test]
fn files_of_another_user_are_found() {
    let place = with_files(place(), &[("home/.aws/credentials", "[a]\n")]);
    let words = ["--offline", "--check", "file-owner"];
    assert_eq!(findings(&place, &words).1, [] as [&str; 0]);
    let path = place.folder().join("home/.aws/credentials");
    let me = path.metadata().unwrap().uid();
    let place = if me == 0 {
        std::os::unix::fs::chown(&path, Some(12345), None).unwrap();
        place
    } else {
        // Root's folder stands for a home of somebody else.
        let path = path.to_string_lossy().into_owned();
        place
            .variable("HOME", "/")
            .variable("AWS_SHARED_CREDENTIALS_FILE", &path)
    };
    let found = findings(&place, &words).1;
    let is_of_file = |line: &&String| line.contains("home/.aws/credentials|");
    assert_eq!(found.iter().filter(is_of_file).count(), 1, "{found:?}");
    assert!(found[0].contains("sudo chown -R"), "{found:?}");
}

#[test]
fn a_clock_that_goes_wrong_is_found() {
    let now = jiff::Timestamp::now().as_second();
    for (offset, expected) in [
        (0, ""),
        (-100, "clock-skew|warning|100 s ahead of"),
        (1000, "clock-skew|error|behind that of"),
        (-1_000_000_000, "clock-skew|error|ahead of"),
    ] {
        let time = jiff::Timestamp::from_second(now + offset).unwrap();
        let date = jiff::fmt::rfc2822::DateTimePrinter::new()
            .timestamp_to_rfc9110_string(&time)
            .unwrap();
        let server = TestServer::new("302 Found", &format!("Date: {date}\r\n"), "");
        let place = place().variable("AWS_ENDPOINT_URL_STS", &server.url());
        let (_, found) = findings(&place, &["--check", "clock-skew"]);
        if expected.is_empty() {
            assert_eq!(found, [] as [&str; 0]);
        } else {
            assert_eq!(found.len(), 1, "{found:?}");
            let found = found[0].replace("101 s", "100 s").replace("102 s", "100 s");
            for part in expected.split('|') {
                assert!(found.contains(part), "{part} {found}");
            }
        }
        assert_eq!(server.requests(), ["GET / HTTP/1.1\n"]);
        let (_, found) = findings(&place, &["--offline", "--check", "clock-skew"]);
        assert_eq!(found, [] as [&str; 0]);
        assert_eq!(server.requests().len(), 1);
    }
    // Nobody there: nothing is known.
    let place = place().variable("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1");
    assert_eq!(
        findings(&place, &["--check", "clock-skew"]).1,
        [] as [&str; 0]
    );
}

#[test]
fn keys_are_weighed_against_the_role_of_the_instance() {
    let server = TestServer::new("200 OK", "", "web-role");
    let place = with_files(
        place(),
        &[(
            "home/.aws/credentials",
            "[a]\naws_access_key_id = AKIAZZZZZZZZZZZZ7ABC\n",
        )],
    )
    .without("AWS_EC2_METADATA_DISABLED")
    .variable("AWS_EC2_METADATA_SERVICE_ENDPOINT", &server.url());
    let (_, found) = findings(&place, &["--check", "keys-beside-role"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("the instance's role web-role"),
        "{found:?}"
    );
    assert!(!server.requests().is_empty());
    let place = place.variable("AWS_EC2_METADATA_DISABLED", "true");
    let (_, found) = findings(&place, &["--check", "keys-beside-role"]);
    assert_eq!(found, [] as [&str; 0]);
}

/// Makes a program of the name that does nothing.
fn other_program(place: &TestPlace, name: &str) {
    let path = place.folder().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, "#!/bin/sh\n").unwrap();
    set_mode(place, name, 0o755);
}

fn link(place: &TestPlace, name: &str) {
    let path = place.folder().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(Path::new(env!("CARGO_BIN_EXE_awl")), path).unwrap();
}

#[test]
fn programs_are_looked_for_in_the_order_of_path() {
    let path = |place: TestPlace, folders: &[&str]| {
        let folders: Vec<String> = folders
            .iter()
            .map(|folder| place.folder().join(folder).to_string_lossy().into_owned())
            .collect();
        place.variable("PATH", &folders.join(":"))
    };
    let both = ["--offline", "--check", "not-on-path", "shadowed-program"];
    let place = path(place(), &["one", "two"]);
    let (_, found) = findings(&place, &both);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].contains("not-on-path|note|") && found[0].contains("called awl"));
    link(&place, "two/awl");
    link(&place, "two/aws");
    assert_eq!(findings(&place, &both).1, [] as [&str; 0]);
    other_program(&place, "one/aws");
    let (_, found) = findings(&place, &both);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with("shadowed-program|warning|[FOLDER]/one/aws|"),
        "{found:?}"
    );
    // What may not be run is not run.
    set_mode(&place, "one/aws", 0o644);
    assert_eq!(findings(&place, &both).1, [] as [&str; 0]);
}

/// A place where all is well.
fn well() -> TestPlace {
    let place = with_files(
        place(),
        &[
            (
                "home/.aws/config",
                "[default]\nregion = eu-central-1\noutput = json\n",
            ),
            (
                "home/.aws/credentials",
                "[default]\naws_access_key_id = AKIAZZZZZZZZZZZZ7ABC\naws_secret_access_key = \
                 abcdEFGHijklMNOPqrstUVWXyz0123456789/+ab\n",
            ),
        ],
    );
    link(&place, "bin/awl");
    link(&place, "bin/aws");
    let path = place.folder().join("bin").to_string_lossy().into_owned();
    place.variable("PATH", &path)
}

#[test]
fn people_get_lines_and_the_exit_code_tells() {
    let place = well();
    insta::assert_snapshot!(place.line("doctor --offline"), @r"
    exit: 0
    ----- stdout
    30 checks found nothing
    not checked: clock-skew
    ----- stderr
    ");
    let place = with_files(
        place,
        &[(
            "home/.aws/config",
            "[default]\nreigon = eu-central-1\n[other]\nregion = us-east-1\n",
        )],
    )
    .variable("AWS_DEFAULT_PROFLE", "x");
    insta::assert_snapshot!(place.line("doctor --offline"), @r#"
    exit: 1
    ----- stdout
    Environment
      warning: AWS_DEFAULT_PROFLE is set, which nothing of AWS reads; AWS_DEFAULT_PROFILE is [environment-misspelt]
        fix: export AWS_DEFAULT_PROFILE="$AWS_DEFAULT_PROFLE"; unset AWS_DEFAULT_PROFLE

    Files
      error: nothing reads `reigon` in [default]; `region` is meant [near-miss-key]
        at:  [FOLDER]/home/.aws/config:2
        fix: change `reigon` on line 2 to `region`
      error: [other] is no profile: in the config file its name needs the word before [wrong-section]
        at:  [FOLDER]/home/.aws/config:3
        fix: change line 3 to `[profile other]`

    30 checks found 2 errors, 1 warning
    not checked: clock-skew
    ----- stderr
    "#);
    insta::assert_snapshot!(place.line("doctor --offline --severity error --check environment-misspelt"), @r"
    exit: 0
    ----- stdout
    1 check found nothing
    ----- stderr
    ");
    insta::assert_snapshot!(place.line("doctor --offline --output text --query Findings[].[Check,Line]"), @r"
    exit: 1
    ----- stdout
    environment-misspelt	None
    near-miss-key	2
    wrong-section	3
    ----- stderr
    ");
}

#[test]
fn files_that_cannot_be_parsed_do_not_stop_the_others() {
    let place = with_files(
        well(),
        &[(
            "home/.aws/config",
            "[default]\noutput = jsn\nwhat is this\n[other]\nregion = a\n",
        )],
    )
    .variable("AWS_PROFILE", "nobody");
    let (exit, found) = findings(&place, &["--offline"]);
    let checks: Vec<&str> = found
        .iter()
        .map(|line| line.split('|').next().unwrap())
        .collect();
    assert_eq!(
        checks,
        [
            "file-unreadable",
            "wrong-section",
            "profile-absent",
            "invalid-value"
        ]
    );
    assert_eq!(exit, "exit: 1");
}
