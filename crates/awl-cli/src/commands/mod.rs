//! The commands: those of services, made from the models, and awl's own, in
//! one table.

mod alias;
mod browser;
mod call;
mod caller;
mod child;
mod cloudformation;
mod cloudfront;
mod codeartifact;
mod codecommit;
pub(crate) mod completion;
mod configservice;
mod configure;
mod console;
mod credentials;
mod curl;
pub(crate) mod custom;
mod datapipeline;
mod deploy;
mod dlm;
mod doctor;
mod ecr;
mod ecs;
mod eks;
mod emr;
mod emr_containers;
mod exec;
mod help;
#[cfg(feature = "history")]
mod history;
mod imds;
mod jp;
mod login;
mod logs;
mod operation;
pub(crate) mod page;
mod pager;
mod pages;
mod policy;
mod presign;
mod prompting;
pub(crate) mod rehearsal;
mod roles;
mod s3;
mod sandbox;
mod serve;
mod services;
mod session;
mod sessions;
mod sign;
pub(crate) mod skeleton;
mod sso;
mod tokens;
pub(crate) mod verify;
pub(crate) mod version;
mod wait;
mod whoami;
mod wizard;

use std::borrow::Cow;
use std::sync::Arc;

use awl_sdk::config::{Config, Overrides, settings};
use awl_sdk::env::Host;

use self::custom::Custom;
use crate::argv::{self, FirstPass};
use crate::debug;
use crate::error::{CommandError, Exit};
use crate::history::History;
use crate::ui::Ui;

/// One run of the program.
#[derive(Debug)]
pub(crate) struct Invocation {
    /// The terminal.
    pub ui: Ui,
    /// The outside world.
    pub host: Arc<dyn Host>,
    /// The words behind `--`, for a command that runs another.
    pub trailing: Vec<String>,
    /// The sandbox that `--sandbox` leads to.
    pub sandbox: Option<sandbox::Attached>,
    /// The record that is kept of this run, if one is.
    pub history: History,
}

/// The commands at the top that no model describes.
pub(crate) static COMMANDS: &[&Custom] = &[
    &crate::complete::COMMAND,
    &configure::COMMAND,
    &console::COMMAND,
    &credentials::COMMAND,
    &curl::COMMAND,
    &doctor::COMMAND,
    &exec::COMMAND,
    #[cfg(feature = "history")]
    &history::COMMAND,
    &imds::COMMAND,
    &jp::COMMAND,
    &login::LOGIN,
    &login::LOGOUT,
    &policy::COMMAND,
    &s3::COMMAND,
    &sandbox::COMMAND,
    &sign::COMMAND,
    &verify::COMMAND,
    &whoami::COMMAND,
];

/// The commands that services have beyond their operations: the service's
/// command, and what is added to it.
pub(crate) static ADDED: &[(&str, &[Custom])] = &[
    ("cloudformation", cloudformation::COMMANDS),
    ("cloudfront", cloudfront::COMMANDS),
    ("codeartifact", codeartifact::COMMANDS),
    ("codecommit", codecommit::COMMANDS),
    ("configservice", configservice::COMMANDS),
    ("datapipeline", datapipeline::COMMANDS),
    ("deploy", deploy::COMMANDS),
    ("dlm", dlm::COMMANDS),
    ("dsql", tokens::DSQL_COMMANDS),
    ("dynamodb", wizard::DYNAMODB),
    ("ecr", ecr::COMMANDS),
    ("ecr-public", ecr::PUBLIC_COMMANDS),
    ("ecs", ecs::COMMANDS),
    ("eks", eks::COMMANDS),
    ("emr", emr::COMMANDS),
    ("emr-containers", emr_containers::COMMANDS),
    ("events", wizard::EVENTS),
    ("iam", wizard::IAM),
    ("lambda", wizard::LAMBDA),
    ("logs", logs::COMMANDS),
    ("rds", tokens::RDS_COMMANDS),
    ("sso", sso::COMMANDS),
];

/// The commands whose words behind `--` are another program's.
static RUNNERS: &[(&str, Option<&str>)] = &[("exec", None), ("sandbox", Some("exec"))];

/// The command that is added to a service under a name.
fn added(service: &str, name: &str) -> Option<&'static Custom> {
    added_to(service).find(|command| command.name == name)
}

