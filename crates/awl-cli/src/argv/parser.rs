//! One pass over a command line, with the rules of Python's argparse:
//! unambiguous prefixes of options, `--option=value`, `--`, and words that
//! belong to nothing handed back in order.
//!
//! One rule is wider: a word that begins with `-` and follows an option that
//! takes a value is its value, unless it looks like an option itself.
// Parity: Lib/argparse.py of Python 3.11, ArgumentParser._parse_known_args;
// awscli/argparser.py, CLIArgParser.

use std::borrow::Cow;

use super::close_matches::close_matches;
use crate::python;

/// How many words an argument takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arity {
    /// None: a flag.
    Zero,
    /// Exactly one.
    One,
    /// Exactly so many; of one, argparse speaks otherwise than of `One`.
    Exactly(usize),
    /// One or none (`?`).
    Optional,
    /// Any number (`*`).
    Any,
    /// One or more (`+`).
    Some,
}

/// Names that a word must be among.
pub(crate) trait Names {
    /// Whether `name` is one of them.
    fn contains(&self, name: &str) -> bool;
    /// All of them, for suggestions.
    fn all(&self) -> Vec<Cow<'static, str>>;
}

impl Names for &'static [&'static str] {
    fn contains(&self, name: &str) -> bool {
        (**self).contains(&name)
    }

    fn all(&self) -> Vec<Cow<'static, str>> {
        self.iter().map(|choice| Cow::Borrowed(*choice)).collect()
    }
}

/// What each word of an argument must be.
#[derive(Clone, Copy)]
pub(crate) enum Check<'a> {
    /// Anything.
    Text,
    /// What Python's `int` takes.
    Integer,
    /// What Python's `float` takes.
    Float,
    /// One of these names.
    Names(&'a dyn Names),
}

/// An argument, as one pass knows it.
pub(crate) struct Spec<'a> {
    /// `--region`, or the bare name of a positional.
    pub name: Cow<'a, str>,
    /// Its other name, a dash and a letter, whose value may follow at once.
    pub short: Option<&'static str>,
    /// How many words it takes.
    pub arity: Arity,
    /// Whether it must be given.
    pub required: bool,
    /// What its words must be.
    pub check: Check<'a>,
    /// Whether an unambiguous prefix of its name will do. Options that the
    /// AWS CLI has not must be written out, so that they change no other's
    /// prefixes.
    pub abbreviates: bool,
    /// Whether the pass ends where it stands, as at `--version`.
    pub stops: bool,
}

impl<'a> Spec<'a> {
    /// An argument that takes one word of any kind.
    pub(crate) fn new(name: impl Into<Cow<'a, str>>) -> Self {
        Self {
            name: name.into(),
            short: None,
            arity: Arity::One,
            required: false,
            check: Check::Text,
            abbreviates: true,
            stops: false,
        }
    }

    /// A positional argument is required unless it takes no word.
    fn is_positional(&self) -> bool {
        !self.name.starts_with('-')
    }

    fn takes_words(&self) -> bool {
        self.arity != Arity::Zero
    }
}

/// What a pass found.
#[derive(Debug, Default)]
pub(crate) struct Parsed<'a> {
    /// The arguments found: which of the specs, and its words, in the order in
    /// which they were met. A later one of the same argument counts.
    pub found: Vec<(usize, Vec<&'a str>)>,
    /// The words that belong to nothing.
    pub extras: Vec<&'a str>,
    /// The argument that ended the pass, if one did.
    pub stopped: Option<usize>,
}

impl<'a> Parsed<'a> {
    /// The words of the last occurrence of argument `spec`.
    pub(crate) fn last(&self, spec: usize) -> Option<&[&'a str]> {
        self.found
            .iter()
            .rev()
            .find(|(index, _)| *index == spec)
            .map(|(_, words)| words.as_slice())
    }
}

/// What a word of the line is.
#[derive(Clone, Copy)]
enum Word<'a> {
    /// A value, or a positional.
    Argument,
    /// The first `--`.
    Separator,
    /// An option: which, and what follows its `=`. None is an unknown one.
    Option(Option<usize>, Option<&'a str>),
}

