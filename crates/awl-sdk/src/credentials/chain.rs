//! The chain itself: who is asked in which order.
// Parity: botocore/credentials.py, create_credential_resolver,
// ProfileProviderBuilder.

use awl_model::Store;

use super::answer::{Answer, Link, Provided, Verdict};
use super::{
    CredentialsError, ResolvedCredentials, container, imds, keys, login, mfa, peek, process, role,
    sso, web_identity,
};
use crate::config::{Config, Origin};

/// How a run of the chain went.
#[derive(Debug)]
pub struct Explanation {
    /// Its links in the order in which they are asked.
    pub links: Vec<Link>,
    /// What came of it.
    pub result: Result<ResolvedCredentials, CredentialsError>,
}

/// The credentials that the configuration leads to. `store` has the models of
/// STS, SSO and Signin.
///
/// # Errors
/// None anywhere; a provider that should have some and could not give them.
pub async fn resolve(
    config: &Config,
    store: Store,
) -> Result<ResolvedCredentials, CredentialsError> {
    Run::new(config, store).chain().await
}

/// The same, with what every link of the chain answered, and what those have
/// that it did not come to.
pub async fn explain(config: &Config, store: Store) -> Explanation {
    let mut run = Run::new(config, store);
    let result = run.chain().await;
    peek::add_rest(&mut run).await;
    Explanation {
        links: run.links,
        result,
    }
}

/// One run of the chain.
pub(super) struct Run<'a> {
    pub config: &'a Config,
    pub store: Store,
    pub links: Vec<Link>,
    /// How deep the links lie that are being asked.
    pub depth: usize,
}

impl<'a> Run<'a> {
    pub(super) fn new(config: &'a Config, store: Store) -> Self {
        Self {
            config,
            store,
            links: Vec::new(),
            depth: 0,
        }
    }

    async fn chain(&mut self) -> Result<ResolvedCredentials, CredentialsError> {
        let config = self.config;
        let profile = config.profile_name();
        // A profile that is asked for by name goes before the environment's
        // keys; one that AWS_PROFILE names does not.
        let is_explicit =
            matches!(config.chosen_profile(), Some(chosen) if chosen.origin == Origin::Explicit);
        let link = self.begin("env", None);
        if is_explicit {
            self.links[link].verdict =
                Verdict::PassedOver("the profile was asked for by name".to_owned());
        } else if let Some(found) = self.end(link, keys::environment(config))? {
            return Ok(found);
        }
        let link = self.begin("assume-role", Some(profile));
        let answer = role::load(self, profile).await;
        if let Some(found) = self.end(link, answer)? {
            return Ok(found);
        }
        if let Some(found) = self.profile_chain(profile, !is_explicit).await? {
            return Ok(found);
        }
        for (provider, load) in [
            (
                "ec2-credentials-file",
                keys::ec2_tools as fn(&Config) -> Provided,
            ),
            ("boto-config", keys::boto),
        ] {
            let link = self.begin(provider, None);
            if let Some(found) = self.end(link, load(config))? {
                return Ok(found);
            }
        }
        let link = self.begin("container-role", None);
        let answer = container::load(config).await;
        if let Some(found) = self.end(link, answer)? {
            return Ok(found);
        }
        let link = self.begin("iam-role", None);
        let answer = imds::load(config).await;
        self.end(link, answer)?.ok_or(CredentialsError::NotFound)
    }

    /// The providers that look at one profile; `environment`: whether the
    /// variables of a web identity count.
    pub(super) async fn profile_chain(
        &mut self,
        profile: &str,
        environment: bool,
    ) -> Result<Option<ResolvedCredentials>, CredentialsError> {
        let config = self.config;
        let link = self.begin("assume-role-with-web-identity", Some(profile));
        let answer = web_identity::load(self, profile, environment).await;
        if let Some(found) = self.end(link, answer)? {
            return Ok(Some(found));
        }
        let link = self.begin("sso", Some(profile));
        let answer = sso::load(self, profile).await;
        if let Some(found) = self.end(link, answer)? {
            return Ok(Some(found));
        }
        let link = self.begin("shared-credentials-file", Some(profile));
        let answer = self.with_mfa(profile, keys::credentials_file(config, profile));
        let answer = answer.await;
        if let Some(found) = self.end(link, answer)? {
            return Ok(Some(found));
        }
        let link = self.begin("login", Some(profile));
        let answer = login::load(self, profile).await;
        if let Some(found) = self.end(link, answer)? {
            return Ok(Some(found));
        }
        let link = self.begin("custom-process", Some(profile));
        let answer = process::load(config, profile).await;
        let answer = self.with_mfa(profile, answer).await;
        if let Some(found) = self.end(link, answer)? {
            return Ok(Some(found));
        }
        let link = self.begin("config-file", Some(profile));
        let answer = self.with_mfa(profile, keys::config_file(config, profile));
        let answer = answer.await;
        self.end(link, answer)
    }

    /// Long-term keys of a profile that names an MFA device open a session.
    async fn with_mfa(&mut self, profile: &str, answer: Provided) -> Provided {
        match answer? {
            Answer::Found(found) => mfa::of_profile(self, profile, found)
                .await
                .map(Answer::Found),
            absent => Ok(absent),
        }
    }

    /// Begins a link: its place among the links.
    pub(super) fn begin(&mut self, provider: &'static str, profile: Option<&str>) -> usize {
        self.links.push(Link {
            provider,
            profile: profile.map(str::to_owned),
            depth: self.depth,
            verdict: Verdict::NotReached(String::new()),
        });
        self.links.len() - 1
    }

    /// Notes what a link answered.
    pub(super) fn end(
        &mut self,
        link: usize,
        answer: Provided,
    ) -> Result<Option<ResolvedCredentials>, CredentialsError> {
        let (verdict, result) = match answer {
            Ok(Answer::Found(found)) => (Verdict::Found(found.origin.clone()), Ok(Some(found))),
            Ok(Answer::Absent(reason)) => (Verdict::Absent(reason.into_owned()), Ok(None)),
            Err(error) => (Verdict::Failed(error.to_string()), Err(error)),
        };
        self.links[link].verdict = verdict;
        result
    }
}
