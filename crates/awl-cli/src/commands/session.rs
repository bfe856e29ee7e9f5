//! A session that has ended, met by any command: on a terminal the user may log
//! in on the spot, and the command goes on.

use awl_sdk::config::Config;
use awl_sdk::credentials::sso::Session;

use super::{Invocation, call, login, sso};
use crate::argv::Globals;
use crate::error::CommandError;

/// What a profile's credentials come from.
#[derive(Debug, PartialEq, Eq)]
enum Source {
    /// An SSO session.
    Sso(Session),
    /// A sign-in: the profile and the session.
    Login(String, String),
}

/// Offers to log in where that is what `error` lacks; whether it was done.
pub(super) fn offer(
    invocation: &mut Invocation,
    globals: &Globals,
    error: &CommandError,
) -> Result<bool, CommandError> {
    if !error.wants_log_in() || !invocation.ui.is_interactive() {
        return Ok(false);
    }
    let config = call::load_config(invocation, globals)?;
    let Some(source) = source(&config) else {
        return Ok(false);
    };
    let ui = &mut invocation.ui;
    ui.write_error(&format!("\n{}\nLog in now? [Y/n] ", error.message()));
    // Standard output is the command's.
    let answer = sso::line(invocation, "")?;
    if !matches!(&*answer.trim().to_lowercase(), "" | "y" | "yes") {
        return Ok(false);
    }
    match source {
        Source::Sso(session) => sso::again(invocation, &config, session)?,
        Source::Login(profile, name) => login::again(invocation, &config, &profile, &name)?,
    }
    Ok(true)
}

/// The session that the chosen profile uses, itself or through the profiles
/// that its role is assumed from.
fn source(config: &Config) -> Option<Source> {
    let mut profile = config.profile_name();
    let mut visited = Vec::new();
    while !visited.contains(&profile) {
        visited.push(profile);
        let section = config.profiles().profile(profile)?;
        if let Some(source) = section
            .get("source_profile")
            .filter(|name| *name != profile)
        {
            profile = source;
            continue;
        }
        if let Some(session) = Session::of_profile(config, profile) {
            return Some(Source::Sso(session));
        }
        let name = section.get("login_session")?;
        return Some(Source::Login(profile.to_owned(), name.to_owned()));
    }
    None
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use awl_sdk::config::Overrides;

    use super::*;
    use crate::testing::TestHost;

    #[test]
    fn the_session_is_found_behind_roles() {
        let file = b"[profile role]\nrole_arn=r\nsource_profile=base\n\
            [profile base]\nsso_session=corp\nsso_account_id=1\nsso_role_name=n\n\
            [profile console]\nlogin_session=arn:s\n\
            [profile circle]\nsource_profile=other\n[profile other]\nsource_profile=circle\n\
            [profile keys]\naws_access_key_id=a\n\
            [sso-session corp]\nsso_start_url=https://u\nsso_region=r\n";
        let name = |profile: &str| {
            let host = TestHost::default()
                .with_variable("AWS_CONFIG_FILE", "/config")
                .with_variable("AWS_PROFILE", profile)
                .with_file("/config", file);
            let config = Config::load(Arc::new(host), Overrides::default()).unwrap();
            source(&config).map(|source| match source {
                Source::Sso(session) => session.name.unwrap(),
                Source::Login(profile, session) => format!("{profile} {session}"),
            })
        };
        for (profile, expected) in [
            ("role", Some("corp")),
            ("base", Some("corp")),
            ("console", Some("console arn:s")),
            ("circle", None),
            ("keys", None),
        ] {
            assert_eq!(name(profile).as_deref(), expected, "{profile}");
        }
    }
}
