//! `awl sso login` and `awl sso logout`; `awl configure sso` and `awl configure
//! sso-session`.
// Parity: awscli/customizations/sso.

mod configure;
mod configure_session;
mod log_in;
mod logout;
mod pending;
mod prompts;
mod resolve;

use awl_sdk::config::writer::{ConfigFile, Edit, Section};
use awl_sdk::config::{Config, settings};
use awl_sdk::credentials::sso::{Session, parse_scopes};

use super::custom::{Argument, Custom};
use crate::error::CommandError;

pub(super) use configure::COMMAND as CONFIGURE_SSO;
pub(super) use configure_session::COMMAND as CONFIGURE_SSO_SESSION;
pub(super) use log_in::again;
pub(super) use logout::{contents, remove};
pub(super) use pending::Pending;
pub(super) use prompts::{line, required};

/// What is added to the commands of the service `sso`.
pub(super) static COMMANDS: &[Custom] = &[
    Custom::new(
        "login",
        &[
            NO_BROWSER,
            USE_DEVICE_CODE,
            Argument::option("--sso-session"),
            FORCE,
        ],
        log_in::run,
    ),
    Custom::new("logout", &[], logout::run),
];

const NO_BROWSER: Argument = Argument::flag("--no-browser");
const USE_DEVICE_CODE: Argument = Argument::flag("--use-device-code");
/// awl's own: logs in though the session is good.
pub(super) const FORCE: Argument = Argument::flag("--force");

/// A session as the configuration has it, the Region perhaps still to be found.
#[derive(Clone, Debug)]
struct Configured {
    name: Option<String>,
    start_url: String,
    region: String,
    scopes: Option<Vec<String>>,
}

impl Configured {
    /// The session of this name, or else that of the chosen profile.
    // Parity: awscli/customizations/sso/utils.py, BaseSSOCommand._get_sso_config.
    fn of(config: &Config, name: Option<&str>) -> Result<Self, CommandError> {
        let name = name.or_else(|| config.profile_key("sso_session"));
        match name.filter(|name| !name.is_empty()) {
            Some(name) => Self::named(config, name),
            None => {
                let value = |key: &str| config.profile_key(key);
                Self::read(None, value, |missing| {
                    format!(
                        "Missing the following required SSO configuration values: {missing}. To \
                         make sure this profile is properly configured to use SSO, please run: \
                         aws configure sso"
                    )
                })
            }
        }
    }

    /// The session of a section.
    fn named(config: &Config, name: &str) -> Result<Self, CommandError> {
        let section = config.profiles().sso_session(name).ok_or_else(|| {
            CommandError::configuration(format!(
                "The specified sso-session does not exist: \"{name}\""
            ))
        })?;
        let value = |key: &str| section.get(key);
        Self::read(Some(name), value, |missing| {
            format!("Missing the following required SSO configuration values: {missing}. ")
        })
    }

    fn read<'a>(
        name: Option<&str>,
        value: impl Fn(&str) -> Option<&'a str>,
        message: impl Fn(&str) -> String,
    ) -> Result<Self, CommandError> {
        const REQUIRED: [&str; 2] = ["sso_start_url", "sso_region"];
        if let [Some(start_url), Some(region)] = REQUIRED.map(&value) {
            let scopes = name.and_then(|_| value("sso_registration_scopes"));
            return Ok(Self {
                name: name.map(str::to_owned),
                start_url: start_url.to_owned(),
                region: region.to_owned(),
                scopes: scopes.map(parse_scopes),
            });
        }
        let missing = REQUIRED.into_iter().filter(|key| value(key).is_none());
        let missing: Vec<&str> = missing.collect();
        Err(CommandError::configuration(message(&missing.join(", "))))
    }

    /// The session, once it is known where its URL leads.
    fn session(&self, resolved: resolve::Resolved) -> Session {
        Session {
            name: self.name.clone(),
            start_url: self.start_url.clone(),
            resolved_url: (resolved.url != self.start_url).then_some(resolved.url),
            region: resolved.region,
            scopes: self.scopes.clone(),
        }
    }
}

/// Changes a section of the config file.
pub(super) fn update(
    config: &Config,
    section: Section<'_>,
    edits: &[Edit<'_>],
) -> Result<(), CommandError> {
    let host = &**config.host();
    let path = config.text(&settings::CONFIG_FILE).unwrap_or_default();
    let mut file = ConfigFile::open(host, &host.expand(&path))?;
    file.document.apply(section, edits)?;
    file.save(host)?;
    Ok(())
}
