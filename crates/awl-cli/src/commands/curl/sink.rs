//! Where an answer goes: standard output or a file, decoded where it came
//! compressed.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use super::failure::{self, Failure};
use crate::python;
use crate::ui::Ui;

/// How much is decoded at a time, so that a small body that becomes a huge one
/// never is in memory.
const PIECE: usize = 16 * 1024;

/// Where an answer goes.
pub(super) enum Sink {
    /// Standard output; whether bytes that are no text may go to a terminal.
    Standard { any: bool, begun: bool },
    /// A file, opened when the answer is there.
    File { path: PathBuf, file: Option<File> },
}

impl Sink {
    /// `-` is standard output.
    pub(super) fn new(path: Option<&Path>) -> Self {
        match path {
            None => Self::Standard {
                any: false,
                begun: false,
            },
            Some(path) if path == Path::new("-") => Self::Standard {
                any: true,
                begun: false,
            },
            Some(path) => Self::File {
                path: path.to_owned(),
                file: None,
            },
        }
    }

    /// Makes it ready for an answer; what a file had before goes.
    pub(super) fn open(&mut self) -> Result<(), Failure> {
        if let Self::File { path, file } = self {
            let opened = File::create(&*path).map_err(|error| refused(&error, path))?;
            *file = Some(opened);
        }
        Ok(())
    }

    pub(super) fn write(&mut self, ui: &mut Ui, bytes: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Standard { any, begun } => {
                let is_first = !std::mem::replace(begun, true);
                if is_first && !*any && ui.is_terminal() && bytes.contains(&0) {
                    let message = "Binary output can mess up your terminal. \"-o -\" writes it \
                                   all the same, \"-o FILE\" to a file.";
                    return Err(Failure::new(failure::WRITE, message));
                }
                ui.write_bytes(bytes);
                if ui.is_closed() {
                    return Err(Failure::new(failure::WRITE, "Nobody reads the output."));
                }
                Ok(())
            }
            Self::File { path, file } => match file {
                Some(file) => file.write_all(bytes).map_err(|error| refused(&error, path)),
                None => Ok(()),
            },
        }
    }
}

fn refused(error: &io::Error, path: &Path) -> Failure {
    Failure::new(failure::WRITE, python::os_error(error, path))
}

/// Undoes a content encoding.
pub(super) enum Decoder {
    None,
    Gzip(MultiGzDecoder<Vec<u8>>),
    Zlib(ZlibDecoder<Vec<u8>>),
    Deflate(DeflateDecoder<Vec<u8>>),
    /// `deflate`, of which the first byte tells which of the two it is.
    Unknown,
}

impl Decoder {
    /// That of a `Content-Encoding`.
    pub(super) fn new(encoding: Option<&str>) -> Result<Self, Failure> {
        match encoding
            .map(|name| name.trim().to_ascii_lowercase())
            .as_deref()
        {
            None | Some("" | "identity") => Ok(Self::None),
            Some("gzip" | "x-gzip") => Ok(Self::Gzip(MultiGzDecoder::new(Vec::new()))),
            Some("deflate") => Ok(Self::Unknown),
            Some(other) => Err(Failure::new(
                failure::ENCODING,
                format!("Unrecognized content encoding {}", python::quote(other)),
            )),
        }
    }

    /// Gives decoded bytes to `write`.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        mut write: impl FnMut(&[u8]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        if let (Self::Unknown, Some(first)) = (&self, bytes.first()) {
            *self = if first & 0x0f == 8 {
                Self::Zlib(ZlibDecoder::new(Vec::new()))
            } else {
                Self::Deflate(DeflateDecoder::new(Vec::new()))
            };
        }
        for piece in bytes.chunks(PIECE) {
            let decoded = match self {
                Self::None | Self::Unknown => {
                    write(piece)?;
                    continue;
                }
                Self::Gzip(decoder) => decoder.write_all(piece).map(|()| decoder.get_mut()),
                Self::Zlib(decoder) => decoder.write_all(piece).map(|()| decoder.get_mut()),
                Self::Deflate(decoder) => decoder.write_all(piece).map(|()| decoder.get_mut()),
            };
            let decoded = decoded.map_err(|error| undecodable(&error))?;
            write(decoded)?;
            decoded.clear();
        }
        Ok(())
    }

    /// Ends it: what was cut off is an error.
    pub(super) fn finish(
        self,
        mut write: impl FnMut(&[u8]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let rest = match self {
            Self::None | Self::Unknown => return Ok(()),
            Self::Gzip(decoder) => decoder.finish(),
            Self::Zlib(decoder) => decoder.finish(),
            Self::Deflate(decoder) => decoder.finish(),
        };
        write(&rest.map_err(|error| undecodable(&error))?)
    }
}

fn undecodable(error: &io::Error) -> Failure {
    let message = format!("Error while processing content unencoding: {error}");
    Failure::new(failure::ENCODING, message)
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    fn decoded(encoding: &str, bytes: &[u8]) -> Result<Vec<u8>, u8> {
        let mut all = Vec::new();
        let mut decoder = Decoder::new(Some(encoding)).map_err(|failure| failure.code())?;
        for byte in bytes.chunks(3) {
            decoder
                .push(byte, |bytes| {
                    all.extend_from_slice(bytes);
                    Ok(())
                })
                .map_err(|failure| failure.code())?;
        }
        decoder
            .finish(|bytes| {
                all.extend_from_slice(bytes);
                Ok(())
            })
            .map_err(|failure| failure.code())?;
        Ok(all)
    }

    #[test]
    fn encodings_are_undone() {
        let text = b"awl ".repeat(1000);
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(&text).unwrap();
        let gzip = gzip.finish().unwrap();
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(&text).unwrap();
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
        deflate.write_all(&text).unwrap();
        assert_eq!(decoded("gzip", &gzip).unwrap(), text);
        assert_eq!(decoded("X-GZIP", &gzip).unwrap(), text);
        assert_eq!(decoded("deflate", &zlib.finish().unwrap()).unwrap(), text);
        assert_eq!(
            decoded("deflate", &deflate.finish().unwrap()).unwrap(),
            text
        );
        assert_eq!(decoded("identity", &text).unwrap(), text);
        assert_eq!(decoded("br", b"x"), Err(failure::ENCODING));
        assert_eq!(decoded("gzip", b"no gzip at all"), Err(failure::ENCODING));
        assert_eq!(
            decoded("gzip", &gzip[..gzip.len() - 6]),
            Err(failure::ENCODING)
        );
    }
}
