//! The keys themselves: made, read, and written as OpenSSH and OpenSSL have them.
// Source: PROTOCOL.key of OpenSSH; RFC 4253, section 6.6; RFC 8709; RFC 4716.

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair, KeySize, Pkcs1PublicEncryptingKey, PublicEncryptingKey};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::putty;
use crate::record::Secret;
use crate::{Entropy, ids};

/// A key pair that is new.
pub(super) struct Made {
    pub(super) public: Public,
    pub(super) private: Secret,
    pub(super) fingerprint: String,
}

/// How a private key is given out.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form<'a> {
    Pem,
    /// PuTTY's, with this comment.
    Ppk(&'a str),
}

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Public {
    /// Modulus and exponent, without zeros before them.
    Rsa(Vec<u8>, Vec<u8>),
    Ed25519(Vec<u8>),
}

impl Made {
    /// A key of 2048 bits. AWS's fingerprint of it is the SHA-1 of the private key.
    pub(super) fn rsa(form: Form<'_>) -> Option<Self> {
        let key = KeyPair::generate(KeySize::Rsa2048).ok()?;
        let whole = key.as_der().ok()?;
        let own = private_of(whole.as_ref())?;
        let public = of_sequence(key.public_key().as_ref())?;
        let private = match form {
            Form::Pem => pem("RSA PRIVATE KEY", own, 64),
            Form::Ppk(comment) => {
                // The version, n and e are before, two exponents in between.
                let (_, mut rest, _) = element(own)?;
                let mut numbers = [&[][..]; 9];
                for number in &mut numbers {
                    (_, *number, rest) = element(rest)?;
                }
                let mut kept = zeroize::Zeroizing::new(Vec::new());
                for place in [3, 4, 5, 8] {
                    put(&mut kept, numbers[place]);
                }
                putty::file(&public, &kept, comment)?
            }
        };
        Some(Self {
            public,
            private: Secret::new(private),
            fingerprint: colons(&Sha1::digest(whole.as_ref())),
        })
    }

    pub(super) fn ed25519(form: Form<'_>, entropy: &dyn Entropy) -> Option<Self> {
        let seed = zeroize::Zeroizing::new(ids::random::<32>(entropy));
        let key = Ed25519KeyPair::from_seed_unchecked(&*seed).ok()?;
        let bytes = key.public_key().as_ref().to_vec();
        let public = Public::Ed25519(bytes.clone());
        if let Form::Ppk(comment) = form {
            let mut kept = zeroize::Zeroizing::new(Vec::new());
            put(&mut kept, &*seed);
            return Some(Self {
                private: Secret::new(putty::file(&public, &kept, comment)?),
                fingerprint: public.fingerprint(),
                public,
            });
        }
        let check = ids::random::<4>(entropy);
        let mut secret = zeroize::Zeroizing::new(Vec::new());
        secret.extend([check, check].concat());
        put(&mut secret, b"ssh-ed25519");
        put(&mut secret, &bytes);
        put(
            &mut secret,
            &zeroize::Zeroizing::new([&seed[..], &bytes].concat()),
        );
        put(&mut secret, b"");
        let mut pad = 1;
        while secret.len() % 8 != 0 {
            secret.push(pad);
            pad += 1;
        }
        let mut file = zeroize::Zeroizing::new(b"openssh-key-v1\0".to_vec());
        for part in [&b"none"[..], b"none", b""] {
            put(&mut file, part);
        }
        file.extend(1_u32.to_be_bytes());
        put(&mut file, &public.blob());
        put(&mut file, &secret);
        Some(Self {
            fingerprint: public.fingerprint(),
            public,
            private: Secret::new(pem("OPENSSH PRIVATE KEY", &file, 70)),
        })
    }
}

