//! The part of the walk that keeps nothing: what nobody needs of an answer is read
//! for its errors only.

use awl_model::ShapeKind;

use super::{Decoder, Unknown, Walk};
use crate::ParseError;
use crate::schema::Field;

impl Walk<'_> {
    /// Goes on to what is needed of a member or of the value of a key; false, and where
    /// it was, where nothing is.
    pub(crate) fn enter(&mut self, name: &str) -> bool {
        let Some(needs) = self.needs else {
            return true;
        };
        let Some(inner) = needs.member(name) else {
            return false;
        };
        self.needs = (!inner.is_everything()).then_some(inner);
        true
    }

    /// Passes over a member of a structure.
    pub(super) fn skip_member<'i, D: Decoder<'i>>(
        &mut self,
        decoder: &mut D,
        field: &Field,
    ) -> Result<(), ParseError> {
        if D::FLATTENS && field.flattened && field.kind == ShapeKind::List {
            return match self.schema.layout(field.shape).first() {
                Some(item) => self.skip(decoder, item),
                None => Ok(()),
            };
        }
        self.skip(decoder, field)
    }

    /// Passes over a value, with the errors that reading it would have.
    pub(super) fn skip<'i, D: Decoder<'i>>(
        &mut self,
        decoder: &mut D,
        field: &Field,
    ) -> Result<(), ParseError> {
        if decoder.take_null()? {
            return Ok(());
        }
        match field.kind {
            ShapeKind::Structure | ShapeKind::List | ShapeKind::Map => {
                self.deeper(field, |walk| walk.skip_container(decoder, field))
            }
            kind => {
                let scalar = decoder.scalar(field)?;
                // Text and times are taken as they come.
                if !matches!(kind, ShapeKind::String | ShapeKind::Timestamp) {
                    self.convert(field, scalar, self.scalars)?;
                }
                Ok(())
            }
        }
    }

    fn skip_container<'i, D: Decoder<'i>>(
        &mut self,
        decoder: &mut D,
        field: &Field,
    ) -> Result<(), ParseError> {
        let layout = self.schema.layout(field.shape);
        match (field.kind, layout.first()) {
            (ShapeKind::Structure, _) if !layout.is_document && !layout.is_union => decoder
                .structure(field, layout, &mut Unknown::default(), |decoder, index| {
                    self.skip_member(decoder, &layout.fields[index])
                }),
            (ShapeKind::List, Some(item)) => {
                decoder.list(field, |decoder| self.skip(decoder, item))
            }
            (ShapeKind::Map, _) => match layout.second() {
                Some(value) => decoder.map(field, layout, |decoder, _| self.skip(decoder, value)),
                None => Ok(()),
            },
            _ => {
                let outer = self.needs.take();
                let read = self.container(decoder, field);
                self.needs = outer;
                read.map(drop)
            }
        }
    }
}
