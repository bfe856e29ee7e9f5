//! `awl eks get-token` and `update-kubeconfig`: how kubectl gets into a
//! cluster.
// Parity: awscli/customizations/eks.

mod kubeconfig;
mod token;
mod update;

use std::sync::Arc;

use awl_sdk::config::Config;
use awl_sdk::credentials::{Credentials, ResolvedCredentials};
use awl_value::{Map, Value};

use super::Invocation;
use super::caller::Caller;
use super::custom::Custom;
use super::roles::with_endpoint;
use crate::argv::Globals;
use crate::error::CommandError;

/// What is added to the commands of the service `eks`.
pub(super) static COMMANDS: &[Custom] = &[update::COMMAND, token::COMMAND];

/// The configuration with the credentials of a role.
fn with_role(
    invocation: &mut Invocation,
    globals: &Globals,
    config: &Config,
    arn: &str,
    session: &str,
) -> Result<Config, CommandError> {
    let sts = Caller::of(invocation, globals, &with_endpoint(config, None), "sts")?;
    let mut parameters = Map::new();
    parameters.push("RoleArn", arn.into());
    parameters.push("RoleSessionName", session.into());
    let answer = sts.call(invocation, globals, "AssumeRole", parameters)?;
    let keys = answer.get("Credentials");
    let keys = keys.ok_or_else(|| CommandError::general("'Credentials'"))?;
    let text = |name: &str| {
        let text = keys.get(name).and_then(Value::as_str);
        text.map(str::to_owned)
            .ok_or_else(|| CommandError::general(format!("'{name}'")))
    };
    let credentials = ResolvedCredentials {
        credentials: Credentials::new(
            text("AccessKeyId")?,
            text("SecretAccessKey")?,
            Some(text("SessionToken")?),
        ),
        account_id: None,
        expiration: None,
        method: "explicit",
        origin: arn.to_owned(),
    };
    let mut overrides = config.overrides().clone();
    overrides.credentials = Some(Arc::new(credentials));
    Ok(config.with_overrides(overrides))
}
