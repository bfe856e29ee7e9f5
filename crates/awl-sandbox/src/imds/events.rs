//! What is about to happen to an instance, where somebody has said so: a Spot
//! interruption, a recommendation to rebalance, scheduled maintenance.

use awl_value::{Map, Value, json};

use super::facts::Facts;
use super::tree::Folder;
use crate::caller::iso;
use crate::record::record;

/// How long a window of maintenance lasts, in seconds.
const WINDOW: i64 = 3600;
/// How long after the notice a Spot instance is interrupted.
pub(crate) const SPOT_NOTICE: i64 = 120;
/// How long after the notice maintenance begins.
pub(crate) const MAINTENANCE_NOTICE: i64 = 14 * 86_400;

record! {
    /// Scheduled maintenance.
    struct Maintenance {
        id: String,
        code: String,
        not_before: i64,
        not_after: i64,
        is_canceled: bool,
    }
}

record! {
    /// The events of an instance.
    struct InstanceEvents {
        instance: String,
        /// `terminate`, `stop` or `hibernate`.
        spot_action: Option<String>,
        spot_time: i64,
        rebalance: Option<i64>,
        maintenance: Vec<Maintenance>,
    }
}

/// The codes of maintenance, and their descriptions.
static CODES: &[(&str, &str)] = &[
    ("instance-reboot", "scheduled reboot"),
    ("system-reboot", "scheduled reboot"),
    ("system-maintenance", "scheduled network maintenance"),
    (
        "instance-retirement",
        "The instance is running on degraded hardware",
    ),
    (
        "instance-stop",
        "The instance is running on degraded hardware",
    ),
];

impl InstanceEvents {
    pub(crate) fn new(instance: &str) -> Self {
        Self {
            instance: instance.to_owned(),
            spot_action: None,
            spot_time: 0,
            rebalance: None,
            maintenance: Vec::new(),
        }
    }

    /// Schedules maintenance; false where there is no such code.
    pub(crate) fn schedule(&mut self, id: String, code: &str, not_before: i64) -> bool {
        let is_known = CODES.iter().any(|(known, _)| *known == code);
        if is_known {
            self.maintenance.push(Maintenance {
                id,
                code: code.to_owned(),
                not_before,
                not_after: not_before + WINDOW,
                is_canceled: false,
            });
        }
        is_known
    }

    /// Takes back what has not happened yet.
    pub(crate) fn cancel(&mut self, now: i64) {
        self.spot_action = None;
        self.rebalance = None;
        for event in &mut self.maintenance {
            event.is_canceled |= event.not_after > now;
        }
    }
}

/// The codes that there are.
pub(crate) fn codes() -> impl Iterator<Item = &'static str> {
    CODES.iter().map(|(code, _)| *code)
}

/// Puts the events of an instance into its tree.
pub(super) fn put(top: &mut Folder, facts: &Facts, now: i64) {
    let events = facts.events.as_ref();
    let (mut scheduled, mut history) = (Vec::new(), Vec::new());
    for event in events.iter().flat_map(|own| &own.maintenance) {
        let (state, list) = match event {
            event if event.is_canceled => ("canceled", &mut history),
            event if event.not_after <= now => ("completed", &mut history),
            _ => ("active", &mut scheduled),
        };
        list.push(shown(event, state));
    }
    let mut maintenance = |name: &str, list: &[String]| {
        let path = format!("meta-data/events/maintenance/{name}");
        let text = match list {
            [] => "[]".to_owned(),
            list => format!("[ {} ]", list.join(", ")),
        };
        top.put("2018-08-17", &path, text);
    };
    maintenance("history", &history);
    maintenance("scheduled", &scheduled);
    let Some(events) = events else {
        return;
    };
    if let Some(time) = events.rebalance {
        let path = "meta-data/events/recommendations/rebalance";
        let text = format!("{{\"noticeTime\":\"{}\"}}", iso(time));
        top.put("2020-10-27", path, text);
    }
    if let Some(action) = &events.spot_action {
        let time = iso(events.spot_time);
        let mut map = Map::with_capacity(2);
        map.push("action", Value::from(&**action));
        map.push("time", Value::from(&*time));
        let text = json::to_string(&Value::Map(map));
        top.put("2016-09-02", "meta-data/spot/instance-action", text);
        // An instance that hibernates is not told of its end.
        if action != "hibernate" {
            top.put("2014-11-05", "meta-data/spot/termination-time", time);
        }
    }
}

fn shown(event: &Maintenance, state: &str) -> String {
    let known = CODES.iter().find(|(code, _)| *code == event.code);
    let description = known.map_or("", |(_, description)| description);
    let description = match state {
        "canceled" => format!("[Canceled] {description}"),
        "completed" => format!("[Completed] {description}"),
        _ => description.to_owned(),
    };
    super::spaced(&[
        ("NotBefore", Some(&date(event.not_before))),
        ("Code", Some(&event.code)),
        ("Description", Some(&description)),
        ("EventId", Some(&event.id)),
        ("NotAfter", Some(&date(event.not_after))),
        ("State", Some(state)),
    ])
}

/// `21 Jan 2019 09:00:43 GMT`.
fn date(seconds: i64) -> String {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let text = iso(seconds);
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let month = part(5, 7).parse::<usize>().ok();
    let month = month.and_then(|month| MONTHS.get(month.checked_sub(1)?));
    let (day, month) = (part(8, 10), month.unwrap_or(&""));
    format!("{day} {month} {} {} GMT", part(0, 4), part(11, 19))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_as_the_service_has_them() {
        assert_eq!(date(1_548_061_243), "21 Jan 2019 09:00:43 GMT");
    }
}
