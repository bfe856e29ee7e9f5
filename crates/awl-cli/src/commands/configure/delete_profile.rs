//! `awl configure delete-profile`: a profile goes from both files.

use awl_sdk::config::ConfigError;

use super::{Both, Custom, profile_section};
use crate::argv::Globals;
use crate::commands::Invocation;
use crate::commands::custom::{Argument, Given};
use crate::error::CommandError;

/// `configure delete-profile`.
pub(super) const COMMAND: Custom = Custom::new(
    "delete-profile",
    &[
        Argument::positional("name").literal(),
        Argument::flag("--force"),
    ],
    run,
);

fn run(invocation: &mut Invocation, _: &Globals, given: &Given<'_>) -> Result<(), CommandError> {
    let host = &*invocation.host;
    let name = given.get("name").unwrap_or_default();
    let profiles = super::profiles(host)?;
    if profiles.profile(name).is_none() {
        let profile = name.to_owned();
        return Err(ConfigError::ProfileNotFound { profile }.into());
    }
    let dependants: Vec<&str> = profiles
        .profiles()
        .iter()
        .filter(|profile| profile.name != name && profile.get("source_profile") == Some(name))
        .map(|profile| &*profile.name)
        .collect();
    if !dependants.is_empty() && !given.has("--force") {
        return Err(CommandError::general(format!(
            "The config profile ({name}) is the source_profile of {}; --force deletes it all the \
             same",
            dependants.join(", ")
        )));
    }
    let mut both = Both::open(host)?;
    for (kind, file) in &mut both.files {
        // A name may stand in more than one header.
        while file.document.delete_section(profile_section(*kind, name)) {}
    }
    both.save(host)?;
    Ok(())
}
