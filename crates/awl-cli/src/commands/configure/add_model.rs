//! `awl configure add-model`: a service's model goes to `~/.aws/models`.
// Parity: awscli/customizations/configure/addmodel.py, AddModelCommand.

use awl_value::{Value, json, python};

use super::Custom;
use crate::argv::Globals;
use crate::commands::Invocation;
use crate::commands::custom::{Argument, Given};
use crate::error::CommandError;

/// `configure add-model`.
pub(super) const COMMAND: Custom = Custom::new(
    "add-model",
    &[
        Argument::option("--service-model").required(),
        Argument::option("--service-name"),
    ],
    run,
);

fn run(invocation: &mut Invocation, _: &Globals, given: &Given<'_>) -> Result<(), CommandError> {
    let text = given.get("--service-model").unwrap_or_default();
    let model = json::parse(text).map_err(|error| CommandError::general(error.to_string()))?;
    let metadata = |name: &str| {
        let value = model
            .as_map()
            .and_then(|model| model.get("metadata")?.as_map()?.get(name));
        value.and_then(Value::as_str).ok_or_else(|| {
            CommandError::general(format!(
                "\"{name}\" not defined in the metadata of the model"
            ))
        })
    };
    let host = &*invocation.host;
    let service = match given.get("--service-name") {
        Some(name) => name.to_owned(),
        None => service_name(metadata("endpointPrefix")?),
    };
    let version = metadata("apiVersion")?;
    let file = format!("service-{}.json", format_version(&model)?);
    let path = host
        .expand("~/.aws/models")
        .join(service)
        .join(version)
        .join(file);
    host.write(&path, text.as_bytes())
        .map_err(|error| CommandError::general(crate::python::os_error(&error, &path)))
}

/// The service that an endpoint prefix is of, if it is not a service's name
/// itself.
fn service_name(prefix: &str) -> String {
    let store = awl_catalog::store();
    if store.service(prefix).is_some() {
        return prefix.to_owned();
    }
    // Parity: the last service of that prefix counts.
    let service = store
        .services()
        .filter(|service| service.metadata().get("endpointPrefix").as_str() == Some(prefix))
        .last();
    service.map_or(prefix, |service| service.name()).to_owned()
}

/// The version of the format that the model is in: 2, unless it says.
fn format_version(model: &Value) -> Result<i64, CommandError> {
    let version = model.as_map().and_then(|model| model.get("version"));
    let number = match version {
        None => Some(2.0),
        Some(version) => python::float(&python::str(version)),
    };
    number
        .filter(|number| number.is_finite())
        .map(|number| number.trunc() as i64)
        .ok_or_else(|| CommandError::general("the model's version is no number"))
}
