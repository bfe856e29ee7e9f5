//! YAML into values: version 1.2's types, tags of YAML itself, anchors and
//! merge keys.
// Parity: ruamel.yaml's safe loader, as awscli/customizations/cliinput.py calls
// it.

mod lines;

use std::borrow::Cow;
use std::collections::HashMap;

use awl_value::{Map, Value};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

pub(crate) use lines::parse_with_lines;

use crate::python;

/// Deeper documents are none.
const MAX_DEPTH: usize = 500;

/// With more nodes than this, aliases included, a document is none.
const MAX_NODES: usize = 1_000_000;

/// A text that is no YAML, or no single document of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct YamlError;

/// Parses one document; null, where there is none.
///
/// # Errors
/// Text that is no YAML, two documents, tags that are not known, keys that
/// stand twice.
pub(crate) fn parse(text: &str) -> Result<Value, YamlError> {
    read(text, Builder::default())
}

/// The same with tags of anybody's own, which say nothing here.
///
/// # Errors
/// Text that is no YAML, two documents, keys that stand twice.
pub(crate) fn parse_with_tags(text: &str) -> Result<Value, YamlError> {
    read(
        text,
        Builder {
            takes_all_tags: true,
            ..Builder::default()
        },
    )
}

fn read(text: &str, mut builder: Builder) -> Result<Value, YamlError> {
    for event in Parser::new_from_str(text) {
        let (event, _) = event.map_err(|_| YamlError)?;
        builder.event(event)?;
    }
    Ok(builder.document.unwrap_or_default())
}

/// A collection that is not closed yet.
struct Open {
    anchor: usize,
    collection: Collection,
}

enum Collection {
    List(Vec<Value>),
    Map {
        map: Map,
        /// What merge keys bring, which stands first and counts last.
        merged: Vec<Value>,
        key: Option<Value>,
    },
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: HashMap<usize, (Value, usize)>,
    document: Option<Value>,
    nodes: usize,
    takes_all_tags: bool,
}

impl Builder {
    fn event(&mut self, event: Event<'_>) -> Result<(), YamlError> {
        let takes_all_tags = self.takes_all_tags;
        let known = |tag: Option<Cow<'_, Tag>>| {
            tag.filter(|tag| !takes_all_tags || tag_name(Some(tag)).is_ok())
                .map(Cow::into_owned)
        };
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let tag = known(tag);
                let value = scalar(&text, style, tag.as_ref())?;
                let is_merge = style == ScalarStyle::Plain && text == "<<" && self.wants_key();
                let value = if is_merge { Value::Null } else { value };
                self.add(value, anchor, is_merge)
            }
            Event::Alias(anchor) => {
                let (value, size) = self.anchors.get(&anchor).cloned().ok_or(YamlError)?;
                self.nodes += size;
                self.add(value, 0, false)
            }
            Event::SequenceStart(anchor, tag) => {
                check_tag(known(tag).as_ref(), &["seq"])?;
                self.push(anchor, Collection::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                check_tag(known(tag).as_ref(), &["map", "set"])?;
                self.push(
                    anchor,
                    Collection::Map {
                        map: Map::new(),
                        merged: Vec::new(),
                        key: None,
                    },
                )
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Open { anchor, collection } = self.open.pop().ok_or(YamlError)?;
                let value = match collection {
                    Collection::List(items) => Value::List(items),
                    Collection::Map { map, merged, .. } if merged.is_empty() => Value::Map(map),
                    Collection::Map { map, merged, .. } => {
                        let mut whole = Map::new();
                        for value in merged {
                            merge(&mut whole, value)?;
                        }
                        for (key, value) in map {
                            whole.insert(key, value);
                        }
                        Value::Map(whole)
                    }
                };
                self.add(value, anchor, false)
            }
            Event::DocumentStart(_) if self.document.is_some() => Err(YamlError),
            _ => Ok(()),
        }
    }

    fn push(&mut self, anchor: usize, collection: Collection) -> Result<(), YamlError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(YamlError);
        }
        self.open.push(Open { anchor, collection });
        Ok(())
    }

    /// Whether what comes next is a key.
    fn wants_key(&self) -> bool {
        matches!(
            self.open.last().map(|open| &open.collection),
            Some(Collection::Map { key: None, .. })
        )
    }

    fn add(&mut self, value: Value, anchor: usize, is_merge: bool) -> Result<(), YamlError> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(YamlError);
        }
        if anchor > 0 {
            let size = size(&value);
            self.anchors.insert(anchor, (value.clone(), size));
        }
        let Some(open) = self.open.last_mut() else {
            self.document = Some(value);
            return Ok(());
        };
        match &mut open.collection {
            Collection::List(items) => items.push(value),
            Collection::Map { key, .. } if key.is_none() => {
                // No other key is a list, so one stands for the merge key.
                *key = Some(match value {
                    _ if is_merge => Value::List(Vec::new()),
                    Value::List(_) | Value::Map(_) => return Err(YamlError),
                    value => Value::String(python::str(&value)),
                });
            }
            Collection::Map { map, merged, key } => match key.take() {
                Some(Value::String(key)) if !map.contains_key(&key) => {
                    map.push(key, value);
                }
                Some(Value::List(_)) => merged.push(value),
                _ => return Err(YamlError),
            },
        }
        Ok(())
    }
}

