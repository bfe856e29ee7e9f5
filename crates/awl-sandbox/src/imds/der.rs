//! As much of DER (X.690) as a certificate and a signed message need.

/// `commonName`.
pub(super) const COMMON_NAME: &[u8] = &[6, 3, 0x55, 4, 3];
/// `rsaEncryption`.
pub(super) const RSA: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
/// `sha256WithRSAEncryption`.
pub(super) const RSA_SHA_256: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11];
/// `id-sha256`.
pub(super) const SHA_256: &[u8] = &[6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
/// `id-data`.
pub(super) const DATA: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
/// `id-signedData`.
pub(super) const SIGNED_DATA: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];

pub(super) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    of(0x30, &parts.concat())
}

/// A set of one.
pub(super) fn set(part: &[u8]) -> Vec<u8> {
    of(0x31, part)
}

/// A part under a tag of its context's own.
pub(super) fn tagged(number: u8, part: &[u8]) -> Vec<u8> {
    of(0xa0 | number, part)
}

/// A number: bytes whose first bit is not set.
pub(super) fn integer(bytes: &[u8]) -> Vec<u8> {
    of(2, bytes)
}

pub(super) fn octets(bytes: &[u8]) -> Vec<u8> {
    of(4, bytes)
}

pub(super) fn bit_string(bytes: &[u8]) -> Vec<u8> {
    of(3, &[&[0], bytes].concat())
}

pub(super) fn null() -> Vec<u8> {
    of(5, &[])
}

pub(super) fn text(text: &str) -> Vec<u8> {
    of(0x0c, text.as_bytes())
}

/// A time as `20261122000000Z`; years before 2050 are written with two digits.
pub(super) fn time(digits: &str) -> Vec<u8> {
    match digits.strip_prefix("20") {
        Some(short) if digits < "2050" => of(0x17, short.as_bytes()),
        _ => of(0x18, digits.as_bytes()),
    }
}

fn of(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut bytes = vec![tag];
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => bytes.push(short),
        _ => {
            let whole = length.to_be_bytes();
            let zeros = whole.iter().take_while(|byte| **byte == 0).count();
            let digits = &whole[zeros..];
            bytes.push(0x80 | digits.len() as u8);
            bytes.extend(digits);
        }
    }
    bytes.extend(content);
    bytes
}
