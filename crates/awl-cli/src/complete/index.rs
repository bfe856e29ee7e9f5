//! What there is to complete: commands, and the options of each, in the order
//! of the AWS CLI's index.
// Parity: awscli/autocomplete/local/model.py, indexer.py.

use std::borrow::Cow;
use std::sync::Arc;

use awl_model::{Member, Operation, Service, ShapeKind, kebab_case};
use awl_sdk::env::Host;
use awl_sdk::waiter::{self, Waiter};

use crate::arguments::added::Takes;
use crate::arguments::own::own_options;
use crate::arguments::{self, Kind, Table};
use crate::argv::Arity;
use crate::commands::custom::{self, Custom};
use crate::commands::{COMMANDS, completion as commands};
use crate::help;

/// The commands that stand behind the services, in this order: those that the
/// AWS CLI renames or adds.
static LAST: &[&str] = &[
    "s3api",
    "s3",
    "ddb",
    "configure",
    "deploy",
    "configservice",
    "history",
    "cli-dev",
    "login",
    "logout",
    "agent-toolkit",
    "update",
];

/// A command of the line.
#[derive(Clone, Copy)]
pub(crate) enum Node {
    /// The program.
    Program,
    /// A service, and its command's name.
    Service(Service, &'static str),
    /// The waiters of a service.
    Wait(Service),
    /// An operation of the service whose command is named so.
    Operation(Operation, &'static str),
    /// A waiter that calls an operation.
    Waiter(Operation),
    /// A command that no model describes.
    Custom(&'static Custom),
}

impl Node {
    /// The names of its subcommands.
    pub(crate) fn commands(self, host: &Arc<dyn Host>) -> Vec<Cow<'static, str>> {
        match self {
            Self::Program => programs_commands(host),
            Self::Service(service, name) => {
                let wait = (!service.waiters().is_empty()).then_some("wait");
                commands::operation_names(service, name)
                    .into_iter()
                    .chain(wait)
                    .map(Cow::Borrowed)
                    .collect()
            }
            Self::Wait(service) => waiters(service).map(|(name, _)| Cow::Owned(name)).collect(),
            Self::Custom(command) => command
                .subcommands
                .iter()
                .map(|command| Cow::Borrowed(command.name))
                .collect(),
            Self::Operation(..) | Self::Waiter(_) => Vec::new(),
        }
    }

    /// Its subcommand of a name.
    pub(crate) fn command(self, host: &Arc<dyn Host>, name: &str) -> Option<Self> {
        match self {
            Self::Program => COMMANDS
                .iter()
                .find(|command| command.name == name)
                .map(|command| Self::Custom(command))
                .or_else(|| {
                    let (service, command) = commands::service(host, name)?;
                    Some(Self::Service(service, command))
                }),
            Self::Service(service, command) => {
                if name == "wait" && !service.waiters().is_empty() {
                    return Some(Self::Wait(service));
                }
                if let Some(custom) = commands::added(command, name) {
                    return Some(Self::Custom(custom));
                }
                commands::operation(service, command, name)
                    .map(|operation| Self::Operation(operation, command))
            }
            Self::Wait(service) => {
                let (_, model) = waiters(service).find(|(waiter, _)| waiter == name)?;
                let waiter = Waiter::new(service, model).ok()?;
                Some(Self::Waiter(waiter.operation()))
            }
            Self::Custom(command) => command
                .subcommands
                .iter()
                .find(|command| command.name == name)
                .map(Self::Custom),
            Self::Operation(..) | Self::Waiter(_) => None,
        }
    }

    /// Its arguments, but for the global ones.
    pub(crate) fn arguments(self) -> Vec<Argument> {
        match self {
            Self::Program | Self::Service(..) | Self::Wait(_) => Vec::new(),
            Self::Operation(operation, command) => {
                let table = Table::new(command, operation.cli_name(), operation);
                let mut arguments = modelled(&table, operation);
                arguments.extend(own_options(table.arguments()).map(|(name, arity)| {
                    option(name.trim_start_matches('-'), arity, Choices::Any)
                }));
                arguments
            }
            Self::Waiter(operation) => modelled(&Table::of_waiter(operation), operation),
            Self::Custom(command) => command.arguments.iter().map(own).collect(),
        }
    }
}

/// The services by name, then what the AWS CLI and awl add.
fn programs_commands(host: &Arc<dyn Host>) -> Vec<Cow<'static, str>> {
    let own = || COMMANDS.iter().map(|command| command.name);
    let is_last = |name: &str| LAST.contains(&name);
    let services = commands::service_names(host);
    let exists =
        |name: &&str| own().any(|own| own == *name) || services.iter().any(|known| known == name);
    let last = LAST.iter().copied().filter(exists);
    let mut names: Vec<Cow<'static, str>> = services
        .iter()
        .filter(|name| !is_last(name))
        .cloned()
        .collect();
    names.sort_unstable();
    let ours = own().filter(|name| !is_last(name));
    names.extend(last.chain(ours).map(Cow::Borrowed));
    names
}

/// What AWS calls the service of a command in full.
// Parity: awscli/autocomplete/local/indexer.py, _HIGH_LEVEL_SERVICE_FULL_NAMES.
pub(crate) fn full_name(command: &str) -> Option<&'static str> {
    let model = match command {
        "s3" | "s3api" => "s3",
        "ddb" => "dynamodb",
        "deploy" => "codedeploy",
        "configservice" => "config",
        other => other,
    };
    let service = awl_catalog::store().service(model)?;
    service.metadata().str("serviceFullName")
}

