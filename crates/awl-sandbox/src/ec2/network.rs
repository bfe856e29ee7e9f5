//! VPCs and their subnets, made, changed and deleted.

use awl_protocol::server::Failure;
use awl_value::{Map, Value};

use super::addresses::not_a_block;
use super::net::Block;
use super::state::Resource;
use super::{defaults, describe, done, fields, groups, invalid, names, refused, regions, tags};
use crate::door::{Call, Outcome};

const VPCS: usize = 5;
const SUBNETS: usize = 200;

/// Answers what is asked of VPCs and subnets.
pub(super) fn call(call: &mut Call<'_>, operation: &str) -> Outcome {
    match operation {
        "CreateVpc" => create_vpc(call),
        "CreateDefaultVpc" => {
            if let Some(id) = groups::default_vpc(call) {
                let message =
                    format!("A Default VPC already exists for this account in this region: {id}");
                return refused("DefaultVpcAlreadyExists", message);
            }
            let id = defaults::vpc(call);
            shown(call, "Vpc", "VpcId", &id)
        }
        "DeleteVpc" => delete_vpc(call),
        "DescribeVpcAttribute" => attribute(call),
        "ModifyVpcAttribute" => modify_vpc(call),
        "CreateSubnet" => create_subnet(call),
        "CreateDefaultSubnet" => create_default_subnet(call),
        "DeleteSubnet" => delete_subnet(call),
        "ModifySubnetAttribute" => modify_subnet(call),
        _ => Ok(None),
    }
}

/// Something new, as its listing shows it.
pub(super) fn shown(
    call: &Call<'_>,
    member: &'static str,
    id_member: &'static str,
    id: &str,
) -> Outcome {
    let own = call.account.resource(id);
    let shown = own.map(|own| describe::shown(call, own, id_member));
    Ok(Some(fields! {member: shown.unwrap_or_default()}))
}

/// Gives something new its tags.
pub(super) fn tag(call: &mut Call<'_>, id: &str, given: Vec<crate::record::Tag>) {
    if let Some(mut own) = call
        .account
        .resource(id)
        .cloned()
        .filter(|_| !given.is_empty())
    {
        own.tags = given;
        call.account.put_resource(own);
    }
}

fn create_vpc(call: &mut Call<'_>) -> Outcome {
    tags::check_kinds(call, &["vpc"])?;
    let given = tags::specified(call, "vpc")?;
    let text = call.parameters.text("CidrBlock");
    let text = text.ok_or_else(|| {
        let message = "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.";
        Failure::new("MissingParameter", message)
    })?;
    let Some(block) = Block::parse(text) else {
        return not_a_block(text, "cidrBlock");
    };
    if !(16..=28).contains(&block.length()) {
        let message = format!("The CIDR '{text}' is invalid.");
        return refused("InvalidVpc.Range", message);
    }
    if call.account.resources(call.region, "vpc").count() >= VPCS {
        return refused(
            "VpcLimitExceeded",
            "The maximum number of VPCs has been reached.",
        );
    }
    let tenancy = call.parameters.text("InstanceTenancy").unwrap_or("default");
    let id = defaults::network(call, &block.to_string(), false, tenancy);
    tag(call, &id, given);
    shown(call, "Vpc", "VpcId", &id)
}

/// The failure of something that others need.
pub(super) fn depended<T>(what: &str) -> Result<T, Failure> {
    let message = format!("{what} has dependencies and cannot be deleted.");
    refused("DependencyViolation", message)
}

/// The resources of a kind in a VPC.
fn within(call: &Call<'_>, vpc: &str, kind: &str) -> Vec<Resource> {
    let own = call.account.resources(call.region, kind);
    own.filter(|own| own.text("VpcId") == vpc)
        .cloned()
        .collect()
}

