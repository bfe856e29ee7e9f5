//! The calls of commands that no model describes: a client of one service, and
//! what such a command prints.
// Parity: awscli/clidriver.py, CLIOperationCaller.

use awl_model::{Operation, Service};
use awl_protocol::Timestamps;
use awl_sdk::config::Config;
use awl_sdk::pages::{Merged, PageConfig};
use awl_sdk::waiter::{WaitConfig, Waiter};
use awl_sdk::{Client, Output};
use awl_value::{Map, Value};
use tokio::runtime::Runtime;

use super::operation::Call;
use super::{Invocation, call, pager, services};
use crate::argv::Globals;
use crate::error::CommandError;
use crate::{debug, output};

/// A client of one service for one command.
pub(super) struct Caller {
    client: Client,
    timestamps: Timestamps,
    runtime: Runtime,
}

impl Caller {
    /// A client of the service whose command is `service`, as the command line
    /// and the configuration want it.
    ///
    /// # Errors
    /// A setting with a value that it cannot have.
    pub(super) fn new(
        invocation: &mut Invocation,
        globals: &Globals,
        service: &str,
    ) -> Result<Self, CommandError> {
        let config = call::load_config(invocation, globals)?;
        let config = call::with_region(&config)?;
        Self::of(invocation, globals, &config, service)
    }

    /// The same with a configuration of its own: another Region, another
    /// endpoint.
    ///
    /// # Errors
    /// A setting with a value that it cannot have.
    pub(super) fn of(
        invocation: &mut Invocation,
        globals: &Globals,
        config: &Config,
        service: &str,
    ) -> Result<Self, CommandError> {
        let service = find(invocation, service)?;
        let printer = output::Printer::new(config, globals, "")?;
        Ok(Self {
            client: Client::with_store(config, service, awl_catalog::store())?,
            timestamps: printer.timestamps(),
            runtime: call::runtime()?,
        })
    }

    /// The client.
    pub(super) const fn client(&self) -> &Client {
        &self.client
    }

    /// The Region that calls go to.
    pub(super) fn region(&self) -> &str {
        self.client.region()
    }

    /// The operation of a name.
    pub(super) fn operation(&self, name: &str) -> Result<Operation, CommandError> {
        let service = self.client.service();
        service.operation(name).ok_or_else(|| {
            CommandError::general(format!("{} has no operation {name}.", service.name()))
        })
    }

    /// A call of an operation, its answer to be as it is printed.
    pub(super) fn prepare(&self, name: &str, params: Map) -> Result<awl_sdk::Call, CommandError> {
        Ok(awl_sdk::Call {
            timestamps: self.timestamps,
            blobs: output::BLOBS,
            ..awl_sdk::Call::new(self.operation(name)?, params)
        })
    }

    /// Makes a call. What goes wrong with the call itself is the inner result.
    /// Where calls are only to be shown, the first is, and the command ends.
    ///
    /// # Errors
    /// The end of the command.
    pub(super) fn send(
        &self,
        invocation: &mut Invocation,
        globals: &Globals,
        call: awl_sdk::Call,
    ) -> Result<Result<Output, awl_sdk::Error>, CommandError> {
        let result = self.run(async {
            if !call::announce(invocation, globals, &self.client, &call).await? {
                return Err(CommandError::silent(0));
            }
            Ok(self.client.send(call).await)
        })?;
        if globals.debug {
            match &result {
                Ok(output) => debug::answer(invocation, output),
                Err(error) => debug::failure(invocation, error),
            }
        }
        Ok(result)
    }

    /// Makes a call of an operation and hands back its answer.
    ///
    /// # Errors
    /// Whatever goes wrong.
    pub(super) fn call(
        &self,
        invocation: &mut Invocation,
        globals: &Globals,
        name: &str,
        params: Map,
    ) -> Result<Map, CommandError> {
        let answer = self.send(invocation, globals, self.prepare(name, params)?)?;
        Ok(answer?.value)
    }

