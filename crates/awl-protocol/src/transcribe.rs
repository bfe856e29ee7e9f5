//! The walk from a codec's bytes straight to the text that is printed: for the
//! items of long lists, of which nobody needs the values.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use awl_model::ShapeKind;
use awl_value::json::{self, Style};
use awl_value::{Timestamp, Value, Zone};

use crate::decode::{Decoder, Scalar, Unknown, Walk};
use crate::schema::{Field, Layout};
use crate::{Blobs, ParseError, Timestamps};

/// Spaces a level.
const INDENT: usize = 4;

/// A list of an output whose items are not wanted as values, but as the JSON
/// that the AWS CLI prints ([`Style::PRETTY`]), one after the other.
#[derive(Clone)]
pub struct Transcript<'a> {
    path: &'a [&'static str],
    local_offset: &'a (dyn Fn(Timestamp) -> i32 + Sync),
    /// How many names of the path have been entered.
    pub(crate) entered: usize,
    /// How deep the output itself stands.
    pub(crate) root: usize,
    items: Items,
}

/// The items of a list as JSON, and how many there are. Each begins on a new
/// line, indented by as many levels as its list's path has names and one more;
/// all but the first have a comma before that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Items {
    /// Whether the list was there.
    pub found: bool,
    /// How many items it had.
    pub count: usize,
    /// They.
    pub text: String,
}

/// Where an entry of a structure or map stands in the text: its key, and its end.
#[derive(Clone, Copy)]
pub(crate) struct Piece {
    number: usize,
    start: usize,
    end_of_key: usize,
    end: usize,
}

impl<'a> Transcript<'a> {
    /// Of the list at the end of this path of member names, the first of them a
    /// member of the output itself. `local_offset` says how many seconds east of UTC
    /// the machine's zone is at a time.
    #[must_use]
    pub fn new(
        path: &'a [&'static str],
        local_offset: &'a (dyn Fn(Timestamp) -> i32 + Sync),
    ) -> Self {
        Self {
            path,
            local_offset,
            entered: 0,
            root: 0,
            items: Items::default(),
        }
    }

    /// What has been written.
    pub(crate) fn into_items(self) -> Items {
        self.items
    }

    /// Forgets what has been written.
    pub(crate) fn clear(&mut self) {
        self.items = Items::default();
    }

    /// The name that the path goes on with, and whether it is the last.
    pub(crate) fn next_name(&self) -> Option<(&'static str, bool)> {
        let name = self.path.get(self.entered)?;
        Some((name, self.entered + 1 == self.path.len()))
    }

    fn level(&self) -> usize {
        self.path.len() + 1
    }

    fn line(&mut self, level: usize) {
        json::write_line_break(INDENT * level, &mut self.items.text);
    }

    fn push(&mut self, text: &str) {
        self.items.text.push_str(text);
    }

    fn here(&self) -> usize {
        self.items.text.len()
    }

    /// Writes what was read as a value.
    fn value(&mut self, mut value: Value, level: usize) {
        self.show(&mut value);
        json::write_nested(&value, Style::PRETTY, level, &mut self.items.text);
    }

    fn show(&self, value: &mut Value) {
        match value {
            Value::Timestamp(timestamp) => {
                let offset = match timestamp.zone {
                    Zone::Offset(offset) => offset,
                    Zone::Local => (self.local_offset)(*timestamp),
                };
                *value = Value::String(timestamp.isoformat(offset));
            }
            Value::List(items) => items.iter_mut().for_each(|value| self.show(value)),
            Value::Map(map) => map.iter_mut().for_each(|(_, value)| self.show(value)),
            _ => {}
        }
    }

    /// Ends a structure or map, with its entries as they are meant to be: `chosen`
    /// are those that count, where the text has others, too, or another order.
    fn close(&mut self, open: usize, count: usize, chosen: Option<Vec<Piece>>, level: usize) {
        if let Some(chosen) = chosen {
            let written = self.items.text.split_off(open);
            for (index, piece) in chosen.iter().enumerate() {
                if index > 0 {
                    self.push(",");
                }
                self.line(level + 1);
                self.push(&written[piece.start - open..piece.end - open]);
            }
        }
        if count > 0 {
            self.line(level);
        }
        self.push("}");
    }
}

impl fmt::Debug for Transcript<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Transcript")
            .field("path", &self.path)
            .field("items", &self.items)
            .finish_non_exhaustive()
    }
}

