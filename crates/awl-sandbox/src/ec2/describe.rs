//! What is there: instances, and the resources of which all that is known
//! stands in their bodies.

use awl_protocol::server::Failure;
use awl_value::{Map, Value};

use super::filter::{self, Item, Listing};
use super::instance::Instance;
use super::net::Block;
use super::state::Resource;
use super::{fields, images, names, refused, regions, tags, types};
use crate::door::{Call, Outcome};

/// What VPCs show elsewhere, as attributes.
pub(super) const ATTRIBUTES: [&str; 3] = [
    "EnableDnsHostnames",
    "EnableDnsSupport",
    "EnableNetworkAddressUsageMetrics",
];

/// A kind of resource that one operation lists.
struct Kind {
    operation: &'static str,
    /// What ids begin with, the member that is the id, the parameter that names some.
    prefix: &'static str,
    id: &'static str,
    ids: &'static str,
    listing: Listing,
}

static KINDS: &[Kind] = &[
    Kind {
        operation: "DescribeVpcs",
        prefix: "vpc",
        id: "VpcId",
        ids: "VpcIds",
        listing: Listing {
            member: "Vpcs",
            filters: &[
                ("cidr", "CidrBlock"),
                ("cidrBlock", "CidrBlock"),
                ("cidr-block", "CidrBlock"),
                (
                    "cidr-block-association.cidr-block",
                    "CidrBlockAssociationSet.CidrBlock",
                ),
                (
                    "cidr-block-association.association-id",
                    "CidrBlockAssociationSet.AssociationId",
                ),
                (
                    "cidr-block-association.state",
                    "CidrBlockAssociationSet.CidrBlockState.State",
                ),
                ("dhcp-options-id", ""),
                ("ipv6-cidr-block-association.ipv6-cidr-block", ""),
                ("ipv6-cidr-block-association.ipv6-pool", ""),
                ("ipv6-cidr-block-association.association-id", ""),
                ("ipv6-cidr-block-association.state", ""),
                ("is-default", ""),
                ("isDefault", "IsDefault"),
                ("owner-id", ""),
                ("state", ""),
                ("vpc-id", ""),
            ],
        },
    },
    Kind {
        operation: "DescribeSubnets",
        prefix: "subnet",
        id: "SubnetId",
        ids: "SubnetIds",
        listing: Listing {
            member: "Subnets",
            filters: &[
                ("availability-zone", ""),
                ("availabilityZone", "AvailabilityZone"),
                ("availability-zone-id", ""),
                ("available-ip-address-count", ""),
                ("cidr-block", ""),
                ("cidr", "CidrBlock"),
                ("customer-owned-ipv4-pool", ""),
                ("default-for-az", ""),
                ("defaultForAz", "DefaultForAz"),
                ("enable-dns64", ""),
                ("enable-lni-at-device-index", ""),
                ("ipv6-cidr-block-association.ipv6-cidr-block", ""),
                ("ipv6-cidr-block-association.association-id", ""),
                ("ipv6-cidr-block-association.state", ""),
                ("ipv6-native", ""),
                ("map-customer-owned-ip-on-launch", ""),
                ("map-public-ip-on-launch", ""),
                ("outpost-arn", ""),
                ("owner-id", ""),
                ("private-dns-name-options-on-launch.hostname-type", ""),
                (
                    "private-dns-name-options-on-launch.enable-resource-name-dns-a-record",
                    "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsARecord",
                ),
                (
                    "private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record",
                    "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsAAAARecord",
                ),
                ("state", ""),
                ("subnet-arn", ""),
                ("subnet-id", ""),
                ("vpc-id", ""),
            ],
        },
    },
    Kind {
        operation: "DescribeRouteTables",
        prefix: "rtb",
        id: "RouteTableId",
        ids: "RouteTableIds",
        listing: Listing {
            member: "RouteTables",
            filters: &[
                ("association.gateway-id", "Associations.GatewayId"),
                (
                    "association.route-table-association-id",
                    "Associations.RouteTableAssociationId",
                ),
                ("association.route-table-id", "Associations.RouteTableId"),
                ("association.subnet-id", "Associations.SubnetId"),
                ("association.main", "Associations.Main"),
                ("owner-id", ""),
                ("route-table-id", ""),
                (
                    "route.destination-cidr-block",
                    "Routes.DestinationCidrBlock",
                ),
                (
                    "route.destination-ipv6-cidr-block",
                    "Routes.DestinationIpv6CidrBlock",
                ),
                (
                    "route.destination-prefix-list-id",
                    "Routes.DestinationPrefixListId",
                ),
                (
                    "route.egress-only-internet-gateway-id",
                    "Routes.EgressOnlyInternetGatewayId",
                ),
                ("route.gateway-id", "Routes.GatewayId"),
                ("route.instance-id", "Routes.InstanceId"),
                ("route.nat-gateway-id", "Routes.NatGatewayId"),
                ("route.transit-gateway-id", "Routes.TransitGatewayId"),
                ("route.origin", "Routes.Origin"),
                ("route.state", "Routes.State"),
                (
                    "route.vpc-peering-connection-id",
                    "Routes.VpcPeeringConnectionId",
                ),
                ("vpc-id", ""),
            ],
        },
    },
    Kind {
        operation: "DescribeInternetGateways",
        prefix: "igw",
        id: "InternetGatewayId",
        ids: "InternetGatewayIds",
        listing: Listing {
            member: "InternetGateways",
            filters: &[
                ("attachment.state", "Attachments.State"),
                ("attachment.vpc-id", "Attachments.VpcId"),
                ("internet-gateway-id", ""),
                ("owner-id", ""),
            ],
        },
    },
    Kind {
        operation: "DescribeNetworkAcls",
        prefix: "acl",
        id: "NetworkAclId",
        ids: "NetworkAclIds",
        listing: Listing {
            member: "NetworkAcls",
            filters: &[
                (
                    "association.association-id",
                    "Associations.NetworkAclAssociationId",
                ),
                ("association.network-acl-id", "Associations.NetworkAclId"),
                ("association.subnet-id", "Associations.SubnetId"),
                ("default", "IsDefault"),
                ("entry.cidr", "Entries.CidrBlock"),
                ("entry.icmp.code", "Entries.IcmpTypeCode.Code"),
                ("entry.icmp.type", "Entries.IcmpTypeCode.Type"),
                ("entry.ipv6-cidr", "Entries.Ipv6CidrBlock"),
                ("entry.port-range.from", "Entries.PortRange.From"),
                ("entry.port-range.to", "Entries.PortRange.To"),
                ("entry.protocol", "Entries.Protocol"),
                ("entry.rule-action", "Entries.RuleAction"),
                ("entry.egress", "Entries.Egress"),
                ("entry.rule-number", "Entries.RuleNumber"),
                ("network-acl-id", ""),
                ("owner-id", ""),
                ("vpc-id", ""),
            ],
        },
    },
    Kind {
        operation: "DescribeDhcpOptions",
        prefix: "dopt",
        id: "DhcpOptionsId",
        ids: "DhcpOptionsIds",
        listing: Listing {
            member: "DhcpOptions",
            filters: &[
                ("dhcp-options-id", ""),
                ("key", "DhcpConfigurations.Key"),
                ("value", "DhcpConfigurations.Values.Value"),
                ("owner-id", ""),
            ],
        },
    },
    Kind {
        operation: "DescribeSecurityGroupRules",
        prefix: "sgr",
        id: "SecurityGroupRuleId",
        ids: "SecurityGroupRuleIds",
        listing: Listing {
            member: "SecurityGroupRules",
            filters: &[("group-id", ""), ("security-group-rule-id", "")],
        },
    },
    Kind {
        operation: "DescribeVolumes",
        prefix: "vol",
        id: "VolumeId",
        ids: "VolumeIds",
        listing: Listing {
            member: "Volumes",
            filters: &[
                ("attachment.attach-time", "Attachments.AttachTime"),
                (
                    "attachment.delete-on-termination",
                    "Attachments.DeleteOnTermination",
                ),
                ("attachment.device", "Attachments.Device"),
                ("attachment.instance-id", "Attachments.InstanceId"),
                ("attachment.status", "Attachments.State"),
                ("availability-zone", ""),
                ("availability-zone-id", ""),
                ("create-time", ""),
                ("encrypted", ""),
                ("fast-restored", ""),
                ("multi-attach-enabled", ""),
                ("operator.managed", ""),
                ("operator.principal", ""),
                ("size", ""),
                ("snapshot-id", ""),
                ("status", "State"),
                ("volume-id", ""),
                ("volume-type", ""),
            ],
        },
    },
    Kind {
        operation: "DescribeSnapshots",
        prefix: "snap",
        id: "SnapshotId",
        ids: "SnapshotIds",
        listing: Listing {
            member: "Snapshots",
            filters: &[
                ("description", ""),
                ("encrypted", ""),
                ("owner-alias", ""),
                ("owner-id", ""),
                ("progress", ""),
                ("snapshot-id", ""),
                ("start-time", ""),
                ("status", "State"),
                ("storage-tier", ""),
                ("transfer-type", ""),
                ("volume-id", ""),
                ("volume-size", ""),
            ],
        },
    },
];

