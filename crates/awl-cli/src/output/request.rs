//! `--print-request`: a request as it would be sent, signature included.

use std::borrow::Cow;

use awl_sdk::transport::{HttpRequest, TransportError};
use awl_value::{Map, Value, json};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::argv::PrintRequest;
use crate::error::CommandError;

/// The request in the form asked for.
///
/// # Errors
/// A body that cannot be read.
pub(crate) async fn request_text(
    form: PrintRequest,
    request: &HttpRequest,
) -> Result<String, CommandError> {
    let body = read(request).await?;
    Ok(match form {
        PrintRequest::Json => as_json(&with_host(request), body),
        PrintRequest::Curl => as_curl(request, body),
    })
}

/// A presigned request, with nothing but what has to be sent, in the form
/// asked for.
///
/// # Errors
/// A body that cannot be read.
pub(crate) async fn presigned_text(
    form: PrintRequest,
    request: &HttpRequest,
) -> Result<String, CommandError> {
    let body = read(request).await?;
    Ok(match form {
        PrintRequest::Json => as_json(request, body),
        PrintRequest::Curl => as_curl(request, body),
    })
}

/// All of a request's body.
async fn read(request: &HttpRequest) -> Result<Vec<u8>, CommandError> {
    let mut body = Vec::new();
    request
        .body
        .read_through(|bytes| body.extend_from_slice(bytes))
        .await
        .map_err(|source| awl_sdk::Error::from(TransportError::RequestBody { source }))?;
    Ok(body)
}

/// The request with the header that the transport adds.
fn with_host(request: &HttpRequest) -> HttpRequest {
    let mut request = request.clone();
    let (_, rest) = request.url.split_once("://").unwrap_or_default();
    let host = rest.split(['/', '?']).next().unwrap_or_default().to_owned();
    if request.header("Host").is_none() {
        request.headers.insert(0, ("Host".to_owned(), host));
    }
    request
}

fn as_json(request: &HttpRequest, body: Vec<u8>) -> String {
    let mut headers = Map::new();
    for (name, value) in &request.headers {
        match headers.get_mut(name) {
            Some(Value::String(values)) => {
                values.push_str(", ");
                values.push_str(value);
            }
            _ => headers.push(name.clone(), Value::from(&**value)),
        }
    }
    let (body, encoding) = match String::from_utf8(body) {
        Ok(text) => (text, "utf-8"),
        Err(error) => (STANDARD.encode(error.as_bytes()), "base64"),
    };
    let mut map = Map::with_capacity(5);
    map.push("method", Value::from(&*request.method));
    map.push("url", Value::from(&*request.url));
    map.push("headers", Value::Map(headers));
    map.push("body", Value::String(body));
    map.push("body_encoding", Value::from(encoding));
    let mut text = String::new();
    json::write(&Value::Map(map), json::Style::PRETTY, &mut text);
    text.push('\n');
    text
}

/// The body of a request that curl sends.
#[derive(Debug)]
pub(crate) enum CurlBody<'a> {
    /// The body itself.
    Bytes(Vec<u8>),
    /// The file that it is in.
    File(&'a str),
}

fn as_curl(request: &HttpRequest, body: Vec<u8>) -> String {
    curl_command(request, CurlBody::Bytes(body))
}

/// The line of a shell that has curl send just this request.
pub(crate) fn curl_command(request: &HttpRequest, body: CurlBody<'_>) -> String {
    // To the request of a HEAD, curl would wait for a body.
    let mut command = match &*request.method {
        "HEAD" => "curl --head".to_owned(),
        method => format!("curl -X {}", word(method)),
    };
    let path = request.url.split(['?', '#']).next().unwrap_or_default();
    if path.contains("/./")
        || path.contains("/../")
        || path.ends_with("/.")
        || path.ends_with("/..")
    {
        command.push_str(" --path-as-is");
    }
    for (name, value) in &request.headers {
        command.push_str(" \\\n  -H ");
        command.push_str(&match value.as_str() {
            "" => quote(&format!("{name};")),
            value => quote(&format!("{name}: {value}")),
        });
    }
    let mut before = String::new();
    let data = match body {
        CurlBody::Bytes(body) if body.is_empty() => None,
        CurlBody::File(path) => Some(quote(&format!("@{path}"))),
        // A body that begins with @ would name a file.
        CurlBody::Bytes(body) => Some(match String::from_utf8(body) {
            Ok(text) if !text.starts_with('@') && !text.contains('\0') => quote(&text),
            Ok(text) => {
                before = piped(text.as_bytes());
                "@-".to_owned()
            }
            Err(error) => {
                before = piped(error.as_bytes());
                "@-".to_owned()
            }
        }),
    };
    if let Some(data) = data {
        if request.header("Content-Type").is_none() {
            // Else curl says that it is a form.
            command.push_str(" \\\n  -H 'Content-Type:'");
        }
        command.push_str(" \\\n  --data-binary ");
        command.push_str(&data);
    }
    format!("{before}{command} \\\n  {}\n", quote(&request.url))
}

/// Bytes that a shell cannot hold come through a pipe.
fn piped(bytes: &[u8]) -> String {
    format!("printf %s {} | base64 -d | ", STANDARD.encode(bytes))
}

/// A word for a POSIX shell, quoted only where it must be.
fn word(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(quote(text))
    }
}

/// A word for a POSIX shell.
fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(body: &'static [u8]) -> HttpRequest {
        let mut request = HttpRequest::new("POST", "https://host/it's?a=b");
        request.set_header("X-A", "one");
        request.headers.push(("X-B".to_owned(), "1".to_owned()));
        request.headers.push(("X-B".to_owned(), "2".to_owned()));
        request.body = body.to_vec().into();
        request
    }

    #[test]
    fn json_has_all_of_the_request() {
        let text = as_json(&request(b""), b"{}".to_vec());
        let value = json::parse(&text).unwrap();
        assert_eq!(
            json::to_string(&value),
            r#"{"method": "POST", "url": "https://host/it's?a=b", "headers": {"X-A": "one", "X-B": "1, 2"}, "body": "{}", "body_encoding": "utf-8"}"#
        );
        assert!(as_json(&request(b""), vec![0xff]).contains(r#""body": "/w==","#));
    }

    #[test]
    fn curl_gets_words_that_a_shell_keeps_whole() {
        assert_eq!(
            as_curl(&request(b""), b"it's".to_vec()),
            "curl -X POST \\\n  -H 'X-A: one' \\\n  -H 'X-B: 1' \\\n  -H 'X-B: 2' \\\n  \
             -H 'Content-Type:' \\\n  --data-binary 'it'\\''s' \\\n  'https://host/it'\\''s?a=b'\n"
        );
        assert!(
            as_curl(&request(b""), vec![0xff]).starts_with("printf %s /w== | base64 -d | curl")
        );
        assert!(as_curl(&request(b""), b"@file".to_vec()).contains("--data-binary @-"));
    }
}
