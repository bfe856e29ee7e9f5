//! Arguments that no member stands behind, and members whose value goes where
//! it does not belong by its name: the means by which [`super::services`] says
//! what single operations take.
// Parity: awscli/arguments.py, CustomArgument; awscli/customizations/
// arguments.py.

use awl_model::Member;
use awl_sdk::env::Host;
use awl_value::{Key, Map, Value};

use super::{Argument, Files, Kind};
use crate::argv::{Arity, Check, Globals, Parsed};
use crate::error::CommandError;
use crate::python;

/// The words that an added argument takes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Takes {
    /// One word.
    Word,
    /// One word among these.
    Choice(&'static &'static [&'static str]),
    /// One word among these, or none.
    OptionalChoice(&'static &'static [&'static str]),
    /// A whole number.
    Integer,
    /// One word or more.
    Words,
    /// Any number of words.
    AnyWords,
    /// None: present, it is this.
    Flag(bool),
    /// One word, which stands without a name.
    Positional,
}

/// An argument that no member stands behind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Added {
    /// Its name without dashes.
    pub name: &'static str,
    /// The words that it takes.
    pub takes: Takes,
    /// Whether it must be given.
    pub required: bool,
    /// What its value is called where it goes, as `set` wants it.
    pub key: &'static str,
    /// Puts its value where it goes.
    pub set: fn(&Self, &mut Setting<'_>, Value) -> Result<(), CommandError>,
}

/// What an argument's value may go into.
#[derive(Debug)]
pub(crate) struct Setting<'a> {
    /// The parameters so far.
    pub parameters: &'a mut Map,
    /// The file that the events of the answer go to.
    pub events_to: &'a mut Option<String>,
    /// What is done with the answer.
    pub hooks: &'a mut Vec<Hook>,
    /// What is said to the command itself: arguments and their words.
    pub asides: &'a mut Vec<(&'static str, String)>,
    /// The outside world.
    pub host: &'a dyn Host,
}

/// Puts the value of a member where it goes, if not under the member's name.
pub(crate) type Put = fn(&mut Setting<'_>, Member, Value) -> Result<(), CommandError>;

/// What is done with an answer before it is printed.
#[derive(Clone, Debug)]
pub(crate) struct Hook {
    /// A word of the argument that asks for it.
    pub word: String,
    /// Does it.
    pub run: fn(&mut Map, &str, &dyn Host) -> Result<(), CommandError>,
}

impl Added {
    /// An argument of one word.
    pub(crate) const fn new(
        name: &'static str,
        key: &'static str,
        set: fn(&Self, &mut Setting<'_>, Value) -> Result<(), CommandError>,
    ) -> Self {
        Self {
            name,
            takes: Takes::Word,
            required: false,
            key,
            set,
        }
    }

    /// The same with other words.
    pub(crate) const fn taking(mut self, takes: Takes) -> Self {
        self.takes = takes;
        self
    }

    /// The same, which must be given.
    pub(crate) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// How many words it takes.
    pub(crate) const fn arity(&self) -> Arity {
        match self.takes {
            Takes::Word | Takes::Choice(_) | Takes::Integer | Takes::Positional => Arity::One,
            Takes::OptionalChoice(_) => Arity::Optional,
            Takes::Words => Arity::Some,
            Takes::AnyWords => Arity::Any,
            Takes::Flag(_) => Arity::Zero,
        }
    }

    /// What its words must be.
    pub(crate) fn check(&self) -> Check<'static> {
        match self.takes {
            Takes::Choice(names) | Takes::OptionalChoice(names) => Check::Names(names),
            Takes::Integer => Check::Integer,
            _ => Check::Text,
        }
    }

    /// Whether it is a word without a name.
    pub(crate) const fn is_positional(&self) -> bool {
        matches!(self.takes, Takes::Positional)
    }

    /// What its words come to; a file's content for its name.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub(crate) fn value(&self, words: &[&str], files: Files<'_>) -> Result<Value, CommandError> {
        let first = words.first().copied().unwrap_or_default();
        let loaded = match words {
            [word] if !matches!(self.takes, Takes::Integer) => files
                .load(word)
                .map_err(|message| CommandError::parameter(&format!("--{}", self.name), message))?,
            _ => None,
        };
        Ok(match (self.takes, loaded) {
            (Takes::Flag(value), _) => Value::Bool(value),
            (_, Some(loaded)) => loaded,
            (Takes::Words | Takes::AnyWords, None) => {
                Value::List(words.iter().map(|word| Value::from(*word)).collect())
            }
            (Takes::Integer, None) => python::int(first).unwrap_or_default(),
            (_, None) => Value::from(first),
        })
    }
}

/// The command line of an operation, before values are made of its words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given<'a> {
    /// The arguments that there are.
    pub arguments: &'a [Argument],
    /// Those that were found, with their words.
    pub parsed: &'a Parsed<'a>,
}

