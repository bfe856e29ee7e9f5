//! The events of one command, until they are written.
// Parity: awscli/customizations/history/db.py, RecordBuilder,
// PayloadSerializer.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use awl_sdk::OperationError;
use awl_sdk::env::Host;
use awl_sdk::observe::{Event, Observer};
use awl_sdk::transport::RequestBody;
use awl_value::{Map, Value, json};

use super::database::{Database, DatabaseError, Record};
use super::mask;

/// What stands in the place of bytes that are no text.
const BYTES: &str = "<Byte sequence>";

/// What stands in the place of a body that is sent or read in parts.
const STREAM: &str = "<stream>";

/// The record of one command.
#[derive(Debug)]
pub(super) struct Recorder {
    host: Arc<dyn Host>,
    command: String,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    records: Vec<Record>,
    /// The secrets of calls that have begun: their bodies have them too.
    secrets: BTreeMap<String, Vec<String>>,
    /// Bodies of responses that were not understood yet: where their records
    /// are, by call.
    bodies: BTreeMap<String, (usize, Map)>,
}

impl Recorder {
    /// A record without events.
    pub(super) fn new(host: Arc<dyn Host>) -> Self {
        let command = host.uuid();
        Self {
            host,
            command,
            state: Mutex::default(),
        }
    }

    /// Records that the command begins.
    pub(super) fn command(&self, version: &str, words: &[&str]) {
        self.add("CLI", None, "CLI_VERSION", &Value::from(version));
        let words = Value::List(mask::words(words).into_iter().collect());
        self.add("CLI", None, "CLI_ARGUMENTS", &words);
    }

    /// Records how it ended.
    pub(super) fn end(&self, code: u8) {
        self.add("CLI", None, "CLI_RC", &Value::Int(code.into()));
    }

