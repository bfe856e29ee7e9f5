//! Clock skew: noticed in an error's `Date`, corrected for what follows.

use std::sync::atomic::Ordering;

use super::Client;
use crate::error::OperationError;
use crate::retry::parse_date;

/// Codes that a wrong clock on this side may be behind.
const CODES: [&str; 6] = [
    "RequestTimeTooSkewed",
    "RequestExpired",
    "RequestInTheFuture",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "AuthFailure",
];

/// How far the clocks may be apart before ours is corrected, in seconds.
const TOLERANCE: i64 = 240;

impl Client {
    /// Corrects our clock where a service refused a request for its time.
    /// True where it was off, so that another attempt is worth it.
    pub(super) fn correct_clock(&self, error: &OperationError) -> bool {
        if !CODES.contains(&error.code()) {
            return false;
        }
        let date = error
            .headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("date"));
        let Some(theirs) = date.and_then(|(_, date)| parse_date(date)) else {
            return false;
        };
        let ahead = theirs.micros / 1_000_000 - self.now();
        if ahead.abs() <= TOLERANCE {
            return false;
        }
        self.inner.clock_offset.fetch_add(ahead, Ordering::Relaxed);
        true
    }
}
