//! The table of an operation's arguments, in the order of the AWS CLI, which
//! is the order in which its parameters are sent.
// Parity: awscli/clidriver.py, ServiceOperation._create_argument_table;
// awscli/customizations/{argrename,toplevelbool,streamingoutputarg,cliinput,
// generatecliskeleton}.py.

use awl_model::{Member, Operation, ShapeKind, kebab_case};

use super::added::{Added, Put};
use super::pagination::{PageArgument, page_arguments};
use super::renames::{HIDDEN_ALIASES, RENAMES, entries};
use super::services::customizations;

/// What an argument is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// The value of a member, one word.
    Value(Member),
    /// The items of a member that is a list.
    List(Member),
    /// A member that is a boolean: present, it is set to this.
    Flag(Member, bool),
    /// A member that is a structure around a boolean, as EC2 has them: alone
    /// it is true, with a word it is that.
    WrappedFlag(Member),
    /// The same, false.
    NegatedWrappedFlag(Member),
    /// The file that a streamed answer goes to.
    Outfile,
    /// Parameters as one JSON document.
    CliInputJson,
    /// Parameters as one YAML document.
    CliInputYaml,
    /// A skeleton of the parameters or the answer is printed instead.
    Skeleton,
    /// Which pages of a listing are wanted.
    Page(PageArgument),
    /// How many seconds a waiter lets pass between two calls.
    WaitDelay,
    /// How many calls a waiter makes.
    WaitAttempts,
    /// What a service adds that no member stands behind.
    Added(&'static Added),
}

/// An argument of an operation.
#[derive(Clone, Debug)]
pub(crate) struct Argument {
    /// Its name without dashes.
    pub name: String,
    /// Under which name the parser keeps its value: both forms of a flag share
    /// one.
    pub destination: String,
    /// What it is for.
    pub kind: Kind,
    /// Whether it must be given.
    pub required: bool,
    /// Puts its value where it goes, if that is not where its member says.
    pub put: Option<Put>,
    /// A member of its member that it does not know of.
    pub without: Option<&'static str>,
}

impl Argument {
    fn new(name: String, kind: Kind, required: bool) -> Self {
        Self {
            destination: destination(&name),
            name,
            kind,
            required,
            put: None,
            without: None,
        }
    }

    /// The argument of a command that no model describes, whose value is that
    /// of `member`.
    pub(crate) fn of_custom(name: &str, member: Member) -> Self {
        let kind = match member.shape().kind() {
            ShapeKind::List => Kind::List(member),
            _ => Kind::Value(member),
        };
        Self::new(name.to_owned(), kind, false)
    }

    /// The name in messages and on the command line: `--name`, or bare for a
    /// positional argument.
    pub(crate) fn cli_name(&self) -> String {
        match self.kind {
            Kind::Outfile => self.name.clone(),
            Kind::Added(added) if added.is_positional() => self.name.clone(),
            _ => format!("--{}", self.name),
        }
    }

    /// The member that it sets, where it sets one.
    pub(crate) const fn member(&self) -> Option<Member> {
        match self.kind {
            Kind::Value(member)
            | Kind::List(member)
            | Kind::Flag(member, _)
            | Kind::WrappedFlag(member)
            | Kind::NegatedWrappedFlag(member) => Some(member),
            _ => None,
        }
    }
}

/// The name that Python's argparse would give an attribute.
pub(crate) fn destination(name: &str) -> String {
    name.replace('-', "_")
}

/// The arguments of an operation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table(Vec<Argument>);

impl Table {
    /// The arguments of `operation`, which is the command `name` of `service`.
    pub(crate) fn new(service: &str, name: &str, operation: Operation) -> Self {
        let mut table = Self::default();
        if let Some(input) = operation.input() {
            for member in input.members() {
                table.add_member(member);
            }
        }
        for customization in customizations(service, name) {
            (customization.table)(&mut table);
        }
        for entry in entries(RENAMES, service, name) {
            table.rename(entry.name, entry.new_name);
        }
        for entry in entries(HIDDEN_ALIASES, service, name) {
            table.alias(entry.name, entry.new_name);
        }
        if service == "ec2" {
            table.unwrap_booleans();
        }
        if operation.streaming_output().is_some() {
            table.put(Argument::new("outfile".to_owned(), Kind::Outfile, true));
        }
        let has_outfile = table.position("outfile").is_some();
        if !has_outfile {
            for (name, kind) in [
                ("cli-input-json", Kind::CliInputJson),
                ("cli-input-yaml", Kind::CliInputYaml),
            ] {
                table.put(Argument::new(name.to_owned(), kind, false));
            }
        }
        for (name, argument) in page_arguments(operation) {
            let shadowed = table.position(name).map(|index| &table.0[index]);
            let kind = Kind::Page(PageArgument {
                shadowed: shadowed.and_then(Argument::member),
                ..argument
            });
            table.put(Argument::new(name.to_owned(), kind, false));
        }
        if !has_outfile {
            table.put(Argument::new(
                "generate-cli-skeleton".to_owned(),
                Kind::Skeleton,
                false,
            ));
        }
        table
    }

