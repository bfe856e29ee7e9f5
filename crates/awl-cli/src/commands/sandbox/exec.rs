//! `awl sandbox exec`: another program as a principal of the sandbox, with the
//! variables that lead it there.

use std::process::Command;

use awl_value::{Map, Value};

use super::place::{Place, Running};
use super::remote;
use crate::argv::Globals;
use crate::commands::custom::Given;
use crate::commands::{Invocation, exec};
use crate::error::CommandError;

/// The Region that programs use where nothing names another.
const REGION: &str = "us-east-1";

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
    let running = super::running(invocation, &place)?;
    let mut command = Command::new(program);
    command.args(arguments);
    exec::without_rivals(&mut command);
    leads_to(&mut command, &running, invocation, globals);
    command.envs(of_principal(&running, given)?);
    exec::replace(invocation, command)
}

/// Has a program use the sandbox, whatever the environment says otherwise.
fn leads_to(command: &mut Command, running: &Running, invocation: &Invocation, globals: &Globals) {
    let names = invocation.host.variable_names();
    let rivals = names.iter().filter(|name| {
        name.starts_with("AWS_ENDPOINT_URL_") || *name == "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
    });
    rivals.for_each(|name| {
        command.env_remove(name);
    });
    command.env("AWS_ENDPOINT_URL", &running.endpoint);
    let known = ["AWS_REGION", "AWS_DEFAULT_REGION"];
    let region = globals.region.clone().or_else(|| {
        let mut known = known.iter();
        known.find_map(|name| invocation.host.variable(name))
    });
    let region = region.unwrap_or_else(|| REGION.to_owned());
    known.iter().for_each(|name| {
        command.env(name, &region);
    });
}

/// The variables with the credentials of a user or role.
fn of_principal(
    running: &Running,
    given: &Given<'_>,
) -> Result<Vec<(&'static str, String)>, CommandError> {
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
