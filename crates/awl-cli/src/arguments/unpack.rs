//! From the words of an argument to the value of a parameter: scalars, JSON,
//! shorthand, files.
// Parity: awscli/argprocess.py.

use std::fs::File;
use std::path::PathBuf;

use awl_model::{Location, Member, Shape, ShapeKind};
use awl_value::{Map, Value, json};

use super::shorthand;
use super::{Argument, Files, Kind};
use crate::error::CommandError;
use crate::python;

/// A body that is streamed from a file, apart from the other parameters.
#[derive(Debug)]
pub(crate) struct Body {
    /// The file's name.
    pub path: PathBuf,
    /// The opened file.
    pub file: File,
}

/// What an argument's words come to.
#[derive(Debug)]
pub(crate) enum Unpacked {
    /// A parameter's value.
    Value(Value),
    /// The streamed body.
    Body(Body),
}

/// Where a value is used, for the few that are parsed differently there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    /// The service's name in its model.
    pub service: &'a str,
    /// The operation's name on the command line.
    pub operation: &'a str,
}

/// A word of the command line, or what a file held instead of it.
type Word = Value;

/// The value of the parameter that `argument` sets, from its words.
///
/// # Errors
/// A word that cannot be what the parameter is.
pub(crate) fn unpack(
    argument: &Argument,
    member: Member,
    words: &[&str],
    place: Place<'_>,
    files: Files<'_>,
) -> Result<Unpacked, CommandError> {
    let name = argument.cli_name();
    let value = load(&name, argument.kind, member, words, files)?;
    let unpacker = Unpacker { name: &name, files };
    if looks_like_shorthand(member, &value) {
        let special = special_case(argument, member, &value, place)?;
        return match special {
            Some(value) => Ok(Unpacked::Value(value)),
            None => shorthand::parse_value(member, argument.without, &value, files)
                .map(Unpacked::Value)
                .map_err(|error| match error {
                    shorthand::Error::Syntax(message) => CommandError::parameter(&name, message),
                    shorthand::Error::File(message) | shorthand::Error::Python(message) => {
                        CommandError::general(message)
                    }
                }),
        };
    }
    unpacker.unpack(member, value)
}

/// The words as one value, with what a file holds in the place of its name.
fn load(
    name: &str,
    kind: Kind,
    member: Member,
    words: &[&str],
    files: Files<'_>,
) -> Result<Word, CommandError> {
    let is_text = match member.shape().kind() {
        // The parser has made these numbers already.
        ShapeKind::Long => return number(python::int_of, words),
        ShapeKind::Float | ShapeKind::Double => return number(python::float_of, words),
        _ => true,
    };
    let first = words.first().copied().unwrap_or_default();
    let alone = !matches!(kind, Kind::List(_)) || words.len() == 1;
    if is_text
        && alone
        && let Some(value) = files
            .load(first)
            .map_err(|message| CommandError::parameter(name, message))?
    {
        return Ok(value);
    }
    Ok(match kind {
        Kind::List(_) => Value::List(words.iter().map(|word| Value::from(*word)).collect()),
        _ => Value::from(first),
    })
}

fn number(
    convert: fn(&Value) -> Result<Value, String>,
    words: &[&str],
) -> Result<Value, CommandError> {
    let word = Value::from(words.first().copied().unwrap_or_default());
    convert(&word).map_err(CommandError::general)
}

/// Whether a value is to be read as shorthand.
fn looks_like_shorthand(member: Member, value: &Word) -> bool {
    let first = match value {
        Value::List(words) => words.first().unwrap_or(value),
        _ => value,
    };
    let is_json = first
        .as_str()
        .is_some_and(|text| text.trim_matches(python::is_space).starts_with(['[', '{']));
    !is_json && supports_shorthand(member.shape())
}

/// Whether a shape is complex enough for shorthand, and not a document.
fn supports_shorthand(shape: Shape) -> bool {
    let complex = |kind| {
        matches!(
            kind,
            ShapeKind::Structure | ShapeKind::List | ShapeKind::Map
        )
    };
    let mut inner = shape;
    // A list of lists of itself has no end; no document is that deep.
    for _ in 0..16 {
        match inner.list_member().or_else(|| inner.map_value()) {
            Some(member) => inner = member.shape(),
            None => break,
        }
    }
    if inner.is_document() {
        return false;
    }
    match shape.list_member() {
        Some(item) => complex(item.shape().kind()),
        None => complex(shape.kind()),
    }
}

/// Lists of structures of one member that older commands take as plain words.
static PLAIN_LISTS: &[(&str, &str, &str)] = &[
    ("firehose", "put-record-batch", "records"),
    (
        "workspaces",
        "reboot-workspaces",
        "reboot-workspace-requests",
    ),
    (
        "workspaces",
        "rebuild-workspaces",
        "rebuild-workspace-requests",
    ),
    (
        "workspaces",
        "terminate-workspaces",
        "terminate-workspace-requests",
    ),
    ("elb", "remove-tags", "tags"),
    ("elb", "describe-instance-health", "instances"),
    (
        "elb",
        "deregister-instances-from-load-balancer",
        "instances",
    ),
    ("elb", "register-instances-with-load-balancer", "instances"),
];

