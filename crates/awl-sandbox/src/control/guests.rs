//! Other processes that use a sandbox which lives within a command: it is not to
//! end before they have.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use awl_value::{Map, Value};

use super::{ControlError, Order};
use crate::Sandbox;

/// Who uses the sandbox.
#[derive(Debug, Default)]
pub(crate) struct Guests(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    processes: BTreeSet<u32>,
    is_closed: bool,
}

/// The process `process` uses the sandbox from now on.
pub(super) fn join(order: &Order<'_>) -> Result<Map, ControlError> {
    order.sandbox.guests.with(|kept| {
        if kept.is_closed {
            return Err(ControlError::refused("the sandbox is about to end"));
        }
        kept.processes.insert(process(order)?);
        Ok(Map::new())
    })
}

/// It does so no longer.
pub(super) fn leave(order: &Order<'_>) -> Result<Map, ControlError> {
    order.sandbox.guests.with(|kept| {
        kept.processes.remove(&process(order)?);
        Ok(Map::new())
    })
}

fn process(order: &Order<'_>) -> Result<u32, ControlError> {
    let number = order.parameters.get("process").and_then(Value::as_int);
    let number = number.and_then(|number| u32::try_from(number).ok());
    number.ok_or_else(|| ControlError::refused("process is missing"))
}

impl Guests {
    fn with<T>(&self, work: impl FnOnce(&mut Kept) -> T) -> T {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut kept)
    }
}

impl Sandbox {
    /// Lets no other process join, if none that has joined lives: whether that is
    /// so.
    pub fn close(&self, lives: impl Fn(u32) -> bool) -> bool {
        self.guests.with(|kept| {
            kept.processes.retain(|process| lives(*process));
            kept.is_closed |= kept.processes.is_empty();
            kept.is_closed
        })
    }
}
