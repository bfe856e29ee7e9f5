//! The walk from values to a codec's bytes, the same for every codec and for
//! both directions: it knows shapes, and the codec knows notation.

use awl_model::{ShapeKind, TimestampFormat};
use awl_value::{Map, Value};

use crate::schema::{Field, Layout, Schema};
use crate::timestamp::{self, Written};
use crate::{SerializeError, TimestampPrecision, text};

/// A notation for values. Each value is told in turn: a container by its start,
/// its parts and its end, with each part's name before the part.
pub(crate) trait Encoder {
    /// How timestamps are written where the model says nothing.
    const TIMESTAMP_FORMAT: TimestampFormat;
    /// Whether a member may say otherwise.
    const MODELLED_TIMESTAMPS: bool = true;
    /// Whether the notation takes a number for what it is; else NaN and the
    /// infinities are text.
    const NATIVE_FLOATS: bool = false;
    /// Whether some members are attributes of their parent.
    const ATTRIBUTES: bool = false;

    /// A structure with this many members follows.
    fn structure_start(&mut self, field: &Field, members: usize);
    /// The structure is complete.
    fn structure_end(&mut self, field: &Field);
    /// The member whose value follows.
    fn member(&mut self, field: &Field);
    /// A member of the structure just begun that is its attribute.
    fn attribute(&mut self, _field: &Field, _text: &str) {}
    /// A member of the structure just begun that no model has: text.
    fn extra(&mut self, _name: &str, _text: &str) {}
    /// A structure of nothing but such members.
    fn extras(&mut self, _members: &[(&str, &str)]) {}
    /// A list of this many items follows.
    fn list_start(&mut self, field: &Field, layout: &Layout, items: usize);
    /// Item `index` follows.
    fn item(&mut self, index: usize);
    /// The list is complete.
    fn list_end(&mut self, field: &Field);
    /// A map of this many entries follows.
    fn map_start(&mut self, field: &Field, layout: &Layout, entries: usize);
    /// The key of entry `index`; its value follows.
    fn key(&mut self, index: usize, key: &str);
    /// The map is complete.
    fn map_end(&mut self, field: &Field);
    /// A null among the items of a list or the values of a map.
    fn null(&mut self, field: &Field);
    /// A boolean.
    fn boolean(&mut self, field: &Field, flag: bool);
    /// An integer: `Int` or `BigInt`.
    fn integer(&mut self, field: &Field, number: &Value);
    /// A double, or a whole number in its place.
    fn float(&mut self, field: &Field, number: f64);
    /// Text.
    fn string(&mut self, field: &Field, text: &str);
    /// Bytes.
    fn blob(&mut self, field: &Field, bytes: &[u8]);
    /// A time.
    fn timestamp(&mut self, field: &Field, time: Written);
    /// A value of no modelled shape.
    fn document(&mut self, field: &Field, value: &Value);
}

/// What the walk goes by.
pub(crate) struct Walk<'s> {
    pub(crate) schema: &'s Schema,
    pub(crate) precision: TimestampPrecision,
}

