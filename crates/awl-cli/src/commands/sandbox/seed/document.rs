//! The document that a seed is: YAML or JSON, every part of which knows its path
//! and its line.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use awl_value::{Map, Value};

use crate::arguments::parse_yaml_with_lines;
use crate::error::CommandError;

/// What is wrong with a seed, and where.
#[derive(Debug)]
pub(super) struct Fault {
    /// The path of the part, as `Users[0].Path`; empty for the document.
    path: String,
    message: String,
}

impl Fault {
    pub(super) fn at(path: &str, message: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            message: message.into(),
        }
    }
}

/// A seed that was read.
#[derive(Debug)]
pub(super) struct Document {
    file: PathBuf,
    value: Value,
    lines: HashMap<String, usize>,
}

/// A part of it.
#[derive(Clone, Debug)]
pub(super) struct Part<'a> {
    pub(super) value: &'a Value,
    pub(super) path: String,
}

impl Document {
    /// Reads what stands in a file.
    pub(super) fn parse(file: &Path, bytes: &[u8]) -> Result<Self, CommandError> {
        let at = |line: usize, message: &str| {
            CommandError::validation(format!("{}:{line}: {message}", file.display()))
        };
        let text = std::str::from_utf8(bytes).map_err(|_| at(1, "this is no UTF-8 text"))?;
        let (value, lines) = parse_yaml_with_lines(text).map_err(|fault| {
            at(
                fault.line,
                &format!("this is neither YAML nor JSON: {}", fault.message),
            )
        })?;
        Ok(Self {
            file: file.to_owned(),
            value,
            lines,
        })
    }

    /// The whole.
    pub(super) const fn root(&self) -> Part<'_> {
        Part {
            value: &self.value,
            path: String::new(),
        }
    }

    /// The same with another content, whose lines nobody knows.
    pub(super) fn replaced(mut self, value: Value) -> Self {
        self.value = value;
        self.lines.clear();
        self
    }

    pub(super) const fn value(&self) -> &Value {
        &self.value
    }

    /// A file that the seed names: relative to its own folder.
    pub(super) fn beside(&self, path: &str) -> PathBuf {
        let folder = self.file.parent();
        folder.map_or_else(|| PathBuf::from(path), |folder| folder.join(path))
    }

    /// The words for a fault: file, line and path before them. Of a part that has
    /// no line the next one around it counts.
    pub(super) fn error(&self, fault: &Fault) -> CommandError {
        let file = self.file.display();
        let mut around = fault.path.as_str();
        let line = loop {
            if let Some(line) = self.lines.get(around) {
                break format!(":{line}");
            }
            match around.rfind(['.', '[']) {
                Some(end) => around = &around[..end],
                None => break String::new(),
            }
        };
        let path = match fault.path.as_str() {
            "" => String::new(),
            path => format!("{path}: "),
        };
        CommandError::validation(format!("{file}{line}: {path}{}", fault.message))
    }
}

impl<'a> Part<'a> {
    /// Something is wrong here.
    pub(super) fn fault(&self, message: impl Into<String>) -> Fault {
        Fault {
            path: self.path.clone(),
            message: message.into(),
        }
    }

    /// The members, all of which are known.
    pub(super) fn members(&self, known: &[&str]) -> Result<&'a Map, Fault> {
        let map = self.map()?;
        match map.keys().find(|key| !known.contains(key)) {
            Some(key) => Err(self.at(key).fault(format!(
                "this is not known here; known are {}",
                known.join(", ")
            ))),
            None => Ok(map),
        }
    }

    pub(super) fn map(&self) -> Result<&'a Map, Fault> {
        let map = self.value.as_map();
        map.ok_or_else(|| self.fault("this is to be a map of names and values"))
    }

    /// The member of a name.
    pub(super) fn member(&self, name: &str) -> Option<Self> {
        let value = self.value.get(name).filter(|value| !value.is_null())?;
        Some(Part {
            value,
            ..self.at(name)
        })
    }

    fn at(&self, name: &str) -> Self {
        let path = match self.path.as_str() {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        Part {
            value: self.value,
            path,
        }
    }

    /// The text of a member; numbers and truth values are texts, too.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Fault> {
        let member = self.member(name);
        member.map(|member| member.as_text()).transpose()
    }

    /// The text of a member that has to be there.
    pub(super) fn needed(&self, name: &str) -> Result<String, Fault> {
        let text = self.text(name)?;
        text.ok_or_else(|| self.fault(format!("{name} is missing")))
    }

    pub(super) fn as_text(&self) -> Result<String, Fault> {
        match self.value {
            Value::String(text) => Ok(text.clone()),
            Value::Int(number) => Ok(number.to_string()),
            Value::Bool(is) => Ok(is.to_string()),
            _ => Err(self.fault("this is to be a text")),
        }
    }

    /// The items of a member; none where it is not there.
    pub(super) fn items(&self, name: &str) -> Result<Vec<Part<'a>>, Fault> {
        let Some(member) = self.member(name) else {
            return Ok(Vec::new());
        };
        let items = member.value.as_list();
        let items = items.ok_or_else(|| member.fault("this is to be a list"))?;
        let parts = items.iter().enumerate().map(|(number, value)| Part {
            value,
            path: format!("{}[{number}]", member.path),
        });
        Ok(parts.collect())
    }

    /// The entries of a member that is a map; none where it is not there.
    pub(super) fn entries(&self, name: &str) -> Result<Vec<(&'a str, Part<'a>)>, Fault> {
        let Some(member) = self.member(name) else {
            return Ok(Vec::new());
        };
        let entries = member.map()?.iter();
        let parts = entries.map(|(name, value)| {
            let path = format!("{}.{name}", member.path);
            (name, Part { value, path })
        });
        Ok(parts.collect())
    }
}
