//! TLS: the one place that knows of rustls. A configuration is made at the
//! first connection that needs it, because reading a bundle of certificates
//! costs more than everything else a short command does.

mod key_log;
mod reason;
mod verify;

use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::TlsConnector;

pub(super) use reason::reason;

use super::{ClientCertificate, TransportConfig};
use key_log::KeyLog;
use verify::{DangerouslyAcceptAnyCertificate, TrustingVerifier};

/// The configurations of a transport, made when first asked for.
#[derive(Default)]
pub(super) struct Tls {
    endpoints: OnceLock<Arc<ClientConfig>>,
    proxies: OnceLock<Arc<ClientConfig>>,
}

impl Tls {
    /// What connects to endpoints; offers HTTP/2 where the transport does.
    pub(super) fn for_endpoints(&self, config: &TransportConfig) -> Result<TlsConnector, String> {
        let http2 = config.http2;
        once(&self.endpoints, || client_config(config, http2))
    }

    /// What connects to `https:` proxies, which are spoken to in HTTP/1.1.
    pub(super) fn for_proxies(&self, config: &TransportConfig) -> Result<TlsConnector, String> {
        once(&self.proxies, || client_config(config, false))
    }
}

/// The name to check a certificate against.
pub(super) fn server_name(host: &str) -> Result<ServerName<'static>, String> {
    ServerName::try_from(host.to_owned()).map_err(|_| format!("invalid host name: {host}"))
}

fn once(
    cell: &OnceLock<Arc<ClientConfig>>,
    make: impl FnOnce() -> Result<ClientConfig, String>,
) -> Result<TlsConnector, String> {
    if let Some(config) = cell.get() {
        return Ok(Arc::clone(config).into());
    }
    let made = Arc::new(make()?);
    Ok(Arc::clone(cell.get_or_init(|| made)).into())
}

fn client_config(config: &TransportConfig, http2: bool) -> Result<ClientConfig, String> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let builder = builder.dangerous();
    let builder = if config.verify {
        let verifier = match &config.ca_bundle {
            Some(bundle) => TrustingVerifier::of_bundle(certificates(bundle)?, &provider),
            None => TrustingVerifier::of_roots(built_in_roots(), &provider),
        };
        builder.with_custom_certificate_verifier(Arc::new(verifier?))
    } else {
        builder
            .with_custom_certificate_verifier(Arc::new(DangerouslyAcceptAnyCertificate(provider)))
    };
    let mut made = match &config.client_certificate {
        None => builder.with_no_client_auth(),
        Some(client) => {
            let (certificates, key) = client_certificate(client)?;
            builder
                .with_client_auth_cert(certificates, key)
                .map_err(|error| error.to_string())?
        }
    };
    if http2 {
        made.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    } else {
        made.alpn_protocols = vec![b"http/1.1".to_vec()];
    }
    if let Some(path) = &config.key_log {
        let log = KeyLog::open(path);
        let log = log.map_err(|error| format!("{}: '{}'", system_error(&error), path.display()))?;
        made.key_log = Arc::new(log);
    }
    Ok(made)
}

/// The roots that come with the program, as the real client brings its own.
fn built_in_roots() -> RootCertStore {
    RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    }
}

fn client_certificate(
    client: &ClientCertificate,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), String> {
    let certificates = certificates(&client.certificate)?;
    let key = client.key.as_ref().unwrap_or(&client.certificate);
    let pem = fs::read(key).map_err(|error| system_error(&error))?;
    let key = PrivateKeyDer::from_pem_slice(&pem)
        .map_err(|error| format!("no private key in {}: {error}", key.display()))?;
    Ok((certificates, key))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let pem = fs::read(path).map_err(|error| system_error(&error))?;
    // Text that is no certificate is passed over, as OpenSSL does.
    let found: Vec<_> = CertificateDer::pem_slice_iter(&pem)
        .filter_map(Result::ok)
        .collect();
    if found.is_empty() {
        return Err("[X509: NO_CERTIFICATE_OR_CRL_FOUND] no certificate or crl found".to_owned());
    }
    Ok(found)
}

/// As Python writes it: `[Errno 2] No such file or directory`.
fn system_error(error: &io::Error) -> String {
    let text = error.to_string();
    match error.raw_os_error() {
        Some(number) => {
            let text = text.split(" (os error").next().unwrap_or_default();
            format!("[Errno {number}] {text}")
        }
        None => text,
    }
}
