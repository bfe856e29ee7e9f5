//! An unfinished line, understood as far as it goes.
// Parity: awscli/autocomplete/parser.py, CLIParser; it knows no `--name=value`.

use std::collections::VecDeque;
use std::sync::Arc;

use awl_sdk::env::Host;

use super::index::{Argument, Node, globals};
use crate::argv::Arity;

/// What a line says so far.
pub(super) struct Parsed {
    /// The innermost command.
    pub node: Node,
    /// Its arguments.
    pub arguments: Vec<Argument>,
    /// The argument whose word comes next.
    pub current: Option<Argument>,
    /// The options that were given, without dashes.
    pub given: Vec<String>,
    /// The word that the cursor is in; empty between words.
    pub fragment: Option<String>,
    /// Words that mean nothing.
    pub unparsed: Vec<String>,
}

/// Parses a line that begins with the program's name.
pub(super) fn parse(host: &Arc<dyn Host>, line: &str) -> Parsed {
    let mut words: VecDeque<&str> = line.split_whitespace().collect();
    if line.ends_with(char::is_whitespace) {
        words.push_back("");
    }
    words.pop_front();
    let mut parser = Parser {
        host,
        words,
        // The program's own options are the global ones.
        knows_options: true,
        parsed: Parsed {
            node: Node::Program,
            arguments: Vec::new(),
            current: None,
            given: Vec::new(),
            fragment: None,
            unparsed: Vec::new(),
        },
    };
    while let Some(word) = parser.words.pop_front() {
        if let Some(name) = word.strip_prefix("--") {
            parser.option(word, name);
        } else {
            parser.positional(word);
        }
    }
    parser.parsed
}

struct Parser<'a> {
    host: &'a Arc<dyn Host>,
    words: VecDeque<&'a str>,
    /// Whether the command is known, and so its options.
    knows_options: bool,
    parsed: Parsed,
}

impl Parser<'_> {
    fn option(&mut self, word: &str, name: &str) {
        if !self.knows_options {
            self.parsed.unparsed.push(word.to_owned());
            return;
        }
        let found = globals()
            .find(|argument| argument.name == name)
            .or_else(|| self.find(|argument| argument.name == name));
        if let Some(argument) = found {
            self.parsed.given.push(name.to_owned());
            self.take_words(argument);
        } else if self.words.is_empty() {
            self.parsed.fragment = Some(word.to_owned());
        } else {
            self.parsed.unparsed.push(word.to_owned());
        }
    }

    /// Takes the words of an option. It stays the current one if more may
    /// come.
    fn take_words(&mut self, argument: Argument) {
        let arity = argument.arity;
        self.parsed.current = (arity != Arity::Zero).then_some(argument);
        // The word that the cursor is in is not taken.
        if arity == Arity::Zero || self.words.len() <= 1 {
            return;
        }
        match arity {
            Arity::Zero => {}
            Arity::One | Arity::Exactly(_) => {
                self.words.pop_front();
                self.parsed.current = None;
            }
            Arity::Optional => {
                if self.words.front().is_some_and(|word| !is_option(word)) {
                    self.words.pop_front();
                }
                self.parsed.current = None;
            }
            Arity::Any | Arity::Some => {
                while self.words.len() > 1 {
                    if self.words.front().is_some_and(|word| is_option(word)) {
                        break;
                    }
                    self.words.pop_front();
                }
                if self.words.front().is_some_and(|word| is_option(word)) {
                    self.parsed.current = None;
                }
            }
        }
    }

    fn positional(&mut self, word: &str) {
        let is_last = self.words.is_empty();
        let names = self.parsed.node.commands(self.host);
        let is_command = names.iter().any(|name| name == word)
            // What is a whole name may still become a longer one.
            && (!is_last
                || !names
                    .iter()
                    .any(|name| name != word && name.starts_with(word)));
        if is_command && let Some(node) = self.parsed.node.command(self.host, word) {
            self.parsed.node = node;
            self.parsed.arguments = node.arguments();
            self.knows_options = true;
            return;
        }
        let given = self.parsed.given.clone();
        let positional = names
            .is_empty()
            .then(|| self.find(|argument| argument.is_positional))
            .flatten()
            .filter(|argument| !given.iter().any(|given| *given == argument.name));
        if let Some(argument) = positional {
            if is_last {
                self.parsed.fragment = Some(word.to_owned());
                self.parsed.current.get_or_insert(argument);
            } else if !word.is_empty() {
                self.parsed.given.push(argument.name.into_owned());
                self.parsed.current = None;
            }
            return;
        }
        if is_last {
            self.parsed.fragment = Some(word.to_owned());
        } else if !word.is_empty() {
            if self.find(|argument| argument.name == "outfile").is_some()
                && !given.iter().any(|given| given == "outfile")
            {
                self.parsed.given.push("outfile".to_owned());
                self.parsed.current = None;
                return;
            }
            self.parsed.unparsed.push(word.to_owned());
        }
        self.knows_options = false;
    }

    fn find(&self, fits: impl Fn(&Argument) -> bool) -> Option<Argument> {
        self.parsed
            .arguments
            .iter()
            .find(|argument| fits(argument))
            .cloned()
    }
}

fn is_option(word: &str) -> bool {
    word.starts_with("--")
}
