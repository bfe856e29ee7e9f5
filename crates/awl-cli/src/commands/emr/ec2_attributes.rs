//! What `--ec2-attributes` says of a new cluster and its instances.
// Parity: awscli/customizations/emr/createcluster.py, _build_ec2_attributes.

use awl_value::{Map, Value};

use super::{apply, exclusive};
use crate::error::CommandError;

/// What goes to the instances by which name.
const INSTANCES: [(&str, &str); 3] = [
    ("KeyName", "Ec2KeyName"),
    ("SubnetId", "Ec2SubnetId"),
    ("SubnetIds", "Ec2SubnetIds"),
];

const PLACEMENT: [&str; 2] = ["AvailabilityZone", "AvailabilityZones"];

const GROUPS: [&str; 5] = [
    "EmrManagedMasterSecurityGroup",
    "EmrManagedSlaveSecurityGroup",
    "ServiceAccessSecurityGroup",
    "AdditionalMasterSecurityGroups",
    "AdditionalSlaveSecurityGroups",
];

/// Puts the attributes where they go.
///
/// # Errors
/// A subnet and a zone together, or one and many.
pub(super) fn put(cluster: &mut Map, given: &Map) -> Result<(), CommandError> {
    let has = |name: &str| given.contains_key(name);
    if has("SubnetId") && has("SubnetIds") {
        return Err(exclusive("SubnetId", "SubnetIds", ""));
    }
    if has(PLACEMENT[0]) && has(PLACEMENT[1]) {
        return Err(exclusive(PLACEMENT[0], PLACEMENT[1], ""));
    }
    if (has("SubnetId") || has("SubnetIds")) && PLACEMENT.iter().any(|name| has(name)) {
        return Err(CommandError::validation(
            "You may not specify both a SubnetId and an AvailabilityZone (placement) because \
             ec2SubnetId implies a placement.",
        ));
    }
    let value = |name: &str| given.get(name).cloned().unwrap_or_default();
    apply(cluster, "JobFlowRole", value("InstanceProfile"));
    let Some(instances) = cluster.get_mut("Instances").and_then(Value::as_map_mut) else {
        return Ok(());
    };
    for (name, key) in INSTANCES {
        apply(instances, key, value(name));
    }
    for name in PLACEMENT {
        if has(name) {
            let mut placement = Map::new();
            apply(&mut placement, name, value(name));
            instances.insert("Placement", Value::Map(placement));
        }
    }
    for name in GROUPS {
        apply(instances, name, value(name));
    }
    Ok(())
}
