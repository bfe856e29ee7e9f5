//! Where instances are to be: subnet, zone, security groups, addresses.

use std::net::Ipv4Addr;

use awl_protocol::server::Failure;
use awl_value::Value;

use super::net::Block;
use super::run::nested;
use super::state::Resource;
use super::{invalid, names, refused, regions, text};
use crate::door::Call;
use crate::ids;

/// Where instances are to be, which a network interface may say as well.
pub(super) struct Place {
    pub(super) subnet: Resource,
    pub(super) groups: Vec<String>,
    address: Option<String>,
    pub(super) has_public_ip: bool,
    pub(super) description: String,
}

/// Subnet, security groups and address: of the request, of its first network
/// interface, or the Region's own.
pub(super) fn find(call: &Call<'_>) -> Result<Place, Failure> {
    let parameters = call.parameters;
    let interfaces = parameters.list("NetworkInterfaces");
    let interface = interfaces.first();
    let combination = |message: &str| refused("InvalidParameterCombination", message);
    if interfaces.len() > 1 || interface.is_some_and(|own| own.get("NetworkInterfaceId").is_some())
    {
        let message = "The sandbox gives instances one new network interface.";
        return refused("Unsupported", message);
    }
    let (ids, names_given) = (
        parameters.texts("SecurityGroupIds"),
        parameters.texts("SecurityGroups"),
    );
    if interface.is_some() && parameters.text("SubnetId").is_some() {
        return combination(
            "Network interfaces and an instance-level subnet ID may not be specified on the same \
             request",
        );
    }
    if interface.is_some() && !(ids.is_empty() && names_given.is_empty()) {
        return combination(
            "Network interfaces and an instance-level security groups may not be specified on the \
             same request",
        );
    }
    let of_interface = |name| interface.and_then(|own| text(own, name));
    let subnet = parameters.text("SubnetId").or(of_interface("SubnetId"));
    if subnet.is_some() && !names_given.is_empty() {
        return combination("The parameter groupName cannot be used with the parameter subnet");
    }
    let subnet = match subnet {
        Some(id) => names::find(call, "subnet", id)?.clone(),
        None => default_subnet(call)?,
    };
    if let Some(zone) = zone(call)?
        && zone != subnet.text("AvailabilityZone")
    {
        return invalid(format!(
            "The availability zone specified '{zone}' does not match the subnet's availability \
             zone '{}'.",
            subnet.text("AvailabilityZone")
        ));
    }
    let mut groups = ids;
    if let Some(own) = interface.and_then(|own| own.get("Groups")?.as_list()) {
        groups.extend(own.iter().filter_map(Value::as_str).map(str::to_owned));
    }
    let vpc = subnet.text("VpcId").to_owned();
    for name in &names_given {
        groups.push(group_by_name(call, &vpc, name)?);
    }
    if groups.is_empty() {
        groups.push(group_by_name(call, &vpc, "default")?);
    }
    check_groups(call, &groups, &subnet)?;
    let address = parameters
        .text("PrivateIpAddress")
        .or(of_interface("PrivateIpAddress"));
    let asked = interface.and_then(|own| own.get("AssociatePublicIpAddress")?.as_bool());
    Ok(Place {
        has_public_ip: asked.unwrap_or_else(|| subnet.flag("MapPublicIpOnLaunch")),
        address: address.map(str::to_owned),
        description: of_interface("Description").unwrap_or_default().to_owned(),
        groups,
        subnet,
    })
}

/// Refuses security groups that are not of a subnet's VPC.
pub(super) fn check_groups(
    call: &Call<'_>,
    groups: &[String],
    subnet: &Resource,
) -> Result<(), Failure> {
    for id in groups {
        if names::find(call, "sg", id)?.text("VpcId") != subnet.text("VpcId") {
            let message = format!(
                "Security group {id} and subnet {} belong to different networks.",
                subnet.id
            );
            return refused("InvalidParameter", message);
        }
    }
    Ok(())
}

/// The zone that is asked for.
fn zone(call: &Call<'_>) -> Result<Option<String>, Failure> {
    let name = nested(call, "Placement", "AvailabilityZone").and_then(Value::as_str);
    let id = nested(call, "Placement", "AvailabilityZoneId").and_then(Value::as_str);
    let zones = regions::zones(call.region);
    match (name, id) {
        (Some(name), _) if !zones.iter().any(|zone| zone == name) => {
            invalid(format!("Invalid availability zone: [{name}]"))
        }
        (Some(name), _) => Ok(Some(name.to_owned())),
        (None, Some(id)) => match regions::zone_of_id(call.region, id) {
            Some(zone) => Ok(Some(zone)),
            None => invalid(format!("Invalid availability zone-id: [{id}]")),
        },
        (None, None) => Ok(None),
    }
}

