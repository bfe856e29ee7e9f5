//! What goes wrong on purpose: limits of rates, faults, a clock that is off, and
//! sessions that are over before their time.

mod documented;
mod errors;
mod faults;
mod limits;
mod revoked;

use awl_value::Value;

use crate::record::{Stored as _, record};
use crate::store::Change;

pub(crate) use documented::{SERVICES, USUAL, described};
pub(crate) use errors::throttled;
pub use faults::Ending;
pub(crate) use faults::{Fault, Faults};
pub(crate) use limits::{Limit, Limits};
pub(crate) use revoked::{Revoked, Whom};

record! {
    /// How far the sandbox's clock is ahead of the machine's.
    struct Clock {
        skew: i64,
    }
}

/// All that goes wrong on purpose.
#[derive(Debug, Default)]
pub(crate) struct Trouble {
    pub(crate) limits: Limits,
    pub(crate) faults: Faults,
    pub(crate) revoked: Revoked,
    skew: i64,
    changes: Vec<Change>,
}

impl Trouble {
    /// Takes up a record of the store; None where it is none of these.
    pub(crate) fn take(&mut self, name: &str, value: &Value) -> Option<()> {
        match name.split_once(' ').map_or(name, |(kind, _)| kind) {
            kind @ ("limit" | "documented-limits") => self.limits.take(kind, value),
            "revoked" => self.revoked.take(value),
            "clock" => {
                self.skew = Clock::of(value)?.skew;
                Some(())
            }
            name if name.starts_with("fault-") => self.faults.take(value),
            _ => None,
        }
    }

    /// The changes since this was last asked.
    pub(crate) fn changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes)
    }

    /// Seconds that the sandbox's clock is ahead.
    pub(crate) const fn skew(&self) -> i64 {
        self.skew
    }

    pub(crate) fn set_skew(&mut self, skew: i64) {
        self.skew = skew;
        let change = ("clock".to_owned(), Some(Clock { skew }.to_value()));
        self.changes.push(change);
    }

    pub(crate) fn put_limit(&mut self, limit: Limit) {
        let change = self.limits.put(limit);
        self.changes.push(change);
    }

    /// Removes limits that were set: how many.
    pub(crate) fn remove_limits(&mut self, service: &str, operation: Option<&str>) -> usize {
        let changes = self.limits.remove(service, operation);
        let count = changes.len();
        self.changes.extend(changes);
        count
    }

    /// Has documented limits count of these services alone.
    pub(crate) fn document_limits(&mut self, services: Vec<String>) {
        let change = self.limits.document(services);
        self.changes.push(change);
    }

    pub(crate) fn add_fault(&mut self, fault: Fault) -> String {
        let (id, change) = self.faults.add(fault);
        self.changes.push(change);
        id
    }

    /// Removes a fault, or all: how many.
    pub(crate) fn remove_faults(&mut self, id: Option<&str>) -> usize {
        let changes = self.faults.remove(id);
        let count = changes.len();
        self.changes.extend(changes);
        count
    }

    /// Ends sessions: those that were opened until now, or before a time.
    pub(crate) fn revoke(&mut self, whom: Whom, before: Option<i64>) {
        let change = self.revoked.add(whom, before);
        self.changes.push(change);
    }

    pub(crate) fn note(&mut self, changes: Vec<Change>) {
        self.changes.extend(changes);
    }
}
