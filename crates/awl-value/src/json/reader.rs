//! The pull parser.

use std::borrow::Cow;

use super::{MAX_DEPTH, scan};
use crate::Value;

/// Why a text is no JSON, in the words of Python's `json.JSONDecodeError`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}: line {line} column {column} (char {position})")]
pub struct JsonError {
    /// What was expected or found.
    pub message: &'static str,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Characters before the place.
    pub position: usize,
}

/// What kind of value comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool,
    /// A number, `NaN` and the infinities included.
    Number,
    /// A string.
    String,
    /// A list.
    List,
    /// An object.
    Map,
}

/// A pull parser over a text. Call [`Reader::peek`], then the method for that
/// kind; containers are walked with `…_start` and then `…_next` until it ends.
#[derive(Debug)]
pub struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    /// Whether the container entered last has yielded nothing yet.
    fresh: bool,
}

impl<'a> Reader<'a> {
    /// A reader at the start of `text`.
    #[must_use]
    pub const fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
            fresh: false,
        }
    }

    /// The byte offset reached.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.at
    }

    /// The kind of the value that comes next.
    ///
    /// # Errors
    /// `Expecting value` where none does.
    pub fn peek(&mut self) -> Result<Kind, JsonError> {
        self.skip_space();
        let rest = &self.bytes()[self.at..];
        Ok(match rest.first() {
            Some(b'n') if rest.starts_with(b"null") => Kind::Null,
            Some(b't') if rest.starts_with(b"true") => Kind::Bool,
            Some(b'f') if rest.starts_with(b"false") => Kind::Bool,
            Some(b'"') => Kind::String,
            Some(b'[') => Kind::List,
            Some(b'{') => Kind::Map,
            Some(b'0'..=b'9') => Kind::Number,
            Some(b'-')
                if rest.get(1).is_some_and(u8::is_ascii_digit)
                    || rest.starts_with(b"-Infinity") =>
            {
                Kind::Number
            }
            Some(b'N') if rest.starts_with(b"NaN") => Kind::Number,
            Some(b'I') if rest.starts_with(b"Infinity") => Kind::Number,
            _ => return Err(self.error("Expecting value", self.at)),
        })
    }

    /// The first byte of the value that comes next, whatever it is. It costs
    /// less than [`Reader::peek`] and is all that tells a string, a list or an
    /// object.
    pub fn first_byte(&mut self) -> Option<u8> {
        self.skip_space();
        self.bytes().get(self.at).copied()
    }

    /// Takes a `null`.
    ///
    /// # Errors
    /// `Expecting value` where something else stands.
    pub fn null(&mut self) -> Result<(), JsonError> {
        self.expect(Kind::Null)?;
        self.at += 4;
        Ok(())
    }

    /// Takes a boolean.
    ///
    /// # Errors
    /// `Expecting value` where something else stands.
    pub fn bool(&mut self) -> Result<bool, JsonError> {
        self.expect(Kind::Bool)?;
        let flag = self.bytes()[self.at] == b't';
        self.at += if flag { 4 } else { 5 };
        Ok(flag)
    }

    /// Takes a number: an `Int`, a `BigInt`, or a `Float`.
    ///
    /// # Errors
    /// `Expecting value` where something else stands.
    pub fn number(&mut self) -> Result<Value, JsonError> {
        let (text, float) = self.number_text()?;
        Ok(match text {
            "NaN" => Value::Float(f64::NAN),
            "Infinity" => Value::Float(f64::INFINITY),
            "-Infinity" => Value::Float(f64::NEG_INFINITY),
            // Rust's parser is correctly rounded and overflows to infinity,
            // as Python's does.
            _ if float => Value::Float(text.parse().unwrap_or(f64::NAN)),
            "-0" => Value::Int(0),
            _ => text
                .parse()
                .map_or_else(|_| Value::BigInt(text.into()), Value::Int),
        })
    }

    /// Takes a number as its text, and whether it is a float's.
    ///
    /// # Errors
    /// `Expecting value` where something else stands.
    pub fn number_text(&mut self) -> Result<(&'a str, bool), JsonError> {
        self.expect(Kind::Number)?;
        let bytes = self.bytes();
        let start = self.at;
        let digits = |mut at: usize| {
            while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
            at
        };
        let mut at = start + usize::from(bytes[start] == b'-');
        match bytes[at] {
            b'N' => at += 3,
            b'I' => at += 8,
            b'0' => at += 1,
            _ => at = digits(at),
        }
        let mut float = !bytes[at - 1].is_ascii_digit();
        if !float {
            if bytes.get(at) == Some(&b'.') && bytes.get(at + 1).is_some_and(u8::is_ascii_digit) {
                float = true;
                at = digits(at + 1);
            }
            if matches!(bytes.get(at), Some(b'e' | b'E')) {
                let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
                if bytes.get(at + 1 + sign).is_some_and(u8::is_ascii_digit) {
                    float = true;
                    at = digits(at + 1 + sign);
                }
            }
        }
        self.at = at;
        Ok((&self.text[start..at], float))
    }

    /// Takes a string; borrows from the text where it has no escapes.
    ///
    /// # Errors
    /// An unterminated string, a bad escape, a raw control character.
    pub fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        self.opens(b'"')?;
        let start = self.at + 1;
        let bytes = self.bytes();
        let end = start + scan::plain(&bytes[start..]);
        if bytes.get(end) == Some(&b'"') {
            self.at = end + 1;
            return Ok(Cow::Borrowed(&self.text[start..end]));
        }
        self.escaped_string(end).map(Cow::Owned)
    }

    /// Takes a string that is plain up to `at`.
    #[cold]
    fn escaped_string(&mut self, mut at: usize) -> Result<String, JsonError> {
        let begin = self.at;
        let bytes = self.bytes();
        let mut text = self.text[begin + 1..at].to_owned();
        loop {
            match bytes.get(at) {
                None => return Err(self.error("Unterminated string starting at", begin)),
                Some(b'"') => {
                    self.at = at + 1;
                    return Ok(text);
                }
                Some(b'\\') => at = self.escape(begin, at, &mut text)?,
                _ => return Err(self.error("Invalid control character at", at)),
            }
            // Quotes, escapes and control characters are all ASCII, so the
            // run between them ends on a character boundary.
            let run = at;
            at += scan::plain(&bytes[at..]);
            text.push_str(&self.text[run..at]);
        }
    }

    /// Decodes the escape whose backslash is at `at`; returns where it ends.
    fn escape(&self, begin: usize, at: usize, text: &mut String) -> Result<usize, JsonError> {
        let Some(&letter) = self.bytes().get(at + 1) else {
            return Err(self.error("Unterminated string starting at", begin));
        };
        text.push(match letter {
            b'"' | b'\\' | b'/' => letter as char,
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.hex(at + 2, at)?;
                let paired = (0xD800..0xDC00).contains(&first)
                    && self.bytes().get(at + 6..at + 8) == Some(b"\\u");
                if paired {
                    let second = self.hex(at + 8, at + 6)?;
                    if (0xDC00..0xE000).contains(&second) {
                        let scalar = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                        text.push(char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER));
                        return Ok(at + 12);
                    }
                }
                // A lone surrogate has no place in Unicode text.
                text.push(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
                return Ok(at + 6);
            }
            _ => return Err(self.error("Invalid \\escape", at)),
        });
        Ok(at + 2)
    }

    fn hex(&self, at: usize, escape: usize) -> Result<u32, JsonError> {
        self.bytes()
            .get(at..at + 4)
            .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .ok_or_else(|| self.error("Invalid \\uXXXX escape", escape + 1))
    }

    /// Enters a list.
    ///
    /// # Errors
    /// `Expecting value` where something else stands; too deep a nesting.
    pub fn list_start(&mut self) -> Result<(), JsonError> {
        self.opens(b'[')?;
        self.enter()
    }

    /// Whether the list has another item, which then is to be read; leaves the
    /// list where it has not.
    ///
    /// # Errors
    /// A missing comma.
    pub fn list_next(&mut self) -> Result<bool, JsonError> {
        self.skip_space();
        if self.leave(b']') {
            return Ok(false);
        }
        if !std::mem::replace(&mut self.fresh, false) {
            self.comma()?;
        }
        Ok(true)
    }

    /// Enters an object.
    ///
    /// # Errors
    /// `Expecting value` where something else stands; too deep a nesting.
    pub fn map_start(&mut self) -> Result<(), JsonError> {
        self.opens(b'{')?;
        self.enter()
    }

    /// The next key of the object, whose value then is to be read; leaves the
    /// object where there is none.
    ///
    /// # Errors
    /// A missing comma, colon or key.
    pub fn map_next(&mut self) -> Result<Option<Cow<'a, str>>, JsonError> {
        self.skip_space();
        if self.leave(b'}') {
            return Ok(None);
        }
        if !std::mem::replace(&mut self.fresh, false) {
            self.comma()?;
            self.skip_space();
        }
        if self.bytes().get(self.at) != Some(&b'"') {
            let message = "Expecting property name enclosed in double quotes";
            return Err(self.error(message, self.at));
        }
        let key = self.string()?;
        self.skip_space();
        if self.bytes().get(self.at) != Some(&b':') {
            return Err(self.error("Expecting ':' delimiter", self.at));
        }
        self.at += 1;
        Ok(Some(key))
    }

    /// Passes over the value that comes next.
    ///
    /// # Errors
    /// As reading it would.
    pub fn skip(&mut self) -> Result<(), JsonError> {
        match self.peek()? {
            Kind::Null => self.null(),
            Kind::Bool => self.bool().map(|_| ()),
            Kind::Number => self.number_text().map(|_| ()),
            Kind::String => self.string().map(|_| ()),
            Kind::List => {
                self.list_start()?;
                while self.list_next()? {
                    self.skip()?;
                }
                Ok(())
            }
            Kind::Map => {
                self.map_start()?;
                while self.map_next()?.is_some() {
                    self.skip()?;
                }
                Ok(())
            }
        }
    }

    /// Checks that only white space is left.
    ///
    /// # Errors
    /// `Extra data` where more is.
    pub fn end(&mut self) -> Result<(), JsonError> {
        self.skip_space();
        if self.at < self.text.len() {
            return Err(self.error("Extra data", self.at));
        }
        Ok(())
    }

    const fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    fn skip_space(&mut self) {
        while matches!(
            self.bytes().get(self.at),
            Some(b' ' | b'\t' | b'\n' | b'\r')
        ) {
            self.at += 1;
        }
    }

    fn expect(&mut self, kind: Kind) -> Result<(), JsonError> {
        if self.peek()? == kind {
            Ok(())
        } else {
            Err(self.error("Expecting value", self.at))
        }
    }

    /// Checks that the value that comes next begins with this byte.
    fn opens(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.first_byte() == Some(byte) {
            Ok(())
        } else {
            Err(self.error("Expecting value", self.at))
        }
    }

    fn enter(&mut self) -> Result<(), JsonError> {
        if self.depth == MAX_DEPTH {
            return Err(self.error("Nesting too deep", self.at));
        }
        self.depth += 1;
        self.at += 1;
        self.fresh = true;
        Ok(())
    }

    fn leave(&mut self, close: u8) -> bool {
        let leaves = self.bytes().get(self.at) == Some(&close);
        if leaves {
            self.at += 1;
            self.depth -= 1;
            self.fresh = false;
        }
        leaves
    }

    fn comma(&mut self) -> Result<(), JsonError> {
        if self.bytes().get(self.at) != Some(&b',') {
            return Err(self.error("Expecting ',' delimiter", self.at));
        }
        self.at += 1;
        Ok(())
    }

    fn error(&self, message: &'static str, at: usize) -> JsonError {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let before = &self.text[..at];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        JsonError {
            message,
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            position: before.chars().count(),
        }
    }
}
