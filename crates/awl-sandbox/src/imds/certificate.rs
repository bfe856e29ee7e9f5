//! What signs identity documents: a key and a certificate of this sandbox's own,
//! made when the first document is signed.
//!
//! The service signs `pkcs7` with DSA, and has a certificate for each Region.
//! Here RSA signs everything, under one certificate.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-identity-documents.html

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::der;
use crate::caller::iso;
use crate::record::{Secret, record};
use crate::{Sandbox, StoreError, ids};

/// What the certificate is of.
const NAME: &str = "awl sandbox: instance identity";
/// How long it is good, in seconds: 195 years, as the service's are.
const VALIDITY: i64 = 195 * 365 * 86_400;

record! {
    /// The certificate and its key, as they are kept.
    struct Certificate {
        /// The key as PKCS#8, in base 64.
        key: Secret,
        serial: String,
        /// The certificate, in base 64.
        certificate: String,
    }
}

impl Sandbox {
    /// The certificate, which is made where there is none.
    pub(crate) fn certificate(&self) -> Result<Certificate, StoreError> {
        let known = self.account().certificate().cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        // Without the lock: a key takes its time.
        let made = Certificate::new(self.now(), self.entropy()).ok_or(StoreError::Sealed)?;
        let mut account = self.account();
        if let Some(known) = account.certificate() {
            return Ok(known.clone());
        }
        account.set_certificate(made.clone());
        let changes = account.changes();
        self.keep(&changes)?;
        Ok(made)
    }
}

impl Certificate {
    fn new(now: i64, entropy: &dyn crate::Entropy) -> Option<Self> {
        let key = KeyPair::generate(KeySize::Rsa2048).ok()?;
        let mut serial = ids::random::<16>(entropy);
        // A number above zero, of sixteen bytes.
        serial[0] = serial[0] & 0x7f | 0x40;
        let public: PublicKeyX509Der<'_> = key.public_key().as_der().ok()?;
        let day = now - now.rem_euclid(86_400);
        let content = der::sequence(&[
            &der::tagged(0, &der::integer(&[2])),
            &der::integer(&serial),
            &signed_by(),
            &name(),
            &der::sequence(&[&time(day), &time(day + VALIDITY)]),
            &name(),
            public.as_ref(),
        ]);
        let signature = sign(&key, &content)?;
        let whole = der::sequence(&[&content, &signed_by(), &der::bit_string(&signature)]);
        let private: Pkcs8V1Der<'_> = key.as_der().ok()?;
        Some(Self {
            key: Secret::new(STANDARD.encode(private.as_ref())),
            serial: STANDARD.encode(serial),
            certificate: STANDARD.encode(whole),
        })
    }

    /// The certificate as programs read it.
    pub(crate) fn pem(&self) -> String {
        let text = lines(&self.certificate, 64);
        format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
    }

    /// The signature of a document, in base 64.
    pub(super) fn signature(&self, document: &[u8]) -> Option<String> {
        Some(lines(&STANDARD.encode(sign(&self.pair()?, document)?), 76))
    }

    /// The document within a signed message (RFC 5652), in base 64.
    pub(super) fn signed_message(&self, document: &[u8]) -> Option<String> {
        let signature = sign(&self.pair()?, document)?;
        let serial = STANDARD.decode(&self.serial).ok()?;
        let digest = der::sequence(&[der::SHA_256, &der::null()]);
        let content = der::tagged(0, &der::octets(document));
        let signer = der::sequence(&[
            &der::integer(&[1]),
            &der::sequence(&[&name(), &der::integer(&serial)]),
            &digest,
            &der::sequence(&[der::RSA, &der::null()]),
            &der::octets(&signature),
        ]);
        let data = der::sequence(&[
            &der::integer(&[1]),
            &der::set(&digest),
            &der::sequence(&[der::DATA, &content]),
            &der::set(&signer),
        ]);
        let message = der::sequence(&[der::SIGNED_DATA, &der::tagged(0, &data)]);
        Some(lines(&STANDARD.encode(message), 64))
    }

    fn pair(&self) -> Option<KeyPair> {
        let bytes = zeroize::Zeroizing::new(STANDARD.decode(self.key.expose()).ok()?);
        KeyPair::from_pkcs8(&bytes).ok()
    }
}

fn sign(key: &KeyPair, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        bytes,
        &mut signature,
    )
    .ok()?;
    Some(signature)
}

/// The algorithm of the certificate's signature.
fn signed_by() -> Vec<u8> {
    der::sequence(&[der::RSA_SHA_256, &der::null()])
}

/// Who the certificate is of, and from.
fn name() -> Vec<u8> {
    let common = der::sequence(&[der::COMMON_NAME, &der::text(NAME)]);
    der::sequence(&[&der::set(&common)])
}

/// `20261122000000Z`.
fn time(seconds: i64) -> Vec<u8> {
    let digits = iso(seconds).replace(['-', ':', 'T'], "");
    der::time(&digits)
}

fn lines(text: &str, width: usize) -> String {
    let mut lines = String::with_capacity(text.len() + text.len() / width + 1);
    for (place, letter) in text.chars().enumerate() {
        if place > 0 && place % width == 0 {
            lines.push('\n');
        }
        lines.push(letter);
    }
    lines
}
