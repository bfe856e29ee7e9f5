//! `--seed`: users, roles, policies, instances and buckets from a file, made by
//! the sandbox's administrator with AWS's own operations. What is there already is
//! left as it is, so that a seed may be given at every start.

mod apply;
mod buckets;
mod details;
mod document;
mod plan;

use std::path::Path;
use std::sync::Arc;

use awl_sandbox::Sandbox;
use awl_sdk::env::Host;
use awl_value::{Map, Value};

use super::clients::Clients;
use super::machine::{Facts, Machine};
use super::place::Running;
use super::{attach, remote};
use crate::error::CommandError;
use document::Document;

/// What a seed has brought.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Brought {
    pub(super) made: usize,
    /// How much was there already.
    pub(super) known: usize,
}

/// Applies the seed of a file to a sandbox that runs. It is tried first on one that
/// is gone afterwards, so that a seed with an error changes nothing.
pub(super) fn sow(
    host: &Arc<dyn Host>,
    file: &Path,
    running: &Running,
) -> Result<Brought, CommandError> {
    let bytes = host
        .read(file)
        .map_err(|error| CommandError::general(crate::python::os_error(&error, file)))?;
    let answer = remote::ask(running, "ping", Map::new())?;
    let account = answer.get("Account").and_then(Value::as_str);
    let account = account.unwrap_or_default();
    let document = details::translated(Document::parse(file, &bytes)?, account)?;
    let beside = |path: &str| document.beside(path);
    let things =
        plan::plan(&document.root(), account, &beside).map_err(|fault| document.error(&fault))?;
    let machine = Box::new(Machine(host.clone()));
    let trial = Sandbox::in_memory(awl_catalog::store(), Box::new(Facts), machine)?;
    {
        let trial = attach::Serving::start(trial)?;
        let mut clients = Clients::new(host, trial.running())?;
        apply::apply(&mut clients, &things, &document)?;
    }
    let mut clients = Clients::new(host, running)?;
    apply::apply(&mut clients, &things, &document)
}
