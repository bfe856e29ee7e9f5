//! The rates that AWS documents for its operations, as token buckets. What it
//! does not document is not here.

use awl_model::Operation;
use awl_value::{Map, Value};

use super::limits::{Charge, Size};

/// A thousand requests a second.
const K: i64 = 1_000_000;

/// Reading operations of EC2.
const READ: Size = size(100, 20_000);
/// Some of them, where they ask for everything.
const READ_ALL: Size = size(50, 10_000);
/// Changing operations of EC2.
const CHANGE: Size = size(50, 5_000);

/// The operations that count as [`READ_ALL`] without a filter or a page's size.
const UNFILTERED: &[&str] = &[
    "DescribeInstances",
    "DescribeInstanceStatus",
    "DescribeNetworkInterfaces",
    "DescribeSecurityGroups",
    "DescribeSnapshots",
    "DescribeSpotInstanceRequests",
    "DescribeVolumes",
];

/// Operations of EC2 with sizes of their own.
const EC2: &[(Size, &[&str])] = &[
    (
        size(1, 100),
        &[
            "AdvertiseByoipCidr",
            "DeprovisionByoipCidr",
            "DisableImageBlockPublicAccess",
            "DisableSnapshotBlockPublicAccess",
            "EnableImageBlockPublicAccess",
            "EnableSnapshotBlockPublicAccess",
            "ProvisionByoipCidr",
            "WithdrawByoipCidr",
        ],
    ),
    (
        size(1, 500),
        &[
            "AssociateCapacityReservationBillingOwner",
            "DescribeByoipCidrs",
            "DisassociateCapacityReservationBillingOwner",
        ],
    ),
    (
        size(1, 1000),
        &[
            "CancelDeclarativePoliciesReport",
            "CreateDefaultSubnet",
            "CreateDefaultVpc",
            "DescribeInstanceTopology",
            "DescribeMovingAddresses",
            "MoveAddressToVpc",
            "RestoreAddressToClassic",
            "StartDeclarativePoliciesReport",
        ],
    ),
    (size(2, 2000), &["ModifyInstanceMetadataDefaults"]),
    (
        size(4, 300),
        &[
            "CreateVpcEndpoint",
            "DeleteVpcEndpoints",
            "ModifyVpcEndpoint",
        ],
    ),
    (
        size(5, 1000),
        &[
            "CreateCoipCidr",
            "CreateCoipPool",
            "CreateSubnetCidrReservation",
            "DeleteCoipCidr",
            "DeleteCoipPool",
            "DeleteCoipPoolPermission",
            "DeleteSubnetCidrReservation",
        ],
    ),
    (
        size(5, 2000),
        &[
            "AuthorizeClientVpnIngress",
            "CreateClientVpnRoute",
            "DeleteClientVpnRoute",
            "DescribeHostReservationOfferings",
            "DescribeHostReservations",
            "DisableFastLaunch",
            "EnableFastLaunch",
            "GetHostReservationPurchasePreview",
            "PurchaseHostReservation",
            "RevokeClientVpnIngress",
            "RunInstances",
            "StartInstances",
        ],
    ),
    (
        size(5, 5000),
        &[
            "DeleteQueuedReservedInstances",
            "DescribeDeclarativePoliciesReports",
            "GetDeclarativePoliciesReportSummary",
            "PurchaseReservedInstancesOffering",
        ],
    ),
    (
        size(10, 150),
        &[
            "DescribeCapacityBlockExtensionOfferings",
            "DescribeCapacityBlockOfferings",
            "PurchaseCapacityBlock",
            "PurchaseCapacityBlockExtension",
        ],
    ),
    (
        size(10, 1000),
        &[
            "AcceptVpcEndpointConnections",
            "AssignPrivateNatGatewayAddress",
            "AssociateEnclaveCertificateIamRole",
            "AssociateNatGatewayAddress",
            "CreateNatGateway",
            "CreateVpcEndpointServiceConfiguration",
            "DeleteNatGateway",
            "DeleteVpcEndpointServiceConfigurations",
            "DisassociateEnclaveCertificateIamRole",
            "DisassociateNatGatewayAddress",
            "GetAssociatedEnclaveCertificateIamRoles",
            "ModifyVpcEndpointServiceConfiguration",
            "RejectVpcEndpointConnections",
            "UnassignPrivateNatGatewayAddress",
        ],
    ),
    (
        size(10, 2000),
        &[
            "AttachVerifiedAccessTrustProvider",
            "CreateVerifiedAccessGroup",
            "CreateVerifiedAccessInstance",
            "CreateVerifiedAccessTrustProvider",
            "DeleteVerifiedAccessGroup",
            "DeleteVerifiedAccessInstance",
            "DeleteVerifiedAccessTrustProvider",
            "DescribeVerifiedAccessInstanceLoggingConfigurations",
            "DetachVerifiedAccessTrustProvider",
            "ModifyVerifiedAccessGroup",
            "ModifyVerifiedAccessInstance",
            "ModifyVerifiedAccessInstanceLoggingConfiguration",
            "ModifyVerifiedAccessTrustProvider",
        ],
    ),
    (
        size(10, 10_000),
        &[
            "DescribeAggregateIdFormat",
            "DescribeIdFormat",
            "DescribeIdentityIdFormat",
            "DescribePrincipalIdFormat",
            "DescribeReservedInstancesOfferings",
        ],
    ),
    (
        size(20, 4000),
        &[
            "CreateVerifiedAccessEndpoint",
            "DeleteVerifiedAccessEndpoint",
            "ModifyVerifiedAccessEndpoint",
            "ModifyVerifiedAccessEndpointPolicy",
            "ModifyVerifiedAccessGroupPolicy",
        ],
    ),
    (
        size(20, 5000),
        &[
            "DescribeSecurityGroupReferences",
            "DescribeStaleSecurityGroups",
        ],
    ),
    (
        size(50, 100),
        &["CreateRestoreImageTask", "CreateStoreImageTask"],
    ),
    (size(50, 500), &["DescribeStoreImageTasks"]),
    (
        size(50, 3000),
        &[
            "CreateSpotDatafeedSubscription",
            "DeleteSpotDatafeedSubscription",
            "DescribeSpotFleetRequests",
        ],
    ),
    (size(100, 1000), &["CopyImage"]),
    (
        size(100, 5000),
        &[
            "AssignIpv6Addresses",
            "AssignPrivateIpAddresses",
            "AssociateIamInstanceProfile",
            "CreateLaunchTemplateVersion",
            "CreateNetworkInterface",
            "CreateSnapshot",
            "CreateSnapshots",
            "CreateVolume",
            "DeleteNetworkInterface",
            "DeleteSnapshot",
            "DeleteVolume",
            "DeregisterImage",
            "DescribeSpotFleetInstances",
            "DescribeSpotFleetRequestHistory",
            "DisassociateIamInstanceProfile",
            "ModifyImageAttribute",
            "ModifyInstanceMetadataOptions",
            "ModifyLaunchTemplate",
            "ModifyNetworkInterfaceAttribute",
            "ModifySnapshotAttribute",
            "TerminateInstances",
            "UnassignPrivateIpAddresses",
        ],
    ),
    (size(100, 10_000), &["CreateTags", "DeleteTags"]),
    (size(100, 13_000), &["DescribeSpotDatafeedSubscription"]),
];

