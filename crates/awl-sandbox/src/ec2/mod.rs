//! Elastic Compute Cloud: instances and what they need, kept apart by Region.
//! Nothing runs: an instance is its records, and the states that it goes through.

mod access;
mod addresses;
mod associations;
mod attributes;
mod defaults;
mod describe;
mod devices;
mod filter;
mod groups;
mod images;
mod instance;
mod interruption;
mod keys;
mod lifecycle;
mod listings;
mod names;
mod needs;
mod net;
mod network;
mod none;
mod placing;
mod regions;
mod routes;
mod rules;
mod run;
mod state;
mod tags;
mod types;
mod volumes;

#[cfg(test)]
mod tests;

use awl_protocol::server::Failure;
use awl_value::{Map, Timestamp, Value};

pub(crate) use access::fill;
pub(crate) use instance::Instance;
pub(crate) use interruption::carry_out;
pub(crate) use needs::place;
pub(crate) use state::{Resource, State};

use crate::door::{Call, Outcome};

/// A structure of the model.
macro_rules! fields {
    ($($name:tt: $value:expr),* $(,)?) => {{
        let mut map = awl_value::Map::new();
        $(map.push($name, awl_value::Value::from($value));)*
        map
    }};
}
pub(crate) use fields;

/// Makes a Region that is used for the first time what it is in any account, and
/// forgets what has been terminated for long. Every call comes by here first:
/// whether it is allowed depends on what there is.
pub(crate) fn prepare(call: &mut Call<'_>) {
    defaults::open(call);
    for gone in carry_out(call.account, call.now) {
        call.sandbox.listeners.close(&gone);
    }
    lifecycle::forget(call);
}

/// Answers a call that is allowed.
pub(crate) fn call(call: &mut Call<'_>) -> Outcome {
    let operation = call.operation.name();
    if let Some(output) = describe::call(call, operation)? {
        return Ok(Some(output));
    }
    const PARTS: [fn(&mut Call<'_>, &str) -> Outcome; 12] = [
        lifecycle::call,
        tags::call,
        attributes::call,
        associations::call,
        keys::call,
        groups::call,
        rules::call,
        network::call,
        routes::call,
        addresses::call,
        volumes::call,
        none::call,
    ];
    for part in PARTS {
        if let Some(output) = part(call, operation)? {
            return Ok(Some(output));
        }
    }
    Ok(None)
}

/// A time as the model has it.
pub(super) fn time(seconds: i64) -> Value {
    Value::Timestamp(Timestamp::utc(seconds.saturating_mul(1_000_000)))
}

/// Nothing to say but that it was done.
pub(super) fn done() -> Outcome {
    Ok(Some(Map::new()))
}

/// What has no more to say than `<return>true</return>`.
pub(super) fn returned() -> Outcome {
    Ok(Some(fields! {"Return": true}))
}

/// A failure with a code.
pub(super) fn refused<T>(code: &'static str, message: impl Into<String>) -> Result<T, Failure> {
    Err(Failure::new(code, message))
}

/// The failure of a parameter's value.
pub(super) fn invalid<T>(message: impl Into<String>) -> Result<T, Failure> {
    refused("InvalidParameterValue", message)
}

/// A text within a parameter.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str()
}
