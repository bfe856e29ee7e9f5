//! Editing a configuration file. What is not asked for stays byte for byte:
//! comments, blank lines, order, unknown keys, line ends. New lines go where
//! the AWS CLI puts them.

mod document;

use std::path::{Path, PathBuf};

pub use document::{Document, Edit};

use crate::config::profiles::{self, BYTE_ORDER_MARK};
use crate::config::{ConfigError, SectionKind, shell_split};
use crate::env::Host;

/// A section to be edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section<'a> {
    /// By the text between its brackets: all sections of the credentials file,
    /// and those of the config file that have no kind.
    Header(&'a str),
    /// By kind and name, however the header has the name quoted.
    Named(SectionKind, &'a str),
}

impl Section<'_> {
    /// The header for a new section, without brackets.
    // Parity: awscli/customizations/configure/__init__.py, profile_to_section
    // and get_section_header. Names that would not be read back are quoted too.
    #[must_use]
    pub fn header(&self) -> String {
        let (kind, name) = match *self {
            Self::Header(header) => return header.to_owned(),
            Self::Named(SectionKind::Profile, "default") => return "default".to_owned(),
            Self::Named(kind, name) => (kind.word(), name),
        };
        let plain = format!("{kind} {name}");
        let is_read_back =
            shell_split(&plain).is_some_and(|words| words.len() == 2 && words[1] == *name);
        if is_read_back {
            plain
        } else {
            format!("{kind} '{}'", name.replace('\'', "'\"'\"'"))
        }
    }

    fn is_of(&self, header: &str) -> bool {
        match *self {
            Self::Header(own) => own == header,
            Self::Named(kind, name) => SectionKind::of_header(header)
                .is_some_and(|(of, found)| of == kind && found.as_deref() == Some(name)),
        }
    }
}

/// A file that is being edited: read whole, changed in memory, written whole.
#[derive(Clone, Debug)]
pub struct ConfigFile {
    path: PathBuf,
    before: String,
    /// What is to stand in it.
    pub document: Document,
}

impl ConfigFile {
    /// Reads a file; one that is not there is empty.
    ///
    /// # Errors
    /// A file that cannot be read or parsed whole, by file and line: it is not
    /// to be written again.
    pub fn open(host: &dyn Host, path: &Path) -> Result<Self, ConfigError> {
        let before = profiles::read_text(host, path)?.unwrap_or_default();
        profiles::parse(path, &before)?;
        let text = before.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&before);
        let document = Document::new(text);
        Ok(Self {
            path: path.to_owned(),
            before,
            document,
        })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether what is to be written can be read back.
    ///
    /// # Errors
    /// The line that cannot: a key or a value had something in it that the
    /// format has no way to say.
    pub fn check(&self) -> Result<(), ConfigError> {
        match profiles::parse(&self.path, self.document.text()) {
            Err(ConfigError::Parse { line, reason, .. }) => Err(ConfigError::Invalid {
                message: format!(
                    "{} is left as it was: its line {line} could not be read back: {reason}",
                    self.path.display()
                ),
            }),
            other => other.map(|_| ()),
        }
    }

    /// Writes the file if something in it has changed; whether it has.
    ///
    /// # Errors
    /// As [`Self::check`] and the file system have them.
    pub fn save(&mut self, host: &dyn Host) -> Result<bool, ConfigError> {
        let mut text = String::with_capacity(self.document.text().len() + 3);
        if self.before.starts_with(BYTE_ORDER_MARK) {
            text.push(BYTE_ORDER_MARK);
        }
        text.push_str(self.document.text());
        if text == self.before {
            return Ok(false);
        }
        self.check()?;
        host.write(&self.path, text.as_bytes())
            .map_err(|source| ConfigError::Write {
                path: self.path.clone(),
                source,
            })?;
        self.before = text;
        Ok(true)
    }
}

#[cfg(test)]
mod tests;
