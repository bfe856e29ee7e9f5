//! Verbs about the rates of operations.

use awl_value::{Map, Value};

use super::{ControlError, Order, operation_of};
use crate::trouble::{Limit, SERVICES, USUAL, described};

/// The highest rate and the largest bucket.
const MOST: i64 = 1_000_000;

/// Sets a limit: `service`, `operation` or all of them, `rate` in thousandths of
/// a request a second, `burst`. Without a rate the limits that AWS documents for
/// the service count from now on.
pub(super) fn set(order: &mut Order<'_>) -> Result<Map, ControlError> {
    let (service, operation) = operation_of(order)?;
    let service = service.ok_or_else(|| ControlError::refused("a limit is one of a service"))?;
    let rate = order.int("rate");
    let Some(rate) = rate else {
        if operation.is_some() {
            return Err(ControlError::refused("a limit of an operation has a rate"));
        }
        return document(order, &service);
    };
    let burst = order.int("burst");
    // Without a size it holds what comes in a second.
    let burst = burst.unwrap_or((rate.saturating_add(999) / 1000).max(1));
    if !(0..=MOST * 1000).contains(&rate) || !(0..=MOST).contains(&burst) {
        let message = format!("rates and bursts are numbers from 0 to {MOST}");
        return Err(ControlError::Refused(message));
    }
    let limit = Limit {
        service,
        operation,
        rate,
        burst,
    };
    let answer = value(&limit);
    order.account.trouble.put_limit(limit);
    Ok(answer)
}

fn document(order: &mut Order<'_>, service: &str) -> Result<Map, ControlError> {
    if !SERVICES.contains(&service) {
        return Err(ControlError::refused(format!(
            "AWS documents no limits of {service} that the sandbox knows; --rate sets one"
        )));
    }
    let mut services = order.account.trouble.limits.documented().to_vec();
    if !services.iter().any(|own| own == service) {
        services.push(service.to_owned());
        services.sort_unstable();
        order.account.trouble.document_limits(services);
    }
    let mut map = Map::new();
    map.push("Service", service.into());
    map.push("Documented", Value::Bool(true));
    Ok(map)
}

/// Has the documented limits of `all`, `usual` or `no` services count.
pub(super) fn documented(order: &mut Order<'_>) -> Result<Map, ControlError> {
    let services: &[&str] = match order.text("services") {
        Some("all") => SERVICES,
        Some("usual") => USUAL,
        Some("none") => &[],
        _ => return Err(ControlError::refused("services are all, usual or none")),
    };
    let services = services.iter().map(|&name| name.to_owned()).collect();
    order.account.trouble.document_limits(services);
    Ok(Map::new())
}

/// All limits that count: those that were set, and the documented ones.
pub(super) fn list(order: &Order<'_>) -> Map {
    let limits = &order.account.trouble.limits;
    let set = limits.set().map(|limit| Value::Map(value(limit)));
    let documented = SERVICES.iter().map(|&service| {
        let buckets = described(service).into_iter().map(|(name, size)| {
            let mut map = Map::new();
            map.push("Requests", name.into());
            map.push("Rate", thousandths(size.rate));
            map.push("Burst", Value::Int(size.burst));
            Value::Map(map)
        });
        let counts = limits.documented().iter().any(|own| own == service);
        let mut map = Map::new();
        map.push("Service", service.into());
        map.push("InForce", Value::Bool(counts));
        map.push("Buckets", Value::List(buckets.collect()));
        Value::Map(map)
    });
    let mut map = Map::new();
    map.push("Limits", Value::List(set.collect()));
    map.push("Documented", Value::List(documented.collect()));
    map
}

/// Removes the limits of a service or of an operation: those that were set, and
/// of a whole service the documented ones too.
pub(super) fn remove(order: &mut Order<'_>) -> Result<Map, ControlError> {
    let (service, operation) = operation_of(order)?;
    let service = service.ok_or_else(|| ControlError::refused("a limit is one of a service"))?;
    let trouble = &mut order.account.trouble;
    let mut removed = trouble.remove_limits(&service, operation.as_deref());
    let documented = trouble.limits.documented();
    if operation.is_none() && documented.contains(&service) {
        let others = documented.iter().filter(|own| **own != service);
        let others = others.cloned().collect();
        trouble.document_limits(others);
        removed += 1;
    }
    if removed == 0 {
        let of = operation.map_or(service.clone(), |name| format!("{service} {name}"));
        return Err(ControlError::refused(format!("{of} has no limit")));
    }
    Ok(Map::new())
}

fn value(limit: &Limit) -> Map {
    let mut map = Map::new();
    map.push("Service", limit.service.as_str().into());
    if let Some(operation) = &limit.operation {
        map.push("Operation", operation.as_str().into());
    }
    map.push("Rate", thousandths(limit.rate));
    map.push("Burst", Value::Int(limit.burst));
    map
}

/// A number with its thousandths.
fn thousandths(number: i64) -> Value {
    match number % 1000 {
        0 => Value::Int(number / 1000),
        _ => Value::Float(number as f64 / 1000.0),
    }
}
