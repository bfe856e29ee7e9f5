//! Writing JSON as Python's `json.dumps` does.

use base64::Engine as _;

use super::scan;
use crate::{Value, Zone, python_float};

/// How JSON text is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Spaces a level, one item a line; `None` for one line.
    pub indent: Option<usize>,
    /// Whether everything beyond ASCII is escaped (`ensure_ascii`).
    pub ascii: bool,
    /// On one line: `,` and `:` without the spaces behind them.
    pub tight: bool,
}

impl Style {
    /// Python's default: one line, `", "` and `": "`, ASCII only. This is what
    /// botocore sends.
    pub const WIRE: Self = Self {
        indent: None,
        ascii: true,
        tight: false,
    };
    /// One line, `", "` and `": "`, Unicode as it is.
    pub const LINE: Self = Self {
        indent: None,
        ascii: false,
        tight: false,
    };
    /// One line, nothing that is not needed.
    pub const COMPACT: Self = Self {
        indent: None,
        ascii: false,
        tight: true,
    };
    /// Indented by four, Unicode as it is: what the AWS CLI prints.
    pub const PRETTY: Self = Self {
        indent: Some(4),
        ascii: false,
        tight: false,
    };
}

/// The value as one line of JSON ([`Style::LINE`]).
#[must_use]
pub fn to_string(value: &Value) -> String {
    let mut text = String::new();
    write(value, Style::LINE, &mut text);
    text
}

/// Appends the value to `out`. Blobs are written in base64, timestamps as
/// `isoformat` (those of the local zone in UTC: convert them before).
pub fn write(value: &Value, style: Style, out: &mut String) {
    let mut writer = Writer {
        style,
        out,
        hand_on: None,
    };
    writer.value(value, 0);
}

/// Appends the value to `out` like [`write`](fn@write), as what stands `level`
/// levels deep in something larger.
pub fn write_nested(value: &Value, style: Style, level: usize, out: &mut String) {
    let mut writer = Writer {
        style,
        out,
        hand_on: None,
    };
    writer.value(value, level);
}

/// Writes the value like [`write`](fn@write), but hands the text on in pieces, so that it
/// never stands in memory whole.
pub fn write_pieces(value: &Value, style: Style, hand_on: &mut dyn FnMut(&str)) {
    let mut out = String::with_capacity(PIECE + PIECE / 8);
    let mut writer = Writer {
        style,
        out: &mut out,
        hand_on: Some(hand_on),
    };
    writer.value(value, 0);
    writer.pass(0);
}

/// How many bytes a piece has at least, but for the last.
const PIECE: usize = 64 * 1024;

struct Writer<'a> {
    style: Style,
    out: &'a mut String,
    hand_on: Option<&'a mut dyn FnMut(&str)>,
}

impl Writer<'_> {
    fn value(&mut self, value: &Value, level: usize) {
        match value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(true) => self.out.push_str("true"),
            Value::Bool(false) => self.out.push_str("false"),
            Value::Int(number) => {
                use std::fmt::Write as _;
                let _ = write!(self.out, "{number}");
            }
            Value::BigInt(digits) => self.out.push_str(digits),
            Value::Float(number) if number.is_nan() => self.out.push_str("NaN"),
            Value::Float(number) if number.is_infinite() => {
                self.out.push_str(if *number > 0.0 {
                    "Infinity"
                } else {
                    "-Infinity"
                });
            }
            Value::Float(number) => self.out.push_str(&python_float(*number)),
            Value::String(text) => self.string(text),
            Value::Blob(bytes) => {
                self.out.push('"');
                base64::engine::general_purpose::STANDARD.encode_string(bytes, self.out);
                self.out.push('"');
            }
            Value::Timestamp(timestamp) => {
                let offset = match timestamp.zone {
                    Zone::Local => 0,
                    Zone::Offset(offset) => offset,
                };
                self.string(&timestamp.isoformat(offset));
            }
            Value::List(items) => {
                self.out.push('[');
                for (index, item) in items.iter().enumerate() {
                    self.separate(index, level + 1);
                    self.value(item, level + 1);
                }
                self.close(items.len(), level);
                self.out.push(']');
            }
            Value::Map(map) => {
                self.out.push('{');
                for (index, (key, item)) in map.iter().enumerate() {
                    self.separate(index, level + 1);
                    self.string(key);
                    self.out.push_str(if self.style.tight { ":" } else { ": " });
                    self.value(item, level + 1);
                }
                self.close(map.len(), level);
                self.out.push('}');
            }
        }
    }

    fn string(&mut self, text: &str) {
        write_string(text, self.style.ascii, self.out);
    }

    fn separate(&mut self, index: usize, level: usize) {
        if index > 0 {
            self.out.push(',');
            self.pass(PIECE);
        }
        match self.style.indent {
            Some(width) => self.new_line(width * level),
            None if index > 0 && !self.style.tight => self.out.push(' '),
            None => {}
        }
    }

    fn close(&mut self, count: usize, level: usize) {
        if let (Some(width), true) = (self.style.indent, count > 0) {
            self.new_line(width * level);
        }
    }

    fn new_line(&mut self, spaces: usize) {
        write_line_break(spaces, self.out);
    }

    /// Hands the text on, if there is as much of it as that.
    fn pass(&mut self, least: usize) {
        if self.out.len() >= least
            && let Some(hand_on) = &mut self.hand_on
        {
            hand_on(self.out);
            self.out.clear();
        }
    }
}

/// Appends a line break and so many spaces.
pub fn write_line_break(mut spaces: usize, out: &mut String) {
    const LINE: &str = "\n                                                                ";
    out.push_str(&LINE[..LINE.len().min(1 + spaces)]);
    while spaces > LINE.len() - 1 {
        spaces -= LINE.len() - 1;
        out.push_str(&LINE[1..LINE.len().min(1 + spaces)]);
    }
}

/// Appends `text` as a JSON string, with quotes.
pub fn write_string(text: &str, ascii: bool, out: &mut String) {
    out.reserve(text.len() + 2);
    out.push('"');
    let plain = plain(text, ascii);
    out.push_str(&text[..plain]);
    if plain < text.len() {
        write_escaped(&text[plain..], ascii, out);
    }
    out.push('"');
}

/// How many bytes at the start of `text` need no escape.
fn plain(text: &str, ascii: bool) -> usize {
    if !ascii {
        return scan::plain(text.as_bytes());
    }
    let escaped = |byte| matches!(byte, ..0x20 | b'"' | b'\\' | 0x7f..);
    text.bytes().position(escaped).unwrap_or(text.len())
}

#[cold]
fn write_escaped(text: &str, ascii: bool, out: &mut String) {
    use std::fmt::Write as _;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
        let rest = characters.as_str();
        let plain = plain(rest, ascii);
        out.push_str(&rest[..plain]);
        characters = rest[plain..].chars();
    }
}
