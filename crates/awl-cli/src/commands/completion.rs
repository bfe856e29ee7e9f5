//! What the completion asks of the commands.

use std::borrow::Cow;
use std::sync::Arc;

use awl_model::documentation::Block;
use awl_model::{Operation, Service};
use awl_sdk::env::Host;

use super::alias::Aliases;
use super::custom::Custom;
use super::services;

/// The names of all services' commands.
pub(crate) fn service_names(host: &Arc<dyn Host>) -> Vec<Cow<'static, str>> {
    services::names(host).collect()
}

/// The service whose command is `name`, and that name.
pub(crate) fn service(host: &Arc<dyn Host>, name: &str) -> Option<(Service, &'static str)> {
    let service = services::find(host, name).ok()??;
    let command = services::names(host).find_map(|known| match known {
        Cow::Borrowed(known) if known == name => Some(known),
        _ => None,
    });
    Some((service, command.unwrap_or_else(|| service.name())))
}

/// The names of a service's operations, in the model's order, then of what is
/// added to them.
pub(crate) fn operation_names(service: Service, command: &str) -> Vec<&'static str> {
    // Parity: the AWS CLI has them in the order of their names in the model.
    let mut operations: Vec<(&'static str, &'static str)> = services::operations(service, command)
        .map(|(name, operation)| (operation.map_or("~", Operation::name), name))
        .collect();
    operations.sort_by_key(|(key, _)| *key);
    let mut names: Vec<&'static str> = operations.into_iter().map(|(_, name)| name).collect();
    for added in super::added_to(command) {
        if !names.contains(&added.name) {
            names.push(added.name);
        }
    }
    names
}

/// The operation of a service that is called `name` there.
pub(crate) fn operation(service: Service, command: &str, name: &str) -> Option<Operation> {
    services::operation(service, command, name)
}

/// The command that is added to a service under a name.
pub(crate) fn added(service: &str, name: &str) -> Option<&'static Custom> {
    super::added(service, name)
}

/// What is said of a service and all that belongs to it; None where there is
/// nothing.
pub(crate) fn documentation(host: &Arc<dyn Host>, service: Service) -> Option<Block> {
    services::documentation(host, service).ok()?
}

/// The user's own names for commands.
#[derive(Debug, Default)]
pub(crate) struct OwnNames(Aliases);

impl OwnNames {
    /// Those of the user's file, none if it cannot be read.
    pub(crate) fn load(host: &Arc<dyn Host>) -> Self {
        Self(Aliases::load(host).unwrap_or_default())
    }

    /// The names below the command that `lineage` leads to.
    pub(crate) fn names(&self, lineage: &[String]) -> impl Iterator<Item = &str> {
        self.0.names_below(lineage)
    }

    /// The words that a name stands for; None where it is no name or stands
    /// for a line of the shell.
    pub(crate) fn words(&self, lineage: &[String], name: &str) -> Option<Vec<String>> {
        self.0.words_of(lineage, name)
    }
}
