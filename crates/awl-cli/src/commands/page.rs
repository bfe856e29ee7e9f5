//! The pages of help, made of what the commands are.
// Parity: awscli/help.py.

use std::borrow::Cow;
use std::sync::Arc;

use awl_model::documentation::Block;
use awl_model::{Operation, Service, kebab_case};
use awl_sdk::env::Host;
use awl_sdk::models::ModelError;

use super::{COMMANDS, added_to, services};
use crate::arguments::Table;
use crate::help::{self, OperationPage, Script};

/// The columns that a page fills at most: longer lines are hard to read.
pub(crate) const WIDEST: usize = 98;

/// The page of the program.
pub(crate) fn of_program(host: &Arc<dyn Host>, program: &str) -> Script {
    let own = COMMANDS.iter().map(|command| command.name.to_owned());
    let mut commands: Vec<String> = services::names(host)
        .map(Cow::into_owned)
        .chain(own)
        .collect();
    commands.sort_unstable();
    commands.dedup();
    help::main_page(program, &commands)
}

/// The page of the service whose command is `name`.
///
/// # Errors
/// A model of the user that cannot be used.
pub(crate) fn of_service(
    host: &Arc<dyn Host>,
    service: Service,
    name: &str,
) -> Result<Script, ModelError> {
    let documentation = services::documentation(host, service)?;
    let is_alias = |operation: &&str| {
        services::operation(service, name, operation)
            .is_none_or(|found| found.cli_name() != *operation)
    };
    let wait = (!service.waiters().is_empty()).then_some("wait");
    let mut commands: Vec<String> = services::operation_names(service, name)
        .filter(|operation| !is_alias(operation))
        .chain(wait)
        .chain(added_to(name).map(|command| command.name))
        .chain(["help"])
        .map(str::to_owned)
        .collect();
    commands.sort_unstable();
    let text = documentation
        .as_ref()
        .and_then(Block::of_service)
        .unwrap_or_default();
    Ok(help::service_page(name, text, &commands))
}

/// The page of an operation called `name`, a command of `command`.
///
/// # Errors
/// A model of the user that cannot be used.
pub(crate) fn of_operation(
    host: &Arc<dyn Host>,
    command: &str,
    name: &str,
    operation: Operation,
    table: &Table,
) -> Result<Script, ModelError> {
    of_call(host, (command, name), operation, table, None)
}

/// The page that lists a service's waiters.
pub(crate) fn of_waiters(service: Service) -> Script {
    let mut names: Vec<String> = service
        .waiters()
        .entries()
        .map(|(name, _)| kebab_case(name))
        .collect();
    names.sort_unstable();
    help::waiters_page(&names)
}

/// The page of the waiter `waiter` of a service.
///
/// # Errors
/// A model of the user that cannot be used.
pub(crate) fn of_waiter(
    host: &Arc<dyn Host>,
    command: &str,
    waiter: &str,
    operation: Operation,
    table: &Table,
) -> Result<Script, ModelError> {
    let text = help::waiter_text(operation.service().waiters().get(waiter));
    let name = kebab_case(waiter);
    of_call(host, (command, &name), operation, table, Some(text))
}

fn of_call(
    host: &Arc<dyn Host>,
    (command, name): (&str, &str),
    operation: Operation,
    table: &Table,
    waiter: Option<String>,
) -> Result<Script, ModelError> {
    let documentation = services::documentation(host, operation.service())?;
    let examples = awl_catalog::library().block(&format!("examples/{command}"));
    let page = OperationPage {
        command,
        name,
        operation,
        table,
        waiter,
        documentation: documentation.as_ref(),
        examples: examples.as_ref(),
    };
    Ok(page.script())
}
