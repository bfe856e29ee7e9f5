//! What is said when there is no response, and what it costs.

use std::time::Duration;

use awl_sdk::transport::{RequestBody, Transport, TransportConfig, TransportErrorKind};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpSocket};

use crate::server::{Connection, Server};
use crate::{get, patient, post, refused, text, transport};

fn hurried() -> Transport {
    Transport::new(TransportConfig {
        read_timeout: Some(Duration::from_secs(60)),
        ..patient()
    })
}

#[tokio::test]
async fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = refused(&transport(), &get(format!("http://{address}/x?y"))).await;
    assert_eq!(error.kind(), TransportErrorKind::Connect);
    assert_eq!(
        error.to_string(),
        format!("Could not connect to the endpoint URL: \"http://{address}/x?y\"")
    );
}

#[tokio::test]
async fn the_name_does_not_resolve() {
    // No resolver is asked for a name that can be none.
    let error = refused(&transport(), &get("http://no..host/")).await;
    assert_eq!(error.kind(), TransportErrorKind::Connect);
}

#[tokio::test]
async fn nonsense_is_refused() {
    let bad_name = {
        let mut request = get("http://127.0.0.1:1/");
        request.set_header("bad name", "x");
        request
    };
    let bad_value = {
        let mut request = get("http://127.0.0.1:1/");
        request.set_header("name", "a\r\nb: c");
        request
    };
    let server = Server::echo().await;
    for mut request in [get("ftp://h/"), get("h"), bad_name, bad_value] {
        request.url = request
            .url
            .replace("127.0.0.1:1", &server.address.to_string());
        let error = refused(&transport(), &request).await;
        assert_eq!(error.kind(), TransportErrorKind::Request, "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_server_does_not_accept_in_time() {
    // A queue that is full: further connections wait for ever.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let _filler = std::net::TcpStream::connect(address).unwrap();
    let transport = Transport::new(TransportConfig {
        connect_timeout: Some(Duration::from_secs(60)),
        ..patient()
    });
    let url = format!("http://{address}/");
    let error = refused(&transport, &get(&url)).await;
    assert_eq!(error.kind(), TransportErrorKind::ConnectTimeout);
    assert_eq!(
        error.to_string(),
        format!("Connect timeout on endpoint URL: \"{url}\"")
    );
}

#[tokio::test(start_paused = true)]
async fn the_server_does_not_answer_in_time() {
    let server = Server::start(|_, stream| async move {
        let mut connection = Connection::new(stream);
        connection.read_request().await;
        std::future::pending::<()>().await;
    })
    .await;
    let url = server.url("/slow");
    for request in [get(&url), post(&url, "x")] {
        let error = refused(&hurried(), &request).await;
        assert_eq!(error.kind(), TransportErrorKind::ReadTimeout);
        assert_eq!(
            error.to_string(),
            format!("Read timeout on endpoint URL: \"{url}\"")
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_body_stops_coming() {
    let server = Server::start(|_, stream| async move {
        let mut connection = Connection::new(stream);
        connection.read_request().await;
        connection
            .write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
            .await;
        std::future::pending::<()>().await;
    })
    .await;
    let mut response = hurried().send(&get(server.url("/"))).await.unwrap();
    assert_eq!(response.body.chunk().await.unwrap().unwrap(), "hello");
    let error = response.body.chunk().await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::ReadTimeout);
}

/// Each step takes less than the limit, all of them more.
#[tokio::test(start_paused = true)]
async fn slow_is_not_silent() {
    async fn pause() {
        tokio::time::sleep(Duration::from_secs(40)).await;
    }
    let server = Server::start(|_, stream| async move {
        let mut connection = Connection::new(stream);
        let received = connection.read_request().await.unwrap();
        assert_eq!(received.body, b"hello");
        pause().await;
        connection
            .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            .await;
        for chunk in ["5\r\nhello\r\n", "6\r\n world\r\n", "0\r\n\r\n"] {
            pause().await;
            connection.write(chunk).await;
        }
    })
    .await;
    let (mut writer, reader) = tokio::io::duplex(1);
    tokio::spawn(async move {
        for byte in b"hello" {
            pause().await;
            writer.write_u8(*byte).await.unwrap();
        }
    });
    let mut request = post(server.url("/"), "");
    request.body = RequestBody::stream(reader, None);
    let response = hurried().send(&request).await.unwrap();
    assert_eq!(text(response).await, "hello world");
}

#[tokio::test]
async fn the_connection_ends_before_the_response() {
    let url_of = |server: &Server| server.url("/x");
    for response in ["", "HTTP/1.1 200 OK\r\nContent-Le", "nonsense\r\n\r\n"] {
        let server = Server::start(move |_, stream| async move {
            let mut connection = Connection::new(stream);
            connection.read_request().await;
            connection.write(response).await;
        })
        .await;
        let error = refused(&transport(), &get(url_of(&server))).await;
        assert_eq!(error.kind(), TransportErrorKind::ConnectionClosed);
        assert_eq!(
            error.to_string(),
            format!(
                "Connection was closed before we received a valid response from endpoint URL: \"{}\".",
                url_of(&server)
            )
        );
        assert_eq!(server.connections(), 1, "a new connection is no stale one");
    }
}

#[tokio::test]
async fn the_body_is_cut_off() {
    let cut = |response: &'static str| {
        Server::start(move |_, stream| async move {
            let mut connection = Connection::new(stream);
            connection.read_request().await;
            connection.write(response).await;
        })
    };
    let server = cut("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello").await;
    let mut response = transport().send(&get(server.url("/"))).await.unwrap();
    assert_eq!(response.body.expected_length(), Some(10));
    assert_eq!(response.body.chunk().await.unwrap().unwrap(), "hello");
    let error = response.body.chunk().await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Response);
    assert_eq!(
        error.to_string(),
        "('Connection broken: IncompleteRead(5 bytes read, 5 more expected)', \
         IncompleteRead(5 bytes read, 5 more expected))"
    );

    // Read whole, it counts as no response.
    let response = transport().send(&get(server.url("/"))).await.unwrap();
    let error = response.body.collect().await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::ConnectionClosed);

    let server =
        cut("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n wo").await;
    let mut response = transport().send(&get(server.url("/"))).await.unwrap();
    let error = loop {
        match response.body.chunk().await {
            Ok(chunk) => assert!(chunk.is_some(), "the end was never sent"),
            Err(error) => break error,
        }
    };
    assert!(
        error
            .to_string()
            .starts_with("An error occurred while reading from response stream: "),
        "{error}"
    );
}

#[tokio::test]
async fn the_file_is_not_what_was_announced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("body");
    std::fs::write(&path, "hello").unwrap();
    let server = Server::echo().await;
    for body in [
        RequestBody::file(folder.path().join("none"), 0, 5),
        RequestBody::file(&path, 0, 6),
        RequestBody::stream(&b"hello"[..], Some(6)),
        RequestBody::stream(&b"hello"[..], Some(4)),
    ] {
        let mut request = post(server.url("/"), "");
        request.body = body;
        let error = refused(&transport(), &request).await;
        assert_eq!(error.kind(), TransportErrorKind::Request, "{error}");
    }
}

#[tokio::test]
async fn an_answer_may_come_before_the_request_is_over() {
    let server = Server::start(|_, stream| async move {
        let mut connection = Connection::new(stream);
        connection.read_head().await;
        connection
            .write("HTTP/1.1 400 Bad\r\nContent-Length: 5\r\n\r\nenough")
            .await;
        // Not one byte of the body is read.
        std::future::pending::<()>().await;
    })
    .await;
    let mut request = post(server.url("/"), "");
    request.body = vec![b'x'; 50_000_000].into();
    let transport = transport();
    for expected in 1..=2 {
        let response = transport.send(&request).await.unwrap();
        assert_eq!(response.status, 400);
        assert_eq!(text(response).await, "enoug");
        assert_eq!(server.connections(), expected);
    }
}
