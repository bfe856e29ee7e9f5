//! `awl configure get`: one key's value, as the files have it.
// Parity: awscli/customizations/configure/get.py, ConfigureGetCommand.

use awl_sdk::config::ini::{self, IniSection};
use awl_sdk::config::{ConfigError, Profiles, SectionKind};

use super::{Custom, INDEX_ERROR, PLUGINS, SERVICES, SSO_SESSION};
use crate::argv::Globals;
use crate::commands::Invocation;
use crate::commands::custom::{Argument, Given};
use crate::error::CommandError;

/// `configure get`.
pub(super) const COMMAND: Custom = Custom::new(
    "get",
    &[Argument::positional("varname"), SSO_SESSION, SERVICES],
    run,
);

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let name = given.get("varname").unwrap_or_default();
    let subsection = super::target::subsection(given)?;
    let profiles = super::profiles(&*invocation.host)?;
    let chosen = super::chosen_profile(invocation, globals);
    let value = match subsection {
        Some((kind, section)) => of_subsection(&profiles, kind, section, name)?,
        None if name.contains('.') => of_dotted(&profiles, chosen.as_deref(), name)?,
        None => {
            let section =
                match &chosen {
                    None => profiles.profile("default"),
                    Some(profile) => Some(profiles.profile(profile).ok_or_else(|| {
                        ConfigError::ProfileNotFound {
                            profile: profile.clone(),
                        }
                    })?),
                };
            section
                .and_then(|section| section.get(name))
                .map(str::to_owned)
        }
    };
    match value {
        Some(value) if !is_block(&value) => {
            invocation.ui.write_out(&format!("{value}\n"));
            Ok(())
        }
        Some(_) => {
            invocation.ui.write_error(&format!(
                "varname ({name}) must reference a value, not a section or sub-section."
            ));
            Err(CommandError::silent(1))
        }
        None => Err(CommandError::silent(1)),
    }
}

/// A key of an `sso-session` or `services` section.
fn of_subsection(
    profiles: &Profiles,
    kind: SectionKind,
    section: &str,
    name: &str,
) -> Result<Option<String>, CommandError> {
    let found = match kind {
        SectionKind::SsoSession => profiles.sso_session(section),
        SectionKind::Services => profiles.services(section),
        SectionKind::Profile => profiles.profile(section),
    };
    let found = found.ok_or_else(|| {
        CommandError::general(format!(
            "The config sub-section ({section}) could not be found"
        ))
    })?;
    Ok(match name.split_once('.') {
        Some((_, nested)) if nested.contains('.') => None,
        Some((block, key)) => found.get(block).and_then(|block| in_block(block, key)),
        None => found.get(name).map(str::to_owned),
    })
}

/// A name with dots: `[profile.]PROFILE.key[.nested]`, `key.nested`,
/// `plugins.key`.
fn of_dotted(
    profiles: &Profiles,
    chosen: Option<&str>,
    name: &str,
) -> Result<Option<String>, CommandError> {
    let parts: Vec<&str> = name.split('.').collect();
    let value = |section: Option<&IniSection>, key: &str| {
        section
            .and_then(|section| section.get(key))
            .map(str::to_owned)
    };
    if let [PLUGINS, key] = *parts.as_slice() {
        let section = profiles.others().iter().find(|it| it.name == PLUGINS);
        return Ok(value(section, key).or_else(|| value(profiles.profile(PLUGINS), key)));
    }
    let (profile, rest) = match parts[0] {
        "profile" => (parts[1], &parts[2..]),
        first if first == "default" || profiles.profile(first).is_some() => (first, &parts[1..]),
        _ => (chosen.unwrap_or("default"), &parts[..]),
    };
    let Some((key, rest)) = rest.split_first() else {
        return Err(CommandError::general(INDEX_ERROR));
    };
    let found = value(profiles.profile(profile), key);
    Ok(match rest {
        [nested] => found.and_then(|block| in_block(&block, nested)),
        // Parity: what is deeper is not looked at.
        _ => found,
    })
}

fn is_block(value: &str) -> bool {
    value.starts_with('\n')
}

fn in_block(block: &str, key: &str) -> Option<String> {
    if !is_block(block) {
        return None;
    }
    let entries = ini::nested(block).ok()?;
    let found = entries.into_iter().find(|(name, _)| name == key);
    found.map(|(_, value)| value)
}
