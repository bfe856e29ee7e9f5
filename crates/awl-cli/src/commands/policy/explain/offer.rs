//! A refused command on a terminal: why it was refused, in a hint.

use std::time::Duration;

use awl_iam::messages::parse_denial;

use super::report::Explained;
use crate::argv::Globals;
use crate::commands::Invocation;
use crate::commands::policy::refusal;
use crate::error::CommandError;

/// So long somebody may wait for STS to decode a message; the error is there
/// already.
const PATIENCE: Duration = Duration::from_secs(3);

/// Says why the error of a command is one, where it is a refusal that says
/// enough; a message is decoded where the caller may, and soon.
pub(in crate::commands) fn offer(
    invocation: &mut Invocation,
    globals: &Globals,
    error: &CommandError,
) {
    if !error.is_refusal() || !invocation.ui.has_hints() {
        return;
    }
    let message = error.message();
    if parse_denial(message).is_none() {
        return;
    }
    let read = super::read(message, &mut |encoded| {
        // An endpoint of the command's service is none of STS.
        if globals.endpoint_url.is_some() {
            return Ok(None);
        }
        refusal::decode_within(invocation, globals, encoded, PATIENCE).map(Some)
    });
    let program = invocation.ui.program().to_owned();
    if let Ok(refused) = read
        && refused.denial.action.is_some()
    {
        let hint = Explained::new(&refused, None).hint();
        invocation.ui.hint(&hint);
    }
    invocation.ui.hint(&format!(
        "`{program} policy explain` takes this error and says more"
    ));
}
