//! Where the key of the store comes from: a passphrase, asked for or printed by
//! a command, or a file.

use std::path::{Path, PathBuf};

use awl_sdk::config::shell_split;
use awl_sdk::env::Host;
use zeroize::Zeroizing;

use super::sealed::{Cost, Header, Key, Lock, derive};
use crate::commands::Invocation;
use crate::commands::custom::{Argument, Given};
use crate::error::CommandError;
use crate::ui::read_secret;

/// `--key-file`.
pub(super) const KEY_FILE: Argument = Argument::option("--key-file").literal();
/// `--passphrase-command`.
pub(super) const PASSPHRASE_COMMAND: Argument = Argument::option("--passphrase-command").literal();

/// The variable that stands in for `--passphrase-command`.
const COMMAND_VARIABLE: &str = "AWL_PASSPHRASE_COMMAND";

/// What the command line and the environment say of the key.
#[derive(Debug)]
pub(super) struct Means {
    /// The file with the key, by its whole path.
    key_file: Option<PathBuf>,
    command: Option<String>,
    /// Whether the command is the command line's.
    is_command_given: bool,
}

impl Means {
    /// What was given.
    pub(super) fn new(invocation: &Invocation, given: &Given<'_>) -> Self {
        let host = &*invocation.host;
        let key_file = given.get("--key-file").map(|path| {
            let path = host.expand(path);
            match host.current_folder() {
                Ok(folder) => folder.join(path),
                Err(_) => path,
            }
        });
        let command = given
            .get("--passphrase-command")
            .map(str::to_owned)
            .or_else(|| host.variable(COMMAND_VARIABLE))
            .filter(|command| !command.trim().is_empty());
        Self {
            key_file,
            command,
            is_command_given: given.has("--passphrase-command"),
        }
    }

    /// The options that say the same on another command line.
    pub(super) fn options(&self) -> Vec<String> {
        let mut options = Vec::new();
        if let Some(path) = &self.key_file {
            options.push("--key-file".to_owned());
            options.push(path.to_string_lossy().into_owned());
        }
        if let Some(command) = self.command.as_ref().filter(|_| self.is_command_given) {
            options.push("--passphrase-command".to_owned());
            options.push(command.clone());
        }
        options
    }

    /// The key of a store that is there.
    pub(super) fn key(&self, host: &dyn Host, header: &Header) -> Result<Key, CommandError> {
        match (header.lock, &self.key_file) {
            (Lock::KeyFile, Some(path)) => read_key(host, path),
            (Lock::KeyFile, None) => Err(CommandError::configuration(
                "The credential store is locked with a key file: give --key-file",
            )),
            (Lock::Passphrase(_), Some(_)) => Err(CommandError::configuration(
                "The credential store is locked with a passphrase: give no --key-file",
            )),
            (Lock::Passphrase(cost), None) => {
                let passphrase = self.passphrase("Passphrase of the credential store: ")?;
                key_of(&passphrase, &header.salt, cost)
            }
        }
    }

    /// The key of a new store, and what it says of itself.
    pub(super) fn new_key(&self, host: &dyn Host) -> Result<(Header, Key), CommandError> {
        let mut salt = [0; 16];
        host.fill(&mut salt).map_err(no_randomness)?;
        if let Some(path) = &self.key_file {
            let lock = Lock::KeyFile;
            let key = match host.facts(path) {
                Ok(_) => read_key(host, path)?,
                Err(_) => make_key(host, path)?,
            };
            return Ok((Header { lock, salt }, key));
        }
        let passphrase = self.passphrase("New passphrase for the credential store: ")?;
        if passphrase.is_empty() {
            return Err(CommandError::configuration("The passphrase is empty"));
        }
        if self.command.is_none() && *self.passphrase("The same again: ")? != *passphrase {
            return Err(CommandError::configuration("The passphrases differ"));
        }
        let cost = Cost::NEW;
        let lock = Lock::Passphrase(cost);
        let key = key_of(&passphrase, &salt, cost)?;
        Ok((Header { lock, salt }, key))
    }

