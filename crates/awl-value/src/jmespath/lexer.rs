//! Cuts an expression into tokens, all of them before parsing begins: a bad
//! token at the end is reported before a misplaced one at the start.
//!
//! Parity: jmespath/lexer.py.

use std::borrow::Cow;

use super::error::{ErrorKind, JmespathError};
use super::item::Item;
use super::python;
use crate::{Value, json};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    Eof,
    UnquotedIdentifier,
    QuotedIdentifier,
    Literal,
    Number,
    RightBracket,
    RightParenthesis,
    RightBrace,
    Comma,
    Colon,
    Current,
    Expref,
    Pipe,
    Or,
    And,
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Flatten,
    Star,
    Filter,
    Dot,
    Not,
    LeftBrace,
    LeftBracket,
    LeftParenthesis,
}

impl TokenKind {
    /// The reference's name, which its messages show.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Eof => "eof",
            Self::UnquotedIdentifier => "unquoted_identifier",
            Self::QuotedIdentifier => "quoted_identifier",
            Self::Literal => "literal",
            Self::Number => "number",
            Self::RightBracket => "rbracket",
            Self::RightParenthesis => "rparen",
            Self::RightBrace => "rbrace",
            Self::Comma => "comma",
            Self::Colon => "colon",
            Self::Current => "current",
            Self::Expref => "expref",
            Self::Pipe => "pipe",
            Self::Or => "or",
            Self::And => "and",
            Self::Equal => "eq",
            Self::NotEqual => "ne",
            Self::Greater => "gt",
            Self::GreaterOrEqual => "gte",
            Self::Less => "lt",
            Self::LessOrEqual => "lte",
            Self::Flatten => "flatten",
            Self::Star => "star",
            Self::Filter => "filter",
            Self::Dot => "dot",
            Self::Not => "not",
            Self::LeftBrace => "lbrace",
            Self::LeftBracket => "lbracket",
            Self::LeftParenthesis => "lparen",
        }
    }

    /// How strongly the token binds what stands left of it.
    pub(super) const fn binding_power(self) -> u8 {
        match self {
            Self::Pipe => 1,
            Self::Or => 2,
            Self::And => 3,
            Self::Equal
            | Self::NotEqual
            | Self::Greater
            | Self::GreaterOrEqual
            | Self::Less
            | Self::LessOrEqual => 5,
            Self::Flatten => 9,
            Self::Star => 20,
            Self::Filter => 21,
            Self::Dot => 40,
            Self::Not => 45,
            Self::LeftBrace => 50,
            Self::LeftBracket => 55,
            Self::LeftParenthesis => 60,
            _ => 0,
        }
    }
}

/// A token: its kind, where it starts (in bytes), and what it stands for.
#[derive(Debug)]
pub(super) struct Token<'e> {
    pub(super) kind: TokenKind,
    pub(super) start: usize,
    pub(super) payload: Payload<'e>,
}

/// What a token stands for.
#[derive(Debug)]
pub(super) enum Payload<'e> {
    /// An identifier, unquoted, or the symbol itself.
    Text(Cow<'e, str>),
    /// A literal or a number.
    Value(Value),
}

impl Token<'_> {
    /// The payload as the reference's messages show it: Python's `str`.
    pub(super) fn shown(&self) -> Cow<'_, str> {
        match &self.payload {
            Payload::Text(text) => Cow::Borrowed(text),
            Payload::Value(value) => Cow::Owned(python::text(&Item::Value(value))),
        }
    }
}

/// All tokens of the expression, the end among them.
pub(super) fn tokens(expression: &str) -> Result<Vec<Token<'_>>, JmespathError> {
    if expression.is_empty() {
        return Err(JmespathError::empty());
    }
    let mut lexer = Lexer { expression, at: 0 };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.token()? {
        tokens.push(token);
    }
    tokens.push(Token {
        kind: TokenKind::Eof,
        start: expression.len(),
        payload: Payload::Text(Cow::Borrowed("")),
    });
    Ok(tokens)
}

struct Lexer<'e> {
    expression: &'e str,
    at: usize,
}

impl<'e> Lexer<'e> {
    fn token(&mut self) -> Result<Option<Token<'e>>, JmespathError> {
        while matches!(self.byte(0), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        let Some(byte) = self.byte(0) else {
            return Ok(None);
        };
        Ok(Some(match byte {
            b'.' => self.symbol(TokenKind::Dot, 1),
            b'*' => self.symbol(TokenKind::Star, 1),
            b']' => self.symbol(TokenKind::RightBracket, 1),
            b',' => self.symbol(TokenKind::Comma, 1),
            b':' => self.symbol(TokenKind::Colon, 1),
            b'@' => self.symbol(TokenKind::Current, 1),
            b'(' => self.symbol(TokenKind::LeftParenthesis, 1),
            b')' => self.symbol(TokenKind::RightParenthesis, 1),
            b'{' => self.symbol(TokenKind::LeftBrace, 1),
            b'}' => self.symbol(TokenKind::RightBrace, 1),
            b'[' => match self.byte(1) {
                Some(b']') => self.symbol(TokenKind::Flatten, 2),
                Some(b'?') => self.symbol(TokenKind::Filter, 2),
                _ => self.symbol(TokenKind::LeftBracket, 1),
            },
            b'|' => self.either(b'|', TokenKind::Or, TokenKind::Pipe),
            b'&' => self.either(b'&', TokenKind::And, TokenKind::Expref),
            b'<' => self.either(b'=', TokenKind::LessOrEqual, TokenKind::Less),
            b'>' => self.either(b'=', TokenKind::GreaterOrEqual, TokenKind::Greater),
            b'!' => self.either(b'=', TokenKind::NotEqual, TokenKind::Not),
            b'=' if self.byte(1) == Some(b'=') => self.symbol(TokenKind::Equal, 2),
            b'=' => return Err(self.error(self.at, "Unknown token '='")),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                let length = self.run(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
                self.symbol(TokenKind::UnquotedIdentifier, length)
            }
            b'0'..=b'9' | b'-' => self.number()?,
            b'\'' => self.raw_string()?,
            b'`' => self.literal()?,
            b'"' => self.quoted_identifier()?,
            _ => {
                let character = self.expression[self.at..].chars().next();
                let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
                return Err(self.error(self.at, &format!("Unknown token {character}")));
            }
        }))
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.expression.as_bytes().get(self.at + ahead).copied()
    }

