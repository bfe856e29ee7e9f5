//! `get-password-data`: the password of an instance, decrypted with the key
//! that it was launched with.
// Parity: awscli/customizations/ec2/decryptpassword.py.

use std::path::Path;

use awl_sdk::env::Host;
use awl_value::{Map, Value};
use aws_lc_rs::rsa::{Pkcs1PrivateDecryptingKey, PrivateDecryptingKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;

use crate::arguments::added::{Added, Customization, Hook, is_true, text};
use crate::error::CommandError;

pub(super) const CUSTOMIZATION: Customization = Customization {
    table: |table| table.add(&LAUNCH_KEY),
    ..Customization::of("get-password-data")
};

static LAUNCH_KEY: Added = Added::new("priv-launch-key", "", |_, setting, value| {
    if !is_true(&value) {
        return Ok(());
    }
    let path = setting.host.expand(&text(&value));
    let is_file = setting
        .host
        .facts(&path)
        .is_ok_and(|facts| !facts.is_folder);
    if !is_file {
        return Err(CommandError::general(
            "priv-launch-key should be a path to the local SSH private key file used to launch \
             the instance.",
        ));
    }
    setting.hooks.push(Hook {
        word: path.to_string_lossy().into_owned(),
        run: decrypt_answer,
    });
    Ok(())
});

fn decrypt_answer(answer: &mut Map, path: &str, host: &dyn Host) -> Result<(), CommandError> {
    const NAME: &str = "PasswordData";
    let Some(password) = answer.get(NAME).filter(|password| is_true(password)) else {
        return Ok(());
    };
    let key = host.read(Path::new(path)).ok();
    let decrypted = key.and_then(|key| decrypt(&key, &text(password)));
    let decrypted = decrypted.ok_or_else(|| {
        CommandError::general("Unable to decrypt password data using provided private key file.")
    })?;
    answer.insert(NAME, Value::from(decrypted));
    Ok(())
}

/// The text that `password` holds in base64, encrypted for the key in a PEM
/// file.
fn decrypt(pem: &[u8], password: &str) -> Option<String> {
    let key = PrivateKeyDer::from_pem_slice(pem).ok()?;
    let key = match &key {
        PrivateKeyDer::Pkcs8(key) => PrivateDecryptingKey::from_pkcs8(key.secret_pkcs8_der()),
        PrivateKeyDer::Pkcs1(key) => {
            PrivateDecryptingKey::from_pkcs8(&pkcs8(key.secret_pkcs1_der()))
        }
        _ => return None,
    };
    let key = Pkcs1PrivateDecryptingKey::new(key.ok()?).ok()?;
    let letters = |letter: &char| !letter.is_ascii_whitespace();
    let password: String = password.chars().filter(letters).collect();
    let password = STANDARD.decode(password).ok()?;
    let mut room = vec![0; key.min_output_size()];
    let text = key.decrypt(&password, &mut room).ok()?;
    String::from_utf8(text.to_vec()).ok()
}

/// An RSA key as the container that all kinds of keys come in.
fn pkcs8(key: &[u8]) -> Vec<u8> {
    /// Version 0; the object identifier of RSA keys.
    const HEAD: &[u8] = &[
        0x02, 0x01, 0x00, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01,
        0x01, 0x05, 0x00,
    ];
    let mut content = HEAD.to_vec();
    write_der(0x04, key, &mut content);
    let mut whole = Vec::with_capacity(content.len() + 4);
    write_der(0x30, &content, &mut whole);
    whole
}

fn write_der(tag: u8, content: &[u8], out: &mut Vec<u8>) {
    out.push(tag);
    let length = content.len().to_be_bytes();
    let length = &length[length.iter().take_while(|byte| **byte == 0).count()..];
    if !matches!(length, [0..0x80] | []) {
        out.push(0x80 | length.len() as u8);
    }
    match length {
        [] => out.push(0),
        length => out.extend_from_slice(length),
    }
    out.extend_from_slice(content);
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
    use aws_lc_rs::rsa::{KeySize, Pkcs1PublicEncryptingKey};

    use super::*;

    /// A key in a PEM file.
    fn pem(kind: &str, key: &[u8]) -> Vec<u8> {
        let text = STANDARD.encode(key);
        format!("-----BEGIN {kind}-----\n{text}\n-----END {kind}-----\n").into_bytes()
    }

    #[test]
    fn passwords_are_decrypted_with_either_form_of_key() {
        let key = PrivateDecryptingKey::generate(KeySize::Rsa2048).unwrap();
        let container: Pkcs8V1Der<'_> = key.as_der().unwrap();
        let container = container.as_ref();
        let public = Pkcs1PublicEncryptingKey::new(key.public_key()).unwrap();
        let mut room = vec![0; public.ciphertext_size()];
        let encrypted = public.encrypt(b"Pa$$word!", &mut room).unwrap();
        let encrypted = STANDARD.encode(encrypted);
        // The bare key stands behind the head, the version and the algorithm.
        let bare = &container[26..];
        assert_eq!(pkcs8(bare), container);
        for pem in [pem("PRIVATE KEY", container), pem("RSA PRIVATE KEY", bare)] {
            assert_eq!(decrypt(&pem, &encrypted).as_deref(), Some("Pa$$word!"));
            assert_eq!(decrypt(&pem, "AAAA"), None);
        }
        assert_eq!(decrypt(b"no key", &encrypted), None);
    }
}
