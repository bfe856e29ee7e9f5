//! Canonical requests and strings to sign: pure functions, the same for whoever signs and whoever verifies.

use std::borrow::Cow;

use crate::text::{collapse_into, is_unreserved, percent_decode, percent_encode_into, sha256_hex};

/// Headers that botocore never signs, because proxies and clients change them on the way.
// Parity: botocore/auth.py of AWS CLI 2, SIGNED_HEADERS_BLACKLIST.
const UNSIGNED_HEADERS: [&str; 11] = [
    "connection",
    "expect",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-amzn-trace-id",
];

/// How a path becomes canonical.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathStyle {
    /// Dot segments and repeated slashes go, then the path is encoded once more.
    Normalized,
    /// As it goes on the wire, which S3 needs: its keys may hold `//` and `..`.
    AsSent,
    /// Dot segments and repeated slashes stay, the path is encoded once more.
    Encoded,
    /// Dot segments and repeated slashes go, the rest is as it goes on the wire.
    Resolved,
}

impl PathStyle {
    /// The style of a path that is normalised or not, and encoded once more or not.
    pub fn new(normalizes: bool, encodes: bool) -> Self {
        match (normalizes, encodes) {
            (true, true) => Self::Normalized,
            (true, false) => Self::Resolved,
            (false, true) => Self::Encoded,
            (false, false) => Self::AsSent,
        }
    }

    /// Whether dot segments and repeated slashes go.
    pub fn normalizes(self) -> bool {
        matches!(self, Self::Normalized | Self::Resolved)
    }

    /// Whether the path is encoded once more.
    pub fn encodes(self) -> bool {
        matches!(self, Self::Normalized | Self::Encoded)
    }
}

/// The headers of a canonical request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CanonicalHeaders {
    /// A line `name:value` for each, all ending in a line feed.
    pub lines: String,
    /// Their names, joined by semicolons.
    pub signed: String,
}

/// Whether botocore signs a header, by its lower-case name.
pub fn is_signed_header(lower_case_name: &str) -> bool {
    !UNSIGNED_HEADERS.contains(&lower_case_name)
}

/// Makes a path canonical.
pub fn canonical_path(path: &str, style: PathStyle) -> Cow<'_, str> {
    if path.is_empty() {
        return Cow::Borrowed("/");
    }
    match style {
        PathStyle::AsSent => Cow::Borrowed(path),
        PathStyle::Encoded => Cow::Owned(join_segments(path, path.split('/'), true)),
        PathStyle::Normalized | PathStyle::Resolved => Cow::Owned(normalize(path, style.encodes())),
    }
}

fn normalize(path: &str, encodes: bool) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    let has_end = path.ends_with('/') && !segments.is_empty();
    let mut output = String::with_capacity(path.len() + 16);
    if path.starts_with('/') {
        output.push('/');
    }
    output.push_str(&join_segments(path, segments.into_iter(), encodes));
    if has_end {
        output.push('/');
    }
    output
}

fn join_segments<'a>(path: &str, segments: impl Iterator<Item = &'a str>, encodes: bool) -> String {
    let mut output = String::with_capacity(path.len() + 16);
    for (index, segment) in segments.enumerate() {
        if index > 0 {
            output.push('/');
        }
        if encodes {
            percent_encode_into(&mut output, segment.as_bytes());
        } else {
            output.push_str(segment);
        }
    }
    output
}

/// Makes a query (without its `?`) canonical: names and values encoded anew, pairs sorted.
///
/// botocore sorts them as they are written, which is the same for all that it writes itself;
/// encoding anew, as services do, signs a hand-written `prefix=a/b` rightly too.
pub fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<(Cow<'_, str>, Cow<'_, str>)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (reencode(name), reencode(value))
        })
        .collect();
    pairs.sort_unstable();
    let mut output = String::with_capacity(query.len() + 8);
    for (index, (name, value)) in pairs.iter().enumerate() {
        if index > 0 {
            output.push('&');
        }
        output.push_str(name);
        output.push('=');
        output.push_str(value);
    }
    output
}

