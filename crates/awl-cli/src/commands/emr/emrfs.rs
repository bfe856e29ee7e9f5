//! What `--emrfs` comes to: a configuration of clusters with a release label,
//! bootstrap actions of others.
// Parity: awscli/customizations/emr/emrfsutils.py.

use awl_value::{Map, Value};

use super::{bootstrap_action, map, missing, s3_link, text, texts};
use crate::error::CommandError;
use crate::python;

/// The classification of EMRFS among configurations.
pub(super) const SITE: &str = "emrfs-site";

const CONSISTENT: (&[&str], &str) = (
    &["RetryCount", "RetryPeriod"],
    "--emrfs Consistent=true/false",
);
const KMS: (&[&str], &str) = (
    &["KMSKeyId"],
    "--emrfs Encryption=ClientSide,ProviderType=KMS",
);
const CUSTOM: (&[&str], &str) = (
    &["CustomProviderClass", "CustomProviderLocation"],
    "--emrfs Encryption=ClientSide,ProviderType=Custom",
);

/// The configuration of a cluster with a release label.
///
/// # Errors
/// Values that do not stand together.
pub(super) fn configuration(given: &Map) -> Result<Value, CommandError> {
    check(given)?;
    let mut properties = properties(given);
    if has_provider(given, "CUSTOM") {
        properties.insert(
            "fs.s3.cse.encryptionMaterialsProvider.uri",
            value(given, "CustomProviderLocation"),
        );
    }
    Ok(Value::Map(map([
        ("Classification", SITE.into()),
        ("Properties", Value::Map(properties)),
    ])))
}

/// The bootstrap actions of a cluster without one.
///
/// # Errors
/// Values that do not stand together.
pub(super) fn bootstrap_actions(given: &Map, region: &str) -> Result<Vec<Value>, CommandError> {
    check(given)?;
    let mut actions = Vec::new();
    if has_provider(given, "CUSTOM") {
        let words = [
            "-s",
            text(given, "CustomProviderLocation").unwrap_or_default(),
            "-d",
            "/usr/share/aws/emr/auxlib",
            "-f",
        ];
        let path = "file:/usr/share/aws/emr/scripts/s3get".to_owned();
        actions.push(bootstrap_action("S3 get", path, texts(words)));
    }
    let mut words = Vec::new();
    for (key, value) in properties(given).iter() {
        words.push("-e".to_owned());
        words.push(match value.as_str() {
            Some("") | None => key.to_owned(),
            Some(value) => format!("{key}={value}"),
        });
    }
    let path = s3_link("/bootstrap-actions/configure-hadoop", region);
    actions.push(bootstrap_action("Setup EMRFS", path, texts(words)));
    Ok(actions)
}

fn value(map: &Map, name: &str) -> Value {
    map.get(name).cloned().unwrap_or_default()
}

/// Whether the client encrypts with this kind of provider.
fn has_provider(given: &Map, kind: &str) -> bool {
    is(given, "Encryption", "CLIENTSIDE") && is(given, "ProviderType", kind)
}

fn is(given: &Map, name: &str, value: &str) -> bool {
    text(given, name).is_some_and(|text| text.to_uppercase() == value)
}

