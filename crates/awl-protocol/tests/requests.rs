//! What botocore's suites do not ask of requests: host prefixes, tokens,
//! streams, precision, and the errors for what fits no model.

#![allow(clippy::unwrap_used, reason = "the models here are the test's own")]

use awl_model::Operation;
use awl_protocol::{
    Body, Request, SerializeError, SerializeOptions, TimestampPrecision, serialize,
};
use awl_value::{Map, Timestamp, Value, json};

const SHAPES: &str = r#"{
    "In": {"type": "structure", "required": ["Account"], "members": {
        "Account": {"shape": "T", "hostLabel": true},
        "Key": {"shape": "T", "location": "uri", "locationName": "key"},
        "Token": {"shape": "T", "idempotencyToken": true},
        "When": {"shape": "Time"},
        "At": {"shape": "Time", "location": "header", "locationName": "x-at"},
        "Since": {"shape": "Time", "location": "querystring", "locationName": "since"}}},
    "Stream": {"type": "structure", "payload": "Data", "members": {
        "Data": {"shape": "Blob"}, "Type": {"shape": "T", "location": "header", "locationName": "Content-Type"}}},
    "Events": {"type": "structure", "members": {
        "Name": {"shape": "T"}, "Audio": {"shape": "AudioStream"}}},
    "AudioStream": {"type": "structure", "eventstream": true, "members": {
        "Chunk": {"shape": "Chunk"}}},
    "Chunk": {"type": "structure", "event": true, "members": {
        "Bytes": {"shape": "Blob", "eventpayload": true}}},
    "T": {"type": "string"}, "Time": {"type": "timestamp"}, "Blob": {"type": "blob", "streaming": true}
}"#;

fn operation(protocol: &str, input: &str, more: &str) -> Operation {
    let model = format!(
        r#"{{"metadata": {{"protocol": "{protocol}", "targetPrefix": "P", "jsonVersion": "1.0"}},
            "operations": {{"Op": {{"name": "Op", "input": {{"shape": "{input}"}}{more}}}}},
            "shapes": {SHAPES}}}"#
    );
    let store = awl_test::compile(&model);
    store.service("test").unwrap().operation("Op").unwrap()
}

fn try_request(
    operation: Operation,
    input: &str,
    streaming_body: bool,
    timestamp_precision: TimestampPrecision,
) -> Result<Request, SerializeError> {
    let Value::Map(mut input) = json::parse(input).unwrap() else {
        panic!("no map");
    };
    // Microseconds, which JSON cannot name.
    if let Some(when) = input.get_mut("When") {
        *when = Value::Timestamp(Timestamp::utc(1_420_070_400_123_456));
    }
    let mut token = || "token".to_owned();
    let mut options = SerializeOptions {
        protocol: None,
        timestamp_precision,
        streaming_body,
        idempotency_token: &mut token,
    };
    serialize(operation, &input, &mut options)
}

fn request(operation: Operation, input: &str) -> Request {
    try_request(operation, input, false, TimestampPrecision::Full).unwrap()
}

fn text(request: &Request) -> &str {
    std::str::from_utf8(request.body.bytes().unwrap()).unwrap()
}

const HOST: &str = r#", "endpoint": {"hostPrefix": "{Account}.data-"}"#;