/// The commands that are added to a service.
fn added_to(service: &str) -> impl Iterator<Item = &'static Custom> {
    ADDED
        .iter()
        .filter(move |(name, _)| *name == service)
        .flat_map(|(_, commands)| *commands)
}

/// Runs a command line, prompted for where the user wants that, and reports how
/// it went.
pub(crate) fn run(invocation: &mut Invocation, words: &[&str]) -> Exit {
    let exit = prompting::run(invocation, words).unwrap_or_else(|error| report(invocation, &error));
    let history = std::mem::take(&mut invocation.history);
    history.finish(invocation, exit);
    exit
}

fn report(invocation: &mut Invocation, error: &CommandError) -> Exit {
    // Here the options could not be read, so no profile is known.
    let format = configured_error_format(invocation, None);
    let exit = error.report(&mut invocation.ui, &*invocation.host, format.as_deref());
    if let Some(globals) = error.refused() {
        policy::offer(invocation, globals, error);
    }
    exit
}

fn dispatch(invocation: &mut Invocation, words: &[&str]) -> Result<(), CommandError> {
    // What a script asks most often needs no table at all.
    if words == ["--version"] {
        version::print(invocation);
        return Ok(());
    }
    let program = invocation.ui.program().to_owned();
    let host = invocation.host.clone();
    let aliases = alias::Aliases::load(&host)?;
    let commands = MainCommands {
        host: &host,
        aliases: &aliases,
    };
    let words = match split_runner(words, &commands, &program) {
        Some((words, trailing)) => {
            invocation.trailing = trailing.iter().map(|&word| word.to_owned()).collect();
            words
        }
        None => words,
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
    invocation.history = History::begin(invocation, &globals, name, words);
    let wants_help = name == "help" || rest.last() == Some(&"help");
    if globals.sandbox && !wants_help {
        sandbox::attach(invocation, &globals)?;
    }
    let expanded = aliases.expand(invocation, &commands, &globals, name, &rest)?;
    let (globals, name, rest) = match &expanded {
        Some(line) => (
            Box::new(line.globals.clone()),
            &*line.name,
            line.rest.iter().map(String::as_str).collect(),
        ),
        None => (globals, name, rest),
    };
    if globals.sandbox && !wants_help {
        sandbox::attach(invocation, &globals)?;
    }
    let trailing = invocation.trailing.clone();
    let run =
        |invocation: &mut Invocation| match COMMANDS.iter().find(|command| command.name == name) {
            Some(command) => custom::run(invocation, &globals, "", command, &rest),
            None if name == "help" => help::of_program(invocation, &globals, &rest),
            None => operation::run_service(invocation, &globals, name, &rest),
        };
    let result = run(invocation).or_else(|error| {
        if !session::offer(invocation, &globals, &error)? {
            return Err(error);
        }
        invocation.trailing = trailing;
        run(invocation)
    });
    result.map_err(|error| {
        let configured = || configured_error_format(invocation, globals.profile.as_deref());
        error
            .with_format(globals.error_format.clone().or_else(configured))
            .with_colour(globals.color.clone())
            .with_refused(&globals)
    })
}

/// The words before and behind the `--` of a command that runs another.
fn split_runner<'a, 'b>(
    words: &'b [&'a str],
    commands: &MainCommands<'_>,
    program: &str,
) -> Option<(&'b [&'a str], &'b [&'a str])> {
    let separator = words.iter().position(|word| *word == "--")?;
    let (before, behind) = (&words[..separator], &words[separator + 1..]);
    match argv::parse_globals(before, commands, program) {
        Ok(FirstPass::Command { command, rest, .. })
            if RUNNERS.iter().any(|(name, sub)| {
                *name == command && sub.is_none_or(|sub| rest.first() == Some(&sub))
            }) =>
        {
            Some((before, behind))
        }
        _ => None,
    }
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
    aliases: &'a alias::Aliases,
}

impl argv::Names for MainCommands<'_> {
    fn contains(&self, name: &str) -> bool {
        name == "help"
            || COMMANDS.iter().any(|command| command.name == name)
            || services::exists(self.host, name)
            || self.aliases.names().any(|alias| alias == name)
    }

    fn all(&self) -> Vec<Cow<'static, str>> {
        let own = COMMANDS.iter().map(|command| command.name);
        services::names(self.host)
            .chain(own.chain(["help"]).map(Cow::Borrowed))
            .chain(self.aliases.names().map(|name| Cow::Owned(name.to_owned())))
            .collect()
    }
}
