//! Requests on the wire, responses from it, connections between them.

use awl_sdk::transport::RequestBody;
use bytes::Bytes;

use crate::server::{Connection, Server};
use crate::{get, post, text, transport};

const NOTHING: &str = "HTTP/1.1 204 No Content\r\n\r\n";

#[tokio::test]
async fn requests_keep_the_order_of_their_headers() {
    let server = Server::echo().await;
    let mut request = post(server.url("/a%20b//c?x=%2F&y"), "hello");
    for (name, value) in [
        ("Accept-Encoding", "identity"),
        ("x-amz-date", "20150830T123600Z"),
        ("User-Agent", "awl"),
        ("X-Amz-Meta-B", "é"),
        ("Authorization", "AWS4"),
    ] {
        request.headers.push((name.into(), value.into()));
    }
    let echoed = text(transport().send(&request).await.unwrap()).await;
    let expected = format!(
        "POST /a%20b//c?x=%2F&y HTTP/1.1\r\nHost: {}\r\nAccept-Encoding: identity\r\n\
         X-Amz-Date: 20150830T123600Z\r\nUser-Agent: awl\r\nX-Amz-Meta-B: é\r\n\
         Authorization: AWS4\r\nContent-Length: 5\r\n\r\nhello",
        server.address
    );
    assert_eq!(echoed, expected);
}

#[tokio::test]
async fn lengths_are_announced_where_the_method_has_a_body() {
    let server = Server::echo().await;
    for (method, body, expected) in [
        ("GET", "", "GET / HTTP/1.1\r\nHost: {}\r\n\r\n"),
        (
            "DELETE",
            "",
            "DELETE / HTTP/1.1\r\nHost: {}\r\nContent-Length: 0\r\n\r\n",
        ),
        (
            "PUT",
            "",
            "PUT / HTTP/1.1\r\nHost: {}\r\nContent-Length: 0\r\n\r\n",
        ),
        (
            "GET",
            "x",
            "GET / HTTP/1.1\r\nHost: {}\r\nContent-Length: 1\r\n\r\nx",
        ),
    ] {
        let mut request = post(server.url(""), body);
        request.method = method.to_owned();
        let echoed = text(transport().send(&request).await.unwrap()).await;
        assert_eq!(echoed, expected.replace("{}", &server.address.to_string()));
    }
}

#[tokio::test]
async fn a_host_that_is_given_is_sent() {
    let server = Server::echo().await;
    let mut request = get(server.url("/"));
    request.set_header("host", "example.com");
    let echoed = text(transport().send(&request).await.unwrap()).await;
    assert_eq!(echoed, "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
}

#[tokio::test]
async fn bodies_come_from_memory_files_and_streams() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("body");
    let content: String = ('a'..='z').cycle().take(700_000).collect();
    std::fs::write(&path, &content).unwrap();
    let server = Server::echo().await;
    let stream = || std::io::Cursor::new(content.clone().into_bytes());
    for (body, framing) in [
        (RequestBody::from(content.clone()), "Content-Length: 700000"),
        (
            RequestBody::file(&path, 0, 700_000),
            "Content-Length: 700000",
        ),
        (
            RequestBody::stream(stream(), Some(700_000)),
            "Content-Length: 700000",
        ),
        (
            RequestBody::stream(stream(), None),
            "Transfer-Encoding: chunked",
        ),
    ] {
        let mut request = post(server.url("/"), "");
        request.body = body;
        let echoed = text(transport().send(&request).await.unwrap()).await;
        let (head, body) = echoed.split_once("\r\n\r\n").unwrap();
        assert!(head.ends_with(framing), "{head}");
        assert!(body == content);
    }
    let mut request = post(server.url("/"), "");
    request.body = RequestBody::file(&path, 26, 3);
    let echoed = text(transport().send(&request).await.unwrap()).await;
    assert!(echoed.ends_with("Content-Length: 3\r\n\r\nabc"));
}

#[tokio::test]
async fn a_body_may_be_framed_by_the_caller() {
    let server = Server::echo().await;
    let mut request = post(server.url("/"), "hello");
    request.set_header("Transfer-Encoding", "chunked");
    let echoed = text(transport().send(&request).await.unwrap()).await;
    let (head, body) = echoed.split_once("\r\n\r\n").unwrap();
    assert!(head.ends_with("Transfer-Encoding: chunked"), "{head}");
    assert!(!head.contains("Content-Length"), "{head}");
    assert_eq!(body, "hello");
}

#[tokio::test]
async fn responses_keep_their_headers() {
    let server = Server::start(|_, stream| async move {
        let mut connection = Connection::new(stream);
        connection.read_request().await;
        let head = b"HTTP/1.1 404 Nope\r\nB: 1\r\nA: 2\r\nX-Amz-Meta-N: \xe9\r\nB: 3\r\nContent-Length: 2\r\n\r\nno";
        tokio::io::AsyncWriteExt::write_all(&mut connection.stream, head)
            .await
            .unwrap();
    })
    .await;
    let response = transport().send(&get(server.url("/"))).await.unwrap();
    assert_eq!(response.status, 404);
    let headers: Vec<_> = response
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        headers,
        [
            ("b", "1"),
            ("b", "3"),
            ("a", "2"),
            ("x-amz-meta-n", "é"),
            ("content-length", "2"),
        ]
    );
    assert_eq!(response.header("A"), Some("2"));
    assert_eq!(text(response).await, "no");
}

