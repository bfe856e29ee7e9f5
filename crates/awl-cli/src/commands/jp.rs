//! `awl jp`: a JMESPath expression over the JSON on standard input.

use std::io::Read as _;

use awl_value::jmespath::Expression;
use awl_value::json;

use super::Invocation;
use crate::argv::{self, Arity, Globals, Spec};
use crate::error::CommandError;

/// How a result is laid out: as jp does it.
const INDENTED: json::Style = json::Style {
    indent: Some(2),
    ..json::Style::PRETTY
};

pub(super) fn run(
    invocation: &mut Invocation,
    _: &Globals,
    words: &[&str],
) -> Result<(), CommandError> {
    let specs = [
        Spec {
            arity: Arity::Zero,
            ..Spec::new("-c")
        },
        Spec {
            arity: Arity::Zero,
            ..Spec::new("--compact")
        },
        Spec {
            required: true,
            ..Spec::new("expression")
        },
    ];
    let program = invocation.ui.program();
    let parsed =
        argv::parse(&specs, words).map_err(|message| CommandError::usage(&message, program))?;
    if !parsed.extras.is_empty() {
        return Err(CommandError::unknown_options(&parsed.extras));
    }
    let compact = parsed.last(0).is_some() || parsed.last(1).is_some();
    let expression = parsed
        .last(2)
        .and_then(|words| words.first().copied())
        .unwrap_or_default();
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
