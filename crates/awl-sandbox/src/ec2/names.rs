//! Ids: whether they are well-formed, whether there is something, and the words
//! that EC2 has where not.

use awl_protocol::server::Failure;

use super::state::Resource;
use super::{Instance, refused};
use crate::door::Call;
use crate::ids;

/// What ids of a kind begin with; the codes of malformed and unknown ones; how
/// messages call the kind.
struct Kind {
    prefix: &'static str,
    malformed: &'static str,
    unknown: &'static str,
    noun: &'static str,
}

const fn kind(
    prefix: &'static str,
    malformed: &'static str,
    unknown: &'static str,
    noun: &'static str,
) -> Kind {
    Kind {
        prefix,
        malformed,
        unknown,
        noun,
    }
}

static KINDS: &[Kind] = &[
    kind(
        "acl",
        "InvalidNetworkAclId.Malformed",
        "InvalidNetworkAclID.NotFound",
        "networkAcl ID",
    ),
    kind(
        "dopt",
        "InvalidDhcpOptionsId.Malformed",
        "InvalidDhcpOptionID.NotFound",
        "dhcpOption ID",
    ),
    kind(
        "eipalloc",
        "InvalidAllocationID.Malformed",
        "InvalidAllocationID.NotFound",
        "allocation ID",
    ),
    kind(
        "eipassoc",
        "InvalidAssociationID.Malformed",
        "InvalidAssociationID.NotFound",
        "association ID",
    ),
    kind(
        "eni",
        "InvalidNetworkInterfaceId.Malformed",
        "InvalidNetworkInterfaceID.NotFound",
        "networkInterface ID",
    ),
    kind(
        "i",
        "InvalidInstanceID.Malformed",
        "InvalidInstanceID.NotFound",
        "instance ID",
    ),
    kind(
        "igw",
        "InvalidInternetGatewayId.Malformed",
        "InvalidInternetGatewayID.NotFound",
        "internetGateway ID",
    ),
    kind(
        "iip-assoc",
        "InvalidAssociationID.Malformed",
        "InvalidAssociationID.NotFound",
        "association ID",
    ),
    kind(
        "key",
        "InvalidKeyPair.Malformed",
        "InvalidKeyPair.NotFound",
        "key pair ID",
    ),
    kind(
        "rtb",
        "InvalidRouteTableId.Malformed",
        "InvalidRouteTableID.NotFound",
        "routeTable ID",
    ),
    kind(
        "rtbassoc",
        "InvalidRouteTableAssociationId.Malformed",
        "InvalidAssociationID.NotFound",
        "association ID",
    ),
    kind(
        "sg",
        "InvalidGroupId.Malformed",
        "InvalidGroup.NotFound",
        "security group",
    ),
    kind(
        "sgr",
        "InvalidSecurityGroupRuleId.Malformed",
        "InvalidSecurityGroupRuleId.NotFound",
        "security group rule ID",
    ),
    kind(
        "snap",
        "InvalidSnapshotID.Malformed",
        "InvalidSnapshot.NotFound",
        "snapshot",
    ),
    kind(
        "subnet",
        "InvalidSubnetID.Malformed",
        "InvalidSubnetID.NotFound",
        "subnet ID",
    ),
    kind(
        "vol",
        "InvalidVolumeID.Malformed",
        "InvalidVolume.NotFound",
        "volume",
    ),
    kind(
        "vpc",
        "InvalidVpcID.Malformed",
        "InvalidVpcID.NotFound",
        "vpc ID",
    ),
];

