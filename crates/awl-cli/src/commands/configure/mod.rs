//! `awl configure` and its subcommands: the configuration files read and
//! written. What they share is here; each has a file of its own.
// Parity: awscli/customizations/configure/.

mod add_model;
mod delete_profile;
mod export_credentials;
mod get;
mod import;
mod interactive;
mod list;
mod list_profiles;
mod mfa_login;
mod rename_profile;
mod set;
mod target;
mod unset;
mod wizard;

use awl_sdk::config::writer::{ConfigFile, Edit, Section};
use awl_sdk::config::{ConfigError, FileKind, Profiles, SectionKind, settings};
use awl_sdk::env::Host;

use super::Invocation;
use super::custom::{Argument, Custom};
use super::sso;
use crate::argv::Globals;
use crate::error::CommandError;

/// `configure`.
pub(super) static COMMAND: Custom = Custom {
    name: "configure",
    arguments: &[],
    subcommands: &[
        list::COMMAND,
        get::COMMAND,
        set::COMMAND,
        add_model::COMMAND,
        import::COMMAND,
        list_profiles::COMMAND,
        Custom::new("wizard", &[], wizard::run),
        sso::CONFIGURE_SSO,
        sso::CONFIGURE_SSO_SESSION,
        mfa_login::COMMAND,
        export_credentials::COMMAND,
        unset::COMMAND,
        rename_profile::COMMAND,
        delete_profile::COMMAND,
    ],
    run: Some(interactive::run),
    excuse: None,
    words: None,
};

/// The options that name a section which is no profile.
const SUBSECTIONS: [(&str, SectionKind); 2] = [
    ("--sso-session", SectionKind::SsoSession),
    ("--services", SectionKind::Services),
];
const SSO_SESSION: Argument = Argument::option("--sso-session");
const SERVICES: Argument = Argument::option("--services");

/// The section's name that stands for keys of the CLI's plugins, not for a
/// profile.
const PLUGINS: &str = "plugins";

/// What Python says where a name has too few parts.
const INDEX_ERROR: &str = "list index out of range";

/// The profile that is asked for, by option or variable; it need not be there.
fn chosen_profile(invocation: &Invocation, globals: &Globals) -> Option<String> {
    let variables = settings::PROFILE.variables.iter();
    let variable = || {
        variables
            .clone()
            .find_map(|name| invocation.host.variable(name))
    };
    globals.profile.clone().or_else(variable)
}

/// What both files say.
fn profiles(host: &dyn Host) -> Result<Profiles, ConfigError> {
    let (config, credentials) = (
        FileKind::Config.path(host),
        FileKind::Credentials.path(host),
    );
    Profiles::load(host, &config, &credentials)
}

/// The names of all profiles.
///
/// # Errors
/// Files that cannot be read.
pub(super) fn profile_names(host: &dyn Host) -> Result<Vec<String>, ConfigError> {
    let profiles = profiles(host)?;
    Ok(profiles.names().map(ToString::to_string).collect())
}

/// Puts settings into a profile of the configuration file.
///
/// # Errors
/// A file that cannot be read or written.
pub(super) fn set_all(
    host: &dyn Host,
    profile: &str,
    settings: &[(&str, &str)],
) -> Result<(), CommandError> {
    let edits = settings.iter().map(|(key, value)| Edit::Set(key, value));
    let edits: Vec<Edit<'_>> = edits.collect();
    let section = profile_section(FileKind::Config, profile);
    Ok(update(host, FileKind::Config, section, &edits)?)
}

/// A file, to be edited.
fn open(host: &dyn Host, kind: FileKind) -> Result<ConfigFile, ConfigError> {
    ConfigFile::open(host, &kind.path(host))
}

/// Makes changes in one section of one file.
fn update(
    host: &dyn Host,
    kind: FileKind,
    section: Section<'_>,
    edits: &[Edit<'_>],
) -> Result<(), ConfigError> {
    let mut file = open(host, kind)?;
    file.document.apply(section, edits)?;
    file.save(host).map(drop)
}

/// A profile's section in one of the files.
const fn profile_section(kind: FileKind, profile: &str) -> Section<'_> {
    match kind {
        FileKind::Config => Section::Named(SectionKind::Profile, profile),
        FileKind::Credentials => Section::Header(profile),
    }
}

/// Both files, to be changed together: nothing is written before all that is to
/// be written is known to be readable.
struct Both {
    files: [(FileKind, ConfigFile); 2],
}

impl Both {
    fn open(host: &dyn Host) -> Result<Self, ConfigError> {
        let file = |kind| Ok::<_, ConfigError>((kind, open(host, kind)?));
        Ok(Self {
            files: [file(FileKind::Credentials)?, file(FileKind::Config)?],
        })
    }

    fn save(mut self, host: &dyn Host) -> Result<bool, CommandError> {
        for (_, file) in &self.files {
            file.check()?;
        }
        let mut changed = false;
        for (_, file) in &mut self.files {
            changed |= file.save(host)?;
        }
        Ok(changed)
    }
}

/// Reads the answer to a question as Python's `input` does.
fn ask(invocation: &mut Invocation, prompt: &str) -> Result<String, CommandError> {
    match invocation.ui.ask(prompt) {
        Ok(Some(answer)) => Ok(answer),
        Ok(None) => Err(CommandError::general("EOF when reading a line")),
        Err(error) => Err(CommandError::general(error.to_string())),
    }
}

/// The same for what is not to be seen, where there is a terminal.
pub(super) fn ask_secret(
    invocation: &mut Invocation,
    prompt: &str,
) -> Result<String, CommandError> {
    if !invocation.ui.is_interactive() {
        return ask(invocation, prompt);
    }
    crate::ui::read_secret(prompt).map_err(|error| match error.kind() {
        std::io::ErrorKind::Interrupted => CommandError::interrupted(),
        std::io::ErrorKind::UnexpectedEof => CommandError::general("EOF when reading a line"),
        _ => CommandError::general(error.to_string()),
    })
}

/// A secret as it may be shown: its last four letters.
// Parity: awscli/customizations/configure/__init__.py, mask_value.
fn mask(secret: &str) -> String {
    let start = secret.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
    format!("{}{}", "*".repeat(16), &secret[start..])
}
