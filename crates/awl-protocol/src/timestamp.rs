//! Timestamps as text and numbers: written as botocore writes them, read as
//! leniently as it reads them.

use std::fmt::Write as _;

use awl_model::TimestampFormat;
use awl_value::{Timestamp, Value, Zone};

use crate::TimestampPrecision;

mod text;

pub(crate) use text::{Parsed, naive_isoformat, parse_text};

const SECOND: i64 = 1_000_000;
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// The microseconds since the epoch that a parameter means. Text without a
/// zone is in UTC.
// Parity: botocore/utils.py, parse_to_aware_datetime.
pub(crate) fn from_parameter(value: &Value) -> Option<i64> {
    match value {
        Value::Timestamp(timestamp) => Some(timestamp.micros),
        Value::Int(seconds) => from_seconds(*seconds),
        Value::Float(seconds) => from_float(*seconds),
        Value::String(text) => Some(match parse(text)? {
            Parsed::Aware(timestamp) => timestamp.micros,
            Parsed::Naive(micros) => micros,
        }),
        _ => None,
    }
}

/// The microseconds since the epoch that the text of a parameter means: seconds
/// since then, or a time, without a zone in UTC.
#[must_use]
pub fn parse_parameter_time(text: &str) -> Option<i64> {
    from_parameter(&Value::from(text))
}

/// The time that a number or text of a response means; text that is a number
/// is one. None where it is no time, or none that a calendar has.
// Parity: botocore/utils.py, parse_timestamp.
pub(crate) fn parse(text: &str) -> Option<Parsed> {
    match crate::text::python_float(text) {
        Some(seconds) => Some(Parsed::Aware(local(from_float(seconds)?))),
        None => parse_text(text),
    }
}

/// The microseconds since the epoch that a text names, in the forms that
/// services and botocore's caches write; without a zone it is in UTC.
#[must_use]
pub fn parse_time(text: &str) -> Option<i64> {
    Some(match parse_text(text)? {
        Parsed::Aware(timestamp) => timestamp.micros,
        Parsed::Naive(micros) => micros,
    })
}

/// An epoch time of a response: to be shown in the local zone.
pub(crate) const fn local(micros: i64) -> Timestamp {
    Timestamp {
        micros,
        zone: Zone::Local,
    }
}

/// Whole seconds since the epoch, where a calendar has them.
pub(crate) fn from_seconds(seconds: i64) -> Option<i64> {
    in_calendar(seconds.checked_mul(SECOND)?)
}

/// Seconds since the epoch, rounded as Python rounds them.
pub(crate) fn from_float(seconds: f64) -> Option<i64> {
    if !seconds.is_finite() || seconds.abs() > 1e12 {
        return None;
    }
    let whole = seconds.trunc();
    let micros = ((seconds - whole) * 1e6).round_ties_even();
    in_calendar(whole as i64 * SECOND + micros as i64)
}

/// Years 1 to 9999.
fn in_calendar(micros: i64) -> Option<i64> {
    (-62_135_596_800 * SECOND..253_402_300_800 * SECOND)
        .contains(&micros)
        .then_some(micros)
}

/// Writes a time: text, or a number for epoch times.
// Parity: botocore/serialize.py, Serializer._convert_timestamp_to_str.
pub(crate) fn format(
    micros: i64,
    format: TimestampFormat,
    precision: TimestampPrecision,
) -> Written {
    match format {
        TimestampFormat::Iso8601 => Written::Text(iso8601(micros, precision)),
        TimestampFormat::Rfc822 => Written::Text(rfc822(micros)),
        TimestampFormat::UnixTimestamp => unix(micros, precision),
    }
}

/// A time as headers of HTTP have it: `Thu, 01 Jan 2015 00:00:00 GMT`.
#[must_use]
pub fn http_date(seconds: i64) -> String {
    rfc822(seconds.saturating_mul(SECOND))
}

/// A time as it goes on the wire.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Written {
    Text(String),
    Int(i64),
    Float(f64),
}

impl Written {
    /// The text, as Python's `str` gives it.
    pub(crate) fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Int(number) => number.to_string(),
            Self::Float(number) => awl_value::python_float(number),
        }
    }
}

fn unix(micros: i64, precision: TimestampPrecision) -> Written {
    let seconds = micros.div_euclid(SECOND);
    let rest = micros.rem_euclid(SECOND);
    match precision {
        TimestampPrecision::Millisecond => {
            Written::Float(seconds as f64 + (rest / 1000) as f64 / 1000.0)
        }
        TimestampPrecision::Full if rest > 0 => Written::Float(micros as f64 / 1e6),
        TimestampPrecision::Full | TimestampPrecision::Legacy => Written::Int(seconds),
    }
}

fn iso8601(micros: i64, precision: TimestampPrecision) -> String {
    let (year, month, day, hour, minute, second, fraction) = Timestamp::utc(micros).civil(0);
    let mut text = format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    if precision == TimestampPrecision::Millisecond {
        let _ = write!(text, ".{:03}", fraction / 1000);
    } else if fraction > 0 {
        let _ = write!(text, ".{fraction:06}");
    }
    text.push('Z');
    text
}

fn rfc822(micros: i64) -> String {
    let (year, month, day, hour, minute, second, _) = Timestamp::utc(micros).civil(0);
    // 1970-01-01 was a Thursday.
    let weekday = (micros.div_euclid(86_400 * SECOND) + 3).rem_euclid(7);
    format!(
        "{}, {day:02} {} {year:04} {hour:02}:{minute:02}:{second:02} GMT",
        DAYS[weekday as usize],
        MONTHS[usize::from(month.clamp(1, 12)) - 1],
    )
}

#[cfg(test)]
mod tests;
