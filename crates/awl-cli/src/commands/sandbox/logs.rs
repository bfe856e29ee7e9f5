//! `awl sandbox logs`: the requests that were answered, as JSON or in words, and
//! those to come.

use std::time::Duration;

use awl_value::{Value, json};

use super::place::Place;
use crate::argv::Globals;
use crate::commands::Invocation;
use crate::commands::custom::Given;
use crate::error::CommandError;

/// How many requests are shown, unless told otherwise.
const LINES: usize = 20;
/// How often it is looked for more, and for the sandbox's end.
const PAUSE: Duration = Duration::from_millis(100);

/// How requests are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Json,
    Line,
    Explained,
}

pub(super) fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let most = match given.get("--lines") {
        None => LINES,
        Some(word) => word.trim().parse().map_err(|_| {
            CommandError::validation(format!("Bad value for --lines {word}: expected a number"))
        })?,
    };
    let form = match globals.output.as_deref() {
        Some("json") => Form::Json,
        _ if given.has("--explain") => Form::Explained,
        Some(_) => Form::Line,
        None if invocation.ui.is_terminal() => Form::Line,
        None => Form::Json,
    };
    let wanted = Wanted {
        principal: given.get("--principal").map(str::to_owned),
        denied: given.has("--denied"),
    };
    let place = Place::of(invocation, given)?;
    let text = place.log(&*invocation.host)?;
    let lines: Vec<String> = text
        .lines()
        .filter_map(|line| wanted.shown(line, form))
        .collect();
    for line in &lines[lines.len().saturating_sub(most)..] {
        invocation.ui.write_out(line);
    }
    if given.has("--follow") {
        // Of a line that is being written the rest comes later.
        let read = text.rfind('\n').map_or(0, |end| end + 1);
        follow(invocation, &place, &wanted, form, read)?;
    }
    Ok(())
}

/// Shows what comes in, until the sandbox ends or nobody reads any more.
fn follow(
    invocation: &mut Invocation,
    place: &Place,
    wanted: &Wanted,
    form: Form,
    mut read: usize,
) -> Result<(), CommandError> {
    let path = place.log_path();
    let mut waits = 0_u32;
    while !invocation.ui.is_closed() {
        let size = invocation.host.facts(&path).map_or(0, |facts| facts.length);
        if size != read as u64 {
            if size < read as u64 {
                // It was put aside for a new one.
                read = 0;
            }
            let text = place.log(&*invocation.host)?;
            let fresh = text.get(read..).unwrap_or_default();
            let whole = fresh.rfind('\n').map_or(0, |end| end + 1);
            for line in fresh[..whole].lines() {
                if let Some(line) = wanted.shown(line, form) {
                    invocation.ui.write_out(&line);
                }
            }
            read += whole;
        }
        // What it wrote last is there when its lock is free.
        if waits % 10 == 9 && !place.is_locked(&*invocation.host)? {
            return Ok(());
        }
        waits = waits.wrapping_add(1);
        std::thread::sleep(PAUSE);
    }
    Ok(())
}

/// Which requests are shown.
struct Wanted {
    principal: Option<String>,
    denied: bool,
}

