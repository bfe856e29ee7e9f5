//! What can go wrong between a request and its answer, in the words of the
//! real client, because they reach the user as they are.

use std::io;

use crate::checksum::ChecksumError;

/// An exchange that failed before a complete response was there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The endpoint's name did not resolve, or nobody answered there.
    #[error("Could not connect to the endpoint URL: \"{url}\"")]
    Connect {
        /// The request's URL.
        url: String,
        /// What the system said.
        source: io::Error,
    },
    /// The endpoint did not accept the connection in time.
    #[error("Connect timeout on endpoint URL: \"{url}\"")]
    ConnectTimeout {
        /// The request's URL.
        url: String,
    },
    /// The endpoint was silent for too long.
    #[error("Read timeout on endpoint URL: \"{url}\"")]
    ReadTimeout {
        /// The request's URL.
        url: String,
    },
    /// The handshake failed: above all, the certificate was not accepted.
    #[error("SSL validation failed for {url} {reason}")]
    Tls {
        /// The request's URL.
        url: String,
        /// Why, worded as OpenSSL words it where it has words.
        reason: String,
        /// The error below, if there is one.
        source: Option<io::Error>,
    },
    /// The connection ended, or carried no HTTP, before the response was there.
    #[error(
        "Connection was closed before we received a valid response from endpoint URL: \"{url}\"."
    )]
    ConnectionClosed {
        /// The request's URL.
        url: String,
        /// What ended it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The proxy could not be reached, or refused the tunnel.
    #[error("Failed to connect to proxy URL: \"{proxy}\"")]
    Proxy {
        /// The proxy's URL, user and password masked.
        proxy: String,
        /// What the system or the proxy said.
        source: io::Error,
    },
    /// The body ended before its announced length.
    #[error(
        "('Connection broken: IncompleteRead({received} bytes read, {} more expected)', \
         IncompleteRead({received} bytes read, {} more expected))",
        .expected - .received, .expected - .received
    )]
    IncompleteRead {
        /// Bytes that came.
        received: u64,
        /// Bytes that were announced.
        expected: u64,
    },
    /// The body broke off otherwise.
    #[error("An error occurred while reading from response stream: {source}")]
    ResponseStream {
        /// What broke it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The body is not the one that the service sent.
    #[error(transparent)]
    Checksum(#[from] ChecksumError),
    /// The request's body could not be read, here.
    #[error("An HTTP Client raised an unhandled exception: {source}")]
    RequestBody {
        /// What reading it said.
        source: io::Error,
    },
    /// The request cannot be put on the wire: a URL or header that is none.
    #[error("An HTTP Client raised an unhandled exception: {reason}")]
    InvalidRequest {
        /// What is wrong with it.
        reason: String,
    },
}

/// The classes of [`TransportError`] that retry rules tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection.
    Connect,
    /// No connection in time.
    ConnectTimeout,
    /// No answer in time.
    ReadTimeout,
    /// No secure connection.
    Tls,
    /// No valid answer.
    ConnectionClosed,
    /// No connection to the proxy.
    Proxy,
    /// An answer that broke off while it streamed to the caller.
    Response,
    /// An answer that came whole but damaged.
    Checksum,
    /// A fault of the request itself, which another attempt would repeat.
    Request,
}

impl TransportError {
    /// The class of this error.
    #[must_use]
    pub const fn kind(&self) -> TransportErrorKind {
        match self {
            Self::Connect { .. } => TransportErrorKind::Connect,
            Self::ConnectTimeout { .. } => TransportErrorKind::ConnectTimeout,
            Self::ReadTimeout { .. } => TransportErrorKind::ReadTimeout,
            Self::Tls { .. } => TransportErrorKind::Tls,
            Self::ConnectionClosed { .. } => TransportErrorKind::ConnectionClosed,
            Self::Proxy { .. } => TransportErrorKind::Proxy,
            Self::IncompleteRead { .. } | Self::ResponseStream { .. } => {
                TransportErrorKind::Response
            }
            Self::Checksum(_) => TransportErrorKind::Checksum,
            Self::RequestBody { .. } | Self::InvalidRequest { .. } => TransportErrorKind::Request,
        }
    }

    /// Whether the connection ended without a single byte of an answer, or in
    /// the middle of its head.
    #[must_use]
    pub fn is_empty_answer(&self) -> bool {
        match self {
            Self::ConnectionClosed { source, .. } => source
                .downcast_ref::<hyper::Error>()
                .is_some_and(hyper::Error::is_incomplete_message),
            _ => false,
        }
    }

    pub(super) fn closed(
        url: &str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::ConnectionClosed {
            url: url.to_owned(),
            source: source.into(),
        }
    }

    pub(super) fn invalid(reason: impl Into<String>) -> Self {
        Self::InvalidRequest {
            reason: reason.into(),
        }
    }
}