impl Given<'_> {
    /// Whether an argument is given that is kept under a name.
    pub(crate) fn has(&self, destination: &str) -> bool {
        self.words(destination).is_some()
    }

    /// Whether it is given, and what is given is not empty.
    pub(crate) fn has_some(&self, destination: &str) -> bool {
        let arity = |index: usize| match self.arguments[index].kind {
            Kind::Added(added) => matches!(added.takes, Takes::Flag(true)),
            _ => false,
        };
        self.words(destination).is_some_and(|(index, words)| {
            arity(index) || words.len() > 1 || words.first().is_some_and(|word| !word.is_empty())
        })
    }

    fn words(&self, name: &str) -> Option<(usize, &[&str])> {
        let found = self.parsed.found.iter().rev().find(|(index, _)| {
            self.arguments
                .get(*index)
                .is_some_and(|argument| argument.destination == name)
        });
        found.map(|(index, words)| (*index, words.as_slice()))
    }

    /// Groups of arguments of which only one group may be given, by the names
    /// that they are kept under.
    ///
    /// # Errors
    /// Arguments of two groups.
    // Parity: awscli/customizations/utils.py, validate_mutually_exclusive.
    pub(crate) fn exclude(&self, groups: &[&[&str]]) -> Result<(), CommandError> {
        let mut current: Option<&[&str]> = None;
        for argument in self.arguments {
            let key = &*argument.destination;
            let Some(group) = groups.iter().find(|group| group.contains(&key)) else {
                continue;
            };
            if !self.has(key) {
                continue;
            }
            match current {
                Some(current) if current != *group => {
                    return Err(CommandError::validation(format!(
                        "The key \"{key}\" cannot be specified when one of the following keys \
                         are also specified: {}",
                        current.join(", ")
                    )));
                }
                _ => current = Some(group),
            }
        }
        Ok(())
    }
}

/// What one service adds to an operation of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Customization {
    /// The operation's command, `*` for all of the service.
    pub operation: &'static str,
    /// Changes the arguments.
    pub table: fn(&mut super::Table),
    /// Says what of the command line cannot stand together.
    pub check: fn(Given<'_>) -> Result<(), CommandError>,
    /// Says whether the call can be made at all.
    pub allow: fn(&Globals) -> Result<(), CommandError>,
    /// What is asked before, to complete the parameters.
    pub fetch: Option<Fetch>,
    /// Completes the parameters, last of all.
    pub finish: fn(&mut Map, &dyn Host) -> Result<(), CommandError>,
    /// Changes the answer, where anything is to be changed.
    pub answer: Option<fn(&mut Map)>,
    /// Says more of the answer, on standard error and to a terminal only.
    pub note: Option<fn(&Map) -> Option<String>>,
}

/// A call whose answer completes the parameters of another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fetch {
    /// Its operation.
    pub operation: &'static str,
    /// Its parameters; None where it is not needed.
    pub parameters: fn(&mut Map) -> Option<Map>,
    /// Puts its answer into the parameters.
    pub merge: fn(&mut Map, Map),
}

impl Customization {
    /// A customisation that changes nothing yet.
    pub(crate) const fn of(operation: &'static str) -> Self {
        Self {
            operation,
            table: |_| {},
            check: |_| Ok(()),
            allow: |_| Ok(()),
            fetch: None,
            finish: |_, _| Ok(()),
            answer: None,
            note: None,
        }
    }
}

/// Whether Python takes a value for true.
pub(crate) fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Int(number) => *number != 0,
        Value::String(text) => !text.is_empty(),
        Value::Blob(bytes) => !bytes.is_empty(),
        Value::List(items) => !items.is_empty(),
        Value::Map(map) => !map.is_empty(),
        _ => true,
    }
}

/// A value as text; bytes as far as they are text.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        other => python::str(other),
    }
}

/// A map of these entries.
pub(crate) fn map<const N: usize>(entries: [(&'static str, Value); N]) -> Value {
    let mut map = Map::with_capacity(N);
    for (name, value) in entries {
        map.push(name, value);
    }
    Value::Map(map)
}

/// The map under `name`, made if there is none.
pub(crate) fn map_at(parameters: &mut Map, name: impl Into<Key>) -> &mut Map {
    let name = name.into();
    if !matches!(parameters.get(&name), Some(Value::Map(_))) {
        parameters.insert(name.clone(), Value::Map(Map::new()));
    }
    match parameters.get_mut(&name) {
        Some(Value::Map(map)) => map,
        _ => unreachable!("it was put there above"),
    }
}

/// The first map of the list under `name`, made if there is none.
pub(crate) fn first_at<'a>(parameters: &'a mut Map, name: &'static str) -> &'a mut Map {
    let is_list_of_maps = matches!(
        parameters.get(name),
        Some(Value::List(items)) if matches!(items.first(), Some(Value::Map(_)))
    );
    if !is_list_of_maps {
        parameters.insert(name, Value::List(vec![Value::Map(Map::new())]));
    }
    match parameters.get_mut(name) {
        Some(Value::List(items)) => match items.first_mut() {
            Some(Value::Map(map)) => map,
            _ => unreachable!("it was put there above"),
        },
        _ => unreachable!("it was put there above"),
    }
}

/// Puts a member's value under its name, on top of what is there already.
pub(crate) fn merge(
    setting: &mut Setting<'_>,
    member: Member,
    value: Value,
) -> Result<(), CommandError> {
    let there = setting.parameters.get_mut(member.name());
    match (there.and_then(Value::as_map_mut), value) {
        (Some(there), Value::Map(map)) => {
            for (key, value) in map {
                there.insert(key, value);
            }
        }
        (_, value) => {
            setting.parameters.insert(member.name(), value);
        }
    }
    Ok(())
}
