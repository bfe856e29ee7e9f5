//! `awl sandbox limit`, `fault`, `clock` and `expire`: what goes wrong in the
//! sandbox on purpose.

use awl_value::{Map, Value};

use super::place::Place;
use super::{DATA, remote};
use crate::argv::Globals;
use crate::commands::custom::{Argument, Custom, Given};
use crate::commands::{Invocation, call};
use crate::error::CommandError;
use crate::output::Printer;

const SERVICE: Argument = Argument::option("--service");
const OPERATION: Argument = Argument::option("--operation");

/// `sandbox limit`.
pub(super) const LIMIT: Custom = Custom::group(
    "limit",
    &[
        Custom::new(
            "set",
            &[
                SERVICE.required(),
                OPERATION,
                Argument::option("--rate"),
                Argument::option("--burst").integer(),
                DATA,
            ],
            set_limit,
        ),
        Custom::new("list", &[DATA], list_limits),
        Custom::new(
            "remove",
            &[SERVICE.required(), OPERATION, DATA],
            remove_limit,
        ),
    ],
);

/// `sandbox fault`.
pub(super) const FAULT: Custom = Custom::group(
    "fault",
    &[
        Custom::new(
            "add",
            &[
                SERVICE,
                OPERATION,
                Argument::option("--principal"),
                Argument::option("--error"),
                Argument::option("--message"),
                Argument::option("--rate"),
                Argument::option("--latency"),
                Argument::option("--count").integer(),
                Argument::option("--connection").choices(&["reset", "close", "truncate"]),
                Argument::option("--seed").integer(),
                DATA,
            ],
            add_fault,
        ),
        Custom::new("list", &[DATA], list_faults),
        Custom::new(
            "remove",
            &[
                Argument::positional("id").optional(),
                Argument::flag("--all"),
                DATA,
            ],
            remove_fault,
        ),
    ],
);

/// `sandbox clock`.
pub(super) const CLOCK: Custom = Custom::new(
    "clock",
    &[Argument::option("--skew"), Argument::flag("--reset"), DATA],
    clock,
);

/// `sandbox expire`.
pub(super) const EXPIRE: Custom = Custom::new(
    "expire",
    &[
        Argument::option("--session"),
        Argument::option("--principal"),
        Argument::flag("--all"),
        Argument::option("--before"),
        DATA,
    ],
    expire,
);

/// Has a verb carried out by the sandbox that runs.
fn ask(
    invocation: &Invocation,
    given: &Given<'_>,
    verb: &str,
    parameters: Map,
) -> Result<Map, CommandError> {
    let place = Place::of(invocation, given)?;
    let running = super::running(invocation, &place)?;
    remote::ask(&running, verb, parameters)
}

/// The parameters that are words as they were given.
fn words(given: &Given<'_>, names: &[&'static str]) -> Map {
    let mut map = Map::new();
    for name in names {
        if let Some(word) = given.get(name) {
            map.push(name.trim_start_matches('-'), word.into());
        }
    }
    map
}

/// Prints what was asked for as a value, or else as lines.
fn print(
    invocation: &mut Invocation,
    globals: &Globals,
    value: Map,
    lines: impl FnOnce(&Map) -> String,
) -> Result<(), CommandError> {
    if globals.output.is_none() && globals.query.is_none() {
        let lines = lines(&value);
        invocation.ui.write_out(&lines);
        return Ok(());
    }
    let config = call::load_config(invocation, globals)?;
    let printer = Printer::new(&config, globals, "sandbox")?;
    printer.print(&mut invocation.ui, &*invocation.host, Value::Map(value))
}

fn set_limit(
    invocation: &mut Invocation,
    _: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let mut parameters = words(given, &["--service", "--operation"]);
    if let Some(rate) = given.get("--rate") {
        let rate = decimal(rate, 3).ok_or_else(|| {
            bad(
                "--rate",
                rate,
                "a number of requests a second, such as 2 or 0.5",
            )
        })?;
        parameters.push("rate", Value::Int(rate));
    }
    if let Some(burst) = integer(given, "--burst")? {
        parameters.push("burst", Value::Int(burst));
    }
    ask(invocation, given, "limit.set", parameters).map(drop)
}

fn remove_limit(
    invocation: &mut Invocation,
    _: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let parameters = words(given, &["--service", "--operation"]);
    ask(invocation, given, "limit.remove", parameters).map(drop)
}

