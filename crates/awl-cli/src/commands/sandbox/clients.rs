//! The administrator of a sandbox as a client of its services, in any Region.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use awl_sdk::config::{Config, Overrides, settings};
use awl_sdk::env::{Host, Overlay};
use awl_sdk::transport::RequestBody;
use awl_sdk::{Client, Error};
use awl_value::{Map, Value};
use tokio::runtime::Runtime;

use super::place::Running;
use super::{exec, remote};
use crate::commands::call;
use crate::error::CommandError;

/// The Region of calls that name none.
pub(super) const REGION: &str = "us-east-1";

/// The clients, made as they are needed.
pub(super) struct Clients<'a> {
    running: &'a Running,
    host: Arc<dyn Host>,
    runtime: Runtime,
    /// By service and Region.
    clients: HashMap<(&'static str, String), Client>,
}

/// Why a call did not succeed.
pub(super) enum Failed {
    /// An error of the service: its code, and all of it in words.
    Service(String, String),
    Because(String),
    /// The user has interrupted it.
    Ended(CommandError),
}

impl<'a> Clients<'a> {
    /// Clients that the user's own configuration has no part in.
    pub(super) fn new(host: &Arc<dyn Host>, running: &'a Running) -> Result<Self, CommandError> {
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

    /// Gives an order over the control channel.
    pub(super) fn order(&self, verb: &str, parameters: Map) -> Result<Map, CommandError> {
        remote::ask(self.running, verb, parameters)
    }

    /// Makes a call, with a body from a file where one is given; its answer.
    pub(super) fn call(
        &mut self,
        service: &'static str,
        operation: &str,
        parameters: Map,
        region: &str,
        body: Option<&Path>,
    ) -> Result<Value, Failed> {
        let client = self.client(service, region)?;
        let operation = client.service().operation(operation);
        let operation =
            operation.ok_or_else(|| Failed::Because("the operation is not known".to_owned()))?;
        let mut call = awl_sdk::Call::new(operation, parameters);
        if let Some(path) = body {
            let failed =
                |error: std::io::Error| Failed::Because(crate::python::os_error(&error, path));
            let length = self.host.facts(path).map_err(failed)?.length;
            call.body = Some(RequestBody::file(path, 0, length));
        }
        let sent = async { Ok(client.send(call).await) };
        let sent = self.runtime.block_on(call::interruptible(sent));
        match sent.map_err(Failed::Ended)? {
            Ok(output) => Ok(output.value.into()),
            Err(Error::Service(error)) => {
                let words = Error::Service(error.clone()).to_string();
                Err(Failed::Service(error.error.code.clone(), words))
            }
            Err(error) => Err(Failed::Because(error.to_string())),
        }
    }

    fn client(&mut self, service: &'static str, region: &str) -> Result<Client, Failed> {
        let key = (service, region.to_owned());
        if let Some(client) = self.clients.get(&key) {
            return Ok(client.clone());
        }
        let because = |error: CommandError| Failed::Because(error.message().to_owned());
        let mut overrides = Overrides::default();
        let setting = settings::REGION.name;
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

impl Failed {
    /// What ends a command.
    pub(super) fn into_error(self) -> CommandError {
        match self {
            Self::Service(_, words) | Self::Because(words) => CommandError::general(words),
            Self::Ended(error) => error,
        }
    }
}
