//! Where the console is, and what it would show of MFA devices.

use awl_value::Map;

use super::{ControlError, Order};
use crate::page;

/// The path of the console, with the token that opens it: with `reading` one that
/// nothing can be done with.
pub(super) fn address(order: &Order<'_>) -> Map {
    let path = order.sandbox.console_path(order.flag("reading"));
    let mut answer = Map::with_capacity(1);
    answer.push("path", path.into());
    answer
}

/// The codes of the device `serial`, or of the user `user`.
pub(super) fn code(order: &Order<'_>) -> Result<Map, ControlError> {
    let found = page::code(order.sandbox, order.account, order.parameters, false);
    found.map_err(ControlError::refused)
}
