//! Another implementation of IAM's evaluation logic, from npm, to compare awl's
//! engine with. It is under the AGPL: it is installed when a test needs it and
//! run as a program of its own.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::npm;

const PACKAGE: &str = include_str!("../iam_simulate/package.json");
const LOCK: &str = include_str!("../iam_simulate/package-lock.json");
const DRIVER: &str = include_str!("iam_simulate.js");

/// Answers requests in the form of `awl policy simulate --batch`, one a line:
/// `id` and `decision`, or `id` and `error`.
///
/// # Panics
/// Where it cannot be installed or run; the message says what npm said.
#[must_use]
pub fn iam_simulate(lines: &str) -> Vec<u8> {
    let folder = installed();
    // It works on one core; each gets a part of the lines.
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    let lines: Vec<&str> = lines.split_inclusive('\n').collect();
    let parts = lines.chunks(lines.len().div_ceil(count).max(1));
    std::thread::scope(|scope| {
        let parts: Vec<_> = parts
            .map(|part| scope.spawn(move || run(folder, part.concat())))
            .collect();
        let answers = parts
            .into_iter()
            .map(|part| part.join().expect("node failed"));
        answers.flatten().collect()
    })
}

fn run(folder: &Path, lines: String) -> Vec<u8> {
    let mut process = Command::new("node")
        .args(["--eval", DRIVER])
        .current_dir(folder)
        .env("TZ", "UTC")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node");
    let mut input = process.stdin.take().expect("its standard input");
    let writer = std::thread::spawn(move || {
        // What it has not read is missing from its answers.
        let _ = input.write_all(lines.as_bytes());
    });
    let output = process.wait_with_output().expect("its answers");
    writer.join().expect("all is written");
    assert!(output.status.success(), "node failed");
    output.stdout
}

/// The folder that it is installed in.
fn installed() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| npm::installed("iam-simulate", PACKAGE, LOCK))
}
