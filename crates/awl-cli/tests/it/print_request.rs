//! `--print-request` and `--debug`.

use awl_value::{Value, json};

use crate::support::TestPlace;

#[test]
fn a_request_as_json() {
    let output = TestPlace::new().line("sqs get-queue-url --queue-name q --print-request");
    let text = output.strip_prefix("exit: 0\n----- stdout\n").unwrap();
    let request = json::parse(text.strip_suffix("----- stderr\n").unwrap()).unwrap();
    let keys: Vec<&str> = request.as_map().unwrap().keys().collect();
    assert_eq!(keys, ["method", "url", "headers", "body", "body_encoding"]);
    let text = |key: &str| request.get(key).and_then(Value::as_str);
    assert_eq!(text("method"), Some("POST"));
    assert_eq!(text("url"), Some("https://sqs.us-west-2.amazonaws.com/"));
    assert_eq!(text("body"), Some(r#"{"QueueName": "q"}"#));
    assert_eq!(text("body_encoding"), Some("utf-8"));
    let header = |key: &str| {
        request
            .get("headers")
            .unwrap()
            .get(key)
            .and_then(Value::as_str)
    };
    assert_eq!(header("Host"), Some("sqs.us-west-2.amazonaws.com"));
    assert!(
        header("Authorization")
            .unwrap()
            .starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    );
}

#[test]
fn a_request_for_curl() {
    let line = "--print-request curl sqs get-queue-url --queue-name q --no-sign-request";
    let output = TestPlace::new().line(line);
    assert!(
        output.contains("\ncurl -X POST \\\n  -H 'X-Amz-Target: AmazonSQS.GetQueueUrl'"),
        "{output}"
    );
    assert!(
        output.contains("--data-binary '{\"QueueName\": \"q\"}'"),
        "{output}"
    );
    assert!(!output.contains("Authorization"));
}

#[test]
fn the_log_has_no_secrets() {
    let line = "--debug secretsmanager put-secret-value --secret-id s --secret-string hush --print-request";
    let place = TestPlace::new().variable("AWS_SESSION_TOKEN", "tokentoken");
    let output = place.line(line);
    let (_, log) = output.split_once("----- stderr\n").unwrap();
    assert!(
        log.contains(" - MainThread - awscli.clidriver - DEBUG - CLI version: aws-cli/2.36.7 ")
    );
    assert!(log.contains("'SecretId': 's'"), "{log}");
    assert!(log.contains("'SecretString': '****'"), "{log}");
    // The words of the command line are the user's own.
    let others = log
        .lines()
        .filter(|line| !line.contains("Arguments entered to CLI"));
    for line in others {
        assert!(
            !line.contains("hush") && !line.contains("tokentoken"),
            "{line}"
        );
    }
}
