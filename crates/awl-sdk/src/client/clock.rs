//! Clock skew: noticed in an error's `Date`, corrected for what follows.

use std::sync::atomic::Ordering;

use awl_value::Timestamp;

use super::Client;
use crate::error::OperationError;

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
        let Some(theirs) = date.and_then(|(_, date)| parse_http_date(date)) else {
            return false;
        };
        let ahead = theirs - self.now();
        if ahead.abs() <= TOLERANCE {
            return false;
        }
        self.inner.clock_offset.fetch_add(ahead, Ordering::Relaxed);
        true
    }
}

/// Seconds since the epoch of `Sun, 06 Nov 1994 08:49:37 GMT`.
fn parse_http_date(text: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let mut words = text.split_once(", ")?.1.split(' ');
    let day = words.next()?.parse().ok()?;
    let month = words.next()?;
    let month = MONTHS.iter().position(|name| *name == month)? as u8 + 1;
    let year = words.next()?.parse().ok()?;
    let mut time = words.next()?.split(':').map(|part| part.parse().ok());
    let time = (time.next()??, time.next()??, time.next()??);
    (words.next()? == "GMT").then_some(())?;
    Some(Timestamp::from_civil((year, month, day), time, 0, 0)?.micros / 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::parse_http_date;

    #[test]
    fn http_dates_are_read() {
        assert_eq!(
            parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"),
            Some(784_111_777)
        );
        for text in [
            "",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "x, y",
        ] {
            assert_eq!(parse_http_date(text), None);
        }
    }
}