impl Walk<'_> {
    /// Writes one value.
    pub(crate) fn value<E: Encoder>(
        &self,
        encoder: &mut E,
        field: &Field,
        value: &Value,
    ) -> Result<(), SerializeError> {
        match (field.kind, value) {
            (_, Value::Null) => encoder.null(field),
            (ShapeKind::Structure, _) if field.shape.is_document() => {
                encoder.document(field, value);
            }
            (ShapeKind::Structure, Value::Map(map)) => {
                return self.structure(encoder, field, || map.iter());
            }
            (ShapeKind::List, Value::List(items)) => return self.list(encoder, field, items),
            (ShapeKind::Map, Value::Map(map)) => return self.map(encoder, field, map),
            (ShapeKind::Structure | ShapeKind::List | ShapeKind::Map, _) => {
                return Err(mismatch(field));
            }
            _ => return self.scalar(encoder, field, value),
        }
        Ok(())
    }

    /// Writes a structure of these entries; nulls are not members.
    pub(crate) fn structure<'v, E: Encoder, I: Iterator<Item = (&'v str, &'v Value)>>(
        &self,
        encoder: &mut E,
        field: &Field,
        entries: impl Fn() -> I,
    ) -> Result<(), SerializeError> {
        self.structure_with(encoder, field, &[], entries)
    }

    /// Writes a structure that begins with members that no model has.
    pub(crate) fn structure_with<'v, E: Encoder, I: Iterator<Item = (&'v str, &'v Value)>>(
        &self,
        encoder: &mut E,
        field: &Field,
        extras: &[(&str, &str)],
        entries: impl Fn() -> I,
    ) -> Result<(), SerializeError> {
        let layout = self.schema.layout(field.shape);
        let entries = || entries().filter(|(_, value)| !value.is_null());
        encoder.structure_start(field, extras.len() + entries().count());
        for (name, text) in extras {
            encoder.extra(name, text);
        }
        if E::ATTRIBUTES && layout.has_attributes {
            for (name, value) in entries() {
                let member = member(layout, None, name)?.1;
                if member.attribute {
                    let text = text::scalar(value).ok_or_else(|| mismatch(member))?;
                    encoder.attribute(member, &text);
                }
            }
        }
        let mut previous = None;
        for (name, value) in entries() {
            let (index, member) = member(layout, previous, name)?;
            previous = Some(index);
            if E::ATTRIBUTES && member.attribute {
                continue;
            }
            encoder.member(member);
            self.value(encoder, member, value)?;
        }
        encoder.structure_end(field);
        Ok(())
    }

    fn list<E: Encoder>(
        &self,
        encoder: &mut E,
        field: &Field,
        items: &[Value],
    ) -> Result<(), SerializeError> {
        let layout = self.schema.layout(field.shape);
        let item_field = layout.first().ok_or_else(|| mismatch(field))?;
        encoder.list_start(field, layout, items.len());
        for (index, item) in items.iter().enumerate() {
            encoder.item(index);
            self.value(encoder, item_field, item)?;
        }
        encoder.list_end(field);
        Ok(())
    }

    fn map<E: Encoder>(
        &self,
        encoder: &mut E,
        field: &Field,
        map: &Map,
    ) -> Result<(), SerializeError> {
        let layout = self.schema.layout(field.shape);
        let value_field = layout.second().ok_or_else(|| mismatch(field))?;
        encoder.map_start(field, layout, map.len());
        for (index, (key, value)) in map.iter().enumerate() {
            encoder.key(index, key);
            self.value(encoder, value_field, value)?;
        }
        encoder.map_end(field);
        Ok(())
    }

    fn scalar<E: Encoder>(
        &self,
        encoder: &mut E,
        field: &Field,
        value: &Value,
    ) -> Result<(), SerializeError> {
        match (field.kind, value) {
            (ShapeKind::Timestamp, _) => {
                let modelled = field.timestamp_format.filter(|_| E::MODELLED_TIMESTAMPS);
                let time = self.time(field, value, modelled.unwrap_or(E::TIMESTAMP_FORMAT))?;
                encoder.timestamp(field, time);
            }
            (ShapeKind::Blob, Value::String(text)) => encoder.blob(field, text.as_bytes()),
            (_, Value::Bool(flag)) => encoder.boolean(field, *flag),
            (_, Value::Int(_) | Value::BigInt(_)) => encoder.integer(field, value),
            (_, Value::Float(number)) if E::NATIVE_FLOATS || number.is_finite() => {
                encoder.float(field, *number);
            }
            (_, Value::Float(number)) => encoder.string(field, &text::float(*number)),
            (_, Value::String(text)) => encoder.string(field, text),
            (_, Value::Blob(bytes)) => encoder.blob(field, bytes),
            _ => return Err(mismatch(field)),
        }
        Ok(())
    }

    /// A time in this format.
    pub(crate) fn time(
        &self,
        field: &Field,
        value: &Value,
        format: TimestampFormat,
    ) -> Result<Written, SerializeError> {
        let micros = time_of(field, value)?;
        Ok(timestamp::format(micros, format, self.precision))
    }
}

/// The time that a parameter means.
pub(crate) fn time_of(field: &Field, value: &Value) -> Result<i64, SerializeError> {
    timestamp::from_parameter(value).ok_or_else(|| match text::scalar(value) {
        Some(text) => SerializeError::Timestamp(text.into_owned()),
        None => mismatch(field),
    })
}

/// The error for a value of another type than the place has.
pub(crate) fn mismatch(field: &Field) -> SerializeError {
    SerializeError::Type {
        shape: field.shape.name(),
        expected: field.kind.name(),
    }
}

/// The member of this name, with its number.
pub(crate) fn member<'l>(
    layout: &'l Layout,
    previous: Option<usize>,
    name: &str,
) -> Result<(usize, &'l Field), SerializeError> {
    layout
        .find(previous, |field| field.name == name)
        .map(|index| (index, &layout.fields[index]))
        .ok_or_else(|| SerializeError::UnknownParameter {
            name: name.to_owned(),
            shape: layout.shape.name(),
        })
}
