//! `ecs`: what becomes of an express gateway service may be watched.
// Parity: awscli/customizations/ecs/monitormutatinggatewayservice.py.

use awl_value::Value;

use crate::arguments::added::{Added, Customization, Given, Setting, Takes};
use crate::error::CommandError;

pub(super) const CUSTOMIZATIONS: &[Customization] = &[
    watched("create-express-gateway-service"),
    watched("update-express-gateway-service"),
    watched("delete-express-gateway-service"),
];

const fn watched(operation: &'static str) -> Customization {
    Customization {
        table: |table| {
            table.add(&RESOURCES);
            table.add(&MODE);
        },
        check: |given: Given<'_>| {
            if given.has_some("monitor_mode") && !given.has("monitor_resources") {
                return Err(CommandError::general(
                    "--monitor-mode can only be used with --monitor-resources",
                ));
            }
            Ok(())
        },
        ..Customization::of(operation)
    }
}

static RESOURCES: Added = Added::new("monitor-resources", "", note).taking(Takes::OptionalChoice(
    &["DEPLOYMENT", "RESOURCE"].as_slice(),
));

static MODE: Added = Added::new("monitor-mode", "", note).taking(Takes::OptionalChoice(
    &["INTERACTIVE", "TEXT-ONLY"].as_slice(),
));

fn note(added: &Added, setting: &mut Setting<'_>, value: Value) -> Result<(), CommandError> {
    let word = value.as_str().unwrap_or_default().to_owned();
    setting.asides.push((added.name, word));
    Ok(())
}
