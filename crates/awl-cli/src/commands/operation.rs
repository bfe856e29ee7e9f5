//! A service's command: its operation found, its arguments made parameters,
//! the call made, the answer printed.
// Parity: awscli/clidriver.py, ServiceCommand, ServiceOperation.

use std::borrow::Cow;
use std::time::Duration;

use awl_model::{Operation, Service, ShapeKind};
use awl_sdk::env::Host;
use awl_sdk::waiter::WaitConfig;
use awl_value::{Map, Value};

use super::skeleton::{self, Skeleton};
use super::{Invocation, help, presign, rehearsal, services, wait};
use crate::arguments::added::{Customization, Given, Hook, Setting};
use crate::arguments::{
    self, Argument, Body, Files, Kind, PAGINATION_CONFIG, Place, Table, Unpacked, customizations,
    merge_cli_input,
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
    /// The file that the events of the answer go to.
    pub events_to: Option<String>,
    /// What its service does with it beyond its model.
    pub customizations: Vec<&'static Customization>,
    /// What arguments do with the answer.
    pub hooks: Vec<Hook>,
    /// What arguments say to the command itself.
    pub asides: Vec<(&'static str, String)>,
    /// What is printed instead of making the call.
    pub skeleton: Option<Skeleton>,
    /// How many seconds the URL is good that is printed instead.
    pub presign: Option<i64>,
    /// What decides whether the call may be made that is only rehearsed.
    pub rehearsal: Option<rehearsal::Rehearsal>,
}

impl Call {
    /// A call with these parameters and nothing else.
    pub(super) fn new(operation: Operation, parameters: Map) -> Self {
        Self {
            operation,
            parameters,
            body: None,
            outfile: None,
            paginate: false,
            wait: WaitConfig::default(),
            events_to: None,
            customizations: Vec::new(),
            hooks: Vec::new(),
            asides: Vec::new(),
            skeleton: None,
            presign: None,
            rehearsal: None,
        }
    }
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
    let command = operation;
    let Some(operation) = services::operation(service, name, command) else {
        return help::of_service(invocation, globals, service, name);
    };
    let table = Table::new(name, command, operation);
    if rest == ["help"] {
        return help::of_operation(invocation, globals, name, command, operation, &table);
    }
    let parent = Parent { name, command };
    let call = parse_call(invocation, globals, parent, operation, table, &rest)?;
    match call.skeleton {
        Some(form) => skeleton::run(invocation, globals, call, form),
        None => match super::sessions::instead(name, command) {
            Some(run) if call.presign.is_none() && call.rehearsal.is_none() => {
                run(invocation, globals, call)
            }
            _ => super::call::run(invocation, globals, call),
        },
    }
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

/// Where an operation stands on the command line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parent<'a> {
    /// The service's command, or `wait`.
    pub name: &'a str,
    /// The operation's own.
    pub command: &'a str,
}

/// Makes an operation's words a call.
pub(super) fn parse_call(
    invocation: &mut Invocation,
    globals: &Globals,
    parent: Parent<'_>,
    operation: Operation,
    mut table: Table,
    words: &[&str],
) -> Result<Call, CommandError> {
    let skeleton = words
        .iter()
        .position(|word| *word == "--generate-cli-skeleton");
    let is_input_skeleton =
        skeleton.is_some_and(|at| words.get(at + 1).is_none_or(|word| *word != "output"));
    let takes = |kind: fn(&Kind) -> bool| {
        let mut arguments = table.arguments().iter();
        arguments.any(|argument| kind(&argument.kind))
    };
    let frees = is_input_skeleton && takes(|kind| matches!(kind, Kind::Skeleton))
        || words.contains(&"--cli-input-json") && takes(|kind| matches!(kind, Kind::CliInputJson))
        || words.contains(&"--cli-input-yaml") && takes(|kind| matches!(kind, Kind::CliInputYaml));
    if frees {
        table.require_nothing();
    }
    let arguments = table.arguments();
    let mut specs: Vec<Spec<'_>> = arguments.iter().map(spec).collect();
    let help = specs.len();
    specs.push(Spec {
        arity: Arity::Optional,
        ..Spec::new("help")
    });
    let presign = match parent.name {
        "wait" => None,
        _ => presign::Options::add(words, arguments, &mut specs),
    };
    let rehearsal = match parent.name {
        "wait" => None,
        _ if presign.is_some() => None,
        _ => rehearsal::Options::add(words, arguments, &mut specs),
    };
    if presign.is_some() || rehearsal.is_some() {
        // Nothing is sent, so nothing is saved.
        for (spec, argument) in specs.iter_mut().zip(arguments) {
            spec.required &= !matches!(argument.kind, Kind::Outfile);
        }
    }
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
    let mut call = build(invocation, globals, parent, operation, arguments, &parsed)?;
    call.presign = presign.map(|options| options.seconds(&parsed));
    call.rehearsal = rehearsal.map(|options| options.rehearsal(&parsed));
    Ok(call)
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
        Kind::Added(added) => (added.arity(), added.check()),
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
    parent: Parent<'_>,
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
    let customizations: Vec<_> = customizations(parent.name, parent.command).collect();
    let given = Given { arguments, parsed };
    for customization in &customizations {
        (customization.check)(given)?;
    }
    check_wrapped_flags(arguments, parsed)?;
    let words = |destination: &str| written(destination).map(|(_, words)| words);
    let paginate =
        arguments::is_automatic(parent.name, operation, globals.paginate, arguments, words)?;
    let mut call = Call {
        paginate,
        customizations,
        ..Call::new(operation, Map::new())
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
                call.skeleton = Some(match first {
                    Some("output") => Skeleton::Output,
                    Some("yaml-input") => Skeleton::YamlInput,
                    _ => Skeleton::Input,
                });
                continue;
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
            (Kind::Added(added), _) => {
                let value = added.value(words, files)?;
                let mut setting = setting(&mut call, &*invocation.host);
                (added.set)(added, &mut setting, value)?;
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
        match argument.put {
            None => {
                call.parameters.insert(value.0.name(), value.1);
            }
            Some(put) => put(&mut setting(&mut call, &*invocation.host), value.0, value.1)?,
        }
    }
    merge_cli_input(&mut call.parameters, as_json, as_yaml, files)?;
    // Parity: what is called in place of the service knows nothing of pages.
    call.paginate = call.skeleton.is_none()
        && arguments::settle(parent.name, operation, paginate, &mut call.parameters);
    for customization in &call.customizations {
        (customization.allow)(globals)?;
    }
    Ok(call)
}

/// What an argument may change of a call.
fn setting<'a>(call: &'a mut Call, host: &'a dyn Host) -> Setting<'a> {
    Setting {
        parameters: &mut call.parameters,
        events_to: &mut call.events_to,
        hooks: &mut call.hooks,
        asides: &mut call.asides,
        host,
    }
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
