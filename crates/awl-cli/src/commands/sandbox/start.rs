//! `awl sandbox start`: runs until it is interrupted, or behind the terminal.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use awl_sandbox::Server;
use awl_sdk::env::{Host, Lock};

use super::attach;
use super::place::Place;
use super::profile;
use crate::argv::Globals;
use crate::commands::custom::Given;
use crate::commands::{Invocation, call, serve};
use crate::error::CommandError;

/// Where it listens, unless told otherwise.
const PORT: u16 = 4566;
/// How long it may take to start.
const START: Duration = Duration::from_secs(20);

pub(super) fn run(
    invocation: &mut Invocation,
    _: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let port = match given.get("--port") {
        None => PORT,
        Some(word) => word.trim().parse().map_err(|_| {
            CommandError::validation(format!(
                "Bad value for --port {word}: a port is a number up to 65535"
            ))
        })?,
    };
    let place = Place::of(invocation, given)?;
    if given.has("--detach") {
        return detach(invocation, &place, port);
    }
    let host = invocation.host.clone();
    let _lock = locked(&place, &*host)?;
    let sandbox = attach::open(&place, &host)?;
    call::block_on(async {
        let server = Server::listen(port).await.map_err(|error| {
            CommandError::general(format!("cannot listen on 127.0.0.1:{port}: {error}"))
        })?;
        let endpoint = format!("http://127.0.0.1:{}", server.port());
        profile::write(&*host, &sandbox, &endpoint)?;
        place.announce(&*host, &endpoint, sandbox.control_token())?;
        say(invocation, &endpoint);
        // To interrupt it is how it ends.
        tokio::select! {
            never = server.serve(Arc::new(sandbox)) => match never {},
            () = serve::ended() => {}
        }
        place.withdraw(&*host);
        Ok(())
    })
}

/// The lock. Whoever only looks whether a sandbox runs has it for a moment.
fn locked(place: &Place, host: &dyn Host) -> Result<Lock, CommandError> {
    for _ in 0..25 {
        if let Some(lock) = place.lock(host)? {
            return Ok(lock);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Err(runs_already())
}

fn say(invocation: &mut Invocation, endpoint: &str) {
    let line = format!("The sandbox listens at {endpoint}\n");
    invocation.ui.write_out(&line);
    let hint = format!("--profile {} leads any AWS program to it", profile::NAME);
    invocation.ui.hint(&hint);
}

fn runs_already() -> CommandError {
    CommandError::general("a sandbox runs already on these data")
}

/// Starts another process of this program, and waits until it listens.
fn detach(invocation: &mut Invocation, place: &Place, port: u16) -> Result<(), CommandError> {
    let host = invocation.host.clone();
    if place.is_locked(&*host)? {
        return Err(runs_already());
    }
    let failed = |error: std::io::Error| CommandError::general(error.to_string());
    let mut child = Command::new(host.program().map_err(failed)?)
        .args(["sandbox", "start", "--port", &port.to_string(), "--data"])
        .arg(&place.folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Interrupting the terminal's program is not to end it.
        .process_group(0)
        .spawn()
        .map_err(failed)?;
    let mut waited = Duration::ZERO;
    while waited < START {
        if let Some(running) = place.running(&*host)?
            && running.process == i64::from(child.id())
        {
            say(invocation, &running.endpoint);
            return Ok(());
        }
        if child.try_wait().map_err(failed)?.is_some() {
            return Err(CommandError::general(
                "the sandbox ended at once; without --detach it says why",
            ));
        }
        std::thread::sleep(Duration::from_millis(20));
        waited += Duration::from_millis(20);
    }
    Err(CommandError::general("the sandbox does not listen yet"))
}
