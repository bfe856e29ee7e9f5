//! `iot`: certificates and keys are saved to files as well.
// Parity: awscli/customizations/iot.py.

use awl_sdk::env::Host;
use awl_value::{Map, Value};

use super::outfile;
use crate::arguments::added::{Added, Customization, Hook, Setting, text};
use crate::error::CommandError;

pub(super) const CUSTOMIZATIONS: &[Customization] = &[
    Customization {
        table: |table| table.add(&CERTIFICATE),
        ..Customization::of("create-certificate-from-csr")
    },
    Customization {
        table: |table| {
            table.add(&CERTIFICATE);
            table.add(&PUBLIC_KEY);
            table.add(&PRIVATE_KEY);
        },
        ..Customization::of("create-keys-and-certificate")
    },
];

static CERTIFICATE: Added = Added::new("certificate-pem-outfile", "", |_, setting, value| {
    add_hook(setting, &value, |answer, path, host| {
        save(answer.get("certificatePem"), path, host)
    })
});

static PUBLIC_KEY: Added = Added::new("public-key-outfile", "", |_, setting, value| {
    add_hook(setting, &value, |answer, path, host| {
        save(key_pair(answer, "PublicKey"), path, host)
    })
});

static PRIVATE_KEY: Added = Added::new("private-key-outfile", "", |_, setting, value| {
    add_hook(setting, &value, |answer, path, host| {
        save(key_pair(answer, "PrivateKey"), path, host)
    })
});

fn add_hook(
    setting: &mut Setting<'_>,
    value: &Value,
    run: fn(&mut Map, &str, &dyn Host) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    let word = outfile::resolve(value, setting.host)?;
    setting.hooks.push(Hook { word, run });
    Ok(())
}

fn key_pair<'a>(answer: &'a Map, name: &str) -> Option<&'a Value> {
    answer.get("keyPair").and_then(|pair| pair.get(name))
}

/// Saves a part of the answer; nothing of one that is not there.
fn save(part: Option<&Value>, path: &str, host: &dyn Host) -> Result<(), CommandError> {
    let content = part.map(text).unwrap_or_default();
    outfile::write(path, content.as_bytes(), host)
}
