//! Reading XML.

use std::borrow::Cow;

use awl_value::Value;

use super::tokens::{INVALID, StartTag, Token, TokenError, Tokens, UNCLOSED};
use crate::ParseError;
use crate::decode::{Decoder, Entries, Scalar, Unknown};
use crate::schema::{Field, Layout};

/// Reads XML. What is to be read next is always the content of the element
/// whose start tag was passed last, and reading takes its end tag too.
#[derive(Clone)]
pub(crate) struct XmlDecoder<'i> {
    tokens: Tokens<'i>,
    /// The start tag passed last.
    start: StartTag<'i>,
    /// The value of an attribute that is to be read as if it were an element.
    attribute: Option<String>,
}

/// A part of an element's content.
enum Part<'i> {
    /// A child's start tag, now passed.
    Child,
    Text(Cow<'i, str>),
    End,
}

impl<'i> XmlDecoder<'i> {
    /// A reader past the start tag of the root.
    pub(crate) fn new(text: &'i str) -> Result<Self, ParseError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut decoder = Self {
            tokens: Tokens::new(text),
            start: StartTag::default(),
            attribute: None,
        };
        loop {
            match decoder.part()? {
                Part::Child => return Ok(decoder),
                Part::Text(text) if text.trim().is_empty() => {}
                Part::Text(_) => return Err(decoder.outside("syntax error")),
                Part::End => return Err(decoder.error("no element found")),
            }
        }
    }

    /// A reader of bytes.
    pub(crate) fn of_bytes(body: &'i [u8]) -> Result<Self, ParseError> {
        match std::str::from_utf8(body) {
            Ok(text) => Self::new(text),
            Err(error) => Err(not_utf8(body, error)),
        }
    }

    /// The name of the element that is to be read.
    pub(crate) fn name(&self) -> String {
        self.start.local_name().to_owned()
    }

    /// Passes to the first child of the element that has this name; false, and
    /// past the element, where there is none.
    pub(crate) fn enter(&mut self, name: &str) -> Result<bool, ParseError> {
        loop {
            match self.part()? {
                Part::Child if self.start.local_name() == name => return Ok(true),
                Part::Child => self.skip()?,
                Part::Text(_) => {}
                Part::End => return Ok(false),
            }
        }
    }

    /// Passes to the next child of the element; false, and past the element,
    /// where there is none.
    pub(crate) fn next_child(&mut self) -> Result<bool, ParseError> {
        loop {
            match self.part()? {
                Part::Child => return Ok(true),
                Part::Text(_) => {}
                Part::End => return Ok(false),
            }
        }
    }

    /// Passes over the rest and checks that it is well-formed.
    pub(crate) fn finish(&mut self) -> Result<(), ParseError> {
        while self.tokens.depth() > 0 {
            self.part()?;
        }
        loop {
            match self.part()? {
                Part::Text(text) if text.trim().is_empty() => {}
                Part::Child | Part::Text(_) => {
                    return Err(self.outside("junk after document element"));
                }
                Part::End => return Ok(()),
            }
        }
    }

    /// The text of the element up to its first child, and whether it has one;
    /// past the element.
    pub(crate) fn text_of_element(&mut self) -> Result<(Cow<'i, str>, bool), ParseError> {
        let mut text = Cow::Borrowed("");
        loop {
            match self.part()? {
                Part::Text(piece) if text.is_empty() => text = piece,
                Part::Text(piece) => text.to_mut().push_str(&piece),
                Part::End => return Ok((text, false)),
                Part::Child => {
                    self.skip()?;
                    self.skip()?;
                    return Ok((text, true));
                }
            }
        }
    }

    /// The element as botocore makes it of an error: text, or a map of its
    /// children; past the element.
    // Parity: botocore/parsers.py, BaseXMLResponseParser._replace_nodes.
    pub(crate) fn untyped(&mut self, level: usize) -> Result<Value, ParseError> {
        let mut text = String::new();
        let mut children: Option<Entries> = None;
        loop {
            match self.part()? {
                Part::Text(piece) => {
                    if children.is_none() {
                        text.push_str(&piece);
                    }
                }
                Part::Child if level == 0 => self.skip()?,
                Part::Child => {
                    let name = self.name();
                    let value = self.untyped(level - 1)?;
                    children.get_or_insert_default().insert_new(name, value);
                }
                Part::End => {
                    return Ok(match children {
                        Some(children) => Value::Map(children.finish()),
                        // ElementTree's text of an empty element.
                        None if text.is_empty() => Value::Null,
                        None => Value::String(text),
                    });
                }
            }
        }
    }

    /// Passes over the rest of the element.
    fn skip(&mut self) -> Result<(), ParseError> {
        let depth = self.tokens.depth();
        while self.tokens.depth() >= depth {
            if let Part::End = self.part()?
                && self.tokens.depth() == 0
            {
                break;
            }
        }
        Ok(())
    }

    #[inline]
    fn part(&mut self) -> Result<Part<'i>, ParseError> {
        match self.tokens.next() {
            Ok(Token::Start(start)) => {
                self.start = start;
                Ok(Part::Child)
            }
            Ok(Token::Text(text)) => Ok(Part::Text(text)),
            Ok(Token::End | Token::Eof) => Ok(Part::End),
            Err(TokenError { message, at }) => Err(self.error_at(message, at)),
        }
    }

    /// The error of what stands before or behind the root, in the words and at
    /// the place of expat, which takes it for the words of a DTD.
    fn outside(&self, message: &str) -> ParseError {
        let text = self.tokens.text();
        let rest = text.get(self.tokens.start()..).unwrap_or_default();
        let rest = rest.trim_start();
        let start = text.len() - rest.len();
        let quoted = |quote| rest.get(1..).is_some_and(|rest| rest.contains(quote));
        match rest.chars().next() {
            Some(quote @ ('"' | '\'')) if !quoted(quote) => self.error_at("unclosed token", start),
            Some(
                '!' | '$' | '&' | '*' | '+' | '/' | ';' | '=' | '?' | '@' | '\\' | '^' | '`' | '{'
                | '}' | '~',
            ) => self.error_at(INVALID, start),
            _ => {
                // A name, and behind it what may stand behind one in a document type.
                let is_name = |byte: &u8| {
                    byte.is_ascii_alphanumeric() || b".-_:".contains(byte) || *byte >= 0x80
                };
                let bytes = rest.as_bytes();
                let end = bytes.iter().position(|byte| !is_name(byte));
                match end.filter(|end| *end > 0) {
                    Some(end) if !b" \t\r\n>),|[%*?+".contains(&bytes[end]) => {
                        self.error_at(INVALID, start + end)
                    }
                    _ => self.error_at(message, start),
                }
            }
        }
    }

    /// An error at the end of what was read.
    fn error(&self, message: &str) -> ParseError {
        self.error_at(message, self.tokens.position())
    }

    fn error_at(&self, message: &str, at: usize) -> ParseError {
        malformed(self.tokens.text().as_bytes(), message, at)
    }

    /// The attributes that are members.
    fn attributes(
        &mut self,
        layout: &Layout,
        on_member: &mut impl FnMut(&mut Self, usize) -> Result<(), ParseError>,
    ) -> Result<(), ParseError> {
        for attribute in self.start.attributes() {
            let Some((name, value)) = attribute else {
                return Err(self.error("not well-formed (invalid token)"));
            };
            // A prefix is whatever the sender chose; the model's stands for it.
            let index = layout.find(None, |field| {
                field.attribute
                    && match (name.split_once(':'), field.wire_name().split_once(':')) {
                        (Some((_, own)), Some((_, local))) => own == local,
                        _ => name == field.wire_name(),
                    }
            });
            let Some(index) = index else { continue };
            self.attribute = Some(value);
            on_member(self, index)?;
            self.attribute = None;
        }
        Ok(())
    }
}

