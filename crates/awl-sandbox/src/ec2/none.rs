//! Kinds of which the sandbox makes none: their lists are empty, which is true.

use awl_value::Map;

use super::fields;
use crate::door::{Call, Outcome};

/// Operations, and the members that have what they list.
static LISTS: &[(&str, &str)] = &[
    ("DescribeBundleTasks", "BundleTasks"),
    ("DescribeCapacityReservations", "CapacityReservations"),
    ("DescribeCarrierGateways", "CarrierGateways"),
    ("DescribeClientVpnEndpoints", "ClientVpnEndpoints"),
    ("DescribeCustomerGateways", "CustomerGateways"),
    (
        "DescribeEgressOnlyInternetGateways",
        "EgressOnlyInternetGateways",
    ),
    ("DescribeFleets", "Fleets"),
    ("DescribeFlowLogs", "FlowLogs"),
    ("DescribeHosts", "Hosts"),
    ("DescribeLaunchTemplates", "LaunchTemplates"),
    ("DescribeManagedPrefixLists", "PrefixLists"),
    ("DescribeNatGateways", "NatGateways"),
    ("DescribePlacementGroups", "PlacementGroups"),
    ("DescribeReservedInstances", "ReservedInstances"),
    ("DescribeScheduledInstances", "ScheduledInstanceSet"),
    ("DescribeSpotFleetRequests", "SpotFleetRequestConfigs"),
    ("DescribeSpotInstanceRequests", "SpotInstanceRequests"),
    ("DescribeTransitGateways", "TransitGateways"),
    ("DescribeVpcEndpoints", "VpcEndpoints"),
    ("DescribeVpcPeeringConnections", "VpcPeeringConnections"),
    ("DescribeVpnConnections", "VpnConnections"),
    ("DescribeVpnGateways", "VpnGateways"),
];

/// The empty list of a kind that nobody can make.
pub(super) fn call(_: &mut Call<'_>, operation: &str) -> Outcome {
    let list = LISTS.iter().find(|(own, _)| *own == operation);
    Ok(list.map(|(_, member)| {
        let member = *member;
        fields! {member: Vec::<Map>::new()}
    }))
}

#[cfg(test)]
mod tests {
    use super::LISTS;

    #[test]
    fn the_model_has_these_lists() {
        let ec2 = awl_catalog::store().service("ec2").unwrap();
        for (operation, member) in LISTS {
            let output = ec2.operation(operation).unwrap().output().unwrap();
            assert!(output.member(member).is_some(), "{operation} {member}");
        }
    }
}
