//! Configuration: every setting resolves through one table, and its value
//! remembers where it came from.

mod error;
pub mod ini;
mod profiles;
pub mod settings;
pub mod writer;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub use error::ConfigError;
pub use profiles::{FileKind, Profiles, SectionKind, shell_split};
pub use settings::Setting;

use crate::credentials::{Current, Prompter, ResolvedCredentials};
use crate::env::Host;
use crate::observe::Observer;

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The caller, or an option on the command line.
    Explicit,
    /// An environment variable.
    Variable(&'static str),
    /// A key of the profile.
    Profile(&'static str),
    /// The instance metadata service.
    Imds,
    /// Nothing: it is the default.
    Default,
}

/// A value and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The value, as text.
    pub value: String,
    /// Where it came from.
    pub origin: Origin,
}

/// What the caller says itself, above all other sources.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// Settings by [`Setting::name`].
    pub settings: BTreeMap<&'static str, String>,
    /// The endpoint of every service.
    pub endpoint_url: Option<String>,
    /// Whether requests go unsigned.
    pub no_sign_request: bool,
    /// Whether certificates go unchecked.
    pub no_verify_ssl: bool,
    /// How long to wait for a connection; zero for ever.
    pub connect_timeout: Option<Duration>,
    /// How long to wait for bytes; zero for ever.
    pub read_timeout: Option<Duration>,
    /// What the user agent says of the program, in front of the SDK's part.
    pub user_agent: Option<String>,
    /// What the user agent says of the use, behind the SDK's part.
    pub user_agent_suffix: Option<String>,
    /// What signs, whatever else is configured.
    pub credentials: Option<Arc<ResolvedCredentials>>,
    /// Who asks the user for the code of an MFA device; nobody, if none.
    pub prompter: Option<Arc<dyn Prompter>>,
    /// Whether credentials are only looked for on this machine: a provider that
    /// would have to call a service, run a command or ask the user fails.
    pub offline: bool,
    /// Whether a profile's keys are used as they are, though it has
    /// `mfa_serial`.
    pub no_mfa_session: bool,
    /// Variables for the commands that providers run.
    pub command_variables: Vec<(&'static str, String)>,
    /// Who sees what clients do.
    pub observer: Option<Arc<dyn Observer>>,
}

/// The resolved configuration of a process. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Config {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    host: Arc<dyn Host>,
    overrides: Overrides,
    profiles: Arc<Profiles>,
    profile: Option<Resolved>,
    /// The Region of the instance that this runs on.
    instance_region: Option<String>,
    credentials: Current,
}