/// The filters of instances.
pub(super) static INSTANCES: &[(&str, &str)] = &[
    ("affinity", "Placement.Affinity"),
    ("architecture", ""),
    ("availability-zone", "Placement.AvailabilityZone"),
    ("availability-zone-id", "Placement.AvailabilityZoneId"),
    (
        "block-device-mapping.attach-time",
        "BlockDeviceMappings.Ebs.AttachTime",
    ),
    (
        "block-device-mapping.delete-on-termination",
        "BlockDeviceMappings.Ebs.DeleteOnTermination",
    ),
    (
        "block-device-mapping.device-name",
        "BlockDeviceMappings.DeviceName",
    ),
    (
        "block-device-mapping.status",
        "BlockDeviceMappings.Ebs.Status",
    ),
    (
        "block-device-mapping.volume-id",
        "BlockDeviceMappings.Ebs.VolumeId",
    ),
    ("boot-mode", ""),
    ("capacity-reservation-id", ""),
    (
        "capacity-reservation-specification.capacity-reservation-preference",
        "",
    ),
    ("client-token", ""),
    ("current-instance-boot-mode", ""),
    ("dns-name", "PublicDnsName"),
    ("ebs-optimized", ""),
    ("ena-support", ""),
    ("enclave-options.enabled", ""),
    ("hibernation-options.configured", ""),
    ("host-id", "Placement.HostId"),
    ("hypervisor", ""),
    ("iam-instance-profile.arn", ""),
    ("iam-instance-profile.id", ""),
    ("iam-instance-profile.name", "IamInstanceProfile.Name"),
    ("image-id", ""),
    ("instance-id", ""),
    ("instance-lifecycle", ""),
    ("instance-state-code", "State.Code"),
    ("instance-state-name", "State.Name"),
    ("instance-type", ""),
    ("instance.group-id", "SecurityGroups.GroupId"),
    ("instance.group-name", "SecurityGroups.GroupName"),
    ("ip-address", "PublicIpAddress"),
    (
        "ipv6-address",
        "NetworkInterfaces.Ipv6Addresses.Ipv6Address",
    ),
    ("kernel-id", ""),
    ("key-name", ""),
    ("launch-index", "AmiLaunchIndex"),
    ("launch-time", ""),
    ("maintenance-options.auto-recovery", ""),
    ("metadata-options.http-endpoint", ""),
    (
        "metadata-options.http-protocol-ipv4",
        "MetadataOptions.HttpEndpoint",
    ),
    ("metadata-options.http-protocol-ipv6", ""),
    ("metadata-options.http-put-response-hop-limit", ""),
    ("metadata-options.http-tokens", ""),
    ("metadata-options.instance-metadata-tags", ""),
    ("metadata-options.state", ""),
    ("monitoring-state", "Monitoring.State"),
    (
        "network-interface.addresses.association.ip-owner-id",
        "NetworkInterfaces.PrivateIpAddresses.Association.IpOwnerId",
    ),
    (
        "network-interface.addresses.association.public-dns-name",
        "NetworkInterfaces.PrivateIpAddresses.Association.PublicDnsName",
    ),
    (
        "network-interface.addresses.association.public-ip",
        "NetworkInterfaces.PrivateIpAddresses.Association.PublicIp",
    ),
    (
        "network-interface.addresses.primary",
        "NetworkInterfaces.PrivateIpAddresses.Primary",
    ),
    (
        "network-interface.addresses.private-dns-name",
        "NetworkInterfaces.PrivateIpAddresses.PrivateDnsName",
    ),
    (
        "network-interface.addresses.private-ip-address",
        "NetworkInterfaces.PrivateIpAddresses.PrivateIpAddress",
    ),
    (
        "network-interface.association.ip-owner-id",
        "NetworkInterfaces.Association.IpOwnerId",
    ),
    (
        "network-interface.association.public-dns-name",
        "NetworkInterfaces.Association.PublicDnsName",
    ),
    (
        "network-interface.association.public-ip",
        "NetworkInterfaces.Association.PublicIp",
    ),
    (
        "network-interface.attachment.attach-time",
        "NetworkInterfaces.Attachment.AttachTime",
    ),
    (
        "network-interface.attachment.attachment-id",
        "NetworkInterfaces.Attachment.AttachmentId",
    ),
    (
        "network-interface.attachment.delete-on-termination",
        "NetworkInterfaces.Attachment.DeleteOnTermination",
    ),
    (
        "network-interface.attachment.device-index",
        "NetworkInterfaces.Attachment.DeviceIndex",
    ),
    (
        "network-interface.attachment.network-card-index",
        "NetworkInterfaces.Attachment.NetworkCardIndex",
    ),
    (
        "network-interface.attachment.status",
        "NetworkInterfaces.Attachment.Status",
    ),
    (
        "network-interface.description",
        "NetworkInterfaces.Description",
    ),
    (
        "network-interface.group-id",
        "NetworkInterfaces.Groups.GroupId",
    ),
    (
        "network-interface.group-name",
        "NetworkInterfaces.Groups.GroupName",
    ),
    (
        "network-interface.mac-address",
        "NetworkInterfaces.MacAddress",
    ),
    (
        "network-interface.network-interface-id",
        "NetworkInterfaces.NetworkInterfaceId",
    ),
    ("network-interface.owner-id", "NetworkInterfaces.OwnerId"),
    (
        "network-interface.private-dns-name",
        "NetworkInterfaces.PrivateDnsName",
    ),
    (
        "network-interface.private-ip-address",
        "NetworkInterfaces.PrivateIpAddress",
    ),
    (
        "network-interface.source-dest-check",
        "NetworkInterfaces.SourceDestCheck",
    ),
    ("network-interface.status", "NetworkInterfaces.Status"),
    ("network-interface.subnet-id", "NetworkInterfaces.SubnetId"),
    ("network-interface.vpc-id", "NetworkInterfaces.VpcId"),
    ("network-performance-options.bandwidth-weighting", ""),
    ("operator.managed", ""),
    ("operator.principal", ""),
    ("outpost-arn", ""),
    ("owner-id", ""),
    ("placement-group-name", "Placement.GroupName"),
    ("placement-partition-number", "Placement.PartitionNumber"),
    ("platform", ""),
    ("platform-details", ""),
    ("private-dns-name", ""),
    (
        "private-dns-name-options.enable-resource-name-dns-a-record",
        "",
    ),
    (
        "private-dns-name-options.enable-resource-name-dns-aaaa-record",
        "PrivateDnsNameOptions.EnableResourceNameDnsAAAARecord",
    ),
    ("private-dns-name-options.hostname-type", ""),
    ("private-ip-address", ""),
    ("product-code", "ProductCodes.ProductCodeId"),
    ("product-code.type", "ProductCodes.ProductCodeType"),
    ("ramdisk-id", ""),
    ("reason", "StateTransitionReason"),
    ("requester-id", ""),
    ("reservation-id", ""),
    ("root-device-name", ""),
    ("root-device-type", ""),
    ("source-dest-check", ""),
    ("spot-instance-request-id", ""),
    ("state-reason-code", "StateReason.Code"),
    ("state-reason-message", "StateReason.Message"),
    ("subnet-id", ""),
    ("tenancy", "Placement.Tenancy"),
    ("tpm-support", ""),
    ("usage-operation", ""),
    ("usage-operation-update-time", ""),
    ("virtualization-type", ""),
    ("vpc-id", ""),
];

