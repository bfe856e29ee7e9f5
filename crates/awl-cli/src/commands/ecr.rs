//! `awl ecr get-login-password` and `awl ecr-public get-login-password`: what
//! Docker logs in to a registry with.
// Parity: awscli/customizations/{ecr,ecr_public}.py.

use awl_value::python::base64_error;
use awl_value::{Map, Value};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Invocation;
use super::caller::Caller;
use super::custom::Custom;
use crate::argv::Globals;
use crate::error::CommandError;

/// What is added to the commands of the service `ecr`.
pub(super) static COMMANDS: &[Custom] = &[Custom::new(
    "get-login-password",
    &[],
    |invocation, globals, _| print_password(invocation, globals, "ecr"),
)];

/// What is added to the commands of the service `ecr-public`.
pub(super) static PUBLIC_COMMANDS: &[Custom] = &[Custom::new(
    "get-login-password",
    &[],
    |invocation, globals, _| print_password(invocation, globals, "ecr-public"),
)];

fn print_password(
    invocation: &mut Invocation,
    globals: &Globals,
    service: &str,
) -> Result<(), CommandError> {
    let registry = Caller::new(invocation, globals, service)?;
    let answer = registry.call(invocation, globals, "GetAuthorizationToken", Map::new())?;
    let absent = |name: &str| CommandError::general(format!("'{name}'"));
    let data = answer.get("authorizationData");
    let data = data.ok_or_else(|| absent("authorizationData"))?;
    // One registry has one token, several have a list.
    let data = match data {
        Value::List(list) => list
            .first()
            .ok_or_else(|| CommandError::general("list index out of range"))?,
        one => one,
    };
    let token = data.get("authorizationToken").and_then(Value::as_str);
    let token = token.ok_or_else(|| absent("authorizationToken"))?;
    if let Some(words) = base64_error(token) {
        return Err(CommandError::general(words));
    }
    let token = STANDARD
        .decode(token)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| CommandError::general("the token is no text in base64"))?;
    let parts: Vec<&str> = token.split(':').collect();
    let password = match parts.as_slice() {
        [_, password] => password,
        [_] => {
            return Err(CommandError::general(
                "not enough values to unpack (expected 2, got 1)",
            ));
        }
        _ => {
            return Err(CommandError::general(
                "too many values to unpack (expected 2)",
            ));
        }
    };
    invocation.ui.write_out(&format!("{password}\n"));
    Ok(())
}