/// Operations of EC2 that also use up a token for each instance: the parameter
/// that says how many, or names them.
const INSTANCES: &[(&str, Size, &str)] = &[
    ("RunInstances", size(1000, 2000), "MaxCount"),
    ("StartInstances", size(1000, 2000), "InstanceIds"),
    ("StopInstances", size(1000, 20_000), "InstanceIds"),
    ("TerminateInstances", size(1000, 20_000), "InstanceIds"),
];

/// Operations of other services that share a bucket: the service, its name, its
/// size, and the operations; none: all that no bucket above has.
const SHARED: &[(&str, &str, Size, &[&str])] = &[
    (
        "sts",
        "requests",
        size(600, 600_000),
        &[
            "AssumeRole",
            "DecodeAuthorizationMessage",
            "GetAccessKeyInfo",
            "GetCallerIdentity",
            "GetFederationToken",
            "GetSessionToken",
        ],
    ),
    (
        "lambda",
        "GetFunction",
        size(100, 100_000),
        &["GetFunction"],
    ),
    ("lambda", "GetPolicy", size(15, 15_000), &["GetPolicy"]),
    (
        "lambda",
        "control",
        size(15, 15_000),
        &[
            "CreateAlias",
            "CreateEventSourceMapping",
            "CreateFunction",
            "DeleteAlias",
            "DeleteFunction",
            "ListAliases",
            "ListFunctions",
            "PublishVersion",
            "UpdateFunctionCode",
            "UpdateFunctionConfiguration",
        ],
    ),
    ("route53", "requests", size(5, 5_000), &[]),
];

