//! What goes wrong between the request and its answer, by curl's numbers.

use std::error::Error as _;
use std::io;

use awl_sdk::transport::TransportError;

use super::trace;
use crate::error::CommandError;

/// curl's exit codes.
pub(super) const PROXY_NAME: u8 = 5;
pub(super) const NAME: u8 = 6;
pub(super) const CONNECT: u8 = 7;
pub(super) const PARTIAL: u8 = 18;
pub(super) const STATUS: u8 = 22;
pub(super) const WRITE: u8 = 23;
pub(super) const READ: u8 = 26;
pub(super) const TIMEOUT: u8 = 28;
pub(super) const TLS: u8 = 35;
pub(super) const REDIRECTS: u8 = 47;
pub(super) const EMPTY: u8 = 52;
pub(super) const RECEIVE: u8 = 56;
pub(super) const CERTIFICATE: u8 = 60;
pub(super) const ENCODING: u8 = 61;
pub(super) const URL: u8 = 3;

/// Why there is no answer, or none that was wanted.
#[derive(Debug)]
pub(super) enum Failure {
    /// By curl's number.
    Curl(u8, String),
    /// What has a code of its own here: no credentials, a wrong word.
    Command(CommandError),
}

impl Failure {
    pub(super) fn new(code: u8, message: impl Into<String>) -> Self {
        Self::Curl(code, message.into())
    }

    /// What curl exits with.
    pub(super) fn code(&self) -> u8 {
        match self {
            Self::Curl(code, _) => *code,
            Self::Command(error) => error.code(),
        }
    }

    pub(super) fn message(&self) -> &str {
        match self {
            Self::Curl(_, message) => message,
            Self::Command(error) => error.message(),
        }
    }

    /// Whether another attempt may have more luck.
    pub(super) fn is_transient(&self) -> bool {
        matches!(self, Self::Curl(TIMEOUT, _))
    }
}

impl From<CommandError> for Failure {
    fn from(error: CommandError) -> Self {
        Self::Command(error)
    }
}

impl From<TransportError> for Failure {
    fn from(error: TransportError) -> Self {
        // The URL may be a presigned one.
        let message = masked(&error.to_string());
        let below = |source: &dyn std::fmt::Display| format!("{message} {source}");
        match &error {
            TransportError::Connect { source, .. } if is_name(source) => {
                Self::new(NAME, below(source))
            }
            TransportError::Connect { source, .. } => Self::new(CONNECT, below(source)),
            TransportError::ConnectTimeout { .. } | TransportError::ReadTimeout { .. } => {
                Self::new(TIMEOUT, message)
            }
            TransportError::Tls { reason, .. } if is_of_certificate(reason) => {
                Self::new(CERTIFICATE, message)
            }
            TransportError::Tls { .. } => Self::new(TLS, message),
            TransportError::Proxy { source, .. } if source.kind() == io::ErrorKind::TimedOut => {
                Self::new(TIMEOUT, below(source))
            }
            TransportError::Proxy { source, .. } if is_name(source) => {
                Self::new(PROXY_NAME, below(source))
            }
            TransportError::Proxy { source, .. } if source.raw_os_error().is_some() => {
                Self::new(CONNECT, below(source))
            }
            TransportError::Proxy { source, .. } => Self::new(RECEIVE, below(source)),
            TransportError::IncompleteRead { .. } => Self::new(PARTIAL, message),
            TransportError::ConnectionClosed { .. } if error.is_empty_answer() => {
                Self::new(EMPTY, message)
            }
            TransportError::RequestBody { .. } => Self::new(READ, message),
            TransportError::InvalidRequest { .. } => Self::new(URL, message),
            _ => match error.source() {
                Some(source) => Self::new(RECEIVE, below(&source)),
                None => Self::new(RECEIVE, message),
            },
        }
    }
}

/// A message without what authorises the URL in it.
fn masked(message: &str) -> String {
    let mut masked = message.to_owned();
    for name in trace::SECRETS {
        let mut from = 0;
        while let Some(at) = masked[from..].find(name) {
            from += at + name.len();
            if masked[from..].starts_with('=') {
                let rest = &masked[from + 1..];
                let end = rest.find(['&', '"', ' ', '\'']).unwrap_or(rest.len());
                masked.replace_range(from + 1..from + 1 + end, "****");
            }
        }
    }
    masked
}

/// Whether a handshake failed since the certificate is not believed.
fn is_of_certificate(reason: &str) -> bool {
    [
        "CERTIFICATE_VERIFY_FAILED",
        "doesn't match",
        "subjectAltName",
    ]
    .iter()
    .any(|words| reason.contains(words))
}

/// Whether a name has no address.
fn is_name(error: &io::Error) -> bool {
    error.raw_os_error().is_none()
        && (error.kind() == io::ErrorKind::NotFound || error.to_string().contains("lookup"))
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn messages_have_no_secrets() {
        let url = "\"http://h/?a=b&X-Amz-Security-Token=tok&X-Amz-Signature=sig\"";
        let expected = "no \"http://h/?a=b&X-Amz-Security-Token=****&X-Amz-Signature=****\" x";
        assert_eq!(masked(&format!("no {url} x")), expected);
        assert_eq!(masked("nothing"), "nothing");
    }
}
