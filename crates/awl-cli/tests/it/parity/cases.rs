//! Reads cases. A file has lines of these kinds:
//!
//! - `# …`: for the reader.
//! - `@file NAME`, `@file64 NAME`: a file that the commands below find; the
//!   lines that follow are its content, in the second form as base64.
//! - `@answer STATUS [NAME: VALUE | …]`, `@answer64 …`: what the server answers
//!   the commands below; the lines that follow are the body. Answers that follow
//!   each other are given one after another, the last one for ever.
//! - `@terminal COLUMNS`: the commands below run on a terminal; `@terminal 0`
//!   ends it.
//! - `@unordered`: the commands below do several things at once, so that their
//!   requests and lines have no order; `@ordered` ends it.
//! - `@other REASON`: awl does otherwise with the next line's commands, on
//!   purpose.
//! - `$ [NAME=VALUE …] WORDS`: a command, in the shell's words. `<<a|b>>` makes
//!   a command of each.

use std::collections::BTreeSet;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use awl_test::Answer;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A command and the world it runs in.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// Its line.
    pub(crate) line: String,
    /// Its variables.
    pub(crate) variables: Vec<(String, String)>,
    /// Its words.
    pub(crate) words: Vec<String>,
    /// What the server answers.
    pub(crate) answers: Arc<Vec<Answer>>,
    /// The files that it finds.
    pub(crate) files: Arc<Vec<(String, Vec<u8>)>>,
    /// The columns of its terminal, 0 where it has none.
    pub(crate) columns: u16,
    /// Whether its requests and lines have no order.
    pub(crate) is_unordered: bool,
    /// Whether awl does otherwise, on purpose.
    pub(crate) is_other: bool,
}

impl Case {
    /// By what a record is found: the command and what it is answered.
    pub(crate) fn key(&self) -> (String, String) {
        (self.line.clone(), self.made())
    }

    /// A fingerprint of the answers.
    pub(crate) fn made(&self) -> String {
        let text = format!("{:?}", self.answers);
        let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        format!("{hash:016x}")
    }
}

/// Reads a file of cases.
pub(crate) fn read(path: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut reader = Reader::default();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let place = || format!("{}: {line}", path.display());
        let mut body = || {
            let mut body = Vec::new();
            while let Some(line) = lines.next_if(|line| !line.starts_with(['@', '$', '#'])) {
                body.push(line);
            }
            while body.last().is_some_and(|line| line.is_empty()) {
                body.pop();
            }
            body
        };
        if let Some(command) = line.strip_prefix("$ ") {
            reader.command(command);
        } else if let Some(columns) = line.strip_prefix("@terminal ") {
            reader.columns = columns.parse().unwrap_or_else(|_| panic!("{}", place()));
        } else if line == "@unordered" || line == "@ordered" {
            reader.is_unordered = line == "@unordered";
        } else if line.starts_with("@other ") {
            reader.is_other = true;
        } else if let Some(name) = line.strip_prefix("@file ") {
            reader.file(name, (body().join("\n") + "\n").into_bytes());
        } else if let Some(name) = line.strip_prefix("@file64 ") {
            reader.file(name, STANDARD.decode(body().concat()).unwrap());
        } else if let Some(head) = line.strip_prefix("@answer ") {
            reader.answer(head, body().join("\n").into_bytes());
        } else if let Some(head) = line.strip_prefix("@answer64 ") {
            reader.answer(head, STANDARD.decode(body().concat()).unwrap());
        } else {
            assert!(line.is_empty() || line.starts_with('#'), "{}", place());
        }
    }
    // What stands there twice is done once.
    let mut seen = BTreeSet::new();
    reader.cases.retain(|case| seen.insert(case.key()));
    reader.cases
}

#[derive(Default)]
struct Reader {
    answers: Arc<Vec<Answer>>,
    files: Arc<Vec<(String, Vec<u8>)>>,
    columns: u16,
    is_unordered: bool,
    /// Whether awl does otherwise with the next command.
    is_other: bool,
    /// Whether a command came since the last answer.
    are_used: bool,
    cases: Vec<Case>,
}

impl Reader {
    fn file(&mut self, name: &str, content: Vec<u8>) {
        let files = Arc::make_mut(&mut self.files);
        files.retain(|(known, _)| known != name);
        files.push((name.to_owned(), content));
    }

    fn answer(&mut self, head: &str, body: Vec<u8>) {
        if std::mem::take(&mut self.are_used) {
            self.answers = Arc::default();
        }
        let (status, headers) = head.split_once(' ').unwrap_or((head, ""));
        let mut answer = Answer::new(status.parse().unwrap(), body);
        for header in headers.split(" | ").filter(|header| !header.is_empty()) {
            let (name, value) = header.split_once(": ").unwrap();
            answer = answer.header(name, value);
        }
        Arc::make_mut(&mut self.answers).push(answer);
    }

    fn command(&mut self, line: &str) {
        self.are_used = true;
        let is_other = std::mem::take(&mut self.is_other);
        for line in alternatives(line) {
            let mut words = shell_words(&line).into_iter().peekable();
            let mut variables = Vec::new();
            while let Some(word) = words.next_if(|word| is_assignment(word)) {
                let (name, value) = word.split_once('=').unwrap();
                variables.push((name.to_owned(), value.to_owned()));
            }
            // Commands are known by their line; the terminal is part of it.
            let line = match self.columns {
                0 => line,
                columns => format!("{line}  # {columns} columns"),
            };
            self.cases.push(Case {
                line,
                variables,
                words: words.collect(),
                answers: Arc::clone(&self.answers),
                files: Arc::clone(&self.files),
                columns: self.columns,
                is_unordered: self.is_unordered,
                is_other,
            });
        }
    }
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    })
}

/// `a <<b|c>>` as `a b` and `a c`.
fn alternatives(line: &str) -> Vec<String> {
    let Some((before, rest)) = line.split_once("<<") else {
        return vec![line.to_owned()];
    };
    let (choices, after) = rest.split_once(">>").unwrap();
    let after: Rc<[String]> = alternatives(after).into();
    choices
        .split('|')
        .flat_map(|choice| {
            let after = Rc::clone(&after);
            (0..after.len()).map(move |at| format!("{before}{choice}{}", after[at]))
        })
        .map(|line| line.trim_end().to_owned())
        .collect()
}

/// The words of a line as a shell without variables has them.
fn shell_words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match character {
            ' ' => words.extend(word.take()),
            '\'' => {
                let text = characters.by_ref().take_while(|&next| next != '\'');
                word.get_or_insert_default().extend(text);
            }
            '"' => {
                let word = word.get_or_insert_default();
                while let Some(next) = characters.next().filter(|&next| next != '"') {
                    match next {
                        '\\' => word.extend(characters.next()),
                        _ => word.push(next),
                    }
                }
            }
            '\\' => match characters.next() {
                // What a line of a file cannot have.
                Some('n') => word.get_or_insert_default().push('\n'),
                next => word.get_or_insert_default().extend(next),
            },
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    words
}
