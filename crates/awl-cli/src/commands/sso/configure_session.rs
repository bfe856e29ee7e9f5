//! `awl configure sso-session`: the section that sessions are described in.
// Parity: awscli/customizations/configure/sso_commands.py,
// ConfigureSSOSessionCommand; awscli/customizations/configure/sso.py,
// SSOSessionConfigurationPrompter.

use awl_sdk::config::writer::{Edit, Section};
use awl_sdk::config::{Config, SectionKind};

use super::{prompts, resolve, update};
use crate::argv::Globals;
use crate::commands::custom::{Custom, Given};
use crate::commands::{Invocation, call};
use crate::error::CommandError;

/// `configure sso-session`.
pub(in crate::commands) const COMMAND: Custom = Custom::new("sso-session", &[], run);

const START_URL: &str = "sso_start_url";
const REGION: &str = "sso_region";
const SCOPES: &str = "sso_registration_scopes";
const SCOPE: &str = "sso:account:access";

/// What a section is to say, in the order of the answers.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers(Vec<(&'static str, String)>);

impl Answers {
    /// What a section says already.
    pub(super) fn of(value: impl Fn(&str) -> Option<String>) -> Self {
        let keys = [START_URL, REGION, SCOPES];
        let known = keys.into_iter().filter_map(|key| Some((key, value(key)?)));
        Self(known.collect())
    }

    pub(super) fn get(&self, key: &str) -> Option<&str> {
        let mut entries = self.0.iter();
        entries
            .find(|(name, _)| *name == key)
            .map(|(_, value)| &**value)
    }

    pub(super) fn set(&mut self, key: &'static str, value: String) {
        match self.0.iter_mut().find(|(name, _)| *name == key) {
            Some(entry) => entry.1 = value,
            None => self.0.push((key, value)),
        }
    }

    pub(super) fn edits(&self) -> Vec<Edit<'_>> {
        let edits = self.0.iter().map(|(key, value)| Edit::Set(key, value));
        edits.collect()
    }
}

fn run(invocation: &mut Invocation, globals: &Globals, _: &Given<'_>) -> Result<(), CommandError> {
    let config = call::load_config(invocation, globals)?;
    let name = prompts::ask(invocation, "SSO session name: ", None, prompts::not_empty)?;
    let name = name.unwrap_or_default();
    let section = config.profiles().sso_session(&name);
    let mut answers = Answers::of(|key| section?.get(key).map(str::to_owned));
    start_url_and_region(invocation, &config, &mut answers)?;
    scopes(invocation, &mut answers)?;
    write(&config, &name, &answers)?;
    invocation.ui.write_out(&format!(
        "\nCompleted configuring SSO session: {name}\nRun the following to login and refresh \
         access token for this session:\n\naws sso login --sso-session {name}\n"
    ));
    Ok(())
}

/// Writes the section of a session.
pub(super) fn write(config: &Config, name: &str, answers: &Answers) -> Result<(), CommandError> {
    let section = Section::Named(SectionKind::SsoSession, name);
    update(config, section, &answers.edits())
}

/// Asks for the start URL, and for the Region where that does not tell it;
/// where the URL leads, if to another.
pub(super) fn start_url_and_region(
    invocation: &mut Invocation,
    config: &Config,
    answers: &mut Answers,
) -> Result<Option<String>, CommandError> {
    let current = answers.get(START_URL).map(str::to_owned);
    let text = "SSO start URL";
    let url = prompts::with_current(invocation, text, current.as_deref(), prompts::start_url)?;
    let url = url.unwrap_or_default();
    answers.set(START_URL, url.clone());
    if resolve::is_vanity(&url) {
        let resolved = call::until_interrupted(resolve::resolve(config, &url, None));
        if let Ok(resolved) = resolved {
            answers.set(REGION, resolved.region);
            return Ok(Some(resolved.url));
        }
    }
    let current = answers.get(REGION).map(str::to_owned);
    let region = prompts::required(invocation, "SSO region", current.as_deref())?;
    answers.set(REGION, region);
    Ok(None)
}

/// Asks for the scopes.
pub(super) fn scopes(
    invocation: &mut Invocation,
    answers: &mut Answers,
) -> Result<(), CommandError> {
    let current = answers.get(SCOPES).unwrap_or(SCOPE).to_owned();
    let text = "SSO registration scopes";
    let scopes = prompts::with_current(invocation, text, Some(&current), prompts::scopes)?;
    answers.set(SCOPES, scopes.unwrap_or(current));
    Ok(())
}
