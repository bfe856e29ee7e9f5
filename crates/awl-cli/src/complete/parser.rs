//! An unfinished line, understood as far as it goes.
// Parity: awscli/autocomplete/parser.py, CLIParser; it knows no `--name=value`.

use std::collections::VecDeque;
use std::sync::Arc;

use awl_sdk::env::Host;

use super::index::{Argument, Node, globals};
use crate::argv::Arity;
use crate::commands::completion::OwnNames;

/// How many aliases may come to others.
const DEPTH: usize = 20;

/// What a line says so far.
pub(crate) struct Parsed {
    /// The innermost command.
    pub node: Node,
    /// The names of the commands that lead to it, its own the last; none for
    /// the program.
    pub lineage: Vec<String>,
    /// Its arguments.
    pub arguments: Vec<Argument>,
    /// The argument whose word comes next.
    pub current: Option<Argument>,
    /// The options that were given, without dashes, and their words.
    pub given: Vec<(String, Vec<String>)>,
    /// The word that the cursor is in; empty between words.
    pub fragment: Option<String>,
    /// Words that mean nothing.
    pub unparsed: Vec<String>,
    /// The user's own names for commands.
    pub aliases: OwnNames,
}

impl Parsed {
    /// Whether an option was given.
    pub(crate) fn is_given(&self, name: &str) -> bool {
        self.given.iter().any(|(given, _)| given == name)
    }

    /// The word that an option was given.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let (_, words) = self.given.iter().rev().find(|(given, _)| given == name)?;
        words.first().map(String::as_str)
    }
}

/// Parses a line that begins with the program's name.
pub(crate) fn parse(host: &Arc<dyn Host>, line: &str) -> Parsed {
    let mut words: VecDeque<String> = line.split_whitespace().map(str::to_owned).collect();
    if line.ends_with(char::is_whitespace) {
        words.push_back(String::new());
    }
    words.pop_front();
    let mut parser = Parser {
        host,
        words,
        // The program's own options are the global ones.
        knows_options: true,
        depth: 0,
        parsed: Parsed {
            node: Node::Program,
            lineage: Vec::new(),
            arguments: Vec::new(),
            current: None,
            given: Vec::new(),
            fragment: None,
            unparsed: Vec::new(),
            aliases: OwnNames::load(host),
        },
    };
    while let Some(word) = parser.words.pop_front() {
        if let Some(name) = word.strip_prefix("--") {
            parser.option(&word, name);
        } else {
            parser.positional(&word);
        }
    }
    parser.parsed
}

struct Parser<'a> {
    host: &'a Arc<dyn Host>,
    words: VecDeque<String>,
    /// Whether the command is known, and so its options.
    knows_options: bool,
    /// How many aliases were replaced.
    depth: usize,
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
            let words = self.take_words(argument);
            self.parsed.given.push((name.to_owned(), words));
        } else if self.words.is_empty() {
            self.parsed.fragment = Some(word.to_owned());
        } else {
            self.parsed.unparsed.push(word.to_owned());
        }
    }

    /// Takes the words of an option. It stays the current one if more may
    /// come.
    fn take_words(&mut self, argument: Argument) -> Vec<String> {
        let arity = argument.arity;
        self.parsed.current = (arity != Arity::Zero).then_some(argument);
        let mut taken = Vec::new();
        // The word that the cursor is in is not taken.
        if arity == Arity::Zero || self.words.len() <= 1 {
            return taken;
        }
        let is_option = |words: &VecDeque<String>| {
            let next = words.front();
            next.is_some_and(|word| word.starts_with("--"))
        };
        match arity {
            Arity::Zero => {}
            Arity::One | Arity::Exactly(_) => {
                taken.extend(self.words.pop_front());
                self.parsed.current = None;
            }
            Arity::Optional => {
                if !is_option(&self.words) {
                    taken.extend(self.words.pop_front());
                }
                self.parsed.current = None;
            }
            Arity::Any | Arity::Some => {
                while self.words.len() > 1 && !is_option(&self.words) {
                    taken.extend(self.words.pop_front());
                }
                if is_option(&self.words) {
                    self.parsed.current = None;
                }
            }
        }
        taken
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
            self.parsed.lineage.push(word.to_owned());
            self.parsed.arguments = node.arguments();
            self.knows_options = true;
            return;
        }
        if !is_last && self.replace_alias(word) {
            return;
        }
        let positional = names
            .is_empty()
            .then(|| self.find(|argument| argument.is_positional))
            .flatten()
            .filter(|argument| !self.parsed.is_given(&argument.name));
        if let Some(argument) = positional {
            if is_last {
                self.parsed.fragment = Some(word.to_owned());
                self.parsed.current.get_or_insert(argument);
            } else if !word.is_empty() {
                let name = argument.name.into_owned();
                self.parsed.given.push((name, vec![word.to_owned()]));
                self.parsed.current = None;
            }
            return;
        }
        if is_last {
            self.parsed.fragment = Some(word.to_owned());
        } else if !word.is_empty() {
            if self.find(|argument| argument.name == "outfile").is_some()
                && !self.parsed.is_given("outfile")
            {
                let words = vec![word.to_owned()];
                self.parsed.given.push(("outfile".to_owned(), words));
                self.parsed.current = None;
                return;
            }
            self.parsed.unparsed.push(word.to_owned());
        }
        self.knows_options = false;
    }

    /// Puts what the user's own name for a command stands for in its place.
    fn replace_alias(&mut self, word: &str) -> bool {
        let words = self.parsed.aliases.words(&self.parsed.lineage, word);
        let Some(words) = words.filter(|_| self.depth < DEPTH) else {
            return false;
        };
        self.depth += 1;
        for word in words.into_iter().rev() {
            self.words.push_front(word);
        }
        true
    }

    fn find(&self, fits: impl Fn(&Argument) -> bool) -> Option<Argument> {
        self.parsed
            .arguments
            .iter()
            .find(|argument| fits(argument))
            .cloned()
    }
}
