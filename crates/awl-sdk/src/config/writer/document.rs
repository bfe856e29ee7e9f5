//! A file's text and the edits of its lines.

use std::fmt::Write as _;

use awl_value::python::is_space;

use super::Section;
use crate::config::ConfigError;
use crate::config::ini::{Line, LineKind, Lines};

/// A change of one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit<'a> {
    /// A key gets a value.
    Set(&'a str, &'a str),
    /// A key in a nested block gets a value.
    SetNested(&'a str, &'a str, &'a str),
    /// A key goes, its nested block with it.
    Unset(&'a str),
    /// A key of a nested block goes, and the block with its last key.
    UnsetNested(&'a str, &'a str),
}

/// The text of a configuration file that could be parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    text: String,
}

/// A section's place among the lines.
struct Range {
    header: usize,
    end: usize,
}

impl Document {
    /// A document of a text, which was parsed before.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
        }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether there is such a section.
    #[must_use]
    pub fn has(&self, section: Section<'_>) -> bool {
        find(&self.lines(), section).is_some()
    }

    /// Makes changes in one section. One that is not there comes to be at the
    /// end of the file, unless all that is asked for is to remove something.
    /// Whether something changed.
    ///
    /// # Errors
    /// A line end in a name, key or value.
    // Parity: awscli/customizations/configure/writer.py, ConfigFileWriter. Where
    // that one's result could not be read back, as after a comment on a last
    // line without end, the change is made as it was meant.
    pub fn apply(&mut self, section: Section<'_>, edits: &[Edit<'_>]) -> Result<bool, ConfigError> {
        check_line_ends(section, edits)?;
        let lines = self.lines();
        let Some(range) = find(&lines, section) else {
            return Ok(self.append(section, edits));
        };
        let text = Change::new(&lines, &range).make(edits);
        let changed = text != self.text;
        self.text = text;
        Ok(changed)
    }

    /// Gives a section another name, its header kept otherwise; whether there
    /// was one.
    ///
    /// # Errors
    /// A line end in the new name.
    pub fn rename_section(
        &mut self,
        section: Section<'_>,
        name: Section<'_>,
    ) -> Result<bool, ConfigError> {
        check_line_ends(name, &[])?;
        let lines = self.lines();
        let Some(range) = find(&lines, section) else {
            return Ok(false);
        };
        let line = lines[range.header];
        let LineKind::Header(old) = line.kind else {
            return Ok(false);
        };
        let start = offset(&lines, range.header) + line.text.find('[').map_or(0, |at| at + 1);
        let end = start + old.len();
        self.text.replace_range(start..end, &name.header());
        Ok(true)
    }

    /// Removes a section; whether there was one. Comments behind it that a
    /// blank line sets apart stay: they may be the next section's.
    pub fn delete_section(&mut self, section: Section<'_>) -> bool {
        let lines = self.lines();
        let Some(range) = find(&lines, section) else {
            return false;
        };
        let last = (range.header..range.end)
            .rev()
            .find(|at| !matches!(lines[*at].kind, LineKind::Blank | LineKind::Comment))
            .unwrap_or(range.header);
        let is_blank = |at: &usize| lines[*at].kind == LineKind::Blank;
        let end = match (last + 1..range.end).find(is_blank) {
            Some(blank) => (blank..range.end)
                .find(|at| !is_blank(at))
                .unwrap_or(range.end),
            None => range.end,
        };
        let bytes = offset(&lines, range.header)..offset(&lines, end);
        self.text.replace_range(bytes, "");
        true
    }

    fn lines(&self) -> Vec<Line<'_>> {
        Lines::new(&self.text).filter_map(Result::ok).collect()
    }

    fn append(&mut self, section: Section<'_>, edits: &[Edit<'_>]) -> bool {
        let end = line_end(&self.text);
        let new = new_lines(edits, "", end);
        if new.is_empty() && !edits.is_empty() {
            return false;
        }
        if !self.text.is_empty() && !self.text.ends_with(['\n', '\r']) {
            self.text.push_str(end);
        }
        self.text
            .push_str(&format!("[{}]{end}{new}", section.header()));
        true
    }
}

