//! Commands that no model describes: their arguments and subcommands as
//! tables, and the parser that those tables drive.
// Parity: awscli/customizations/commands.py, BasicCommand; awscli/argparser.py,
// ArgTableArgParser, SubCommandArgParser.

use std::borrow::Cow;

use awl_value::Value;

use super::{Invocation, help};
use crate::arguments::{Files, Schema};
use crate::argv::{self, Arity, Check, Globals, Names, Parsed, Spec};
use crate::error::CommandError;
use crate::python;

/// What a command does.
pub(crate) type Run = fn(&mut Invocation, &Globals, &Given<'_>) -> Result<(), CommandError>;

/// The names of arguments that the configuration gives a value.
pub(crate) type Excuse = fn(&Invocation, &Globals) -> Result<Vec<String>, CommandError>;

/// A command, or a subcommand of one.
pub(crate) struct Custom {
    /// Its name.
    pub name: &'static str,
    /// Its arguments, positional ones in their order.
    pub arguments: &'static [Argument],
    /// Its subcommands.
    pub subcommands: &'static [Custom],
    /// What it does without a subcommand; None: one is needed.
    pub run: Option<Run>,
    /// Says which arguments need not be given though they must be.
    pub excuse: Option<Excuse>,
    /// What makes of its words such as the parser takes, where it has another
    /// grammar.
    pub words: Option<Words>,
}

/// Makes other words of a command's words.
pub(crate) type Words = for<'a> fn(&[&'a str]) -> Result<Vec<Cow<'a, str>>, CommandError>;

impl Custom {
    /// A command without subcommands.
    pub(crate) const fn new(name: &'static str, arguments: &'static [Argument], run: Run) -> Self {
        Self {
            name,
            arguments,
            subcommands: &[],
            run: Some(run),
            excuse: None,
            words: None,
        }
    }

    /// The same, some of whose arguments the configuration may give.
    pub(crate) const fn excused_by(mut self, excuse: Excuse) -> Self {
        self.excuse = Some(excuse);
        self
    }

    /// The same for words of another grammar.
    pub(crate) const fn with_words(mut self, words: Words) -> Self {
        self.words = Some(words);
        self
    }

    /// A command that is only there for its subcommands.
    pub(crate) const fn group(name: &'static str, subcommands: &'static [Self]) -> Self {
        Self {
            name,
            arguments: &[],
            subcommands,
            run: None,
            excuse: None,
            words: None,
        }
    }
}

/// An argument of a custom command.
#[derive(Clone, Copy)]
pub(crate) struct Argument {
    name: &'static str,
    short: Option<&'static str>,
    arity: Arity,
    required: bool,
    choices: &'static [&'static str],
    integer: bool,
    paramfile: bool,
    abbreviates: bool,
    schema: Option<&'static Schema>,
}

impl Argument {
    /// An option that takes one word: `--name`.
    pub(crate) const fn option(name: &'static str) -> Self {
        Self {
            name,
            short: None,
            arity: Arity::One,
            required: false,
            choices: &[],
            integer: false,
            paramfile: true,
            abbreviates: true,
            schema: None,
        }
    }

    /// An option that takes none.
    pub(crate) const fn flag(name: &'static str) -> Self {
        Self {
            arity: Arity::Zero,
            ..Self::option(name)
        }
    }

    /// An option whose value has a schema.
    pub(crate) const fn shaped(name: &'static str, schema: &'static Schema) -> Self {
        Self {
            arity: match schema {
                Schema::List(_) => Arity::Some,
                _ => Arity::One,
            },
            schema: Some(schema),
            ..Self::option(name)
        }
    }

    /// An option that takes one word or more; one alone may be a file.
    pub(crate) const fn some_words(name: &'static str) -> Self {
        Self {
            arity: Arity::Some,
            ..Self::option(name)
        }
    }

    /// An argument told by its place; required.
    pub(crate) const fn positional(name: &'static str) -> Self {
        Self {
            required: true,
            ..Self::option(name)
        }
    }

