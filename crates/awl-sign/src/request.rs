//! The request as a signer sees it: method, URL, headers in order, and what its body hashes to.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use crate::error::SignError;
use crate::text::{hex, sha256_hex};

/// The SHA-256 of nothing.
pub const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// Stands for a hash where the body is not signed.
pub const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";
/// Stands for a hash where the body is sent in unsigned chunks with a checksum behind them.
pub const STREAMING_UNSIGNED_PAYLOAD_TRAILER: &str = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
/// Stands for a hash where every chunk of the body carries a signature.
pub const STREAMING_SIGNED_PAYLOAD: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
/// As [`STREAMING_SIGNED_PAYLOAD`], with signed trailers.
pub const STREAMING_SIGNED_PAYLOAD_TRAILER: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
/// As [`STREAMING_SIGNED_PAYLOAD`], of version 4a.
pub const STREAMING_SIGNED_PAYLOAD_V4A: &str = "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD";
/// As [`STREAMING_SIGNED_PAYLOAD_TRAILER`], of version 4a.
pub const STREAMING_SIGNED_PAYLOAD_TRAILER_V4A: &str =
    "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER";
/// Stands for a hash where the body is a stream of signed events.
pub const STREAMING_SIGNED_EVENTS: &str = "STREAMING-AWS4-HMAC-SHA256-EVENTS";

pub(crate) const AUTHORIZATION: &str = "Authorization";
pub(crate) const CONTENT_SHA256: &str = "X-Amz-Content-SHA256";
pub(crate) const SECURITY_TOKEN: &str = "X-Amz-Security-Token";
pub(crate) const AMZ_DATE: &str = "X-Amz-Date";

/// A request to sign; signing adds headers, or rewrites the URL when it is presigned.
#[derive(Clone, Debug)]
pub struct SignableRequest<'a> {
    /// The method; the signature always has it in upper case.
    pub method: Cow<'a, str>,
    /// `scheme://host[:port]/path?query`, encoded as it goes on the wire.
    pub url: String,
    /// Headers in the order they are sent, without those that transport adds later.
    pub headers: Vec<(String, String)>,
    /// The body, or what stands for it.
    pub payload: Payload<'a>,
}

impl SignableRequest<'_> {
    /// The first value of a header, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn remove_header(&mut self, name: &str) {
        self.headers
            .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    }

    /// Replaces a header and moves it last, as botocore's delete-and-set does.
    pub(crate) fn replace_header(
        &mut self,
        name: &str,
        value: impl Into<String>,
    ) -> Result<(), SignError> {
        self.remove_header(name);
        self.add_header(name, value)
    }

    /// Adds a header last, unless what came in with credentials or settings cannot be one.
    pub(crate) fn add_header(
        &mut self,
        name: &str,
        value: impl Into<String>,
    ) -> Result<(), SignError> {
        let value = value.into();
        check_header(name, &value)?;
        self.headers.push((name.to_owned(), value));
        Ok(())
    }

    /// Refuses what cannot be sent as one request, such as a line break in a header.
    pub(crate) fn validate(&self) -> Result<(), SignError> {
        check_method(&self.method)?;
        self.headers
            .iter()
            .try_for_each(|(name, value)| check_header(name, value))
    }
}

/// What is signed of a request's body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Payload<'a> {
    /// The body itself, which is hashed.
    Bytes(Cow<'a, [u8]>),
    /// The hexadecimal SHA-256 of a body hashed elsewhere, see [`PayloadHasher`].
    Sha256(String),
    /// [`UNSIGNED_PAYLOAD`].
    Unsigned,
    /// [`STREAMING_UNSIGNED_PAYLOAD_TRAILER`].
    StreamingUnsignedTrailer,
    /// [`STREAMING_SIGNED_PAYLOAD`].
    StreamingSigned,
    /// [`STREAMING_SIGNED_PAYLOAD_TRAILER`].
    StreamingSignedTrailer,
    /// [`STREAMING_SIGNED_EVENTS`].
    Events,
}

impl Payload<'_> {
    /// No body.
    pub const EMPTY: Payload<'static> = Payload::Bytes(Cow::Borrowed(b""));

    /// The text that takes the hash's place in a canonical request.
    pub fn hash(&self) -> Cow<'_, str> {
        match self {
            Self::Bytes(bytes) if bytes.is_empty() => Cow::Borrowed(EMPTY_SHA256),
            Self::Bytes(bytes) => Cow::Owned(sha256_hex(bytes)),
            Self::Sha256(hash) => Cow::Borrowed(hash),
            Self::Unsigned => Cow::Borrowed(UNSIGNED_PAYLOAD),
            Self::StreamingUnsignedTrailer => Cow::Borrowed(STREAMING_UNSIGNED_PAYLOAD_TRAILER),
            Self::StreamingSigned => Cow::Borrowed(STREAMING_SIGNED_PAYLOAD),
            Self::StreamingSignedTrailer => Cow::Borrowed(STREAMING_SIGNED_PAYLOAD_TRAILER),
            Self::Events => Cow::Borrowed(STREAMING_SIGNED_EVENTS),
        }
    }
}

/// Hashes a body piece by piece, for [`Payload::Sha256`].
#[derive(Clone, Debug, Default)]
pub struct PayloadHasher(Sha256);

impl PayloadHasher {
    /// Starts with nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next piece.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hexadecimal SHA-256 of all pieces.
    pub fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

pub(crate) fn check_method(method: &str) -> Result<(), SignError> {
    if method.is_empty() || !method.bytes().all(is_token) {
        return Err(SignError::InvalidMethod {
            method: method.to_owned(),
        });
    }
    Ok(())
}

pub(crate) fn check_header(name: &str, value: &str) -> Result<(), SignError> {
    // Without an early exit, so that the compiler looks at many bytes at once.
    let has_control = value.bytes().fold(false, |found, byte| {
        found | ((byte < b' ') & (byte != b'\t')) | (byte == 0x7f)
    });
    let reason = if name.is_empty() || !name.bytes().all(is_token) {
        "the name is not a token"
    } else if has_control {
        "the value has a control character"
    } else {
        return Ok(());
    };
    Err(SignError::InvalidHeader {
        name: name.to_owned(),
        reason,
    })
}

/// RFC 9110's token characters, of which methods and header names are made.
pub(crate) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_breaks_a_request_is_refused() {
        let check = |name: &str, value: &str, good: bool| {
            let request = SignableRequest {
                method: "GET".into(),
                url: "https://host/".to_owned(),
                headers: vec![(name.to_owned(), value.to_owned())],
                payload: Payload::EMPTY,
            };
            assert_eq!(request.validate().is_ok(), good, "{name:?}: {value:?}");
        };
        check("X-Amz-Meta-A", "tab\tand é", true);
        check("X-Amz-Meta-A", "line\r\nHost: evil", false);
        check("X-Amz-Meta-A", "line\n folded", false);
        check("X-Amz-Meta-A", "nul\0", false);
        check("a b", "", false);
        check("", "", false);
        check("a:b", "", false);
    }

    #[test]
    fn hashing_in_pieces_is_hashing() {
        let mut hasher = PayloadHasher::new();
        assert_eq!(hasher.clone().finish(), EMPTY_SHA256);
        hasher.update(b"ab");
        hasher.update(b"c");
        assert_eq!(
            hasher.finish(),
            Payload::Bytes(b"abc".as_slice().into()).hash()
        );
    }
}
