//! What somebody has of a refused call: the error's text, the encoded message
//! alone or in it, or what it says once it is decoded.

use std::borrow::Cow;
use std::time::Duration;

use awl_value::{Map, Value, json};

use crate::argv::Globals;
use crate::commands::Invocation;
use crate::commands::caller::Caller;
use crate::commands::custom::Given;
use crate::commands::sign::request;
use crate::error::CommandError;

/// What stands before an encoded message in an error of EC2's kind.
const MARK: &str = "Encoded authorization failure message:";

/// No option's name is as long as this; encoded messages are longer.
const LONGEST_NAME: usize = 100;

/// What was given of a refused call.
#[derive(Debug, PartialEq)]
pub(super) enum Refusal<'a> {
    /// An encoded message, whole.
    Encoded(Cow<'a, str>),
    /// A decoded one.
    Decoded(Value),
    /// A text that has neither.
    Text(&'a str),
}

impl<'a> Refusal<'a> {
    /// Reads what was given.
    pub(super) fn parse(text: &'a str) -> Self {
        let text = text.trim();
        if let Some(message) = decoded(text) {
            return Self::Decoded(message);
        }
        match encoded(text) {
            Some(message) => Self::Encoded(message),
            None => Self::Text(text),
        }
    }
}

/// The text that was given: an argument, or standard input.
///
/// # Errors
/// Standard input that cannot be read.
pub(super) fn text(invocation: &Invocation, given: &Given<'_>) -> Result<String, CommandError> {
    let word = given.get(MESSAGE).or_else(|| given.get(MESSAGE_OPTION));
    match word {
        // Somebody who typed nothing else would wait for an end.
        None if invocation.ui.is_interactive() => Ok(String::new()),
        None | Some("-" | "/dev/stdin") => {
            let bytes = request::read(&*invocation.host, MESSAGE, "-")?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        }
        Some(word) => Ok(word.to_owned()),
    }
}

/// The argument that [`text`] reads.
pub(super) const MESSAGE: &str = "message";

/// The same as an option, for a message that begins with a dash.
pub(super) const MESSAGE_OPTION: &str = "--encoded-message";

/// Asks STS what an encoded message says.
///
/// # Errors
/// What the call meets.
pub(super) fn decode(
    invocation: &mut Invocation,
    globals: &Globals,
    message: &str,
) -> Result<Value, CommandError> {
    let caller = Caller::new(invocation, globals, "sts")?;
    let answer = caller.call(invocation, globals, OPERATION, parameters(message))?;
    Ok(said(&answer))
}

/// The same, given up after a time.
///
/// # Errors
/// What the call meets, and that the time is over.
pub(super) fn decode_within(
    invocation: &mut Invocation,
    globals: &Globals,
    message: &str,
    time: Duration,
) -> Result<Value, CommandError> {
    let caller = Caller::new(invocation, globals, "sts")?;
    let call = caller.prepare(OPERATION, parameters(message))?;
    let answer = caller.run(async {
        match tokio::time::timeout(time, caller.client().send(call)).await {
            Ok(answer) => Ok(answer?),
            Err(_) => Err(CommandError::general("STS does not answer")),
        }
    })?;
    Ok(said(&answer.value))
}

const OPERATION: &str = "DecodeAuthorizationMessage";

fn parameters(message: &str) -> Map {
    let mut parameters = Map::new();
    parameters.push("EncodedMessage", Value::from(message));
    parameters
}

/// What a message says: JSON within a string.
fn said(answer: &Map) -> Value {
    let text = answer.get("DecodedMessage").and_then(Value::as_str);
    text.map_or(Value::Null, |text| {
        json::parse(text).unwrap_or_else(|_| Value::from(text))
    })
}

/// A decoded message: itself, or within the answer of STS.
fn decoded(text: &str) -> Option<Value> {
    if !text.starts_with('{') {
        return None;
    }
    let value = json::parse(text).ok()?;
    match value.get("DecodedMessage").and_then(Value::as_str) {
        Some(inner) => json::parse(inner).ok(),
        None => value.get("allowed").is_some().then_some(value),
    }
}

/// The encoded message in a text, without the line ends that a terminal put
/// into it.
fn encoded(text: &str) -> Option<Cow<'_, str>> {
    if let Some((_, behind)) = text.split_once(MARK) {
        let mut lines = behind.trim_start().lines();
        let first = lines.next()?;
        let first = first.split_whitespace().next().unwrap_or_default();
        let first = first.trim_end_matches(['"', '\'', '.', ',']);
        let rest: String = lines
            .map(str::trim)
            .take_while(|line| is_encoded(line))
            .collect();
        return match (first.is_empty(), rest.is_empty()) {
            (true, _) => None,
            (false, true) => Some(Cow::Borrowed(first)),
            (false, false) => Some(Cow::Owned(format!("{first}{rest}"))),
        };
    }
    let whole = text.lines().map(str::trim).all(is_encoded);
    let is_long = text.len() > LONGEST_NAME;
    match whole && is_long {
        true if text.contains('\n') => Some(Cow::Owned(text.lines().map(str::trim).collect())),
        true => Some(Cow::Borrowed(text)),
        false => None,
    }
}