impl Walk<'_> {
    /// Writes the items of the list that comes next; whether there is one.
    pub(crate) fn transcribe_list<'i, D: Decoder<'i>>(
        &mut self,
        decoder: &mut D,
        field: &Field,
        out: &mut Transcript<'_>,
    ) -> Result<bool, ParseError> {
        if decoder.take_null()? {
            return Ok(false);
        }
        // In XML the first of several counts, in JSON the last.
        if D::FLATTENS && out.items.found {
            return self.value(decoder, field).map(|_| true);
        }
        out.clear();
        out.items.found = true;
        let Some(item) = self.schema().layout(field.shape).first() else {
            return Ok(true);
        };
        self.deeper(field, |walk| {
            decoder.list(field, |decoder| walk.transcribe_item(decoder, item, out))
        })?;
        Ok(true)
    }

    /// Writes one item of the list.
    pub(crate) fn transcribe_item<'i, D: Decoder<'i>>(
        &mut self,
        decoder: &mut D,
        field: &Field,
        out: &mut Transcript<'_>,
    ) -> Result<(), ParseError> {
        out.items.found = true;
        if out.items.count > 0 {
            out.push(",");
        }
        out.items.count += 1;
        let level = out.level();
        out.line(level);
        self.transcribe(decoder, field, out, level)
    }

    /// Writes one value.
    fn transcribe<'i, D: Decoder<'i>>(
        &mut self,
        decoder: &mut D,
        field: &Field,
        out: &mut Transcript<'_>,
        level: usize,
    ) -> Result<(), ParseError> {
        if decoder.take_null()? {
            out.push("null");
            return Ok(());
        }
        match field.kind {
            ShapeKind::Structure | ShapeKind::List | ShapeKind::Map => self.deeper(field, |walk| {
                walk.transcribe_container(decoder, field, out, level)
            }),
            _ => {
                let scalar = decoder.scalar(field)?;
                self.transcribe_scalar::<D>(field, scalar, out, level)
            }
        }
    }

    fn transcribe_scalar<'i, D: Decoder<'i>>(
        &self,
        field: &Field,
        scalar: Scalar<'i>,
        out: &mut Transcript<'_>,
        level: usize,
    ) -> Result<(), ParseError> {
        let stays = match field.kind {
            ShapeKind::String => true,
            ShapeKind::Blob => self.options().blobs == Blobs::Wire,
            ShapeKind::Timestamp => self.options().timestamps == Timestamps::Wire,
            _ => false,
        };
        match scalar {
            Scalar::Text(Cow::Borrowed(text)) if stays && D::BORROWS_PLAIN => {
                out.push("\"");
                out.push(text);
                out.push("\"");
            }
            Scalar::Text(text) if stays => json::write_string(&text, false, &mut out.items.text),
            scalar => {
                let value = self.convert(field, scalar, self.scalars())?;
                out.value(value, level);
            }
        }
        Ok(())
    }

    fn transcribe_container<'i, D: Decoder<'i>>(
        &mut self,
        decoder: &mut D,
        field: &Field,
        out: &mut Transcript<'_>,
        level: usize,
    ) -> Result<(), ParseError> {
        let layout = self.schema().layout(field.shape);
        match (field.kind, layout.first()) {
            (ShapeKind::Structure, _) if layout.is_contiguous => {
                self.transcribe_structure(decoder, field, layout, out, level)
            }
            (ShapeKind::List, Some(item)) => {
                out.push("[");
                let mut is_empty = true;
                decoder.list(field, |decoder| {
                    if !std::mem::replace(&mut is_empty, false) {
                        out.push(",");
                    }
                    out.line(level + 1);
                    self.transcribe(decoder, item, out, level + 1)
                })?;
                if !is_empty {
                    out.line(level);
                }
                out.push("]");
                Ok(())
            }
            (ShapeKind::Map, _) => self.transcribe_map(decoder, field, layout, out, level),
            _ => {
                let value = self.container(decoder, field)?;
                out.value(value, level);
                Ok(())
            }
        }
    }

    fn transcribe_structure<'i, D: Decoder<'i>>(
        &mut self,
        decoder: &mut D,
        field: &Field,
        layout: &Layout,
        out: &mut Transcript<'_>,
        level: usize,
    ) -> Result<(), ParseError> {
        out.push("{");
        let open = out.here();
        let base = self.pieces.len();
        let mut unknown = Unknown::default();
        let mut is_ordered = true;
        decoder.structure(field, layout, &mut unknown, |decoder, number| {
            if decoder.take_null()? {
                return Ok(());
            }
            let previous = self.pieces.get(base..).and_then(<[Piece]>::last);
            is_ordered &= previous.is_none_or(|piece| piece.number < number);
            let field = &layout.fields[number];
            if previous.is_some() {
                out.push(",");
            }
            out.line(level + 1);
            let start = out.here();
            out.push("\"");
            out.push(field.name);
            out.push("\": ");
            let end_of_key = out.here();
            self.transcribe(decoder, field, out, level + 1)?;
            self.pieces.push(Piece {
                number,
                start,
                end_of_key,
                end: out.here(),
            });
            Ok(())
        })?;
        let pieces = &self.pieces[base..];
        let mut count = pieces.len();
        let chosen = (!is_ordered).then(|| in_order(pieces, D::FLATTENS));
        if layout.is_union {
            if chosen.as_ref().map_or(count, Vec::len) + unknown.count() != 1 {
                return Err(ParseError::Union(layout.shape.name()));
            }
            if let Some(tag) = self.unknown_tag(unknown) {
                count += 1;
                out.line(level + 1);
                out.push("\"SDK_UNKNOWN_MEMBER\": ");
                out.value(tag, level + 1);
            }
        }
        self.pieces.truncate(base);
        out.close(open, count, chosen, level);
        Ok(())
    }

    fn transcribe_map<'i, D: Decoder<'i>>(
        &mut self,
        decoder: &mut D,
        field: &Field,
        layout: &Layout,
        out: &mut Transcript<'_>,
        level: usize,
    ) -> Result<(), ParseError> {
        out.push("{");
        let open = out.here();
        let base = self.pieces.len();
        let mut is_unique = true;
        let mut seen: Option<HashSet<String>> = None;
        if let Some(value_field) = layout.second() {
            decoder.map(field, layout, |decoder, key| {
                let number = self.pieces.len() - base;
                if number > 0 {
                    out.push(",");
                }
                out.line(level + 1);
                let start = out.here();
                json::write_string(&key, false, &mut out.items.text);
                let end_of_key = out.here();
                if is_unique {
                    is_unique = is_new(
                        &out.items.text,
                        &self.pieces[base..],
                        &mut seen,
                        start..end_of_key,
                    );
                }
                out.push(": ");
                self.transcribe(decoder, value_field, out, level + 1)?;
                self.pieces.push(Piece {
                    number,
                    start,
                    end_of_key,
                    end: out.here(),
                });
                Ok(())
            })?;
        }
        let pieces = &self.pieces[base..];
        let count = pieces.len();
        let chosen = (!is_unique).then(|| last_of_each_key(&out.items.text, pieces));
        self.pieces.truncate(base);
        out.close(open, count, chosen, level);
        Ok(())
    }
}