    fn passphrase(&self, prompt: &str) -> Result<Zeroizing<String>, CommandError> {
        if let Some(command) = &self.command {
            return printed(command);
        }
        use std::io::ErrorKind::{Interrupted, NotFound};
        read_secret(prompt)
            .map(Zeroizing::new)
            .map_err(|error| match error.kind() {
                Interrupted => CommandError::interrupted(),
                NotFound => CommandError::configuration(format!(
                    "There is no terminal to ask for the passphrase of the credential store: set \
                     {COMMAND_VARIABLE} to a command that prints it"
                )),
                _ => CommandError::configuration(format!("The passphrase cannot be read: {error}")),
            })
    }
}

/// The first line that a command prints.
fn printed(command: &str) -> Result<Zeroizing<String>, CommandError> {
    let failed =
        |why: String| CommandError::configuration(format!("The passphrase command failed: {why}"));
    let words = shell_split(command).ok_or_else(|| failed("a quote is not closed".to_owned()))?;
    let (program, arguments) = words
        .split_first()
        .ok_or_else(|| failed("it is empty".to_owned()))?;
    let output = std::process::Command::new(program)
        .args(arguments)
        .stdin(std::process::Stdio::inherit())
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|error| failed(format!("{program}: {error}")))?;
    let printed = Zeroizing::new(output.stdout);
    if !output.status.success() {
        return Err(failed(format!("{program}: {}", output.status)));
    }
    let line = printed
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    std::str::from_utf8(line)
        .map(|line| Zeroizing::new(line.to_owned()))
        .map_err(|_| failed("it printed no UTF-8 text".to_owned()))
}

fn key_of(passphrase: &str, salt: &[u8; 16], cost: Cost) -> Result<Key, CommandError> {
    derive(passphrase, salt, cost).map_err(|error| {
        CommandError::configuration(format!("The credential store cannot be opened: {error}"))
    })
}

/// The key in a file: 64 hexadecimal digits.
fn read_key(host: &dyn Host, path: &Path) -> Result<Key, CommandError> {
    let failed = |why: &dyn std::fmt::Display| {
        CommandError::configuration(format!("The key file {}: {why}", path.display()))
    };
    let text = Zeroizing::new(host.read(path).map_err(|error| failed(&error))?);
    if let Ok(facts) = host.facts(path)
        && facts.mode & 0o077 != 0
    {
        return Err(failed(&format!(
            "other users may read it (mode {:04o}): chmod 600 it",
            facts.mode
        )));
    }
    let digits = text.trim_ascii();
    let mut key = Key::default();
    if digits.len() != 2 * key.len() {
        return Err(failed(&"it is no key of 64 hexadecimal digits"));
    }
    for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |at: usize| char::from(pair[at]).to_digit(16);
        let (Some(high), Some(low)) = (digit(0), digit(1)) else {
            return Err(failed(&"it is no key of 64 hexadecimal digits"));
        };
        // Two digits are at most 255.
        *byte = (high * 16 + low) as u8;
    }
    Ok(key)
}

fn make_key(host: &dyn Host, path: &Path) -> Result<Key, CommandError> {
    let mut key = Key::default();
    host.fill(&mut *key).map_err(no_randomness)?;
    let mut text = Zeroizing::new(String::with_capacity(2 * key.len() + 1));
    for byte in key.iter() {
        for digit in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(digit), 16));
        }
    }
    text.push('\n');
    host.write(path, text.as_bytes()).map_err(|error| {
        CommandError::configuration(format!(
            "The key file {} cannot be written: {error}",
            path.display()
        ))
    })?;
    Ok(key)
}

pub(super) fn no_randomness(error: std::io::Error) -> CommandError {
    CommandError::general(format!("The system gives no random numbers: {error}"))
}
