//! `awl credentials remove`: a profile's keys leave the encrypted store, for
//! good or for the plain files.

use super::unlock::{KEY_FILE, Means, PASSPHRASE_COMMAND};
use super::vault::Vault;
use super::{Argument, Custom, Given, profile};
use crate::argv::Globals;
use crate::commands::Invocation;
use crate::error::CommandError;

/// `credentials remove`.
pub(super) const COMMAND: Custom = Custom::new(
    "remove",
    &[
        Argument::positional("name").literal(),
        Argument::flag("--restore"),
        KEY_FILE,
        PASSPHRASE_COMMAND,
    ],
    run,
);

fn run(invocation: &mut Invocation, _: &Globals, given: &Given<'_>) -> Result<(), CommandError> {
    let host = &*invocation.host.clone();
    let name = given.get("name").unwrap_or_default();
    let means = Means::new(invocation, given);
    let mut vault = Vault::open(host, &means)?;
    let record = vault.get(name)?.clone();
    let lock = vault.lock(host)?;
    if given.has("--restore") {
        profile::restore_keys(host, &record)?;
    }
    profile::remove_process(host, name)?;
    vault.change(host, &lock, |records| {
        records.retain(|record| record.profile != name);
    })
}
