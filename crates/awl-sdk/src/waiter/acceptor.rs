//! One condition of a waiter.
// Parity: botocore/waiter.py, AcceptorConfig.

use awl_model::Node;
use awl_value::jmespath::{Expression, JmespathError};
use awl_value::{Value, python};

use crate::{Error, OperationError, Output};

/// What an answer means for the waiter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Success,
    Failure,
    /// Not yet.
    Retry,
}

/// What came back: an output, or the service's error.
pub(super) enum Answer<'a> {
    Output(&'a Output),
    Refused(&'a OperationError),
}

impl<'a> Answer<'a> {
    /// None where there was no answer at all.
    pub(super) fn of(result: &'a Result<Output, Error>) -> Option<Self> {
        match result {
            Ok(output) => Some(Self::Output(output)),
            Err(Error::Service(error)) => Some(Self::Refused(error)),
            Err(_) => None,
        }
    }
}

/// A condition, and what it means that an answer fulfils it.
#[derive(Clone, Debug)]
pub(super) struct Acceptor {
    state: State,
    matcher: Matcher,
    /// The expression, where it has one.
    argument: &'static str,
    expected: Value,
}

#[derive(Clone, Debug)]
enum Matcher {
    Path(Expression),
    PathAll(Expression),
    PathAny(Expression),
    Status,
    Error,
}

impl Acceptor {
    /// Reads a condition; None where it is none.
    ///
    /// # Errors
    /// An expression that does not compile.
    pub(super) fn new(node: Node) -> Result<Option<Self>, JmespathError> {
        let state = match node.str("state") {
            Some("success") => State::Success,
            Some("failure") => State::Failure,
            Some("retry") => State::Retry,
            _ => return Ok(None),
        };
        let argument = node.str("argument").unwrap_or_default();
        let matcher = match node.str("matcher") {
            Some("path") => Matcher::Path(Expression::compile(argument)?),
            Some("pathAll") => Matcher::PathAll(Expression::compile(argument)?),
            Some("pathAny") => Matcher::PathAny(Expression::compile(argument)?),
            Some("status") => Matcher::Status,
            Some("error") => Matcher::Error,
            _ => return Ok(None),
        };
        Ok(Some(Self {
            state,
            matcher,
            argument,
            expected: scalar(node.get("expected")),
        }))
    }

    pub(super) const fn state(&self) -> State {
        self.state
    }

    /// Whether the answer fulfils it.
    ///
    /// # Errors
    /// An expression that the answer does not fit.
    pub(super) fn matches(&self, answer: &Answer<'_>) -> Result<bool, JmespathError> {
        let search = |expression: &Expression| match answer {
            Answer::Output(output) => expression.search_map(&output.value),
            Answer::Refused(_) => Ok(Value::Null),
        };
        let is_output = matches!(answer, Answer::Output(_));
        Ok(match &self.matcher {
            Matcher::Path(expression) => is_output && self.expects(&search(expression)?),
            Matcher::PathAll(expression) => search(expression)?.as_list().is_some_and(|items| {
                !items.is_empty() && items.iter().all(|item| self.expects(item))
            }),
            Matcher::PathAny(expression) => search(expression)?
                .as_list()
                .is_some_and(|items| items.iter().any(|item| self.expects(item))),
            Matcher::Status => {
                let status = match answer {
                    Answer::Output(output) => output.status,
                    Answer::Refused(error) => error.status,
                };
                self.expects(&Value::Int(i64::from(status)))
            }
            Matcher::Error => match (&self.expected, answer) {
                (Value::Bool(expected), _) => *expected != is_output,
                (_, Answer::Output(_)) => self.expected.as_str() == Some(""),
                (_, Answer::Refused(error)) => self.expected.as_str() == Some(error.code()),
            },
        })
    }

    /// What it says of an answer that fulfils it, in botocore's words.
    pub(super) fn explanation(&self) -> String {
        let (argument, expected) = (self.argument, python::str(&self.expected));
        match self.matcher {
            Matcher::Path(_) => {
                format!("For expression \"{argument}\" we matched expected path: \"{expected}\"")
            }
            Matcher::PathAll(_) => format!(
                "For expression \"{argument}\" all members matched excepted path: \"{expected}\""
            ),
            Matcher::PathAny(_) => format!(
                "For expression \"{argument}\" we matched expected path: \"{expected}\" at least \
                 once"
            ),
            Matcher::Status => format!("Matched expected HTTP status code: {expected}"),
            Matcher::Error => format!("Matched expected service error code: {expected}"),
        }
    }

    /// Python's `==` with what is expected.
    fn expects(&self, value: &Value) -> bool {
        match (value, &self.expected) {
            (Value::Int(number), Value::Float(expected)) => *number as f64 == *expected,
            (Value::Float(number), Value::Int(expected)) => *number == *expected as f64,
            (value, expected) => value == expected,
        }
    }
}

fn scalar(node: Node) -> Value {
    if let Some(text) = node.as_str() {
        return Value::from(text);
    }
    if let Some(flag) = node.as_bool() {
        return Value::Bool(flag);
    }
    if let Some(number) = node.as_int() {
        return Value::Int(number);
    }
    node.as_float().map_or(Value::Null, Value::Float)
}
