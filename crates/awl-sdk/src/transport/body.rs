//! Bodies of requests: bytes, files and streams, read anew at every attempt.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::{AsyncRead, ReadBuf};

/// How much of a file or stream is read at a time.
const CHUNK: usize = 256 * 1024;

/// The body of a request.
#[derive(Clone)]
pub enum RequestBody {
    /// Bytes in memory; none of them is no body.
    Bytes(Bytes),
    /// A body that is read while it is sent.
    Source(Arc<dyn BodySource>),
}

/// A body that can be read from its beginning, once for each attempt and once
/// for each pass that needs all of it before (a checksum in a header).
pub trait BodySource: fmt::Debug + Send + Sync {
    /// How many bytes it has, where that is known.
    fn length(&self) -> Option<u64>;

    /// Begins to read it. A source that can be read only once fails the second
    /// time.
    ///
    /// # Errors
    /// What opening or rewinding it says.
    fn open(&self) -> io::Result<Box<dyn BodyReader>>;

    /// Whether [`open`](Self::open) works more than once.
    fn is_replayable(&self) -> bool {
        true
    }
}

/// One reading of a [`BodySource`].
pub trait BodyReader: Send {
    /// The next bytes; `None` at the end.
    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>>;
}

impl RequestBody {
    /// A part of a file, from `offset` on, `length` bytes.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>, offset: u64, length: u64) -> Self {
        Self::Source(Arc::new(FileSource {
            path: path.into(),
            offset,
            length,
        }))
    }

    /// A stream that can be read once: a pipe, a generator of events.
    pub fn stream(reader: impl AsyncRead + Send + 'static, length: Option<u64>) -> Self {
        Self::Source(Arc::new(StreamSource {
            length,
            reader: Mutex::new(Some(Box::pin(reader))),
        }))
    }

    /// How many bytes it has, where that is known.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        match self {
            Self::Bytes(bytes) => Some(bytes.len() as u64),
            Self::Source(source) => source.length(),
        }
    }

    /// Whether there is certainly nothing to send.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Bytes(bytes) if bytes.is_empty())
    }

    /// Whether it can be sent again.
    #[must_use]
    pub fn is_replayable(&self) -> bool {
        match self {
            Self::Bytes(_) => true,
            Self::Source(source) => source.is_replayable(),
        }
    }

    /// The bytes, of a body in memory.
    #[must_use]
    pub const fn as_bytes(&self) -> Option<&Bytes> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::Source(_) => None,
        }
    }

    /// Gives all of the body to `each`, piece by piece, leaving it to be sent
    /// still: for checksums that stand in a header.
    ///
    /// # Errors
    /// What reading says; of a body that can be read once, always an error.
    pub async fn read_through(&self, each: impl FnMut(&[u8])) -> io::Result<()> {
        if !self.is_replayable() {
            return Err(unseekable());
        }
        self.read_once(each).await
    }

    /// Gives all of the body to `each`, piece by piece: for what replaces it.
    ///
    /// # Errors
    /// What reading says.
    pub async fn read_once(&self, mut each: impl FnMut(&[u8])) -> io::Result<()> {
        let source = match self {
            Self::Bytes(bytes) => {
                each(bytes);
                return Ok(());
            }
            Self::Source(source) => source,
        };
        let mut reader = source.open()?;
        while let Some(chunk) = std::future::poll_fn(|context| reader.poll_chunk(context)).await {
            each(&chunk?);
        }
        Ok(())
    }
}

impl Default for RequestBody {
    fn default() -> Self {
        Self::Bytes(Bytes::new())
    }
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(formatter, "Bytes({} bytes)", bytes.len()),
            Self::Source(source) => source.fmt(formatter),
        }
    }
}

impl From<Vec<u8>> for RequestBody {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl From<String> for RequestBody {
    fn from(text: String) -> Self {
        Self::Bytes(text.into())
    }
}

impl From<Bytes> for RequestBody {
    fn from(bytes: Bytes) -> Self {
        Self::Bytes(bytes)
    }
}

/// A range of a file. Every reading opens the file for itself, so that parts
/// of one file can be sent side by side. Reads are synchronous: what is sent
/// is nearly always in the page cache, and a hop to another thread costs more.
#[derive(Debug)]
struct FileSource {
    path: PathBuf,
    offset: u64,
    length: u64,
}

impl BodySource for FileSource {
    fn length(&self) -> Option<u64> {
        Some(self.length)
    }

    fn open(&self) -> io::Result<Box<dyn BodyReader>> {
        let mut file = File::open(&self.path).map_err(|error| with_path(&self.path, &error))?;
        if self.offset != 0 {
            file.seek(SeekFrom::Start(self.offset))
                .map_err(|error| with_path(&self.path, &error))?;
        }
        Ok(Box::new(FileReader {
            path: self.path.clone(),
            file,
            left: self.length,
        }))
    }
}

struct FileReader {
    path: PathBuf,
    file: File,
    left: u64,
}

impl BodyReader for FileReader {
    fn poll_chunk(&mut self, _context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let wanted = self.left.min(CHUNK as u64);
        if wanted == 0 {
            return Poll::Ready(None);
        }
        let mut buffer = Vec::with_capacity(wanted as usize);
        let read = (&mut self.file).take(wanted).read_to_end(&mut buffer);
        Poll::Ready(Some(match read {
            Ok(0) => Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                format!("{} became shorter while it was sent", self.path.display()),
            )),
            Ok(count) => {
                self.left -= count as u64;
                Ok(buffer.into())
            }
            Err(error) => Err(with_path(&self.path, &error)),
        }))
    }
}

type BoxedReader = Pin<Box<dyn AsyncRead + Send>>;

struct StreamSource {
    length: Option<u64>,
    reader: Mutex<Option<BoxedReader>>,
}

impl fmt::Debug for StreamSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Stream({:?} bytes)", self.length)
    }
}

impl BodySource for StreamSource {
    fn length(&self) -> Option<u64> {
        self.length
    }

    fn open(&self) -> io::Result<Box<dyn BodyReader>> {
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        match reader.take() {
            Some(reader) => Ok(Box::new(StreamReader {
                reader,
                buffer: Vec::new(),
            })),
            None => Err(unseekable()),
        }
    }

    fn is_replayable(&self) -> bool {
        false
    }
}

struct StreamReader {
    reader: BoxedReader,
    buffer: Vec<u8>,
}

impl BodyReader for StreamReader {
    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        self.buffer.resize(CHUNK, 0);
        let mut filled = ReadBuf::new(&mut self.buffer);
        match self.reader.as_mut().poll_read(context, &mut filled) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Err(error)) => Poll::Ready(Some(Err(error))),
            Poll::Ready(Ok(())) => match filled.filled() {
                [] => Poll::Ready(None),
                bytes => Poll::Ready(Some(Ok(Bytes::copy_from_slice(bytes)))),
            },
        }
    }
}

fn with_path(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{error}: {}", path.display()))
}

fn unseekable() -> io::Error {
    io::Error::new(
        io::ErrorKind::Unsupported,
        "Need to rewind the stream, but stream is not seekable.",
    )
}
