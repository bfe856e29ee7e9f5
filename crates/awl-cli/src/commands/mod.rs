//! The commands: those of services, made from the models, and awl's own, in
//! one table.

mod call;
mod jp;
mod operation;
mod pages;
mod services;
mod version;
mod wait;

use std::borrow::Cow;
use std::sync::Arc;

use awl_sdk::config::{Config, Overrides, settings};
use awl_sdk::env::Host;

use crate::argv::{self, FirstPass, Globals};
use crate::debug;
use crate::error::{CommandError, Exit};
use crate::ui::Ui;

/// One run of the program.
#[derive(Debug)]
pub(crate) struct Invocation {
    /// The terminal.
    pub ui: Ui,
    /// The outside world.
    pub host: Arc<dyn Host>,
}

/// A command that no model describes.
struct Command {
    name: &'static str,
    run: fn(&mut Invocation, &Globals, &[&str]) -> Result<(), CommandError>,
}

/// The commands that no model describes.
static COMMANDS: &[Command] = &[Command {
    name: "jp",
    run: jp::run,
}];

/// Runs a command line and reports how it went.
pub(crate) fn run(invocation: &mut Invocation, words: &[&str]) -> Exit {
    match dispatch(invocation, words) {
        Ok(()) => Exit::Success,
        Err(error) => {
            // Here the options could not be read, so no profile is known.
            let format = configured_error_format(invocation, None);
            error.report(&mut invocation.ui, &*invocation.host, format.as_deref())
        }
    }
}

fn dispatch(invocation: &mut Invocation, words: &[&str]) -> Result<(), CommandError> {
    // What a script asks most often needs no table at all.
    if words == ["--version"] {
        version::print(invocation);
        return Ok(());
    }
    let program = invocation.ui.program().to_owned();
    let commands = MainCommands {
        host: &invocation.host,
    };
    let (globals, name, rest) = match argv::parse_globals(words, &commands, &program)? {
        FirstPass::Version => {
            version::print(invocation);
            return Ok(());
        }
        FirstPass::Command {
            globals,
            command,
            rest,
        } => (globals, command, rest),
    };
    if globals.debug {
        let version = version::text(invocation);
        debug::command_line(invocation, &version, words);
    }
    let result = match COMMANDS.iter().find(|command| command.name == name) {
        Some(command) => (command.run)(invocation, &globals, &rest),
        None => operation::run_service(invocation, &globals, name, &rest),
    };
    result.map_err(|error| {
        let configured = || configured_error_format(invocation, globals.profile.as_deref());
        error
            .with_format(globals.error_format.clone().or_else(configured))
            .with_colour(globals.color.clone())
    })
}

/// The form of errors that the configuration asks for. The profile may be
/// what is wrong; then the environment counts alone.
fn configured_error_format(invocation: &Invocation, profile: Option<&str>) -> Option<String> {
    let mut overrides = Overrides::default();
    if let Some(profile) = profile {
        let profile = profile.to_owned();
        overrides.settings.insert(settings::PROFILE.name, profile);
    }
    let setting = &settings::CLI_ERROR_FORMAT;
    match Config::load(invocation.host.clone(), overrides) {
        Ok(config) => config.text(setting),
        Err(_) => setting
            .variables
            .iter()
            .find_map(|name| invocation.host.variable(name)),
    }
}

/// The names that may stand where the command does.
struct MainCommands<'a> {
    host: &'a Arc<dyn Host>,
}

impl argv::Names for MainCommands<'_> {
    fn contains(&self, name: &str) -> bool {
        name == "help"
            || COMMANDS.iter().any(|command| command.name == name)
            || services::exists(self.host, name)
    }

    fn all(&self) -> Vec<Cow<'static, str>> {
        let own = COMMANDS.iter().map(|command| command.name);
        services::names(self.host)
            .chain(own.chain(["help"]).map(Cow::Borrowed))
            .collect()
    }
}
