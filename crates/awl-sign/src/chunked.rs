//! Reading bodies in S3's chunks (`aws-chunked`): framing, the signature of every chunk, trailers.

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::credentials::Credentials;
use crate::error::SignError;
use crate::key::{SigningKey, credential_scope};
use crate::request::{
    EMPTY_SHA256, STREAMING_SIGNED_PAYLOAD, STREAMING_SIGNED_PAYLOAD_TRAILER,
    STREAMING_SIGNED_PAYLOAD_TRAILER_V4A, STREAMING_SIGNED_PAYLOAD_V4A,
    STREAMING_UNSIGNED_PAYLOAD_TRAILER,
};
use crate::stream::Chain;
use crate::text::{hex, sha256_hex};
use crate::v4a::AsymmetricKey;
use crate::verify::Presented;

/// The longest line between chunks, and the most that trailers may be together.
const LONGEST_LINE: usize = 1024;
const LONGEST_TRAILERS: usize = 16 * 1024;
const TRAILER_SIGNATURE: &str = "x-amz-trailer-signature";

/// Why a body in chunks was refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChunkError {
    /// The framing is none.
    #[error("malformed chunk: {0}")]
    Malformed(&'static str),
    /// The body ended before its last chunk.
    #[error("the body ended before its last chunk")]
    Truncated,
    /// A chunk carries no signature, where all are signed.
    #[error("a chunk is not signed")]
    NotSigned,
    /// A signature is not that of its chunk, or of the trailers.
    #[error("the signature of {part} does not match")]
    Mismatch {
        /// `chunk 3`, counted from one, or `the trailers`.
        part: String,
    },
}

/// Takes a body in chunks apart as it comes, in constant memory.
///
/// Bytes are given out before the signature of their chunk has come: whatever is done with them
/// counts only once [`finish`](Self::finish) has returned the trailers.
///
/// ```
/// use awl_sign::ChunkDecoder;
///
/// let mut decoder = ChunkDecoder::unsigned();
/// let mut body = Vec::new();
/// for piece in ["3\r\nab", "c\r\n0\r\nx-amz-checksum-crc32:", "NSRBwg==\r\n\r\n"] {
///     decoder.push(piece.as_bytes(), &mut body)?;
/// }
/// assert_eq!(body, b"abc");
/// assert_eq!(decoder.finish()?, [("x-amz-checksum-crc32".to_owned(), "NSRBwg==".to_owned())]);
/// # Ok::<(), awl_sign::ChunkError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ChunkDecoder {
    verifier: Option<Verifier>,
    /// Whether a signature follows the trailers.
    signs_trailers: bool,
    state: State,
    line: Vec<u8>,
    hasher: Sha256,
    /// The signature that the chunk being read has.
    signature: String,
    chunks: u64,
    decoded: u64,
    trailers: Vec<(String, String)>,
    trailers_length: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// In the line before a chunk's bytes.
    Size,
    Data {
        left: u64,
    },
    /// Between a chunk's bytes and the next line.
    AfterData,
    Trailers,
    /// Behind the trailers' end.
    Done,
}

/// Checks signatures, each over the one before.
#[derive(Clone, Debug)]
struct Verifier {
    key: Key,
    chain: Chain,
}

#[derive(Clone, Debug)]
enum Key {
    Symmetric(SigningKey),
    Asymmetric(Box<AsymmetricKey>),
}

impl ChunkDecoder {
    /// For chunks that are not signed, announced as
    /// [`STREAMING_UNSIGNED_PAYLOAD_TRAILER`](crate::STREAMING_UNSIGNED_PAYLOAD_TRAILER).
    pub fn unsigned() -> Self {
        Self {
            verifier: None,
            signs_trailers: false,
            state: State::Size,
            line: Vec::new(),
            hasher: Sha256::new(),
            signature: String::new(),
            chunks: 0,
            decoded: 0,
            trailers: Vec::new(),
            trailers_length: 0,
        }
    }

