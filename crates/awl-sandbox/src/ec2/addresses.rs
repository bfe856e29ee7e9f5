//! Addresses that are the account's, and the network interfaces they lead to.

use awl_protocol::server::Failure;
use awl_value::{Map, Value};

use super::filter::{self, Item, Listing};
use super::instance::Instance;
use super::state::{Body, Resource};
use super::{describe, done, fields, invalid, names, placing, refused, tags};
use crate::door::{Call, Outcome};

const ADDRESSES: usize = 5;

/// The members of an address that tell what it is associated with.
const ASSOCIATED: [&str; 5] = [
    "AssociationId",
    "InstanceId",
    "NetworkInterfaceId",
    "NetworkInterfaceOwnerId",
    "PrivateIpAddress",
];

static LISTING: Listing = Listing {
    member: "Addresses",
    filters: &[
        ("allocation-id", ""),
        ("association-id", ""),
        ("domain", ""),
        ("instance-id", ""),
        ("network-border-group", ""),
        ("network-interface-id", ""),
        ("network-interface-owner-id", ""),
        ("private-ip-address", ""),
        ("public-ip", ""),
    ],
};

static INTERFACES: Listing = Listing {
    member: "NetworkInterfaces",
    filters: &[
        ("association.allocation-id", ""),
        ("association.association-id", ""),
        ("association.ip-owner-id", ""),
        ("association.public-ip", ""),
        ("association.public-dns-name", ""),
        (
            "addresses.association.owner-id",
            "PrivateIpAddresses.Association.IpOwnerId",
        ),
        (
            "addresses.association.public-ip",
            "PrivateIpAddresses.Association.PublicIp",
        ),
        ("addresses.primary", "PrivateIpAddresses.Primary"),
        (
            "addresses.private-ip-address",
            "PrivateIpAddresses.PrivateIpAddress",
        ),
        ("attachment.attach-time", ""),
        ("attachment.attachment-id", ""),
        ("attachment.delete-on-termination", ""),
        ("attachment.device-index", ""),
        ("attachment.instance-id", ""),
        ("attachment.instance-owner-id", ""),
        ("attachment.status", ""),
        ("availability-zone", ""),
        ("availability-zone-id", ""),
        ("description", ""),
        ("group-id", "Groups.GroupId"),
        ("group-name", "Groups.GroupName"),
        ("ipv6-addresses.ipv6-address", ""),
        ("interface-type", ""),
        ("mac-address", ""),
        ("network-interface-id", ""),
        ("operator.managed", ""),
        ("operator.principal", ""),
        ("owner-id", ""),
        ("private-dns-name", ""),
        ("private-ip-address", ""),
        ("requester-id", ""),
        ("requester-managed", ""),
        ("source-dest-check", ""),
        ("status", ""),
        ("subnet-id", ""),
        ("vpc-id", ""),
    ],
};

/// Answers what is asked of addresses and network interfaces.
pub(super) fn call(call: &mut Call<'_>, operation: &str) -> Outcome {
    match operation {
        "AllocateAddress" => allocate(call),
        "AssociateAddress" => associate(call),
        "DisassociateAddress" => {
            let mut own = match call.parameters.text("AssociationId") {
                Some(id) => {
                    let mut all = call.account.resources(call.region, "eipalloc");
                    let own = all.find(|own| own.text("AssociationId") == id);
                    own.cloned()
                        .ok_or_else(|| names::unknown("eipassoc", &[id]))?
                }
                None => named(call)?,
            };
            dissociate(&mut own);
            call.account.put_resource(own);
            done()
        }
        "ReleaseAddress" => {
            let own = named(call)?;
            if !own.text("AssociationId").is_empty() {
                let address = own.text("PublicIp");
                let message = format!("Address {address} is in use.");
                return refused("InvalidIPAddress.InUse", message);
            }
            call.account.remove_resource(&own.id);
            done()
        }
        "DescribeAddresses" => list(call),
        "DescribeNetworkInterfaces" => interfaces(call),
        _ => Ok(None),
    }
}

/// An address is free again.
pub(super) fn dissociate(address: &mut Resource) {
    address.body.0.retain(|name, _| !ASSOCIATED.contains(&name));
}

fn allocate(call: &mut Call<'_>) -> Outcome {
    tags::check_kinds(call, &["elastic-ip"])?;
    let tags = tags::specified(call, "elastic-ip")?;
    if call.account.resources(call.region, "eipalloc").count() >= ADDRESSES {
        let message = "The maximum number of addresses has been reached.";
        return refused("AddressLimitExceeded", message);
    }
    let id = names::new(call, "eipalloc");
    let output = fields! {
        "AllocationId": &*id,
        "PublicIpv4Pool": "amazon",
        "NetworkBorderGroup": call.region,
        "Domain": "vpc",
        "PublicIp": placing::public_address(call),
    };
    let mut body = output.clone();
    body.remove("AllocationId");
    call.account.put_resource(Resource {
        id,
        region: call.region.to_owned(),
        created: call.now,
        body: Body(body),
        tags,
    });
    Ok(Some(output))
}

