//! Runs a command and writes what it took, as a line of JSON, to the file named
//! first: `measure FILE PROGRAM [WORD…]`.
//!
//! A program of its own, and a small one: Linux counts the memory of the
//! process that starts a command into the command's peak.

use std::env;
use std::error::Error;
use std::process::{Command, ExitCode};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::{TimeVal, TimeValLike};

fn main() -> ExitCode {
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("measure: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<(), Box<dyn Error>> {
    let mut words = env::args_os().skip(1);
    let (Some(file), Some(program)) = (words.next(), words.next()) else {
        return Err("FILE and PROGRAM are needed".into());
    };
    let mut command = Command::new(program);
    command.args(words);
    let start = Instant::now();
    let status = command.status()?;
    let wall = start.elapsed();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let seconds = |time: TimeVal| time.num_microseconds() as f64 / 1e6;
    let line = format!(
        "{{\"wall\": {}, \"user\": {}, \"system\": {}, \"peak_kib\": {}, \"code\": {}}}\n",
        wall.as_secs_f64(),
        seconds(usage.user_time()),
        seconds(usage.system_time()),
        usage.max_rss(),
        status.code().unwrap_or(-1),
    );
    std::fs::write(file, line)?;
    Ok(())
}