fn list_limits(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let answer = ask(invocation, given, "limit.list", Map::new())?;
    print(invocation, globals, answer, |answer| {
        let mut lines = String::new();
        for limit in list(answer, "Limits") {
            let operation = text(limit, "Operation").unwrap_or("all operations together");
            lines += &format!(
                "{} {operation}: {} a second, {} at once\n",
                text(limit, "Service").unwrap_or_default(),
                number(limit, "Rate"),
                number(limit, "Burst"),
            );
        }
        for service in list(answer, "Documented") {
            let counts = service.get("InForce").and_then(Value::as_bool) == Some(true);
            let state = if counts { "in force" } else { "not in force" };
            let name = text(service, "Service").unwrap_or_default();
            lines += &format!("{name}, as AWS documents them: {state}\n");
        }
        lines
    })
}

fn add_fault(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let names = [
        "--service",
        "--operation",
        "--principal",
        "--error",
        "--message",
        "--connection",
    ];
    let mut parameters = words(given, &names);
    if let Some(rate) = given.get("--rate") {
        let rate = decimal(rate, 6).filter(|rate| *rate <= 1_000_000);
        let rate = rate.ok_or_else(|| {
            let given = given.get("--rate").unwrap_or_default();
            bad("--rate", given, "a part of all calls, such as 0.2")
        })?;
        parameters.push("rate", Value::Int(rate));
    }
    if let Some(latency) = given.get("--latency") {
        let (least, most) = latency.split_once('-').unwrap_or((latency, latency));
        let (Some(least), Some(most)) = (duration(least), duration(most)) else {
            return Err(bad(
                "--latency",
                latency,
                "a time such as 300ms, 2s or 100ms-2s",
            ));
        };
        parameters.push("least", Value::Int(least));
        parameters.push("most", Value::Int(most));
    }
    for name in ["--count", "--seed"] {
        if let Some(number) = integer(given, name)? {
            parameters.push(name.trim_start_matches('-'), Value::Int(number));
        }
    }
    let answer = ask(invocation, given, "fault.add", parameters)?;
    print(invocation, globals, answer, |answer| {
        let id = answer.get("Id").and_then(Value::as_str);
        format!("{}\n", id.unwrap_or_default())
    })
}

fn list_faults(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let answer = ask(invocation, given, "fault.list", Map::new())?;
    print(invocation, globals, answer, |answer| {
        list(answer, "Faults").iter().map(described).collect()
    })
}

/// A line about a fault.
fn described(fault: &Value) -> String {
    let part = |name| text(fault, name);
    let mut line = format!("{}:", part("Id").unwrap_or_default());
    line += &match (part("Service"), part("Operation")) {
        (Some(service), Some(operation)) => format!(" {service} {operation}"),
        (Some(service), None) => format!(" {service}"),
        _ => " all services".to_owned(),
    };
    if let Some(principal) = part("Principal") {
        line += &format!(", calls of {principal}");
    }
    if let Some(error) = part("Error") {
        line += &format!(", error {error}");
    }
    if let Some(ending) = part("Connection") {
        line += &format!(", connection {ending}");
    }
    let (least, most) = (
        number(fault, "LeastMilliseconds"),
        number(fault, "MostMilliseconds"),
    );
    match (&*least, &*most) {
        ("", _) => {}
        (least, most) if least == most => line += &format!(", {least} ms late"),
        (least, most) => line += &format!(", {least} to {most} ms late"),
    }
    line += &format!(", rate {}", number(fault, "Rate"));
    let left = number(fault, "Left");
    if !left.is_empty() {
        line += &format!(", {left} times more");
    }
    line + &format!(
        "; {} of {} calls so far\n",
        number(fault, "Made"),
        number(fault, "Seen")
    )
}

fn remove_fault(
    invocation: &mut Invocation,
    _: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let mut parameters = words(given, &["id"]);
    if given.has("--all") == parameters.contains_key("id") {
        return Err(CommandError::validation(
            "either the id of a fault or --all says which one is to go",
        ));
    }
    parameters.push("all", Value::Bool(given.has("--all")));
    ask(invocation, given, "fault.remove", parameters).map(drop)
}