    /// For the body of a request whose headers were verified, by what its `X-Amz-Content-SHA256`
    /// says; None where that announces no chunks.
    pub fn announced(
        content_sha256: &str,
        presented: &Presented,
        credentials: &Credentials,
    ) -> Result<Option<Self>, SignError> {
        let signs_trailers = match content_sha256 {
            STREAMING_UNSIGNED_PAYLOAD_TRAILER => return Ok(Some(Self::unsigned())),
            STREAMING_SIGNED_PAYLOAD | STREAMING_SIGNED_PAYLOAD_V4A => false,
            STREAMING_SIGNED_PAYLOAD_TRAILER | STREAMING_SIGNED_PAYLOAD_TRAILER_V4A => true,
            _ => return Ok(None),
        };
        let region = (!presented.asymmetric).then_some(presented.region.as_str());
        let key = match presented.asymmetric {
            true => Key::Asymmetric(Box::new(AsymmetricKey::derive(credentials)?)),
            false => Key::Symmetric(SigningKey::derive(
                credentials,
                &presented.date,
                &presented.region,
                &presented.signing_name,
            )),
        };
        let chain = Chain {
            asymmetric: presented.asymmetric,
            timestamp: presented.time.amz_date(),
            scope: credential_scope(&presented.date, region, &presented.signing_name),
            previous: presented.signature.to_ascii_lowercase(),
        };
        Ok(Some(Self {
            verifier: Some(Verifier { key, chain }),
            signs_trailers,
            ..Self::unsigned()
        }))
    }