/// The members in the model's order; of those that came again the last, or the
/// first.
fn in_order(pieces: &[Piece], first: bool) -> Vec<Piece> {
    let mut pieces = pieces.to_vec();
    if !first {
        pieces.reverse();
    }
    pieces.sort_by_key(|piece| piece.number);
    pieces.dedup_by_key(|piece| piece.number);
    pieces
}

/// Whether no entry before has this key, which stands there in the text.
fn is_new(
    text: &str,
    before: &[Piece],
    seen: &mut Option<HashSet<String>>,
    key: std::ops::Range<usize>,
) -> bool {
    const FEW: usize = 32;
    let key = &text[key];
    let mut keys = before.iter().map(|one| &text[one.start..one.end_of_key]);
    if before.len() < FEW {
        return !keys.any(|other| other == key);
    }
    seen.get_or_insert_with(|| keys.map(str::to_owned).collect())
        .insert(key.to_owned())
}

/// The entries of a map, each key once, where it stood first, with its last value.
fn last_of_each_key(text: &str, pieces: &[Piece]) -> Vec<Piece> {
    let mut places = std::collections::HashMap::new();
    let mut chosen: Vec<Piece> = Vec::new();
    for piece in pieces {
        match places.entry(&text[piece.start..piece.end_of_key]) {
            std::collections::hash_map::Entry::Occupied(place) => {
                let place: &usize = place.get();
                chosen[*place] = *piece;
            }
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(chosen.len());
                chosen.push(*piece);
            }
        }
    }
    chosen
}