/// Makes canonical those headers whose lower-case names `select` takes: sorted by name, values of
/// one name joined by commas in their order, white space collapsed. `host` stands in for a missing
/// `Host`.
pub fn canonical_headers<N: AsRef<str>, V: AsRef<str>>(
    headers: &[(N, V)],
    host: Option<&str>,
    select: impl Fn(&str) -> bool,
) -> CanonicalHeaders {
    let mut chosen: Vec<(Cow<'_, str>, &str)> = Vec::with_capacity(headers.len() + 1);
    for (name, value) in headers {
        let name = lower_case(name.as_ref());
        if select(&name) {
            chosen.push((name, value.as_ref()));
        }
    }
    if let Some(host) = host
        && !chosen.iter().any(|(name, _)| name == "host")
    {
        chosen.push((Cow::Borrowed("host"), host));
    }
    // Stable, so that values of one name keep their order.
    chosen.sort_by(|left, right| left.0.cmp(&right.0));

    let mut lines = String::with_capacity(256);
    let mut signed = String::with_capacity(64);
    let mut previous: Option<&str> = None;
    for (name, value) in &chosen {
        if previous == Some(name.as_ref()) {
            lines.pop();
            lines.push(',');
        } else {
            lines.push_str(name);
            lines.push(':');
            if previous.is_some() {
                signed.push(';');
            }
            signed.push_str(name);
            previous = Some(name);
        }
        collapse_into(&mut lines, value);
        lines.push('\n');
    }
    CanonicalHeaders { lines, signed }
}

/// Puts a canonical request together from its parts, all canonical already.
pub fn canonical_request(
    method: &str,
    path: &str,
    query: &str,
    headers: &CanonicalHeaders,
    payload_hash: &str,
) -> String {
    let CanonicalHeaders { lines, signed } = headers;
    let length = method.len() + path.len() + query.len() + lines.len() + signed.len();
    let mut output = String::with_capacity(length + payload_hash.len() + 5);
    output.push_str(method);
    output.make_ascii_uppercase();
    for part in [path, query, lines, signed, payload_hash] {
        output.push('\n');
        output.push_str(part);
    }
    output
}

/// The string that is signed for a canonical request.
pub fn string_to_sign(
    algorithm: &str,
    timestamp: &str,
    scope: &str,
    canonical_request: &str,
) -> String {
    let hash = sha256_hex(canonical_request.as_bytes());
    [algorithm, timestamp, scope, &hash].join("\n")
}

fn reencode(text: &str) -> Cow<'_, str> {
    if text.bytes().all(is_unreserved) {
        return Cow::Borrowed(text);
    }
    let mut output = String::with_capacity(text.len());
    percent_encode_into(&mut output, &percent_decode(text));
    Cow::Owned(output)
}

fn lower_case(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let check = |path: &str, expected: &str| {
            assert_eq!(canonical_path(path, PathStyle::Normalized), expected);
        };
        check("", "/");
        check("/", "/");
        check("//", "/");
        check("/a//b/", "/a/b/");
        check("/a/./../b/.", "/b");
        check("/../..", "/");
        check("/a%20b~", "/a%2520b~");
        check("/\u{1234}", "/%E1%88%B4");
        assert_eq!(
            canonical_path("/a//%2F/..", PathStyle::AsSent),
            "/a//%2F/.."
        );
        assert_eq!(canonical_path("", PathStyle::AsSent), "/");
        assert_eq!(
            canonical_path("/a//%2F/..", PathStyle::Encoded),
            "/a//%252F/.."
        );
        assert_eq!(
            canonical_path("/a//%2F/../b/", PathStyle::Resolved),
            "/a/b/"
        );
        for style in [
            PathStyle::Normalized,
            PathStyle::AsSent,
            PathStyle::Encoded,
            PathStyle::Resolved,
        ] {
            assert_eq!(PathStyle::new(style.normalizes(), style.encodes()), style);
        }
    }

    #[test]
    fn queries() {
        let check = |query: &str, expected: &str| assert_eq!(canonical_query(query), expected);
        check("", "");
        check("b=2&a=1&a=0&c", "a=0&a=1&b=2&c=");
        check("a=x=y&&b=/", "a=x%3Dy&b=%2F");
        check("a=%2f%7e+%&%C3%A9=é", "%C3%A9=%C3%A9&a=%2F~%2B%25");
    }

    #[test]
    fn headers() {
        let headers = [
            ("X-B", " 2  3 "),
            ("User-Agent", "no"),
            ("a", "1"),
            ("x-b", "4"),
        ];
        let canonical = canonical_headers(&headers, Some("h"), is_signed_header);
        assert_eq!(canonical.lines, "a:1\nhost:h\nx-b:2 3,4\n");
        assert_eq!(canonical.signed, "a;host;x-b");
        let own = canonical_headers(&[("HOST", "own")], Some("h"), |_| true);
        assert_eq!(own.lines, "host:own\n");
    }
}
