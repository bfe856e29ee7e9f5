//! Event streams: what is sent is read, whatever the protocol, and what
//! botocore says of errors, unknown events and streams without a beginning.

#![allow(clippy::unwrap_used, reason = "the models here are the test's own")]

use awl_model::Operation;
use awl_protocol::event::{
    Event, EventStreamParser, Frame, FrameBuffer, FrameError, HeaderValue, encode_event,
    encode_initial_request,
};
use awl_protocol::{ParseError, ParseOptions, Protocol};
use awl_value::{Map, Timestamp, Value, Zone};

fn operation(protocol: &str) -> Operation {
    let payload = if protocol.starts_with("rest") {
        r#""payload": "Stream","#
    } else {
        ""
    };
    let model = format!(
        r#"{{"metadata": {{"protocol": "{protocol}", "targetPrefix": "P", "jsonVersion": "1.0"}},
        "operations": {{"Op": {{"name": "Op", "input": {{"shape": "Io"}}, "output": {{"shape": "Io"}}}}}},
        "shapes": {{
            "Io": {{"type": "structure", {payload} "members": {{
                "Name": {{"shape": "T"}}, "Stream": {{"shape": "Stream"}}}}}},
            "Stream": {{"type": "structure", "eventstream": true, "members": {{
                "Raw": {{"shape": "Raw"}}, "Words": {{"shape": "Words"}},
                "Plain": {{"shape": "Plain"}}, "Deep": {{"shape": "Deep"}}, "Empty": {{"shape": "Empty"}},
                "Gone": {{"shape": "Gone"}}}}}},
            "Raw": {{"type": "structure", "event": true, "members": {{
                "Data": {{"shape": "B", "eventpayload": true}},
                "At": {{"shape": "Time", "eventheader": true}},
                "Count": {{"shape": "N", "eventheader": true}},
                "Flag": {{"shape": "F", "eventheader": true}},
                "Key": {{"shape": "T", "eventheader": true}}}}}},
            "Words": {{"type": "structure", "event": true, "members": {{
                "Text": {{"shape": "T", "eventpayload": true}}}}}},
            "Plain": {{"type": "structure", "event": true, "members": {{
                "A": {{"shape": "T"}}, "B": {{"shape": "N"}}, "Key": {{"shape": "T", "eventheader": true}}}}}},
            "Deep": {{"type": "structure", "event": true, "members": {{
                "Inner": {{"shape": "Inner", "eventpayload": true}}}}}},
            "Inner": {{"type": "structure", "members": {{"A": {{"shape": "T"}}}}}},
            "Empty": {{"type": "structure", "event": true, "members": {{}}}},
            "Gone": {{"type": "structure", "exception": true, "members": {{
                "message": {{"shape": "T"}}, "Left": {{"shape": "N"}}}}}},
            "T": {{"type": "string"}}, "N": {{"type": "integer"}}, "F": {{"type": "boolean"}},
            "B": {{"type": "blob"}}, "Time": {{"type": "timestamp"}}
        }}}}"#
    );
    let store = awl_test::compile(&model);
    store.service("test").unwrap().operation("Op").unwrap()
}

