//! What is there: instances, and the resources of which all that is known
//! stands in their bodies.

use awl_protocol::server::Failure;
use awl_value::{Map, Value};

use super::filter::{self, Item};
use super::instance::Instance;
use super::listings::{INSTANCES, KINDS, Kind};
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
    // Who asks twice gets one answer.
    for (number, id) in ids.iter().enumerate() {
        if ids[..number].contains(id) {
            continue;
        }
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

/// What orders it, its id, its instances by their numbers.
type Reservation = (String, String, Vec<(i64, Map)>);

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
    let mut reservations: Vec<Reservation> = Vec::new();
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
