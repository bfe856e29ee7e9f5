//! The body that curl's options make: data joined, files as they are, forms of
//! parts. Large files are read while they are sent; what comes through a pipe
//! and is large goes to a temporary file first, so that it can be signed.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use awl_sdk::env::Host;
use awl_sdk::transport::{BodyReader, BodySource, RequestBody};
use bytes::Bytes;

use crate::commands::custom::Given;
use crate::error::CommandError;
use crate::python;

/// What is kept in memory of standard input.
const IN_MEMORY: u64 = 8 * 1024 * 1024;
/// How much of a body is read at a time.
const CHUNK: usize = 256 * 1024;

const FORM: &str = "application/x-www-form-urlencoded";

/// A body, and what the options that make it say besides.
#[derive(Debug, Default)]
pub(super) struct Content {
    /// The body; None: there is none.
    pub body: Option<RequestBody>,
    /// `Content-Type`, where nobody says another.
    pub content_type: Option<String>,
    /// `Accept`, the same.
    pub accept: Option<&'static str>,
    /// What goes into the query instead.
    pub query: Option<String>,
    /// The name of the file that is uploaded.
    pub file_name: Option<String>,
}

/// Makes the body that the options ask for.
///
/// # Errors
/// Options that exclude each other, or a file that cannot be read.
pub(super) fn content(host: &dyn Host, given: &Given<'_>) -> Result<Content, CommandError> {
    let data = DATA.iter().any(|name| given.has(name));
    let form = given.has("--form") || given.has("--form-string");
    let upload = given.has("--upload-file");
    if usize::from(data) + usize::from(form) + usize::from(upload) > 1 {
        return Err(CommandError::validation(
            "curl: only one of --data, --form and --upload-file can make the body",
        ));
    }
    if form {
        return parts(host, given);
    }
    if upload {
        let path = given.get("--upload-file").unwrap_or_default();
        let name = Path::new(path).file_name();
        return Ok(Content {
            body: Some(file(host, path)?),
            file_name: name
                .filter(|_| path != "-")
                .map(|name| name.to_string_lossy().into_owned()),
            ..Content::default()
        });
    }
    if !data {
        return Ok(Content::default());
    }
    joined(host, given)
}

const DATA: [&str; 5] = [
    "--data",
    "--data-raw",
    "--data-binary",
    "--data-urlencode",
    "--json",
];

/// The pieces of data, in the order of the command line.
fn joined(host: &dyn Host, given: &Given<'_>) -> Result<Content, CommandError> {
    let pieces: Vec<(&str, &str)> = given
        .all()
        .filter(|(name, _)| DATA.contains(name))
        .filter_map(|(name, words)| Some((name, &**words.first()?)))
        .collect();
    let is_json = given.has("--json");
    let mut content = Content {
        content_type: Some(if is_json { "application/json" } else { FORM }.to_owned()),
        accept: is_json.then_some("application/json"),
        ..Content::default()
    };
    // One file as it is needs not be in memory.
    if let [("--data-binary" | "--json", piece)] = pieces[..]
        && let Some(path) = piece.strip_prefix('@')
        && !given.has("--get")
    {
        content.body = Some(file(host, path)?);
        return Ok(content);
    }
    let mut all = Vec::new();
    for (index, (name, piece)) in pieces.into_iter().enumerate() {
        if index > 0 && name != "--json" {
            all.push(b'&');
        }
        match (name, piece.strip_prefix('@')) {
            ("--data-raw", _) | ("--data" | "--data-binary" | "--json", None) => {
                all.extend_from_slice(piece.as_bytes());
            }
            ("--data", Some(path)) => {
                let bytes = read(host, path)?;
                all.extend(bytes.into_iter().filter(|byte| !b"\r\n\0".contains(byte)));
            }
            ("--data-urlencode", _) => urlencode(host, piece, &mut all)?,
            (_, Some(path)) => all.extend(read(host, path)?),
            (_, None) => {}
        }
    }
    if given.has("--get") {
        content.content_type = None;
        content.query = Some(String::from_utf8_lossy(&all).into_owned());
    } else {
        content.body = Some(all.into());
    }
    Ok(content)
}

