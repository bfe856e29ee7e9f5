//! `awl credentials store`: a profile's long-lived keys leave the plain files
//! for the encrypted store.

use super::unlock::{KEY_FILE, Means, PASSPHRASE_COMMAND};
use super::vault::Vault;
use super::{Custom, Given, profile};
use crate::argv::Globals;
use crate::commands::Invocation;
use crate::error::CommandError;

/// `credentials store`.
pub(super) const COMMAND: Custom = Custom::new("store", &[KEY_FILE, PASSPHRASE_COMMAND], run);

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let host = &*invocation.host.clone();
    let chosen = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]
        .into_iter()
        .find_map(|name| host.variable(name));
    let name = globals.profile.clone().or(chosen);
    let name = name.unwrap_or_else(|| "default".to_owned());
    let record = profile::plain_keys(host, &name)?;
    let program = host.program().map_err(|error| {
        CommandError::general(format!("the program does not know where it is: {error}"))
    })?;
    let means = Means::new(invocation, given);
    let mut vault = Vault::open_or_new(host, &means)?;
    let lock = vault.lock(host)?;
    // The plain keys go last, when all else is there and was read back.
    vault.change(host, &lock, |records| {
        records.retain(|record| record.profile != name);
        records.push(record.clone());
    })?;
    let command = profile::command(&program, &name, &means.options());
    profile::set_process(host, &name, &command)?;
    if *vault.get(&name)? != record {
        return Err(CommandError::general(
            "the keys are not read back as they were written",
        ));
    }
    profile::remove_keys(host, &name)?;
    drop(lock);
    invocation.ui.write_out(&format!(
        "The keys of profile {name} are in {} now, and no longer in the plain files.\n",
        vault.path().display()
    ));
    invocation.ui.hint(
        "copies of the plain files, in backups for instance, still have the keys; new keys make \
         them worthless",
    );
    Ok(())
}