/// The last section of that name, which is the one that counts.
fn find(lines: &[Line<'_>], section: Section<'_>) -> Option<Range> {
    let is_header = |line: &Line<'_>| matches!(line.kind, LineKind::Header(_));
    let header = lines
        .iter()
        .rposition(|line| matches!(line.kind, LineKind::Header(name) if section.is_of(name)))?;
    let behind = &lines[header + 1..];
    let end = behind.iter().position(is_header);
    Some(Range {
        header,
        end: end.map_or(lines.len(), |length| header + 1 + length),
    })
}

/// Where a line begins.
fn offset(lines: &[Line<'_>], at: usize) -> usize {
    lines[..at].iter().map(|line| line.text.len()).sum()
}

/// How lines end: as the first does.
fn line_end(text: &str) -> &'static str {
    match text.find(['\n', '\r']) {
        Some(at) if text[at..].starts_with("\r\n") => "\r\n",
        _ => "\n",
    }
}

/// The lines of keys and blocks that are new.
fn new_lines(edits: &[Edit<'_>], indent: &str, end: &str) -> String {
    let mut text = String::new();
    let mut block_before = "";
    for edit in edits {
        let _ = match *edit {
            Edit::Set(key, value) => write!(text, "{indent}{key} = {value}{end}"),
            Edit::SetNested(block, key, value) => {
                if block_before != block {
                    let _ = write!(text, "{indent}{block} ={end}");
                }
                block_before = block;
                write!(text, "{indent}    {key} = {value}{end}")
            }
            Edit::Unset(_) | Edit::UnsetNested(..) => Ok(()),
        };
    }
    text
}

// Parity: ConfigFileWriter._validate_no_newlines_or_carriage_returns.
fn check_line_ends(section: Section<'_>, edits: &[Edit<'_>]) -> Result<(), ConfigError> {
    let check = |text: &str, message: &dyn Fn() -> String| {
        if text.contains(['\n', '\r']) {
            return Err(ConfigError::Invalid { message: message() });
        }
        Ok(())
    };
    let named = |label: &str, text: &str| {
        check(text, &|| {
            format!(
                "Invalid {label}: newline characters and carriage returns are not allowed: {}",
                awl_value::python::quote(text)
            )
        })
    };
    let name = match section {
        Section::Header(header) => header.to_owned(),
        Section::Named(kind, name) => format!("{} {name}", kind.word()),
    };
    named("section name", &name)?;
    for edit in edits {
        let (key, inner, value) = match *edit {
            Edit::Set(key, value) => (key, "", value),
            Edit::SetNested(block, key, value) => (block, key, value),
            Edit::Unset(key) => (key, "", ""),
            Edit::UnsetNested(block, key) => (block, key, ""),
        };
        named("key", key)?;
        named("key", inner)?;
        check(value, &|| {
            format!(
                "Invalid value for key {key}: newline characters and carriage returns are not \
                 allowed."
            )
        })?;
    }
    Ok(())
}

/// The changes of one section, line by line.
struct Change<'a, 'b> {
    lines: &'b [Line<'a>],
    range: &'b Range,
    end: &'static str,
    /// What becomes of each line.
    replaced: Vec<Option<String>>,
    /// What comes before each line, and behind the last.
    inserted: Vec<String>,
}

