//! Lays values out in lines: indentation, indicators, folding, escapes.
// Parity: libyaml's emitter.c, with its defaults; the state has its names.

use std::fmt::Write as _;

use awl_value::{Map, Value, Zone, python_float};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::anchors::{Anchors, Mention};
use super::scalar::{Analysis, Style, is_break, is_printable};
use super::{Form, entries};

/// Spaces a level.
const INDENT: usize = 2;
/// Keys of more bytes stand behind a question mark.
const LONGEST_SIMPLE_KEY: usize = 128;
/// Base64 goes in lines of so many characters.
const BASE64_LINE: usize = 76;

/// Writes one document.
#[derive(Debug)]
pub(super) struct Emitter<'a> {
    out: &'a mut String,
    anchors: Anchors,
    form: Form,
    /// None outside of every collection.
    indent: Option<usize>,
    column: usize,
    /// Whether white space was written last.
    whitespace: bool,
    /// Whether only indentation and indicators were written on this line.
    indention: bool,
}

impl<'a> Emitter<'a> {
    /// An emitter that appends to `out`.
    pub(super) const fn new(out: &'a mut String, anchors: Anchors, form: Form) -> Self {
        Self {
            out,
            anchors,
            form,
            indent: None,
            column: 0,
            whitespace: true,
            indention: true,
        }
    }

    /// Ends the document.
    pub(super) fn end(&mut self) {
        self.write_indent();
    }

    /// A list with one item, which is `value`.
    pub(super) fn item(&mut self, value: &Value) {
        self.list(std::slice::from_ref(value), false);
    }

    /// Any value; `in_map` is whether it is that of a key.
    pub(super) fn node(&mut self, value: &Value, in_map: bool) {
        match self.anchors.mention(value) {
            None => {}
            Some(Mention::First(number)) => self.anchor('&', number),
            Some(Mention::Again(number)) => return self.anchor('*', number),
        }
        match value {
            Value::List(items) => self.list(items, in_map),
            Value::Map(map) => self.map(map),
            Value::String(text) => {
                let analysis = Analysis::new(text);
                self.text(text, analysis, false);
            }
            Value::Null => self.word("null"),
            Value::Bool(true) => self.word("true"),
            Value::Bool(false) => self.word("false"),
            Value::Int(number) => {
                self.space();
                let before = self.out.len();
                let _ = write!(self.out, "{number}");
                self.column += self.out.len() - before;
            }
            Value::BigInt(digits) => self.word(digits),
            Value::Float(number) if number.is_nan() => self.word(".nan"),
            Value::Float(number) if number.is_infinite() => {
                self.word(if *number > 0.0 { ".inf" } else { "-.inf" });
            }
            Value::Float(number) => self.word(&python_float(*number)),
            Value::Timestamp(timestamp) => {
                let text = timestamp.isoformat(match timestamp.zone {
                    Zone::Local => 0,
                    Zone::Offset(offset) => offset,
                });
                self.text(&text, Analysis::new(&text), false);
            }
            Value::Blob(bytes) => self.binary(bytes),
        }
    }

    fn list(&mut self, items: &[Value], in_map: bool) {
        if items.is_empty() {
            self.indicator("[", true, false);
            self.indicator("]", false, false);
            return;
        }
        // The items of a key's list are not indented.
        let outer = self.increase_indent(in_map && !self.indention, false);
        for item in items {
            self.write_indent();
            self.indicator("-", true, true);
            self.node(item, false);
        }
        self.indent = outer;
    }

    fn map(&mut self, map: &Map) {
        if map.is_empty() {
            self.indicator("{", true, false);
            self.indicator("}", false, false);
            return;
        }
        let outer = self.increase_indent(false, false);
        for (key, value) in entries(map, self.form.is_sorted) {
            self.write_indent();
            let analysis = Analysis::new(key);
            if analysis.multiline || key.len() > LONGEST_SIMPLE_KEY {
                self.indicator("?", true, true);
                self.text(key, analysis, false);
                self.write_indent();
                self.indicator(":", true, true);
            } else {
                self.text(key, analysis, true);
                self.indicator(":", false, false);
            }
            self.node(value, true);
        }
        self.indent = outer;
    }

    /// `&id001` before what comes again, `*id001` in place of it.
    fn anchor(&mut self, indicator: char, number: u32) {
        self.indicator(&format!("{indicator}id{number:03}"), true, false);
    }

    /// Returns the indentation to go back to.
    fn increase_indent(&mut self, indentless: bool, flow: bool) -> Option<usize> {
        let outer = self.indent;
        self.indent = Some(match outer {
            None if flow => INDENT,
            None => 0,
            Some(indent) if indentless => indent,
            Some(indent) => indent + INDENT,
        });
        outer
    }

    /// Begins a line, unless this one is as good as new.
    fn write_indent(&mut self) {
        let indent = self.indent.unwrap_or(0);
        if !self.indention || self.column > indent || (self.column == indent && !self.whitespace) {
            self.line_break();
        }
        if self.column < indent {
            self.out
                .extend(std::iter::repeat_n(' ', indent - self.column));
            self.column = indent;
        }
        self.whitespace = true;
        self.indention = true;
    }

    fn indicator(&mut self, indicator: &str, needs_space: bool, is_indention: bool) {
        if needs_space && !self.whitespace {
            self.put(' ');
        }
        self.out.push_str(indicator);
        self.column += indicator.len();
        self.whitespace = false;
        self.indention &= is_indention;
    }

