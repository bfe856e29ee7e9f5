//! `awl credentials`: what is done with credentials themselves. The AWS CLI
//! has no such command.

use super::custom::Custom;
use super::serve;

/// `credentials`.
pub(super) static COMMAND: Custom = Custom::group("credentials", &[serve::COMMAND]);
