//! The parts of a URL that a connection and a request line need. The path and
//! query are sent as they are: the caller has signed them.

use super::TransportError;

/// An `http:` or `https:` URL taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Url {
    pub(super) https: bool,
    /// In lower case; of IPv6 without brackets.
    pub(super) host: String,
    pub(super) port: u16,
    /// What follows the authority, at least `/`, without a fragment.
    pub(super) target: String,
    /// User and password, decoded.
    pub(super) user: Option<(String, String)>,
}

impl Url {
    pub(super) fn parse(url: &str) -> Result<Self, TransportError> {
        let invalid = |what: &str| TransportError::invalid(format!("{what}: {url:?}"));
        let (scheme, rest) = url
            .split_once("://")
            .ok_or_else(|| invalid("not a URL with a scheme"))?;
        let https = match scheme.to_ascii_lowercase().as_str() {
            "http" => false,
            "https" => true,
            // urllib3's words.
            other => {
                let reason = format!("Not supported URL scheme {other}");
                return Err(TransportError::invalid(reason));
            }
        };
        let rest = rest.split('#').next().unwrap_or_default();
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(end);
        let (user, authority) = match authority.rsplit_once('@') {
            Some((user, authority)) => (Some(user), authority),
            None => (None, authority),
        };
        let (host, port) = split_port(authority).ok_or_else(|| invalid("no valid port"))?;
        if host.is_empty() {
            return Err(invalid("no host"));
        }
        Ok(Self {
            https,
            host: host.to_ascii_lowercase(),
            port: port.unwrap_or(if https { 443 } else { 80 }),
            target: if target.starts_with('/') {
                target.to_owned()
            } else {
                format!("/{target}")
            },
            user: user.map(|user| {
                let (name, password) = user.split_once(':').unwrap_or((user, ""));
                (unquote(name), unquote(password))
            }),
        })
    }

    /// `host:port`, an IPv6 host in brackets.
    pub(super) fn authority(&self) -> String {
        format!("{}:{}", self.bracketed_host(), self.port)
    }

    /// What stands in `Host`: the port only where it is not the scheme's own.
    pub(super) fn host_header(&self) -> String {
        if self.port == if self.https { 443 } else { 80 } {
            self.bracketed_host()
        } else {
            self.authority()
        }
    }

    /// The absolute form, which proxies get.
    pub(super) fn absolute(&self) -> String {
        let scheme = if self.https { "https" } else { "http" };
        format!("{scheme}://{}{}", self.host_header(), self.target)
    }

    fn bracketed_host(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        }
    }
}

/// Host and port; `None` where the port is no number.
fn split_port(authority: &str) -> Option<(&str, Option<u16>)> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']')?;
            (host, port.strip_prefix(':').unwrap_or(port))
        }
        None => authority.split_once(':').unwrap_or((authority, "")),
    };
    if port.is_empty() {
        return Some((host, None));
    }
    port.parse().ok().map(|port| (host, Some(port)))
}

/// Percent-decoding; what is no valid escape stays.
fn unquote(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = match (first, tail) {
            (b'%', [high, low, ..]) => hex_digit(*high).zip(hex_digit(*low)),
            _ => None,
        };
        match escaped {
            Some((high, low)) => {
                bytes.push(high << 4 | low);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

const fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Url;

    #[test]
    fn urls_come_apart() {
        for (url, host, port, target, host_header) in [
            (
                "https://sts.amazonaws.com",
                "sts.amazonaws.com",
                443,
                "/",
                "sts.amazonaws.com",
            ),
            ("http://LOCALHOST:80/", "localhost", 80, "/", "localhost"),
            (
                "http://localhost:9000//a%20b?x=1#f",
                "localhost",
                9000,
                "//a%20b?x=1",
                "localhost:9000",
            ),
            ("http://h?list-type=2", "h", 80, "/?list-type=2", "h"),
            ("https://[::1]:8443/x", "::1", 8443, "/x", "[::1]:8443"),
            ("https://[::1]/x", "::1", 443, "/x", "[::1]"),
        ] {
            let parsed = Url::parse(url).unwrap();
            assert_eq!(
                (
                    parsed.host.as_str(),
                    parsed.port,
                    parsed.target.as_str(),
                    parsed.host_header().as_str()
                ),
                (host, port, target, host_header),
                "{url}"
            );
        }
    }

    #[test]
    fn users_are_decoded() {
        let url = Url::parse("http://me%40home:p%3ass%@proxy:3128").unwrap();
        assert_eq!(url.user, Some(("me@home".into(), "p:ss%".into())));
        assert_eq!(url.authority(), "proxy:3128");
    }

    #[test]
    fn what_is_no_url_is_refused() {
        for url in [
            "",
            "localhost",
            "ftp://h/",
            "http://",
            "http://h:99999/",
            "http://h:x/",
        ] {
            assert!(Url::parse(url).is_err(), "{url}");
        }
    }
}
