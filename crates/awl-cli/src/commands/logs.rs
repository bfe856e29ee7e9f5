//! `awl logs tail`: the events of a log group, and those that come.
// Parity: awscli/customizations/logs/tail.py.

use std::collections::HashSet;
use std::time::Duration;

use awl_value::{Map, Timestamp, Value, json};

use super::Invocation;
use super::caller::Caller;
use super::custom::{Argument, Custom, Given};
use crate::argv::Globals;
use crate::error::{CommandError, Exit};
use crate::python;

/// What is added to the commands of the service `logs`.
pub(super) static COMMANDS: &[Custom] = &[Custom::new(
    "tail",
    &[
        Argument::positional("group_name"),
        Argument::option("--since"),
        Argument::flag("--follow"),
        Argument::option("--format").choices(&["detailed", "short", "json"]),
        Argument::option("--filter-pattern"),
        Argument::some_words("--log-stream-names"),
        Argument::option("--log-stream-name-prefix"),
    ],
    tail,
)];

/// How long to wait before asking for more.
const PAUSE: Duration = Duration::from_secs(5);

fn tail(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let logs = Caller::new(invocation, globals, "logs")?;
    let parameters = parameters(invocation, given)?;
    let printer = Printer {
        format: given.get("--format").unwrap_or("detailed").to_owned(),
        is_coloured: match globals.color.as_deref() {
            Some("on") => true,
            Some("off") => false,
            _ => invocation.ui.is_terminal(),
        },
    };
    if !given.has("--follow") {
        return print_all(invocation, globals, &logs, &printer, parameters);
    }
    match follow(invocation, globals, &logs, &printer, parameters) {
        // There is no other way to end it.
        Err(error) if error.exit() == Exit::Interrupted => Ok(()),
        result => result,
    }
}

fn parameters(invocation: &Invocation, given: &Given<'_>) -> Result<Map, CommandError> {
    let mut parameters = Map::new();
    let group = given.get("group_name").unwrap_or_default();
    parameters.push("logGroupName", group.into());
    parameters.push("interleaved", true.into());
    let since = given.get("--since").unwrap_or("10m");
    parameters.push("startTime", millis(invocation, since)?.into());
    if let Some(pattern) = given.get("--filter-pattern") {
        parameters.push("filterPattern", pattern.into());
    }
    if let Some(names) = given.words("--log-stream-names") {
        let names = names.iter().map(|name| Value::from(&**name));
        parameters.push("logStreamNames", Value::List(names.collect()));
    }
    if let Some(prefix) = given.get("--log-stream-name-prefix") {
        parameters.push("logStreamNamePrefix", prefix.into());
    }
    Ok(parameters)
}

/// A time, or one so long ago (`5m`), in milliseconds since the epoch.
fn millis(invocation: &Invocation, text: &str) -> Result<i64, CommandError> {
    let ago = text.char_indices().next_back().and_then(|(at, unit)| {
        let seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        let amount: i64 = text[..at].parse().ok().filter(|amount| *amount >= 0)?;
        amount.checked_mul(seconds)
    });
    if let Some(seconds) = ago {
        let now = i64::try_from(invocation.host.epoch().as_millis()).unwrap_or_default();
        return Ok(now.saturating_sub(seconds.saturating_mul(1_000)));
    }
    let micros = awl_protocol::parse_parameter_time(text).ok_or_else(|| {
        CommandError::general(format!(
            "Invalid timestamp \"{text}\": Unknown string format: {text}"
        ))
    })?;
    Ok(micros / 1_000)
}

fn print_all(
    invocation: &mut Invocation,
    globals: &Globals,
    logs: &Caller,
    printer: &Printer,
    mut parameters: Map,
) -> Result<(), CommandError> {
    loop {
        let mut page = logs.call(invocation, globals, "FilterLogEvents", parameters.clone())?;
        for event in events(&page)? {
            printer.print(invocation, event)?;
        }
        match page.remove("nextToken") {
            Some(token) if !invocation.ui.is_closed() => {
                parameters.insert("nextToken", token);
            }
            _ => return Ok(()),
        }
    }
}

fn follow(
    invocation: &mut Invocation,
    globals: &Globals,
    logs: &Caller,
    printer: &Printer,
    mut parameters: Map,
) -> Result<(), CommandError> {
    // Asking again from the newest event on brings those of its time again.
    let mut newest: Option<i64> = None;
    let mut seen: HashSet<(i64, String)> = HashSet::new();
    while !invocation.ui.is_closed() {
        let mut page = logs.call(invocation, globals, "FilterLogEvents", parameters.clone())?;
        for event in events(&page)? {
            let time = member(event, "timestamp")?.as_int().unwrap_or_default();
            let id = python::str(member(event, "eventId")?);
            if seen.insert((time, id)) {
                newest = newest.max(Some(time));
                printer.print(invocation, event)?;
            }
        }
        seen.retain(|(time, _)| Some(*time) == newest);
        if let Some(token) = page.remove("nextToken") {
            parameters.insert("nextToken", token);
            continue;
        }
        parameters.remove("nextToken");
        if let Some(newest) = newest {
            parameters.insert("startTime", newest.into());
        }
        logs.run(async {
            tokio::time::sleep(PAUSE).await;
            Ok(())
        })?;
    }
    Ok(())
}

fn events(page: &Map) -> Result<impl Iterator<Item = &Map>, CommandError> {
    let events = member(page, "events")?.as_list().unwrap_or_default();
    Ok(events.iter().filter_map(Value::as_map))
}

/// A member that must be there.
fn member<'a>(map: &'a Map, name: &str) -> Result<&'a Value, CommandError> {
    map.get(name)
        .ok_or_else(|| CommandError::general(format!("'{name}'")))
}

/// How events are printed.
struct Printer {
    format: String,
    is_coloured: bool,
}

impl Printer {
    fn print(&self, invocation: &mut Invocation, event: &Map) -> Result<(), CommandError> {
        member(event, "ingestionTime")?;
        let line = self.line(event)?;
        invocation.ui.write_out(&line);
        Ok(())
    }

    fn line(&self, event: &Map) -> Result<String, CommandError> {
        let millis = member(event, "timestamp")?.as_int().unwrap_or_default();
        let time = Timestamp::utc(millis.saturating_mul(1_000));
        let (year, month, day, hour, minute, second, micros) = time.civil(0);
        let seconds = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
        let message = python::str(member(event, "message")?);
        let (time, message) = match &*self.format {
            "short" => (seconds, message),
            "json" => (time.isoformat(0), pretty(message)),
            _ => (format!("{seconds}.{micros:06}+00:00"), message),
        };
        let mut line = self.coloured(&time, "\x1b[32m");
        if self.format != "short" {
            let stream = python::str(member(event, "logStreamName")?);
            line.push(' ');
            line.push_str(&self.coloured(&stream, "\x1b[36m"));
        }
        line.push(' ');
        line.push_str(&message);
        let end = line.trim_end_matches(python::is_space).len();
        line.truncate(end);
        line.push('\n');
        Ok(line)
    }

    fn coloured(&self, text: &str, colour: &str) -> String {
        if self.is_coloured {
            format!("{colour}{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

/// A message that is JSON on lines of its own; any other as it is.
fn pretty(message: String) -> String {
    let Ok(value) = json::parse(&message) else {
        return message;
    };
    let style = json::Style {
        ascii: true,
        ..json::Style::PRETTY
    };
    let mut text = "\n".to_owned();
    json::write(&value, style, &mut text);
    text
}
