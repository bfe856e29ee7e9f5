//! RSA signatures of SHA-1 hashes, which CloudFront wants and no library in
//! use here makes any more.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;
use sha1::{Digest as _, Sha1};
use zeroize::Zeroizing;

use crate::error::CommandError;

/// What stands before a SHA-1 hash to say that it is one (DER's DigestInfo).
const SHA1_PREFIX: [u8; 15] = [
    0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14,
];

/// A private key: the modulus and the private exponent.
pub(super) struct Key {
    modulus: Vec<u8>,
    exponent: Zeroizing<Vec<u8>>,
}

impl Key {
    /// The key of a PEM text, PKCS#1 or PKCS#8.
    ///
    /// # Errors
    /// Text that holds none, in the AWS CLI's words.
    pub(super) fn from_pem(text: &str) -> Result<Self, CommandError> {
        let malformed = || {
            CommandError::general(
                "1179 (AWS_ERROR_PEM_MALFORMED): Malformed PEM object encountered.",
            )
        };
        let absent = || CommandError::general("RSA private key not found in PEM.");
        let der = PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|_| {
            // Certificates and the like are PEM, too.
            if text.contains("-----BEGIN ") {
                absent()
            } else {
                malformed()
            }
        })?;
        let key = match &der {
            PrivateKeyDer::Pkcs1(key) => Self::from_pkcs1(key.secret_pkcs1_der()),
            PrivateKeyDer::Pkcs8(key) => Self::from_pkcs8(key.secret_pkcs8_der()),
            _ => None,
        };
        key.ok_or_else(absent)
    }

    /// `SEQUENCE { version, algorithm, OCTET STRING { PKCS#1 } }`
    fn from_pkcs8(der: &[u8]) -> Option<Self> {
        const RSA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
        let (mut inner, _) = element(der, 0x30)?;
        let (_, rest) = element(inner, 0x02)?;
        let (algorithm, rest) = element(rest, 0x30)?;
        let (identifier, _) = element(algorithm, 0x06)?;
        if identifier != RSA {
            return None;
        }
        (inner, _) = element(rest, 0x04)?;
        Self::from_pkcs1(inner)
    }

    /// `SEQUENCE { version, modulus, public exponent, private exponent, … }`
    fn from_pkcs1(der: &[u8]) -> Option<Self> {
        let (inner, _) = element(der, 0x30)?;
        let (_, rest) = element(inner, 0x02)?;
        let (modulus, rest) = element(rest, 0x02)?;
        let (_, rest) = element(rest, 0x02)?;
        let (exponent, _) = element(rest, 0x02)?;
        let modulus = without_zeros(modulus).to_vec();
        // The smallest that CloudFront takes has 1,024 bits; room for the
        // padding is what matters here.
        let is_sound = modulus.len() >= 64 && modulus.last().is_some_and(|byte| byte % 2 == 1);
        is_sound.then(|| Self {
            modulus,
            exponent: Zeroizing::new(without_zeros(exponent).to_vec()),
        })
    }

    /// The signature of a message (PKCS#1 v1.5).
    pub(super) fn sign_sha1(&self, message: &[u8]) -> Vec<u8> {
        let length = self.modulus.len();
        let hash = Sha1::digest(message);
        let mut padded = vec![0xff; length - SHA1_PREFIX.len() - hash.len()];
        padded[..2].copy_from_slice(&[0x00, 0x01]);
        if let Some(last) = padded.last_mut() {
            *last = 0x00;
        }
        padded.extend(SHA1_PREFIX);
        padded.extend(hash);
        let modulus = BoxedUint::from_be_slice_vartime(&self.modulus);
        let precision = modulus.bits_precision();
        let number = |bytes: &[u8]| BoxedUint::from_be_slice_truncated(bytes, precision);
        let Some(modulus) = Odd::new(modulus).into_option() else {
            return Vec::new();
        };
        let parameters = BoxedMontyParams::new(modulus);
        let base = BoxedMontyForm::new(number(&padded), &parameters);
        let power = base.pow(&number(&self.exponent)).retrieve();
        let bytes = power.to_be_bytes();
        // The number may have been kept in a few bytes more than it needs.
        bytes[bytes.len() - length..].to_vec()
    }
}

/// The content of the DER element that `der` begins with, and what is behind.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let mut length = usize::from(first);
    if first >= 0x80 {
        let count = usize::from(first & 0x7f);
        if count > 3 {
            return None;
        }
        let (bytes, behind) = rest.split_at_checked(count)?;
        length = bytes
            .iter()
            .fold(0, |length, byte| length << 8 | usize::from(*byte));
        rest = behind;
    }
    let (content, behind) = rest.split_at_checked(length)?;
    (found == tag).then_some((content, behind))
}

fn without_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    &bytes[zeros..]
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
    use aws_lc_rs::rsa::{KeyPair, KeySize};
    use aws_lc_rs::signature::{
        KeyPair as _, RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, UnparsedPublicKey,
    };
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    #[test]
    fn signatures_verify_with_either_form_of_key() {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let container: Pkcs8V1Der<'_> = pair.as_der().unwrap();
        let container = container.as_ref();
        for (kind, der) in [("", container), ("RSA ", &container[26..])] {
            let pem = format!(
                "-----BEGIN {kind}PRIVATE KEY-----\n{}\n-----END {kind}PRIVATE KEY-----\n",
                STANDARD.encode(der)
            );
            let signature = Key::from_pem(&pem).unwrap().sign_sha1(b"policy");
            let algorithm = &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY;
            UnparsedPublicKey::new(algorithm, pair.public_key().as_ref())
                .verify(b"policy", &signature)
                .unwrap();
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for (text, expected) in [
            ("", "1179 (AWS_ERROR_PEM_MALFORMED)"),
            (
                "-----BEGIN EC PRIVATE KEY-----\nMAA=\n-----END EC PRIVATE KEY-----\n",
                "RSA private key not found in PEM.",
            ),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n",
                "RSA private key not found in PEM.",
            ),
        ] {
            let error = Key::from_pem(text).err().unwrap();
            assert!(error.message().starts_with(expected), "{text}");
        }
    }
}
