//! What is sealed: access keys by profile.
//!
//! A number of records, then each one's texts (profile, access key id, secret
//! access key), every text with its length before it; numbers have 32 bits, the
//! low byte first. It is no JSON, so that no parser makes copies of secrets.

use zeroize::Zeroizing;

/// The keys of a profile.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// The profile's name.
    pub profile: String,
    /// The public half of the key.
    pub access_key_id: String,
    /// The secret half.
    pub secret_access_key: Zeroizing<String>,
}

/// The records as bytes.
pub(super) fn encode(records: &[Record]) -> Zeroizing<Vec<u8>> {
    let texts = |record: &Record| {
        [
            record.profile.len(),
            record.access_key_id.len(),
            record.secret_access_key.len(),
        ]
    };
    let length = records.iter().flat_map(texts).map(|length| length + 4);
    // A buffer that grows would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(4 + length.sum::<usize>()));
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes();
    bytes.extend_from_slice(&number(records.len()));
    for record in records {
        for text in [
            &record.profile,
            &record.access_key_id,
            &*record.secret_access_key,
        ] {
            bytes.extend_from_slice(&number(text.len()));
            bytes.extend_from_slice(text.as_bytes());
        }
    }
    bytes
}

/// The records in bytes; None where they are none.
pub(super) fn decode(bytes: &[u8]) -> Option<Vec<Record>> {
    let mut rest = bytes;
    let mut records = Vec::new();
    for _ in 0..number(&mut rest)? {
        records.push(Record {
            profile: text(&mut rest)?.to_owned(),
            access_key_id: text(&mut rest)?.to_owned(),
            secret_access_key: Zeroizing::new(text(&mut rest)?.to_owned()),
        });
    }
    rest.is_empty().then_some(records)
}

fn number(rest: &mut &[u8]) -> Option<u32> {
    let (number, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(u32::from_le_bytes(*number))
}

fn text<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let length = usize::try_from(number(rest)?).ok()?;
    let (text, after) = rest.split_at_checked(length)?;
    *rest = after;
    std::str::from_utf8(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(profile: &str) -> Record {
        Record {
            profile: profile.to_owned(),
            access_key_id: "AKIA".to_owned(),
            secret_access_key: Zeroizing::new("sécret".to_owned()),
        }
    }

    #[test]
    fn records_come_back_as_they_were() {
        for records in [vec![], vec![record("")], vec![record("a"), record("b c")]] {
            let bytes = encode(&records);
            assert_eq!(bytes.len(), bytes.capacity());
            assert!(decode(&bytes) == Some(records));
            for length in 0..bytes.len() {
                assert!(decode(&bytes[..length]).is_none());
            }
            assert!(decode(&[&bytes[..], b"x"].concat()).is_none());
        }
        assert!(decode(&[255; 64]).is_none());
    }
}
