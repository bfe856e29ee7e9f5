//! The round trips of one operation.

use std::fmt;

use awl_model::{Operation, Service, Shape};
use awl_protocol::event::{
    Event, EventStreamParser, Frame, encode_event, encode_failure, encode_initial_request,
    encode_initial_response, encode_response_event,
};
use awl_protocol::server::{
    Answer, Directory, Failure, Hint, Incoming, Response, Route, host_labels, parse_request,
    serialize_error, serialize_response,
};
use awl_protocol::{
    Body, Headers, ParseOptions, Protocol, SerializeOptions, TimestampPrecision, parse_error,
    parse_response, serialize,
};
use awl_value::{Map, Value, json};

use crate::exceptions::Exceptions;
use crate::normal::{Message, normalise};
use crate::random::{Generator, Random};
use crate::smithy::{self, Names};

/// Schemas for AWS's codecs stay in memory, so they read one operation in this
/// many.
const SAMPLE: usize = 8;

const ANSWER: Answer<'_> = Answer {
    request_id: "0123-4567",
    host_id: Some("host="),
};

/// How much was compared.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) operations: usize,
    requests: usize,
    responses: usize,
    errors: usize,
    events: usize,
    codecs: usize,
    damaged: usize,
}

impl Counts {
    pub(crate) fn add(&mut self, other: &Self) {
        self.operations += other.operations;
        self.requests += other.requests;
        self.responses += other.responses;
        self.errors += other.errors;
        self.events += other.events;
        self.codecs += other.codecs;
        self.damaged += other.damaged;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} operations: {} requests, {} responses, {} errors, {} events; {} bodies by AWS's codecs; {} damaged",
            self.operations,
            self.requests,
            self.responses,
            self.errors,
            self.events,
            self.codecs,
            self.damaged
        )
    }
}

/// Checks services and remembers what failed.
pub(crate) struct Checker<'a> {
    directory: &'a Directory,
    exceptions: &'a Exceptions,
    cases: u64,
    pub(crate) counts: Counts,
    pub(crate) failures: Vec<String>,
}

impl<'a> Checker<'a> {
    pub(crate) fn new(directory: &'a Directory, exceptions: &'a Exceptions, cases: u64) -> Self {
        Self {
            directory,
            exceptions,
            cases,
            counts: Counts::default(),
            failures: Vec::new(),
        }
    }

    pub(crate) fn service(&mut self, service: Service) {
        let protocols = self.directory.router(service.name()).unwrap().protocols();
        for operation in service.operations() {
            self.counts.operations += 1;
            for protocol in protocols {
                for case in 0..self.cases {
                    let name = format!("{}.{}", service.name(), operation.name());
                    let mut random = Random::new(&name, case);
                    if let Err(message) = self.operation(operation, *protocol, &mut random) {
                        let protocol = protocol.name();
                        self.failures
                            .push(format!("{name} ({protocol}, case {case}): {message}"));
                    }
                }
            }
        }
    }

    fn operation(
        &mut self,
        operation: Operation,
        protocol: Protocol,
        random: &mut Random,
    ) -> Result<(), String> {
        self.request(operation, protocol, random)
            .map_err(|message| format!("request: {message}"))?;
        let mut route = Route::of(operation).unwrap();
        route.protocol = protocol;
        self.response(&route, random)
            .map_err(|message| format!("response: {message}"))?;
        for shape in operation.errors() {
            self.error(&route, shape, random)
                .map_err(|message| format!("error {}: {message}", shape.name()))?;
        }
        self.events(&route, random)
            .map_err(|message| format!("events: {message}"))
    }

