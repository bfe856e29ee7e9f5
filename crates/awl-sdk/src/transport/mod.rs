//! HTTP to AWS endpoints: one exchange at a time over kept connections, with
//! the proxies, certificates, timeouts and error texts of the real client.
//!
//! It follows no redirects, retries nothing that reached the server, and
//! decompresses nothing: those are decisions of the client above it. It reads
//! no environment. A [`Transport`] costs nothing until it is used; TLS is set
//! up at the first connection that needs it.

mod body;
mod config;
mod connect;
mod error;
mod incoming;
mod message;
mod outgoing;
mod pool;
mod proxy;
mod tls;
mod url;

use std::sync::Arc;

use http::header::{self, HeaderName, HeaderValue};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::time::{Instant, timeout_at};

pub use body::{BodyReader, BodySource, RequestBody};
pub use config::{ClientCertificate, ProxyConfig, TransportConfig};
pub use error::{TransportError, TransportErrorKind};
pub use incoming::ResponseBody;
pub use message::{HttpRequest, HttpResponse};

use connect::Activity;
use incoming::{Lease, StreamBody};
use outgoing::{OutgoingBody, SendState};
use pool::{Connection, Pool, PoolKey, Sender};
use proxy::Proxy;
use tls::Tls;
use url::Url;

/// A client of HTTP endpoints. Clones share their connections. It works in a
/// tokio runtime with I/O and time enabled.
#[derive(Clone)]
pub struct Transport(Arc<Inner>);

struct Inner {
    config: TransportConfig,
    tls: Tls,
    pool: Arc<Pool>,
}

impl Transport {
    /// A transport. Opens and reads nothing yet.
    #[must_use]
    pub fn new(config: TransportConfig) -> Self {
        Self(Arc::new(Inner {
            config,
            tls: Tls::default(),
            pool: Arc::default(),
        }))
    }

    /// What it was made with.
    #[must_use]
    pub fn config(&self) -> &TransportConfig {
        &self.0.config
    }

    /// Sends a request and waits for the head of its response, whatever its
    /// status. A kept connection that turns out dead is replaced once, where
    /// nothing has come back over it and the body can be sent again.
    ///
    /// Dropping the future closes the connection.
    ///
    /// # Errors
    /// All that keeps a response's head from coming: see [`TransportError`].
    pub async fn send(&self, request: &HttpRequest) -> Result<HttpResponse, TransportError> {
        let inner = &*self.0;
        let url = Url::parse(&request.url)?;
        let proxy = Proxy::choose(&inner.config.proxies, &url)?;
        let forwarded = proxy.as_ref().filter(|_| !url.https);
        let key = PoolKey {
            https: url.https,
            host: forwarded.map_or(&url, |proxy| &proxy.url).host.clone(),
            port: forwarded.map_or(&url, |proxy| &proxy.url).port,
            through: proxy.as_ref().map(|proxy| proxy.url.authority()),
        };
        while let Some(mut connection) = inner.pool.take(&key) {
            if !request.body.is_replayable() {
                // There is one try only, so let a close that has arrived be
                // noticed first.
                tokio::task::yield_now().await;
            }
            if !connection.is_ready().await {
                continue;
            }
            let exchange = inner.exchange(connection, &key, request, &url, forwarded);
            match exchange.await {
                Err(failure) if failure.stale && request.body.is_replayable() => {
                    inner.pool.forget(&key);
                }
                other => return other.map_err(|failure| failure.error),
            }
        }
        let connection = inner
            .connect(&url, &request.url, &key, proxy.as_ref())
            .await?;
        inner
            .exchange(connection, &key, request, &url, forwarded)
            .await
            .map_err(|failure| failure.error)
    }
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_tuple("Transport")
            .field(&self.0.config)
            .finish()
    }
}

/// An exchange that failed; `stale`: over a connection that had been closed
/// before the request reached the server, as far as can be known.
struct Failure {
    error: TransportError,
    stale: bool,
}

impl From<TransportError> for Failure {
    fn from(error: TransportError) -> Self {
        Self {
            error,
            stale: false,
        }
    }
}