    /// That has a short name besides: `-H`.
    pub(crate) const fn short(mut self, short: &'static str) -> Self {
        self.short = Some(short);
        self
    }

    /// That must be given.
    pub(crate) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// That may be left out.
    pub(crate) const fn optional(mut self) -> Self {
        self.required = false;
        self.arity = Arity::Optional;
        self
    }

    /// Whose word is one of these.
    pub(crate) const fn choices(mut self, choices: &'static [&'static str]) -> Self {
        self.choices = choices;
        self
    }

    /// Whose word is a whole number.
    pub(crate) const fn integer(mut self) -> Self {
        self.integer = true;
        self
    }

    /// Whose word may begin with `file://` and mean just that.
    pub(crate) const fn literal(mut self) -> Self {
        self.paramfile = false;
        self
    }

    /// Whose name must be written out: the AWS CLI's command has it not.
    pub(crate) const fn unabbreviated(mut self) -> Self {
        self.abbreviates = false;
        self
    }

    /// That takes two words each time, and may be given again.
    pub(crate) const fn pair(mut self) -> Self {
        self.arity = Arity::Exactly(2);
        self.paramfile = false;
        self
    }

    /// That takes one word each time, which is no file, and may be given again.
    pub(crate) const fn repeated(mut self) -> Self {
        self.arity = Arity::Exactly(1);
        self.paramfile = false;
        self
    }

    /// That takes one word or more.
    #[cfg(feature = "history")]
    pub(crate) const fn words(mut self) -> Self {
        self.arity = Arity::Some;
        self.paramfile = false;
        self
    }

    /// That takes any number of words.
    pub(crate) const fn list(mut self) -> Self {
        self.arity = Arity::Any;
        self.paramfile = false;
        self
    }
}

/// What help shows of an argument.
impl Argument {
    /// Its name: with its dashes, or bare where its place tells it.
    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    /// The words of which its word must be one; none where any will do.
    pub(crate) const fn choice_names(&self) -> &'static [&'static str] {
        self.choices
    }

    /// How many words it takes.
    pub(crate) const fn arity(&self) -> Arity {
        self.arity
    }

    /// Whether it must be given.
    pub(crate) const fn is_required(&self) -> bool {
        self.required
    }

    /// What its word is.
    pub(crate) const fn type_name(&self) -> &'static str {
        match self.arity {
            Arity::Zero => "boolean",
            Arity::Any | Arity::Some => "list",
            _ if self.integer => "integer",
            _ => match self.schema {
                Some(Schema::Integer) => "integer",
                Some(Schema::Long) => "long",
                Some(Schema::Double) => "double",
                Some(Schema::Boolean) => "boolean",
                Some(Schema::Structure(_)) => "structure",
                Some(Schema::Map(_)) => "map",
                _ => "string",
            },
        }
    }

    /// How it stands on a command line.
    pub(crate) fn synopsis(&self) -> String {
        let is_positional = !self.name.starts_with('-');
        let name = match self.short {
            Some(short) => format!("{} | {short}", self.name),
            None => self.name.to_owned(),
        };
        let text = match self.arity {
            _ if is_positional => format!("<{name}>"),
            Arity::Zero => name,
            Arity::Any | Arity::Some => format!("{name} <value> [<value>...]"),
            _ => format!("{name} <value>"),
        };
        if self.required {
            text
        } else {
            format!("[{text}]")
        }
    }
}

/// What was given to a custom command.
#[derive(Debug, Default)]
pub(crate) struct Given<'a> {
    found: Vec<(&'static str, Vec<Cow<'a, str>>)>,
    values: Vec<(&'static str, Value)>,
    /// The arguments in the order of the line.
    order: Vec<&'static str>,
    /// Those whose word was read from a file.
    files: Vec<&'static str>,
    /// The words behind the first `--` of the line.
    pub command: &'a [String],
}