    fn put(&mut self, character: char) {
        self.out.push(character);
        self.column += 1;
    }

    fn line_break(&mut self) {
        self.out.push('\n');
        self.column = 0;
    }

    /// A break that is part of a text.
    fn break_inside(&mut self, character: char) {
        self.out.push(character);
        self.column = 0;
        self.indention = true;
    }

    /// The space before a scalar without quotes.
    fn space(&mut self) {
        if !self.whitespace {
            self.put(' ');
        }
        self.whitespace = false;
        self.indention = false;
    }

    /// A short scalar of ASCII that is no text.
    fn word(&mut self, word: &str) {
        self.space();
        self.out.push_str(word);
        self.column += word.len();
    }

    fn text(&mut self, text: &str, analysis: Analysis, key: bool) {
        let outer = self.increase_indent(false, true);
        match analysis.style(text) {
            Style::Plain => self.plain(text, analysis.characters, !key),
            // A file's lines are not folded: ruamel.yaml's own emitter escapes
            // the ends of lines, which libyaml's doubles.
            Style::Single if !self.form.is_sorted && analysis.multiline => {
                self.double_quoted(text, !key);
            }
            Style::Single => self.single_quoted(text, !key),
            Style::Double => self.double_quoted(text, !key),
        }
        self.indent = outer;
    }

    fn plain(&mut self, text: &str, characters: usize, fold: bool) {
        self.space();
        if !fold || self.column + characters <= self.form.width {
            self.out.push_str(text);
            self.column += characters;
            return;
        }
        let mut after_space = false;
        let mut rest = text.chars().peekable();
        while let Some(character) = rest.next() {
            let is_space = character == ' ';
            if is_space
                && !after_space
                && self.column > self.form.width
                && rest.peek() != Some(&' ')
            {
                self.write_indent();
            } else {
                self.put(character);
            }
            after_space = is_space;
        }
        self.whitespace = false;
        self.indention = false;
    }

    fn single_quoted(&mut self, text: &str, fold: bool) {
        self.indicator("'", true, false);
        let (mut after_space, mut after_break) = (false, false);
        let mut rest = text.chars().peekable();
        let mut is_first = true;
        while let Some(character) = rest.next() {
            if character == ' ' {
                let folds = fold
                    && !after_space
                    && !is_first
                    && self.column > self.form.width
                    && rest.peek().is_some_and(|next| *next != ' ');
                if folds {
                    self.write_indent();
                } else {
                    self.put(' ');
                }
                after_space = true;
            } else if is_break(character) {
                if !after_break && character == '\n' {
                    self.line_break();
                }
                self.break_inside(character);
                after_break = true;
            } else {
                if after_break {
                    self.write_indent();
                }
                if character == '\'' {
                    self.put('\'');
                }
                self.put(character);
                self.indention = false;
                after_space = false;
                after_break = false;
            }
            is_first = false;
        }
        if after_break {
            self.write_indent();
        }
        self.indicator("'", false, false);
    }

    fn double_quoted(&mut self, text: &str, fold: bool) {
        self.indicator("\"", true, false);
        let mut after_space = false;
        let mut rest = text.chars().peekable();
        let mut is_first = true;
        while let Some(character) = rest.next() {
            let is_plain =
                is_printable(character) && !is_break(character) && !matches!(character, '"' | '\\');
            if !is_plain {
                self.escape(character);
                after_space = false;
            } else if character == ' ' {
                let next = rest.peek();
                if fold
                    && !after_space
                    && !is_first
                    && self.column > self.form.width
                    && next.is_some()
                {
                    self.write_indent();
                    if next == Some(&' ') {
                        self.put('\\');
                    }
                } else {
                    self.put(' ');
                }
                after_space = true;
            } else {
                self.put(character);
                after_space = false;
            }
            is_first = false;
        }
        self.indicator("\"", false, false);
    }

    fn escape(&mut self, character: char) {
        self.put('\\');
        let letter = match character {
            '\0' => '0',
            '\u{7}' => 'a',
            '\u{8}' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\u{b}' => 'v',
            '\u{c}' => 'f',
            '\r' => 'r',
            '\u{1b}' => 'e',
            '"' => '"',
            '\\' => '\\',
            '\u{85}' => 'N',
            '\u{2028}' => 'L',
            '\u{2029}' => 'P',
            _ => {
                let code = u32::from(character);
                let before = self.out.len();
                let _ = match code {
                    0..=0xff => write!(self.out, "x{code:02X}"),
                    0x100..=0xffff => write!(self.out, "u{code:04X}"),
                    _ => write!(self.out, "U{code:08X}"),
                };
                self.column += self.out.len() - before;
                return;
            }
        };
        self.put(letter);
    }

    /// Bytes, as a literal of base64.
    fn binary(&mut self, bytes: &[u8]) {
        let outer = self.increase_indent(false, true);
        self.indicator("!!binary", true, false);
        if bytes.is_empty() {
            self.double_quoted("", false);
        } else {
            self.indicator("|", true, false);
            self.line_break();
            self.indention = true;
            let text = STANDARD.encode(bytes);
            let mut rest = &*text;
            while !rest.is_empty() {
                let (line, next) = rest.split_at(rest.len().min(BASE64_LINE));
                self.write_indent();
                self.out.push_str(line);
                self.line_break();
                rest = next;
            }
            self.whitespace = true;
        }
        self.indent = outer;
    }
}
