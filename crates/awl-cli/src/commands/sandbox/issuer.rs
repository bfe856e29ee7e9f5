//! `awl sandbox web-identity` and `oidc`: tokens of identity providers, to try
//! roles that programs assume by them.

use awl_value::{Map, Value, json};

use super::place::Place;
use super::{DATA, remote};
use crate::argv::Globals;
use crate::commands::Invocation;
use crate::commands::custom::{Argument, Custom, Given};
use crate::error::CommandError;

/// `sandbox web-identity`.
pub(super) const WEB_IDENTITY: Custom = Custom::new(
    "web-identity",
    &[
        Argument::option("--subject").required(),
        Argument::option("--audience").required(),
        Argument::option("--issuer"),
        Argument::option("--duration-seconds").integer(),
        Argument::option("--claims"),
        DATA,
    ],
    web_identity,
);

/// `sandbox oidc`.
pub(super) const OIDC: Custom = Custom::group(
    "oidc",
    &[
        Custom::new("keys", &[DATA], keys),
        Custom::new(
            "set",
            &[
                Argument::option("--issuer").required(),
                Argument::option("--keys").required(),
                DATA,
            ],
            set_keys,
        ),
        Custom::new(
            "unset",
            &[Argument::option("--issuer").required(), DATA],
            set_keys,
        ),
    ],
);

fn ask(
    invocation: &Invocation,
    given: &Given<'_>,
    verb: &str,
    parameters: Map,
) -> Result<Map, CommandError> {
    let place = Place::of(invocation, given)?;
    let running = super::running(invocation, &place)?;
    remote::ask(&running, verb, parameters)
}

fn web_identity(
    invocation: &mut Invocation,
    _: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let mut parameters = words(given);
    if let Some(word) = given.get("--duration-seconds") {
        let seconds = word.trim().parse().map_err(|_| {
            let message = format!("Bad value for --duration-seconds {word}: expected a number");
            CommandError::validation(message)
        })?;
        parameters.push("duration", Value::Int(seconds));
    }
    if let Some(text) = given.get("--claims") {
        let Ok(Value::Map(claims)) = json::parse(text) else {
            return Err(CommandError::validation(
                "Bad value for --claims: expected a JSON object",
            ));
        };
        parameters.push("claims", Value::Map(claims));
    }
    let answer = ask(invocation, given, "web-identity", parameters)?;
    let token = answer.get("Token").and_then(Value::as_str);
    let line = format!("{}\n", token.unwrap_or_default());
    invocation.ui.write_out(&line);
    Ok(())
}

fn keys(invocation: &mut Invocation, _: &Globals, given: &Given<'_>) -> Result<(), CommandError> {
    let answer = ask(invocation, given, "oidc.keys", Map::new())?;
    let line = json::to_string(&Value::Map(answer)) + "\n";
    invocation.ui.write_out(&line);
    Ok(())
}

fn set_keys(
    invocation: &mut Invocation,
    _: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    ask(invocation, given, "oidc.set", words(given)).map(drop)
}

/// The parameters that are words as they were given.
fn words(given: &Given<'_>) -> Map {
    let mut map = Map::new();
    for name in ["--subject", "--audience", "--issuer", "--keys"] {
        if let Some(word) = given.get(name) {
            map.push(name.trim_start_matches('-'), word.into());
        }
    }
    map
}
