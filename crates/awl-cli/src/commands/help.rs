//! `help` wherever it stands: the page found and shown.
// Parity: awscli/help.py.

use std::borrow::Cow;
use std::path::Path;

use awl_model::documentation::Block;
use awl_model::{Operation, Service, kebab_case};
use awl_sdk::config::{Config, settings};

use super::custom::Custom;
use super::{Invocation, browser, call, page, pager};
use crate::arguments::Table;
use crate::argv::{self, Arity, Check, Globals, Names, Spec};
use crate::error::CommandError;
use crate::help::{self, Paper, Script};
use crate::output;
use crate::python;

/// Where the AWS CLI's pages are.
const ADDRESS: &str = "https://awscli.amazonaws.com/v2/documentation/api/2.36.7/";
/// Commands of awl's own, which have no page there.
static OWN: &[&str] = &[
    "completion",
    "configure delete-profile",
    "configure rename-profile",
    "configure unset",
    "console",
    "curl",
    "credentials",
    "doctor",
    "exec",
    "imds",
    "jp",
    "sign",
    "verify",
    "whoami",
];
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
    let address = match topic {
        Some("topics") => "topic/index.html".to_owned(),
        Some(name) => format!("topic/{name}.html"),
        None => "index.html".to_owned(),
    };
    show(invocation, globals, &script, Some(&address))
}

/// The page of the service whose command is `name`.
pub(super) fn of_service(
    invocation: &mut Invocation,
    globals: &Globals,
    service: Service,
    name: &str,
) -> Result<(), CommandError> {
    let script = page::of_service(&invocation.host, service, name)?;
    let address = format!("reference/{name}/index.html");
    show(invocation, globals, &script, Some(&address))
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
    let address = format!("reference/{command}/{name}.html");
    show(invocation, globals, &page, Some(&address))
}

/// The page that lists a service's waiters.
pub(super) fn of_waiters(
    invocation: &mut Invocation,
    globals: &Globals,
    command: &str,
    service: Service,
) -> Result<(), CommandError> {
    let address = format!("reference/{command}/wait/index.html");
    show(
        invocation,
        globals,
        &page::of_waiters(service),
        Some(&address),
    )
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
    let address = format!("reference/{command}/wait/{}.html", kebab_case(waiter));
    show(invocation, globals, &page, Some(&address))
}

/// The page of a command that no model describes.
pub(super) fn of_custom(
    invocation: &mut Invocation,
    globals: &Globals,
    lineage: &str,
    command: &Custom,
) -> Result<(), CommandError> {
    let script = help::custom_page(invocation.ui.program(), lineage, command);
    let is_own = OWN.iter().any(|own| {
        let rest = lineage.strip_prefix(own);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    });
    let place = lineage.replace(' ', "/");
    let address = if command.subcommands.is_empty() {
        format!("reference/{place}.html")
    } else {
        format!("reference/{place}/index.html")
    };
    let address = (!is_own).then_some(&*address);
    show(invocation, globals, &script, address)
}

/// Shows a page where the configuration wants it; `address` is its own among
/// the AWS CLI's pages, if it has one there.
// Parity: awscli/help.py, get_renderer.
fn show(
    invocation: &mut Invocation,
    globals: &Globals,
    script: &Script,
    address: Option<&str>,
) -> Result<(), CommandError> {
    // A configuration that cannot be read must not stand before its help.
    let config = call::load_config(invocation, globals).ok();
    let place = config
        .as_ref()
        .and_then(|config| config.text(&settings::CLI_HELP_OUTPUT));
    match (place.as_deref(), address) {
        (Some("url"), Some(address)) => {
            let end = if invocation.ui.is_terminal() {
                "\n"
            } else {
                ""
            };
            let address = format!("{ADDRESS}{address}{end}");
            invocation.ui.write_out(&address);
            Ok(())
        }
        (Some("browser"), _) => show_in_browser(invocation, script),
        _ => {
            show_here(invocation, globals, config.as_ref(), script);
            Ok(())
        }
    }
}

/// Writes a page to a file and has the browser open it.
fn show_in_browser(invocation: &mut Invocation, script: &Script) -> Result<(), CommandError> {
    let host = invocation.host.clone();
    let folder = ["TMPDIR", "TEMP", "TMP"]
        .into_iter()
        .find_map(|name| host.variable(name))
        .unwrap_or_else(|| "/tmp".to_owned());
    let path = Path::new(&folder).join(format!("awl-help-{}.html", host.uuid()));
    let title = script.title().to_owned();
    let page = help::render_html(script, &title);
    host.write(&path, page.as_bytes())
        .map_err(|error| CommandError::general(python::os_error(&error, &path)))?;
    invocation
        .ui
        .write_out("Opening help file in the default browser.\n");
    let url = format!("file://{}", path.display());
    call::block_on(async {
        // Whatever becomes of it: the file is there.
        let _ = browser::open(&*host, &url).await;
        Ok(())
    })
}

/// Shows a page: on a terminal in faces and through the pager, else as text.
fn show_here(
    invocation: &mut Invocation,
    globals: &Globals,
    config: Option<&Config>,
    script: &Script,
) {
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
        let pager = pager::of_help(&invocation.ui, &*host, config, globals);
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
