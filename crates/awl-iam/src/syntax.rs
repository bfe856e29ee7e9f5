//! JSON with the place of everything, as the grammar of policies needs it: keys
//! may not repeat, numbers keep their text.

use std::collections::BTreeMap;

use crate::position::{Located, Position, Span};

/// Deeper than any policy; what is deeper still is refused.
const DEPTH: usize = 64;

/// A JSON value with places.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Null,
    Bool(bool),
    /// A number as it was written.
    Number(String),
    String(String),
    List(Vec<Located<Node>>),
    Map(Vec<Entry>),
}

/// A key of an object and its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: Located<String>,
    pub(crate) value: Located<Node>,
}

/// Why a text is no JSON, or not a policy's.
#[derive(Clone, Debug)]
pub(crate) struct SyntaxError {
    pub(crate) message: String,
    pub(crate) span: Span,
}

impl Node {
    /// What kind of value this is, with its article.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::List(_) => "a list",
            Self::Map(_) => "an object",
        }
    }
}

/// Reads all of `text`.
pub(crate) fn parse(text: &str) -> Result<Located<Node>, SyntaxError> {
    let mut scanner = Scanner {
        text,
        at: Position::START,
        depth: 0,
    };
    scanner.skip_space();
    let node = scanner.value()?;
    scanner.skip_space();
    if scanner.peek().is_some() {
        return Err(scanner.unexpected("the end of the document"));
    }
    Ok(node)
}

struct Scanner<'a> {
    text: &'a str,
    at: Position,
    depth: usize,
}

