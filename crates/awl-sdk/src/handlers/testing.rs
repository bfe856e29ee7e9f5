//! What the tests of handlers and client share: an operation of the catalog, a
//! configuration that knows nothing of this machine, the hooks between, and a
//! server that answers from a list.

use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use awl_model::Operation;
use awl_protocol::Headers;
use awl_value::{Map, Value, json};
use bytes::Bytes;

use super::{Context, Handlers, RawResponse, of};
use crate::Error;
use crate::config::{Config, Overrides};
use crate::env::Host;
use crate::transport::HttpRequest;

/// A host with keys and nothing else, in 2020.
#[derive(Debug)]
struct Bare;

impl Host for Bare {
    fn variable(&self, name: &str) -> Option<String> {
        match name {
            "AWS_ACCESS_KEY_ID" => Some("AKID".to_owned()),
            "AWS_SECRET_ACCESS_KEY" => Some("SECRET".to_owned()),
            _ => None,
        }
    }

    fn read(&self, _: &Path) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn list(&self, _: &Path) -> io::Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn write(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_600_000_000)
    }

    fn random(&self) -> f64 {
        0.5
    }

    fn uuid(&self) -> String {
        "00000000-0000-4000-8000-000000000000".to_owned()
    }
}

/// A configuration with these settings, in `us-west-2`.
pub(crate) fn config(settings: &[(&'static str, &str)]) -> Config {
    let mut overrides = Overrides::default();
    overrides.settings.insert("region", "us-west-2".to_owned());
    for (name, value) in settings {
        if *name == "endpoint_url" {
            overrides.endpoint_url = Some((*value).to_owned());
        } else if *name == "no_sign_request" {
            overrides.no_sign_request = true;
        } else {
            overrides.settings.insert(name, (*value).to_owned());
        }
    }
    Config::load(Arc::new(Bare), overrides).unwrap()
}

/// An operation of the catalog.
pub(crate) fn operation(service: &str, name: &str) -> Operation {
    awl_catalog::store()
        .service(service)
        .unwrap()
        .operation(name)
        .unwrap()
}

/// Parameters from JSON.
pub(crate) fn params(text: &str) -> Map {
    match json::parse(text).unwrap() {
        Value::Map(map) => map,
        other => panic!("{other:?}"),
    }
}

/// An operation and the hooks of its service.
pub(crate) struct Fixture {
    pub(crate) operation: Operation,
    pub(crate) config: Config,
    pub(crate) handlers: Handlers,
}

impl Fixture {
    pub(crate) fn new(service: &str, name: &str) -> Self {
        Self::configured(service, name, &[])
    }

    pub(crate) fn configured(service: &str, name: &str, settings: &[(&'static str, &str)]) -> Self {
        Self {
            operation: operation(service, name),
            config: config(settings),
            handlers: of(service),
        }
    }

    fn context(&self) -> Context<'_> {
        Context {
            operation: self.operation,
            config: &self.config,
            region: "us-west-2",
        }
    }

    /// What the service makes of parameters.
    pub(crate) fn parameters(&self, given: &str) -> Result<Map, Error> {
        self.parameters_of(params(given))
    }

    /// What the service makes of parameters.
    pub(crate) fn parameters_of(&self, mut given: Map) -> Result<Map, Error> {
        (self.handlers.parameters)(&self.context(), &mut given)?;
        Ok(given)
    }

    /// What the service makes of a request.
    pub(crate) fn request(&self, given: &str, request: &mut HttpRequest) {
        (self.handlers.request)(&self.context(), &params(given), request).unwrap();
    }

    /// What the service does to an attempt.
    pub(crate) fn sign(&self, request: &mut HttpRequest) {
        (self.handlers.sign)(&self.context(), request);
    }

    /// What the service makes of a response.
    pub(crate) fn response(
        &self,
        status: u16,
        headers: &[(&str, &str)],
        body: &'static str,
    ) -> RawResponse {
        let mut raw = RawResponse {
            status,
            headers: headers.iter().copied().collect::<Headers>(),
            body: Bytes::from_static(body.as_bytes()),
            customised: Map::new(),
        };
        (self.handlers.response)(&self.context(), &mut raw);
        raw
    }

    /// What the service makes of an output.
    pub(crate) fn output(&self, given: &str, output: &str) -> Map {
        let mut output = params(output);
        (self.handlers.output)(&self.context(), &params(given), &mut output);
        output
    }
}

/// A server that gives each request the next of some answers, each the status
/// line's end, headers and body: `"200 OK\r\nname: value\r\n\r\nbody"`.
pub(crate) struct Server {
    /// `http://127.0.0.1:12345`
    pub(crate) url: String,
    seen: Mutex<Receiver<String>>,
}

impl Server {
    pub(crate) fn new(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, receiver) = channel();
        std::thread::spawn(move || {
            for answer in answers {
                let Ok((mut stream, _)) = listener.accept() else {
                    return;
                };
                if sender.send(read_request(&mut stream)).is_err() {
                    return;
                }
                let (head, body) = answer.split_once("\r\n\r\n").unwrap();
                write!(
                    stream,
                    "HTTP/1.1 {head}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                )
                .unwrap();
            }
        });
        Self {
            url,
            seen: Mutex::new(receiver),
        }
    }

    /// The next request, head and body.
    pub(crate) fn request(&self) -> String {
        let seen = self.seen.lock().unwrap();
        seen.recv_timeout(Duration::from_secs(5)).unwrap()
    }

    /// Whether all requests have been looked at.
    pub(crate) fn is_quiet(&self) -> bool {
        self.seen.lock().unwrap().try_recv().is_err()
    }
}

fn read_request(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    loop {
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .filter_map(|line| line.split_once(": "))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .map_or(0, |(_, length)| length.parse().unwrap());
            if body.len() >= length {
                return text;
            }
            if body.is_empty() && head.to_lowercase().contains("\r\nexpect: 100-continue") {
                stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").unwrap();
            }
        }
        let count = stream.read(&mut buffer).unwrap();
        if count == 0 {
            return text;
        }
        text.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
    }
}