/// The waiters of a service: their names on the command line and in the model.
fn waiters(service: Service) -> impl Iterator<Item = (String, &'static str)> {
    waiter::names(service)
        .into_iter()
        .map(|name| (kebab_case(name), name))
}

/// An argument that may be completed.
#[derive(Clone)]
pub(crate) struct Argument {
    /// Its name without dashes.
    pub name: Cow<'static, str>,
    /// How many words it takes.
    pub arity: Arity,
    /// Whether its place tells it.
    pub is_positional: bool,
    /// What its words may be.
    pub choices: Choices,
    /// Whether it must be given.
    pub required: bool,
    /// What it takes.
    pub type_name: &'static str,
    /// What it is among the arguments of an operation.
    pub kind: Option<Kind>,
    /// The member that it sets.
    pub member: Option<Member>,
}

/// What the words of an argument may be.
#[derive(Clone, Copy)]
pub(crate) enum Choices {
    /// Anything.
    Any,
    /// These.
    Names(&'static [&'static str]),
    /// The values of an enumeration, or of a list of such.
    Member(Member),
    /// The profiles.
    Profiles,
    /// The Regions.
    Regions,
    /// An expression over the answer.
    Query,
}

impl Choices {
    /// The words, where they are known.
    pub(crate) fn names(self) -> Vec<&'static str> {
        match self {
            Self::Names(names) => names.to_vec(),
            Self::Member(member) => {
                let mut shape = member.shape();
                if shape.kind() == ShapeKind::List
                    && let Some(item) = shape.list_member()
                {
                    shape = item.shape();
                }
                shape.enum_values().collect()
            }
            Self::Any | Self::Profiles | Self::Regions | Self::Query => Vec::new(),
        }
    }
}

/// The arguments that a table has.
fn modelled(table: &Table, operation: Operation) -> Vec<Argument> {
    let argument = |argument: &arguments::Argument| {
        let (arity, choices) = match argument.kind {
            Kind::Value(member) => (Arity::One, Choices::Member(member)),
            Kind::List(member) => (Arity::Any, Choices::Member(member)),
            Kind::Flag(..) | Kind::NegatedWrappedFlag(_) => (Arity::Zero, Choices::Any),
            // Parity: for the AWS CLI's completer a flag takes no word.
            Kind::WrappedFlag(_) => (Arity::Zero, Choices::Any),
            Kind::Skeleton => (
                Arity::Optional,
                Choices::Names(&["input", "yaml-input", "output"]),
            ),
            Kind::Added(added) => match added.takes {
                Takes::Choice(names) | Takes::OptionalChoice(names) => {
                    (added.arity(), Choices::Names(names))
                }
                _ => (added.arity(), Choices::Any),
            },
            _ => (Arity::One, Choices::Any),
        };
        Argument {
            name: Cow::Owned(argument.name.clone()),
            arity,
            is_positional: matches!(argument.kind, Kind::Added(added) if added.is_positional()),
            choices,
            required: argument.required,
            type_name: match argument.member() {
                Some(member) => member.shape().kind().name(),
                None => help::type_name(argument.kind, operation),
            },
            kind: Some(argument.kind),
            member: argument.member(),
        }
    };
    table.arguments().iter().map(argument).collect()
}

/// The arguments of a custom command.
fn own(argument: &custom::Argument) -> Argument {
    let name = argument.name();
    Argument {
        name: Cow::Borrowed(name.trim_start_matches('-')),
        arity: argument.arity(),
        is_positional: !name.starts_with('-'),
        choices: match argument.choice_names() {
            [] => Choices::Any,
            names => Choices::Names(names),
        },
        required: argument.is_required(),
        type_name: argument.type_name(),
        kind: None,
        member: None,
    }
}

/// The global options, in the order of the AWS CLI's index; awl's own last.
pub(crate) fn globals() -> impl Iterator<Item = Argument> {
    let flag = |name| (name, Arity::Zero, Choices::Any);
    let value = |name| (name, Arity::One, Choices::Any);
    [
        flag("debug"),
        value("endpoint-url"),
        flag("no-verify-ssl"),
        flag("no-paginate"),
        (
            "output",
            Arity::One,
            Choices::Names(&[
                "json",
                "text",
                "table",
                "yaml",
                "yaml-stream",
                "off",
                "csv",
                "tsv",
                "jsonl",
                "markdown",
            ]),
        ),
        ("query", Arity::One, Choices::Query),
        ("profile", Arity::One, Choices::Profiles),
        ("region", Arity::One, Choices::Regions),
        value("version"),
        ("color", Arity::One, Choices::Names(&["on", "off", "auto"])),
        flag("no-sign-request"),
        value("ca-bundle"),
        value("cli-read-timeout"),
        value("cli-connect-timeout"),
        (
            "cli-binary-format",
            Arity::One,
            Choices::Names(&["base64", "raw-in-base64-out"]),
        ),
        flag("no-cli-pager"),
        flag("cli-auto-prompt"),
        flag("no-cli-auto-prompt"),
        (
            "cli-error-format",
            Arity::One,
            Choices::Names(&["legacy", "json", "yaml", "text", "table", "enhanced"]),
        ),
        (
            "print-request",
            Arity::Optional,
            Choices::Names(&["json", "curl"]),
        ),
        flag("sandbox"),
    ]
    .into_iter()
    .map(|(name, arity, choices)| option(name, arity, choices))
}

/// An option that no model knows.
fn option(name: &'static str, arity: Arity, choices: Choices) -> Argument {
    Argument {
        name: Cow::Borrowed(name),
        arity,
        is_positional: false,
        choices,
        required: false,
        type_name: match arity {
            Arity::Zero => "boolean",
            _ => "string",
        },
        kind: None,
        member: None,
    }
}
