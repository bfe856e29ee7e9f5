//! Spot interruptions that were announced: they come when their time has come,
//! which is looked at when somebody asks.

use super::{devices, lifecycle};
use crate::account::Account;

/// Carries out what is due; the instances that are gone by it.
pub(crate) fn carry_out(account: &mut Account, now: i64) -> Vec<String> {
    let due = account.all_events().filter(|events| {
        let instance = account.instance(&events.instance);
        events.spot_action.is_some()
            && events.spot_time <= now
            && instance.is_some_and(|own| own.state == "running")
    });
    let due: Vec<_> = due.cloned().collect();
    let mut gone = Vec::new();
    for mut events in due {
        let action = events.spot_action.take();
        let Some(mut instance) = account.instance(&events.instance).cloned() else {
            continue;
        };
        let code = match action.as_deref() {
            Some("terminate") => "Server.SpotInstanceTermination",
            _ => "Server.SpotInstanceShutdown",
        };
        instance.changed = events.spot_time;
        instance.public_ip = None;
        code.clone_into(&mut instance.reason);
        instance.state_code = Some(code.to_owned());
        if action.as_deref() == Some("terminate") {
            "terminated".clone_into(&mut instance.state);
            instance.profile = None;
            devices::release(account, &instance.region, &instance.id);
            lifecycle::free_address(account, &instance);
            gone.push(instance.id.clone());
        } else {
            "stopped".clone_into(&mut instance.state);
        }
        account.put_instance(instance);
        account.put_events(events);
    }
    gone
}
