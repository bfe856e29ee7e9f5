//! HTTPS: whom we believe, what we say to whom we do not.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use awl_sdk::transport::{ClientCertificate, Transport, TransportConfig, TransportErrorKind};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use rustls::server::WebPkiClientVerifier;
use rustls::{ProtocolVersion, RootCertStore, ServerConfig};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::server::{Connection, Server};
use crate::{get, patient, post, refused, text};

/// An authority of a test, and the folder that its files are in.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: tempfile::TempDir,
}

/// A certificate and its key.
pub struct Identity {
    pub certificates: Vec<CertificateDer<'static>>,
    pub key: PrivateKeyDer<'static>,
    pem: String,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        Self {
            issuer: CertifiedIssuer::self_signed(params, key).unwrap(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub fn issue(&self, names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Identity {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Identity::new(&certificate, &key)
    }

    pub fn bundle(&self) -> PathBuf {
        self.file("ca.pem", &format!("Some text.\n{}", self.issuer.pem()))
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Identity {
    fn new(certificate: &rcgen::Certificate, key: &KeyPair) -> Self {
        Self {
            certificates: vec![certificate.der().clone()],
            key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            pem: certificate.pem() + &key.serialize_pem(),
        }
    }

    /// A server's configuration that shows this certificate.
    pub fn server(&self) -> ServerConfig {
        ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(self.certificates.clone(), self.key.clone_key())
            .unwrap()
    }
}

pub fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

pub fn trusting(bundle: PathBuf) -> TransportConfig {
    TransportConfig {
        ca_bundle: Some(bundle),
        ..patient()
    }
}

/// Echoes over TLS.
pub async fn serve(config: ServerConfig) -> Server {
    let acceptor = TlsAcceptor::from(Arc::new(config));
    Server::start(move |_, stream| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                Connection::new(stream).echo().await;
            }
        }
    })
    .await
}

fn url(server: &Server) -> String {
    format!("https://localhost:{}/", server.address.port())
}

#[tokio::test]
async fn a_bundle_replaces_the_roots() {
    let authority = Authority::new("ours");
    let identity = authority.issue(&["localhost", "127.0.0.1"], |_| {});
    let server = serve(identity.server()).await;
    let transport = Transport::new(trusting(authority.bundle()));
    for url in [url(&server), format!("https://{}/", server.address)] {
        for _ in 0..2 {
            let response = transport.send(&post(&url, "hello")).await.unwrap();
            let echoed = text(response).await;
            let host = url.trim_start_matches("https://").trim_end_matches('/');
            assert!(
                echoed.starts_with(&format!("POST / HTTP/1.1\r\nHost: {host}\r\n")),
                "{echoed}"
            );
        }
    }
    assert_eq!(server.connections(), 2, "one for each name");
}

#[tokio::test]
async fn both_versions_of_tls_are_spoken() {
    let authority = Authority::new("ours");
    let identity = authority.issue(&["localhost"], |_| {});
    for (version, expected) in [
        (&rustls::version::TLS12, ProtocolVersion::TLSv1_2),
        (&rustls::version::TLS13, ProtocolVersion::TLSv1_3),
    ] {
        let config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[version])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(identity.certificates.clone(), identity.key.clone_key())
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let server = Server::start(move |_, stream| {
            let acceptor = acceptor.clone();
            async move {
                let stream = acceptor.accept(stream).await.unwrap();
                assert_eq!(stream.get_ref().1.protocol_version(), Some(expected));
                Connection::new(stream).echo().await;
            }
        })
        .await;
        let transport = Transport::new(trusting(authority.bundle()));
        let response = transport.send(&get(url(&server))).await.unwrap();
        assert_eq!(response.status, 200);
    }
}

#[tokio::test]
async fn strangers_are_not_believed() {
    let authority = Authority::new("ours");
    let other = Authority::new("theirs");
    let outdated = |params: &mut CertificateParams| {
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2002, 1, 1);
    };
    let mut with_root = other.issue(&["localhost"], |_| {});
    with_root.certificates.push(other.issuer.der().clone());
    let unverified = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: ";
    for (identity, prefix, reason) in [
        (
            other.issue(&["localhost"], |_| {}),
            unverified,
            "unable to get local issuer certificate",
        ),
        (
            with_root,
            unverified,
            "self-signed certificate in certificate chain",
        ),
        (
            authority.issue(&["localhost"], outdated),
            unverified,
            "certificate has expired",
        ),
        (
            authority.issue(&["elsewhere"], |_| {}),
            "",
            "hostname 'localhost' doesn't match 'elsewhere'",
        ),
        (
            authority.issue(&["*.a.example", "10.0.0.1"], |_| {}),
            "",
            "hostname 'localhost' doesn't match either of '*.a.example', '10.0.0.1'",
        ),
        (
            authority.issue(&[], |_| {}),
            "",
            "no appropriate subjectAltName fields were found",
        ),
    ] {
        let server = serve(identity.server()).await;
        let transport = Transport::new(trusting(authority.bundle()));
        let error = refused(&transport, &get(url(&server))).await;
        assert_eq!(error.kind(), TransportErrorKind::Tls);
        assert_eq!(
            error.to_string(),
            format!(
                "SSL validation failed for {} {prefix}{reason}",
                url(&server)
            )
        );
        // The roots that come with the program know none of them either.
        let error = refused(&crate::transport(), &get(url(&server))).await;
        assert_eq!(error.kind(), TransportErrorKind::Tls);

        let trusting_all = Transport::new(TransportConfig {
            verify: false,
            ..patient()
        });
        let response = trusting_all.send(&get(url(&server))).await.unwrap();
        assert_eq!(response.status, 200);
    }
}

