//! `bundle-instance`: where the image goes in plain words, and the policy that
//! lets EC2 upload it there, made and signed.
// Parity: awscli/customizations/ec2/bundleinstance.py.

use awl_sdk::env::Host;
use awl_value::{Map, Value};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

use crate::arguments::added::{Added, Customization, Setting, is_true, map_at, text};
use crate::error::CommandError;

/// The owner's secret key, which is never sent.
const SECRET: &str = "_SAK";

pub(super) const CUSTOMIZATION: Customization = Customization {
    table: |table| {
        table.require("storage", false);
        for added in ADDED {
            table.add(added);
        }
    },
    check: |given| {
        let simple = ["bucket", "prefix", "owner_akid", "owner_sak", "policy"];
        if given.has_some("storage") && simple.iter().any(|name| given.has_some(name)) {
            return Err(CommandError::validation(
                "Mixing the --storage option with the simple, scalar options is not recommended.",
            ));
        }
        Ok(())
    },
    finish,
    ..Customization::of("bundle-instance")
};

static ADDED: &[Added] = &[
    Added::new("bucket", "Bucket", set),
    Added::new("prefix", "Prefix", set),
    Added::new("owner-akid", "AWSAccessKeyId", set),
    Added::new("owner-sak", SECRET, set),
    Added::new("policy", "UploadPolicy", set),
];

fn set(added: &Added, setting: &mut Setting<'_>, value: Value) -> Result<(), CommandError> {
    if is_true(&value) {
        let storage = map_at(setting.parameters, "Storage");
        map_at(storage, "S3").insert(added.key, value);
    }
    Ok(())
}

fn finish(parameters: &mut Map, host: &dyn Host) -> Result<(), CommandError> {
    // What is not there, the AWS CLI's Python says by its name alone.
    let missing = |name: &str| CommandError::general(format!("'{name}'"));
    let storage = parameters
        .get_mut("Storage")
        .ok_or_else(|| missing("Storage"))?;
    let storage = storage
        .as_map_mut()
        .and_then(|storage| storage.get_mut("S3"))
        .and_then(Value::as_map_mut)
        .ok_or_else(|| missing("S3"))?;
    if !storage.contains_key("UploadPolicy") {
        let bucket = storage.get("Bucket").ok_or_else(|| missing("Bucket"))?;
        let prefix = storage.get("Prefix").ok_or_else(|| missing("Prefix"))?;
        let policy = format!(
            "{{\"expiration\": \"{}\",\"conditions\": [{{\"bucket\": \"{}\"}},{{\"acl\": \
             \"ec2-bundle-read\"}},[\"starts-with\", \"$key\", \"{}\"]]}}",
            tomorrow(host)?,
            text(bucket),
            text(prefix)
        );
        storage.insert("UploadPolicy", Value::Blob(policy.into_bytes()));
    }
    if storage.contains_key("UploadPolicySignature") {
        return Ok(());
    }
    let policy = match storage.get("UploadPolicy") {
        Some(Value::Blob(policy)) if !policy.is_empty() => STANDARD.encode(policy),
        _ => return Ok(()),
    };
    let Some(secret) = storage.get(SECRET).filter(|secret| is_true(secret)) else {
        return Ok(());
    };
    let mut mac = Hmac::<Sha1>::new_from_slice(text(secret).as_bytes())
        .map_err(|error| CommandError::general(error.to_string()))?;
    mac.update(policy.as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    storage.insert("UploadPolicySignature", Value::from(signature));
    storage.remove(SECRET);
    Ok(())
}

/// The time in 24 hours, to the microsecond.
fn tomorrow(host: &dyn Host) -> Result<String, CommandError> {
    let failed = |error: jiff::Error| CommandError::general(error.to_string());
    let now = jiff::Timestamp::try_from(host.now()).map_err(failed)?;
    let tomorrow = now
        .checked_add(jiff::SignedDuration::from_hours(24))
        .map_err(failed)?;
    Ok(tomorrow.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string())
}
