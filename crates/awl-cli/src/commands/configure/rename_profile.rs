//! `awl configure rename-profile`: a profile gets another name in both files,
//! and where other profiles name it as their source.

use awl_sdk::config::writer::Edit;
use awl_sdk::config::{ConfigError, FileKind, SectionKind, ini};

use super::{Both, Custom, profile_section};
use crate::argv::Globals;
use crate::commands::Invocation;
use crate::commands::custom::{Argument, Given};
use crate::error::CommandError;

/// `configure rename-profile`.
pub(super) const COMMAND: Custom = Custom::new(
    "rename-profile",
    &[
        Argument::positional("old-name").literal(),
        Argument::positional("new-name").literal(),
    ],
    run,
);

fn run(invocation: &mut Invocation, _: &Globals, given: &Given<'_>) -> Result<(), CommandError> {
    let host = &*invocation.host;
    let old = given.get("old-name").unwrap_or_default();
    let new = given.get("new-name").unwrap_or_default();
    let profiles = super::profiles(host)?;
    if profiles.profile(old).is_none() {
        let profile = old.to_owned();
        return Err(ConfigError::ProfileNotFound { profile }.into());
    }
    if new.is_empty() {
        return Err(CommandError::validation("The new name is empty"));
    }
    if profiles.profile(new).is_some() {
        return Err(CommandError::general(format!(
            "The config profile ({new}) exists already"
        )));
    }
    let mut both = Both::open(host)?;
    for (kind, file) in &mut both.files {
        let document = &mut file.document;
        document.rename_section(profile_section(*kind, old), profile_section(*kind, new))?;
        let sections = ini::parse(document.text()).unwrap_or_default();
        for section in &sections {
            if section.get("source_profile") != Some(old) {
                continue;
            }
            let name = match kind {
                FileKind::Credentials => Some(section.name.clone()),
                FileKind::Config => match SectionKind::of_header(&section.name) {
                    Some((SectionKind::Profile, name)) => name,
                    _ => None,
                },
            };
            if let Some(name) = name {
                let edit = Edit::Set("source_profile", new);
                document.apply(profile_section(*kind, &name), &[edit])?;
            }
        }
    }
    both.save(host)?;
    Ok(())
}
