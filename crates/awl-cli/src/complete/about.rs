//! What candidates are for, in plain words. The documentation is opened only
//! where it is wanted.
// Parity: awscli/autocomplete/local/{basic,fetcher}.py.

use std::sync::Arc;

use awl_model::documentation::Block;
use awl_model::{Member, Operation};
use awl_sdk::env::Host;

use super::candidate::Wanted;
use super::index::{Argument, Node};
use super::parser::Parsed;
use crate::commands::completion;
use crate::help;

/// What can be said about arguments and members.
pub(super) struct Texts {
    is_wanted: bool,
    block: Option<Block>,
    operation: Option<Operation>,
    lineage: String,
}

impl Texts {
    /// The texts for a command's arguments; none unless they are wanted.
    pub(super) fn of(host: &Arc<dyn Host>, parsed: &Parsed, wanted: Wanted) -> Self {
        let operation = match parsed.node {
            Node::Operation(operation, _) | Node::Waiter(operation) => Some(operation),
            _ => None,
        };
        let is_wanted = wanted.help;
        Self {
            is_wanted,
            block: operation
                .filter(|_| is_wanted)
                .and_then(|operation| completion::documentation(host, operation.service())),
            operation,
            lineage: parsed.lineage.join(" "),
        }
    }

    /// What an argument of the command is for.
    pub(super) fn of_argument(&self, argument: &Argument) -> String {
        if !self.is_wanted {
            return String::new();
        }
        match (argument.member, argument.kind, self.operation) {
            (Some(member), ..) => self.of_member(member),
            (None, Some(kind), Some(operation)) => plain(&help::argument_text(kind, operation)),
            _ => plain(help::custom_argument_text(&self.lineage, &argument.name)),
        }
    }

    /// What a global option is for.
    pub(super) fn of_global(&self, argument: &Argument) -> String {
        if !self.is_wanted {
            return String::new();
        }
        plain(&help::global_text(&argument.name))
    }

    /// What a member is for.
    pub(super) fn of_member(&self, member: Member) -> String {
        let text = self
            .block
            .as_ref()
            .and_then(|block| block.of_member(member));
        text.map(plain).unwrap_or_default()
    }
}

/// A text without its markup, on one line.
fn plain(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words
        .join(" ")
        .replace("``", "")
        .replace("**", "")
        .replace("`__", "`")
}
