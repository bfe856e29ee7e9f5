//! The `awl` binary; all of it is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(awl_cli::run(std::env::args_os()))
}
