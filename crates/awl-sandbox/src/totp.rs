//! One-time codes (RFC 6238 on SHA-1, thirty seconds, six digits), and the
//! picture by which an application takes over a seed.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use hmac::{Hmac, Mac as _};
use qrcodegen::{QrCode, QrCodeEcc};
use sha1::Sha1;

/// The fewest bytes of a seed (RFC 4226, R6: 128 bits; many services have 80).
pub(crate) const SHORTEST_SEED: usize = 10;
/// How long a code is good for.
const STEP: i64 = 30;

/// The number of the half minute that a time is in.
pub(crate) const fn step(seconds: i64) -> i64 {
    seconds.div_euclid(STEP)
}

/// The code of a half minute.
pub(crate) fn code(seed: &[u8], step: i64) -> String {
    let Ok(mut mac) = <Hmac<Sha1> as hmac::KeyInit>::new_from_slice(seed) else {
        return String::new();
    };
    mac.update(&step.to_be_bytes());
    let tag = mac.finalize().into_bytes();
    let offset = usize::from(tag[19] & 15);
    let word = tag[offset..offset + 4]
        .iter()
        .fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
    format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
}

/// The half minute around now that a code is of, after the last that was used.
pub(crate) fn accept(seed: &[u8], given: &str, now: i64, used: i64) -> Option<i64> {
    let current = step(now);
    (current - 1..=current + 1)
        .filter(|step| *step > used)
        .find(|step| code(seed, *step) == given)
}

/// The half minute of the second of two codes in a row. Clocks may be further
/// apart here than when a code is used.
pub(crate) fn accept_pair(
    seed: &[u8],
    first: &str,
    second: &str,
    now: i64,
    used: i64,
) -> Option<i64> {
    let current = step(now);
    (current - 3..=current + 3)
        .filter(|step| *step > used)
        .find(|step| code(seed, *step) == first && code(seed, *step + 1) == second)
        .map(|step| step + 1)
}

/// What applications take over a seed from.
pub(crate) fn link(name: &str, account: &str, seed: &str) -> String {
    format!("otpauth://totp/{name}@{account}?secret={seed}")
}

/// The outline of a QR code: how wide it is with its margin, and the path of its
/// dark modules as SVG has paths. None where the text is too long.
pub(crate) fn outline(text: &str) -> Option<(i32, String)> {
    const MARGIN: i32 = 4;
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let begin = x;
            while code.get_module(x, y) {
                x += 1;
            }
            if x > begin {
                let (left, top, width) = (begin + MARGIN, y + MARGIN, x - begin);
                path.push_str(&format!("M{left} {top}h{width}v1h-{width}z"));
            }
            x += 1;
        }
    }
    Some((code.size() + 2 * MARGIN, path))
}

/// A picture (PNG) of a QR code; empty where the text is too long for one.
pub(crate) fn picture(text: &str) -> Vec<u8> {
    const SCALE: usize = 4;
    const MARGIN: i32 = 4;
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else {
        return Vec::new();
    };
    let modules = code.size() + 2 * MARGIN;
    let side = usize::try_from(modules).unwrap_or_default() * SCALE;
    let mut rows = Vec::with_capacity(side * (side / 8 + 2));
    for y in 0..modules {
        // One bit a pixel, white is set; a row begins with its filter.
        let mut row = vec![0_u8];
        let (mut byte, mut count) = (0_u8, 0);
        for x in 0..modules {
            let white = u8::from(!code.get_module(x - MARGIN, y - MARGIN));
            for _ in 0..SCALE {
                byte = byte << 1 | white;
                count += 1;
                if count == 8 {
                    row.push(byte);
                    (byte, count) = (0, 0);
                }
            }
        }
        if count > 0 {
            row.push(byte << (8 - count));
        }
        for _ in 0..SCALE {
            rows.extend_from_slice(&row);
        }
    }
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(&rows);
    let Ok(data) = written.and_then(|()| encoder.finish()) else {
        return Vec::new();
    };
    let length = u32::try_from(side).unwrap_or_default().to_be_bytes();
    let header = [&length[..], &length, &[1, 0, 0, 0, 0]].concat();
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, content) in [(b"IHDR", &*header), (b"IDAT", &data), (b"IEND", &[])] {
        let size = u32::try_from(content.len()).unwrap_or_default();
        png.extend(size.to_be_bytes());
        let mut checksum = flate2::Crc::new();
        checksum.update(kind);
        checksum.update(content);
        png.extend_from_slice(kind);
        png.extend_from_slice(content);
        png.extend(checksum.sum().to_be_bytes());
    }
    png
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let seed = b"12345678901234567890";
        for (time, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(seed, step(time)), expected, "{time}");
        }
    }

    #[test]
    fn codes_are_good_for_a_while_and_once() {
        let seed = b"seed";
        let now = 1_000_000;
        let given = code(seed, step(now));
        let used = accept(seed, &given, now + 30, 0);
        assert_eq!(used, Some(step(now)));
        assert_eq!(accept(seed, &given, now, step(now)), None);
        assert_eq!(accept(seed, &given, now + 61, 0), None);
        let next = code(seed, step(now) + 1);
        assert_eq!(
            accept_pair(seed, &given, &next, now, 0),
            Some(step(now) + 1)
        );
        assert_eq!(accept_pair(seed, &next, &given, now, 0), None);
    }

    #[test]
    fn pictures_are_png() {
        let png = picture("otpauth://totp/a?secret=MZXW6");
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n") && png.len() > 200);
        assert!(picture(&"x".repeat(5000)).is_empty());
    }

    #[test]
    fn outlines_have_the_finder_patterns() {
        let (size, path) = outline("otpauth://totp/a?secret=MZXW6").unwrap();
        // Seven dark modules on the upper edge, left and right.
        assert!(path.starts_with("M4 4h7v1h-7z"), "{path}");
        assert!(
            path.contains(&format!("M{} 4h7v1h-7z", size - 11)),
            "{path}"
        );
        assert_eq!(outline(&"x".repeat(5000)), None);
    }
}
