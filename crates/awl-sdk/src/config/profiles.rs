//! The two configuration files as one: profiles, and the `sso-session` and
//! `services` sections.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::config::ConfigError;
use crate::config::ini::{self, IniSection};
use crate::env::Host;

/// What the configuration and credentials files say.
#[derive(Clone, Debug, Default)]
pub struct Profiles {
    /// Profiles by name; where both files have a key, the credentials file wins.
    profiles: Vec<IniSection>,
    /// Names whose keys came from the credentials file, with those keys.
    credentials: Vec<IniSection>,
    services: Vec<IniSection>,
    sso_sessions: Vec<IniSection>,
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
            let list = match section
                .name
                .split_once([' ', '\t'])
                .map_or(&*section.name, |it| it.0)
            {
                "default" => &mut profiles.profiles,
                "profile" => &mut profiles.profiles,
                "sso-session" => &mut profiles.sso_sessions,
                "services" => &mut profiles.services,
                _ => continue,
            };
            if let Some(name) = section_name(&section.name) {
                list.push(IniSection {
                    name,
                    entries: section.entries,
                });
            }
        }
        profiles.credentials = read(host, credentials)?;
        for section in profiles.credentials.clone() {
            let known = profiles
                .profiles
                .iter_mut()
                .find(|known| known.name == section.name);
            let Some(known) = known else {
                profiles.profiles.push(section);
                continue;
            };
            for (key, value) in section.entries {
                match known.entries.iter_mut().find(|(name, _)| *name == key) {
                    Some(entry) => entry.1 = value,
                    None => known.entries.push((key, value)),
                }
            }
        }
        Ok(profiles)
    }

    /// A profile by name.
    #[must_use]
    pub fn profile(&self, name: &str) -> Option<&IniSection> {
        self.profiles.iter().find(|section| section.name == name)
    }

    /// The names of all profiles, those of the config file first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.profiles.iter().map(|section| section.name.as_str())
    }

    /// What the credentials file alone says under a name.
    #[must_use]
    pub fn credentials(&self, name: &str) -> Option<&IniSection> {
        self.credentials.iter().find(|section| section.name == name)
    }

    /// A `[services NAME]` section.
    #[must_use]
    pub fn services(&self, name: &str) -> Option<&IniSection> {
        self.services.iter().find(|section| section.name == name)
    }

    /// An `[sso-session NAME]` section.
    #[must_use]
    pub fn sso_session(&self, name: &str) -> Option<&IniSection> {
        self.sso_sessions
            .iter()
            .find(|section| section.name == name)
    }
}

fn read(host: &dyn Host, path: &Path) -> Result<Vec<IniSection>, ConfigError> {
    let bytes = match host.read(path) {
        Ok(bytes) => bytes,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        // A folder of that name is no file, as for the real CLI.
        Err(error) if error.kind() == ErrorKind::IsADirectory => return Ok(Vec::new()),
        Err(source) => {
            return Err(ConfigError::Read {
                path: path.to_owned(),
                source,
            });
        }
    };
    let parse_error = |line: usize, reason: String| ConfigError::Parse {
        path: PathBuf::from(path),
        line,
        reason,
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        parse_error(line, "not UTF-8 text".to_owned())
    })?;
    // A byte order mark is no part of the first section's header.
    let sections = ini::parse(text.trim_start_matches('\u{feff}'))
        .map_err(|error| parse_error(error.line, error.reason))?;
    for section in &sections {
        for (key, value) in section
            .entries
            .iter()
            .filter(|(_, value)| value.starts_with('\n'))
        {
            if let Err(line) = ini::nested(value) {
                let reason = format!("`{line}` below `{key} =` is not `key = value`");
                let at = text
                    .lines()
                    .position(|text| text.trim() == line)
                    .map_or(0, |at| at + 1);
                return Err(parse_error(at, reason));
            }
        }
    }
    Ok(sections)
}

/// The second word of a section's header, split and unquoted as a shell would;
/// `default` stands for itself.
// Parity: botocore/configloader.py, _parse_section.
fn section_name(header: &str) -> Option<String> {
    if header == "default" {
        return Some(header.to_owned());
    }
    let words = shell_split(header)?;
    match words.as_slice() {
        [_, name] => Some(name.clone()),
        _ => None,
    }
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
    fn section_names_are_unquoted() {
        for (header, name) in [
            ("default", Some("default")),
            ("profile a", Some("a")),
            ("profile \"a b\"", Some("a b")),
            ("profile 'a b'", Some("a b")),
            ("profile a\\ b", Some("a b")),
            ("profile a b", None),
            ("profile", None),
            ("profile 'a", None),
        ] {
            assert_eq!(section_name(header).as_deref(), name, "{header}");
        }
    }
}
