//! `awl sandbox export`: what a sandbox holds, as a seed for another.

use awl_value::{Map, Value};

use super::place::Place;
use super::{attach, remote};
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
    let mut parameters = Map::new();
    parameters.push("secrets", Value::Bool(given.has("--with-secrets")));
    let seed = remote::ask(&running, "export-identities", parameters)?;
    let mut text = String::new();
    output::write_yaml_file(&Value::Map(seed), &mut text);
    invocation.ui.write_out(&text);
    Ok(())
}
