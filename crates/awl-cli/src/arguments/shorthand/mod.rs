//! Shorthand syntax: `Key=a,Values=b,c` for a structure, a word for each item
//! of a list. First the text is parsed without regard to the model, then the
//! model says which of it are numbers, booleans and lists.
// Parity: awscli/shorthand.py; awscli/argprocess.py, ParamShorthandParser.

mod convert;
mod parser;

use awl_model::Member;
use awl_value::Value;

use super::Files;

/// Why a text is no shorthand for a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Error {
    /// The text is at fault.
    Syntax(String),
    /// A file that it names cannot be read.
    File(String),
    /// What Python raises where a value is not of the type that it should be.
    Python(String),
}

/// The value of a parameter, from one word or a list of words. What it holds
/// under the name `without` stays as it is.
///
/// # Errors
/// Text that is no shorthand, or none for this parameter.
pub(super) fn parse_value(
    member: Member,
    without: Option<&'static str>,
    value: &Value,
    files: Files<'_>,
) -> Result<Value, Error> {
    let load = |word: &str| files.load(word);
    let mut parsed = match value {
        Value::List(words) => Value::List(
            words
                .iter()
                .map(|word| parse_word(word, &load))
                .collect::<Result<_, _>>()?,
        ),
        word => parse_word(word, &load)?,
    };
    // A file's text is one word, and no list even where one is asked for.
    let is_whole = member.shape().list_member().is_none() || parsed.as_list().is_some();
    if is_whole {
        let name = without.unwrap_or_default();
        let unknown = parsed.as_map_mut().and_then(|map| map.remove(name));
        convert::convert(member.shape(), &mut parsed)?;
        if let (Some(unknown), Some(map)) = (unknown, parsed.as_map_mut()) {
            map.push(name, unknown);
        }
    }
    Ok(parsed)
}

fn parse_word(
    word: &Value,
    load: &dyn Fn(&str) -> Result<Option<Value>, String>,
) -> Result<Value, Error> {
    match word {
        Value::String(text) => parser::parse(text, load).map(Value::Map),
        _ => Err(Error::Python(
            "'in <string>' requires string as left operand, not int".to_owned(),
        )),
    }
}

#[cfg(test)]
mod tests;
