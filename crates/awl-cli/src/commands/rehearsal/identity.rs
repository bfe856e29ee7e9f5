//! Who would make the call, as STS knows it, and whose policies those are.

use std::sync::Arc;

use awl_sdk::Client;
use awl_sdk::config::Config;
use awl_value::Value;

use crate::error::CommandError;

/// The caller.
pub(super) struct Identity {
    /// The number of the account.
    pub account: String,
    /// The ARN: a user's, a role's session's, the account's root.
    pub arn: String,
    /// The configuration in which STS and IAM are asked.
    pub config: Option<Config>,
}

/// Asks STS whose credentials the client's are.
///
/// # Errors
/// What the call meets.
pub(super) async fn ask(client: &Client) -> Result<Identity, CommandError> {
    let config = others(client).await?;
    let answer = service(&config, "sts")?
        .call("GetCallerIdentity", Value::Null)
        .await?;
    let text = |name: &str| {
        let text = answer.get(name).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    Ok(Identity {
        account: text("Account"),
        arn: text("Arn"),
        config: Some(config),
    })
}

/// A client of another service.
///
/// # Errors
/// A setting with a value that it cannot have.
pub(super) fn service(config: &Config, name: &str) -> Result<Client, CommandError> {
    let store = awl_catalog::store();
    let service = store
        .service(name)
        .ok_or_else(|| CommandError::general(format!("There is no model of {name}.")))?;
    Ok(Client::with_store(config, service, store)?)
}

/// The configuration for other services, with the client's credentials:
/// `--endpoint-url` is the operation's own, unless it is a server on this
/// machine, which stands for all of AWS.
async fn others(client: &Client) -> Result<Config, CommandError> {
    let config = client.config();
    let mut overrides = config.overrides().clone();
    overrides.credentials = Some(Arc::clone(&client.credentials().await?));
    if !overrides.endpoint_url.as_deref().is_some_and(is_local) {
        overrides.endpoint_url = None;
    }
    Ok(config.with_overrides(overrides))
}

fn is_local(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, host)| host);
    ["localhost", "127.", "[::1]"]
        .iter()
        .any(|start| host.starts_with(start))
}
