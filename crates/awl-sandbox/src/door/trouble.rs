//! Whether a call fails on purpose: by a limit of its rate, or by a fault that
//! somebody has asked for.

use awl_protocol::server::Failure;
use awl_value::Map;

use super::Sandbox;
use super::arrival::{Known, Visit};
use crate::account::Account;
use crate::{Ending, trouble};

impl Sandbox {
    /// How a call fails on purpose; None where it goes on.
    pub(super) fn trouble(
        &self,
        visit: &mut Visit,
        account: &mut Account,
        known: &Known,
        parameters: &Map,
    ) -> Option<Failure> {
        let (operation, family) = (known.route.operation, known.family);
        let region = known.region.as_deref().unwrap_or_default();
        let limits = &mut account.trouble.limits;
        if !limits.pass(operation, parameters, region, self.clock()) {
            visit.entry.trouble.push("limit".to_owned());
            return Some(trouble::throttled(operation, family));
        }
        let faults = &mut account.trouble.faults;
        let struck = faults.strike(operation, family, &known.caller, &account.id);
        account.trouble.note(struck.changes);
        visit.entry.trouble.extend(struck.by);
        visit.delay = struck.delay;
        visit.ending = struck.ending;
        let code = match struck.ending {
            Some(Ending::Reset) => "ConnectionReset",
            Some(Ending::Close) => "ConnectionClosed",
            _ => return struck.failure,
        };
        let message = "The connection ends instead of an answer.";
        Some(Failure::new(code, message).with_status(500))
    }
}
