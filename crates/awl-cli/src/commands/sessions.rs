//! `awl ssm start-session` and `awl ecs execute-command`: the call of the
//! operation, and the program that the session manager has for a session at
//! the terminal.
// Parity: awscli/customizations/sessionmanager.py, ecs/executecommand.py.

use std::io::ErrorKind;
use std::process::{Command, Stdio};

use awl_value::{Map, Value, json};

use super::caller::Caller;
use super::operation::Call;
use super::roles::map;
use super::{Invocation, call, child, ecs};
use crate::argv::Globals;
use crate::error::CommandError;
use crate::python;

/// What is done instead of printing an answer.
pub(super) type Instead = fn(&mut Invocation, &Globals, Call) -> Result<(), CommandError>;

/// Operations whose answer is not printed: service, command.
static OPERATIONS: &[(&str, &str, Instead)] = &[
    ("ecs", "create-express-gateway-service", ecs::change),
    ("ecs", "delete-express-gateway-service", ecs::change),
    ("ecs", "execute-command", execute_command),
    ("ecs", "update-express-gateway-service", ecs::change),
    ("ssm", "start-session", start_session),
];

/// What is done instead of printing the answer of an operation.
pub(super) fn instead(service: &str, command: &str) -> Option<Instead> {
    OPERATIONS
        .iter()
        .find(|(known, name, _)| *known == service && *name == command)
        .map(|(_, _, run)| *run)
}

const PLUGIN: &str = "session-manager-plugin";

/// The variable that newer plugins read the session from.
const VARIABLE: &str = "AWS_SSM_START_SESSION_RESPONSE";

/// The last version that does not know the variable.
const LAST_WITHOUT: [u64; 4] = [1, 2, 497, 0];

fn absent() -> CommandError {
    CommandError::general(
        "SessionManagerPlugin is not found. Please refer to SessionManager Documentation here: \
         http://docs.aws.amazon.com/console/systems-manager/session-manager-plugin-not-found",
    )
}

fn start_session(
    invocation: &mut Invocation,
    globals: &Globals,
    call: Call,
) -> Result<(), CommandError> {
    let ssm = Caller::new(invocation, globals, "ssm")?;
    let parameters = call.parameters;
    let answer = ssm.call(invocation, globals, "StartSession", parameters.clone())?;
    let id = member(&answer, "SessionId")?.clone();
    let session = map([
        ("SessionId", id.clone()),
        ("TokenValue", member(&answer, "TokenValue")?.clone()),
        ("StreamUrl", member(&answer, "StreamUrl")?.clone()),
    ]);
    let endpoint = endpoint(&ssm)?;
    let mut session = text(session);
    let version = Command::new(PLUGIN)
        .arg("--version")
        .stderr(Stdio::inherit())
        .output();
    let version = match version {
        Ok(version) => version,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            // The session would stay open until it is given up.
            let parameters = map([("SessionId", id)]);
            ssm.call(invocation, globals, "TerminateSession", parameters)?;
            return Err(absent());
        }
        Err(error) => return Err(CommandError::general(error.to_string())),
    };
    if !version.status.success() {
        let words = [PLUGIN.to_owned(), "--version".to_owned()];
        return Err(child::failed(&words, version.status));
    }
    let mut variables = Vec::new();
    if is_newer(&String::from_utf8_lossy(&version.stdout)) {
        variables.push((
            VARIABLE,
            std::mem::replace(&mut session, VARIABLE.to_owned()),
        ));
    }
    let profile = globals.profile.clone().unwrap_or_default();
    let words = [
        PLUGIN.to_owned(),
        session,
        ssm.region().to_owned(),
        "StartSession".to_owned(),
        profile,
        text(parameters),
        endpoint,
    ];
    child::run_to_itself(&words, &variables)
}