impl Inner {
    async fn connect(
        &self,
        url: &Url,
        request_url: &str,
        key: &PoolKey,
        proxy: Option<&Proxy>,
    ) -> Result<Connection, TransportError> {
        let stream = connect::connect(&self.config, &self.tls, url, request_url, proxy).await?;
        let activity = stream.activity();
        let closed = |error| TransportError::closed(request_url, error);
        if stream.is_http2() {
            let (sender, connection) = http2::Builder::new(TokioExecutor::new())
                .handshake(TokioIo::new(stream))
                .await
                .map_err(closed)?;
            let driver = tokio::spawn(async {
                // What ends a connection is told to its exchanges.
                let _ = connection.await;
            });
            let connection = Connection {
                sender: Sender::Http2(sender),
                activity,
                driver: driver.abort_handle(),
            };
            if let Some(shared) = connection.share() {
                self.pool.put(key.clone(), shared);
            }
            return Ok(connection);
        }
        let (sender, connection) = http1::Builder::new()
            .title_case_headers(true)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(closed)?;
        let driver = tokio::spawn(async {
            let _ = connection.await;
        });
        Ok(Connection {
            sender: Sender::Http1(sender),
            activity,
            driver: driver.abort_handle(),
        })
    }

    /// One request and the head of its response.
    async fn exchange(
        &self,
        connection: Connection,
        key: &PoolKey,
        request: &HttpRequest,
        url: &Url,
        forwarded: Option<&Proxy>,
    ) -> Result<HttpResponse, Failure> {
        let state = Arc::new(SendState::default());
        let mut lease = Lease {
            connection: Some(connection),
            key: key.clone(),
            pool: Arc::clone(&self.pool),
            state: Arc::clone(&state),
        };
        let Some(connection) = &mut lease.connection else {
            return Err(TransportError::invalid("no connection").into());
        };
        let activity = connection.activity.clone();
        let received = activity.received();
        let http2 = matches!(connection.sender, Sender::Http2(_));
        let message = message_of(request, url, forwarded, http2, &state)?;
        activity.touch();
        let response = match &mut connection.sender {
            Sender::Http1(sender) => {
                let sent = sender.send_request(message);
                self.answer(sent, &activity).await
            }
            Sender::Http2(sender) => {
                let sent = sender.send_request(message);
                self.answer(sent, &activity).await
            }
        };
        let response = match response {
            Some(Ok(response)) => response,
            Some(Err(error)) => {
                if let Some(source) = state.take_failure() {
                    return Err(TransportError::RequestBody { source }.into());
                }
                let silent = activity.received() == received;
                return Err(Failure {
                    stale: silent && !error.is_parse(),
                    error: failed(&request.url, error),
                });
            }
            // A server that takes no more is not one that is slow to answer.
            None if !state.is_finished() && !http2 => {
                let silent = std::io::Error::from(std::io::ErrorKind::TimedOut);
                return Err(TransportError::closed(&request.url, silent).into());
            }
            None => {
                return Err(TransportError::ReadTimeout {
                    url: request.url.clone(),
                }
                .into());
            }
        };
        Ok(self.response_of(response, request, lease))
    }

    /// Waits for the head of a response; `None`: longer than is allowed since
    /// anything moved.
    async fn answer(
        &self,
        sent: impl Future<Output = hyper::Result<http::Response<Incoming>>>,
        activity: &Activity,
    ) -> Option<hyper::Result<http::Response<Incoming>>> {
        let Some(limit) = self.config.read_timeout else {
            return Some(sent.await);
        };
        let mut sent = std::pin::pin!(sent);
        loop {
            let deadline = activity.last() + limit;
            match timeout_at(deadline, sent.as_mut()).await {
                Ok(response) => return Some(response),
                Err(_) if activity.last() + limit <= Instant::now() => return None,
                Err(_) => {}
            }
        }
    }

