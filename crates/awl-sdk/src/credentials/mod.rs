//! Who signs: the provider chain. A provider answers *found*, *absent* or
//! *failed*; the first that finds credentials or fails ends the chain.

mod chain;

use std::fmt;

pub use chain::resolve;

/// Credentials and what is known of them.
#[derive(Clone)]
pub struct ResolvedCredentials {
    /// What signs.
    pub credentials: awl_sign::Credentials,
    /// The account they are of, where their source tells it.
    pub account_id: Option<String>,
    /// Which provider found them, in botocore's names: `env`,
    /// `shared-credentials-file`, `config-file`.
    pub method: &'static str,
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

/// Why there are no credentials.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
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
}
