//! What `set` and `unset` mean by a name: `region`, `s3.addressing_style`,
//! `profile.dev.region`, `plugins.x`, or a key of an `sso-session` or
//! `services` section.
// Parity: awscli/customizations/configure/set.py, ConfigureSetCommand.

use awl_sdk::config::writer::{Edit, Section};
use awl_sdk::config::{FileKind, SectionKind};

use super::{INDEX_ERROR, PLUGINS, SUBSECTIONS};
use crate::argv::Globals;
use crate::commands::Invocation;
use crate::commands::custom::Given;
use crate::error::CommandError;

/// Keys that belong into the credentials file.
const SECRETS: [&str; 4] = [
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "aws_security_token",
];

/// A key's place.
pub(super) struct Target {
    section: Place,
    key: String,
    nested: Option<String>,
}

enum Place {
    Profile(String),
    Plugins,
    Named(SectionKind, String),
}

impl Target {
    /// What the arguments mean.
    pub(super) fn new(
        invocation: &Invocation,
        globals: &Globals,
        given: &Given<'_>,
    ) -> Result<Self, CommandError> {
        let name = given.get("varname").unwrap_or_default();
        if let Some((kind, section)) = subsection(given)? {
            return Self::in_subsection(kind, section, name);
        }
        let chosen = || {
            let profile = super::chosen_profile(invocation, globals);
            Place::Profile(profile.unwrap_or_else(|| "default".to_owned()))
        };
        let out_of_range = || CommandError::general(INDEX_ERROR);
        let parts: Vec<&str> = name.split('.').collect();
        let (section, parts) = match *parts.as_slice() {
            [_] => (chosen(), &parts[..]),
            ["default", ..] => (Place::Profile("default".to_owned()), &parts[1..]),
            ["profile", profile, ..] => (Place::Profile(profile.to_owned()), &parts[2..]),
            [PLUGINS, key] => {
                return Ok(Self {
                    section: Place::Plugins,
                    key: key.to_owned(),
                    nested: None,
                });
            }
            // Parity: deeper names in plugins are keys of the default profile.
            [PLUGINS, ..] => {
                return Ok(Self {
                    section: Place::Profile("default".to_owned()),
                    key: name.to_owned(),
                    nested: None,
                });
            }
            _ => (chosen(), &parts[..]),
        };
        Ok(Self {
            section,
            key: (*parts.first().ok_or_else(out_of_range)?).to_owned(),
            // Parity: of deeper names the rest is not looked at.
            nested: match parts {
                [_, nested] => Some((*nested).to_owned()),
                _ => None,
            },
        })
    }

    fn in_subsection(kind: SectionKind, section: &str, name: &str) -> Result<Self, CommandError> {
        let first = section.chars().next();
        let is_valid = first.is_some_and(|it| it.is_alphanumeric() || "_-/.%@:+".contains(it));
        if !is_valid {
            return Err(CommandError::validation(format!(
                "aws: [ERROR]: Invalid value for --{}.",
                kind.word()
            )));
        }
        let (key, nested) = match name.split_once('.') {
            Some((_, nested)) if nested.contains('.') => {
                return Err(CommandError::validation(
                    "Found more than two parts in the property to set. Deep nesting of properties \
                     is not supported.",
                ));
            }
            Some((key, nested)) => (key, Some(nested.to_owned())),
            None => (name, None),
        };
        Ok(Self {
            section: Place::Named(kind, section.to_owned()),
            key: key.to_owned(),
            nested,
        })
    }

    /// The file that a new value belongs into.
    pub(super) fn file(&self) -> FileKind {
        match self.section {
            Place::Profile(_) | Place::Plugins if SECRETS.contains(&&*self.key) => {
                FileKind::Credentials
            }
            _ => FileKind::Config,
        }
    }

    /// The section in a file; None where a file has no such sections.
    pub(super) fn section(&self, file: FileKind) -> Option<Section<'_>> {
        match (&self.section, file) {
            (Place::Profile(name), _) => Some(super::profile_section(file, name)),
            (Place::Plugins, _) => Some(Section::Header(PLUGINS)),
            (Place::Named(kind, name), FileKind::Config) => Some(Section::Named(*kind, name)),
            (Place::Named(..), FileKind::Credentials) => None,
        }
    }

    /// The edit that gives it a value.
    pub(super) fn set<'a>(&'a self, value: &'a str) -> Edit<'a> {
        match &self.nested {
            Some(nested) => Edit::SetNested(&self.key, nested, value),
            None => Edit::Set(&self.key, value),
        }
    }

    /// The edit that removes it.
    pub(super) fn unset(&self) -> Edit<'_> {
        match &self.nested {
            Some(nested) => Edit::UnsetNested(&self.key, nested),
            None => Edit::Unset(&self.key),
        }
    }
}

/// The section that `--sso-session` or `--services` names.
// Parity: awscli/customizations/utils.py, validate_mutually_exclusive.
pub(super) fn subsection<'a>(
    given: &'a Given<'_>,
) -> Result<Option<(SectionKind, &'a str)>, CommandError> {
    let mut named = SUBSECTIONS
        .iter()
        .filter_map(|(option, kind)| Some((*kind, given.get(option)?)));
    let first = named.next();
    if named.next().is_some() {
        return Err(CommandError::validation(
            "The key \"services\" cannot be specified when one of the following keys are also \
             specified: sso_session",
        ));
    }
    Ok(first)
}
