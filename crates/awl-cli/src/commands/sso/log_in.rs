//! `awl sso login`.
// Parity: awscli/customizations/sso/login.py. That one always logs in; here a
// session that is good stays, unless `--force` is given.

use awl_sdk::config::writer::{Edit, Section};
use awl_sdk::config::{Config, SectionKind};
use awl_sdk::credentials::sso::{self, Method, Session, Token};
use awl_value::Timestamp;

use super::{Configured, Pending, resolve, update};
use crate::argv::Globals;
use crate::commands::custom::Given;
use crate::commands::{Invocation, call};
use crate::error::CommandError;

/// What the command line says of how to log in.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Options {
    pub no_browser: bool,
    pub use_device_code: bool,
    /// Whether standard output belongs to another command.
    pub is_aside: bool,
}

impl Options {
    pub(super) fn given(given: &Given<'_>) -> Self {
        Self {
            no_browser: given.has("--no-browser"),
            use_device_code: given.has("--use-device-code"),
            is_aside: false,
        }
    }
}

pub(super) fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let config = call::load_config(invocation, globals)?;
    let configured = Configured::of(&config, given.get("--sso-session"))?;
    let force = given.has("--force");
    let session = log_in(
        invocation,
        &config,
        &configured,
        force,
        Options::given(given),
    )?;
    if session.region != configured.region {
        write_region(&config, &configured, &session.region)?;
        let text = format!("SSO region updated to {}\n", session.region);
        invocation.ui.write_out(&text);
    }
    let text = format!(
        "Successfully logged into Start URL: {}\n",
        session.start_url
    );
    invocation.ui.write_out(&text);
    Ok(())
}

/// Logs in to the session of the configuration anew, for a command that met one
/// that has ended and owns standard output.
pub(in crate::commands) fn again(
    invocation: &mut Invocation,
    config: &Config,
    session: Session,
) -> Result<(), CommandError> {
    let configured = Configured {
        name: session.name,
        start_url: session.start_url,
        region: session.region,
        scopes: session.scopes,
    };
    let options = Options {
        is_aside: true,
        ..Options::default()
    };
    log_in(invocation, config, &configured, true, options).map(|_| ())
}

fn log_in(
    invocation: &mut Invocation,
    config: &Config,
    configured: &Configured,
    force: bool,
    options: Options,
) -> Result<Session, CommandError> {
    let resolved = call::until_interrupted(resolve::resolve(
        config,
        &configured.start_url,
        Some(&configured.region),
    ))?;
    let session = configured.session(resolved);
    token(invocation, config, &session, force, options)?;
    Ok(session)
}

/// A token of a session: the one that is there, if it is good and no other is
/// asked for.
pub(super) fn token(
    invocation: &mut Invocation,
    config: &Config,
    session: &Session,
    force: bool,
    options: Options,
) -> Result<Token, CommandError> {
    let store = awl_catalog::store();
    let pending = Pending {
        host: invocation.host.clone(),
        opens_browser: !options.no_browser,
        cross_device_option: "--use-device-code",
        is_aside: options.is_aside,
    };
    let method = if options.use_device_code {
        Method::DeviceCode
    } else {
        Method::AuthorizationCode
    };
    let ui = &mut invocation.ui;
    call::until_interrupted(async {
        if !force && let Some(token) = sso::logged_in(config, store, session).await {
            let until = Timestamp::utc(token.expiration * 1_000_000).isoformat(0);
            ui.hint(&format!(
                "the session is good until {until}, so nothing was done; --force logs in anew"
            ));
            return Ok(token);
        }
        let mut show = |verification: &sso::Verification| pending.show(ui, verification);
        Ok(sso::log_in(config, store, session, method, &mut show).await?)
    })
}

/// Writes down the Region that the start URL led to.
fn write_region(
    config: &Config,
    configured: &Configured,
    region: &str,
) -> Result<(), CommandError> {
    let section = match &configured.name {
        Some(name) => Section::Named(SectionKind::SsoSession, name),
        None => Section::Named(SectionKind::Profile, config.profile_name()),
    };
    update(config, section, &[Edit::Set("sso_region", region)])
}
