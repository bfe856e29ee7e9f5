//! Identifiers as AWS makes them: access keys that hold the account's number,
//! unique ids with the prefix of their kind, secrets.

use crate::Entropy;

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// An access key id: `AKIA…` for long-term keys, `ASIA…` for temporary ones.
pub(crate) fn access_key_id(prefix: &str, account: &str, entropy: &dyn Entropy) -> String {
    let mut bytes = random::<10>(entropy);
    let number: u64 = account.parse().unwrap_or_default();
    // 48 bits: one that is set, forty of the account, seven by chance.
    let head = 1 << 47 | number << 7 | u64::from(bytes[5] & 0x7f);
    bytes[..6].copy_from_slice(&head.to_be_bytes()[2..]);
    format!("{prefix}{}", base32(&bytes))
}

/// The account whose number an access key id holds.
pub(crate) fn account_of(access_key_id: &str) -> Option<String> {
    let bytes = of_base32(access_key_id.get(4..)?)?;
    let head = bytes.first_chunk::<6>()?;
    let mut wide = [0; 8];
    wide[2..].copy_from_slice(head);
    let number = (u64::from_be_bytes(wide) & 0x7fff_ffff_ff80) >> 7;
    (number < 1_000_000_000_000).then(|| format!("{number:012}"))
}

/// A unique id: `AIDA…` of users, `AROA…` of roles.
pub(crate) fn unique_id(prefix: &str, entropy: &dyn Entropy) -> String {
    let text = base32(&random::<11>(entropy));
    format!("{prefix}{}", &text[..17])
}

/// A secret access key, of forty characters.
pub(crate) fn secret_access_key(entropy: &dyn Entropy) -> String {
    crate::seal::token(&random::<30>(entropy))
}

/// The id of a request.
pub(crate) fn request_id(entropy: &dyn Entropy) -> String {
    let mut bytes = random::<16>(entropy);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let text = hexadecimal(&bytes);
    let parts = [&text[..8], &text[8..12], &text[12..16], &text[16..20]];
    format!("{}-{}", parts.join("-"), &text[20..])
}

/// Bytes by chance. A system without randomness gives zeros here; nothing is
/// served then, since opening the store fails first.
pub(crate) fn random<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    let _ = entropy.fill(&mut bytes);
    bytes
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Base 32 without padding.
pub(crate) fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut held, mut count) = (0_u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        count += 8;
        while count >= 5 {
            count -= 5;
            text.push(char::from(BASE32[(held >> count & 31) as usize]));
        }
    }
    if count > 0 {
        text.push(char::from(BASE32[(held << (5 - count) & 31) as usize]));
    }
    text
}

pub(crate) fn of_base32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut held, mut count) = (0_u32, 0);
    for letter in text.bytes() {
        let value = BASE32.iter().position(|known| *known == letter)?;
        held = held << 5 | value as u32;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push((held >> count) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Fixed;

    #[test]
    fn access_keys_hold_their_account() {
        for account in ["000000000001", "123456789012", "999999999999"] {
            let id = access_key_id("AKIA", account, &Fixed::default());
            assert_eq!(id.len(), 20);
            assert_eq!(account_of(&id).as_deref(), Some(account));
        }
        assert_eq!(account_of("AKIA"), None);
        assert_eq!(account_of("AKIA1111"), None);
    }

    #[test]
    fn base_32_is_that_of_rfc_4648() {
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("foob", "MZXW6YQ"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(bytes.as_bytes()), text);
            assert_eq!(of_base32(text).unwrap(), bytes.as_bytes());
        }
    }
}
