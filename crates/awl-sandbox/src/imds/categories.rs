//! The categories of metadata that an instance has.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-metadata.html

use super::events;
use super::facts::{Facts, Interface};
use super::tree::{Folder, Made, Node};

/// What the metrics say: none are taken.
const METRICS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

/// The whole tree of an instance, as it is right under a version.
pub(super) fn tree(facts: &Facts, now: i64) -> Folder {
    let mut top = Folder::default();
    instance(&mut top, facts);
    devices(&mut top, facts);
    for interface in &facts.interfaces {
        network(&mut top, interface);
    }
    placement(&mut top, facts);
    identity(&mut top, facts);
    events::put(&mut top, facts, now);
    tags(&mut top, facts);
    if let Some(data) = &facts.user_data {
        top.put("1.0", "user-data", Node::Bytes(data.clone()));
    }
    top
}

fn instance(top: &mut Folder, facts: &Facts) {
    let mut put = |since, name: &str, text: &str| {
        top.put(since, &format!("meta-data/{name}"), text);
    };
    put("1.0", "ami-id", &facts.image_id);
    put("1.0", "ami-launch-index", &facts.launch_index.to_string());
    put("1.0", "ami-manifest-path", "(unknown)");
    put("2008-09-01", "instance-action", "none");
    put("1.0", "instance-id", &facts.instance_id);
    put("2019-10-01", "instance-life-cycle", &facts.life_cycle);
    put("2007-08-29", "instance-type", &facts.instance_type);
    put("2011-05-01", "metrics/vhostmd", METRICS);
    put("2011-01-01", "profile", "default-hvm");
    put("1.0", "reservation-id", &facts.reservation_id);
    put("2014-02-25", "services/domain", domain(&facts.region));
    put("2015-10-20", "services/partition", partition(&facts.region));
    put("2022-09-24", "system", &facts.system);
    if let Some(kernel) = &facts.kernel_id {
        put("2008-02-01", "kernel-id", kernel);
    }
    if let Some(ramdisk) = &facts.ramdisk_id {
        put("2008-02-01", "ramdisk-id", ramdisk);
    }
    if !facts.product_codes.is_empty() {
        put(
            "2007-03-01",
            "product-codes",
            &facts.product_codes.join("\n"),
        );
    }
    if let Some(interface) = facts.interface() {
        let name = &interface.private_name;
        put("1.0", "hostname", name);
        put("2007-01-19", "local-hostname", name);
        put("1.0", "local-ipv4", facts.address());
        put("2011-01-01", "mac", &interface.mac);
        let names = interface.groups.iter().map(|(_, name)| &**name);
        put(
            "1.0",
            "security-groups",
            &names.collect::<Vec<_>>().join("\n"),
        );
        if let Some(address) = &interface.public_address {
            put("2007-01-19", "public-ipv4", address);
        }
        if let Some(name) = &interface.public_name {
            put("2007-01-19", "public-hostname", name);
        }
        if let Some(address) = interface.addresses_v6.first() {
            put("2021-01-03", "ipv6", address);
        }
    }
    if let Some((name, key)) = &facts.key {
        put("1.0", "public-keys/0/openssh-key", key);
        top.list_as(&["meta-data", "public-keys", "0"], &format!("0={name}"));
    }
    let monitoring = match facts.is_monitored {
        true => "enabled",
        false => "disabled",
    };
    top.put("2009-04-04", "dynamic/fws/instance-monitoring", monitoring);
}

fn devices(top: &mut Folder, facts: &Facts) {
    let mut put = |name: &str, text: &str| {
        let path = format!("meta-data/block-device-mapping/{name}");
        top.put("2007-12-15", &path, text);
    };
    put("ami", &facts.root_device);
    put("root", &facts.root_device);
    for (number, device) in facts.devices.iter().enumerate() {
        let device = device.strip_prefix("/dev/").unwrap_or(device);
        put(&format!("ebs{}", number + 1), device);
    }
}

