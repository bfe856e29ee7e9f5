//! The door on a port of this machine. Only this machine is listened to unless
//! somebody says otherwise, no browser's page is answered, and neither many
//! connections nor a slow client nor a large body take more than their share.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use awl_value::{Map, json};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use hyper::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, DATE,
    EXPECT, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN, X_CONTENT_TYPE_OPTIONS,
};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};

use crate::door::LARGEST_BODY;
use crate::link::{Cut, Link};
use crate::{Arrival, Content, Ending, Request, Sandbox, control, imds, page};

/// How long a client may take for its headers, and to send the next request.
const HEADER_TIMEOUT: Duration = Duration::from_secs(20);
/// How long it may take for a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(60);
/// How many bytes a second it has to bring at least of a body that takes longer.
const SLOWEST: u64 = 64 << 10;
/// How much of a body is passed over, so that its sender hears why it is refused.
const PASSED_OVER: u64 = 16 << 20;
/// The most bytes of headers.
const LARGEST_HEADERS: usize = 64 << 10;
/// How many connections are open at a time at most; others are turned away.
const CONNECTIONS: usize = 16_384;
/// How many files are kept for other things than connections.
const OTHER_FILES: u64 = 512;
/// How many connections may wait to be taken.
const WAITING: u32 = 4096;
/// What a connection too many is told.
const TURNED_AWAY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\n\
    Content-Length: 47\r\nRetry-After: 1\r\nConnection: close\r\n\r\n\
    the sandbox has too many connections, try again";

/// A server that listens already.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    connections: usize,
}

impl Server {
    /// Listens on a port of the loopback interface; zero: one that is free.
    ///
    /// # Errors
    /// Where the port is taken.
    pub async fn listen(port: u16) -> std::io::Result<Self> {
        Self::listen_at(Ipv4Addr::LOCALHOST.into(), port)
    }

    /// Listens on a port of an address of this machine. Beyond the loopback
    /// interface anybody who reaches it is served who signs requests; the
    /// sandbox's own pages and verbs are this machine's all the same.
    ///
    /// # Errors
    /// Where the address is none of this machine's, or the port is taken.
    pub fn listen_at(address: IpAddr, port: u16) -> std::io::Result<Self> {
        let connections = connections();
        let socket = match address {
            IpAddr::V4(_) => TcpSocket::new_v4()?,
            IpAddr::V6(_) => TcpSocket::new_v6()?,
        };
        // One that was here before may have connections that still end.
        socket.set_reuseaddr(true)?;
        socket.bind(SocketAddr::new(address, port))?;
        let listener = socket.listen(WAITING)?;
        let address = listener.local_addr()?;
        Ok(Self {
            listener,
            address,
            connections,
        })
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Serves until the future is dropped. A request that is being answered then
    /// is answered or not; what was acknowledged is kept.
    pub async fn serve(self, sandbox: Arc<Sandbox>) -> Infallible {
        let open = Arc::new(Semaphore::new(self.connections));
        let is_local = self.address.ip().is_loopback();
        // Ends with this.
        let mut metadata = JoinSet::new();
        metadata.spawn(imds::serve(sandbox.clone()));
        loop {
            let Ok((stream, peer)) = self.listener.accept().await else {
                // Too many open files, which passes.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let Ok(permit) = open.clone().try_acquire_owned() else {
                turn_away(&stream);
                continue;
            };
            // An answer is small, and is not to wait for more.
            let _ = stream.set_nodelay(true);
            let sandbox = sandbox.clone();
            tokio::spawn(async move {
                let _permit = permit;
                let cut = Arc::new(Cut::default());
                let service = service_fn(|request| {
                    let (sandbox, cut) = (sandbox.clone(), cut.clone());
                    async move {
                        let local = Local {
                            peer: peer.ip(),
                            is_local,
                        };
                        respond(&sandbox, request, local, &cut).await
                    }
                });
                let link = Link::new(stream, cut.clone());
                // A client that goes away is none of ours.
                let _ = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(HEADER_TIMEOUT)
                    .max_buf_size(LARGEST_HEADERS)
                    .serve_connection(TokioIo::new(link), service)
                    .await;
            });
        }
    }
}

/// Where a request comes from, and where it was listened for.
#[derive(Clone, Copy)]
struct Local {
    peer: IpAddr,
    /// Whether this machine alone is listened to.
    is_local: bool,
}

/// How many connections there may be: as many as the system lets this process
/// have once it asks.
fn connections() -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    // What it had is enough to go on with.
    let _ = setrlimit(Resource::Nofile, raised);
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let files = usize::try_from(files.saturating_sub(OTHER_FILES)).unwrap_or(usize::MAX);
    files.clamp(64, CONNECTIONS)
}

