//! `awl configure mfa-login`: a session opened with an MFA device, written to a
//! profile of the credentials file.
// Parity: awscli/customizations/configure/mfalogin.py. On a terminal, secret
// and code are not shown.

use std::sync::Arc;

use awl_sdk::Client;
use awl_sdk::config::writer::{Edit, Section};
use awl_sdk::config::{Config, FileKind};
use awl_sdk::credentials::{self, CredentialsError, ResolvedCredentials};
use awl_value::{Map, Value, python};

use super::Custom;
use crate::argv::Globals;
use crate::commands::custom::{Argument, Given};
use crate::commands::{Invocation, call};
use crate::error::CommandError;
use crate::output;

/// `configure mfa-login`.
pub(super) const COMMAND: Custom = Custom::new(
    "mfa-login",
    &[
        Argument::option("--update-profile"),
        Argument::option("--duration-seconds"),
        Argument::option("--serial-number"),
    ],
    run,
);

/// How long a session lasts that nothing else is said of, in seconds.
const DURATION: i64 = 43_200;
const SERIAL: &str = "MFA serial number or ARN";
const CODE: &str = "MFA token code";

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let duration = match given.get("--duration-seconds") {
        Some(text) => crate::python::int_of(&Value::from(text)).map_err(CommandError::general)?,
        None => Value::Int(DURATION),
    };
    let config = call::load_config(invocation, globals)?;
    let mut overrides = config.overrides().clone();
    // The session is opened with the keys themselves.
    overrides.no_mfa_session = true;
    let config = config.with_overrides(overrides);
    let found = call::until_interrupted(async {
        Ok(credentials::resolve(&config, awl_catalog::store()).await)
    })?;
    let has_keys = found.is_ok();
    let (keys, serial, code) = match found {
        Ok(keys) => {
            let serial = match given_serial(given) {
                Some(serial) => Some(serial),
                None => config.profile_key("mfa_serial").filter(|it| !it.is_empty()),
            };
            let serial = match serial {
                Some(serial) => serial.to_owned(),
                None => {
                    let required = "MFA serial number or MFA device ARN is required";
                    question(invocation, SERIAL, required, false)?
                }
            };
            let code = question(invocation, CODE, "MFA token code is required", true)?;
            (keys, serial, code)
        }
        Err(CredentialsError::NotFound) => ask_for_all(invocation, given)?,
        Err(error) => return Err(error.into()),
    };
    let target = match given
        .get("--update-profile")
        .filter(|name| !name.is_empty())
    {
        Some(target) => target.to_owned(),
        None => {
            let name = profile_name(&serial);
            let answer = super::ask(invocation, &format!("Profile to update [{name}]: "))?;
            if answer.is_empty() { name } else { answer }
        }
    };
    let mut parameters = Map::with_capacity(3);
    parameters.push("DurationSeconds", duration);
    parameters.push("SerialNumber", Value::from(serial));
    parameters.push("TokenCode", Value::from(code));
    let mut session = match call::until_interrupted(open_session(&config, keys, parameters))? {
        Ok(session) => session,
        Err(refusal) => return Err(refuse(invocation, &format!("An error occurred: {refusal}"))),
    };
    if has_keys {
        // Parity: the CLI's own calls give times as they are printed; with keys
        // that were typed in, it is not the CLI that calls.
        output::show_timestamps(&mut session, &*invocation.host);
    }
    write(invocation, &target, &session)
}

/// Keys, device and code, where there are no keys yet.
fn ask_for_all(
    invocation: &mut Invocation,
    given: &Given<'_>,
) -> Result<(ResolvedCredentials, String, String), CommandError> {
    invocation
        .ui
        .write_out("Please provide your AWS credentials:\n");
    let mut ask = |text: &str, hidden: bool| {
        question(invocation, text, &format!("{text} is required"), hidden)
    };
    let key = ask("AWS Access Key ID", false)?;
    let secret = ask("AWS Secret Access Key", true)?;
    let serial = match given_serial(given) {
        Some(serial) => serial.to_owned(),
        None => ask(SERIAL, false)?,
    };
    let code = ask(CODE, true)?;
    let keys = ResolvedCredentials {
        credentials: credentials::Credentials::new(key, secret, None),
        account_id: None,
        expiration: None,
        method: "explicit",
        origin: "typed in".to_owned(),
    };
    Ok((keys, serial, code))
}

