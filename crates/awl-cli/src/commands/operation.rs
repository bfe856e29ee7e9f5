//! A service's command: its operation found, its arguments made parameters,
//! the call made, the answer printed.
// Parity: awscli/clidriver.py, ServiceCommand, ServiceOperation.

use std::borrow::Cow;
use std::time::Duration;

use awl_model::{Operation, Service, ShapeKind};
use awl_sdk::waiter::WaitConfig;
use awl_value::{Map, Value};

use super::{Invocation, help, services, wait};
use crate::arguments::{
    self, Argument, Body, Files, Kind, PAGINATION_CONFIG, Place, Table, Unpacked, merge_cli_input,
};
use crate::argv::{self, Arity, Check, Globals, Names, Parsed, Spec};
use crate::error::CommandError;
use crate::python;

static SKELETONS: &[&str] = &["input", "output", "yaml-input"];

/// A call, ready to be made.
#[derive(Debug)]
pub(super) struct Call {
    /// The operation.
    pub operation: Operation,
    /// Its parameters, but for a streamed body.
    pub parameters: Map,
    /// The streamed body.
    pub body: Option<Body>,
    /// The file that a streamed answer goes to.
    pub outfile: Option<String>,
    /// Whether all pages of the answer are fetched.
    pub paginate: bool,
    /// How long a waiter waits.
    pub wait: WaitConfig,
}

/// Runs a command of the service whose command is `name`.
pub(super) fn run_service(
    invocation: &mut Invocation,
    globals: &Globals,
    name: &str,
    words: &[&str],
) -> Result<(), CommandError> {
    let Some(service) = services::find(&invocation.host, name)? else {
        return Err(CommandError::general(format!("unknown command: {name}")));
    };
    let program = invocation.ui.program().to_owned();
    let (operation, rest) = parse_operation(service, name, words, &program)?;
    if let Some(command) = super::added(name, operation) {
        return super::custom::run(invocation, globals, name, command, &rest);
    }
    if operation == "wait" && has_waiters(service) {
        return wait::run(invocation, globals, service, name, &rest);
    }
    let called = operation;
    let Some(operation) = services::operation(service, name, operation) else {
        return help::of_service(invocation, globals, service, name);
    };
    let table = Table::new(name, operation);
    if rest == ["help"] {
        return help::of_operation(invocation, globals, name, called, operation, &table);
    }
    let call = parse_call(invocation, globals, name, operation, table, &rest)?;
    super::call::run(invocation, globals, call)
}

/// Whether a service has the command `wait`.
fn has_waiters(service: Service) -> bool {
    !service.waiters().is_empty()
}

/// Takes the operation's name out of the words.
fn parse_operation<'a>(
    service: Service,
    command: &str,
    words: &[&'a str],
    program: &str,
) -> Result<(&'a str, Vec<&'a str>), CommandError> {
    let names = OperationNames { service, command };
    let specs = [Spec {
        required: true,
        check: Check::Names(&names),
        ..Spec::new("operation")
    }];
    let parsed =
        argv::parse(&specs, words).map_err(|message| CommandError::usage(&message, program))?;
    let name = parsed
        .last(0)
        .and_then(|words| words.first().copied())
        .unwrap_or_default();
    Ok((name, parsed.extras))
}

struct OperationNames<'a> {
    service: Service,
    command: &'a str,
}

impl Names for OperationNames<'_> {
    fn contains(&self, name: &str) -> bool {
        name == "help"
            || super::added(self.command, name).is_some()
            || services::operation(self.service, self.command, name).is_some()
            || (name == "wait" && has_waiters(self.service))
    }

    fn all(&self) -> Vec<Cow<'static, str>> {
        let wait = has_waiters(self.service).then_some("wait");
        services::operation_names(self.service, self.command)
            .chain(wait)
            .chain(super::added_to(self.command).map(|command| command.name))
            .chain(["help"])
            .map(Cow::Borrowed)
            .collect()
    }
}

