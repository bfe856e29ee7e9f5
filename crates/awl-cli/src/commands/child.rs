//! Other programs that a command runs in its place at the terminal.
// Parity: Python's `subprocess.call`, `os.path` and `shutil.which`.

use std::path::PathBuf;
use std::process::Command;

use awl_sdk::env::Host;
use awl_value::Value;

use super::{Invocation, call};
use crate::error::CommandError;
use crate::python;

/// The program of a name on the path.
pub(super) fn which(host: &dyn Host, program: &str) -> Option<PathBuf> {
    let path = host.variable("PATH")?;
    let separator = if cfg!(windows) { ';' } else { ':' };
    path.split(separator)
        .map(|folder| PathBuf::from(folder.trim_matches('"')).join(program))
        .find(|file| is_program(file))
}

fn is_program(file: &std::path::Path) -> bool {
    let Ok(metadata) = std::fs::metadata(file) else {
        return false;
    };
    #[cfg(unix)]
    let runs = {
        use std::os::unix::fs::PermissionsExt as _;
        metadata.permissions().mode() & 0o111 != 0
    };
    #[cfg(not(unix))]
    let runs = true;
    metadata.is_file() && runs
}

/// Shows a command line and runs it.
///
/// # Errors
/// A program that cannot be run; its exit code, unless that is 0.
pub(super) fn run_printed(
    invocation: &mut Invocation,
    words: &[String],
) -> Result<(), CommandError> {
    let line = format!("{}\n", words.join(" "));
    // Parity: Python keeps what it prints until its end, where nobody watches.
    let is_watched = invocation.ui.is_terminal();
    if is_watched {
        invocation.ui.write_out(&line);
    }
    let result = run(words);
    if !is_watched {
        invocation.ui.write_out(&line);
    }
    result
}

/// Runs a command line at the terminal.
///
/// # Errors
/// A program that cannot be run; its exit code, unless that is 0.
pub(super) fn run(words: &[String]) -> Result<(), CommandError> {
    let (program, arguments) = words
        .split_first()
        .ok_or_else(|| CommandError::general("There is no program to run."))?;
    let status = Command::new(program)
        .args(arguments)
        .status()
        .map_err(|error| CommandError::general(python::os_error(&error, program.as_ref())))?;
    match code(status) {
        0 => Ok(()),
        code => Err(CommandError::silent(code)),
    }
}

/// What Python's `sys.exit` makes of how a program ended.
pub(super) fn code(status: std::process::ExitStatus) -> u8 {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal: Option<i32> = None;
    let code = status.code().or(signal.map(|signal| -signal));
    u8::try_from(code.unwrap_or(-1) & 0xff).unwrap_or(u8::MAX)
}

/// What Python says of a program that ended with an error.
// Parity: subprocess.CalledProcessError.
pub(super) fn failed(words: &[String], status: std::process::ExitStatus) -> CommandError {
    let words = words.iter().map(|word| Value::from(&**word)).collect();
    let words = python::str(&Value::List(words));
    CommandError::general(match status.code() {
        Some(code) => format!("Command '{words}' returned non-zero exit status {code}."),
        None => format!("Command '{words}' died."),
    })
}

/// Runs a command line that gets what the user presses to interrupt.
///
/// # Errors
/// A program that cannot be run, or that ends with an error.
// Parity: awscli/compat.py, ignore_user_entered_signals.
pub(super) fn run_to_itself(
    words: &[String],
    variables: &[(&str, String)],
) -> Result<(), CommandError> {
    let (program, arguments) = words
        .split_first()
        .ok_or_else(|| CommandError::general("There is no program to run."))?;
    let status = call::block_on(async {
        #[cfg(unix)]
        let _caught = {
            use rustix::process::Signal;
            use tokio::signal::unix::{SignalKind, signal};
            // A signal that is caught here does not end this process; the
            // program has it as it always is.
            [Signal::INT, Signal::QUIT, Signal::TSTP]
                .map(|number| signal(SignalKind::from_raw(number.as_raw())))
        };
        let mut command = tokio::process::Command::new(program);
        command.args(arguments);
        for (name, value) in variables {
            command.env(name, value);
        }
        Ok(command.status().await)
    })?;
    let status = status
        .map_err(|error| CommandError::general(python::os_error(&error, program.as_ref())))?;
    if status.success() {
        return Ok(());
    }
    Err(failed(words, status))
}