    /// Writes all events.
    ///
    /// # Errors
    /// A database that cannot be written.
    pub(super) fn write(&self, database: &Database) -> Result<(), DatabaseError> {
        database.write(&self.state().records)
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // Whoever panicked has at worst left an event out.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an event; where it stands.
    fn add(&self, source: &str, call: Option<&str>, event: &str, payload: &Value) -> usize {
        let time = self.host.epoch().as_millis();
        let record = Record {
            command: self.command.clone(),
            call: call.map(str::to_owned),
            source: source.to_owned(),
            event: event.to_owned(),
            time: i64::try_from(time).unwrap_or(i64::MAX),
            payload: text(payload),
        };
        let records = &mut self.state().records;
        records.push(record);
        records.len() - 1
    }
}

impl Observer for Recorder {
    fn see(&self, call: &str, event: Event<'_>) {
        match event {
            Event::Call { operation, params } => {
                let masked = mask::parameters(operation, params);
                let secrets = mask::secrets(params, &masked);
                self.state().secrets.insert(call.to_owned(), secrets);
                let payload = map([
                    ("service", Value::from(operation.service().name())),
                    ("operation", Value::from(operation.name())),
                    ("params", Value::Map(masked)),
                ]);
                self.add("BOTOCORE", Some(call), "API_CALL", &payload);
            }
            Event::Request { operation, request } => {
                let body = match &request.body {
                    RequestBody::Bytes(bytes) if bytes.is_empty() => Value::Null,
                    RequestBody::Bytes(bytes) => {
                        let state = self.state();
                        let secrets = state.secrets.get(call).map_or(&[][..], Vec::as_slice);
                        Value::from(mask::body(decoded(bytes), secrets))
                    }
                    RequestBody::Source(_) => Value::from(STREAM),
                };
                let headers = request.headers.iter();
                let headers = mask::headers(headers.map(|(name, value)| (&**name, &**value)));
                let payload = map([
                    ("method", Value::from(&*request.method)),
                    ("headers", Value::Map(headers)),
                    (
                        "streaming",
                        Value::Bool(operation.streaming_input().is_some()),
                    ),
                    ("url", Value::from(&*request.url)),
                    ("body", body),
                ]);
                self.add("BOTOCORE", Some(call), "HTTP_REQUEST", &payload);
            }
            Event::Response {
                operation,
                status,
                headers,
                body,
            } => {
                let headers = headers.iter();
                let headers = mask::headers(headers.map(|(name, value)| (&**name, &**value)));
                let context = map([("operation_name", Value::from(operation.name()))]);
                let mut payload = Map::new();
                payload.push("headers", Value::Map(headers));
                payload.push("status_code", Value::Int(status.into()));
                payload.push("context", context);
                payload.push("body", Value::from(body.map_or(STREAM, decoded)));
                let streams = operation.streaming_output().is_some();
                payload.push("streaming", Value::Bool(streams));
                // What of the body is secret is known when it is understood.
                let mut hidden = payload.clone();
                hidden.insert("body", Value::from(BYTES));
                let hidden = Value::Map(hidden);
                let place = self.add("BOTOCORE", Some(call), "HTTP_RESPONSE", &hidden);
                let mut state = self.state();
                state.bodies.insert(call.to_owned(), (place, payload));
                if body.is_none() {
                    state.settle(call, &[]);
                }
            }
            Event::Parsed {
                operation,
                status,
                headers,
                result,
            } => {
                let (mut answer, secrets) = match result {
                    Ok(answer) => {
                        let masked = mask::answer(operation, answer);
                        let secrets = mask::secrets(answer, &masked);
                        (masked, secrets)
                    }
                    Err(error) => (refusal(error), Vec::new()),
                };
                self.state().settle(call, &secrets);
                answer.insert("ResponseMetadata", metadata(status, headers));
                let answer = Value::Map(answer);
                self.add("BOTOCORE", Some(call), "PARSED_RESPONSE", &answer);
            }
            _ => {}
        }
    }
}

impl State {
    /// Writes the body of a response, its secrets being known.
    fn settle(&mut self, call: &str, secrets: &[String]) {
        let Some((place, mut payload)) = self.bodies.remove(call) else {
            return;
        };
        let body = payload.get("body").and_then(Value::as_str);
        let body = mask::body(body.unwrap_or_default(), secrets);
        payload.insert("body", Value::from(body));
        if let Some(record) = self.records.get_mut(place) {
            record.payload = text(&Value::Map(payload));
        }
    }
}

/// What botocore's parsers make of a refusal.
fn refusal(error: &OperationError) -> Map {
    let mut answer = error.error.members.clone();
    for (name, value) in error.error.extras.iter() {
        answer.insert(name.to_owned(), value.clone());
    }
    answer.insert("Error", Value::Map(error.error.error.clone()));
    answer
}

/// What botocore says of a response beside its members.
fn metadata(status: u16, headers: &[(String, String)]) -> Value {
    let header = |wanted: &str| {
        let mut headers = headers.iter();
        headers.find(|(name, _)| name.eq_ignore_ascii_case(wanted))
    };
    let mut metadata = Map::new();
    let id = ["x-amzn-requestid", "x-amz-request-id"]
        .into_iter()
        .find_map(header);
    if let Some((_, id)) = id {
        metadata.push("RequestId", Value::from(&**id));
    }
    if let Some((_, id)) = header("x-amz-id-2") {
        metadata.push("HostId", Value::from(&**id));
    }
    metadata.push("HTTPStatusCode", Value::Int(status.into()));
    let lower: Vec<(String, &str)> = headers
        .iter()
        .map(|(name, value)| (name.to_lowercase(), &**value))
        .collect();
    let headers = mask::headers(lower.iter().map(|(name, value)| (&**name, *value)));
    metadata.push("HTTPHeaders", Value::Map(headers));
    Value::Map(metadata)
}

fn decoded(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or(BYTES)
}

fn map<const N: usize>(entries: [(&'static str, Value); N]) -> Value {
    let mut map = Map::with_capacity(N);
    for (name, value) in entries {
        map.push(name, value);
    }
    Value::Map(map)
}

/// A payload as it is written: bytes as text, as far as they are.
fn text(payload: &Value) -> String {
    let mut payload = payload.clone();
    decode(&mut payload);
    let mut text = String::new();
    json::write(&payload, json::Style::WIRE, &mut text);
    text
}

fn decode(value: &mut Value) {
    match value {
        Value::Blob(bytes) => *value = Value::from(decoded(bytes)),
        Value::Map(map) => map.iter_mut().for_each(|(_, value)| decode(value)),
        Value::List(items) => items.iter_mut().for_each(decode),
        _ => {}
    }
}