impl Public {
    /// Reads what may be imported: the line of OpenSSH, the block of RFC 4716, or
    /// the DER of an RSA key, which may be in base 64.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        if let Ok(text) = std::str::from_utf8(bytes) {
            let text = text.trim();
            if text.starts_with("---- BEGIN SSH2 PUBLIC KEY ----") {
                let lines = text
                    .lines()
                    .filter(|line| !line.starts_with("----") && !line.contains(':'));
                let joined: String = lines.map(str::trim).collect();
                return Self::of_blob(&STANDARD.decode(joined).ok()?);
            }
            let mut words = text.split_ascii_whitespace();
            if let (Some(kind @ ("ssh-rsa" | "ssh-ed25519")), Some(own)) =
                (words.next(), words.next())
            {
                let key = Self::of_blob(&STANDARD.decode(own).ok()?)?;
                return (format!("ssh-{}", key.kind()) == kind).then_some(key);
            }
            let joined: String = text
                .lines()
                .filter(|line| !line.starts_with("-----"))
                .collect();
            if let Ok(bytes) = STANDARD.decode(joined) {
                return of_info(&bytes);
            }
        }
        of_info(bytes)
    }

    fn of_blob(blob: &[u8]) -> Option<Self> {
        let mut rest = blob;
        let key = match take(&mut rest)? {
            b"ssh-rsa" => {
                let (exponent, modulus) = (take(&mut rest)?, take(&mut rest)?);
                Self::Rsa(bare(modulus).to_vec(), bare(exponent).to_vec())
            }
            b"ssh-ed25519" => {
                Self::Ed25519(take(&mut rest).filter(|own| own.len() == 32)?.to_vec())
            }
            _ => return None,
        };
        let fits = match &key {
            Self::Rsa(modulus, exponent) => {
                (128..=512).contains(&modulus.len()) && (1..=8).contains(&exponent.len())
            }
            Self::Ed25519(_) => true,
        };
        (rest.is_empty() && fits).then_some(key)
    }

    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Rsa(..) => "rsa",
            Self::Ed25519(_) => "ed25519",
        }
    }

    pub(super) fn blob(&self) -> Vec<u8> {
        let mut blob = Vec::new();
        match self {
            Self::Rsa(modulus, exponent) => {
                put(&mut blob, b"ssh-rsa");
                put(&mut blob, &signed(exponent));
                put(&mut blob, &signed(modulus));
            }
            Self::Ed25519(bytes) => {
                put(&mut blob, b"ssh-ed25519");
                put(&mut blob, bytes);
            }
        }
        blob
    }

    /// `ssh-rsa AAAA…`.
    pub(super) fn text(&self) -> String {
        format!("ssh-{} {}", self.kind(), STANDARD.encode(self.blob()))
    }

    /// The fingerprint of one that was imported: of RSA the MD5 of its DER, of
    /// Ed25519 what OpenSSH says.
    pub(super) fn fingerprint(&self) -> String {
        match self {
            Self::Rsa(..) => colons(&Md5::digest(self.info())),
            Self::Ed25519(_) => STANDARD.encode(Sha256::digest(self.blob())),
        }
    }

    /// `SubjectPublicKeyInfo` of an RSA key.
    fn info(&self) -> Vec<u8> {
        const ALGORITHM: &[u8] = &[
            0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0,
        ];
        let Self::Rsa(modulus, exponent) = self else {
            return Vec::new();
        };
        let numbers = [der(2, &signed(modulus)), der(2, &signed(exponent))].concat();
        let bits = der(3, &[&[0], &*der(0x30, &numbers)].concat());
        der(0x30, &[ALGORITHM, &bits].concat())
    }
}

/// A new password, encrypted for who has the private key, in base 64.
pub(super) fn password(key: &Public, entropy: &dyn Entropy) -> Option<String> {
    let password = STANDARD.encode(ids::random::<24>(entropy));
    let key = PublicEncryptingKey::from_der(&key.info()).ok()?;
    let key = Pkcs1PublicEncryptingKey::new(key).ok()?;
    let mut encrypted = vec![0; key.ciphertext_size()];
    let encrypted = key.encrypt(password.as_bytes(), &mut encrypted).ok()?;
    Some(STANDARD.encode(&*encrypted))
}

/// The RSA key in PKCS #8.
fn private_of(whole: &[u8]) -> Option<&[u8]> {
    let (0x30, inner, _) = element(whole)? else {
        return None;
    };
    let (_, _, rest) = element(inner)?;
    let (_, _, rest) = element(rest)?;
    match element(rest)? {
        (4, own, _) => Some(own),
        _ => None,
    }
}

/// The key of `SubjectPublicKeyInfo`.
fn of_info(bytes: &[u8]) -> Option<Public> {
    let (0x30, inner, _) = element(bytes)? else {
        return None;
    };
    let (_, _, rest) = element(inner)?;
    let (3, bits, _) = element(rest)? else {
        return None;
    };
    let key = of_sequence(bits.strip_prefix(&[0])?)?;
    // As strict as with the other forms.
    Public::of_blob(&key.blob())
}

