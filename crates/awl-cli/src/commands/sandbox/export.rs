//! `awl sandbox export`: what a sandbox holds, as a seed for another.

mod buckets;
mod instances;

use awl_value::{Map, Value};

use super::attach;
use super::clients::Clients;
use super::place::Place;
use crate::argv::Globals;
use crate::commands::Invocation;
use crate::commands::custom::Given;
use crate::error::CommandError;
use crate::output;

pub(super) fn run(
    invocation: &mut Invocation,
    _: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let place = Place::of(invocation, given)?;
    let host = invocation.host.clone();
    let (running, _hold) = attach::find(place, &host)?;
    let mut clients = Clients::new(&host, &running)?;
    let mut parameters = Map::new();
    parameters.push("secrets", Value::Bool(given.has("--with-secrets")));
    let mut seed = clients.order("export-identities", parameters)?;
    let mut add = |name: &'static str, entries: Vec<Value>| {
        if !entries.is_empty() {
            seed.push(name, Value::List(entries));
        }
    };
    let found = instances::all(&mut clients)?;
    add("KeyPairs", found.key_pairs);
    add("SecurityGroups", found.security_groups);
    add("Instances", found.instances);
    let found = buckets::all(&mut clients)?;
    add("Buckets", found.buckets);
    let mut text = String::new();
    output::write_yaml_file(&Value::Map(seed), &mut text);
    invocation.ui.write_out(&text);
    if found.left_out > 0 {
        let count = found.left_out;
        invocation.ui.write_error(&format!(
            "{count} objects are left out: a seed has texts of up to {} bytes\n",
            buckets::LARGEST
        ));
    }
    Ok(())
}

/// The items of a list in an answer.
fn items<'a>(answer: &'a Value, name: &str) -> &'a [Value] {
    let items = answer.get(name).and_then(Value::as_list);
    items.unwrap_or_default()
}

/// Takes members over under the same names.
fn take(from: &Value, names: &[&'static str], to: &mut Map) {
    for name in names {
        if let Some(value) = from.get(name).filter(|value| !value.is_null()) {
            to.push(*name, value.clone());
        }
    }
}

/// A list of tags as a map.
fn tags(list: &[Value]) -> Option<Value> {
    let tags = list.iter().filter_map(|tag| {
        let key = tag.get("Key")?.as_str()?.to_owned();
        Some((key.into(), tag.get("Value")?.clone()))
    });
    let tags: Map = tags.collect();
    (!tags.is_empty()).then(|| tags.into())
}
