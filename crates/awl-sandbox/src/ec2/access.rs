//! The condition keys of EC2's resources, those that are to be made included.

use awl_iam::Context;
use awl_value::{Map, Value, python};

use super::instance::Instance;
use super::needs::{arn, passed};
use super::state::Resource;
use super::{images, placing, run, text};
use crate::door::Call;

/// Fills in the condition keys of a resource.
pub(crate) fn fill(context: &mut Context, call: &Call<'_>, action: &str, resource: &str) {
    if resource.contains(":instance-profile/")
        && let Some(profile) = call.account.profile_by_arn(resource)
    {
        for tag in &profile.tags {
            context.insert(&format!("aws:ResourceTag/{}", tag.key), &*tag.value);
            context.insert(&format!("iam:ResourceTag/{}", tag.key), &*tag.value);
        }
    }
    let operation = call.operation;
    let is_ec2 = operation.service().name() == "ec2";
    if action == "iam:PassRole" && (is_ec2 || operation.name() == "AddRoleToInstanceProfile") {
        context.insert("iam:PassedToService", "ec2.amazonaws.com");
        if is_ec2 {
            context.insert("iam:AssociatedResourceArn", arn(call, "instance/*"));
        }
        return;
    }
    if !is_ec2 {
        return;
    }
    context.insert("ec2:Region", call.region);
    let Some((kind, id)) = resource
        .splitn(6, ':')
        .nth(5)
        .and_then(|rest| rest.split_once('/'))
    else {
        return;
    };
    let name = operation.name();
    if action == "ec2:CreateTags" && name != "CreateTags" {
        context.insert("ec2:CreateAction", name);
    }
    request_tags(context, call, kind);
    if let Some(instance) = call.account.instance(id) {
        of_instance(context, call, instance);
    } else if let Some(own) = call.account.resource(id) {
        of_resource(context, call, own);
    }
    match kind {
        "image" => {
            if let Some(image) = images::find(call.account, call.region, id) {
                of_image(context, &image);
            }
        }
        "key-pair" => {
            let mut keys = call.account.resources(call.region, "key");
            if let Some(key) = keys.find(|own| own.text("KeyName") == id) {
                of_resource(context, call, key);
            }
        }
        _ => {}
    }
    if name == "RunInstances" {
        of_launch(context, call, kind);
    }
}

/// The tags that the request has for what it makes of this kind, or for what is
/// there already.
fn request_tags(context: &mut Context, call: &Call<'_>, kind: &str) {
    let pair = |tag: &Value| {
        let value = text(tag, "Value").unwrap_or_default();
        Some((text(tag, "Key")?.to_owned(), value.to_owned()))
    };
    let own = call.parameters.list("TagSpecifications").iter();
    let own = own.filter(|own| text(own, "ResourceType") == Some(kind));
    let own = own.filter_map(|own| own.get("Tags")?.as_list());
    let mut given: Vec<(String, String)> = own.flatten().filter_map(pair).collect();
    if ["CreateTags", "DeleteTags"].contains(&call.operation.name()) {
        given.extend(call.parameters.list("Tags").iter().filter_map(pair));
    }
    if given.is_empty() {
        return;
    }
    let keys: Vec<String> = given.iter().map(|(key, _)| key.clone()).collect();
    context.insert("aws:TagKeys", keys);
    for (key, value) in given {
        context.insert(&format!("aws:RequestTag/{key}"), value);
    }
}

fn insert_tags(context: &mut Context, tags: &[crate::record::Tag]) {
    for tag in tags {
        context.insert(&format!("aws:ResourceTag/{}", tag.key), &*tag.value);
        context.insert(&format!("ec2:ResourceTag/{}", tag.key), &*tag.value);
    }
}

fn of_instance(context: &mut Context, call: &Call<'_>, instance: &Instance) {
    insert_tags(context, &instance.tags);
    let metadata = &instance.metadata;
    let word = if metadata.is_enabled {
        "enabled"
    } else {
        "disabled"
    };
    for (key, value) in [
        ("ec2:AvailabilityZone", &*instance.zone),
        ("ec2:InstanceID", &*instance.id),
        ("ec2:InstanceType", &*instance.kind),
        ("ec2:MetadataHttpEndpoint", word),
        ("ec2:MetadataHttpTokens", &*metadata.tokens),
        ("ec2:RootDeviceType", "ebs"),
        ("ec2:Tenancy", &*instance.tenancy),
    ] {
        if context.get(key).is_none() {
            context.insert(key, value);
        }
    }
    context.insert("ec2:EbsOptimized", instance.is_ebs_optimized.to_string());
    context.insert(
        "ec2:MetadataHttpPutResponseHopLimit",
        metadata.hops.to_string(),
    );
    context.insert("ec2:ProductCode", "");
    let given = call.parameters.0.get("IamInstanceProfile").is_some();
    if let Some(association) = instance.profile.as_ref().filter(|_| !given) {
        context.insert("ec2:InstanceProfile", &*association.arn);
    }
    if let Some((arn, _)) = passed(call) {
        context.insert("ec2:NewInstanceProfile", arn);
    }
}

