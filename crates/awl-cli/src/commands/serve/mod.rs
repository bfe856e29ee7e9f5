//! Credentials served on this machine, as containers and instances get theirs,
//! so that any SDK finds them and they are renewed while it runs.
//!
//! Only this machine is listened to, and only who knows the token is answered.
//! A browser that a page of somebody else's sends here is refused by the
//! headers that it cannot leave out.

mod command;
mod container;
mod guard;
mod metadata;
mod source;
mod token;

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use awl_sdk::env::Host;
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

pub(super) use command::{COMMAND, ended};
pub(super) use container::time;
pub(super) use source::{Source, find};
pub(super) use token::Token;

use crate::error::CommandError;

/// How long a client may take to ask.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// How often it is looked whether the credentials are due.
const RENEWAL: Duration = Duration::from_secs(30);

/// What is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Endpoints {
    /// The endpoint of containers.
    pub container: bool,
    /// The endpoint of instances.
    pub metadata: bool,
}

/// A server that listens already.
#[derive(Debug)]
pub(super) struct Server {
    listener: TcpListener,
    port: u16,
    state: Arc<State>,
}

/// What answers are made of.
#[derive(Debug)]
struct State {
    source: Source,
    host: Arc<dyn Host>,
    endpoints: Endpoints,
    port: u16,
    /// What the endpoint of containers wants to be shown.
    token: Token,
    /// What the metadata service's tokens are made with.
    key: Token,
}

/// An answer to be sent.
#[derive(Debug)]
struct Answer {
    status: StatusCode,
    content_type: &'static str,
    /// A header of its own.
    header: Option<(&'static str, String)>,
    body: String,
}

impl Answer {
    fn text(body: impl Into<String>) -> Self {
        Self {
            status: StatusCode::OK,
            content_type: "text/plain",
            header: None,
            body: body.into(),
        }
    }

    fn json(status: StatusCode, body: String) -> Self {
        Self {
            status,
            content_type: "application/json",
            header: None,
            body,
        }
    }
}

impl Server {
    /// Listens on a port of this machine; zero: one that is free.
    pub(super) async fn listen(
        port: u16,
        source: Source,
        host: &Arc<dyn Host>,
        endpoints: Endpoints,
    ) -> Result<Self, CommandError> {
        let failed = |error: std::io::Error| {
            CommandError::general(format!("cannot listen on 127.0.0.1:{port}: {error}"))
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        Ok(Self {
            listener,
            port,
            state: Arc::new(State {
                source,
                host: host.clone(),
                endpoints,
                port,
                token: Token::random(&**host),
                key: Token::random(&**host),
            }),
        })
    }

    /// The variables that lead other programs here.
    pub(super) fn variables(&self) -> Vec<(&'static str, String)> {
        let mut variables = Vec::new();
        if self.state.endpoints.container {
            variables.push((
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                format!("http://127.0.0.1:{}{}", self.port, container::PATH),
            ));
            variables.push((
                "AWS_CONTAINER_AUTHORIZATION_TOKEN",
                self.state.token.text().to_owned(),
            ));
        }
        if self.state.endpoints.metadata {
            variables.push((
                "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                format!("http://127.0.0.1:{}/", self.port),
            ));
        }
        variables
    }

    /// Serves until the future is dropped.
    pub(super) async fn serve(self) -> Infallible {
        let renewed = self.state.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(RENEWAL).await;
                // Whoever asks is told what is wrong.
                let _ = renewed.source.current().await;
            }
        });
        loop {
            let Ok((stream, _)) = self.listener.accept().await else {
                // Too many open files, which passes.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            // An answer is small, and is not to wait for more.
            let _ = stream.set_nodelay(true);
            let state = self.state.clone();
            tokio::spawn(async move {
                let service = service_fn(|request| {
                    let state = state.clone();
                    async move { Ok::<_, Infallible>(state.respond(&request).await) }
                });
                // A client that goes away is none of ours.
                let _ = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(HEADER_TIMEOUT)
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    }
}

impl State {
    async fn respond(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        let path = request.uri().path();
        let answer = self.answer(request.method(), path, request.headers()).await;
        let body = if request.method() == Method::HEAD {
            String::new()
        } else {
            answer.body
        };
        let mut response = Response::new(Full::new(Bytes::from(body)));
        *response.status_mut() = answer.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
        if let Some((name, value)) = answer.header
            && let Ok(value) = HeaderValue::from_str(&value)
        {
            headers.insert(name, value);
        }
        response
    }

    async fn answer(&self, method: &Method, path: &str, headers: &HeaderMap) -> Answer {
        if let Err(reason) = guard::check(headers, self.port) {
            let body = container::message(reason);
            return Answer::json(StatusCode::FORBIDDEN, body);
        }
        if path == container::PATH && self.endpoints.container {
            return container::answer(self, method, headers).await;
        }
        if self.endpoints.metadata {
            return metadata::answer(self, method, path, headers).await;
        }
        Answer::json(
            StatusCode::NOT_FOUND,
            container::message("there is nothing here"),
        )
    }
}
