//! What the prompt has to offer: candidates, documentation and samples of
//! output, from what the program knows of its commands.

mod page;
mod sample;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use awl_sdk::env::Host;

use crate::commands::page::WIDEST;
use crate::complete::{self, Candidate, Wanted};
use crate::help::{self, Paper};

/// What the menu wants of candidates, without asking a service.
const WANTED: Wanted = Wanted {
    fuzzy: true,
    help: true,
    remote: false,
};

/// The candidates of the history.
// Parity: awscli/autoprompt/history.py, HistoryCompleter.
pub(super) fn history(typed: &str, commands: &[&str]) -> Vec<Candidate> {
    WANTED.filter(
        typed,
        commands.iter().map(|command| Candidate::new(*command)),
    )
}

/// What the program knows.
#[derive(Debug)]
pub(super) struct Source {
    host: Arc<dyn Host>,
    program: String,
    /// The command, the columns and the page that was made last.
    page: Option<(Vec<String>, usize, Option<String>)>,
    /// The line and the sample that was made last.
    sample: Option<(String, String)>,
}

/// Candidates that a service was asked for.
#[derive(Debug)]
pub(super) struct Late {
    /// The line up to the cursor.
    pub before: String,
    answer: Receiver<Vec<Candidate>>,
}

impl Late {
    /// They, once they are there; none where there are none.
    pub(super) fn candidates(&self) -> Option<Vec<Candidate>> {
        match self.answer.try_recv() {
            Ok(candidates) => Some(candidates),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Vec::new()),
        }
    }
}

impl Source {
    /// A source for `program`.
    pub(super) fn new(host: Arc<dyn Host>, program: &str) -> Self {
        Self {
            host,
            program: program.to_owned(),
            page: None,
            sample: None,
        }
    }

    /// The candidates behind `before`.
    pub(super) fn candidates(&self, before: &str) -> Vec<Candidate> {
        complete::complete(&self.host, &line(before), None, WANTED)
    }

    /// Asks the service for the names that may stand there, where it can be
    /// asked. It may take its time.
    pub(super) fn ask(&self, before: &str) -> Option<Late> {
        let parsed = complete::parse(&self.host, &line(before));
        if parsed.current.is_none() || parsed.fragment.is_none() || !parsed.unparsed.is_empty() {
            return None;
        }
        let (sender, answer) = channel();
        let (host, asked) = (self.host.clone(), line(before));
        let wanted = Wanted {
            remote: true,
            ..WANTED
        };
        std::thread::Builder::new()
            .spawn(move || {
                // Whoever asked may have gone on.
                let _ = sender.send(complete::complete(&host, &asked, None, wanted));
            })
            .ok()?;
        Some(Late {
            before: before.to_owned(),
            answer,
        })
    }

    /// The documentation of the command in a line, from its description on.
    // Parity: awscli/autoprompt/doc.py, DocsGetter.
    pub(super) fn documentation(&mut self, text: &str, width: usize) -> Option<String> {
        let parsed = complete::parse(&self.host, &format!("{} ", line(text)));
        if let Some((lineage, columns, page)) = &self.page
            && (lineage, *columns) == (&parsed.lineage, width)
        {
            return page.clone();
        }
        let script = page::of(&self.host, &self.program, &parsed);
        let paper = Paper {
            width: (width + INDENT).min(WIDEST),
            styled: false,
        };
        let page = script.map(|script| from_description(&help::render(&script, paper)));
        self.page = Some((parsed.lineage, width, page.clone()));
        page
    }

    /// A sample of what the command in a line prints.
    // Parity: awscli/autoprompt/output.py, OutputGetter.
    pub(super) fn output(&mut self, text: &str) -> String {
        if let Some((last, sample)) = &self.sample
            && last == text
        {
            return sample.clone();
        }
        let sample = sample::of(&self.host, &line(text));
        self.sample = Some((text.to_owned(), sample.clone()));
        sample
    }
}

/// What the completion wants: a line that begins with a program's name.
fn line(text: &str) -> String {
    format!("aws {text}")
}

/// How far the text of a page stands behind its headings.
const INDENT: usize = 7;

/// A page without what stands above the text of its description, and without
/// the indent of its text.
fn from_description(page: &str) -> String {
    const HEADING: &str = "DESCRIPTION\n";
    let start = page.find(HEADING).map_or(0, |at| at + HEADING.len());
    let mut text = String::with_capacity(page.len());
    for line in page[start..].trim_matches('\n').split('\n') {
        let spaces = line.bytes().take_while(|letter| *letter == b' ').count();
        text.push_str(&line[spaces.min(INDENT)..]);
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text
}
