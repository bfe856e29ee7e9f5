//! `emr describe-cluster`, `terminate-clusters` and
//! `modify-cluster-attributes`.
// Parity: awscli/customizations/emr/{describecluster,terminateclusters,
// modifyclusterattributes}.py.

use awl_value::{Map, Value};

use super::{CLUSTER_ID, configured, exclusive, map, schemas, texts};
use crate::argv::Globals;
use crate::commands::custom::{Argument, Custom, Given};
use crate::commands::{Invocation, caller};
use crate::error::CommandError;

/// `emr terminate-clusters`.
pub(super) const TERMINATE: Custom = Custom::new(
    "terminate-clusters",
    &[Argument::shaped("--cluster-ids", schemas::WORDS).required()],
    |invocation, globals, given| {
        let ids = given.value("--cluster-ids").cloned().unwrap_or_default();
        let parameters = map([("JobFlowIds", ids)]);
        caller::call_and_print(invocation, globals, "emr", "TerminateJobFlows", parameters)
    },
)
.excused_by(configured::given);

/// `emr describe-cluster`.
pub(super) const DESCRIBE: Custom =
    Custom::new("describe-cluster", &[CLUSTER_ID], describe).excused_by(configured::given);

/// `emr modify-cluster-attributes`.
pub(super) const MODIFY: Custom = Custom::new(
    "modify-cluster-attributes",
    &[
        CLUSTER_ID,
        Argument::flag("--visible-to-all-users"),
        Argument::flag("--no-visible-to-all-users"),
        Argument::flag("--termination-protected"),
        Argument::flag("--no-termination-protected"),
        Argument::flag("--auto-terminate"),
        Argument::flag("--no-auto-terminate"),
        Argument::flag("--unhealthy-node-replacement"),
        Argument::flag("--no-unhealthy-node-replacement"),
    ],
    modify,
)
.excused_by(configured::given);

fn describe(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let id = given.get("--cluster-id").unwrap_or_default();
    let parameters = || map([("ClusterId", id.into())]);
    let emr = caller::Caller::new(invocation, globals, "emr")?;
    let mut answer = emr.call(invocation, globals, "DescribeCluster", parameters())?;
    let kind = answer
        .get("Cluster")
        .and_then(|cluster| cluster.get("InstanceCollectionType"));
    let (operation, name) = match kind.and_then(Value::as_str) {
        Some("INSTANCE_FLEET") => ("ListInstanceFleets", "InstanceFleets"),
        _ => ("ListInstanceGroups", "InstanceGroups"),
    };
    let mut instances = emr.call(invocation, globals, operation, parameters())?;
    let mut actions = emr.call(invocation, globals, "ListBootstrapActions", parameters())?;
    let cluster = answer.get_mut("Cluster").and_then(Value::as_map_mut);
    let cluster = cluster.ok_or_else(|| CommandError::general("'Cluster'"))?;
    cluster.insert("BootstrapActions", Value::List(Vec::new()));
    if let Some(instances) = instances.remove(name) {
        cluster.insert(name, instances);
    }
    if let Some(actions) = actions.remove("BootstrapActions") {
        cluster.insert("BootstrapActions", actions);
    }
    caller::print(invocation, globals, "describe_cluster", answer.into())
}

/// An attribute of a cluster that two flags set.
struct Attribute {
    on: &'static str,
    off: &'static str,
    operation: &'static str,
    parameter: &'static str,
    /// Whether the parameter is the opposite of the flag.
    is_opposite: bool,
}

const ATTRIBUTES: [Attribute; 4] = [
    Attribute {
        on: "--visible-to-all-users",
        off: "--no-visible-to-all-users",
        operation: "SetVisibleToAllUsers",
        parameter: "VisibleToAllUsers",
        is_opposite: false,
    },
    Attribute {
        on: "--termination-protected",
        off: "--no-termination-protected",
        operation: "SetTerminationProtection",
        parameter: "TerminationProtected",
        is_opposite: false,
    },
    Attribute {
        on: "--auto-terminate",
        off: "--no-auto-terminate",
        operation: "SetKeepJobFlowAliveWhenNoSteps",
        parameter: "KeepJobFlowAliveWhenNoSteps",
        is_opposite: true,
    },
    Attribute {
        on: "--unhealthy-node-replacement",
        off: "--no-unhealthy-node-replacement",
        operation: "SetUnhealthyNodeReplacement",
        parameter: "UnhealthyNodeReplacement",
        is_opposite: false,
    },
];

fn modify(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    for attribute in &ATTRIBUTES {
        if given.has(attribute.on) && given.has(attribute.off) {
            return Err(exclusive(attribute.on, attribute.off, ""));
        }
    }
    let is_given = |it: &Attribute| given.has(it.on) || given.has(it.off);
    if !ATTRIBUTES.iter().any(is_given) {
        return Err(CommandError::validation(
            "Must specify one of the following boolean options: \
             --visible-to-all-users|--no-visible-to-all-users, \
             --termination-protected|--no-termination-protected, \
             --auto-terminate|--no-auto-terminate, \
             --unhealthy-node-replacement|--no-unhealthy-node-replacement.",
        ));
    }
    let id = given.get("--cluster-id").unwrap_or_default();
    for attribute in ATTRIBUTES.iter().filter(|it| is_given(it)) {
        let mut parameters = Map::new();
        parameters.push("JobFlowIds", texts([id]));
        let value = given.has(attribute.on) != attribute.is_opposite;
        parameters.push(attribute.parameter, value.into());
        caller::call_and_print(invocation, globals, "emr", attribute.operation, parameters)?;
    }
    Ok(())
}
