//! The steps of a seed, taken one after the other.

use std::collections::HashMap;
use std::sync::Arc;

use awl_sdk::config::{Config, Overrides};
use awl_sdk::env::{Host, Overlay};
use awl_sdk::transport::RequestBody;
use awl_sdk::{Client, Error};
use awl_value::Map;
use tokio::runtime::Runtime;

use super::Brought;
use super::document::Document;
use super::plan::{Deed, Step, Thing};
use crate::commands::call;
use crate::commands::sandbox::place::Running;
use crate::commands::sandbox::{exec, remote};
use crate::error::CommandError;

/// What services say of what is there already.
const KNOWN: &[&str] = &[
    "EntityAlreadyExists",
    "EntityAlreadyExistsException",
    "BucketAlreadyOwnedByYou",
    "IdempotentParameterMismatch",
    "InvalidGroup.Duplicate",
    "InvalidKeyPair.Duplicate",
];
const REGION: &str = "us-east-1";

/// The administrator of a sandbox at work.
pub(super) struct Applier<'a> {
    running: &'a Running,
    host: Arc<dyn Host>,
    runtime: Runtime,
    /// By service and Region.
    clients: HashMap<(&'static str, String), Client>,
}

/// Why a step did not succeed.
enum Failed {
    /// What it is to make is there already.
    Known,
    Because(String),
    /// The user has interrupted it.
    Ended(CommandError),
}

impl<'a> Applier<'a> {
    pub(super) fn new(host: &Arc<dyn Host>, running: &'a Running) -> Result<Self, CommandError> {
        // The user's own configuration has no part in it.
        let names = host.variable_names().into_iter();
        let own = names.filter(|name| name.starts_with("AWS_"));
        let mut variables: Vec<(String, Option<String>)> = own.map(|name| (name, None)).collect();
        for name in ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"] {
            variables.push((name.to_owned(), Some("/dev/null".to_owned())));
        }
        let endpoint = Some(running.endpoint.clone());
        variables.push(("AWS_ENDPOINT_URL".to_owned(), endpoint));
        let keys = exec::credentials(running, Map::new())?.into_iter();
        variables.extend(keys.map(|(name, value)| (name.to_owned(), Some(value))));
        Ok(Self {
            running,
            host: Arc::new(Overlay::new(host.clone(), variables)),
            runtime: call::runtime()?,
            clients: HashMap::new(),
        })
    }

    /// Makes all that is not there yet.
    pub(super) fn apply(
        mut self,
        things: &[Thing],
        document: &Document,
    ) -> Result<Brought, CommandError> {
        let mut brought = Brought::default();
        for thing in things {
            let failed = |step: &Step, failed: Failed| match failed {
                Failed::Known => document.error(&step.fault("this is there already")),
                Failed::Because(why) => {
                    document.error(&step.fault(format!("{} cannot be made: {why}", thing.name)))
                }
                Failed::Ended(error) => error,
            };
            let is_known = match &thing.known {
                Some(step) => match self.take(step) {
                    Ok(()) | Err(Failed::Known) => true,
                    Err(Failed::Because(_)) => false,
                    Err(Failed::Ended(error)) => return Err(error),
                },
                None => false,
            };
            let created = match is_known {
                true => Err(Failed::Known),
                false => self.take(&thing.create),
            };
            match created {
                Ok(()) => brought.made += 1,
                Err(Failed::Known) => {
                    brought.known += 1;
                    continue;
                }
                Err(why) => return Err(failed(&thing.create, why)),
            }
            for step in &thing.rest {
                self.take(step).map_err(|why| failed(step, why))?;
            }
        }
        Ok(brought)
    }

    fn take(&mut self, step: &Step) -> Result<(), Failed> {
        match &step.deed {
            Deed::Order { verb, parameters } => {
                let answer = remote::ask(self.running, verb, parameters.clone());
                answer
                    .map(drop)
                    .map_err(|error| Failed::Because(error.message().to_owned()))
            }
            Deed::Call {
                service,
                operation,
                parameters,
                region,
                body,
            } => {
                let region = region.as_deref().unwrap_or(REGION);
                let client = self.client(service, region)?;
                let operation = client.service().operation(operation);
                let operation = operation
                    .ok_or_else(|| Failed::Because("the operation is not known".to_owned()))?;
                let mut call = awl_sdk::Call::new(operation, parameters.clone());
                if let Some(path) = body {
                    let facts = self.host.facts(path);
                    let length = facts
                        .map(|facts| facts.length)
                        .map_err(|error| Failed::Because(crate::python::os_error(&error, path)))?;
                    call.body = Some(RequestBody::file(path, 0, length));
                }
                let sent = async { Ok(client.send(call).await) };
                let sent = self.runtime.block_on(call::interruptible(sent));
                match sent.map_err(Failed::Ended)? {
                    Ok(_) => Ok(()),
                    Err(Error::Service(error)) if KNOWN.contains(&error.error.code.as_str()) => {
                        Err(Failed::Known)
                    }
                    Err(error) => Err(Failed::Because(error.to_string())),
                }
            }
        }
    }

    fn client(&mut self, service: &'static str, region: &str) -> Result<Client, Failed> {
        let key = (service, region.to_owned());
        if let Some(client) = self.clients.get(&key) {
            return Ok(client.clone());
        }
        let because = |error: CommandError| Failed::Because(error.message().to_owned());
        let mut overrides = Overrides::default();
        let setting = awl_sdk::config::settings::REGION.name;
        overrides.settings.insert(setting, region.to_owned());
        let config = Config::load(self.host.clone(), overrides);
        let config = config.map_err(|error| because(error.into()))?;
        let store = awl_catalog::store();
        let service = store.service(service);
        let service =
            service.ok_or_else(|| Failed::Because("the service is not known".to_owned()))?;
        let client = Client::with_store(&config, service, store);
        let client = client.map_err(|error| because(error.into()))?;
        self.clients.insert(key, client.clone());
        Ok(client)
    }
}
