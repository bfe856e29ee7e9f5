//! The grammar of shorthand, by recursive descent, without any model.
//!
//! ```text
//! parameter = keyval *("," keyval)
//! keyval    = key "=" [values] / key "@=" [values, each may name a file]
//! values    = csv-list / explicit-list / hash-literal
//! ```
// Parity: awscli/shorthand.py, ShorthandParser.

use awl_value::{Map, Value};

use super::Error;
use crate::python;

/// Deeper nesting than anyone writes is refused, not followed.
const MAX_DEPTH: usize = 200;

/// Reads the file that a value names, where it names one.
type Load<'a> = &'a dyn Fn(&str) -> Result<Option<Value>, String>;

/// Parses `text`.
///
/// # Errors
/// The AWS CLI's message, with a caret below the place.
pub(super) fn parse(text: &str, load: Load<'_>) -> Result<Map, Error> {
    let mut parser = Parser {
        text,
        at: 0,
        names_files: false,
        depth: 0,
        load,
    };
    parser.parameter()
}

struct Parser<'a> {
    text: &'a str,
    /// A byte offset, always between two characters.
    at: usize,
    /// Whether the values being read may name files: `key@=…`.
    names_files: bool,
    depth: usize,
    load: Load<'a>,
}

type Parsed<T> = Result<T, Error>;

impl<'a> Parser<'a> {
    fn parameter(&mut self) -> Parsed<Map> {
        let mut map = Map::new();
        let mut last = 0;
        loop {
            let key = self.key().to_owned();
            let value = self.after_key(Self::values)?;
            if map.contains_key(&key) {
                return Err(self.duplicate(&key, last));
            }
            map.push(key, value);
            last = self.at;
            if self.at_end() {
                return Ok(map);
            }
            self.expect_spaced(',')?;
        }
    }

    /// `=` or `@=`, then what stands behind it.
    fn after_key(&mut self, values: fn(&mut Self) -> Parsed<Value>) -> Parsed<Value> {
        self.names_files = false;
        self.skip_space();
        if self.current() == Some('@') {
            self.at += 1;
            self.skip_space();
            self.names_files = true;
        }
        self.expect_spaced('=')?;
        values(self)
    }

