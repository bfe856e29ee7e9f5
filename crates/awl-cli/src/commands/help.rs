//! `help` wherever it stands: the page found and shown.
// Parity: awscli/help.py.

use std::borrow::Cow;

use awl_model::documentation::Block;
use awl_model::{Operation, Service};

use super::custom::Custom;
use super::{Invocation, call, page, pager};
use crate::arguments::Table;
use crate::argv::{self, Arity, Check, Globals, Names, Spec};
use crate::error::CommandError;
use crate::help::{self, Paper, Script};
use crate::output;

/// The columns where there is no terminal.
const DEFAULT_WIDTH: usize = 78;

/// `help`, with the name of a topic or alone.
pub(super) fn of_program(
    invocation: &mut Invocation,
    globals: &Globals,
    words: &[&str],
) -> Result<(), CommandError> {
    let program = invocation.ui.program().to_owned();
    let topics = awl_catalog::library().block("topics");
    let names = TopicNames {
        topics: topics.as_ref(),
    };
    let specs = [Spec {
        arity: Arity::Optional,
        check: Check::Names(&names),
        ..Spec::new("subcommand")
    }];
    let parsed =
        argv::parse(&specs, words).map_err(|message| CommandError::usage(&message, &program))?;
    let topic = parsed.last(0).and_then(|words| words.first().copied());
    let script = match (topic, &topics) {
        (Some("topics"), Some(block)) => Some(help::topics_page(&program, block)),
        (Some(name), Some(block)) => help::topic_page(block, name),
        _ => None,
    };
    let script = script.unwrap_or_else(|| page::of_program(&invocation.host, &program));
    show(invocation, globals, &script);
    Ok(())
}

/// The page of the service whose command is `name`.
pub(super) fn of_service(
    invocation: &mut Invocation,
    globals: &Globals,
    service: Service,
    name: &str,
) -> Result<(), CommandError> {
    let script = page::of_service(&invocation.host, service, name)?;
    show(invocation, globals, &script);
    Ok(())
}

/// The page of an operation called `name`, a command of `command`.
pub(super) fn of_operation(
    invocation: &mut Invocation,
    globals: &Globals,
    command: &str,
    name: &str,
    operation: Operation,
    table: &Table,
) -> Result<(), CommandError> {
    let page = page::of_operation(&invocation.host, command, name, operation, table)?;
    show(invocation, globals, &page);
    Ok(())
}

/// The page that lists a service's waiters.
pub(super) fn of_waiters(invocation: &mut Invocation, globals: &Globals, service: Service) {
    show(invocation, globals, &page::of_waiters(service));
}

/// The page of the waiter `waiter` of a service.
pub(super) fn of_waiter(
    invocation: &mut Invocation,
    globals: &Globals,
    command: &str,
    waiter: &str,
    operation: Operation,
    table: &Table,
) -> Result<(), CommandError> {
    let page = page::of_waiter(&invocation.host, command, waiter, operation, table)?;
    show(invocation, globals, &page);
    Ok(())
}

/// The page of a command that no model describes.
pub(super) fn of_custom(
    invocation: &mut Invocation,
    globals: &Globals,
    lineage: &str,
    command: &Custom,
) {
    let script = help::custom_page(invocation.ui.program(), lineage, command);
    show(invocation, globals, &script);
}

/// Shows a page: on a terminal in faces and through the pager, else as text.
fn show(invocation: &mut Invocation, globals: &Globals, script: &Script) {
    let host = invocation.host.clone();
    let ui = &mut invocation.ui;
    let paper = if ui.is_terminal() {
        Paper {
            // One that does not say how wide it is says zero.
            width: match ui.columns() {
                0 => DEFAULT_WIDTH,
                columns => columns.saturating_sub(2).min(page::WIDEST),
            },
            styled: output::is_coloured(globals.color.as_deref(), ui, &*host),
        }
    } else {
        Paper {
            width: DEFAULT_WIDTH,
            styled: false,
        }
    };
    let page = help::render(script, paper);
    if invocation.ui.is_terminal() {
        // A configuration that cannot be read must not stand before its help.
        let config = call::load_config(invocation, globals).ok();
        let pager = pager::of_help(&invocation.ui, &*host, config.as_ref(), globals);
        invocation.ui.set_pager(pager);
    }
    invocation.ui.write_out(&page);
    if invocation.ui.close_pager().is_err() {
        // Parity: a pager that is not there leaves the page to the terminal.
        invocation.ui.write_out(&page);
    }
}

struct TopicNames<'a> {
    topics: Option<&'a Block>,
}

impl Names for TopicNames<'_> {
    fn contains(&self, name: &str) -> bool {
        self.all().iter().any(|known| known == name)
    }

    fn all(&self) -> Vec<Cow<'static, str>> {
        let names = self.topics.into_iter().flat_map(help::topic_names);
        [Cow::Borrowed("topics")]
            .into_iter()
            .chain(names.map(|name| Cow::Owned(name.to_owned())))
            .collect()
    }
}
