//! Every kind of error in each of its six forms, and every exit code. The data
//! is what AWS CLI 2.36.7 printed for the same line and the same answers.

use std::io::Read as _;

use awl_test::{Answer, Request, Server};
use awl_value::{Value, json};

use crate::support::TestPlace;

/// What stands for the options that name the server.
const URL: &str = "URL";

/// What the server answers: by what the request is.
fn answer(request: &Request) -> Answer {
    let xml = "application/xml";
    let target = request.header("x-amz-target").unwrap_or_default();
    let body = String::from_utf8_lossy(&request.body).into_owned();
    let json =
        |body: &str| Answer::new(400, body).header("Content-Type", "application/x-amz-json-1.0");
    if target.contains("PutItem") {
        return json(
            r#"{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed","Item":{"id":{"S":"1"},"n":{"L":[{"N":"5"},{"BOOL":true}]}}}"#,
        );
    }
    if target.contains("ListTables") {
        return json(
            r#"{"__type":"com.amazon.coral.service#ExpiredTokenException","message":"The security token included in the request is expired"}"#,
        );
    }
    if target.contains("Decrypt") {
        return json(r#"{"__type":"InvalidCiphertextException"}"#);
    }
    if request.target.starts_with("/k") {
        let text = "<Error><Code>InvalidArgument</Code><Message>Requests specifying Server Side \
                    Encryption with AWS KMS managed keys require AWS Signature Version 4.\
                    </Message></Error>";
        return Answer::new(400, text).header("Content-Type", xml);
    }
    if body.contains("GetSessionToken") {
        let text = "<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>The \
                    security token included in the request is expired</Message></Error>\
                    <RequestId>r</RequestId></ErrorResponse>";
        return Answer::new(403, text).header("Content-Type", "text/xml");
    }
    if body.contains("DescribeInstances") {
        let text = "<Response><Errors><Error><Code>InvalidInstanceID.NotFound</Code><Message>The \
                    instance ID &apos;i-1&apos; does not exist</Message></Error></Errors>\
                    <RequestID>r</RequestID></Response>";
        return Answer::new(400, text).header("Content-Type", "text/xml");
    }
    Answer::new(500, "oops")
}

#[test]
fn errors_are_the_aws_clis_in_every_form() {
    let server = Server::start(|_, request| answer(request));
    let mut failures = Vec::new();
    for case in include_str!("../data/errors.jsonl").lines() {
        let case = json::parse(case).unwrap();
        let text = |name: &str| case.get(name).and_then(Value::as_str).unwrap();
        let mut place = TestPlace::new().variable("AWS_REGION", "us-east-1");
        let mut line = text("line");
        if let Some(rest) = line.strip_prefix("NOCRED ") {
            line = rest;
            place = place
                .without("AWS_ACCESS_KEY_ID")
                .without("AWS_SECRET_ACCESS_KEY");
        }
        let endpoint = server.endpoint();
        let mut words: Vec<&str> = line.split(' ').filter(|word| *word != URL).collect();
        if line.ends_with(URL) {
            words.extend(["--endpoint-url", &endpoint]);
        }
        words.extend(["--cli-error-format", text("form")]);
        let found = place.run(&words);
        let code = case.get("code").and_then(Value::as_int).unwrap();
        let expected = format!(
            "exit: {code}\n----- stdout\n{}----- stderr\n{}",
            text("stdout"),
            text("stderr")
        );
        if found != expected {
            failures.push(format!("{words:?}\n{found}\nexpected:\n{expected}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn exit_codes() {
    let place = TestPlace::new();
    for (line, code) in [
        ("--version", 0),
        ("configure get nothing", 1),
        ("sts nothing", 252),
        (
            "sts get-caller-identity --endpoint-url http://127.0.0.1:1",
            255,
        ),
    ] {
        let outcome = place.line(line);
        assert!(
            outcome.starts_with(&format!("exit: {code}\n")),
            "{line}: {outcome}"
        );
    }
    let keyless = TestPlace::new()
        .without("AWS_ACCESS_KEY_ID")
        .without("AWS_SECRET_ACCESS_KEY");
    let outcome = keyless.line("sts get-caller-identity --endpoint-url http://127.0.0.1:1");
    assert!(outcome.starts_with("exit: 253\n"), "{outcome}");
    let server = Server::start(|_, request| answer(request));
    let outcome = place.run(&[
        "kms",
        "decrypt",
        "--ciphertext-blob",
        "YQ==",
        "--endpoint-url",
        &server.endpoint(),
    ]);
    assert!(outcome.starts_with("exit: 254\n"), "{outcome}");
}

/// Ctrl-C while a server has not answered.
#[test]
fn interrupted_commands_end_with_130() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let place = TestPlace::new();
    let child = place.start(&["sts", "get-caller-identity", "--endpoint-url", &url]);
    let (mut connection, _) = listener.accept().unwrap();
    // When it has sent its request it waits for the answer.
    let mut byte = [0];
    connection.read_exact(&mut byte).unwrap();
    let id = child.id().to_string();
    let status = std::process::Command::new("kill")
        .args(["-INT", &id])
        .status();
    assert!(status.unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