impl<'a, 'b> Change<'a, 'b> {
    fn new(lines: &'b [Line<'a>], range: &'b Range) -> Self {
        Self {
            lines,
            range,
            end: line_end(lines[0].text),
            replaced: vec![None; lines.len()],
            inserted: vec![String::new(); lines.len() + 1],
        }
    }

    fn make(mut self, edits: &[Edit<'_>]) -> String {
        let mut new = Vec::new();
        for edit in edits {
            let (key, is_set) = match *edit {
                Edit::Set(key, _) | Edit::SetNested(key, ..) => (key, true),
                Edit::Unset(key) | Edit::UnsetNested(key, _) => (key, false),
            };
            match (self.key(key), *edit) {
                (None, _) if is_set => new.push(*edit),
                (None, _) => {}
                (Some(at), Edit::Set(key, value)) => self.set(at, key, value),
                (Some(at), Edit::SetNested(_, key, value)) => self.set_nested(at, key, value),
                (Some(at), Edit::Unset(_)) => self.unset(at),
                (Some(at), Edit::UnsetNested(_, key)) => self.unset_nested(at, key),
            }
        }
        if !new.is_empty() {
            // A header that is indented would go on with a key that is not.
            let indent = match self.lines.get(self.range.end) {
                Some(next) => white_space(next),
                None => "",
            };
            let lines = new_lines(&new, indent, self.end);
            let place = self.place_for_new();
            self.inserted[place].push_str(&lines);
        }
        self.text()
    }

    /// The line of a key.
    fn key(&self, key: &str) -> Option<usize> {
        let key = key.to_lowercase();
        (self.range.header..self.range.end).find(
            |at| matches!(self.lines[*at].kind, LineKind::Key(name, _) if name.to_lowercase() == key),
        )
    }

    /// The lines that go on with the value of a key.
    fn continuations(&self, at: usize) -> Vec<usize> {
        (at + 1..self.range.end)
            .take_while(|at| !matches!(self.lines[*at].kind, LineKind::Key(..)))
            .filter(|at| matches!(self.lines[*at].kind, LineKind::Continuation(_)))
            .collect()
    }

    fn set(&mut self, at: usize, key: &str, value: &str) {
        let line = self.lines[at];
        let name = match line.kind {
            // As it is written there, if in other letters.
            LineKind::Key(name, _) if !name.is_empty() => name,
            _ => key,
        };
        self.unset(at);
        let indent = white_space(&line);
        self.replaced[at] = Some(format!("{indent}{name} = {value}{}", self.end));
    }

    fn set_nested(&mut self, at: usize, key: &str, value: &str) {
        let line = self.lines[at];
        let LineKind::Key(name, scalar) = line.kind else {
            return;
        };
        let indent = white_space(&line);
        let mut block = self.continuations(at);
        if !scalar.is_empty() {
            // A plain value gives way to the block.
            self.unset(at);
            self.replaced[at] = Some(format!("{indent}{name} ={}", self.end));
            block.clear();
        }
        let inner = block.iter().map(|at| white_space(&self.lines[*at])).next();
        let known = block.iter().rev().find(|at| self.is_nested_key(**at, key));
        if let Some(&known) = known {
            let inner = white_space(&self.lines[known]);
            self.replaced[known] = Some(format!("{inner}{key} = {value}{}", self.end));
            return;
        }
        const INNER: &str = "    ";
        let inner = match inner {
            _ if line.indent < INNER.len() => INNER.to_owned(),
            Some(inner) => inner.to_owned(),
            None => format!("{indent}{INNER}"),
        };
        let place = self.end_of_block(at);
        self.inserted[place].push_str(&format!("{inner}{key} = {value}{}", self.end));
    }

    fn unset(&mut self, at: usize) {
        for at in self.continuations(at) {
            self.replaced[at] = Some(String::new());
        }
        self.replaced[at] = Some(String::new());
    }

    fn unset_nested(&mut self, at: usize, key: &str) {
        let LineKind::Key(_, "") = self.lines[at].kind else {
            return;
        };
        let (gone, kept): (Vec<usize>, Vec<usize>) = self
            .continuations(at)
            .into_iter()
            .partition(|at| self.is_nested_key(*at, key));
        if gone.is_empty() {
            return;
        }
        for at in gone {
            self.replaced[at] = Some(String::new());
        }
        if kept.is_empty() {
            self.replaced[at] = Some(String::new());
        }
    }

    fn is_nested_key(&self, at: usize, key: &str) -> bool {
        match self.lines[at].kind {
            LineKind::Continuation(text) => text
                .split_once('=')
                .is_some_and(|(name, _)| name.trim_matches(is_space) == key),
            _ => false,
        }
    }

    /// The line that new keys of the block of line `at` come before.
    // Parity: ConfigFileWriter._update_subattributes.
    fn end_of_block(&self, at: usize) -> usize {
        let ends = |next: &Line<'_>| match next.kind {
            LineKind::Header(_) | LineKind::Key(..) => true,
            _ => next.indent == self.lines[at].indent && looks_like_option(next.text),
        };
        let behind = &self.lines[at + 1..];
        let length = behind.iter().position(ends);
        length.map_or(self.lines.len(), |length| at + 1 + length)
    }

    /// The line that new keys of the section come before.
    // Parity: ConfigFileWriter._update_section_contents: behind the last line
    // that looks like a key, be it a comment, and one further at the end of the
    // file.
    fn place_for_new(&self) -> usize {
        let Range { header, end } = *self.range;
        let last = (header + 1..end)
            .rev()
            .find(|at| looks_like_option(self.lines[*at].text))
            .unwrap_or(header);
        let is_last_section = end == self.lines.len();
        let place = (last + 1 + usize::from(is_last_section)).min(end);
        // Not between the lines of one value.
        let value = (place..end)
            .rev()
            .find(|at| matches!(self.lines[*at].kind, LineKind::Continuation(_)));
        value.map_or(place, |at| at + 1)
    }

    fn text(self) -> String {
        let mut text = String::new();
        for (at, new) in self.inserted.iter().enumerate() {
            if !new.is_empty() && !text.is_empty() && !text.ends_with(['\n', '\r']) {
                text.push_str(self.end);
            }
            text.push_str(new);
            match self.replaced.get(at) {
                Some(Some(line)) => text.push_str(line),
                Some(None) => text.push_str(self.lines[at].text),
                None => {}
            }
        }
        text
    }
}

fn white_space<'a>(line: &Line<'a>) -> &'a str {
    &line.text[..line.text.len() - line.text.trim_start_matches(is_space).len()]
}

/// Whether the AWS CLI takes a line for a key, whatever it is.
// Parity: ConfigFileWriter.OPTION_REGEX.
fn looks_like_option(line: &str) -> bool {
    let is_delimiter = |letter: char| matches!(letter, ':' | '=');
    let mut letters = line.chars().map(is_delimiter);
    let mut before = letters.next().unwrap_or(true);
    letters.any(|delimiter| {
        let found = delimiter && !before;
        before = delimiter;
        found
    })
}