/// The key of `RSAPublicKey`.
fn of_sequence(bytes: &[u8]) -> Option<Public> {
    let (0x30, inner, _) = element(bytes)? else {
        return None;
    };
    let (2, modulus, rest) = element(inner)? else {
        return None;
    };
    let (2, exponent, _) = element(rest)? else {
        return None;
    };
    Some(Public::Rsa(bare(modulus).to_vec(), bare(exponent).to_vec()))
}

/// The first element of DER: its tag, what is in it, what is behind it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(*first), rest),
        0x81..=0x84 => {
            let count = usize::from(first & 0x7f);
            let (digits, rest) = rest.split_at_checked(count)?;
            let length = digits
                .iter()
                .fold(0, |length, digit| length << 8 | usize::from(*digit));
            (length, rest)
        }
        _ => return None,
    };
    let (inner, behind) = rest.split_at_checked(length)?;
    Some((*tag, inner, behind))
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let bytes = length.to_be_bytes();
    let digits = bare(&bytes);
    let mut element = vec![tag];
    if length < 0x80 {
        element.push(length as u8);
    } else {
        element.push(0x80 | digits.len() as u8);
        element.extend(digits);
    }
    element.extend(content);
    element
}

/// A number without zeros before it.
fn bare(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    &bytes[zeros..]
}

/// A number whose first bit is no sign.
fn signed(bytes: &[u8]) -> Vec<u8> {
    let mut number = Vec::with_capacity(bytes.len() + 1);
    if bytes.first().is_none_or(|first| first & 0x80 != 0) {
        number.push(0);
    }
    number.extend(bytes);
    number
}

/// Appends a text of SSH: its length, and itself.
pub(super) fn put(buffer: &mut Vec<u8>, text: &[u8]) {
    let length = u32::try_from(text.len()).unwrap_or_default();
    buffer.extend(length.to_be_bytes());
    buffer.extend(text);
}

/// Takes a text of SSH.
fn take<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, behind) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (text, behind) = behind.split_at_checked(length)?;
    *rest = behind;
    Some(text)
}

fn colons(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(":")
}

fn pem(kind: &str, bytes: &[u8], width: usize) -> String {
    let text = zeroize::Zeroizing::new(STANDARD.encode(bytes));
    let mut file = format!("-----BEGIN {kind}-----\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, behind) = rest.split_at(width.min(rest.len()));
        file.push_str(line);
        file.push('\n');
        rest = behind;
    }
    file.push_str(&format!("-----END {kind}-----"));
    file
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Fixed;

    #[test]
    fn keys_are_read_in_all_their_forms() {
        for made in [
            Made::rsa(Form::Pem).unwrap(),
            Made::ed25519(Form::Pem, &Fixed::default()).unwrap(),
        ] {
            let key = &made.public;
            let line = format!("{} somebody@somewhere\n", key.text());
            assert_eq!(Public::parse(line.as_bytes()).as_ref(), Some(key));
            let block = format!(
                "---- BEGIN SSH2 PUBLIC KEY ----\nComment: \"x\"\n{}\n---- END SSH2 PUBLIC KEY ----\n",
                STANDARD.encode(key.blob())
            );
            assert_eq!(Public::parse(block.as_bytes()).as_ref(), Some(key));
            if key.kind() == "rsa" {
                assert_eq!(Public::parse(&key.info()).as_ref(), Some(key));
                let text = STANDARD.encode(key.info());
                assert_eq!(Public::parse(text.as_bytes()).as_ref(), Some(key));
            }
        }
    }

    #[test]
    fn what_is_no_key_is_none() {
        for wrong in [
            "",
            "ssh-rsa",
            "ssh-rsa AAAA",
            "ssh-dss AAAAB3NzaC1kc3M=",
            "0\u{84}",
            "MIIB",
        ] {
            assert_eq!(Public::parse(wrong.as_bytes()), None, "{wrong}");
        }
        let key = Made::ed25519(Form::Pem, &Fixed::default())
            .unwrap()
            .public
            .text();
        assert_eq!(
            Public::parse(key.replace("ssh-ed25519", "ssh-rsa").as_bytes()),
            None
        );
    }
}
