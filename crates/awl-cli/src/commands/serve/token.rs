//! Secrets that clients show.

use awl_sdk::env::Host;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

/// A secret of 256 bits, in hexadecimal digits.
#[derive(Clone)]
pub(crate) struct Token(String);

impl Token {
    /// A new one.
    pub(super) fn random(host: &dyn Host) -> Self {
        // Each has 122 random bits, so there are more than are kept.
        let drawn = format!("{}{}{}", host.uuid(), host.uuid(), host.uuid());
        Self(hexadecimal(&Sha256::digest(drawn)))
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// Whether a text is this secret. How long that takes tells nothing of it.
    pub(super) fn is(&self, text: &[u8]) -> bool {
        same(&Sha256::digest(&self.0), &Sha256::digest(text))
    }

    /// A token that this secret vouches for until `end`, in seconds since the
    /// epoch.
    pub(super) fn issue(&self, end: u64) -> String {
        let end = format!("{end:016x}");
        let mark = hexadecimal(&self.mark(&end));
        format!("{end}{mark}")
    }

    /// Whether this secret vouches for a token at `now`.
    pub(super) fn vouches(&self, token: &[u8], now: u64) -> bool {
        let Some((end, mark)) = std::str::from_utf8(token)
            .ok()
            .and_then(|token| token.split_at_checked(16))
        else {
            return false;
        };
        let expected = hexadecimal(&self.mark(end));
        let is_whole = same(
            &Sha256::digest(expected.as_bytes()),
            &Sha256::digest(mark.as_bytes()),
        );
        is_whole && u64::from_str_radix(end, 16).is_ok_and(|end| now < end)
    }

    fn mark(&self, text: &str) -> Vec<u8> {
        // A key of any length will do.
        Hmac::<Sha256>::new_from_slice(self.0.as_bytes()).map_or_else(
            |_| Vec::new(),
            |mut mac| {
                mac.update(text.as_bytes());
                mac.finalize().into_bytes().to_vec()
            },
        )
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Token")
    }
}

fn same(one: &[u8], other: &[u8]) -> bool {
    let different = one
        .iter()
        .zip(other)
        .fold(0, |bits, (one, other)| bits | (one ^ other));
    one.len() == other.len() && std::hint::black_box(different) == 0
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use awl_sdk::env::Process;

    use super::Token;

    #[test]
    fn tokens_hold_for_their_time_and_no_other() {
        let (key, other) = (Token::random(&Process), Token::random(&Process));
        assert_eq!(key.text().len(), 64);
        assert_ne!(key.text(), other.text());
        assert!(key.is(key.text().as_bytes()));
        assert!(!key.is(other.text().as_bytes()));
        assert!(!key.is(b""));
        let token = key.issue(1000);
        assert!(key.vouches(token.as_bytes(), 999));
        assert!(!key.vouches(token.as_bytes(), 1000));
        assert!(!other.vouches(token.as_bytes(), 999));
        let later = format!("{:016x}{}", 2000, &token[16..]);
        assert!(!key.vouches(later.as_bytes(), 999));
        assert!(!key.vouches(b"", 0));
        assert!(!key.vouches("é".repeat(16).as_bytes(), 0));
    }
}
