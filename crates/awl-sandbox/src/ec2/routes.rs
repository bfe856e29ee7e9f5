//! Internet gateways and route tables.

use awl_protocol::server::Failure;
use awl_value::{Map, Value};

use super::addresses::not_a_block;
use super::net::Block;
use super::network::{depended, none, shown, tag};
use super::state::Resource;
use super::{defaults, done, fields, names, refused, returned, tags, text};
use crate::door::{Call, Outcome};

/// Answers what is asked of gateways and route tables.
pub(super) fn call(call: &mut Call<'_>, operation: &str) -> Outcome {
    match operation {
        "CreateInternetGateway" => create_gateway(call),
        "AttachInternetGateway" => attach(call),
        "DetachInternetGateway" => detach(call),
        "DeleteInternetGateway" => {
            let own = names::named(call, "igw", "InternetGatewayId")?;
            if !own.list("Attachments").is_empty() {
                return depended(&format!("The internetGateway '{}'", own.id));
            }
            call.account.remove_resource(&own.id);
            done()
        }
        "CreateRouteTable" => create_table(call),
        "DeleteRouteTable" => {
            let own = names::named(call, "rtb", "RouteTableId")?;
            if !own.list("Associations").is_empty() {
                return depended(&format!("The routeTable '{}'", own.id));
            }
            call.account.remove_resource(&own.id);
            done()
        }
        "CreateRoute" => route(call, false),
        "ReplaceRoute" => route(call, true),
        "DeleteRoute" => delete_route(call),
        "AssociateRouteTable" => associate(call),
        "DisassociateRouteTable" => dissociate(call),
        _ => Ok(None),
    }
}

/// Whether a route table is its VPC's main one.
pub(super) fn is_main(table: &Resource) -> bool {
    let mut associations = table.list("Associations").iter();
    associations.any(|own| own.get("Main") == Some(&Value::Bool(true)))
}

fn create_gateway(call: &mut Call<'_>) -> Outcome {
    tags::check_kinds(call, &["internet-gateway"])?;
    let given = tags::specified(call, "internet-gateway")?;
    let body = fields! {"Attachments": none(), "OwnerId": &*call.account.id};
    let id = defaults::put(call, "igw", body);
    tag(call, &id, given);
    shown(call, "InternetGateway", "InternetGatewayId", &id)
}

fn attach(call: &mut Call<'_>) -> Outcome {
    let mut own = names::named(call, "igw", "InternetGatewayId")?;
    let vpc = names::named(call, "vpc", "VpcId")?.id;
    let of_vpc = |own: &Resource| {
        let mut attachments = own.list("Attachments").iter();
        attachments.any(|own| text(own, "VpcId") == Some(&vpc))
    };
    if !own.list("Attachments").is_empty() {
        let message = format!("resource {} is already attached to network {vpc}", own.id);
        return refused("Resource.AlreadyAssociated", message);
    }
    if call.account.resources(call.region, "igw").any(of_vpc) {
        let message = format!("Network {vpc} already has an internet gateway attached");
        return refused("InvalidParameterValue", message);
    }
    own.set(
        "Attachments",
        vec![fields! {"State": "available", "VpcId": vpc}],
    );
    call.account.put_resource(own);
    done()
}

fn detach(call: &mut Call<'_>) -> Outcome {
    let mut own = names::named(call, "igw", "InternetGatewayId")?;
    let vpc = names::named(call, "vpc", "VpcId")?.id;
    let mut attachments = own.list("Attachments").iter();
    if !attachments.any(|own| text(own, "VpcId") == Some(&vpc)) {
        let message = format!("resource {} is not attached to network {vpc}", own.id);
        return refused("Gateway.NotAttached", message);
    }
    let mut instances = call.account.instances();
    if instances.any(|it| it.vpc == vpc && !it.is_terminated() && it.public_ip.is_some()) {
        let message = format!(
            "Network {vpc} has some mapped public address(es). Please unmap those public address(es) \
             before detaching the gateway."
        );
        return refused("DependencyViolation", message);
    }
    drop(instances);
    own.set("Attachments", none());
    call.account.put_resource(own);
    done()
}

