//! The two configuration files as one: profiles, and the `sso-session` and
//! `services` sections.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::config::ini::{self, IniSection};
use crate::config::{ConfigError, settings};
use crate::env::Host;

/// What some editors begin a file with.
pub(super) const BYTE_ORDER_MARK: char = '\u{feff}';

/// Which of the two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// `~/.aws/config`.
    Config,
    /// `~/.aws/credentials`.
    Credentials,
}

impl FileKind {
    /// Where the file is, by its variable or as usual.
    #[must_use]
    pub fn path(self, host: &dyn Host) -> PathBuf {
        let setting = match self {
            Self::Config => &settings::CONFIG_FILE,
            Self::Credentials => &settings::CREDENTIALS_FILE,
        };
        let variable = setting
            .variables
            .iter()
            .find_map(|variable| host.variable(variable));
        host.expand(variable.as_deref().or(setting.default).unwrap_or_default())
    }
}

/// What a section of the config file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SectionKind {
    /// `[default]` and `[profile NAME]`.
    Profile,
    /// `[sso-session NAME]`.
    SsoSession,
    /// `[services NAME]`.
    Services,
}

impl SectionKind {
    /// The word that a header begins with.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::SsoSession => "sso-session",
            Self::Services => "services",
        }
    }

    /// What a header of the config file names: the kind of its section and the
    /// section's name. None of what is neither, `[plugins]` among them; the
    /// name is None where it cannot be told, so that the section counts for
    /// nothing.
    // Parity: botocore/configloader.py, build_profile_map and _parse_section.
    #[must_use]
    pub fn of_header(header: &str) -> Option<(Self, Option<String>)> {
        if header == "default" {
            return Some((Self::Profile, Some(header.to_owned())));
        }
        let kind = [Self::Profile, Self::SsoSession, Self::Services]
            .into_iter()
            .find(|kind| header.starts_with(kind.word()))?;
        let mut words = shell_split(header).unwrap_or_default();
        let name = if words.len() == 2 { words.pop() } else { None };
        Some((kind, name))
    }
}

/// What the configuration and credentials files say.
#[derive(Clone, Debug, Default)]
pub struct Profiles {
    /// Profiles by name; where both files have a key, the credentials file wins.
    profiles: Vec<IniSection>,
    configured: Vec<IniSection>,
    credentials: Vec<IniSection>,
    services: Vec<IniSection>,
    sso_sessions: Vec<IniSection>,
    others: Vec<IniSection>,
}

impl Profiles {
    /// Reads both files. One that is absent is empty.
    ///
    /// # Errors
    /// A file that cannot be read or parsed.
    // Parity: botocore/session.py, Session.full_config.
    pub fn load(host: &dyn Host, config: &Path, credentials: &Path) -> Result<Self, ConfigError> {
        let mut profiles = Self::default();
        for section in read(host, config)? {
            let (list, name) = match SectionKind::of_header(&section.name) {
                None => (&mut profiles.others, Some(section.name)),
                Some((SectionKind::Profile, name)) => (&mut profiles.configured, name),
                Some((SectionKind::SsoSession, name)) => (&mut profiles.sso_sessions, name),
                Some((SectionKind::Services, name)) => (&mut profiles.services, name),
            };
            let entries = section.entries;
            match name.map(|name| (position(list, &name), name)) {
                // Of two headers for one name the last counts.
                Some((Some(at), _)) => list[at].entries = entries,
                Some((None, name)) => list.push(IniSection { name, entries }),
                None => {}
            }
        }
        profiles.credentials = read(host, credentials)?;
        profiles.profiles.clone_from(&profiles.configured);
        for section in &profiles.credentials {
            let Some(at) = position(&profiles.profiles, &section.name) else {
                profiles.profiles.push(section.clone());
                continue;
            };
            let known = &mut profiles.profiles[at].entries;
            for (key, value) in &section.entries {
                match known.iter_mut().find(|(name, _)| name == key) {
                    Some(entry) => entry.1.clone_from(value),
                    None => known.push((key.clone(), value.clone())),
                }
            }
        }
        Ok(profiles)
    }

    /// A profile by name.
    #[must_use]
    pub fn profile(&self, name: &str) -> Option<&IniSection> {
        find(&self.profiles, name)
    }

