//! Finding the end of plain text, eight bytes at a time.

/// How many bytes at the start of `bytes` stand for themselves in a JSON
/// string: neither quotes, backslashes nor control characters.
#[inline]
pub(super) fn plain(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(chunk) = bytes[at..].first_chunk() {
        let special = special(u64::from_le_bytes(*chunk));
        if special != 0 {
            return at + special.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    if let Some(chunk) = bytes.last_chunk() {
        // It overlaps with what was looked at and is plain.
        let special = special(u64::from_le_bytes(*chunk));
        return match special {
            0 => bytes.len(),
            _ => bytes.len() - 8 + special.trailing_zeros() as usize / 8,
        };
    }
    bytes
        .iter()
        .position(|byte| *byte < 0x20 || matches!(byte, b'"' | b'\\'))
        .unwrap_or(bytes.len())
}

/// The high bit of each byte that is special, up to the first; bits behind it
/// may be set by a borrow.
const fn special(word: u64) -> u64 {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = LOW << 7;
    let quote = word ^ (LOW * b'"' as u64);
    let backslash = word ^ (LOW * b'\\' as u64);
    let control = word.wrapping_sub(LOW * 0x20) & !word;
    let quote = quote.wrapping_sub(LOW) & !quote;
    let backslash = backslash.wrapping_sub(LOW) & !backslash;
    (control | quote | backslash) & HIGH
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn plain_text_ends_where_a_byte_is_special() {
        for length in 0..20 {
            for byte in 0..=255_u8 {
                for place in 0..length {
                    let mut bytes = vec![b'x'; length];
                    bytes[place] = byte;
                    let special = byte < 0x20 || byte == b'"' || byte == b'\\';
                    assert_eq!(plain(&bytes), if special { place } else { length });
                    // The first of two counts.
                    bytes[length - 1] = b'"';
                    let expected = if special { place } else { length - 1 };
                    assert_eq!(plain(&bytes), expected);
                }
            }
        }
    }
}
