//! The page of the command that a line has.
// Parity: awscli/autoprompt/doc.py, DocsGetter.

use std::sync::Arc;

use awl_model::kebab_case;
use awl_sdk::env::Host;

use crate::arguments::Table;
use crate::commands::page;
use crate::complete::{Node, Parsed};
use crate::help::{self, Script};

/// The page, where there is one.
pub(super) fn of(host: &Arc<dyn Host>, program: &str, parsed: &Parsed) -> Option<Script> {
    let name = parsed.lineage.last().map_or("", String::as_str);
    match parsed.node {
        Node::Program => Some(page::of_program(host, program)),
        Node::Service(service, command) => page::of_service(host, service, command).ok(),
        Node::Wait(service) => Some(page::of_waiters(service)),
        Node::Operation(operation, command) => {
            let table = Table::new(command, operation.cli_name(), operation);
            page::of_operation(host, command, name, operation, &table).ok()
        }
        Node::Waiter(operation) => {
            let mut waiters = operation.service().waiters().entries();
            let (waiter, _) = waiters.find(|(waiter, _)| kebab_case(waiter) == name)?;
            let command = parsed.lineage.first()?;
            let table = Table::of_waiter(operation);
            page::of_waiter(host, command, waiter, operation, &table).ok()
        }
        Node::Custom(command) => {
            let lineage = parsed.lineage.join(" ");
            Some(help::custom_page(program, &lineage, command))
        }
    }
}
