//! Instants in the few spellings that signatures use, without a date library.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

const DAY: i64 = 86_400;
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
/// 0000-01-01 and the last second of 9999, outside which a year has not four digits.
const RANGE: (i64, i64) = (-62_167_219_200, 253_402_300_799);

/// The moment a signature is made, in whole seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SigningTime(i64);

impl SigningTime {
    /// From seconds since 1970; years outside 0000–9999 are clamped, as no spelling has room for them.
    pub fn from_epoch_seconds(seconds: i64) -> Self {
        Self(seconds.clamp(RANGE.0, RANGE.1))
    }

    /// Seconds since 1970.
    pub fn epoch_seconds(self) -> i64 {
        self.0
    }

    /// Reads `20150830T123600Z`.
    pub fn parse_amz_date(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 16 || bytes[8] != b'T' || bytes[15] != b'Z' {
            return None;
        }
        let number = |from: usize, to: usize| -> Option<i64> {
            bytes[from..to].iter().try_fold(0, |sum, byte| {
                byte.is_ascii_digit()
                    .then(|| sum * 10 + i64::from(byte - b'0'))
            })
        };
        let (year, month, day) = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
        let (hour, minute, second) = (number(9, 11)?, number(11, 13)?, number(13, 15)?);
        if !(1..=12).contains(&month) || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let days = days_from_civil(year, month, day);
        // A day that the month has not comes back as another date.
        (civil_from_days(days) == (year, month, day))
            .then(|| Self(days * DAY + hour * 3600 + minute * 60 + second))
    }

    /// Reads `Sun, 30 Aug 2015 12:36:00 GMT`, whatever its spelling of UTC.
    pub fn parse_http_date(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        let [
            _,
            day,
            month,
            year,
            time,
            "GMT" | "UTC" | "Z" | "+0000" | "-0000",
        ] = words[..]
        else {
            return None;
        };
        let month = MONTHS.iter().position(|name| *name == month)? + 1;
        let time = time.replace(':', "");
        Self::parse_amz_date(&format!("{year}{month:02}{day:0>2}T{time}Z"))
    }

    /// `20150830T123600Z`, as in `X-Amz-Date`.
    pub fn amz_date(self) -> String {
        let civil = self.civil();
        format!(
            "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
            civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second
        )
    }

    /// `20150830`, as in a credential scope.
    pub fn date(self) -> String {
        let civil = self.civil();
        format!("{:04}{:02}{:02}", civil.year, civil.month, civil.day)
    }

    /// `2015-08-30T12:36:00Z`, as signature version 2 has it.
    pub fn iso8601(self) -> String {
        let civil = self.civil();
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second
        )
    }

    /// `Sun, 30 Aug 2015 12:36:00` and the zone as given, as in `Date`.
    pub fn http_date(self, zone: &str) -> String {
        let civil = self.civil();
        let weekday = self.0.div_euclid(DAY).rem_euclid(7) as usize;
        format!(
            "{}, {:02} {} {:04} {:02}:{:02}:{:02} {zone}",
            WEEKDAYS[weekday],
            civil.day,
            MONTHS[civil.month as usize - 1],
            civil.year,
            civil.hour,
            civil.minute,
            civil.second
        )
    }

    fn civil(self) -> Civil {
        let (year, month, day) = civil_from_days(self.0.div_euclid(DAY));
        let second = self.0.rem_euclid(DAY);
        Civil {
            year,
            month,
            day,
            hour: second / 3600,
            minute: second / 60 % 60,
            second: second % 60,
        }
    }
}

impl From<SystemTime> for SigningTime {
    fn from(time: SystemTime) -> Self {
        let seconds = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
            Err(before) => {
                let before = before.duration();
                let whole = i64::try_from(before.as_secs()).unwrap_or(i64::MAX - 1);
                -whole - i64::from(before.subsec_nanos() > 0)
            }
        };
        Self::from_epoch_seconds(seconds)
    }
}

impl fmt::Display for SigningTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.amz_date())
    }
}

struct Civil {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
}

/// The proleptic Gregorian date of a day count; eras of 400 years that begin on 1 March.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings() {
        let time = SigningTime::from_epoch_seconds(1_440_938_160);
        assert_eq!(time.amz_date(), "20150830T123600Z");
        assert_eq!(time.date(), "20150830");
        assert_eq!(time.iso8601(), "2015-08-30T12:36:00Z");
        assert_eq!(time.http_date("GMT"), "Sun, 30 Aug 2015 12:36:00 GMT");
        for (seconds, expected) in [
            (0, "19700101T000000Z"),
            (-1, "19691231T235959Z"),
            (951_782_400, "20000229T000000Z"),
            (1_709_164_800, "20240229T000000Z"),
            (4_107_542_400, "21000301T000000Z"),
            (i64::MAX, "99991231T235959Z"),
            (i64::MIN, "00000101T000000Z"),
        ] {
            assert_eq!(
                SigningTime::from_epoch_seconds(seconds).amz_date(),
                expected
            );
        }
    }

    #[test]
    fn a_system_time_before_1970_rounds_down() {
        let time = UNIX_EPOCH - Duration::from_millis(1500);
        assert_eq!(SigningTime::from(time).epoch_seconds(), -2);
    }

    #[test]
    fn bad_dates_are_refused() {
        for text in [
            "",
            "20150830T123600",
            "20150231T000000Z",
            "20151301T000000Z",
            "20150830T243600Z",
            "2015083éT12360Z",
            "+0150830T123600Z",
        ] {
            assert_eq!(SigningTime::parse_amz_date(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn amz_dates_read_back(seconds in RANGE.0..=RANGE.1) {
            let time = SigningTime::from_epoch_seconds(seconds);
            prop_assert_eq!(SigningTime::parse_amz_date(&time.amz_date()), Some(time));
            prop_assert_eq!(SigningTime::parse_http_date(&time.http_date("GMT")), Some(time));
            prop_assert_eq!(SigningTime::parse_http_date(&time.http_date("CET")), None);
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,20}") {
            let _ = SigningTime::parse_amz_date(&text);
            let _ = SigningTime::parse_http_date(&text);
        }
    }
}
