//! The INI format of the configuration files, as Python's `RawConfigParser`
//! reads it: full-line comments, `=` or `:`, continuation by indent, small
//! letters for keys, no duplicates, `[DEFAULT]` under all sections.

use awl_value::python::is_space;

/// Why a line is no INI.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct IniError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

/// A section: its name as written, its keys and values in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IniSection {
    /// The text between the brackets.
    pub name: String,
    /// Keys in small letters, with their values; a nested block's value begins
    /// with a newline.
    pub entries: Vec<(String, String)>,
}

impl IniSection {
    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.entries
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_str())
    }
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind<'a> {
    /// Nothing but white space.
    Blank,
    /// A comment, which has its line for itself.
    Comment,
    /// A section's header: the text between the brackets.
    Header(&'a str),
    /// A key as written, and its value.
    Key(&'a str, &'a str),
    /// A line that goes on with the value above it.
    Continuation(&'a str),
}

/// A line of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its number, from 1.
    pub number: usize,
    /// The whole of it, its end included.
    pub text: &'a str,
    /// How many letters of white space it begins with.
    pub indent: usize,
    /// What it is.
    pub kind: LineKind<'a>,
}

/// The lines of a file's text, in order, each with what it is. What is wrong
/// with more than one line (a key that is there twice) is for [`parse`].
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    rest: &'a str,
    number: usize,
    /// The indent of the last header or key.
    indent: usize,
    in_section: bool,
    in_value: bool,
}

impl<'a> Lines<'a> {
    /// The lines of `text`.
    #[must_use]
    pub const fn new(text: &'a str) -> Self {
        Self {
            rest: text,
            number: 0,
            indent: 0,
            in_section: false,
            in_value: false,
        }
    }

    fn kind(&mut self, text: &'a str, indent: usize) -> Result<LineKind<'a>, &'static str> {
        let value = text.trim_matches(is_space);
        if value.is_empty() {
            return Ok(LineKind::Blank);
        }
        if value.starts_with(['#', ';']) {
            return Ok(LineKind::Comment);
        }
        if self.in_value && indent > self.indent {
            return Ok(LineKind::Continuation(value));
        }
        self.indent = indent;
        if let Some(name) = header(value) {
            self.in_section = true;
            self.in_value = false;
            return Ok(LineKind::Header(name));
        }
        if !self.in_section {
            return Err("there is no section header (`[default]`) before it");
        }
        let (key, value) = value
            .split_once(['=', ':'])
            .ok_or("neither a section header nor `key = value`")?;
        let key = key.trim_end_matches(is_space);
        if key.is_empty() {
            return Err("there is no key before the `=`");
        }
        self.in_value = true;
        Ok(LineKind::Key(key, value.trim_start_matches(is_space)))
    }
}

// Parity: Python's configparser.RawConfigParser._read, with default settings.
impl<'a> Iterator for Lines<'a> {
    type Item = Result<Line<'a>, IniError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        // Python reads `\r\n` and `\r` as it does `\n`.
        let end = match self.rest.find(['\n', '\r']) {
            Some(at) if self.rest[at..].starts_with("\r\n") => at + 2,
            Some(at) => at + 1,
            None => self.rest.len(),
        };
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        self.number += 1;
        let number = self.number;
        let indent = text.chars().take_while(|letter| is_space(*letter)).count();
        Some(match self.kind(text, indent) {
            Ok(kind) => Ok(Line {
                number,
                text,
                indent,
                kind,
            }),
            Err(reason) => Err(IniError {
                line: number,
                reason: reason.to_owned(),
            }),
        })
    }
}