impl Config {
    /// Reads the configuration files and the profile's name.
    ///
    /// # Errors
    /// A file that cannot be read or parsed; a profile that is asked for and
    /// is not there.
    pub fn load(host: Arc<dyn Host>, overrides: Overrides) -> Result<Self, ConfigError> {
        let mut inner = Inner {
            host,
            overrides,
            profiles: Arc::default(),
            profile: None,
            instance_region: None,
            credentials: Current::default(),
        };
        let path = |setting: &Setting| {
            let value = inner
                .lookup(setting)
                .map(|resolved| resolved.value)
                .unwrap_or_default();
            inner.host.expand(&value)
        };
        let (config, credentials): (PathBuf, PathBuf) = (
            path(&settings::CONFIG_FILE),
            path(&settings::CREDENTIALS_FILE),
        );
        inner.profiles = Arc::new(Profiles::load(&*inner.host, &config, &credentials)?);
        inner.profile = inner.lookup(&settings::PROFILE);
        if let Some(profile) = &inner.profile {
            let known = inner.profiles.profile(&profile.value).is_some();
            if !known && profile.value != "default" {
                return Err(ConfigError::ProfileNotFound {
                    profile: profile.value.clone(),
                });
            }
        }
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// The same files and profile, with other overrides and nobody's
    /// credentials yet.
    #[must_use]
    pub fn with_overrides(&self, overrides: Overrides) -> Self {
        self.changed(overrides, self.inner.instance_region.clone())
    }

    /// The same, with the Region of the instance that this runs on, which
    /// counts where none is configured.
    #[must_use]
    pub fn with_instance_region(&self, region: String) -> Self {
        self.changed(self.inner.overrides.clone(), Some(region))
    }

    fn changed(&self, overrides: Overrides, instance_region: Option<String>) -> Self {
        let inner = &*self.inner;
        Self {
            inner: Arc::new(Inner {
                host: inner.host.clone(),
                overrides,
                profiles: inner.profiles.clone(),
                profile: inner.profile.clone(),
                instance_region,
                credentials: Current::default(),
            }),
        }
    }

    /// The place of the credentials in use.
    pub(crate) fn current_credentials(&self) -> &Current {
        &self.inner.credentials
    }

    /// The outside world.
    #[must_use]
    pub fn host(&self) -> &Arc<dyn Host> {
        &self.inner.host
    }

    /// What the caller said itself.
    #[must_use]
    pub fn overrides(&self) -> &Overrides {
        &self.inner.overrides
    }

    /// The files' profiles.
    #[must_use]
    pub fn profiles(&self) -> &Profiles {
        &self.inner.profiles
    }

    /// The profile's name, where one is chosen.
    #[must_use]
    pub fn chosen_profile(&self) -> Option<&Resolved> {
        self.inner.profile.as_ref()
    }

    /// The profile's name, `default` where none is chosen.
    #[must_use]
    pub fn profile_name(&self) -> &str {
        self.inner
            .profile
            .as_ref()
            .map_or("default", |profile| &profile.value)
    }

    /// A setting's value and where it came from; None where it has none.
    #[must_use]
    pub fn resolve(&self, setting: &Setting) -> Option<Resolved> {
        self.inner.lookup(setting)
    }

    /// A setting's value as text.
    #[must_use]
    pub fn text(&self, setting: &Setting) -> Option<String> {
        self.resolve(setting).map(|resolved| resolved.value)
    }

    /// A setting's value as a boolean: `true` in any case is true.
    #[must_use]
    pub fn boolean(&self, setting: &Setting) -> Option<bool> {
        self.text(setting)
            .map(|text| text.eq_ignore_ascii_case("true"))
    }

    /// The Region: the setting's, else that of the instance that this runs on,
    /// else `us-east-1`.
    #[must_use]
    pub fn region(&self) -> Resolved {
        let configured = self.resolve(&settings::REGION);
        configured
            .filter(|region| !region.value.is_empty())
            .or_else(|| {
                Some(Resolved {
                    value: self.inner.instance_region.clone()?,
                    origin: Origin::Imds,
                })
            })
            .unwrap_or_else(|| Resolved {
                value: "us-east-1".to_owned(),
                origin: Origin::Default,
            })
    }

    /// A key of the chosen profile, as it stands in the files.
    #[must_use]
    pub fn profile_key(&self, key: &str) -> Option<&str> {
        self.inner.profile_key(key)
    }

    /// The endpoint that is configured for a service, if any: the caller's,
    /// `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`, the profile's
    /// `services` section, the profile's `endpoint_url`.
    // Parity: botocore/configprovider.py, ConfiguredEndpointProvider.
    #[must_use]
    pub fn endpoint_url(&self, service_id: &str) -> Option<String> {
        let inner = &*self.inner;
        if let Some(url) = &inner.overrides.endpoint_url {
            return Some(url.clone());
        }
        if self.boolean(&settings::IGNORE_ENDPOINT_URLS) == Some(true) {
            return None;
        }
        let id = service_id.replace([' ', '-'], "_");
        let variable = format!("AWS_ENDPOINT_URL_{}", id.to_uppercase());
        let section = || {
            let services = inner.profiles.services(inner.profile_key("services")?)?;
            let block = ini::nested(services.get(&id.to_lowercase())?).ok()?;
            block
                .into_iter()
                .find(|(key, _)| key == "endpoint_url")
                .map(|(_, url)| url)
        };
        inner
            .host
            .variable(&variable)
            .or_else(|| inner.host.variable("AWS_ENDPOINT_URL"))
            .or_else(section)
            .or_else(|| inner.profile_key("endpoint_url").map(str::to_owned))
            .filter(|url| !url.is_empty())
    }
}

impl Inner {
    fn lookup(&self, setting: &Setting) -> Option<Resolved> {
        if let Some(value) = self.overrides.settings.get(setting.name) {
            return Some(Resolved {
                value: value.clone(),
                origin: Origin::Explicit,
            });
        }
        for &variable in setting.variables {
            if let Some(value) = self.host.variable(variable) {
                return Some(Resolved {
                    value,
                    origin: Origin::Variable(variable),
                });
            }
        }
        for &key in setting.keys {
            let value = match key.split_once('.') {
                None => self.profile_key(key).map(str::to_owned),
                Some((block, key)) => self.profile_key(block).and_then(|block| {
                    let block = ini::nested(block).ok()?;
                    block
                        .into_iter()
                        .find(|(name, _)| name == key)
                        .map(|(_, value)| value)
                }),
            };
            if let Some(value) = value {
                return Some(Resolved {
                    value,
                    origin: Origin::Profile(key),
                });
            }
        }
        let value = setting.default?.to_owned();
        Some(Resolved {
            value,
            origin: Origin::Default,
        })
    }

    fn profile_key(&self, key: &str) -> Option<&str> {
        let name = self
            .profile
            .as_ref()
            .map_or("default", |profile| &profile.value);
        self.profiles.profile(name)?.get(key)
    }
}

#[cfg(test)]
mod tests;