/// Says that there are too many connections already, to whom it can be said at
/// once.
fn turn_away(stream: &TcpStream) {
    let _ = stream.try_write(TURNED_AWAY);
}

/// The connection ends without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection ends without an answer")]
struct Broken;

/// How an answer is sent otherwise than at once and as a whole.
#[derive(Default)]
struct Strange {
    delay: Duration,
    ending: Option<Ending>,
}

/// Answers a request, or does with the connection what a fault has it do.
async fn respond(
    sandbox: &Arc<Sandbox>,
    request: hyper::Request<Incoming>,
    local: Local,
    cut: &Cut,
) -> Result<Response<Sent>, Broken> {
    let mut strange = Strange::default();
    let mut response = answer(sandbox, request, local, &mut strange).await;
    if !strange.delay.is_zero() {
        tokio::time::sleep(strange.delay).await;
    }
    match strange.ending {
        Some(Ending::Reset) => {
            cut.reset();
            return Err(Broken);
        }
        Some(Ending::Close) => return Err(Broken),
        Some(Ending::Truncate) => cut.after(response.body().0.length() / 2),
        None => {}
    }
    if let Some(Ok(date)) = sandbox.date().map(HeaderValue::try_from) {
        // Hyper would write this machine's.
        response.headers_mut().insert(DATE, date);
    }
    Ok(response)
}

