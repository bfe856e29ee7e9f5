//! Sending a prepared request until it has its answer.

use std::time::Duration;

use super::receive::{Attempt, Received};
use super::{Call, Client, Output, Prepared};
use crate::error::Error;
use crate::observe::{Event, Watch};
use crate::retry::{self, CallState, Decision, Outcome, modelled_retry};
use crate::transport::TransportError;

impl Client {
    /// Sends what was prepared for a call.
    pub(crate) async fn exchange(
        &self,
        call: &Call,
        mut prepared: Prepared,
        watch: &Watch,
    ) -> Result<Output, Error> {
        let policy = &self.inner.retry;
        let mut state = CallState::default();
        let mut time_to_live = None;
        let mut number = 0;
        let mut rerouted = false;
        loop {
            number += 1;
            while let Some(delay) = policy.delay_before_send(self.seconds()) {
                tokio::time::sleep(delay).await;
            }
            let mut request = self.sign(&prepared).await?;
            // Parity: botocore adds these behind the signature.
            request.set_header("amz-sdk-invocation-id", &*prepared.invocation_id);
            let header =
                retry::request_header(number, policy.max_attempts(), time_to_live.as_deref());
            request.set_header("amz-sdk-request", header);
            watch.see(Event::Request {
                operation: prepared.operation,
                request: &request,
            });
            let sent = self.inner.transport.send(&request).await;
            let received = match sent {
                Ok(response) => Ok(self.receive(call, &prepared, response, number, watch).await),
                Err(error) => Err(error),
            };
            if let Ok(Received {
                attempt: Attempt::Failed(Error::Transport(error)),
                ..
            })
            | Err(error) = &received
            {
                let operation = prepared.operation;
                watch.see(Event::Failed { operation, error });
            }
            if let Ok(Received {
                attempt: Attempt::Refused(error),
                ..
            }) = &received
                && !rerouted
                && prepared.request.body.is_replayable()
            {
                rerouted = self.reroute(&mut prepared, error).await?;
                if rerouted {
                    continue;
                }
            }
            let error_code = match &received {
                Ok(Received {
                    attempt: Attempt::Refused(error),
                    ..
                }) => Some(error.code()),
                _ => None,
            };
            let outcome = match &received {
                Ok(Received {
                    attempt: Attempt::Failed(Error::Transport(error)),
                    ..
                })
                | Err(error) => Outcome::Transport(error.kind()),
                Ok(received) => Outcome::Response {
                    status: received.status,
                    error_code,
                    modelled: error_code.and_then(|code| modelled_retry(call.operation, code)),
                    headers: &received.headers,
                    body: &received.body,
                },
            };
            let attempt = retry::Attempt {
                number,
                operation: call.operation.name(),
                outcome,
            };
            let random = self.config().host().random();
            let mut decision = policy.decide(&mut state, &attempt, self.seconds(), random);
            let skewed = matches!(&received, Ok(Received { attempt: Attempt::Refused(error), .. })
                if number < policy.max_attempts() && self.correct_clock(error));
            if skewed {
                decision = Decision::Retry {
                    after: Duration::ZERO,
                };
            }
            match decision {
                Decision::Retry { after } => {
                    if !prepared.request.body.is_replayable() {
                        return self.settle(received, &state, false);
                    }
                    if let Ok(received) = &received {
                        time_to_live = self.time_to_live(&received.headers, call);
                    }
                    if !after.is_zero() {
                        tokio::time::sleep(after).await;
                    }
                }
                Decision::Return {
                    max_attempts_reached,
                    after,
                    ..
                } => {
                    if !after.is_zero() {
                        tokio::time::sleep(after).await;
                    }
                    return self.settle(received, &state, max_attempts_reached);
                }
            }
        }
    }

    /// What the last attempt ended with is what the call ends with.
    fn settle(
        &self,
        received: Result<Received, TransportError>,
        state: &CallState,
        max_attempts_reached: bool,
    ) -> Result<Output, Error> {
        let received = received?;
        self.inner.retry.finish(state, received.status);
        match received.attempt {
            Attempt::Answer(output) => Ok(*output),
            Attempt::Refused(mut error) => {
                error.retries_exhausted = max_attempts_reached;
                Err(Error::Service(error))
            }
            Attempt::Failed(error) => Err(error),
        }
    }

    /// The clock that the retry rules are told, in seconds.
    pub(super) fn seconds(&self) -> f64 {
        self.config().host().epoch().as_secs_f64()
    }

    fn time_to_live(&self, headers: &[(String, String)], call: &Call) -> Option<String> {
        if call.operation.streaming_input().is_some() {
            return None;
        }
        let (_, date) = headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("date"))?;
        retry::time_to_live(date, self.inner.settings.transport.read_timeout?)
    }
}