/// `content`, `=content`, `name=content`, `@file` or `name@file`.
fn urlencode(host: &dyn Host, piece: &str, all: &mut Vec<u8>) -> Result<(), CommandError> {
    let bytes = match piece.find(['=', '@']) {
        None => piece.as_bytes().to_vec(),
        Some(at) => {
            if at > 0 {
                all.extend_from_slice(&piece.as_bytes()[..at]);
                all.push(b'=');
            }
            let rest = &piece[at + 1..];
            match piece.as_bytes()[at] {
                b'@' => read(host, rest)?,
                _ => rest.as_bytes().to_vec(),
            }
        }
    };
    for byte in bytes {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => all.push(byte),
            byte => all.extend_from_slice(format!("%{byte:02X}").as_bytes()),
        }
    }
    Ok(())
}

/// A form of parts.
fn parts(host: &dyn Host, given: &Given<'_>) -> Result<Content, CommandError> {
    let boundary = format!("------------------------{}", host.uuid().replace('-', ""));
    let mut bodies: Vec<RequestBody> = Vec::new();
    for (option, words) in given.all() {
        if !matches!(option, "--form" | "--form-string") {
            continue;
        }
        let piece = words.first().map_or("", |word| &**word);
        let (name, value) = piece.split_once('=').ok_or_else(|| {
            let piece = python::quote(piece);
            CommandError::validation(format!("curl: {option} {piece} has no '='"))
        })?;
        let part = Part::parse(host, option, value)?;
        let mut head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"",
            quoted(name)
        );
        if let Some(file_name) = part.file_name {
            head.push_str(&format!("; filename=\"{}\"", quoted(&file_name)));
        }
        head.push_str("\r\n");
        if let Some(kind) = part.content_type {
            head.push_str(&format!("Content-Type: {kind}\r\n"));
        }
        head.push_str("\r\n");
        bodies.push(head.into());
        bodies.push(part.body);
        bodies.push("\r\n".to_owned().into());
    }
    bodies.push(format!("--{boundary}--\r\n").into());
    Ok(Content {
        body: Some(RequestBody::Source(Arc::new(Chain(bodies)))),
        content_type: Some(format!("multipart/form-data; boundary={boundary}")),
        ..Content::default()
    })
}

struct Part {
    body: RequestBody,
    file_name: Option<String>,
    content_type: Option<String>,
}

impl Part {
    /// `text`, `@file` or `<file`, and behind a file `;type=` and `;filename=`.
    fn parse(host: &dyn Host, option: &str, value: &str) -> Result<Self, CommandError> {
        let is_file = option == "--form" && value.starts_with(['@', '<']);
        if !is_file {
            return Ok(Self {
                body: value.to_owned().into(),
                file_name: None,
                content_type: None,
            });
        }
        let mut pieces = value[1..].split(';');
        let path = pieces.next().unwrap_or_default().trim_matches('"');
        let mut part = Self {
            body: file(host, path)?,
            file_name: None,
            content_type: None,
        };
        if value.starts_with('@') {
            let name = Path::new(path).file_name();
            part.file_name = Some(name.map_or_else(
                || path.to_owned(),
                |name| name.to_string_lossy().into_owned(),
            ));
            part.content_type = Some(content_type_of(path).to_owned());
        }
        for piece in pieces {
            match piece.trim().split_once('=') {
                Some(("type", kind)) => part.content_type = Some(kind.to_owned()),
                Some(("filename", name)) => {
                    part.file_name = Some(name.trim_matches('"').to_owned());
                }
                _ => {}
            }
        }
        Ok(part)
    }
}

/// What curl takes a file for, by the end of its name.
fn content_type_of(path: &str) -> &'static str {
    let end = path.rsplit_once('.').map_or("", |(_, end)| end);
    match end.to_ascii_lowercase().as_str() {
        "gif" => "image/gif",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain",
        "htm" | "html" => "text/html",
        "pdf" => "application/pdf",
        "xml" => "application/xml",
        _ => "application/octet-stream",
    }
}

fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// All of a file, `-` for standard input.
pub(super) fn read(host: &dyn Host, path: &str) -> Result<Vec<u8>, CommandError> {
    if path == "-" {
        let mut bytes = Vec::new();
        let result = io::stdin().lock().read_to_end(&mut bytes);
        return result
            .map(|_| bytes)
            .map_err(|error| unreadable(path, &error));
    }
    let path = host.expand(path);
    host.read(&path)
        .map_err(|error| unreadable(&path.to_string_lossy(), &error))
}

/// A file as a body, `-` for standard input.
fn file(host: &dyn Host, path: &str) -> Result<RequestBody, CommandError> {
    if path == "-" {
        return standard_input().map_err(|error| unreadable(path, &error));
    }
    let path = host.expand(path);
    let length = std::fs::metadata(&path).and_then(|metadata| {
        if metadata.is_file() {
            return Ok(Some(metadata.len()));
        }
        File::open(&path).map(|_| None)
    });
    match length {
        Ok(Some(length)) => Ok(RequestBody::file(path, 0, length)),
        Ok(None) => File::open(&path)
            .and_then(kept)
            .map_err(|error| unreadable(&path.to_string_lossy(), &error)),
        Err(error) => Err(unreadable(&path.to_string_lossy(), &error)),
    }
}

fn unreadable(path: &str, error: &io::Error) -> CommandError {
    let error = python::os_error(error, Path::new(path));
    CommandError::validation(format!("curl: {error}"))
}

fn standard_input() -> io::Result<RequestBody> {
    kept(io::stdin().lock())
}

/// What can be read once as a body that can be read again.
fn kept(mut reader: impl Read) -> io::Result<RequestBody> {
    let mut start = Vec::new();
    let read = (&mut reader).take(IN_MEMORY).read_to_end(&mut start)? as u64;
    if read < IN_MEMORY {
        return Ok(start.into());
    }
    let mut file = tempfile::tempfile()?;
    file.write_all(&start)?;
    drop(start);
    let length = read + io::copy(&mut reader, &mut file)?;
    Ok(RequestBody::Source(Arc::new(Kept {
        file: Mutex::new(file),
        length,
    })))
}

/// A temporary file without a name.
#[derive(Debug)]
struct Kept {
    file: Mutex<File>,
    length: u64,
}

impl BodySource for Kept {
    fn length(&self) -> Option<u64> {
        Some(self.length)
    }

    fn open(&self) -> io::Result<Box<dyn BodyReader>> {
        let mut file = self
            .file
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .try_clone()?;
        file.seek(SeekFrom::Start(0))?;
        Ok(Box::new(KeptReader(file)))
    }
}

struct KeptReader(File);

impl BodyReader for KeptReader {
    fn poll_chunk(&mut self, _context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let mut buffer = Vec::with_capacity(CHUNK);
        let read = (&mut self.0).take(CHUNK as u64).read_to_end(&mut buffer);
        Poll::Ready(match read {
            Ok(0) => None,
            Ok(_) => Some(Ok(buffer.into())),
            Err(error) => Some(Err(error)),
        })
    }
}

/// Bodies one behind the other.
#[derive(Debug)]
struct Chain(Vec<RequestBody>);

impl BodySource for Chain {
    fn length(&self) -> Option<u64> {
        self.0.iter().map(RequestBody::length).sum()
    }

    fn open(&self) -> io::Result<Box<dyn BodyReader>> {
        Ok(Box::new(ChainReader {
            bodies: self.0.clone().into_iter(),
            reader: None,
        }))
    }
}

struct ChainReader {
    bodies: std::vec::IntoIter<RequestBody>,
    reader: Option<Box<dyn BodyReader>>,
}

impl BodyReader for ChainReader {
    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        loop {
            if let Some(reader) = &mut self.reader {
                match ready!(reader.poll_chunk(context)) {
                    Some(chunk) => return Poll::Ready(Some(chunk)),
                    None => self.reader = None,
                }
            }
            match self.bodies.next() {
                None => return Poll::Ready(None),
                Some(RequestBody::Bytes(bytes)) if bytes.is_empty() => {}
                Some(RequestBody::Bytes(bytes)) => return Poll::Ready(Some(Ok(bytes))),
                Some(RequestBody::Source(source)) => match source.open() {
                    Ok(reader) => self.reader = Some(reader),
                    Err(error) => return Poll::Ready(Some(Err(error))),
                },
            }
        }
    }
}