/// The default subnet of the zone that is asked for, or of the first.
fn default_subnet(call: &Call<'_>) -> Result<Resource, Failure> {
    let zone = zone(call)?;
    let own = call.account.resources(call.region, "subnet");
    let own = own.filter(|own| own.flag("DefaultForAz"));
    let own = own.filter(|own| {
        zone.as_deref()
            .is_none_or(|zone| own.text("AvailabilityZone") == zone)
    });
    let own = own.min_by_key(|own| own.text("AvailabilityZone").to_owned());
    own.cloned().ok_or_else(|| {
        let mut vpcs = call.account.resources(call.region, "vpc");
        let has_vpc = vpcs.any(|own| own.flag("IsDefault"));
        match (has_vpc, zone) {
            (false, _) => Failure::new(
                "VPCIdNotSpecified",
                "No default VPC for this user. GroupName is only supported for EC2-Classic and \
                 default VPC.",
            ),
            (true, Some(zone)) => {
                let message = format!("No default subnet for availability zone: '{zone}'.");
                Failure::new("MissingInput", message)
            }
            (true, None) => Failure::new(
                "MissingInput",
                "No subnets found for the default VPC. Please specify a subnet.",
            ),
        }
    })
}

/// The id of a VPC's security group.
pub(super) fn group_by_name(call: &Call<'_>, vpc: &str, name: &str) -> Result<String, Failure> {
    let mut groups = call.account.resources(call.region, "sg");
    let group = groups.find(|own| own.text("VpcId") == vpc && own.text("GroupName") == name);
    group.map(|own| own.id.clone()).ok_or_else(|| {
        let message = format!("The security group '{name}' does not exist in VPC '{vpc}'");
        Failure::new("InvalidGroup.NotFound", message)
    })
}

/// Private addresses in the subnet: the one that is asked for, or any free.
pub(super) fn addresses(
    call: &Call<'_>,
    place: &Place,
    count: i64,
) -> Result<Vec<String>, Failure> {
    let subnet = &place.subnet;
    let Some(block) = Block::parse(subnet.text("CidrBlock")) else {
        return refused("InternalError", "The subnet has no addresses");
    };
    let own = call.account.instances();
    let own = own.filter(|own| own.subnet == subnet.id && !own.is_terminated());
    let mut used: Vec<&str> = own.map(|own| &*own.private_ip).collect();
    if let Some(asked) = &place.address {
        let address = asked.parse::<Ipv4Addr>().ok().filter(|own| block.has(*own));
        if address.is_none() {
            return invalid(format!(
                "Address {asked} does not fall within the subnet's address range"
            ));
        }
        if count > 1 {
            let message =
                "Private IP address may only be specified when launching a single instance";
            return refused("InvalidParameterCombination", message);
        }
        if used.contains(&&**asked) || is_reserved(block, asked) {
            let message = format!("Address {asked} is in use.");
            return refused("InvalidIPAddress.InUse", message);
        }
        return Ok(vec![asked.clone()]);
    }
    // The first four and the last are AWS's own.
    let free = block
        .size()
        .saturating_sub(5)
        .saturating_sub(used.len() as u64);
    if free < u64::try_from(count).unwrap_or_default() {
        let message = format!(
            "There are not enough free addresses in subnet '{}' to satisfy the requested number of \
             instances.",
            subnet.id
        );
        return refused("InsufficientFreeAddressesInSubnet", message);
    }
    let mut found: Vec<String> = Vec::new();
    used.sort_unstable();
    while i64::try_from(found.len()).unwrap_or(i64::MAX) < count {
        let mut index = u64::from_be_bytes(ids::random::<8>(call.sandbox.entropy()));
        // From a place by chance to the next that is free.
        loop {
            index = index.wrapping_add(1);
            let address = block.at(index).to_string();
            let is_free = used.binary_search(&&*address).is_err()
                && !found.contains(&address)
                && !is_reserved(block, &address);
            if is_free {
                found.push(address);
                break;
            }
        }
    }
    Ok(found)
}

fn is_reserved(block: Block, address: &str) -> bool {
    let reserved = [0, 1, 2, 3, block.size() - 1];
    reserved
        .iter()
        .any(|index| block.at(*index).to_string() == address)
}

/// A public address. Those of 198.18.0.0/15 are nobody's on the Internet.
pub(super) fn public_address(call: &Call<'_>) -> String {
    let [second, third, fourth] = ids::random::<3>(call.sandbox.entropy());
    Ipv4Addr::new(198, 18 + (second & 1), third, fourth.clamp(1, 254)).to_string()
}

/// A hardware address of those that anybody may use.
pub(super) fn mac(call: &Call<'_>) -> String {
    let mut bytes = ids::random::<6>(call.sandbox.entropy());
    bytes[0] = 0x02 | bytes[0] & 0x1c;
    let bytes = bytes.iter().map(|byte| format!("{byte:02x}"));
    bytes.collect::<Vec<_>>().join(":")
}
