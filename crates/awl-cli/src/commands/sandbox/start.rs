//! `awl sandbox start`: runs until it is interrupted, or behind the terminal.

use std::io::Read as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use awl_sandbox::Server;
use awl_sdk::env::{Host, Lock};
use awl_value::Map;

use super::place::{Place, Running};
use super::profile;
use super::seed::{self, Brought};
use super::{attach, console};
use crate::argv::Globals;
use crate::commands::custom::Given;
use crate::commands::{Invocation, call, serve};
use crate::error::CommandError;

/// Where it listens, unless told otherwise.
const PORT: u16 = 4566;
/// How long it may take to start.
const START: Duration = Duration::from_secs(20);
/// The same with a seed.
const SOWING: Duration = Duration::from_secs(600);

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
    let address = address(given)?;
    let place = Place::of(invocation, given)?;
    let limits = match (given.has("--limits"), given.has("--no-limits")) {
        (true, true) => {
            return Err(CommandError::validation(
                "--limits and --no-limits exclude each other",
            ));
        }
        (true, false) => Some("--limits"),
        (false, true) => Some("--no-limits"),
        (false, false) => None,
    };
    if given.has("--detach") {
        let more = More {
            seed: given.get("--seed"),
            limits,
            address,
        };
        return detach(invocation, &place, port, &more);
    }
    let host = invocation.host.clone();
    let _lock = locked(&place, &*host)?;
    let sandbox = Arc::new(attach::open(&place, &host)?);
    if let Some(limits) = limits {
        let mut parameters = Map::new();
        let services = if limits == "--limits" { "all" } else { "none" };
        parameters.push("services", services.into());
        let set = sandbox.control("limit.documented", &parameters);
        set.map_err(|error| CommandError::general(error.to_string()))?;
    }
    let seed = given.get("--seed").map(|file| host.expand(file));
    call::block_on(async {
        let server = Server::listen_at(address, port).map_err(|error| {
            let listened = SocketAddr::new(address, port);
            CommandError::general(format!("cannot listen on {listened}: {error}"))
        })?;
        // What listens everywhere is found here too.
        let own = match address.is_unspecified() {
            true => Ipv4Addr::LOCALHOST.into(),
            false => address,
        };
        let endpoint = format!("http://{}", SocketAddr::new(own, server.port()));
        warn(invocation, address, server.port());
        profile::write(&*host, &sandbox, &endpoint)?;
        let running = Running {
            process: std::process::id().into(),
            endpoint,
            token: sandbox.control_token().to_owned(),
            is_passing: false,
        };
        let begun = async {
            let brought = match seed {
                Some(seed) => Some(sown(host.clone(), seed, running.clone()).await?),
                None => None,
            };
            place.announce(&*host, &running)?;
            let console = format!("{}{}", running.endpoint, sandbox.console_path(false));
            say(invocation, &running.endpoint, &console, brought);
            // To interrupt it is how it ends.
            serve::ended().await;
            place.withdraw(&*host);
            Ok(sandbox.settle()?)
        };
        tokio::select! {
            never = server.serve(sandbox.clone()) => match never {},
            ended = begun => ended,
        }
    })
}

/// What else a sandbox is started with.
struct More<'a> {
    seed: Option<&'a str>,
    limits: Option<&'static str>,
    address: IpAddr,
}

/// The address to listen at: of the loopback interface, unless told otherwise.
fn address(given: &Given<'_>) -> Result<IpAddr, CommandError> {
    let Some(word) = given.get("--listen") else {
        return Ok(Ipv4Addr::LOCALHOST.into());
    };
    word.trim().parse().map_err(|_| {
        CommandError::validation(format!(
            "Bad value for --listen {word}: expected an address such as 0.0.0.0"
        ))
    })
}

/// Says what an address opens.
fn warn(invocation: &mut Invocation, address: IpAddr, port: u16) {
    if !address.is_loopback() {
        let listened = SocketAddr::new(address, port);
        invocation.ui.write_error(&format!(
            "The sandbox can be reached at {listened} by other machines: whoever has a key of it may \
             use it, and what is sent there is not encrypted. Its console and its commands stay on \
             this machine.\n"
        ));
    }
}

/// Applies a seed while this thread serves.
async fn sown(
    host: Arc<dyn Host>,
    file: PathBuf,
    running: Running,
) -> Result<Brought, CommandError> {
    let sowing = tokio::task::spawn_blocking(move || seed::sow(&host, &file, &running));
    let ended = sowing.await;
    ended.map_err(|error| CommandError::general(error.to_string()))?
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

fn say(invocation: &mut Invocation, endpoint: &str, console: &str, brought: Option<Brought>) {
    let line = format!("The sandbox listens at {endpoint}\nIts console is {console}\n");
    invocation.ui.write_out(&line);
    if let Some(Brought { made, known }) = brought {
        let line = format!("The seed made {made}; {known} of its things were there already\n");
        invocation.ui.write_out(&line);
    }
    let hint = format!("--profile {} leads any AWS program to it", profile::NAME);
    invocation.ui.hint(&hint);
}

fn runs_already() -> CommandError {
    CommandError::general("a sandbox runs already on these data")
}

/// Starts another process of this program, and waits until it listens.
fn detach(
    invocation: &mut Invocation,
    place: &Place,
    port: u16,
    more: &More<'_>,
) -> Result<(), CommandError> {
    let host = invocation.host.clone();
    if place.is_locked(&*host)? {
        return Err(runs_already());
    }
    let failed = |error: std::io::Error| CommandError::general(error.to_string());
    let mut command = Command::new(host.program().map_err(failed)?);
    command
        .args(["sandbox", "start", "--port", &port.to_string(), "--data"])
        .arg(&place.folder)
        .args(["--listen", &more.address.to_string()])
        .args(more.limits);
    let longest = match more.seed {
        Some(seed) => {
            command.arg("--seed").arg(seed);
            SOWING
        }
        None => START,
    };
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        // What it says goes there, if it ends at once.
        .stderr(Stdio::piped())
        // Interrupting the terminal's program is not to end it.
        .process_group(0)
        .spawn()
        .map_err(failed)?;
    let mut waited = Duration::ZERO;
    while waited < longest {
        if let Some(running) = place.running(&*host)?
            && running.process == i64::from(child.id())
        {
            let console = console::address(&running, false)?;
            say(invocation, &running.endpoint, &console, None);
            return Ok(());
        }
        if let Some(status) = child.try_wait().map_err(failed)? {
            let mut why = String::new();
            if let Some(mut pipe) = child.stderr.take() {
                // Cut short, it still says more than nothing.
                let _ = pipe.read_to_string(&mut why);
            }
            invocation.ui.write_error(&why);
            let code = status.code().and_then(|code| u8::try_from(code).ok());
            return Err(CommandError::silent(code.unwrap_or(255)));
        }
        std::thread::sleep(Duration::from_millis(20));
        waited += Duration::from_millis(20);
    }
    Err(CommandError::general("the sandbox does not listen yet"))
}