#[tokio::test]
async fn bodies_of_responses_come_as_they_are_sent() {
    let (proceed, wait) = tokio::sync::oneshot::channel();
    let wait = std::sync::Mutex::new(Some(wait));
    let server = Server::start(move |_, stream| {
        let wait = wait.lock().unwrap().take().unwrap();
        async move {
            let mut connection = Connection::new(stream);
            connection.read_request().await;
            let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
            connection.write(head).await;
            wait.await.unwrap();
            connection.write("6\r\n world\r\n0\r\n\r\n").await;
        }
    })
    .await;
    let mut response = transport().send(&get(server.url("/"))).await.unwrap();
    let first = response.body.chunk().await.unwrap();
    assert_eq!(first, Some(Bytes::from_static(b"hello")));
    proceed.send(()).unwrap();
    let second = response.body.chunk().await.unwrap();
    assert_eq!(second, Some(Bytes::from_static(b" world")));
    assert_eq!(response.body.chunk().await.unwrap(), None);
    assert_eq!(response.body.chunk().await.unwrap(), None);
}

#[tokio::test]
async fn a_body_without_a_length_ends_with_the_connection() {
    let server = Server::start(|_, stream| async move {
        let mut connection = Connection::new(stream);
        connection.read_request().await;
        connection.write("HTTP/1.1 200 OK\r\n\r\nhello").await;
    })
    .await;
    let response = transport().send(&get(server.url("/"))).await.unwrap();
    assert_eq!(text(response).await, "hello");
}

#[tokio::test]
async fn connections_are_kept_when_the_response_has_been_read() {
    for response in [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n",
        NOTHING,
    ] {
        let server = Server::answering(response).await;
        let transport = transport();
        for _ in 0..3 {
            let response = transport
                .send(&post(server.url("/"), "request"))
                .await
                .unwrap();
            response.body.collect().await.unwrap();
        }
        assert_eq!(server.connections(), 1, "{response}");
    }
}

#[tokio::test]
async fn responses_to_head_have_no_body() {
    let server = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n").await;
    let transport = transport();
    for _ in 0..2 {
        let mut request = get(server.url("/"));
        request.method = "HEAD".to_owned();
        let response = transport.send(&request).await.unwrap();
        assert_eq!(response.header("content-length"), Some("5"));
        assert_eq!(text(response).await, "");
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn connections_are_not_kept_when_they_cannot_be() {
    let closing = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
    let server = Server::answering(closing).await;
    let first = transport();
    for _ in 0..2 {
        let response = first.send(&get(server.url("/"))).await.unwrap();
        assert_eq!(text(response).await, "ok");
    }
    assert_eq!(server.connections(), 2, "the server closes");

    let server = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello").await;
    let second = transport();
    for _ in 0..2 {
        let response = second.send(&get(server.url("/"))).await.unwrap();
        drop(response);
    }
    assert_eq!(server.connections(), 2, "the body has not been read");
}

#[tokio::test]
async fn exchanges_at_one_time_have_a_connection_each() {
    let server = Server::echo().await;
    let transport = transport();
    for _ in 0..2 {
        let (one, two) = (get(server.url("/1")), get(server.url("/2")));
        let (one, two) = tokio::join!(transport.send(&one), transport.send(&two));
        let (one, two) = (one.unwrap(), two.unwrap());
        assert!(text(one).await.starts_with("GET /1 "));
        assert!(text(two).await.starts_with("GET /2 "));
    }
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let server = Server::answering(
        "HTTP/1.1 307 Temporary\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
    )
    .await;
    let response = transport().send(&get(server.url("/"))).await.unwrap();
    assert_eq!(response.status, 307);
}

/// Answers the first request of each connection, and closes it at the second.
async fn forgetful() -> Server {
    Server::start(|_, stream| async move {
        let mut connection = Connection::new(stream);
        connection.read_request().await;
        connection.respond("once").await;
        connection.read_request().await;
    })
    .await
}

#[tokio::test]
async fn a_dead_connection_is_replaced() {
    let server = forgetful().await;
    let transport = transport();
    for expected in 1..=4 {
        let response = transport
            .send(&post(server.url("/"), "again"))
            .await
            .unwrap();
        assert_eq!(text(response).await, "once");
        assert_eq!(server.connections(), expected);
    }
}

#[tokio::test]
async fn a_body_that_is_gone_is_not_sent_again() {
    let server = forgetful().await;
    let transport = transport();
    let response = transport.send(&get(server.url("/"))).await.unwrap();
    assert_eq!(text(response).await, "once");
    let mut request = post(server.url("/"), "");
    request.body = RequestBody::stream(&b"gone"[..], None);
    let error = crate::refused(&transport, &request).await;
    assert!(error.to_string().starts_with("Connection was closed"));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_close_is_noticed_before_a_body_is_risked() {
    let (closed, mut is_closed) = tokio::sync::mpsc::unbounded_channel();
    let server = Server::start(move |_, stream| {
        let closed = closed.clone();
        async move {
            let mut connection = Connection::new(stream);
            connection.read_request().await;
            connection.respond("once").await;
            drop(connection);
            closed.send(()).unwrap();
        }
    })
    .await;
    let transport = transport();
    for expected in 1..=3 {
        let mut request = post(server.url("/"), "");
        request.body = RequestBody::stream(&b"once"[..], Some(4));
        let response = transport.send(&request).await.unwrap();
        assert_eq!(text(response).await, "once");
        assert_eq!(server.connections(), expected);
        is_closed.recv().await.unwrap();
    }
}
