//! Instance metadata: `awl imds`, the role's credentials, the Region.

use std::time::Duration;

use awl_test::{Answer, Metadata, Server};

use crate::support::TestPlace;

const ROLE: &str = "/latest/meta-data/iam/security-credentials/";
const KEYS: &str = "/latest/meta-data/iam/security-credentials/web-server";

/// A place without keys, whose metadata service is this one.
fn place(server: &Server) -> TestPlace {
    TestPlace::new()
        .program("awl")
        .without("AWS_ACCESS_KEY_ID")
        .without("AWS_SECRET_ACCESS_KEY")
        .without("AWS_REGION")
        .without("AWS_EC2_METADATA_DISABLED")
        .variable("AWS_EC2_METADATA_SERVICE_ENDPOINT", &server.endpoint())
}

fn run(server: &Server, line: &str) -> String {
    let output = place(server).line(line);
    output.replace(&server.endpoint(), "[SERVER]")
}

/// Standard output of a run that goes well.
fn stdout(output: &str) -> &str {
    let text = output.strip_prefix("exit: 0\n----- stdout\n");
    let text = text.unwrap_or_else(|| panic!("{output}"));
    text.split("----- stderr\n").next().unwrap()
}

fn targets(server: &Server) -> Vec<String> {
    let requests = server.requests();
    let lines = requests
        .iter()
        .map(|request| format!("{} {}", request.method, request.target));
    lines.collect()
}

#[test]
fn the_service_is_read_with_a_token() {
    let server = Metadata::new().start();
    for (line, expected) in [
        ("imds get instance-id", "i-0123456789abcdef0\n"),
        (
            "imds get /latest/meta-data/instance-id",
            "i-0123456789abcdef0\n",
        ),
        (
            "imds get public-keys/0/openssh-key",
            "ssh-ed25519 AAAA laptop\n",
        ),
        ("imds list", "iam/\ninstance-id\nplacement/\npublic-keys/\n"),
        ("imds list iam", "security-credentials/\n"),
        ("imds token --ttl 1", "a-metadata-token==\n"),
        (
            "imds tree",
            "iam/\n  security-credentials/\n    web-server: (credentials)\n\
             instance-id: i-0123456789abcdef0\nplacement/\n  availability-zone: eu-west-3b\n\
             public-keys/\n  0=laptop/\n    openssh-key:\n      ssh-ed25519 AAAA laptop\n",
        ),
        (
            "imds tree placement --output json",
            "{\n    \"availability-zone\": \"eu-west-3b\"\n}\n",
        ),
        ("imds identity-document --query region", "\"eu-west-3\"\n"),
        (
            "imds credentials --query [RoleName,AccessKeyId] --output text",
            "web-server\tASIAINSTANCE\n",
        ),
    ] {
        assert_eq!(stdout(&run(&server, line)), expected, "{line}");
    }
    let seen = targets(&server);
    assert_eq!(
        seen[..2],
        ["PUT /latest/api/token", "GET /latest/meta-data/instance-id"]
    );
    let ttls: Vec<String> = server
        .requests()
        .iter()
        .filter_map(|request| request.header("x-aws-ec2-metadata-token-ttl-seconds"))
        .map(str::to_owned)
        .collect();
    assert!(ttls.contains(&"1".to_owned()) && ttls.contains(&"21600".to_owned()));
}

#[test]
fn user_data_is_given_as_it_is() {
    let server = Metadata::new()
        .at(
            "/latest/user-data",
            Answer::new(200, b"\x1f\x8b\xff".to_vec()),
        )
        .start();
    let output = place(&server)
        .start(&["imds", "user-data"])
        .wait_with_output()
        .unwrap();
    assert_eq!(output.stdout, b"\x1f\x8b\xff");
    assert!(run(&Metadata::new().start(), "imds user-data").starts_with("exit: 255\n"));
}

