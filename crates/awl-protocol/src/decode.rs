//! The walk from a codec's bytes to values, the same for every codec and for
//! both directions. Codecs find members; the walk orders and converts them.

mod skip;
mod typed;

use std::borrow::Cow;
use std::collections::HashSet;

use awl_model::ShapeKind;
use awl_value::jmespath::Needs;
use awl_value::{Interner, Key, Map, Value, python};

use crate::schema::{Field, Layout, Schema};
use crate::timestamp::{self, Parsed};
use crate::transcribe::{Piece, Transcript};
use crate::{Blobs, ParseError, ParseOptions, Protocol, Timestamps, text};

/// How deep values may nest: what Python's recursion limit lets through.
pub(crate) const MAX_DEPTH: usize = 500;

/// How much room a map gets on the word of the one before it.
const MAX_ENTRIES: usize = 64;

/// A notation to read values from. The reading of a value takes all of it.
pub(crate) trait Decoder<'i>: Sized {
    /// Whether a list or map may be spread over its parent's members.
    const FLATTENS: bool = false;
    /// Whether text that is borrowed from the bytes is what JSON writes between
    /// quotes.
    const BORROWS_PLAIN: bool = false;

    /// Takes a null, if that comes next.
    fn take_null(&mut self) -> Result<bool, ParseError>;
    /// Takes a structure; `on_member` is called before each member's value,
    /// with the member's number, and takes it.
    fn structure(
        &mut self,
        field: &Field,
        layout: &Layout,
        unknown: &mut Unknown,
        on_member: impl FnMut(&mut Self, usize) -> Result<(), ParseError>,
    ) -> Result<(), ParseError>;
    /// Takes a list; `on_item` is called before each item and takes it.
    fn list(
        &mut self,
        field: &Field,
        on_item: impl FnMut(&mut Self) -> Result<(), ParseError>,
    ) -> Result<(), ParseError>;
    /// Takes a map; `on_value` is called with each key before its value, and takes
    /// that.
    fn map(
        &mut self,
        field: &Field,
        layout: &Layout,
        on_value: impl FnMut(&mut Self, Cow<'_, str>) -> Result<(), ParseError>,
    ) -> Result<(), ParseError>;
    /// Takes a scalar as it stands.
    fn scalar(&mut self, field: &Field) -> Result<Scalar<'i>, ParseError>;
    /// Takes whatever comes next.
    fn document(&mut self) -> Result<Value, ParseError>;
}

/// A scalar as it stands on the wire.
pub(crate) enum Scalar<'i> {
    Text(Cow<'i, str>),
    Value(Value),
}

/// The members of a union that the model does not know.
#[derive(Default)]
pub(crate) struct Unknown {
    count: usize,
    first: Option<String>,
}

impl Unknown {
    pub(crate) const fn count(&self) -> usize {
        self.count
    }

    pub(crate) fn add(&mut self, name: &str) {
        // Parity: botocore/parsers.py, _has_unknown_tagged_union_member.
        if name == "__type" {
            return;
        }
        self.count += 1;
        self.first.get_or_insert_with(|| name.to_owned());
    }
}

/// A map in the making: later values of a key replace earlier ones, as in
/// Python, without looking through thousands of keys for each.
#[derive(Default)]
pub(crate) struct Entries {
    map: Map,
    seen: Option<HashSet<String>>,
}

impl Entries {
    fn with_capacity(capacity: usize) -> Self {
        Self {
            map: Map::with_capacity(capacity),
            seen: None,
        }
    }

    pub(crate) fn insert(&mut self, key: impl Into<Key>, value: Value) {
        let key = key.into();
        if self.map.len() < 32 {
            self.map.insert(key, value);
            return;
        }
        let map = &self.map;
        let seen = self
            .seen
            .get_or_insert_with(|| map.keys().map(str::to_owned).collect());
        if seen.insert(key.to_string()) {
            self.map.push(key, value);
        } else {
            self.map.insert(key, value);
        }
    }

    /// Like `insert`, but the first of several values of a key stays.
    pub(crate) fn insert_new(&mut self, key: String, value: Value) {
        if !self.map.contains_key(&key) {
            self.map.push(key, value);
        }
    }