/// Whether a word may be a part of an encoded message.
fn is_encoded(word: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_=+/".contains(&byte);
    !word.is_empty() && word.bytes().all(is_letter)
}

/// Makes an option's value of a message that begins with a dash, which the
/// parser would take for an option.
pub(super) fn words<'a>(words: &[&'a str]) -> Result<Vec<Cow<'a, str>>, CommandError> {
    let mut made = Vec::with_capacity(words.len());
    let mut is_value = false;
    for word in words {
        let is_message = word.starts_with('-') && word.len() > LONGEST_NAME && is_encoded(word);
        made.push(match is_message && !is_value {
            true => Cow::Owned(format!("{MESSAGE_OPTION}={word}")),
            false => Cow::Borrowed(*word),
        });
        is_value = word.len() > 2 && MESSAGE_OPTION.starts_with(word);
    }
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_found() {
        let long = "-".to_owned() + &"aB_9".repeat(40);
        let encoded = |text: &str| match Refusal::parse(text) {
            Refusal::Encoded(message) => message.into_owned(),
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(encoded(&format!(" {long}\n")), long);
        assert_eq!(
            encoded(&format!("{}\n  {}\n", &long[..80], &long[80..])),
            long
        );
        let error =
            format!("An error occurred: no. {MARK} {long}\n\nAdditional error details:\nx: y");
        assert_eq!(encoded(&error), long);
        let (first, second) = long.split_at(30);
        assert_eq!(encoded(&format!("{MARK} {first}\n{second}\n")), long);
        assert_eq!(encoded(&format!("{MARK} short\nhint: no")), "short");
    }

    #[test]
    fn what_is_no_encoded_message() {
        assert!(matches!(
            Refusal::parse("{\"allowed\": false}"),
            Refusal::Decoded(_)
        ));
        let answer = "{\"DecodedMessage\": \"{\\\"allowed\\\":false}\"}";
        assert!(matches!(Refusal::parse(answer), Refusal::Decoded(_)));
        for text in ["", "User: x is not authorized", "{\"a\": 1}", "short", MARK] {
            assert_eq!(Refusal::parse(text), Refusal::Text(text), "{text}");
        }
    }

    #[test]
    fn long_words_are_values() {
        let long = format!("--{}", "a".repeat(200));
        let given = ["--encoded-message", &*long];
        assert_eq!(words(&given).unwrap(), given);
        let made = words(&["--no-decode", &long, "-x"]).unwrap();
        assert_eq!(
            made,
            ["--no-decode", &format!("{MESSAGE_OPTION}={long}"), "-x"]
        );
    }
}
