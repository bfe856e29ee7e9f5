//! `awl sandbox tour`: the guided tour of docs/tour.md, each of its commands run
//! for real, in a home and a sandbox that are gone afterwards.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;

use awl_sdk::env::{Host, Overlay};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::place::Place;
use crate::argv::Globals;
use crate::commands::custom::Given;
use crate::commands::{Invocation, call};
use crate::error::CommandError;

/// The tour. Commands stand in blocks called `console`, behind `$ ` and `> `, with
/// what they have printed below them.
const TOUR: &str = include_str!("../../../../../docs/tour.md");

/// What stands around the exit status behind what a command has printed.
const MARK: u8 = 0x1e;

/// A piece of the tour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    /// A line of text.
    Text(&'a str),
    /// The fence of a block of commands.
    Fence(&'a str),
    /// A command with its prompts.
    Command(&'a str),
}

pub(super) fn run(
    invocation: &mut Invocation,
    _: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let failed = |error: std::io::Error| CommandError::general(error.to_string());
    let folder = tempfile::tempdir().map_err(failed)?;
    let home = folder.path().join("home");
    let mut shell = Shell::start(&*invocation.host, folder.path(), &home).map_err(failed)?;
    let process = shell.child.id();
    let is_markdown = given.has("--markdown");
    let (says, mut said) = unbounded_channel();
    let walked = call::until_interrupted(async {
        let walking = tokio::task::spawn_blocking(move || walk(&mut shell, is_markdown, &says));
        while let Some(text) = said.recv().await {
            invocation.ui.write_out(&text);
        }
        let walked = walking.await;
        walked
            .map_err(|error| CommandError::general(error.to_string()))?
            .map_err(failed)
    });
    if walked.is_err() {
        // The thread that waits for it ends with it.
        end(process);
    }
    let variables = [
        ("HOME".to_owned(), Some(home.to_string_lossy().into_owned())),
        ("XDG_DATA_HOME".to_owned(), None),
    ];
    let host: Arc<dyn Host> = Arc::new(Overlay::new(invocation.host.clone(), variables));
    if let Some(running) = Place::usual(&*host)?.running(&*host)?
        && let Ok(process) = u32::try_from(running.process)
    {
        end(process);
    }
    walked
}

/// Ends a process.
fn end(process: u32) {
    use rustix::process::{Pid, Signal, kill_process};
    let process = i32::try_from(process).ok().and_then(Pid::from_raw);
    if let Some(process) = process {
        // It may have ended by itself.
        let _ = kill_process(process, Signal::TERM);
    }
}

/// Says every piece, and what the commands print.
fn walk(
    shell: &mut Shell,
    is_markdown: bool,
    says: &UnboundedSender<String>,
) -> std::io::Result<()> {
    for piece in pieces(TOUR) {
        let line = match piece {
            Piece::Fence(_) if !is_markdown => continue,
            Piece::Text(line) | Piece::Fence(line) | Piece::Command(line) => line,
        };
        // Nobody listens any more where this fails.
        let _ = says.send(format!("{line}\n"));
        if let Piece::Command(lines) = piece {
            let _ = says.send(shell.run(&command(lines))?);
        }
    }
    Ok(())
}

/// The tour without what its commands once printed.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    let (mut within, mut from) = (false, 0);
    let mut begin: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let (start, end) = (from, from + line.len());
        from = end;
        let line = line.trim_end_matches('\n');
        let goes_on = within && line.starts_with("> ") && begin.is_some();
        if let (Some(begun), false) = (begin, goes_on) {
            pieces.push(Piece::Command(text[begun..start].trim_end_matches('\n')));
            begin = None;
        }
        match (within, line) {
            (false, "```console") => {
                within = true;
                pieces.push(Piece::Fence(line));
            }
            (true, "```") => {
                within = false;
                pieces.push(Piece::Fence(line));
            }
            (true, line) if line.starts_with("$ ") => begin = Some(start),
            (true, _) => {}
            (false, line) => pieces.push(Piece::Text(line)),
        }
    }
    pieces
}

/// A command without its prompts.
fn command(lines: &str) -> String {
    let lines = lines.lines();
    let words = lines.map(|line| line.get(2..).unwrap_or_default());
    words.collect::<Vec<_>>().join("\n")
}

/// A shell that keeps what commands set from one to the next.
struct Shell {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Shell {
    fn start(host: &dyn Host, folder: &Path, home: &Path) -> std::io::Result<Self> {
        let programs = folder.join("bin");
        std::fs::create_dir(&programs)?;
        std::fs::create_dir(home)?;
        let own = host.program()?;
        for name in ["awl", "aws"] {
            std::os::unix::fs::symlink(&own, programs.join(name))?;
        }
        let path = host.variable("PATH").unwrap_or_default();
        let mut paths = vec![programs];
        paths.extend(path.split(':').map(PathBuf::from));
        let paths: Vec<_> = paths.iter().map(|path| path.to_string_lossy()).collect();
        let mut child = Command::new("/bin/sh")
            .current_dir(home)
            .env_clear()
            .env("HOME", home)
            .env("PATH", paths.join(":"))
            .env("LC_ALL", "C.UTF-8")
            .env("AWS_PAGER", "")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let gone = || std::io::Error::from(std::io::ErrorKind::BrokenPipe);
        Ok(Self {
            input: child.stdin.take().ok_or_else(gone)?,
            output: BufReader::new(child.stdout.take().ok_or_else(gone)?),
            child,
        })
    }

    /// What a command prints, errors too.
    fn run(&mut self, command: &str) -> std::io::Result<String> {
        writeln!(
            self.input,
            "{{ {command}\n}} 2>&1 </dev/null; printf '\\036%s\\036' \"$?\""
        )?;
        self.input.flush()?;
        let mut printed = Vec::new();
        self.output.read_until(MARK, &mut printed)?;
        self.output.read_until(MARK, &mut Vec::new())?;
        if printed.pop() != Some(MARK) {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if !printed.is_empty() && !printed.ends_with(b"\n") {
            printed.push(b'\n');
        }
        Ok(String::from_utf8_lossy(&printed).into_owned())
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_told_from_what_they_printed() {
        let text = "# Tour\n\n```console\n$ echo 1\n1\n$ cat <<END\n> a\n> END\na\n```\nend\n";
        assert_eq!(
            pieces(text),
            [
                Piece::Text("# Tour"),
                Piece::Text(""),
                Piece::Fence("```console"),
                Piece::Command("$ echo 1"),
                Piece::Command("$ cat <<END\n> a\n> END"),
                Piece::Fence("```"),
                Piece::Text("end"),
            ]
        );
        assert_eq!(command("$ cat <<END\n> a\n> END"), "cat <<END\na\nEND");
    }
}
