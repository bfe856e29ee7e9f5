//! Frames of `application/vnd.amazon.eventstream`: headers with types, a
//! payload, and checksums over both.

use crc_fast::{CrcAlgorithm, checksum};

/// Bytes before the headers: total length, length of the headers, checksum.
const PRELUDE: usize = 12;
const MAX_HEADERS: usize = 128 * 1024;
const MAX_PAYLOAD: usize = 24 * 1024 * 1024;

/// One frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    /// The headers in order.
    pub headers: Vec<(String, HeaderValue)>,
    /// The payload.
    pub payload: Vec<u8>,
}

/// The value of a frame's header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderValue {
    /// `true` or `false`.
    Bool(bool),
    /// An integer of 8 bits.
    Byte(i8),
    /// An integer of 16 bits.
    Short(i16),
    /// An integer of 32 bits.
    Int(i32),
    /// An integer of 64 bits.
    Long(i64),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Text.
    String(String),
    /// Milliseconds since the epoch.
    Timestamp(i64),
    /// A UUID.
    Uuid([u8; 16]),
}

/// Why bytes are no frame, in botocore's words.
// Parity: botocore/eventstream.py, ParserError and below.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// A header came twice.
    #[error("Duplicate header present: \"{0}\"")]
    DuplicateHeader(String),
    /// The headers are longer than allowed.
    #[error("Header length of {0} exceeded the maximum of {MAX_HEADERS}")]
    HeadersLength(usize),
    /// The payload is longer than allowed.
    #[error("Payload length of {0} exceeded the maximum of {MAX_PAYLOAD}")]
    PayloadLength(usize),
    /// The bytes are not those that were sent.
    #[error("Checksum mismatch: expected 0x{expected:08x}, calculated 0x{calculated:08x}")]
    Checksum {
        /// The checksum that came.
        expected: u32,
        /// That of the bytes that came.
        calculated: u32,
    },
    /// Lengths or types that cannot be.
    #[error("malformed event stream message")]
    Malformed,
}

impl Frame {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&HeaderValue> {
        self.headers
            .iter()
            .find(|(candidate, _)| candidate == name)
            .map(|(_, value)| value)
    }

    /// The text of a header that has one.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.header(name)? {
            HeaderValue::String(text) => Some(text),
            _ => None,
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: HeaderValue) -> Self {
        self.headers.push((name.into(), value));
        self
    }

    /// The bytes of the frame. A header's name beyond 255 bytes and a value
    /// beyond 65,535 are cut.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut headers = Vec::new();
        for (name, value) in &self.headers {
            let name = &name.as_bytes()[..name.len().min(255)];
            headers.push(name.len() as u8);
            headers.extend_from_slice(name);
            value.encode(&mut headers);
        }
        let total = PRELUDE + headers.len() + self.payload.len() + 4;
        let mut bytes = Vec::with_capacity(total);
        bytes.extend_from_slice(&(total as u32).to_be_bytes());
        bytes.extend_from_slice(&(headers.len() as u32).to_be_bytes());
        bytes.extend_from_slice(&crc32(&bytes).to_be_bytes());
        bytes.extend_from_slice(&headers);
        bytes.extend_from_slice(&self.payload);
        bytes.extend_from_slice(&crc32(&bytes).to_be_bytes());
        bytes
    }
}

impl HeaderValue {
    fn encode(&self, out: &mut Vec<u8>) {
        let mut sized = |kind: u8, bytes: &[u8]| {
            let bytes = &bytes[..bytes.len().min(usize::from(u16::MAX))];
            out.push(kind);
            out.extend_from_slice(&(bytes.len() as u16).to_be_bytes());
            out.extend_from_slice(bytes);
        };
        match self {
            Self::Bytes(bytes) => return sized(6, bytes),
            Self::String(text) => return sized(7, text.as_bytes()),
            _ => {}
        }
        match self {
            Self::Bool(flag) => out.push(u8::from(!flag)),
            Self::Byte(number) => out.extend_from_slice(&[2, *number as u8]),
            Self::Short(number) => {
                out.push(3);
                out.extend_from_slice(&number.to_be_bytes());
            }
            Self::Int(number) => {
                out.push(4);
                out.extend_from_slice(&number.to_be_bytes());
            }
            Self::Long(number) => {
                out.push(5);
                out.extend_from_slice(&number.to_be_bytes());
            }
            Self::Timestamp(millis) => {
                out.push(8);
                out.extend_from_slice(&millis.to_be_bytes());
            }
            Self::Uuid(bytes) => {
                out.push(9);
                out.extend_from_slice(bytes);
            }
            Self::Bytes(_) | Self::String(_) => {}
        }
    }
}

