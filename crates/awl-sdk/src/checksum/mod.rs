//! Flexible checksums: which one a request carries and where, the
//! `aws-chunked` body whose trailer has it, and the check of what comes back.
//!
//! What the model and the settings ask for is resolved first
//! ([`RequestChecksum::resolve`]), because the signature and the service's
//! handlers depend on it; it is computed when the body is final
//! ([`RequestChecksum::apply`]).
// Parity: botocore/httpchecksum.py of AWS CLI 2.36.7.

mod algorithm;
mod chunked;
mod request;
mod response;

pub use algorithm::{ChecksumAlgorithm, ChecksumHasher};
pub use request::{ChecksumCalculation, ChecksumContext, Placement, RequestChecksum};
pub use response::{ChecksumValidator, ResponseChecksum};

/// A checksum that cannot be made, or does not fit. Worded as the real client
/// words it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChecksumError {
    /// The caller asked for an algorithm that is not supported.
    #[error("Unsupported checksum algorithm: {0}")]
    Unsupported(String),
    /// What came is not what was sent.
    #[error("Expected checksum {expected} did not match calculated checksum: {calculated}")]
    Mismatch {
        /// What the service said, in base64.
        expected: String,
        /// What the body has, in base64.
        calculated: String,
    },
    /// The checksum that came with an answer is no base64.
    #[error("{0}")]
    Unreadable(String),
}

#[cfg(test)]
mod tests;
