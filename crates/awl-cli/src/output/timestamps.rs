//! Timestamps as they are shown: ISO 8601, those that came as numbers in the
//! machine's zone.
// Parity: awscli/customizations/timestampformat.py.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use awl_sdk::LocalOffset;
use awl_sdk::env::Host;
use awl_value::{Timestamp, Value, Zone};
use jiff::tz::TimeZone;

/// Where the system keeps its zones.
const ZONES: &str = "/usr/share/zoneinfo";

/// Replaces the timestamps inside `value` by their text.
pub(crate) fn show_timestamps(value: &mut Value, host: &dyn Host) {
    Shower { host, zone: None }.show(value);
}

/// The machine's zone: `TZ`, else `/etc/localtime`, else UTC.
///
/// Looking up one file takes microseconds, where an index of all zones takes
/// milliseconds.
pub(crate) fn local_zone(host: &dyn Host) -> TimeZone {
    let tzif = |path: &Path| {
        let bytes = host.read(path).ok()?;
        TimeZone::tzif(&path.to_string_lossy(), &bytes).ok()
    };
    let zone = match host.variable("TZ") {
        None => tzif(Path::new("/etc/localtime")),
        Some(name) if name.is_empty() => None,
        Some(name) => {
            let name = name.strip_prefix(':').unwrap_or(&name);
            tzif(&Path::new(ZONES).join(name)).or_else(|| TimeZone::posix(name).ok())
        }
    };
    zone.unwrap_or(TimeZone::UTC)
}

/// The machine's zone as what says how far east of UTC it is. It is looked up when
/// it is first asked.
pub(crate) fn zone_offset(host: Arc<dyn Host>) -> LocalOffset {
    let zone = OnceLock::new();
    Arc::new(move |timestamp| local_offset(timestamp, zone.get_or_init(|| local_zone(&*host))))
}

struct Shower<'a> {
    host: &'a dyn Host,
    /// Asked for once, and only if a timestamp needs it.
    zone: Option<TimeZone>,
}

impl Shower<'_> {
    fn show(&mut self, value: &mut Value) {
        match value {
            Value::Timestamp(timestamp) => {
                let offset = match timestamp.zone {
                    Zone::Offset(offset) => offset,
                    Zone::Local => {
                        let host = self.host;
                        local_offset(
                            *timestamp,
                            self.zone.get_or_insert_with(|| local_zone(host)),
                        )
                    }
                };
                *value = Value::String(timestamp.isoformat(offset));
            }
            Value::List(items) => items.iter_mut().for_each(|value| self.show(value)),
            Value::Map(map) => map.iter_mut().for_each(|(_, value)| self.show(value)),
            _ => {}
        }
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
    use crate::testing::TestHost;

    #[test]
    fn timestamps_become_text_wherever_they_stand() {
        let host = TestHost::default().with_variable("TZ", "CET-1CEST,M3.5.0,M10.5.0/3");
        let at = |seconds: i64, zone| {
            Value::Timestamp(Timestamp {
                micros: seconds * 1_000_000 + 500_000,
                zone,
            })
        };
        let mut value = Value::List(vec![
            Value::Timestamp(Timestamp::utc(0)),
            at(1, Zone::Offset(-3600)),
            at(1_700_000_000, Zone::Local),
            at(1_690_000_000, Zone::Local),
        ]);
        show_timestamps(&mut value, &host);
        assert_eq!(
            value,
            Value::from(vec![
                "1970-01-01T00:00:00+00:00",
                "1969-12-31T23:00:01.500000-01:00",
                "2023-11-14T23:13:20.500000+01:00",
                "2023-07-22T06:26:40.500000+02:00",
            ])
        );
    }

    #[test]
    fn without_a_zone_it_is_utc() {
        assert_eq!(local_zone(&TestHost::default()), TimeZone::UTC);
        let host = TestHost::default().with_variable("TZ", "Nowhere/At all");
        assert_eq!(local_zone(&host), TimeZone::UTC);
    }
}