#[test]
fn what_is_not_there_is_said() {
    let server = Metadata::new().start();
    insta::assert_snapshot!(run(&server, "imds get nothing"), @r"
    exit: 255
    ----- stdout
    ----- stderr

    awl: [ERROR]: the instance metadata service answers status 404 for [SERVER]/latest/meta-data/nothing
    ");
    for ttl in ["0", "21601", "-1"] {
        let output = place(&server).run(&["imds", "token", "--ttl", ttl]);
        assert!(output.starts_with("exit: 252\n"), "{output}");
    }
    let off = place(&server).variable("AWS_EC2_METADATA_DISABLED", "TRUE");
    let output = off.line("imds get instance-id");
    assert!(
        output.ends_with("awl: [ERROR]: AWS_EC2_METADATA_DISABLED is set\n"),
        "{output}"
    );
    let output = run(
        &Metadata::new().token(Answer::new(404, "")).v1().start(),
        "imds token",
    );
    assert!(output.contains("it speaks version 1 only"), "{output}");
}

#[test]
fn the_roles_credentials_sign_and_the_instances_region_counts() {
    for service in [
        Metadata::new(),
        Metadata::new().token(Answer::new(404, "")).v1(),
        Metadata::new().token(Answer::new(403, "")).v1(),
        Metadata::new().token(Answer::new(405, "")).v1(),
        Metadata::new().token(Answer::new(500, "")).v1(),
        // The service has no newer ones, so they are used a while longer.
        Metadata::new().at(
            KEYS,
            Answer::new(200, r#"{"AccessKeyId": "ASIAINSTANCE", "SecretAccessKey": "s", "Token": "t", "Expiration": "2020-01-01T00:00:00Z"}"#),
        ),
    ] {
        let server = service.clone().start();
        let output = run(&server, "sqs list-queues --print-request");
        assert!(output.starts_with("exit: 0\n"), "{service:?}\n{output}");
        assert!(
            output.contains("https://sqs.eu-west-3.amazonaws.com/"),
            "{output}"
        );
        assert!(output.contains("ASIAINSTANCE"), "{output}");
    }
}

#[test]
fn the_service_is_asked_as_often_as_is_configured() {
    let server = Metadata::new().at(ROLE, Answer::new(500, "")).start();
    let place = place(&server).variable("AWS_REGION", "eu-west-1").file(
        "home/.aws/config",
        "[default]\nmetadata_service_num_attempts = 3\n",
    );
    let _ = place.line("sts get-caller-identity");
    let asked = targets(&server);
    let count = asked.iter().filter(|target| target.ends_with(ROLE)).count();
    assert_eq!(count, 3, "{asked:?}");
}

/// Why the chain finds nothing, told by its explanation, and the error that
/// ends a call.
#[test]
fn every_failure_has_its_reason() {
    const NONE: &str = "An error occurred (NoCredentials): Unable to locate credentials.";
    let json = |text: &str| Answer::new(200, text);
    let cases = [
        (
            Metadata::new().at(ROLE, Answer::new(404, "")),
            "the instance has no role",
            NONE,
        ),
        (
            Metadata::new().at(ROLE, Answer::new(500, "")),
            "the instance metadata service answers status 500 for [SERVER]/latest/meta-data/iam/security-credentials/",
            NONE,
        ),
        (
            Metadata::new().at(ROLE, Answer::new(200, "")),
            "the instance metadata service answers nothing for [SERVER]/latest/meta-data/iam/security-credentials/",
            NONE,
        ),
        (
            Metadata::new().at(KEYS, json("{")),
            "the instance metadata service answers no JSON for [SERVER]/latest/meta-data/iam/security-credentials/web-server",
            NONE,
        ),
        (
            Metadata::new().at(
                KEYS,
                json(r#"{"Code": "AssumeRoleUnauthorizedAccess", "Message": "EC2 cannot assume the role"}"#),
            ),
            "the instance metadata service has no credentials of role web-server: AssumeRoleUnauthorizedAccess: EC2 cannot assume the role",
            NONE,
        ),
        (
            Metadata::new().at(KEYS, json(r#"{"AccessKeyId": "A", "SecretAccessKey": "s", "Expiration": "2099-01-01T00:00:00Z"}"#)),
            "the credentials of role web-server in the instance metadata service have no Token",
            NONE,
        ),
        (
            Metadata::new().token(Answer::new(400, "")),
            "the instance metadata service at [SERVER] refuses to give a token: status 400",
            NONE,
        ),
        // Version 1 is not there either.
        (
            Metadata::new().token(Answer::new(404, "")),
            "the instance metadata service answers status 401 for [SERVER]/latest/meta-data/iam/security-credentials/",
            NONE,
        ),
        (
            Metadata::new().at(ROLE, Answer::new(200, "x").after(Duration::from_millis(1500))),
            "no instance metadata service answers at [SERVER]",
            NONE,
        ),
        (
            Metadata::new().at(ROLE, Answer::hang_up()),
            "no instance metadata service answers at [SERVER]",
            NONE,
        ),
        (
            Metadata::new().at(KEYS, json(r#"{"AccessKeyId": "A", "SecretAccessKey": "s", "Token": "t", "Expiration": "tomorrow"}"#)),
            "Unknown string format: tomorrow",
            "Unknown string format: tomorrow",
        ),
    ];
    for (service, reason, error) in cases {
        let server = service.clone().start();
        let place = place(&server).variable("AWS_REGION", "eu-west-1");
        let output = place.line("whoami --explain --query Chain[-1].Detail --output text");
        let output = output.replace(&server.endpoint(), "[SERVER]");
        assert!(
            output.contains(&format!("{reason}\n")),
            "{service:?}\n{output}"
        );
        let output = place.line("sts get-caller-identity");
        assert!(
            output.contains(&format!("awl: [ERROR]: {error}")),
            "{service:?}\n{output}"
        );
    }
}

#[test]
fn settings_that_cannot_be_are_refused_in_botocores_words() {
    let server = Metadata::new().token(Answer::new(404, "")).v1().start();
    for (name, value, error) in [
        (
            "AWS_METADATA_SERVICE_TIMEOUT",
            "abc",
            "invalid literal for int() with base 10: 'abc'",
        ),
        (
            "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
            "x",
            "Invalid EC2 Instance Metadata endpoint mode: x Valid endpoint modes \
             (case-insensitive): ('ipv4', 'ipv6').",
        ),
        (
            "AWS_EC2_METADATA_SERVICE_ENDPOINT",
            "foo bar",
            "Invalid endpoint EC2 Instance Metadata endpoint: foo bar",
        ),
        (
            "AWS_EC2_METADATA_V1_DISABLED",
            "true",
            "Error retrieving metadata: Unable to retrieve token for use in IMDSv2 call and \
             IMDSv1 has been disabled",
        ),
    ] {
        let output = place(&server)
            .variable(name, value)
            .line("sts get-caller-identity");
        assert_eq!(
            output,
            format!("exit: 255\n----- stdout\n----- stderr\n\nawl: [ERROR]: {error}\n"),
            "{name}"
        );
    }
}

#[test]
fn no_proxy_stands_between() {
    let server = Metadata::new().start();
    let place = place(&server)
        .variable("HTTP_PROXY", "http://127.0.0.1:1")
        .variable("http_proxy", "http://127.0.0.1:1");
    assert_eq!(
        stdout(&place.line("imds get instance-id")),
        "i-0123456789abcdef0\n"
    );
}

#[test]
fn a_service_that_is_not_there_is_told_at_once() {
    let server = Metadata::new().start();
    let place = place(&server).variable("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1");
    insta::assert_snapshot!(place.line("imds get instance-id"), @r#"
    exit: 255
    ----- stdout
    ----- stderr

    awl: [ERROR]: no instance metadata service answers at http://127.0.0.1:1: Could not connect to the endpoint URL: "http://127.0.0.1:1/latest/api/token": Connection refused (os error 111)
    "#);
}
