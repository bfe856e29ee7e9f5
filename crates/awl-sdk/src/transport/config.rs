//! What a transport is made with. Nothing here is read from the environment:
//! the caller resolves its configuration and says so.

use std::path::PathBuf;
use std::time::Duration;

/// How to reach endpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransportConfig {
    /// A PEM file whose certificates are trusted instead of the built-in ones.
    pub ca_bundle: Option<PathBuf>,
    /// Whether certificates are checked at all.
    pub verify: bool,
    /// A certificate to show to servers that ask for one.
    pub client_certificate: Option<ClientCertificate>,
    /// How long an endpoint may take to accept a connection; `None`: for ever.
    pub connect_timeout: Option<Duration>,
    /// How long an endpoint may be silent; `None`: for ever.
    pub read_timeout: Option<Duration>,
    /// The proxies to go through.
    pub proxies: ProxyConfig,
    /// Whether idle connections are probed (`SO_KEEPALIVE`).
    pub tcp_keepalive: bool,
    /// A file that the keys of TLS connections are added to.
    pub key_log: Option<PathBuf>,
    /// Whether HTTP/2 is offered to endpoints that speak TLS.
    pub http2: bool,
}

/// The defaults of the AWS CLI: 60 seconds for everything, certificates
/// checked, no proxy.
impl Default for TransportConfig {
    fn default() -> Self {
        Self {
            ca_bundle: None,
            verify: true,
            client_certificate: None,
            connect_timeout: Some(Duration::from_secs(60)),
            read_timeout: Some(Duration::from_secs(60)),
            proxies: ProxyConfig::default(),
            tcp_keepalive: false,
            key_log: None,
            http2: false,
        }
    }
}

/// Proxies by the scheme of the request, as `HTTP_PROXY`, `HTTPS_PROXY` and
/// `NO_PROXY` have them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProxyConfig {
    /// The proxy of `http:` requests: a URL, or `host:port`.
    pub http: Option<String>,
    /// The proxy of `https:` requests.
    pub https: Option<String>,
    /// Hosts that are reached directly: names and domains with commas between
    /// them, or `*`.
    pub no_proxy: Option<String>,
}

/// A client certificate in PEM files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The file with the certificate, and its chain.
    pub certificate: PathBuf,
    /// The file with the private key, where it is not in the same file.
    pub key: Option<PathBuf>,
}
