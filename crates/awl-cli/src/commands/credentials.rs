//! `awl credentials`: what is done with credentials themselves. The AWS CLI
//! has no such command.

mod get;
mod list;
mod profile;
mod records;
mod remove;
mod sealed;
mod store;
mod unlock;
mod vault;

use super::custom::{Argument, Custom, Given};
use super::serve;

/// `credentials`.
pub(super) static COMMAND: Custom = Custom::group(
    "credentials",
    &[
        serve::COMMAND,
        store::COMMAND,
        get::COMMAND,
        list::COMMAND,
        remove::COMMAND,
    ],
);
