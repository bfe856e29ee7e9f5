//! The user's own names for commands: `~/.aws/cli/alias`, with aliases of
//! commands under `[toplevel]` and of a command's subcommands under
//! `[command NAME]`. A value that begins with `!` is for the shell.
// Parity: awscli/alias.py.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use awl_sdk::config::ini::{LineKind, Lines};
use awl_sdk::config::shell_split;
use awl_sdk::env::Host;

use super::Invocation;
use super::sandbox::Attached;
use crate::argv::{self, Arity, FirstPass, Globals, Names, Spec};
use crate::error::CommandError;
use crate::{complete, python};

/// The section of aliases of commands.
const TOP: &str = "toplevel";

/// The aliases of the user, by section; the words of its name, between single
/// spaces.
#[derive(Debug, Default)]
pub(super) struct Aliases(Vec<(String, Vec<(String, String)>)>);

/// A command line, its aliases replaced.
pub(super) struct Expanded {
    /// The global options, those of the aliases among them.
    pub globals: Globals,
    /// The command.
    pub name: String,
    /// The words behind it.
    pub rest: Vec<String>,
}

impl Aliases {
    /// Those of the file, which most users do not have.
    ///
    /// # Errors
    /// A file that is no INI.
    pub(super) fn load(host: &Arc<dyn Host>) -> Result<Self, CommandError> {
        let Some(path) = host.home().map(|home| home.join(".aws/cli/alias")) else {
            return Ok(Self::default());
        };
        match host.read(&path) {
            Ok(bytes) => parse(&String::from_utf8_lossy(&bytes), &path),
            Err(_) => Ok(Self::default()),
        }
    }