impl<'i> Decoder<'i> for XmlDecoder<'i> {
    const FLATTENS: bool = true;

    fn take_null(&mut self) -> Result<bool, ParseError> {
        Ok(false)
    }

    fn structure(
        &mut self,
        _field: &Field,
        layout: &Layout,
        unknown: &mut Unknown,
        mut on_member: impl FnMut(&mut Self, usize) -> Result<(), ParseError>,
    ) -> Result<(), ParseError> {
        if layout.has_attributes {
            self.attributes(layout, &mut on_member)?;
        }
        let mut previous = None;
        loop {
            match self.part()? {
                Part::Text(_) => {}
                Part::End => return Ok(()),
                Part::Child => {
                    let name = self.start.local_name();
                    let index = layout
                        .find(previous, |field| {
                            field.xml_name == name && !field.is_outside_response_body()
                        })
                        .or_else(|| layout.find(previous, |field| field.xml_alias == Some(name)));
                    match index {
                        Some(index) => {
                            previous = Some(index);
                            for (_, twin) in layout.twins.iter().filter(|(one, _)| *one == index) {
                                on_member(&mut self.clone(), *twin)?;
                            }
                            on_member(self, index)?;
                        }
                        None => {
                            if layout.is_union {
                                unknown.add(name);
                            }
                            self.skip()?;
                        }
                    }
                }
            }
        }
    }

    fn list(
        &mut self,
        _field: &Field,
        mut on_item: impl FnMut(&mut Self) -> Result<(), ParseError>,
    ) -> Result<(), ParseError> {
        while self.next_child()? {
            on_item(self)?;
        }
        Ok(())
    }

    fn map(
        &mut self,
        field: &Field,
        layout: &Layout,
        mut on_value: impl FnMut(&mut Self, Cow<'_, str>) -> Result<(), ParseError>,
    ) -> Result<(), ParseError> {
        let named = |part: Option<&Field>| part.and_then(|part| part.location_name);
        let key_name = named(layout.first()).unwrap_or("key");
        let value_name = named(layout.second()).unwrap_or("value");
        loop {
            // A flattened map's element is itself the entry.
            if !field.flattened && !self.next_child()? {
                return Ok(());
            }
            let (mut key, mut value) = (None, None);
            while self.next_child()? {
                let name = self.start.local_name();
                if name == key_name {
                    key = Some(self.text_of_element()?.0);
                } else if name == value_name
                    && let Some(key) = &key
                {
                    on_value(self, key.clone())?;
                } else if name == value_name {
                    // Its key stands behind it.
                    value = Some(self.clone());
                    self.skip()?;
                } else {
                    return Err(ParseError::Value {
                        shape: field.shape.name(),
                        message: format!("Unknown tag: {name}"),
                    });
                }
            }
            if let (Some(key), Some(mut value)) = (key, value) {
                on_value(&mut value, key)?;
            }
            if field.flattened {
                return Ok(());
            }
        }
    }

    fn scalar(&mut self, _field: &Field) -> Result<Scalar<'i>, ParseError> {
        Ok(Scalar::Text(match self.attribute.take() {
            Some(text) => Cow::Owned(text),
            None => self.text_of_element()?.0,
        }))
    }

    fn document(&mut self) -> Result<Value, ParseError> {
        self.untyped(crate::decode::MAX_DEPTH)
    }
}

