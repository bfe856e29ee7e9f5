//! From a URL to a stream of bytes: names, sockets, proxies, handshakes.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, timeout};
use tokio_rustls::client::TlsStream;

use super::proxy::Proxy;
use super::tls::{self, Tls};
use super::url::Url;
use super::{TransportConfig, TransportError};

/// Opens a stream to the endpoint of `url`, through `proxy` if there is one;
/// a tunnel through it where the endpoint speaks TLS.
pub(super) async fn connect(
    config: &TransportConfig,
    tls: &Tls,
    url: &Url,
    request_url: &str,
    proxy: Option<&Proxy>,
) -> Result<Stream, TransportError> {
    let stream =
        match proxy {
            None => Layers::Plain(open_socket(config, url).await.map_err(
                |failure| match failure {
                    SocketFailure::Timeout => TransportError::ConnectTimeout {
                        url: request_url.to_owned(),
                    },
                    SocketFailure::Failed(source) => TransportError::Connect {
                        url: request_url.to_owned(),
                        source,
                    },
                },
            )?),
            Some(proxy) => through_proxy(config, tls, url, request_url, proxy).await?,
        };
    let stream = if url.https {
        secure(config, tls, url, request_url, stream).await?
    } else {
        stream
    };
    Ok(Stream {
        layers: stream,
        activity: Activity::default(),
    })
}

async fn through_proxy(
    config: &TransportConfig,
    tls: &Tls,
    url: &Url,
    request_url: &str,
    proxy: &Proxy,
) -> Result<Layers, TransportError> {
    let opened = open_socket(config, &proxy.url).await;
    let socket = opened.map_err(|failure| match failure {
        SocketFailure::Timeout => proxy.error(io::ErrorKind::TimedOut.into()),
        SocketFailure::Failed(error) => proxy.error(error),
    })?;
    let limit = config.connect_timeout;
    let mut stream = if proxy.url.https {
        let failed = |reason| proxy.error(io::Error::other(reason));
        let connector = tls.for_proxies(config).map_err(failed)?;
        let name = tls::server_name(&proxy.url.host).map_err(failed)?;
        let handshake = within(limit, connector.connect(name, socket)).await;
        Layers::Secure(Box::new(handshake.map_err(|error| proxy.error(error))?))
    } else {
        Layers::Plain(socket)
    };
    if url.https {
        let tunnel = within(limit, proxy.open_tunnel(&mut stream, url)).await;
        // What the real client says of a proxy that does not refuse, but says nothing or no HTTP,
        // is what it says of any such server.
        tunnel.map_err(|error| match error.kind() {
            io::ErrorKind::TimedOut => TransportError::ReadTimeout {
                url: request_url.to_owned(),
            },
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::InvalidData
            | io::ErrorKind::ConnectionReset => TransportError::closed(request_url, error),
            _ => proxy.error(error),
        })?;
    }
    Ok(stream)
}

/// Puts TLS over a stream. A server that stays silent here is reported as the
/// real client does it: as a read that took too long.
async fn secure(
    config: &TransportConfig,
    tls: &Tls,
    url: &Url,
    request_url: &str,
    stream: Layers,
) -> Result<Layers, TransportError> {
    let refused = |reason| TransportError::Tls {
        url: request_url.to_owned(),
        reason,
        source: None,
    };
    let connector = tls.for_endpoints(config).map_err(refused)?;
    let name = tls::server_name(&url.host).map_err(refused)?;
    let limit = config.connect_timeout;
    let shaken = match stream {
        Layers::Plain(stream) => within(limit, connector.connect(name, stream))
            .await
            .map(|stream| Layers::Secure(Box::new(stream))),
        Layers::Secure(stream) => within(limit, connector.connect(name, stream))
            .await
            .map(|stream| Layers::Nested(Box::new(stream))),
        nested @ Layers::Nested(_) => Ok(nested),
    };
    shaken.map_err(|error| {
        if error.kind() == io::ErrorKind::TimedOut {
            return TransportError::ReadTimeout {
                url: request_url.to_owned(),
            };
        }
        let reason = match error.kind() {
            io::ErrorKind::UnexpectedEof => Some(
                "[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol"
                    .to_owned(),
            ),
            _ => tls::reason(&error),
        };
        match reason {
            Some(reason) => TransportError::Tls {
                url: request_url.to_owned(),
                reason,
                source: Some(error),
            },
            None => TransportError::closed(request_url, error),
        }
    })
}

enum SocketFailure {
    Timeout,
    Failed(io::Error),
}

/// Connects to the first of a host's addresses that answers; each has all of
/// the time.
async fn open_socket(config: &TransportConfig, url: &Url) -> Result<TcpStream, SocketFailure> {
    let failed = SocketFailure::Failed;
    let mut last = SocketFailure::Failed(io::Error::new(
        io::ErrorKind::NotFound,
        "the name has no address",
    ));
    // An address needs no resolver, which is a thread.
    if let Ok(address) = url.host.parse::<IpAddr>() {
        return open_address(config, SocketAddr::new(address, url.port)).await;
    }
    let addresses = tokio::net::lookup_host((url.host.as_str(), url.port))
        .await
        .map_err(failed)?;
    for address in addresses {
        match open_address(config, address).await {
            Ok(stream) => return Ok(stream),
            Err(failure) => last = failure,
        }
    }
    Err(last)
}

