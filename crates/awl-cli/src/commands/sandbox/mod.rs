//! `awl sandbox`: a local AWS with real identity. The AWS CLI has no such
//! command.

mod attach;
mod clients;
mod console;
mod exec;
mod export;
mod inside;
mod issuer;
mod logs;
mod machine;
mod place;
mod profile;
mod remote;
mod seed;
mod start;
mod tour;
mod trouble;

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::Invocation;
use super::custom::{Argument, Custom, Given};
use crate::argv::Globals;
use crate::error::CommandError;
pub(crate) use attach::{Attached, attach};
use place::{Place, Running};

/// The variables that name the Region; older SDKs know the second alone.
const REGIONS: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];
const DATA: Argument = Argument::option("--data").literal();

/// `sandbox`.
pub(super) static COMMAND: Custom = Custom::group(
    "sandbox",
    &[
        Custom::new(
            "start",
            &[
                Argument::option("--port").integer(),
                DATA,
                Argument::option("--seed").literal(),
                Argument::flag("--detach"),
                Argument::option("--listen"),
                Argument::flag("--limits"),
                Argument::flag("--no-limits"),
            ],
            start::run,
        ),
        Custom::new("status", &[DATA], status),
        Custom::new("env", &[DATA], env),
        Custom::new(
            "exec",
            &[
                Argument::option("--user"),
                Argument::option("--role"),
                Argument::option("--instance"),
                Argument::option("--task"),
                Argument::flag("--mfa"),
                DATA,
            ],
            exec::run,
        ),
        Custom::new(
            "export",
            &[Argument::flag("--with-secrets"), DATA],
            export::run,
        ),
        trouble::LIMIT,
        trouble::FAULT,
        trouble::CLOCK,
        trouble::EXPIRE,
        issuer::WEB_IDENTITY,
        issuer::OIDC,
        Custom::new(
            "imds",
            &[
                Argument::positional("INSTANCE").optional(),
                Argument::flag("--certificate"),
                DATA,
            ],
            inside::imds,
        ),
        Custom::new(
            "instance-event",
            &[
                Argument::positional("INSTANCE"),
                Argument::option("--spot").choices(&["terminate", "stop", "hibernate"]),
                Argument::flag("--rebalance"),
                Argument::option("--maintenance"),
                Argument::flag("--cancel"),
                Argument::option("--in").integer(),
                DATA,
            ],
            inside::event,
        ),
        Custom::new(
            "console",
            &[
                Argument::flag("--read-only"),
                Argument::flag("--open"),
                DATA,
            ],
            console::run,
        ),
        Custom::new(
            "mfa-code",
            &[
                Argument::positional("user").optional(),
                Argument::option("--serial-number"),
                DATA,
            ],
            console::code,
        ),
        Custom::new(
            "logs",
            &[
                Argument::option("--lines").integer(),
                Argument::flag("--follow"),
                Argument::flag("--explain"),
                Argument::option("--principal"),
                Argument::flag("--denied"),
                DATA,
            ],
            logs::run,
        ),
        Custom::new("stop", &[DATA], stop),
        Custom::new("reset", &[DATA], reset),
        Custom::new("tour", &[Argument::flag("--markdown")], tour::run),
    ],
);

/// How long a sandbox may take to end.
const END: Duration = Duration::from_secs(10);

fn status(invocation: &mut Invocation, _: &Globals, given: &Given<'_>) -> Result<(), CommandError> {
    let place = Place::of(invocation, given)?;
    let running = running(invocation, &place)?;
    let (endpoint, process) = (&running.endpoint, running.process);
    let folder = place.folder.display();
    invocation.ui.write_out(&format!(
        "The sandbox listens at {endpoint} (process {process}, data in {folder}).\n"
    ));
    Ok(())
}

fn env(invocation: &mut Invocation, _: &Globals, given: &Given<'_>) -> Result<(), CommandError> {
    let place = Place::of(invocation, given)?;
    let running = running(invocation, &place)?;
    // Keys in the environment would win over the profile's.
    invocation.ui.write_out(&format!(
        "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN\n\
         export AWS_PROFILE={}\nexport AWS_ENDPOINT_URL={}\n",
        profile::NAME,
        running.endpoint
    ));
    Ok(())
}

fn stop(invocation: &mut Invocation, _: &Globals, given: &Given<'_>) -> Result<(), CommandError> {
    let place = Place::of(invocation, given)?;
    let running = running(invocation, &place)?;
    // Whoever holds the lock has written its number there, and lives.
    let process = i32::try_from(running.process).ok().and_then(Pid::from_raw);
    let ended = process.map(|process| kill_process(process, Signal::TERM));
    if !matches!(ended, Some(Ok(()))) {
        return Err(CommandError::general("the sandbox cannot be ended"));
    }
    let mut waited = Duration::ZERO;
    while place.is_locked(&*invocation.host)? {
        if waited >= END {
            return Err(CommandError::general("the sandbox does not end"));
        }
        std::thread::sleep(Duration::from_millis(20));
        waited += Duration::from_millis(20);
    }
    Ok(())
}

fn reset(invocation: &mut Invocation, _: &Globals, given: &Given<'_>) -> Result<(), CommandError> {
    let place = Place::of(invocation, given)?;
    let Some(_lock) = place.lock(&*invocation.host)? else {
        return Err(CommandError::general(
            "the sandbox runs; end it with `sandbox stop` first",
        ));
    };
    place.forget(&*invocation.host)
}

/// The sandbox that runs.
fn running(invocation: &Invocation, place: &Place) -> Result<Running, CommandError> {
    let running = place.running(&*invocation.host)?;
    running.ok_or_else(|| CommandError::coded(1, "no sandbox runs; `sandbox start` starts one"))
}