#[tokio::test]
async fn a_self_signed_certificate_in_the_bundle_is_believed() {
    let authority = Authority::new("unused");
    for (is_ca, names, fine) in [
        (IsCa::Ca(BasicConstraints::Unconstrained), "localhost", true),
        (IsCa::ExplicitNoCa, "localhost", true),
        (IsCa::Ca(BasicConstraints::Unconstrained), "other", false),
    ] {
        let mut params = CertificateParams::new(vec![names.to_owned()]).unwrap();
        params.is_ca = is_ca;
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let identity = Identity::new(&certificate, &key);
        let server = serve(identity.server()).await;
        let bundle = authority.file("self.pem", &certificate.pem());
        let sent = Transport::new(trusting(bundle))
            .send(&get(url(&server)))
            .await;
        assert_eq!(sent.is_ok(), fine, "{names} {sent:?}");
        // Not in the bundle, it is a stranger.
        let strict = Transport::new(trusting(authority.bundle()));
        let error = refused(&strict, &get(url(&server))).await.to_string();
        let reason = "certificate verify failed: self-signed certificate";
        assert!(error.ends_with(reason), "{error}");
    }
}

#[tokio::test]
async fn a_bundle_has_to_be_one() {
    let authority = Authority::new("ours");
    let server = serve(authority.issue(&["localhost"], |_| {}).server()).await;
    let none = Path::new("/no/such/bundle").to_owned();
    let empty = authority.file("empty.pem", "nothing\n");
    for (bundle, reason) in [
        (none, "[Errno 2] No such file or directory"),
        (
            empty,
            "[X509: NO_CERTIFICATE_OR_CRL_FOUND] no certificate or crl found",
        ),
    ] {
        let error = refused(&Transport::new(trusting(bundle)), &get(url(&server))).await;
        assert_eq!(
            error.to_string(),
            format!("SSL validation failed for {} {reason}", url(&server))
        );
    }
}

