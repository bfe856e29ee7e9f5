//! The rules of security groups. Each is a resource of its own; groups show them
//! put together by protocol and ports.

use std::net::Ipv6Addr;

use awl_protocol::server::Failure;
use awl_value::{Map, Value};

use super::net::Block;
use super::state::{Body, Resource};
use super::{fields, groups, invalid, names, placing, refused, returned, tags, text};
use crate::door::{Call, Outcome};
use crate::record::Tag;

/// How many rules a group may have in each direction.
const RULES: usize = 60;

/// Answers what is asked of rules.
pub(super) fn call(call: &mut Call<'_>, operation: &str) -> Outcome {
    match operation {
        "AuthorizeSecurityGroupIngress" => authorize(call, false),
        "AuthorizeSecurityGroupEgress" => authorize(call, true),
        "RevokeSecurityGroupIngress" => revoke(call, false),
        "RevokeSecurityGroupEgress" => revoke(call, true),
        "ModifySecurityGroupRules" => modify(call),
        "UpdateSecurityGroupRuleDescriptionsIngress" => describe(call, false),
        "UpdateSecurityGroupRuleDescriptionsEgress" => describe(call, true),
        _ => Ok(None),
    }
}

/// The group that a rule lets in or out.
pub(super) fn group_of(rule: &Resource) -> Option<&str> {
    text(rule.body.0.get("ReferencedGroupInfo")?, "GroupId")
}

/// What rules are about: the members that tell one from another.
const WHAT: [&str; 7] = [
    "IpProtocol",
    "FromPort",
    "ToPort",
    "CidrIpv4",
    "CidrIpv6",
    "PrefixListId",
    "ReferencedGroupInfo",
];

fn is_same(one: &Map, other: &Map) -> bool {
    WHAT.iter().all(|name| match *name {
        "ReferencedGroupInfo" => {
            let group = |map: &Map| Some(text(map.get(name)?, "GroupId")?.to_owned());
            group(one) == group(other)
        }
        name => one.get(name) == other.get(name),
    })
}

fn authorize(call: &mut Call<'_>, is_egress: bool) -> Outcome {
    let group = groups::named(call)?;
    tags::check_kinds(call, &["security-group-rule"])?;
    let given = tags::specified(call, "security-group-rule")?;
    let wanted = rules(call, &group, is_egress)?;
    let known = of_group(call, &group.id, is_egress);
    for rule in &wanted {
        if known.iter().any(|own| is_same(&own.body.0, rule)) {
            let message = format!("the specified rule \"{}\" already exists", in_words(rule));
            return refused("InvalidPermission.Duplicate", message);
        }
    }
    if known.len() + wanted.len() > RULES {
        let message = "The maximum number of rules per security group has been reached.";
        return refused("RulesPerSecurityGroupLimitExceeded", message);
    }
    let mut shown = Vec::new();
    for rule in wanted {
        let id = put(call, rule.clone(), given.clone());
        shown.push(rule_shown(call, &id, rule, &given));
    }
    Ok(Some(fields! {"Return": true, "SecurityGroupRules": shown}))
}

fn put(call: &mut Call<'_>, body: Map, tags: Vec<Tag>) -> String {
    let id = names::new(call, "sgr");
    call.account.put_resource(Resource {
        id: id.clone(),
        region: call.region.to_owned(),
        created: call.now,
        body: Body(body),
        tags,
    });
    id
}

fn rule_shown(call: &Call<'_>, id: &str, body: Map, given: &[Tag]) -> Map {
    let (region, account) = (call.region, &call.account.id);
    let mut shown = body;
    shown.push("SecurityGroupRuleId", id.into());
    let arn = format!("arn:aws:ec2:{region}:{account}:security-group-rule/{id}");
    shown.push("SecurityGroupRuleArn", arn.into());
    if !given.is_empty() {
        tags::show(&mut shown, given);
    }
    shown
}

/// The rules of a group in a direction.
fn of_group(call: &Call<'_>, group: &str, is_egress: bool) -> Vec<Resource> {
    let rules = call.account.resources(call.region, "sgr");
    let own = rules.filter(|own| own.text("GroupId") == group && own.flag("IsEgress") == is_egress);
    own.cloned().collect()
}

