//! `awl configure set`: one key gets a value.

use super::target::Target;
use super::{Custom, SERVICES, SSO_SESSION};
use crate::argv::Globals;
use crate::commands::Invocation;
use crate::commands::custom::{Argument, Given};
use crate::error::CommandError;

/// `configure set`.
pub(super) const COMMAND: Custom = Custom::new(
    "set",
    &[
        Argument::positional("varname"),
        Argument::positional("value"),
        SSO_SESSION,
        SERVICES,
    ],
    run,
);

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let target = Target::new(invocation, globals, given)?;
    let value = given.get("value").unwrap_or_default();
    let file = target.file();
    if let Some(section) = target.section(file) {
        super::update(&*invocation.host, file, section, &[target.set(value)])?;
    }
    Ok(())
}
