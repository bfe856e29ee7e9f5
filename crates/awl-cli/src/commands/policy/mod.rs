//! `awl policy`: what policies say, asked of awl's own engine, and why a call
//! was refused. The AWS CLI has no such command.

mod decode;
mod explain;
mod lint;
mod refusal;
mod simulate;

use super::custom::Custom;

pub(super) use self::explain::offer;
pub(super) use self::lint::Catalog;

/// `policy`.
pub(super) static COMMAND: Custom = Custom::group(
    "policy",
    &[
        decode::COMMAND,
        explain::COMMAND,
        lint::COMMAND,
        simulate::COMMAND,
    ],
);
