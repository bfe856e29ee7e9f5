//! Questions of the configuring commands, asked line by line.
// Parity: awscli/customizations/configure/sso.py, for the questions and what is
// taken for an answer; there they are an editor with completion.

use tokio::sync::oneshot;

use crate::commands::{Invocation, call};
use crate::error::CommandError;
use crate::ui::read_line;

/// What is wrong with an answer, if anything.
type Check = fn(&str) -> Option<&'static str>;

/// Asks, and waits for a line or for Ctrl-C.
// A runtime that listens for Ctrl-C once takes it from the system for good, so
// that a read could no longer be interrupted.
pub(in crate::commands) fn line(
    invocation: &mut Invocation,
    prompt: &str,
) -> Result<String, CommandError> {
    invocation.ui.write_out(prompt);
    let (sender, receiver) = oneshot::channel();
    std::thread::spawn(move || sender.send(read_line()));
    let answer = call::until_interrupted(async { Ok(receiver.await.ok()) })?;
    match answer {
        Some(Ok(Some(line))) => Ok(line),
        Some(Err(error)) => Err(CommandError::general(error.to_string())),
        _ => Err(CommandError::general("EOF when reading a line")),
    }
}

/// Asks; an empty answer is the current value. `prompt` is all that is shown.
pub(super) fn ask(
    invocation: &mut Invocation,
    prompt: &str,
    current: Option<&str>,
    check: Check,
) -> Result<Option<String>, CommandError> {
    loop {
        let answer = line(invocation, prompt)?;
        let answer = answer.trim();
        if answer.is_empty() && current.is_some() {
            return Ok(current.map(str::to_owned));
        }
        match check(answer) {
            Some(problem) => invocation.ui.write_out(&format!("{problem}\n")),
            None if answer.is_empty() => return Ok(None),
            None => return Ok(Some(answer.to_owned())),
        }
    }
}

/// Asks with the current value in brackets.
pub(super) fn with_current(
    invocation: &mut Invocation,
    text: &str,
    current: Option<&str>,
    check: Check,
) -> Result<Option<String>, CommandError> {
    let prompt = format!("{text} [{}]: ", current.unwrap_or("None"));
    ask(invocation, &prompt, current, check)
}

/// The same, until there is an answer.
pub(in crate::commands) fn required(
    invocation: &mut Invocation,
    text: &str,
    current: Option<&str>,
) -> Result<String, CommandError> {
    let answer = with_current(invocation, text, current, not_empty)?;
    Ok(answer.unwrap_or_default())
}

/// Lets the user choose from a list, by number or by name.
pub(super) fn choose(
    invocation: &mut Invocation,
    what: &str,
    items: &[(String, &str)],
) -> Result<usize, CommandError> {
    for (index, (shown, _)) in items.iter().enumerate() {
        let line = format!("{:>3}) {shown}\n", index + 1);
        invocation.ui.write_out(&line);
    }
    let prompt = format!("{what} [1]: ");
    loop {
        let answer = ask(invocation, &prompt, Some("1"), not_empty)?.unwrap_or_default();
        let number = answer.parse::<usize>().ok();
        let by_number = number.and_then(|number| number.checked_sub(1));
        let by_name = items.iter().position(|(_, name)| *name == answer);
        match by_name.or(by_number).filter(|at| *at < items.len()) {
            Some(at) => return Ok(at),
            None => {
                let line = format!("Enter a number from 1 to {}\n", items.len());
                invocation.ui.write_out(&line);
            }
        }
    }
}

/// Anything will do.
pub(super) fn anything(_: &str) -> Option<&'static str> {
    None
}

pub(super) fn not_empty(answer: &str) -> Option<&'static str> {
    answer.is_empty().then_some("A value is required")
}

pub(super) fn start_url(answer: &str) -> Option<&'static str> {
    let is_valid = awl_endpoint::is_valid_endpoint_url(answer);
    (!is_valid).then_some("Not a valid Start URL")
}

pub(super) fn scopes(answer: &str) -> Option<&'static str> {
    let has_space = answer
        .split(',')
        .any(|scope| scope.trim().contains(char::is_whitespace));
    has_space.then_some("Scope values must be separated by commas")
}