/// The two forms that are older than shorthand.
fn special_case(
    argument: &Argument,
    member: Member,
    value: &Word,
    place: Place<'_>,
) -> Result<Option<Value>, CommandError> {
    let only_member = |shape: Shape| {
        let mut members = shape.members();
        members.next().filter(|_| members.next().is_none())
    };
    if let Some(item) = member.shape().list_member()
        && let Some(key) = only_member(item.shape())
        && PLAIN_LISTS.contains(&(place.service, place.operation, &*argument.name))
    {
        let wrap = |word: Value| {
            let mut map = Map::with_capacity(1);
            map.push(key.name(), word);
            Value::Map(map)
        };
        return Ok(Some(Value::List(match value {
            Value::List(words) => words.iter().cloned().map(wrap).collect(),
            // A file's text is walked letter by letter, as everywhere.
            Value::String(text) => letters(text).map(wrap).collect(),
            _ => Vec::new(),
        })));
    }
    if let Some(inner) = only_member(member.shape())
        && inner.name() == "Value"
        && inner.shape().kind() == ShapeKind::String
        && let Some(text) = value.as_str()
        && !text.contains('=')
    {
        let mut map = Map::with_capacity(1);
        map.push("Value", value.clone());
        return Ok(Some(Value::Map(map)));
    }
    Ok(None)
}

/// The letters of a text, each as a value.
fn letters(text: &str) -> impl Iterator<Item = Value> {
    text.chars().map(|letter| Value::String(letter.to_string()))
}

/// What is not shorthand.
struct Unpacker<'a> {
    name: &'a str,
    files: Files<'a>,
}

impl Unpacker<'_> {
    fn unpack(&self, member: Member, value: Word) -> Result<Unpacked, CommandError> {
        let shape = member.shape();
        if is_json_header(member) || shape.is_document() {
            return self.json(&value).map(Unpacked::Value);
        }
        Ok(Unpacked::Value(match shape.kind() {
            ShapeKind::Structure | ShapeKind::Map => self.object(&value)?,
            ShapeKind::List => self.list(shape, value)?,
            ShapeKind::Integer | ShapeKind::Long => {
                python::int_of(&value).map_err(CommandError::general)?
            }
            ShapeKind::Float | ShapeKind::Double => {
                python::float_of(&value).map_err(CommandError::general)?
            }
            ShapeKind::Blob if member.is_streaming() => {
                return self.body(&value).map(Unpacked::Body);
            }
            ShapeKind::Boolean => match value {
                Value::String(text) => {
                    Value::Bool(!text.is_empty() && !text.eq_ignore_ascii_case("false"))
                }
                other => Value::Bool(!other.is_null()),
            },
            ShapeKind::String | ShapeKind::Timestamp | ShapeKind::Blob => value,
        }))
    }

    /// The value of a list's item: never a body.
    fn item(&self, member: Member, value: Word) -> Result<Value, CommandError> {
        match self.unpack(member, value)? {
            Unpacked::Value(value) => Ok(value),
            Unpacked::Body(body) => Ok(Value::String(body.path.to_string_lossy().into_owned())),
        }
    }

    fn object(&self, value: &Word) -> Result<Value, CommandError> {
        match value {
            Value::String(text) => {
                if first_letter(text)? == '{' {
                    return self.json(value);
                }
                Err(self.error(format!("Invalid JSON:\n{text}")))
            }
            other => Err(self.error(format!("Invalid JSON:\n{}", python::str(other)))),
        }
    }

    fn list(&self, shape: Shape, value: Word) -> Result<Value, CommandError> {
        let words: Vec<Word> = match value {
            Value::String(text) => {
                if first_letter(&text)? == '[' {
                    return self.json(&Value::String(text));
                }
                letters(&text).collect()
            }
            Value::List(words) => {
                if let [Value::String(word)] = &*words
                    && word.trim_matches(python::is_space).starts_with('[')
                {
                    return self.json(&words[0]);
                }
                words
            }
            Value::Blob(bytes) => bytes
                .into_iter()
                .map(|byte| Value::Int(i64::from(byte)))
                .collect(),
            other => vec![other],
        };
        let Some(item) = shape.list_member() else {
            return Ok(Value::List(words));
        };
        // What Python raises for a word that is no number names the word.
        let first = words.first().map(python::str).unwrap_or_default();
        let is_number = matches!(
            item.shape().kind(),
            ShapeKind::Integer | ShapeKind::Long | ShapeKind::Float | ShapeKind::Double
        );
        words
            .into_iter()
            .map(|word| {
                self.item(item, word).map_err(|error| {
                    if is_number {
                        self.error(first.clone())
                    } else {
                        error
                    }
                })
            })
            .collect::<Result<_, _>>()
            .map(Value::List)
    }

    fn json(&self, value: &Word) -> Result<Value, CommandError> {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            other => python::str(other),
        };
        json::parse(&text).map_err(|error| {
            self.error(format!(
                "Invalid JSON: {error}\nJSON received: {}",
                python::str(value)
            ))
        })
    }

    fn body(&self, value: &Word) -> Result<Body, CommandError> {
        let no_file = || self.error("Blob values must be a path to a file.".to_owned());
        let path = match value {
            Value::String(text) => self.files.expand(text),
            Value::Blob(bytes) => {
                PathBuf::from(String::from_utf8(bytes.clone()).map_err(|_| no_file())?)
            }
            _ => return Err(no_file()),
        };
        if !std::fs::metadata(&path).is_ok_and(|metadata| metadata.is_file()) {
            return Err(no_file());
        }
        let file = File::open(&path)
            .map_err(|error| CommandError::general(python::os_error(&error, &path)))?;
        Ok(Body { path, file })
    }

    fn error(&self, message: String) -> CommandError {
        CommandError::parameter(self.name, message)
    }
}

/// The first letter behind white space; Python raises where there is none.
fn first_letter(text: &str) -> Result<char, CommandError> {
    text.trim_start_matches(python::is_space)
        .chars()
        .next()
        .ok_or_else(|| CommandError::general("string index out of range"))
}

/// A header that holds JSON.
fn is_json_header(member: Member) -> bool {
    member.is_json_value()
        && member.location() == Location::Header
        && member.shape().kind() == ShapeKind::String
}
