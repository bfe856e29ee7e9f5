//! `--sandbox`: any command against the sandbox. One that runs already is used;
//! otherwise one is started in this process, and ends with it.

use std::process::Command;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use awl_sandbox::{Sandbox, Server};
use awl_sdk::env::{Host, Lock, Overlay};
use awl_value::{Map, Value};
use tokio::sync::oneshot;

use super::machine::{Facts, Machine};
use super::place::{Place, Running};
use super::{exec, remote};
use crate::argv::Globals;
use crate::commands::{Invocation, call};
use crate::error::CommandError;

/// How often a sandbox that starts or ends elsewhere is asked again, and how long
/// it is waited for in between.
const TRIES: u32 = 200;
const PAUSE: Duration = Duration::from_millis(20);

/// The sandbox that a command has.
pub(crate) struct Attached {
    running: Running,
    /// What is different for the command: None where a variable is not set.
    variables: Vec<(String, Option<String>)>,
    hold: Hold,
}

/// A sandbox that a thread of this process serves, until this is dropped.
pub(super) struct Serving {
    running: Running,
    sandbox: Arc<Sandbox>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// The sandbox of a place in this process, as others find it.
pub(super) struct InProcess {
    place: Place,
    host: Arc<dyn Host>,
    serving: Option<Serving>,
    _lock: Lock,
}

/// Has a command use the sandbox: as its administrator, or with a profile that
/// the command line names.
///
/// # Errors
/// A sandbox that cannot be started, or has no administrator.
pub(crate) fn attach(invocation: &mut Invocation, globals: &Globals) -> Result<(), CommandError> {
    if invocation.sandbox.is_some() {
        return Ok(());
    }
    let host = invocation.host.clone();
    let place = Place::usual(&*host)?;
    let (running, hold) = find(place, &host)?;
    let mut attached = Attached {
        variables: exec::leading(&running, &*host),
        running,
        hold,
    };
    if globals.profile.is_none() {
        let names = crate::commands::exec::RIVALS.iter();
        let without = names.map(|name| ((*name).to_owned(), None));
        attached.variables.extend(without);
        let keys = exec::credentials(&attached.running, Map::new())?;
        let keys = keys.into_iter();
        let keys = keys.map(|(name, value)| (name.to_owned(), Some(value)));
        attached.variables.extend(keys);
    }
    let overlay = Overlay::new(host, attached.variables.clone());
    invocation.host = Arc::new(overlay);
    invocation.sandbox = Some(attached);
    Ok(())
}

impl Attached {
    /// Has another program use it, too.
    pub(crate) fn lead(&self, command: &mut Command) {
        for (name, value) in &self.variables {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
    }

    /// Whether it ends with this process.
    pub(crate) const fn is_here(&self) -> bool {
        self.hold.is_here()
    }
}

impl std::fmt::Debug for Attached {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = formatter.debug_struct("Attached");
        shown.field("running", &self.running);
        shown.finish_non_exhaustive()
    }
}

impl Drop for InProcess {
    fn drop(&mut self) {
        self.place.withdraw(&*self.host);
        // Before the lock is given back.
        let Some(serving) = self.serving.take() else {
            return;
        };
        while !serving.sandbox.close(lives) {
            std::thread::sleep(PAUSE);
        }
    }
}

impl Serving {
    /// Serves a sandbox on a port that is free.
    pub(super) fn start(sandbox: Sandbox) -> Result<Self, CommandError> {
        let sandbox = Arc::new(sandbox);
        let token = sandbox.control_token().to_owned();
        let served = sandbox.clone();
        let (stop, stopped) = oneshot::channel();
        let (says, said) = mpsc::channel();
        let runtime = call::runtime()?;
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                let server = match Server::listen(0).await {
                    Ok(server) => server,
                    Err(error) => {
                        let _ = says.send(Err(error));
                        return;
                    }
                };
                let _ = says.send(Ok(server.port()));
                tokio::select! {
                    never = server.serve(served) => match never {},
                    _ = stopped => {}
                }
            });
        });
        let port = match said.recv() {
            Ok(Ok(port)) => port,
            Ok(Err(error)) => {
                return Err(CommandError::general(format!(
                    "cannot listen on 127.0.0.1: {error}"
                )));
            }
            Err(_) => return Err(CommandError::general("the sandbox did not start")),
        };
        Ok(Self {
            running: Running {
                process: std::process::id().into(),
                endpoint: format!("http://127.0.0.1:{port}"),
                token,
                is_passing: true,
            },
            sandbox,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    pub(super) const fn running(&self) -> &Running {
        &self.running
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // Gone already, if it has failed.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Whether a process has not ended.
fn lives(process: u32) -> bool {
    use rustix::io::Errno;
    use rustix::process::{Pid, test_kill_process};
    let process = i32::try_from(process).ok().and_then(Pid::from_raw);
    process.is_some_and(|process| !matches!(test_kill_process(process), Err(Errno::SRCH)))
}

/// This process as a guest of another's sandbox.
pub(super) struct Visit(Running);

impl Visit {
    fn begin(running: &Running) -> Result<Self, CommandError> {
        remote::ask(running, "join", Self::parameters())?;
        Ok(Self(running.clone()))
    }

    fn parameters() -> Map {
        let mut parameters = Map::new();
        parameters.push("process", Value::Int(std::process::id().into()));
        parameters
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        // It may be gone; then nobody waits for this.
        let _ = remote::ask(&self.0, "leave", Self::parameters());
    }
}

/// What keeps a sandbox there: that it is here, or that this is its guest.
pub(super) enum Hold {
    Here(#[expect(dead_code, reason = "it is held until this is dropped")] InProcess),
    Guest(#[expect(dead_code, reason = "it is held until this is dropped")] Visit),
    Lasting,
}

impl Hold {
    /// Whether it ends with this process.
    pub(super) const fn is_here(&self) -> bool {
        matches!(self, Self::Here(_))
    }
}

/// The sandbox of a place: one that runs, or a new one here.
pub(super) fn find(place: Place, host: &Arc<dyn Host>) -> Result<(Running, Hold), CommandError> {
    for _ in 0..TRIES {
        if let Some(lock) = place.lock(&**host)? {
            let (running, own) = start(place, host.clone(), lock)?;
            return Ok((running, Hold::Here(own)));
        }
        // What it has left behind may say where one was that is gone.
        if let Some(running) = place.running(&**host)? {
            let hold = match running.is_passing {
                true => Visit::begin(&running).map(Hold::Guest),
                false => remote::ask(&running, "ping", Map::new()).map(|_| Hold::Lasting),
            };
            if let Ok(hold) = hold {
                return Ok((running, hold));
            }
        }
        std::thread::sleep(PAUSE);
    }
    Err(CommandError::general(
        "the sandbox runs already, but does not answer",
    ))
}

fn start(
    place: Place,
    host: Arc<dyn Host>,
    lock: Lock,
) -> Result<(Running, InProcess), CommandError> {
    let serving = Serving::start(open(&place, &host)?)?;
    let running = serving.running().clone();
    let own = InProcess {
        place,
        host,
        serving: Some(serving),
        _lock: lock,
    };
    own.place.announce(&*own.host, &running)?;
    Ok((running, own))
}

/// Opens the sandbox of a place.
pub(super) fn open(place: &Place, host: &Arc<dyn Host>) -> Result<Sandbox, CommandError> {
    let machine = Box::new(Machine(host.clone()));
    let models = awl_catalog::store();
    Ok(Sandbox::open(
        &place.folder,
        models,
        Box::new(Facts),
        machine,
    )?)
}
