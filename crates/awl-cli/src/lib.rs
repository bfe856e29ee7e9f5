//! The command line of awl: what the words mean, which request they come to,
//! what is printed of the answer. Where the AWS CLI has a command, this has
//! the same, with the same arguments, output, errors and exit codes.
//!
//! The crate sends nothing itself and knows no protocol: that is `awl-sdk`.
//!
//! ```no_run
//! let code = awl_cli::run(std::env::args_os());
//! # let _ = code;
//! ```

mod arguments;
mod argv;
mod commands;
mod complete;
mod debug;
mod error;
#[doc(hidden)]
pub mod fuzzing;
mod help;
mod history;
mod output;
#[cfg(feature = "prompt")]
mod prompt;
mod python;
#[cfg(test)]
mod testing;
mod ui;

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use awl_sdk::env::Process;

use crate::commands::Invocation;
use crate::ui::Ui;

/// Runs the command line `words`, the program's own name first, and returns
/// the exit code.
pub fn run(words: impl IntoIterator<Item = OsString>) -> u8 {
    keep_memory_private();
    let words: Vec<String> = words
        .into_iter()
        .map(|word| {
            word.into_string()
                .unwrap_or_else(|word| word.to_string_lossy().into_owned())
        })
        .collect();
    let program = words
        .first()
        .and_then(|path| Path::new(path).file_stem())
        .map_or_else(
            || "awl".to_owned(),
            |name| name.to_string_lossy().into_owned(),
        );
    let words: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
    let mut invocation = Invocation {
        ui: Ui::new(program),
        host: Arc::new(Process),
        trailing: Vec::new(),
        sandbox: None,
        history: history::History::default(),
    };
    if complete::is_asked(invocation.ui.program(), &words) {
        complete::run(&mut invocation);
        return 0;
    }
    commands::run(&mut invocation, &words).code()
}

/// Keeps the process's memory, which has credentials in it, out of core files
/// and away from other processes of the user. A program that this one becomes
/// (`exec`) is not affected.
fn keep_memory_private() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}