/// Takes what `specs` describe out of `words`.
///
/// # Errors
/// The message, without the usage that the AWS CLI prints below it.
pub(crate) fn parse<'a>(specs: &[Spec<'_>], words: &[&'a str]) -> Result<Parsed<'a>, String> {
    let mut pass = Pass {
        specs,
        words,
        kinds: classify(specs, words)?,
        positionals: (0..specs.len())
            .filter(|index| specs[*index].is_positional())
            .collect(),
        seen: vec![false; specs.len()],
        parsed: Parsed::default(),
    };
    pass.run()?;
    let parsed = pass.parsed;
    if parsed.stopped.is_some() {
        return Ok(parsed);
    }
    let missing: Vec<&str> = specs
        .iter()
        .zip(&pass.seen)
        .filter(|(spec, seen)| spec.required && !**seen)
        .map(|(spec, _)| &*spec.name)
        .collect();
    if !missing.is_empty() {
        return Err(format!(
            "the following arguments are required: {}",
            missing.join(", ")
        ));
    }
    Ok(parsed)
}

/// The usage block that stands below a message.
pub(crate) fn usage(program: &str) -> String {
    format!(
        "{program} [options] <command> <subcommand> [<subcommand> ...] [parameters]\n\
         To see help text, you can run:\n\n\
         \x20 {program} help\n\
         \x20 {program} <command> help\n\
         \x20 {program} <command> <subcommand> help\n"
    )
}

/// Says of each word what it is, before any is taken.
fn classify<'a>(specs: &[Spec<'_>], words: &[&'a str]) -> Result<Vec<Word<'a>>, String> {
    let mut kinds = Vec::with_capacity(words.len());
    // Whether the words just before belong to an option that may take this one.
    let mut value_wanted = false;
    let mut words_left = words.iter();
    for word in words_left.by_ref() {
        if *word == "--" {
            kinds.push(Word::Separator);
            break;
        }
        let mut kind = classify_word(specs, word)?;
        if value_wanted && matches!(kind, Word::Option(None, _)) && !looks_like_an_option(word) {
            kind = Word::Argument;
        }
        value_wanted = match kind {
            Word::Option(Some(index), None) => specs[index].takes_words(),
            Word::Argument => {
                let previous = previous_option(specs, &kinds);
                value_wanted
                    && matches!(previous, Some(Arity::Any | Arity::Some | Arity::Exactly(_)))
            }
            _ => false,
        };
        kinds.push(kind);
    }
    kinds.extend(words_left.map(|_| Word::Argument));
    Ok(kinds)
}

/// The arity of the known option that stands last.
fn previous_option(specs: &[Spec<'_>], kinds: &[Word<'_>]) -> Option<Arity> {
    kinds.iter().rev().find_map(|kind| match kind {
        Word::Option(Some(index), _) => Some(specs[*index].arity),
        _ => None,
    })
}

/// `--name`: a word that was more likely meant as an option than as a value.
fn looks_like_an_option(word: &str) -> bool {
    /// No option's name is as long; encoded messages and tokens are longer.
    const LONGEST_NAME: usize = 100;
    word.len() <= LONGEST_NAME
        && word
            .strip_prefix("--")
            .is_some_and(|name| name.starts_with(|letter: char| letter.is_ascii_alphabetic()))
}

fn classify_word<'a>(specs: &[Spec<'_>], word: &'a str) -> Result<Word<'a>, String> {
    if !word.starts_with('-') || word.len() == 1 {
        return Ok(Word::Argument);
    }
    let find = |name: &str| {
        let is_named = |spec: &Spec<'_>| spec.name == name || spec.short == Some(name);
        specs.iter().position(is_named)
    };
    if let Some(index) = find(word) {
        return Ok(Word::Option(Some(index), None));
    }
    let (name, value) = match word.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (word, None),
    };
    if value.is_some()
        && let Some(index) = find(name)
    {
        return Ok(Word::Option(Some(index), value));
    }
    for (index, spec) in specs.iter().enumerate() {
        if let Some(value) = spec.short.and_then(|short| word.strip_prefix(short)) {
            return Ok(Word::Option(Some(index), Some(value)));
        }
    }
    // No name of a single dash is longer than a letter, so only these can be prefixes.
    if name.starts_with("--") {
        let mut matches = specs
            .iter()
            .enumerate()
            .filter(|(_, spec)| spec.abbreviates && spec.name.starts_with(name));
        if let Some((index, first)) = matches.next() {
            let others: Vec<&str> = matches.map(|(_, spec)| &*spec.name).collect();
            if others.is_empty() {
                return Ok(Word::Option(Some(index), value));
            }
            return Err(format!(
                "ambiguous option: {word} could match {}, {}",
                first.name,
                others.join(", ")
            ));
        }
    }
    if is_negative_number(word) || word.contains(' ') {
        return Ok(Word::Argument);
    }
    Ok(Word::Option(None, None))
}

/// `^-\d+$|^-\d*\.\d+$`
/// What is said where an option has not its number of words.
fn expected(name: &str, count: usize) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("argument {name}: expected {count} argument{plural}")
}

fn is_negative_number(word: &str) -> bool {
    let digits = |text: &str| text.chars().all(|letter| letter.is_ascii_digit());
    word.strip_prefix('-')
        .is_some_and(|number| match number.split_once('.') {
            Some((whole, fraction)) => digits(whole) && !fraction.is_empty() && digits(fraction),
            None => !number.is_empty() && digits(number),
        })
}

struct Pass<'s, 'a> {
    specs: &'s [Spec<'s>],
    words: &'s [&'a str],
    kinds: Vec<Word<'a>>,
    /// The positionals not yet taken.
    positionals: Vec<usize>,
    seen: Vec<bool>,
    parsed: Parsed<'a>,
}

