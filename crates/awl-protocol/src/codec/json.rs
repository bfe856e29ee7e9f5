//! JSON, as Python's `json.dumps` writes it.

use std::borrow::Cow;
use std::fmt::Write as _;

use awl_model::TimestampFormat;
use awl_value::json::{self, Kind, Reader, Style};
use awl_value::{Value, python_float};

use crate::ParseError;
use crate::decode::{Decoder, Scalar, Unknown};
use crate::encode::Encoder;
use crate::schema::{Field, Layout};
use crate::text;
use crate::timestamp::Written;

/// Writes JSON.
#[derive(Default)]
pub(crate) struct JsonEncoder {
    text: String,
    /// Whether the container that is open has had a part.
    follows: bool,
}

impl JsonEncoder {
    /// The text written.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.text.into_bytes()
    }

    fn separate(&mut self) {
        if std::mem::replace(&mut self.follows, true) {
            self.text.push_str(", ");
        }
    }

    fn start(&mut self, bracket: char) {
        self.text.push(bracket);
        self.follows = false;
    }

    fn end(&mut self, bracket: char) {
        self.text.push(bracket);
        // It is itself a part of the container around it.
        self.follows = true;
    }

    fn name(&mut self, name: &str) {
        self.separate();
        json::write_string(name, true, &mut self.text);
        self.text.push_str(": ");
    }
}

impl Encoder for JsonEncoder {
    const TIMESTAMP_FORMAT: TimestampFormat = TimestampFormat::UnixTimestamp;

    fn structure_start(&mut self, _field: &Field, _members: usize) {
        self.start('{');
    }

    fn structure_end(&mut self, _field: &Field) {
        self.end('}');
    }

    fn member(&mut self, field: &Field) {
        self.name(field.wire_name());
    }

    fn extra(&mut self, name: &str, text: &str) {
        self.name(name);
        json::write_string(text, true, &mut self.text);
    }

    fn extras(&mut self, members: &[(&str, &str)]) {
        self.start('{');
        for (name, text) in members {
            self.extra(name, text);
        }
        self.end('}');
    }

    fn list_start(&mut self, _field: &Field, _layout: &Layout, _items: usize) {
        self.start('[');
    }

    fn item(&mut self, _index: usize) {
        self.separate();
    }

    fn list_end(&mut self, _field: &Field) {
        self.end(']');
    }

    fn map_start(&mut self, _field: &Field, _layout: &Layout, _entries: usize) {
        self.start('{');
    }

    fn key(&mut self, _index: usize, key: &str) {
        self.name(key);
    }

    fn map_end(&mut self, _field: &Field) {
        self.end('}');
    }

    fn null(&mut self, _field: &Field) {
        self.text.push_str("null");
    }

    fn boolean(&mut self, _field: &Field, flag: bool) {
        self.text.push_str(if flag { "true" } else { "false" });
    }

    fn integer(&mut self, _field: &Field, number: &Value) {
        json::write(number, Style::WIRE, &mut self.text);
    }

    fn float(&mut self, _field: &Field, number: f64) {
        self.text.push_str(&python_float(number));
    }

    fn string(&mut self, _field: &Field, text: &str) {
        json::write_string(text, true, &mut self.text);
    }

    fn blob(&mut self, _field: &Field, bytes: &[u8]) {
        self.text.push('"');
        self.text.push_str(&text::base64_encode(bytes));
        self.text.push('"');
    }

    fn timestamp(&mut self, _field: &Field, time: Written) {
        match time {
            Written::Text(text) => json::write_string(&text, true, &mut self.text),
            Written::Int(number) => {
                let _ = write!(self.text, "{number}");
            }
            Written::Float(number) => self.text.push_str(&python_float(number)),
        }
    }

    fn document(&mut self, _field: &Field, value: &Value) {
        json::write(value, Style::WIRE, &mut self.text);
    }
}

/// Reads JSON.
pub(crate) struct JsonDecoder<'i> {
    reader: Reader<'i>,
}

impl<'i> JsonDecoder<'i> {
    pub(crate) fn new(text: &'i str) -> Self {
        Self {
            reader: Reader::new(text),
        }
    }

    /// Whether a null comes next; text that is no JSON has none.
    pub(crate) fn is_null(&mut self) -> bool {
        self.reader.peek() == Ok(Kind::Null)
    }

    /// What Python says where a structure should be and another value is, which
    /// has not what it is asked for.
    pub(crate) fn attribute_error(&mut self) -> Option<String> {
        let kind = match self.reader.peek().ok()? {
            Kind::Map | Kind::Null => return None,
            Kind::List => "list",
            Kind::String => "str",
            Kind::Bool => "bool",
            Kind::Number => "int",
        };
        Some(format!("'{kind}' object has no attribute 'get'"))
    }

    /// Checks that nothing follows the value that was read.
    pub(crate) fn end(&mut self) -> Result<(), ParseError> {
        Ok(self.reader.end()?)
    }

    fn expect(&mut self, open: u8, field: &Field) -> Result<(), ParseError> {
        if self.reader.first_byte() == Some(open) {
            return Ok(());
        }
        self.reader.peek()?;
        Err(ParseError::Value {
            shape: field.shape.name(),
            message: format!("expected a {}", field.kind.name()),
        })
    }
}

impl<'i> Decoder<'i> for JsonDecoder<'i> {
    const BORROWS_PLAIN: bool = true;

    fn take_null(&mut self) -> Result<bool, ParseError> {
        let null = self.reader.first_byte() == Some(b'n');
        if null {
            self.reader.null()?;
        }
        Ok(null)
    }

    fn structure(
        &mut self,
        field: &Field,
        layout: &Layout,
        unknown: &mut Unknown,
        mut on_member: impl FnMut(&mut Self, usize) -> Result<(), ParseError>,
    ) -> Result<(), ParseError> {
        self.expect(b'{', field)?;
        self.reader.map_start()?;
        let mut previous = None;
        while let Some(key) = self.reader.map_next()? {
            match layout.find(previous, |member| member.wire_name() == key) {
                Some(index) => {
                    previous = Some(index);
                    on_member(self, index)?;
                }
                None if layout.is_union && self.reader.peek()? != Kind::Null => {
                    unknown.add(&key);
                    self.reader.skip()?;
                }
                None => self.reader.skip()?,
            }
        }
        Ok(())
    }

    fn list(
        &mut self,
        field: &Field,
        mut on_item: impl FnMut(&mut Self) -> Result<(), ParseError>,
    ) -> Result<(), ParseError> {
        self.expect(b'[', field)?;
        self.reader.list_start()?;
        while self.reader.list_next()? {
            on_item(self)?;
        }
        Ok(())
    }

    fn map(
        &mut self,
        field: &Field,
        _layout: &Layout,
        mut on_value: impl FnMut(&mut Self, Cow<'_, str>) -> Result<(), ParseError>,
    ) -> Result<(), ParseError> {
        self.expect(b'{', field)?;
        self.reader.map_start()?;
        while let Some(key) = self.reader.map_next()? {
            on_value(self, key)?;
        }
        Ok(())
    }

    fn scalar(&mut self, _field: &Field) -> Result<Scalar<'i>, ParseError> {
        Ok(match self.reader.first_byte() {
            Some(b'"') => Scalar::Text(self.reader.string()?),
            _ => Scalar::Value(json::value(&mut self.reader)?),
        })
    }

    fn document(&mut self) -> Result<Value, ParseError> {
        Ok(json::value(&mut self.reader)?)
    }
}
