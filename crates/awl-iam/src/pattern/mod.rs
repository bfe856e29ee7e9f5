//! Text with wildcards and policy variables, compiled once and matched without
//! allocating. How long a match takes grows with the text, not with the text
//! times the pattern, whatever the wildcards.

mod glob;

use crate::context::Context;
use glob::{Part, Parts};

/// A text of a policy that is matched against one of a request.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    pieces: Box<[Piece]>,
    shape: Shape,
}

#[derive(Clone, Debug)]
enum Piece {
    Text(Box<str>),
    /// `?`
    One,
    /// `*`
    Many,
    Variable(Variable),
}

/// A reference such as `${aws:username, 'nobody'}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Variable {
    /// The key as it was written.
    pub(crate) name: Box<str>,
    /// The key in lower case.
    key: Box<str>,
    default: Option<Box<str>>,
}

/// What makes most patterns quick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// `*` alone.
    Anything,
    /// One text without wildcards, or none.
    Text,
    /// A text and then `*`.
    Prefix,
    /// Any, without variables.
    Wild,
    /// With variables.
    Variable,
}

/// What is special in a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Special {
    pub(crate) wildcards: bool,
    pub(crate) variables: bool,
}

impl Variable {
    /// The text that stands for the variable. Keys with several values cannot
    /// be variables.
    fn resolve<'a>(&'a self, context: &'a Context) -> Option<&'a str> {
        context.single(&self.key).or(self.default.as_deref())
    }
}

impl Pattern {
    pub(crate) fn compile(text: &str, special: Special) -> Self {
        if text.contains(['*', '?', '$']) {
            return Self::of(&tokens(text, special));
        }
        let text = (!text.is_empty()).then(|| Piece::Text(text.into()));
        Self {
            pieces: text.into_iter().collect(),
            shape: Shape::Text,
        }
    }

    /// A pattern in lower case, for what is matched in lower case.
    pub(crate) fn lower_case(text: &str) -> Self {
        let special = Special {
            wildcards: true,
            variables: false,
        };
        Self::compile(&text.to_ascii_lowercase(), special)
    }

    /// The parts of an ARN: the text is cut at the first five colons that are
    /// not within a variable. Fewer parts than six where there are fewer colons.
    pub(crate) fn compile_parts(text: &str, special: Special) -> Vec<Self> {
        if !text.contains('$') {
            let parts = text.splitn(6, ':');
            return parts.map(|part| Self::compile(part, special)).collect();
        }
        let mut parts: Vec<Vec<Token>> = vec![Vec::new()];
        let mut colons = 0;
        for token in tokens(text, special) {
            match token {
                Token::Character(':', Written::Plain) if colons < 5 => {
                    colons += 1;
                    parts.push(Vec::new());
                }
                token => {
                    if let Some(part) = parts.last_mut() {
                        part.push(token);
                    }
                }
            }
        }
        parts.iter().map(|part| Self::of(part)).collect()
    }