fn create_table(call: &mut Call<'_>) -> Outcome {
    tags::check_kinds(call, &["route-table"])?;
    let given = tags::specified(call, "route-table")?;
    let vpc = names::named(call, "vpc", "VpcId")?;
    let local = fields! {
        "DestinationCidrBlock": vpc.text("CidrBlock"),
        "GatewayId": "local",
        "Origin": "CreateRouteTable",
        "State": "active",
    };
    let body = fields! {
        "Associations": none(),
        "PropagatingVgws": none(),
        "Routes": vec![local],
        "VpcId": &*vpc.id,
        "OwnerId": &*call.account.id,
    };
    let id = defaults::put(call, "rtb", body);
    tag(call, &id, given);
    let output = shown(call, "RouteTable", "RouteTableId", &id)?;
    Ok(output.map(|mut output| {
        let token = call.parameters.text("ClientToken").unwrap_or_default();
        output.push("ClientToken", token.into());
        output
    }))
}

/// Where a route of the request leads: the member and what it says.
fn target(call: &Call<'_>) -> Result<Vec<(&'static str, Value)>, Failure> {
    if let Some(id) = call.parameters.text("GatewayId") {
        if id != "local" {
            names::find(call, "igw", id)?;
        }
        return Ok(vec![("GatewayId", id.into())]);
    }
    let interface = call.parameters.text("NetworkInterfaceId");
    let instance = call.parameters.text("InstanceId");
    if interface.is_some() || instance.is_some() {
        let mut own = call
            .account
            .instances()
            .filter(|own| own.region == call.region);
        let own = own.find(|own| Some(&*own.id) == instance || Some(&*own.interface) == interface);
        let own = own.ok_or_else(|| match (instance, interface) {
            (Some(id), _) => names::unknown("i", &[id]),
            (None, id) => names::unknown("eni", &[id.unwrap_or_default()]),
        })?;
        return Ok(vec![
            ("InstanceId", own.id.as_str().into()),
            ("InstanceOwnerId", call.account.id.as_str().into()),
            ("NetworkInterfaceId", own.interface.as_str().into()),
        ]);
    }
    for name in [
        "NatGatewayId",
        "TransitGatewayId",
        "VpcPeeringConnectionId",
        "VpcEndpointId",
    ] {
        if let Some(id) = call.parameters.text(name) {
            let message = format!("The gateway '{id}' does not exist");
            return refused("InvalidGatewayID.NotFound", message);
        }
    }
    Err(names::missing("gatewayId"))
}

/// The destination of the request: the member and what it says.
fn destination(call: &Call<'_>) -> Result<(&'static str, String), Failure> {
    if let Some(text) = call.parameters.text("DestinationCidrBlock") {
        return match Block::parse(text) {
            Some(block) => Ok(("DestinationCidrBlock", block.to_string())),
            None => not_a_block(text, "destinationCidrBlock"),
        };
    }
    for name in ["DestinationIpv6CidrBlock", "DestinationPrefixListId"] {
        if let Some(text) = call.parameters.text(name) {
            return Ok((name, text.to_owned()));
        }
    }
    Err(names::missing("destinationCidrBlock"))
}

fn route(call: &mut Call<'_>, replaces: bool) -> Outcome {
    let mut own = names::named(call, "rtb", "RouteTableId")?;
    let (member, to) = destination(call)?;
    let mut routes = own.list("Routes").to_vec();
    let place = routes.iter().position(|own| text(own, member) == Some(&to));
    let mut route = Map::new();
    route.push(member, to.as_str().into());
    for (name, value) in target(call)? {
        route.push(name, value);
    }
    route.push("Origin", "CreateRoute".into());
    route.push("State", "active".into());
    match place {
        Some(place) if replaces => routes[place] = route.into(),
        Some(_) => {
            let message = format!("The route identified by {to} already exists.");
            return refused("RouteAlreadyExists", message);
        }
        None if replaces => return Err(no_route(&own.id, &to)),
        None => routes.push(route.into()),
    }
    own.set("Routes", Value::List(routes));
    call.account.put_resource(own);
    if replaces { done() } else { returned() }
}

