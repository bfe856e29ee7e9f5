//! What every Region of an account has from the start: a VPC with a subnet in
//! each zone, and what belongs to it.

use awl_value::{Map, Value};

use super::net::Block;
use super::state::{Body, Resource, Settings};
use super::{fields, names, regions};
use crate::door::Call;

/// Makes what is there from the start, in a Region that is used for the first time.
pub(super) fn open(call: &mut Call<'_>) {
    if call.account.region(call.region).is_some() {
        return;
    }
    call.account.put_region(Settings {
        region: call.region.to_owned(),
        metadata: Body::default(),
        credits: std::collections::BTreeMap::new(),
        encrypts: false,
    });
    vpc(call);
}

/// Makes the default VPC; its id.
pub(super) fn vpc(call: &mut Call<'_>) -> String {
    let block = Block::parse("172.31.0.0/16");
    let vpc = network(call, "172.31.0.0/16", true, "default");
    let gateway = put(
        call,
        "igw",
        fields! {
            "Attachments": vec![fields! {"State": "available", "VpcId": &*vpc}],
            "OwnerId": &*call.account.id,
        },
    );
    let tables = call.account.resources(call.region, "rtb");
    let table = tables
        .filter(|own| own.text("VpcId") == vpc)
        .last()
        .cloned();
    if let Some(mut table) = table {
        let mut routes = table.list("Routes").to_vec();
        routes.push(
            fields! {
                "DestinationCidrBlock": "0.0.0.0/0",
                "GatewayId": gateway,
                "Origin": "CreateRoute",
                "State": "active",
            }
            .into(),
        );
        table.set("Routes", Value::List(routes));
        call.account.put_resource(table);
    }
    for (number, zone) in regions::zones(call.region).into_iter().enumerate() {
        let number = u32::try_from(number).unwrap_or_default();
        if let Some(block) = block {
            subnet(call, &vpc, &block.part(20, number).to_string(), &zone, true);
        }
    }
    vpc
}

/// Makes a VPC with what each has: options, a route table, an access control
/// list, a security group; its id.
pub(super) fn network(call: &mut Call<'_>, block: &str, is_default: bool, tenancy: &str) -> String {
    let owner = call.account.id.clone();
    let options = options(call);
    let association = names::new(call, "vpc-cidr-assoc");
    let vpc = put(
        call,
        "vpc",
        fields! {
            "OwnerId": &*owner,
            "InstanceTenancy": tenancy,
            "CidrBlockAssociationSet": vec![fields! {
                "AssociationId": association,
                "CidrBlock": block,
                "CidrBlockState": fields! {"State": "associated"},
            }],
            "IsDefault": is_default,
            "State": "available",
            "CidrBlock": block,
            "DhcpOptionsId": options,
            "EnableDnsSupport": true,
            "EnableDnsHostnames": is_default,
        },
    );
    let local = fields! {
        "DestinationCidrBlock": block,
        "GatewayId": "local",
        "Origin": "CreateRouteTable",
        "State": "active",
    };
    let association = names::new(call, "rtbassoc");
    let table = names::new(call, "rtb");
    let main = fields! {
        "Main": true,
        "RouteTableAssociationId": association,
        "RouteTableId": &*table,
        "AssociationState": fields! {"State": "associated"},
    };
    keep(
        call,
        table,
        fields! {
            "Associations": vec![main],
            "PropagatingVgws": Vec::<Map>::new(),
            "Routes": vec![local],
            "VpcId": &*vpc,
            "OwnerId": &*owner,
        },
    );
    let mut entries = Vec::new();
    for is_egress in [true, false] {
        for (number, action) in [(100_i64, "allow"), (32_767, "deny")] {
            entries.push(fields! {
                "CidrBlock": "0.0.0.0/0",
                "Egress": is_egress,
                "Protocol": "-1",
                "RuleAction": action,
                "RuleNumber": number,
            });
        }
    }
    put(
        call,
        "acl",
        fields! {
            "Associations": Vec::<Map>::new(),
            "Entries": entries,
            "IsDefault": true,
            "VpcId": &*vpc,
            "OwnerId": &*owner,
        },
    );
    let group = group(call, &vpc, "default", "default VPC security group");
    let itself = fields! {"GroupId": &*group, "UserId": &*owner};
    let rule = fields! {
        "GroupId": &*group,
        "GroupOwnerId": &*owner,
        "IsEgress": false,
        "IpProtocol": "-1",
        "FromPort": -1_i64,
        "ToPort": -1_i64,
        "ReferencedGroupInfo": itself,
    };
    put(call, "sgr", rule);
    vpc
}

