//! `awl policy lint`: what is wrong or suspicious in policies, with the place
//! and the reason of each finding. Nothing is sent.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use awl_catalog::access::{self, Action};
use awl_iam::lint::{ActionFacts, Facts, KeyType, Level, Lint, ServiceFacts, likely_type, lint};
use awl_iam::{Policy, PolicyType};
use awl_value::{Map, Value};

use crate::argv::Globals;
use crate::commands::custom::{Argument, Custom, Given};
use crate::commands::sign::request;
use crate::commands::{Invocation, caller};
use crate::error::CommandError;
use crate::output;

const FILES: &str = "files";
const TYPE: &str = "--type";

/// What the program returns where there is an error among the findings.
const FAULTY: u8 = 1;

/// The names of the types on the command line.
static TYPES: &[(&str, PolicyType)] = &[
    ("identity", PolicyType::Identity),
    ("resource", PolicyType::Resource),
    ("trust", PolicyType::RoleTrust),
    ("scp", PolicyType::ServiceControl),
    ("rcp", PolicyType::ResourceControl),
    ("boundary", PolicyType::PermissionsBoundary),
    ("session", PolicyType::Session),
    ("vpc-endpoint", PolicyType::VpcEndpoint),
];

/// `policy lint`.
pub(super) const COMMAND: Custom = Custom::new(
    "lint",
    &[
        Argument::positional(FILES).list(),
        Argument::option(TYPE).choices(&[
            "identity",
            "resource",
            "trust",
            "scp",
            "rcp",
            "boundary",
            "session",
            "vpc-endpoint",
        ]),
    ],
    run,
);

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let files = given.words(FILES).unwrap_or_default();
    if files.is_empty() {
        let message = format!("the following arguments are required: {FILES}");
        return Err(CommandError::usage(&message, invocation.ui.program()));
    }
    let wanted = given.get(TYPE);
    let wanted = TYPES.iter().find(|(name, _)| Some(*name) == wanted);
    let facts = Catalog::default();
    let mut found: Vec<(String, Lint)> = Vec::new();
    for file in files {
        let path = file.strip_prefix("file://").unwrap_or(file);
        let bytes = request::read(&*invocation.host, FILES, path)?;
        let text = String::from_utf8_lossy(&bytes);
        let likely = || Policy::parse(&text).map_or(PolicyType::Identity, |own| likely_type(&own));
        let policy_type = wanted.map_or_else(likely, |(_, policy_type)| *policy_type);
        let lints = lint(&text, policy_type, &facts);
        found.extend(lints.into_iter().map(|lint| (path.to_owned(), lint)));
    }
    let is_faulty = found.iter().any(|(_, lint)| lint.level == Level::Error);
    if globals.output.is_none() && globals.query.is_none() {
        let ui = &invocation.ui;
        let coloured = output::is_coloured(globals.color.as_deref(), ui, &*invocation.host);
        let text = lines(&found, coloured);
        invocation.ui.write_out(&text);
    } else {
        let findings = found.iter().map(|(file, lint)| value(file, lint)).collect();
        let mut answer = counts(&found);
        answer.push("findings", Value::List(findings));
        caller::print(invocation, globals, "lint", Value::Map(answer))?;
    }
    match is_faulty {
        true => Err(CommandError::silent(FAULTY)),
        false => Ok(()),
    }
}

/// A finding as others read it.
fn value(file: &str, lint: &Lint) -> Value {
    let mut map = Map::new();
    map.push("file", Value::from(file));
    let numbers = [
        ("line", lint.span.start.line),
        ("column", lint.span.start.column),
        ("endLine", lint.span.end.line),
        ("endColumn", lint.span.end.column),
    ];
    for (name, number) in numbers {
        map.push(name, Value::Int(number.into()));
    }
    for (name, text) in [
        ("severity", lint.level.as_str()),
        ("rule", lint.rule),
        ("message", &lint.message),
        ("reason", lint.reason()),
    ] {
        map.push(name, Value::from(text));
    }
    Value::Map(map)
}

