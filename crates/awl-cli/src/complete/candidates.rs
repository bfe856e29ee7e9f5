//! The candidates for what a line says so far.
// Parity: awscli/autocomplete/local/basic.py.

use std::sync::Arc;

use awl_endpoint::Partition;
use awl_sdk::config::{FileKind, Profiles};
use awl_sdk::env::Host;

use super::about::Texts;
use super::candidate::{Candidate, Wanted};
use super::index::{Argument, Choices, Node, globals};
use super::parser::Parsed;
use super::{files, query, remote, shorthand};

/// The candidates, in order.
pub(super) fn of(host: &Arc<dyn Host>, parsed: &Parsed, wanted: Wanted) -> Vec<Candidate> {
    let Some(fragment) = parsed.fragment.as_deref() else {
        return Vec::new();
    };
    let choices = parsed.current.as_ref().map(|argument| argument.choices);
    match choices {
        Some(Choices::Profiles) => return named(wanted, fragment, profiles(host)),
        Some(Choices::Regions) => return regions(wanted, fragment),
        _ => {}
    }
    if !parsed.unparsed.is_empty() {
        let is_path = |word: &String| word.contains("--") || word.contains(['.', '/', '\\', ':']);
        // Behind paths come the options.
        if parsed.unparsed.iter().all(is_path) && !fragment.is_empty() {
            return wanted.filter(fragment, options(host, parsed, wanted));
        }
    } else if parsed.current.is_none() {
        let is_option = fragment.starts_with("--");
        if !is_option {
            let commands = commands(host, parsed);
            if !commands.is_empty() {
                return wanted.filter(fragment, commands);
            }
        }
        let prefix = if fragment == "--" { "" } else { fragment };
        return wanted.filter(prefix, options(host, parsed, wanted));
    }
    if let Some(files) = files::candidates(&**host, fragment) {
        return files.into_iter().map(Candidate::new).collect();
    }
    let Some(argument) = &parsed.current else {
        return Vec::new();
    };
    if matches!(argument.choices, Choices::Query) {
        return match parsed.node {
            Node::Operation(operation, _) => query::candidates(operation, fragment, wanted),
            _ => Vec::new(),
        };
    }
    let names = argument.choices.names();
    if !names.is_empty() {
        return named(wanted, fragment, names.into_iter().map(str::to_owned));
    }
    if let Choices::Member(member) = argument.choices
        && let Node::Operation(operation, _) = parsed.node
    {
        let texts = Texts::of(host, parsed, wanted);
        let found = shorthand::candidates(member, fragment, wanted, &texts);
        if !found.is_empty() {
            return found;
        }
        if wanted.remote
            && parsed.unparsed.is_empty()
            && let Some(names) = remote::of_member(host, parsed, operation, member.name())
        {
            return named(wanted, fragment, names);
        }
    }
    if wanted.remote
        && let Some(names) = remote::of_custom(host, parsed, &argument.name)
    {
        return named(wanted, fragment, names);
    }
    Vec::new()
}

fn named(wanted: Wanted, typed: &str, names: impl IntoIterator<Item = String>) -> Vec<Candidate> {
    wanted.filter(typed, names.into_iter().map(Candidate::new))
}

/// The commands that may stand here, the user's own names behind them.
fn commands(host: &Arc<dyn Host>, parsed: &Parsed) -> Vec<Candidate> {
    let names = parsed.node.commands(host);
    let is_new = |name: &&str| names.iter().all(|known| known != *name);
    let own: Vec<Candidate> = parsed
        .aliases
        .names(&parsed.lineage)
        .filter(is_new)
        .map(Candidate::new)
        .collect();
    let full_name = |name: &str| match parsed.node {
        Node::Program => super::index::full_name(name).unwrap_or_default(),
        _ => "",
    };
    names
        .iter()
        .map(|name| Candidate {
            help: full_name(name).to_owned(),
            ..Candidate::new(&**name)
        })
        .chain(own)
        .collect()
}

/// The options that were not given yet: the command's, then the global ones.
fn options(host: &Arc<dyn Host>, parsed: &Parsed, wanted: Wanted) -> Vec<Candidate> {
    let texts = Texts::of(host, parsed, wanted);
    let own = match parsed.node {
        Node::Program => [].iter(),
        _ => parsed.arguments.iter(),
    };
    let candidate = |argument: Argument, is_global: bool| {
        let (text, display) = match &*argument.name {
            // Parity: it is no option, but the completer has it here.
            "outfile" => (
                argument.name.clone().into_owned(),
                Some("outfile (required)".to_owned()),
            ),
            name => (format!("--{name}"), None),
        };
        Candidate {
            text,
            display,
            help: if is_global {
                texts.of_global(&argument)
            } else {
                texts.of_argument(&argument)
            },
            required: argument.required,
            type_name: argument.type_name,
        }
    };
    own.filter(|argument| !argument.is_positional)
        .cloned()
        .map(|argument| (argument, false))
        .chain(globals().map(|argument| (argument, true)))
        .filter(|(argument, _)| !parsed.is_given(&argument.name))
        .map(|(argument, is_global)| candidate(argument, is_global))
        .collect()
}

/// The profiles, in the order of the files.
fn profiles(host: &Arc<dyn Host>) -> Vec<String> {
    let path = |kind: FileKind| kind.path(&**host);
    let (config, credentials) = (path(FileKind::Config), path(FileKind::Credentials));
    let profiles = Profiles::load(&**host, &config, &credentials);
    profiles.map_or_else(
        |_| Vec::new(),
        |profiles| profiles.names().map(str::to_owned).collect(),
    )
}

/// The Regions of AWS; those of other partitions where none of these fits.
fn regions(wanted: Wanted, fragment: &str) -> Vec<Candidate> {
    let partitions = awl_catalog::store().partitions();
    let regions = |partition: Partition| {
        let names = partition.regions().map(|(name, _)| name.to_owned());
        // `aws-global` and the like are no Regions.
        let mut names: Vec<String> = names.filter(|name| !name.ends_with("-global")).collect();
        names.sort_unstable();
        named(wanted, fragment, names)
    };
    let mut found = Partition::first(partitions).map_or_else(Vec::new, regions);
    if found.is_empty() {
        found = Partition::all(partitions).flat_map(regions).collect();
    }
    found
}