fn size(value: &Value) -> usize {
    1 + match value {
        Value::List(items) => items.iter().map(size).sum(),
        Value::Map(map) => map.values().map(size).sum(),
        _ => 0,
    }
}

fn merge(map: &mut Map, value: Value) -> Result<(), YamlError> {
    match value {
        Value::Map(other) => {
            for (key, value) in other {
                if !map.contains_key(&key) {
                    map.push(key, value);
                }
            }
            Ok(())
        }
        Value::List(maps) => maps.into_iter().try_for_each(|value| merge(map, value)),
        _ => Err(YamlError),
    }
}

/// The name of a tag among those of YAML itself; None without one.
fn tag_name<'a>(tag: Option<&'a Cow<'_, Tag>>) -> Result<Option<&'a str>, YamlError> {
    const CORE: &str = "tag:yaml.org,2002:";
    let Some(tag) = tag else {
        return Ok(None);
    };
    match &*tag.handle {
        CORE | "!!" => Ok(Some(&tag.suffix)),
        "" => match tag.suffix.strip_prefix(CORE) {
            Some(name) => Ok(Some(name)),
            None if tag.suffix == "!" => Ok(Some("str")),
            None => Err(YamlError),
        },
        "!" if tag.suffix.is_empty() => Ok(Some("str")),
        _ => Err(YamlError),
    }
}

fn check_tag(tag: Option<&Tag>, known: &[&str]) -> Result<(), YamlError> {
    let tag = tag.map(Cow::Borrowed);
    match tag_name(tag.as_ref())? {
        Some(name) if !known.contains(&name) => Err(YamlError),
        _ => Ok(()),
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Value, YamlError> {
    let tag = tag.map(Cow::Borrowed);
    let wanted = |value: Option<Value>| value.ok_or(YamlError);
    match tag_name(tag.as_ref())? {
        None if style == ScalarStyle::Plain => Ok(plain(text)),
        None | Some("str" | "timestamp") => Ok(Value::from(text)),
        Some("null") => Ok(Value::Null),
        Some("bool") => wanted(bool_of(&text.to_ascii_lowercase()).map(Value::Bool)),
        Some("int") => wanted(integer(text)),
        Some("float") => wanted(float(text).or_else(|| {
            let number = integer(text)?;
            number.as_int().map(|number| Value::Float(number as f64))
        })),
        Some("binary") => {
            let digits: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
            wanted(STANDARD.decode(digits).ok().map(Value::Blob))
        }
        Some(_) => Err(YamlError),
    }
}

/// A text without quotes.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    let starts = |letter: u8| letter.is_ascii_digit() || matches!(letter, b'-' | b'+' | b'.');
    if !text.bytes().next().is_some_and(starts) {
        return Value::from(text);
    }
    let number = integer(text).or_else(|| float(text));
    number.unwrap_or_else(|| Value::from(text))
}

fn bool_of(text: &str) -> Option<bool> {
    match text {
        "yes" | "true" | "on" => Some(true),
        "no" | "false" | "off" => Some(false),
        _ => None,
    }
}

fn integer(text: &str) -> Option<Value> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let digits = digits.replace('_', "");
    let base = match digits.get(..2) {
        Some("0b") => 2,
        Some("0o") => 8,
        Some("0x") => 16,
        _ => 10,
    };
    if base == 10 {
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        return is_number.then(|| python::int(&format!("{sign}{digits}")))?;
    }
    let number = i64::from_str_radix(&digits[2..], base).ok()?;
    Some(Value::Int(if sign.is_empty() { number } else { -number }))
}

