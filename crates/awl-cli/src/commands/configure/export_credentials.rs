//! `awl configure export-credentials`: the credentials in use, for another
//! program or a shell.
// Parity: awscli/customizations/configure/exportcreds.py.

use awl_sdk::config::{Config, ConfigError};
use awl_sdk::credentials::{self, CredentialsError, ResolvedCredentials};
use awl_value::{Map, Timestamp, Value, json};

use super::Custom;
use crate::argv::Globals;
use crate::commands::custom::{Argument, Given};
use crate::commands::{Invocation, call};
use crate::error::CommandError;

const FORMATS: &[&str] = &[
    "process",
    "env",
    "env-no-export",
    "powershell",
    "windows-cmd",
    "fish",
];

/// `configure export-credentials`.
pub(super) const COMMAND: Custom = Custom::new(
    "export-credentials",
    &[Argument::option("--format").choices(FORMATS)],
    run,
);

/// The profiles that are at work one for the other: this command can be the
/// `credential_process` of a profile.
const CHAIN_VARIABLE: &str = "_AWS_CLI_PROFILE_CHAIN";
/// As many profiles may be at work.
const LONGEST_CHAIN: usize = 4;

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let chain = profile_chain(invocation, globals)?;
    let config = load_config(invocation, globals)?;
    let mut overrides = config.overrides().clone();
    overrides.command_variables.push((CHAIN_VARIABLE, chain));
    let config = config.with_overrides(overrides);
    let found = call::until_interrupted(async {
        Ok(credentials::resolve(&config, awl_catalog::store()).await)
    })?;
    let found = found.map_err(|error| match error {
        CredentialsError::NotFound => {
            CommandError::configuration("Unable to retrieve credentials: no credentials found")
        }
        // Parity: these are asked for their credentials only when they are to
        // be printed.
        CredentialsError::Call(_)
        | CredentialsError::Sso { .. }
        | CredentialsError::Interrupted
        | CredentialsError::NoTerminal { .. } => error.into(),
        error => unable(&error),
    })?;
    let text = format(given.get("--format").unwrap_or("process"), &found);
    invocation.ui.write_out(&text);
    Ok(())
}

fn unable(error: &dyn std::error::Error) -> CommandError {
    let message = error.to_string();
    CommandError::configuration(format!(
        "Unable to retrieve credentials: {}\n",
        message.trim()
    ))
}

/// The configuration; a profile that is not there is in the way of the
/// credentials.
fn load_config(invocation: &Invocation, globals: &Globals) -> Result<Config, CommandError> {
    let profiles = super::profiles(&*invocation.host)?;
    if let Some(profile) = super::chosen_profile(invocation, globals)
        && profiles.profile(&profile).is_none()
    {
        return Err(unable(&ConfigError::ProfileNotFound { profile }));
    }
    call::load_config(invocation, globals)
}

/// The profiles at work, this one behind them, if it is not one of them.
fn profile_chain(invocation: &Invocation, globals: &Globals) -> Result<String, CommandError> {
    let profile = super::chosen_profile(invocation, globals);
    let profile = profile.unwrap_or_else(|| "default".to_owned());
    let mut seen = split(&invocation.host.variable(CHAIN_VARIABLE).unwrap_or_default());
    if seen.len() >= LONGEST_CHAIN {
        return Err(CommandError::configuration(format!(
            "Maximum recursive credential process resolution reached ({LONGEST_CHAIN}).\nProfiles \
             seen: {}",
            seen.join(" -> ")
        )));
    }
    let is_seen = seen.contains(&profile);
    seen.push(profile);
    if is_seen {
        return Err(CommandError::configuration(format!(
            "Credential process resolution detected an infinite loop, profile cycle: {}\n",
            seen.join(" -> ")
        )));
    }
    Ok(join(&seen))
}

/// The fields of a line of CSV.
fn split(line: &str) -> Vec<String> {
    let mut fields = Vec::new();
    if line.is_empty() {
        return fields;
    }
    let mut field = String::new();
    let mut is_quoted = false;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if is_quoted && letters.peek() == Some(&'"') => {
                letters.next();
                field.push('"');
            }
            '"' if is_quoted => is_quoted = false,
            '"' if field.is_empty() => is_quoted = true,
            ',' if !is_quoted => fields.push(std::mem::take(&mut field)),
            other => field.push(other),
        }
    }
    fields.push(field);
    fields
}

/// A line of CSV.
fn join(fields: &[String]) -> String {
    let quoted = fields.iter().map(|field| {
        if field.contains([',', '"', '\r', '\n']) {
            format!("\"{}\"", field.replace('"', "\"\""))
        } else {
            field.clone()
        }
    });
    quoted.collect::<Vec<_>>().join(",")
}

fn format(format: &str, found: &ResolvedCredentials) -> String {
    let credentials = &found.credentials;
    let expiration = found
        .expiration
        .map(|seconds| Timestamp::utc(seconds.saturating_mul(1_000_000)).isoformat(0));
    let values = [
        (
            "AccessKeyId",
            "AWS_ACCESS_KEY_ID",
            Some(credentials.access_key_id.as_str()),
        ),
        (
            "SecretAccessKey",
            "AWS_SECRET_ACCESS_KEY",
            Some(&credentials.secret_access_key),
        ),
        ("SessionToken", "AWS_SESSION_TOKEN", credentials.token()),
        (
            "Expiration",
            "AWS_CREDENTIAL_EXPIRATION",
            expiration.as_deref(),
        ),
    ];
    let given = values
        .into_iter()
        .filter_map(|(key, variable, value)| Some((key, variable, value?)));
    if format == "process" {
        let mut document = Map::new();
        document.push("Version", Value::Int(1));
        for (key, _, value) in given {
            document.push(key, Value::from(value));
        }
        let style = json::Style {
            indent: Some(2),
            ..json::Style::PRETTY
        };
        let mut text = String::new();
        json::write(&Value::Map(document), style, &mut text);
        text.push('\n');
        return text;
    }
    given
        .map(|(_, variable, value)| match format {
            "env-no-export" => format!("{variable}={value}\n"),
            "powershell" => format!("$Env:{variable}=\"{value}\"\n"),
            "windows-cmd" => format!("set {variable}={value}\n"),
            "fish" => format!("set -gx {variable} \"{value}\"\n"),
            _ => format!("export {variable}={value}\n"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_are_lines_of_csv() {
        for (line, fields) in [
            ("", &[][..]),
            ("a", &["a"]),
            ("a,b c", &["a", "b c"]),
            ("\"a,b\",\"say \"\"c\"\"\"", &["a,b", "say \"c\""]),
        ] {
            let fields: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
            assert_eq!(split(line), fields);
            assert_eq!(join(&fields), line);
        }
    }
}