fn execute_command(
    invocation: &mut Invocation,
    globals: &Globals,
    call: Call,
) -> Result<(), CommandError> {
    // Without the plugin, the command is not to begin.
    let plugin = [PLUGIN.to_owned()];
    match Command::new(PLUGIN).status() {
        Ok(status) if status.success() => {}
        Ok(status) => return Err(child::failed(&plugin, status)),
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(absent()),
        Err(error) => return Err(CommandError::general(error.to_string())),
    }
    let ecs = Caller::new(invocation, globals, "ecs")?;
    let answer = ecs.call(invocation, globals, "ExecuteCommand", call.parameters)?;
    let last = |name: &str| -> Result<String, CommandError> {
        let arn = member(&answer, name)?.as_str().unwrap_or_default();
        Ok(arn.rsplit('/').next().unwrap_or_default().to_owned())
    };
    let (cluster, task) = (last("clusterArn")?, last("taskArn")?);
    let container = member(&answer, "containerName")?;
    let endpoint = endpoint(&ecs)?;
    let parameters = map([
        ("cluster", cluster.clone().into()),
        ("tasks", Value::List(vec![task.clone().into()])),
    ]);
    let tasks = ecs.call(invocation, globals, "DescribeTasks", parameters)?;
    let tasks = member(&tasks, "tasks")?.as_list().unwrap_or_default();
    let found = tasks
        .first()
        .ok_or_else(|| CommandError::general("The task provided in the request was not found."))?;
    let containers = found.get("containers").and_then(Value::as_list);
    let mut containers = containers.unwrap_or_default().iter();
    let runtime = containers
        .find(|known| known.get("name") == Some(container))
        .and_then(|known| known.get("runtimeId"));
    let runtime = runtime.map_or_else(|| "None".to_owned(), python::str);
    let target = map([("Target", format!("ecs:{cluster}_{task}_{runtime}").into())]);
    let session = member(&answer, "session")?.as_map().cloned();
    let config = call::load_config(invocation, globals)?;
    let profile = config.chosen_profile().map(|profile| profile.value.clone());
    let words = [
        PLUGIN.to_owned(),
        text(session.unwrap_or_default()),
        ecs.region().to_owned(),
        "StartSession".to_owned(),
        profile.unwrap_or_default(),
        text(target),
        endpoint,
    ];
    child::run_to_itself(&words, &[])
}

/// A member that must be there.
fn member<'a>(map: &'a Map, name: &str) -> Result<&'a Value, CommandError> {
    map.get(name)
        .ok_or_else(|| CommandError::general(format!("'{name}'")))
}

fn text(map: Map) -> String {
    let mut text = String::new();
    json::write(&Value::Map(map), json::Style::WIRE, &mut text);
    text
}

/// The address of a service, as its client has it.
pub(super) fn endpoint(caller: &Caller) -> Result<String, CommandError> {
    let client = caller.client();
    if let Some(url) = client.config().endpoint_url(client.service().service_id()) {
        return Ok(url);
    }
    let mut operations = client.service().operations();
    let needs_nothing = |operation: &awl_model::Operation| {
        let input = operation.input();
        input.is_none_or(|input| input.required().next().is_none())
    };
    let operation = operations.find(needs_nothing);
    let operation = operation.ok_or_else(|| CommandError::general("There is no operation."))?;
    let call = awl_sdk::Call::new(operation, Map::new());
    let prepared = caller.run(async { Ok(client.prepare(&call).await?) })?;
    let url = prepared.request.url;
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url[host..].find('/').map_or(url.len(), |at| host + at);
    Ok(url[..end].to_owned())
}

/// Whether a plugin reads the session from the variable.
// Parity: sessionmanager.py, VersionRequirement.
fn is_newer(version: &str) -> bool {
    let version: String = version.split(python::is_space).collect();
    let numbers: Option<Vec<u64>> = version.split('.').map(|part| part.parse().ok()).collect();
    let Some(mut numbers) = numbers.filter(|numbers| numbers.len() <= LAST_WITHOUT.len()) else {
        return false;
    };
    numbers.resize(LAST_WITHOUT.len(), 0);
    numbers.as_slice() > LAST_WITHOUT.as_slice()
}

#[cfg(test)]
mod tests {
    use super::is_newer;

    #[test]
    fn versions_are_compared_by_numbers() {
        for (version, expected) in [
            ("1.2.497.0\n", false),
            ("1.2.553.0\n", true),
            ("1.3", true),
            ("2", true),
            ("1.2.3.4.5", false),
            ("new", false),
            ("", false),
        ] {
            assert_eq!(is_newer(version), expected, "{version}");
        }
    }
}
