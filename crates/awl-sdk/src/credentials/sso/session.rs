//! An SSO session: where a user logs in, and the keys of what is kept of it.

use awl_value::{Map, Value};
use sha1::{Digest as _, Sha1};

use super::super::cache::{self, hexadecimal};
use crate::config::Config;

/// An SSO session: where a user logs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The name of its `sso-session` section; None where the profile itself
    /// says all, as profiles did before there were such sections.
    pub name: Option<String>,
    /// `sso_start_url`, as configured.
    pub start_url: String,
    /// Where the start URL leads, where that is another.
    pub resolved_url: Option<String>,
    /// The Region of the IAM Identity Center.
    pub region: String,
    /// `sso_registration_scopes`; None where there are none.
    pub scopes: Option<Vec<String>>,
}

impl Session {
    /// A session by the name of its section; None where the section is not
    /// there or lacks the URL or the Region.
    #[must_use]
    pub fn named(config: &Config, name: &str) -> Option<Self> {
        let section = config.profiles().sso_session(name)?;
        Some(Self {
            name: Some(name.to_owned()),
            start_url: section.get("sso_start_url")?.to_owned(),
            resolved_url: None,
            region: section.get("sso_region")?.to_owned(),
            scopes: section.get("sso_registration_scopes").map(parse_scopes),
        })
    }

    /// The session that a profile names or is.
    #[must_use]
    pub fn of_profile(config: &Config, profile: &str) -> Option<Self> {
        let section = config.profiles().profile(profile)?;
        if let Some(name) = section.get("sso_session") {
            return Self::named(config, name);
        }
        Some(Self {
            name: None,
            start_url: section.get("sso_start_url")?.to_owned(),
            resolved_url: None,
            region: section.get("sso_region")?.to_owned(),
            scopes: None,
        })
    }

    /// What messages call it.
    pub(super) fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.start_url)
    }

    /// Where the user logs in.
    pub(super) fn issuer(&self) -> &str {
        self.resolved_url.as_deref().unwrap_or(&self.start_url)
    }

    /// The key of its token.
    // Parity: botocore/utils.py, SSOTokenLoader._generate_cache_key.
    pub(super) fn token_key(&self) -> String {
        hexadecimal(&Sha1::digest(self.label()))
    }

    /// The key of this client's registration.
    // Parity: botocore/utils.py, BaseSSOTokenFetcher._registration_cache_key.
    pub(super) fn registration_key(&self) -> String {
        let scopes = self.scopes.as_ref().map(|scopes| {
            let scopes = scopes.iter().map(|scope| Value::from(&**scope));
            Value::List(scopes.collect())
        });
        let mut arguments = Map::with_capacity(5);
        arguments.push("tool", Value::from("botocore"));
        arguments.push("startUrl", Value::from(&*self.start_url));
        arguments.push("region", Value::from(&*self.region));
        arguments.push("scopes", scopes.unwrap_or(Value::Null));
        let name = self.name.as_deref().map_or(Value::Null, Value::from);
        arguments.push("session_name", name);
        cache::key(arguments, false)
    }
}

/// The scopes of a comma-separated list.
#[must_use]
pub fn parse_scopes(list: &str) -> Vec<String> {
    list.split(',')
        .map(str::trim)
        .filter(|scope| !scope.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_the_aws_cli() {
        // Made by botocore's own functions.
        let mut session = Session {
            name: Some("corp".to_owned()),
            start_url: "https://d-1.awsapps.com/start".to_owned(),
            resolved_url: None,
            region: "eu-west-1".to_owned(),
            scopes: Some(vec!["sso:account:access".to_owned()]),
        };
        assert_eq!(
            session.token_key(),
            "ee0bfd2552fbd840c02cc48b6e823320543c450f"
        );
        assert_eq!(
            session.registration_key(),
            "51f9140ff43ba8121cfa4963513c707618bc070d"
        );
        session.name = None;
        session.scopes = None;
        assert_eq!(
            session.token_key(),
            "0c54b6c27e90660baa89eaad85ac1d5dae26cb7d"
        );
        assert_eq!(
            session.registration_key(),
            "8da4b80b5d9b65ac135f58293730b6683603363f"
        );
    }

    #[test]
    fn scopes_are_trimmed_and_empty_ones_dropped() {
        assert_eq!(parse_scopes(" a:b , ,c,"), ["a:b", "c"]);
        assert!(parse_scopes("").is_empty());
    }
}