/// Parses a file's text.
///
/// # Errors
/// The first line that is wrong: one that is no INI, a section or key that is
/// there twice, a line of a nested block that is not `key = value`.
pub fn parse(text: &str) -> Result<Vec<IniSection>, IniError> {
    let mut sections: Vec<IniSection> = Vec::new();
    let mut defaults = IniSection::default();
    let mut in_defaults = false;
    for line in Lines::new(text) {
        let line = line?;
        let error = |reason: String| {
            Err(IniError {
                line: line.number,
                reason,
            })
        };
        let section = if in_defaults {
            Some(&mut defaults)
        } else {
            sections.last_mut()
        };
        match (line.kind, section) {
            (LineKind::Header(name), _) => {
                in_defaults = name == "DEFAULT";
                if in_defaults {
                    continue;
                }
                if sections.iter().any(|section| section.name == name) {
                    return error(format!("section '{name}' already exists"));
                }
                sections.push(IniSection {
                    name: name.to_owned(),
                    entries: Vec::new(),
                });
            }
            (LineKind::Key(key, value), Some(section)) => {
                let key = key.to_lowercase();
                if section.get(&key).is_some() {
                    return error(format!("key '{key}' already exists in this section"));
                }
                section.entries.push((key, value.to_owned()));
            }
            (LineKind::Continuation(value), Some(section)) => {
                if let Some((key, block)) = section.entries.last_mut() {
                    let is_nested = block.is_empty() || block.starts_with('\n');
                    if is_nested && !value.contains('=') {
                        return error(format!("`{value}` below `{key} =` is not `key = value`"));
                    }
                    block.push('\n');
                    block.push_str(value);
                }
            }
            (LineKind::Blank, Some(section)) => {
                if let Some((_, value)) = section.entries.last_mut() {
                    value.push('\n');
                }
            }
            _ => {}
        }
    }
    for section in sections.iter_mut().chain([&mut defaults]) {
        for (_, value) in &mut section.entries {
            value.truncate(value.trim_end_matches(is_space).len());
        }
    }
    for section in &mut sections {
        for (key, value) in &defaults.entries {
            if section.get(key).is_none() {
                section.entries.push((key.clone(), value.clone()));
            }
        }
    }
    Ok(sections)
}

/// The line that a section's key stands on, or the section's header; keys in
/// small letters.
#[must_use]
pub fn line_of(text: &str, section: &str, key: Option<&str>) -> Option<usize> {
    let mut is_inside = false;
    for line in Lines::new(text) {
        let line = line.ok()?;
        match (line.kind, key) {
            (LineKind::Header(name), _) => {
                is_inside = name == section;
                if is_inside && key.is_none() {
                    return Some(line.number);
                }
            }
            (LineKind::Key(name, _), Some(key)) if is_inside && name.to_lowercase() == key => {
                return Some(line.number);
            }
            _ => {}
        }
    }
    None
}

/// The key-value pairs of a nested block; of a key that is there twice the last.
///
/// # Errors
/// A line of it that has no `=`.
// Parity: botocore/configloader.py, _parse_nested.
pub fn nested(block: &str) -> Result<Vec<(String, String)>, String> {
    let mut entries: Vec<(String, String)> = Vec::new();
    for line in block.lines().map(|line| line.trim_matches(is_space)) {
        if line.is_empty() {
            continue;
        }
        let (key, value) = line.split_once('=').ok_or_else(|| line.to_owned())?;
        let (key, value) = (key.trim_matches(is_space), value.trim_matches(is_space));
        match entries.iter_mut().find(|(known, _)| known == key) {
            Some(entry) => value.clone_into(&mut entry.1),
            None => entries.push((key.to_owned(), value.to_owned())),
        }
    }
    Ok(entries)
}

