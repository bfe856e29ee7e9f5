//! Why a request could not be signed.

use thiserror::Error;

/// Why a request could not be signed, or no way to sign it was found.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignError {
    /// The URL has no scheme or host, a bad port, or characters no URL may have.
    #[error("invalid URL to sign: {reason}")]
    InvalidUrl {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A header cannot go on the wire as it is.
    #[error("invalid header {name:?}: {reason}")]
    InvalidHeader {
        /// The header's name.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The method is empty or not a token.
    #[error("invalid request method {method:?}")]
    InvalidMethod {
        /// The method as given.
        method: String,
    },
    /// The scheme needs an access key and none was given.
    #[error("no credentials to sign with")]
    MissingCredentials,
    /// The scheme needs a bearer token and none was given.
    #[error("Unable to locate authorization token")]
    MissingToken,
    /// The scheme cannot put its signature where it was asked to.
    #[error("signature version {version:?} is not supported for this kind of request")]
    UnsupportedVersion {
        /// The name that botocore would report, such as `v4a-query`.
        version: String,
    },
    /// The name is no signature version or authentication scheme that is known.
    #[error("unknown signature version {version:?}")]
    UnknownVersion {
        /// The name that botocore would report.
        version: String,
    },
    /// None of the authentication schemes offered can be used.
    #[error("no supported authentication scheme among {schemes:?}")]
    UnsupportedSchemes {
        /// The schemes offered.
        schemes: Vec<String>,
    },
    /// A body that must be a form is not UTF-8 text.
    #[error("the body to sign is not a form")]
    InvalidForm,
    /// The secret yields no key for this scheme.
    #[error("no signing key can be derived from the secret access key")]
    InvalidKey,
}
