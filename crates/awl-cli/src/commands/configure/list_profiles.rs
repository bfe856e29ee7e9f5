//! `awl configure list-profiles`: the names of all profiles.

use super::Custom;
use crate::argv::Globals;
use crate::commands::Invocation;
use crate::commands::custom::Given;
use crate::error::CommandError;

/// `configure list-profiles`.
pub(super) const COMMAND: Custom = Custom::new("list-profiles", &[], run);

fn run(invocation: &mut Invocation, _: &Globals, _: &Given<'_>) -> Result<(), CommandError> {
    let profiles = super::profiles(&*invocation.host)?;
    let mut text = String::new();
    for name in profiles.names() {
        text.push_str(name);
        text.push('\n');
    }
    invocation.ui.write_out(&text);
    Ok(())
}
