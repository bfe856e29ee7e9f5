//! Completion: what may stand where the cursor is. Shells ask for it with the
//! line and the cursor in the environment, as they ask the `aws_completer` of
//! the AWS CLI; the candidates are its, in its order, and more where it has
//! none. Nothing here is loaded for any other command.
// Parity: awscli/autocomplete/main.py, completer.py.

mod about;
mod candidate;
mod candidates;
mod files;
mod index;
mod parser;
mod query;
mod remote;
mod resources;
mod script;
mod shorthand;

use std::sync::Arc;

use awl_sdk::env::Host;

pub(crate) use candidate::{Candidate, Wanted};
pub(crate) use index::Node;
pub(crate) use parser::{Parsed, parse};
pub(crate) use script::COMMAND;

use crate::commands::Invocation;

/// The names that the program is called by to complete.
const PROGRAMS: &[&str] = &["aws_completer", "awl_completer"];

/// The command that does the same.
const WORD: &str = "complete";

/// Whether the program is asked for candidates.
pub(crate) fn is_asked(program: &str, words: &[&str]) -> bool {
    PROGRAMS.contains(&program) || words == [WORD]
}

/// Prints the candidates, one a line.
pub(crate) fn run(invocation: &mut Invocation) {
    let host = &invocation.host;
    let line = ["COMP_LINE", "COMMAND_LINE"]
        .into_iter()
        .filter_map(|name| host.variable(name))
        .find(|line| !line.is_empty())
        .unwrap_or_default();
    let point = host
        .variable("COMP_POINT")
        .and_then(|point| point.trim().parse().ok());
    let wanted = Wanted {
        remote: true,
        ..Wanted::default()
    };
    let found = complete(host, &line, point, wanted);
    let found: Vec<&str> = found.iter().map(|found| found.text.as_str()).collect();
    let mut text = found.join("\n");
    // Parity: without candidates the AWS CLI prints an empty line.
    text.push('\n');
    invocation.ui.write_out(&text);
}

/// Whether there is a command of these names, one below the other.
pub(crate) fn exists(host: &Arc<dyn Host>, names: &[&str]) -> bool {
    names
        .iter()
        .try_fold(index::Node::Program, |node, name| node.command(host, name))
        .is_some()
}

/// What may stand at the character `point` of `line`, else at its end.
pub(crate) fn complete(
    host: &Arc<dyn Host>,
    line: &str,
    point: Option<usize>,
    wanted: Wanted,
) -> Vec<Candidate> {
    let line = match point.and_then(|point| line.char_indices().nth(point)) {
        Some((end, _)) => &line[..end],
        None => line,
    };
    candidates::of(host, &parse(host, line), wanted)
}

#[cfg(test)]
mod tests;
