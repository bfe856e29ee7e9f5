//! The INI format of the configuration files, as Python's `RawConfigParser`
//! reads it: full-line comments, `=` or `:`, continuation by indent, small
//! letters for keys, no duplicates, `[DEFAULT]` under all sections.

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

/// Parses a file's text.
///
/// # Errors
/// The first line that is wrong.
// Parity: Python's configparser.RawConfigParser._read, with default settings.
pub fn parse(text: &str) -> Result<Vec<IniSection>, IniError> {
    let mut sections: Vec<IniSection> = Vec::new();
    let mut defaults = IniSection::default();
    // Whether the current section is `[DEFAULT]`; None before the first one.
    let mut current: Option<bool> = None;
    let mut has_option = false;
    let mut indent = 0;
    for (number, line) in text.split('\n').enumerate() {
        let error = |reason: String| IniError {
            line: number + 1,
            reason,
        };
        let value = line.trim();
        let section = match current {
            Some(true) => Some(&mut defaults),
            Some(false) => sections.last_mut(),
            None => None,
        };
        let comment = value.starts_with(['#', ';']);
        if value.is_empty() || comment {
            if let (false, true, Some(section)) = (comment, has_option, section) {
                append(section, "");
            }
            continue;
        }
        let line_indent = line
            .chars()
            .take_while(|letter| letter.is_whitespace())
            .count();
        if let (true, Some(section)) = (
            has_option && line_indent > indent,
            &mut current.and(section),
        ) {
            append(section, value);
            continue;
        }
        indent = line_indent;
        if let Some(name) = header(value) {
            has_option = false;
            current = Some(name == "DEFAULT");
            if name != "DEFAULT" {
                if sections.iter().any(|section| section.name == name) {
                    return Err(error(format!("section '{name}' already exists")));
                }
                sections.push(IniSection {
                    name: name.to_owned(),
                    entries: Vec::new(),
                });
            }
            continue;
        }
        let Some(section) = (match current {
            Some(true) => Some(&mut defaults),
            Some(false) => sections.last_mut(),
            None => None,
        }) else {
            return Err(error(
                "there is no section header (`[default]`) before it".to_owned(),
            ));
        };
        let (key, value) = value
            .split_once(['=', ':'])
            .ok_or_else(|| error("neither a section header nor `key = value`".to_owned()))?;
        let key = key.trim_end().to_lowercase();
        if key.is_empty() {
            return Err(error("there is no key before the `=`".to_owned()));
        }
        if section.get(&key).is_some() {
            return Err(error(format!("key '{key}' already exists in this section")));
        }
        section.entries.push((key, value.trim().to_owned()));
        has_option = true;
    }
    for section in sections.iter_mut().chain([&mut defaults]) {
        for (_, value) in &mut section.entries {
            value.truncate(value.trim_end().len());
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

/// The key-value pairs of a nested block.
///
/// # Errors
/// A line of it that has no `=`.
// Parity: botocore/configloader.py, _parse_nested.
pub fn nested(block: &str) -> Result<Vec<(String, String)>, String> {
    block
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| {
            let (key, value) = line.split_once('=').ok_or_else(|| line.to_owned())?;
            Ok((key.trim().to_owned(), value.trim().to_owned()))
        })
        .collect()
}

fn append(section: &mut IniSection, line: &str) {
    if let Some((_, value)) = section.entries.last_mut() {
        value.push('\n');
        value.push_str(line);
    }
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
    }
}
