//! A terminal with somebody at it.

use std::process::Command;

/// Runs a program on a terminal.
const DRIVER: &str = include_str!("terminal.py");

/// A command that runs `program` on a terminal of its own, where every answer
/// of `script` is typed once its question was shown. The arguments of the
/// program, its variables and its folder are to be added.
#[must_use]
pub fn on_terminal(script: &[(&str, &str)], program: &str) -> Command {
    on_terminal_of(80, script, program)
}

/// The same on a terminal of so many columns.
#[must_use]
pub fn on_terminal_of(columns: u16, script: &[(&str, &str)], program: &str) -> Command {
    let mut command = Command::new("python3");
    command.args(["-c", DRIVER, &columns.to_string()]);
    for (question, answer) in script {
        command.args([question, answer]);
    }
    command.args(["--", program]);
    command
}
