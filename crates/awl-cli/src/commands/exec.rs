//! `awl exec -- COMMAND`: another program with the credentials that this one
//! would use. The AWS CLI has no such command.

use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Command, ExitStatus};

use awl_sdk::Config;
use awl_sdk::config::Origin;
use awl_sdk::credentials::{ResolvedCredentials, RoleRequest};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::custom::{Argument, Custom, Given};
use super::sandbox::Attached;
use super::serve::{self, Endpoints, Server, Source};
use super::{Invocation, call};
use crate::argv::Globals;
use crate::error::CommandError;

/// `exec`.
pub(super) static COMMAND: Custom = Custom::new(
    "exec",
    &[
        Argument::option("--role-arn"),
        Argument::option("--role-session-name"),
        Argument::option("--duration-seconds").integer(),
        Argument::option("--external-id"),
        Argument::option("--serial-number"),
        Argument::flag("--server"),
    ],
    run,
);

/// Variables that lead to other credentials than those that are given.
pub(super) static RIVALS: &[&str] = &[
    "AWS_ACCESS_KEY_ID",
    "AWS_ACCOUNT_ID",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_CREDENTIAL_FILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_TOKEN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
];

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let mut command = command(invocation, given, "exec")?;
    let role = role(given)?;
    let config = call::with_region(&call::load_config(invocation, globals)?)?;
    if let Some(sandbox) = &invocation.sandbox {
        sandbox.lead(&mut command);
    }
    without_rivals(&mut command);
    let region = config.region();
    if region.origin != Origin::Default {
        // Older SDKs know the second alone.
        command.env("AWS_REGION", &region.value);
        command.env("AWS_DEFAULT_REGION", &region.value);
    }
    if given.has("--server") {
        return serve(invocation, &config, role, command);
    }
    let found = call::until_interrupted(async { Ok(serve::find(&config, role.as_ref()).await?) })?;
    command.envs(variables(&found));
    match invocation.sandbox.as_ref().is_some_and(Attached::is_here) {
        true => run_beside(invocation, command),
        false => replace(invocation, command),
    }
}

/// The program behind `--`.
///
/// # Errors
/// There is none.
pub(super) fn command(
    invocation: &Invocation,
    given: &Given<'_>,
    name: &str,
) -> Result<Command, CommandError> {
    let Some((program, arguments)) = given.command.split_first() else {
        let message =
            format!("the command to run is missing: {name} [options] -- COMMAND [ARGUMENT ...]");
        return Err(CommandError::usage(&message, invocation.ui.program()));
    };
    let mut command = Command::new(program);
    command.args(arguments);
    Ok(command)
}

/// Takes the variables away that lead to other credentials.
pub(super) fn without_rivals(command: &mut Command) {
    for name in RIVALS {
        command.env_remove(name);
    }
}

/// Runs a program, and ends as it does.
///
/// # Errors
/// A program that does not run; its exit code, unless that is 0.
pub(super) fn run_beside(
    invocation: &mut Invocation,
    command: Command,
) -> Result<(), CommandError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let ended = call::block_on(async { Ok(run_program(command.into()).await) })?;
    end_as(invocation, &program, ended)
}

async fn run_program(mut command: tokio::process::Command) -> std::io::Result<ExitStatus> {
    // Before the program runs: a signal in between would end this process alone.
    let signals = Signals::catch()?;
    signals.wait(command.spawn()?).await
}

fn end_as(
    invocation: &mut Invocation,
    program: &str,
    ended: std::io::Result<ExitStatus>,
) -> Result<(), CommandError> {
    let status = ended.map_err(|error| not_run(invocation, program, &error))?;
    match code(status) {
        0 => Ok(()),
        code => Err(CommandError::silent(code)),
    }
}

/// Has a program take this one's place: its signals, its terminal and its exit
/// status are its own.
///
/// # Errors
/// A program that does not run.
pub(super) fn replace(
    invocation: &mut Invocation,
    mut command: Command,
) -> Result<(), CommandError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let error = command.exec();
    Err(not_run(invocation, &program, &error))
}

