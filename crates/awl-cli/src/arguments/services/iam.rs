//! `iam`: what seeds a virtual MFA device goes to a file, not to the terminal.
// Parity: awscli/customizations/iamvirtmfa.py.

use awl_value::Value;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::outfile;
use crate::arguments::added::{Added, Customization, Hook, Takes, text};
use crate::error::CommandError;

static METHODS: &[&str] = &["QRCodePNG", "Base32StringSeed"];

pub(super) const CUSTOMIZATIONS: &[Customization] = &[Customization {
    table: |table| {
        table.add(&OUTFILE);
        table.add(&METHOD);
    },
    ..Customization::of("create-virtual-mfa-device")
}];

static OUTFILE: Added = Added::new("outfile", "", |_, setting, value| {
    setting.hooks.push(Hook {
        word: outfile::resolve(&value, setting.host)?,
        run: |_, _, _| Ok(()),
    });
    Ok(())
})
.required();

static METHOD: Added = Added::new("bootstrap-method", "", |_, setting, value| {
    // The path stands before it, as the argument does.
    let Some(hook) = setting.hooks.last_mut() else {
        return Ok(());
    };
    hook.run = match &*text(&value) {
        "QRCodePNG" => |answer, path, host| save(answer, "QRCodePNG", path, host),
        _ => |answer, path, host| save(answer, "Base32StringSeed", path, host),
    };
    Ok(())
})
.taking(Takes::Choice(&METHODS))
.required();

fn save(
    answer: &mut awl_value::Map,
    method: &str,
    path: &str,
    host: &dyn awl_sdk::env::Host,
) -> Result<(), CommandError> {
    let device = answer
        .get_mut("VirtualMFADevice")
        .and_then(Value::as_map_mut);
    let Some(device) = device else {
        return Ok(());
    };
    if let Some(seed) = device.get(method) {
        let seed = match seed {
            Value::Blob(bytes) => bytes.clone(),
            other => STANDARD
                .decode(text(other))
                .map_err(|error| CommandError::general(error.to_string()))?,
        };
        outfile::write(path, &seed, host)?;
        for method in METHODS {
            device.remove(method);
        }
    }
    Ok(())
}
