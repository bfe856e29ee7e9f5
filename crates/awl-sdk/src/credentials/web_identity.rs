//! `web_identity_token_file`: a role that is assumed with a token of another
//! identity provider.
// Parity: botocore/credentials.py, AssumeRoleWithWebIdentityProvider.

use awl_value::{Map, Value};

use super::answer::{Answer, Provided};
use super::cache::{self, Cache};
use super::call::{self, Signer};
use super::chain::Run;
use super::role::{self, with_account};
use super::{CredentialsError, ResolvedCredentials};

const PROVIDER: &str = "assume-role-with-web-identity";

/// Assumes the role that the environment (where `environment` lets it) or the
/// profile names.
pub(super) async fn load(run: &mut Run<'_>, profile: &str, environment: bool) -> Provided {
    let (config, store) = (run.config, run.store);
    let section = config.profiles().profile(profile);
    let setting = |variable: &str, key: &str| {
        let variable = environment
            .then(|| config.host().variable(variable))
            .flatten();
        variable.or_else(|| section?.get(key).map(str::to_owned))
    };
    let token_file = setting("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file");
    let Some(token_file) = token_file.filter(|path| !path.is_empty()) else {
        return Ok(Answer::Absent(if environment {
            "neither AWS_WEB_IDENTITY_TOKEN_FILE nor web_identity_token_file is set".into()
        } else {
            "the profile has no web_identity_token_file".into()
        }));
    };
    let arn = setting("AWS_ROLE_ARN", "role_arn").filter(|arn| !arn.is_empty());
    let Some(arn) = arn else {
        return Err(CredentialsError::InvalidConfig(
            "The provided profile or the current environment is configured to assume role with \
             web identity but has no role ARN configured. Ensure that the profile has the \
             role_arnconfiguration set or the AWS_ROLE_ARN env var is set."
                .to_owned(),
        ));
    };
    let mut arguments = Map::new();
    if let Some(name) = setting("AWS_ROLE_SESSION_NAME", "role_session_name") {
        arguments.push("RoleSessionName", Value::from(name));
    }
    arguments.push("RoleArn", Value::from(&*arn));

    let cache = Cache::of_credentials(config.host());
    let key = cache::key(arguments.clone(), false);
    let now = || config.host().epoch().as_secs() as i64;
    let cached = || {
        let found = role::fresh(&cache.get(&key)?, now())?;
        Some(found.resolved(PROVIDER, format!("role {arn}, token {token_file} (cached)")))
    };
    if let Some(found) = cached() {
        return Ok(Answer::Found(found));
    }
    let _lock = cache.lock(&key).await;
    if let Some(found) = cached() {
        return Ok(Answer::Found(found));
    }
    let path = config.host().expand(&token_file);
    let token = config
        .host()
        .read(&path)
        .map_err(|source| CredentialsError::File { path, source })?;
    let token = String::from_utf8(token)
        .map_err(|_| CredentialsError::Other(format!("{token_file} is not UTF-8 text")))?;
    let mut params = arguments;
    if !params.contains_key("RoleSessionName") {
        let name = format!("botocore-session-{}", now());
        params.push("RoleSessionName", Value::from(name));
    }
    params.push("WebIdentityToken", Value::from(token));
    let operation = "AssumeRoleWithWebIdentity";
    let output = call::sts(config, store, operation, params, Signer::Nobody).await?;
    let response = with_account(call::response(output));
    cache.put(&key, &response);
    resolved(&response, format!("role {arn}, token {token_file}")).map(Answer::Found)
}

fn resolved(response: &Map, origin: String) -> Result<ResolvedCredentials, CredentialsError> {
    let found = role::credentials(response).ok_or_else(|| {
        CredentialsError::Other(
            "the answer of AssumeRoleWithWebIdentity has no credentials".to_owned(),
        )
    })?;
    Ok(found.resolved(PROVIDER, origin))
}