/// The address that `AllocationId` or `PublicIp` names.
fn named(call: &Call<'_>) -> Result<Resource, Failure> {
    if let Some(id) = call.parameters.text("AllocationId") {
        return names::find(call, "eipalloc", id).cloned();
    }
    let address = call.parameters.text("PublicIp");
    let address = address.ok_or_else(|| names::missing("AllocationId"))?;
    let mut all = call.account.resources(call.region, "eipalloc");
    let own = all.find(|own| own.text("PublicIp") == address);
    own.cloned().ok_or_else(|| {
        let message = format!("Address '{address}' not found.");
        Failure::new("InvalidAddress.NotFound", message)
    })
}

fn associate(call: &mut Call<'_>) -> Outcome {
    let mut address = named(call)?;
    let instance = target(call)?;
    let is_elsewhere =
        !address.text("InstanceId").is_empty() && address.text("InstanceId") != instance.id;
    if is_elsewhere && call.parameters.flag("AllowReassociation") == Some(false) {
        let id = &address.id;
        let message = format!(
            "resource {id} is already associated with associate-id {}",
            address.text("AssociationId")
        );
        return refused("Resource.AlreadyAssociated", message);
    }
    // The one that the instance had before is free.
    let all = call.account.resources(call.region, "eipalloc");
    let before = all.filter(|own| own.text("InstanceId") == instance.id && own.id != address.id);
    let before: Vec<Resource> = before.cloned().collect();
    for mut own in before {
        dissociate(&mut own);
        call.account.put_resource(own);
    }
    let association = names::new(call, "eipassoc");
    address.set("AssociationId", &*association);
    address.set("InstanceId", &*instance.id);
    address.set("NetworkInterfaceId", &*instance.interface);
    address.set("NetworkInterfaceOwnerId", &*call.account.id);
    address.set("PrivateIpAddress", &*instance.private_ip);
    call.account.put_resource(address);
    if instance.public_ip.is_some() {
        let mut instance = instance;
        instance.public_ip = None;
        call.account.put_instance(instance);
    }
    Ok(Some(fields! {"AssociationId": association}))
}

/// The instance that an address is to lead to.
fn target(call: &Call<'_>) -> Result<Instance, Failure> {
    if let Some(id) = call.parameters.text("NetworkInterfaceId") {
        names::check(id, "eni")?;
        let mut all = call
            .account
            .instances()
            .filter(|own| own.region == call.region);
        let own = all.find(|own| own.interface == id && !own.is_terminated());
        return own.cloned().ok_or_else(|| names::unknown("eni", &[id]));
    }
    let own = names::instance(call)?;
    if ["pending", "running", "stopping", "stopped"].contains(&own.state(call.now).1) {
        return Ok(own);
    }
    let message = format!(
        "The instance '{}' is not in a valid state for this operation.",
        own.id
    );
    refused("IncorrectInstanceState", message)
}

fn list(call: &Call<'_>) -> Outcome {
    let ids = call.parameters.texts("AllocationIds");
    let addresses = call.parameters.texts("PublicIps");
    let found = describe::by_ids(call, "eipalloc", &ids)?;
    let is_known = |address: &&String| found.iter().any(|own| own.text("PublicIp") == **address);
    if let Some(address) = addresses.iter().find(|address| !is_known(address)) {
        let message = format!("Address '{address}' not found.");
        return refused("InvalidAddress.NotFound", message);
    }
    let items = found.into_iter().filter(|own| {
        addresses.is_empty()
            || addresses
                .iter()
                .any(|address| address == own.text("PublicIp"))
    });
    let items = items.map(|own| {
        let mut shown = own.body.0.clone();
        shown.push("AllocationId", own.id.as_str().into());
        if !own.tags.is_empty() {
            tags::show(&mut shown, &own.tags);
        }
        (describe::order(own.created, &own.id), shown)
    });
    filter::list(call, &LISTING, items.collect())
}

fn interfaces(call: &Call<'_>) -> Outcome {
    let ids = call.parameters.texts("NetworkInterfaceIds");
    for id in &ids {
        names::check(id, "eni")?;
    }
    let all = call.account.instances();
    let all = all.filter(|own| own.region == call.region && !own.is_terminated());
    let all = all.filter(|own| ids.is_empty() || ids.contains(&own.interface));
    let items: Vec<Item> = all
        .map(|own| {
            let key = describe::order(own.attached, &own.interface);
            (key, own.interface(call.account, call.now))
        })
        .collect();
    let is_known = |id: &str| items.iter().any(|(_, shown)| member(shown) == id);
    let missing: Vec<&str> = ids
        .iter()
        .map(|id| &**id)
        .filter(|id| !is_known(id))
        .collect();
    if !missing.is_empty() {
        return Err(names::unknown("eni", &missing));
    }
    filter::list(call, &INTERFACES, items)
}

fn member(shown: &Map) -> &str {
    let id = shown.get("NetworkInterfaceId").and_then(Value::as_str);
    id.unwrap_or_default()
}

/// Refuses a VPC's blocks and the like that are no addresses.
pub(super) fn not_a_block<T>(text: &str, parameter: &str) -> Result<T, Failure> {
    invalid(format!(
        "Value ({text}) for parameter {parameter} is invalid. This is not a valid CIDR block."
    ))
}
