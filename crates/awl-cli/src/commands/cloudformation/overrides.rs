//! The forms that `--parameter-overrides` and `--tags` may have.
// Parity: awscli/customizations/cloudformation/deploy.py,
// parse_parameter_overrides.

use awl_value::{Map, Value, json};

use crate::arguments::added;
use crate::commands::custom::Given;
use crate::error::CommandError;
use crate::python;

/// The values of parameters by their names.
///
/// # Errors
/// A form that is none of those known.
pub(super) fn parse(given: &Given<'_>) -> Result<Map, CommandError> {
    const NAME: &str = "parameter-overrides";
    let option = format!("--{NAME}");
    let words = given.words(&option).unwrap_or_default();
    let Some(first) = words.first() else {
        return Ok(Map::new());
    };
    match (json::parse(first), given.is_file(&option)) {
        (Ok(data), _) => of_json(&data),
        (Err(error), true) => Err(CommandError::general(error.to_string())),
        (Err(_), false) => of_words(words.iter().map(|word| &**word), NAME),
    }
}

/// The tags, as the service wants them.
///
/// # Errors
/// A word without `=`.
pub(super) fn tags(given: &Given<'_>) -> Result<Value, CommandError> {
    let tags = given.value("--tags").and_then(Value::as_list);
    let words = tags.unwrap_or_default().iter().filter_map(Value::as_str);
    let tags = of_words(words, "tags")?;
    let tags = tags.into_iter().map(|(key, value)| {
        let key = Value::from(&*key);
        added::map([("Key", key), ("Value", value)])
    });
    Ok(Value::List(tags.collect()))
}

fn of_words<'a>(words: impl Iterator<Item = &'a str>, option: &str) -> Result<Map, CommandError> {
    let mut values = Map::new();
    for word in words {
        let (key, value) = word.split_once('=').ok_or_else(|| {
            let word = python::str(&Value::List(vec![word.into()]));
            CommandError::general(format!(
                "{word} value passed to --{option} must be of format Key=Value"
            ))
        })?;
        values.insert(key.to_owned(), value.into());
    }
    Ok(values)
}

fn of_json(data: &Value) -> Result<Map, CommandError> {
    match data {
        Value::List(items) if items.iter().all(is_pair) => {
            let mut values = Map::new();
            for item in items {
                let part = |name| item.get(name).cloned().unwrap_or_default();
                let key = python::str(&part("ParameterKey"));
                values.insert(key, part("ParameterValue"));
            }
            return Ok(values);
        }
        Value::Map(map) => {
            if let Some(Value::Map(values)) = map.get("Parameters") {
                return Ok(values.clone());
            }
        }
        Value::List(items) => {
            let words: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            if let Some(words) = words.filter(|words| words.iter().all(|it| it.contains('='))) {
                return of_words(words.into_iter(), "");
            }
        }
        _ => {}
    }
    Err(CommandError::validation(
        "JSON passed to --parameter-overrides must be one of the formats: \
         [\"Key1=Value1\",\"Key2=Value2\", ...] , [{\"ParameterKey\": \"Key1\", \
         \"ParameterValue\": \"Value1\"}, ...] , [\"Parameters\": {\"Key1\": \"Value1\", \
         \"Key2\": \"Value2\", ...}]",
    ))
}

/// A parameter as the service has it.
fn is_pair(item: &Value) -> bool {
    item.as_map().is_some_and(|item| {
        item.len() == 2 && item.contains_key("ParameterKey") && item.contains_key("ParameterValue")
    })
}