/// Answers what asks what there is.
pub(super) fn call(call: &Call<'_>, operation: &str) -> Outcome {
    match operation {
        "DescribeInstances" => instances(call),
        "DescribeRegions" => regions::describe(call),
        "DescribeAvailabilityZones" => regions::describe_zones(call),
        "DescribeImages" => images::describe(call),
        "DescribeInstanceTypes" => types::describe(call),
        "DescribeInstanceTypeOfferings" => types::describe_offerings(call),
        _ => match KINDS.iter().find(|own| own.operation == operation) {
            Some(kind) => resources(call, kind),
            None => Ok(None),
        },
    }
}

/// Resources of a kind.
fn resources(call: &Call<'_>, kind: &Kind) -> Outcome {
    let ids = call.parameters.texts(kind.ids);
    let found = by_ids(call, kind.prefix, &ids)?;
    let found = found.into_iter().filter(|own| is_of(call, own));
    let items = found.map(|own| (order(own.created, &own.id), shown(call, own, kind.id)));
    filter::list(call, &kind.listing, items.collect())
}

/// Whether a snapshot belongs to one of those that are asked for.
fn is_of(call: &Call<'_>, own: &Resource) -> bool {
    let owners = call.parameters.texts("OwnerIds");
    let is_meant = |owner: &String| owner == "self" || *owner == call.account.id;
    own.kind() != "snap" || owners.is_empty() || owners.iter().any(is_meant)
}

