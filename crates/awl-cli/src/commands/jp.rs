//! `awl jp`: a JMESPath expression over the JSON on standard input.

use std::io::Read as _;

use awl_value::jmespath::Expression;
use awl_value::json;

use super::Invocation;
use super::custom::{Argument, Custom, Given};
use crate::argv::Globals;
use crate::error::CommandError;

/// How a result is laid out: as jp does it.
const INDENTED: json::Style = json::Style {
    indent: Some(2),
    ..json::Style::PRETTY
};

/// `jp`.
pub(super) static COMMAND: Custom = Custom::new(
    "jp",
    &[
        Argument::flag("-c"),
        Argument::flag("--compact"),
        Argument::positional("expression").literal(),
    ],
    run,
);

fn run(invocation: &mut Invocation, _: &Globals, given: &Given<'_>) -> Result<(), CommandError> {
    let compact = given.has("-c") || given.has("--compact");
    let expression = given.get("expression").unwrap_or_default();
    let failed = |error: awl_value::jmespath::JmespathError| {
        CommandError::general(format!("{}: {error}", error.kind().name()))
    };
    let expression = Expression::compile(expression).map_err(failed)?;
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| CommandError::general(format!("standard input: {error}")))?;
    let document = json::parse(&text)
        .map_err(|error| CommandError::general(format!("standard input is no JSON: {error}")))?;
    let result = expression.search(&document).map_err(failed)?;
    let style = if compact {
        json::Style::COMPACT
    } else {
        INDENTED
    };
    let mut text = String::new();
    json::write(&result, style, &mut text);
    text.push('\n');
    invocation.ui.write_out(&text);
    Ok(())
}
