//! What can be told of credentials without asking anybody.

use awl_sdk::credentials::ResolvedCredentials;
use awl_value::{Map, Value};

/// The account that credentials are of: as their source says, else as their
/// access key says.
pub(super) fn of_key(found: &ResolvedCredentials) -> Map {
    let mut facts = Map::new();
    let account = found
        .account_id
        .clone()
        .or_else(|| account_of(&found.credentials.access_key_id));
    facts.push("Account", account.map_or(Value::Null, Value::from));
    facts
}

/// The account that an access key's id names: 40 bits of its base32 text.
/// Keys made before 2019 name none; they begin otherwise.
fn account_of(access_key_id: &str) -> Option<String> {
    /// Where the bits of the account end in the first six bytes.
    const SHIFT: u32 = 7;
    const MASK: u64 = 0x7fff_ffff_ff80;
    let text = access_key_id
        .strip_prefix("AKIA")
        .or_else(|| access_key_id.strip_prefix("ASIA"))?;
    if text.len() != 16 {
        return None;
    }
    let mut bits: u64 = 0;
    for letter in text.bytes().take(10) {
        let digit = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => return None,
        };
        bits = bits << 5 | u64::from(digit);
    }
    // The first bit says that the key names its account.
    if bits >> 49 == 0 {
        return None;
    }
    // Ten letters are 50 bits, of which the first 48 count.
    let account = (bits >> 2 & MASK) >> SHIFT;
    Some(format!("{account:012}"))
}

/// A length of time in words: `in 41 minutes`.
pub(super) fn span(seconds: i64) -> String {
    if seconds <= 0 {
        return "has ended".to_owned();
    }
    let plural = |number: i64, unit: &str| {
        format!("in {number} {unit}{}", if number == 1 { "" } else { "s" })
    };
    match seconds {
        ..120 => plural(seconds, "second"),
        120..7200 => plural(seconds / 60, "minute"),
        7200..172_800 => plural(seconds / 3600, "hour"),
        _ => plural(seconds / 86_400, "day"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_read_from_keys_that_name_them() {
        for (key, account) in [
            ("ASIAY34FZKBOKMUTVV7A", Some("609629065308")),
            ("ASIAQNZGKIQY56JQ7WML", Some("029608264753")),
            ("AKIAIOSFODNN7EXAMPLE", None),
            ("AKIDEXAMPLE", None),
            ("", None),
            ("ASIAY34FZKBOKMUTVV1A", Some("609629065308")),
        ] {
            assert_eq!(account_of(key).as_deref(), account, "{key}");
        }
    }

    #[test]
    fn spans_are_said_in_their_unit() {
        for (seconds, expected) in [
            (-1, "has ended"),
            (1, "in 1 second"),
            (119, "in 119 seconds"),
            (3599, "in 59 minutes"),
            (43_200, "in 12 hours"),
            (259_200, "in 3 days"),
        ] {
            assert_eq!(span(seconds), expected);
        }
    }
}
