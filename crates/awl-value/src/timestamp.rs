//! A point in time with the zone that it is to be shown in.

/// A point in time, to the microsecond, as Python's `datetime` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp {
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub micros: i64,
    /// The zone to show it in.
    pub zone: Zone,
}

/// The zone that a [`Timestamp`] is shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Zone {
    /// The zone of the machine; epoch numbers on the wire are shown in it.
    Local,
    /// A fixed offset east of UTC, in seconds, as the wire's text gave it.
    Offset(i32),
}

impl Timestamp {
    /// A UTC timestamp.
    #[must_use]
    pub const fn utc(micros: i64) -> Self {
        Self {
            micros,
            zone: Zone::Offset(0),
        }
    }

    /// The civil date and time at `offset` seconds east of UTC:
    /// year, month, day, hour, minute, second, microsecond.
    #[must_use]
    pub fn civil(self, offset: i32) -> (i64, u8, u8, u8, u8, u8, u32) {
        let micros = self.micros.saturating_add(i64::from(offset) * 1_000_000);
        let (days, rest) = (
            micros.div_euclid(86_400_000_000),
            micros.rem_euclid(86_400_000_000),
        );
        let (year, month, day) = civil_from_days(days);
        let seconds = rest / 1_000_000;
        (
            year,
            month,
            day,
            (seconds / 3600) as u8,
            (seconds / 60 % 60) as u8,
            (seconds % 60) as u8,
            (rest % 1_000_000) as u32,
        )
    }

    /// Python's `isoformat()` at `offset` seconds east of UTC:
    /// `2015-01-01T00:00:00+00:00`, with `.ffffff` where there are microseconds.
    #[must_use]
    pub fn isoformat(self, offset: i32) -> String {
        use std::fmt::Write as _;
        let (year, month, day, hour, minute, second, micros) = self.civil(offset);
        let mut text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
        if micros != 0 {
            let _ = write!(text, ".{micros:06}");
        }
        let sign = if offset < 0 { '-' } else { '+' };
        let offset = offset.abs();
        let _ = write!(text, "{sign}{:02}:{:02}", offset / 3600, offset / 60 % 60);
        if offset % 60 != 0 {
            let _ = write!(text, ":{:02}", offset % 60);
        }
        text
    }
}

/// The proleptic Gregorian date of a day number counted from 1970-01-01.
fn civil_from_days(days: i64) -> (i64, u8, u8) {
    // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * shifted_month + 2) / 5 + 1) as u8;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    } as u8;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The day number, counted from 1970-01-01, of a proleptic Gregorian date.
#[must_use]
pub(crate) fn days_from_civil(year: i64, month: u8, day: u8) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted_month = i64::from(if month > 2 { month - 3 } else { month + 9 });
    let day_of_year = (153 * shifted_month + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

impl Timestamp {
    /// The timestamp of a civil date and time at `offset` seconds east of UTC.
    /// None where a field is out of its range; second 60 is accepted as 59.
    #[must_use]
    pub fn from_civil(
        date: (i64, u8, u8),
        time: (u8, u8, u8),
        micros: u32,
        offset: i32,
    ) -> Option<Self> {
        let ((year, month, day), (hour, minute, second)) = (date, time);
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let last = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        if !(1..=last).contains(&day) || hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        if !(-9999..=9999).contains(&year) || micros > 999_999 {
            return None;
        }
        let seconds = days_from_civil(year, month, day) * 86_400
            + i64::from(hour) * 3600
            + i64::from(minute) * 60
            + i64::from(second.min(59))
            - i64::from(offset);
        Some(Self {
            micros: seconds * 1_000_000 + i64::from(micros),
            zone: Zone::Offset(offset),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn civil_and_back_agree_on_every_day_of_eight_centuries() {
        for days in -150_000..150_000 {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), days);
        }
    }

    #[test]
    fn isoformat_is_pythons() {
        let timestamp = Timestamp::utc(1_420_070_400_000_000);
        assert_eq!(timestamp.isoformat(0), "2015-01-01T00:00:00+00:00");
        assert_eq!(timestamp.isoformat(-19_800), "2014-12-31T18:30:00-05:30");
        assert_eq!(
            Timestamp::utc(123_000).isoformat(0),
            "1970-01-01T00:00:00.123000+00:00"
        );
    }
}
