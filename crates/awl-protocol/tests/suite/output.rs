//! Responses to values, and errors.

use awl_protocol::event::{Event, EventStreamParser};
use awl_protocol::{Headers, ParseOptions, parse_error, parse_response};
use awl_value::{Map, Value};

use crate::Case;
use crate::compare;

pub(crate) fn check(case: &Case) -> Result<(), String> {
    let protocol = case.protocol().to_owned();
    let is_error = case.get("error").is_some();
    let operation = case.operation(|given| {
        if protocol == "query" && !is_error {
            wrap(case, given);
        }
    });
    let response = case.get("response").unwrap();
    let status = response.get("status_code").and_then(Value::as_int).unwrap();
    let status = u16::try_from(status).unwrap();
    let body = match response.get("body").and_then(Value::as_str) {
        None if protocol == "query" => b"<xml/>".to_vec(),
        None => Vec::new(),
        Some(body) if protocol == "smithy-rpc-v2-cbor" => compare::base64(body),
        Some(body) => body.as_bytes().to_vec(),
    };
    let headers: Headers = response
        .get("headers")
        .and_then(Value::as_map)
        .into_iter()
        .flat_map(Map::iter)
        .map(|(name, value)| (name, value.as_str().unwrap()))
        .collect();
    let options = ParseOptions::default();
    if is_error {
        let error = parse_error(operation, status, &headers, &body, &options)
            .map_err(|error| format!("{error:?}"))?;
        let text = |key: &str| case.get(key).and_then(Value::as_str);
        let code = text("errorCode").unwrap_or_default();
        // Three cases do not name the message that their bodies have.
        let message = text("errorMessage").unwrap_or_else(|| {
            let named = String::from_utf8_lossy(&body).contains(&error.message);
            if named { &error.message } else { "" }
        });
        if (error.code.as_str(), error.message.as_str()) != (code, message) {
            let (own, words) = (&error.code, &error.message);
            return Err(format!("{own:?}, {words:?}, not {code:?}, {message:?}"));
        }
        return same(Value::Map(error.members), case.get("error").unwrap());
    }
    let mut members = parse_response(operation, status, &headers, &body, &options)
        .map_err(|error| format!("{error:?}"))?;
    if let Some(member) = operation.event_stream_output() {
        let mut events = Vec::new();
        let mut parser = EventStreamParser::new(operation, &options)
            .unwrap()
            .unwrap();
        // In pieces, as a network would bring them.
        for piece in compare::base64(std::str::from_utf8(&body).unwrap()).chunks(7) {
            parser.push(piece);
            while let Some(event) = parser.next_event().map_err(|error| format!("{error:?}"))? {
                match event {
                    Event::Initial(initial) => members.extend_with(initial),
                    Event::Event(event) => events.push(Value::Map(event)),
                    other => return Err(format!("{other:?}")),
                }
            }
        }
        assert!(parser.is_complete());
        members.insert(member.name(), Value::List(events));
    }
    same(Value::Map(members), case.get("result").unwrap())
}

/// The suites say that results are wrapped, and their models do not.
fn wrap(case: &Case, given: &mut Map) {
    let Some(Value::Map(output)) = given.get_mut("output") else {
        return;
    };
    let shape = output
        .get("shape")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let members = case
        .service
        .get("shapes")
        .and_then(|shapes| shapes.get(shape)?.get("members")?.as_map());
    if members.is_some_and(|members| !members.is_empty()) {
        let wrapper = format!("{}Result", case.operation_name());
        output.insert("resultWrapper", Value::String(wrapper));
    }
}

fn same(actual: Value, expected: &Value) -> Result<(), String> {
    if compare::equal(&actual, expected) {
        return Ok(());
    }
    Err(format!("\n  {actual:?}\n  not\n  {expected:?}"))
}

trait Extend {
    fn extend_with(&mut self, other: Map);
}

impl Extend for Map {
    fn extend_with(&mut self, other: Map) {
        for (key, value) in other {
            self.insert(key, value);
        }
    }
}
