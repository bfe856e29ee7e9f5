//! What only this sandbox can open: records of the store, session tokens and
//! encoded messages, sealed with XChaCha20-Poly1305 under keys made of one.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{Entropy, StoreError};

const NONCE: usize = 24;

/// A key for one purpose.
pub(crate) struct Seal(XChaCha20Poly1305);

impl std::fmt::Debug for Seal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Seal")
    }
}

impl Seal {
    /// The key that the master key makes for `purpose`.
    pub(crate) fn derive(master: &[u8; 32], purpose: &str) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        // Keys of any length will do for a MAC.
        if let Ok(mut mac) = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(master) {
            mac.update(purpose.as_bytes());
            key.copy_from_slice(&mac.finalize().into_bytes());
        }
        Self(XChaCha20Poly1305::new(&Key::from(*key)))
    }

    /// Seals bytes; they can be opened as `about` only.
    pub(crate) fn seal(
        &self,
        bytes: &[u8],
        about: &str,
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0; NONCE];
        entropy.fill(&mut nonce)?;
        let payload = Payload {
            msg: bytes,
            aad: about.as_bytes(),
        };
        let sealed = self
            .0
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| StoreError::Sealed)?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Opens what was sealed here as `about`.
    pub(crate) fn open(&self, sealed: &[u8], about: &str) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        let payload = Payload {
            msg: sealed,
            aad: about.as_bytes(),
        };
        let opened = self.0.decrypt(&XNonce::from(*nonce), payload).ok()?;
        Some(Zeroizing::new(opened))
    }
}

/// Bytes as session tokens have them.
pub(crate) fn token(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes of a session token.
pub(crate) fn of_token(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Bytes as encoded messages have them.
pub(crate) fn message(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of an encoded message.
pub(crate) fn of_message(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
