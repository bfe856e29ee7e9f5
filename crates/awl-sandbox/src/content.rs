//! The body of an answer: bytes, or ranges of files that are read while they are
//! sent.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use bytes::Bytes;

use crate::blobs::Lease;

/// How much of a file is read at a time.
const AT_ONCE: u64 = 256 << 10;

/// The body of an answer.
#[derive(Debug, Default)]
pub struct Content {
    pieces: VecDeque<Piece>,
    length: u64,
}

#[derive(Debug)]
enum Piece {
    Bytes(Bytes),
    File {
        lease: Arc<Lease>,
        file: Option<File>,
        offset: u64,
        left: u64,
    },
}

impl Content {
    /// How many bytes are still to come.
    #[must_use]
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// The next bytes; None behind the last.
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub fn next_bytes(&mut self) -> Option<io::Result<Bytes>> {
        loop {
            match self.pieces.front_mut()? {
                Piece::Bytes(bytes) => {
                    let bytes = std::mem::take(bytes);
                    self.pieces.pop_front();
                    self.length -= bytes.len() as u64;
                    return Some(Ok(bytes));
                }
                Piece::File { left: 0, .. } => {
                    self.pieces.pop_front();
                }
                Piece::File {
                    lease,
                    file,
                    offset,
                    left,
                } => {
                    let read = read(lease, file, *offset, (*left).min(AT_ONCE));
                    if let Ok(bytes) = &read {
                        let length = bytes.len() as u64;
                        *offset += length;
                        *left -= length;
                        self.length -= length;
                    }
                    return Some(read);
                }
            }
        }
    }

    /// All that is still to come.
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub fn into_bytes(mut self) -> io::Result<Vec<u8>> {
        let mut all = Vec::new();
        while let Some(bytes) = self.next_bytes() {
            all.extend_from_slice(&bytes?);
        }
        Ok(all)
    }

    pub(crate) fn push_bytes(&mut self, bytes: Bytes) {
        self.length += bytes.len() as u64;
        if !bytes.is_empty() {
            self.pieces.push_back(Piece::Bytes(bytes));
        }
    }

    pub(crate) fn push_file(&mut self, lease: Arc<Lease>, offset: u64, length: u64) {
        self.length += length;
        self.pieces.push_back(Piece::File {
            lease,
            file: None,
            offset,
            left: length,
        });
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        let mut content = Self::default();
        content.push_bytes(bytes.into());
        content
    }
}

fn read(lease: &Lease, file: &mut Option<File>, offset: u64, length: u64) -> io::Result<Bytes> {
    let file = match file {
        Some(file) => file,
        none => none.insert(lease.open()?),
    };
    let mut buffer = vec![0; usize::try_from(length).unwrap_or_default()];
    file.read_exact_at(&mut buffer, offset)?;
    Ok(buffer.into())
}
