//! CBOR, as botocore writes and reads it: definite lengths go out, both kinds
//! come in; the one tag is that of times.

use std::borrow::Cow;

use awl_model::{ShapeKind, TimestampFormat};
use awl_value::{Map, Value};
use minicbor::data::{Int, Type};

use crate::ParseError;
use crate::decode::{Decoder, MAX_DEPTH, Scalar, Unknown};
use crate::encode::Encoder;
use crate::schema::{Field, Layout};
use crate::timestamp::{self, Written};

/// The tag of a time in seconds since the epoch.
const EPOCH: u64 = 1;

/// Writes CBOR.
pub(crate) struct CborEncoder {
    encoder: minicbor::Encoder<Vec<u8>>,
}

impl CborEncoder {
    pub(crate) fn new() -> Self {
        Self {
            encoder: minicbor::Encoder::new(Vec::new()),
        }
    }

    /// The bytes written.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.encoder.into_writer()
    }

    // A vector takes all that is written to it, so no write here can fail.

    fn double(&mut self, field: &Field, number: f64) {
        let _ = if !number.is_finite() {
            self.encoder.f16(number as f32).map(|_| ())
        } else if field.kind == ShapeKind::Float {
            self.encoder.f32(number as f32).map(|_| ())
        } else {
            self.encoder.f64(number).map(|_| ())
        };
    }
}

impl Encoder for CborEncoder {
    const TIMESTAMP_FORMAT: TimestampFormat = TimestampFormat::UnixTimestamp;
    const NATIVE_FLOATS: bool = true;
    const MODELLED_TIMESTAMPS: bool = false;

    fn structure_start(&mut self, _field: &Field, members: usize) {
        let _ = self.encoder.map(members as u64);
    }

    fn structure_end(&mut self, _field: &Field) {}

    fn member(&mut self, field: &Field) {
        let _ = self.encoder.str(field.wire_name());
    }

    fn extra(&mut self, name: &str, text: &str) {
        let _ = self.encoder.str(name);
        let _ = self.encoder.str(text);
    }

    fn extras(&mut self, members: &[(&str, &str)]) {
        let _ = self.encoder.map(members.len() as u64);
        for (name, text) in members {
            self.extra(name, text);
        }
    }

    fn list_start(&mut self, _field: &Field, _layout: &Layout, items: usize) {
        let _ = self.encoder.array(items as u64);
    }

    fn item(&mut self, _index: usize) {}

    fn list_end(&mut self, _field: &Field) {}

    fn map_start(&mut self, _field: &Field, _layout: &Layout, entries: usize) {
        let _ = self.encoder.map(entries as u64);
    }

    fn key(&mut self, _index: usize, key: &str) {
        let _ = self.encoder.str(key);
    }

    fn map_end(&mut self, _field: &Field) {}

    fn null(&mut self, _field: &Field) {
        let _ = self.encoder.null();
    }

    fn boolean(&mut self, _field: &Field, flag: bool) {
        let _ = self.encoder.bool(flag);
    }

    fn integer(&mut self, field: &Field, number: &Value) {
        let number = match number {
            Value::Int(number) => i128::from(*number),
            Value::BigInt(digits) => match digits.parse() {
                Ok(number) => number,
                Err(_) => return self.double(field, digits.parse().unwrap_or(f64::NAN)),
            },
            _ => return self.null(field),
        };
        if matches!(field.kind, ShapeKind::Float | ShapeKind::Double) {
            return self.double(field, number as f64);
        }
        match Int::try_from(number) {
            Ok(number) => {
                let _ = self.encoder.int(number);
            }
            Err(_) => self.double(field, number as f64),
        }
    }

    fn float(&mut self, field: &Field, number: f64) {
        self.double(field, number);
    }

    fn string(&mut self, _field: &Field, text: &str) {
        let _ = self.encoder.str(text);
    }

    fn blob(&mut self, _field: &Field, bytes: &[u8]) {
        let _ = self.encoder.bytes(bytes);
    }

