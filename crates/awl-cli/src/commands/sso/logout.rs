//! `awl sso logout`: ends all SSO sessions and forgets what came of them.
// Parity: awscli/customizations/sso/logout.py.

use std::path::PathBuf;

use awl_sdk::config::{Config, settings};
use awl_sdk::{Client, env::Host};
use awl_value::{Map, Value, json};

use crate::argv::Globals;
use crate::commands::custom::Given;
use crate::commands::{Invocation, call};
use crate::error::CommandError;

pub(super) fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    _: &Given<'_>,
) -> Result<(), CommandError> {
    let config = call::load_config(invocation, globals)?;
    let host = &*invocation.host;
    let mut result = Ok(());
    for (path, content) in contents(host, "~/.aws/sso/cache") {
        let Some(token) = content.get("accessToken") else {
            continue;
        };
        if let Some(region) = content.get("region").and_then(Value::as_str) {
            let ended = call::until_interrupted(end(&config, region, token));
            // What is kept here goes, whether the service can be reached or not.
            result = result.and(ended);
        }
        remove(host, &path)?;
    }
    for (path, content) in contents(host, "~/.aws/cli/cache") {
        if content.get("ProviderType").and_then(Value::as_str) == Some("sso") {
            remove(host, &path)?;
        }
    }
    result
}

/// The maps in the files of a folder.
pub(in crate::commands) fn contents(host: &dyn Host, folder: &str) -> Vec<(PathBuf, Map)> {
    let folder = host.expand(folder);
    let mut names = host.list(&folder).unwrap_or_default();
    names.sort();
    let read = |name: String| {
        let path = folder.join(name);
        let bytes = host.read(&path).ok()?;
        match json::parse(std::str::from_utf8(&bytes).ok()?).ok()? {
            Value::Map(map) => Some((path, map)),
            _ => None,
        }
    };
    names.into_iter().filter_map(read).collect()
}

/// Removes a file; one that is gone is no error.
pub(in crate::commands) fn remove(
    host: &dyn Host,
    path: &std::path::Path,
) -> Result<(), CommandError> {
    match host.remove(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(CommandError::general(crate::python::os_error(&error, path)))
        }
        _ => Ok(()),
    }
}

/// Ends a session. One that the service does not know has ended.
async fn end(config: &Config, region: &str, token: &Value) -> Result<(), CommandError> {
    let mut overrides = config.overrides().clone();
    overrides.endpoint_url = None;
    overrides.no_sign_request = true;
    let region = region.to_owned();
    overrides.settings.insert(settings::REGION.name, region);
    let service = awl_catalog::store()
        .service("sso")
        .ok_or_else(|| CommandError::general("Unknown service: 'sso'"))?;
    let client = Client::new(&config.with_overrides(overrides), service)?;
    let mut params = Map::with_capacity(1);
    params.push("accessToken", token.clone());
    match client.call("Logout", Value::Map(params)).await {
        Ok(_) | Err(awl_sdk::Error::Service(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
