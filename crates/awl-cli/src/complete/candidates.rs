//! The candidates for what a line says so far.
// Parity: awscli/autocomplete/local/basic.py.

use std::sync::Arc;

use awl_endpoint::Partition;
use awl_sdk::config::{FileKind, Profiles};
use awl_sdk::env::Host;

use super::files;
use super::index::{Choices, Node, globals};
use super::parser::Parsed;

/// The candidates, in order.
pub(super) fn of(host: &Arc<dyn Host>, parsed: Parsed) -> Vec<String> {
    let Some(fragment) = parsed.fragment.clone() else {
        return Vec::new();
    };
    let choices = parsed.current.as_ref().map(|argument| argument.choices);
    match choices {
        Some(Choices::Profiles) => return starting(&fragment, profiles(host)),
        Some(Choices::Regions) => return regions(&fragment),
        _ => {}
    }
    if !parsed.unparsed.is_empty() {
        let is_path = |word: &String| word.contains("--") || word.contains(['.', '/', '\\', ':']);
        // Behind paths come the options.
        if parsed.unparsed.iter().all(is_path) && !fragment.is_empty() {
            return starting(&fragment, options(&parsed));
        }
    } else if parsed.current.is_none() {
        let is_option = fragment.starts_with("--");
        if !is_option {
            let commands = parsed.node.commands(host);
            if !commands.is_empty() {
                let commands = commands.into_iter().map(|name| name.into_owned());
                return starting(&fragment, commands);
            }
        }
        let prefix = if fragment == "--" { "" } else { &fragment };
        return starting(prefix, options(&parsed));
    }
    if let Some(files) = files::candidates(&**host, &fragment) {
        return files;
    }
    let names = choices.map(Choices::names).unwrap_or_default();
    starting(&fragment, names.into_iter().map(str::to_owned))
}

fn starting(prefix: &str, names: impl IntoIterator<Item = String>) -> Vec<String> {
    names
        .into_iter()
        .filter(|name| name.starts_with(prefix))
        .collect()
}

/// The options that were not given yet: the command's, then the global ones.
fn options(parsed: &Parsed) -> Vec<String> {
    let own = match parsed.node {
        Node::Program => [].iter(),
        _ => parsed.arguments.iter(),
    };
    own.filter(|argument| !argument.is_positional)
        .cloned()
        .chain(globals())
        .filter(|argument| !parsed.given.iter().any(|given| *given == argument.name))
        .map(|argument| match &*argument.name {
            // Parity: it is no option, but the completer has it here.
            "outfile" => argument.name.into_owned(),
            name => format!("--{name}"),
        })
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
fn regions(fragment: &str) -> Vec<String> {
    let partitions = awl_catalog::store().partitions();
    let regions = |partition: Partition| {
        let names = partition.regions().map(|(name, _)| name.to_owned());
        // `aws-global` and the like are no Regions.
        let mut names = starting(fragment, names.filter(|name| !name.ends_with("-global")));
        names.sort_unstable();
        names
    };
    let mut found = Partition::first(partitions).map_or_else(Vec::new, regions);
    if found.is_empty() {
        found = Partition::all(partitions).flat_map(regions).collect();
    }
    found
}