/// How many findings there are of each kind.
fn counts(found: &[(String, Lint)]) -> Map {
    let mut map = Map::new();
    for (name, level) in [
        ("errors", Level::Error),
        ("warnings", Level::Warning),
        ("notes", Level::Note),
    ] {
        let count = found.iter().filter(|(_, lint)| lint.level == level).count();
        map.push(name, Value::Int(count.try_into().unwrap_or(i64::MAX)));
    }
    map
}

/// The findings as compilers print theirs.
fn lines(found: &[(String, Lint)], coloured: bool) -> String {
    let mut text = String::new();
    for (file, lint) in found {
        let level = lint.level.as_str();
        let level = match (coloured, lint.level) {
            (false, _) => level.to_owned(),
            (true, Level::Error) => format!("\u{1b}[31m{level}\u{1b}[0m"),
            (true, Level::Warning) => format!("\u{1b}[33m{level}\u{1b}[0m"),
            (true, Level::Note) => format!("\u{1b}[36m{level}\u{1b}[0m"),
        };
        let (place, rule) = (lint.span.start, lint.rule);
        text.push_str(&format!(
            "{file}:{place}: {level}[{rule}]: {}\n",
            lint.message
        ));
        text.push_str(&format!("    {}\n", lint.reason()));
    }
    if found.is_empty() {
        text.push_str("nothing to report\n");
    }
    text
}

/// The facts of the catalog, each service's read once.
#[derive(Default)]
pub(in crate::commands) struct Catalog {
    read: RefCell<BTreeMap<String, Option<Arc<ServiceFacts>>>>,
}

impl Facts for Catalog {
    fn service(&self, prefix: &str) -> Option<Arc<ServiceFacts>> {
        let mut read = self.read.borrow_mut();
        if let Some(known) = read.get(prefix) {
            return known.clone();
        }
        let facts = access::facts(prefix).map(|facts| Arc::new(facts_of(&facts)));
        read.insert(prefix.to_owned(), facts.clone());
        facts
    }
}

fn facts_of(service: &access::ServiceFacts) -> ServiceFacts {
    let resources: BTreeMap<&str, _> = service
        .resources()
        .map(|resource| (resource.name, resource))
        .collect();
    let action = |action: Action<'_>| {
        let mut keys: Vec<String> = action.keys().map(str::to_owned).collect();
        let mut arns = Vec::new();
        for own in action.resources() {
            keys.extend(own.keys().map(str::to_owned));
            if let Some(resource) = resources.get(own.name) {
                keys.extend(resource.keys().map(str::to_owned));
                arns.push(resource.arn.to_owned());
            }
        }
        ActionFacts {
            name: action.name().to_owned(),
            resources: arns,
            keys,
        }
    };
    ServiceFacts {
        actions: service.actions().map(action).collect(),
        keys: service
            .keys()
            .map(|(key, kind)| (key.to_owned(), KeyType::parse(kind)))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_those_of_the_option() {
        let names: Vec<&str> = TYPES.iter().map(|(name, _)| *name).collect();
        let mut arguments = COMMAND.arguments.iter();
        let option = arguments.find(|argument| argument.name() == TYPE).unwrap();
        assert_eq!(option.choice_names(), names);
    }

    #[test]
    fn facts_have_what_rules_ask_for() {
        let facts = Catalog::default();
        let s3 = facts.service("s3").unwrap();
        let list = s3.actions.iter().find(|action| action.name == "ListBucket");
        let list = list.unwrap();
        assert!(list.keys.iter().any(|key| key == "s3:prefix"), "{list:?}");
        assert!(
            list.resources
                .iter()
                .any(|arn| arn.ends_with("s3:::${BucketName}"))
        );
        assert!(facts.service("s4").is_none());
    }
}
