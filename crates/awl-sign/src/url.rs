//! The parts of a URL that signatures look at, cut as Python's `urlsplit` cuts them.

use crate::error::SignError;

/// A URL in pieces, all borrowed and still encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UrlParts<'a> {
    pub(crate) scheme: &'a str,
    /// User information, host and port.
    pub(crate) authority: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
}

impl<'a> UrlParts<'a> {
    pub(crate) fn split(url: &'a str) -> Result<Self, SignError> {
        let invalid = |reason| SignError::InvalidUrl { reason };
        if url
            .chars()
            .any(|letter| letter.is_control() || letter.is_whitespace())
        {
            return Err(invalid("it has white space or control characters"));
        }
        let (scheme, rest) = url
            .split_once("://")
            .filter(|(scheme, _)| !scheme.is_empty())
            .ok_or(invalid("it has no scheme"))?;
        let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
        let (before_query, query) = rest.split_once('?').unwrap_or((rest, ""));
        let path_start = before_query.find('/').unwrap_or(before_query.len());
        let (authority, path) = before_query.split_at(path_start);
        if authority.is_empty() {
            return Err(invalid("it has no host"));
        }
        Ok(Self {
            scheme,
            authority,
            path,
            query,
        })
    }

    /// The `Host` header: lower case, without user information and without the default port.
    pub(crate) fn host(&self) -> Result<String, SignError> {
        let invalid = |reason| SignError::InvalidUrl { reason };
        let host_port = self
            .authority
            .rsplit_once('@')
            .map_or(self.authority, |(_, after)| after);
        let (host, port) = match host_port.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, port),
            _ => (host_port, ""),
        };
        if host.is_empty() {
            return Err(invalid("it has no host"));
        }
        let mut output = host.to_lowercase();
        if !port.is_empty() {
            let port: u16 = port
                .bytes()
                .all(|byte| byte.is_ascii_digit())
                .then(|| port.parse().ok())
                .flatten()
                .ok_or(invalid("its port is no number below 65536"))?;
            let default = match self.scheme {
                scheme if scheme.eq_ignore_ascii_case("http") => Some(80),
                scheme if scheme.eq_ignore_ascii_case("https") => Some(443),
                _ => None,
            };
            if default != Some(port) {
                output.push(':');
                output.push_str(&port.to_string());
            }
        }
        Ok(output)
    }

    /// The path, or `/` where there is none, as it goes on the wire.
    pub(crate) fn path_or_root(&self) -> &'a str {
        if self.path.is_empty() { "/" } else { self.path }
    }

    /// The same URL with another query.
    pub(crate) fn with_query(&self, query: &str) -> String {
        let Self {
            scheme,
            authority,
            path,
            ..
        } = self;
        format!("{scheme}://{authority}{path}?{query}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        let check = |url: &str, expected: &str| {
            assert_eq!(
                UrlParts::split(url).and_then(|parts| parts.host()),
                Ok(expected.to_owned()),
                "{url}"
            );
        };
        check("https://S3.Amazonaws.com/x", "s3.amazonaws.com");
        check("https://host:443?x", "host");
        check("http://host:443/", "host:443");
        check("http://user:pass@host:80#part", "host");
        check("http://host:/", "host");
        check("https://[FE80::1]:8443/", "[fe80::1]:8443");
        check("https://[fe80::1]", "[fe80::1]");
    }

    #[test]
    fn parts() {
        let parts = UrlParts::split("https://h/a/b?c=/d?e#f").unwrap();
        assert_eq!((parts.path, parts.query), ("/a/b", "c=/d?e"));
        assert_eq!(parts.with_query("x=y"), "https://h/a/b?x=y");
    }

    #[test]
    fn bad_urls_are_refused() {
        for url in [
            "",
            "host/path",
            "://host",
            "https://",
            "https:///x",
            "https://h/a b",
            "https://h/\r\n",
            "https://h:x/",
            "https://h:99999/",
            "https://:80/",
        ] {
            assert!(
                UrlParts::split(url).and_then(|parts| parts.host()).is_err(),
                "{url:?}"
            );
        }
    }
}
