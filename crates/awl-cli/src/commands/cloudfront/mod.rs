//! `awl cloudfront sign`: a URL that CloudFront accepts for a time, signed with
//! the private key of a key pair.
// Parity: awscli/customizations/cloudfront.py, SignCommand; botocore/signers.py,
// CloudFrontSigner.

mod rsa;

use awl_value::{Map, Value, json};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Invocation;
use super::custom::{Argument, Custom, Given};
use crate::argv::Globals;
use crate::error::CommandError;

/// What is added to the commands of the service `cloudfront`.
pub(super) static COMMANDS: &[Custom] = &[Custom::new(
    "sign",
    &[
        Argument::option("--url").required(),
        Argument::option("--key-pair-id").required(),
        Argument::option("--private-key").required(),
        Argument::option("--date-less-than").required(),
        Argument::option("--date-greater-than"),
        Argument::option("--ip-address"),
    ],
    sign,
)];

fn sign(
    invocation: &mut Invocation,
    _globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let word = |name: &str| given.get(name).unwrap_or_default();
    let key = rsa::Key::from_pem(word("--private-key"))?;
    let url = word("--url");
    let until = moment(word("--date-less-than"))?;
    let since = given.get("--date-greater-than").map(moment).transpose()?;
    let address = given.get("--ip-address");
    let policy = policy(url, until, since, address);
    let first = if since.is_some() || address.is_some() {
        format!("Policy={}", encode(policy.as_bytes()))
    } else {
        format!("Expires={until}")
    };
    let signed = format!(
        "{url}{}{first}&Signature={}&Key-Pair-Id={}",
        if url.contains('?') { '&' } else { '?' },
        encode(&key.sign_sha1(policy.as_bytes())),
        word("--key-pair-id"),
    );
    invocation.ui.write_out(&signed);
    Ok(())
}

/// The seconds since the epoch that a text names.
fn moment(text: &str) -> Result<i64, CommandError> {
    let micros = awl_protocol::parse_parameter_time(text).ok_or_else(|| {
        CommandError::general(format!(
            "Invalid timestamp \"{text}\": Unknown string format: {text}"
        ))
    })?;
    Ok(micros / 1_000_000)
}

/// Who may get what and when; the order of its members matters to CloudFront.
fn policy(url: &str, until: i64, since: Option<i64>, address: Option<&str>) -> String {
    let entry = |name: &'static str, value: Value| {
        let mut map = Map::with_capacity(1);
        map.push(name, value);
        Value::Map(map)
    };
    let mut condition = Map::new();
    condition.push("DateLessThan", entry("AWS:EpochTime", until.into()));
    if let Some(address) = address.filter(|address| !address.is_empty()) {
        let range = if address.contains('/') { "" } else { "/32" };
        let address = format!("{address}{range}");
        condition.push("IpAddress", entry("AWS:SourceIp", address.into()));
    }
    if let Some(since) = since {
        condition.push("DateGreaterThan", entry("AWS:EpochTime", since.into()));
    }
    let mut statement = Map::new();
    statement.push("Resource", url.into());
    statement.push("Condition", Value::Map(condition));
    let policy = entry("Statement", Value::List(vec![Value::Map(statement)]));
    let style = json::Style {
        indent: None,
        ascii: true,
        tight: true,
    };
    let mut text = String::new();
    json::write(&policy, style, &mut text);
    text
}

/// Base64 with the letters that CloudFront wants in a URL.
fn encode(bytes: &[u8]) -> String {
    STANDARD
        .encode(bytes)
        .replace('+', "-")
        .replace('=', "_")
        .replace('/', "~")
}
