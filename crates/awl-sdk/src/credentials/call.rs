//! The calls that providers make: to STS, SSO and Signin.

use std::sync::Arc;

use awl_model::Store;
use awl_value::{Map, Value};

use super::{CredentialsError, ResolvedCredentials};
use crate::client::{Client, Output};
use crate::config::{Config, settings};

/// Who signs a provider's call.
#[derive(Clone, Debug)]
pub(super) enum Signer {
    /// These credentials.
    Credentials(ResolvedCredentials),
    /// Nobody: what the call carries is proof enough.
    Nobody,
}

/// A client of a service for a provider's own calls, in the configured Region
/// or another. The endpoint that the caller chose is that of its own calls
/// only, as in the AWS CLI.
pub(super) fn client(
    config: &Config,
    store: Store,
    service: &'static str,
    region: Option<&str>,
    signer: Signer,
) -> Result<Client, CredentialsError> {
    if config.overrides().offline {
        return Err(CredentialsError::Offline("a call to AWS"));
    }
    let mut overrides = config.overrides().clone();
    overrides.endpoint_url = None;
    match signer {
        Signer::Credentials(credentials) => {
            overrides.credentials = Some(Arc::new(credentials));
            overrides.no_sign_request = false;
        }
        Signer::Nobody => overrides.no_sign_request = true,
    }
    if let Some(region) = region {
        let region = region.to_owned();
        overrides.settings.insert(settings::REGION.name, region);
    }
    let model = store
        .service(service)
        .ok_or_else(|| CredentialsError::Other(format!("Unknown service: '{service}'")))?;
    Ok(Client::new(&config.with_overrides(overrides), model)?)
}

/// Calls an operation of STS.
pub(super) async fn sts(
    config: &Config,
    store: Store,
    operation: &str,
    params: Map,
    signer: Signer,
) -> Result<Output, CredentialsError> {
    let client = client(config, store, "sts", None, signer)?;
    Ok(client.call(operation, Value::Map(params)).await?)
}

/// An answer as botocore gives it back, and caches keep it: the members, then
/// `ResponseMetadata`.
pub(super) fn response(output: Output) -> Map {
    let mut metadata = Map::with_capacity(4);
    if let Some(id) = output.request_id {
        metadata.push("RequestId", Value::from(id));
    }
    metadata.push("HTTPStatusCode", Value::Int(output.status.into()));
    let mut headers = Map::with_capacity(output.headers.len());
    for (name, value) in output.headers {
        headers.insert(name, Value::from(value));
    }
    metadata.push("HTTPHeaders", Value::Map(headers));
    let retries = i64::from(output.attempts.saturating_sub(1));
    metadata.push("RetryAttempts", Value::Int(retries));
    let mut response = output.value;
    response.push("ResponseMetadata", Value::Map(metadata));
    response
}
