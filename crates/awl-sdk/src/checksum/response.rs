//! The check of what a service sent.

use awl_model::{Node, Operation};
use awl_value::{Map, python};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};

use super::{ChecksumAlgorithm, ChecksumError, ChecksumHasher};

/// Base64 as Python reads it: of the padding, bits and length may be anything.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A checksum that a response's body has to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseChecksum {
    /// The algorithm.
    pub algorithm: ChecksumAlgorithm,
    /// What the service said, in base64.
    pub expected: String,
}

impl ResponseChecksum {
    /// The checksum to check a response by; `None`: the caller did not ask for
    /// it, or the response has none that is of all its bytes. One of the
    /// checksums of parts (`…-3`) is not.
    // Parity: httpchecksum.py, resolve_response_checksum_algorithms and
    // handle_checksum_body.
    #[must_use]
    pub fn resolve(
        operation: Operation,
        params: &Map,
        headers: &[(String, String)],
    ) -> Option<Self> {
        let checksum = operation.traits().get("httpChecksum");
        let mode = checksum.str("requestValidationModeMember")?;
        params.get(mode)?;
        let modelled = checksum.get("responseAlgorithms");
        let offered = |algorithm: ChecksumAlgorithm| {
            modelled
                .items()
                .filter_map(Node::as_str)
                .any(|name| name.eq_ignore_ascii_case(algorithm.name()))
        };
        ChecksumAlgorithm::BY_PRIORITY
            .into_iter()
            .filter(|algorithm| offered(*algorithm))
            .find_map(|algorithm| {
                let (_, expected) = headers
                    .iter()
                    .find(|(name, _)| name.eq_ignore_ascii_case(algorithm.header()))?;
                (!expected.contains('-')).then(|| Self {
                    algorithm,
                    expected: expected.clone(),
                })
            })
    }

    /// Checks a body that is all there.
    ///
    /// # Errors
    /// It has another checksum; the one that was sent is no base64.
    pub fn verify(&self, body: &[u8]) -> Result<(), ChecksumError> {
        let mut validator = self.validator();
        validator.update(body);
        validator.finish()
    }

    /// Checks a body as it comes.
    #[must_use]
    pub fn validator(&self) -> ChecksumValidator {
        ChecksumValidator {
            hasher: self.algorithm.hasher(),
            expected: self.expected.clone(),
        }
    }
}

/// A check of a body that comes piece by piece.
#[derive(Debug)]
pub struct ChecksumValidator {
    hasher: ChecksumHasher,
    expected: String,
}

impl ChecksumValidator {
    /// Takes more of the body in.
    pub fn update(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
    }

    /// Checks the body, which has ended.
    ///
    /// # Errors
    /// It has another checksum.
    pub fn finish(self) -> Result<(), ChecksumError> {
        let calculated = self.hasher.finish();
        if LENIENT
            .decode(self.expected.trim_end_matches('='))
            .ok()
            .as_ref()
            == Some(&calculated)
        {
            return Ok(());
        }
        if let Some(words) = python::base64_error(&self.expected) {
            return Err(ChecksumError::Unreadable(words));
        }
        Err(ChecksumError::Mismatch {
            calculated: STANDARD.encode(calculated),
            expected: self.expected,
        })
    }
}
