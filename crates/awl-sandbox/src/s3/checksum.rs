//! The checksums that S3 knows, computed while a body comes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crc_fast::{CrcAlgorithm, Digest as Crc};
use md5::Digest as _;

/// An algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Crc32,
    Crc32c,
    Crc64Nvme,
    Sha1,
    Sha256,
}

impl Algorithm {
    pub(crate) const ALL: [Self; 5] = [
        Self::Crc32,
        Self::Crc32c,
        Self::Crc64Nvme,
        Self::Sha1,
        Self::Sha256,
    ];

    /// The name in parameters: `CRC64NVME`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Crc32c => "CRC32C",
            Self::Crc64Nvme => "CRC64NVME",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
        }
    }

    /// The member that has it: `ChecksumCRC64NVME`.
    pub(crate) const fn member(self) -> &'static str {
        match self {
            Self::Crc32 => "ChecksumCRC32",
            Self::Crc32c => "ChecksumCRC32C",
            Self::Crc64Nvme => "ChecksumCRC64NVME",
            Self::Sha1 => "ChecksumSHA1",
            Self::Sha256 => "ChecksumSHA256",
        }
    }

    /// The header or trailer that has it.
    pub(crate) const fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
        }
    }

    /// How many bytes it has.
    pub(crate) const fn width(self) -> usize {
        match self {
            Self::Crc32 | Self::Crc32c => 4,
            Self::Crc64Nvme => 8,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }

    /// The one of a name, in any case.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|own| own.name().eq_ignore_ascii_case(name))
    }

    /// The one of a header's or trailer's name.
    pub(crate) fn of_header(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|own| own.header().eq_ignore_ascii_case(name))
    }

    const fn crc(self) -> Option<CrcAlgorithm> {
        match self {
            Self::Crc32 => Some(CrcAlgorithm::Crc32IsoHdlc),
            Self::Crc32c => Some(CrcAlgorithm::Crc32Iscsi),
            Self::Crc64Nvme => Some(CrcAlgorithm::Crc64Nvme),
            Self::Sha1 | Self::Sha256 => None,
        }
    }

    /// Whether the checksum of a whole can be made of those of its parts.
    pub(crate) const fn is_linear(self) -> bool {
        self.crc().is_some()
    }

    pub(crate) fn hasher(self) -> Hasher {
        match (self, self.crc()) {
            (_, Some(crc)) => Hasher::Crc(Crc::new(crc), self.width()),
            (Self::Sha1, _) => Hasher::Sha1(sha1::Sha1::new()),
            _ => Hasher::Sha256(sha2::Sha256::new()),
        }
    }

    /// The checksum of bytes, in base 64.
    pub(crate) fn of(self, bytes: &[u8]) -> String {
        let mut hasher = self.hasher();
        hasher.update(bytes);
        hasher.finish()
    }

    /// Whether a text can be a checksum of this algorithm.
    pub(crate) fn is_one(self, text: &str) -> bool {
        STANDARD
            .decode(text)
            .is_ok_and(|bytes| bytes.len() == self.width())
    }

    /// The checksum of parts behind one another, from theirs and their lengths.
    pub(crate) fn joined(self, parts: &[(String, u64)]) -> Option<String> {
        let crc = self.crc()?;
        let mut whole = 0;
        for (number, (text, length)) in parts.iter().enumerate() {
            let own = STANDARD.decode(text).ok()?;
            let own = own.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
            whole = match number {
                0 => own,
                _ => crc_fast::checksum_combine(crc, whole, own, *length),
            };
        }
        Some(STANDARD.encode(&whole.to_be_bytes()[8 - self.width()..]))
    }

    /// The checksum of parts' checksums.
    pub(crate) fn composite(self, parts: &[(String, u64)]) -> Option<String> {
        let mut hasher = self.hasher();
        for (text, _) in parts {
            hasher.update(&STANDARD.decode(text).ok()?);
        }
        Some(format!("{}-{}", hasher.finish(), parts.len()))
    }
}

/// A checksum that is being computed.
pub(crate) enum Hasher {
    Crc(Crc, usize),
    Sha1(sha1::Sha1),
    Sha256(sha2::Sha256),
}

impl Hasher {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Crc(digest, _) => digest.update(bytes),
            Self::Sha1(digest) => digest.update(bytes),
            Self::Sha256(digest) => digest.update(bytes),
        }
    }

    /// The checksum in base 64, as headers have it.
    pub(crate) fn finish(self) -> String {
        match self {
            Self::Crc(digest, width) => {
                STANDARD.encode(&digest.finalize().to_be_bytes()[8 - width..])
            }
            Self::Sha1(digest) => STANDARD.encode(digest.finalize()),
            Self::Sha256(digest) => STANDARD.encode(digest.finalize()),
        }
    }
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Hasher")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_of_parts_make_that_of_the_whole() {
        let whole = b"The quick brown fox jumps over the lazy dog";
        for algorithm in Algorithm::ALL {
            let parts: Vec<(String, u64)> = [&whole[..7], &whole[7..9], &whole[9..]]
                .iter()
                .map(|part| (algorithm.of(part), part.len() as u64))
                .collect();
            let joined = algorithm.joined(&parts);
            assert_eq!(joined.is_some(), algorithm.is_linear());
            if let Some(joined) = joined {
                assert_eq!(joined, algorithm.of(whole), "{algorithm:?}");
            }
            assert!(algorithm.is_one(&algorithm.of(whole)));
        }
        // Of the CRC catalogue: the check values of "123456789".
        assert_eq!(Algorithm::Crc32.of(b"123456789"), "y/Q5Jg==");
        assert_eq!(Algorithm::Crc32c.of(b"123456789"), "4waSgw==");
        assert_eq!(Algorithm::Crc64Nvme.of(b"123456789"), "rosUhgp5mIg=");
    }
}
