//! `--sandbox`: any command against the sandbox. One that runs already is used;
//! otherwise one is started in this process, and ends with it.

use std::process::Command;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use awl_sandbox::{Sandbox, Server};
use awl_sdk::env::{Host, Lock, Overlay};
use awl_value::Map;
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
#[derive(Debug)]
pub(crate) struct Attached {
    running: Running,
    /// What is different for the command: None where a variable is not set.
    variables: Vec<(String, Option<String>)>,
    own: Option<InProcess>,
}

/// A sandbox that a thread of this process serves, until this is dropped.
pub(super) struct Serving {
    running: Running,
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
    let (running, own) = find(place, &host)?;
    let mut attached = Attached {
        variables: exec::leading(&running, &*host),
        running,
        own,
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
        self.own.is_some()
    }
}

impl std::fmt::Debug for InProcess {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("InProcess").finish_non_exhaustive()
    }
}

impl Drop for InProcess {
    fn drop(&mut self) {
        self.place.withdraw(&*self.host);
        // Before the lock is given back.
        self.serving.take();
    }
}

impl Serving {
    /// Serves a sandbox on a port that is free.
    pub(super) fn start(sandbox: Sandbox) -> Result<Self, CommandError> {
        let token = sandbox.control_token().to_owned();
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
                    never = server.serve(Arc::new(sandbox)) => match never {},
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
            },
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

/// The sandbox of a place: one that runs, or a new one here.
pub(super) fn find(
    place: Place,
    host: &Arc<dyn Host>,
) -> Result<(Running, Option<InProcess>), CommandError> {
    for _ in 0..TRIES {
        if let Some(lock) = place.lock(&**host)? {
            let (running, own) = start(place, host.clone(), lock)?;
            return Ok((running, Some(own)));
        }
        // What it has left behind may say where one was that is gone.
        if let Some(running) = place.running(&**host)?
            && remote::ask(&running, "ping", Map::new()).is_ok()
        {
            return Ok((running, None));
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
    own.place
        .announce(&*own.host, &running.endpoint, &running.token)?;
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
