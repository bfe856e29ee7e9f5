//! Where a sandbox keeps its data, and whether it runs: it holds a lock there as
//! long as it does, and says in a file where it listens.

use std::io::ErrorKind;
use std::path::PathBuf;

use awl_sdk::env::{Host, Lock};
use awl_value::{Map, Value, json};

use crate::commands::Invocation;
use crate::commands::custom::Given;
use crate::error::CommandError;

/// A folder of a sandbox.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) folder: PathBuf,
}

/// A sandbox that runs.
#[derive(Clone)]
pub(super) struct Running {
    pub(super) process: i64,
    pub(super) endpoint: String,
    /// What opens the control channel.
    pub(super) token: String,
    /// Whether it lives within a command, and ends with it.
    pub(super) is_passing: bool,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = formatter.debug_struct("Running");
        shown.field("endpoint", &self.endpoint);
        shown.finish_non_exhaustive()
    }
}

impl Place {
    /// The one of `--data`, or the usual one.
    pub(super) fn of(invocation: &Invocation, given: &Given<'_>) -> Result<Self, CommandError> {
        let host = &*invocation.host;
        let Some(folder) = given.get("--data") else {
            return Self::usual(host);
        };
        let folder = host.expand(folder);
        let here = host.current_folder();
        let folder = here.map_or(folder.clone(), |here| here.join(folder));
        Ok(Self { folder })
    }

    /// `awl/sandbox` in `XDG_DATA_HOME`.
    pub(super) fn usual(host: &dyn Host) -> Result<Self, CommandError> {
        let data = host
            .variable("XDG_DATA_HOME")
            .map(PathBuf::from)
            // The standard has relative ones passed over.
            .filter(|path| path.is_absolute())
            .or_else(|| Some(host.home()?.join(".local/share")));
        let data = data.ok_or_else(|| CommandError::configuration("HOME is not set"))?;
        Ok(Self {
            folder: data.join("awl").join("sandbox"),
        })
    }

    /// The folder with the files of instances.
    pub(super) fn instances(&self) -> PathBuf {
        self.folder.join("instances")
    }

    /// Keeps others from running here; None where one does.
    pub(super) fn lock(&self, host: &dyn Host) -> Result<Option<Lock>, CommandError> {
        let path = self.folder.join("lock");
        let failed = |error| CommandError::general(crate::python::os_error(&error, &path));
        host.lock(&path).map_err(failed)
    }

    /// Whether a sandbox runs here.
    pub(super) fn is_locked(&self, host: &dyn Host) -> Result<bool, CommandError> {
        if host.facts(&self.folder).is_err() {
            return Ok(false);
        }
        Ok(self.lock(host)?.is_none())
    }

    /// The sandbox that runs here, if one does and says where.
    pub(super) fn running(&self, host: &dyn Host) -> Result<Option<Running>, CommandError> {
        if !self.is_locked(host)? {
            return Ok(None);
        }
        let read = || -> Option<Running> {
            let bytes = host.read(&self.folder.join("server.json")).ok()?;
            let value = json::parse(std::str::from_utf8(&bytes).ok()?).ok()?;
            Some(Running {
                process: value.get("process")?.as_int()?,
                endpoint: value.get("endpoint")?.as_str()?.to_owned(),
                token: value.get("token")?.as_str()?.to_owned(),
                is_passing: value.get("passing")?.as_bool()?,
            })
        };
        Ok(read())
    }

    /// Says where this process listens, and what opens its control channel.
    pub(super) fn announce(&self, host: &dyn Host, running: &Running) -> Result<(), CommandError> {
        let mut map = Map::new();
        map.push("process", Value::Int(running.process));
        map.push("endpoint", running.endpoint.as_str().into());
        map.push("token", running.token.as_str().into());
        map.push("passing", Value::Bool(running.is_passing));
        let text = json::to_string(&map.into()) + "\n";
        let path = self.folder.join("server.json");
        host.write(&path, text.as_bytes())
            .map_err(|error| CommandError::general(crate::python::os_error(&error, &path)))
    }

    /// Takes that back.
    pub(super) fn withdraw(&self, host: &dyn Host) {
        // What is left over says nothing without the lock.
        let _ = host.remove(&self.folder.join("server.json"));
    }

    /// Where the requests are written that were answered here.
    pub(super) fn log_path(&self) -> PathBuf {
        self.folder.join("requests.log")
    }

    /// The requests that were answered here, a line of JSON each; nothing where
    /// none were.
    pub(super) fn log(&self, host: &dyn Host) -> Result<String, CommandError> {
        let path = self.log_path();
        match host.read(&path) {
            Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
            Err(error) => Err(CommandError::general(crate::python::os_error(
                &error, &path,
            ))),
        }
    }

    /// Removes all that a sandbox has kept here.
    pub(super) fn forget(&self, host: &dyn Host) -> Result<(), CommandError> {
        let names = [
            "state.redb",
            "key",
            "requests.log",
            "requests.log.1",
            "server.json",
        ];
        let own = names.into_iter().map(|name| self.folder.join(name));
        let instances = host.list(&self.instances()).unwrap_or_default();
        let instances = instances.iter().map(|name| self.instances().join(name));
        for path in own.chain(instances) {
            match host.remove(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(CommandError::general(crate::python::os_error(
                        &error, &path,
                    )));
                }
                _ => {}
            }
        }
        Ok(())
    }
}
