//! What a check finds.

use std::path::{Path, PathBuf};

use awl_value::{Map, Value};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Severity {
    /// It works, but not for everybody or not for ever.
    Note,
    /// It works otherwise than it seems to, or is a risk.
    Warning,
    /// It does not work, or somebody else may use it.
    Error,
}

impl Severity {
    /// All of them, the least bad one first, as the command line has them.
    pub(super) const NAMES: &[&str] = &["note", "warning", "error"];

    /// Its name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The severity of a name.
    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Note, Self::Warning, Self::Error]
            .into_iter()
            .find(|severity| severity.name() == name)
    }
}

/// One thing that a check found.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    check: &'static str,
    /// How bad it is.
    pub severity: Severity,
    message: String,
    path: Option<PathBuf>,
    line: Option<usize>,
    remedy: String,
}

impl Finding {
    /// Something found: what it is, and what to do about it.
    pub(super) fn new(
        severity: Severity,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            check: "",
            severity,
            message: message.into(),
            path: None,
            line: None,
            remedy: remedy.into(),
        }
    }

    /// In a file.
    pub(super) fn in_file(mut self, path: &Path) -> Self {
        self.path = Some(path.to_owned());
        self
    }

    /// On a line of a file.
    pub(super) fn at(self, path: &Path, line: usize) -> Self {
        Self {
            line: Some(line),
            ..self.in_file(path)
        }
    }

    /// Of the check with this id, which does not know it itself.
    pub(super) const fn of(mut self, check: &'static str) -> Self {
        self.check = check;
        self
    }

    /// The finding as data.
    pub(super) fn value(&self) -> Value {
        let mut map = Map::with_capacity(6);
        map.push("Check", Value::from(self.check));
        map.push("Severity", Value::from(self.severity.name()));
        map.push("Message", Value::from(&*self.message));
        if let Some(path) = &self.path {
            map.push("Path", Value::from(path.to_string_lossy().into_owned()));
        }
        if let Some(line) = self.line {
            map.push("Line", Value::Int(line as i64));
        }
        map.push("Remedy", Value::from(&*self.remedy));
        Value::Map(map)
    }

    /// The finding as lines for people.
    pub(super) fn lines(&self) -> String {
        let mut text = format!("  {}: {}", self.severity.name(), self.message);
        text.push_str(&format!(" [{}]\n", self.check));
        if let Some(path) = &self.path {
            text.push_str(&format!("    at:  {}", path.display()));
            if let Some(line) = self.line {
                text.push_str(&format!(":{line}"));
            }
            text.push('\n');
        }
        text.push_str(&format!("    fix: {}\n", self.remedy));
        text
    }
}

/// A text from a file or the environment as it may be shown: what could be a
/// secret in the wrong place is not.
pub(super) fn shown(text: &str) -> String {
    /// What is shorter is no secret of AWS.
    const SHORT: usize = 30;
    let is_secret_like = text.len() >= SHORT
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
    if is_secret_like {
        return "(hidden)".to_owned();
    }
    text.chars()
        .map(|letter| if letter.is_control() { '?' } else { letter })
        .collect()
}

/// A path as a shell takes it.
pub(super) fn quoted(path: &Path) -> String {
    let path = path.to_string_lossy();
    let is_plain = path
        .chars()
        .all(|letter| letter.is_alphanumeric() || "/._-+@%".contains(letter));
    if is_plain {
        path.into_owned()
    } else {
        format!("'{}'", path.replace('\'', "'\\''"))
    }
}

/// An access key's id, but for its first and last letters.
pub(super) fn masked(key_id: &str) -> String {
    let letters: Vec<char> = key_id.chars().collect();
    if letters.len() < 12 {
        return "(hidden)".to_owned();
    }
    let text = |letters: &[char]| letters.iter().collect::<String>();
    let end = letters.len() - 4;
    format!("{}…{}", text(&letters[..4]), text(&letters[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_like_is_shown() {
        for (text, expected) in [
            ("us-east-1", "us-east-1"),
            ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "(hidden)"),
            ("a\u{1b}[31mb", "a?[31mb"),
            (
                "https://portal.awsapps.com/start/and/more",
                "https://portal.awsapps.com/start/and/more",
            ),
        ] {
            assert_eq!(shown(text), expected);
        }
        assert_eq!(masked("AKIAABCDEFGHIJKLMNOP"), "AKIA…MNOP");
        assert_eq!(masked("AKIAé"), "(hidden)");
        assert_eq!(quoted(Path::new("/a b/it's")), r"'/a b/it'\''s'");
        assert_eq!(quoted(Path::new("/a/b-c.d")), "/a/b-c.d");
    }
}