/// `TCP, from port: 22, to port: 22, …`, as the message of duplicates has it.
fn in_words(rule: &Map) -> String {
    let word = |name| rule.get(name).and_then(Value::as_str);
    let port = |name| rule.get(name).and_then(Value::as_int).unwrap_or(-1);
    let group = rule
        .get("ReferencedGroupInfo")
        .and_then(|own| text(own, "GroupId"));
    let peer = word("CidrIpv4")
        .or(word("CidrIpv6"))
        .or(word("PrefixListId"))
        .or(group);
    let peer = peer.unwrap_or_default();
    let protocol = word("IpProtocol").unwrap_or_default();
    if protocol == "-1" {
        return format!("peer: {peer}, ALL, ALLOW");
    }
    let (from, to) = (port("FromPort"), port("ToPort"));
    let protocol = protocol.to_uppercase();
    format!("peer: {peer}, {protocol}, from port: {from}, to port: {to}, ALLOW")
}

/// The rules that the parameters of a request say.
fn rules(call: &Call<'_>, group: &Resource, is_egress: bool) -> Result<Vec<Map>, Failure> {
    let parameters = call.parameters;
    let given = parameters.list("IpPermissions");
    let mut own = Vec::new();
    for permission in given.iter().filter_map(Value::as_map) {
        own.extend(of_permission(call, group, is_egress, permission)?);
    }
    if given.is_empty() {
        let mut permission = Map::new();
        for name in ["IpProtocol", "FromPort", "ToPort"] {
            if let Some(value) = parameters.0.get(name) {
                permission.push(name, value.clone());
            }
        }
        if let Some(block) = parameters.text("CidrIp") {
            permission.push("IpRanges", vec![fields! {"CidrIp": block}].into());
        }
        if let Some(name) = parameters.text("SourceSecurityGroupName") {
            permission.push("UserIdGroupPairs", vec![fields! {"GroupName": name}].into());
            if !permission.contains_key("IpProtocol") {
                permission.push("IpProtocol", "-1".into());
            }
        }
        if permission.is_empty() {
            return Err(names::missing("ipPermissions"));
        }
        own.extend(of_permission(call, group, is_egress, &permission)?);
    }
    Ok(own)
}

/// One rule for each range, list and group of a permission.
fn of_permission(
    call: &Call<'_>,
    group: &Resource,
    is_egress: bool,
    permission: &Map,
) -> Result<Vec<Map>, Failure> {
    let protocol = permission.get("IpProtocol").and_then(Value::as_str);
    let protocol = protocol.ok_or_else(|| names::missing("ipProtocol"))?;
    let protocol = protocol_name(protocol)?;
    let (from, to) = ports(&protocol, permission)?;
    let start = || {
        fields! {
            "GroupId": &*group.id,
            "GroupOwnerId": &*call.account.id,
            "IsEgress": is_egress,
            "IpProtocol": &*protocol,
            "FromPort": from,
            "ToPort": to,
        }
    };
    let list = |name| {
        permission
            .get(name)
            .and_then(Value::as_list)
            .unwrap_or_default()
    };
    let mut own = Vec::new();
    let mut add = |name: &'static str, value: Value, given: &Value| {
        let mut rule = start();
        rule.push(name, value);
        if let Some(text) = text(given, "Description") {
            rule.push("Description", text.into());
        }
        own.push(rule);
    };
    for range in list("IpRanges") {
        let block = text(range, "CidrIp").unwrap_or_default();
        let Some(parsed) = Block::parse(block) else {
            let message = format!("CIDR block {block} is malformed");
            return invalid(message);
        };
        add("CidrIpv4", parsed.to_string().into(), range);
    }
    for range in list("Ipv6Ranges") {
        let block = text(range, "CidrIpv6").unwrap_or_default();
        let is_block = block.split_once('/').is_some_and(|(address, length)| {
            address.parse::<Ipv6Addr>().is_ok() && length.parse::<u8>().is_ok_and(|own| own <= 128)
        });
        if !is_block {
            return invalid(format!("CIDR block {block} is malformed"));
        }
        add("CidrIpv6", block.into(), range);
    }
    for list in list("PrefixListIds") {
        add(
            "PrefixListId",
            text(list, "PrefixListId").unwrap_or_default().into(),
            list,
        );
    }
    for pair in list("UserIdGroupPairs") {
        let id = match (text(pair, "GroupId"), text(pair, "GroupName")) {
            (Some(id), _) => names::find(call, "sg", id)?.id.clone(),
            (None, Some(name)) => placing::group_by_name(call, group.text("VpcId"), name)?,
            (None, None) => return Err(names::missing("groupId")),
        };
        let referenced = fields! {"GroupId": id, "UserId": &*call.account.id};
        add("ReferencedGroupInfo", referenced.into(), pair);
    }
    if own.is_empty() {
        return refused(
            "MissingParameter",
            "The request must contain at least one of IpRanges, Ipv6Ranges, PrefixListIds or \
             UserIdGroupPairs",
        );
    }
    Ok(own)
}

