//! Points in time: the profile of ISO 8601 that the W3C's note describes, from
//! the year alone to fractions of seconds, and seconds since 1970.

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Instant {
    seconds: i64,
    nanoseconds: u32,
}

impl Instant {
    /// Reads a date. Four digits are a year, other digits seconds since 1970. A
    /// time without zone is taken for UTC.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = text.strip_prefix('-').unwrap_or(text);
        let plain = !digits.is_empty()
            && digits
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.')
            && digits.bytes().filter(|byte| *byte == b'.').count() <= 1;
        if plain && (text.len() != 4 || text.contains(['-', '.'])) {
            return Self::epoch(text);
        }
        Self::iso(text)
    }

    fn epoch(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let seconds: i64 = whole.parse().ok()?;
        let nanoseconds = fraction_of(fraction);
        if text.starts_with('-') && nanoseconds > 0 {
            return Some(Self {
                seconds: seconds.checked_sub(1)?,
                nanoseconds: 1_000_000_000 - nanoseconds,
            });
        }
        Some(Self {
            seconds,
            nanoseconds,
        })
    }

    fn iso(text: &str) -> Option<Self> {
        let (date, time) = match text.split_once(['T', 't']) {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let mut fields = date.split('-');
        let year = number(fields.next()?, 4)?;
        let month = fields.next();
        let day = fields.next();
        if fields.next().is_some() || (time.is_some() && day.is_none()) {
            return None;
        }
        let month = month.map_or(Some(1), |month| number(month, 2))?;
        let day = day.map_or(Some(1), |day| number(day, 2))?;
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let last = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        if !(1..=last).contains(&day) {
            return None;
        }
        let midnight = days(year, month, day) * 86_400;
        let Some(time) = time else {
            return Some(Self {
                seconds: midnight,
                nanoseconds: 0,
            });
        };
        let (time, offset) = zone(time)?;
        let (clock, fraction) = match time.split_once(['.', ',']) {
            Some((_, "")) => return None,
            Some((clock, fraction)) => (clock, fraction),
            None => (time, ""),
        };
        if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let mut fields = clock.split(':');
        let hour = number(fields.next()?, 2)?;
        let minute = number(fields.next()?, 2)?;
        let second = match fields.next() {
            Some(second) => number(second, 2)?,
            None if fraction.is_empty() => 0,
            None => return None,
        };
        let in_range = hour < 24 && minute < 60 && second <= 60;
        if fields.next().is_some() || !in_range {
            return None;
        }
        Some(Self {
            seconds: midnight + hour * 3600 + minute * 60 + second - offset,
            nanoseconds: fraction_of(fraction),
        })
    }
}

/// The time before its zone, and the zone's seconds east of UTC.
fn zone(time: &str) -> Option<(&str, i64)> {
    if let Some(time) = time.strip_suffix(['Z', 'z']) {
        return Some((time, 0));
    }
    let Some(place) = time.find(['+', '-']) else {
        return Some((time, 0));
    };
    let (time, offset) = time.split_at(place);
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let offset = offset.get(1..)?;
    let (hours, minutes) = match (offset.split_once(':'), offset.len()) {
        (Some(fields), _) => fields,
        (None, 4) => (offset.get(..2)?, offset.get(2..)?),
        (None, _) => (offset, "00"),
    };
    let (hours, minutes) = (number(hours, 2)?, number(minutes, 2)?);
    (hours < 24 && minutes < 60).then_some((time, sign * (hours * 3600 + minutes * 60)))
}

/// A number of exactly so many digits.
fn number(text: &str, digits: usize) -> Option<i64> {
    let valid = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    valid.then(|| text.parse().ok()).flatten()
}

/// Digits behind the point, in nanoseconds.
fn fraction_of(digits: &str) -> u32 {
    let digits = digits.bytes().chain(std::iter::repeat(b'0')).take(9);
    digits.fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'))
}

/// The days from 1970-01-01 to a date of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_all_forms_are_read() {
        for (text, seconds) in [
            ("1970", 0),
            ("1970-01", 0),
            ("1970-01-02", 86_400),
            ("2009-01-31T12:00Z", 1_233_403_200),
            ("2009-01-31T12:00:00Z", 1_233_403_200),
            ("2009-01-31T12:00:00", 1_233_403_200),
            ("2009-01-31T14:00:00+02:00", 1_233_403_200),
            ("2009-01-31T07:30:00-0430", 1_233_403_200),
            ("2009-01-31T12:00:00.000Z", 1_233_403_200),
            ("1233403200", 1_233_403_200),
            ("2000-02-29", 951_782_400),
            ("12345", 12_345),
            ("-5", -5),
            ("0001-01-01", -62_135_596_800),
        ] {
            let expected = Some(Instant {
                seconds,
                nanoseconds: 0,
            });
            assert_eq!(Instant::parse(text), expected, "{text}");
        }
        let early = Instant::parse("2020-01-01T00:00:00.25Z");
        let late = Instant::parse("1577836800.5");
        assert!(early < late && early.is_some());
        assert!(Instant::parse("-0.5") < Instant::parse("0"));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "today",
            "20200101",
            "2021-02-29",
            "2020-13-01",
            "2020-1-1",
            "2020-01-01T",
            "2020-01T10:00Z",
            "2020-01-01T25:00Z",
            "2020-01-01 10:00",
            "2020-01-01T10Z",
            "2020-01-01T10:00:00.Z",
            "2020-01-01T10:00+2",
            "-",
            ".",
            "1.2.3",
        ] {
            let read = Instant::parse(text);
            // Eight digits are seconds.
            assert!(read.is_none() || text == "20200101", "{text} {read:?}");
        }
    }
}
