//! `history`: the commands that were recorded.
// Parity: awscli/customizations/history/{commands,list,show}.py.

mod list;
mod show;
mod xml;

use super::custom::Custom;
use super::{Invocation, call, pager};
use crate::argv::Globals;
use crate::error::CommandError;
use crate::history::{self, Database};

/// `history`.
pub(super) static COMMAND: Custom = Custom::group("history", &[show::COMMAND, list::COMMAND]);

/// The record, which must be there.
fn open(invocation: &Invocation) -> Result<Database, CommandError> {
    let path = history::path(&*invocation.host);
    if !path.exists() {
        return Err(CommandError::general(
            "Could not locate history. Make sure cli_history is set to enabled in the \
             ~/.aws/config file",
        ));
    }
    Database::open(&*invocation.host, &path).map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> CommandError {
    CommandError::general(error.to_string())
}

/// Prints a text through the pager; `flags` are what less is told.
fn page(
    invocation: &mut Invocation,
    globals: &Globals,
    text: &str,
    flags: Option<&'static str>,
) -> Result<(), CommandError> {
    let config = call::load_config(invocation, globals)?;
    let pager = pager::of_output(&invocation.ui, &*invocation.host, &config, globals);
    let pager = pager.map(|pager| match flags {
        Some(flags) => pager.with_flags(flags),
        None => pager,
    });
    invocation.ui.set_pager(pager);
    invocation.ui.write_out(text);
    let closed = invocation.ui.close_pager();
    closed.map_err(|(error, program)| CommandError::pager(&error, &program))
}

/// A time of the record, in the local zone.
fn time(invocation: &Invocation, milliseconds: i64) -> jiff::Zoned {
    let time = jiff::Timestamp::from_millisecond(milliseconds).unwrap_or_default();
    time.to_zoned(crate::output::local_zone(&*invocation.host))
}