    /// Takes bytes of the body and appends those of the payload to `output`.
    pub fn push(&mut self, mut input: &[u8], output: &mut Vec<u8>) -> Result<(), ChunkError> {
        while !input.is_empty() {
            match self.state {
                State::Data { left } => {
                    let length =
                        usize::try_from(left).map_or(input.len(), |it| it.min(input.len()));
                    let (piece, rest) = input.split_at(length);
                    if self.verifier.is_some() {
                        self.hasher.update(piece);
                    }
                    output.extend_from_slice(piece);
                    input = rest;
                    self.decoded += length as u64;
                    self.state = State::Data {
                        left: left - length as u64,
                    };
                    if left == length as u64 {
                        self.end_chunk()?;
                        self.state = State::AfterData;
                    }
                }
                State::Done => {
                    // Some clients end with one line more.
                    return match input.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
                        true => Ok(()),
                        false => Err(ChunkError::Malformed("bytes behind the last chunk")),
                    };
                }
                State::Size | State::AfterData | State::Trailers => {
                    let end = input.iter().position(|&byte| byte == b'\n');
                    let (piece, rest) = input.split_at(end.map_or(input.len(), |end| end + 1));
                    if self.line.len() + piece.len() > LONGEST_LINE {
                        return Err(ChunkError::Malformed("a line is too long"));
                    }
                    self.line.extend_from_slice(piece);
                    input = rest;
                    if end.is_some() {
                        let line = std::mem::take(&mut self.line);
                        self.end_line(line.trim_ascii_end())?;
                    }
                }
            }
        }
        Ok(())
    }

    /// How many bytes of payload came so far, to be held against
    /// `X-Amz-Decoded-Content-Length`.
    pub fn decoded_length(&self) -> u64 {
        self.decoded
    }

    /// Whether the last chunk and the trailers have come.
    pub fn is_complete(&self) -> bool {
        self.state == State::Done
    }

    /// The trailers, with lower-case names; an error if the body is not complete.
    pub fn finish(mut self) -> Result<Vec<(String, String)>, ChunkError> {
        // The empty line behind the last chunk is left out by some.
        if self.state == State::Trailers && self.line.is_empty() {
            self.end_trailers()?;
        }
        if self.state != State::Done {
            return Err(ChunkError::Truncated);
        }
        Ok(self.trailers)
    }

    fn end_line(&mut self, line: &[u8]) -> Result<(), ChunkError> {
        let line =
            std::str::from_utf8(line).map_err(|_| ChunkError::Malformed("a line is not UTF-8"))?;
        match self.state {
            State::Size => self.begin_chunk(line),
            State::AfterData if line.is_empty() => {
                self.state = State::Size;
                Ok(())
            }
            State::AfterData => Err(ChunkError::Malformed("a chunk is longer than it says")),
            _ if line.is_empty() => self.end_trailers(),
            _ => self.trailer(line),
        }
    }

    fn begin_chunk(&mut self, line: &str) -> Result<(), ChunkError> {
        let (size, extension) = line.split_once(';').unwrap_or((line, ""));
        let size = size.trim();
        let is_hex = !size.is_empty() && size.bytes().all(|byte| byte.is_ascii_hexdigit());
        let left = u64::from_str_radix(size, 16)
            .ok()
            .filter(|_| is_hex)
            .ok_or(ChunkError::Malformed("a size is no hexadecimal number"))?;
        self.chunks += 1;
        if self.verifier.is_some() {
            let signature = extension.trim().strip_prefix("chunk-signature=");
            self.signature = signature.ok_or(ChunkError::NotSigned)?.to_owned();
        }
        if left > 0 {
            self.state = State::Data { left };
            return Ok(());
        }
        self.end_chunk()?;
        self.state = State::Trailers;
        Ok(())
    }

    fn end_chunk(&mut self) -> Result<(), ChunkError> {
        let Some(verifier) = &mut self.verifier else {
            return Ok(());
        };
        let hash = hex(&std::mem::take(&mut self.hasher).finalize());
        if verifier.matches("PAYLOAD", &[EMPTY_SHA256, &hash], &self.signature) {
            return Ok(());
        }
        Err(ChunkError::Mismatch {
            part: format!("chunk {}", self.chunks),
        })
    }

    fn trailer(&mut self, line: &str) -> Result<(), ChunkError> {
        self.trailers_length += line.len();
        if self.trailers_length > LONGEST_TRAILERS {
            return Err(ChunkError::Malformed("the trailers are too long"));
        }
        let (name, value) = line
            .split_once(':')
            .ok_or(ChunkError::Malformed("a trailer has no colon"))?;
        let name = name.trim().to_ascii_lowercase();
        self.trailers.push((name, value.trim().to_owned()));
        Ok(())
    }

    fn end_trailers(&mut self) -> Result<(), ChunkError> {
        // The guide's examples have an empty line before the signature, too.
        let is_signature = |(name, _): &(String, String)| name == TRAILER_SIGNATURE;
        let Some(verifier) = self.verifier.as_mut().filter(|_| self.signs_trailers) else {
            self.state = State::Done;
            return Ok(());
        };
        let Some(place) = self.trailers.iter().position(is_signature) else {
            return match self.trailers.is_empty() {
                true => Err(ChunkError::NotSigned),
                false => Ok(()),
            };
        };
        let (_, signature) = self.trailers.remove(place);
        let mut lines = String::new();
        for (name, value) in &self.trailers {
            lines.push_str(&format!("{name}:{value}\n"));
        }
        if !verifier.matches("TRAILER", &[&sha256_hex(lines.as_bytes())], &signature) {
            return Err(ChunkError::Mismatch {
                part: "the trailers".to_owned(),
            });
        }
        self.state = State::Done;
        Ok(())
    }
}

impl Verifier {
    /// Whether a signature is that of these hashes; the next is over it then.
    fn matches(&mut self, kind: &str, hashes: &[&str], signature: &str) -> bool {
        let to_sign = self.chain.string(kind, hashes);
        // Signatures of version 4a differ in length and are filled up.
        let signature = signature.trim_end_matches('*').to_ascii_lowercase();
        let matches = match &self.key {
            Key::Symmetric(key) => key.matches(&to_sign, &signature),
            Key::Asymmetric(key) => key.matches(&to_sign, &signature),
        };
        if matches {
            self.chain.previous = signature;
        }
        matches
    }
}

#[cfg(test)]
mod tests;
