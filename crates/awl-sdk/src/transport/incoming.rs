//! The body of a response, as it comes.

use std::error::Error as _;
use std::fmt;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body::Body as _;
use hyper::body::Incoming;
use tokio::time::timeout;

use super::TransportError;
use super::outgoing::SendState;
use super::pool::{Connection, Pool, PoolKey};
use crate::checksum::{ChecksumValidator, ResponseChecksum};

/// The body of a response. Read to its end, it gives its connection back for
/// the next request; dropped before, it closes it.
pub struct ResponseBody {
    content: Content,
    /// Gone when the body has ended.
    validator: Option<Box<ChecksumValidator>>,
}

enum Content {
    Bytes(Bytes),
    Stream(Box<StreamBody>),
}

/// A body on its connection.
pub(super) struct StreamBody {
    pub(super) incoming: Incoming,
    /// Gone when the body has ended.
    pub(super) lease: Option<Lease>,
    pub(super) url: String,
    pub(super) read_timeout: Option<Duration>,
    pub(super) expected: Option<u64>,
    pub(super) received: u64,
}

impl ResponseBody {
    pub(super) fn stream(mut body: StreamBody) -> Self {
        if body.incoming.is_end_stream() {
            body.finish();
        }
        Self {
            content: Content::Stream(Box::new(body)),
            validator: None,
        }
    }

    /// The same body, to be checked at its end.
    #[must_use]
    pub fn validated(mut self, checksum: &ResponseChecksum) -> Self {
        self.validator = Some(Box::new(checksum.validator()));
        self
    }

    /// The next bytes; `None` at the end. Cancel safe: bytes are lost only
    /// with the body.
    ///
    /// # Errors
    /// A silence longer than the read timeout, an end before the announced
    /// length, a connection that breaks, a wrong checksum.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        let chunk = match &mut self.content {
            Content::Bytes(bytes) if bytes.is_empty() => None,
            Content::Bytes(bytes) => Some(std::mem::take(bytes)),
            Content::Stream(body) => body.chunk().await?,
        };
        match &chunk {
            Some(chunk) => {
                if let Some(validator) = &mut self.validator {
                    validator.update(chunk);
                }
            }
            None => {
                if let Some(validator) = self.validator.take() {
                    validator.finish()?;
                }
            }
        }
        Ok(chunk)
    }

    /// All that is still to come. A response that breaks off here was never
    /// whole, so that is said as of the exchange itself.
    ///
    /// # Errors
    /// As [`chunk`](Self::chunk), with [`TransportError::ConnectionClosed`]
    /// where it tells of a broken stream.
    pub async fn collect(mut self) -> Result<Bytes, TransportError> {
        let url = match &self.content {
            Content::Bytes(_) => String::new(),
            Content::Stream(body) => body.url.clone(),
        };
        let as_exchange = |error| match error {
            TransportError::IncompleteRead { .. } | TransportError::ResponseStream { .. } => {
                TransportError::closed(&url, error)
            }
            TransportError::ReadTimeout { .. } => TransportError::ReadTimeout { url: url.clone() },
            other => other,
        };
        let Some(first) = self.chunk().await.map_err(as_exchange)? else {
            return Ok(Bytes::new());
        };
        let Some(second) = self.chunk().await.map_err(as_exchange)? else {
            return Ok(first);
        };
        let mut all = BytesMut::with_capacity(self.likely_size(first.len() + second.len()));
        all.extend_from_slice(&first);
        all.extend_from_slice(&second);
        while let Some(chunk) = self.chunk().await.map_err(as_exchange)? {
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }

    /// The announced length, where there is one.
    #[must_use]
    pub fn expected_length(&self) -> Option<u64> {
        match &self.content {
            Content::Bytes(bytes) => Some(bytes.len() as u64),
            Content::Stream(body) => body.expected,
        }
    }

    /// What to allocate at once: the announced length, within reason.
    fn likely_size(&self, least: usize) -> usize {
        const MOST: u64 = 64 * 1024 * 1024;
        let announced = self.expected_length().unwrap_or(0).min(MOST) as usize;
        least.max(announced)
    }
}

impl From<Bytes> for ResponseBody {
    fn from(bytes: Bytes) -> Self {
        Self {
            content: Content::Bytes(bytes),
            validator: None,
        }
    }
}

impl fmt::Debug for ResponseBody {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.content {
            Content::Bytes(bytes) => write!(formatter, "ResponseBody({} bytes)", bytes.len()),
            Content::Stream(body) => write!(
                formatter,
                "ResponseBody({} of {:?} bytes read)",
                body.received, body.expected
            ),
        }
    }
}

impl StreamBody {
    async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        loop {
            if self.lease.is_none() {
                return Ok(None);
            }
            let incoming = &mut self.incoming;
            let next = poll_fn(|context| Pin::new(&mut *incoming).poll_frame(context));
            let frame = match self.read_timeout {
                Some(limit) => {
                    timeout(limit, next)
                        .await
                        .map_err(|_| TransportError::ReadTimeout {
                            // botocore has forgotten it by now.
                            url: "None".to_owned(),
                        })?
                }
                None => next.await,
            };
            match frame {
                Some(Ok(frame)) => {
                    // Trailers are passed over.
                    let Ok(data) = frame.into_data() else {
                        continue;
                    };
                    self.received += data.len() as u64;
                    if self.incoming.is_end_stream() {
                        self.finish();
                    }
                    if data.is_empty() {
                        continue;
                    }
                    return Ok(Some(data));
                }
                Some(Err(error)) => return Err(self.broken(error)),
                None => {
                    self.finish();
                    return Ok(None);
                }
            }
        }
    }

    fn finish(&mut self) {
        if let Some(lease) = self.lease.take() {
            lease.release();
        }
    }

    fn broken(&mut self, error: hyper::Error) -> TransportError {
        self.lease = None;
        match self.expected {
            Some(expected) if self.received < expected && is_end(&error) => {
                TransportError::IncompleteRead {
                    received: self.received,
                    expected,
                }
            }
            _ => TransportError::ResponseStream {
                source: Box::new(error),
            },
        }
    }
}

fn is_end(error: &hyper::Error) -> bool {
    let below = error.source().and_then(|error| error.downcast_ref());
    error.is_incomplete_message()
        || below.is_some_and(|error: &io::Error| error.kind() == io::ErrorKind::UnexpectedEof)
}

/// The hold that an exchange has on its connection.
pub(super) struct Lease {
    pub(super) connection: Option<Connection>,
    pub(super) key: PoolKey,
    pub(super) pool: Arc<Pool>,
    pub(super) state: Arc<SendState>,
}

impl Lease {
    /// Gives the connection back, if it can carry another exchange: not where
    /// the response came before all of the request was sent.
    fn release(mut self) {
        if !self.state.is_finished() {
            return;
        }
        let Some(connection) = self.connection.take() else {
            return;
        };
        // An HTTP/2 connection is in the pool all the time.
        if connection.share().is_none() {
            self.pool.put(self.key.clone(), connection);
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take()
            && connection.share().is_none()
        {
            connection.driver.abort();
        }
    }
}
