//! What goes wrong between the program and a server: no connection, errors of
//! the service, and which of them are tried again. Texts and exit codes are
//! those of AWS CLI 2.36.7.

use awl_test::{Answer, Server};
use insta::assert_snapshot;

use crate::support::TestPlace;

const IDENTITY: &str = "\
<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account>\
</GetCallerIdentityResult></GetCallerIdentityResponse>";

/// An error as STS answers it.
fn error(status: u16, code: &str, message: &str) -> Answer {
    Answer::new(
        status,
        format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>\
             <Message>{message}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>"
        ),
    )
}

/// Asks STS who calls, where the first answers are these and the next is that
/// all is well; what came of it, and how many requests were made.
fn ask(place: TestPlace, first: Vec<Answer>) -> (String, usize) {
    let server = Server::start(move |number, _| {
        let answer = first.get(number).cloned();
        answer.unwrap_or_else(|| Answer::new(200, IDENTITY))
    });
    let place = place.variable("AWS_ENDPOINT_URL", &server.endpoint());
    let outcome = place.line("sts get-caller-identity --query Account");
    (outcome, server.requests().len())
}

/// A place where failed calls are made again, as they are by default.
fn patient() -> TestPlace {
    TestPlace::new().without("AWS_MAX_ATTEMPTS")
}

const ANSWERED: &str = "exit: 0\n----- stdout\n\"123456789012\"\n----- stderr\n";

#[test]
fn unavailable_servers_are_asked_again() {
    let (outcome, requests) = ask(patient(), vec![Answer::new(503, ""), Answer::new(503, "")]);
    assert_eq!((&*outcome, requests), (ANSWERED, 3));
}

#[test]
fn throttled_calls_are_made_again() {
    let throttled = error(400, "Throttling", "Rate exceeded");
    let (outcome, requests) = ask(patient(), vec![throttled]);
    assert_eq!((&*outcome, requests), (ANSWERED, 2));
}