/// Makes an operation's words a call. Before them stands `parent`: the
/// service's command, or `wait`.
pub(super) fn parse_call(
    invocation: &mut Invocation,
    globals: &Globals,
    parent: &str,
    operation: Operation,
    mut table: Table,
    words: &[&str],
) -> Result<Call, CommandError> {
    let skeleton = words
        .iter()
        .position(|word| *word == "--generate-cli-skeleton");
    let is_input_skeleton =
        skeleton.is_some_and(|at| words.get(at + 1).is_none_or(|word| *word != "output"));
    if is_input_skeleton
        || words.contains(&"--cli-input-json")
        || words.contains(&"--cli-input-yaml")
    {
        table.require_nothing();
    }
    let arguments = table.arguments();
    let mut specs: Vec<Spec<'_>> = arguments.iter().map(spec).collect();
    let help = specs.len();
    specs.push(Spec {
        arity: Arity::Optional,
        ..Spec::new("help")
    });
    let program = invocation.ui.program();
    let mut parsed =
        argv::parse(&specs, words).map_err(|message| CommandError::usage(&message, program))?;
    let word = |parsed: &Parsed<'_>| {
        parsed
            .last(help)
            .and_then(|words| words.first().copied())
            .map(str::to_owned)
    };
    let help = word(&parsed).filter(|word| !word.is_empty());
    if help.as_deref() == Some("help") {
        return Err(CommandError::general(
            "Help is not available in this version.",
        ));
    }
    if let Some(help) = words.iter().find(|word| Some(**word) == help.as_deref()) {
        parsed.extras.push(help);
    }
    if !parsed.extras.is_empty() {
        return Err(CommandError::unknown_options(&parsed.extras));
    }
    build(invocation, globals, parent, operation, arguments, &parsed)
}

/// The argument as the parser knows it.
fn spec(argument: &Argument) -> Spec<'_> {
    let name: Cow<'_, str> = Cow::Owned(argument.cli_name());
    let (arity, check) = match argument.kind {
        Kind::Value(member) => (
            Arity::One,
            match member.shape().kind() {
                ShapeKind::Long => Check::Integer,
                ShapeKind::Float | ShapeKind::Double => Check::Float,
                _ => Check::Text,
            },
        ),
        Kind::List(_) => (Arity::Any, Check::Text),
        Kind::Flag(..) | Kind::NegatedWrappedFlag(_) => (Arity::Zero, Check::Text),
        Kind::WrappedFlag(_) => (Arity::Optional, Check::Text),
        Kind::Outfile | Kind::CliInputJson | Kind::CliInputYaml => (Arity::One, Check::Text),
        Kind::Skeleton => (Arity::Optional, Check::Names(&SKELETONS)),
        Kind::Page(page) if page.is_text => (Arity::One, Check::Text),
        Kind::WaitDelay => (Arity::One, Check::Float),
        Kind::Page(_) | Kind::WaitAttempts => (Arity::One, Check::Integer),
    };
    Spec {
        arity,
        check,
        // A flag cannot be required, as the AWS CLI adds it to the parser.
        required: argument.required && !matches!(argument.kind, Kind::Flag(..)),
        abbreviates: !matches!(argument.kind, Kind::WaitDelay | Kind::WaitAttempts),
        ..Spec::new(name)
    }
}

