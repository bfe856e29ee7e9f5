//! Verbs about faults, the clock, and the end of sessions.

use awl_value::{Map, Value};

use super::{ControlError, Order, operation_of};
use crate::Ending;
use crate::caller::iso;
use crate::trouble::{Fault, Whom};

/// The longest that an answer is kept back, in milliseconds.
const LONGEST: i64 = 600_000;
/// The farthest that the clock can be off: a year.
const FARTHEST: i64 = 366 * 86_400;

/// Adds a fault: `service`, `operation`, `principal`; `error`, `message`; `rate`
/// in millionths; `least` and `most` milliseconds of waiting; `count`;
/// `connection`; `seed`.
pub(super) fn add(order: &mut Order<'_>) -> Result<Map, ControlError> {
    let (service, operation) = operation_of(order)?;
    let own = |name: &str| order.text(name).map(str::to_owned);
    let ending = match order.text("connection") {
        None => None,
        Some(word) => Some(Ending::parse(word).ok_or_else(|| {
            ControlError::refused("a connection can be reset, close or truncate")
        })?),
    };
    let error = own("error");
    if let Some(error) = &error {
        check(error)?;
    }
    let least = order.int("least").unwrap_or_default();
    let most = order.int("most").unwrap_or(least);
    if error.is_none() && ending.is_none() && most == 0 {
        return Err(ControlError::refused(
            "a fault has an error, a latency, or an end of the connection",
        ));
    }
    if error.is_some() && ending.is_some() {
        return Err(ControlError::refused(
            "a fault has an error or an end of the connection, not both",
        ));
    }
    let rate = order.int("rate").unwrap_or(1_000_000);
    let count = order.int("count");
    if !(0..=1_000_000).contains(&rate) {
        return Err(ControlError::refused("a rate is a number from 0 to 1"));
    }
    if least < 0 || most < least || most > LONGEST {
        return Err(ControlError::refused(
            "a latency is at most ten minutes, and its end not before its begin",
        ));
    }
    if count.is_some_and(|count| count < 1) {
        return Err(ControlError::refused("a count is 1 or more"));
    }
    let fault = Fault {
        number: 0,
        service,
        operation,
        principal: own("principal"),
        error,
        message: own("message"),
        rate,
        least,
        most,
        left: count,
        ending,
        seed: order.int("seed"),
        seen: 0,
        made: 0,
    };
    let id = order.account.trouble.add_fault(fault);
    let mut map = Map::new();
    map.push("Id", id.into());
    Ok(map)
}

/// A status of an error, or something that can be a code.
fn check(error: &str) -> Result<(), ControlError> {
    let is_fit = match error.parse::<u16>() {
        Ok(status) => (400..600).contains(&status),
        Err(_) => {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".:_-#".contains(&byte);
            error.len() <= 128
                && error.starts_with(|first: char| first.is_ascii_alphabetic())
                && error.bytes().all(allowed)
        }
    };
    match is_fit {
        true => Ok(()),
        false => Err(ControlError::refused(
            "an error is a status from 400 to 599, or a code such as SlowDown",
        )),
    }
}

pub(super) fn list(order: &Order<'_>) -> Map {
    let faults = order.account.trouble.faults.all().map(|fault| {
        let mut map = Map::new();
        map.push("Id", fault.id().into());
        let mut text = |name: &'static str, own: Option<&str>| {
            if let Some(own) = own {
                map.push(name, own.into());
            }
        };
        text("Service", fault.service.as_deref());
        text("Operation", fault.operation.as_deref());
        text("Principal", fault.principal.as_deref());
        text("Error", fault.error.as_deref());
        text("Message", fault.message.as_deref());
        text("Connection", fault.ending.map(Ending::word));
        map.push("Rate", Value::Float(fault.rate as f64 / 1_000_000.0));
        if fault.most > 0 {
            map.push("LeastMilliseconds", Value::Int(fault.least));
            map.push("MostMilliseconds", Value::Int(fault.most));
        }
        if let Some(left) = fault.left {
            map.push("Left", Value::Int(left));
        }
        map.push("Seen", Value::Int(fault.seen));
        map.push("Made", Value::Int(fault.made));
        Value::Map(map)
    });
    let mut map = Map::new();
    map.push("Faults", Value::List(faults.collect()));
    map
}

/// Removes the fault `id`, or all.
pub(super) fn remove(order: &mut Order<'_>) -> Result<Map, ControlError> {
    let id = order.text("id").map(str::to_owned);
    if id.is_none() && !order.flag("all") {
        return Err(ControlError::refused("which fault is to go"));
    }
    let removed = order.account.trouble.remove_faults(id.as_deref());
    match id {
        Some(id) if removed == 0 => Err(ControlError::refused(format!("there is no fault {id}"))),
        _ => Ok(Map::new()),
    }
}

/// Puts the clock `skew` seconds ahead of the machine's, and says what it shows.
pub(super) fn clock(order: &mut Order<'_>) -> Result<Map, ControlError> {
    if let Some(skew) = order.int("skew") {
        if !(-FARTHEST..=FARTHEST).contains(&skew) {
            return Err(ControlError::refused("the clock can be off by a year"));
        }
        order.account.trouble.set_skew(skew);
        order.sandbox.set_skew(skew);
    }
    let mut map = Map::new();
    map.push("Time", iso(order.sandbox.now()).into());
    map.push("SkewSeconds", Value::Int(order.account.trouble.skew()));
    Ok(map)
}

/// Ends sessions: of an access key id `session`, of a `principal`, or `all`;
/// those that were opened until now, or `before` seconds since 1970.
pub(super) fn expire(order: &mut Order<'_>) -> Result<Map, ControlError> {
    let whom = match (
        order.text("session"),
        order.text("principal"),
        order.flag("all"),
    ) {
        (Some(id), None, false) => Whom::Session(id.to_owned()),
        (None, Some(arn), false) => {
            let resource = awl_iam::Arn::parse(arn).map(|arn| arn.resource.to_owned());
            let kinds = ["user/", "role/", "assumed-role/", "federated-user/"];
            let is_known = resource.is_some_and(|own| kinds.iter().any(|it| own.starts_with(it)));
            if !is_known {
                return Err(ControlError::refused(format!(
                    "{arn} is no ARN of a user, a role or a session"
                )));
            }
            Whom::Principal(arn.to_owned())
        }
        (None, None, true) => Whom::All,
        _ => {
            return Err(ControlError::refused(
                "one of session, principal and all says whose sessions end",
            ));
        }
    };
    let before = order.int("before");
    order.account.trouble.revoke(whom, before);
    order.sandbox.forget_delivered();
    Ok(Map::new())
}
