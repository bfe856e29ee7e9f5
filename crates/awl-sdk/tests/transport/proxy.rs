//! Requests through proxies.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use awl_sdk::transport::{ProxyConfig, Transport, TransportConfig, TransportErrorKind};
use tokio::io::{AsyncRead, AsyncWrite, copy_bidirectional};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::server::{Connection, Server};
use crate::tls::{Authority, serve, trusting};
use crate::{get, patient, refused, text};

/// What a proxy was asked for: the heads of the requests to it.
type Heads = Arc<Mutex<Vec<String>>>;

/// Opens the tunnel that is asked for, wherever it is said to go, to `port`
/// of loopback.
async fn tunnel<S: AsyncRead + AsyncWrite + Unpin>(stream: S, port: u16, heads: Heads) {
    let mut connection = Connection::new(stream);
    let Some(head) = connection.read_head().await else {
        return;
    };
    heads.lock().unwrap().push(head);
    connection
        .write("HTTP/1.1 200 Connection established\r\nVia: us\r\n\r\n")
        .await;
    let mut endpoint = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let _ = copy_bidirectional(&mut connection.stream, &mut endpoint).await;
}

async fn tunnelling(port: u16) -> (Server, Heads) {
    let heads = Heads::default();
    let seen = Arc::clone(&heads);
    let server = Server::start(move |_, stream| tunnel(stream, port, Arc::clone(&seen))).await;
    (server, heads)
}

fn through(http: Option<String>, https: Option<String>, no_proxy: Option<&str>) -> TransportConfig {
    TransportConfig {
        proxies: ProxyConfig {
            http,
            https,
            no_proxy: no_proxy.map(str::to_owned),
        },
        ..patient()
    }
}

#[tokio::test]
async fn plain_requests_go_to_the_proxy_whole() {
    let proxy = Server::echo().await;
    let url = format!("http://me:pass%40word@{}", proxy.address);
    let transport = Transport::new(through(Some(url), None, None));
    for host in ["one.example", "two.example:8080"] {
        let request = get(format!("http://{host}/a?b=c"));
        let echoed = text(transport.send(&request).await.unwrap()).await;
        assert_eq!(
            echoed,
            format!(
                "GET http://{host}/a?b=c HTTP/1.1\r\nHost: {host}\r\n\
                 Proxy-Authorization: Basic bWU6cGFzc0B3b3Jk\r\n\r\n"
            )
        );
    }
    assert_eq!(proxy.connections(), 1, "one connection for all endpoints");
}

#[tokio::test]
async fn no_proxy_names_those_to_reach_directly() {
    let server = Server::echo().await;
    let url = "http://127.0.0.1:1".to_owned();
    let transport = Transport::new(through(Some(url), None, Some("example.com,127.0.0.1")));
    let echoed = text(transport.send(&get(server.url("/"))).await.unwrap()).await;
    assert!(echoed.starts_with("GET / "));
}

#[tokio::test]
async fn secure_requests_go_through_a_tunnel() {
    let authority = Authority::new("ours");
    let endpoint = serve(authority.issue(&["sts.example"], |_| {}).server()).await;
    let (proxy, heads) = tunnelling(endpoint.address.port()).await;
    let transport = Transport::new(TransportConfig {
        proxies: ProxyConfig {
            https: Some(format!("//me:secret@{}", proxy.address)),
            ..ProxyConfig::default()
        },
        ..trusting(authority.bundle())
    });
    for _ in 0..2 {
        let response = transport.send(&get("https://sts.example/x")).await.unwrap();
        assert_eq!(
            text(response).await,
            "GET /x HTTP/1.1\r\nHost: sts.example\r\n\r\n"
        );
    }
    assert_eq!(proxy.connections(), 1);
    assert_eq!(
        *heads.lock().unwrap(),
        [
            "CONNECT sts.example:443 HTTP/1.1\r\nHost: sts.example:443\r\n\
          Proxy-Authorization: Basic bWU6c2VjcmV0"
        ]
    );
}

#[tokio::test]
async fn the_proxy_itself_may_speak_tls() {
    let authority = Authority::new("ours");
    let endpoint = serve(authority.issue(&["sts.example"], |_| {}).server()).await;
    let port = endpoint.address.port();
    let identity = authority.issue(&["localhost"], |_| {});
    let acceptor = TlsAcceptor::from(Arc::new(identity.server()));
    let heads = Heads::default();
    let seen = Arc::clone(&heads);
    let proxy = Server::start(move |_, stream| {
        let (acceptor, seen) = (acceptor.clone(), Arc::clone(&seen));
        async move {
            let stream = acceptor.accept(stream).await.unwrap();
            tunnel(stream, port, seen).await;
        }
    })
    .await;
    let transport = Transport::new(TransportConfig {
        proxies: ProxyConfig {
            https: Some(format!("https://localhost:{}", proxy.address.port())),
            ..ProxyConfig::default()
        },
        ..trusting(authority.bundle())
    });
    let response = transport.send(&get("https://sts.example/")).await.unwrap();
    assert_eq!(response.status, 200);
    assert_eq!(heads.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn proxies_that_fail_are_named_without_their_secrets() {
    let forbidding = Server::answering(
        "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
    )
    .await;
    for (address, reason) in [
        ("127.0.0.1:1".to_owned(), "refused"),
        (
            forbidding.address.to_string(),
            "Tunnel connection failed: 407 Proxy Authentication Required",
        ),
    ] {
        let proxy = format!("http://me:secret@{address}");
        let transport = Transport::new(through(None, Some(proxy), None));
        let error = refused(&transport, &get("https://sts.example/")).await;
        assert_eq!(error.kind(), TransportErrorKind::Proxy);
        assert_eq!(
            error.to_string(),
            format!("Failed to connect to proxy URL: \"http://***:***@{address}\"")
        );
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert!(source.contains(reason), "{source}");
    }
}

#[tokio::test]
async fn proxies_that_make_no_sense_are_servers_that_make_none() {
    let closed = Server::start(|_, _| async {}).await;
    let garbled = Server::answering("220 mail.example ESMTP\r\n\r\n").await;
    let silent = Server::start(|_, stream| async move {
        let _stream = stream;
        std::future::pending::<()>().await;
    })
    .await;
    for (server, kind) in [
        (closed, TransportErrorKind::ConnectionClosed),
        (garbled, TransportErrorKind::ConnectionClosed),
        (silent, TransportErrorKind::ReadTimeout),
    ] {
        let proxy = format!("http://me:secret@{}", server.address);
        let config = TransportConfig {
            connect_timeout: Some(Duration::from_millis(200)),
            ..through(None, Some(proxy), None)
        };
        let error = refused(&Transport::new(config), &get("https://sts.example/")).await;
        assert_eq!(error.kind(), kind);
        let said = format!("{error} {:?}", std::error::Error::source(&error));
        assert!(said.contains("\"https://sts.example/\""), "{said}");
        assert!(!said.contains("secret"), "{said}");
    }
}