    fn timestamp(&mut self, _field: &Field, time: Written) {
        let _ = self.encoder.tag(minicbor::data::Tag::new(EPOCH));
        let _ = match time {
            Written::Int(number) => self.encoder.i64(number).map(|_| ()),
            Written::Float(number) => self.encoder.f64(number).map(|_| ()),
            Written::Text(text) => self.encoder.str(&text).map(|_| ()),
        };
    }

    fn document(&mut self, field: &Field, value: &Value) {
        match value {
            Value::Null | Value::Timestamp(_) => self.null(field),
            Value::Bool(flag) => self.boolean(field, *flag),
            Value::Int(_) | Value::BigInt(_) => self.integer(field, value),
            Value::Float(number) => self.double(field, *number),
            Value::String(text) => self.string(field, text),
            Value::Blob(bytes) => self.blob(field, bytes),
            Value::List(items) => {
                let _ = self.encoder.array(items.len() as u64);
                for item in items {
                    self.document(field, item);
                }
            }
            Value::Map(map) => {
                let _ = self.encoder.map(map.len() as u64);
                for (key, item) in map.iter() {
                    let _ = self.encoder.str(key);
                    self.document(field, item);
                }
            }
        }
    }
}

/// Reads CBOR.
pub(crate) struct CborDecoder<'i> {
    decoder: minicbor::Decoder<'i>,
}

impl<'i> CborDecoder<'i> {
    pub(crate) fn new(bytes: &'i [u8]) -> Self {
        Self {
            decoder: minicbor::Decoder::new(bytes),
        }
    }

    /// Whether a container of this length has another part after `read` parts.
    fn more(&mut self, length: Option<u64>, read: u64) -> Result<bool, ParseError> {
        match length {
            Some(length) => Ok(read < length),
            None if self.decoder.datatype()? == Type::Break => {
                // Past the break.
                self.decoder.set_position(self.decoder.position() + 1);
                Ok(false)
            }
            None => Ok(true),
        }
    }

    fn text(&mut self) -> Result<Cow<'i, str>, ParseError> {
        if self.decoder.datatype()? == Type::String {
            return Ok(Cow::Borrowed(self.decoder.str()?));
        }
        let mut text = String::new();
        for piece in self.decoder.str_iter()? {
            text.push_str(piece?);
        }
        Ok(Cow::Owned(text))
    }

    fn bytes(&mut self) -> Result<Vec<u8>, ParseError> {
        if self.decoder.datatype()? == Type::Bytes {
            return Ok(self.decoder.bytes()?.to_vec());
        }
        let mut bytes = Vec::new();
        for piece in self.decoder.bytes_iter()? {
            bytes.extend_from_slice(piece?);
        }
        Ok(bytes)
    }

    /// A number in seconds, behind the tag of times.
    fn epoch(&mut self) -> Result<Value, ParseError> {
        let tag = self.decoder.tag()?.as_u64();
        if tag != EPOCH {
            return Err(ParseError::Cbor(format!("unsupported tag {tag}")));
        }
        match self.any(MAX_DEPTH)? {
            number @ (Value::Int(_) | Value::Float(_)) => Ok(number),
            _ => Err(ParseError::Cbor("a time that is no number".to_owned())),
        }
    }

    /// Whatever comes next.
    fn any(&mut self, depth: usize) -> Result<Value, ParseError> {
        if depth > MAX_DEPTH {
            return Err(ParseError::Cbor("nested too deep".to_owned()));
        }
        let decoder = &mut self.decoder;
        Ok(match decoder.datatype()? {
            Type::Bool => Value::Bool(decoder.bool()?),
            Type::Null | Type::Undefined => {
                decoder.skip()?;
                Value::Null
            }
            Type::F16 => Value::Float(decoder.f16()?.into()),
            Type::F32 => Value::Float(decoder.f32()?.into()),
            Type::F64 => Value::Float(decoder.f64()?),
            Type::String | Type::StringIndef => Value::String(self.text()?.into_owned()),
            Type::Bytes | Type::BytesIndef => Value::Blob(self.bytes()?),
            Type::Array | Type::ArrayIndef => {
                let length = decoder.array()?;
                let mut items = Vec::new();
                let mut read = 0;
                while self.more(length, read)? {
                    read += 1;
                    items.push(self.any(depth + 1)?);
                }
                Value::List(items)
            }
            Type::Map | Type::MapIndef => {
                let length = decoder.map()?;
                let mut map = Map::new();
                let mut read = 0;
                while self.more(length, read)? {
                    read += 1;
                    let key = self.text()?.into_owned();
                    let value = self.any(depth + 1)?;
                    map.insert(key, value);
                }
                Value::Map(map)
            }
            Type::Tag => {
                let time = match self.epoch()? {
                    Value::Int(seconds) => timestamp::from_seconds(seconds),
                    Value::Float(seconds) => timestamp::from_float(seconds),
                    _ => None,
                };
                let time = time.ok_or_else(|| ParseError::Cbor("a time beyond all".to_owned()))?;
                Value::Timestamp(timestamp::local(time))
            }
            Type::Break | Type::Simple | Type::Unknown(_) => {
                return Err(ParseError::Cbor("unsupported simple value".to_owned()));
            }
            _ => {
                let number = i128::from(decoder.int()?);
                i64::try_from(number)
                    .map_or_else(|_| Value::BigInt(number.to_string().into()), Value::Int)
            }
        })
    }

    fn expect(&mut self, wanted: [Type; 2], field: &Field) -> Result<(), ParseError> {
        if wanted.contains(&self.decoder.datatype()?) {
            return Ok(());
        }
        Err(ParseError::Value {
            shape: field.shape.name(),
            message: format!("expected a {}", field.kind.name()),
        })
    }
}