    /// The names of all profiles, those of the config file first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.profiles.iter().map(|section| section.name.as_str())
    }

    /// All profiles, those of the config file first.
    #[must_use]
    pub fn profiles(&self) -> &[IniSection] {
        &self.profiles
    }

    /// What the config file alone says of a profile.
    #[must_use]
    pub fn configured(&self, name: &str) -> Option<&IniSection> {
        find(&self.configured, name)
    }

    /// What the credentials file alone says under a name.
    #[must_use]
    pub fn credentials(&self, name: &str) -> Option<&IniSection> {
        find(&self.credentials, name)
    }

    /// The file that a profile's key counts from.
    #[must_use]
    pub fn file_of(&self, profile: &str, key: &str) -> Option<FileKind> {
        let has = |section: Option<&IniSection>| section.is_some_and(|it| it.get(key).is_some());
        if has(self.credentials(profile)) {
            Some(FileKind::Credentials)
        } else {
            has(self.configured(profile)).then_some(FileKind::Config)
        }
    }

    /// A `[services NAME]` section.
    #[must_use]
    pub fn services(&self, name: &str) -> Option<&IniSection> {
        find(&self.services, name)
    }

    /// An `[sso-session NAME]` section.
    #[must_use]
    pub fn sso_session(&self, name: &str) -> Option<&IniSection> {
        find(&self.sso_sessions, name)
    }

    /// All `[sso-session NAME]` sections.
    #[must_use]
    pub fn sso_sessions(&self) -> &[IniSection] {
        &self.sso_sessions
    }

    /// The config file's sections that are none of the known kinds, by their
    /// headers: `plugins`, and what lacks the word `profile`.
    #[must_use]
    pub fn others(&self) -> &[IniSection] {
        &self.others
    }
}

fn find<'a>(sections: &'a [IniSection], name: &str) -> Option<&'a IniSection> {
    sections.iter().find(|section| section.name == name)
}

fn position(sections: &[IniSection], name: &str) -> Option<usize> {
    sections.iter().position(|section| section.name == name)
}

/// The sections of a file; none where it is not there.
fn read(host: &dyn Host, path: &Path) -> Result<Vec<IniSection>, ConfigError> {
    let text = read_text(host, path)?.unwrap_or_default();
    parse(path, &text)
}

/// The text of a file, its byte order mark included; None where it is not
/// there.
pub(super) fn read_text(host: &dyn Host, path: &Path) -> Result<Option<String>, ConfigError> {
    let bytes = match host.read(path) {
        Ok(bytes) => bytes,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        // A folder of that name is no file, as for the real CLI.
        Err(error) if error.kind() == ErrorKind::IsADirectory => return Ok(None),
        Err(source) => {
            return Err(ConfigError::Read {
                path: path.to_owned(),
                source,
            });
        }
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        ConfigError::Parse {
            path: path.to_owned(),
            line: before.iter().filter(|byte| **byte == b'\n').count() + 1,
            reason: "not UTF-8 text".to_owned(),
        }
    })?;
    Ok(Some(text))
}

/// The sections of a file's text.
pub(super) fn parse(path: &Path, text: &str) -> Result<Vec<IniSection>, ConfigError> {
    // A byte order mark is no part of the first section's header.
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    ini::parse(text).map_err(|error| ConfigError::Parse {
        path: path.to_owned(),
        line: error.line,
        reason: error.reason,
    })
}

/// Splits as Python's `shlex.split` does; None where a quote stays open.
#[must_use]
pub fn shell_split(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\\' => word.get_or_insert_default().push(letters.next()?),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match letters.next()? {
                        '\'' => break,
                        inner => word.push(inner),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match letters.next()? {
                        '"' => break,
                        '\\' => match letters.next()? {
                            escaped @ ('"' | '\\') => word.push(escaped),
                            other => word.extend(['\\', other]),
                        },
                        inner => word.push(inner),
                    }
                }
            }
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_tell_what_their_sections_are() {
        use SectionKind::{Profile, Services, SsoSession};
        for (header, expected) in [
            ("default", Some((Profile, Some("default")))),
            ("profile a", Some((Profile, Some("a")))),
            ("profile\ta", Some((Profile, Some("a")))),
            ("profile \"a b\"", Some((Profile, Some("a b")))),
            ("profile 'a b'", Some((Profile, Some("a b")))),
            ("profile a\\ b", Some((Profile, Some("a b")))),
            ("profile \"\"", Some((Profile, Some("")))),
            // The real CLI looks at the first letters only.
            ("profiles a", Some((Profile, Some("a")))),
            ("profile default", Some((Profile, Some("default")))),
            ("profile a b", Some((Profile, None))),
            ("profile", Some((Profile, None))),
            ("profile 'a", Some((Profile, None))),
            ("sso-session a", Some((SsoSession, Some("a")))),
            ("services a", Some((Services, Some("a")))),
            ("default a", None),
            (" default ", None),
            ("Profile a", None),
            ("plugins", None),
            ("a", None),
        ] {
            let found = SectionKind::of_header(header);
            let expected = expected.map(|(kind, name)| (kind, name.map(str::to_owned)));
            assert_eq!(found, expected, "{header}");
        }
    }
}
