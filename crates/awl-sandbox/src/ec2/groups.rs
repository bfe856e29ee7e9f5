//! Security groups: made, listed, deleted. Their rules are in `rules.rs`.

use awl_protocol::server::Failure;
use awl_value::Map;

use super::filter::{self, Listing};
use super::state::Resource;
use super::{Instance, defaults, describe, fields, names, placing, refused, rules, tags};
use crate::door::{Call, Outcome};

const GROUPS: usize = 2500;

static LISTING: Listing = Listing {
    member: "SecurityGroups",
    filters: &[
        ("description", ""),
        (
            "egress.ip-permission.cidr",
            "IpPermissionsEgress.IpRanges.CidrIp",
        ),
        (
            "egress.ip-permission.from-port",
            "IpPermissionsEgress.FromPort",
        ),
        (
            "egress.ip-permission.group-id",
            "IpPermissionsEgress.UserIdGroupPairs.GroupId",
        ),
        (
            "egress.ip-permission.group-name",
            "IpPermissionsEgress.UserIdGroupPairs.GroupName",
        ),
        (
            "egress.ip-permission.ipv6-cidr",
            "IpPermissionsEgress.Ipv6Ranges.CidrIpv6",
        ),
        (
            "egress.ip-permission.prefix-list-id",
            "IpPermissionsEgress.PrefixListIds.PrefixListId",
        ),
        (
            "egress.ip-permission.protocol",
            "IpPermissionsEgress.IpProtocol",
        ),
        ("egress.ip-permission.to-port", "IpPermissionsEgress.ToPort"),
        (
            "egress.ip-permission.user-id",
            "IpPermissionsEgress.UserIdGroupPairs.UserId",
        ),
        ("group-id", ""),
        ("group-name", ""),
        ("ip-permission.cidr", "IpPermissions.IpRanges.CidrIp"),
        ("ip-permission.from-port", "IpPermissions.FromPort"),
        (
            "ip-permission.group-id",
            "IpPermissions.UserIdGroupPairs.GroupId",
        ),
        (
            "ip-permission.group-name",
            "IpPermissions.UserIdGroupPairs.GroupName",
        ),
        (
            "ip-permission.ipv6-cidr",
            "IpPermissions.Ipv6Ranges.CidrIpv6",
        ),
        (
            "ip-permission.prefix-list-id",
            "IpPermissions.PrefixListIds.PrefixListId",
        ),
        ("ip-permission.protocol", "IpPermissions.IpProtocol"),
        ("ip-permission.to-port", "IpPermissions.ToPort"),
        (
            "ip-permission.user-id",
            "IpPermissions.UserIdGroupPairs.UserId",
        ),
        ("owner-id", ""),
        ("vpc-id", ""),
    ],
};

/// Answers what is asked of security groups.
pub(super) fn call(call: &mut Call<'_>, operation: &str) -> Outcome {
    match operation {
        "CreateSecurityGroup" => create(call),
        "DeleteSecurityGroup" => delete(call),
        "DescribeSecurityGroups" => list(call),
        _ => Ok(None),
    }
}

/// The id of the default VPC.
pub(super) fn default_vpc(call: &Call<'_>) -> Option<String> {
    let mut vpcs = call.account.resources(call.region, "vpc");
    vpcs.find(|own| own.flag("IsDefault"))
        .map(|own| own.id.clone())
}

fn create(call: &mut Call<'_>) -> Outcome {
    let parameters = call.parameters;
    let name = parameters.text("GroupName").unwrap_or_default();
    let description = parameters.text("Description").unwrap_or_default();
    tags::check_kinds(call, &["security-group"])?;
    let given = tags::specified(call, "security-group")?;
    let vpc = match parameters.text("VpcId") {
        Some(id) => names::find(call, "vpc", id)?.id.clone(),
        None => default_vpc(call)
            .ok_or_else(|| Failure::new("VPCIdNotSpecified", "No default VPC for this user"))?,
    };
    if name.starts_with("sg-") {
        let message = format!(
            "Value ({name}) for parameter GroupName is invalid. Group names may not be in the \
             format sg-*."
        );
        return super::invalid(message);
    }
    for (parameter, text) in [("GroupName", name), ("GroupDescription", description)] {
        let fits = |letter: char| {
            letter.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(letter)
        };
        if text.is_empty() || text.chars().count() > 255 || !text.chars().all(fits) {
            let message = format!(
                "Value ({text}) for parameter {parameter} is invalid. Character sets beyond ASCII \
                 are not supported."
            );
            return super::invalid(message);
        }
    }
    if placing::group_by_name(call, &vpc, name).is_ok() {
        let message = format!("The security group '{name}' already exists for VPC '{vpc}'");
        return refused("InvalidGroup.Duplicate", message);
    }
    if call.account.resources(call.region, "sg").count() >= GROUPS {
        let message = "The maximum number of security groups has been reached.";
        return refused("SecurityGroupLimitExceeded", message);
    }
    let id = defaults::group(call, &vpc, name, description);
    let mut output = fields! {"GroupId": &*id, "SecurityGroupArn": arn(call, &id)};
    if let Some(mut own) = call
        .account
        .resource(&id)
        .cloned()
        .filter(|_| !given.is_empty())
    {
        own.tags = given;
        tags::show(&mut output, &own.tags);
        call.account.put_resource(own);
    }
    Ok(Some(output))
}

