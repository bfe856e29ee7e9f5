//! What the links of the chain answer, and the record of it.

use std::borrow::Cow;

use super::{CredentialsError, ResolvedCredentials};

/// What a provider answers that did not fail.
pub(super) enum Answer {
    /// It has credentials.
    Found(ResolvedCredentials),
    /// It has none, and why.
    Absent(Cow<'static, str>),
}

/// What a provider answers.
pub(super) type Provided = Result<Answer, CredentialsError>;

/// What became of a link of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// Its credentials are used; where they come from.
    Found(String),
    /// It has none, and why.
    Absent(String),
    /// It should have some and could not give them; why.
    Failed(String),
    /// It was not to be asked, and why.
    PassedOver(String),
    /// The chain had ended before; what there would have been.
    NotReached(String),
}

/// A link of the chain, as a run of it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The provider, in botocore's names.
    pub provider: &'static str,
    /// The profile that it looked at, where it looked at one.
    pub profile: Option<String>,
    /// How deep it lies: zero for the chain itself, one for the source of a
    /// role, two for the source of that.
    pub depth: usize,
    /// What became of it.
    pub verdict: Verdict,
}
