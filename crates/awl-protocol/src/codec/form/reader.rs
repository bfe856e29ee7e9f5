//! Reading forms: names in pairs become a tree, and the walk reads the tree.

use std::borrow::Cow;
use std::collections::HashMap;

use awl_value::{Value, json};

use super::member_name;
use crate::ParseError;
use crate::decode::{Decoder, MAX_DEPTH, Scalar, Unknown};
use crate::schema::{Field, Layout};
use crate::text::form_decode;

/// The names and values of a form or a query string, decoded, in order. Bytes
/// that are no UTF-8 are replaced.
pub(crate) fn pairs(text: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (form_decode(name), form_decode(value))
    })
}

/// Reads a form. With `EC2`, names and lists as that protocol has them.
pub(crate) struct FormDecoder<const EC2: bool> {
    /// The parts of names; the first is the root. They refer to each other by
    /// number, so that no depth of names recurses.
    parts: Vec<Part>,
    /// What is to be read next.
    current: usize,
}

#[derive(Default)]
struct Part {
    name: String,
    value: Option<String>,
    children: Vec<usize>,
}

impl<const EC2: bool> FormDecoder<EC2> {
    /// A reader of these pairs; of several with one name the last counts.
    pub(crate) fn new<'p>(
        pairs: impl Iterator<Item = (Cow<'p, str>, Cow<'p, str>)>,
    ) -> Result<Self, ParseError> {
        let mut parts = vec![Part::default()];
        let mut numbers: HashMap<(usize, String), usize> = HashMap::new();
        for (name, value) in pairs {
            let mut at = 0;
            for (depth, piece) in name.split('.').enumerate() {
                if depth == MAX_DEPTH {
                    return Err(ParseError::Form("name nested too deep".to_owned()));
                }
                at = *numbers.entry((at, piece.to_owned())).or_insert_with(|| {
                    let number = parts.len();
                    parts.push(Part {
                        name: piece.to_owned(),
                        ..Part::default()
                    });
                    parts[at].children.push(number);
                    number
                });
            }
            parts[at].value = Some(value.into_owned());
        }
        Ok(Self { parts, current: 0 })
    }

    /// The child of this name of the part that is to be read.
    fn child(&self, name: &str) -> Option<usize> {
        let mut children = self.parts[self.current].children.iter().copied();
        children.find(|child| self.parts[*child].name == name)
    }

    /// The children that have numbers for names, in the order of those.
    fn numbered(&self, field: &Field) -> Result<Vec<usize>, ParseError> {
        let mut numbered = Vec::new();
        for child in &self.parts[self.current].children {
            let name = &self.parts[*child].name;
            let number: u64 = name.parse().map_err(|_| ParseError::Value {
                shape: field.shape.name(),
                message: format!("{name:?} is no index"),
            })?;
            numbered.push((number, *child));
        }
        numbered.sort_by_key(|(number, _)| *number);
        Ok(numbered.into_iter().map(|(_, child)| child).collect())
    }

    fn at<T>(&mut self, part: usize, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.current, part);
        let result = read(self);
        self.current = before;
        result
    }

    /// An error where a container is given plain text, other than none.
    fn expect_no_text(&self, field: &Field) -> Result<(), ParseError> {
        match &self.parts[self.current].value {
            Some(text) if !text.is_empty() => Err(ParseError::Value {
                shape: field.shape.name(),
                message: format!("expected a {}, not text", field.kind.name()),
            }),
            _ => Ok(()),
        }
    }
}

impl<'i, const EC2: bool> Decoder<'i> for FormDecoder<EC2> {
    fn take_null(&mut self) -> Result<bool, ParseError> {
        Ok(false)
    }

    fn structure(
        &mut self,
        field: &Field,
        layout: &Layout,
        unknown: &mut Unknown,
        mut on_member: impl FnMut(&mut Self, usize) -> Result<(), ParseError>,
    ) -> Result<(), ParseError> {
        if self.current != 0 {
            self.expect_no_text(field)?;
        }
        let mut previous = None;
        for child in std::mem::take(&mut self.parts[self.current].children) {
            let name = std::mem::take(&mut self.parts[child].name);
            let index = layout
                .find(previous, |field| match field.xml_alias {
                    // A flattened list has its items' name.
                    Some(_) if !EC2 => field.xml_name == name,
                    _ => member_name::<EC2>(field) == name,
                })
                .or_else(|| {
                    layout.find(previous, |field| {
                        !EC2 && field.xml_alias == Some(name.as_str())
                    })
                });
            match index {
                Some(index) => {
                    previous = Some(index);
                    self.at(child, |decoder| on_member(decoder, index))?;
                }
                None if layout.is_union => unknown.add(&name),
                None => {}
            }
        }
        Ok(())
    }

    fn list(
        &mut self,
        field: &Field,
        mut on_item: impl FnMut(&mut Self) -> Result<(), ParseError>,
    ) -> Result<(), ParseError> {
        self.expect_no_text(field)?;
        let flattened = EC2 || field.flattened;
        let item_name = field.shape.list_member().and_then(|it| it.location_name());
        let items = match self.child(item_name.unwrap_or("member")) {
            Some(part) if !flattened => part,
            // Services take a list that is flattened where it need not be.
            _ => self.current,
        };
        self.at(items, |decoder| {
            for item in decoder.numbered(field)? {
                decoder.at(item, &mut on_item)?;
            }
            Ok(())
        })
    }

    fn map(
        &mut self,
        field: &Field,
        layout: &Layout,
        mut on_value: impl FnMut(&mut Self, Cow<'_, str>) -> Result<(), ParseError>,
    ) -> Result<(), ParseError> {
        self.expect_no_text(field)?;
        let named = |part: Option<&Field>| part.and_then(|part| part.location_name);
        let key_name = named(layout.first()).unwrap_or("key");
        let value_name = named(layout.second()).unwrap_or("value");
        let missing = |name: &str| ParseError::Value {
            shape: field.shape.name(),
            message: format!("an entry has no {name:?}"),
        };
        let part = match self.child("entry") {
            Some(part) if !field.flattened => part,
            _ => self.current,
        };
        self.at(part, |decoder| {
            for entry in decoder.numbered(field)? {
                decoder.at(entry, |decoder| {
                    let key = decoder.child(key_name);
                    let key = key.and_then(|key| decoder.parts[key].value.take());
                    let value = decoder.child(value_name);
                    // A structure without members is not written at all.
                    let value = value.unwrap_or_else(|| {
                        decoder.parts.push(Part::default());
                        decoder.parts.len() - 1
                    });
                    let key = key.ok_or_else(|| missing(key_name))?;
                    decoder.at(value, |decoder| on_value(decoder, key.into()))
                })?;
            }
            Ok(())
        })
    }

    fn scalar(&mut self, field: &Field) -> Result<Scalar<'i>, ParseError> {
        let part = &mut self.parts[self.current];
        match part.value.take() {
            Some(text) if part.children.is_empty() => Ok(Scalar::Text(Cow::Owned(text))),
            _ => Err(ParseError::Value {
                shape: field.shape.name(),
                message: format!("expected a {}", field.kind.name()),
            }),
        }
    }

    fn document(&mut self) -> Result<Value, ParseError> {
        let text = self.parts[self.current].value.take();
        Ok(json::parse(&text.unwrap_or_default())?)
    }
}
