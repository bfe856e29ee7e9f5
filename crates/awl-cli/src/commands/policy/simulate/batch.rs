//! `--batch`: a request a line, and an answer a line as soon as it can be given.

use std::io::{BufRead as _, BufReader};

use awl_iam::batch;
use awl_value::{Map, Value, json};

use crate::commands::Invocation;
use crate::commands::custom::Given;
use crate::error::CommandError;

/// How much is read and written at once.
const CHUNK: usize = 1 << 16;

/// Options that a batch's lines have instead.
const IN_LINES: &[&str] = &[
    "--identity-policy",
    "--resource-policy",
    "--permissions-boundary",
    "--scp",
    "--rcp",
    "--session-policy",
    "--vpc-endpoint-policy",
    "--resource-account",
    "--principal",
    "--action",
    "--resource",
    "--context",
    "--context-file",
];

/// Answers the lines of standard input; whether all decisions are expected.
pub(super) fn run(
    invocation: &mut Invocation,
    given: &Given<'_>,
    is_expected: impl Fn(&str) -> bool,
) -> Result<bool, CommandError> {
    if let Some(name) = IN_LINES.iter().find(|name| given.has(name)) {
        return Err(CommandError::validation(format!(
            "{name} cannot be given with --batch: its lines say it"
        )));
    }
    let mut input = BufReader::with_capacity(CHUNK, std::io::stdin().lock());
    let mut line = Vec::new();
    let mut text = String::new();
    let mut all_expected = true;
    loop {
        line.clear();
        let count = input
            .read_until(b'\n', &mut line)
            .map_err(|error| CommandError::general(format!("standard input: {error}")))?;
        if count == 0 {
            break;
        }
        let answer = answer(&line);
        let decision = answer.get("decision").and_then(Value::as_str);
        all_expected &= is_expected(decision.unwrap_or_default());
        json::write(&answer, json::Style::LINE, &mut text);
        text.push('\n');
        // Whoever waits for an answer before the next line has it now.
        if text.len() >= CHUNK || !input.buffer().contains(&b'\n') {
            invocation.ui.write_out(&text);
            text.clear();
            if invocation.ui.is_closed() {
                break;
            }
        }
    }
    invocation.ui.write_out(&text);
    Ok(all_expected)
}

fn answer(line: &[u8]) -> Value {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    match std::str::from_utf8(line) {
        Ok(line) => batch::answer(line),
        Err(_) => {
            let mut error = Map::new();
            error.push("code", Value::from("InvalidInput"));
            error.push("message", Value::from("the line is not UTF-8"));
            let mut answer = Map::new();
            answer.push("id", Value::Null);
            answer.push("error", Value::Map(error));
            Value::Map(answer)
        }
    }
}
