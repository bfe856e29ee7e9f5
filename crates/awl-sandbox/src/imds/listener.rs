//! Where the metadata of instances are asked: a port of the loopback interface
//! for each, opened when somebody wants to be on the instance and closed with it.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, SERVER};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinSet;

use super::{Answer, Asked, TTL};
use crate::{Sandbox, server};

/// How long a client may take to ask.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// The most bytes of headers.
const LARGEST_HEADERS: usize = 16 << 10;
/// How many connections to one instance are open at a time.
const CONNECTIONS: usize = 64;
/// How far other answers than tokens may go.
const HOPS: u32 = 64;

/// The ports that are open, and the way to who serves them.
#[derive(Debug)]
pub(crate) struct Listeners {
    open: Mutex<BTreeMap<String, Open>>,
    opened: UnboundedSender<Opened>,
    waiting: Mutex<Option<UnboundedReceiver<Opened>>>,
}

#[derive(Debug)]
struct Open {
    port: u16,
    /// Ends what is served when it is dropped.
    _end: oneshot::Sender<Infallible>,
}

#[derive(Debug)]
struct Opened {
    instance: String,
    listeners: Vec<std::net::TcpListener>,
    end: oneshot::Receiver<Infallible>,
}

/// The instance is not running: nobody could ask.
#[derive(Debug, thiserror::Error)]
#[error("the instance does not run")]
struct NotRunning;

impl Default for Listeners {
    fn default() -> Self {
        let (opened, waiting) = unbounded_channel();
        Self {
            open: Mutex::default(),
            opened,
            waiting: Mutex::new(Some(waiting)),
        }
    }
}

impl Listeners {
    /// The port of an instance's metadata service, which is opened where it is
    /// not yet.
    pub(crate) fn open(&self, instance: &str) -> std::io::Result<u16> {
        let mut open = self.lock();
        if let Some(known) = open.get(instance) {
            return Ok(known.port);
        }
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let mut listeners = vec![listener];
        // The same port for those who come by IPv6, on a machine that has it.
        listeners.extend(std::net::TcpListener::bind((Ipv6Addr::LOCALHOST, port)));
        for listener in &listeners {
            listener.set_nonblocking(true)?;
        }
        let (sender, end) = oneshot::channel();
        let known = Open { port, _end: sender };
        open.insert(instance.to_owned(), known);
        // Where nobody serves, clients wait; that ends with the process.
        let _ = self.opened.send(Opened {
            instance: instance.to_owned(),
            listeners,
            end,
        });
        Ok(port)
    }

