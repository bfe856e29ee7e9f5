//! `awl sandbox exec`: another program as a principal of the sandbox, with the
//! variables that lead it there.

use awl_sdk::env::Host;
use awl_value::{Map, Value};

use super::place::{Place, Running};
use super::{REGIONS, attach, inside, remote};
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
    let mut command = exec::command(invocation, given, "sandbox exec")?;
    let principal = of_principal(given)?;
    let place = Place::of(invocation, given)?;
    let host = invocation.host.clone();
    let (running, hold) = attach::find(place.clone(), &host)?;
    exec::without_rivals(&mut command);
    let mut variables = leading(&running, &*host);
    variables.extend(match principal {
        Principal::Named(parameters) => {
            let keys = credentials(&running, parameters)?.into_iter();
            keys.map(|(name, value)| (name.to_owned(), Some(value)))
                .collect()
        }
        Principal::Instance(instance) => inside::on_instance(&running, &place, &*host, &instance)?,
        Principal::Task(role) => {
            let region = globals.region.clone();
            let known = || REGIONS.iter().find_map(|name| host.variable(name));
            inside::in_task(&running, &role, region.or_else(known).as_deref())?
        }
    });
    for (name, value) in variables {
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

/// Who a program is.
enum Principal {
    /// A user or role, as the control channel is told.
    Named(Map),
    Instance(String),
    Task(String),
}

fn of_principal(given: &Given<'_>) -> Result<Principal, CommandError> {
    let names = ["--user", "--role", "--instance", "--task"];
    let [user, role, instance, task] = names.map(|name| given.get(name));
    let mut parameters = Map::new();
    match (user, role, instance, task) {
        (Some(user), None, None, None) => parameters.push("user", user.into()),
        (None, Some(role), None, None) => parameters.push("role", role.into()),
        (None, None, Some(_), None) | (None, None, None, Some(_)) if given.has("--mfa") => {
            return Err(CommandError::validation(
                "--mfa goes with --user or --role: no code is given on an instance or in a task",
            ));
        }
        (None, None, Some(instance), None) => {
            return Ok(Principal::Instance(instance.to_owned()));
        }
        (None, None, None, Some(task)) => return Ok(Principal::Task(task.to_owned())),
        _ => {
            return Err(CommandError::validation(
                "one of --user, --role, --instance and --task says whose credentials the command \
                 gets",
            ));
        }
    }
    parameters.push("mfa", Value::Bool(given.has("--mfa")));
    Ok(Principal::Named(parameters))
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
