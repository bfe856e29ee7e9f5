//! `history list`: a line for each command.
// Parity: awscli/customizations/history/list.py.

use super::super::Invocation;
use super::super::custom::{Custom, Given};
use crate::argv::Globals;
use crate::error::CommandError;

/// How wide the column of the command's words is.
const WIDTH: usize = 50;

/// `list`.
pub(super) const COMMAND: Custom = Custom::new("list", &[], run);

fn run(invocation: &mut Invocation, globals: &Globals, _: &Given<'_>) -> Result<(), CommandError> {
    let commands = super::open(invocation)?.commands().map_err(super::failed)?;
    if commands.is_empty() {
        return Err(CommandError::general(
            "No commands were found in your history. Make sure you have enabled history mode by \
             adding \"cli_history = enabled\" to the config file.",
        ));
    }
    let mut text = String::new();
    for command in commands {
        let time = super::time(invocation, command.time);
        let words: Vec<&str> = command.words.iter().take(2).map(String::as_str).collect();
        let mut words = words.join(" ");
        if words.chars().count() >= WIDTH {
            words = words.chars().take(WIDTH - 4).collect::<String>() + "...";
        }
        text.push_str(&format!(
            "{:<38}{:<24}{words:<WIDTH$}{}\n",
            command.command,
            time.strftime("%Y-%m-%d %I:%M:%S %p").to_string(),
            command.code
        ));
    }
    super::page(invocation, globals, &text, Some("SR"))
}
