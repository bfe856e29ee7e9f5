//! Properties of every codec: what it writes it reads, and whatever comes
//! from a network gives values or an error, never a panic.

#![allow(
    clippy::unwrap_used,
    reason = "the models and strategies here are the test's own"
)]

use awl_model::Operation;
use awl_protocol::event::{Frame, FrameBuffer, HeaderValue};
use awl_protocol::{
    Blobs, Body, Headers, Items, ParseOptions, Protocol, SerializeOptions, TimestampPrecision,
    Timestamps, Transcript, parse_error, parse_response, request_ids, serialize,
    transcribe_response,
};
use awl_value::jmespath::Expression;
use awl_value::json::{self, Style};
use awl_value::{Map, Timestamp, Value};
use proptest::prelude::*;

const PROTOCOLS: [&str; 6] = [
    "json",
    "rest-json",
    "rest-xml",
    "smithy-rpc-v2-cbor",
    "query",
    "ec2",
];

/// An operation that takes and gives a structure with everything in it.
fn operation(protocol: &str) -> Operation {
    let text = r#"{
      "metadata": {"protocol": "PROTOCOL", "apiVersion": "2020-01-01",
        "targetPrefix": "Target", "jsonVersion": "1.1", "endpointPrefix": "test"},
      "operations": {"Echo": {"name": "Echo",
        "http": {"method": "POST", "requestUri": "/echo"},
        "input": {"shape": "All", "locationName": "All"}, "output": {"shape": "All"},
        "errors": [{"shape": "Failure"}]}},
      "shapes": {
        "All": {"type": "structure", "members": {
          "Text": {"shape": "Text"}, "Number": {"shape": "Long", "locationName": "number"},
          "Real": {"shape": "Double"}, "Flag": {"shape": "Boolean"},
          "Bytes": {"shape": "Blob"}, "Time": {"shape": "Time"},
          "Iso": {"shape": "Time", "timestampFormat": "iso8601"},
          "Texts": {"shape": "Texts"}, "Flat": {"shape": "Flat"},
          "Map": {"shape": "Map"}, "FlatMap": {"shape": "Map", "flattened": true},
          "Nested": {"shape": "All"}, "Many": {"shape": "Many"},
          "Choice": {"shape": "Choice"}, "Plains": {"shape": "Plains"},
          "Attribute": {"shape": "Text", "locationName": "xsi:attribute", "xmlAttribute": true}}},
        "Plains": {"type": "list", "member": {"shape": "Plain"}},
        "Plain": {"type": "structure", "members": {
          "Text": {"shape": "Text"}, "Number": {"shape": "Long", "locationName": "number"},
          "Real": {"shape": "Double"}, "Flag": {"shape": "Boolean"},
          "Bytes": {"shape": "Blob"}, "Time": {"shape": "Time"},
          "Texts": {"shape": "Texts"}, "Map": {"shape": "Map"}, "Flat": {"shape": "Numbers"},
          "Nested": {"shape": "Plain"}, "Many": {"shape": "Plains"}, "Choice": {"shape": "Choice"}}},
        "Numbers": {"type": "list", "member": {"shape": "Long"}},
        "Choice": {"type": "structure", "union": true, "members": {
          "A": {"shape": "Text"}, "B": {"shape": "Texts"}}},
        "Texts": {"type": "list", "member": {"shape": "Text", "locationName": "item"}},
        "Flat": {"type": "list", "flattened": true, "member": {"shape": "Long"}},
        "Many": {"type": "list", "member": {"shape": "All"}},
        "Map": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Text"}},
        "Failure": {"type": "structure", "exception": true, "members": {
          "Message": {"shape": "Text"}, "Nested": {"shape": "All"}}},
        "Text": {"type": "string"}, "Long": {"type": "long"}, "Double": {"type": "double"},
        "Boolean": {"type": "boolean"}, "Blob": {"type": "blob"}, "Time": {"type": "timestamp"}
      }}"#;
    awl_test::compile(&text.replace("PROTOCOL", protocol))
        .service("test")
        .unwrap()
        .operation("Echo")
        .unwrap()
}

/// The operations, each made once: a store is never freed.
fn operations() -> &'static [Operation] {
    static ALL: std::sync::OnceLock<Vec<Operation>> = std::sync::OnceLock::new();
    ALL.get_or_init(|| PROTOCOLS.iter().map(|name| operation(name)).collect())
}

/// Text that XML can hold.
fn text() -> impl Strategy<Value = String> {
    "[ -~\u{a0}-\u{2000}\u{1f600}]{0,12}"
}