fn delete_vpc(call: &mut Call<'_>) -> Outcome {
    let own = names::named(call, "vpc", "VpcId")?;
    let vpc = own.id.as_str();
    let is_attached = |own: &Resource| {
        let mut attachments = own.list("Attachments").iter();
        attachments.any(|own| super::text(own, "VpcId") == Some(vpc))
    };
    let has_gateway = call.account.resources(call.region, "igw").any(is_attached);
    let other_groups = within(call, vpc, "sg");
    let has_groups = other_groups
        .iter()
        .any(|own| own.text("GroupName") != "default");
    let tables = within(call, vpc, "rtb");
    let has_tables = tables.iter().any(|own| !super::routes::is_main(own));
    if has_gateway || has_groups || has_tables || !within(call, vpc, "subnet").is_empty() {
        return depended(&format!("The vpc '{vpc}'"));
    }
    for group in other_groups {
        groups::remove(call, &group.id);
    }
    for kind in ["rtb", "acl"] {
        for own in within(call, vpc, kind) {
            call.account.remove_resource(&own.id);
        }
    }
    call.account.remove_resource(vpc);
    done()
}

fn attribute(call: &Call<'_>) -> Outcome {
    let own = names::named(call, "vpc", "VpcId")?;
    let member = match call.parameters.text("Attribute") {
        Some("enableDnsSupport") => "EnableDnsSupport",
        Some("enableDnsHostnames") => "EnableDnsHostnames",
        _ => "EnableNetworkAddressUsageMetrics",
    };
    let value = fields! {"Value": own.flag(member)};
    Ok(Some(fields! {member: value, "VpcId": &*own.id}))
}

fn modify_vpc(call: &mut Call<'_>) -> Outcome {
    let mut own = names::named(call, "vpc", "VpcId")?;
    let mut changed = 0;
    for name in describe::ATTRIBUTES {
        let value = call.parameters.0.get(name).and_then(|own| own.get("Value"));
        if let Some(value) = value.and_then(Value::as_bool) {
            own.set(name, value);
            changed += 1;
        }
    }
    if changed > 1 {
        let message =
            "Fields for multiple attribute types specified: enableDnsHostnames, enableDnsSupport";
        return refused("InvalidParameterCombination", message);
    }
    call.account.put_resource(own);
    done()
}

/// The zone of a request, or the first.
fn zone(call: &Call<'_>) -> Result<String, Failure> {
    let zones = regions::zones(call.region);
    match (
        call.parameters.text("AvailabilityZone"),
        call.parameters.text("AvailabilityZoneId"),
    ) {
        (Some(name), _) if zones.iter().any(|own| own == name) => Ok(name.to_owned()),
        (Some(name), _) => invalid(format!(
            "Value ({name}) for parameter availabilityZone is invalid. Subnets can currently only be \
             created in the following availability zones: {}.",
            zones.join(", ")
        )),
        (None, Some(id)) => match regions::zone_of_id(call.region, id) {
            Some(zone) => Ok(zone),
            None => invalid(format!(
                "Value ({id}) for parameter availabilityZoneId is invalid."
            )),
        },
        (None, None) => Ok(zones.into_iter().next().unwrap_or_default()),
    }
}

fn create_subnet(call: &mut Call<'_>) -> Outcome {
    tags::check_kinds(call, &["subnet"])?;
    let given = tags::specified(call, "subnet")?;
    let vpc = names::named(call, "vpc", "VpcId")?;
    let text = call.parameters.text("CidrBlock").ok_or_else(|| {
        let message = "Either 'cidrBlock' or 'ipv6CidrBlock' should be provided.";
        Failure::new("MissingParameter", message)
    })?;
    let Some(block) = Block::parse(text) else {
        return not_a_block(text, "cidrBlock");
    };
    let whole = Block::parse(vpc.text("CidrBlock"));
    if !(16..=28).contains(&block.length()) || !whole.is_some_and(|own| own.contains(block)) {
        return refused(
            "InvalidSubnet.Range",
            format!("The CIDR '{text}' is invalid."),
        );
    }
    let others = within(call, &vpc.id, "subnet");
    let overlaps =
        |own: &Resource| Block::parse(own.text("CidrBlock")).is_some_and(|own| own.overlaps(block));
    if others.iter().any(overlaps) {
        let message = format!("The CIDR '{text}' conflicts with another subnet");
        return refused("InvalidSubnet.Conflict", message);
    }
    if others.len() >= SUBNETS {
        let message = "The maximum number of subnets has been reached.";
        return refused("SubnetLimitExceeded", message);
    }
    let zone = zone(call)?;
    let id = defaults::subnet(call, &vpc.id, &block.to_string(), &zone, false);
    tag(call, &id, given);
    shown(call, "Subnet", "SubnetId", &id)
}

