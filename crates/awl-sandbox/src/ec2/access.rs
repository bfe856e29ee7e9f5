//! What EC2 adds to authorisation: the resources that a launch is about, roles
//! that are handed to instances, tags that are given along, and the condition
//! keys of resources.

use awl_iam::Context;
use awl_value::{Map, Value, python};

use super::instance::Instance;
use super::state::Resource;
use super::{images, placing, run, text};
use crate::Need;
use crate::door::Call;

/// What a call is about that the facts cannot tell from its parameters.
pub(crate) fn place(needs: &mut Vec<Need>, call: &Call<'_>) {
    let operation = call.operation.name();
    let arn = |rest: &str| arn(call, rest);
    if operation == "RunInstances" {
        let resources = launch(call);
        if let Some(need) = needs
            .iter_mut()
            .find(|need| need.action == "ec2:RunInstances")
        {
            need.resources = resources;
        }
    }
    if let Some(instance) = associated(call) {
        for resource in needs.iter_mut().flat_map(|need| &mut need.resources) {
            if *resource == arn("instance/*") {
                *resource = instance.arn(call.account);
            }
        }
    }
    if let Some((profile, _)) = passed(call)
        && let Some(profile) = call.account.profile_by_arn(&profile)
        && let Some(role) = call.account.role_of(profile)
    {
        needs.push(Need {
            action: "iam:PassRole".to_owned(),
            resources: vec![role.arn(&call.account.id)],
        });
    }
    // Tags that are given when something is made need their own permission.
    let mut kinds: Vec<String> = Vec::new();
    for own in call.parameters.list("TagSpecifications") {
        let has_tags = own
            .get("Tags")
            .and_then(Value::as_list)
            .is_some_and(|own| !own.is_empty());
        if let Some(kind) = text(own, "ResourceType").filter(|_| has_tags) {
            kinds.push(arn(&format!("{kind}/*")));
        }
    }
    if !kinds.is_empty() {
        needs.push(Need {
            action: "ec2:CreateTags".to_owned(),
            resources: kinds,
        });
    }
}

fn arn(call: &Call<'_>, rest: &str) -> String {
    format!("arn:aws:ec2:{}:{}:{rest}", call.region, call.account.id)
}

/// All that a launch is about.
fn launch(call: &Call<'_>) -> Vec<String> {
    let image = call.parameters.text("ImageId").unwrap_or("*");
    let image = images::named(call, image).map_or_else(
        |_| image.to_owned(),
        |image| images::member(&image, "ImageId").to_owned(),
    );
    let mut resources = vec![
        arn(call, "instance/*"),
        format!("arn:aws:ec2:{}::image/{image}", call.region),
    ];
    if let Some(key) = call.parameters.text("KeyName") {
        resources.push(arn(call, &format!("key-pair/{key}")));
    }
    resources.push(arn(call, "network-interface/*"));
    match placing::find(call) {
        Ok(place) => {
            let groups = place.groups.iter();
            resources.extend(groups.map(|id| arn(call, &format!("security-group/{id}"))));
            resources.push(arn(call, &format!("subnet/{}", place.subnet.id)));
        }
        Err(_) => {
            resources.push(arn(call, "security-group/*"));
            resources.push(arn(call, "subnet/*"));
        }
    }
    resources.push(arn(call, "volume/*"));
    resources
}

/// The profile that a call gives an instance.
fn passed(call: &Call<'_>) -> Option<(String, String)> {
    let given = call.parameters.0.get("IamInstanceProfile");
    run::profile(call, given).ok().flatten()
}

/// The instance whose association a call names.
fn associated<'a>(call: &'a Call<'_>) -> Option<&'a Instance> {
    let id = call.parameters.text("AssociationId")?;
    let mut instances = call.account.instances();
    instances.find(|own| own.profile.as_ref().is_some_and(|own| own.id == id))
}

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