    pub(crate) fn finish(mut self) -> Map {
        self.map.shrink_to_fit();
        self.map
    }
}

/// How scalars of a body are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scalars {
    /// As they stand: a number where text is modelled stays a number.
    AsTheyAre,
    /// Converted to the modelled type, as Python's `int` and `float` do.
    Converted,
    /// Text that is converted; only `true` is true.
    FromText,
    /// As a service takes them: what has not the modelled type is an error.
    Typed,
    /// The same, where the notation has nothing but text.
    TypedText,
}

impl Scalars {
    /// Whether a service reads.
    const fn are_typed(self) -> bool {
        matches!(self, Self::Typed | Self::TypedText)
    }
}

/// What the walk goes by.
pub(crate) struct Walk<'s> {
    schema: &'s Schema,
    options: ParseOptions<'s>,
    scalars: Scalars,
    /// Whether a union with one unknown member is told as such.
    names_unknown: bool,
    /// The members of the structures that are open, each with its number.
    members: Vec<(u16, Value)>,
    /// The keys of maps, which come again and again.
    keys: Interner,
    /// The same of structures and maps that are written as text.
    pub(crate) pieces: Vec<Piece>,
    /// The list whose items are written as text.
    pub(crate) transcript: Option<Box<Transcript<'s>>>,
    /// What is needed of the value that is being read, where that is not all.
    pub(crate) needs: Option<&'s Needs>,
    depth: usize,
    /// Where an error is, from the inside out; only a service asks.
    place: Vec<String>,
}

impl<'s> Walk<'s> {
    pub(crate) fn new(schema: &'s Schema, options: ParseOptions<'s>, protocol: Protocol) -> Self {
        Self {
            schema,
            options,
            scalars: match protocol {
                Protocol::Json | Protocol::RpcV2Cbor => Scalars::AsTheyAre,
                Protocol::RestJson => Scalars::Converted,
                Protocol::RestXml | Protocol::Query | Protocol::Ec2 => Scalars::FromText,
            },
            names_unknown: protocol != Protocol::RpcV2Cbor,
            members: Vec::new(),
            keys: Interner::default(),
            pieces: Vec::new(),
            transcript: None,
            needs: options.needs.filter(|needs| !needs.is_everything()),
            depth: 0,
            place: Vec::new(),
        }
    }

    /// The walk of a service over a request.
    pub(crate) fn of_service(schema: &'s Schema, protocol: Protocol) -> Self {
        Self {
            scalars: match protocol {
                Protocol::Json | Protocol::RestJson | Protocol::RpcV2Cbor => Scalars::Typed,
                Protocol::RestXml | Protocol::Query | Protocol::Ec2 => Scalars::TypedText,
            },
            names_unknown: false,
            ..Self::new(schema, ParseOptions::default(), protocol)
        }
    }

    /// Where the error is that reading ended with: `/Filters/0/Name`.
    pub(crate) fn place(&mut self) -> String {
        let mut place = String::new();
        for part in self.place.drain(..).rev() {
            place.push('/');
            place.push_str(&part);
        }
        place
    }

    /// Says of a result that, as an error, it is in this part.
    pub(crate) fn within<T>(
        &mut self,
        result: Result<T, ParseError>,
        part: impl FnOnce() -> String,
    ) -> Result<T, ParseError> {
        if result.is_err() && self.scalars.are_typed() {
            self.place.push(part());
        }
        result
    }

