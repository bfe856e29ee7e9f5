//! Waiting until a resource is as the model's waiter wants it: an operation is
//! called again and again, and its answers are held against conditions.
//!
//! ```no_run
//! # async fn wait(client: awl_sdk::Client) -> Result<(), awl_sdk::Error> {
//! use awl_sdk::waiter::WaitConfig;
//!
//! let params = [("Bucket".into(), "logs".into())].into_iter().collect();
//! client.wait("BucketExists", params, WaitConfig::default()).await
//! # }
//! ```
// Parity: botocore/waiter.py.

mod acceptor;

use std::time::Duration;

use awl_model::{Node, Operation, Service};
use awl_value::Map;
use awl_value::jmespath::JmespathError;

use self::acceptor::{Acceptor, Answer, State};
use crate::{Call, Client, Error};

/// How long to wait, where the model's own answer will not do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WaitConfig {
    /// The time between two calls.
    pub delay: Option<Duration>,
    /// How many calls to make at most; one is always made.
    pub max_attempts: Option<u64>,
}

/// Why waiting came to no good end.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WaiterError {
    /// The service has no such waiter.
    #[error("Waiter does not exist: {name}")]
    Unknown {
        /// The name asked for.
        name: String,
    },
    /// The model of the waiter cannot be used.
    #[error("the model of the waiter {name} has no usable {part}")]
    Model {
        /// The waiter's name.
        name: &'static str,
        /// What of the model.
        part: &'static str,
    },
    /// The resource will not become what it should, or not in time.
    #[error("Waiter {name} failed: {reason}")]
    Failed {
        /// The waiter's name.
        name: &'static str,
        /// Why, in botocore's words.
        reason: String,
        /// What the service answered last; nothing where that was an error.
        last: Box<Map>,
    },
    /// An expression of the model that does not compile.
    #[error("{0}")]
    Expression(#[from] JmespathError),
}

/// A waiter of a service, ready for use.
#[derive(Clone, Debug)]
pub struct Waiter {
    name: &'static str,
    operation: Operation,
    delay: Duration,
    max_attempts: u64,
    acceptors: Vec<Acceptor>,
}

/// The names of a service's waiters, sorted: `InstanceRunning`.
#[must_use]
pub fn names(service: Service) -> Vec<&'static str> {
    let mut names: Vec<&str> = service.waiters().entries().map(|(name, _)| name).collect();
    names.sort_unstable();
    names
}

impl Waiter {
    /// The waiter of `service` that the model calls `name`.
    ///
    /// # Errors
    /// A waiter that there is not; a model that cannot be used.
    pub fn new(service: Service, name: &str) -> Result<Self, WaiterError> {
        let found = service
            .waiters()
            .entries()
            .find(|(other, _)| *other == name);
        let (name, model) = found.ok_or_else(|| WaiterError::Unknown {
            name: name.to_owned(),
        })?;
        let unusable = |part| WaiterError::Model { name, part };
        let number = |part| {
            let number = model.get(part).as_int();
            number
                .and_then(|number| u64::try_from(number).ok())
                .ok_or(unusable(part))
        };
        let operation = model
            .str("operation")
            .and_then(|operation| service.operation(operation))
            .ok_or(unusable("operation"))?;
        let acceptor = |node: Node| match Acceptor::new(node)? {
            Some(acceptor) => Ok(acceptor),
            None => Err(unusable("acceptors")),
        };
        Ok(Self {
            name,
            operation,
            delay: Duration::from_secs(number("delay")?),
            max_attempts: number("maxAttempts")?,
            acceptors: model
                .get("acceptors")
                .items()
                .map(acceptor)
                .collect::<Result<_, WaiterError>>()?,
        })
    }

    /// The name in the model: `InstanceRunning`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The operation that it calls.
    #[must_use]
    pub const fn operation(&self) -> Operation {
        self.operation
    }

    /// Waits; the clock is tokio's.
    ///
    /// # Errors
    /// [`WaiterError`]; what keeps the operation from being called at all.
    pub async fn wait(
        &self,
        client: &Client,
        params: Map,
        config: WaitConfig,
    ) -> Result<(), Error> {
        let delay = config.delay.unwrap_or(self.delay);
        let max_attempts = config.max_attempts.unwrap_or(self.max_attempts);
        let mut state = State::Retry;
        let mut has_matched = false;
        let mut attempts = 0;
        loop {
            let call = Call::new(self.operation, params.clone());
            let result = client.send(call).await;
            let answer = Answer::of(&result);
            let Some(answer) = answer else {
                result?;
                return Ok(());
            };
            let failed = |reason| WaiterError::Failed {
                name: self.name,
                reason,
                last: Box::new(match &answer {
                    Answer::Output(output) => output.value.clone(),
                    Answer::Refused(_) => Map::new(),
                }),
            };
            attempts += 1;
            let mut matched = None;
            for acceptor in &self.acceptors {
                if acceptor.matches(&answer).map_err(WaiterError::from)? {
                    matched = Some(acceptor);
                    break;
                }
            }
            match (matched, &answer) {
                (Some(acceptor), _) => {
                    state = acceptor.state();
                    has_matched = true;
                }
                (None, Answer::Refused(error)) => {
                    return Err(failed(format!(
                        "An error occurred ({}): {}",
                        error.code(),
                        error.message()
                    ))
                    .into());
                }
                (None, Answer::Output(_)) => {}
            }
            // Where nothing matches, botocore names the last that it tried.
            let explanation = || {
                let named = matched.or(self.acceptors.last());
                named.map(Acceptor::explanation).unwrap_or_default()
            };
            match state {
                State::Success => return Ok(()),
                State::Failure => {
                    return Err(failed(format!(
                        "Waiter encountered a terminal failure state: {}",
                        explanation()
                    ))
                    .into());
                }
                State::Retry => {}
            }
            if attempts >= max_attempts {
                return Err(failed(if has_matched {
                    format!(
                        "Max attempts exceeded. Previously accepted state: {}",
                        explanation()
                    )
                } else {
                    "Max attempts exceeded".to_owned()
                })
                .into());
            }
            tokio::time::sleep(delay).await;
        }
    }
}

impl Client {
    /// Waits until a waiter of the service, `InstanceRunning`, is satisfied.
    ///
    /// # Errors
    /// [`WaiterError`]; what keeps the operation from being called at all.
    pub async fn wait(&self, name: &str, params: Map, config: WaitConfig) -> Result<(), Error> {
        let waiter = Waiter::new(self.service(), name)?;
        waiter.wait(self, params, config).await
    }
}

#[cfg(test)]
mod tests;
