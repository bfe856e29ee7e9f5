//! What the sandbox is given: the machine's clock and randomness, and which
//! permissions operations need.

use std::fmt::Debug;
use std::time::Duration;

use awl_iam::PolicyType;
use awl_iam::lint::{Lint, NoFacts, lint};
use awl_model::Operation;
use awl_value::Map;

/// Where random numbers come from.
pub trait Entropy: Send + Sync + Debug {
    /// Fills bytes that nobody can guess.
    ///
    /// # Errors
    /// Where the system has none.
    fn fill(&self, bytes: &mut [u8]) -> std::io::Result<()>;
}

/// The machine that the sandbox runs on.
pub trait Surroundings: Entropy {
    /// Seconds since 1970.
    fn now(&self) -> i64;

    /// The same in more detail, to tell how long something took.
    fn clock(&self) -> Duration {
        Duration::from_secs(u64::try_from(self.now()).unwrap_or_default())
    }
}

/// Where a request is made.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The Region of its signature.
    pub region: &'a str,
    /// The account's number.
    pub account: &'a str,
}

/// What an operation needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// No policy is asked.
    Free,
    /// All of these.
    Needs(Vec<Need>),
}

/// One action on some resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// The action with its prefix: `s3:ListBucket`.
    pub action: String,
    /// The ARNs, or `*`.
    pub resources: Vec<String>,
}

/// Knows which permissions operations need.
pub trait AccessFacts: Send + Sync + Debug {
    /// What a call with these parameters needs.
    fn access(&self, operation: Operation, parameters: &Map, scope: &Scope<'_>) -> Access;

    /// AWS's managed policies, beyond the short ones that the sandbox has itself: a
    /// JSON list of maps with `name`, `path`, `created` and `updated` (ISO 8601),
    /// `version` (its number) and `document`.
    fn managed_policies(&self) -> &str {
        "[]"
    }

    /// What is suspicious in a policy, by what is known of actions and resources.
    fn findings(&self, text: &str, policy_type: PolicyType) -> Vec<Lint> {
        lint(text, policy_type, &NoFacts)
    }
}