    fn request(
        &mut self,
        operation: Operation,
        protocol: Protocol,
        random: &mut Random,
    ) -> Result<(), String> {
        let service = operation.service();
        let mut generator = Generator { random, protocol };
        let input = operation.input().map(|shape| generator.message(shape));
        let input = input.unwrap_or_default();
        let mut options = SerializeOptions {
            protocol: Some(protocol.name()),
            timestamp_precision: TimestampPrecision::Full,
            streaming_body: false,
            idempotency_token: &mut String::new,
        };
        let sent = serialize(operation, &input, &mut options).map_err(|error| error.to_string())?;
        let mut headers: Headers = sent.headers.iter().map(|(n, v)| (&**n, v)).collect();
        let prefix = sent.host_prefix.clone().unwrap_or_default();
        let host = format!(
            "{prefix}{}.eu-west-1.amazonaws.com",
            service.endpoint_prefix()
        );
        headers.push("Host", &host);
        let body = match &sent.body {
            Body::Bytes(bytes) => bytes.clone(),
            _ => Vec::new(),
        };
        let request = Incoming {
            method: sent.method,
            path: &sent.path,
            query: &sent.query,
            headers: &headers,
            body: &body,
        };
        let shown = || {
            format!(
                "{} {}?{} {:?}\n  {}",
                sent.method,
                sent.path,
                sent.query,
                sent.headers,
                String::from_utf8_lossy(&body)
            )
        };
        let router = self.directory.router(service.name()).unwrap();
        let route = router
            .route(&request)
            .map_err(|error| format!("{error}\n  {}", shown()))?;
        let expected = self.expected(operation);
        if route.operation.name() != expected || route.protocol != protocol {
            return Err(format!("led to {route:?}\n  {}", shown()));
        }
        let hint = Hint::signed_for(service.signing_name());
        let found = self.directory.route(&request, hint);
        let found = found.map_err(|error| format!("{error}\n  {}", shown()))?;
        let same = found.operation.service().name() == service.name()
            || self
                .exceptions
                .has("SERVICE", service.name(), found.operation.service().name());
        if !same || found.operation.name() != expected {
            return Err(format!(
                "led to {:?} of all\n  {}",
                found.operation,
                shown()
            ));
        }
        if route.operation.name() != operation.name() {
            return Ok(());
        }
        let mut read =
            parse_request(&route, &request).map_err(|e| format!("{e}\n  {}", shown()))?;
        if let Body::Events(..) = sent.body
            && !protocol.is_rest()
        {
            read = self.initial(operation, protocol, &sent.body)?;
        }
        for (name, value) in host_labels(operation, &host) {
            let given = input.get(name).and_then(Value::as_str);
            if given != Some(value) {
                return Err(format!("host label {name}: {value:?}, not {given:?}"));
            }
        }
        self.counts.requests += 1;
        self.damaged(&route, &request, random);
        let Some(shape) = operation.input() else {
            return Ok(());
        };
        let message = Message {
            protocol,
            shape,
            payload: operation.traits().get("inputTraits").str("payload"),
        };
        self.compare(message, &input, &read)
            .and_then(|()| self.codecs(operation, message, true, &input, &body))
            .map_err(|message| format!("{message}\n  {}", shown()))
    }

    /// Reads a request with some of it changed: values or an error come of it,
    /// and no panic.
    fn damaged(&mut self, route: &Route, request: &Incoming<'_>, random: &mut Random) {
        for _ in 0..4 {
            let mut body = request.body.to_vec();
            for _ in 0..=random.below(3) {
                let place = random.below(body.len() + 1);
                match random.below(4) {
                    0 => body.truncate(place),
                    1 => body.insert(place, random.byte()),
                    2 => body
                        .splice(
                            place..place,
                            request.body[..place.min(9).min(request.body.len())].to_vec(),
                        )
                        .for_each(drop),
                    _ => {
                        if let Some(byte) = body.get_mut(place) {
                            *byte = random.byte();
                        }
                    }
                }
            }
            let odd = ["%", "%f", "%ff", "&", "=", "+", "/", "?", "é"][random.below(9)];
            let change = |text: &str, place: usize| match text.is_char_boundary(place) {
                true => format!("{}{odd}{}", &text[..place], &text[place..]),
                false => text.to_owned(),
            };
            let path = change(request.path, random.below(request.path.len() + 1));
            let query = change(request.query, random.below(request.query.len() + 1));
            let changed = Incoming {
                path: &path,
                query: &query,
                body: &body,
                ..*request
            };
            let _ = parse_request(route, &changed);
            let router = self.directory.router(route.operation.service().name());
            if let Some(Ok(route)) = router.map(|router| router.route(&changed)) {
                let _ = parse_request(&route, &changed);
            }
            self.counts.damaged += 1;
        }
    }

