//! Client-side monitoring: a datagram for each attempt and each call, to an
//! agent that listens on this machine. Nothing of it exists unless it is asked
//! for (`csm_enabled`, `AWS_CSM_ENABLED`).
//!
//! The session token, which botocore sends along, stays here.
// Parity: botocore/monitoring.py; botocore/session.py, _create_csm_monitor.

use std::fmt;
use std::net::UdpSocket;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use awl_model::Operation;
use awl_value::{Map, Value, json};

use crate::config::{Config, settings};
use crate::env::Host;
use crate::error::OperationError;
use crate::observe::{Event, Observer};
use crate::transport::{HttpRequest, TransportError, TransportErrorKind};

/// The longest datagram that is sent.
const MAX_EVENT: usize = 8 * 1024;

const MAX_CLIENT_ID: usize = 255;
const MAX_CODE: usize = 128;
const MAX_MESSAGE: usize = 512;
const MAX_USER_AGENT: usize = 256;

/// Headers of a response that an event has.
const RESPONSE_HEADERS: &[(&str, &str)] = &[
    ("x-amzn-requestid", "XAmznRequestId"),
    ("x-amz-request-id", "XAmzRequestId"),
    ("x-amz-id-2", "XAmzId2"),
];

/// Watches one call, and tells the agent.
pub(crate) struct Monitor {
    host: Arc<dyn Host>,
    address: (String, u16),
    client: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    began: i64,
    attempts: i64,
    last: Attempt,
}