impl Scanner<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at.offset..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        match self.text.as_bytes().get(self.at.offset)? {
            byte if byte.is_ascii() => Some(char::from(*byte)),
            _ => self.rest().chars().next(),
        }
    }

    fn bump(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.at.offset += character.len_utf8();
        if character == '\n' {
            self.at.line += 1;
            self.at.column = 1;
        } else {
            self.at.column += 1;
        }
        Some(character)
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r')) {
            self.bump();
        }
    }

    /// The error that something else was expected here.
    fn unexpected(&self, expected: &str) -> SyntaxError {
        let mut end = self.at;
        let found = match self.peek() {
            Some(character) => {
                end.offset += character.len_utf8();
                end.column += 1;
                format!("{character:?}")
            }
            None => "the end of the text".to_owned(),
        };
        SyntaxError {
            message: format!("expected {expected}, found {found}"),
            span: Span {
                start: self.at,
                end,
            },
        }
    }

    fn error(&self, start: Position, message: impl Into<String>) -> SyntaxError {
        SyntaxError {
            message: message.into(),
            span: Span {
                start,
                end: self.at,
            },
        }
    }

    fn value(&mut self) -> Result<Located<Node>, SyntaxError> {
        let start = self.at;
        let value = match self.peek() {
            Some('"') => Node::String(self.string()?),
            Some('{') => self.nested(Self::map)?,
            Some('[') => self.nested(Self::list)?,
            Some('-' | '0'..='9') => Node::Number(self.number()?),
            Some('t') => self.word("true", Node::Bool(true))?,
            Some('f') => self.word("false", Node::Bool(false))?,
            Some('n') => self.word("null", Node::Null)?,
            _ => return Err(self.unexpected("a value")),
        };
        Ok(Located {
            value,
            span: Span {
                start,
                end: self.at,
            },
        })
    }

    fn nested(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<Node, SyntaxError>,
    ) -> Result<Node, SyntaxError> {
        if self.depth == DEPTH {
            return Err(self.error(self.at, "the document is nested too deeply"));
        }
        self.depth += 1;
        let node = read(self);
        self.depth -= 1;
        node
    }

    fn map(&mut self) -> Result<Node, SyntaxError> {
        self.bump();
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen: BTreeMap<String, Position> = BTreeMap::new();
        self.skip_space();
        if self.peek() == Some('}') {
            self.bump();
            return Ok(Node::Map(entries));
        }
        loop {
            self.skip_space();
            if self.peek() != Some('"') {
                return Err(self.unexpected("a key in double quotes"));
            }
            let start = self.at;
            let value = self.string()?;
            let key = Located {
                value,
                span: Span {
                    start,
                    end: self.at,
                },
            };
            self.skip_space();
            if self.peek() != Some(':') {
                return Err(self.unexpected("':'"));
            }
            self.bump();
            self.skip_space();
            let value = self.value()?;
            // Most objects are small; the others must not take quadratic time.
            let first = if entries.len() < 16 {
                let mut entries = entries.iter();
                entries
                    .find(|entry| entry.key.value == key.value)
                    .map(|entry| entry.key.span.start)
            } else {
                if seen.is_empty() {
                    let places = entries
                        .iter()
                        .map(|entry| (entry.key.value.clone(), entry.key.span.start));
                    seen.extend(places);
                }
                seen.insert(key.value.clone(), key.span.start)
            };
            if let Some(first) = first {
                return Err(SyntaxError {
                    message: format!(
                        "the key {:?} stands here twice, first at {first}",
                        key.value
                    ),
                    span: key.span,
                });
            }
            entries.push(Entry { key, value });
            self.skip_space();
            match self.peek() {
                Some(',') => self.bump(),
                Some('}') => {
                    self.bump();
                    return Ok(Node::Map(entries));
                }
                _ => return Err(self.unexpected("',' or '}'")),
            };
        }
    }

    fn list(&mut self) -> Result<Node, SyntaxError> {
        self.bump();
        let mut items = Vec::new();
        self.skip_space();
        if self.peek() == Some(']') {
            self.bump();
            return Ok(Node::List(items));
        }
        loop {
            self.skip_space();
            items.push(self.value()?);
            self.skip_space();
            match self.peek() {
                Some(',') => self.bump(),
                Some(']') => {
                    self.bump();
                    return Ok(Node::List(items));
                }
                _ => return Err(self.unexpected("',' or ']'")),
            };
        }
    }

    fn word(&mut self, word: &str, node: Node) -> Result<Node, SyntaxError> {
        if !self.rest().starts_with(word) {
            return Err(self.unexpected("a value"));
        }
        for _ in 0..word.len() {
            self.bump();
        }
        Ok(node)
    }

    fn digits(&mut self) -> Result<(), SyntaxError> {
        if !matches!(self.peek(), Some('0'..='9')) {
            return Err(self.unexpected("a digit"));
        }
        while matches!(self.peek(), Some('0'..='9')) {
            self.bump();
        }
        Ok(())
    }

    fn number(&mut self) -> Result<String, SyntaxError> {
        let start = self.at;
        if self.peek() == Some('-') {
            self.bump();
        }
        if self.peek() == Some('0') {
            self.bump();
        } else {
            self.digits()?;
        }
        if self.peek() == Some('.') {
            self.bump();
            self.digits()?;
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            self.bump();
            if matches!(self.peek(), Some('+' | '-')) {
                self.bump();
            }
            self.digits()?;
        }
        let text = self.text.get(start.offset..self.at.offset);
        Ok(text.unwrap_or_default().to_owned())
    }

    fn string(&mut self) -> Result<String, SyntaxError> {
        let open = self.at;
        self.bump();
        let mut text = String::new();
        loop {
            // What is plain is taken in one go.
            let rest = self.rest();
            let plain = rest
                .bytes()
                .position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))
                .unwrap_or(rest.len());
            let run = rest.get(..plain).unwrap_or_default();
            text.push_str(run);
            let characters = run.chars().count();
            self.at.offset += plain;
            self.at.column += u32::try_from(characters).unwrap_or(u32::MAX);
            let start = self.at;
            match self.bump() {
                None => return Err(self.error(open, "the string has no end")),
                Some('"') => return Ok(text),
                Some('\\') => text.push(self.escape(start)?),
                Some(character) if character < ' ' => {
                    return Err(self.error(start, "a control character in a string"));
                }
                Some(character) => text.push(character),
            }
        }
    }

    fn escape(&mut self, start: Position) -> Result<char, SyntaxError> {
        Ok(match self.bump() {
            Some(character @ ('"' | '\\' | '/')) => character,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                let first = self.unit(start)?;
                let code = if (0xD800..0xDC00).contains(&first) {
                    let second = match (self.bump(), self.bump()) {
                        (Some('\\'), Some('u')) => self.unit(start)?,
                        _ => 0,
                    };
                    if !(0xDC00..0xE000).contains(&second) {
                        return Err(self.error(start, "half of a surrogate pair"));
                    }
                    0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
                } else {
                    first
                };
                char::from_u32(code).ok_or_else(|| self.error(start, "half of a surrogate pair"))?
            }
            _ => return Err(self.error(start, "an escape that JSON does not have")),
        })
    }

    fn unit(&mut self, start: Position) -> Result<u32, SyntaxError> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.bump().and_then(|character| character.to_digit(16));
            let digit = digit.ok_or_else(|| self.error(start, "'\\u' needs four digits"))?;
            code = code * 16 + digit;
        }
        Ok(code)
    }
}
