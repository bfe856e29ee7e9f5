//! `wait`: a service's waiters as commands.
// Parity: awscli/customizations/waiters.py.

use std::borrow::Cow;

use awl_model::{Service, kebab_case};
use awl_sdk::waiter::{self, Waiter};

use super::operation::{Parent, parse_call};
use super::{Invocation, call, help, skeleton};
use crate::arguments::Table;
use crate::argv::{self, Arity, Check, Globals, Names, Spec};
use crate::error::CommandError;

/// Runs `wait` of a service, whose command is `command`.
pub(super) fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    service: Service,
    command: &str,
    words: &[&str],
) -> Result<(), CommandError> {
    let program = invocation.ui.program().to_owned();
    let names = WaiterNames { service };
    let specs = [Spec {
        arity: Arity::Optional,
        check: Check::Names(&names),
        ..Spec::new("subcommand")
    }];
    let parsed =
        argv::parse(&specs, words).map_err(|message| CommandError::usage(&message, &program))?;
    let Some(name) = parsed.last(0).and_then(|words| words.first().copied()) else {
        return Err(CommandError::validation(if parsed.extras.is_empty() {
            format!(
                "usage: {program} [options] {command} wait <subcommand> [parameters]\n{program}: \
                 [ERROR]: too few arguments"
            )
        } else {
            format!("Unknown options: {}", parsed.extras.join(","))
        }));
    };
    let Some(name_in_model) = names.find(name) else {
        return help::of_waiters(invocation, globals, command, service);
    };
    let waiter = Waiter::new(service, name_in_model).map_err(awl_sdk::Error::from)?;
    let operation = waiter.operation();
    let table = Table::of_waiter(operation);
    // The name goes where it first stands, as in the AWS CLI.
    let mut words = words.to_vec();
    if let Some(index) = words.iter().position(|word| *word == name) {
        words.remove(index);
    }
    if words == ["help"] {
        return help::of_waiter(
            invocation,
            globals,
            command,
            name_in_model,
            operation,
            &table,
        );
    }
    let parent = Parent {
        name: "wait",
        command: name,
    };
    let mut call = parse_call(invocation, globals, parent, operation, table, &words)?;
    if let Some(form) = call.skeleton {
        return skeleton::run(invocation, globals, call, form);
    }
    let config = call::load_config(invocation, globals)?;
    let client = call::client(invocation, &config, &mut call)?;
    call::until_interrupted(async {
        let request = awl_sdk::Call::new(operation, call.parameters);
        if call::announce(invocation, globals, &client, &request).await? {
            waiter.wait(&client, request.params, call.wait).await?;
        }
        Ok(())
    })
}

struct WaiterNames {
    service: Service,
}

impl WaiterNames {
    /// The waiter whose command is `name`.
    fn find(&self, name: &str) -> Option<&'static str> {
        let mut waiters = self.service.waiters().entries();
        waiters
            .find(|(waiter, _)| kebab_case(waiter) == name)
            .map(|(waiter, _)| waiter)
    }
}

impl Names for WaiterNames {
    fn contains(&self, name: &str) -> bool {
        name == "help" || self.find(name).is_some()
    }

    fn all(&self) -> Vec<Cow<'static, str>> {
        let names = waiter::names(self.service);
        let names = names.into_iter().map(|name| Cow::Owned(kebab_case(name)));
        names.chain([Cow::Borrowed("help")]).collect()
    }
}
