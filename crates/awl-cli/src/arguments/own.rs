//! The options that awl adds to every operation, beyond the AWS CLI. One that the operation
//! has itself, or that is the beginning of one of its own, stays the operation's.

use super::Argument;
use crate::argv::Arity;

/// Rehearses the call.
pub(crate) const DRY_RUN: &str = "--dry-run";
/// The policies that decide of a rehearsal.
pub(crate) const POLICY_FILE: &str = "--policy-file";
/// Makes a URL of the call.
pub(crate) const PRESIGN: &str = "--presign";
/// How long the URL is good.
pub(crate) const EXPIRES_IN: &str = "--expires-in";

/// An option with words, and the one that it belongs to.
const OPTIONS: [(&str, Arity, &str); 4] = [
    (DRY_RUN, Arity::Zero, DRY_RUN),
    (POLICY_FILE, Arity::Some, POLICY_FILE),
    (PRESIGN, Arity::Zero, PRESIGN),
    (EXPIRES_IN, Arity::One, PRESIGN),
];

/// The names of those that an operation with these arguments has, and how many words
/// each takes.
pub(crate) fn own_options(
    arguments: &[Argument],
) -> impl Iterator<Item = (&'static str, Arity)> + '_ {
    OPTIONS
        .into_iter()
        .filter(|(name, _, group)| is_free(arguments, name) && is_free(arguments, group))
        .map(|(name, arity, _)| (name, arity))
}

/// Whether the option is none of the operation's own, nor an abbreviation of one.
pub(crate) fn is_free(arguments: &[Argument], name: &str) -> bool {
    let mut others = arguments.iter().map(Argument::cli_name);
    !others.any(|other| other.starts_with(name))
}
