//! Signing keys and the scope they are good for.

use zeroize::Zeroizing;

use crate::credentials::Credentials;
use crate::text::{hex, hmac_matches, hmac_sha256, unhex};

/// The name of SigV4 in headers and strings to sign.
pub const ALGORITHM_V4: &str = "AWS4-HMAC-SHA256";
/// The name of SigV4a.
pub const ALGORITHM_V4A: &str = "AWS4-ECDSA-P256-SHA256";

/// `date/region/service/aws4_request`; SigV4a leaves the region out.
pub fn credential_scope(date: &str, region: Option<&str>, service: &str) -> String {
    match region {
        Some(region) => [date, region, service, "aws4_request"].join("/"),
        None => [date, service, "aws4_request"].join("/"),
    }
}

/// A SigV4 key: the secret narrowed to one day, region and service.
#[derive(Clone)]
pub struct SigningKey(Zeroizing<[u8; 32]>);

impl SigningKey {
    /// Derives the key of a day (`20150830`), region and service.
    pub fn derive(credentials: &Credentials, date: &str, region: &str, service: &str) -> Self {
        let secret = Zeroizing::new(["AWS4", &credentials.secret_access_key].concat());
        let mut key = Zeroizing::new(hmac_sha256(secret.as_bytes(), date.as_bytes()));
        for part in [region, service, "aws4_request"] {
            *key = hmac_sha256(key.as_slice(), part.as_bytes());
        }
        Self(key)
    }

    /// The signature of a string to sign (or of a POST policy), in hexadecimal.
    pub fn sign(&self, string_to_sign: &str) -> String {
        hex(&hmac_sha256(self.0.as_slice(), string_to_sign.as_bytes()))
    }

    /// Whether a hexadecimal signature is that of the string, compared in constant time.
    pub fn matches(&self, string_to_sign: &str, signature: &str) -> bool {
        unhex(signature)
            .is_some_and(|tag| hmac_matches(self.0.as_slice(), string_to_sign.as_bytes(), &tag))
    }

    /// Whether a signature is that of a message, compared in constant time.
    pub(crate) fn mac_matches(&self, message: &[u8], signature: &[u8]) -> bool {
        hmac_matches(self.0.as_slice(), message, signature)
    }

    pub(crate) fn mac(&self, message: &[u8]) -> [u8; 32] {
        hmac_sha256(self.0.as_slice(), message)
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SigningKey(**redacted**)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_matches_itself_only() {
        let credentials = Credentials::new("AKID", "secret", None);
        let key = SigningKey::derive(&credentials, "20150830", "us-east-1", "iam");
        let signature = key.sign("text");
        assert!(key.matches("text", &signature));
        assert!(key.matches("text", &signature.to_uppercase()));
        assert!(!key.matches("Text", &signature));
        assert!(!key.matches("text", &signature[2..]));
        assert!(!key.matches("text", "zz"));
    }

    #[test]
    fn scopes() {
        assert_eq!(
            credential_scope("20150830", Some("us-east-1"), "iam"),
            "20150830/us-east-1/iam/aws4_request"
        );
        assert_eq!(
            credential_scope("20150830", None, "iam"),
            "20150830/iam/aws4_request"
        );
    }
}