impl<'i> Decoder<'i> for CborDecoder<'i> {
    fn take_null(&mut self) -> Result<bool, ParseError> {
        let null = matches!(self.decoder.datatype()?, Type::Null | Type::Undefined);
        if null {
            self.decoder.skip()?;
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
        self.expect([Type::Map, Type::MapIndef], field)?;
        let length = self.decoder.map()?;
        let (mut read, mut previous) = (0, None);
        while self.more(length, read)? {
            read += 1;
            let key = self.text()?;
            if let Some(index) = layout.find(previous, |member| member.wire_name() == key) {
                previous = Some(index);
                on_member(self, index)?;
                continue;
            }
            if layout.is_union && !matches!(self.decoder.datatype()?, Type::Null | Type::Undefined)
            {
                unknown.add(&key);
            }
            self.decoder.skip()?;
        }
        Ok(())
    }

    fn list(
        &mut self,
        field: &Field,
        mut on_item: impl FnMut(&mut Self) -> Result<(), ParseError>,
    ) -> Result<(), ParseError> {
        self.expect([Type::Array, Type::ArrayIndef], field)?;
        let length = self.decoder.array()?;
        let mut read = 0;
        while self.more(length, read)? {
            read += 1;
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
        self.expect([Type::Map, Type::MapIndef], field)?;
        let length = self.decoder.map()?;
        let mut read = 0;
        while self.more(length, read)? {
            read += 1;
            let key = self.text()?;
            on_value(self, key)?;
        }
        Ok(())
    }

    fn scalar(&mut self, field: &Field) -> Result<Scalar<'i>, ParseError> {
        Ok(match self.decoder.datatype()? {
            Type::String | Type::StringIndef if field.kind != ShapeKind::Blob => {
                Scalar::Text(self.text()?)
            }
            Type::Tag if field.kind == ShapeKind::Timestamp => Scalar::Value(self.epoch()?),
            _ => Scalar::Value(self.any(0)?),
        })
    }

    fn document(&mut self) -> Result<Value, ParseError> {
        self.any(0)
    }
}
