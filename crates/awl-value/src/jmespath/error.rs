//! Why an expression cannot be compiled or evaluated, in the words of the
//! Python reference: the AWS CLI prints them as they are.

/// A JMESPath error. Its text is `str(exception)` of jmespath.py, picture of
/// the place included.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct JmespathError {
    kind: ErrorKind,
    message: String,
}

/// The kinds of error, as the JMESPath compliance suite tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The expression is malformed.
    Syntax,
    /// A value is of the wrong type for a function or an operator.
    InvalidType,
    /// A value is of the right type but impossible: a slice's step of 0.
    InvalidValue,
    /// A function is called with the wrong number of arguments.
    InvalidArity,
    /// A function does not exist.
    UnknownFunction,
}

impl ErrorKind {
    /// The name that the compliance suite has for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::InvalidType => "invalid-type",
            Self::InvalidValue => "invalid-value",
            Self::InvalidArity => "invalid-arity",
            Self::UnknownFunction => "unknown-function",
        }
    }
}

impl JmespathError {
    /// What kind of error this is.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    pub(super) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    pub(super) fn invalid_type(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidType, message)
    }

    pub(super) fn invalid_value(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidValue, message)
    }

    /// Python's `RecursionError`.
    pub(super) fn too_deep(kind: ErrorKind) -> Self {
        Self::new(kind, "maximum recursion depth exceeded")
    }

    /// `EmptyExpressionError`.
    pub(super) fn empty() -> Self {
        Self::new(
            ErrorKind::Syntax,
            "Invalid JMESPath expression: cannot be empty.",
        )
    }

    /// `LexerError` at a byte offset of the expression.
    pub(super) fn lexer(expression: &str, start: usize, message: &str) -> Self {
        let underline = " ".repeat(characters_before(expression, start));
        Self::new(
            ErrorKind::Syntax,
            format!("Bad jmespath expression: {message}:\n{expression}\n{underline}^"),
        )
    }

    /// `ParseError` at the token that starts at a byte offset of the expression.
    pub(super) fn parse(
        expression: &str,
        start: usize,
        (token_value, token_type): (&str, &str),
        message: &str,
    ) -> Self {
        let column = characters_before(expression, start);
        // One more, for the quotation mark before the expression.
        let underline = " ".repeat(column + 1);
        let token_type = token_type.to_ascii_uppercase();
        Self::new(
            ErrorKind::Syntax,
            format!(
                "{message}: Parse error at column {column}, token \"{token_value}\" \
                 ({token_type}), for expression:\n\"{expression}\"\n{underline}^"
            ),
        )
    }

    /// `IncompleteExpressionError`.
    pub(super) fn incomplete(expression: &str) -> Self {
        let underline = " ".repeat(expression.chars().count() + 1);
        Self::new(
            ErrorKind::Syntax,
            format!(
                "Invalid jmespath expression: Incomplete expression:\n\
                 \"{expression}\"\n{underline}^"
            ),
        )
    }
}

fn characters_before(expression: &str, offset: usize) -> usize {
    expression
        .char_indices()
        .take_while(|(at, _)| *at < offset)
        .count()
}
