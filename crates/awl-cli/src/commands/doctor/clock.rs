//! Check of the clock.

use super::context::Context;
use super::finding::{Finding, Severity, shown};

/// How many seconds a clock may be wrong without harm.
const TOLERATED: i64 = 60;
/// How many seconds AWS tolerates.
const REFUSED: i64 = 300;

/// A clock that goes wrong.
pub(super) fn skew(context: &Context<'_>) -> Vec<Finding> {
    let Some((ahead, url)) = &context.probe.ahead else {
        return Vec::new();
    };
    if ahead.abs() < TOLERATED {
        return Vec::new();
    }
    let severity = if ahead.abs() < REFUSED {
        Severity::Warning
    } else {
        Severity::Error
    };
    let direction = if *ahead > 0 { "ahead of" } else { "behind" };
    vec![Finding::new(
        severity,
        format!(
            "this clock is {} s {direction} that of {}; signatures hold for {REFUSED} s either way",
            ahead.abs(),
            shown(url)
        ),
        "sudo timedatectl set-ntp true, or set the clock",
    )]
}
