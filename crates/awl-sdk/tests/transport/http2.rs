//! HTTP/2, where it is asked for and the endpoint agrees.

use std::sync::Arc;

use awl_sdk::transport::{RequestBody, Transport, TransportConfig};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio_rustls::TlsAcceptor;

use crate::server::{Connection, Server};
use crate::tls::{Authority, trusting};
use crate::{get, post, text};

/// Speaks HTTP/2 with whoever offers it, else echoes in HTTP/1.1.
async fn serve(authority: &Authority) -> Server {
    let mut config = authority.issue(&["localhost"], |_| {}).server();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    Server::start(move |_, stream| {
        let acceptor = acceptor.clone();
        async move {
            let stream = acceptor.accept(stream).await.unwrap();
            if stream.get_ref().1.alpn_protocol() != Some(b"h2") {
                return Connection::new(stream).echo().await;
            }
            let echo = service_fn(|request: hyper::Request<hyper::body::Incoming>| async {
                let (head, body) = request.into_parts();
                let body = body.collect().await?.to_bytes();
                let names: Vec<_> = head.headers.keys().map(|name| name.as_str()).collect();
                let answer = format!(
                    "{:?} {} {} {names:?} {}",
                    head.version,
                    head.method,
                    head.uri,
                    String::from_utf8_lossy(&body)
                );
                Ok::<_, hyper::Error>(hyper::Response::new(Full::new(Bytes::from(answer))))
            });
            let _ = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                .serve_connection(TokioIo::new(stream), echo)
                .await;
        }
    })
    .await
}

#[tokio::test]
async fn exchanges_share_a_connection() {
    let authority = Authority::new("ours");
    let server = serve(&authority).await;
    let base = format!("https://localhost:{}", server.address.port());
    let transport = Transport::new(TransportConfig {
        http2: true,
        ..trusting(authority.bundle())
    });
    let mut request = post(format!("{base}/a?b"), "hello");
    request.set_header("Host", "ignored");
    request.set_header("X-Amz-Date", "now");
    let response = transport.send(&request).await.unwrap();
    assert_eq!(
        text(response).await,
        format!("HTTP/2.0 POST {base}/a?b [\"x-amz-date\", \"content-length\"] hello")
    );
    let mut streamed = post(format!("{base}/s"), "");
    streamed.body = RequestBody::stream(&b"events"[..], None);
    streamed.set_header("Transfer-Encoding", "chunked");
    let plain = get(format!("{base}/g"));
    let (streamed, plain) = tokio::join!(transport.send(&streamed), transport.send(&plain));
    assert!(text(streamed.unwrap()).await.ends_with(" [] events"));
    assert!(text(plain.unwrap()).await.contains("GET"));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn it_is_not_spoken_unasked() {
    let authority = Authority::new("ours");
    let server = serve(&authority).await;
    let url = format!("https://localhost:{}/", server.address.port());
    let transport = Transport::new(trusting(authority.bundle()));
    let echoed = text(transport.send(&get(url)).await.unwrap()).await;
    assert!(echoed.starts_with("GET / HTTP/1.1\r\n"), "{echoed}");
}