/// Condition keys and members of bodies that fill them.
const KEYS: &[(&str, &str, &str)] = &[
    ("key", "KeyName", "ec2:KeyPairName"),
    ("key", "KeyType", "ec2:KeyPairType"),
    ("snap", "OwnerId", "ec2:Owner"),
    ("snap", "VolumeSize", "ec2:VolumeSize"),
    ("subnet", "AvailabilityZone", "ec2:AvailabilityZone"),
    ("vol", "AvailabilityZone", "ec2:AvailabilityZone"),
    ("vol", "Encrypted", "ec2:Encrypted"),
    ("vol", "Iops", "ec2:VolumeIops"),
    ("vol", "Size", "ec2:VolumeSize"),
    ("vol", "Throughput", "ec2:VolumeThroughput"),
    ("vol", "VolumeType", "ec2:VolumeType"),
    ("vpc", "InstanceTenancy", "ec2:Tenancy"),
];

/// Condition keys that are the id itself.
const IDS: &[(&str, &str)] = &[
    ("eipalloc", "ec2:AllocationId"),
    ("igw", "ec2:InternetGatewayID"),
    ("rtb", "ec2:RouteTableID"),
    ("sg", "ec2:SecurityGroupID"),
    ("snap", "ec2:SnapshotID"),
    ("subnet", "ec2:SubnetID"),
    ("vol", "ec2:VolumeID"),
    ("vpc", "ec2:VpcID"),
];

fn of_resource(context: &mut Context, call: &Call<'_>, own: &Resource) {
    insert_tags(context, &own.tags);
    let kind = own.kind();
    for (_, name, key) in KEYS.iter().filter(|(prefix, ..)| *prefix == kind) {
        if let Some(value) = own.body.0.get(name) {
            context.insert(key, shown(value));
        }
    }
    for (_, key) in IDS.iter().filter(|(prefix, _)| *prefix == kind) {
        context.insert(key, &*own.id);
    }
    let vpc = own.text("VpcId");
    if !vpc.is_empty() {
        context.insert("ec2:Vpc", arn(call, &format!("vpc/{vpc}")));
    }
}

fn of_image(context: &mut Context, image: &Map) {
    for (name, key) in [
        ("ImageId", "ec2:ImageID"),
        ("ImageType", "ec2:ImageType"),
        ("ImageOwnerAlias", "ec2:Owner"),
        ("Public", "ec2:Public"),
        ("RootDeviceType", "ec2:RootDeviceType"),
    ] {
        if let Some(value) = image.get(name) {
            context.insert(key, shown(value));
        }
    }
    if image.get("ImageOwnerAlias").is_none() {
        context.insert("ec2:Owner", images::member(image, "OwnerId"));
    }
}

/// What a launch makes, before it is there.
fn of_launch(context: &mut Context, call: &Call<'_>, kind: &str) {
    context.insert("ec2:IsLaunchTemplateResource", "false");
    let place = placing::find(call).ok();
    let zone = place
        .as_ref()
        .map(|place| place.subnet.text("AvailabilityZone").to_owned());
    if let Some(zone) = zone
        && ["instance", "volume", "network-interface"].contains(&kind)
    {
        context.insert("ec2:AvailabilityZone", zone);
    }
    let image = call.parameters.text("ImageId");
    let image = image.and_then(|image| images::named(call, image).ok());
    match kind {
        "instance" => {
            context.insert("ec2:Tenancy", run::tenancy(call));
            context.insert("ec2:RootDeviceType", "ebs");
            let optimized = call.parameters.flag("EbsOptimized") == Some(true);
            context.insert("ec2:EbsOptimized", optimized.to_string());
            if let Some((arn, _)) = passed(call) {
                context.insert("ec2:InstanceProfile", arn);
            }
            let metadata = image.and_then(|image| run::metadata(call, &image).ok());
            if let Some(metadata) = metadata {
                let word = if metadata.is_enabled {
                    "enabled"
                } else {
                    "disabled"
                };
                context.insert("ec2:MetadataHttpEndpoint", word);
                context.insert("ec2:MetadataHttpTokens", metadata.tokens);
                context.insert(
                    "ec2:MetadataHttpPutResponseHopLimit",
                    metadata.hops.to_string(),
                );
            }
        }
        "volume" => {
            if let Some(disk) = image.and_then(|image| run::root_disk(call, &image)) {
                context.insert("ec2:Encrypted", disk.is_encrypted.to_string());
                context.insert("ec2:VolumeSize", disk.size.to_string());
                context.insert("ec2:VolumeType", disk.kind);
                if let Some(iops) = disk.iops {
                    context.insert("ec2:VolumeIops", iops.to_string());
                }
            }
        }
        "network-interface" => {
            if let Some(place) = place {
                let vpc = place.subnet.text("VpcId");
                context.insert("ec2:Vpc", arn(call, &format!("vpc/{vpc}")));
                context.insert(
                    "ec2:Subnet",
                    arn(call, &format!("subnet/{}", place.subnet.id)),
                );
                context.insert(
                    "ec2:AssociatePublicIpAddress",
                    place.has_public_ip.to_string(),
                );
            }
        }
        _ => {}
    }
}

/// A value as policies compare it.
fn shown(value: &Value) -> String {
    match value {
        Value::Bool(flag) => flag.to_string(),
        value => python::str(value),
    }
}