/// The name of a section header: what stands between the first bracket and the
/// last closing one.
fn header(line: &str) -> Option<&str> {
    let inner = line.strip_prefix('[')?;
    let name = &inner[..inner.rfind(']')?];
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let printed = match parse(text) {
            Ok(sections) => sections
                .iter()
                .map(|section| format!("{} {:?}", section.name, section.entries))
                .collect::<Vec<_>>()
                .join("; "),
            Err(error) => error.to_string(),
        };
        assert_eq!(printed, expected, "{text}");
    }

    #[test]
    fn sections_and_values_are_those_of_python() {
        check("[default]\nregion = a\n", r#"default [("region", "a")]"#);
        check(
            "[a]\nx=1 # no comment\n# one\n; two\nY : 2",
            r#"a [("x", "1 # no comment"), ("y", "2")]"#,
        );
        check(
            "[a]\ns3 =\n  k = v\n  # c\n  l = w\nz=1",
            r#"a [("s3", "\nk = v\nl = w"), ("z", "1")]"#,
        );
        check("[a]\nx = 1\n\n  2\n\n[b]\n", r#"a [("x", "1\n\n2")]; b []"#);
        check(
            "[DEFAULT]\nr=1\n[a]\nx=2\n[b]\nr=3",
            r#"a [("x", "2"), ("r", "1")]; b [("r", "3")]"#,
        );
        check(
            "[profile \"a b\"]\r\nx=1\r\n",
            r#"profile "a b" [("x", "1")]"#,
        );
        check("  [a]\n  x = 1\n  y = 2\n", r#"a [("x", "1"), ("y", "2")]"#);
        check("[a]\nx=\n", r#"a [("x", "")]"#);
        check("[a]\rx=1\ry=2\r\n", r#"a [("x", "1"), ("y", "2")]"#);
        check("[a] # c\nx=1\u{1f}\n", r#"a [("x", "1")]"#);
        check("[a]]\n[b] c]\n", "a] []; b] c []");
        check("[a]\nx =\n\n\n  k=v\n", r#"a [("x", "\n\n\nk=v")]"#);
        check(
            "[DEFAULT]\nr=1\n[DEFAULT]\ns=2\n[a]",
            r#"a [("r", "1"), ("s", "2")]"#,
        );
        check("[a]\n[DEFAULT]\nx=1\n  2\n", r#"a [("x", "1\n2")]"#);
        check("# only a comment", "");
    }

    #[test]
    fn wrong_lines_are_named() {
        check(
            "x = 1",
            "line 1: there is no section header (`[default]`) before it",
        );
        check(
            "[a]\nx",
            "line 2: neither a section header nor `key = value`",
        );
        check(
            "[a]\nx=1\nX=2",
            "line 3: key 'x' already exists in this section",
        );
        check("[a]\n[a]", "line 2: section 'a' already exists");
        check("[a]\n=1", "line 2: there is no key before the `=`");
        check(
            "[a]\n\n  [b\n",
            "line 3: neither a section header nor `key = value`",
        );
        check(
            "[DEFAULT]\nx=1\n[DEFAULT]\nx=2",
            "line 4: key 'x' already exists in this section",
        );
        check(
            "[]\nx=1",
            "line 1: there is no section header (`[default]`) before it",
        );
        check(
            "[a]\nx =\n  k=v\n\n  # c\n  l\n",
            "line 6: `l` below `x =` is not `key = value`",
        );
        check(
            "[a\nx=1",
            "line 1: there is no section header (`[default]`) before it",
        );
    }

    #[test]
    fn nested_blocks_need_an_equals_sign() {
        assert_eq!(
            nested("\nk = v\n\nl=w=x"),
            Ok(vec![
                ("k".to_owned(), "v".to_owned()),
                ("l".to_owned(), "w=x".to_owned()),
            ])
        );
        assert_eq!(nested("\nk"), Err("k".to_owned()));
        assert_eq!(
            nested("\nk=1\nk=2"),
            Ok(vec![("k".to_owned(), "2".to_owned())])
        );
    }

    #[test]
    fn lines_are_found() {
        let text = "# x\n[a]\nX = 1\n[b]\n\ns =\n  x = 2\nx = 3\n";
        assert_eq!(line_of(text, "a", None), Some(2));
        assert_eq!(line_of(text, "a", Some("x")), Some(3));
        assert_eq!(line_of(text, "b", Some("x")), Some(8));
        assert_eq!(line_of(text, "b", Some("y")), None);
        assert_eq!(line_of(text, "c", None), None);
    }
}