#[tokio::test]
async fn clients_may_show_a_certificate() {
    let authority = Authority::new("ours");
    let identity = authority.issue(&["localhost"], |_| {});
    let client = authority.issue(&[], |params| {
        params.distinguished_name.push(DnType::CommonName, "client");
    });
    let mut roots = RootCertStore::empty();
    roots.add(authority.issuer.der().clone()).unwrap();
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider())
        .build()
        .unwrap();
    let config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(identity.certificates.clone(), identity.key.clone_key())
        .unwrap();
    let server = serve(config).await;
    let certificate = authority.file("client.pem", &client.pem);
    let shown = Transport::new(TransportConfig {
        client_certificate: Some(ClientCertificate {
            certificate,
            key: None,
        }),
        ..trusting(authority.bundle())
    });
    assert_eq!(shown.send(&get(url(&server))).await.unwrap().status, 200);
    let hidden = Transport::new(trusting(authority.bundle()));
    let error = refused(&hidden, &get(url(&server))).await;
    assert_eq!(error.kind(), TransportErrorKind::Tls, "{error}");
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_told_so() {
    let server = Server::answering("HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let plain = Server::start(|_, stream| async move {
        let mut connection = Connection::new(stream);
        connection.write("HTTP/1.1 400 Bad Request\r\n\r\n").await;
        connection.read_head().await;
    })
    .await;
    drop(server);
    let error = refused(&crate::transport(), &get(url(&plain))).await;
    assert_eq!(error.kind(), TransportErrorKind::Tls, "{error}");
    let words = "[SSL: WRONG_VERSION_NUMBER] wrong version number";
    assert!(error.to_string().ends_with(words), "{error}");
    let refusing = Server::start(|_, stream| async move {
        let mut connection = Connection::new(stream);
        let _ = tokio::io::AsyncReadExt::read_u8(&mut connection.stream).await;
        let alert = [0x15, 3, 3, 0, 2, 2, 40];
        let _ = tokio::io::AsyncWriteExt::write_all(&mut connection.stream, &alert).await;
        let _ = tokio::io::AsyncReadExt::read(&mut connection.stream, &mut [0; 4096]).await;
    })
    .await;
    let error = refused(&crate::transport(), &get(url(&refusing))).await;
    let words = "[SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] sslv3 alert handshake failure";
    assert!(error.to_string().ends_with(words), "{error}");
}

#[tokio::test]
async fn a_handshake_that_breaks_off_is_told_so() {
    let server = Server::start(|_, stream| async move {
        let mut connection = Connection::new(stream);
        let _ = tokio::io::AsyncReadExt::read_u8(&mut connection.stream).await;
    })
    .await;
    let error = refused(&crate::transport(), &get(url(&server))).await;
    assert!(
        matches!(
            error.kind(),
            TransportErrorKind::Tls | TransportErrorKind::ConnectionClosed
        ),
        "{error}"
    );
}

/// As the real client says it of a handshake: a read that took too long.
#[tokio::test(start_paused = true)]
async fn a_silent_handshake_times_out() {
    let server = Server::start(|_, stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let transport = Transport::new(TransportConfig {
        connect_timeout: Some(Duration::from_secs(60)),
        ..patient()
    });
    let url = format!("https://{}/", server.address);
    let error = refused(&transport, &get(url)).await;
    assert_eq!(error.kind(), TransportErrorKind::ReadTimeout);
}

#[tokio::test]
async fn keys_of_connections_are_logged_where_that_is_wanted() {
    let authority = Authority::new("ours");
    let identity = authority.issue(&["localhost"], |_| {});
    let server = serve(identity.server()).await;
    let log = authority.file("keys", "# before\n");
    let config = TransportConfig {
        key_log: Some(log.clone()),
        ..trusting(authority.bundle())
    };
    let transport = Transport::new(config);
    transport.send(&get(url(&server))).await.unwrap();
    let logged = std::fs::read_to_string(&log).unwrap();
    assert!(logged.starts_with("# before\n"), "{logged}");
    for line in logged.lines().skip(1) {
        let words: Vec<&str> = line.split(' ').collect();
        assert_eq!(words.len(), 3, "{line}");
        assert!(
            words[0].starts_with("CLIENT_")
                || words[0].contains("_TRAFFIC_SECRET")
                || words[0] == "EXPORTER_SECRET",
            "{line}"
        );
        assert_eq!(words[1].len(), 64, "{line}");
    }
    assert!(logged.lines().count() > 1, "{logged}");
    // Nothing is sent whose keys cannot be written.
    let config = TransportConfig {
        key_log: Some(authority.folder.path().join("none/keys")),
        ..trusting(authority.bundle())
    };
    let transport = Transport::new(config);
    let error = transport.send(&get(url(&server))).await.err().unwrap();
    assert_eq!(error.kind(), TransportErrorKind::Tls);
}
