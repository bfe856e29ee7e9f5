//! Asking the user for a code.

use std::io;

use super::CredentialsError;
use crate::config::Config;

/// Who asks the user. The SDK itself knows no terminal.
pub trait Prompter: Send + Sync + std::fmt::Debug {
    /// Asks for what is not to be shown, and gives it back without the end of
    /// the line.
    ///
    /// # Errors
    /// `NotFound`: there is nobody to ask. `Interrupted`: the user would not.
    fn secret(&self, prompt: &str) -> io::Result<String>;
}

/// A code of an MFA device: what `mfa_process` of the profile prints, else what
/// the user types.
pub(super) async fn mfa_code(
    config: &Config,
    profile: &str,
    serial: &str,
) -> Result<String, CredentialsError> {
    if config.overrides().offline {
        return Err(CredentialsError::Offline("the code of an MFA device"));
    }
    let section = config.profiles().profile(profile);
    if let Some(command) = section.and_then(|section| section.get("mfa_process")) {
        let printed = super::process::output(config, "mfa_process", command).await?;
        return Ok(printed.trim().to_owned());
    }
    let nobody = || CredentialsError::NoTerminal {
        profile: profile.to_owned(),
        serial: serial.to_owned(),
    };
    let prompter = config.overrides().prompter.as_ref().ok_or_else(nobody)?;
    // Parity: botocore/credentials.py, AssumeRoleCredentialFetcher.
    let prompt = format!("Enter MFA code for {serial}: ");
    match prompter.secret(&prompt) {
        Ok(code) => Ok(code),
        Err(error) => Err(match error.kind() {
            io::ErrorKind::NotFound => nobody(),
            io::ErrorKind::Interrupted => CredentialsError::Interrupted,
            _ => CredentialsError::Prompt(error),
        }),
    }
}