/// Makes parameters of the arguments found.
fn build(
    invocation: &mut Invocation,
    globals: &Globals,
    parent: &str,
    operation: Operation,
    arguments: &[Argument],
    parsed: &Parsed<'_>,
) -> Result<Call, CommandError> {
    let files = Files {
        host: &*invocation.host,
    };
    let place = Place {
        service: operation.service().name(),
        operation: operation.cli_name(),
    };
    // The last argument that writes to a destination counts.
    let written = |destination: &str| {
        parsed
            .found
            .iter()
            .rev()
            .filter(|(index, _)| *index < arguments.len())
            .find(|(index, _)| arguments[*index].destination == destination)
            .map(|(index, words)| (&arguments[*index], words.as_slice()))
    };
    check_wrapped_flags(arguments, parsed)?;
    let words = |destination: &str| written(destination).map(|(_, words)| words);
    let paginate = arguments::is_automatic(parent, operation, globals.paginate, arguments, words)?;
    let mut call = Call {
        operation,
        parameters: Map::new(),
        body: None,
        outfile: None,
        paginate,
        wait: WaitConfig::default(),
    };
    let (mut as_json, mut as_yaml) = (None, None);
    for argument in arguments {
        let Some((writer, words)) = written(&arguments::destination(&argument.name)) else {
            continue;
        };
        let first = words.first().copied();
        let value = match (argument.kind, writer.kind) {
            (Kind::Outfile, _) => {
                call.outfile = first.map(str::to_owned);
                continue;
            }
            (Kind::CliInputJson, _) => {
                as_json = first;
                continue;
            }
            (Kind::CliInputYaml, _) => {
                as_yaml = first;
                continue;
            }
            (Kind::Skeleton, _) => {
                return Err(CommandError::general(
                    "--generate-cli-skeleton is not available in this version.",
                ));
            }
            (Kind::Page(page), _) if paginate || page.shadowed.is_none() => {
                let word = first.unwrap_or_default();
                let word = files
                    .load(word)
                    .map_err(|message| CommandError::parameter(&argument.cli_name(), message))?
                    .unwrap_or_else(|| Value::from(word));
                let (value, warning) = arguments::page_value(page, word)?;
                if let Some(warning) = warning {
                    invocation.ui.write_error(warning);
                }
                add_page_value(&mut call.parameters, page.parameter, value);
                continue;
            }
            (Kind::WaitDelay, _) => {
                let seconds = first.and_then(python::float).unwrap_or_default();
                call.wait.delay = Duration::try_from_secs_f64(seconds.max(0.0)).ok();
                continue;
            }
            (Kind::WaitAttempts, _) => {
                let number = first.and_then(python::int).and_then(|value| value.as_int());
                call.wait.max_attempts = Some(number.unwrap_or_default().max(0).unsigned_abs());
                continue;
            }
            (Kind::Flag(member, _), Kind::Flag(_, value)) => (member, Value::Bool(value)),
            (Kind::WrappedFlag(member), _) if words.is_empty() => (member, wrapped(true)),
            (Kind::NegatedWrappedFlag(member), _) => (member, wrapped(false)),
            (Kind::Flag(..), _) => continue,
            _ => {
                let shadowed = match argument.kind {
                    Kind::Page(page) => page.shadowed,
                    _ => None,
                };
                let Some(member) = argument.member().or(shadowed) else {
                    continue;
                };
                match arguments::unpack(argument, member, words, place, files)? {
                    Unpacked::Value(value) => (member, value),
                    Unpacked::Body(body) => {
                        call.body = Some(body);
                        continue;
                    }
                }
            }
        };
        call.parameters.insert(value.0.name(), value.1);
    }
    merge_cli_input(&mut call.parameters, as_json, as_yaml, files)?;
    call.paginate = arguments::settle(parent, operation, paginate, &mut call.parameters);
    Ok(call)
}

/// Adds what an argument says of the pages that are wanted.
fn add_page_value(parameters: &mut Map, name: &'static str, value: Value) {
    if !parameters.contains_key(PAGINATION_CONFIG) {
        parameters.push(PAGINATION_CONFIG, Value::Map(Map::new()));
    }
    if let Some(config) = parameters
        .get_mut(PAGINATION_CONFIG)
        .and_then(Value::as_map_mut)
    {
        config.insert(name, value);
    }
}

fn wrapped(flag: bool) -> Value {
    let mut map = Map::with_capacity(1);
    map.push("Value", Value::Bool(flag));
    Value::Map(map)
}

/// A flag and its negation exclude each other where they are two arguments.
fn check_wrapped_flags(arguments: &[Argument], parsed: &Parsed<'_>) -> Result<(), CommandError> {
    for (index, argument) in arguments.iter().enumerate() {
        let Kind::WrappedFlag(_) = argument.kind else {
            continue;
        };
        let negative_name = format!("no-{}", argument.name);
        let negative = arguments
            .iter()
            .position(|argument| argument.name == negative_name);
        if let Some(negative) = negative
            && parsed.last(index).is_some()
            && parsed.last(negative).is_some()
        {
            return Err(CommandError::validation(format!(
                "Cannot specify both the \"--{}\" option and the \"--{negative_name}\" option.",
                argument.name
            )));
        }
    }
    Ok(())
}