fn given_serial<'a>(given: &'a Given<'_>) -> Option<&'a str> {
    given
        .get("--serial-number")
        .filter(|serial| !serial.is_empty())
}

/// Puts a question that must be answered.
fn question(
    invocation: &mut Invocation,
    text: &str,
    required: &str,
    hidden: bool,
) -> Result<String, CommandError> {
    let prompt = format!("{text}: ");
    let answer = if hidden {
        super::ask_secret(invocation, &prompt)?
    } else {
        super::ask(invocation, &prompt)?
    };
    if answer.is_empty() {
        return Err(refuse(invocation, required));
    }
    Ok(answer)
}

/// What is printed as errors are, but ends the program with 1.
fn refuse(invocation: &mut Invocation, message: &str) -> CommandError {
    let program = invocation.ui.program();
    let line = format!("\n{program}: [ERROR]: {message}\n");
    invocation.ui.write_error(&line);
    CommandError::silent(1)
}

/// The profile that a device's session goes to, if nothing else is said.
fn profile_name(serial: &str) -> String {
    let parts: Vec<&str> = serial.split(':').collect();
    match parts.as_slice() {
        ["arn", "aws", "iam", "", account, device, ..] => {
            let device = device.rsplit('/').next().unwrap_or_default();
            format!("{account}-{device}")
        }
        _ => format!("session-{serial}"),
    }
}

/// The session, or what the service says against it.
async fn open_session(
    config: &Config,
    keys: ResolvedCredentials,
    parameters: Map,
) -> Result<Result<Value, String>, CommandError> {
    let mut overrides = config.overrides().clone();
    overrides.credentials = Some(Arc::new(keys));
    let config = config.with_overrides(overrides);
    let store = awl_catalog::store();
    let service = store
        .service("sts")
        .ok_or_else(|| CommandError::general("Unknown service: 'sts'"))?;
    let client = Client::with_store(&config, service, store)?;
    match client.call("GetSessionToken", Value::Map(parameters)).await {
        Ok(answer) => Ok(Ok(answer
            .get("Credentials")
            .cloned()
            .unwrap_or(Value::Null))),
        Err(awl_sdk::Error::Service(error)) => Ok(Err(error.to_string())),
        Err(error) => Err(error.into()),
    }
}

fn write(invocation: &mut Invocation, target: &str, session: &Value) -> Result<(), CommandError> {
    let text = |name: &str| {
        let value = session.get(name).and_then(Value::as_str);
        value.ok_or_else(|| CommandError::general(format!("'{name}'")))
    };
    let edits = [
        Edit::Set("aws_access_key_id", text("AccessKeyId")?),
        Edit::Set("aws_secret_access_key", text("SecretAccessKey")?),
        Edit::Set("aws_session_token", text("SessionToken")?),
    ];
    let expiration = match session.get("Expiration") {
        Some(Value::Timestamp(time)) => {
            let (year, month, day, hour, minute, second, _) = time.civil(0);
            format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
        }
        other => other.map(python::str).unwrap_or_default(),
    };
    let section = Section::Header(target);
    super::update(&*invocation.host, FileKind::Credentials, section, &edits)?;
    invocation.ui.write_out(&format!(
        "Temporary credentials written to profile '{target}'\nCredentials will expire at \
         {expiration}\nTo use these credentials, specify --profile {target} when running AWS CLI \
         commands\n"
    ));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::profile_name;

    #[test]
    fn devices_name_profiles() {
        for (serial, name) in [
            ("arn:aws:iam::123456789012:mfa/alice", "123456789012-alice"),
            (
                "arn:aws:iam::123456789012:mfa/team/alice",
                "123456789012-alice",
            ),
            ("arn:aws-cn:iam::1:mfa/a", "session-arn:aws-cn:iam::1:mfa/a"),
            ("GAHT12345678", "session-GAHT12345678"),
        ] {
            assert_eq!(profile_name(serial), name);
        }
    }
}
