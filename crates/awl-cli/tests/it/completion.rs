//! Completion as shells ask for it.

use crate::support::TestPlace;

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
