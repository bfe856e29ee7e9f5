//! What `awl emr` has beyond the service's operations: clusters made and
//! changed in EMR's own terms, steps, HBase backups, the default roles, and
//! programs that log in to a cluster.
// Parity: awscli/customizations/emr.

mod applications;
mod clusters;
mod configured;
mod create_cluster;
mod default_roles;
mod ec2_attributes;
mod emrfs;
mod hbase;
mod instances;
mod log_in;
mod logging;
mod schemas;
mod steps;

use awl_value::{Map, Value};

use super::custom::{Argument, Custom, Given};
use super::{Invocation, call, caller};
use crate::arguments::added::is_true;
use crate::argv::Globals;
use crate::error::CommandError;

/// What is added to the commands of the service `emr`.
pub(super) static COMMANDS: &[Custom] = &[
    clusters::TERMINATE,
    clusters::DESCRIBE,
    clusters::MODIFY,
    applications::INSTALL,
    create_cluster::COMMAND,
    steps::ADD,
    hbase::RESTORE,
    hbase::CREATE,
    hbase::SCHEDULE,
    hbase::DISABLE,
    default_roles::COMMAND,
    instances::ADD,
    log_in::SSH,
    log_in::SOCKS,
    log_in::GET,
    log_in::PUT,
];

const CLUSTER_ID: Argument = Argument::option("--cluster-id").required();

/// The Region that commands name in links.
// Parity: emrutils.py, get_region.
fn region(invocation: &Invocation, globals: &Globals) -> Result<String, CommandError> {
    let config = call::load_config(invocation, globals)?;
    Ok(call::with_region(&config)?.region().value)
}

/// The release label of a cluster, where it has one.
fn release_label(
    invocation: &mut Invocation,
    globals: &Globals,
    cluster_id: &str,
) -> Result<Option<String>, CommandError> {
    let emr = caller::Caller::new(invocation, globals, "emr")?;
    let parameters = map([("ClusterId", cluster_id.into())]);
    let answer = emr.call(invocation, globals, "DescribeCluster", parameters)?;
    let cluster = answer.get("Cluster");
    let label = cluster.and_then(|cluster| cluster.get("ReleaseLabel"));
    Ok(label.and_then(Value::as_str).map(str::to_owned))
}

/// Refuses a command that clusters with a release label have no use for.
// Parity: command.py, _validate_unsupported_commands_for_release_based_clusters.
fn refuse_release(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
    command: &str,
) -> Result<(), CommandError> {
    let id = given.get("--cluster-id").unwrap_or_default();
    match release_label(invocation, globals, id)? {
        Some(label) if !label.is_empty() => Err(CommandError::validation(format!(
            "{command} is not supported with '{label}' release."
        ))),
        _ => Ok(()),
    }
}

/// Adds steps to a cluster and prints the answer.
fn add_steps(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
    steps: Vec<Value>,
    others: Map,
) -> Result<(), CommandError> {
    let id = given.get("--cluster-id").unwrap_or_default();
    let mut parameters = map([("JobFlowId", id.into()), ("Steps", Value::List(steps))]);
    for (name, value) in others {
        parameters.push(name, value);
    }
    caller::call_and_print(invocation, globals, "emr", "AddJobFlowSteps", parameters)
}

/// A map of these entries.
fn map<const N: usize>(entries: [(&'static str, Value); N]) -> Map {
    let mut map = Map::with_capacity(N);
    for (name, value) in entries {
        map.push(name, value);
    }
    map
}

/// A list of texts.
fn texts<T: Into<String>>(items: impl IntoIterator<Item = T>) -> Value {
    let items = items.into_iter().map(|item| Value::String(item.into()));
    Value::List(items.collect())
}

/// Puts a value that is not empty.
// Parity: emrutils.py, apply_dict.
fn apply(map: &mut Map, name: &'static str, value: impl Into<Value>) {
    let value = value.into();
    if is_true(&value) {
        map.insert(name, value);
    }
}

/// What two flags that exclude each other come to.
// Parity: emrutils.py, apply_boolean_options.
fn one_of_flags(is_on: bool, on: &str, is_off: bool, off: &str) -> Result<bool, CommandError> {
    if is_on && is_off {
        return Err(CommandError::validation(format!(
            "cannot use both {on} and {off} options together."
        )));
    }
    Ok(is_on)
}

/// Two options that cannot stand together.
fn exclusive(option: &str, other: &str, advice: &str) -> CommandError {
    CommandError::validation(format!(
        "You cannot specify both {option} and {other} options together.{advice}"
    ))
}

/// A parameter that is missing.
fn missing(structure: &str, names: &str) -> CommandError {
    CommandError::validation(format!(
        "The following required parameters are missing for {structure}: {names}."
    ))
}

/// A link to what EMR keeps in its bucket of a Region.
// Parity: emrutils.py, build_s3_link.
fn s3_link(path: &str, region: &str) -> String {
    format!("s3://{region}.elasticmapreduce{path}")
}

const SCRIPT_RUNNER: &str = "/libs/script-runner/script-runner.jar";
const COMMAND_RUNNER: &str = "command-runner.jar";

/// What runs a step: a program of the cluster, or a script of EMR's bucket.
fn runner(has_release: bool, region: &str) -> String {
    if has_release {
        COMMAND_RUNNER.to_owned()
    } else {
        s3_link(SCRIPT_RUNNER, region)
    }
}

/// The text under a name.
fn text<'a>(map: &'a Map, name: &str) -> Option<&'a str> {
    map.get(name).and_then(Value::as_str)
}

/// The maps of a list.
fn maps(value: &Value) -> impl Iterator<Item = &Map> {
    value
        .as_list()
        .unwrap_or_default()
        .iter()
        .filter_map(Value::as_map)
}

/// A step to be added.
// Parity: emrutils.py, build_step.
fn step(name: &str, action_on_failure: &str, jar: &str, arguments: Value) -> Map {
    let mut config = map([("Jar", jar.into())]);
    apply(&mut config, "Args", arguments);
    let mut step = Map::new();
    apply(&mut step, "Name", name);
    apply(&mut step, "ActionOnFailure", action_on_failure);
    step.push("HadoopJarStep", Value::Map(config));
    step
}

/// A bootstrap action of EMR's own.
// Parity: emrutils.py, build_bootstrap_action.
fn bootstrap_action(name: &str, path: String, arguments: Value) -> Value {
    let mut script = Map::new();
    apply(&mut script, "Args", arguments);
    script.push("Path", path.into());
    Value::Map(map([
        ("Name", name.into()),
        ("ScriptBootstrapAction", Value::Map(script)),
    ]))
}
