//! TLS: the one place that knows of rustls. A configuration is made at the
//! first connection that needs it, because reading a bundle of certificates
//! costs more than everything else a short command does.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use tokio_rustls::TlsConnector;

use super::{ClientCertificate, TransportConfig};

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

/// Why a handshake failed, as OpenSSL says it where users know its words;
/// `None` where TLS is not to blame.
pub(super) fn reason(error: &io::Error) -> Option<String> {
    let error = error.get_ref()?.downcast_ref::<Error>()?;
    let Error::InvalidCertificate(certificate) = error else {
        return Some(error.to_string());
    };
    let why = match certificate {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "certificate has expired".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "certificate is not yet valid".to_owned()
        }
        CertificateError::Revoked => "certificate revoked".to_owned(),
        CertificateError::UnknownIssuer => "unable to get local issuer certificate".to_owned(),
        CertificateError::Other(other) => other.to_string(),
        CertificateError::NotValidForName => "Hostname mismatch".to_owned(),
        CertificateError::NotValidForNameContext { expected, .. } => format!(
            "Hostname mismatch, certificate is not valid for '{}'.",
            expected.to_str()
        ),
        other => other.to_string(),
    };
    Some(format!(
        "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {why}"
    ))
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
    let builder = match &config.ca_bundle {
        _ if !config.verify => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(DangerouslyAcceptAnyCertificate(provider))),
        Some(bundle) => {
            let verifier = BundleVerifier::new(bundle, &provider)?;
            builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(verifier))
        }
        None => builder.with_root_certificates(RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        }),
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
    Ok(made)
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

/// Trusts a bundle of certificates. More than webpki does, it accepts a server
/// that shows one of those very certificates although it is a CA's: a
/// self-signed certificate made by `openssl req -x509`, as local endpoints
/// have them. OpenSSL accepts it too.
#[derive(Debug)]
struct BundleVerifier {
    certificates: Vec<CertificateDer<'static>>,
    chains: Arc<WebPkiServerVerifier>,
}

impl BundleVerifier {
    fn new(bundle: &Path, provider: &Arc<CryptoProvider>) -> Result<Self, String> {
        let certificates = certificates(bundle)?;
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(certificates.iter().cloned());
        let chains =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
                .build()
                .map_err(|error| error.to_string())?;
        Ok(Self {
            certificates,
            chains,
        })
    }
}

impl ServerCertVerifier for BundleVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = self.chains.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        match verified {
            // webpki has looked at the dates before it says this.
            Err(Error::InvalidCertificate(CertificateError::Other(other)))
                if is_ca_as_end_entity(&other) && self.certificates.contains(end_entity) =>
            {
                rustls::client::verify_server_name(
                    &ParsedCertificate::try_from(end_entity)?,
                    server_name,
                )?;
                Ok(ServerCertVerified::assertion())
            }
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chains
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chains
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.chains.supported_verify_schemes()
    }
}

fn is_ca_as_end_entity(error: &rustls::OtherError) -> bool {
    matches!(
        error.0.downcast_ref::<webpki::Error>(),
        Some(webpki::Error::CaUsedAsEndEntity)
    )
}

/// What `--no-verify-ssl` asks for: whoever answers is believed. Only that the
/// peer holds the key of the certificate it shows is still checked.
#[derive(Debug)]
struct DangerouslyAcceptAnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for DangerouslyAcceptAnyCertificate {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