/// The role that the command line names.
fn role(given: &Given<'_>) -> Result<Option<RoleRequest>, CommandError> {
    let text = |name: &str| given.get(name).map(str::to_owned);
    let Some(arn) = text("--role-arn") else {
        let options = [
            "--role-session-name",
            "--duration-seconds",
            "--external-id",
            "--serial-number",
        ];
        return match options.into_iter().find(|option| given.has(option)) {
            Some(option) => Err(CommandError::validation(format!(
                "{option} says how a role is assumed, so it needs --role-arn"
            ))),
            None => Ok(None),
        };
    };
    Ok(Some(RoleRequest {
        arn,
        session_name: text("--role-session-name"),
        duration: text("--duration-seconds").and_then(|text| text.trim().parse().ok()),
        external_id: text("--external-id"),
        serial_number: text("--serial-number"),
    }))
}

/// The variables that carry credentials.
fn variables(found: &ResolvedCredentials) -> Vec<(&'static str, String)> {
    let keys = &found.credentials;
    let mut variables = vec![
        ("AWS_ACCESS_KEY_ID", keys.access_key_id.clone()),
        ("AWS_SECRET_ACCESS_KEY", keys.secret_access_key.to_string()),
    ];
    if let Some(token) = keys.token() {
        variables.push(("AWS_SESSION_TOKEN", token.to_owned()));
    }
    if let Some(end) = found.expiration {
        variables.push(("AWS_CREDENTIAL_EXPIRATION", serve::time(end)));
    }
    if let Some(account) = &found.account_id {
        variables.push(("AWS_ACCOUNT_ID", account.clone()));
    }
    variables
}

/// Runs the program beside a server that it gets its credentials from.
fn serve(
    invocation: &mut Invocation,
    config: &Config,
    role: Option<RoleRequest>,
    command: Command,
) -> Result<(), CommandError> {
    let host = invocation.host.clone();
    let program = command.get_program().to_string_lossy().into_owned();
    let ended = call::block_on(async {
        let open = async { Ok(Source::open(config, role).await?) };
        let source = call::interruptible(open).await?;
        let endpoints = Endpoints {
            container: true,
            metadata: false,
        };
        let server = Server::listen(0, source, &host, endpoints).await?;
        let mut command = tokio::process::Command::from(command);
        command.envs(server.variables());
        let serving = tokio::spawn(server.serve());
        let ended = run_program(command).await;
        serving.abort();
        Ok(ended)
    })?;
    end_as(invocation, &program, ended)
}

/// The signals that come while a program runs.
struct Signals {
    interrupt: Signal,
    quit: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Signals {
    fn catch() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for a program to end, and hands on to it what it is to know.
    async fn wait(mut self, mut child: tokio::process::Child) -> std::io::Result<ExitStatus> {
        let id = child.id();
        loop {
            let sent = tokio::select! {
                status = child.wait() => return status,
                // The terminal sends these to both.
                () = came(&mut self.interrupt) => continue,
                () = came(&mut self.quit) => continue,
                () = came(&mut self.terminate) => rustix::process::Signal::TERM,
                () = came(&mut self.hangup) => rustix::process::Signal::HUP,
            };
            let id = id.and_then(|id| rustix::process::Pid::from_raw(id.cast_signed()));
            if let Some(id) = id {
                // It may have ended by itself.
                let _ = rustix::process::kill_process(id, sent);
            }
        }
    }
}

async fn came(signal: &mut Signal) {
    if signal.recv().await.is_none() {
        std::future::pending::<()>().await;
    }
}

/// What a shell says of how a program ended.
fn code(status: ExitStatus) -> u8 {
    let code = status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok())
        .unwrap_or(u8::MAX)
}

/// A program that does not run, with a shell's codes.
fn not_run(invocation: &mut Invocation, program: &str, error: &std::io::Error) -> CommandError {
    const NOT_FOUND: u8 = 127;
    const NOT_EXECUTABLE: u8 = 126;
    let reason = error.to_string();
    let reason = reason.split(" (os error").next().unwrap_or_default();
    let line = format!(
        "\n{}: [ERROR]: {program}: {reason}\n",
        invocation.ui.program()
    );
    invocation.ui.write_error(&line);
    CommandError::silent(match error.kind() {
        std::io::ErrorKind::NotFound => NOT_FOUND,
        _ => NOT_EXECUTABLE,
    })
}
