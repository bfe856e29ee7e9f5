//! The forms in which a signed request is shown.

use awl_sdk::transport::HttpRequest;
use awl_sign::FreeformSigned;

use super::request::TypedUrl;
use crate::output::{CurlBody, curl_command};

/// What `--show` can be.
pub(super) const FORMS: &[&str] = &[
    "request",
    "canonical-request",
    "string-to-sign",
    "authorization",
    "signature",
    "url",
    "curl",
];

/// A signed request to show.
pub(super) struct Shown<'a> {
    pub method: &'a str,
    pub url: &'a TypedUrl,
    pub signed: &'a FreeformSigned,
    pub body: &'a [u8],
    /// The file that the body is of.
    pub body_file: Option<&'a str>,
    pub is_presigned: bool,
}

impl Shown<'_> {
    /// What is printed for one of [`FORMS`].
    pub(super) fn form(&self, form: &str) -> Vec<u8> {
        let signed = self.signed;
        let line = |text: &str| format!("{text}\n").into_bytes();
        match form {
            "canonical-request" => line(&signed.canonical_request),
            "string-to-sign" => line(&signed.string_to_sign),
            "signature" => line(&signed.signature),
            "authorization" if self.is_presigned => line(&self.parameters()),
            "authorization" => line(&signed.authorization),
            "curl" => self.curl().into_bytes(),
            "request" if !self.is_presigned => self.message(),
            _ => line(&self.whole_url()),
        }
    }

    fn whole_url(&self) -> String {
        self.url.with(&self.signed.path, &self.signed.query)
    }

    /// The parameters of a presigned URL that authorise it.
    fn parameters(&self) -> String {
        let query = &self.signed.query;
        let from = query.find("X-Amz-Algorithm=").unwrap_or_default();
        query[from..].to_owned()
    }

    /// The request as HTTP has it, in lines that end as those of a text do.
    fn message(&self) -> Vec<u8> {
        let FreeformSigned {
            path,
            query,
            headers,
            ..
        } = self.signed;
        let separator = if query.is_empty() { "" } else { "?" };
        let mut text = format!("{} {path}{separator}{query} HTTP/1.1\n", self.method);
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\n"));
        }
        let says_length = headers.iter().any(|(name, _)| {
            ["content-length", "transfer-encoding"]
                .iter()
                .any(|known| name.eq_ignore_ascii_case(known))
        });
        if !self.body.is_empty() && !says_length {
            text.push_str(&format!("Content-Length: {}\n", self.body.len()));
        }
        text.push('\n');
        let mut message = text.into_bytes();
        message.extend_from_slice(self.body);
        message
    }

    fn curl(&self) -> String {
        let mut request = HttpRequest::new(self.method, self.whole_url());
        request.headers = self
            .signed
            .headers
            .iter()
            .filter(|(name, value)| {
                // curl says these itself.
                let is_host = name.eq_ignore_ascii_case("host") && *value == self.url.host;
                !is_host && !name.eq_ignore_ascii_case("content-length")
            })
            .cloned()
            .collect();
        let body = match self.body_file {
            Some(path) => CurlBody::File(path),
            None => CurlBody::Bytes(self.body.to_vec()),
        };
        curl_command(&request, body)
    }
}
