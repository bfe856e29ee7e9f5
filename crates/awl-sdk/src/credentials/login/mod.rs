//! `login_session`: the credentials of a console sign-in, and signing in.
// Parity: botocore/credentials.py, LoginProvider.

mod dpop;
mod sign_in;
mod token;

use super::CredentialsError;
use super::answer::{Answer, Provided};
use super::chain::Run;

pub use sign_in::{NewSession, SignIn};
pub use token::{cache, cache_key, current};

const METHOD: &str = "login";

/// The credentials of the sign-in that a profile names.
pub(super) async fn load(run: &mut Run<'_>, profile: &str) -> Provided {
    let section = run.config.profiles().profile(profile);
    let Some(session) = section.and_then(|section| section.get("login_session")) else {
        return Ok(Answer::Absent("the profile has no login_session".into()));
    };
    let found = current(run.config, run.store, session).await?;
    Ok(Answer::Found(found))
}

/// A session that signing in would mend.
fn log_in_again(message: impl Into<String>) -> CredentialsError {
    CredentialsError::Login {
        message: message.into(),
        log_in: true,
    }
}

/// Something that signing in would not mend.
fn failure(message: impl Into<String>) -> CredentialsError {
    CredentialsError::Login {
        message: message.into(),
        log_in: false,
    }
}
