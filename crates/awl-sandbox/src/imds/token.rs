//! The tokens of version 2: each is sealed for one instance and says until when
//! it holds; there is no list of them.

use crate::seal::{self, Seal};
use crate::{Entropy, StoreError};

/// The longest that a token holds, in seconds.
const LONGEST: i64 = 21_600;

/// The seconds that a header asks for; None where no token is to be had.
pub(super) fn seconds(header: &str) -> Option<i64> {
    let digits = header.trim();
    // Signs would be read, too.
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds = digits.parse().ok()?;
    (1..=LONGEST).contains(&seconds).then_some(seconds)
}

/// A token for an instance until `end`.
pub(super) fn issue(
    seal: &Seal,
    instance: &str,
    end: i64,
    entropy: &dyn Entropy,
) -> Result<String, StoreError> {
    let sealed = seal.seal(&end.to_be_bytes(), instance, entropy)?;
    Ok(seal::token(&sealed))
}

/// How many seconds a token holds on; None where it does not, or is none of this
/// instance's.
pub(super) fn remaining(seal: &Seal, instance: &str, token: &str, now: i64) -> Option<i64> {
    let opened = seal.open(&seal::of_token(token)?, instance)?;
    let end = i64::from_be_bytes(opened.as_slice().try_into().ok()?);
    (end > now).then(|| end - now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Fixed;

    #[test]
    fn tokens_hold_for_their_instance_and_time() {
        let (seal, other) = (Seal::derive(&[7; 32], "a"), Seal::derive(&[7; 32], "b"));
        let token = issue(&seal, "i-1", 1000, &Fixed::default()).unwrap();
        assert_eq!(remaining(&seal, "i-1", &token, 940), Some(60));
        assert_eq!(remaining(&seal, "i-1", &token, 1000), None);
        assert_eq!(remaining(&seal, "i-2", &token, 940), None);
        assert_eq!(remaining(&other, "i-1", &token, 940), None);
        for text in ["", "=", "AAAA", &token[1..], "é"] {
            assert_eq!(remaining(&seal, "i-1", text, 0), None, "{text}");
        }
    }

    #[test]
    fn a_token_is_asked_for_in_seconds() {
        for (header, expected) in [
            ("1", Some(1)),
            ("21600", Some(21_600)),
            ("21601", None),
            ("0", None),
            ("-1", None),
            ("+5", None),
            ("", None),
            ("1.5", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(seconds(header), expected, "{header:?}");
        }
    }
}
