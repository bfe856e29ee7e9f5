//! The headers of retries: what the client says of an attempt, and what the
//! service says of the next.

use std::time::Duration;

use awl_value::Timestamp;

use super::Outcome;

/// The value of `amz-sdk-request`. The first attempt does not tell how many
/// there may be, as the real client does not; later ones say when the client
/// stops listening, where that is known.
// Parity: botocore/handlers.py, add_retry_headers.
#[must_use]
pub fn request_header(attempt: u32, max_attempts: u32, time_to_live: Option<&str>) -> String {
    let mut value = String::new();
    if let Some(time_to_live) = time_to_live {
        value = format!("ttl={time_to_live}; ");
    }
    value.push_str(&format!("attempt={attempt}"));
    if attempt > 1 {
        value.push_str(&format!("; max={max_attempts}"));
    }
    value
}

/// When a client that waits so long stops listening, by the service's clock:
/// `20210101T000100Z`. From the `Date` of the response to the attempt before;
/// `None` where that is no such date.
// Parity: botocore/endpoint.py, Endpoint._calculate_ttl. What it adds for the
// skew of the clocks and takes from its own clock cancels out.
#[must_use]
pub fn time_to_live(date: &str, read_timeout: Duration) -> Option<String> {
    let date = parse_date(date)?;
    let timeout = i64::try_from(read_timeout.as_micros()).ok()?;
    let end = Timestamp::utc(date.micros.checked_add(timeout)?);
    let (year, month, day, hour, minute, second, _) = end.civil(0);
    Some(format!(
        "{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z"
    ))
}

/// How many seconds the service asks to wait.
// Parity: standard.py, ExponentialBackoff._get_retry_after_delay.
pub(super) fn retry_after(outcome: &Outcome<'_>) -> Option<f64> {
    let Outcome::Response { headers, .. } = outcome else {
        return None;
    };
    let (_, value) = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("x-amz-retry-after"))?;
    let milliseconds: i64 = value.trim().parse().ok()?;
    (milliseconds >= 0).then_some(milliseconds as f64 / 1000.0)
}

/// `Fri, 01 Jan 2021 00:00:00 GMT`.
pub(crate) fn parse_date(text: &str) -> Option<Timestamp> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (_, rest) = text.split_once(", ")?;
    let mut words = rest.split(' ');
    let day = words.next()?.parse().ok()?;
    let month = words.next()?;
    let month = MONTHS.iter().position(|name| *name == month)? as u8 + 1;
    let year = words.next()?.parse().ok()?;
    let mut time = words.next()?.splitn(3, ':');
    let mut part = || -> Option<u8> { time.next()?.parse().ok() };
    let time = (part()?, part()?, part()?);
    if !matches!(words.next(), Some("GMT" | "UTC")) || words.next().is_some() {
        return None;
    }
    Timestamp::from_civil((year, month, day), time, 0, 0)
}