impl Given<'_> {
    /// Whether an argument was given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.words(name).is_some()
    }

    /// Whether the last of one argument stands before the last of another.
    pub(crate) fn is_before(&self, name: &str, other: &str) -> bool {
        let place = |name: &str| self.order.iter().rposition(|known| *known == name);
        place(name) < place(other)
    }

    /// Whether the word of an argument was read from a file.
    pub(crate) fn is_file(&self, name: &str) -> bool {
        self.files.contains(&name)
    }

    /// The word of an argument, which was given and has one.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.words(name)?.first().map(|word| &**word)
    }

    /// The value of an argument that has a schema.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        let mut values = self.values.iter().rev();
        values
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value)
    }

    /// All words of an argument that was given.
    pub(crate) fn words(&self, name: &str) -> Option<&[Cow<'_, str>]> {
        let mut found = self.found.iter().rev();
        found
            .find(|(found, _)| *found == name)
            .map(|(_, words)| words.as_slice())
    }

    /// All arguments in the order in which they were given.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&'static str, &[Cow<'_, str>])> {
        self.found
            .iter()
            .map(|(name, words)| (*name, words.as_slice()))
    }

    /// The arguments of these names with their first words, in the order of the
    /// line.
    pub(crate) fn in_order<'s>(&'s self, names: &[&'s str]) -> Vec<(&'static str, &'s str)> {
        let mut given: Vec<_> = names.iter().map(|name| self.each(name)).collect();
        let mut ordered = Vec::new();
        for name in &self.order {
            let at = names.iter().position(|known| known == name);
            let words = at.and_then(|at| given[at].next());
            if let Some(word) = words.and_then(<[_]>::first) {
                ordered.push((*name, &**word));
            }
        }
        ordered
    }

    /// The words of each time that an argument was given.
    pub(crate) fn each<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s [Cow<'s, str>]> {
        self.found
            .iter()
            .filter(move |(found, _)| *found == name)
            .map(|(_, words)| words.as_slice())
    }
}

/// Runs `command` on `words`; before it stands `lineage`, the names of the
/// commands that it belongs to.
pub(crate) fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    lineage: &str,
    command: &'static Custom,
    words: &[&str],
) -> Result<(), CommandError> {
    let program = invocation.ui.program().to_owned();
    let lineage = if lineage.is_empty() {
        command.name.to_owned()
    } else {
        format!("{lineage} {}", command.name)
    };
    if words == ["help"] {
        return help::of_custom(invocation, globals, &lineage, command);
    }
    let expanded = command.words.map(|expand| expand(words)).transpose()?;
    let expanded: Option<Vec<&str>> = expanded
        .as_ref()
        .map(|words| words.iter().map(|word| &**word).collect());
    let words = expanded.as_deref().unwrap_or(words);
    let usage = |message: String| CommandError::usage(&message, &program);
    let names = SubcommandNames(command.subcommands);
    if !command.subcommands.is_empty() {
        let parsed = argv::parse(&specs(command, &names, None), words).map_err(usage)?;
        let chosen = parsed.last(command.arguments.len());
        if let Some(name) = chosen.and_then(|words| words.first().copied()) {
            let subcommand = names.0.iter().find(|subcommand| subcommand.name == name);
            let mut words = words.to_vec();
            if let Some(at) = words.iter().position(|word| *word == name) {
                words.remove(at);
            }
            return match subcommand {
                Some(subcommand) => run(invocation, globals, &lineage, subcommand, &words),
                None => help::of_custom(invocation, globals, &lineage, command),
            };
        }
    }
    let excused = match command.excuse {
        Some(excuse) => excuse(invocation, globals)?,
        None => Vec::new(),
    };
    let parsed = argv::parse(&specs(command, &names, Some(&excused)), words).map_err(usage)?;
    let trailing = std::mem::take(&mut invocation.trailing);
    let given = given(invocation, command, &parsed, &trailing)?;
    if !parsed.extras.is_empty() {
        return Err(CommandError::validation(format!(
            "Unknown options: {}",
            parsed.extras.join(",")
        )));
    }
    let Some(action) = command.run else {
        return Err(CommandError::validation(format!(
            "usage: {program} [options] {lineage} <subcommand> [parameters]\n{program}: [ERROR]: \
             too few arguments"
        )));
    };
    action(invocation, globals, &given)
}

