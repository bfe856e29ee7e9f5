//! Completion as shells ask for it.

use crate::support::{TestPlace, TestServer};

fn candidates(place: TestPlace, line: &str) -> String {
    place
        .program("aws_completer")
        .variable("COMP_LINE", line)
        .variable("COMP_POINT", &line.chars().count().to_string())
        .run(&[])
}

#[test]
fn the_completer_prints_candidates() {
    assert_eq!(
        candidates(TestPlace::new(), "aws sts get-c"),
        "exit: 0\n----- stdout\nget-caller-identity\n----- stderr\n"
    );
    assert_eq!(
        candidates(TestPlace::new(), "aws nothing to"),
        "exit: 0\n----- stdout\n\n----- stderr\n"
    );
    let place = TestPlace::new()
        .file("home/.aws/config", "[profile one]\n[profile other]\n")
        // The profile of the environment may not even exist.
        .variable("AWS_PROFILE", "missing");
    assert_eq!(
        candidates(place, "aws --profile o"),
        "exit: 0\n----- stdout\none\nother\n----- stderr\n"
    );
}

#[test]
fn files_are_candidates() {
    let place = TestPlace::new().file("in.json", "{}").file("in/x", "");
    assert_eq!(
        candidates(place, "aws sts assume-role --cli-input-json file://i"),
        "exit: 0\n----- stdout\nfile://in/\nfile://in.json\n----- stderr\n"
    );
}

/// The command does as the completer, and takes the cursor into account.
#[test]
fn the_command_prints_candidates() {
    let place = TestPlace::new()
        .variable("COMP_LINE", "aws sts get-session")
        .variable("COMP_POINT", "12");
    let outcome = place.run(&["complete"]);
    assert!(outcome.contains("\nget-caller-identity\n"), "{outcome}");
    assert!(outcome.contains("\nget-session-token\n"), "{outcome}");
}

#[test]
fn scripts_are_printed_for_every_shell() {
    for (shell, part) in [
        (
            "bash",
            "complete -o default -o nosort -F _aws_complete aws\n",
        ),
        ("zsh", "compdef _aws_complete aws\n"),
        ("fish", "complete -c aws -f"),
        ("powershell", "-CommandName aws "),
    ] {
        let outcome = TestPlace::new().run(&["completion", shell]);
        assert!(outcome.starts_with("exit: 0\n"), "{outcome}");
        assert!(outcome.contains(part), "{outcome}");
        assert!(!outcome.contains("PROGRAM"), "{outcome}");
    }
    let outcome = TestPlace::new().line("completion tcsh");
    assert!(outcome.starts_with("exit: 252\n"), "{outcome}");
}

/// Bash itself asks, and inserts what stands behind the last break of a word.
#[test]
fn bash_completes() {
    let place = TestPlace::new().file("in.json", "{}");
    let script = r#"eval "$(./aws completion bash)"
        ask() {
            COMP_LINE="$1"; COMP_POINT=${#1}; COMP_WORDS=("${@:2}")
            COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
            _aws_complete
            printf '%s;' "${COMPREPLY[@]}"
            echo
        }
        PATH=.:$PATH
        compopt() { :; }
        ask "aws sts get-c" aws sts get-c
        ask "aws sts " aws sts ""
        ask "aws sts assume-role --cli-input-json file://in" \
            aws sts assume-role --cli-input-json file : //in
        ask "aws sts assume-role --cli-input-json file:" \
            aws sts assume-role --cli-input-json file :"#;
    // Makes the link.
    place.run(&["--version"]);
    let output = std::process::Command::new("bash")
        .args(["--norc", "-c", script])
        .current_dir(place.folder())
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .output()
        .unwrap();
    let out = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[0], "get-caller-identity;", "{output:?}");
    assert!(
        lines[1].starts_with("assume-role;assume-role-with-saml;"),
        "{out}"
    );
    assert_eq!(lines[2], "//in.json;");
}

/// Names of resources are asked of their service; whatever goes wrong is no
/// error here.
#[test]
fn names_of_resources_are_candidates() {
    let body = "{\"TableNames\": [\"orders\", \"people\"]}";
    let server = TestServer::new(
        "200 OK",
        "Content-Type: application/x-amz-json-1.0\r\n",
        body,
    );
    let place = || TestPlace::new().variable("AWS_ENDPOINT_URL", &server.url());
    assert_eq!(
        candidates(place(), "aws dynamodb describe-table --table-name or"),
        "exit: 0\n----- stdout\norders\n----- stderr\n"
    );
    assert_eq!(server.requests().len(), 1);
    let keyless = place()
        .without("AWS_ACCESS_KEY_ID")
        .without("AWS_SECRET_ACCESS_KEY");
    assert_eq!(
        candidates(keyless, "aws dynamodb describe-table --table-name or"),
        "exit: 0\n----- stdout\n\n----- stderr\n"
    );
    assert_eq!(server.requests().len(), 1);
}

/// Whether a shell is there: not every machine has those that are not bash.
#[allow(clippy::print_stderr, reason = "that a test was skipped is to be seen")]
fn has(shell: &str) -> bool {
    let found = std::process::Command::new(shell).arg("--version").output();
    if found.is_err() {
        eprintln!("skipped: no {shell} on this machine");
    }
    found.is_ok()
}

/// What a shell says, run on a script where `aws` is this program.
fn shell(words: &[&str]) -> String {
    let place = TestPlace::new();
    place.run(&["--version"]);
    let path = format!("{}:/usr/bin:/bin", place.folder().display());
    let output = std::process::Command::new(words[0])
        .args(&words[1..])
        .current_dir(place.folder())
        .env_clear()
        .env("PATH", path)
        .env("HOME", place.folder())
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&text).into_owned()
}

#[test]
fn fish_completes() {
    if !has("fish") {
        return;
    }
    let ask = |line: &str| {
        let script = format!("aws completion fish | source; complete -C \"{line}\"");
        shell(&["fish", "--no-config", "-c", &script])
    };
    assert_eq!(ask("aws sts get-c"), "get-caller-identity\n");
    assert_eq!(
        ask("aws ec2 run-instances --placement Tenancy=de"),
        "Tenancy=default\nTenancy=dedicated\n"
    );
}

#[test]
fn zsh_completes() {
    if !has("zsh") {
        return;
    }
    // The function is called as the shell calls it, its answers printed.
    let ask = |words: &str, prefix: &str| {
        let script = format!(
            "compdef() {{ : }}; compadd() {{ shift 2; print -l -- $@ }}; \
             eval \"$(aws completion zsh)\"; words=({words} {prefix}); \
             CURRENT=$#words; PREFIX={prefix}; _aws_complete"
        );
        shell(&["zsh", "-f", "-c", &script])
    };
    assert_eq!(ask("aws sts", "get-c"), "--\nget-caller-identity\n");
    assert_eq!(
        ask("aws ec2 describe-instances --filters", "Na"),
        "-S\n--\nName=\n"
    );
}
