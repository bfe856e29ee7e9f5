//! Why a handshake failed, as OpenSSL and urllib3 say it where users know their
//! words.

use std::io;
use std::sync::Arc;

use rustls::{AlertDescription, CertificateError, Error, OtherError};
use rustls_pki_types::{CertificateDer, ServerName};

use super::verify::is_self_issued;

/// A server for whom no root vouches.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub(super) enum Stranger {
    /// Its certificate vouches for itself.
    #[error("self-signed certificate")]
    SelfSigned,
    /// It brings its own root.
    #[error("self-signed certificate in certificate chain")]
    OwnRoot,
    /// Its issuer is unknown.
    #[error("unable to get local issuer certificate")]
    UnknownIssuer,
}

impl Stranger {
    pub(super) fn of(
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
    ) -> Self {
        if is_self_issued(end_entity) {
            Self::SelfSigned
        } else if intermediates.iter().any(is_self_issued) {
            Self::OwnRoot
        } else {
            Self::UnknownIssuer
        }
    }
}

impl From<Stranger> for Error {
    fn from(stranger: Stranger) -> Self {
        Self::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(stranger))))
    }
}

/// Why a handshake failed; `None` where TLS is not to blame.
pub(in crate::transport) fn reason(error: &io::Error) -> Option<String> {
    let error = error.get_ref()?.downcast_ref::<Error>()?;
    let certificate = match error {
        Error::InvalidCertificate(certificate) => certificate,
        Error::InvalidMessage(_) => {
            return Some("[SSL: WRONG_VERSION_NUMBER] wrong version number".to_owned());
        }
        Error::AlertReceived(alert) => return Some(alerted(*alert)),
        other => return Some(other.to_string()),
    };
    let why = match certificate {
        CertificateError::NotValidForNameContext {
            expected,
            presented,
        } => return Some(wrong_name(expected, presented)),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "certificate has expired".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "certificate is not yet valid".to_owned()
        }
        CertificateError::Revoked => "certificate revoked".to_owned(),
        CertificateError::Other(other) => other.to_string(),
        other => other.to_string(),
    };
    Some(format!(
        "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {why}"
    ))
}

/// What a server says that ends the handshake, in OpenSSL's words: those of
/// its table `SSL_str_reasons`.
fn alerted(alert: AlertDescription) -> String {
    let (code, words) = match alert {
        AlertDescription::HandshakeFailure => (
            "SSLV3_ALERT_HANDSHAKE_FAILURE",
            "sslv3 alert handshake failure",
        ),
        AlertDescription::BadCertificate => {
            ("SSLV3_ALERT_BAD_CERTIFICATE", "sslv3 alert bad certificate")
        }
        AlertDescription::CertificateUnknown => (
            "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
            "sslv3 alert certificate unknown",
        ),
        AlertDescription::UnknownCA => ("TLSV1_ALERT_UNKNOWN_CA", "tlsv1 alert unknown ca"),
        AlertDescription::AccessDenied => {
            ("TLSV1_ALERT_ACCESS_DENIED", "tlsv1 alert access denied")
        }
        AlertDescription::ProtocolVersion => (
            "TLSV1_ALERT_PROTOCOL_VERSION",
            "tlsv1 alert protocol version",
        ),
        AlertDescription::InternalError => {
            ("TLSV1_ALERT_INTERNAL_ERROR", "tlsv1 alert internal error")
        }
        AlertDescription::UnrecognisedName => {
            ("TLSV1_UNRECOGNIZED_NAME", "tlsv1 unrecognized name")
        }
        AlertDescription::CertificateRequired => (
            "TLSV13_ALERT_CERTIFICATE_REQUIRED",
            "tlsv13 alert certificate required",
        ),
        other => return format!("received fatal alert: {other:?}"),
    };
    format!("[SSL: {code}] {words}")
}

// Parity: urllib3/util/ssl_match_hostname.py, match_hostname.
fn wrong_name(expected: &ServerName<'_>, presented: &[String]) -> String {
    // rustls has the names as `DnsName("example.com")`, `IpAddress(::1)`.
    let names: Vec<_> = presented
        .iter()
        .filter_map(|name| {
            let (kind, name) = name.strip_suffix(')')?.split_once('(')?;
            matches!(kind, "DnsName" | "IpAddress").then(|| format!("'{}'", name.trim_matches('"')))
        })
        .collect();
    let expected = expected.to_str();
    match names.as_slice() {
        [] => "no appropriate subjectAltName fields were found".to_owned(),
        [name] => format!("hostname '{expected}' doesn't match {name}"),
        names => format!(
            "hostname '{expected}' doesn't match either of {}",
            names.join(", ")
        ),
    }
}