async fn answer(
    sandbox: &Arc<Sandbox>,
    request: hyper::Request<Incoming>,
    local: Local,
    strange: &mut Strange,
) -> Response<Sent> {
    // Hyper's own bound is on what it holds at a time.
    let headers = request.headers().iter();
    let size: usize = headers
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if size > LARGEST_HEADERS {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return plain(status, "the headers are larger than the sandbox takes");
    }
    let host = match host(request.headers(), local.is_local) {
        Ok(host) => host.to_owned(),
        Err(why) => return plain(StatusCode::FORBIDDEN, why),
    };
    let is_own =
        page::is_ours(request.uri().path()) || request.uri().path().starts_with(control::OWN);
    if is_own && !local.peer.to_canonical().is_loopback() {
        return plain(StatusCode::FORBIDDEN, "only this machine is shown this");
    }
    if page::is_ours(request.uri().path()) {
        return show(sandbox, request, &host).await;
    }
    if let Err(why) = guard(request.headers()) {
        return plain(StatusCode::FORBIDDEN, why);
    }
    let (head, mut body) = request.into_parts();
    let path = head.uri.path();
    if path.starts_with(control::OWN) {
        let authorization = head.headers.get(AUTHORIZATION);
        let authorization = authorization.and_then(|own| own.to_str().ok());
        let limit = usize::try_from(LARGEST_BODY).unwrap_or(usize::MAX);
        let body = match collect(body, limit).await {
            Ok(body) => body,
            Err(refused) => return refused,
        };
        let (status, answer) = sandbox.own(head.method.as_str(), path, authorization, &body);
        return said(status, &answer);
    }
    let headers = head.headers.iter().filter_map(|(name, value)| {
        // Signers write other letters as UTF-8.
        let value = std::str::from_utf8(value.as_bytes()).ok()?;
        Some((name.as_str().to_owned(), value.to_owned()))
    });
    let mut arrival = sandbox.arrive(Request {
        method: head.method.as_str().to_owned(),
        path: path.to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: headers.collect(),
        body: Vec::new(),
        peer: local.peer,
    });
    if let Err(refused) = take(sandbox, &mut arrival, &head.headers, &mut body).await {
        return refused;
    }
    let reply = if arrival.is_in_file() {
        // Writing it to the disk for good may take a while.
        let sandbox = sandbox.clone();
        let finished = tokio::task::spawn_blocking(move || arrival.finish(&sandbox)).await;
        let Ok(reply) = finished else {
            return plain(StatusCode::INTERNAL_SERVER_ERROR, "the sandbox failed");
        };
        reply
    } else {
        arrival.finish(sandbox)
    };
    (strange.delay, strange.ending) = (reply.delay, reply.ending);
    let length = reply.body.length();
    let mut response = Response::new(Sent(match head.method {
        Method::HEAD => Content::default(),
        _ => reply.body,
    }));
    let status = StatusCode::from_u16(reply.status);
    *response.status_mut() = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    for (name, value) in reply.headers {
        if let (Ok(name), Ok(value)) = (
            HeaderName::try_from(name),
            HeaderValue::from_bytes(value.as_bytes()),
        ) {
            headers.append(name, value);
        }
    }
    if !matches!(reply.status, 204 | 304) {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    if head.headers.contains_key("sec-fetch-site") {
        // An object that somebody opens in a browser is not to act as the console,
        // which has the same origin.
        let alone = HeaderValue::from_static("sandbox; frame-ancestors 'none'");
        headers.append(CONTENT_SECURITY_POLICY, alone);
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    }
    response
}

/// Gives a body to the request that it is of, as it comes.
async fn take(
    sandbox: &Sandbox,
    arrival: &mut Arrival,
    headers: &HeaderMap,
    body: &mut Incoming,
) -> Result<(), Response<Sent>> {
    // Who asks first, and is refused, has not sent it; and none waits for all of a
    // large one.
    let asks = headers.contains_key(EXPECT) || body.size_hint().lower() > PASSED_OVER;
    let (begun, mut received, mut passed) = (Instant::now(), 0_u64, 0_u64);
    while arrival.wants_body() || !asks && passed <= PASSED_OVER {
        let allowed = BODY_TIMEOUT + Duration::from_secs(received / SLOWEST);
        let frame = match timeout_at(begun + allowed, body.frame()).await {
            Ok(None) => return Ok(()),
            Ok(Some(Ok(frame))) => frame,
            Ok(Some(Err(_))) => {
                return Err(plain(StatusCode::BAD_REQUEST, "the body ended early"));
            }
            Err(_) => {
                return Err(plain(StatusCode::REQUEST_TIMEOUT, "the body took too long"));
            }
        };
        let Ok(bytes) = frame.into_data() else {
            continue;
        };
        received += bytes.len() as u64;
        if !arrival.wants_body() {
            passed += bytes.len() as u64;
        }
        arrival.push(sandbox, &bytes);
    }
    Ok(())
}

/// A small body as a whole.
async fn collect(body: Incoming, limit: usize) -> Result<Bytes, Response<Sent>> {
    match timeout(BODY_TIMEOUT, Limited::new(body, limit).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => Err(plain(
            StatusCode::PAYLOAD_TOO_LARGE,
            "the body is larger than the sandbox takes",
        )),
        Ok(Err(_)) => Err(plain(StatusCode::BAD_REQUEST, "the body ended early")),
        Err(_) => Err(plain(StatusCode::REQUEST_TIMEOUT, "the body took too long")),
    }
}

/// The body of an answer on its way.
struct Sent(Content);

impl hyper::body::Body for Sent {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<std::io::Result<Frame<Bytes>>>> {
        let next = self.0.next_bytes();
        Poll::Ready(next.map(|bytes| bytes.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.0.length() == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.length())
    }
}

/// An answer of the sandbox's own, which is no AWS's.
fn said(status: u16, answer: &Map) -> Response<Sent> {
    let text = json::to_string(&answer.clone().into());
    let mut response = Response::new(Sent(text.into_bytes().into()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn plain(status: StatusCode, why: &'static str) -> Response<Sent> {
    let mut response = Response::new(Sent(why.as_bytes().to_vec().into()));
    *response.status_mut() = status;
    response
}

/// Answers a request for the console, which is a page of a browser's.
async fn show(sandbox: &Sandbox, request: hyper::Request<Incoming>, host: &str) -> Response<Sent> {
    let (head, body) = request.into_parts();
    let header = |name: &str| head.headers.get(name)?.to_str().ok();
    // What cannot be read is another origin.
    let unread = |name: &str| header(name).or(head.headers.get(name).and(Some("")));
    let from = page::Origin {
        host,
        origin: unread("origin"),
        site: unread("sec-fetch-site"),
    };
    if !page::is_permitted(from) {
        return plain(
            StatusCode::FORBIDDEN,
            "other pages of browsers are not served",
        );
    }
    let body = match collect(body, page::LARGEST_BODY).await {
        Ok(body) => body,
        Err(refused) => return refused,
    };
    let asked = page::Asked {
        method: head.method.as_str(),
        path: head.uri.path(),
        query: head.uri.query().unwrap_or_default(),
        host,
        authorization: header("authorization"),
        body: &body,
    };
    let mut shown = sandbox.show(asked).await;
    let length = shown.body.len();
    if head.method == Method::HEAD {
        shown.body.clear();
    }
    let mut response = Response::new(Sent(shown.body.into()));
    *response.status_mut() = StatusCode::from_u16(shown.status).unwrap_or_default();
    let headers = response.headers_mut();
    for (name, value) in shown.headers {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    response
}

/// The host that a request is for, which is this machine: a page in a browser
/// could have a name of its own made to mean it. Where more than this machine is
/// listened to, an address is no such name either.
fn host(headers: &HeaderMap, is_local: bool) -> Result<&str, &'static str> {
    only_host(headers)
        .filter(|host| is_here(host) || !is_local && is_address(host))
        .ok_or("the Host header names another host")
}

/// Refuses what a page in a browser could send here across origins.
fn guard(headers: &HeaderMap) -> Result<(), &'static str> {
    match is_of_page(headers) {
        true => Err("pages of browsers are not served"),
        false => Ok(()),
    }
}

/// Whether a page in a browser sends a request.
pub(crate) fn is_of_page(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    headers.contains_key(ORIGIN) || site.is_some_and(|site| site != b"none")
}

/// The one `Host` of a request.
pub(crate) fn only_host(headers: &HeaderMap) -> Option<&str> {
    let mut hosts = headers.get_all(HOST).iter();
    let (host, another) = (hosts.next(), hosts.next());
    host.filter(|_| another.is_none())?.to_str().ok()
}

/// A host without its port.
pub(crate) fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Whether a host is an address and no name.
fn is_address(host: &str) -> bool {
    host.parse::<SocketAddr>().is_ok()
        || host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<IpAddr>()
            .is_ok()
}

/// Whether a host is this machine by a name that can mean no other.
fn is_here(host: &str) -> bool {
    let name = without_port(host).to_ascii_lowercase();
    name == "127.0.0.1" || name == "[::1]" || name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_programs_here_are_answered() {
        let check = |pairs: &[(&'static str, &'static str)]| {
            let entries = pairs.iter().map(|(name, value)| {
                let name = HeaderName::from_static(name);
                (name, HeaderValue::from_static(value))
            });
            let headers = entries.collect();
            host(&headers, true).is_ok() && guard(&headers).is_ok()
        };
        assert!(check(&[("host", "127.0.0.1:4566")]));
        assert!(check(&[("host", "photos.localhost:4566")]));
        assert!(check(&[("host", "localhost"), ("sec-fetch-site", "none")]));
        assert!(!check(&[]));
        assert!(!check(&[("host", "evil.example")]));
        assert!(!check(&[("host", "127.0.0.1.evil.example:4566")]));
        assert!(!check(&[("host", "sts.amazonaws.com")]));
        assert!(!check(&[
            ("host", "localhost"),
            ("origin", "http://evil.example")
        ]));
        assert!(!check(&[
            ("host", "localhost"),
            ("sec-fetch-site", "cross-site")
        ]));
    }
}