fn map(entries: &[(&'static str, Value)]) -> Map {
    entries
        .iter()
        .map(|(key, value)| ((*key).into(), value.clone()))
        .collect()
}

fn headers(frame: Frame, pairs: &[(&str, &str)]) -> Frame {
    pairs.iter().fold(frame, |frame, (name, text)| {
        frame.with(*name, HeaderValue::String((*text).to_owned()))
    })
}

/// All that a stream of these frames brings, in pieces of three bytes.
fn read(operation: Operation, frames: &[Frame]) -> Result<Vec<Event>, ParseError> {
    let mut parser = EventStreamParser::new(operation, &ParseOptions::default())?.unwrap();
    let bytes: Vec<u8> = frames.iter().flat_map(Frame::encode).collect();
    let mut events = Vec::new();
    for piece in bytes.chunks(3) {
        parser.push(piece);
        while let Some(event) = parser.next_event()? {
            events.push(event);
        }
    }
    assert!(parser.is_complete());
    Ok(events)
}

#[test]
fn events_are_read_as_they_were_written() {
    let at = Value::Timestamp(Timestamp {
        micros: 1_420_070_400_123_000,
        zone: Zone::Local,
    });
    let text = |text: &str| Value::from(text);
    let sent = [
        (
            "Raw",
            map(&[
                ("At", at),
                ("Count", Value::Int(-7)),
                ("Flag", Value::Bool(true)),
                ("Key", text("k")),
                ("Data", Value::Blob(vec![0, 255])),
            ]),
        ),
        ("Words", map(&[("Text", text("h\u{e9}"))])),
        (
            "Plain",
            map(&[("A", text("a")), ("B", Value::Int(3)), ("Key", text("x"))]),
        ),
        (
            "Deep",
            map(&[("Inner", Value::Map(map(&[("A", text("a"))])))]),
        ),
        ("Empty", map(&[])),
    ];
    for name in ["json", "rest-json", "rest-xml", "smithy-rpc-v2-cbor"] {
        let operation = operation(name);
        let protocol = Protocol::of(operation).unwrap();
        let mut frames = Vec::new();
        if !protocol.is_rest() {
            frames.push(headers(
                Frame::default(),
                &[(":event-type", "initial-response")],
            ));
        }
        for (event, members) in &sent {
            let event = map(&[(event, Value::Map(members.clone()))]);
            frames.push(encode_event(operation, protocol, &event).unwrap());
        }
        let mut events = read(operation, &frames).unwrap();
        if !protocol.is_rest() {
            assert!(matches!(events.remove(0), Event::Initial(members) if members.is_empty()));
        }
        assert_eq!(events.len(), sent.len(), "{name}");
        for (event, (kind, members)) in events.into_iter().zip(&sent) {
            let Event::Event(event) = event else {
                panic!("{name}: {event:?}");
            };
            assert_eq!(
                event.get(kind),
                Some(&Value::Map(members.clone())),
                "{name}"
            );
        }
    }
}

#[test]
fn frames_name_what_they_hold() {
    let operation = operation("rest-json");
    for (event, members, kind, payload) in [
        (
            "Raw",
            map(&[("Data", Value::Blob(b"x".to_vec()))]),
            Some("application/octet-stream"),
            "x",
        ),
        (
            "Words",
            map(&[("Text", Value::from("x"))]),
            Some("text/plain"),
            "x",
        ),
        (
            "Plain",
            map(&[("B", Value::Int(1))]),
            Some("application/json"),
            r#"{"B": 1}"#,
        ),
        ("Empty", map(&[]), None, ""),
    ] {
        let event_map = map(&[(event, Value::Map(members))]);
        let frame = encode_event(operation, Protocol::RestJson, &event_map).unwrap();
        assert_eq!(frame.text(":message-type"), Some("event"));
        assert_eq!(frame.text(":event-type"), Some(event));
        assert_eq!(frame.text(":content-type"), kind);
        assert_eq!(frame.payload, payload.as_bytes());
    }
    let frame = encode_initial_request(Protocol::Json, b"{}".to_vec());
    assert_eq!(frame.text(":event-type"), Some("initial-request"));
    let unknown = map(&[("Other", Value::Map(Map::new()))]);
    assert!(encode_event(operation, Protocol::RestJson, &unknown).is_err());
}

#[test]
fn unknown_events_are_passed_over_and_errors_told() {
    let mut gone = headers(
        Frame::default(),
        &[(":message-type", "exception"), (":exception-type", "Gone")],
    );
    gone.payload = br#"{"message": "m", "Left": 2}"#.to_vec();
    let frames = [
        headers(
            Frame::default(),
            &[(":message-type", "event"), (":event-type", "Other")],
        ),
        gone,
        headers(
            Frame::default(),
            &[
                (":message-type", "error"),
                (":error-code", "Oops"),
                (":error-message", "w"),
            ],
        ),
    ];
    let events = read(operation("rest-json"), &frames).unwrap();
    assert_eq!(events.len(), 2);
    let Event::Error(error) = &events[0] else {
        panic!("{events:?}");
    };
    assert_eq!((error.code.as_str(), error.message.as_str()), ("Gone", "m"));
    assert_eq!(error.members.get("Left"), Some(&Value::Int(2)));
    assert_eq!(error.shape.unwrap().name(), "Gone");
    let Event::Error(error) = &events[1] else {
        panic!("{events:?}");
    };
    assert_eq!((error.code.as_str(), error.message.as_str()), ("Oops", "w"));
}

#[test]
fn rpc_streams_begin_with_their_response() {
    let mut first = headers(
        Frame::default(),
        &[
            (":message-type", "event"),
            (":event-type", "initial-response"),
        ],
    );
    first.payload = br#"{"Name": "n"}"#.to_vec();
    let events = read(operation("json"), &[first]).unwrap();
    assert!(matches!(&events[..], [Event::Initial(members)]
        if members.get("Name") == Some(&Value::from("n"))));
    let other = headers(
        Frame::default(),
        &[(":message-type", "event"), (":event-type", "Empty")],
    );
    let error = read(operation("json"), &[other]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "First event was not of type initial-response"
    );
}

/// A frame made by hand from the format's description.
#[test]
fn a_frame_is_laid_out_as_described() {
    let mut frame = Frame::default().with("a", HeaderValue::Bool(true));
    frame.payload = b"{}".to_vec();
    let bytes = frame.encode();
    assert_eq!(bytes[..8], [0, 0, 0, 21, 0, 0, 0, 3]);
    assert_eq!(bytes[12..17], [1, b'a', 0, b'{', b'}']);
    // The checksum of no headers and no payload is in botocore's own tests.
    let empty = Frame::default().encode();
    let known = [
        0, 0, 0, 16, 0, 0, 0, 0, 0x05, 0xc2, 0x48, 0xeb, 0x7d, 0x98, 0xc8, 0xff,
    ];
    assert_eq!(empty, known);
}

#[test]
fn headers_that_come_twice_are_refused() {
    let frame = headers(Frame::default(), &[("a", "b"), ("a", "c")]);
    let mut buffer = FrameBuffer::new();
    buffer.push(&frame.encode());
    let error = buffer.next_frame().unwrap_err();
    assert_eq!(error, FrameError::DuplicateHeader("a".to_owned()));
    assert_eq!(error.to_string(), "Duplicate header present: \"a\"");
}