/// What is known of an attempt.
#[derive(Default)]
struct Attempt {
    began: i64,
    request: Option<Sent>,
    status: Option<u16>,
    ids: Vec<(&'static str, String)>,
    /// The code and the message of what the service refused.
    refusal: Option<(String, String)>,
    /// The class and the message of what went wrong on the way.
    failure: Option<(&'static str, String)>,
}

struct Sent {
    host: String,
    user_agent: String,
    access_key: Option<String>,
    region: Option<String>,
}

impl Monitor {
    /// A monitor for a call, if calls are monitored.
    pub(crate) fn of(config: &Config) -> Option<Self> {
        if config.boolean(&settings::CSM_ENABLED) != Some(true) {
            return None;
        }
        let text = |setting| config.text(setting).unwrap_or_default();
        let client = text(&settings::CSM_CLIENT_ID);
        let port = text(&settings::CSM_PORT).trim().parse().ok()?;
        Some(Self {
            host: Arc::clone(config.host()),
            address: (text(&settings::CSM_HOST), port),
            client: truncated(&client, MAX_CLIENT_ID),
            state: Mutex::default(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> i64 {
        i64::try_from(self.host.epoch().as_millis()).unwrap_or(i64::MAX)
    }

    /// What every event begins with.
    fn event(&self, kind: &'static str, operation: Operation, began: i64) -> Map {
        let metadata = operation.service().metadata();
        let service = metadata.get("serviceId").as_str().unwrap_or_default();
        let mut event = Map::new();
        event.push("Version", Value::Int(1));
        event.push("ClientId", Value::from(&*self.client));
        event.push("Type", Value::from(kind));
        event.push("Service", Value::from(service));
        event.push("Api", Value::from(operation.name()));
        event.push("Timestamp", Value::Int(began));
        event
    }

    fn end_attempt(&self, operation: Operation) {
        let state = self.state();
        let attempt = &state.last;
        let mut event = self.event("ApiCallAttempt", operation, attempt.began);
        event.push("AttemptLatency", Value::Int(self.now() - attempt.began));
        if let Some(sent) = &attempt.request {
            event.push("Fqdn", Value::from(&*sent.host));
            event.push("UserAgent", Value::from(&*sent.user_agent));
            if let Some(key) = &sent.access_key {
                event.push("AccessKey", Value::from(&**key));
            }
            if let Some(region) = &sent.region {
                event.push("Region", Value::from(&**region));
            }
        }
        if let Some(status) = attempt.status {
            event.push("HttpStatusCode", Value::Int(status.into()));
        }
        for (name, id) in &attempt.ids {
            event.push(*name, Value::from(&**id));
        }
        if let Some((code, message)) = &attempt.refusal {
            event.push("AwsException", Value::from(&**code));
            event.push("AwsExceptionMessage", Value::from(&**message));
        }
        if let Some((class, message)) = &attempt.failure {
            event.push("SdkException", Value::from(*class));
            event.push("SdkExceptionMessage", Value::from(&**message));
        }
        drop(state);
        self.publish(event);
    }

    fn end_call(&self, operation: Operation, retries_exceeded: bool) {
        let state = self.state();
        let mut event = self.event("ApiCall", operation, state.began);
        event.push("AttemptCount", Value::Int(state.attempts));
        let last = &state.last;
        if let Some(sent) = &last.request {
            if let Some(region) = &sent.region {
                event.push("Region", Value::from(&**region));
            }
            event.push("UserAgent", Value::from(&*sent.user_agent));
        }
        if let Some(status) = last.status {
            event.push("FinalHttpStatusCode", Value::Int(status.into()));
        }
        if let Some((code, message)) = &last.refusal {
            event.push("FinalAwsException", Value::from(&**code));
            event.push("FinalAwsExceptionMessage", Value::from(&**message));
        }
        if let Some((class, message)) = &last.failure {
            event.push("FinalSdkException", Value::from(*class));
            event.push("FinalSdkExceptionMessage", Value::from(&**message));
        }
        event.push("Latency", Value::Int(self.now() - state.began));
        let exceeded = retries_exceeded || last.is_retryable();
        event.push("MaxRetriesExceeded", Value::Int(exceeded.into()));
        drop(state);
        self.publish(event);
    }

    /// Sends an event. Nobody may be listening, which is no error.
    fn publish(&self, event: Map) {
        let style = json::Style {
            ascii: true,
            ..json::Style::COMPACT
        };
        let mut text = String::new();
        json::write(&Value::Map(event), style, &mut text);
        if text.len() <= MAX_EVENT
            && let Ok(socket) = UdpSocket::bind(("0.0.0.0", 0))
        {
            let (host, port) = &self.address;
            let _ = socket.send_to(text.as_bytes(), (&**host, *port));
        }
    }
}

impl fmt::Debug for Monitor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Monitor")
    }
}

impl Observer for Monitor {
    fn see(&self, _: &str, event: Event<'_>) {
        match event {
            Event::Call { .. } => self.state().began = self.now(),
            Event::Request { request, .. } => {
                let began = self.now();
                let state = &mut *self.state();
                state.attempts += 1;
                state.last = Attempt {
                    began,
                    request: Some(sent(request)),
                    ..Attempt::default()
                };
            }
            Event::Parsed {
                operation,
                status,
                headers,
                result,
            } => {
                let mut state = self.state();
                state.last.status = Some(status);
                state.last.ids = ids(headers);
                state.last.refusal = result.err().map(refusal);
                drop(state);
                self.end_attempt(operation);
            }
            Event::Failed { operation, error } => {
                let failure = (class(error), truncated(&error.to_string(), MAX_MESSAGE));
                self.state().last.failure = Some(failure);
                self.end_attempt(operation);
            }
            Event::End {
                operation,
                retries_exhausted,
            } => self.end_call(operation, retries_exhausted),
            Event::Response { .. } => {}
        }
    }
}

impl Attempt {
    /// Whether botocore would have tried what went wrong again.
    fn is_retryable(&self) -> bool {
        let class = self.failure.as_ref().map(|(class, _)| *class);
        class.is_some_and(|class| class != "HTTPClientError" && class != "ResponseStreamingError")
    }
}

/// What an event says of a request.
fn sent(request: &HttpRequest) -> Sent {
    let header = |name: &str| {
        let mut headers = request.headers.iter();
        let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| &**value)
    };
    let scope = header("authorization").and_then(|value| {
        let value = value.strip_prefix("AWS4-HMAC-SHA256 Credential=")?;
        let mut parts = value.split('/');
        let key = parts.next()?;
        let region = parts.nth(1)?;
        Some((key.to_owned(), region.to_owned()))
    });
    let (access_key, region) = scope.unzip();
    let rest = request.url.split_once("://").map_or("", |(_, rest)| rest);
    Sent {
        host: rest.split(['/', '?']).next().unwrap_or_default().to_owned(),
        user_agent: truncated(header("user-agent").unwrap_or_default(), MAX_USER_AGENT),
        access_key,
        region,
    }
}

fn ids(headers: &[(String, String)]) -> Vec<(&'static str, String)> {
    let known = RESPONSE_HEADERS.iter().filter_map(|(header, name)| {
        let mut headers = headers.iter();
        let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(header));
        found.map(|(_, value)| (*name, value.clone()))
    });
    known.collect()
}

fn refusal(error: &OperationError) -> (String, String) {
    let message = truncated(error.message(), MAX_MESSAGE);
    (truncated(error.code(), MAX_CODE), message)
}

/// What botocore calls an error of this kind.
fn class(error: &TransportError) -> &'static str {
    match error.kind() {
        TransportErrorKind::Connect => "EndpointConnectionError",
        TransportErrorKind::ConnectTimeout => "ConnectTimeoutError",
        TransportErrorKind::ReadTimeout => "ReadTimeoutError",
        TransportErrorKind::Tls => "SSLError",
        TransportErrorKind::ConnectionClosed => "ConnectionClosedError",
        TransportErrorKind::Proxy => "ProxyConnectionError",
        TransportErrorKind::Response => "ResponseStreamingError",
        _ => "HTTPClientError",
    }
}

fn truncated(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}
