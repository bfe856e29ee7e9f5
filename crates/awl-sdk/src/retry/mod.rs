//! When to send a request again, and after how long. Decisions only: the
//! client does the sending and the sleeping, and passes clock and chance in.
//!
//! One [`RetryPolicy`] belongs to a client, because its quota and its send
//! rate are learnt over all of a client's calls; one [`CallState`] belongs to
//! a call. The modes are `standard` and `adaptive`; `legacy` went with version
//! 2 of the AWS CLI.
// Parity: awscli/botocore/retries/, of AWS CLI 2.36.7.

mod adaptive;
mod classify;
mod header;
mod quota;

use std::time::Duration;

pub use classify::{ModelledRetry, modelled_retry};
pub(crate) use header::parse_date;
pub use header::{request_header, time_to_live};

use crate::transport::TransportErrorKind;
use adaptive::RateLimiter;
use quota::RetryQuota;

/// The attempts that a call gets where nobody says otherwise.
pub const DEFAULT_MAX_ATTEMPTS: u32 = 3;

/// No delay is longer than this, in seconds, before `x-amz-retry-after`.
const LONGEST_BACKOFF: f64 = 20.0;
/// How far `x-amz-retry-after` may lengthen a delay, in seconds.
const LONGEST_EXTENSION: f64 = 5.0;

/// How retries are decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryMode {
    /// Backoff and a quota of retries.
    Standard,
    /// The same, with a send rate that falls where the service throttles.
    Adaptive,
}

/// Settings of retries that are not allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RetryConfigError {
    /// Neither mode. Parity: botocore/exceptions.py, InvalidRetryModeError.
    #[error(
        "Invalid value provided to \"mode\": \"{0}\" must be one of: \"standard\" or \"adaptive\""
    )]
    Mode(String),
    /// Fewer attempts than one. Parity: InvalidMaxRetryAttemptsError.
    #[error(
        "Value provided to \"max_attempts\": {0} must be an integer greater than or equal to one."
    )]
    MaxAttempts(i64),
}

impl RetryMode {
    /// The mode of this name.
    ///
    /// # Errors
    /// Any other name than `standard` and `adaptive`.
    pub fn parse(name: &str) -> Result<Self, RetryConfigError> {
        match name {
            "standard" => Ok(Self::Standard),
            "adaptive" => Ok(Self::Adaptive),
            _ => Err(RetryConfigError::Mode(name.to_owned())),
        }
    }

    /// The mode's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Adaptive => "adaptive",
        }
    }
}

/// Checks a number of attempts that someone configured.
///
/// # Errors
/// Less than one.
pub fn max_attempts(configured: i64) -> Result<u32, RetryConfigError> {
    match u32::try_from(configured) {
        Ok(attempts @ 1..) => Ok(attempts),
        _ if configured > 0 => Ok(u32::MAX),
        _ => Err(RetryConfigError::MaxAttempts(configured)),
    }
}

/// What a policy is made with.
#[derive(Clone, Debug)]
pub struct RetryConfig<'a> {
    /// How retries are decided.
    pub mode: RetryMode,
    /// The attempts of a call, the first included; `None`: the service's own
    /// number.
    pub max_attempts: Option<u32>,
    /// Whether `AWS_NEW_RETRIES_2026` is `true`: shorter delays where the
    /// service does not throttle, dearer retries, `x-amz-retry-after`.
    pub new_2026: bool,
    /// The service's name, as botocore's folder: `dynamodb`.
    pub service: &'a str,
    /// The service's identifier: `DynamoDB Streams`.
    pub service_id: &'a str,
    /// The clock, in seconds; any origin will do.
    pub now: f64,
}

/// What came of an attempt.
#[derive(Clone, Copy, Debug)]
pub enum Outcome<'a> {
    /// A response, whatever it says.
    Response {
        /// Its status code, after the service's handlers have corrected it.
        status: u16,
        /// The code of the error in it, if there is one.
        error_code: Option<&'a str>,
        /// What the model says of that error: see [`modelled_retry`].
        modelled: Option<ModelledRetry>,
        /// Its headers.
        headers: &'a [(String, String)],
        /// Its body, where it is at hand.
        body: &'a [u8],
    },
    /// No response.
    Transport(TransportErrorKind),
}

/// An attempt that is over.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// Its number, from 1.
    pub number: u32,
    /// The operation: `ReceiveMessage`.
    pub operation: &'a str,
    /// What came of it.
    pub outcome: Outcome<'a>,
}

/// What a call must remember between its attempts.
#[derive(Clone, Copy, Debug, Default)]
pub struct CallState {
    acquired: Option<u32>,
}

/// What to do after an attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decision {
    /// Sleep, then send again.
    Retry {
        /// How long to sleep.
        after: Duration,
    },
    /// Sleep if there is anything to sleep, then give the outcome to the
    /// caller.
    Return {
        /// Whether this was the last attempt allowed. The error text then
        /// says `(reached max retries: N)`, N one less than the attempts.
        max_attempts_reached: bool,
        /// Whether it would be sent again, but the client has used up its
        /// quota of retries.
        quota_reached: bool,
        /// A delay that keeps a caller that polls in a loop from hammering a
        /// service in distress; otherwise nothing.
        after: Duration,
    },
}

