//! Instance groups and fleets as the service wants them, and `emr
//! add-instance-groups`.
// Parity: awscli/customizations/emr/{addinstancegroups,instancegroupsutils,
// instancefleetsutils}.py.

use awl_value::{Map, Value};

use super::{CLUSTER_ID, configured, map, maps, schemas, text};
use crate::argv::Globals;
use crate::commands::custom::{Argument, Custom, Given};
use crate::commands::{Invocation, caller};
use crate::error::CommandError;
use crate::python;

/// `emr add-instance-groups`.
pub(super) const ADD: Custom = Custom::new(
    "add-instance-groups",
    &[
        CLUSTER_ID,
        Argument::shaped("--instance-groups", schemas::INSTANCE_GROUPS).required(),
    ],
    run,
)
.excused_by(configured::given);

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let id = given.get("--cluster-id").unwrap_or_default();
    let groups = given
        .value("--instance-groups")
        .cloned()
        .unwrap_or_default();
    let parameters = map([
        ("JobFlowId", id.into()),
        ("InstanceGroups", groups_of(&groups)),
    ]);
    let emr = caller::Caller::new(invocation, globals, "emr")?;
    let answer = emr.call(invocation, globals, "AddInstanceGroups", parameters)?;
    let mut result = Map::new();
    if let (Some(id), Some(groups)) = (answer.get("JobFlowId"), answer.get("InstanceGroupIds")) {
        result.push("ClusterId", id.clone());
        result.push("InstanceGroupIds", groups.clone());
        let arn = answer.get("ClusterArn").cloned();
        result.push("ClusterArn", arn.unwrap_or_default());
    }
    caller::print(invocation, globals, "add_instance_groups", result.into())
}

/// The groups that `--instance-groups` describes.
// Parity: instancegroupsutils.py, build_instance_groups.
pub(super) fn groups_of(groups: &Value) -> Value {
    Value::List(maps(groups).map(group_of).collect())
}

fn group_of(given: &Map) -> Value {
    let value = |name: &str| given.get(name).cloned().unwrap_or_default();
    let kind = text(given, "InstanceGroupType").unwrap_or_default();
    let mut group = map([
        ("Name", text(given, "Name").unwrap_or(kind).into()),
        ("InstanceType", value("InstanceType")),
        ("InstanceCount", value("InstanceCount")),
        ("InstanceRole", kind.to_uppercase().into()),
    ]);
    match text(given, "BidPrice") {
        Some(price) => {
            if price != "OnDemandPrice" {
                group.push("BidPrice", price.into());
            }
            group.push("Market", "SPOT".into());
        }
        None => group.push("Market", "ON_DEMAND".into()),
    }
    for name in [
        "EbsConfiguration",
        "AutoScalingPolicy",
        "Configurations",
        "CustomAmiId",
    ] {
        if let Some(value) = given.get(name) {
            group.push(name, value.clone());
        }
    }
    Value::Map(group)
}

/// The groups of a new cluster.
///
/// # Errors
/// Groups and their short cuts together, or neither.
// Parity: instancegroupsutils.py, validate_and_build_instance_groups.
pub(super) fn groups_of_cluster(given: &Given<'_>) -> Result<Value, CommandError> {
    let groups = given.value("--instance-groups");
    let (kind, count) = (given.get("--instance-type"), given.get("--instance-count"));
    if let Some(groups) = groups {
        if kind.is_some() || count.is_some() {
            return Err(CommandError::validation(
                "You may not specify --instance-type or --instance-count with --instance-groups, \
                 because --instance-type and --instance-count are shortcut options for \
                 --instance-groups.",
            ));
        }
        return Ok(groups_of(groups));
    }
    let Some(kind) = kind else {
        return Err(CommandError::validation(
            "Must specify either --instance-groups or --instance-type with \
             --instance-count(optional) to configure instance groups.",
        ));
    };
    let mut groups = vec![simple_group(kind, 1, "MASTER")];
    if let Some(count) = count {
        let count = number(count)?;
        let count = count.as_int().unwrap_or(i64::MAX);
        if count > 1 {
            groups.push(simple_group(kind, count - 1, "CORE"));
        }
    }
    Ok(Value::List(groups))
}

fn simple_group(kind: &str, count: i64, role: &str) -> Value {
    Value::Map(map([
        ("InstanceType", kind.into()),
        ("InstanceCount", count.into()),
        ("InstanceRole", role.into()),
        ("Name", role.into()),
        ("Market", "ON_DEMAND".into()),
    ]))
}

/// A word as a number.
///
/// # Errors
/// Python's, of a word that is none.
pub(super) fn number(word: &str) -> Result<Value, CommandError> {
    python::int(word).ok_or_else(|| CommandError::general(python::int_error(word)))
}

/// The fleets that `--instance-fleets` describes.
// Parity: instancefleetsutils.py, validate_and_build_instance_fleets.
pub(super) fn fleets_of(fleets: &Value) -> Value {
    Value::List(maps(fleets).map(fleet_of).collect())
}

fn fleet_of(given: &Map) -> Value {
    let kind = text(given, "InstanceFleetType").unwrap_or_default();
    let mut fleet = map([
        ("Name", text(given, "Name").unwrap_or(kind).into()),
        ("InstanceFleetType", kind.into()),
    ]);
    for name in [
        "TargetOnDemandCapacity",
        "TargetSpotCapacity",
        "InstanceTypeConfigs",
        "LaunchSpecifications",
        "ResizeSpecifications",
        "Context",
    ] {
        if let Some(value) = given.get(name) {
            let inner: &[&'static str] = match name {
                "LaunchSpecifications" => &["SpotSpecification", "OnDemandSpecification"],
                "ResizeSpecifications" => {
                    &["SpotResizeSpecification", "OnDemandResizeSpecification"]
                }
                _ => &[],
            };
            let value = match value {
                Value::Map(value) if !inner.is_empty() => Value::Map(select(value, inner)),
                value => value.clone(),
            };
            fleet.push(name, value);
        }
    }
    Value::Map(fleet)
}

/// The entries of these names, in this order.
fn select(map: &Map, names: &[&'static str]) -> Map {
    let mut selected = Map::new();
    for name in names {
        if let Some(value) = map.get(name) {
            selected.push(*name, value.clone());
        }
    }
    selected
}
