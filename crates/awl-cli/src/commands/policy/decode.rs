//! `awl policy decode`: what an encoded authorization message says.

use super::refusal::{self, Refusal};
use crate::argv::Globals;
use crate::commands::custom::{Argument, Custom, Given};
use crate::commands::{Invocation, caller};
use crate::error::CommandError;

/// `policy decode`.
pub(super) const COMMAND: Custom = Custom::new(
    "decode",
    &[
        Argument::positional(refusal::MESSAGE).optional(),
        Argument::option(refusal::MESSAGE_OPTION).literal(),
    ],
    run,
)
.with_words(refusal::words);

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let text = refusal::text(invocation, given)?;
    let value = match Refusal::parse(&text) {
        Refusal::Decoded(value) => value,
        Refusal::Encoded(message) => refusal::decode(invocation, globals, &message)?,
        Refusal::Text("") => {
            return Err(CommandError::validation(
                "There is nothing to decode: give the message, or an error that has one",
            ));
        }
        // STS says what is wrong with it.
        Refusal::Text(text) => refusal::decode(invocation, globals, text)?,
    };
    caller::print(invocation, globals, "decode", value)
}
