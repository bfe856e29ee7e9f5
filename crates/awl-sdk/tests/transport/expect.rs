//! `Expect: 100-continue`: the body waits for the server's word, or a second.

use std::time::Duration;

use awl_sdk::transport::HttpRequest;
use tokio::time::Instant;

use crate::server::{Connection, Server};
use crate::{post, text, transport};

fn expecting(url: String) -> HttpRequest {
    let mut request = post(url, "hello");
    request.set_header("Expect", "100-continue");
    request
}

/// Whether nothing has come, after a time in which something could have.
async fn is_silent(stream: &tokio::net::TcpStream) -> bool {
    tokio::time::sleep(Duration::from_millis(500)).await;
    let read = stream.try_read(&mut [0; 1]);
    matches!(read, Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
}

#[tokio::test(start_paused = true)]
async fn the_body_comes_after_the_word() {
    let server = Server::start(|_, stream| async move {
        let mut connection = Connection::new(stream);
        while let Some(head) = connection.read_head().await {
            assert!(head.contains("\r\nExpect: 100-continue"));
            assert!(is_silent(&connection.stream).await);
            connection
                .write("HTTP/1.1 100 Continue\r\nA: b\r\n\r\n")
                .await;
            let body = connection.read_body(&head).await.unwrap();
            assert_eq!(body, b"hello");
            connection.respond("done").await;
        }
    })
    .await;
    let transport = transport();
    for _ in 0..2 {
        let started = Instant::now();
        let response = transport.send(&expecting(server.url("/"))).await.unwrap();
        assert_eq!(text(response).await, "done");
        assert_eq!(started.elapsed().as_millis() / 100, 5);
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_body_comes_after_a_second_without_the_word() {
    let server = Server::echo().await;
    let started = Instant::now();
    let response = transport().send(&expecting(server.url("/"))).await.unwrap();
    assert!(text(response).await.ends_with("\r\n\r\nhello"));
    assert_eq!(started.elapsed().as_millis() / 100, 10);
}

#[tokio::test(start_paused = true)]
async fn the_body_does_not_come_after_a_refusal() {
    let server = Server::start(|_, stream| async move {
        let mut connection = Connection::new(stream);
        connection.read_head().await;
        connection
            .write("HTTP/1.1 307 Elsewhere\r\nContent-Length: 4\r\n\r\n")
            .await;
        assert!(is_silent(&connection.stream).await);
        connection.write("away").await;
        assert!(connection.read_head().await.is_none());
    })
    .await;
    let transport = transport();
    for expected in 1..=2 {
        let response = transport.send(&expecting(server.url("/"))).await.unwrap();
        assert_eq!(response.status, 307);
        assert_eq!(text(response).await, "away");
        assert_eq!(server.connections(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn other_words_are_not_the_word() {
    let server = Server::start(|_, stream| async move {
        let mut connection = Connection::new(stream);
        let head = connection.read_head().await.unwrap();
        connection.write("HTTP/1.1 102 Processing\r\n\r\n").await;
        assert!(is_silent(&connection.stream).await);
        connection.write("HTTP/1.1 100 Continue\r\n\r\n").await;
        connection.read_body(&head).await.unwrap();
        connection.respond("done").await;
    })
    .await;
    let response = transport().send(&expecting(server.url("/"))).await.unwrap();
    assert_eq!(text(response).await, "done");
}

#[tokio::test(start_paused = true)]
async fn without_a_body_nothing_waits() {
    let server = Server::echo().await;
    let mut request = expecting(server.url("/"));
    request.body = awl_sdk::transport::RequestBody::default();
    let started = Instant::now();
    transport().send(&request).await.unwrap();
    assert!(started.elapsed().is_zero());
}
