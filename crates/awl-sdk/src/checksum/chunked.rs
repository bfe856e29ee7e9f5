//! The `aws-chunked` body: chunks of one MiB, each with its length before it,
//! and after the last a trailer with the checksum of all.
// Parity: httpchecksum.py, AwsChunkedWrapper.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};

use super::{ChecksumAlgorithm, ChecksumHasher};
use crate::transport::{BodyReader, BodySource, RequestBody};

const CHUNK: usize = 1024 * 1024;
/// Chunks up to this size are copied to stand in one piece with what is around
/// them: most objects are small.
const SMALL: usize = 16 * 1024;

/// A body in chunks.
#[derive(Debug)]
pub(super) struct ChunkedSource {
    inner: RequestBody,
    algorithm: ChecksumAlgorithm,
}

impl ChunkedSource {
    pub(super) fn wrap(inner: RequestBody, algorithm: ChecksumAlgorithm) -> RequestBody {
        RequestBody::Source(Arc::new(Self { inner, algorithm }))
    }
}

impl BodySource for ChunkedSource {
    /// Unknown: it is sent with `Transfer-Encoding: chunked`.
    fn length(&self) -> Option<u64> {
        None
    }

    fn open(&self) -> io::Result<Box<dyn BodyReader>> {
        let input = match &self.inner {
            RequestBody::Bytes(bytes) => Input::Bytes(bytes.clone()),
            RequestBody::Source(source) => Input::Reader(source.open()?),
        };
        Ok(Box::new(ChunkedReader {
            input,
            algorithm: self.algorithm,
            hasher: Some(self.algorithm.hasher()),
            gathered: VecDeque::new(),
            gathered_length: 0,
            output: VecDeque::new(),
        }))
    }

    fn is_replayable(&self) -> bool {
        self.inner.is_replayable()
    }
}

enum Input {
    Bytes(Bytes),
    Reader(Box<dyn BodyReader>),
    Ended,
}

struct ChunkedReader {
    input: Input,
    algorithm: ChecksumAlgorithm,
    /// Gone when the trailer is written.
    hasher: Option<ChecksumHasher>,
    /// What has been read but not yet written as a chunk.
    gathered: VecDeque<Bytes>,
    gathered_length: usize,
    output: VecDeque<Bytes>,
}

impl BodyReader for ChunkedReader {
    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        loop {
            if let Some(piece) = self.output.pop_front() {
                return Poll::Ready(Some(Ok(piece)));
            }
            let Some(hasher) = &mut self.hasher else {
                return Poll::Ready(None);
            };
            if self.gathered_length >= CHUNK {
                self.write_chunk();
                continue;
            }
            let read = match &mut self.input {
                Input::Bytes(bytes) if bytes.is_empty() => None,
                Input::Bytes(bytes) => Some(bytes.split_to(bytes.len().min(CHUNK))),
                Input::Reader(reader) => match ready!(reader.poll_chunk(context)) {
                    Some(Ok(bytes)) => Some(bytes),
                    Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                    None => None,
                },
                Input::Ended => None,
            };
            match read {
                Some(bytes) => {
                    hasher.update(&bytes);
                    self.gathered_length += bytes.len();
                    self.gathered.push_back(bytes);
                }
                None => {
                    self.input = Input::Ended;
                    self.write_end();
                }
            }
        }
    }
}

impl ChunkedReader {
    /// Writes what has been gathered, up to the size of a chunk.
    fn write_chunk(&mut self) {
        let length = self.gathered_length.min(CHUNK);
        self.gathered_length -= length;
        let mut pieces = vec![Bytes::from(format!("{length:x}\r\n"))];
        let mut left = length;
        while left > 0 {
            let Some(mut piece) = self.gathered.pop_front() else {
                break;
            };
            if piece.len() > left {
                let rest = piece.split_off(left);
                self.gathered.push_front(rest);
            }
            left -= piece.len();
            pieces.push(piece);
        }
        pieces.push(Bytes::from_static(b"\r\n"));
        self.output.extend(pieces);
    }

    /// Writes the rest, then the trailer.
    fn write_end(&mut self) {
        let small = self.gathered_length <= SMALL;
        if self.gathered_length > 0 {
            self.write_chunk();
        }
        if let Some(hasher) = self.hasher.take() {
            let name = self.algorithm.header();
            let checksum = hasher.finish_base64();
            let trailer = format!("0\r\n{name}:{checksum}\r\n\r\n");
            self.output.push_back(trailer.into());
        }
        if small {
            let length = self.output.iter().map(Bytes::len).sum();
            let mut whole = BytesMut::with_capacity(length);
            for piece in self.output.drain(..) {
                whole.extend_from_slice(&piece);
            }
            self.output.push_back(whole.freeze());
        }
    }
}