    /// The arguments of a waiter that calls `operation`: those of the
    /// operation by their own names, and awl's own.
    pub(crate) fn of_waiter(operation: Operation) -> Self {
        let mut table = Self::new("wait", operation.cli_name(), operation);
        for (name, kind) in [
            ("delay", Kind::WaitDelay),
            ("max-attempts", Kind::WaitAttempts),
        ] {
            if table.position(name).is_none() {
                table.put(Argument::new(name.to_owned(), kind, false));
            }
        }
        table
    }

    /// The arguments in order.
    pub(crate) fn arguments(&self) -> &[Argument] {
        &self.0
    }

    /// Makes all arguments optional.
    pub(crate) fn require_nothing(&mut self) {
        for argument in &mut self.0 {
            argument.required = false;
        }
    }

    /// The member that the argument of this name sets.
    pub(super) fn member(&self, name: &str) -> Option<Member> {
        self.0[self.position(name)?].member()
    }

    /// Says whether an argument must be given.
    pub(super) fn require(&mut self, name: &str, required: bool) {
        if let Some(index) = self.position(name) {
            self.0[index].required = required;
        }
    }

    /// Adds an argument that no member stands behind.
    pub(super) fn add(&mut self, added: &'static Added) {
        let name = added.name.to_owned();
        self.put(Argument::new(name, Kind::Added(added), added.required));
    }

    /// Adds an argument for a member that lies deeper than the parameters.
    pub(super) fn add_placed(&mut self, name: &str, member: Member, put: Put) {
        self.put(Argument {
            put: Some(put),
            ..Argument::new(name.to_owned(), Kind::Value(member), false)
        });
    }

    /// Has an argument's value put elsewhere, and one member of it unknown to
    /// shorthand.
    pub(super) fn place(&mut self, name: &str, put: Put, without: Option<&'static str>) {
        if let Some(index) = self.position(name) {
            self.0[index].put = Some(put);
            self.0[index].without = without;
        }
    }

    /// Takes an argument away.
    pub(super) fn remove(&mut self, name: &str) {
        self.0.retain(|argument| argument.name != name);
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|argument| argument.name == name)
    }

    /// Puts an argument in the place of that of the same name, else at the end.
    fn put(&mut self, argument: Argument) {
        match self.position(&argument.name) {
            Some(index) => self.0[index] = argument,
            None => self.0.push(argument),
        }
    }

    fn add_member(&mut self, member: Member) {
        let name = kebab_case(member.name());
        let required = member.is_required() && !member.is_idempotency_token();
        match member.shape().kind() {
            ShapeKind::Boolean => {
                let positive = Argument::new(name.clone(), Kind::Flag(member, true), false);
                let negative = Argument {
                    destination: positive.destination.clone(),
                    ..Argument::new(format!("no-{name}"), Kind::Flag(member, false), false)
                };
                self.put(Argument {
                    required,
                    ..positive
                });
                self.put(negative);
            }
            ShapeKind::List => self.put(Argument::new(name, Kind::List(member), required)),
            _ => self.put(Argument::new(name, Kind::Value(member), required)),
        }
    }

    /// A renamed argument moves to the end; a flag keeps its destination.
    pub(super) fn rename(&mut self, name: &str, new_name: &str) {
        let Some(index) = self.position(name) else {
            return;
        };
        let mut argument = self.0.remove(index);
        if !matches!(argument.kind, Kind::Flag(..)) {
            argument.destination = destination(new_name);
        }
        argument.name = new_name.to_owned();
        self.put(argument);
    }

    fn alias(&mut self, name: &str, alias: &str) {
        let Some(index) = self.position(name) else {
            return;
        };
        self.0[index].required = false;
        let kind = self.0[index].kind;
        self.put(Argument::new(alias.to_owned(), kind, false));
    }

    /// Structures of one boolean named `Value` become flags.
    fn unwrap_booleans(&mut self) {
        for index in 0..self.0.len() {
            let argument = &mut self.0[index];
            let Kind::Value(member) = argument.kind else {
                continue;
            };
            let mut members = member.shape().members();
            let wraps = members.next().is_some_and(|inner| {
                inner.name() == "Value" && inner.shape().kind() == ShapeKind::Boolean
            });
            if !wraps || members.next().is_some() {
                continue;
            }
            argument.kind = Kind::WrappedFlag(member);
            argument.required = false;
            let negative = format!("no-{}", argument.name);
            self.put(Argument::new(
                negative,
                Kind::NegatedWrappedFlag(member),
                false,
            ));
        }
    }
}
