//! How long it is until a moment, in the words of the AWS CLI.
// Parity: codeartifact/login.py, get_relative_expiration_time;
// dateutil.relativedelta.

use awl_value::Timestamp;

/// The time from `now` to `end`, half a minute added: `12 hours`, `1 day and 3
/// hours`.
pub(super) fn between(now: i64, end: i64) -> String {
    const SECOND: i64 = 1_000_000;
    let (mut months, mut rest) = (0, end - now);
    if end > now {
        while let Some(later) = add_months(now, months + 1)
            && later <= end
        {
            months += 1;
            rest = end - later;
        }
    }
    let seconds = rest.div_euclid(SECOND) + 30;
    let parts = [
        (months / 12, "year"),
        (months % 12, "month"),
        (seconds / 86_400, "day"),
        (seconds % 86_400 / 3_600, "hour"),
        (seconds % 3_600 / 60, "minute"),
    ];
    // The first that is not zero, and the one behind it.
    let mut words: Vec<String> = Vec::new();
    let mut has_one = false;
    for (count, unit) in parts {
        if count > 0 {
            if has_one {
                words.push("and".to_owned());
            }
            words.push(count.to_string());
            words.push(match count {
                1 => unit.to_owned(),
                _ => format!("{unit}s"),
            });
        }
        if has_one {
            break;
        }
        has_one = count > 0;
    }
    words.join(" ")
}

/// The same moment so many months later, or the last day of a shorter month.
fn add_months(micros: i64, months: i64) -> Option<i64> {
    let (year, month, day, hour, minute, second, part) = Timestamp::utc(micros).civil(0);
    let total = year * 12 + i64::from(month) - 1 + months;
    let (year, month) = (total.div_euclid(12), total.rem_euclid(12) + 1);
    let date = jiff::civil::Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, 1);
    let date = date.ok()?;
    let day = i8::try_from(day).ok()?.min(date.days_in_month());
    let date = date.with().day(day).build().ok()?;
    let time = date.at(
        i8::try_from(hour).ok()?,
        i8::try_from(minute).ok()?,
        i8::try_from(second).ok()?,
        i32::try_from(part).ok()?.checked_mul(1_000)?,
    );
    let zoned = time.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(zoned.timestamp().as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn durations_have_one_part_or_two() {
        const MINUTE: i64 = 60_000_000;
        for (minutes, expected) in [
            (0, ""),
            (1, "1 minute"),
            (12 * 60, "12 hours"),
            (61, "1 hour and 1 minute"),
            (25 * 60, "1 day and 1 hour"),
            (32 * 24 * 60, "1 month and 1 day"),
            (-5, ""),
        ] {
            assert_eq!(between(0, minutes * MINUTE), expected, "{minutes}");
        }
        assert_eq!(between(0, 12 * 60 * MINUTE - 29_000_000), "12 hours");
    }
}