fn arn(call: &Call<'_>, id: &str) -> String {
    let (region, account) = (call.region, &call.account.id);
    format!("arn:aws:ec2:{region}:{account}:security-group/{id}")
}

/// The group that `GroupId` names, or `GroupName` in the default VPC.
pub(super) fn named(call: &Call<'_>) -> Result<Resource, Failure> {
    let parameters = call.parameters;
    if let Some(id) = parameters.text("GroupId") {
        return names::find(call, "sg", id).cloned();
    }
    let Some(name) = parameters.text("GroupName") else {
        let message = "The request must contain the parameter groupName or groupId";
        return refused("MissingParameter", message);
    };
    let vpc = default_vpc(call).unwrap_or_default();
    let id = by_name(call, &vpc, name)?;
    names::find(call, "sg", &id).cloned()
}

fn by_name(call: &Call<'_>, vpc: &str, name: &str) -> Result<String, Failure> {
    placing::group_by_name(call, vpc, name).map_err(|_| {
        let message = format!("The security group '{name}' does not exist in default VPC '{vpc}'");
        Failure::new("InvalidGroup.NotFound", message)
    })
}

fn delete(call: &mut Call<'_>) -> Outcome {
    let own = named(call)?;
    let (id, name) = (&own.id, own.text("GroupName"));
    if name == "default" {
        let message =
            format!("the specified group: \"{id}\" name: \"default\" cannot be deleted by a user");
        return refused("CannotDelete", message);
    }
    let is_used = |it: &Instance| it.groups.contains(id) && !it.is_terminated();
    let is_named =
        |rule: &Resource| rules::group_of(rule) == Some(id.as_str()) && rule.text("GroupId") != id;
    if call.account.instances().any(is_used)
        || call.account.resources(call.region, "sgr").any(is_named)
    {
        return refused(
            "DependencyViolation",
            format!("resource {id} has a dependent object"),
        );
    }
    remove(call, &own.id);
    Ok(Some(fields! {"Return": true, "GroupId": own.id}))
}

/// Removes a group and its rules.
pub(super) fn remove(call: &mut Call<'_>, id: &str) {
    let rules = call.account.resources(call.region, "sgr");
    let rules = rules.filter(|own| own.text("GroupId") == id);
    let rules: Vec<String> = rules.map(|own| own.id.clone()).collect();
    for rule in rules {
        call.account.remove_resource(&rule);
    }
    call.account.remove_resource(id);
}

fn list(call: &Call<'_>) -> Outcome {
    let ids = call.parameters.texts("GroupIds");
    let names_given = call.parameters.texts("GroupNames");
    if call.parameters.int("MaxResults").is_some() && !(ids.is_empty() && names_given.is_empty()) {
        let message =
            "The parameter groupIds or groupNames cannot be used with the parameter maxResults";
        return refused("InvalidParameterCombination", message);
    }
    let mut wanted = ids;
    if !names_given.is_empty() {
        let vpc = default_vpc(call).unwrap_or_default();
        for name in &names_given {
            wanted.push(by_name(call, &vpc, name)?);
        }
    }
    let found = describe::by_ids(call, "sg", &wanted)?;
    let items = found
        .into_iter()
        .map(|own| (describe::order(own.created, &own.id), shown(call, own)));
    filter::list(call, &LISTING, items.collect())
}

fn shown(call: &Call<'_>, own: &Resource) -> Map {
    let mut shown = fields! {
        "GroupId": &*own.id,
        "IpPermissionsEgress": rules::permissions(call, &own.id, true),
    };
    if !own.tags.is_empty() {
        tags::show(&mut shown, &own.tags);
    }
    for (name, value) in fields! {
        "VpcId": own.text("VpcId"),
        "SecurityGroupArn": arn(call, &own.id),
        "OwnerId": &*call.account.id,
        "GroupName": own.text("GroupName"),
        "Description": own.text("Description"),
        "IpPermissions": rules::permissions(call, &own.id, false),
    } {
        shown.push(name, value);
    }
    shown
}
