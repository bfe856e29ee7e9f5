//! `history show`: what happened in a command.
// Parity: awscli/customizations/history/show.py.

use std::collections::BTreeMap;

use awl_value::{Map, Value, json, python};

use super::super::Invocation;
use super::super::custom::{Argument, Custom, Given};
use super::xml;
use crate::argv::Globals;
use crate::error::CommandError;
use crate::history::Record;

/// `show`.
pub(super) const COMMAND: Custom = Custom::new(
    "show",
    &[
        Argument::positional("command_id").optional(),
        Argument::option("--include").words(),
        Argument::option("--exclude").words(),
        Argument::option("--format").choices(&["detailed"]),
    ],
    run,
);

/// How a value is shown.
#[derive(Clone, Copy)]
enum Form {
    /// As Python's `str` has it.
    Plain,
    /// As sorted JSON.
    Json,
    /// The same, signatures cut short.
    Headers,
    /// As the text that it is, in order if it is JSON or XML.
    Body,
}

/// What is shown of an event: its title, and its values by what is said of
/// them and where they stand in its payload.
struct Section {
    event: &'static str,
    title: &'static str,
    values: &'static [(&'static str, &'static str, Form)],
}

static SECTIONS: &[Section] = &[
    Section {
        event: "CLI_VERSION",
        title: "AWS CLI command entered",
        values: &[("with AWS CLI version", "", Form::Plain)],
    },
    Section {
        event: "CLI_ARGUMENTS",
        title: "",
        values: &[("with arguments", "", Form::Plain)],
    },
    Section {
        event: "API_CALL",
        title: "API call made",
        values: &[
            ("to service", "service", Form::Plain),
            ("using operation", "operation", Form::Plain),
            ("with parameters", "params", Form::Json),
        ],
    },
    Section {
        event: "HTTP_REQUEST",
        title: "HTTP request sent",
        values: &[
            ("to URL", "url", Form::Plain),
            ("with method", "method", Form::Plain),
            ("with headers", "headers", Form::Headers),
            ("with body", "body", Form::Body),
        ],
    },
    Section {
        event: "HTTP_RESPONSE",
        title: "HTTP response received",
        values: &[
            ("with status code", "status_code", Form::Plain),
            ("with headers", "headers", Form::Json),
            ("with body", "body", Form::Body),
        ],
    },
    Section {
        event: "PARSED_RESPONSE",
        title: "HTTP response parsed",
        values: &[("parsed to", "", Form::Json)],
    },
    Section {
        event: "CLI_RC",
        title: "AWS CLI command exited",
        values: &[("with return code", "", Form::Plain)],
    },
];

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let database = super::open(invocation)?;
    let names = |option: &str| {
        let words = given.words(option)?;
        Some(
            words
                .iter()
                .map(|word| word.to_string())
                .collect::<Vec<_>>(),
        )
    };
    let (include, exclude) = (names("--include"), names("--exclude"));
    if include.is_some() && exclude.is_some() {
        return Err(CommandError::validation(
            "Either --exclude or --include can be provided but not both",
        ));
    }
    let records = match given.get("command_id").unwrap_or("latest") {
        "latest" => database.latest(),
        command => database.of_command(command),
    };
    let records = records.map_err(super::failed)?;
    let is_shown = |record: &Record| match (&include, &exclude) {
        (Some(names), _) => names.contains(&record.event),
        (None, Some(names)) => !names.contains(&record.event),
        (None, None) => true,
    };
    let is_coloured = match globals.color.as_deref() {
        Some("on") => true,
        Some("off") => false,
        _ => invocation.ui.is_terminal(),
    };
    let mut page = Page {
        is_coloured,
        calls: BTreeMap::new(),
        text: String::new(),
    };
    for record in records.iter().filter(|record| is_shown(record)) {
        let time = super::time(invocation, record.time);
        page.record(record, &time)?;
    }
    super::page(invocation, globals, &page.text, None)
}

/// What is printed, as far as it goes.
struct Page<'a> {
    is_coloured: bool,
    /// The numbers of the calls shown so far.
    calls: BTreeMap<&'a str, usize>,
    text: String,
}