/// The retry rules of a client, with what they have learnt.
#[derive(Debug)]
pub struct RetryPolicy {
    max_attempts: u32,
    new_2026: bool,
    service: String,
    service_event: String,
    quota: RetryQuota,
    limiter: Option<RateLimiter>,
}

impl RetryPolicy {
    /// The policy of a new client.
    #[must_use]
    pub fn new(config: &RetryConfig<'_>) -> Self {
        let service_event = config.service_id.replace(' ', "-").to_lowercase();
        let own = if config.new_2026 && is_dynamodb(&service_event) {
            4
        } else {
            DEFAULT_MAX_ATTEMPTS
        };
        Self {
            max_attempts: config.max_attempts.filter(|&most| most > 0).unwrap_or(own),
            new_2026: config.new_2026,
            service: config.service.to_owned(),
            service_event,
            quota: RetryQuota::default(),
            limiter: match config.mode {
                RetryMode::Standard => None,
                RetryMode::Adaptive => Some(RateLimiter::new(config.now)),
            },
        }
    }

    /// The attempts that a call gets, the first included.
    #[must_use]
    pub const fn max_attempts(&self) -> u32 {
        self.max_attempts
    }

    /// Asks for leave to send at `now`. `None`: send. Otherwise sleep so long
    /// and ask again; only the adaptive mode ever says so, and only once the
    /// service has throttled this client.
    #[must_use]
    pub fn delay_before_send(&self, now: f64) -> Option<Duration> {
        let delay = self.limiter.as_ref()?.acquire(now)?;
        Some(seconds(delay))
    }

    /// Decides after an attempt, successful or not; every one of them has to
    /// be shown, for the send rate is learnt from all. `random` is a number
    /// from 0 to 1, new each time.
    pub fn decide(
        &self,
        call: &mut CallState,
        attempt: &Attempt<'_>,
        now: f64,
        random: f64,
    ) -> Decision {
        let decision = self.decide_standard(call, attempt, random);
        if let Some(limiter) = &self.limiter {
            limiter.learn(classify::is_throttling(&attempt.outcome), now);
        }
        decision
    }

    /// Settles a call that ended with a response of this status: one that
    /// succeeded gives back the quota of its last retry, or a little more than
    /// it took where it needed none.
    pub fn finish(&self, call: &CallState, status: u16) {
        if (200..300).contains(&status) {
            self.quota.release(call.acquired.unwrap_or(1));
        }
    }

    fn decide_standard(
        &self,
        call: &mut CallState,
        attempt: &Attempt<'_>,
        random: f64,
    ) -> Decision {
        // The order is the reference's: the last attempt counts as such
        // whatever came of it.
        if attempt.number >= self.max_attempts {
            return Decision::Return {
                max_attempts_reached: true,
                quota_reached: false,
                after: Duration::ZERO,
            };
        }
        if !classify::is_retryable(&attempt.outcome, &self.service) {
            return Decision::Return {
                max_attempts_reached: false,
                quota_reached: false,
                after: Duration::ZERO,
            };
        }
        let cost = self.cost(&attempt.outcome);
        if self.quota.acquire(cost) {
            call.acquired = Some(cost);
            let after = self.backoff(attempt, random);
            return Decision::Retry { after };
        }
        let polls = self.new_2026 && polls(&self.service_event, attempt.operation);
        Decision::Return {
            max_attempts_reached: false,
            quota_reached: true,
            after: if polls {
                self.backoff(attempt, random)
            } else {
                Duration::ZERO
            },
        }
    }

    fn cost(&self, outcome: &Outcome<'_>) -> u32 {
        if self.new_2026 {
            return if classify::is_throttling(outcome) {
                5
            } else {
                14
            };
        }
        match outcome {
            Outcome::Transport(
                TransportErrorKind::ConnectTimeout | TransportErrorKind::ReadTimeout,
            ) => 10,
            _ => 5,
        }
    }

    /// Full jitter over an exponential that is cut off.
    fn backoff(&self, attempt: &Attempt<'_>, random: f64) -> Duration {
        let exponent = attempt.number.saturating_sub(1).min(64) as i32;
        let doubled = 2_f64.powi(exponent);
        if !self.new_2026 {
            return seconds(random * doubled.min(LONGEST_BACKOFF));
        }
        let scale = if classify::is_throttling(&attempt.outcome) {
            1.0
        } else if is_dynamodb(&self.service_event) {
            0.025
        } else {
            0.05
        };
        let delay = random * (scale * doubled).min(LONGEST_BACKOFF);
        let asked = header::retry_after(&attempt.outcome);
        seconds(asked.map_or(delay, |asked| {
            delay.max(asked.min(delay + LONGEST_EXTENSION))
        }))
    }
}

fn is_dynamodb(service_event: &str) -> bool {
    matches!(service_event, "dynamodb" | "dynamodb-streams")
}

/// Operations that wait on the server's side and are called in a loop.
// Parity: standard.py, RetryHandler._LONG_POLLING_OPERATIONS.
fn polls(service_event: &str, operation: &str) -> bool {
    matches!(
        (service_event, operation),
        ("sqs", "ReceiveMessage")
            | ("sfn", "GetActivityTask")
            | ("swf", "PollForActivityTask" | "PollForDecisionTask")
    )
}

fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::ZERO)
}

#[cfg(test)]
mod tests;
