//! The user's own names for commands. What is expected was compared with the
//! AWS CLI, but for the message of an alias that comes to itself.

use crate::support::{TestPlace, TestServer};

const FILE: &str = r#"
[toplevel]
who = sts get-caller-identity
sts = sts --region eu-west-1
there = who --region "eu-north-1"
loop = loop2
loop2 = loop
secret = sts --profile p
open = sts 'x
say =
    !f() {
        echo "said $1 and $2"
        exit 7
    }; f

[command s3api]
buckets = list-buckets --output text --prefix
list-objects = list-objects-v2 --bucket b
env = !echo only

[command ec2 wait]
up = instance-running --instance-ids i-1
"#;

fn place() -> TestPlace {
    TestPlace::new().file("home/.aws/cli/alias", FILE)
}

/// The URL that a line asks for.
fn url(line: &str) -> String {
    let outcome = place().line(&format!("{line} --print-request"));
    let (_, rest) = outcome.split_once("\"url\": \"").expect(&outcome);
    rest.split('"').next().unwrap().to_owned()
}

#[test]
fn aliases_stand_for_commands() {
    assert_eq!(url("who"), "https://sts.eu-west-1.amazonaws.com/");
    assert_eq!(url("there"), "https://sts.eu-west-1.amazonaws.com/");
    assert_eq!(
        url("sts get-caller-identity"),
        "https://sts.eu-west-1.amazonaws.com/"
    );
}

#[test]
fn aliases_stand_for_subcommands() {
    assert!(url("s3api buckets pre").contains("?prefix=pre"));
    // One that hides a command gives its arguments to that.
    let hidden = url("s3api list-objects");
    assert!(
        hidden.contains("encoding-type=url") && !hidden.contains("list-type"),
        "{hidden}"
    );
    assert!(url("ec2 wait up --region us-east-2").contains("us-east-2"));
}

#[test]
fn aliases_run_programs() {
    assert_eq!(
        place().run(&["say", "a b", "it's"]),
        "exit: 7\n----- stdout\nsaid a b and it's\n----- stderr\n"
    );
    assert_eq!(
        place().run(&["s3api", "env", "x"]),
        "exit: 0\n----- stdout\nonly x\n----- stderr\n"
    );
}

#[test]
fn wrong_aliases_are_told() {
    for (line, code, message) in [
        (
            "secret get-caller-identity",
            255,
            "Global parameter \"--profile\" detected in alias \"secret\" which is not supported in \
             subcommand aliases.",
        ),
        (
            "open",
            255,
            "Value of alias \"open\" could not be parsed. Received error: No closing quotation \
             when parsing:\nsts 'x",
        ),
        ("loop", 255, "The alias \"loop\" comes to itself."),
        (
            "whoo",
            252,
            "Found invalid choice 'whoo'\n\nMaybe you meant:\n\n  * who",
        ),
    ] {
        let outcome = place().line(line);
        assert!(outcome.starts_with(&format!("exit: {code}\n")), "{outcome}");
        assert!(outcome.contains(message), "{outcome}");
    }
}

/// Whoever has no file is not slowed down, nor asked.
#[test]
fn without_a_file_nothing_changes() {
    let server = TestServer::new("200 OK", "", "<R><GetCallerIdentityResult/></R>");
    let place = TestPlace::new().variable("AWS_ENDPOINT_URL", &server.url());
    assert!(
        place
            .line("sts get-caller-identity")
            .starts_with("exit: 0\n")
    );
}
