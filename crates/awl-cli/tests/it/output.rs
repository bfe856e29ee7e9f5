//! What is printed of an answer.

use insta::assert_snapshot;

use crate::support::{TestPlace, TestServer};

const IDENTITY: &str = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
    <GetCallerIdentityResult><Arn>arn:aws:iam::1:user/é</Arn><UserId>AIDA</UserId>\
    <Account>1</Account></GetCallerIdentityResult>\
    <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>";

#[test]
fn json_and_text() {
    let server = TestServer::new("200 OK", "Content-Type: text/xml\r\n", IDENTITY);
    let url = server.url();
    let place = TestPlace::new();
    let line = format!("sts get-caller-identity --endpoint-url {url}");
    assert_snapshot!(place.line(&line), @r#"
    exit: 0
    ----- stdout
    {
        "UserId": "AIDA",
        "Account": "1",
        "Arn": "arn:aws:iam::1:user/é"
    }
    ----- stderr
    "#);
    assert_snapshot!(place.line(&format!("{line} --output text")), @r#"
    exit: 0
    ----- stdout
    1	arn:aws:iam::1:user/é	AIDA
    ----- stderr
    "#);
    assert_snapshot!(place.line(&format!("{line} --output off")), @r#"
    exit: 0
    ----- stdout
    ----- stderr
    "#);
    assert_snapshot!(place.line(&format!("{line} --query [Arn,Missing]")), @r#"
    exit: 0
    ----- stdout
    [
        "arn:aws:iam::1:user/é",
        null
    ]
    ----- stderr
    "#);
    assert_snapshot!(place.line(&format!("{line} --query Missing")), @r#"
    exit: 0
    ----- stdout
    null
    ----- stderr
    "#);
    assert_snapshot!(place.line(&format!("{line} --query length(Missing)")), @r#"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: In function length(), invalid type for value: None, expected one of: ['string', 'array', 'object'], received: "null"
    "#);
    assert_eq!(server.requests().len(), 6);
    assert_eq!(
        server.requests()[0],
        "POST / HTTP/1.1\nAction=GetCallerIdentity&Version=2011-06-15"
    );
}

#[test]
fn an_empty_answer_prints_nothing() {
    let server = TestServer::new("200 OK", "Content-Type: application/x-amz-json-1.1\r\n", "");
    let line = format!(
        "kms delete-alias --alias-name alias/a --endpoint-url {}",
        server.url()
    );
    assert_snapshot!(TestPlace::new().line(&line), @r#"
    exit: 0
    ----- stdout
    ----- stderr
    "#);
}

#[test]
fn timestamps_in_the_zone_of_the_machine() {
    let body = r#"{"KeyMetadata": {"KeyId": "k", "CreationDate": 1700000000.5}}"#;
    let server = TestServer::new(
        "200 OK",
        "Content-Type: application/x-amz-json-1.1\r\n",
        body,
    );
    let line = format!(
        "kms describe-key --key-id k --endpoint-url {}",
        server.url()
    );
    let place = TestPlace::new().variable("TZ", "EST5EDT,M3.2.0,M11.1.0");
    assert_snapshot!(place.line(&line), @r#"
    exit: 0
    ----- stdout
    {
        "KeyMetadata": {
            "KeyId": "k",
            "CreationDate": "2023-11-14T17:13:20.500000-05:00"
        }
    }
    ----- stderr
    "#);
    let place = place.file(
        "home/.aws/config",
        "[default]\ncli_timestamp_format = wire\n",
    );
    assert_snapshot!(place.line(&line), @r#"
    exit: 0
    ----- stdout
    {
        "KeyMetadata": {
            "KeyId": "k",
            "CreationDate": 1700000000.5
        }
    }
    ----- stderr
    "#);
    let place = place.file(
        "home/.aws/config",
        "[default]\ncli_timestamp_format = other\n",
    );
    assert_snapshot!(place.line(&line), @r#"
    exit: 253
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (Configuration): Unknown cli_timestamp_format value: other, valid values are "wire" or "iso8601"
    "#);
}

#[test]
fn a_streamed_answer_goes_to_its_file() {
    let server = TestServer::new("200 OK", "ETag: \"e\"\r\n", "content");
    let place = TestPlace::new();
    let line = format!(
        "s3api get-object --bucket bucket --key k --endpoint-url {} out",
        server.url()
    );
    let output = place.line(&line);
    assert!(output.contains("\"ETag\": \"\\\"e\\\"\""), "{output}");
    assert!(!output.contains("Body"), "{output}");
    assert_eq!(
        std::fs::read_to_string(place.folder().join("out")).unwrap(),
        "content"
    );
    let line = line.replace(" out", " nowhere/out");
    assert_snapshot!(place.line(&line), @r#"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: [Errno 2] No such file or directory: 'nowhere/out'
    "#);
}

#[test]
fn an_error_of_the_service() {
    let body = r#"{"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
        "message": "The conditional request failed", "Item": {"a": {"S": "b"}}}"#;
    let headers = "Content-Type: application/x-amz-json-1.0\r\n";
    let server = TestServer::new("400 Bad Request", headers, body);
    let line = format!(
        "dynamodb put-item --table-name t --item {{}} --endpoint-url {}",
        server.url()
    );
    let place = TestPlace::new();
    assert_snapshot!(place.line(&line), @r#"
    exit: 254
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ConditionalCheckFailedException) when calling the PutItem operation (reached max retries: 0): The conditional request failed

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
            "a": {
                "S": "b"
            }
        }
    }
    "#);
    assert_snapshot!(place.line(&format!("{line} --cli-error-format legacy")), @r#"
    exit: 254
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ConditionalCheckFailedException) when calling the PutItem operation (reached max retries: 0): The conditional request failed
    "#);
}