    /// The names of the aliases of commands.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let section = self.section(TOP).into_iter().flatten();
        section.map(|(name, _)| name.as_str())
    }

    /// The names of the aliases of the subcommands of the command that
    /// `lineage` leads to.
    pub(super) fn names_below(&self, lineage: &[String]) -> impl Iterator<Item = &str> {
        let section = self.section(&section_of(lineage)).into_iter().flatten();
        section.map(|(name, _)| name.as_str())
    }

    /// The words of such an alias; None where there is none, or it is for the
    /// shell.
    pub(super) fn words_of(&self, lineage: &[String], name: &str) -> Option<Vec<String>> {
        let value = self.find(&section_of(lineage), name)?;
        (!value.starts_with('!'))
            .then(|| shell_split(value))
            .flatten()
    }

    /// Replaces the aliases in a command line; None where there are none in it.
    ///
    /// # Errors
    /// A value that is no command line, an option that no alias may have, an
    /// alias that comes to itself; what the shell said of an alias that it has
    /// run.
    pub(super) fn expand(
        &self,
        invocation: &Invocation,
        commands: &dyn Names,
        globals: &Globals,
        name: &str,
        rest: &[&str],
    ) -> Result<Option<Expanded>, CommandError> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let mut expansion = Expansion {
            aliases: self,
            host: &invocation.host,
            sandbox: invocation.sandbox.as_ref(),
            program: invocation.ui.program(),
            commands,
            seen: Vec::new(),
            line: Expanded {
                globals: globals.clone(),
                name: name.to_owned(),
                rest: rest.iter().map(|word| (*word).to_owned()).collect(),
            },
        };
        expansion.command()?;
        expansion.subcommands()?;
        let is_changed = !expansion.seen.is_empty();
        Ok(is_changed.then_some(expansion.line))
    }

    fn section(&self, name: &str) -> Option<&[(String, String)]> {
        let mut sections = self.0.iter();
        let found = sections.find(|(section, _)| section == name);
        found.map(|(_, aliases)| aliases.as_slice())
    }

    fn find(&self, section: &str, name: &str) -> Option<&str> {
        let mut aliases = self.section(section)?.iter();
        let found = aliases.find(|(alias, _)| alias == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// The section of the aliases below a command; of the program, if there are no
/// names.
fn section_of(lineage: &[String]) -> String {
    if lineage.is_empty() {
        TOP.to_owned()
    } else {
        format!("command {}", lineage.join(" "))
    }
}

fn parse(text: &str, path: &std::path::Path) -> Result<Aliases, CommandError> {
    let mut sections: Vec<(String, Vec<(String, String)>)> = Vec::new();
    for line in Lines::new(text) {
        let line = line.map_err(|_| {
            CommandError::general(format!("Unable to parse config file: {}", path.display()))
        })?;
        let aliases = sections.last_mut().map(|(_, aliases)| aliases);
        match (line.kind, aliases) {
            (LineKind::Header(name), _) => {
                let words: Vec<&str> = name.split_whitespace().collect();
                sections.push((words.join(" "), Vec::new()));
            }
            (LineKind::Key(name, value), Some(aliases)) => {
                aliases.push((name.to_lowercase(), value.to_owned()));
            }
            (LineKind::Continuation(text), Some(aliases)) => {
                if let Some((_, value)) = aliases.last_mut() {
                    value.push('\n');
                    value.push_str(text);
                }
            }
            _ => {}
        }
    }
    for (_, value) in sections.iter_mut().flat_map(|(_, aliases)| aliases) {
        *value = value.trim().to_owned();
    }
    Ok(Aliases(sections))
}

struct Expansion<'a> {
    aliases: &'a Aliases,
    host: &'a Arc<dyn Host>,
    sandbox: Option<&'a Attached>,
    program: &'a str,
    commands: &'a dyn Names,
    /// The aliases that were replaced: section and name.
    seen: Vec<(String, String)>,
    line: Expanded,
}

impl Expansion<'_> {
    /// Replaces the command while it is an alias.
    fn command(&mut self) -> Result<(), CommandError> {
        while let Some(value) = self.aliases.find(TOP, &self.line.name) {
            let name = self.line.name.clone();
            self.visit(TOP, &name)?;
            if let Some(command) = value.strip_prefix('!') {
                return Err(run(command, &self.line.rest, self.sandbox));
            }
            let words = self.words(&name, value)?;
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let (command, mut rest) = self.take_globals(&name, &words)?;
            rest.append(&mut self.line.rest);
            self.line.rest = rest;
            let is_itself = command == name;
            self.line.name = command;
            // An alias may hide the command that it stands for.
            if is_itself && complete::exists(self.host, &[&name]) {
                break;
            }
        }
        Ok(())
    }

    /// Replaces subcommands that are aliases.
    fn subcommands(&mut self) -> Result<(), CommandError> {
        let mut path = vec![self.line.name.clone()];
        loop {
            let section = format!("command {}", path.join(" "));
            let is_of_interest = self
                .aliases
                .0
                .iter()
                .any(|(name, _)| *name == section || name.starts_with(&format!("{section} ")));
            let Some(word) = is_of_interest.then(|| self.first_word()).flatten() else {
                break;
            };
            if let Some(at) = self.line.rest.iter().position(|other| *other == word) {
                self.line.rest.remove(at);
            }
            let Some(value) = self.aliases.find(&section, &word) else {
                path.push(word);
                continue;
            };
            self.visit(&section, &word)?;
            if let Some(command) = value.strip_prefix('!') {
                return Err(run(command, &self.line.rest, self.sandbox));
            }
            let words = self.words(&word, value)?;
            // Its options are read behind the command.
            let mut all = vec![path[0].as_str()];
            all.extend(words.iter().map(String::as_str));
            let (_, mut rest) = self.take_globals(&word, &all)?;
            let names: Vec<&str> = path.iter().chain([&word]).map(String::as_str).collect();
            if complete::exists(self.host, &names) {
                // The alias hides the subcommand that it stands for.
                rest.drain(..1.min(rest.len()));
                path.push(word);
            }
            rest.append(&mut self.line.rest);
            self.line.rest = rest;
        }
        self.line.rest.splice(0..0, path.drain(1..));
        Ok(())
    }

    /// The first word that belongs to no option.
    fn first_word(&self) -> Option<String> {
        let specs = [Spec {
            arity: Arity::Optional,
            ..Spec::new("subcommand")
        }];
        let words: Vec<&str> = self.line.rest.iter().map(String::as_str).collect();
        let parsed = argv::parse(&specs, &words).ok()?;
        let word = parsed.last(0)?.first().copied()?;
        (!word.is_empty()).then(|| word.to_owned())
    }

    fn visit(&mut self, section: &str, name: &str) -> Result<(), CommandError> {
        let alias = (section.to_owned(), name.to_owned());
        if self.seen.contains(&alias) {
            return Err(CommandError::general(format!(
                "The alias \"{name}\" comes to itself."
            )));
        }
        self.seen.push(alias);
        Ok(())
    }

    fn words(&self, name: &str, value: &str) -> Result<Vec<String>, CommandError> {
        let words = shell_split(value).ok_or_else(|| {
            CommandError::general(format!(
                "Value of alias \"{name}\" could not be parsed. Received error: {} when \
                 parsing:\n{value}",
                if value.ends_with('\\') {
                    "No escaped character"
                } else {
                    "No closing quotation"
                }
            ))
        })?;
        let trim = |word: String| word.trim_matches('\n').to_owned();
        Ok(words.into_iter().map(trim).collect())
    }

    /// Takes the global options out of an alias's words; its command and the
    /// others.
    fn take_globals(
        &mut self,
        name: &str,
        words: &[&str],
    ) -> Result<(String, Vec<String>), CommandError> {
        let (globals, command, rest) =
            match argv::parse_globals(words, self.commands, self.program)? {
                FirstPass::Command {
                    globals,
                    command,
                    rest,
                } => (globals, command, rest),
                FirstPass::Version => return Ok((self.line.name.clone(), Vec::new())),
            };
        let refused = match &*globals {
            Globals { debug: true, .. } => Some("debug"),
            Globals {
                profile: Some(_), ..
            } => Some("profile"),
            _ => None,
        };
        if let Some(option) = refused {
            return Err(CommandError::general(format!(
                "Global parameter \"--{option}\" detected in alias \"{name}\" which is not \
                 supported in subcommand aliases."
            )));
        }
        self.line.globals.merge(*globals);
        let rest = rest.into_iter().map(str::to_owned).collect();
        Ok((command.to_owned(), rest))
    }
}

/// Runs what is for the shell; how the program ends then.
fn run(command: &str, words: &[String], sandbox: Option<&Attached>) -> CommandError {
    let mut line = command.to_owned();
    for word in words {
        line.push(' ');
        line.push_str(&quote(word));
    }
    let mut shell = if cfg!(windows) {
        let mut shell = Command::new("cmd");
        shell.arg("/C");
        shell
    } else {
        let mut shell = Command::new("/bin/sh");
        shell.arg("-c");
        shell
    };
    if let Some(sandbox) = sandbox {
        sandbox.lead(&mut shell);
    }
    match shell.arg(&line).status() {
        Ok(status) => CommandError::silent(status.code().map_or(255, |code| code as u8)),
        Err(error) => CommandError::general(python::os_error(&error, &PathBuf::from("/bin/sh"))),
    }
}

/// A word for the shell, as Python's `shlex.quote` has it.
fn quote(word: &str) -> String {
    let is_safe = |letter: char| letter.is_ascii_alphanumeric() || "_@%+=:,./-".contains(letter);
    if !word.is_empty() && word.chars().all(is_safe) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\"'\"'"))
}