    /// Closes an instance's port: it is terminated.
    pub(crate) fn close(&self, instance: &str) {
        self.lock().remove(instance);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Option<UnboundedReceiver<Opened>> {
        let waiting = self.waiting.lock();
        waiting.unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Serves all ports that are opened, until the future is dropped.
pub(crate) async fn serve(sandbox: Arc<Sandbox>) {
    // One at a time does it for all.
    let Some(mut waiting) = sandbox.listeners.take() else {
        return;
    };
    let mut served = JoinSet::new();
    while let Some(opened) = waiting.recv().await {
        while served.try_join_next().is_some() {}
        served.spawn(serve_one(sandbox.clone(), opened));
    }
}

async fn serve_one(sandbox: Arc<Sandbox>, opened: Opened) {
    let instance: Arc<str> = opened.instance.into();
    let mut served = JoinSet::new();
    for listener in opened.listeners {
        if let Ok(listener) = TcpListener::from_std(listener) {
            served.spawn(accept(sandbox.clone(), instance.clone(), listener));
        }
    }
    // What is served ends with this.
    let _ = opened.end.await;
}

async fn accept(sandbox: Arc<Sandbox>, instance: Arc<str>, listener: TcpListener) {
    let permits = Arc::new(Semaphore::new(CONNECTIONS));
    let mut served = JoinSet::new();
    loop {
        let permit = permits.clone().acquire_owned().await;
        let accepted = listener.accept().await;
        while served.try_join_next().is_some() {}
        let Ok((stream, _)) = accepted else {
            // Too many open files, which passes.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let (sandbox, instance) = (sandbox.clone(), instance.clone());
        served.spawn(async move {
            let _permit = permit;
            connection(&sandbox, &instance, stream).await;
        });
    }
}

async fn connection(sandbox: &Sandbox, instance: &str, stream: TcpStream) {
    // The limit of hops is of the answer with a token alone, so it is set once it
    // is known that it will be that.
    let Ok((stream, twin)) = twins(stream) else {
        return;
    };
    let service = service_fn(|request| {
        let answer = respond(sandbox, instance, &request, &twin);
        std::future::ready(answer)
    });
    // A client that goes away is none of ours.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(LARGEST_HEADERS)
        // As the service does.
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

fn twins(stream: TcpStream) -> std::io::Result<(TcpStream, std::net::TcpStream)> {
    let stream = stream.into_std()?;
    stream.set_nodelay(true)?;
    let twin = stream.try_clone()?;
    Ok((TcpStream::from_std(stream)?, twin))
}

fn respond(
    sandbox: &Sandbox,
    instance: &str,
    request: &Request<Incoming>,
    stream: &std::net::TcpStream,
) -> Result<Response<Full<Bytes>>, NotRunning> {
    let headers = request.headers();
    let answer = match is_from_here(headers) {
        false => Answer::error(403),
        true => {
            let asked = Asked {
                is_v6: stream.local_addr().is_ok_and(|own| own.is_ipv6()),
                method: request.method().as_str(),
                path: request.uri().path(),
                header: &|name| headers.get(name)?.to_str().ok(),
            };
            sandbox.metadata(instance, &asked).ok_or(NotRunning)?
        }
    };
    let is_put = request.method() == Method::PUT;
    let hops = match is_put {
        true => sandbox.facts_of(instance).map(|own| own.options.hop_limit),
        false => None,
    };
    // It only says how far the answer goes, and here it goes no hop at all.
    let _ = stream.set_ttl(hops.unwrap_or(HOPS));
    let length = answer.body.len();
    let body = match request.method() == Method::HEAD {
        true => Bytes::new(),
        false => Bytes::from(answer.body),
    };
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or_default();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(SERVER, HeaderValue::from_static("EC2ws"));
    if let Some(seconds) = answer.ttl {
        headers.insert(TTL, HeaderValue::from(seconds));
    }
    Ok(response)
}

/// Whether a program asks, by a name that means this machine: a page in a browser
/// says where it is from, or calls this machine by a name of its own.
fn is_from_here(headers: &HeaderMap) -> bool {
    let name = server::only_host(headers).map(server::without_port);
    name.is_some_and(|name| {
        let is_address = name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
        is_address || name.eq_ignore_ascii_case("localhost")
    }) && !server::is_of_page(headers)
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderName;

    use super::*;

    #[test]
    fn only_programs_here_are_answered() {
        let check = |pairs: &[(&'static str, &'static str)]| {
            let entries = pairs.iter().map(|(name, value)| {
                let name = HeaderName::from_static(name);
                (name, HeaderValue::from_static(value))
            });
            is_from_here(&entries.collect())
        };
        for host in [
            "127.0.0.1:4000",
            "169.254.169.254",
            "LOCALHOST:80",
            "[::1]:80",
        ] {
            assert!(check(&[("host", host)]), "{host}");
        }
        for host in ["evil.example:4000", "127.0.0.1.evil.example", ""] {
            assert!(!check(&[("host", host)]), "{host}");
        }
        assert!(!check(&[]));
        let local = ("host", "localhost");
        assert!(!check(&[local, ("origin", "http://x.example")]));
        assert!(!check(&[local, ("sec-fetch-site", "same-origin")]));
        assert!(check(&[local, ("sec-fetch-site", "none")]));
    }

    #[tokio::test]
    async fn an_answer_goes_as_many_hops_as_it_may() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let _client = TcpStream::connect(address).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let (stream, twin) = twins(stream).unwrap();
        twin.set_ttl(2).unwrap();
        assert_eq!(stream.ttl().unwrap(), 2);
    }
}