fn no_route(table: &str, to: &str) -> Failure {
    let message = format!("no route with destination-cidr-block {to} in route table {table}");
    Failure::new("InvalidRoute.NotFound", message)
}

fn delete_route(call: &mut Call<'_>) -> Outcome {
    let mut own = names::named(call, "rtb", "RouteTableId")?;
    let (member, to) = destination(call)?;
    let mut routes = own.list("Routes").to_vec();
    let place = routes.iter().position(|own| text(own, member) == Some(&to));
    let place = place.ok_or_else(|| no_route(&own.id, &to))?;
    if text(&routes[place], "GatewayId") == Some("local") {
        let message = format!("cannot remove local route {to} in route table {}", own.id);
        return refused("InvalidParameterValue", message);
    }
    routes.remove(place);
    own.set("Routes", Value::List(routes));
    call.account.put_resource(own);
    done()
}

fn associate(call: &mut Call<'_>) -> Outcome {
    let mut own = names::named(call, "rtb", "RouteTableId")?;
    let subnet = names::named(call, "subnet", "SubnetId")?;
    if subnet.text("VpcId") != own.text("VpcId") {
        let message = format!(
            "Route table {} and network {} belong to different networks",
            own.id, subnet.id
        );
        return refused("InvalidParameterValue", message);
    }
    for table in call.account.resources(call.region, "rtb") {
        let mut associations = table.list("Associations").iter();
        let known = associations.find(|own| text(own, "SubnetId") == Some(&subnet.id));
        if let Some(known) = known {
            let id = text(known, "RouteTableAssociationId").unwrap_or_default();
            if table.id == own.id {
                return Ok(Some(associated(id)));
            }
            let message = format!(
                "the specified association for route table {} conflicts with an existing association",
                own.id
            );
            return refused("Resource.AlreadyAssociated", message);
        }
    }
    let id = names::new(call, "rtbassoc");
    let mut associations = own.list("Associations").to_vec();
    associations.push(
        fields! {
            "Main": false,
            "RouteTableAssociationId": &*id,
            "RouteTableId": &*own.id,
            "SubnetId": &*subnet.id,
            "AssociationState": fields! {"State": "associated"},
        }
        .into(),
    );
    own.set("Associations", Value::List(associations));
    call.account.put_resource(own);
    Ok(Some(associated(&id)))
}

fn associated(id: &str) -> Map {
    fields! {"AssociationId": id, "AssociationState": fields! {"State": "associated"}}
}

fn dissociate(call: &mut Call<'_>) -> Outcome {
    let id = call.parameters.text("AssociationId").unwrap_or_default();
    let is_meant = |own: &Value| text(own, "RouteTableAssociationId") == Some(id);
    let mut tables = call.account.resources(call.region, "rtb");
    let table = tables.find(|own| own.list("Associations").iter().any(is_meant));
    let Some(mut own) = table.cloned() else {
        let message = format!("The association ID '{id}' does not exist");
        return refused("InvalidAssociationID.NotFound", message);
    };
    drop(tables);
    let mut associations = own.list("Associations").to_vec();
    let main = associations
        .iter()
        .any(|own| is_meant(own) && own.get("Main") == Some(&Value::Bool(true)));
    if main {
        let message = format!("cannot disassociate the main route table association {id}");
        return refused("InvalidParameterValue", message);
    }
    associations.retain(|own| !is_meant(own));
    own.set("Associations", Value::List(associations));
    call.account.put_resource(own);
    done()
}