fn create_default_subnet(call: &mut Call<'_>) -> Outcome {
    let zone = zone(call)?;
    let Some(vpc) = groups::default_vpc(call) else {
        let message = format!("There is no default VPC in region {}", call.region);
        return refused("DefaultVpcDoesNotExist", message);
    };
    let others = within(call, &vpc, "subnet");
    let is_there =
        |own: &Resource| own.flag("DefaultForAz") && own.text("AvailabilityZone") == zone;
    if let Some(own) = others.iter().find(|own| is_there(own)) {
        let message = format!("'{}' is already the default subnet in {zone}.", own.id);
        return refused("DefaultSubnetAlreadyExistsInAvailabilityZone", message);
    }
    let whole = call
        .account
        .resource(&vpc)
        .and_then(|own| Block::parse(own.text("CidrBlock")));
    let free = whole.and_then(|whole| {
        (0..16).map(|number| whole.part(20, number)).find(|block| {
            !others.iter().any(|own| {
                Block::parse(own.text("CidrBlock")).is_some_and(|own| own.overlaps(*block))
            })
        })
    });
    let Some(block) = free else {
        let message = format!("There are no free blocks of addresses in '{vpc}'.");
        return refused("InsufficientFreeAddressesInSubnet", message);
    };
    let id = defaults::subnet(call, &vpc, &block.to_string(), &zone, true);
    shown(call, "Subnet", "SubnetId", &id)
}

fn delete_subnet(call: &mut Call<'_>) -> Outcome {
    let own = names::named(call, "subnet", "SubnetId")?;
    let mut instances = call.account.instances();
    if instances.any(|it| it.subnet == own.id && !it.is_terminated()) {
        return depended(&format!("The subnet '{}'", own.id));
    }
    drop(instances);
    // Who names it forgets it.
    for kind in ["rtb", "acl"] {
        let holders: Vec<Resource> = call.account.resources(call.region, kind).cloned().collect();
        for mut holder in holders {
            let mut associations = holder.list("Associations").to_vec();
            let before = associations.len();
            associations.retain(|it| super::text(it, "SubnetId") != Some(&own.id));
            if associations.len() != before {
                holder.set("Associations", Value::List(associations));
                call.account.put_resource(holder);
            }
        }
    }
    call.account.remove_resource(&own.id);
    done()
}

fn modify_subnet(call: &mut Call<'_>) -> Outcome {
    let mut own = names::named(call, "subnet", "SubnetId")?;
    for name in [
        "MapPublicIpOnLaunch",
        "AssignIpv6AddressOnCreation",
        "EnableDns64",
    ] {
        let value = call.parameters.0.get(name).and_then(|own| own.get("Value"));
        if let Some(value) = value.and_then(Value::as_bool) {
            own.set(name, value);
        }
    }
    let options = own
        .body
        .0
        .get_mut("PrivateDnsNameOptionsOnLaunch")
        .and_then(Value::as_map_mut);
    if let Some(options) = options {
        if let Some(kind) = call.parameters.text("PrivateDnsHostnameTypeOnLaunch") {
            options.insert("HostnameType", kind.into());
        }
        for name in [
            "EnableResourceNameDnsARecord",
            "EnableResourceNameDnsAAAARecord",
        ] {
            let parameter = format!("{name}OnLaunch");
            let given = call
                .parameters
                .0
                .get(&parameter)
                .and_then(|own| own.get("Value"));
            if let Some(flag) = given.and_then(Value::as_bool) {
                options.insert(name, flag.into());
            }
        }
    }
    call.account.put_resource(own);
    done()
}

/// An empty list of structures.
pub(super) fn none() -> Vec<Map> {
    Vec::new()
}
