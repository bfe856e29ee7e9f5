//! Why a handshake failed, as OpenSSL and urllib3 say it where users know their
//! words.

use std::io;
use std::sync::Arc;

use rustls::{CertificateError, Error, OtherError};
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
    let Error::InvalidCertificate(certificate) = error else {
        return Some(error.to_string());
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
