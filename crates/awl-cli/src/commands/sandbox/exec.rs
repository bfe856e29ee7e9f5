//! `awl sandbox exec`: another program as a principal of the sandbox, with the
//! variables that lead it there.

use std::process::Command;

use awl_sdk::env::Host;
use awl_value::{Map, Value};

use super::place::{Place, Running};
use super::{attach, remote};
use crate::argv::Globals;
use crate::commands::custom::Given;
use crate::commands::{Invocation, exec};
use crate::error::CommandError;

/// The Region that programs use where nothing names another.
const REGION: &str = "us-east-1";
const REGIONS: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

pub(super) fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let Some((program, arguments)) = given.command.split_first() else {
        return Err(CommandError::usage(
            "the command to run is missing: sandbox exec [options] -- COMMAND [ARGUMENT ...]",
            invocation.ui.program(),
        ));
    };
    let place = Place::of(invocation, given)?;
    let host = invocation.host.clone();
    let (running, hold) = attach::find(place, &host)?;
    let mut command = Command::new(program);
    command.args(arguments);
    exec::without_rivals(&mut command);
    for (name, value) in leading(&running, &*host) {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    if let Some(region) = &globals.region {
        REGIONS.iter().for_each(|name| {
            command.env(name, region);
        });
    }
    command.envs(credentials(&running, of_principal(given)?)?);
    match hold.is_here() {
        true => exec::run_beside(invocation, command),
        // A guest stays one: the program is the same process.
        false => exec::replace(invocation, command),
    }
}

/// The variables by which a program uses a sandbox, whatever the environment says
/// otherwise; None: not set.
pub(super) fn leading(running: &Running, host: &dyn Host) -> Vec<(String, Option<String>)> {
    let names = host.variable_names().into_iter();
    let rivals = names.filter(|name| {
        name.starts_with("AWS_ENDPOINT_URL_") || name == "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
    });
    let mut variables: Vec<_> = rivals.map(|name| (name, None)).collect();
    let endpoint = Some(running.endpoint.clone());
    variables.push(("AWS_ENDPOINT_URL".to_owned(), endpoint));
    let mut regions = REGIONS.iter();
    let region = regions.find_map(|name| host.variable(name));
    let region = region.unwrap_or_else(|| REGION.to_owned());
    let both = REGIONS.iter();
    variables.extend(both.map(|name| ((*name).to_owned(), Some(region.clone()))));
    variables
}

/// What says whose credentials the program gets.
fn of_principal(given: &Given<'_>) -> Result<Map, CommandError> {
    let mut parameters = Map::new();
    match (given.get("--user"), given.get("--role")) {
        (Some(user), None) => parameters.push("user", user.into()),
        (None, Some(role)) => parameters.push("role", role.into()),
        _ => {
            return Err(CommandError::validation(
                "one of --user and --role says whose credentials the command gets",
            ));
        }
    }
    parameters.push("mfa", Value::Bool(given.has("--mfa")));
    Ok(parameters)
}

/// The variables with credentials; the administrator's where nobody is named.
pub(super) fn credentials(
    running: &Running,
    parameters: Map,
) -> Result<Vec<(&'static str, String)>, CommandError> {
    let answer = remote::ask(running, "credentials", parameters)?;
    let variables = [
        ("AWS_ACCESS_KEY_ID", "AccessKeyId"),
        ("AWS_SECRET_ACCESS_KEY", "SecretAccessKey"),
        ("AWS_SESSION_TOKEN", "SessionToken"),
        ("AWS_CREDENTIAL_EXPIRATION", "Expiration"),
        ("AWS_ACCOUNT_ID", "Account"),
    ];
    let found = variables.into_iter().filter_map(|(variable, member)| {
        Some((variable, answer.get(member)?.as_str()?.to_owned()))
    });
    Ok(found.collect())
}
