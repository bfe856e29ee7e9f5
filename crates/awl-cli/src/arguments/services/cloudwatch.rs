//! `cloudwatch`: one metric in plain words.
// Parity: awscli/customizations/putmetricdata.py; awscli/utils.py,
// split_on_commas.

use awl_value::{Map, Value};

use crate::arguments::added::{Added, Customization, Setting, first_at, map, text};
use crate::error::CommandError;
use crate::python;

pub(super) const CUSTOMIZATIONS: &[Customization] = &[Customization {
    table: |table| {
        table.require("metric-data", false);
        for added in ADDED {
            table.add(added);
        }
    },
    check: |given| {
        given.exclude(&[
            &["metric_data"],
            &[
                "metric_name",
                "timestamp",
                "unit",
                "value",
                "dimensions",
                "statistic_values",
            ],
        ])
    },
    ..Customization::of("put-metric-data")
}];

static ADDED: &[Added] = &[
    Added::new("metric-name", "MetricName", set),
    Added::new("timestamp", "Timestamp", set),
    Added::new("unit", "Unit", set),
    Added::new("value", "Value", |added, setting, value| {
        let number = decimal(&text(&value))?;
        set(added, setting, number)
    }),
    Added::new("dimensions", "Dimensions", |added, setting, value| {
        let mut dimensions = Vec::new();
        for pair in split_on_commas(&text(&value)) {
            let (key, value) = entry(&pair)?;
            dimensions.push(map([("Name", key.into()), ("Value", value.into())]));
        }
        set(added, setting, Value::List(dimensions))
    }),
    Added::new(
        "statistic-values",
        "StatisticValues",
        |added, setting, value| {
            let mut statistics = Map::new();
            for pair in split_on_commas(&text(&value)) {
                let (key, value) = entry(&pair)?;
                statistics.insert(key.to_owned(), decimal(value)?);
            }
            set(added, setting, Value::Map(statistics))
        },
    ),
    Added::new(
        "storage-resolution",
        "StorageResolution",
        |added, setting, value| {
            let number = python::int_of(&value).map_err(CommandError::general)?;
            set(added, setting, number)
        },
    ),
];

fn set(added: &Added, setting: &mut Setting<'_>, value: Value) -> Result<(), CommandError> {
    first_at(setting.parameters, "MetricData").insert(added.key, value);
    Ok(())
}

/// What Python's `decimal.Decimal` takes.
fn decimal(word: &str) -> Result<Value, CommandError> {
    let number = python::float(word).map(Value::Float);
    number.ok_or_else(|| CommandError::general("[<class 'decimal.ConversionSyntax'>]"))
}

/// `key=value`, in Python's words where it is none.
fn entry(pair: &str) -> Result<(&str, &str), CommandError> {
    match pair.split('=').collect::<Vec<_>>()[..] {
        [key, value] => Ok((key, value)),
        [_] => Err(CommandError::general(
            "not enough values to unpack (expected 2, got 1)",
        )),
        _ => Err(CommandError::general(
            "too many values to unpack (expected 2)",
        )),
    }
}

/// The pieces between commas, of which quotes and brackets keep some together.
fn split_on_commas(text: &str) -> Vec<String> {
    if !text.contains(['"', '\\', '\'', ']', '[']) {
        return text.split(',').map(str::to_owned).collect();
    }
    let pieces = split_csv(text);
    if !text.contains(['"', '\'', '[', ']']) {
        return pieces;
    }
    let mut joined = Vec::new();
    let mut pieces = pieces.into_iter();
    while let Some(piece) = pieces.next() {
        let quote = piece.chars().find(|letter| matches!(letter, '"' | '\''));
        let quote_at = quote.and_then(|quote| piece.find(quote));
        let list_at = piece
            .find("=[")
            .filter(|list| text.contains(']') && quote_at.is_none_or(|quote| quote > *list));
        let (until, drops_quote) = match (list_at, quote) {
            (Some(_), _) => (']', false),
            (None, Some(quote)) => (quote, true),
            (None, None) => {
                joined.push(piece);
                continue;
            }
        };
        let wanted = if drops_quote { 2 } else { 1 };
        let mut whole = piece;
        while whole.matches(until).count() < wanted {
            let Some(next) = pieces.next() else { break };
            whole.push(',');
            whole.push_str(&next);
        }
        if drops_quote {
            joined.push(whole.replace(until, ""));
        } else if let Some(at) = list_at {
            let inner = whole[at + 2..]
                .strip_suffix(']')
                .unwrap_or(&whole[at + 2..]);
            let items = split_on_commas(inner).join(",");
            joined.push(format!("{}={items}", &whole[..at]));
        }
    }
    joined
}

/// One line of CSV, as Python's `csv` reads it with `\` for an escape.
fn split_csv(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut letters = text.chars().peekable();
    let (mut is_quoted, mut is_start) = (false, true);
    while let Some(letter) = letters.next() {
        let starts = std::mem::take(&mut is_start);
        let Some(piece) = pieces.last_mut() else {
            break;
        };
        match letter {
            '\\' => piece.extend(letters.next()),
            '"' if starts => is_quoted = true,
            '"' if is_quoted && letters.next_if_eq(&'"').is_some() => piece.push('"'),
            '"' if is_quoted => is_quoted = false,
            ',' if !is_quoted => {
                pieces.push(String::new());
                is_start = true;
            }
            other => piece.push(other),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::split_on_commas;

    #[test]
    fn commas_split_as_in_the_aws_cli() {
        for (text, expected) in [
            ("a=b,c=d", &["a=b", "c=d"][..]),
            ("a=b\\,c,d=e", &["a=b,c", "d=e"]),
            ("a=\"b,c\",d=e", &["a=b,c", "d=e"]),
            ("a='b,c',d=e", &["a=b,c", "d=e"]),
            ("a=[b,c],d=e", &["a=b,c", "d=e"]),
            ("\"a=b,c\",d=e", &["a=b,c", "d=e"]),
            ("", &[""]),
        ] {
            assert_eq!(split_on_commas(text), expected, "{text}");
        }
    }
}
