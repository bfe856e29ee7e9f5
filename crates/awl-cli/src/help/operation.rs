//! The page of an operation, or of a waiter that calls one.
// Parity: awscli/clidocs.py, OperationDocumentEventHandler;
// awscli/customizations/{addexamples,paginate,waiters}.py.

use std::collections::BTreeSet;

use awl_model::documentation::Block;
use awl_model::{Node, Operation, Shape};
use awl_sdk::pages;

use super::added;
use super::members::{self, Members};
use super::notes;
use super::options;
use super::script::Script;
use super::syntax::{self, Shorthand};
use crate::arguments::added::Takes;
use crate::arguments::own::own_options;
use crate::arguments::{Argument, Kind, Table, is_hidden};

/// What the page of an operation is made of.
#[derive(Debug)]
pub(crate) struct OperationPage<'a> {
    /// The service's command.
    pub command: &'a str,
    /// The command's name: the operation's, or the waiter's.
    pub name: &'a str,
    /// The operation.
    pub operation: Operation,
    /// Its arguments.
    pub table: &'a Table,
    /// What a waiter says of itself instead of the operation.
    pub waiter: Option<String>,
    /// The documentation of the service.
    pub documentation: Option<&'a Block>,
    /// The examples of the service's commands.
    pub examples: Option<&'a Block>,
}