/// The services whose documented rates count without being asked for: no program
/// that runs on one machine reaches them by accident.
pub(crate) const USUAL: &[&str] = &["s3", "sts"];

/// All services that have documented rates.
pub(crate) const SERVICES: &[&str] = &["ec2", "lambda", "route53", "s3", "sts"];

const fn size(burst: i64, rate: i64) -> Size {
    Size { burst, rate }
}

/// What a call takes from documented buckets.
pub(crate) fn charges(operation: Operation, parameters: &Map, region: &str) -> Vec<Charge> {
    let (service, name) = (operation.service().name(), operation.name());
    let charge = |bucket: &str, size: Size, tokens: i64| Charge {
        bucket: format!("{service} {region} {bucket}"),
        size,
        tokens,
    };
    match service {
        "ec2" => {
            let (kind, size) = ec2(name, parameters);
            let mut charges = vec![charge(&format!("{name}{kind}"), size, 1)];
            let instances = INSTANCES.iter().find(|(own, ..)| *own == name);
            if let Some((_, size, parameter)) = instances {
                let count = parameters.get(parameter).map_or(1, |own| match own {
                    Value::List(items) => i64::try_from(items.len()).unwrap_or(i64::MAX),
                    number => number.as_int().unwrap_or(1),
                });
                charges.push(charge(&format!("{name} instances"), *size, count));
            }
            charges
        }
        "s3" => {
            let reads = matches!(operation.http_method(), "GET" | "HEAD");
            let (kind, rate) = match reads {
                true => ("reads", 5 * K + K / 2),
                false => ("writes", 3 * K + K / 2),
            };
            let text = |name| parameters.get(name).and_then(Value::as_str);
            let Some(bucket) = text("Bucket") else {
                return Vec::new();
            };
            let key = text("Key").or_else(|| text("Prefix")).unwrap_or_default();
            let prefix = key.rsplit_once('/').map_or("", |(prefix, _)| prefix);
            vec![charge(
                &format!("{kind} {bucket}/{prefix}"),
                size(rate / 1000, rate),
                1,
            )]
        }
        _ => SHARED
            .iter()
            .find(|(own, _, _, names)| {
                *own == service && (names.is_empty() || names.contains(&name))
            })
            .map(|(_, bucket, size, _)| charge(bucket, *size, 1))
            .into_iter()
            .collect(),
    }
}

/// The size of the bucket of an operation of EC2, and what tells it from others
/// of the same operation.
fn ec2(name: &str, parameters: &Map) -> (&'static str, Size) {
    let own = EC2.iter().find(|(_, names)| names.contains(&name));
    if let Some((size, _)) = own {
        return ("", *size);
    }
    let limited = ["Filters", "MaxResults", "NextToken"];
    if UNFILTERED.contains(&name) && !limited.iter().any(|own| parameters.contains_key(own)) {
        return (" unfiltered", READ_ALL);
    }
    let reads = ["Describe", "Get", "List", "Search"];
    match reads.iter().any(|prefix| name.starts_with(prefix)) {
        true => ("", READ),
        false => ("", CHANGE),
    }
}

/// What there is to say of a service's documented rates: the bucket, its size.
pub(crate) fn described(service: &str) -> Vec<(String, Size)> {
    let named = |name: &str, size: Size| (name.to_owned(), size);
    match service {
        "ec2" => {
            let mut all = vec![
                named("Describe*, Get*, List*, Search*", READ),
                named("unfiltered Describe* of the large ones", READ_ALL),
                named("all that change something", CHANGE),
            ];
            for (size, names) in EC2 {
                all.extend(names.iter().map(|name| named(name, *size)));
            }
            let instances = INSTANCES.iter();
            all.extend(
                instances.map(|(name, size, _)| named(&format!("{name}, instances"), *size)),
            );
            all
        }
        "s3" => vec![
            named("GET, HEAD of a prefix", size(5500, 5_500_000)),
            named("PUT, COPY, POST, DELETE of a prefix", size(3500, 3_500_000)),
        ],
        _ => SHARED
            .iter()
            .filter(|(own, ..)| *own == service)
            .map(|(_, name, size, _)| named(name, *size))
            .collect(),
    }
}