fn float(text: &str) -> Option<Value> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    match unsigned {
        ".inf" | ".Inf" | ".INF" => return Some(Value::Float(sign * f64::INFINITY)),
        ".nan" | ".NaN" | ".NAN" => return Some(Value::Float(f64::NAN)),
        _ => {}
    }
    let is_digit = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'_');
    let is_number = unsigned.bytes().any(|byte| byte.is_ascii_digit())
        && unsigned.contains(['.', 'e', 'E'])
        && unsigned
            .bytes()
            .all(|byte| is_digit(byte) || matches!(byte, b'e' | b'E' | b'-' | b'+'))
        && unsigned.starts_with(|letter: char| letter.is_ascii_digit() || letter == '.');
    let number = is_number.then(|| unsigned.replace('_', "").parse::<f64>().ok())??;
    Some(Value::Float(sign * number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use awl_value::json;

    #[test]
    fn documents_are_read_as_the_aws_cli_reads_them() {
        for (text, expected) in [
            ("", "null"),
            (
                "a: 1\nb: [x, 'y', \"z\"]",
                r#"{"a": 1, "b": ["x", "y", "z"]}"#,
            ),
            (
                "a: yes\nb: true\nc: ~\nd:",
                r#"{"a": "yes", "b": true, "c": null, "d": null}"#,
            ),
            (
                "a: 0x10\nb: 0o17\nc: 010\nd: 1_000\ne: -5",
                r#"{"a": 16, "b": 15, "c": 10, "d": 1000, "e": -5}"#,
            ),
            (
                "a: 1.5\nb: 1e3\nc: .5\nd: 1.2.3",
                r#"{"a": 1.5, "b": 1000.0, "c": 0.5, "d": "1.2.3"}"#,
            ),
            (
                "a: |\n  x\n  y\nb: >\n  x\n  y\n",
                r#"{"a": "x\ny\n", "b": "x y\n"}"#,
            ),
            (
                "a: &x {k: v}\nb: *x",
                r#"{"a": {"k": "v"}, "b": {"k": "v"}}"#,
            ),
            (
                "a: &x {k: v, l: w}\nb:\n  <<: *x\n  k: own",
                r#"{"a": {"k": "v", "l": "w"}, "b": {"k": "own", "l": "w"}}"#,
            ),
            (
                "a: !!str 1\nb: !!int '2'\nc: !!bool yes",
                r#"{"a": "1", "b": 2, "c": true}"#,
            ),
            ("- a # comment\n- '#b'", r##"["a", "#b"]"##),
            ("1: a\ntrue: b", r#"{"1": "a", "True": "b"}"#),
            (r#"{"a": [1, {"b": null}]}"#, r#"{"a": [1, {"b": null}]}"#),
        ] {
            let value = parse(text).unwrap_or_else(|_| panic!("{text}"));
            assert_eq!(
                json::to_string(&value),
                json::to_string(&json::parse(expected).unwrap()),
                "{text}"
            );
        }
        assert_eq!(
            parse("a: !!binary aGk=").unwrap().get("a"),
            Some(&Value::Blob(b"hi".to_vec()))
        );
    }

    #[test]
    fn what_is_no_document_is_refused() {
        for text in [
            "a: b: c",
            "a: [",
            "a: 1\na: 2",
            "a: !thing b",
            "--- a\n--- b",
            "*x",
            "a: \"x",
        ] {
            assert_eq!(parse(text), Err(YamlError), "{text}");
        }
        let bomb = (1..30).fold("a0: &a0 [x, x]\n".to_owned(), |text, level| {
            let last = level - 1;
            text + &format!("a{level}: &a{level} [*a{last}, *a{last}]\n")
        });
        assert_eq!(parse(&bomb), Err(YamlError));
        assert_eq!(parse(&"[".repeat(10_000)), Err(YamlError));
    }
}
