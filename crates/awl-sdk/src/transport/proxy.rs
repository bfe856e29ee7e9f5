//! Which proxy a request goes through, and the tunnel through it.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::url::Url;
use super::{ProxyConfig, TransportError};

/// The longest answer to `CONNECT` that is read.
const LONGEST_ANSWER: usize = 64 * 1024;

/// A proxy to go through.
#[derive(Clone, Debug)]
pub(super) struct Proxy {
    pub(super) url: Url,
    /// The URL for error texts, user and password masked.
    pub(super) masked: String,
}

impl Proxy {
    /// The proxy for a request to `url`; `None`: go directly.
    // Parity: botocore/httpsession.py, ProxyConfiguration; botocore/utils.py,
    // should_bypass_proxies.
    pub(super) fn choose(config: &ProxyConfig, url: &Url) -> Result<Option<Self>, TransportError> {
        let proxy = if url.https {
            &config.https
        } else {
            &config.http
        };
        let Some(proxy) = proxy.as_deref().filter(|proxy| !proxy.is_empty()) else {
            return Ok(None);
        };
        if config
            .no_proxy
            .as_deref()
            .is_some_and(|list| bypasses(list, url))
        {
            return Ok(None);
        }
        let proxy = if proxy.starts_with("http:") || proxy.starts_with("https:") {
            proxy.to_owned()
        } else if proxy.starts_with("//") {
            format!("http:{proxy}")
        } else {
            format!("http://{proxy}")
        };
        Ok(Some(Self {
            url: Url::parse(&proxy)?,
            masked: mask(&proxy),
        }))
    }

    /// The value of `Proxy-Authorization`, where the URL has a user and a
    /// password.
    pub(super) fn authorization(&self) -> Option<String> {
        let (user, password) = self.url.user.as_ref()?;
        if user.is_empty() || password.is_empty() {
            return None;
        }
        let encoded = STANDARD.encode(format!("{user}:{password}"));
        Some(format!("Basic {encoded}"))
    }

    pub(super) fn error(&self, source: io::Error) -> TransportError {
        TransportError::Proxy {
            proxy: self.masked.clone(),
            source,
        }
    }

    /// Asks the proxy for a tunnel to `target`, and waits for its consent.
    pub(super) async fn open_tunnel(
        &self,
        stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
        target: &Url,
    ) -> io::Result<()> {
        let authority = target.authority();
        let mut request = format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n");
        if let Some(authorization) = self.authorization() {
            request.push_str("Proxy-Authorization: ");
            request.push_str(&authorization);
            request.push_str("\r\n");
        }
        request.push_str("\r\n");
        stream.write_all(request.as_bytes()).await?;
        stream.flush().await?;
        let head = read_head(stream).await?;
        let line = head.lines().next().unwrap_or_default();
        let mut words = line.splitn(3, ' ');
        let version = words.next().unwrap_or_default();
        let status = words.next().unwrap_or_default();
        if !version.starts_with("HTTP/") {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("the proxy answered no HTTP: {line:?}"),
            ));
        }
        if status.len() == 3 && status.starts_with('2') {
            return Ok(());
        }
        Err(io::Error::other(format!(
            "Tunnel connection failed: {status} {}",
            words.next().unwrap_or_default().trim()
        )))
    }
}

/// Reads up to the empty line, and not one byte beyond: those are the
/// tunnel's.
async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && !head.ends_with(b"\n\n") {
        if head.len() == LONGEST_ANSWER {
            return Err(io::ErrorKind::InvalidData.into());
        }
        head.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// Whether `NO_PROXY` names the host: `*`, a name, or the end of one at a dot;
/// each may have a port. Ranges of addresses are not understood, as by Python.
// Parity: urllib.request.proxy_bypass_environment.
fn bypasses(list: &str, url: &Url) -> bool {
    if list == "*" {
        return true;
    }
    let host = url.host.as_str();
    let host_and_port = url.authority();
    list.split(',').any(|name| {
        let name = name.trim().trim_start_matches('.').to_ascii_lowercase();
        let matches = |host: &str| {
            host.strip_suffix(name.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        !name.is_empty() && (matches(host) || matches(&host_and_port))
    })
}

// Parity: botocore/httpsession.py, mask_proxy_url.
fn mask(proxy: &str) -> String {
    let Some((scheme, rest)) = proxy.split_once("://") else {
        return proxy.to_owned();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let Some(at) = rest[..end].rfind('@') else {
        return proxy.to_owned();
    };
    let user = if rest[..at].contains(':') {
        "***:***"
    } else {
        "***"
    };
    format!("{scheme}://{user}{}", &rest[at..])
}

#[cfg(test)]
mod tests {
    use super::{Proxy, ProxyConfig, Url, bypasses, mask};

    #[test]
    fn no_proxy_is_read_as_python_reads_it() {
        for (list, url, expected) in [
            ("*", "http://a.b/", true),
            ("a.b", "http://a.b/", true),
            ("A.B", "http://a.b:81/", true),
            (".a.b", "http://a.b/", true),
            ("b", "http://a.b/", true),
            ("b", "http://ab/", false),
            ("x, a.b ,y", "http://a.b/", true),
            ("a.b:81", "http://a.b:81/", true),
            ("a.b:81", "http://a.b:82/", false),
            ("127.0.0.0/8", "http://127.0.0.1/", false),
            ("127.0.0.1", "http://127.0.0.1:5000/", true),
            ("*,x", "http://a.b/", false),
            ("", "http://a.b/", false),
            (",", "http://a.b/", false),
        ] {
            assert_eq!(
                bypasses(list, &Url::parse(url).unwrap()),
                expected,
                "{list} {url}"
            );
        }
    }

    #[test]
    fn each_scheme_has_its_proxy() {
        let config = ProxyConfig {
            http: Some("plain:3128".into()),
            https: Some("https://user:secret@secure:8443".into()),
            no_proxy: None,
        };
        let chosen = |url| {
            Proxy::choose(&config, &Url::parse(url).unwrap())
                .unwrap()
                .unwrap()
        };
        assert_eq!(chosen("http://h/").url.authority(), "plain:3128");
        assert_eq!(chosen("http://h/").authorization(), None);
        let secure = chosen("https://h/");
        assert!(secure.url.https);
        assert_eq!(secure.masked, "https://***:***@secure:8443");
        assert_eq!(
            secure.authorization().as_deref(),
            Some("Basic dXNlcjpzZWNyZXQ=")
        );
    }

    #[test]
    fn secrets_of_proxies_are_masked() {
        for (proxy, masked) in [
            ("http://h:1", "http://h:1"),
            ("http://u:p@h:1", "http://***:***@h:1"),
            ("http://u@h:1/@", "http://***@h:1/@"),
        ] {
            assert_eq!(mask(proxy), masked);
        }
    }
}