    pub(crate) const fn schema(&self) -> &'s Schema {
        self.schema
    }

    pub(crate) const fn options(&self) -> &ParseOptions<'s> {
        &self.options
    }

    pub(crate) const fn scalars(&self) -> Scalars {
        self.scalars
    }

    /// Reads one value.
    pub(crate) fn value<'i, D: Decoder<'i>>(
        &mut self,
        decoder: &mut D,
        field: &Field,
    ) -> Result<Value, ParseError> {
        if decoder.take_null()? {
            return Ok(Value::Null);
        }
        match field.kind {
            ShapeKind::Structure | ShapeKind::List | ShapeKind::Map => {
                self.deeper(field, |walk| walk.container(decoder, field))
            }
            _ => {
                let scalar = decoder.scalar(field)?;
                self.convert(field, scalar, self.scalars)
            }
        }
    }

    /// Reads what is one level deeper.
    pub(crate) fn deeper<T>(
        &mut self,
        field: &Field,
        read: impl FnOnce(&mut Self) -> Result<T, ParseError>,
    ) -> Result<T, ParseError> {
        if self.depth == MAX_DEPTH {
            return Err(ParseError::Value {
                shape: field.shape.name(),
                message: "nested too deep".to_owned(),
            });
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    pub(crate) fn container<'i, D: Decoder<'i>>(
        &mut self,
        decoder: &mut D,
        field: &Field,
    ) -> Result<Value, ParseError> {
        let layout = self.schema.layout(field.shape);
        match field.kind {
            ShapeKind::Structure if layout.is_document => decoder.document(),
            ShapeKind::Structure => self.structure(decoder, field, layout).map(Value::Map),
            ShapeKind::List => {
                let mut items = Vec::new();
                let Some(item_field) = layout.first() else {
                    return Ok(Value::List(items));
                };
                decoder.list(field, |decoder| {
                    let item = self.value(decoder, item_field);
                    items.push(self.within(item, || items.len().to_string())?);
                    Ok(())
                })?;
                items.shrink_to_fit();
                Ok(Value::List(items))
            }
            _ => {
                let mut entries = Entries::with_capacity(layout.entries.get());
                if let Some(value_field) = layout.second() {
                    decoder.map(field, layout, |decoder, key| {
                        let outer = self.needs;
                        if !self.enter(&key) {
                            return self.skip(decoder, value_field);
                        }
                        let value = self.value(decoder, value_field);
                        self.needs = outer;
                        let value = self.within(value, || key.clone().into_owned())?;
                        entries.insert(self.keys.key(&key), value);
                        Ok(())
                    })?;
                }
                let map = entries.finish();
                layout.entries.set(map.len().min(MAX_ENTRIES));
                Ok(Value::Map(map))
            }
        }
    }

    /// Reads the members of a structure, in the model's order.
    pub(crate) fn structure<'i, D: Decoder<'i>>(
        &mut self,
        decoder: &mut D,
        field: &Field,
        layout: &'s Layout,
    ) -> Result<Map, ParseError> {
        let base = self.members.len();
        let mut unknown = Unknown::default();
        let needs = self.needs;
        if layout.is_union {
            // That it has one member is seen when it has been read.
            self.needs = None;
        }
        let outer = self.needs;
        let read = decoder.structure(field, layout, &mut unknown, |decoder, index| {
            let field = &layout.fields[index];
            if !self.enter(field.name) {
                return self.skip_member(decoder, field);
            }
            let read = self.member(decoder, base, index, field);
            self.needs = outer;
            read
        });
        self.needs = needs;
        if let Err(error) = read {
            self.members.truncate(base);
            return Err(error);
        }
        self.gather(base, layout, D::FLATTENS, unknown)
    }

    fn member<'i, D: Decoder<'i>>(
        &mut self,
        decoder: &mut D,
        base: usize,
        index: usize,
        field: &Field,
    ) -> Result<(), ParseError> {
        let number = u16::try_from(index).unwrap_or(u16::MAX);
        if self.transcript.is_some() && self.is_on_path(field) {
            return self.member_on_path(decoder, base, number, field);
        }
        if D::FLATTENS && field.flattened && field.kind == ShapeKind::List {
            let Some(item_field) = self.schema.layout(field.shape).first() else {
                return Ok(());
            };
            let item = self.value(decoder, item_field);
            let item = self.within(item, || field.name.to_owned())?;
            if let Some((last, Value::List(items))) = self.members[base..].last_mut()
                && *last == number
            {
                items.push(item);
            } else {
                self.members.push((number, Value::List(vec![item])));
            }
            return Ok(());
        }
        let value = self.value(decoder, field);
        let value = self.within(value, || field.name.to_owned())?;
        if !value.is_null() {
            self.members.push((number, value));
        }
        Ok(())
    }

    /// Whether the path of the transcript goes on with this member.
    fn is_on_path(&self, field: &Field) -> bool {
        self.transcript.as_ref().is_some_and(|transcript| {
            transcript.root + transcript.entered == self.depth
                && transcript
                    .next_name()
                    .is_some_and(|(name, _)| name == field.name)
        })
    }

    /// Reads a member on the path of the transcript: where the list stood whose
    /// items are written as text, an empty one is.
    fn member_on_path<'i, D: Decoder<'i>>(
        &mut self,
        decoder: &mut D,
        base: usize,
        number: u16,
        field: &Field,
    ) -> Result<(), ParseError> {
        let Some(mut transcript) = self.transcript.take() else {
            return Ok(());
        };
        let is_last = transcript.next_name().is_some_and(|(_, is_last)| is_last);
        let is_flattened = D::FLATTENS && field.flattened;
        let mut is_there = true;
        let read = match (is_last && field.kind == ShapeKind::List, is_flattened) {
            (true, true) => match self.schema.layout(field.shape).first() {
                Some(item) => self.transcribe_item(decoder, item, &mut transcript),
                None => Ok(()),
            },
            (true, false) => self
                .transcribe_list(decoder, field, &mut transcript)
                .map(|found| is_there = found),
            (false, _) => {
                transcript.entered += usize::from(!is_last);
                self.transcript = Some(transcript);
                let value = self.value(decoder, field);
                if let Some(transcript) = &mut self.transcript {
                    transcript.entered -= usize::from(!is_last);
                }
                return value.map(|value| {
                    if !value.is_null() {
                        self.members.push((number, value));
                    }
                });
            }
        };
        self.transcript = Some(transcript);
        read?;
        let is_known = self.members[base..].iter().any(|(one, _)| *one == number);
        if is_there && !is_known {
            self.members.push((number, Value::List(Vec::new())));
        }
        Ok(())
    }

    /// Makes the map of the members from `base` on.
    fn gather(
        &mut self,
        base: usize,
        layout: &Layout,
        flattens: bool,
        unknown: Unknown,
    ) -> Result<Map, ParseError> {
        let members = &mut self.members[base..];
        let ordered = members.windows(2).all(|pair| pair[0].0 < pair[1].0);
        if !ordered {
            // Stable: what came later stays later.
            members.sort_by_key(|(number, _)| *number);
        }
        let mut map = Map::with_capacity(members.len());
        let mut last = None;
        for (number, value) in self.members.drain(base..) {
            let Some(field) = layout.fields.get(usize::from(number)) else {
                continue;
            };
            if last != Some(number) {
                map.push(field.name, value);
                last = Some(number);
            } else if let Some(old) = map.get_mut(field.name) {
                merge(old, value, field, flattens);
            }
        }
        if layout.is_union {
            return self.union(map, layout, unknown);
        }
        Ok(map)
    }

    fn union(&self, map: Map, layout: &Layout, unknown: Unknown) -> Result<Map, ParseError> {
        let unknown_count = match self.scalars.are_typed() {
            true => 0,
            false => unknown.count,
        };
        if map.len() + unknown_count != 1 {
            return Err(ParseError::Union(layout.shape.name()));
        }
        Ok(match self.unknown_tag(unknown) {
            Some(tag) => Map::from_iter([("SDK_UNKNOWN_MEMBER".into(), tag)]),
            None => map,
        })
    }

    /// What is told of a union's member that the model does not know.
    pub(crate) fn unknown_tag(&self, unknown: Unknown) -> Option<Value> {
        let name = unknown.first.filter(|_| self.names_unknown)?;
        let tag = Map::from_iter([("name".into(), Value::String(name))]);
        Some(Value::Map(tag))
    }

    /// Converts a scalar to what its shape wants.
    pub(crate) fn convert(
        &self,
        field: &Field,
        scalar: Scalar<'_>,
        scalars: Scalars,
    ) -> Result<Value, ParseError> {
        if scalars.are_typed() {
            return typed::convert(field, scalar, scalars == Scalars::TypedText);
        }
        let own = |scalar: Scalar<'_>| match scalar {
            Scalar::Text(text) => Value::String(text.into_owned()),
            Scalar::Value(value) => value,
        };
        match field.kind {
            ShapeKind::Timestamp => Ok(self.time(scalar)),
            ShapeKind::Blob => match scalar {
                Scalar::Text(text) if self.options.blobs == Blobs::Bytes => {
                    text::base64_decode(&text)
                        .map(Value::Blob)
                        .ok_or_else(|| invalid(field, "base64", &text))
                }
                scalar => Ok(own(scalar)),
            },
            _ if scalars == Scalars::AsTheyAre => Ok(own(scalar)),
            ShapeKind::Boolean => Ok(Value::Bool(match scalar {
                Scalar::Text(text) if scalars == Scalars::FromText => text == "true",
                Scalar::Text(text) => text.eq_ignore_ascii_case("true"),
                Scalar::Value(value) => value == Value::Bool(true),
            })),
            ShapeKind::Integer | ShapeKind::Long => match scalar {
                Scalar::Text(text) => text::python_int(&text).ok_or_else(|| {
                    let text = python::quote(&text);
                    let words = format!("invalid literal for int() with base 10: {text}");
                    ParseError::Python(words)
                }),
                Scalar::Value(Value::Float(number)) if number.abs() < 9e15 => {
                    Ok(Value::Int(number as i64))
                }
                Scalar::Value(Value::Bool(flag)) => Ok(Value::Int(flag.into())),
                Scalar::Value(value) => Ok(value),
            },
            ShapeKind::Float | ShapeKind::Double => match scalar {
                Scalar::Text(text) => {
                    text::python_float(&text).map(Value::Float).ok_or_else(|| {
                        let text = python::quote(&text);
                        ParseError::Python(format!("could not convert string to float: {text}"))
                    })
                }
                Scalar::Value(Value::Int(number)) => Ok(Value::Float(number as f64)),
                Scalar::Value(Value::BigInt(digits)) => {
                    Ok(Value::Float(digits.parse().unwrap_or(f64::INFINITY)))
                }
                Scalar::Value(value) => Ok(value),
            },
            _ => Ok(own(scalar)),
        }
    }

    /// A time; what is none stays as it came.
    pub(crate) fn time(&self, scalar: Scalar<'_>) -> Value {
        let read = match (&scalar, self.options.timestamps) {
            (_, Timestamps::Wire) => None,
            (Scalar::Text(text), _) => timestamp::parse(text),
            (Scalar::Value(Value::Int(seconds)), _) => timestamp::from_seconds(*seconds)
                .map(|micros| Parsed::Aware(timestamp::local(micros))),
            (Scalar::Value(Value::Float(seconds)), _) => timestamp::from_float(*seconds)
                .map(|micros| Parsed::Aware(timestamp::local(micros))),
            _ => None,
        };
        match (read, scalar) {
            (Some(Parsed::Aware(time)), _) => Value::Timestamp(time),
            (Some(Parsed::Naive(micros)), _) => Value::String(timestamp::naive_isoformat(micros)),
            (None, Scalar::Text(text)) => Value::String(text.into_owned()),
            (None, Scalar::Value(value)) => value,
        }
    }
}

/// A member that came again.
fn merge(old: &mut Value, value: Value, field: &Field, flattens: bool) {
    match (old, value) {
        (Value::List(items), Value::List(more)) if flattens && field.flattened => {
            items.extend(more);
        }
        (Value::Map(map), Value::Map(more)) if flattens && field.flattened => {
            for (key, value) in more {
                map.insert(key, value);
            }
        }
        // In XML the first of several counts, in JSON the last.
        (old, value) if !flattens => *old = value,
        _ => {}
    }
}

fn invalid(field: &Field, wanted: &str, text: &str) -> ParseError {
    ParseError::Value {
        shape: field.shape.name(),
        message: format!("invalid {wanted}: {text:?}"),
    }
}
