//! `awl sandbox console` and `mfa-code`: the address of the console, and the codes
//! that a newcomer has no telephone for.

use awl_value::{Map, Value};

use super::place::{Place, Running};
use super::remote;
use crate::argv::Globals;
use crate::commands::custom::Given;
use crate::commands::{Invocation, browser, call};
use crate::error::CommandError;

/// Prints the address; `--open` shows it in a browser.
pub(super) fn run(
    invocation: &mut Invocation,
    _: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let place = Place::of(invocation, given)?;
    let running = super::running(invocation, &place)?;
    let address = address(&running, given.has("--read-only"))?;
    invocation.ui.write_out(&format!("{address}\n"));
    if given.has("--open") {
        let host = invocation.host.clone();
        call::until_interrupted(async {
            // That there is no browser is seen, and the address stands there.
            let _ = browser::open(&*host, &address).await;
            Ok(())
        })?;
    }
    Ok(())
}

/// The console's address, with the token that opens it.
pub(super) fn address(running: &Running, reading: bool) -> Result<String, CommandError> {
    let mut parameters = Map::new();
    parameters.push("reading", Value::Bool(reading));
    let answer = remote::ask(running, "console", parameters)?;
    let path = answer.get("path").and_then(Value::as_str);
    Ok(format!("{}{}", running.endpoint, path.unwrap_or_default()))
}

/// Prints the code of a user's MFA device, or two in a row of one that is yet to
/// be enabled.
pub(super) fn code(
    invocation: &mut Invocation,
    _: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let place = Place::of(invocation, given)?;
    let running = super::running(invocation, &place)?;
    let mut parameters = Map::new();
    match (given.get("user"), given.get("--serial-number")) {
        (Some(user), None) => parameters.push("user", user.into()),
        (None, Some(serial)) => parameters.push("serial", serial.into()),
        _ => {
            return Err(CommandError::validation(
                "either a user or --serial-number says whose code is wanted",
            ));
        }
    }
    let answer = remote::ask(&running, "mfa-code", parameters)?;
    let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default();
    let flag = |name: &str| answer.get(name).and_then(Value::as_bool) == Some(true);
    if !flag("enabled") {
        let line = format!("{} {}\n", text("code"), text("next"));
        invocation.ui.write_out(&line);
        return Ok(());
    }
    if !flag("usable") {
        let seconds = answer.get("seconds").and_then(Value::as_int);
        let seconds = seconds.unwrap_or_default() - 60;
        return Err(CommandError::general(format!(
            "the codes of now are used up: there is another in {seconds} seconds"
        )));
    }
    invocation.ui.write_out(&format!("{}\n", text("code")));
    Ok(())
}
