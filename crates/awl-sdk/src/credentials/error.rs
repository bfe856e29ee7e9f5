//! Why there are no credentials.

use std::path::PathBuf;

/// Why there are no credentials. The words are botocore's where it has the
/// same error.
// Parity: botocore/exceptions.py.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// No provider has any.
    #[error("Unable to locate credentials")]
    NotFound,
    /// A provider has a part of them.
    #[error("Partial credentials found in {provider}, missing: {missing}")]
    Partial {
        /// The provider.
        provider: &'static str,
        /// What it lacks.
        missing: &'static str,
    },
    /// The configuration of a provider contradicts itself or lacks something.
    #[error("{0}")]
    InvalidConfig(String),
    /// Roles that are assumed from each other in a circle.
    #[error(
        "Infinite loop in credential configuration detected. Attempting to load from profile \
         {profile} which has already been visited. Visited profiles: {visited}"
    )]
    Loop {
        /// The profile that closes the circle.
        profile: String,
        /// All that were visited, as Python prints a list.
        visited: String,
    },
    /// A provider could not get them.
    #[error("Error when retrieving credentials from {provider}: {message}")]
    Retrieval {
        /// The provider.
        provider: String,
        /// Why.
        message: String,
    },
    /// A service refused them, or could not be asked.
    #[error(transparent)]
    Call(Box<crate::Error>),
    /// A file that a provider needs cannot be read.
    #[error("[Errno {}] {}: '{}'", .source.raw_os_error().unwrap_or_default(), os_message(.source), .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A code of an MFA device is needed, and there is nobody to ask.
    #[error(
        "The profile {profile} needs a code of the MFA device {serial}, and there is no terminal \
         to ask for it on. Run `awl whoami --profile {profile}` on a terminal: the session that it \
         opens serves every process of this user until it ends. Or set mfa_process in the profile \
         to a command that prints a code"
    )]
    NoTerminal {
        /// The profile.
        profile: String,
        /// The device's serial number or ARN.
        serial: String,
    },
    /// A provider would have to call, run or ask somebody, and must not.
    #[error("{0} would be needed, which --offline rules out")]
    Offline(&'static str),
    /// The question for a code was not answered.
    #[error("{0}")]
    Prompt(std::io::Error),
    /// The user interrupted the question for a code.
    #[error("interrupted")]
    Interrupted,
    /// New credentials have ended already.
    #[error("Credentials were refreshed, but the refreshed credentials are still expired.")]
    StillExpired,
    /// An SSO session that must be opened again, or could not be used.
    #[error("{message}")]
    Sso {
        /// What is wrong.
        message: String,
        /// Whether logging in again would help.
        log_in: bool,
    },
    /// A sign-in session that must be opened again, or could not be used.
    #[error("{message}")]
    Login {
        /// What is wrong.
        message: String,
        /// Whether logging in again would help.
        log_in: bool,
    },
    /// Something else, in Python's or botocore's words.
    #[error("{0}")]
    Other(String),
}

impl From<crate::Error> for CredentialsError {
    fn from(error: crate::Error) -> Self {
        match error {
            crate::Error::Credentials(error) => error,
            error => Self::Call(Box::new(error)),
        }
    }
}

/// The system's words, without Rust's `(os error 2)`.
fn os_message(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((words, _)) => words.to_owned(),
        None => text,
    }
}