async fn open_address(
    config: &TransportConfig,
    address: SocketAddr,
) -> Result<TcpStream, SocketFailure> {
    let opening = async {
        let socket = if address.is_ipv4() {
            TcpSocket::new_v4()?
        } else {
            TcpSocket::new_v6()?
        };
        socket.set_nodelay(true)?;
        if config.tcp_keepalive {
            socket.set_keepalive(true)?;
        }
        socket.connect(address).await
    };
    let opened = match config.connect_timeout {
        Some(limit) => timeout(limit, opening)
            .await
            .map_err(|_| SocketFailure::Timeout)?,
        None => opening.await,
    };
    opened.map_err(|error| match error.kind() {
        io::ErrorKind::TimedOut => SocketFailure::Timeout,
        _ => SocketFailure::Failed(error),
    })
}

async fn within<T>(
    limit: Option<Duration>,
    work: impl Future<Output = io::Result<T>>,
) -> io::Result<T> {
    match limit {
        Some(limit) => match timeout(limit, work).await {
            Ok(done) => done,
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        },
        None => work.await,
    }
}

/// A connection's stream, which notes when it last moved.
pub(super) struct Stream {
    layers: Layers,
    activity: Activity,
}

impl Stream {
    /// Whether the peer has chosen HTTP/2.
    pub(super) fn is_http2(&self) -> bool {
        let session = match &self.layers {
            Layers::Plain(_) => return false,
            Layers::Secure(stream) => stream.get_ref().1,
            Layers::Nested(stream) => stream.get_ref().1,
        };
        session.alpn_protocol() == Some(b"h2")
    }

    pub(super) fn activity(&self) -> Activity {
        self.activity.clone()
    }
}

/// When a connection last moved bytes, and how many came in. Shared by the
/// stream, which writes it, and the exchange that waits for an answer.
#[derive(Clone)]
pub(super) struct Activity(Arc<ActivityCounts>);

struct ActivityCounts {
    start: Instant,
    last_microseconds: AtomicU64,
    received: AtomicU64,
}

impl Default for Activity {
    fn default() -> Self {
        Self(Arc::new(ActivityCounts {
            start: Instant::now(),
            last_microseconds: AtomicU64::new(0),
            received: AtomicU64::new(0),
        }))
    }
}

impl Activity {
    /// When bytes last went out or came in.
    pub(super) fn last(&self) -> Instant {
        let microseconds = self.0.last_microseconds.load(Ordering::Relaxed);
        self.0.start + Duration::from_micros(microseconds)
    }

    /// How many bytes have come in.
    pub(super) fn received(&self) -> u64 {
        self.0.received.load(Ordering::Relaxed)
    }

    /// Notes that something moves now.
    pub(super) fn touch(&self) {
        let elapsed = self.0.start.elapsed().as_micros() as u64;
        self.0.last_microseconds.store(elapsed, Ordering::Relaxed);
    }

    fn receive(&self, count: usize) {
        self.0.received.fetch_add(count as u64, Ordering::Relaxed);
        self.touch();
    }
}

enum Layers {
    Plain(TcpStream),
    Secure(Box<TlsStream<TcpStream>>),
    Nested(Box<TlsStream<Box<TlsStream<TcpStream>>>>),
}

macro_rules! each_layer {
    ($layers:expr, $stream:ident => $call:expr) => {
        match $layers {
            Layers::Plain($stream) => $call,
            Layers::Secure($stream) => $call,
            Layers::Nested($stream) => $call,
        }
    };
}

impl AsyncRead for Layers {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        each_layer!(&mut *self, stream => Pin::new(stream).poll_read(context, buffer))
    }
}

impl AsyncWrite for Layers {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        each_layer!(&mut *self, stream => Pin::new(stream).poll_write(context, bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        each_layer!(&mut *self, stream => Pin::new(stream).poll_write_vectored(context, slices))
    }

    fn is_write_vectored(&self) -> bool {
        each_layer!(self, stream => stream.is_write_vectored())
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        each_layer!(&mut *self, stream => Pin::new(stream).poll_flush(context))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        each_layer!(&mut *self, stream => Pin::new(stream).poll_shutdown(context))
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.layers).poll_read(context, buffer))?;
        self.activity.receive(buffer.filled().len() - before);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.layers).poll_write(context, bytes))?;
        self.activity.touch();
        Poll::Ready(Ok(count))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.layers).poll_write_vectored(context, slices))?;
        self.activity.touch();
        Poll::Ready(Ok(count))
    }

    fn is_write_vectored(&self) -> bool {
        self.layers.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.layers).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.layers).poll_shutdown(context)
    }
}
