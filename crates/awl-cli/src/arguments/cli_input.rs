//! `--cli-input-json` and `--cli-input-yaml`: parameters as one document. What
//! the command line gives besides takes precedence.
// Parity: awscli/customizations/cliinput.py.

use awl_value::{Map, Value, json};

use super::{Files, yaml};
use crate::error::CommandError;
use crate::python;

/// Adds what the documents say to `parameters`. Each is the argument's word.
///
/// # Errors
/// Two documents; text that is no document, or none of a map.
pub(crate) fn merge_cli_input(
    parameters: &mut Map,
    as_json: Option<&str>,
    as_yaml: Option<&str>,
    files: Files<'_>,
) -> Result<(), CommandError> {
    let (name, text) = match (as_json, as_yaml) {
        (None, None) => return Ok(()),
        (Some(_), Some(_)) => {
            return Err(CommandError::validation(
                "Only one --cli-input- parameter may be specified.",
            ));
        }
        (Some(text), None) => ("cli-input-json", text),
        (None, Some(text)) => ("cli-input-yaml", text),
    };
    let loaded = files
        .load(text)
        .map_err(|message| CommandError::parameter(&format!("--{name}"), message))?;
    let text = match loaded {
        Some(Value::Blob(bytes)) => String::from_utf8(bytes)
            .map_err(|_| CommandError::parameter(name, "Invalid JSON received."))?,
        Some(content) => python::str(&content),
        None => text.to_owned(),
    };
    let document = if as_yaml.is_some() {
        yaml::parse(&text).map_err(|_| CommandError::parameter(name, "Invalid YAML received."))?
    } else {
        json::parse(&text).map_err(|_| CommandError::parameter(name, "Invalid JSON received."))?
    };
    let Value::Map(document) = document else {
        return Err(CommandError::parameter(
            &format!("--{name}"),
            format!(
                "Invalid type: expecting map, received <class '{}'>",
                python::type_name(&document)
            ),
        ));
    };
    for (key, value) in document {
        if !parameters.contains_key(&key) {
            parameters.push(key, value);
        }
    }
    Ok(())
}