#[test]
fn three_failures_are_enough() {
    let failed = error(500, "InternalFailure", "try later");
    let (outcome, requests) = ask(patient(), vec![failed; 9]);
    assert_snapshot!(outcome, @"
    exit: 254
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (InternalFailure) when calling the GetCallerIdentity operation (reached max retries: 2): try later
    ");
    assert_eq!(requests, 3);
}

#[test]
fn every_attempt_of_a_call_has_its_number() {
    let server = Server::start(|number, _| match number {
        0 => Answer::new(502, ""),
        _ => Answer::new(200, IDENTITY),
    });
    let place = patient().variable("AWS_ENDPOINT_URL", &server.endpoint());
    place.line("sts get-caller-identity");
    let requests = server.requests();
    let header = |number: usize, name| requests[number].header(name).unwrap().to_owned();
    assert_eq!(requests.len(), 2);
    assert_eq!(header(0, "amz-sdk-request"), "attempt=1");
    assert!(header(1, "amz-sdk-request").ends_with("attempt=2; max=3"));
    assert_eq!(
        header(0, "amz-sdk-invocation-id"),
        header(1, "amz-sdk-invocation-id")
    );
    assert_eq!(requests[0].body, requests[1].body);
}

#[test]
fn wrong_calls_are_made_once() {
    let wrong = error(400, "ValidationError", "1 validation error detected");
    let (outcome, requests) = ask(patient(), vec![wrong; 2]);
    assert_snapshot!(outcome, @"
    exit: 254
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ValidationError) when calling the GetCallerIdentity operation: 1 validation error detected
    ");
    assert_eq!(requests, 1);
    let (outcome, requests) = ask(patient(), vec![error(403, "AccessDenied", "not you"); 2]);
    assert_snapshot!(outcome, @"
    exit: 254
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (AccessDenied) when calling the GetCallerIdentity operation: not you
    ");
    assert_eq!(requests, 1);
}

#[test]
fn attempts_are_as_many_as_are_configured() {
    let failures = || vec![Answer::new(503, ""); 9];
    let one = patient().variable("AWS_MAX_ATTEMPTS", "1");
    let (outcome, requests) = ask(one, failures());
    assert_snapshot!(outcome, @"
    exit: 254
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (503) when calling the GetCallerIdentity operation (reached max retries: 0): Service Unavailable
    ");
    assert_eq!(requests, 1);
    let two = patient().file("home/.aws/config", "[default]\nmax_attempts = 2\n");
    let (outcome, requests) = ask(two, failures());
    assert_snapshot!(outcome, @"
    exit: 254
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (503) when calling the GetCallerIdentity operation (reached max retries: 1): Service Unavailable
    ");
    assert_eq!(requests, 2);
    let none = patient().variable("AWS_MAX_ATTEMPTS", "0");
    assert_snapshot!(none.line("sts get-caller-identity"), @r#"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: Value provided to "max_attempts": 0 must be an integer greater than or equal to one.
    "#);
    let word = patient().variable("AWS_MAX_ATTEMPTS", "x");
    assert_snapshot!(word.line("sts get-caller-identity"), @"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: invalid literal for int() with base 10: 'x'
    ");
}

#[test]
fn modes_of_retrying_are_two() {
    for mode in ["standard", "adaptive"] {
        let place = patient().variable("AWS_RETRY_MODE", mode);
        let (outcome, requests) = ask(place, vec![]);
        assert_eq!((&*outcome, requests), (ANSWERED, 1));
    }
    let (outcome, requests) = ask(patient().variable("AWS_RETRY_MODE", "legacy"), vec![]);
    assert_snapshot!(outcome, @r#"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: Invalid value provided to "mode": "legacy" must be one of: "standard" or "adaptive"
    "#);
    assert_eq!(requests, 0);
}

#[test]
fn nobody_listens() {
    // The port was free a moment ago.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let line = format!("sts get-caller-identity --endpoint-url http://{address}");
    let outcome = TestPlace::new().line(&line).replace(&address, "[ADDRESS]");
    assert_snapshot!(outcome, @r#"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: Could not connect to the endpoint URL: "http://[ADDRESS]/"
    "#);
}

#[test]
fn the_server_hangs_up() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let thread = std::thread::spawn(move || drop(listener.accept().unwrap()));
    let line = format!("sts get-caller-identity --endpoint-url http://{address}");
    let outcome = TestPlace::new().line(&line).replace(&address, "[ADDRESS]");
    thread.join().unwrap();
    assert_snapshot!(outcome, @r#"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: Connection was closed before we received a valid response from endpoint URL: "http://[ADDRESS]/".
    "#);
}

#[test]
fn answers_that_make_no_sense() {
    let (outcome, _) = ask(TestPlace::new(), vec![Answer::new(200, "<html><body>")]);
    assert_snapshot!(outcome, @"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: Unable to parse response (no element found: line 1, column 12), invalid XML received. Further retries may succeed:
    b'<html><body>'
    ");
    let (outcome, _) = ask(TestPlace::new(), vec![Answer::new(400, "no XML")]);
    assert_snapshot!(outcome, @"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: Unable to parse response (syntax error: line 1, column 0), invalid XML received. Further retries may succeed:
    b'no XML'
    ");
    let (outcome, _) = ask(TestPlace::new(), vec![Answer::new(404, "")]);
    assert_snapshot!(outcome, @"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: Unable to parse response (no element found: line 1, column 0), invalid XML received. Further retries may succeed:
    b''
    ");
    let (outcome, _) = ask(TestPlace::new(), vec![Answer::new(200, "")]);
    assert_snapshot!(outcome, @"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: Unable to parse response (no element found: line 1, column 0), invalid XML received. Further retries may succeed:
    b''
    ");
}

#[test]
fn regions_and_endpoints_that_are_none() {
    let place = TestPlace::new();
    assert_snapshot!(place.run(&["sts", "get-caller-identity", "--region", "us east"]), @"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: Provided region_name 'us east' doesn't match a supported format.
    ");
    assert_snapshot!(place.line("sts get-caller-identity --endpoint-url nothing"), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): Bad value for --endpoint-url "nothing": scheme is missing.  Must be of the form http://<hostname>/ or https://<hostname>/
    "#);
    assert_snapshot!(place.line("sts get-caller-identity --endpoint-url http://a_b:x"), @"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: Invalid endpoint: http://a_b:x
    ");
    assert_snapshot!(place.line("sts get-caller-identity --endpoint-url ftp://127.0.0.1"), @"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: An HTTP Client raised an unhandled exception: Not supported URL scheme ftp
    ");
}

#[test]
fn details_of_an_error_are_shown() {
    let body = r#"{"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
        "message": "The conditional request failed", "Item": {"id": {"S": "a"}}}"#;
    let server = Server::start(move |_, _| Answer::new(400, body));
    let place = TestPlace::new().variable("AWS_ENDPOINT_URL", &server.endpoint());
    let line = "dynamodb delete-item --table-name t --key id={S=a}";
    assert_snapshot!(place.line(line), @r#"
    exit: 254
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ConditionalCheckFailedException) when calling the DeleteItem operation (reached max retries: 0): The conditional request failed

    Additional error details:
    Item: <complex value>
    Use "--cli-error-format json" or another error format to see the full details.
    "#);
    assert_snapshot!(place.line(&format!("{line} --cli-error-format json")), @r#"
    exit: 254
    ----- stdout
    ----- stderr
    {
        "Message": "The conditional request failed",
        "Code": "ConditionalCheckFailedException",
        "message": "The conditional request failed",
        "Item": {
            "id": {
                "S": "a"
            }
        }
    }
    "#);
    assert_snapshot!(place.line(&format!("{line} --cli-error-format legacy")), @"
    exit: 254
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ConditionalCheckFailedException) when calling the DeleteItem operation (reached max retries: 0): The conditional request failed
    ");
}