impl OperationPage<'_> {
    /// The page's source.
    pub(crate) fn script(&self) -> Script {
        let mut script = Script::new(self.name);
        self.description(&mut script);
        let groups = self.groups();
        script.section("Synopsis");
        script.start_literal();
        script.line(self.name);
        for group in &groups {
            script.line(&group.synopsis());
        }
        let own: Vec<&str> = match self.waiter {
            Some(_) => Vec::new(),
            None => own_options(self.table.arguments())
                .map(|(name, _)| name)
                .collect(),
        };
        options::write_synopsis(&mut script, &own);
        script.end_literal();
        script.section("Options");
        if groups.is_empty() {
            script.write("*None*\n");
        }
        for group in &groups {
            self.option(&mut script, group);
        }
        script.section("Global Options");
        options::write(&mut script, &own);
        self.examples(&mut script);
        script.section("Output");
        self.output(&mut script);
        script
    }

    fn members(&self) -> Members<'_> {
        Members {
            documentation: self.documentation,
        }
    }

    fn description(&self, script: &mut Script) {
        // Parity: it stands above the heading.
        notes::before(self.operation, script);
        script.section("Description");
        let own = self.documentation;
        let text = match &self.waiter {
            Some(text) => text,
            None => own
                .and_then(|block| block.of_operation(self.operation))
                .unwrap_or_default(),
        };
        script.documentation(text);
        let service = self.operation.service();
        if service.metadata().str("uid").is_some() {
            script.paragraph();
            script.write("See also: AWS API Documentation\n");
        }
        let name = self.name;
        if uses_documents(self.operation) {
            script.paragraph();
            script.line(&format!(
                "``{name}`` uses document type values. Document types follow the JSON data model \
                 where valid values are: strings, numbers, booleans, null, arrays, and objects. \
                 For command input, options and nested parameters that are labeled with the type \
                 ``document`` must be provided as JSON. Shorthand syntax does not support \
                 document types."
            ));
        }
        self.pages(script);
        notes::description(self.command, script);
    }

    /// Says whether and how the answer comes in pages.
    fn pages(&self, script: &mut Script) {
        let name = self.name;
        let pages = pages::model(self.operation);
        if pages.is_null() {
            return;
        }
        script.paragraph();
        script.line(&format!(
            "``{name}`` is a paginated operation. Multiple API calls may be issued in order to \
             retrieve the entire data set of results. You can disable pagination by providing \
             the ``--no-paginate`` argument."
        ));
        let keys = pages.get("result_key");
        let keys: Vec<String> = keys
            .as_str()
            .into_iter()
            .chain(keys.items().filter_map(Node::as_str))
            .map(|key| format!("``{key}``"))
            .collect();
        if !keys.is_empty() {
            script.line(&format!(
                "When using ``--output text`` and the ``--query`` argument on a paginated \
                 response, the ``--query`` argument must extract data from the results of the \
                 following query expressions: {}",
                keys.join(", ")
            ));
        }
    }

    /// The arguments as they are shown: both forms of a flag are one.
    fn groups(&self) -> Vec<Group<'_>> {
        let paged: Vec<String> = pages::paging_parameters(self.operation)
            .map(awl_model::kebab_case)
            .collect();
        let mut groups: Vec<Group<'_>> = Vec::new();
        for argument in self.table.arguments() {
            let is_paging = matches!(argument.kind, Kind::Page(_));
            let is_hidden = paged.contains(&argument.name) && !is_paging
                || is_hidden(self.command, self.operation.cli_name(), &argument.name);
            if is_hidden {
                continue;
            }
            let key = group_key(argument);
            let group = groups
                .iter_mut()
                .find(|group| key.is_some() && group.key == key);
            match group {
                Some(group) => group.arguments.push(argument),
                None => groups.push(Group {
                    key,
                    arguments: vec![argument],
                }),
            }
        }
        groups
    }

    fn option(&self, script: &mut Script, group: &Group<'_>) {
        let Some(argument) = group.arguments.first() else {
            return;
        };
        let names: Vec<String> = group
            .arguments
            .iter()
            .map(|argument| format!("``{}``", argument.cli_name()))
            .collect();
        let member = argument.member();
        let type_name = match member {
            Some(member) => Members::type_name(member),
            None => options::type_name(argument.kind, self.operation),
        };
        script.write(&format!("{} ({type_name})", names.join(" | ")));
        if argument.required {
            script.write(" [required]");
        }
        script.write("\n");
        script.indent();
        let hidden = member.and_then(|member| Some((member.shape().number(), argument.without?)));
        script.hide(hidden);
        match member {
            Some(member) => {
                let shape = member.shape();
                let (service, name) = (self.operation.service().name(), self.operation.cli_name());
                let own = added::text(service, name, &argument.name);
                script.documentation(match own {
                    Some((_, text)) => text,
                    None => self.members().text(member),
                });
                notes::bytes(self.operation, member, script);
                if members::is_streaming(member) {
                    script.note(
                        "This argument is of type: streaming blob. Its value must be the path to \
                         a file (e.g. ``path/to/file``) and must **not** be prefixed with \
                         ``file://`` or ``fileb://``",
                    );
                }
                members::union_note(script, shape);
                members::choices(script, shape);
                self.members().constraints(script, member);
                let mut stack = vec![shape.number()];
                self.members().inside(script, shape, &mut stack);
            }
            None => options::write_generated(script, argument.kind, self.operation),
        }
        script.dedent();
        script.paragraph();
        notes::argument(self.operation, &argument.name, script);
        if group.key.is_none()
            && let Some(member) = member
        {
            self.syntax(script, argument, member.shape(), hidden);
        }
        script.hide(None);
    }

    /// Writes how the value of an argument may be written.
    fn syntax(
        &self,
        script: &mut Script,
        argument: &Argument,
        shape: Shape,
        hidden: Option<(usize, &'static str)>,
    ) {
        let operation = self.operation.cli_name();
        let shorthand = syntax::shorthand(self.command, operation, &argument.name, shape, hidden);
        match shorthand {
            Shorthand::Nothing => return,
            Shorthand::None => {}
            Shorthand::Example(example) => {
                script.paragraph();
                script.write("Shorthand Syntax");
                script.start_literal();
                // The first line stands in twice, in the AWS CLI as well.
                for line in example.lines() {
                    script.line(line);
                }
                script.end_literal();
            }
        }
        let item = shape.list_member().map(awl_model::Member::shape);
        match item {
            Some(item) if syntax::is_scalar(item) => {
                let example = syntax::scalar(item, false);
                script.paragraph();
                script.write("Syntax");
                script.start_literal();
                script.write(&format!("{example} {example} ..."));
                script.end_literal();
            }
            _ if syntax::is_scalar(shape) => {}
            _ => {
                script.paragraph();
                script.write("JSON Syntax");
                script.start_literal();
                syntax::json(script, shape, &mut Vec::new());
                script.end_literal();
            }
        }
        script.paragraph();
    }

    fn examples(&self, script: &mut Script) {
        let name = match self.waiter {
            Some(_) => format!("wait/{}", self.name),
            None => self.name.to_owned(),
        };
        let Some(text) = self.examples.and_then(|block| block.text(&name)) else {
            return;
        };
        script.section("Examples");
        script.note(
            "To use the following examples, you must have the AWS CLI installed and configured. \
             See the `Getting started guide`__ in the *AWS CLI User Guide* for more \
             information.\n\n  Unless otherwise stated, all examples have unix-like quotation \
             rules. These examples will need to be adapted to your terminal's quoting rules. See \
             `Using quotation marks with strings`__ in the *AWS CLI User Guide* .",
        );
        script.write(text);
    }

    fn output(&self, script: &mut Script) {
        if let Some(text) = notes::output(self.operation) {
            script.write(text);
            return;
        }
        let output = self.operation.output().filter(|_| self.waiter.is_none());
        let members = output.into_iter().flat_map(Shape::members);
        let mut is_empty = true;
        for member in members {
            is_empty = false;
            let mut stack = Vec::new();
            let name = member.name();
            self.members()
                .member(script, name, member, false, &mut stack);
            notes::member(self.operation, name, script);
        }
        if is_empty {
            script.write("None");
        }
    }
}

