//! The states of instances: launched, stopped, started, terminated, forgotten.

use awl_protocol::server::Failure;
use awl_value::Map;

use super::instance::{Instance, REMEMBERED};
use super::{addresses, devices, done, fields, names, placing, refused, run};
use crate::account::Account;
use crate::caller;
use crate::door::{Call, Outcome};

/// Answers what changes the states of instances.
pub(super) fn call(call: &mut Call<'_>, operation: &str) -> Outcome {
    match operation {
        "RunInstances" => run::run(call),
        "StartInstances" => change(call, "StartingInstances", start),
        "StopInstances" => change(call, "StoppingInstances", stop),
        "TerminateInstances" => {
            for own in asked(call)? {
                if own.is_protected && !own.is_terminated() {
                    let id = &own.id;
                    let message = format!(
                        "The instance '{id}' may not be terminated. Modify its \
                         'disableApiTermination' instance attribute and try again."
                    );
                    return refused("OperationNotPermitted", message);
                }
            }
            change(call, "TerminatingInstances", terminate)
        }
        "RebootInstances" => {
            for own in asked(call)? {
                if own.state(call.now).1 != "running" && own.state != "running" {
                    return Err(wrong_state(&own, "rebooted"));
                }
            }
            done()
        }
        "MonitorInstances" | "UnmonitorInstances" => monitor(call, operation == "MonitorInstances"),
        _ => Ok(None),
    }
}

/// Forgets instances that have been terminated for an hour.
pub(super) fn forget(call: &mut Call<'_>) {
    let own = call.account.instances();
    let gone = own.filter(|own| own.is_terminated() && call.now - own.changed > REMEMBERED);
    let gone: Vec<String> = gone.map(|own| own.id.clone()).collect();
    for id in gone {
        call.account.remove_instance(&id);
    }
}

fn asked(call: &Call<'_>) -> Result<Vec<Instance>, Failure> {
    let ids = call.parameters.texts("InstanceIds");
    if ids.is_empty() {
        return Err(names::missing("InstanceId"));
    }
    names::instances(call, &ids)
}

/// Changes all or none, and says what they were and are.
fn change(
    call: &mut Call<'_>,
    member: &'static str,
    change: fn(&mut Call<'_>, &mut Instance) -> Result<(), Failure>,
) -> Outcome {
    let mut changed = Vec::new();
    for own in asked(call)? {
        let before = own.state(call.now);
        let mut after = own;
        change(call, &mut after)?;
        changed.push((before, after));
    }
    let mut shown = Vec::new();
    for (before, after) in changed {
        let state = |(code, name): (i64, &str)| fields! {"Code": code, "Name": name};
        shown.push(fields! {
            "CurrentState": state(after.state(call.now)),
            "InstanceId": &*after.id,
            "PreviousState": state(before),
        });
        if after.is_terminated() {
            devices::release(call.account, &after.region, &after.id);
            free_address(call.account, &after);
            call.sandbox.listeners.close(&after.id);
        }
        call.account.put_instance(after);
    }
    Ok(Some(fields! {member: shown}))
}

fn start(call: &mut Call<'_>, instance: &mut Instance) -> Result<(), Failure> {
    match instance.state(call.now).1 {
        "pending" | "running" => return Ok(()),
        "stopped" => {}
        _ => return Err(wrong_state(instance, "started")),
    }
    instance.state = "running".to_owned();
    instance.changed = call.now;
    instance.launched = call.now;
    instance.reason.clear();
    instance.state_code = None;
    if instance.has_public_ip && instance.address(call.account).is_none() {
        instance.public_ip = Some(placing::public_address(call));
    }
    Ok(())
}

fn stop(call: &mut Call<'_>, instance: &mut Instance) -> Result<(), Failure> {
    match instance.state(call.now).1 {
        "stopping" | "stopped" => return Ok(()),
        "pending" | "running" => {}
        _ => return Err(wrong_state(instance, "stopped")),
    }
    if instance.is_stop_protected {
        let id = &instance.id;
        let message = format!(
            "The instance '{id}' may not be stopped. Modify its 'disableApiStop' instance attribute \
             and try again."
        );
        return refused("OperationNotPermitted", message);
    }
    if call.parameters.flag("Hibernate") == Some(true) && !instance.hibernates {
        return refused(
            "UnsupportedHibernationConfiguration",
            "The instance does not have hibernation configured.",
        );
    }
    instance.state = "stopped".to_owned();
    end(call, instance);
    Ok(())
}

fn terminate(call: &mut Call<'_>, instance: &mut Instance) -> Result<(), Failure> {
    if instance.is_terminated() {
        return Ok(());
    }
    let was_stopped = instance.state == "stopped";
    instance.state = "terminated".to_owned();
    end(call, instance);
    if was_stopped {
        // There is nothing to shut down.
        instance.changed = call.now - 1;
    }
    instance.profile = None;
    Ok(())
}

/// What stopping and terminating have in common.
fn end(call: &Call<'_>, instance: &mut Instance) {
    instance.changed = call.now;
    let time = caller::iso(call.now).replace('T', " ").replace('Z', " GMT");
    instance.reason = format!("User initiated ({time})");
    instance.state_code = Some("Client.UserInitiatedShutdown".to_owned());
    instance.public_ip = None;
}

/// An address of the account stays when its instance goes.
pub(super) fn free_address(account: &mut Account, instance: &Instance) {
    let addresses = account.resources(&instance.region, "eipalloc");
    let own = addresses.filter(|own| own.text("InstanceId") == instance.id);
    let own: Vec<_> = own.cloned().collect();
    for mut address in own {
        addresses::dissociate(&mut address);
        account.put_resource(address);
    }
}

fn monitor(call: &mut Call<'_>, is_on: bool) -> Outcome {
    let mut shown: Vec<Map> = Vec::new();
    for mut own in asked(call)? {
        own.is_monitored = is_on;
        let state = if is_on { "pending" } else { "disabling" };
        shown.push(fields! {
            "InstanceId": &*own.id,
            "Monitoring": fields! {"State": state},
        });
        call.account.put_instance(own);
    }
    Ok(Some(fields! {"InstanceMonitorings": shown}))
}

/// The failure of an instance that is not in a state for something.
pub(super) fn wrong_state(instance: &Instance, what: &str) -> Failure {
    let id = &instance.id;
    let article = if what == "started" { "The" } else { "This" };
    let message =
        format!("{article} instance '{id}' is not in a state from which it can be {what}.");
    Failure::new("IncorrectInstanceState", message)
}
