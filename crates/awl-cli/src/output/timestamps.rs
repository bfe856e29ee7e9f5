//! Timestamps as they are shown: ISO 8601, those that came as numbers in the
//! machine's zone.
// Parity: awscli/customizations/timestampformat.py.

use awl_value::{Timestamp, Value, Zone};
use jiff::tz::TimeZone;

/// Replaces the timestamps inside `value` by their text.
pub(crate) fn show_timestamps(value: &mut Value) {
    show(value, &mut None);
}

/// The zone is asked for once, and only if a timestamp needs it.
fn show(value: &mut Value, zone: &mut Option<TimeZone>) {
    match value {
        Value::Timestamp(timestamp) => {
            let offset = match timestamp.zone {
                Zone::Offset(offset) => offset,
                Zone::Local => local_offset(*timestamp, zone.get_or_insert_with(TimeZone::system)),
            };
            *value = Value::String(timestamp.isoformat(offset));
        }
        Value::List(items) => items.iter_mut().for_each(|value| show(value, zone)),
        Value::Map(map) => map.iter_mut().for_each(|(_, value)| show(value, zone)),
        _ => {}
    }
}

/// Seconds east of UTC.
fn local_offset(timestamp: Timestamp, zone: &TimeZone) -> i32 {
    jiff::Timestamp::from_microsecond(timestamp.micros)
        .map_or(0, |timestamp| zone.to_offset(timestamp).seconds())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_become_text_wherever_they_stand() {
        let mut value = Value::List(vec![
            Value::Timestamp(Timestamp::utc(0)),
            Value::Timestamp(Timestamp {
                micros: 1_500_000,
                zone: Zone::Offset(-3600),
            }),
        ]);
        show_timestamps(&mut value);
        assert_eq!(
            value,
            Value::from(vec![
                "1970-01-01T00:00:00+00:00",
                "1969-12-31T23:00:01.500000-01:00"
            ])
        );
    }

    #[test]
    fn the_zone_of_the_machine_knows_summer() {
        let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        let offset = |seconds: i64| local_offset(Timestamp::utc(seconds * 1_000_000), &zone);
        assert_eq!(offset(1_700_000_000), 3600);
        assert_eq!(offset(1_690_000_000), 7200);
    }
}