#[test]
fn host_prefixes_are_filled_in_and_checked() {
    let operation = operation("json", "In", HOST);
    let sent = request(operation, r#"{"Account": "a-1.b"}"#);
    assert_eq!(sent.host_prefix.as_deref(), Some("a-1.b.data-"));
    for wrong in ["a b", "a/b", "", "a@b", "a\u{e9}"] {
        let input = format!(r#"{{"Account": "{wrong}"}}"#);
        let error = try_request(operation, &input, false, TimestampPrecision::Full).unwrap_err();
        assert_eq!(error, SerializeError::HostLabel("Account".to_owned()));
        assert_eq!(
            error.to_string(),
            "Parameter validation failed:\nInvalid value for parameter(s): Account. \
             Must contain only alphanumeric characters, hyphen, or period."
        );
    }
    let error = try_request(operation, "{}", false, TimestampPrecision::Full).unwrap_err();
    assert_eq!(error, SerializeError::MissingLabel("Account".to_owned()));
}

#[test]
fn tokens_are_made_behind_what_is_given_and_only_where_none_is() {
    let operation = operation("json", "In", "");
    let sent = request(operation, r#"{"Account": "a"}"#);
    assert_eq!(text(&sent), r#"{"Account": "a", "Token": "token"}"#);
    let sent = request(operation, r#"{"Token": "own", "Account": null}"#);
    assert_eq!(text(&sent), r#"{"Token": "own"}"#);
}

#[test]
fn json_is_written_as_python_writes_it() {
    let operation = operation("json", "In", "");
    let sent = request(
        operation,
        "{\"Token\": \"\u{e9}\u{1f600}\\n\", \"Account\": \"<&>\"}",
    );
    assert_eq!(
        text(&sent),
        r#"{"Token": "\u00e9\ud83d\ude00\n", "Account": "<&>"}"#
    );
    let names: Vec<_> = sent.headers.iter().map(|(name, _)| name.as_ref()).collect();
    assert_eq!(names, ["X-Amz-Target", "Content-Type"]);
    assert_eq!(sent.header("x-amz-target"), Some("P.Op"));
}

#[test]
fn times_are_as_fine_as_asked() {
    let operation = operation("json", "In", "");
    for (precision, expected) in [
        (TimestampPrecision::Full, "1420070400.123456"),
        (TimestampPrecision::Millisecond, "1420070400.123"),
        (TimestampPrecision::Legacy, "1420070400"),
    ] {
        let input = r#"{"When": 0, "Token": "t"}"#;
        let sent = try_request(operation, input, false, precision).unwrap();
        assert_eq!(
            text(&sent),
            format!(r#"{{"When": {expected}, "Token": "t"}}"#)
        );
    }
    let error = try_request(
        operation,
        r#"{"At": "never"}"#,
        false,
        TimestampPrecision::Full,
    );
    assert_eq!(error, Err(SerializeError::Timestamp("never".to_owned())));
}

#[test]
fn every_place_has_its_own_default_format() {
    let http = r#", "http": {"method": "PUT", "requestUri": "/a/{key+}?x=y"}"#;
    let operation = operation("rest-json", "In", http);
    let input = r#"{"Key": "b c/d?", "At": "2015-01-01T00:00:00.5Z", "Since": 1420070400,
        "When": 0, "Token": "t"}"#;
    let sent = request(operation, input);
    assert_eq!(sent.method, "PUT");
    assert_eq!(sent.path, "/a/b%20c/d%3F");
    assert_eq!(sent.query, "x=y&since=2015-01-01T00%3A00%3A00Z");
    assert_eq!(sent.header("x-at"), Some("Thu, 01 Jan 2015 00:00:00 GMT"));
    assert_eq!(text(&sent), r#"{"When": 1420070400.123456, "Token": "t"}"#);
}

#[test]
fn a_streaming_body_is_left_to_the_caller() {
    let operation = operation("rest-json", "Stream", "");
    let sent = try_request(operation, "{}", true, TimestampPrecision::Full).unwrap();
    assert_eq!(sent.body, Body::Streaming("Data"));
    assert_eq!(sent.header("content-type"), None);
    let sent = request(operation, r#"{"Data": "text", "Type": "text/plain"}"#);
    assert_eq!(text(&sent), "text");
    assert_eq!(sent.header("content-type"), Some("text/plain"));
}

#[test]
fn a_stream_of_events_is_left_to_the_caller() {
    let sent = request(operation("json", "Events", ""), r#"{"Name": "n"}"#);
    let initial = br#"{"Name": "n"}"#.to_vec();
    assert_eq!(sent.body, Body::Events("Audio", initial));
    assert_eq!(
        sent.header("content-type"),
        Some("application/vnd.amazon.eventstream")
    );
}

#[test]
fn what_fits_no_model_is_refused() {
    for protocol in [
        "json",
        "query",
        "ec2",
        "rest-json",
        "rest-xml",
        "smithy-rpc-v2-cbor",
    ] {
        let operation = operation(protocol, "In", "");
        let error = try_request(
            operation,
            r#"{"Other": 1}"#,
            false,
            TimestampPrecision::Full,
        );
        assert_eq!(
            error,
            Err(SerializeError::UnknownParameter {
                name: "Other".to_owned(),
                shape: "In"
            }),
            "{protocol}"
        );
        let error = try_request(
            operation,
            r#"{"Account": {"a": 1}}"#,
            false,
            TimestampPrecision::Full,
        );
        assert_eq!(
            error,
            Err(SerializeError::Type {
                shape: "T",
                expected: "string"
            }),
            "{protocol}"
        );
    }
    let mut token = String::new;
    let mut options = SerializeOptions {
        protocol: Some("soap"),
        timestamp_precision: TimestampPrecision::Full,
        streaming_body: false,
        idempotency_token: &mut token,
    };
    let error = serialize(operation("json", "In", ""), &Map::new(), &mut options);
    assert_eq!(error, Err(SerializeError::Protocol("soap".to_owned())));
}
