//! Faults that somebody has asked for: errors, waits and broken connections, for
//! some calls, at a rate.

use std::collections::BTreeMap;
use std::time::Duration;

use awl_model::Operation;
use awl_protocol::server::Failure;
use awl_value::Value;

use super::errors;
use crate::caller::Caller;
use crate::door::Family;
use crate::record::{Stored, record};
use crate::store::Change;

/// How a connection ends instead of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It is reset, and nothing is done.
    Reset,
    /// It is closed, and nothing is done.
    Close,
    /// All is done, and half of the answer is sent.
    Truncate,
}

impl Ending {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Reset, Self::Close, Self::Truncate];

    /// What it is called: `reset`.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Close => "close",
            Self::Truncate => "truncate",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.word() == word)
    }
}

impl Stored for Ending {
    fn to_value(&self) -> Value {
        self.word().into()
    }

    fn of(value: &Value) -> Option<Self> {
        Self::parse(value.as_str()?)
    }
}

record! {
    /// A fault.
    struct Fault {
        number: i64,
        /// None: of all.
        service: Option<String>,
        operation: Option<String>,
        /// The ARN of a caller, or of the user or role behind it.
        principal: Option<String>,
        /// A status or a code.
        error: Option<String>,
        message: Option<String>,
        /// How many of a million calls.
        rate: i64,
        /// Milliseconds: at least, and at most.
        least: i64,
        most: i64,
        /// How many times more; None: always.
        left: Option<i64>,
        ending: Option<Ending>,
        seed: Option<i64>,
        /// How many calls it could have been for, and how many it was.
        seen: i64,
        made: i64,
    }
}

impl Fault {
    /// What it is called: `fault-1`.
    pub(crate) fn id(&self) -> String {
        format!("fault-{}", self.number)
    }

    fn record(&self) -> Change {
        (self.id(), Some(self.to_value()))
    }

    fn is_for(&self, operation: Operation, caller: &Caller, account: &str) -> bool {
        let is = |own: &Option<String>, other: &str| own.as_deref().is_none_or(|own| own == other);
        is(&self.service, operation.service().name())
            && is(&self.operation, operation.name())
            && (is(&self.principal, caller.principal.arn())
                || is(&self.principal, &caller.identity.arn(account)))
    }

    /// A number that is the same for the same seed and call.
    fn draw(&self, salt: u64) -> u64 {
        // Without a seed, faults differ from each other.
        let seed = self.seed.unwrap_or(self.number << 40);
        let call = seed as u64 ^ (self.seen as u64).rotate_left(16) ^ salt;
        let mut mixed = call.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// The faults.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    all: BTreeMap<i64, Fault>,
    latest: i64,
}

/// What becomes of a call.
#[derive(Debug, Default)]
pub(crate) struct Struck {
    /// The faults that did it.
    pub(crate) by: Vec<String>,
    pub(crate) delay: Duration,
    pub(crate) failure: Option<Failure>,
    pub(crate) ending: Option<Ending>,
    pub(crate) changes: Vec<Change>,
}

impl Faults {
    pub(super) fn take(&mut self, value: &Value) -> Option<()> {
        let fault = Fault::of(value)?;
        self.latest = self.latest.max(fault.number);
        self.all.insert(fault.number, fault);
        Some(())
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Fault> {
        self.all.values()
    }

    /// Adds one, with the next number.
    pub(super) fn add(&mut self, mut fault: Fault) -> (String, Change) {
        self.latest += 1;
        fault.number = self.latest;
        let (id, change) = (fault.id(), fault.record());
        self.all.insert(fault.number, fault);
        (id, change)
    }

    /// Removes one, or all.
    pub(super) fn remove(&mut self, id: Option<&str>) -> Vec<Change> {
        let gone = self.all.values().map(Fault::id);
        let gone: Vec<String> = gone.filter(|own| id.is_none_or(|id| own == id)).collect();
        self.all.retain(|_, fault| !gone.contains(&fault.id()));
        gone.into_iter().map(|id| (id, None)).collect()
    }

    /// What happens to a call. The first error or broken connection counts; waits
    /// add up.
    pub(crate) fn strike(
        &mut self,
        operation: Operation,
        family: Family,
        caller: &Caller,
        account: &str,
    ) -> Struck {
        let mut struck = Struck::default();
        for fault in self.all.values_mut() {
            if fault.left == Some(0) || !fault.is_for(operation, caller, account) {
                continue;
            }
            let is_hit = fault.draw(0) % 1_000_000 < fault.rate.max(0) as u64;
            let wait = fault.least.max(0) as u64;
            let span = (fault.most.max(fault.least) - fault.least) as u64 + 1;
            let wait = wait + fault.draw(1) % span;
            fault.seen += 1;
            let ends = fault.error.is_some() || fault.ending.is_some();
            let is_over = struck.failure.is_some() || struck.ending.is_some();
            if !is_hit || ends && is_over {
                continue;
            }
            fault.made += 1;
            struck.by.push(fault.id());
            struck.delay += Duration::from_millis(wait);
            struck.ending = struck.ending.or(fault.ending);
            if let Some(error) = &fault.error {
                let message = fault.message.as_deref();
                struck.failure = Some(errors::asked(error, message, operation, family));
            }
            if let Some(left) = &mut fault.left {
                *left -= 1;
                struck.changes.push(fault.record());
            }
        }
        struck
    }
}
