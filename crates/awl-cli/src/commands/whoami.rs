//! `awl whoami`: whose credentials are used, where they and the Region come
//! from, and how long they last; `--explain`: why these and no others.

mod chain;
mod identity;

use awl_sdk::Client;
use awl_sdk::config::{Config, Origin, Resolved, settings};
use awl_sdk::credentials::{self, ResolvedCredentials};
use awl_value::{Map, Value};

use super::custom::{Argument, Custom, Given};
use super::{Invocation, call, serve};
use crate::argv::Globals;
use crate::error::CommandError;
use crate::output::Printer;

/// `whoami`.
pub(super) static COMMAND: Custom = Custom::new(
    "whoami",
    &[Argument::flag("--explain"), Argument::flag("--offline")],
    run,
);

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let offline = given.has("--offline");
    let config = call::load_config(invocation, globals)?;
    let mut overrides = config.overrides().clone();
    overrides.offline = offline;
    let mut config = config.with_overrides(overrides);
    if !offline {
        config = call::with_region(&config)?;
    }
    let explanation = call::until_interrupted(async {
        let explanation = credentials::explain(&config, awl_catalog::store()).await;
        Ok(explanation)
    })?;
    let identity = match &explanation.result {
        Ok(found) if offline => Ok(identity::of_key(found)),
        Ok(found) => call::until_interrupted(ask(&config, found)),
        Err(_) => Ok(Map::new()),
    };
    let (identity, refusal) = match identity {
        Ok(identity) => (identity, None),
        Err(error) if given.has("--explain") => (Map::new(), Some(error)),
        Err(error) => return Err(error),
    };
    let mut facts = identity;
    if let Ok(found) = &explanation.result {
        describe(&config, found, &mut facts);
    } else if !given.has("--explain") {
        explanation.result?;
        return Ok(());
    }
    region(&config, &mut facts);
    if given.has("--explain") {
        facts.push("Chain", chain::value(&explanation.links));
    }
    if globals.output.is_some() || globals.query.is_some() {
        let printer = Printer::new(&config, globals, "whoami")?;
        printer.print(&mut invocation.ui, &*invocation.host, Value::Map(facts))?;
    } else {
        let mut text = lines(&facts);
        if given.has("--explain") {
            text.push('\n');
            text.push_str(&chain::lines(&explanation.links));
        }
        invocation.ui.write_out(&text);
    }
    explanation.result?;
    refusal.map_or(Ok(()), Err)
}

/// Account, ARN and user id, as STS knows them.
async fn ask(config: &Config, found: &ResolvedCredentials) -> Result<Map, CommandError> {
    let mut overrides = config.overrides().clone();
    overrides.credentials = Some(std::sync::Arc::new(found.clone()));
    let config = config.with_overrides(overrides);
    let store = awl_catalog::store();
    let Some(service) = store.service("sts") else {
        return Ok(Map::new());
    };
    let client = Client::with_store(&config, service, store)?;
    let answer = client.call("GetCallerIdentity", Value::Null).await?;
    let mut facts = Map::new();
    for name in ["Account", "Arn", "UserId"] {
        if let Some(value) = answer.get(name) {
            facts.push(name, value.clone());
        }
    }
    Ok(facts)
}

/// What is known of the credentials without asking anybody.
fn describe(config: &Config, found: &ResolvedCredentials, facts: &mut Map) {
    facts.push(
        "AccessKeyId",
        Value::from(&*found.credentials.access_key_id),
    );
    facts.push("Source", Value::from(found.method));
    facts.push("Origin", Value::from(&*found.origin));
    let expiration = found
        .expiration
        .map_or(Value::Null, |seconds| Value::from(serve::time(seconds)));
    facts.push("Expiration", expiration);
    let now = config.host().epoch().as_secs() as i64;
    let left = found.seconds_left(now).map_or(Value::Null, Value::Int);
    facts.push("SecondsLeft", left);
}

fn region(config: &Config, facts: &mut Map) {
    let profile = config.chosen_profile();
    facts.push("Profile", Value::from(config.profile_name()));
    let origin = profile.map_or_else(
        || "default".to_owned(),
        |profile| origin(config, "--profile", profile),
    );
    facts.push("ProfileOrigin", Value::from(origin));
    let region = config.region();
    facts.push("Region", Value::from(&*region.value));
    let origin = origin_of_region(config, &region);
    facts.push("RegionOrigin", Value::from(origin));
}

fn origin_of_region(config: &Config, region: &Resolved) -> String {
    match region.origin {
        Origin::Default => "default: no Region is configured".to_owned(),
        _ => origin(config, "--region", region),
    }
}

/// Where a setting comes from, in words.
fn origin(config: &Config, option: &str, resolved: &Resolved) -> String {
    match &resolved.origin {
        Origin::Explicit => option.to_owned(),
        Origin::Variable(name) => (*name).to_owned(),
        Origin::Profile(key) => {
            let (profile, path) = (
                config.profile_name(),
                config.text(&settings::CONFIG_FILE).unwrap_or_default(),
            );
            format!("{key} of profile {profile} in {path}")
        }
        Origin::Imds => "of the instance, by its metadata".to_owned(),
        Origin::Default => "default".to_owned(),
    }
}

/// The facts as lines for people.
fn lines(facts: &Map) -> String {
    let text = |name: &str| {
        facts
            .get(name)
            .filter(|value| !value.is_null())
            .map(awl_value::python::str)
    };
    let mut lines = String::new();
    let mut line = |label: &str, value: Option<String>| {
        if let Some(value) = value {
            lines.push_str(&format!("{label:<9} {value}\n"));
        }
    };
    line("account", text("Account"));
    line("arn", text("Arn"));
    line("user id", text("UserId"));
    line("key", text("AccessKeyId"));
    line(
        "source",
        text("Source").map(|source| {
            let origin = text("Origin").unwrap_or_default();
            format!("{source}: {origin}")
        }),
    );
    let left = facts.get("SecondsLeft").and_then(Value::as_int);
    line(
        "expires",
        text("Expiration").map(|time| match left {
            Some(left) => format!("{time} ({})", identity::span(left)),
            None => time,
        }),
    );
    let with_origin = |name: &str, origin: &str| {
        let origin = text(origin).unwrap_or_default();
        text(name).map(|value| format!("{value} ({origin})"))
    };
    line("profile", with_origin("Profile", "ProfileOrigin"));
    line("region", with_origin("Region", "RegionOrigin"));
    lines
}