impl<'a> Page<'a> {
    fn record(&mut self, record: &'a Record, time: &jiff::Zoned) -> Result<(), CommandError> {
        let Some(section) = SECTIONS
            .iter()
            .find(|section| section.event == record.event)
        else {
            return Ok(());
        };
        let payload = json::parse(&record.payload).map_err(super::failed)?;
        if !section.title.is_empty() {
            let title = match record.call.as_deref().filter(|call| !call.is_empty()) {
                Some(call) => {
                    let next = self.calls.len();
                    let number = self.calls.entry(call).or_insert(next);
                    format!("[{number}] {}", section.title)
                }
                None => section.title.to_owned(),
            };
            let title = self.coloured(&title, "1");
            let time = time.strftime("%Y-%m-%d %H:%M:%S.%3f").to_string();
            self.text.push_str(&format!("\n{title}\n"));
            self.value("at time", &time);
        }
        for (description, key, form) in section.values {
            let value = if key.is_empty() {
                Some(&payload)
            } else {
                payload.get(key)
            };
            // Parity: the AWS CLI ends with Python's KeyError.
            let value = value.ok_or_else(|| super::failed(format!("'{key}'")))?;
            let text = match form {
                Form::Plain => python::str(value),
                Form::Json => sorted(value),
                Form::Headers => short_signatures(&sorted(value)),
                Form::Body => body(value, &payload),
            };
            self.value(description, &text);
        }
        Ok(())
    }

    fn value(&mut self, description: &str, text: &str) {
        let description = self.coloured(&format!("{description}: "), "36");
        self.text.push_str(&format!("{description}{text}\n"));
    }

    fn coloured(&self, text: &str, colour: &str) -> String {
        if self.is_coloured {
            format!("\u{1b}[{colour}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

fn body(value: &Value, payload: &Value) -> String {
    let text = match value {
        Value::String(text) => text.as_str(),
        _ => "",
    };
    if text.is_empty() {
        return "There is no associated body".to_owned();
    }
    if payload.get("streaming") == Some(&Value::Bool(true)) {
        return "The body is a stream and will not be displayed".to_owned();
    }
    if let Some(pretty) = xml::pretty(text) {
        return pretty;
    }
    match json::parse(text) {
        Ok(value) if text.starts_with('{') => sorted(&value),
        _ => text.to_owned(),
    }
}

/// Indented JSON, its keys in order.
fn sorted(value: &Value) -> String {
    fn sort(value: &Value) -> Value {
        match value {
            Value::Map(map) => {
                let mut entries: Vec<(&str, &Value)> = map.iter().collect();
                entries.sort_by_key(|(name, _)| *name);
                let entries = entries.into_iter();
                let map: Map = entries
                    .map(|(name, value)| (name.to_owned().into(), sort(value)))
                    .collect();
                Value::Map(map)
            }
            Value::List(items) => Value::List(items.iter().map(sort).collect()),
            other => other.clone(),
        }
    }
    let style = json::Style {
        ascii: true,
        ..json::Style::PRETTY
    };
    let mut text = String::new();
    json::write(&sort(value), style, &mut text);
    text
}

/// Of every signature the first four letters.
fn short_signatures(text: &str) -> String {
    const NAME: &str = "Signature=";
    let mut short = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(NAME) {
        let (before, signature) = rest.split_at(at + NAME.len());
        short.push_str(before);
        let is_letter = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
        let length = signature.bytes().take_while(is_letter).count();
        if length >= 64 {
            short.push_str(&signature[..4]);
            short.push_str("...");
            rest = &signature[64..];
        } else {
            rest = signature;
        }
    }
    short.push_str(rest);
    short
}

#[cfg(test)]
mod tests {
    use super::short_signatures;

    #[test]
    fn signatures_are_cut_short() {
        let signature = "0a".repeat(32);
        assert_eq!(
            short_signatures(&format!("x Signature={signature}, y Signature=0a")),
            "x Signature=0a0a..., y Signature=0a"
        );
    }
}
