//! The format of the encrypted store: a header of 64 bytes, then what is
//! sealed with XChaCha20-Poly1305. The header is authenticated with it, so that
//! nothing in the file can be changed unseen.
//!
//! | bytes | |
//! |---|---|
//! | 0..8 | `awlstore` |
//! | 8 | the format's version, 1 |
//! | 9 | what locks it: 0 a key file, 1 a passphrase |
//! | 10..12 | zero |
//! | 12..24 | Argon2id: memory in KiB, passes, lanes, 32 bits each, the low byte first; zero with a key file |
//! | 24..40 | the salt |
//! | 40..64 | the nonce, new with every write |

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key as CipherKey, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

/// What seals, wiped when dropped.
pub(super) type Key = Zeroizing<[u8; 32]>;

const MAGIC: &[u8; 8] = b"awlstore";
const VERSION: u8 = 1;
const HEADER: usize = 64;

/// How dear it is to try a passphrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cost {
    /// Memory in KiB.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Cost {
    /// That of new stores: RFC 9106's second choice, with one lane, since one
    /// thread computes it.
    pub(super) const NEW: Self = Self {
        memory: 64 * 1024,
        passes: 3,
        lanes: 1,
    };

    /// What a file may ask for: nobody's machine is to be brought to its knees
    /// by a header.
    const fn is_bearable(self) -> bool {
        self.memory <= 1024 * 1024 && self.passes <= 64 && self.lanes <= 16
    }
}

/// What locks a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lock {
    /// A file with the key.
    KeyFile,
    /// A passphrase.
    Passphrase(Cost),
}

/// What a store says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// What locks it.
    pub lock: Lock,
    /// What keeps equal passphrases from making equal keys.
    pub salt: [u8; 16],
}

/// Why a store cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SealError {
    /// It is none, or cut off.
    NoStore,
    /// A later awl wrote it.
    Version(u8),
    /// Its header has something that no awl writes.
    Header,
    /// The key is another, or the file was changed.
    Refused,
}

impl fmt::Display for SealError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoStore => {
                formatter.write_str("it is no credential store, or only a part of one")
            }
            Self::Version(version) => {
                write!(
                    formatter,
                    "it has version {version}, which this awl does not know"
                )
            }
            Self::Header => formatter.write_str("its header is damaged"),
            Self::Refused => {
                formatter.write_str("the passphrase or key is wrong, or the file was changed")
            }
        }
    }
}

impl Header {
    /// Reads the header of a store.
    pub(super) fn read(file: &[u8]) -> Result<Self, SealError> {
        if !file.starts_with(MAGIC) || file.len() < HEADER {
            return Err(SealError::NoStore);
        }
        if file[8] != VERSION {
            return Err(SealError::Version(file[8]));
        }
        let number = |at: usize| {
            let mut bytes = [0; 4];
            bytes.copy_from_slice(&file[at..at + 4]);
            u32::from_le_bytes(bytes)
        };
        let cost = Cost {
            memory: number(12),
            passes: number(16),
            lanes: number(20),
        };
        let lock = match (file[9], &file[10..12]) {
            (0, [0, 0]) => Lock::KeyFile,
            (1, [0, 0]) if cost.is_bearable() => Lock::Passphrase(cost),
            _ => return Err(SealError::Header),
        };
        let mut salt = [0; 16];
        salt.copy_from_slice(&file[24..40]);
        Ok(Self { lock, salt })
    }

    fn bytes(&self, nonce: &[u8; 24]) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8] = VERSION;
        if let Lock::Passphrase(cost) = self.lock {
            bytes[9] = 1;
            let numbers = [cost.memory, cost.passes, cost.lanes];
            for (at, number) in numbers.into_iter().enumerate() {
                bytes[12 + 4 * at..16 + 4 * at].copy_from_slice(&number.to_le_bytes());
            }
        }
        bytes[24..40].copy_from_slice(&self.salt);
        bytes[40..].copy_from_slice(nonce);
        bytes
    }

    /// A whole file. A nonce is never used twice.
    pub(super) fn seal(
        &self,
        key: &Key,
        nonce: &[u8; 24],
        content: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        let header = self.bytes(nonce);
        let payload = Payload {
            msg: content,
            aad: &header,
        };
        let sealed = cipher(key)
            .encrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| SealError::Refused)?;
        Ok([&header[..], &sealed].concat())
    }
}