impl<'a> Pass<'_, 'a> {
    fn run(&mut self) -> Result<(), String> {
        let mut at = 0;
        while let Some(next) = self.next_option(at) {
            if at != next {
                let end = self.take_positionals(at)?;
                if end > at {
                    at = end;
                    continue;
                }
            }
            self.parsed.extras.extend(&self.words[at..next]);
            at = self.take_option(next)?;
            if self.parsed.stopped.is_some() {
                return Ok(());
            }
        }
        let end = self.take_positionals(at)?;
        self.parsed.extras.extend(&self.words[end..]);
        Ok(())
    }

    fn next_option(&self, from: usize) -> Option<usize> {
        (from..self.kinds.len()).find(|index| matches!(self.kinds[*index], Word::Option(..)))
    }

    /// Takes as many positionals as match from `at` on.
    fn take_positionals(&mut self, mut at: usize) -> Result<usize, String> {
        while let Some(&index) = self.positionals.first() {
            let Some(count) = self.match_positional(index, at) else {
                break;
            };
            let mut words = self.words[at..at + count].to_vec();
            if let Some(separator) = words.iter().position(|word| *word == "--") {
                words.remove(separator);
            }
            at += count;
            self.positionals.remove(0);
            self.take(index, words)?;
        }
        Ok(at)
    }

    /// How many words from `at` on a positional takes: `-*A-*` or `-*A?-*`; of
    /// several words all that stand together, `-*A[A-]*`.
    fn match_positional(&self, index: usize, at: usize) -> Option<usize> {
        let separators = |from: usize| {
            self.kinds[from.min(self.kinds.len())..]
                .iter()
                .take_while(|kind| matches!(kind, Word::Separator))
                .count()
        };
        let mut end = at + separators(at);
        if matches!(self.kinds.get(end), Some(Word::Argument)) {
            end += 1;
            end += separators(end);
            while matches!(self.specs[index].arity, Arity::Any | Arity::Some)
                && matches!(self.kinds.get(end), Some(Word::Argument | Word::Separator))
            {
                end += 1;
            }
        } else if self.specs[index].arity != Arity::Optional {
            return None;
        }
        Some(end - at)
    }

    /// Takes the option at `at` with its words; the place after them.
    fn take_option(&mut self, at: usize) -> Result<usize, String> {
        let Word::Option(Some(index), value) = self.kinds[at] else {
            self.parsed.extras.push(self.words[at]);
            return Ok(at + 1);
        };
        let spec = &self.specs[index];
        if let Some(value) = value {
            if !spec.takes_words() {
                return Err(format!(
                    "argument {}: ignored explicit argument {}",
                    spec.name,
                    python::quote(value)
                ));
            }
            if let Arity::Exactly(count) = spec.arity
                && count != 1
            {
                return Err(expected(&spec.name, count));
            }
            self.take(index, vec![value])?;
            return Ok(at + 1);
        }
        let available = self.kinds[at + 1..]
            .iter()
            .take_while(|kind| matches!(kind, Word::Argument))
            .count();
        let count = match spec.arity {
            Arity::Zero => 0,
            Arity::One if available == 0 => {
                return Err(format!("argument {}: expected one argument", spec.name));
            }
            Arity::One => 1,
            Arity::Exactly(count) if available < count => {
                return Err(expected(&spec.name, count));
            }
            Arity::Exactly(count) => count,
            // An option of awl's own takes the next word only if that is one
            // of its values, so that the command may follow it.
            Arity::Optional if !spec.abbreviates => {
                let fits = |word: &&str| match spec.check {
                    Check::Names(names) => names.contains(word),
                    _ => true,
                };
                usize::from(available > 0 && fits(&self.words[at + 1]))
            }
            Arity::Optional => available.min(1),
            Arity::Some if available == 0 => {
                return Err(format!(
                    "argument {}: expected at least one argument",
                    spec.name
                ));
            }
            Arity::Any | Arity::Some => available,
        };
        let end = at + 1 + count;
        self.take(index, self.words[at + 1..end].to_vec())?;
        Ok(end)
    }

    fn take(&mut self, index: usize, words: Vec<&'a str>) -> Result<(), String> {
        let spec = &self.specs[index];
        self.seen[index] = true;
        for word in &words {
            check(spec.check, word)
                .map_err(|message| format!("argument {}: {message}", spec.name))?;
        }
        if spec.stops {
            self.parsed.stopped = Some(index);
        }
        self.parsed.found.push((index, words));
        Ok(())
    }
}

fn check(check: Check<'_>, word: &str) -> Result<(), String> {
    match check {
        Check::Text => Ok(()),
        Check::Integer => match python::int(word) {
            Some(_) => Ok(()),
            None => Err(format!("invalid int value: {}", python::quote(word))),
        },
        Check::Float => match python::float(word) {
            Some(_) => Ok(()),
            None => Err(format!("invalid float value: {}", python::quote(word))),
        },
        Check::Names(names) if names.contains(word) => Ok(()),
        Check::Names(names) => Err(invalid_choice(word, &names.all())),
    }
}

/// The message for a word that is none of the choices.
fn invalid_choice(word: &str, choices: &[Cow<'static, str>]) -> String {
    let mut message = format!("Found invalid choice '{word}'\n");
    let similar = close_matches(word, choices);
    if !similar.is_empty() {
        message.push_str("\nMaybe you meant:\n");
        for name in similar {
            message.push_str("\n  * ");
            message.push_str(name);
        }
    }
    message
}

#[cfg(test)]
mod tests;