// Parity: emrfsutils.py, _verify_emrfs_args.
fn check(given: &Map) -> Result<(), CommandError> {
    let encryption = text(given, "Encryption");
    if let Some(encryption) = encryption
        && !is(given, "Encryption", "CLIENTSIDE")
        && !is(given, "Encryption", "SERVERSIDE")
    {
        return Err(CommandError::validation(format!(
            "The encryption type \"{encryption}\" is invalid. You must specify either ServerSide \
             or ClientSide"
        )));
    }
    if let (Some(sse), Some(encryption)) = (given.get("SSE"), encryption) {
        return Err(CommandError::validation(format!(
            "Both SSE={} and Encryption={encryption} are configured for --emrfs. You must specify \
             only one of the two.",
            python::str(sse)
        )));
    }
    if is(given, "Encryption", "CLIENTSIDE") {
        let Some(provider) = text(given, "ProviderType") else {
            return Err(missing("--emrfs Encryption=ClientSide", "ProviderType"));
        };
        match &*provider.to_uppercase() {
            "KMS" => require(given, KMS)?,
            "CUSTOM" => require(given, CUSTOM)?,
            _ => {
                return Err(CommandError::validation(format!(
                    "The client side encryption type \"{provider}\" is not supported. You must \
                     specify either KMS or Custom"
                )));
            }
        }
    }
    if !given.contains_key("Consistent") {
        refuse(given, CONSISTENT)?;
    }
    if !has_provider(given, "KMS") {
        refuse(given, KMS)?;
    }
    if !has_provider(given, "CUSTOM") {
        refuse(given, CUSTOM)?;
    }
    Ok(())
}

fn require(given: &Map, (keys, option): (&[&str], &str)) -> Result<(), CommandError> {
    let absent: Vec<&str> = keys
        .iter()
        .filter(|key| !given.contains_key(key))
        .copied()
        .collect();
    if absent.is_empty() {
        return Ok(());
    }
    Err(missing(option, &join(&absent)))
}

fn refuse(given: &Map, (keys, option): (&[&str], &str)) -> Result<(), CommandError> {
    let present: Vec<&str> = keys
        .iter()
        .filter(|key| given.contains_key(key))
        .copied()
        .collect();
    if present.is_empty() {
        return Ok(());
    }
    Err(CommandError::validation(format!(
        "{option} is not specified. Thus,  following parameters are invalid: {}",
        join(&present)
    )))
}

/// `a, b and c`.
// Parity: emrutils.py, join.
fn join(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [name] => (*name).to_owned(),
        [names @ .., last] => format!("{} and {last}", names.join(", ")),
    }
}

// Parity: emrfsutils.py, _build_emrfs_properties.
fn properties(given: &Map) -> Map {
    let mut properties = Map::new();
    let shown = |value: &Value| python::str(value).to_lowercase();
    if let Some(consistent) = given.get("Consistent") {
        properties.insert("fs.s3.consistent", shown(consistent).into());
        for (key, name) in [
            ("fs.s3.consistent.retryCount", "RetryCount"),
            ("fs.s3.consistent.retryPeriodSeconds", "RetryPeriod"),
        ] {
            if let Some(value) = given.get(name) {
                properties.insert(key, python::str(value).into());
            }
        }
    }
    match given.get("SSE") {
        Some(sse) => {
            properties.insert("fs.s3.enableServerSideEncryption", shown(sse).into());
        }
        None if is(given, "Encryption", "SERVERSIDE") => {
            properties.insert("fs.s3.enableServerSideEncryption", "true".into());
        }
        None => {}
    }
    const PROVIDER: &str = "fs.s3.cse.encryptionMaterialsProvider";
    if has_provider(given, "KMS") {
        const CLASS: &str = "com.amazon.ws.emr.hadoop.fs.cse.KMSEncryptionMaterialsProvider";
        properties.insert("fs.s3.cse.enabled", "true".into());
        properties.insert(PROVIDER, CLASS.into());
        properties.insert("fs.s3.cse.kms.keyId", value(given, "KMSKeyId"));
    }
    if has_provider(given, "CUSTOM") {
        properties.insert("fs.s3.cse.enabled", "true".into());
        properties.insert(PROVIDER, value(given, "CustomProviderClass"));
    }
    let arguments = given.get("Args").and_then(Value::as_list);
    for argument in arguments.unwrap_or_default() {
        let argument = argument.as_str().unwrap_or_default();
        let (key, value) = argument.split_once('=').unwrap_or((argument, ""));
        properties.insert(key.to_owned(), value.into());
    }
    properties
}
