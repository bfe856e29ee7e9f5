//! `login_session`: the credentials of a console sign-in.

use super::answer::{Answer, Provided};
use super::chain::Run;

/// The credentials of the sign-in that a profile names.
pub(super) async fn load(run: &mut Run<'_>, profile: &str) -> Provided {
    let _ = (run.store, profile);
    Ok(Answer::Absent("the profile has no login_session".into()))
}
