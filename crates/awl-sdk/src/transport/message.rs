//! Requests as the caller gives them and responses as it gets them.

use bytes::Bytes;

use super::{RequestBody, ResponseBody};

/// A request, complete and signed. It may be sent more than once, if its body
/// may be read more than once.
#[derive(Clone, Debug)]
pub struct HttpRequest {
    /// `GET`, `PUT`, …
    pub method: String,
    /// The whole URL, percent-encoded as it is to be sent.
    pub url: String,
    /// The headers in the order to send them. `Host` is put before them if it
    /// is not among them; `Content-Length` or `Transfer-Encoding` after them,
    /// where the method has a body.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: RequestBody,
}

impl HttpRequest {
    /// A request without headers and body.
    #[must_use]
    pub fn new(method: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            url: url.into(),
            headers: Vec::new(),
            body: RequestBody::default(),
        }
    }

    /// The value of a header, its name in any case; the first, if many.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// Gives a header this value: in its old place, else at the end.
    pub fn set_header(&mut self, name: &str, value: impl Into<String>) {
        let old = self
            .headers
            .iter_mut()
            .find(|(other, _)| other.eq_ignore_ascii_case(name));
        match old {
            Some((_, old)) => *old = value.into(),
            None => self.headers.push((name.to_owned(), value.into())),
        }
    }

    /// Takes a header away, whatever its case.
    pub fn remove_header(&mut self, name: &str) {
        self.headers
            .retain(|(other, _)| !other.eq_ignore_ascii_case(name));
    }
}

/// A response whose body is still to be read.
#[derive(Debug)]
pub struct HttpResponse {
    /// The version of HTTP that it came in: `1.1`, `1.0` or `2`.
    pub version: &'static str,
    /// The status code.
    pub status: u16,
    /// The words behind the status code; empty in HTTP/2.
    pub reason: String,
    /// The headers in the order they came, names in lower case, those of one
    /// name together.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: ResponseBody,
}

impl HttpResponse {
    /// A response that is whole already: for tests and replays.
    #[must_use]
    pub fn from_parts(status: u16, headers: Vec<(String, String)>, body: Bytes) -> Self {
        Self {
            version: "1.1",
            status,
            reason: String::new(),
            headers,
            body: ResponseBody::from(body),
        }
    }

    /// The value of a header, its name in any case; the first, if many.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(other, _)| other.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}