fn specs<'a>(
    command: &'static Custom,
    names: &'a SubcommandNames,
    excused: Option<&[String]>,
) -> Vec<Spec<'a>> {
    let mut specs: Vec<Spec<'_>> = command
        .arguments
        .iter()
        .map(|argument| Spec {
            arity: argument.arity,
            required: argument.required
                && excused.is_some_and(|excused| excused.iter().all(|name| name != argument.name)),
            check: match argument {
                Argument { integer: true, .. } => Check::Integer,
                Argument { choices: [], .. } => Check::Text,
                Argument { choices, .. } => Check::Names(choices),
            },
            abbreviates: argument.abbreviates,
            short: argument.short,
            ..Spec::new(argument.name)
        })
        .collect();
    if !names.0.is_empty() {
        specs.push(Spec {
            arity: Arity::Optional,
            check: Check::Names(names),
            ..Spec::new("subcommand")
        });
    }
    specs
}

/// The words with `file://` ones read.
fn given<'a>(
    invocation: &Invocation,
    command: &'static Custom,
    parsed: &Parsed<'a>,
    trailing: &'a [String],
) -> Result<Given<'a>, CommandError> {
    let files = Files {
        host: &*invocation.host,
    };
    let mut given = Given {
        found: Vec::with_capacity(parsed.found.len()),
        values: Vec::new(),
        order: Vec::new(),
        files: Vec::new(),
        command: trailing,
    };
    // Parity: what is wrong is found in the order of the table.
    let mut found: Vec<_> = parsed.found.iter().collect();
    let name = |(index, _): &&(usize, _)| command.arguments.get(*index).map(Argument::name);
    given.order.extend(found.iter().filter_map(name));
    found.sort_by_key(|(index, _)| *index);
    for (index, words) in found {
        let Some(argument) = command.arguments.get(*index) else {
            continue;
        };
        // Parity: an optional positional that is left out is not there.
        if words.is_empty() && argument.arity == Arity::Optional && !argument.name.starts_with('-')
        {
            continue;
        }
        if let Some(schema) = argument.schema {
            let value = schema.value(argument.name, words, files)?;
            given.values.push((argument.name, value));
            let words = words.iter().map(|word| Cow::Borrowed(*word)).collect();
            given.found.push((argument.name, words));
            continue;
        }
        // A list of many is never a file.
        let is_file = argument.paramfile && words.len() <= 1;
        let words: Result<Vec<_>, CommandError> = words
            .iter()
            .map(|word| match is_file {
                true => load(files, argument, word),
                false => Ok(Cow::Borrowed(*word)),
            })
            .collect();
        let words = words?;
        if words.iter().any(|word| matches!(word, Cow::Owned(_))) {
            given.files.push(argument.name);
        }
        given.found.push((argument.name, words));
    }
    Ok(given)
}

fn load<'a>(
    files: Files<'_>,
    argument: &Argument,
    word: &'a str,
) -> Result<Cow<'a, str>, CommandError> {
    let loaded = files
        .load(word)
        .map_err(|message| CommandError::parameter(argument.name, message))?;
    Ok(match loaded {
        // Parity: the value of every argument is held against its model.
        Some(value @ Value::Blob(_)) => {
            return Err(CommandError::validation(format!(
                "Parameter validation failed:\nInvalid type for parameter input, value: {}, type: \
                 <class 'bytes'>, valid types: <class 'str'>",
                python::str(&value)
            )));
        }
        Some(value) => Cow::Owned(value.as_str().unwrap_or_default().to_owned()),
        None => Cow::Borrowed(word),
    })
}

struct SubcommandNames(&'static [Custom]);

impl Names for SubcommandNames {
    fn contains(&self, name: &str) -> bool {
        name == "help" || self.0.iter().any(|command| command.name == name)
    }

    fn all(&self) -> Vec<Cow<'static, str>> {
        let names = self.0.iter().map(|command| Cow::Borrowed(command.name));
        names.chain([Cow::Borrowed("help")]).collect()
    }
}