    /// Makes the calls of all pages of an operation, and puts the pages
    /// together.
    ///
    /// # Errors
    /// Whatever goes wrong.
    pub(super) fn all_pages(
        &self,
        invocation: &mut Invocation,
        globals: &Globals,
        name: &str,
        params: Map,
    ) -> Result<Map, CommandError> {
        let call = self.prepare(name, params)?;
        let mut pages = self.client.pages(call, PageConfig::default())?;
        let mut whole = Merged::new(pages.paginator());
        self.run(async {
            loop {
                if let Some(call) = pages.call()
                    && !call::announce(invocation, globals, &self.client, call).await?
                {
                    return Err(CommandError::silent(0));
                }
                let Some(mut page) = pages.next().await? else {
                    return Ok(());
                };
                whole.add(&mut page.value);
            }
        })?;
        Ok(whole.finish(pages.non_aggregate_part().clone(), None))
    }

    /// Makes a call that may be answered by errors of these codes; None then.
    ///
    /// # Errors
    /// Whatever else goes wrong.
    pub(super) fn find(
        &self,
        invocation: &mut Invocation,
        globals: &Globals,
        name: &str,
        params: Map,
        codes: &[&str],
    ) -> Result<Option<Map>, CommandError> {
        match self.send(invocation, globals, self.prepare(name, params)?)? {
            Ok(answer) => Ok(Some(answer.value)),
            Err(error) if error_code(&error).is_some_and(|code| codes.contains(&code)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Waits until a waiter of the service is content.
    ///
    /// # Errors
    /// The end of the command; that of waiting is the inner result.
    pub(super) fn wait(
        &self,
        name: &str,
        params: Map,
        config: WaitConfig,
    ) -> Result<Result<(), awl_sdk::Error>, CommandError> {
        let waiter = Waiter::new(self.client.service(), name).map_err(awl_sdk::Error::from)?;
        self.run(async { Ok(waiter.wait(&self.client, params, config).await) })
    }

    /// Does work with the client, unless the user interrupts it.
    ///
    /// # Errors
    /// Those of the work.
    pub(super) fn run<T>(
        &self,
        work: impl Future<Output = Result<T, CommandError>>,
    ) -> Result<T, CommandError> {
        self.runtime.block_on(call::interruptible(work))
    }
}

/// The code of an error that a service answered.
pub(super) fn error_code(error: &awl_sdk::Error) -> Option<&str> {
    match error {
        awl_sdk::Error::Service(error) => error.error.error.get("Code")?.as_str(),
        _ => None,
    }
}

/// Prints an answer as that of an operation called `title`.
///
/// # Errors
/// A query that the answer does not fit; an answer that the format cannot show.
// Parity: awscli/clidriver.py, CLIOperationCaller._display_response.
pub(super) fn print(
    invocation: &mut Invocation,
    globals: &Globals,
    title: &'static str,
    answer: Value,
) -> Result<(), CommandError> {
    let config = call::load_config(invocation, globals)?;
    let printer = output::Printer::new(&config, globals, title)?;
    let pager = pager::of_output(&invocation.ui, &*invocation.host, &config, globals);
    invocation.ui.set_pager(pager);
    let result = printer.print(&mut invocation.ui, &*invocation.host, answer);
    let closed = invocation.ui.close_pager();
    result?;
    closed.map_err(|(error, program)| CommandError::pager(&error, &program))
}

/// Makes a call as the operation's own command would, and prints its answer.
///
/// # Errors
/// Whatever goes wrong.
pub(super) fn call_and_print(
    invocation: &mut Invocation,
    globals: &Globals,
    service: &str,
    name: &str,
    parameters: Map,
) -> Result<(), CommandError> {
    let service = find(invocation, service)?;
    let operation = service
        .operation(name)
        .ok_or_else(|| CommandError::general(format!("There is no operation {name}.")))?;
    call::run(invocation, globals, Call::new(operation, parameters))
}

fn find(invocation: &Invocation, service: &str) -> Result<Service, CommandError> {
    services::find(&invocation.host, service)?
        .ok_or_else(|| CommandError::general(format!("There is no model of {service}.")))
}