/// Makes a security group, from which everything may go out; its id.
pub(super) fn group(call: &mut Call<'_>, vpc: &str, name: &str, description: &str) -> String {
    let owner = call.account.id.clone();
    let group = put(
        call,
        "sg",
        fields! {
            "VpcId": vpc,
            "OwnerId": &*owner,
            "GroupName": name,
            "Description": description,
        },
    );
    let rule = fields! {
        "GroupId": &*group,
        "GroupOwnerId": &*owner,
        "IsEgress": true,
        "IpProtocol": "-1",
        "FromPort": -1_i64,
        "ToPort": -1_i64,
        "CidrIpv4": "0.0.0.0/0",
    };
    put(call, "sgr", rule);
    group
}

/// Makes a subnet; its id.
pub(super) fn subnet(
    call: &mut Call<'_>,
    vpc: &str,
    block: &str,
    zone: &str,
    is_default: bool,
) -> String {
    let id = names::new(call, "subnet");
    let (region, owner) = (call.region, &call.account.id);
    let body = fields! {
        "AvailabilityZoneId": regions::zone_id(zone),
        "MapCustomerOwnedIpOnLaunch": false,
        "OwnerId": &**owner,
        "AssignIpv6AddressOnCreation": false,
        "Ipv6CidrBlockAssociationSet": Vec::<Map>::new(),
        "SubnetArn": format!("arn:aws:ec2:{region}:{owner}:subnet/{id}"),
        "EnableDns64": false,
        "Ipv6Native": false,
        "PrivateDnsNameOptionsOnLaunch": fields! {
            "HostnameType": "ip-name",
            "EnableResourceNameDnsARecord": false,
            "EnableResourceNameDnsAAAARecord": false,
        },
        "State": "available",
        "VpcId": vpc,
        "CidrBlock": block,
        "AvailabilityZone": zone,
        "DefaultForAz": is_default,
        "MapPublicIpOnLaunch": is_default,
    };
    keep(call, id.clone(), body);
    associate_acl(call, vpc, &id);
    id
}

/// A subnet is under its VPC's default access control list.
fn associate_acl(call: &mut Call<'_>, vpc: &str, subnet: &str) {
    let association = names::new(call, "aclassoc");
    let mut lists = call.account.resources(call.region, "acl");
    let list = lists.find(|own| own.text("VpcId") == vpc && own.flag("IsDefault"));
    let list = list.cloned();
    drop(lists);
    if let Some(mut list) = list {
        let mut associations = list.list("Associations").to_vec();
        let own = fields! {
            "NetworkAclAssociationId": association,
            "NetworkAclId": &*list.id,
            "SubnetId": subnet,
        };
        associations.push(own.into());
        list.set("Associations", Value::List(associations));
        call.account.put_resource(list);
    }
}

/// The options of DHCP that AWS provides.
fn options(call: &mut Call<'_>) -> String {
    if let Some(known) = call.account.resources(call.region, "dopt").next() {
        return known.id.clone();
    }
    let domain = match call.region {
        "us-east-1" => "ec2.internal".to_owned(),
        region => format!("{region}.compute.internal"),
    };
    let option = |key: &str, value: &str| {
        fields! {"Key": key, "Values": vec![fields! {"Value": value}]}
    };
    let body = fields! {
        "OwnerId": &*call.account.id,
        "DhcpConfigurations": vec![
            option("domain-name", &domain),
            option("domain-name-servers", "AmazonProvidedDNS"),
        ],
    };
    put(call, "dopt", body)
}

/// Keeps something new without tags; its id.
pub(super) fn put(call: &mut Call<'_>, prefix: &str, body: Map) -> String {
    let id = names::new(call, prefix);
    keep(call, id.clone(), body);
    id
}

/// Keeps something new under an id.
pub(super) fn keep(call: &mut Call<'_>, id: String, body: Map) {
    call.account.put_resource(Resource {
        id,
        region: call.region.to_owned(),
        created: call.now,
        body: Body(body),
        tags: Vec::new(),
    });
}