fn time() -> impl Strategy<Value = Value> {
    // Epoch times travel as doubles, which hold microseconds until 2106.
    (-4_000_000_000_000_i64..4_000_000_000_000)
        .prop_map(|millis| Value::Timestamp(Timestamp::utc(millis * 1000)))
}

fn texts() -> impl Strategy<Value = Value> {
    proptest::collection::vec(text().prop_map(Value::String), 0..3).prop_map(Value::List)
}

fn map() -> impl Strategy<Value = Value> {
    proptest::collection::btree_map(text(), text(), 1..4).prop_map(|entries| {
        let entries = entries.into_iter();
        Value::Map(
            entries
                .map(|(key, value)| (key.into(), Value::String(value)))
                .collect(),
        )
    })
}

/// A structure with some of its members, in any order.
fn all() -> impl Strategy<Value = Value> {
    let choice = prop_oneof![
        text().prop_map(|text| Map::from_iter([("A".into(), Value::String(text))])),
        texts().prop_map(|texts| Map::from_iter([("B".into(), texts)])),
    ];
    let numbers = proptest::collection::vec(any::<i64>().prop_map(Value::Int), 1..4);
    let leaf = proptest::sample::subsequence((0..12).collect::<Vec<usize>>(), 0..12).prop_shuffle();
    let values = (
        (text(), any::<i64>(), any::<f64>(), any::<bool>()),
        (proptest::collection::vec(any::<u8>(), 0..9), time(), time()),
        (texts(), numbers.prop_map(Value::List), map(), map()),
        choice,
        text(),
        leaf,
    );
    let structure = values.prop_map(
        |(scalars, (bytes, time, iso), lists, choice, name, chosen)| {
            let (text, number, real, flag) = scalars;
            let (texts, flat, map, flat_map) = lists;
            let members = [
                ("Text", Value::String(text)),
                ("Number", Value::Int(number)),
                ("Real", Value::Float(if real.is_nan() { 0.5 } else { real })),
                ("Flag", Value::Bool(flag)),
                ("Bytes", Value::Blob(bytes)),
                ("Time", time),
                ("Iso", iso),
                ("Texts", texts),
                ("Flat", flat),
                ("Map", map),
                ("FlatMap", flat_map),
                ("Choice", Value::Map(choice)),
            ];
            let mut map: Map = chosen
                .into_iter()
                .map(|index| (members[index].0.into(), members[index].1.clone()))
                .collect();
            map.insert("Attribute", Value::String(name));
            Value::Map(map)
        },
    );
    structure.prop_recursive(3, 12, 3, |inner| {
        (inner.clone(), proptest::collection::vec(inner, 0..3)).prop_map(|(mut outer, many)| {
            let nested = outer.clone();
            let map = outer.as_map_mut().unwrap();
            map.insert("Nested", nested);
            map.insert("Many", Value::List(many));
            outer
        })
    })
}

/// Equal, times by the moment and doubles that came as integers by value.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Timestamp(one), Value::Timestamp(other)) => one.micros == other.micros,
        (Value::Map(one), Value::Map(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .all(|(key, value)| other.get(key).is_some_and(|other| same(value, other)))
        }
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        // `json` leaves the names of the numbers that JSON lacks.
        (Value::Float(number), Value::String(name)) => {
            number.is_infinite() && name.trim_start_matches('-') == "Infinity"
        }
        _ => one == other,
    }
}

fn body_of(operation: Operation, input: &Map) -> Vec<u8> {
    let mut options = SerializeOptions {
        protocol: None,
        timestamp_precision: TimestampPrecision::Full,
        streaming_body: false,
        idempotency_token: &mut String::new,
    };
    match serialize(operation, input, &mut options).unwrap().body {
        Body::Bytes(bytes) => bytes,
        other => panic!("{other:?}"),
    }
}

/// What [`all`] gives, without what only `All` has.
fn plain(value: &Value) -> Value {
    match value {
        Value::Map(map) => map
            .iter()
            .filter(|(key, _)| !matches!(*key, "Iso" | "FlatMap" | "Attribute"))
            .map(|(key, value)| (key.to_owned().into(), plain(value)))
            .collect::<Map>()
            .into(),
        Value::List(items) => Value::List(items.iter().map(plain).collect()),
        other => other.clone(),
    }
}

