//! Private keys as PuTTY has them, in version 2 of its format.
// Source: PuTTY's manual, appendix C.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use sha1::Sha1;
use sha2::Digest as _;
use zeroize::Zeroizing;

use super::material::{Public, put};

/// The file of a key without a passphrase: `private` is what PuTTY keeps of it.
pub(super) fn file(public: &Public, private: &[u8], comment: &str) -> Option<String> {
    const ENCRYPTION: &str = "none";
    let kind = format!("ssh-{}", public.kind());
    let blob = public.blob();
    let mut signed = Zeroizing::new(Vec::new());
    for part in [
        kind.as_bytes(),
        ENCRYPTION.as_bytes(),
        comment.as_bytes(),
        &blob,
        private,
    ] {
        put(&mut signed, part);
    }
    let key = Sha1::digest(b"putty-private-key-file-mac-key");
    let mut mac = <Hmac<Sha1> as hmac::KeyInit>::new_from_slice(&key).ok()?;
    mac.update(&signed);
    let mac = crate::ids::hexadecimal(&mac.finalize().into_bytes());
    let (shown, kept) = (lines(&blob), lines(private));
    let (public_lines, private_lines) = (shown.as_str(), kept.as_str());
    let count = |text: &str| text.lines().count();
    Some(format!(
        "PuTTY-User-Key-File-2: {kind}\nEncryption: {ENCRYPTION}\nComment: {comment}\n\
         Public-Lines: {}\n{public_lines}Private-Lines: {}\n{private_lines}Private-MAC: {mac}\n",
        count(public_lines),
        count(private_lines),
    ))
}

/// Base 64 in lines of 64 letters.
fn lines(bytes: &[u8]) -> Zeroizing<String> {
    let text = Zeroizing::new(STANDARD.encode(bytes));
    let mut lines = Zeroizing::new(String::with_capacity(text.len() + text.len() / 32));
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, behind) = rest.split_at(rest.len().min(64));
        lines.push_str(line);
        lines.push('\n');
        rest = behind;
    }
    lines
}
