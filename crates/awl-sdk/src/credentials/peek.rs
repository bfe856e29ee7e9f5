//! What a link would give that the chain did not come to: configuration is
//! looked at, and the metadata endpoints are asked, but nobody else is, and
//! nothing is called.

use super::answer::{Answer, Provided, Verdict};
use super::chain::Run;
use super::{container, imds, keys};
use crate::config::Config;

/// The links of the chain in their order, and whether each looks at a profile.
static ORDER: &[(&str, bool)] = &[
    ("env", false),
    ("assume-role", true),
    ("assume-role-with-web-identity", true),
    ("sso", true),
    ("shared-credentials-file", true),
    ("login", true),
    ("custom-process", true),
    ("config-file", true),
    ("ec2-credentials-file", false),
    ("boto-config", false),
    ("container-role", false),
    ("iam-role", false),
];

/// Adds the links that a run did not come to.
pub(super) async fn add_rest(run: &mut Run<'_>) {
    let profile = run.config.profile_name();
    for (provider, looks_at_profile) in ORDER {
        let was_asked = run
            .links
            .iter()
            .any(|link| link.depth == 0 && link.provider == *provider);
        if was_asked {
            continue;
        }
        let link = run.begin(provider, looks_at_profile.then_some(profile));
        let there = there(run.config, provider, profile).await;
        run.links[link].verdict = Verdict::NotReached(there);
    }
}

/// What a link has; empty where it has nothing.
async fn there(config: &Config, provider: &str, profile: &str) -> String {
    let key = |name: &str| config.profiles().profile(profile)?.get(name);
    let found = |answer: Provided| match answer {
        Ok(Answer::Found(found)) => found.origin,
        Ok(Answer::Absent(_)) => String::new(),
        Err(error) => error.to_string(),
    };
    let variable = |name: &str| {
        let value = config.host().variable(name);
        value.filter(|value| !value.is_empty())
    };
    match provider {
        "env" => found(keys::environment(config)),
        "assume-role" => key("role_arn")
            .filter(|_| key("web_identity_token_file").is_none())
            .map_or_else(String::new, |arn| format!("role {arn}")),
        "assume-role-with-web-identity" => variable("AWS_WEB_IDENTITY_TOKEN_FILE")
            .or_else(|| key("web_identity_token_file").map(str::to_owned))
            .map_or_else(String::new, |path| format!("token in {path}")),
        "sso" => key("sso_role_name").map_or_else(String::new, |role| {
            format!(
                "role {role} of account {}",
                key("sso_account_id").unwrap_or("?")
            )
        }),
        "shared-credentials-file" => found(keys::credentials_file(config, profile)),
        "login" => key("login_session").map_or_else(String::new, |name| format!("session {name}")),
        "custom-process" => key("credential_process").map_or_else(String::new, |_| {
            format!("credential_process of profile {profile}")
        }),
        "config-file" => found(keys::config_file(config, profile)),
        "ec2-credentials-file" => found(keys::ec2_tools(config)),
        "boto-config" => found(keys::boto(config)),
        _ if config.overrides().offline => String::new(),
        "container-role" => found(container::load(config).await),
        _ => found(imds::load(config).await),
    }
}