/// Puts frames together from bytes as they come.
#[derive(Debug, Default)]
pub struct FrameBuffer {
    bytes: Vec<u8>,
    /// Where the next frame begins.
    at: usize,
}

impl FrameBuffer {
    /// An empty buffer.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            at: 0,
        }
    }

    /// Adds bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.at > 0 {
            self.bytes.drain(..self.at);
            self.at = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// Whether no part of a frame is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.at == self.bytes.len()
    }

    /// The next frame; none until all of it has come.
    ///
    /// # Errors
    /// See [`FrameError`]; the stream cannot go on after one.
    // Parity: botocore/eventstream.py, EventStreamBuffer.next.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, FrameError> {
        let bytes = &self.bytes[self.at..];
        let Some(prelude) = bytes.get(..PRELUDE) else {
            return Ok(None);
        };
        let total = word(prelude, 0) as usize;
        let headers = word(prelude, 4) as usize;
        verify(word(prelude, 8), crc32(&prelude[..8]))?;
        if headers > MAX_HEADERS {
            return Err(FrameError::HeadersLength(headers));
        }
        let payload = total
            .checked_sub(PRELUDE + 4 + headers)
            .ok_or(FrameError::Malformed)?;
        if payload > MAX_PAYLOAD {
            return Err(FrameError::PayloadLength(payload));
        }
        let Some(bytes) = bytes.get(..total) else {
            return Ok(None);
        };
        verify(word(bytes, total - 4), crc32(&bytes[..total - 4]))?;
        let frame = Frame {
            headers: parse_headers(&bytes[PRELUDE..PRELUDE + headers])?,
            payload: bytes[PRELUDE + headers..total - 4].to_vec(),
        };
        self.at += total;
        Ok(Some(frame))
    }
}

fn parse_headers(mut bytes: &[u8]) -> Result<Vec<(String, HeaderValue)>, FrameError> {
    let mut headers: Vec<(String, HeaderValue)> = Vec::new();
    while !bytes.is_empty() {
        let length = usize::from(take::<1>(&mut bytes)?[0]);
        let name = take_text(&mut bytes, length)?;
        let value = match take::<1>(&mut bytes)?[0] {
            0 => HeaderValue::Bool(true),
            1 => HeaderValue::Bool(false),
            2 => HeaderValue::Byte(i8::from_be_bytes(take(&mut bytes)?)),
            3 => HeaderValue::Short(i16::from_be_bytes(take(&mut bytes)?)),
            4 => HeaderValue::Int(i32::from_be_bytes(take(&mut bytes)?)),
            5 => HeaderValue::Long(i64::from_be_bytes(take(&mut bytes)?)),
            6 => {
                let length = usize::from(u16::from_be_bytes(take(&mut bytes)?));
                HeaderValue::Bytes(take_slice(&mut bytes, length)?.to_vec())
            }
            7 => {
                let length = usize::from(u16::from_be_bytes(take(&mut bytes)?));
                HeaderValue::String(take_text(&mut bytes, length)?)
            }
            8 => HeaderValue::Timestamp(i64::from_be_bytes(take(&mut bytes)?)),
            9 => HeaderValue::Uuid(take(&mut bytes)?),
            _ => return Err(FrameError::Malformed),
        };
        if headers.iter().any(|(other, _)| *other == name) {
            return Err(FrameError::DuplicateHeader(name));
        }
        headers.push((name, value));
    }
    Ok(headers)
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], FrameError> {
    let (head, tail) = bytes.split_first_chunk().ok_or(FrameError::Malformed)?;
    *bytes = tail;
    Ok(*head)
}

fn take_slice<'b>(bytes: &mut &'b [u8], length: usize) -> Result<&'b [u8], FrameError> {
    let (head, tail) = bytes
        .split_at_checked(length)
        .ok_or(FrameError::Malformed)?;
    *bytes = tail;
    Ok(head)
}

fn take_text(bytes: &mut &[u8], length: usize) -> Result<String, FrameError> {
    let text = take_slice(bytes, length)?.to_vec();
    String::from_utf8(text).map_err(|_| FrameError::Malformed)
}

/// The word at a place; zero beyond the end.
fn word(bytes: &[u8], at: usize) -> u32 {
    bytes
        .get(at..)
        .and_then(<[u8]>::first_chunk)
        .map_or(0, |word| u32::from_be_bytes(*word))
}

fn verify(expected: u32, calculated: u32) -> Result<(), FrameError> {
    if expected == calculated {
        return Ok(());
    }
    Err(FrameError::Checksum {
        expected,
        calculated,
    })
}

fn crc32(bytes: &[u8]) -> u32 {
    checksum(CrcAlgorithm::Crc32IsoHdlc, bytes) as u32
}