/// What listings show of a resource, under the member that is its id.
pub(super) fn shown(call: &Call<'_>, own: &Resource, id: &'static str) -> Map {
    let mut shown = own.body.0.clone();
    shown.retain(|name, _| !ATTRIBUTES.contains(&name));
    match own.kind() {
        "subnet" => shown.push("AvailableIpAddressCount", free(call, own).into()),
        "sgr" => {
            let (region, account) = (call.region, &call.account.id);
            let arn = format!(
                "arn:aws:ec2:{region}:{account}:security-group-rule/{}",
                own.id
            );
            shown.push("SecurityGroupRuleArn", arn.into());
        }
        _ => {}
    }
    shown.push(id, own.id.as_str().into());
    if !own.tags.is_empty() || ["rtb", "igw", "acl", "dopt", "sgr"].contains(&own.kind()) {
        tags::show(&mut shown, &own.tags);
    }
    shown
}

/// The resources with these ids, or all of a kind.
pub(super) fn by_ids<'a>(
    call: &'a Call<'_>,
    prefix: &'static str,
    ids: &[String],
) -> Result<Vec<&'a Resource>, Failure> {
    if ids.is_empty() {
        return Ok(call.account.resources(call.region, prefix).collect());
    }
    check_page(call, prefix)?;
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for id in ids {
        names::check(id, prefix)?;
        let own = call.account.resource(id);
        match own.filter(|own| own.region == call.region) {
            Some(own) => found.push(own),
            None => missing.push(id.as_str()),
        }
    }
    if missing.is_empty() {
        Ok(found)
    } else {
        Err(names::unknown(prefix, &missing))
    }
}