/// A protocol by its name, where it has one.
fn protocol_name(text: &str) -> Result<String, Failure> {
    let name = match text {
        "6" => "tcp",
        "17" => "udp",
        "1" => "icmp",
        "58" => "icmpv6",
        "all" => "-1",
        text => text,
    };
    let is_known =
        ["tcp", "udp", "icmp", "icmpv6", "-1"].contains(&name) || name.parse::<u8>().is_ok();
    if is_known {
        return Ok(name.to_owned());
    }
    invalid(format!(
        "Invalid value '{text}' for IP protocol. Unknown protocol."
    ))
}

fn ports(protocol: &str, permission: &Map) -> Result<(i64, i64), Failure> {
    let port = |name| permission.get(name).and_then(Value::as_int);
    if !["tcp", "udp", "icmp", "icmpv6"].contains(&protocol) {
        return Ok((-1, -1));
    }
    let (Some(from), Some(to)) = (port("FromPort"), port("ToPort")) else {
        if protocol.starts_with("icmp") {
            return Ok((port("FromPort").unwrap_or(-1), port("ToPort").unwrap_or(-1)));
        }
        let message =
            "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.";
        return invalid(message);
    };
    if protocol.starts_with("icmp") {
        return Ok((from, to));
    }
    for port in [from, to] {
        if !(0..=65_535).contains(&port) {
            return invalid(format!(
                "Invalid value '{port}' for portRange. Must be 0 to 65535."
            ));
        }
    }
    if from > to {
        return invalid(format!("Invalid TCP/UDP port range ({from}:{to})"));
    }
    Ok((from, to))
}

fn revoke(call: &mut Call<'_>, is_egress: bool) -> Outcome {
    let group = groups::named(call)?;
    let known = of_group(call, &group.id, is_egress);
    let ids = call.parameters.texts("SecurityGroupRuleIds");
    let mut gone: Vec<Resource> = Vec::new();
    if ids.is_empty() {
        for rule in rules(call, &group, is_egress)? {
            match known.iter().find(|own| is_same(&own.body.0, &rule)) {
                Some(own) => gone.push(own.clone()),
                None => {
                    let message = "The specified rule does not exist in this security group.";
                    return refused("InvalidPermission.NotFound", message);
                }
            }
        }
    }
    for id in &ids {
        names::check(id, "sgr")?;
        let own = known.iter().find(|own| own.id == *id);
        gone.push(own.cloned().ok_or_else(|| names::unknown("sgr", &[id]))?);
    }
    let mut shown = Vec::new();
    for own in gone {
        let mut rule = own.body.0.clone();
        rule.remove("GroupOwnerId");
        if let Some(group) = group_of(&own) {
            rule.push("ReferencedGroupId", group.into());
        }
        rule.remove("ReferencedGroupInfo");
        rule.push("SecurityGroupRuleId", own.id.as_str().into());
        call.account.remove_resource(&own.id);
        shown.push(rule);
    }
    Ok(Some(
        fields! {"Return": true, "RevokedSecurityGroupRules": shown},
    ))
}

fn modify(call: &mut Call<'_>) -> Outcome {
    let group = groups::named(call)?;
    let mut changed = Vec::new();
    for update in call.parameters.list("SecurityGroupRules") {
        let id = text(update, "SecurityGroupRuleId").unwrap_or_default();
        let own = names::find(call, "sgr", id)?;
        if own.text("GroupId") != group.id {
            return Err(names::unknown("sgr", &[id]));
        }
        let Some(given) = update.get("SecurityGroupRule") else {
            continue;
        };
        let mut permission = Map::new();
        for name in ["IpProtocol", "FromPort", "ToPort"] {
            if let Some(value) = given.get(name) {
                permission.push(name, value.clone());
            }
        }
        let peer = |name: &'static str, list: &'static str, member: &'static str| {
            let own = given.get(name)?.clone();
            let mut item = Map::new();
            item.push(member, own);
            if let Some(text) = given.get("Description") {
                item.push("Description", text.clone());
            }
            Some((list, Value::List(vec![item.into()])))
        };
        let peers = [
            peer("CidrIpv4", "IpRanges", "CidrIp"),
            peer("CidrIpv6", "Ipv6Ranges", "CidrIpv6"),
            peer("PrefixListId", "PrefixListIds", "PrefixListId"),
            peer("ReferencedGroupId", "UserIdGroupPairs", "GroupId"),
        ];
        for (list, items) in peers.into_iter().flatten() {
            permission.push(list, items);
        }
        let is_egress = own.flag("IsEgress");
        let mut rules = of_permission(call, &group, is_egress, &permission)?;
        if let Some(rule) = rules.pop() {
            let mut own = own.clone();
            own.body = Body(rule);
            changed.push(own);
        }
    }
    for own in changed {
        call.account.put_resource(own);
    }
    returned()
}