    fn response_of(
        &self,
        response: http::Response<Incoming>,
        request: &HttpRequest,
        lease: Lease,
    ) -> HttpResponse {
        let (head, incoming) = response.into_parts();
        let headers = head
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), latin1(value)))
            .collect();
        let expected = http_body::Body::size_hint(&incoming).exact();
        let own = head.extensions.get::<hyper::ext::ReasonPhrase>();
        let reason = match own {
            Some(own) => String::from_utf8_lossy(own.as_bytes()).into_owned(),
            None if head.version == http::Version::HTTP_2 => String::new(),
            None => head
                .status
                .canonical_reason()
                .unwrap_or_default()
                .to_owned(),
        };
        HttpResponse {
            version: match head.version {
                http::Version::HTTP_10 => "1.0",
                http::Version::HTTP_2 => "2",
                _ => "1.1",
            },
            status: head.status.as_u16(),
            reason,
            headers,
            body: ResponseBody::stream(StreamBody {
                incoming,
                lease: Some(lease),
                url: request.url.clone(),
                read_timeout: self.config.read_timeout,
                expected,
                received: 0,
            }),
        }
    }
}

/// The request as hyper wants it.
fn message_of(
    request: &HttpRequest,
    url: &Url,
    forwarded: Option<&Proxy>,
    http2: bool,
    state: &Arc<SendState>,
) -> Result<http::Request<OutgoingBody>, TransportError> {
    let waits = !http2
        && !request.body.is_empty()
        && request
            .header("expect")
            .is_some_and(|value| value.eq_ignore_ascii_case("100-continue"));
    let body = OutgoingBody::open(&request.body, Arc::clone(state), waits)
        .map_err(|source| TransportError::RequestBody { source })?;
    let target = if http2 || forwarded.is_some() {
        url.absolute()
    } else {
        url.target.clone()
    };
    let invalid = |error: http::Error| TransportError::invalid(error.to_string());
    let mut message = http::Request::builder()
        .method(request.method.as_str())
        .uri(target)
        .body(body)
        .map_err(invalid)?;
    let headers = message.headers_mut();
    headers.reserve(request.headers.len() + 2);
    if request.header("host").is_none() && !http2 {
        headers.insert(header::HOST, value_of(&url.host_header())?);
    }
    for (name, value) in &request.headers {
        let name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| TransportError::invalid(format!("invalid header name: {name:?}")))?;
        if http2 && (name == header::HOST || name == header::TRANSFER_ENCODING) {
            continue;
        }
        headers.append(name, value_of(value)?);
    }
    if let Some(authorization) = forwarded.and_then(Proxy::authorization) {
        headers.insert(header::PROXY_AUTHORIZATION, value_of(&authorization)?);
    }
    let framed = headers.contains_key(header::CONTENT_LENGTH)
        || headers.contains_key(header::TRANSFER_ENCODING);
    if !framed && !http2 {
        let bodiless = matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS");
        match request.body.length() {
            Some(0) if bodiless => {}
            Some(length) => {
                headers.insert(header::CONTENT_LENGTH, length.into());
            }
            None => {
                headers.insert(
                    header::TRANSFER_ENCODING,
                    HeaderValue::from_static("chunked"),
                );
            }
        }
    }
    if waits {
        let state = Arc::clone(state);
        hyper::ext::on_informational(&mut message, move |response| {
            if response.status() == http::StatusCode::CONTINUE {
                state.open_gate();
            }
        });
    }
    Ok(message)
}

fn value_of(value: &str) -> Result<HeaderValue, TransportError> {
    HeaderValue::from_bytes(value.as_bytes())
        .map_err(|_| TransportError::invalid(format!("invalid header value: {value:?}")))
}

/// Bytes of a header as Python reads them: each is the character of its number.
fn latin1(value: &HeaderValue) -> String {
    match value.to_str() {
        Ok(text) => text.to_owned(),
        Err(_) => value
            .as_bytes()
            .iter()
            .map(|byte| char::from(*byte))
            .collect(),
    }
}

/// What a failed exchange is to the user.
fn failed(url: &str, error: hyper::Error) -> TransportError {
    let below = std::error::Error::source(&error)
        .and_then(|source| source.downcast_ref::<std::io::Error>());
    match below.and_then(tls::reason) {
        Some(reason) => TransportError::Tls {
            url: url.to_owned(),
            reason,
            source: Some(std::io::Error::other(error)),
        },
        None => TransportError::closed(url, error),
    }
}
