//! The source of a page, written line by line.
// Parity: awscli/bcdoc/restdoc.py, style.py.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::layout::push_spaces;

/// A page whose source is longer describes a shape once. Written whole, the
/// longest would have 650,000 lines.
const LONG: usize = 384 << 10;

/// How a shape is described.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    /// By what is said of its members.
    Members,
    /// By an example of its JSON.
    Json,
}

/// A page's source.
#[derive(Debug, Default)]
pub(crate) struct Script {
    text: String,
    indent: usize,
    /// The shapes described so far, by number.
    described: BTreeSet<(Form, usize)>,
    /// A member that is not spoken of: its structure, by number, and its name.
    hidden: Option<(usize, &'static str)>,
}

impl Script {
    /// A page called `name`: its title and the section that says the name.
    pub(crate) fn new(name: &str) -> Self {
        let mut script = Self::titled(name);
        script.section("Name");
        // As manual pages have it, before what they say of a name.
        script.line(&format!("{name} -"));
        script
    }

    /// A page with a title and nothing else.
    pub(crate) fn titled(name: &str) -> Self {
        let mut script = Self::default();
        script.heading('*', name);
        script
    }

    /// The title.
    pub(crate) fn title(&self) -> &str {
        let mut lines = self.text.lines();
        let is_title = |line: &&str| !line.is_empty() && !line.starts_with('*');
        lines.find(is_title).unwrap_or_default()
    }

    /// The whole source.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether a shape is to be described here, and not where it was before.
    pub(crate) fn describes(&mut self, form: Form, shape: usize) -> bool {
        self.described.insert((form, shape)) || self.text.len() < LONG
    }

    /// Passes over a member of a structure from now on, or over none.
    pub(crate) fn hide(&mut self, hidden: Option<(usize, &'static str)>) {
        self.hidden = hidden;
    }

    /// Whether a member of a structure is passed over.
    pub(crate) fn hides(&self, shape: usize, name: &str) -> bool {
        self.hidden
            .is_some_and(|(hidden, member)| hidden == shape && member == name)
    }

    /// Writes as it is.
    pub(crate) fn write(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Writes a line, indented.
    pub(crate) fn line(&mut self, text: &str) {
        self.spaces();
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// Goes to the next line.
    pub(crate) fn new_line(&mut self) {
        self.text.push('\n');
        self.spaces();
    }

    /// Begins a paragraph.
    pub(crate) fn paragraph(&mut self) {
        self.text.push('\n');
        self.new_line();
    }

    /// Indents what follows.
    pub(crate) fn indent(&mut self) {
        self.indent += 1;
    }

    /// Ends an indentation.
    pub(crate) fn dedent(&mut self) {
        self.indent = self.indent.saturating_sub(1);
    }

    /// Begins a section.
    pub(crate) fn section(&mut self, title: &str) {
        self.heading('=', title);
    }

    /// Begins a part of a section.
    pub(crate) fn subsection(&mut self, title: &str) {
        self.heading('-', title);
    }

    /// Puts documentation in, as the compiler has prepared it.
    pub(crate) fn documentation(&mut self, text: &str) {
        let mut lines = text.split('\n');
        self.text.push_str(lines.next().unwrap_or_default());
        for line in lines {
            self.new_line();
            self.text.push_str(line);
        }
    }

    /// Begins lines that do not flow.
    pub(crate) fn start_literal(&mut self) {
        self.write("::");
        self.indent();
        self.paragraph();
    }

    /// Ends them.
    pub(crate) fn end_literal(&mut self) {
        self.dedent();
        self.paragraph();
    }

    /// A list of items.
    pub(crate) fn list<T: AsRef<str>>(&mut self, items: impl IntoIterator<Item = T>) {
        self.paragraph();
        for item in items {
            self.new_line();
            let _ = write!(self.text, "* {}", item.as_ref());
            self.text.push('\n');
            self.new_line();
        }
        self.paragraph();
    }

    /// A note.
    pub(crate) fn note(&mut self, text: &str) {
        self.paragraph();
        self.write(".. note::");
        self.indent();
        self.paragraph();
        self.write(text);
        self.dedent();
        self.paragraph();
    }

    fn spaces(&mut self) {
        push_spaces(&mut self.text, 2 * self.indent);
    }

    fn heading(&mut self, mark: char, title: &str) {
        let rule: String = std::iter::repeat_n(mark, title.chars().count().max(3)).collect();
        self.paragraph();
        let _ = write!(self.text, "{rule}\n{title}\n{rule}");
        self.paragraph();
    }
}