/// The content of a file.
pub(super) fn open(key: &Key, file: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    Header::read(file)?;
    let (header, sealed) = file.split_at(HEADER);
    let mut nonce = [0; 24];
    nonce.copy_from_slice(&header[40..]);
    let payload = Payload {
        msg: sealed,
        aad: header,
    };
    cipher(key)
        .decrypt(&XNonce::from(nonce), payload)
        .map(Zeroizing::new)
        .map_err(|_| SealError::Refused)
}

/// The key that a passphrase makes.
pub(super) fn derive(passphrase: &str, salt: &[u8; 16], cost: Cost) -> Result<Key, SealError> {
    let mut key = Key::default();
    let length = Some(key.len());
    let parameters =
        Params::new(cost.memory, cost.passes, cost.lanes, length).map_err(|_| SealError::Header)?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
        .hash_password_into(passphrase.as_bytes(), salt, &mut *key)
        .map_err(|_| SealError::Header)?;
    Ok(key)
}

fn cipher(key: &Key) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&CipherKey::from(**key))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Cost = Cost {
        memory: 8,
        passes: 1,
        lanes: 1,
    };

    fn sealed(lock: Lock) -> (Key, Vec<u8>) {
        let key = Key::new([7; 32]);
        let header = Header {
            lock,
            salt: [1; 16],
        };
        let file = header.seal(&key, &[2; 24], b"content").unwrap();
        assert_eq!(Header::read(&file), Ok(header));
        (key, file)
    }

    #[test]
    fn what_is_sealed_can_be_opened() {
        for lock in [Lock::KeyFile, Lock::Passphrase(Cost::NEW)] {
            let (key, file) = sealed(lock);
            assert_eq!(&**open(&key, &file).unwrap(), b"content");
            assert_eq!(open(&Key::new([8; 32]), &file), Err(SealError::Refused));
        }
    }

    #[test]
    fn every_changed_bit_and_every_cut_is_seen() {
        let (key, file) = sealed(Lock::Passphrase(CHEAP));
        for at in 0..file.len() {
            for bit in 0..8 {
                let mut changed = file.clone();
                changed[at] ^= 1 << bit;
                assert!(open(&key, &changed).is_err(), "byte {at}, bit {bit}");
            }
            assert!(open(&key, &file[..at]).is_err(), "{at} bytes");
        }
        let longer = [&file[..], b"x"].concat();
        assert_eq!(open(&key, &longer), Err(SealError::Refused));
    }

    #[test]
    fn headers_are_told_apart() {
        let (key, file) = sealed(Lock::KeyFile);
        let with = |at: usize, byte: u8| {
            let mut file = file.clone();
            file[at] = byte;
            open(&key, &file).unwrap_err()
        };
        assert_eq!(with(0, b'x'), SealError::NoStore);
        assert_eq!(with(8, 2), SealError::Version(2));
        assert_eq!(with(9, 2), SealError::Header);
        assert_eq!(with(10, 1), SealError::Header);
        let (_, mut file) = sealed(Lock::Passphrase(CHEAP));
        // 4 TiB of memory.
        file[15] = 0xff;
        assert_eq!(Header::read(&file), Err(SealError::Header));
    }

    #[test]
    fn passphrases_make_keys() {
        let key = |passphrase: &str, salt| derive(passphrase, &salt, CHEAP).unwrap();
        assert_eq!(key("a", [1; 16]), key("a", [1; 16]));
        assert_ne!(key("a", [1; 16]), key("b", [1; 16]));
        assert_ne!(key("a", [1; 16]), key("a", [2; 16]));
        // RFC 9106 asks for eight blocks a lane at least.
        let cost = Cost { memory: 1, ..CHEAP };
        assert_eq!(derive("a", &[1; 16], cost), Err(SealError::Header));
    }
}
