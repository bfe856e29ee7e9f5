//! The send rate of the adaptive mode: a token bucket whose rate falls when the
//! service throttles and grows again along a cubic curve.
// Parity: botocore/retries/adaptive.py, throttling.py and bucket.py.

use std::sync::{Mutex, PoisonError};

/// How fast a client may send. It limits nothing until the first throttling.
#[derive(Debug)]
pub(super) struct RateLimiter(Mutex<State>);

#[derive(Debug)]
struct State {
    enabled: bool,
    curve: CubicCurve,
    bucket: TokenBucket,
    measured: MeasuredRate,
}

impl RateLimiter {
    pub(super) fn new(now: f64) -> Self {
        Self(Mutex::new(State {
            enabled: false,
            curve: CubicCurve::new(0.0, now),
            bucket: TokenBucket::new(1.0, now),
            measured: MeasuredRate::new(now),
        }))
    }

    /// Takes leave to send; else how many seconds until there may be one.
    pub(super) fn acquire(&self, now: f64) -> Option<f64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.enabled {
            state.bucket.acquire(1.0, now)
        } else {
            None
        }
    }

    /// Takes an answer into account.
    pub(super) fn learn(&self, throttled: bool, now: f64) {
        const MOST_ABOVE_MEASURED: f64 = 2.0;
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let measured = state.measured.record(now);
        let rate = if throttled {
            let rate = if state.enabled {
                measured.min(state.bucket.rate)
            } else {
                measured
            };
            state.enabled = true;
            state.curve.throttled(rate, now)
        } else {
            state.curve.succeeded(now)
        };
        let rate = rate.min(MOST_ABOVE_MEASURED * measured);
        state.bucket.set_rate(rate, now);
    }
}

/// The rate as a function of the time since the last throttling, after the
/// CUBIC of TCP.
#[derive(Debug)]
struct CubicCurve {
    last_maximum: f64,
    /// Seconds from a throttling until the rate is back at its maximum.
    plateau: f64,
    last_throttled: f64,
}

impl CubicCurve {
    const SCALE: f64 = 0.4;
    const BETA: f64 = 0.7;

    fn new(maximum: f64, now: f64) -> Self {
        Self {
            last_maximum: maximum,
            plateau: Self::plateau(maximum),
            last_throttled: now,
        }
    }

    fn plateau(maximum: f64) -> f64 {
        (maximum * (1.0 - Self::BETA) / Self::SCALE).cbrt()
    }

    fn succeeded(&self, now: f64) -> f64 {
        let elapsed = now - self.last_throttled;
        Self::SCALE * (elapsed - self.plateau).powi(3) + self.last_maximum
    }

    fn throttled(&mut self, rate: f64, now: f64) -> f64 {
        *self = Self::new(rate, now);
        rate * Self::BETA
    }
}

/// Tokens that drip in at a rate and are taken by requests.
#[derive(Debug)]
struct TokenBucket {
    rate: f64,
    capacity: f64,
    available: f64,
    last_filled: f64,
}

impl TokenBucket {
    const LEAST_RATE: f64 = 0.5;

    fn new(rate: f64, now: f64) -> Self {
        Self {
            rate: rate.max(Self::LEAST_RATE),
            capacity: rate.max(1.0),
            available: 0.0,
            last_filled: now,
        }
    }

    /// Changes the rate from now on; what has dripped in until now did so at
    /// the old one.
    fn set_rate(&mut self, rate: f64, now: f64) {
        self.refill(now);
        self.rate = rate.max(Self::LEAST_RATE);
        self.capacity = rate.max(1.0);
        self.available = self.available.min(self.capacity);
    }

    /// Takes `amount`; else how many seconds until that much is there.
    fn acquire(&mut self, amount: f64, now: f64) -> Option<f64> {
        self.refill(now);
        if amount <= self.available {
            self.available -= amount;
            return None;
        }
        Some((amount - self.available) / self.rate)
    }

    fn refill(&mut self, now: f64) {
        let dripped = (now - self.last_filled) * self.rate;
        self.available = (self.available + dripped).min(self.capacity);
        self.last_filled = now;
    }
}

/// How fast a client has been sending, smoothed over half seconds.
#[derive(Debug)]
struct MeasuredRate {
    rate: f64,
    count: f64,
    last_period: f64,
}

impl MeasuredRate {
    const SMOOTHING: f64 = 0.8;
    const PERIODS_A_SECOND: f64 = 2.0;

    fn new(now: f64) -> Self {
        Self {
            rate: 0.0,
            count: 0.0,
            last_period: now.floor(),
        }
    }

    fn record(&mut self, now: f64) -> f64 {
        let period = (now * Self::PERIODS_A_SECOND).floor() / Self::PERIODS_A_SECOND;
        self.count += 1.0;
        if period > self.last_period {
            let current = self.count / (period - self.last_period);
            self.rate = current * Self::SMOOTHING + self.rate * (1.0 - Self::SMOOTHING);
            self.count = 0.0;
            self.last_period = period;
        }
        self.rate
    }
}

#[cfg(test)]
mod tests;