    fn of(tokens: &[Token]) -> Self {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut text = String::new();
        let mut variables = false;
        for token in tokens {
            let piece = match token {
                Token::Character(character, _) => {
                    text.push(*character);
                    continue;
                }
                Token::One => Piece::One,
                Token::Many => Piece::Many,
                Token::Variable(variable) => {
                    variables = true;
                    Piece::Variable(variable.clone())
                }
            };
            if !text.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut text).into()));
            }
            if !(matches!(piece, Piece::Many) && matches!(pieces.last(), Some(Piece::Many))) {
                pieces.push(piece);
            }
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(text.into()));
        }
        let shape = match &*pieces {
            _ if variables => Shape::Variable,
            [Piece::Many] => Shape::Anything,
            [] | [Piece::Text(_)] => Shape::Text,
            [Piece::Text(_), Piece::Many] => Shape::Prefix,
            _ => Shape::Wild,
        };
        Self {
            pieces: pieces.into(),
            shape,
        }
    }

    /// Whether the pattern is plain text, and which.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match &*self.pieces {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The variables in the order in which they stand.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Variable(variable) => Some(variable),
            _ => None,
        })
    }

    /// The keys of the variables that have no value.
    pub(crate) fn unresolved<'a>(&'a self, context: &'a Context) -> impl Iterator<Item = &'a str> {
        let unresolved = self
            .variables()
            .filter(|variable| variable.resolve(context).is_none());
        unresolved.map(|variable| variable.name.trim())
    }

    /// Whether `text` matches. A variable without a value matches nothing.
    pub(crate) fn matches(&self, text: &str, context: &Context) -> bool {
        match (self.shape, &*self.pieces) {
            (Shape::Anything, _) => true,
            (Shape::Text, []) => text.is_empty(),
            (Shape::Text, [Piece::Text(own)]) => text == &**own,
            (Shape::Prefix, [Piece::Text(own), ..]) => text.starts_with(&**own),
            _ => self
                .parts(context)
                .is_some_and(|parts| glob::matches(parts.as_slice(), text)),
        }
    }

    /// Whether `text` is the pattern's text, in lower case both.
    pub(crate) fn equals_ignoring_case(&self, text: &str, context: &Context) -> bool {
        let Some(parts) = self.parts(context) else {
            return false;
        };
        let own = parts.as_slice().iter().flat_map(|part| match part {
            Part::Text(text) => text.chars(),
            Part::One => "?".chars(),
            Part::Many => "*".chars(),
        });
        own.flat_map(char::to_lowercase)
            .eq(text.chars().flat_map(char::to_lowercase))
    }

    /// The text with its variables filled in; None where one has no value.
    /// Literal wildcards look as the others do: this is for people.
    pub(crate) fn filled(&self, context: &Context) -> Option<String> {
        let parts = self.parts(context)?;
        let mut text = String::new();
        for part in parts.as_slice() {
            match part {
                Part::Text(own) => text.push_str(own),
                Part::One => text.push('?'),
                Part::Many => text.push('*'),
            }
        }
        Some(text)
    }

    fn parts<'a>(&'a self, context: &'a Context) -> Option<Parts<'a>> {
        let mut parts = Parts::new();
        for piece in &self.pieces {
            parts.push(match piece {
                Piece::Text(text) => Part::Text(text),
                Piece::One => Part::One,
                Piece::Many => Part::Many,
                Piece::Variable(variable) => Part::Text(variable.resolve(context)?),
            });
        }
        Some(parts)
    }
}

#[derive(Clone, Debug)]
enum Token {
    Character(char, Written),
    One,
    Many,
    Variable(Variable),
}

/// How a character came about.
#[derive(Clone, Copy, Debug)]
enum Written {
    Plain,
    /// As `${*}`, `${?}` or `${$}`.
    Escaped,
}

fn tokens(text: &str, special: Special) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if special.variables
            && let Some(inner) = rest.strip_prefix("${")
            && let Some((token, after)) = reference(inner)
        {
            tokens.push(token);
            rest = after;
            continue;
        }
        tokens.push(match character {
            '*' if special.wildcards => Token::Many,
            '?' if special.wildcards => Token::One,
            other => Token::Character(other, Written::Plain),
        });
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
    }
    tokens
}

/// Reads what follows `${`: the reference, and the text behind its brace. What
/// is not closed, and `${}`, is text.
fn reference(inner: &str) -> Option<(Token, &str)> {
    let end = inner.find(['}', ','])?;
    let name = inner.get(..end)?;
    let after = inner.get(end..)?;
    let (default, after) = match after.strip_prefix('}') {
        Some(after) => (None, after),
        None => {
            let value = after.strip_prefix(',')?.trim_start_matches(' ');
            let (value, after) = value.strip_prefix('\'')?.split_once("'}")?;
            (Some(value), after)
        }
    };
    let token = match (name, default) {
        ("", _) => return None,
        ("*", None) => Token::Character('*', Written::Escaped),
        ("?", None) => Token::Character('?', Written::Escaped),
        ("$", None) => Token::Character('$', Written::Escaped),
        _ => Token::Variable(Variable {
            name: name.into(),
            key: name.trim().to_lowercase().into(),
            default: default.map(Into::into),
        }),
    };
    Some((token, after))
}

/// The names of the variables in `text`, in reading order.
pub(crate) fn variable_names(text: &str) -> Vec<String> {
    let special = Special {
        wildcards: false,
        variables: true,
    };
    let variables = tokens(text, special).into_iter();
    variables
        .filter_map(|token| match token {
            Token::Variable(variable) => Some(variable.name.trim().to_owned()),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests;
