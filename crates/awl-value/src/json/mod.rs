//! JSON text as Python's `json` module reads and writes it: order kept,
//! integers exact, `NaN` and `Infinity` accepted, its words for errors.
//!
//! [`Reader`] is a pull parser for those who know the shape they want;
//! [`parse`] makes a whole [`Value`].

mod reader;
mod scan;
mod writer;

pub use reader::{JsonError, Kind, Reader};
pub use writer::{
    Style, to_string, write, write_line_break, write_nested, write_pieces, write_string,
};

use crate::{Map, Value};

/// How deep lists and maps may nest, as in Python with its default limit.
pub const MAX_DEPTH: usize = 990;

/// Parses one JSON document.
///
/// # Errors
/// A [`JsonError`] in Python's words, with line, column and character.
pub fn parse(text: &str) -> Result<Value, JsonError> {
    let mut reader = Reader::new(text);
    let value = value(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// Reads the value that comes next, whatever it is.
///
/// # Errors
/// A [`JsonError`] in Python's words.
pub fn value(reader: &mut Reader<'_>) -> Result<Value, JsonError> {
    Ok(match reader.peek()? {
        Kind::Null => {
            reader.null()?;
            Value::Null
        }
        Kind::Bool => Value::Bool(reader.bool()?),
        Kind::Number => reader.number()?,
        Kind::String => Value::String(reader.string()?.into_owned()),
        Kind::List => {
            let mut items = Vec::new();
            reader.list_start()?;
            while reader.list_next()? {
                items.push(value(reader)?);
            }
            Value::List(items)
        }
        Kind::Map => {
            let mut map = Map::new();
            // A map of many keys is checked for duplicates by hash.
            let mut seen = None;
            reader.map_start()?;
            while let Some(key) = reader.map_next()? {
                let key = key.into_owned();
                let item = value(reader)?;
                if map.len() < 32 {
                    map.insert(key, item);
                    continue;
                }
                let seen = seen.get_or_insert_with(|| {
                    map.keys()
                        .map(str::to_owned)
                        .collect::<std::collections::HashSet<_>>()
                });
                if seen.insert(key.clone()) {
                    map.push(key, item);
                } else {
                    map.insert(key, item);
                }
            }
            Value::Map(map)
        }
    })
}

#[cfg(test)]
mod tests;