    fn key(&mut self) -> &'a str {
        let start = self.at;
        let length = self
            .rest()
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"-_.#/:".contains(byte));
        self.at += length.count();
        &self.text[start..self.at]
    }

    fn values(&mut self) -> Parsed<Value> {
        match self.current() {
            None => Ok(Value::String(String::new())),
            Some('[') => self.explicit_list(),
            Some('{') => self.hash_literal(),
            Some(_) => self.comma_separated(),
        }
    }

    /// `a` alone, or `a,b,c`: as many values as stand before the next key.
    fn comma_separated(&mut self) -> Parsed<Value> {
        let first = self.first_value()?;
        self.skip_space();
        if self.current() != Some(',') {
            return Ok(first);
        }
        self.expect_spaced(',')?;
        let mut items = vec![first];
        loop {
            match self.next_item() {
                Ok((item, is_last)) => {
                    items.push(item);
                    if is_last {
                        break;
                    }
                }
                Err(Error::Syntax(_)) if !self.at_end() => {
                    // What was read as a value is the next key: back to the
                    // comma before it.
                    let read = &self.text.as_bytes()[..=self.at];
                    self.at = read.iter().rposition(|byte| *byte == b',').unwrap_or(0);
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        if items.len() == 1 {
            return Ok(items.swap_remove(0));
        }
        Ok(Value::List(items))
    }

    /// A further item, and whether the text ends with it.
    fn next_item(&mut self) -> Parsed<(Value, bool)> {
        let item = self.second_value()?;
        self.skip_space();
        if self.at_end() {
            return Ok((item, true));
        }
        self.expect_spaced(',')?;
        Ok((item, false))
    }

    fn explicit_list(&mut self) -> Parsed<Value> {
        self.enter()?;
        self.expect_spaced('[')?;
        let mut items = Vec::new();
        while self.current() != Some(']') {
            items.push(self.explicit_value()?);
            self.skip_space();
            if self.current() != Some(']') {
                self.expect(',')?;
                self.skip_space();
            }
        }
        self.expect(']')?;
        self.depth -= 1;
        Ok(Value::List(items))
    }

    fn hash_literal(&mut self) -> Parsed<Value> {
        self.enter()?;
        self.expect_spaced('{')?;
        let mut map = Map::new();
        while self.current() != Some('}') {
            let key = self.key().to_owned();
            let value = self.after_key(Self::explicit_value)?;
            self.skip_space();
            if self.current() != Some('}') {
                self.expect(',')?;
                self.skip_space();
            }
            map.insert(key, value);
        }
        self.expect('}')?;
        self.depth -= 1;
        Ok(Value::Map(map))
    }

    fn explicit_value(&mut self) -> Parsed<Value> {
        match self.current() {
            Some('[') => self.explicit_list(),
            Some('{') => self.hash_literal(),
            _ => self.first_value(),
        }
    }

    fn enter(&mut self) -> Parsed<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Error::Python("maximum recursion depth exceeded".to_owned()));
        }
        Ok(())
    }

    fn first_value(&mut self) -> Parsed<Value> {
        if let Some(quote @ ('\'' | '"')) = self.current() {
            return self.quoted(quote);
        }
        let word = self.word(Follow::First).unwrap_or_default();
        self.unquoted(word)
    }

    fn second_value(&mut self) -> Parsed<Value> {
        if let Some(quote @ ('\'' | '"')) = self.current() {
            return self.quoted(quote);
        }
        match self.word(Follow::Second) {
            Some(word) => self.unquoted(word),
            None => Err(self.expected("<second>", "<none>")),
        }
    }

    fn unquoted(&self, word: &str) -> Parsed<Value> {
        let word = word.replace("\\,", ",");
        self.file_or(word.trim_end_matches(python::is_space).to_owned())
    }

    fn quoted(&mut self, quote: char) -> Parsed<Value> {
        let Some(length) = quoted_length(self.rest(), quote) else {
            let name = if quote == '"' {
                "<double quoted>"
            } else {
                "<singled quoted>"
            };
            return Err(self.expected(name, "<none>"));
        };
        let inner = &self.rest()[1..length - 1];
        let value = inner
            .replace(&format!("\\{quote}"), &quote.to_string())
            .replace("\\\\", "\\");
        self.at += length;
        self.file_or(value)
    }

    /// The value, or what the file holds that it names.
    fn file_or(&self, value: String) -> Parsed<Value> {
        if self.names_files
            && let Some(content) = (self.load)(&value).map_err(Error::File)?
        {
            return Ok(content);
        }
        Ok(Value::String(value))
    }

    /// A word without quotes; None where none starts here.
    fn word(&mut self, follow: Follow) -> Option<&'a str> {
        let rest = self.rest();
        let mut length = 0;
        while let Some(character) = rest[length..].chars().next() {
            if rest[length..].starts_with("\\,") {
                length += 2;
                continue;
            }
            let fits = if length == 0 {
                starts_word(character)
            } else {
                follow.takes(character)
            };
            if !fits {
                break;
            }
            length += character.len_utf8();
        }
        self.at += length;
        (length > 0).then(|| &rest[..length])
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn current(&self) -> Option<char> {
        self.rest().chars().next()
    }

    const fn at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len()
            - rest
                .trim_start_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}'])
                .len();
    }

    /// The character, with white space around it.
    fn expect_spaced(&mut self, character: char) -> Parsed<()> {
        self.skip_space();
        self.expect(character)?;
        self.skip_space();
        Ok(())
    }

    fn expect(&mut self, character: char) -> Parsed<()> {
        match self.current() {
            Some(actual) if actual == character => {
                self.at += actual.len_utf8();
                Ok(())
            }
            Some(actual) => Err(self.expected(&character.to_string(), &actual.to_string())),
            None => Err(self.expected(&character.to_string(), "EOF")),
        }
    }

    fn expected(&self, expected: &str, actual: &str) -> Error {
        Error::Syntax(format!(
            "Expected: '{expected}', received: '{actual}' for input:\n {}",
            self.location(self.at)
        ))
    }

    /// The key that stands behind `last` was there before.
    fn duplicate(&self, key: &str, last: usize) -> Error {
        let at = self.text[last..]
            .chars()
            .next()
            .map_or(last, |character| last + character.len_utf8());
        Error::Syntax(format!(
            "Second instance of key \"{key}\" encountered for input:\n{}\nThis is often because \
             there is a preceding \",\" instead of a space.",
            self.location(at)
        ))
    }

    /// The text with a caret below the line and at the place of `at`.
    fn location(&self, at: usize) -> String {
        let (before, behind) = self.text.split_at(at);
        let line = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before[line..].chars().count();
        let end = behind.find('\n').map_or(self.text.len(), |line| at + line);
        format!(
            "{}\n{}^{}",
            &self.text[..end],
            " ".repeat(column),
            &self.text[end..]
        )
    }
}

/// Which characters a word goes on with.
#[derive(Clone, Copy)]
enum Follow {
    /// The first of a list, or a value alone.
    First,
    /// A further one, which must not run into the next key.
    Second,
}

impl Follow {
    fn takes(self, character: char) -> bool {
        match self {
            Self::First => {
                python::is_space(character)
                    || matches!(character,
                        '!' | '#'..='&' | '('..='+' | '-'..='\\' | '^'..='|' | '~'..)
            }
            Self::Second => {
                python::is_space(character)
                    || matches!(character,
                        '!' | '#'..='&' | '('..='+' | '-'..='<' | '>'..)
            }
        }
    }
}

fn starts_word(character: char) -> bool {
    matches!(character,
        '!' | '#'..='&' | '('..='+' | '-'..='<' | '>'..='Z' | '\\'..='z' | '|'..)
}

/// The length of the quoted text that `text` begins with, quotes included.
/// Where no quote closes it, the last escaped one does.
fn quoted_length(text: &str, quote: char) -> Option<usize> {
    let bytes = text.as_bytes();
    let quote = quote as u8;
    let mut at = 1;
    let mut last_escaped = None;
    while at < bytes.len() {
        if bytes[at] == b'\\' && bytes.get(at + 1) == Some(&quote) {
            last_escaped = Some(at + 2);
            at += 2;
        } else if bytes[at] == quote {
            return Some(at + 1);
        } else {
            at += 1;
        }
    }
    last_escaped
}
