//! Where an instance or a task finds what is its own, and what is to happen to an
//! instance.

use awl_value::{Map, Value};

use super::{ControlError, Order};
use crate::account::Kind;
use crate::imds::container::Task;
use crate::imds::events::{InstanceEvents, MAINTENANCE_NOTICE, SPOT_NOTICE, codes};
use crate::imds::facts::{Facts, State};
use crate::{Sandbox, ec2, ids};

/// What the signatures of identity documents are verified with.
pub(super) fn certificate(sandbox: &Sandbox) -> Result<Map, ControlError> {
    let mut map = Map::with_capacity(1);
    map.push("Certificate", sandbox.certificate()?.pem().into());
    Ok(map)
}

/// The port of an instance's metadata service, and the Region of the instance.
pub(super) fn instance(order: &mut Order<'_>) -> Result<Map, ControlError> {
    let facts = facts(order)?;
    let id = &facts.instance_id;
    if facts.state != State::Running {
        return Err(ControlError::refused(format!(
            "the instance {id} does not run: nothing can be run on it"
        )));
    }
    let port = order.sandbox.listeners.open(id);
    let port = port.map_err(|error| {
        ControlError::refused(format!("no port of this machine is free: {error}"))
    })?;
    let mut map = Map::with_capacity(3);
    map.push("Port", Value::Int(port.into()));
    map.push("Region", facts.region.into());
    Ok(map)
}

/// Has something happen to an instance: `spot`, `rebalance`, `maintenance` or
/// `cancel`; `in` seconds from now.
pub(super) fn event(order: &mut Order<'_>) -> Result<Map, ControlError> {
    let id = facts(order)?.instance_id;
    let known = order.account.events(&id).cloned();
    let mut events = known.unwrap_or_else(|| InstanceEvents::new(&id));
    let delay = order.parameters.get("in").and_then(Value::as_int);
    let after = |usual: i64| order.now.saturating_add(delay.unwrap_or(usual).max(0));
    let mut said = Map::new();
    if let Some(action) = order.text("spot") {
        events.spot_action = Some(action.to_owned());
        events.spot_time = after(SPOT_NOTICE);
    } else if order.flag("rebalance") {
        events.rebalance = Some(order.now);
    } else if let Some(code) = order.text("maintenance") {
        let number = ids::hexadecimal(&ids::random::<9>(order.sandbox.entropy()));
        let event = format!("instance-event-{}", &number[..17]);
        said.push("EventId", event.as_str().into());
        if !events.schedule(event, code, after(MAINTENANCE_NOTICE)) {
            let known: Vec<_> = codes().collect();
            return Err(ControlError::refused(format!(
                "there is no maintenance {code}; there are: {}",
                known.join(", ")
            )));
        }
    } else if order.flag("cancel") {
        events.cancel(order.now);
    } else {
        return Err(ControlError::refused("name an event"));
    }
    order.account.put_events(events);
    Ok(said)
}

/// A task with the role `role` in the Region `region`: what its program finds in
/// its environment.
pub(super) fn task(order: &Order<'_>) -> Result<Map, ControlError> {
    let name = order.text("role").unwrap_or_default();
    let role = match name.starts_with("arn:") {
        true => order.account.identity_by_arn(name),
        false => order.account.identity(Kind::Role, name),
    };
    let Some(role) = role.filter(|own| own.kind == Kind::Role) else {
        return Err(ControlError::refused(format!(
            "the sandbox has no role {name}"
        )));
    };
    let task = Task {
        id: ids::hexadecimal(&ids::random::<16>(order.sandbox.entropy())),
        role: role.name.clone(),
        region: order.text("region").unwrap_or("us-east-1").to_owned(),
        started: order.now,
    };
    let addresses = order.sandbox.addresses(&task);
    let addresses = addresses.ok_or_else(|| ControlError::refused("nothing can be sealed"))?;
    let mut map = Map::with_capacity(3);
    map.push("Credentials", addresses.credentials.into());
    map.push("Token", addresses.token.into());
    map.push("Metadata", addresses.metadata.into());
    Ok(map)
}

fn facts(order: &mut Order<'_>) -> Result<Facts, ControlError> {
    for gone in ec2::carry_out(order.account, order.now) {
        order.sandbox.listeners.close(&gone);
    }
    let id = order.text("instance").unwrap_or_default();
    let facts = crate::imds::facts::of(order.account, id);
    facts.ok_or_else(|| ControlError::refused(format!("the sandbox has no instance {id}")))
}
