//! The algorithms and their incremental computation.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crc_fast::{CrcAlgorithm, Digest as Crc};
use md5::Digest as _;
use xxhash_rust::xxh3::Xxh3;
use xxhash_rust::xxh64::Xxh64;

/// A checksum algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChecksumAlgorithm {
    /// CRC-32, as in zip.
    Crc32,
    /// CRC-32C, Castagnoli's.
    Crc32c,
    /// CRC-64/NVME.
    Crc64Nvme,
    /// MD5.
    Md5,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
    /// XXH3 of 64 bits.
    XxHash3,
    /// XXH64.
    XxHash64,
    /// XXH3 of 128 bits.
    XxHash128,
}

impl ChecksumAlgorithm {
    /// All algorithms that requests and responses may use, those to be
    /// preferred in a response first. MD5 is known but not among them, as in
    /// the real client.
    // Parity: httpchecksum.py, _ALGORITHMS_PRIORITY_LIST.
    pub const BY_PRIORITY: [Self; 9] = [
        Self::XxHash128,
        Self::XxHash3,
        Self::Crc64Nvme,
        Self::XxHash64,
        Self::Crc32c,
        Self::Crc32,
        Self::Sha1,
        Self::Sha256,
        Self::Sha512,
    ];

    /// The algorithm of this name, in any case; `None` of those that requests
    /// may not use.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::BY_PRIORITY
            .into_iter()
            .find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
    }

    /// Its name in models: `CRC64NVME`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Crc32c => "CRC32C",
            Self::Crc64Nvme => "CRC64NVME",
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
            Self::XxHash3 => "XXHASH3",
            Self::XxHash64 => "XXHASH64",
            Self::XxHash128 => "XXHASH128",
        }
    }

    /// The header or trailer that carries it: `x-amz-checksum-crc64nvme`.
    #[must_use]
    pub const fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Self::Md5 => "x-amz-checksum-md5",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
            Self::Sha512 => "x-amz-checksum-sha512",
            Self::XxHash3 => "x-amz-checksum-xxhash3",
            Self::XxHash64 => "x-amz-checksum-xxhash64",
            Self::XxHash128 => "x-amz-checksum-xxhash128",
        }
    }

    /// Begins to compute it.
    #[must_use]
    pub fn hasher(self) -> ChecksumHasher {
        ChecksumHasher(match self {
            Self::Crc32 => State::Crc(Crc::new(CrcAlgorithm::Crc32IsoHdlc), 4),
            Self::Crc32c => State::Crc(Crc::new(CrcAlgorithm::Crc32Iscsi), 4),
            Self::Crc64Nvme => State::Crc(Crc::new(CrcAlgorithm::Crc64Nvme), 8),
            Self::Md5 => State::Md5(md5::Md5::new()),
            Self::Sha1 => State::Sha1(sha1::Sha1::new()),
            Self::Sha256 => State::Sha256(sha2::Sha256::new()),
            Self::Sha512 => State::Sha512(sha2::Sha512::new()),
            Self::XxHash3 => State::XxHash3(Box::new(Xxh3::new())),
            Self::XxHash64 => State::XxHash64(Xxh64::new(0)),
            Self::XxHash128 => State::XxHash128(Box::new(Xxh3::new())),
        })
    }

    /// The checksum of bytes, in base64.
    #[must_use]
    pub fn of(self, bytes: &[u8]) -> String {
        let mut hasher = self.hasher();
        hasher.update(bytes);
        hasher.finish_base64()
    }
}

/// A checksum being computed.
#[derive(Clone)]
pub struct ChecksumHasher(State);

#[derive(Clone)]
enum State {
    /// With the width in bytes.
    Crc(Crc, usize),
    Md5(md5::Md5),
    Sha1(sha1::Sha1),
    Sha256(sha2::Sha256),
    Sha512(sha2::Sha512),
    XxHash3(Box<Xxh3>),
    XxHash64(Xxh64),
    XxHash128(Box<Xxh3>),
}

impl ChecksumHasher {
    /// Takes more bytes in.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Crc(digest, _) => digest.update(bytes),
            State::Md5(digest) => digest.update(bytes),
            State::Sha1(digest) => digest.update(bytes),
            State::Sha256(digest) => digest.update(bytes),
            State::Sha512(digest) => digest.update(bytes),
            State::XxHash3(digest) | State::XxHash128(digest) => digest.update(bytes),
            State::XxHash64(digest) => digest.update(bytes),
        }
    }

    /// The checksum, numbers with the high byte first.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        match self.0 {
            State::Crc(digest, width) => digest.finalize().to_be_bytes()[8 - width..].to_vec(),
            State::Md5(digest) => digest.finalize().to_vec(),
            State::Sha1(digest) => digest.finalize().to_vec(),
            State::Sha256(digest) => digest.finalize().to_vec(),
            State::Sha512(digest) => digest.finalize().to_vec(),
            State::XxHash3(digest) => digest.digest().to_be_bytes().to_vec(),
            State::XxHash64(digest) => digest.digest().to_be_bytes().to_vec(),
            State::XxHash128(digest) => digest.digest128().to_be_bytes().to_vec(),
        }
    }

    /// The checksum in base64, as headers have it.
    #[must_use]
    pub fn finish_base64(self) -> String {
        STANDARD.encode(self.finish())
    }
}

impl std::fmt::Debug for ChecksumHasher {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ChecksumHasher")
    }
}