/// Gives rules that are there other descriptions.
fn describe(call: &mut Call<'_>, is_egress: bool) -> Outcome {
    let group = groups::named(call)?;
    let known = of_group(call, &group.id, is_egress);
    let mut changed = Vec::new();
    let mut change = |own: &Resource, text: Option<Value>| {
        let mut own = own.clone();
        own.body.0.remove("Description");
        if let Some(text) = text {
            own.body.0.push("Description", text);
        }
        changed.push(own);
    };
    for given in call.parameters.list("SecurityGroupRuleDescriptions") {
        let id = text(given, "SecurityGroupRuleId").unwrap_or_default();
        let own = known.iter().find(|own| own.id == id);
        change(
            own.ok_or_else(|| names::unknown("sgr", &[id]))?,
            given.get("Description").cloned(),
        );
    }
    if !call.parameters.list("IpPermissions").is_empty() {
        for rule in rules(call, &group, is_egress)? {
            let Some(own) = known.iter().find(|own| is_same(&own.body.0, &rule)) else {
                let message = "The specified rule does not exist in this security group.";
                return refused("InvalidPermission.NotFound", message);
            };
            change(own, rule.get("Description").cloned());
        }
    }
    for own in changed {
        call.account.put_resource(own);
    }
    returned()
}

/// What a group shows of its rules: those of one protocol and range of ports
/// together.
pub(super) fn permissions(call: &Call<'_>, group: &str, is_egress: bool) -> Vec<Map> {
    let mut own = of_group(call, group, is_egress);
    own.sort_by(|one, other| (one.created, &one.id).cmp(&(other.created, &other.id)));
    let mut all: Vec<(Key, [Vec<Value>; 4])> = Vec::new();
    for rule in own {
        let port = |name| rule.int(name);
        let key = (
            rule.text("IpProtocol").to_owned(),
            port("FromPort"),
            port("ToPort"),
        );
        let place = all.iter().position(|(known, _)| *known == key);
        let place = place.unwrap_or_else(|| {
            all.push((key, <[Vec<Value>; 4]>::default()));
            all.len() - 1
        });
        let lists = &mut all[place].1;
        let mut item = Map::new();
        if let Some(text) = rule.body.0.get("Description") {
            item.push("Description", text.clone());
        }
        let number = if let Some(block) = rule.body.0.get("CidrIpv4") {
            item.push("CidrIp", block.clone());
            1
        } else if let Some(block) = rule.body.0.get("CidrIpv6") {
            item.push("CidrIpv6", block.clone());
            2
        } else if let Some(list) = rule.body.0.get("PrefixListId") {
            item.push("PrefixListId", list.clone());
            3
        } else {
            item.push("UserId", call.account.id.as_str().into());
            item.push("GroupId", group_of(&rule).unwrap_or_default().into());
            0
        };
        lists[number].push(item.into());
    }
    let shown = all.into_iter().map(|((protocol, from, to), lists)| {
        let [pairs, ranges, ranges_6, prefix_lists] = lists;
        let mut shown = fields! {"IpProtocol": &*protocol};
        if protocol != "-1" {
            shown.push("FromPort", from.into());
            shown.push("ToPort", to.into());
        }
        shown.push("UserIdGroupPairs", Value::List(pairs));
        shown.push("IpRanges", Value::List(ranges));
        shown.push("Ipv6Ranges", Value::List(ranges_6));
        shown.push("PrefixListIds", Value::List(prefix_lists));
        shown
    });
    shown.collect()
}

/// Protocol and ports.
type Key = (String, i64, i64);
