//! Programs that are run to their end, and what Python says of one that fails.

use std::io::ErrorKind;
use std::process::Command;

use crate::commands::child;
use crate::error::CommandError;
use crate::python;

/// Why a program did not do its work.
pub(super) enum Failure {
    /// It is not there.
    Absent,
    /// It ended with an error.
    Failed(CommandError),
    /// It could not be run.
    Other(CommandError),
}

/// What is said of a tool that is not there.
pub(super) fn not_found(tool: &str) -> CommandError {
    CommandError::general(format!("{tool} was not found. Please verify installation."))
}

/// Runs a command line and hands back what it printed. What is said of a
/// failure does not show the token.
///
/// # Errors
/// A program that is not there or that fails.
pub(super) fn checked(command: &[String], token: &str) -> Result<Vec<u8>, Failure> {
    let output = output(command)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let message = child::failed(command, output.status)
        .message()
        .replace(token, "******");
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(Failure::Failed(CommandError::general(format!(
        "{message} Stderr from command:\n{error}"
    ))))
}

/// The same, without what it printed where it fails.
///
/// # Errors
/// A program that is not there or that fails.
pub(super) fn plain(command: &[String]) -> Result<Vec<u8>, Failure> {
    let output = output(command)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(Failure::Failed(child::failed(command, output.status)))
}

fn output(command: &[String]) -> Result<std::process::Output, Failure> {
    let program = command.first().map(String::as_str).unwrap_or_default();
    Command::new(program)
        .args(command.iter().skip(1))
        .output()
        .map_err(|error| match error.kind() {
            ErrorKind::NotFound => Failure::Absent,
            _ => Failure::Other(CommandError::general(python::os_error(
                &error,
                program.as_ref(),
            ))),
        })
}