/// Who names what he wants gets no pages of it.
fn check_page(call: &Call<'_>, prefix: &str) -> Result<(), Failure> {
    let set = match prefix {
        "i" => "instancesSet",
        "vol" => "volumeSet",
        _ => return Ok(()),
    };
    if call.parameters.int("MaxResults").is_none() {
        return Ok(());
    }
    let message = format!("The parameter {set} cannot be used with the parameter maxResults");
    refused("InvalidParameterCombination", message)
}

/// What orders resources: the time, then the id.
pub(super) fn order(created: i64, id: &str) -> String {
    format!("{created:012} {id}")
}

/// How many addresses of a subnet are free.
fn free(call: &Call<'_>, subnet: &Resource) -> i64 {
    let size = Block::parse(subnet.text("CidrBlock")).map_or(0, Block::size);
    let own = call.account.instances();
    let used = own.filter(|own| own.subnet == subnet.id && !own.is_terminated());
    i64::try_from(size).unwrap_or(i64::MAX) - 5 - i64::try_from(used.count()).unwrap_or_default()
}

/// The instances that a call asks for by id, or all of the Region.
pub(super) fn asked(call: &Call<'_>) -> Result<Vec<Instance>, Failure> {
    let ids = call.parameters.texts("InstanceIds");
    if ids.is_empty() {
        let own = call.account.instances();
        return Ok(own
            .filter(|own| own.region == call.region)
            .cloned()
            .collect());
    }
    check_page(call, "i")?;
    names::instances(call, &ids)
}

/// `DescribeInstances`.
fn instances(call: &Call<'_>) -> Outcome {
    let mut items: Vec<Item> = Vec::new();
    for own in asked(call)? {
        let mut shown = own.shown(call.account, call.now);
        shown.push("ReservationId", own.reservation.as_str().into());
        shown.push("OwnerId", call.account.id.as_str().into());
        items.push((own.id, shown));
    }
    let items = filter::filtered(call, INSTANCES, items)?;
    let mut reservations: Vec<(String, String, Vec<(i64, Map)>)> = Vec::new();
    for (id, shown) in items {
        let Some(own) = call.account.instance(&id) else {
            continue;
        };
        let place = reservations
            .iter()
            .position(|known| known.1 == own.reservation);
        match place {
            Some(place) => reservations[place].2.push((own.index, shown)),
            None => {
                // Starting an instance again does not move it.
                let key = order(own.attached, &own.reservation);
                reservations.push((key, own.reservation.clone(), vec![(own.index, shown)]));
            }
        }
    }
    let items = reservations.into_iter().map(|(key, id, mut instances)| {
        instances.sort_by_key(|(index, _)| *index);
        let instances = instances.into_iter().map(|(_, mut shown)| {
            shown.remove("ReservationId");
            shown.remove("OwnerId");
            Value::Map(shown)
        });
        let shown = fields! {
            "ReservationId": id,
            "OwnerId": &*call.account.id,
            "Groups": Vec::<Map>::new(),
            "Instances": Value::List(instances.collect()),
        };
        (key, shown)
    });
    filter::page(call, "Reservations", items.collect())
}
