//! A request as it was saved: an HTTP message, what `curl -v` shows of one, or
//! a URL alone.

use std::borrow::Cow;

use crate::commands::sign::request::TypedUrl;
use crate::error::CommandError;
use crate::python;

/// A request in its parts, as they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Message {
    /// The method.
    pub method: String,
    /// The path of the request line.
    pub path: String,
    /// The query of the request line, without `?`.
    pub query: String,
    /// The headers, folded ones in one line, `Host` among them.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Message {
    /// A request without headers but `Host`.
    pub(crate) fn of_url(method: &str, url: &TypedUrl) -> Self {
        Self {
            method: method.to_owned(),
            path: url.path.clone(),
            query: url.query.clone(),
            headers: vec![("Host".to_owned(), url.host.clone())],
            body: Vec::new(),
        }
    }

    /// Reads an HTTP message. Its lines may end as those of a text do, and
    /// each may stand behind the `>` of `curl -v`.
    ///
    /// # Errors
    /// What it lacks of a message.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, CommandError> {
        let invalid = |reason: &str| {
            CommandError::validation(format!("The request cannot be read: {reason}"))
        };
        let (head, body) = split_head(bytes);
        let head = std::str::from_utf8(head).map_err(|_| invalid("its head is not UTF-8"))?;
        let is_shown_by_curl = head.lines().any(|line| line.starts_with("> "));
        let lines = head.lines().filter_map(|line| match is_shown_by_curl {
            true => line.strip_prefix('>').map(str::trim_start),
            false => Some(line),
        });
        let mut lines = lines.skip_while(|line| line.trim().is_empty());
        let line = lines.next().ok_or_else(|| invalid("it is empty"))?;
        let (method, target) = request_line(line).ok_or_else(|| {
            invalid(&format!(
                "its first line {} is not of the form 'GET /path HTTP/1.1'",
                python::quote(&short(line))
            ))
        })?;
        let mut headers: Vec<(String, String)> = Vec::new();
        for line in lines {
            if line.is_empty() && is_shown_by_curl {
                break;
            }
            if let (true, Some((_, value))) = (line.starts_with([' ', '\t']), headers.last_mut()) {
                value.push(' ');
                value.push_str(line.trim());
                continue;
            }
            let (name, value) = line.split_once(':').ok_or_else(|| {
                invalid(&format!(
                    "the line {} is no header",
                    python::quote(&short(line))
                ))
            })?;
            headers.push((name.trim().to_owned(), value.trim().to_owned()));
        }
        let mut message = Self {
            method: method.to_owned(),
            headers,
            body: if is_shown_by_curl { &[] } else { body }.to_vec(),
            ..Self::default()
        };
        message.set_target(target)?;
        message.cut_body();
        Ok(message)
    }

    /// The first value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Takes the target of a request line, which may be a whole URL.
    fn set_target(&mut self, target: &str) -> Result<(), CommandError> {
        if target.contains("://") && !target.starts_with('/') {
            let url = TypedUrl::parse(target)?;
            (self.path, self.query) = (url.path, url.query);
            if self.header("host").is_none() {
                self.headers.insert(0, ("Host".to_owned(), url.host));
            }
            return Ok(());
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        self.path = path.to_owned();
        self.query = query.to_owned();
        Ok(())
    }

    /// The body is as long as the message says; what an editor put behind it is
    /// no part of it.
    fn cut_body(&mut self) {
        let length = self
            .header("content-length")
            .and_then(|text| text.parse::<usize>().ok());
        let ends = |extra: &[u8]| matches!(extra, b"\n" | b"\r\n");
        match length {
            Some(length) if self.body.get(length..).is_some_and(ends) => self.body.truncate(length),
            None if ends(&self.body) => self.body.clear(),
            _ => {}
        }
    }
}

/// The head and what follows its empty line.
fn split_head(bytes: &[u8]) -> (&[u8], &[u8]) {
    let start = bytes
        .iter()
        .position(|byte| !byte.is_ascii_whitespace())
        .unwrap_or(bytes.len());
    let bytes = &bytes[start..];
    for (index, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
        let rest = &bytes[index + 1..];
        let body = rest
            .strip_prefix(b"\r\n")
            .or_else(|| rest.strip_prefix(b"\n"));
        if let Some(body) = body {
            return (&bytes[..index], body);
        }
    }
    (bytes, b"")
}

/// The method and the target, which may have spaces that it should not.
fn request_line(line: &str) -> Option<(&str, &str)> {
    let (method, rest) = line.trim_end().split_once(' ')?;
    let (target, version) = rest.rsplit_once(' ')?;
    let is_method = !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_target = target.starts_with('/') || target.contains("://");
    (is_method && is_target && version.starts_with("HTTP/")).then_some((method, target))
}

/// The beginning of a line, for a message.
pub(super) fn short(line: &str) -> Cow<'_, str> {
    const LONGEST: usize = 60;
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => Cow::Owned(format!("{}…", &line[..end])),
        None => Cow::Borrowed(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Message {
        Message::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn messages() {
        let expected = parse("PUT /a?b HTTP/1.1\nHost: h\nX-A: 1\n  2\n\nbody");
        assert_eq!(expected.headers[1], ("X-A".to_owned(), "1 2".to_owned()));
        assert_eq!(
            (expected.path.as_str(), expected.query.as_str()),
            ("/a", "b")
        );
        assert_eq!(expected.body, b"body");
        for text in [
            "PUT /a?b HTTP/1.1\r\nHost: h\r\nX-A: 1\r\n\t2\r\n\r\nbody",
            "\n\nPUT https://h/a?b HTTP/2\nX-A:1\n 2\n\nbody",
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
        let shown =
            "* Connected\n> GET /a b HTTP/1.1\n> Host: h\n>\n< HTTP/1.1 403\n< X: y\n\n<E/>";
        let message = parse(shown);
        assert_eq!((message.path.as_str(), message.headers.len()), ("/a b", 1));
        assert!(message.body.is_empty());
    }

    #[test]
    fn bodies_end_where_they_say() {
        let body = |text| parse(text).body;
        assert_eq!(body("PUT / HTTP/1.1\nContent-Length: 2\n\nab\n"), b"ab");
        assert_eq!(body("PUT / HTTP/1.1\nContent-Length: 2\n\nabc"), b"abc");
        assert_eq!(body("PUT / HTTP/1.1\n\nab\n"), b"ab\n");
        assert_eq!(body("GET / HTTP/1.1\nHost: h\n\n\n"), b"");
        assert_eq!(body("GET / HTTP/1.1\nHost: h"), b"");
    }

    #[test]
    fn what_is_no_message() {
        for text in [
            "",
            " \n",
            "hello",
            "GET /",
            "GET a HTTP/1.1",
            "GET / HTTP/1.1\nx",
            "{}",
        ] {
            assert!(Message::parse(text.as_bytes()).is_err(), "{text:?}");
        }
        assert!(Message::parse(b"GET /\xff HTTP/1.1").is_err());
    }
}
