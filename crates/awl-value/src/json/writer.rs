//! Writing JSON as Python's `json.dumps` does.

use base64::Engine as _;

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
    write_at(value, style, 0, out);
}

fn write_at(value: &Value, style: Style, level: usize, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Int(number) => {
            use std::fmt::Write as _;
            let _ = write!(out, "{number}");
        }
        Value::BigInt(digits) => out.push_str(digits),
        Value::Float(number) if number.is_nan() => out.push_str("NaN"),
        Value::Float(number) if number.is_infinite() => {
            out.push_str(if *number > 0.0 {
                "Infinity"
            } else {
                "-Infinity"
            });
        }
        Value::Float(number) => out.push_str(&python_float(*number)),
        Value::String(text) => write_string(text, style.ascii, out),
        Value::Blob(bytes) => {
            out.push('"');
            base64::engine::general_purpose::STANDARD.encode_string(bytes, out);
            out.push('"');
        }
        Value::Timestamp(timestamp) => {
            let offset = match timestamp.zone {
                Zone::Local => 0,
                Zone::Offset(offset) => offset,
            };
            write_string(&timestamp.isoformat(offset), style.ascii, out);
        }
        Value::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                separate(index, style, level + 1, out);
                write_at(item, style, level + 1, out);
            }
            close(items.len(), style, level, out);
            out.push(']');
        }
        Value::Map(map) => {
            out.push('{');
            for (index, (key, item)) in map.iter().enumerate() {
                separate(index, style, level + 1, out);
                write_string(key, style.ascii, out);
                out.push_str(if style.tight { ":" } else { ": " });
                write_at(item, style, level + 1, out);
            }
            close(map.len(), style, level, out);
            out.push('}');
        }
    }
}

fn separate(index: usize, style: Style, level: usize, out: &mut String) {
    if index > 0 {
        out.push(',');
    }
    match style.indent {
        Some(width) => new_line(width * level, out),
        None if index > 0 && !style.tight => out.push(' '),
        None => {}
    }
}

fn close(count: usize, style: Style, level: usize, out: &mut String) {
    if let (Some(width), true) = (style.indent, count > 0) {
        new_line(width * level, out);
    }
}

fn new_line(spaces: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', spaces));
}

/// Appends `text` as a JSON string, with quotes.
pub fn write_string(text: &str, ascii: bool, out: &mut String) {
    use std::fmt::Write as _;
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest
        .bytes()
        .position(|byte| byte < 0x20 || byte == b'"' || byte == b'\\' || (ascii && byte >= 0x7f))
    {
        out.push_str(&rest[..at]);
        let Some(character) = rest[at..].chars().next() else {
            break;
        };
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
        rest = &rest[at + character.len_utf8()..];
    }
    out.push_str(rest);
    out.push('"');
}
