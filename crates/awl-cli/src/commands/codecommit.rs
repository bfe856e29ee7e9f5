//! `awl codecommit credential-helper`: what Git asks for a user and a password,
//! which are a signature.
// Parity: awscli/customizations/codecommit.py.

use std::collections::HashMap;

use awl_value::Timestamp;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use super::Invocation;
use super::caller::Caller;
use super::custom::{Argument, Custom, Given};
use crate::argv::Globals;
use crate::error::CommandError;
use crate::python;
use crate::ui::read_line;

/// What is added to the commands of the service `codecommit`.
pub(super) static COMMANDS: &[Custom] = &[Custom::group(
    "credential-helper",
    &[
        Custom::new("get", &[Argument::flag("--ignore-host-check")], get),
        // Passwords are made each time, so there is nothing to keep.
        Custom::new("store", &[], |_, _, _| Ok(())),
        Custom::new("erase", &[], |_, _, _| Ok(())),
    ],
)];

fn get(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let wanted = read()?;
    let value = |name: &str| {
        let value = wanted.get(name).map(String::as_str);
        value.ok_or_else(|| CommandError::general(format!("'{name}'")))
    };
    let host = value("host")?;
    let is_amazons = host.contains("amazon.com") || host.contains("amazonaws.com");
    if !is_amazons && !given.has("--ignore-host-check") {
        return Ok(());
    }
    let (protocol, path) = (value("protocol")?, value("path")?);
    let url = format!("{protocol}://{host}/{path}");
    let service = Caller::new(invocation, globals, "codecommit")?;
    let region = region_of(host).unwrap_or_else(|| service.region());
    let found = service.run(async { Ok(service.client().credentials().await?) })?;
    let keys = &found.credentials;
    let time = time(invocation.host.epoch().as_secs());
    let signature = sign(&keys.secret_access_key, &time, region, &url);
    let mut user = keys.access_key_id.clone();
    if let Some(token) = keys.token() {
        user.push('%');
        user.push_str(token);
    }
    let answer = format!("username={user}\npassword={time}Z{signature}\n");
    invocation.ui.write_out(&answer);
    Ok(())
}

/// What Git says of what it wants to get at, a line each.
fn read() -> Result<HashMap<String, String>, CommandError> {
    let mut wanted = HashMap::new();
    loop {
        let line = read_line().map_err(|error| CommandError::general(error.to_string()))?;
        let Some(line) = line else {
            return Ok(wanted);
        };
        let line = line.trim_matches(python::is_space);
        if line.is_empty() {
            continue;
        }
        let (key, value) = line.split_once('=').ok_or_else(|| {
            CommandError::general("not enough values to unpack (expected 2, got 1)")
        })?;
        wanted.insert(key.to_owned(), value.to_owned());
    }
}

/// The Region in the name of one of CodeCommit's hosts:
/// `(vpce-.+\.)?git-codecommit(-fips)?\.([^.]+)\.(vpce\.)?amazonaws\.com`
fn region_of(host: &str) -> Option<&str> {
    let behind = |start: usize| {
        let rest = host[start..].strip_prefix("git-codecommit")?;
        let rest = rest.strip_prefix("-fips").unwrap_or(rest);
        let (region, rest) = rest.strip_prefix('.')?.split_once('.')?;
        let is_host = rest.starts_with("amazonaws.com") || rest.starts_with("vpce.amazonaws.com");
        (is_host && !region.is_empty()).then_some(region)
    };
    const ENDPOINT: &str = "vpce-";
    if host.starts_with(ENDPOINT) {
        let mut dots = host.rmatch_indices('.');
        let found = dots
            .by_ref()
            .take_while(|(at, _)| *at > ENDPOINT.len())
            .find_map(|(at, _)| behind(at + 1));
        if found.is_some() {
            return found;
        }
    }
    behind(0)
}

/// `20260102T030405`
fn time(seconds: u64) -> String {
    let micros = i64::try_from(seconds).unwrap_or_default() * 1_000_000;
    let (year, month, day, hour, minute, second, _) = Timestamp::utc(micros).civil(0);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}")
}

/// The signature of a request of a kind of Git's own.
fn sign(secret: &str, time: &str, region: &str, url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let path = path.split(['?', '#']).next().unwrap_or_default();
    // The port is no part of what is signed.
    let host = authority.split(':').next().unwrap_or_default();
    let request = format!("GIT\n{path}\n\nhost:{host}\n\nhost\n");
    let date = &time[..8];
    let scope = format!("{date}/{region}/codecommit/aws4_request");
    let hash = hex(&Sha256::digest(request));
    let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{hash}");
    let mut key = format!("AWS4{secret}").into_bytes();
    for part in [date, region, "codecommit", "aws4_request", &text] {
        key = authenticate(&key, part);
    }
    hex(&key)
}

fn authenticate(key: &[u8], text: &str) -> Vec<u8> {
    let Ok(mut code) = Hmac::<Sha256>::new_from_slice(key) else {
        return Vec::new();
    };
    code.update(text.as_bytes());
    code.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_say_their_region() {
        for (host, expected) in [
            ("git-codecommit.us-east-1.amazonaws.com", Some("us-east-1")),
            ("git-codecommit-fips.ca-1.amazonaws.com", Some("ca-1")),
            (
                "vpce-0a.b.git-codecommit.eu-west-1.vpce.amazonaws.com",
                Some("eu-west-1"),
            ),
            ("git-codecommit..amazonaws.com", None),
            ("example.com", None),
        ] {
            assert_eq!(region_of(host), expected, "{host}");
        }
    }
}
