//! Who signs: the provider chain. A provider answers *found*, *absent* or
//! *failed*; the first that finds credentials or fails ends the chain. Every
//! answer is kept, so that the explanation of a run is the run itself.
// Parity: botocore/credentials.py, create_credential_resolver.

mod answer;
mod assume;
mod cache;
mod call;
mod callback;
mod chain;
mod container;
mod current;
mod error;
mod imds;
mod keys;
pub mod login;
mod mfa;
mod oauth;
mod peek;
mod process;
mod prompt;
mod role;
pub mod sso;
mod web_identity;

use std::fmt;

pub use answer::{Link, Verdict};
pub use assume::{RoleRequest, assume_role};
pub use awl_sign::Credentials;
pub use cache::Cache;
pub use chain::{Explanation, explain, resolve};
pub(crate) use current::{Current, current};
pub use error::CredentialsError;
pub use mfa::{is_long_term_only, session as mfa_session};
pub use prompt::Prompter;

/// Credentials and what is known of them.
#[derive(Clone, PartialEq, Eq)]
pub struct ResolvedCredentials {
    /// What signs.
    pub credentials: awl_sign::Credentials,
    /// The account they are of, where their source tells it.
    pub account_id: Option<String>,
    /// When they end, in seconds since the epoch, where their source tells it.
    pub expiration: Option<i64>,
    /// Which provider found them, in botocore's names: `env`, `assume-role`,
    /// `assume-role-with-web-identity`, `sso`, `shared-credentials-file`,
    /// `login`, `custom-process`, `config-file`, `ec2-credentials-file`,
    /// `boto-config`, `container-role`, `iam-role`; `explicit` where the caller
    /// gave them, `mfa-session` where a code was asked for.
    pub method: &'static str,
    /// Where exactly: the file, the role, the command.
    pub origin: String,
}

impl ResolvedCredentials {
    /// How many seconds are left at `now`, in seconds since the epoch; None
    /// where there is no end.
    #[must_use]
    pub fn seconds_left(&self, now: i64) -> Option<i64> {
        Some(self.expiration? - now)
    }
}

impl fmt::Debug for ResolvedCredentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "ResolvedCredentials({} by {})",
            self.credentials.access_key_id, self.method
        )
    }
}