    /// The operation that a request for this one leads to.
    fn expected(&self, operation: Operation) -> &'static str {
        let service = operation.service().name();
        let other = self.exceptions.route(service, operation.name());
        other.unwrap_or(operation.name())
    }

    fn initial(
        &self,
        operation: Operation,
        protocol: Protocol,
        body: &Body,
    ) -> Result<Map, String> {
        let Body::Events(_, payload) = body else {
            return Ok(Map::new());
        };
        let mut parser = EventStreamParser::of_request(operation, protocol).unwrap();
        parser.push(&encode_initial_request(protocol, payload.clone()).encode());
        match parser.next_event() {
            Ok(Some(Event::Initial(members))) => Ok(members),
            other => Err(format!("{other:?}")),
        }
    }

    fn response(&mut self, route: &Route, random: &mut Random) -> Result<(), String> {
        let (operation, protocol) = (route.operation, route.protocol);
        let mut generator = Generator { random, protocol };
        let mut output = operation.output().map(|shape| generator.message(shape));
        if let (Some(output), Some(member)) = (&mut output, operation.streaming_output())
            && !output.contains_key(member.name())
        {
            output.push(member.name(), Value::Blob(Vec::new()));
        }
        let output = output.unwrap_or_default();
        let response =
            serialize_response(route, &output, ANSWER).map_err(|error| error.to_string())?;
        let (headers, body) = received(&response);
        let options = ParseOptions {
            protocol: Some(protocol.name()),
            ..ParseOptions::default()
        };
        let shown = || {
            format!(
                "{:?}\n  {}",
                response.headers,
                String::from_utf8_lossy(&body)
            )
        };
        let mut read = parse_response(operation, response.status, &headers, &body, &options)
            .map_err(|error| format!("{error}\n  {}", shown()))?;
        if let Body::Events(_, payload) = &response.body
            && !protocol.is_rest()
        {
            let mut parser = EventStreamParser::new(operation, &options)
                .unwrap()
                .unwrap();
            parser.push(&encode_initial_response(protocol, payload.clone()).encode());
            read = match parser.next_event() {
                Ok(Some(Event::Initial(members))) => members,
                other => return Err(format!("{other:?}")),
            };
        }
        let ids = awl_protocol::request_ids(protocol, &headers, &body);
        if ids.request_id.as_deref() != Some(ANSWER.request_id)
            && !output
                .iter()
                .any(|(name, _)| name.eq_ignore_ascii_case("requestid"))
        {
            return Err(format!("request id {:?}\n  {}", ids.request_id, shown()));
        }
        self.counts.responses += 1;
        let service = operation.service().name();
        if self.exceptions.has("RESPONSE", service, operation.name()) {
            return Ok(());
        }
        let Some(shape) = operation.output() else {
            return Ok(());
        };
        let message = Message {
            protocol,
            shape,
            payload: operation.traits().get("outputTraits").str("payload"),
        };
        self.compare(message, &output, &read)
            .and_then(|()| self.codecs(operation, message, false, &output, &body))
            .map_err(|message| format!("{message}\n  {}", shown()))
    }

    /// Lets AWS's codecs read what ours wrote, or write what ours read.
    fn codecs(
        &mut self,
        operation: Operation,
        message: Message,
        is_request: bool,
        sent: &Map,
        body: &[u8],
    ) -> Result<(), String> {
        let protocol = message.protocol;
        let service = operation.service();
        if !operation.number().is_multiple_of(SAMPLE)
            || protocol == Protocol::Ec2
            || self
                .exceptions
                .has("CODEC", service.name(), operation.name())
        {
            return Ok(());
        }
        let theirs = |message: String| format!("AWS's codec: {message}");
        if protocol == Protocol::Query && is_request {
            let read = smithy::written(operation, message.shape, sent).map_err(theirs)?;
            self.counts.codecs += 1;
            return self.same_to_codecs(message, sent, &read).map_err(theirs);
        }
        let found = smithy::body_of(protocol, message.shape, message.payload, is_request, sent);
        let Some((shape, members)) = found else {
            return Ok(());
        };
        let mut body = body.to_vec();
        if protocol == Protocol::Query {
            // Their codec of XML is given what the wrapper holds.
            let text = String::from_utf8(body).map_err(|error| error.to_string())?;
            let wrapper = operation.traits().get("outputTraits").str("resultWrapper");
            let Some(start) = wrapper.and_then(|name| text.find(&format!("<{name}"))) else {
                return Ok(());
            };
            let end = text.find("<ResponseMetadata").unwrap_or(text.len());
            body = text[start..end].into();
        }
        if body.is_empty() {
            return Ok(());
        }
        let names = Names {
            of_items: !is_request,
        };
        let read = smithy::read(protocol, shape, names, &members, &body).map_err(theirs)?;
        self.counts.codecs += 1;
        let message = Message {
            protocol,
            shape,
            payload: None,
        };
        self.same_to_codecs(message, &members, &read)
            .map_err(theirs)
    }

    fn same_to_codecs(&self, message: Message, sent: &Map, read: &Map) -> Result<(), String> {
        let [sent, read] = [sent, read].map(|side| {
            let mut side = Value::Map(normalise(message, side));
            smithy::forget(message.protocol, &mut side);
            side.as_map().cloned().unwrap_or_default()
        });
        self.compare(message, &sent, &read)
    }

    fn error(&mut self, route: &Route, shape: Shape, random: &mut Random) -> Result<(), String> {
        let protocol = route.protocol;
        let mut members = Generator { random, protocol }.message(shape);
        if let Some(text) = shape
            .members()
            .find(|member| member.name().eq_ignore_ascii_case("message"))
        {
            members.insert(text.name(), Value::from("what went wrong"));
        }
        let service = shape.service().name();
        let is_compared = |name: &str| !self.exceptions.has("ERROR", service, &name.to_lowercase());
        members.retain(|name, _| is_compared(name));
        let failure = Failure::of(shape, members.clone());
        let response = serialize_error(route, &failure, ANSWER);
        let (headers, body) = received(&response);
        let options = ParseOptions {
            protocol: Some(protocol.name()),
            ..ParseOptions::default()
        };
        let shown = || {
            format!(
                "{:?}\n  {}",
                response.headers,
                String::from_utf8_lossy(&body)
            )
        };
        let read = parse_error(route.operation, response.status, &headers, &body, &options)
            .map_err(|error| format!("{error}\n  {}", shown()))?;
        let mut read = read;
        read.members.retain(|name, _| is_compared(name));
        self.counts.errors += 1;
        if route.operation.http_method() == "HEAD" {
            return match body.is_empty() {
                true => Ok(()),
                false => Err("a body".to_owned()),
            };
        }
        let found = read.shape.map(|shape| shape.error_code());
        if read.code != failure.code || found != Some(shape.error_code()) {
            return Err(format!("is {:?} ({found:?})\n  {}", read.code, shown()));
        }
        if read.message != failure.message {
            return Err(format!("says {:?}\n  {}", read.message, shown()));
        }
        if read.request_id.as_deref() != Some(ANSWER.request_id) {
            return Err(format!("request id {:?}\n  {}", read.request_id, shown()));
        }
        let message = Message {
            protocol,
            shape,
            payload: None,
        };
        self.compare(message, &members, &read.members)
            .map_err(|message| format!("{message}\n  {}", shown()))
    }

    fn events(&mut self, route: &Route, random: &mut Random) -> Result<(), String> {
        let (operation, protocol) = (route.operation, route.protocol);
        let mut sent: Vec<(bool, Shape, &str, Map, Frame)> = Vec::new();
        for (is_input, stream) in [
            (true, operation.event_stream_input()),
            (false, operation.event_stream_output()),
        ] {
            for member in stream.into_iter().flat_map(|it| it.shape().members()) {
                let shape = member.shape();
                let mut generator = Generator { random, protocol };
                let members = generator.message(shape);
                let event = Map::from_iter([(member.name().into(), Value::Map(members.clone()))]);
                let frame = match (is_input, shape.is_exception()) {
                    (true, _) => encode_event(operation, protocol, &event),
                    (false, false) => encode_response_event(operation, protocol, &event),
                    (false, true) => {
                        let failure = Failure::of(shape, members.clone());
                        Ok(encode_failure(operation, protocol, &failure))
                    }
                };
                let frame = frame.map_err(|error| error.to_string())?;
                sent.push((is_input, shape, member.name(), members, frame));
            }
        }
        let options = ParseOptions {
            protocol: Some(protocol.name()),
            ..ParseOptions::default()
        };
        for (is_input, shape, name, members, frame) in sent {
            let mut parser = match is_input {
                true => EventStreamParser::of_request(operation, protocol).unwrap(),
                false => EventStreamParser::new(operation, &options)
                    .unwrap()
                    .unwrap(),
            };
            if !protocol.is_rest() {
                let initial = match is_input {
                    true => encode_initial_request(protocol, Vec::new()),
                    false => encode_initial_response(protocol, Vec::new()),
                };
                parser.push(&initial.encode());
                let _ = parser.next_event();
            }
            parser.push(&frame.encode());
            let read = match parser.next_event() {
                Ok(Some(Event::Event(event))) => {
                    let members = event.get(name).and_then(Value::as_map);
                    members.cloned().ok_or_else(|| format!("{event:?}"))?
                }
                Ok(Some(Event::Error(error))) if shape.is_exception() => {
                    if error.code != name {
                        return Err(format!("is {:?}", error.code));
                    }
                    error.members.clone()
                }
                other => return Err(format!("{name}: {other:?} of {frame:?}")),
            };
            self.counts.events += 1;
            let payload = shape.members().find(|it| it.is_event_payload());
            let message = Message {
                protocol,
                shape,
                payload: payload.map(|member| member.name()),
            };
            self.compare(message, &members, &read)
                .map_err(|message| format!("{name}: {message}\n  {frame:?}"))?;
        }
        Ok(())
    }

    fn compare(&self, message: Message, sent: &Map, read: &Map) -> Result<(), String> {
        let (mut one, mut other) = (normalise(message, sent), normalise(message, read));
        let service = message.shape.service().name();
        for side in [&mut one, &mut other] {
            side.retain(|name, _| {
                let name = format!("{}.{name}", message.shape.name());
                !self.exceptions.has("MEMBER", service, &name)
            });
        }
        if one == other {
            return Ok(());
        }
        let differs = |name: &&str| one.get(name) != other.get(name);
        let name = one.keys().chain(other.keys()).find(differs);
        let shown = |map: &Map| name.and_then(|name| map.get(name)).map(json::to_string);
        Err(format!(
            "{}.{}: {:?} came as {:?}",
            message.shape.name(),
            name.unwrap_or_default(),
            shown(&one),
            shown(&other)
        ))
    }
}

/// What a client has of a response.
fn received(response: &Response) -> (Headers, Vec<u8>) {
    let headers = response
        .headers
        .iter()
        .map(|(name, value)| (&**name, value));
    let body = match &response.body {
        Body::Bytes(bytes) => bytes.clone(),
        _ => Vec::new(),
    };
    (headers.collect(), body)
}
