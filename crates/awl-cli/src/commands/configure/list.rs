//! `awl configure list`: profile, keys and Region, and where each is from.
// Parity: awscli/customizations/configure/list.py, ConfigureListCommand.

use awl_sdk::config::{Setting, settings};
use awl_sdk::credentials::{self, CredentialsError};
use awl_value::python;

use super::Custom;
use crate::argv::Globals;
use crate::commands::custom::Given;
use crate::commands::{Invocation, call};
use crate::error::CommandError;

/// `configure list`.
pub(super) const COMMAND: Custom = Custom::new("list", &[], run);

/// A value, and how and where it was found.
struct Row {
    value: String,
    kind: String,
    place: String,
}

impl Row {
    fn new(value: impl Into<String>, kind: &str, place: &str) -> Self {
        Self {
            value: value.into(),
            kind: kind.to_owned(),
            place: place.to_owned(),
        }
    }

    fn not_set() -> Self {
        Self::new("<not set>", "None", "None")
    }
}

fn run(invocation: &mut Invocation, globals: &Globals, _: &Given<'_>) -> Result<(), CommandError> {
    // Parity: a file that is wrong is found before anything is printed, a
    // profile that is not there after.
    super::profiles(&*invocation.host)?;
    print(invocation, "NAME", &Row::new("VALUE", "TYPE", "LOCATION"));
    let profile = match &globals.profile {
        Some(profile) => Row::new(profile, "manual", "--profile"),
        None => variable(invocation, &settings::PROFILE).unwrap_or_else(Row::not_set),
    };
    print(invocation, "profile", &profile);
    let config = call::load_config(invocation, globals)?;
    let mut overrides = config.overrides().clone();
    // The keys are wanted, not a session that they open.
    overrides.no_mfa_session = true;
    let config = config.with_overrides(overrides);
    let found = call::until_interrupted(async {
        Ok(credentials::resolve(&config, awl_catalog::store()).await)
    })?;
    let (key, secret) = match &found {
        Ok(found) => {
            let masked = |text: &str| Row::new(super::mask(text), found.method, "");
            let credentials = &found.credentials;
            (
                masked(&credentials.access_key_id),
                masked(&credentials.secret_access_key),
            )
        }
        Err(CredentialsError::NotFound) => (Row::not_set(), Row::not_set()),
        Err(_) => {
            return Err(found
                .err()
                .map_or_else(|| CommandError::silent(1), Into::into));
        }
    };
    print(invocation, "access_key", &key);
    print(invocation, "secret_key", &secret);
    let region = variable(invocation, &settings::REGION).or_else(|| {
        let value = config.profile_key("region")?;
        let path = config.text(&settings::CONFIG_FILE).unwrap_or_default();
        Some(Row::new(value, "config-file", &path))
    });
    // Parity: what is neither is taken to be of the metadata service.
    let region = region.or_else(|| Some(Row::new(globals.region.as_deref()?, "imds", "")));
    print(invocation, "region", &region.unwrap_or_else(Row::not_set));
    Ok(())
}

/// A setting's value, where a variable has it; all its variables are named.
fn variable(invocation: &Invocation, setting: &Setting) -> Option<Row> {
    let mut variables = setting.variables.iter();
    let value = variables.find_map(|name| invocation.host.variable(name))?;
    let names: Vec<String> = setting
        .variables
        .iter()
        .map(|name| python::quote(name))
        .collect();
    Some(Row::new(value, "env", &format!("[{}]", names.join(", "))))
}

fn print(invocation: &mut Invocation, name: &str, row: &Row) {
    let Row { value, kind, place } = row;
    let line = format!("{name:<10} : {value:<24} : {kind:<16} : {place}\n");
    invocation.ui.write_out(&line);
}
