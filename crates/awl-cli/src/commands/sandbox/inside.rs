//! Instances and tasks of the sandbox: what a program finds in its environment
//! that runs on one, and what can be made to happen to an instance.

use std::io::ErrorKind;

use awl_sdk::env::Host;
use awl_value::{Map, Value};

use super::place::{Place, Running};
use super::{REGIONS, remote, running};
use crate::argv::Globals;
use crate::commands::Invocation;
use crate::commands::custom::Given;
use crate::error::CommandError;

/// Variables of the caller's own that would lead a program past the place it is in.
const FOREIGN: [&str; 5] = [
    "AWS_EC2_METADATA_DISABLED",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
    "AWS_EC2_METADATA_V1_DISABLED",
    "ECS_CONTAINER_METADATA_URI",
    "ECS_CONTAINER_METADATA_URI_V4",
];
/// A file that has nothing in it and takes nothing up.
const NOTHING: &str = "/dev/null";

/// Variables of a program; None: not set.
type Variables = Vec<(String, Option<String>)>;

/// What a program finds on an instance: no keys, its metadata, and files of
/// credentials and configuration that are the instance's own.
pub(super) fn on_instance(
    running: &Running,
    place: &Place,
    host: &dyn Host,
    instance: &str,
) -> Result<Variables, CommandError> {
    let mut parameters = Map::with_capacity(1);
    parameters.push("instance", instance.into());
    let answer = remote::ask(running, "instance", parameters)?;
    let mut variables = foreign();
    let mut set = |name: &str, value: String| variables.push((name.to_owned(), Some(value)));
    set("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata(&answer));
    for (variable, name) in [
        ("AWS_CONFIG_FILE", "config"),
        ("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
    ] {
        let path = place.instances().join(format!("{instance}.{name}"));
        let made = match host.facts(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => host.write(&path, b""),
            found => found.map(|_| ()),
        };
        made.map_err(|error| CommandError::general(crate::python::os_error(&error, &path)))?;
        set(variable, path.to_string_lossy().into_owned());
    }
    let region = answer.get("Region").and_then(Value::as_str);
    for name in REGIONS {
        set(name, region.unwrap_or_default().to_owned());
    }
    Ok(variables)
}

/// What a program finds in a task with a role: where its credentials and its
/// metadata are.
pub(super) fn in_task(
    running: &Running,
    role: &str,
    region: Option<&str>,
) -> Result<Variables, CommandError> {
    let mut parameters = Map::with_capacity(2);
    parameters.push("role", role.into());
    if let Some(region) = region {
        parameters.push("region", region.into());
    }
    let answer = remote::ask(running, "task", parameters)?;
    let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default();
    let here = |name: &str| format!("{}{}", running.endpoint, text(name));
    let mut variables = foreign();
    let mut set = |name: &str, value: String| variables.push((name.to_owned(), Some(value)));
    set("AWS_CONTAINER_CREDENTIALS_FULL_URI", here("Credentials"));
    set(
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        text("Token").to_owned(),
    );
    set("ECS_CONTAINER_METADATA_URI_V4", here("Metadata"));
    set("AWS_EXECUTION_ENV", "AWS_ECS_FARGATE".to_owned());
    // A task has no instance to ask; this machine may be one.
    set("AWS_EC2_METADATA_DISABLED", "true".to_owned());
    set("AWS_CONFIG_FILE", NOTHING.to_owned());
    set("AWS_SHARED_CREDENTIALS_FILE", NOTHING.to_owned());
    Ok(variables)
}

fn foreign() -> Variables {
    let names = FOREIGN.iter();
    names.map(|name| ((*name).to_owned(), None)).collect()
}

/// The URL of an instance's metadata service.
fn metadata(answer: &Map) -> String {
    let port = answer.get("Port").and_then(Value::as_int);
    format!("http://127.0.0.1:{}", port.unwrap_or_default())
}

/// `sandbox imds`: where an instance's metadata are, or what verifies them.
pub(super) fn imds(
    invocation: &mut Invocation,
    _: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let place = Place::of(invocation, given)?;
    let running = running(invocation, &place)?;
    if given.has("--certificate") {
        let answer = remote::ask(&running, "certificate", Map::new())?;
        let text = answer.get("Certificate").and_then(Value::as_str);
        invocation.ui.write_out(text.unwrap_or_default());
        return Ok(());
    }
    let Some(instance) = given.get("INSTANCE") else {
        return Err(CommandError::usage(
            "the instance is missing: sandbox imds INSTANCE",
            invocation.ui.program(),
        ));
    };
    let mut parameters = Map::with_capacity(1);
    parameters.push("instance", instance.into());
    let answer = remote::ask(&running, "instance", parameters)?;
    let url = metadata(&answer);
    invocation.ui.write_out(&format!("{url}\n"));
    Ok(())
}

/// `sandbox instance-event`: something happens to an instance.
pub(super) fn event(
    invocation: &mut Invocation,
    _: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let place = Place::of(invocation, given)?;
    let mut parameters = Map::new();
    let instance = given.get("INSTANCE").unwrap_or_default();
    parameters.push("instance", instance.into());
    let mut count = 0;
    for (option, name) in [
        ("--spot", "spot"),
        ("--rebalance", "rebalance"),
        ("--maintenance", "maintenance"),
        ("--cancel", "cancel"),
    ] {
        if given.has(option) {
            count += 1;
            let word = given.get(option);
            parameters.push(name, word.map_or(Value::Bool(true), Value::from));
        }
    }
    if count != 1 {
        return Err(CommandError::validation(
            "one of --spot, --rebalance, --maintenance and --cancel says what happens",
        ));
    }
    if let Some(word) = given.get("--in") {
        let seconds = word.trim().parse::<u32>().map_err(|_| {
            CommandError::validation(format!(
                "Bad value for --in {word}: expected a number of seconds"
            ))
        })?;
        parameters.push("in", Value::Int(seconds.into()));
    }
    let running = running(invocation, &place)?;
    let answer = remote::ask(&running, "instance-event", parameters)?;
    if let Some(id) = answer.get("EventId").and_then(Value::as_str) {
        invocation.ui.write_out(&format!("{id}\n"));
    }
    Ok(())
}