/// Checks the form of an id.
pub(super) fn check(id: &str, prefix: &str) -> Result<(), Failure> {
    let digits = id
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('-'));
    let is_hexadecimal = |text: &str| {
        [8, 17].contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    };
    if digits.is_some_and(is_hexadecimal) {
        return Ok(());
    }
    match prefix {
        "ami" => refused(
            "InvalidAMIID.Malformed",
            format!("Invalid id: \"{id}\" (expecting \"ami-...\")"),
        ),
        "i" => refused(
            "InvalidInstanceID.Malformed",
            format!("Invalid id: \"{id}\""),
        ),
        "vol" | "snap" => {
            let parameter = if prefix == "vol" {
                "volumeId"
            } else {
                "snapshotId"
            };
            let message = format!(
                "Value ({id}) for parameter {parameter} is invalid. Expected: '{prefix}-...'."
            );
            refused("InvalidParameterValue", message)
        }
        _ => {
            let own = KINDS.iter().find(|own| own.prefix == prefix);
            let code = own.map_or("InvalidID", |own| own.malformed);
            refused(
                code,
                format!("Invalid id: \"{id}\" (expecting \"{prefix}-...\")"),
            )
        }
    }
}

/// The failure of ids that nothing has.
pub(super) fn unknown(prefix: &str, ids: &[&str]) -> Failure {
    let joined = ids.join(", ");
    let is_one = ids.len() == 1;
    let (plural, verb) = if is_one { ("", "does") } else { ("s", "do") };
    if prefix == "ami" {
        let message = format!("The image id{plural} '[{joined}]' {verb} not exist");
        return Failure::new("InvalidAMIID.NotFound", message);
    }
    let own = KINDS.iter().find(|own| own.prefix == prefix);
    let (code, noun) = own.map_or(("InvalidID", "ID"), |own| (own.unknown, own.noun));
    let end = if ["vol", "snap"].contains(&prefix) {
        "."
    } else {
        ""
    };
    let message = format!("The {noun}{plural} '{joined}' {verb} not exist{end}");
    Failure::new(code, message)
}

/// The resource with an id, in the Region of the call.
pub(super) fn find<'a>(
    call: &'a Call<'_>,
    prefix: &str,
    id: &str,
) -> Result<&'a Resource, Failure> {
    check(id, prefix)?;
    let resource = call.account.resource(id);
    let resource = resource.filter(|own| own.region == call.region);
    resource.ok_or_else(|| unknown(prefix, &[id]))
}

/// The resource that a required parameter names.
pub(super) fn named(call: &Call<'_>, prefix: &str, parameter: &str) -> Result<Resource, Failure> {
    let id = call
        .parameters
        .text(parameter)
        .ok_or_else(|| missing(parameter))?;
    find(call, prefix, id).cloned()
}

/// The failure of a parameter that is needed here.
pub(super) fn missing(parameter: &str) -> Failure {
    let message = format!("The request must contain the parameter {parameter}");
    Failure::new("MissingParameter", message)
}

/// The instances with these ids, all of them or none.
pub(super) fn instances(call: &Call<'_>, ids: &[String]) -> Result<Vec<Instance>, Failure> {
    let mut found = Vec::with_capacity(ids.len());
    let mut missing: Vec<&str> = Vec::new();
    for (number, id) in ids.iter().enumerate() {
        if ids[..number].contains(id) {
            continue;
        }
        check(id, "i")?;
        let own = call.account.instance(id);
        match own.filter(|own| own.region == call.region) {
            Some(own) => found.push(own.clone()),
            None => missing.push(id),
        }
    }
    if missing.is_empty() {
        Ok(found)
    } else {
        Err(unknown("i", &missing))
    }
}

/// The instance that `InstanceId` names.
pub(super) fn instance(call: &Call<'_>) -> Result<Instance, Failure> {
    let id = call.parameters.text("InstanceId");
    let id = id.ok_or_else(|| missing("InstanceId"))?;
    let mut found = instances(call, &[id.to_owned()])?;
    found.pop().ok_or_else(|| unknown("i", &[id]))
}

/// A new id: seventeen digits, the first a zero.
pub(super) fn new(call: &Call<'_>, prefix: &str) -> String {
    let digits = ids::hexadecimal(&ids::random::<8>(call.sandbox.entropy()));
    format!("{prefix}-0{digits}")
}