    /// How many bytes from the second one on fit, and the first one.
    fn run(&self, fits: impl Fn(u8) -> bool) -> usize {
        let rest = &self.expression.as_bytes()[self.at + 1..];
        1 + rest
            .iter()
            .position(|byte| !fits(*byte))
            .unwrap_or(rest.len())
    }

    /// A token that is its own text.
    fn symbol(&mut self, kind: TokenKind, length: usize) -> Token<'e> {
        let start = self.at;
        self.at += length;
        Token {
            kind,
            start,
            payload: Payload::Text(Cow::Borrowed(&self.expression[start..self.at])),
        }
    }

    fn either(&mut self, second: u8, double: TokenKind, single: TokenKind) -> Token<'e> {
        if self.byte(1) == Some(second) {
            self.symbol(double, 2)
        } else {
            self.symbol(single, 1)
        }
    }

    fn number(&mut self) -> Result<Token<'e>, JmespathError> {
        let start = self.at;
        let length = self.run(|byte| byte.is_ascii_digit());
        let text = &self.expression[start..start + length];
        if text == "-" {
            return Err(self.error(start, "Unknown token '-'"));
        }
        let digits = text.trim_start_matches('-').len();
        if digits > python::MAX_DIGITS {
            return Err(JmespathError::new(
                ErrorKind::Syntax,
                format!(
                    "Exceeds the limit (4300 digits) for integer string conversion: \
                     value has {digits} digits; use sys.set_int_max_str_digits() to increase \
                     the limit"
                ),
            ));
        }
        self.at += length;
        Ok(Token {
            kind: TokenKind::Number,
            start,
            payload: Payload::Value(python::integer(text)),
        })
    }

    /// What stands between the delimiter here and the next one that no
    /// backslash escapes, backslashes included.
    fn delimited(&mut self, delimiter: u8) -> Result<&'e str, JmespathError> {
        let start = self.at;
        loop {
            self.at += 1;
            match self.byte(0) {
                Some(b'\\') if self.byte(1).is_some() => self.at += 1,
                Some(byte) if byte == delimiter => break,
                Some(byte) if byte != b'\\' => {}
                _ => {
                    let message = format!("Unclosed {} delimiter", char::from(delimiter));
                    return Err(self.error(start, &message));
                }
            }
        }
        self.at += 1;
        Ok(&self.expression[start + 1..self.at - 1])
    }

    fn raw_string(&mut self) -> Result<Token<'e>, JmespathError> {
        let start = self.at;
        let text = self.delimited(b'\'')?.replace("\\'", "'");
        Ok(Token {
            kind: TokenKind::Literal,
            start,
            payload: Payload::Value(Value::String(text)),
        })
    }

    fn literal(&mut self) -> Result<Token<'e>, JmespathError> {
        let start = self.at;
        let text = self.delimited(b'`')?.replace("\\`", "`");
        let value = match json::parse(&text) {
            Ok(value) if !has_long_integer(&value) => value,
            Err(error) if error.message == "Nesting too deep" => {
                return Err(JmespathError::too_deep(ErrorKind::Syntax));
            }
            // JEP-12's deprecated form: a string without its quotes.
            _ => {
                let unquoted = text.trim_start_matches(crate::python::is_space);
                let quoted = format!("\"{unquoted}\"");
                json::parse(&quoted).map_err(|_| self.error(start, &format!("Bad token {text}")))?
            }
        };
        Ok(Token {
            kind: TokenKind::Literal,
            start,
            payload: Payload::Value(value),
        })
    }

    fn quoted_identifier(&mut self) -> Result<Token<'e>, JmespathError> {
        let start = self.at;
        self.delimited(b'"')?;
        let mut reader = json::Reader::new(&self.expression[start..self.at]);
        let name = reader
            .string()
            .map_err(|error| self.error(start, error.message))?;
        Ok(Token {
            kind: TokenKind::QuotedIdentifier,
            start,
            payload: Payload::Text(name),
        })
    }

    fn error(&self, start: usize, message: &str) -> JmespathError {
        JmespathError::lexer(self.expression, start, message)
    }
}

/// Whether the JSON has an integer that Python refuses to read, with the error
/// that makes a literal fall back to a string.
fn has_long_integer(value: &Value) -> bool {
    match value {
        Value::BigInt(digits) => digits.trim_start_matches('-').len() > python::MAX_DIGITS,
        Value::List(items) => items.iter().any(has_long_integer),
        Value::Map(map) => map.values().any(has_long_integer),
        _ => false,
    }
}
