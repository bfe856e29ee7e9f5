//! Which pager there is to be.
// Parity: awscli/clidriver.py, _construct_cli_pager_chain;
// awscli/help.py, PagingHelpRenderer.get_pager_cmdline.

use awl_sdk::config::{Config, settings, shell_split};
use awl_sdk::env::Host;

use crate::argv::Globals;
use crate::ui::{Pager, Ui};

const DEFAULT: &str = "less";

/// The pager of a command's output; None where it is printed as it is.
pub(super) fn of_output(
    ui: &Ui,
    host: &dyn Host,
    config: &Config,
    globals: &Globals,
) -> Option<Pager> {
    choose(ui, host, Some(config), globals, &["PAGER"])
}

/// The pager of help, which the pager of manual pages stands in for.
pub(super) fn of_help(
    ui: &Ui,
    host: &dyn Host,
    config: Option<&Config>,
    globals: &Globals,
) -> Option<Pager> {
    choose(ui, host, config, globals, &["MANPAGER", "PAGER"])
}

fn choose(
    ui: &Ui,
    host: &dyn Host,
    config: Option<&Config>,
    globals: &Globals,
    variables: &[&str],
) -> Option<Pager> {
    if globals.no_cli_pager || !ui.is_terminal() {
        return None;
    }
    let setting = &settings::CLI_PAGER;
    let variable = |name: &&str| host.variable(name);
    let line = setting
        .variables
        .iter()
        .find_map(variable)
        .or_else(|| config?.text(setting))
        .or_else(|| variables.iter().find_map(variable))
        .unwrap_or_else(|| DEFAULT.to_owned());
    let words = shell_split(&line).filter(|words| !words.is_empty())?;
    Some(Pager::new(words, host.variable("LESS").is_none()))
}