/// The items of a list of an answer as text, made of its values and made of its
/// bytes; and whether the rest of the answer is the same.
fn check_transcript(operation: Operation, path: &[&'static str], body: &[u8]) {
    for blobs in [Blobs::Bytes, Blobs::Wire] {
        let options = ParseOptions {
            blobs,
            ..ParseOptions::default()
        };
        let headers = Headers::new();
        let told = transcribe_response(
            operation,
            200,
            &headers,
            body,
            &options,
            Transcript::new(path, &|_| 0),
        );
        let told = told.map_err(|error| error.to_string());
        let read = parse_response(operation, 200, &headers, body, &options);
        let expected = read.map_err(|error| error.to_string()).map(|mut output| {
            let mut items = Items::default();
            let (first, rest) = path.split_first().unwrap();
            let mut list = output.get_mut(first);
            for name in rest {
                list = list.and_then(|value| value.as_map_mut()?.get_mut(name));
            }
            if let Some(Value::List(list)) = list {
                items.found = true;
                for item in list.drain(..) {
                    items.text.push_str(if items.count > 0 { "," } else { "" });
                    let level = path.len() + 1;
                    json::write_line_break(4 * level, &mut items.text);
                    json::write_nested(&item, Style::PRETTY, level, &mut items.text);
                    items.count += 1;
                }
            }
            (output, items)
        });
        let text = String::from_utf8_lossy(body);
        let protocol = Protocol::of(operation);
        assert!(
            told == expected,
            "{protocol:?} {path:?}\n{text}\n{told:?}\n{expected:?}"
        );
    }
}

/// What queries find in an answer of which they had only what they need read.
fn check_needs(operation: Operation, body: &[u8]) {
    for query in [
        "Text",
        "Number || Flat",
        "Map.a",
        "FlatMap.*",
        "Choice.A",
        "Nested.Choice",
        "Nested.Nested.{T: Texts[0], N: Number}",
        "Many[].[Text, Flat[-1]]",
        "Many[?Flag].Nested.Map",
        "Plains[?Number > `0`].Texts | [0]",
        "sort_by(Plains, &Real)[0].Many[].Text",
        "length(Plains)",
        "keys(Nested)",
    ] {
        let query = Expression::compile(query).unwrap();
        let needs = query.needs();
        let [whole, part] = [None, Some(&needs)].map(|needs| {
            let options = ParseOptions {
                needs,
                ..ParseOptions::default()
            };
            let output = parse_response(operation, 200, &Headers::new(), body, &options);
            let found = output.map(|output| query.search(&Value::Map(output)));
            format!("{found:?}")
        });
        let text = String::from_utf8_lossy(body);
        assert_eq!(part, whole, "{query:?}\n{text}");
    }
}

fn check_readings(operation: Operation, body: &[u8]) {
    check_needs(operation, body);
    for path in [
        &["Plains"][..],
        &["Many"],
        &["Flat"],
        &["Nested", "Many"],
        &["Nested", "Plains"],
    ] {
        check_transcript(operation, path, body);
    }
}

fn parse_everything(operation: Operation, status: u16, headers: &Headers, body: &[u8]) {
    for timestamps in [Timestamps::Typed, Timestamps::Wire] {
        let options = ParseOptions {
            timestamps,
            blobs: Blobs::Bytes,
            ..ParseOptions::default()
        };
        let _ = parse_response(operation, status, headers, body, &options);
        let _ = parse_error(operation, status, headers, body, &options);
    }
    let _ = request_ids(Protocol::of(operation).unwrap(), headers, body);
}

proptest! {
    #[test]
    fn what_a_codec_writes_it_reads(value in all()) {
        let input = value.as_map().unwrap();
        for operation in &operations()[..4] {
            let body = body_of(*operation, input);
            let read = parse_response(*operation, 200, &Headers::new(), &body, &ParseOptions::default());
            let read = Value::Map(read.unwrap());
            prop_assert!(
                same(&value, &read),
                "{:?}\n{}\n{value:?}\n{read:?}",
                Protocol::of(*operation),
                String::from_utf8_lossy(&body)
            );
        }
    }

    #[test]
    fn a_transcript_has_the_text_of_the_values(mut value in all(), other in all()) {
        let items = Value::List(vec![plain(&value), plain(&other)]);
        value.as_map_mut().unwrap().insert("Plains", items);
        for operation in &operations()[..4] {
            let body = body_of(*operation, value.as_map().unwrap());
            check_readings(*operation, &body);
        }
    }

    #[test]
    fn a_transcript_of_odd_json_has_the_text_of_the_values(
        text in r#"\{"(Plains|Many)": \[(\{("(Text|number|Time|Texts|Map|Nested|Choice|A|B|__type|Other|Flag)": ?(null|"a"|7|-1.5|true|\{\}|\[\]|\{"a": "b", "a": "c"\}|\{"A": "x"\}|\["x", null\]|\{"B": null, "C": 1\}|"\\u00e9\\n"),? ?){0,5}\},? ?){0,3}\](, "Plains": (\[\{"Text": "z"\}\]|null|7))?\}"#
    ) {
        // What joins the pieces may be one comma too many.
        let text = text.replace(", }", "}").replace(",}", "}").replace(", ]", "]").replace(",]", "]");
        for operation in &operations()[..2] {
            check_readings(*operation, text.as_bytes());
        }
    }

    #[test]
    fn forms_are_pairs_of_plain_text(value in all()) {
        for operation in &operations()[4..] {
            let body = String::from_utf8(body_of(*operation, value.as_map().unwrap())).unwrap();
            for pair in body.split('&') {
                let (name, text) = pair.split_once('=').unwrap();
                prop_assert!(!name.is_empty() && !name.starts_with('.') && !name.contains(".."), "{body}");
                prop_assert!(!text.contains('='), "{body}");
            }
        }
    }

    #[test]
    fn no_bytes_panic(
        body in proptest::collection::vec(any::<u8>(), 0..200),
        headers in proptest::collection::vec((".{0,12}", ".{0,12}"), 0..3),
        status in any::<u16>(),
    ) {
        let headers: Headers = headers.into_iter().collect();
        for operation in operations() {
            parse_everything(*operation, status, &headers, &body);
        }
    }

    #[test]
    fn no_damaged_answer_panics(value in all(), cut in any::<prop::sample::Index>(), byte in any::<u8>()) {
        for operation in &operations()[..4] {
            let mut body = body_of(*operation, value.as_map().unwrap());
            if body.is_empty() {
                continue;
            }
            let place = cut.index(body.len());
            body[place] = byte;
            check_readings(*operation, &body);
            for other in operations() {
                parse_everything(*other, 200, &Headers::new(), &body);
                parse_everything(*other, 400, &Headers::new(), &body[..place]);
            }
        }
    }

    #[test]
    fn no_text_that_looks_right_panics(
        text in r#"(</?(All|Text|Flat|FlatMap|Map|entry|key|value|Errors|Error|Choice|A)( x="1")?/?>|[a-z0-9 ]{0,3}|&amp;|&#x?[0-9]{1,3};|<!\[CDATA\[|\]\]>|[\[\]{},:]|"(Text|Map|Nested|Choice|A|__type|message|code)":?|null){0,24}"#
    ) {
        for operation in operations() {
            parse_everything(*operation, 200, &Headers::new(), text.as_bytes());
            check_readings(*operation, text.as_bytes());
        }
    }

    #[test]
    fn frames_are_read_as_written(
        text in ".{0,20}",
        number in any::<i64>(),
        bytes in proptest::collection::vec(any::<u8>(), 0..40),
        piece in 1_usize..60,
    ) {
        let mut frame = Frame::default()
            .with("a", HeaderValue::String(text))
            .with("b", HeaderValue::Long(number))
            .with("c", HeaderValue::Bool(number > 0))
            .with("d", HeaderValue::Bytes(bytes.clone()))
            .with("e", HeaderValue::Timestamp(number))
            .with("f", HeaderValue::Uuid([7; 16]))
            .with("g", HeaderValue::Byte(number as i8))
            .with("h", HeaderValue::Short(number as i16))
            .with("i", HeaderValue::Int(number as i32));
        frame.payload = bytes;
        let sent = [frame.encode(), frame.encode()].concat();
        let mut buffer = FrameBuffer::new();
        let mut came = Vec::new();
        for piece in sent.chunks(piece) {
            buffer.push(piece);
            while let Some(frame) = buffer.next_frame().unwrap() {
                came.push(frame);
            }
        }
        prop_assert!(buffer.is_empty());
        prop_assert_eq!(came, vec![frame.clone(), frame]);
    }

    #[test]
    fn damaged_frames_are_refused(place in any::<prop::sample::Index>(), change in 1_u8..) {
        let mut frame = Frame::default().with("name", HeaderValue::String("value".to_owned()));
        frame.payload = b"payload".to_vec();
        let mut bytes = frame.encode();
        let place = place.index(bytes.len());
        bytes[place] ^= change;
        let mut buffer = FrameBuffer::new();
        buffer.push(&bytes);
        prop_assert!(!matches!(buffer.next_frame(), Ok(Some(_))));
    }

    #[test]
    fn no_bytes_panic_as_frames(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        let mut buffer = FrameBuffer::new();
        buffer.push(&bytes);
        let _ = buffer.next_frame();
    }
}