/// What is wrong first in a body that is not UTF-8 all through.
fn not_utf8(body: &[u8], error: std::str::Utf8Error) -> ParseError {
    let valid = error.valid_up_to();
    let before = std::str::from_utf8(&body[..valid]).unwrap_or_default();
    let mut tokens = Tokens::new(before);
    let earlier = loop {
        match tokens.next() {
            Ok(Token::Eof) => break None,
            Ok(_) => {}
            Err(error) => {
                let is_end = error.message == UNCLOSED || error.message == "no element found";
                break (!is_end).then_some((error.message, error.at));
            }
        }
    };
    let here = match error.error_len() {
        None => ("partial character", valid),
        Some(_) => (INVALID, valid),
    };
    let (message, at) = earlier.unwrap_or(here);
    malformed(body, message, at)
}

/// The error at a place of a body, in botocore's words.
fn malformed(body: &[u8], message: &str, at: usize) -> ParseError {
    let before = &body[..at.min(body.len())];
    let newlines = before.iter().filter(|byte| **byte == b'\n');
    let line = newlines.count() + 1;
    let start = before.iter().rposition(|byte| *byte == b'\n');
    let column = before.len() - start.map_or(0, |newline| newline + 1);
    ParseError::Xml {
        message: format!("{message}: line {line}, column {column}"),
        body: python_bytes(body),
    }
}

/// Python's `repr` of bytes: the real CLI prints a body so.
pub(crate) fn python_bytes(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') {
        '"'
    } else {
        '\''
    };
    let mut text = format!("b{quote}");
    for &byte in bytes {
        match byte {
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            b'\\' => text.push_str("\\\\"),
            _ if char::from(byte) == quote => {
                text.push('\\');
                text.push(quote);
            }
            0x20..=0x7e => text.push(char::from(byte)),
            _ => {
                let _ = write!(text, "\\x{byte:02x}");
            }
        }
    }
    text.push(quote);
    text
}
