//! The record that `cli_history = enabled` asks for: what was called, what was
//! sent and what came back, in the SQLite file that the AWS CLI writes and
//! reads as well. Events are kept in memory while the command runs; the file
//! is opened at its end, so a database that is locked or broken can neither
//! slow a command down nor stop it.
// Parity: awscli/customizations/history/{__init__,db}.py.

#[cfg(feature = "history")]
mod database;
#[cfg(feature = "history")]
mod mask;
#[cfg(feature = "history")]
mod recorder;

use std::sync::Arc;

use awl_sdk::observe::Observer;

use crate::argv::Globals;
use crate::commands::Invocation;
use crate::error::Exit;

#[cfg(feature = "history")]
pub(crate) use database::{Database, Record};

/// The record of one run, if one is kept.
#[derive(Debug, Default)]
pub(crate) struct History {
    #[cfg(feature = "history")]
    recorder: Option<Arc<recorder::Recorder>>,
}

#[cfg(feature = "history")]
impl History {
    /// Begins the record of `command`, whose whole line is `words`, where the
    /// profile asks for one.
    pub(crate) fn begin(
        invocation: &Invocation,
        globals: &Globals,
        command: &str,
        words: &[&str],
    ) -> Self {
        // Reading its own record would change it.
        if command == "history" || !is_enabled(invocation, globals) {
            return Self::default();
        }
        let recorder = recorder::Recorder::new(invocation.host.clone());
        recorder.command(&crate::commands::version::text(invocation), words);
        Self {
            recorder: Some(Arc::new(recorder)),
        }
    }

    /// Who sees what clients do.
    pub(crate) fn observer(&self) -> Option<Arc<dyn Observer>> {
        let recorder = self.recorder.clone()?;
        Some(recorder)
    }

    /// Ends the record and writes it.
    pub(crate) fn finish(self, invocation: &mut Invocation, exit: Exit) {
        let Some(recorder) = self.recorder else {
            return;
        };
        recorder.end(exit.code());
        let path = path(&*invocation.host);
        let written =
            Database::open(&*invocation.host, &path).and_then(|database| recorder.write(&database));
        if let Err(database::DatabaseError::Open { .. }) = written {
            invocation.ui.write_error(&format!(
                "Warning: Unable to record CLI history. Check file permissions for {}\n",
                path.display()
            ));
        }
    }
}

#[cfg(not(feature = "history"))]
impl History {
    /// Begins nothing.
    pub(crate) fn begin(_: &Invocation, _: &Globals, _: &str, _: &[&str]) -> Self {
        Self::default()
    }

    /// Nobody.
    pub(crate) fn observer(&self) -> Option<Arc<dyn Observer>> {
        None
    }

    /// Ends nothing.
    pub(crate) fn finish(self, _: &mut Invocation, _: Exit) {}
}

/// The file of the record.
// Parity: awscli/customizations/history/constants.py.
#[cfg(feature = "history")]
pub(crate) fn path(host: &dyn awl_sdk::env::Host) -> std::path::PathBuf {
    match host.variable("AWS_CLI_HISTORY_FILE") {
        Some(path) => path.into(),
        None => host.expand("~/.aws/cli/history/history.db"),
    }
}

/// Whether the profile asks for a record.
#[cfg(feature = "history")]
fn is_enabled(invocation: &Invocation, globals: &Globals) -> bool {
    use awl_sdk::config::{Config, Overrides, settings};
    let host = &invocation.host;
    if !settings::CLI_HISTORY.is_mentioned(&**host) {
        return false;
    }
    let mut overrides = Overrides::default();
    if let Some(profile) = &globals.profile {
        let name = settings::PROFILE.name;
        overrides.settings.insert(name, profile.clone());
    }
    Config::load(host.clone(), overrides)
        .is_ok_and(|config| config.text(&settings::CLI_HISTORY).as_deref() == Some("enabled"))
}
