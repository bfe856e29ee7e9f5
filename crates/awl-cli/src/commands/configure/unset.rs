//! `awl configure unset`: one key goes, from whichever file has it.

use super::target::Target;
use super::{Both, Custom, SERVICES, SSO_SESSION};
use crate::argv::Globals;
use crate::commands::Invocation;
use crate::commands::custom::{Argument, Given};
use crate::error::CommandError;

/// `configure unset`.
pub(super) const COMMAND: Custom = Custom::new(
    "unset",
    &[Argument::positional("varname"), SSO_SESSION, SERVICES],
    run,
);

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let target = Target::new(invocation, globals, given)?;
    let host = &*invocation.host;
    let mut both = Both::open(host)?;
    for (kind, file) in &mut both.files {
        if let Some(section) = target.section(*kind) {
            file.document.apply(section, &[target.unset()])?;
        }
    }
    if both.save(host)? {
        return Ok(());
    }
    invocation.ui.hint("there was no such key");
    // As `configure get` of what is not there.
    Err(CommandError::silent(1))
}