fn network(top: &mut Folder, interface: &Interface) {
    let mut put = |since, name: &str, text: &str| {
        let path = format!("meta-data/network/interfaces/macs/{}/{name}", interface.mac);
        top.put(since, &path, text);
    };
    let lines = |texts: &[String]| texts.join("\n");
    put(
        "2011-01-01",
        "device-number",
        &interface.device_index.to_string(),
    );
    put("2011-01-01", "interface-id", &interface.id);
    if let Some(address) = &interface.public_address {
        let own = interface.addresses.first().map_or("", |own| own);
        put("2011-01-01", &format!("ipv4-associations/{address}"), own);
        put("2011-01-01", "public-ipv4s", address);
    }
    if let Some(name) = &interface.public_name {
        put("2011-01-01", "public-hostname", name);
    }
    if !interface.addresses_v6.is_empty() {
        put("2016-06-30", "ipv6s", &lines(&interface.addresses_v6));
    }
    put("2011-01-01", "local-hostname", &interface.private_name);
    put("2011-01-01", "local-ipv4s", &lines(&interface.addresses));
    put("2011-01-01", "mac", &interface.mac);
    put(
        "2020-10-27",
        "network-card-index",
        &interface.card_index.to_string(),
    );
    put("2011-01-01", "owner-id", &interface.owner);
    let (ids, names): (Vec<_>, Vec<_>) = interface.groups.iter().cloned().unzip();
    put("2011-01-01", "security-group-ids", &lines(&ids));
    put("2011-01-01", "security-groups", &lines(&names));
    put("2011-01-01", "subnet-id", &interface.subnet_id);
    put(
        "2011-01-01",
        "subnet-ipv4-cidr-block",
        &interface.subnet_block,
    );
    if !interface.subnet_blocks_v6.is_empty() {
        let blocks = lines(&interface.subnet_blocks_v6);
        put("2016-06-30", "subnet-ipv6-cidr-blocks", &blocks);
    }
    put("2011-01-01", "vpc-id", &interface.vpc_id);
    if let Some(block) = interface.vpc_blocks.first() {
        put("2011-01-01", "vpc-ipv4-cidr-block", block);
        let blocks = lines(&interface.vpc_blocks);
        put("2016-06-30", "vpc-ipv4-cidr-blocks", &blocks);
    }
    if !interface.vpc_blocks_v6.is_empty() {
        let blocks = lines(&interface.vpc_blocks_v6);
        put("2016-06-30", "vpc-ipv6-cidr-blocks", &blocks);
    }
}

fn placement(top: &mut Folder, facts: &Facts) {
    let mut put = |since, name: &str, text: &str| {
        top.put(since, &format!("meta-data/placement/{name}"), text);
    };
    put("2008-02-01", "availability-zone", &facts.zone);
    put("2019-10-01", "availability-zone-id", &facts.zone_id);
    put("2020-10-27", "region", &facts.region);
    if let Some(group) = &facts.placement_group {
        put("2020-10-27", "group-name", group);
    }
    if let Some(host) = &facts.host_id {
        put("2020-10-27", "host-id", host);
    }
    if let Some(number) = facts.partition_number {
        put("2020-10-27", "partition-number", &number.to_string());
    }
}

fn identity(top: &mut Folder, facts: &Facts) {
    if let Some(profile) = &facts.profile {
        if profile.role.is_some() || !profile.exists {
            top.put("2012-01-12", "meta-data/iam/info", Made::ProfileInfo);
        }
        if let Some(role) = &profile.role {
            let names = ["meta-data", "iam", "security-credentials", role];
            top.put_at("2012-01-12", &names, Made::RoleCredentials.into());
        }
    }
    let own = "meta-data/identity-credentials/ec2";
    top.put("2018-09-24", &format!("{own}/info"), Made::IdentityInfo);
    let credentials = format!("{own}/security-credentials/ec2-instance");
    top.put("2018-09-24", &credentials, Made::IdentityCredentials);
    for (since, name, made) in [
        ("2009-04-04", "document", Made::Document),
        ("2009-04-04", "pkcs7", Made::SignedMessage),
        ("2015-10-20", "rsa2048", Made::SignedMessage),
        ("2009-04-04", "signature", Made::Signature),
    ] {
        top.put(since, &format!("dynamic/instance-identity/{name}"), made);
    }
}

fn tags(top: &mut Folder, facts: &Facts) {
    if !facts.options.shows_tags {
        return;
    }
    for tag in &facts.tags {
        let names = ["meta-data", "tags", "instance", &tag.key];
        top.put_at("2021-03-23", &names, Node::Text(tag.value.clone()));
    }
}

/// The domain of services in a Region.
fn domain(region: &str) -> &'static str {
    match partition(region) {
        "aws-cn" => "amazonaws.com.cn",
        _ => "amazonaws.com",
    }
}

/// The partition of a Region.
fn partition(region: &str) -> &'static str {
    match region {
        _ if region.starts_with("cn-") => "aws-cn",
        _ if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}