fn clock(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let mut parameters = Map::new();
    match given.get("--skew") {
        Some(_) if given.has("--reset") => {
            return Err(CommandError::validation(
                "--skew and --reset exclude each other",
            ));
        }
        Some(skew) => {
            let (sign, amount) = match skew.strip_prefix('-') {
                Some(amount) => (-1, amount),
                None => (1, skew.strip_prefix('+').unwrap_or(skew)),
            };
            let amount = duration(amount).filter(|amount| amount % 1000 == 0);
            let amount =
                amount.ok_or_else(|| bad("--skew", skew, "a time such as 20m, 90s or -1h"))?;
            parameters.push("skew", Value::Int(sign * amount / 1000));
        }
        None if given.has("--reset") => parameters.push("skew", Value::Int(0)),
        None => {}
    }
    let answer = ask(invocation, given, "clock", parameters)?;
    print(invocation, globals, answer, |answer| {
        let skew = answer.get("SkewSeconds").and_then(Value::as_int);
        let time = answer.get("Time").and_then(Value::as_str);
        let off = match skew.unwrap_or_default() {
            0 => String::new(),
            skew if skew > 0 => format!(" ({skew} seconds ahead)"),
            skew => format!(" ({} seconds behind)", skew.unsigned_abs()),
        };
        format!("{}{off}\n", time.unwrap_or_default())
    })
}

fn expire(invocation: &mut Invocation, _: &Globals, given: &Given<'_>) -> Result<(), CommandError> {
    let mut parameters = words(given, &["--session", "--principal"]);
    parameters.push("all", Value::Bool(given.has("--all")));
    if parameters.len() + usize::from(given.has("--all")) != 2 {
        return Err(CommandError::validation(
            "one of --session, --principal and --all says whose sessions end",
        ));
    }
    if let Some(before) = given.get("--before") {
        let time = awl_protocol::parse_parameter_time(before)
            .ok_or_else(|| bad("--before", before, "a time such as 2026-01-31T12:00:00Z"))?;
        parameters.push("before", Value::Int(time.div_euclid(1_000_000)));
    }
    ask(invocation, given, "expire", parameters).map(drop)
}

fn bad(name: &str, word: &str, expected: &str) -> CommandError {
    CommandError::validation(format!("Bad value for {name} {word}: expected {expected}"))
}

fn integer(given: &Given<'_>, name: &'static str) -> Result<Option<i64>, CommandError> {
    let Some(word) = given.get(name) else {
        return Ok(None);
    };
    let number = word.trim().parse();
    let number = number.map_err(|_| bad(name, word, "a whole number"))?;
    Ok(Some(number))
}

/// A number with at most so many digits behind its point, without the point.
fn decimal(word: &str, digits: usize) -> Option<i64> {
    let (whole, part) = word.split_once('.').unwrap_or((word, ""));
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if part.len() > digits || !plain(whole) || !plain(part) || whole.len() + part.len() == 0 {
        return None;
    }
    format!("{whole}{part:0<digits$}").parse().ok()
}

/// A time in milliseconds: `300ms`, `2s`, `1.5m`, `1h`, `2d`.
fn duration(word: &str) -> Option<i64> {
    let unit = word.find(|letter: char| letter.is_ascii_alphabetic())?;
    let (number, unit) = word.split_at(unit);
    let unit = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    Some(decimal(number, 3)?.checked_mul(unit)? / 1000)
}

fn list<'a>(map: &'a Map, name: &str) -> &'a [Value] {
    let list = map.get(name).and_then(Value::as_list);
    list.unwrap_or_default()
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str()
}

/// A number as it is written; nothing where there is none.
fn number(value: &Value, name: &str) -> String {
    match value.get(name) {
        Some(Value::Int(number)) => number.to_string(),
        Some(Value::Float(number)) => number.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_rates_are_read() {
        let times = [
            ("300ms", Some(300)),
            ("1.5s", Some(1500)),
            ("2m", Some(120_000)),
        ];
        for (word, expected) in times {
            assert_eq!(duration(word), expected, "{word}");
        }
        for word in [
            "",
            "5",
            "s",
            "-1s",
            "1.2345s",
            "5 s",
            "1w",
            "99999999999999999d",
        ] {
            assert_eq!(duration(word), None, "{word}");
        }
        assert_eq!(decimal("0.2", 6), Some(200_000));
        assert_eq!(decimal(".5", 3), Some(500));
        assert_eq!(decimal("2", 3), Some(2000));
        for word in ["", ".", "-1", "1e3", "0.1234"] {
            assert_eq!(decimal(word, 3), None, "{word}");
        }
    }
}
