//! Endpoint discovery: services that tell each account which endpoints to use,
//! and for how long.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use awl_model::{Operation, Shape, ShapeKind};
use awl_value::{Map, Value, json};

use super::{Client, Prepared};
use crate::Error;
use crate::config::{ConfigError, settings};
use crate::handlers::{Pending, with_host};

/// How long after a failure endpoints are not asked for again, in seconds.
const PAUSE: i64 = 60;

/// The endpoints that a client has been told, by what it asked with.
#[derive(Debug, Default)]
pub(super) struct Discovered(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    endpoints: HashMap<String, Vec<Endpoint>>,
    /// Until when nobody is asked again.
    failed: HashMap<String, i64>,
}

#[derive(Clone, Debug)]
struct Endpoint {
    address: String,
    /// In seconds since the epoch.
    expires: i64,
}

/// Which calls look for their endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// None. Those that have to are refused.
    Never,
    /// Those that have to.
    Required,
    /// Those that can.
    Always,
}

impl Discovered {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Client {
    /// The URL of a request at the endpoint that the service tells, where it
    /// tells any.
    pub(super) fn discover<'a>(
        &'a self,
        operation: Operation,
        params: &'a Map,
        url: &'a str,
    ) -> Pending<'a, Option<String>> {
        Box::pin(async move {
            let Some(asking) = self.asking_operation(operation) else {
                return Ok(None);
            };
            let required = is_required(operation);
            match self.discovery_mode()? {
                Mode::Never if required => return Err(Error::Discovery(NOT_ENABLED)),
                Mode::Never => return Ok(None),
                Mode::Required if !required => return Ok(None),
                Mode::Required | Mode::Always => {}
            }
            let question = question(operation, asking, params);
            let address = self.address(asking, question, required).await?;
            Ok(address.map(|address| {
                if address.starts_with("http") {
                    with_host(url, &address)
                } else {
                    with_host(url, &format!("https://{address}"))
                }
            }))
        })
    }

    /// Forgets the endpoint of a call that it was not good for, and looks for
    /// another. False where it was not a discovered one.
    pub(super) async fn rediscover(&self, prepared: &mut Prepared) -> Result<bool, Error> {
        let operation = prepared.operation;
        let Some(asking) = self.asking_operation(operation) else {
            return Ok(false);
        };
        let question = question(operation, asking, &prepared.params);
        self.inner
            .discovered
            .lock()
            .endpoints
            .remove(&key(&question));
        let url = self
            .discover(operation, &prepared.params, &prepared.request.url)
            .await?;
        Ok(match url {
            Some(url) => {
                prepared.request.url = url;
                true
            }
            None => false,
        })
    }

    /// The operation that tells endpoints, for a call that may need one. A
    /// configured endpoint is where calls go, whatever the service would tell.
    fn asking_operation(&self, operation: Operation) -> Option<Operation> {
        if operation.traits().get("endpointdiscovery").is_null()
            || self.inner.settings.builtins.endpoint.is_some()
        {
            return None;
        }
        self.service()
            .operations()
            .find(|operation| operation.traits().get("endpointoperation").as_bool() == Some(true))
    }

    // Parity: botocore/client.py, _register_endpoint_discovery.
    fn discovery_mode(&self) -> Result<Mode, Error> {
        let configured = self
            .config()
            .text(&settings::ENDPOINT_DISCOVERY)
            .unwrap_or_default();
        match &*configured.trim().to_lowercase() {
            "true" => Ok(Mode::Always),
            "false" => Ok(Mode::Never),
            "auto" if self.service().operations().any(is_required) => Ok(Mode::Required),
            "auto" => Ok(Mode::Never),
            word => Err(ConfigError::Invalid {
                message: format!(
                    "Unsupported configuration value for endpoint_discovery_enabled. Expected \
                     one of (\"true\", \"false\", \"auto\") but got {word}."
                ),
            }
            .into()),
        }
    }

    // Parity: botocore/discovery.py, EndpointDiscoveryManager.describe_endpoint.
    async fn address(
        &self,
        asking: Operation,
        question: Map,
        required: bool,
    ) -> Result<Option<String>, Error> {
        let key = key(&question);
        let now = self.now();
        let (stale, paused) = {
            let known = self.inner.discovered.lock();
            let endpoints = known.endpoints.get(&key);
            let fresh = endpoints
                .and_then(|endpoints| endpoints.iter().find(|endpoint| now < endpoint.expires));
            if let Some(endpoint) = fresh {
                return Ok(Some(endpoint.address.clone()));
            }
            let stale = endpoints.and_then(|endpoints| endpoints.first());
            let stale = stale.map(|endpoint| endpoint.address.clone());
            (
                stale,
                known.failed.get(&key).is_some_and(|until| now < *until),
            )
        };
        if !paused && let Some(address) = self.ask(asking, &question, &key).await? {
            return Ok(Some(address));
        }
        if stale.is_some() || !required {
            return Ok(stale);
        }
        if paused && let Some(address) = self.ask(asking, &question, &key).await? {
            return Ok(Some(address));
        }
        Err(Error::Discovery(NOT_REFRESHED))
    }

    /// Asks for endpoints; None where nobody can be reached.
    async fn ask(
        &self,
        asking: Operation,
        question: &Map,
        key: &str,
    ) -> Result<Option<String>, Error> {
        let answer = self.call(asking.name(), Value::Map(question.clone())).await;
        let output = match answer {
            Ok(output) => output,
            Err(Error::Transport(_)) => {
                let until = self.now() + PAUSE;
                self.inner
                    .discovered
                    .lock()
                    .failed
                    .insert(key.to_owned(), until);
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let endpoints = endpoints(output.get("Endpoints"), self.now());
        let address = endpoints.first().map(|endpoint| endpoint.address.clone());
        let mut known = self.inner.discovered.lock();
        known.failed.remove(key);
        known.endpoints.insert(key.to_owned(), endpoints);
        Ok(address)
    }
}

// Parity: botocore/discovery.py, EndpointDiscoveryRequired.
const NOT_ENABLED: &str = "Endpoint Discovery is not enabled but this operation requires it.";
// Parity: botocore/discovery.py, EndpointDiscoveryRefreshFailed.
const NOT_REFRESHED: &str = "Endpoint Discovery failed to refresh the required endpoints.";

fn is_required(operation: Operation) -> bool {
    let discovery = operation.traits().get("endpointdiscovery");
    discovery.get("required").as_bool() == Some(true)
}

/// What endpoints are asked for with: the operation and its identifiers, as
/// far as the service wants to know.
fn question(operation: Operation, asking: Operation, params: &Map) -> Map {
    let mut identifiers = Map::new();
    if let Some(shape) = operation.input() {
        gather(shape, params, &mut identifiers);
    }
    let mut question = Map::new();
    if !identifiers.is_empty() {
        question.push("Operation", Value::from(operation.name()));
        question.push("Identifiers", Value::Map(identifiers));
    }
    let wanted = asking.input();
    question.retain(|name, _| wanted.is_some_and(|shape| shape.member(name).is_some()));
    question
}

fn gather(shape: Shape, params: &Map, identifiers: &mut Map) {
    for member in shape.members() {
        let Some(value) = params.get(member.name()) else {
            continue;
        };
        if member.attribute("endpointdiscoveryid").as_bool() == Some(true) {
            identifiers.insert(member.name(), value.clone());
        } else if let (ShapeKind::Structure, Value::Map(map)) = (member.shape().kind(), value) {
            gather(member.shape(), map, identifiers);
        }
    }
}

fn key(question: &Map) -> String {
    json::to_string(&Value::Map(question.clone()))
}

fn endpoints(answer: Option<&Value>, now: i64) -> Vec<Endpoint> {
    let endpoint = |item: &Value| {
        let minutes = item.get("CachePeriodInMinutes").and_then(Value::as_int);
        Some(Endpoint {
            address: item.get("Address")?.as_str()?.to_owned(),
            expires: now.saturating_add(minutes.unwrap_or(0).saturating_mul(60)),
        })
    };
    let items = answer.and_then(Value::as_list).unwrap_or_default();
    items.iter().filter_map(endpoint).collect()
}

#[cfg(test)]
mod tests;
