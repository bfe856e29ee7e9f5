//! A connection that can be cut, and that does not wait for ever for a client
//! that takes nothing.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// How long a client may take nothing of an answer.
const WRITE_TIMEOUT: Duration = Duration::from_secs(60);

/// How a connection is to end. It is told by whoever answers.
#[derive(Debug, Default)]
pub(crate) struct Cut(AtomicU64);

/// It is reset when it ends.
const RESET: u64 = 1;
/// Above this: it ends after so many bytes of the next body.
const AFTER: u64 = 2;

impl Cut {
    /// Has the connection reset when it ends.
    pub(crate) fn reset(&self) {
        self.0.store(RESET, Ordering::Relaxed);
    }

    /// Has it end within the body that is sent next.
    pub(crate) fn after(&self, bytes: u64) {
        self.0.store(bytes.saturating_add(AFTER), Ordering::Relaxed);
    }
}

/// A connection.
pub(crate) struct Link {
    stream: TcpStream,
    cut: std::sync::Arc<Cut>,
    /// What may still be written, once a body is cut.
    left: Option<u64>,
    stalled: Option<Pin<Box<Sleep>>>,
}

impl Link {
    pub(crate) fn new(stream: TcpStream, cut: std::sync::Arc<Cut>) -> Self {
        Self {
            stream,
            cut,
            left: None,
            stalled: None,
        }
    }

    /// How much of a buffer may be written.
    fn allowed(&mut self, buffer: &[u8]) -> usize {
        if self.left.is_none() {
            let cut = self.cut.0.load(Ordering::Relaxed);
            if cut < AFTER {
                return buffer.len();
            }
            let head = buffer.windows(4).position(|four| four == b"\r\n\r\n");
            let head = head.map_or(buffer.len(), |at| at + 4);
            self.left = Some(cut - AFTER + head as u64);
        }
        let left = self.left.unwrap_or_default();
        buffer
            .len()
            .min(usize::try_from(left).unwrap_or(usize::MAX))
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if self.cut.0.load(Ordering::Relaxed) == RESET {
            // It is closed all the same where that cannot be had.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Link {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Link {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        let allowed = self.allowed(buffer);
        if allowed == 0 && !buffer.is_empty() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        match Pin::new(&mut self.stream).poll_write(context, &buffer[..allowed]) {
            Poll::Ready(written) => {
                self.stalled = None;
                if let (Some(left), Ok(written)) = (&mut self.left, &written) {
                    *left = left.saturating_sub(*written as u64);
                }
                Poll::Ready(written)
            }
            Poll::Pending => {
                let stalled = self
                    .stalled
                    .get_or_insert_with(|| Box::pin(sleep(WRITE_TIMEOUT)));
                match stalled.as_mut().poll(context) {
                    Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
                    Poll::Pending => Poll::Pending,
                }
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
