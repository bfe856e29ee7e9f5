//! A server that does what a test tells it, byte by byte.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A server's address and how many connections it has had.
pub struct Server {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// Serves each connection with `serve`, which is told its number from 0.
    pub async fn start<F, Served>(serve: F) -> Self
    where
        F: Fn(usize, TcpStream) -> Served + Send + 'static,
        Served: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let number = count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(number, stream));
            }
        });
        Self {
            address,
            connections,
        }
    }

    /// Answers every request of every connection with `response`.
    pub async fn answering(response: &'static str) -> Self {
        Self::start(move |_, stream| async move {
            let mut connection = Connection::new(stream);
            while connection.read_request().await.is_some() {
                connection.write(response).await;
            }
        })
        .await
    }

    /// Answers every request with itself, head and body, as text.
    pub async fn echo() -> Self {
        Self::start(|_, stream| async move { Connection::new(stream).echo().await }).await
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

/// A request as it came.
pub struct Received {
    /// The request line and the headers, without the empty line.
    pub head: String,
    pub body: Vec<u8>,
}

/// The server's end of a connection.
pub struct Connection<S> {
    pub stream: S,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    pub fn new(stream: S) -> Self {
        Self { stream }
    }

    /// Reads a request and its body; `None`: the client is gone.
    pub async fn read_request(&mut self) -> Option<Received> {
        let head = self.read_head().await?;
        let body = self.read_body(&head).await?;
        Some(Received { head, body })
    }

    pub async fn read_head(&mut self) -> Option<String> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.stream.read_u8().await.ok()?);
        }
        head.truncate(head.len() - 4);
        Some(String::from_utf8(head).unwrap())
    }

    /// Reads a body as `head` announces it.
    pub async fn read_body(&mut self, head: &str) -> Option<Vec<u8>> {
        let header = |name: &str| {
            head.lines()
                .filter_map(|line| line.split_once(": "))
                .find(|(other, _)| other.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.to_owned())
        };
        if header("transfer-encoding").as_deref() == Some("chunked") {
            return self.read_chunks().await;
        }
        let length = header("content-length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await.ok()?;
        Some(body)
    }

    async fn read_chunks(&mut self) -> Option<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let mut line = Vec::new();
            while !line.ends_with(b"\r\n") {
                line.push(self.stream.read_u8().await.ok()?);
            }
            let line = String::from_utf8(line).unwrap();
            let length = usize::from_str_radix(line.trim(), 16).unwrap();
            let mut chunk = vec![0; length + 2];
            self.stream.read_exact(&mut chunk).await.ok()?;
            if length == 0 {
                return Some(body);
            }
            body.extend_from_slice(&chunk[..length]);
        }
    }

    pub async fn write(&mut self, text: &str) {
        // The client may be gone, as some tests want it.
        let _ = self.stream.write_all(text.as_bytes()).await;
        let _ = self.stream.flush().await;
    }

    pub async fn respond(&mut self, body: &str) {
        self.write(&format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
        .await;
    }

    /// Answers requests with themselves until the client goes.
    pub async fn echo(&mut self) {
        while let Some(received) = self.read_request().await {
            let body = String::from_utf8(received.body).unwrap();
            self.respond(&format!("{}\r\n\r\n{body}", received.head))
                .await;
        }
    }
}
