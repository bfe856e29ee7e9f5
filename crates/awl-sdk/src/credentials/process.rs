//! `credential_process`: credentials that a command prints.
// Parity: botocore/credentials.py, ProcessProvider.

use std::process::Stdio;

use awl_sign::Credentials;
use awl_value::{Value, json, python};

use super::answer::{Answer, Provided};
use super::{CredentialsError, ResolvedCredentials, keys};
use crate::config::{Config, shell_split};

const PROVIDER: &str = "custom-process";

/// Runs the profile's command, where it has one.
pub(super) async fn load(config: &Config, profile: &str) -> Provided {
    let section = config.profiles().profile(profile);
    let Some(command) = section.and_then(|section| section.get("credential_process")) else {
        return Ok(Answer::Absent(
            "the profile has no credential_process".into(),
        ));
    };
    if config.overrides().offline {
        return Err(CredentialsError::Offline("the credential_process"));
    }
    let printed = output(config, PROVIDER, command).await?;
    let document = json::parse(&printed)
        .map_err(|error| failed(format!("the output of the command is no JSON: {error}")))?;
    let version = document.get("Version");
    if !matches!(version, Some(Value::Int(1))) {
        let version = version.map_or_else(|| "<Version key not provided>".to_owned(), python::str);
        return Err(failed(format!(
            "Unsupported version '{version}' for credential process provider, supported \
             versions: 1"
        )));
    }
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    let required = |name: &str| {
        text(name).ok_or_else(|| failed(format!("Missing required key in response: '{name}'")))
    };
    let expiration = match text("Expiration") {
        None => None,
        Some(text) => {
            Some(keys::time(text).ok_or_else(|| failed(format!("Expiration is no time: {text}")))?)
        }
    };
    let configured_account = || section.and_then(|section| section.get("aws_account_id"));
    Ok(Answer::Found(ResolvedCredentials {
        credentials: Credentials::new(
            required("AccessKeyId")?,
            required("SecretAccessKey")?,
            text("SessionToken").map(str::to_owned),
        ),
        account_id: text("AccountId")
            .filter(|id| !id.is_empty())
            .or_else(configured_account)
            .map(str::to_owned),
        expiration,
        method: PROVIDER,
        origin: format!(
            "credential_process of profile {profile}: {}",
            program(command)
        ),
    }))
}

/// What a command prints; it is split as a shell would, but no shell runs it.
/// Its standard error is shown where it fails.
pub(super) async fn output(
    config: &Config,
    provider: &'static str,
    command: &str,
) -> Result<String, CredentialsError> {
    let error = |message: String| CredentialsError::Retrieval {
        provider: provider.to_owned(),
        message,
    };
    let words = shell_split(command)
        .ok_or_else(|| CredentialsError::Other("No closing quotation".to_owned()))?;
    let (program, arguments) = words
        .split_first()
        .ok_or_else(|| error("the command is empty".to_owned()))?;
    let run = tokio::process::Command::new(program)
        .args(arguments)
        .envs(config.overrides().command_variables.iter().cloned())
        .stdin(Stdio::inherit())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|source| CredentialsError::File {
            path: program.into(),
            source,
        })?;
    if !run.status.success() {
        return Err(error(String::from_utf8_lossy(&run.stderr).into_owned()));
    }
    String::from_utf8(run.stdout).map_err(|_| error("the output is not UTF-8 text".to_owned()))
}

/// The program of a command: its arguments may be secret.
fn program(command: &str) -> String {
    let words = shell_split(command).unwrap_or_default();
    words.into_iter().next().unwrap_or_default()
}

fn failed(message: String) -> CredentialsError {
    CredentialsError::Retrieval {
        provider: PROVIDER.to_owned(),
        message,
    }
}