impl Wanted {
    /// A line of the log as it is shown, if it is.
    fn shown(&self, line: &str, form: Form) -> Option<String> {
        if form == Form::Json && self.principal.is_none() && !self.denied {
            return Some(format!("{line}\n"));
        }
        let entry = json::parse(line).ok()?;
        let principal = text(&entry, "principal");
        if let Some(wanted) = &self.principal
            && !principal.contains(wanted.as_str())
        {
            return None;
        }
        // Services ask of some things only to know what to show.
        let is_error = entry.get("error").is_some();
        if self.denied && !(is_error && checked(&entry).iter().any(is_denied)) {
            return None;
        }
        Some(match form {
            Form::Json => format!("{line}\n"),
            Form::Line => of_entry(&entry) + "\n",
            Form::Explained => explained(&entry),
        })
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    let list = value.get(name).and_then(Value::as_list);
    list.unwrap_or_default()
}

fn checked(entry: &Value) -> &[Value] {
    list(entry, "checked")
}

fn is_denied(checked: &Value) -> bool {
    text(checked, "decision") != "allowed"
}

/// A request in a line.
fn of_entry(entry: &Value) -> String {
    let or = |text: &str, other: &str| match text.is_empty() {
        true => other.to_owned(),
        false => visible(text),
    };
    let principal = text(entry, "principal");
    // Of an ARN the account is known.
    let who = principal.splitn(6, ':').last().unwrap_or_default();
    let status = entry.get("status").and_then(Value::as_int);
    let micros = entry.get("microseconds").and_then(Value::as_int);
    let mut line = format!(
        "{}  {}  {}  {} {}",
        text(entry, "time"),
        status.unwrap_or_default(),
        or(who, "(nobody known)"),
        or(text(entry, "service"), "?"),
        or(text(entry, "operation"), "?"),
    );
    if let Some(micros) = micros {
        line.push_str(&format!("  {}.{} ms", micros / 1000, micros % 1000 / 100));
    }
    let error = text(entry, "error");
    if !error.is_empty() {
        line.push_str(&format!("  {}", visible(error)));
    }
    line
}

/// A request with what policies said, and why.
fn explained(entry: &Value) -> String {
    let mut shown = of_entry(entry) + "\n";
    let mut say = |depth: usize, line: &str| {
        shown.push_str(&"  ".repeat(depth));
        shown.push_str(&visible(line));
        shown.push('\n');
    };
    let message = text(entry, "message");
    if checked(entry).is_empty() && !message.is_empty() {
        say(1, message);
    }
    for checked in checked(entry) {
        let (action, resource) = (text(checked, "action"), text(checked, "resource"));
        say(
            1,
            &format!("{}  {action} on {resource}", text(checked, "decision")),
        );
        let reasons = list(checked, "explanation");
        for reason in reasons.iter().filter_map(Value::as_str) {
            say(2, reason);
        }
        if reasons.is_empty() {
            for own in list(checked, "statements") {
                let index = own.get("index").and_then(Value::as_int).unwrap_or_default();
                let name = match text(own, "sid") {
                    "" => format!("statement {}", index + 1),
                    sid => format!("statement \"{sid}\""),
                };
                let (policy, kind) = (text(own, "policy"), text(own, "type"));
                say(2, &format!("allowed by {name} of {policy} ({kind})"));
            }
        }
        for change in list(checked, "changes") {
            if let Some(statement) = change.get("statement") {
                let kind = text(change, "policyType");
                let statement = json::to_string(statement);
                say(
                    2,
                    &format!("what would allow it, in the {kind}: {statement}"),
                );
            } else if let Some(condition) = change.get("condition") {
                let condition = json::to_string(condition);
                say(
                    2,
                    &format!("this condition takes the caller out of the deny: {condition}"),
                );
            }
        }
    }
    shown
}

/// A text without what a terminal would act on: names are anybody's.
fn visible(text: &str) -> String {
    let shown = text.chars().map(|letter| match letter.is_control() {
        true => '\u{fffd}',
        false => letter,
    });
    shown.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DENIED: &str = r#"{"time": "2026-11-22T12:00:00Z", "service": "iam", "operation": "CreateUser", "principal": "arn:aws:iam::123456789012:user/ana", "checked": [{"action": "iam:CreateUser", "resource": "arn:aws:iam::123456789012:user/a\u001b[2Jb", "decision": "implicitDeny", "policies": [], "statements": [], "explanation": ["no identity-based policy allows it"], "changes": [{"policyType": "identity-based policy", "statement": {"Effect": "Allow"}}]}], "status": 403, "microseconds": 1234, "error": "AccessDenied"}"#;

    #[test]
    fn requests_are_told_in_words() {
        let all = Wanted {
            principal: None,
            denied: false,
        };
        assert_eq!(
            all.shown(DENIED, Form::Explained).unwrap(),
            "2026-11-22T12:00:00Z  403  user/ana  iam CreateUser  1.2 ms  AccessDenied\n  \
             implicitDeny  iam:CreateUser on arn:aws:iam::123456789012:user/a\u{fffd}[2Jb\n    \
             no identity-based policy allows it\n    \
             what would allow it, in the identity-based policy: {\"Effect\": \"Allow\"}\n"
        );
        assert_eq!(
            all.shown(DENIED, Form::Json).unwrap(),
            format!("{DENIED}\n")
        );
    }

    #[test]
    fn some_are_chosen() {
        let denied = Wanted {
            principal: Some("user/ana".to_owned()),
            denied: true,
        };
        assert!(denied.shown(DENIED, Form::Line).is_some());
        let allowed = DENIED.replace("implicitDeny", "allowed");
        assert_eq!(denied.shown(&allowed, Form::Line), None);
        let others = DENIED.replace("user/ana", "user/bo");
        assert_eq!(denied.shown(&others, Form::Json), None);
    }
}