/// Arguments that are shown as one.
#[derive(Debug)]
struct Group<'a> {
    key: Option<GroupKey>,
    arguments: Vec<&'a Argument>,
}

/// What the arguments of a group have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum GroupKey {
    /// The member that they set.
    Member(usize),
    /// All parameters at once.
    Input,
    /// What a service adds that only one is given of.
    Added,
}

fn group_key(argument: &Argument) -> Option<GroupKey> {
    match argument.kind {
        Kind::Flag(member, _) | Kind::WrappedFlag(member) | Kind::NegatedWrappedFlag(member) => {
            Some(GroupKey::Member(member.number()))
        }
        Kind::CliInputJson | Kind::CliInputYaml => Some(GroupKey::Input),
        Kind::Added(added) if matches!(added.takes, Takes::Flag(_)) => Some(GroupKey::Added),
        _ => None,
    }
}

impl Group<'_> {
    fn synopsis(&self) -> String {
        let Some(first) = self.arguments.first() else {
            return String::new();
        };
        let name = first.cli_name();
        let text = if self.key.is_some() {
            let names: Vec<String> = self
                .arguments
                .iter()
                .map(|argument| argument.cli_name())
                .collect();
            names.join(" | ")
        } else if name.starts_with("--") {
            format!("{name} <value>")
        } else {
            format!("<{name}>")
        };
        if first.required {
            text
        } else {
            format!("[{text}]")
        }
    }
}

/// Whether an operation takes or gives documents anywhere.
fn uses_documents(operation: Operation) -> bool {
    let mut seen = BTreeSet::new();
    let mut open: Vec<Shape> = operation.input().into_iter().collect();
    open.extend(operation.output());
    while let Some(shape) = open.pop() {
        if shape.is_document() {
            return true;
        }
        if !seen.insert(shape.number()) {
            continue;
        }
        open.extend(shape.members().map(|member| member.shape()));
        let inside = [shape.list_member(), shape.map_key(), shape.map_value()];
        open.extend(inside.into_iter().flatten().map(|member| member.shape()));
    }
    false
}
