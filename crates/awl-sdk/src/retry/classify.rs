//! Which outcomes are worth another attempt, and which of them mean that the
//! service is throttling.

use awl_model::{Operation, Shape};

use super::Outcome;
use crate::transport::TransportErrorKind;

/// What the model says of an error that it marks `retryable`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelledRetry {
    /// It may pass.
    Transient,
    /// The caller is too fast.
    Throttling,
}

/// What the model says of an error code that an operation answered with;
/// `None`: not to retry it.
// Parity: standard.py, ModeledRetryErrorDetector.detect_error_type.
#[must_use]
pub fn modelled_retry(operation: Operation, error_code: &str) -> Option<ModelledRetry> {
    let retryable = |shape: &Shape| !shape.traits().get("retryable").is_null();
    let shape = operation
        .errors()
        .filter(retryable)
        .find(|shape| shape.error_code() == error_code)?;
    let throttling = shape.traits().get("retryable").get("throttling").as_bool();
    Some(if throttling == Some(true) {
        ModelledRetry::Throttling
    } else {
        ModelledRetry::Transient
    })
}

const TRANSIENT_CODES: [&str; 3] = [
    "RequestTimeout",
    "RequestTimeoutException",
    "PriorRequestNotComplete",
];

const TRANSIENT_STATUSES: [u16; 4] = [500, 502, 503, 504];

const THROTTLING_CODES: [&str; 14] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "TransactionInProgressException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "RequestThrottled",
    "SlowDown",
    "PriorRequestNotComplete",
    "EC2ThrottledException",
];

/// Whether another attempt may do better.
pub(super) fn is_retryable(outcome: &Outcome<'_>, service: &str) -> bool {
    match *outcome {
        // A request that cannot even be written stays so; a damaged answer is
        // told to the caller.
        Outcome::Transport(kind) => !matches!(
            kind,
            TransportErrorKind::Request | TransportErrorKind::Checksum
        ),
        Outcome::Response {
            status,
            error_code,
            modelled,
            headers,
            body,
        } => {
            TRANSIENT_STATUSES.contains(&status)
                || modelled.is_some()
                || error_code.is_some_and(|code| {
                    TRANSIENT_CODES.contains(&code)
                        || THROTTLING_CODES.contains(&code)
                        || (service == "sts" && code == "IDPCommunicationError")
                })
                || (service == "dynamodb" && is_damaged(headers, body))
        }
    }
}

/// Whether the service asks for fewer requests.
// Parity: standard.py, ThrottlingErrorDetector.
pub(super) fn is_throttling(outcome: &Outcome<'_>) -> bool {
    match *outcome {
        Outcome::Transport(_) => false,
        Outcome::Response {
            error_code,
            modelled,
            ..
        } => {
            modelled == Some(ModelledRetry::Throttling)
                || error_code.is_some_and(|code| THROTTLING_CODES.contains(&code))
        }
    }
}

/// Whether a body is not the one that DynamoDB sent.
// Parity: special.py, RetryDDBChecksumError.
fn is_damaged(headers: &[(String, String)], body: &[u8]) -> bool {
    let expected = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("x-amz-crc32"))
        .and_then(|(_, value)| value.trim().parse::<u32>().ok());
    expected.is_some_and(|expected| {
        let actual = crc_fast::checksum(crc_fast::CrcAlgorithm::Crc32IsoHdlc, body);
        actual != u64::from(expected)
    })
}
