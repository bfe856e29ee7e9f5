//! Volumes that are made, attached, detached and deleted; their snapshots.

use awl_protocol::server::Failure;
use awl_value::{Map, Value};

use super::devices::{self, Disk};
use super::state::{Body, Resource};
use super::{
    describe, done, fields, invalid, lifecycle, names, network, refused, regions, tags, text, time,
};
use crate::door::{Call, Outcome};

/// Answers what is asked of volumes and snapshots.
pub(super) fn call(call: &mut Call<'_>, operation: &str) -> Outcome {
    match operation {
        "CreateVolume" => create(call),
        "AttachVolume" => attach(call),
        "DetachVolume" => detach(call),
        "DeleteVolume" => {
            let own = names::named(call, "vol", "VolumeId")?;
            if let Some(attachment) = own.list("Attachments").first() {
                let (id, instance) = (&own.id, text(attachment, "InstanceId").unwrap_or_default());
                let message = format!("Volume {id} is currently attached to {instance}");
                return refused("VolumeInUse", message);
            }
            call.account.remove_resource(&own.id);
            done()
        }
        "CreateSnapshot" => snapshot(call),
        "DeleteSnapshot" => {
            let own = names::named(call, "snap", "SnapshotId")?;
            if let Some(image) = image_of(call, &own.id) {
                let message = format!("The snapshot {} is currently in use by {image}", own.id);
                return refused("InvalidSnapshot.InUse", message);
            }
            call.account.remove_resource(&own.id);
            done()
        }
        "CreateImage" => image(call),
        "RegisterImage" => register(call),
        "DeregisterImage" => deregister(call),
        "GetEbsEncryptionByDefault" => Ok(Some(fields! {"EbsEncryptionByDefault": encrypts(call)})),
        "EnableEbsEncryptionByDefault" | "DisableEbsEncryptionByDefault" => {
            if let Some(mut region) = call.account.region(call.region).cloned() {
                region.encrypts = operation.starts_with("Enable");
                call.account.put_region(region);
            }
            Ok(Some(fields! {"EbsEncryptionByDefault": encrypts(call)}))
        }
        _ => Ok(None),
    }
}

fn encrypts(call: &Call<'_>) -> bool {
    call.account
        .region(call.region)
        .is_some_and(|own| own.encrypts)
}

fn create(call: &mut Call<'_>) -> Outcome {
    let parameters = call.parameters;
    tags::check_kinds(call, &["volume"])?;
    let given = tags::specified(call, "volume")?;
    let zone = match (
        parameters.text("AvailabilityZone"),
        parameters.text("AvailabilityZoneId"),
    ) {
        (Some(zone), _) => zone.to_owned(),
        (None, Some(id)) => regions::zone_of_id(call.region, id).unwrap_or_default(),
        (None, None) => return Err(names::missing("AvailabilityZone")),
    };
    if !regions::zones(call.region).contains(&zone) {
        let message = format!("The zone '{zone}' does not exist.");
        return refused("InvalidZone.NotFound", message);
    }
    let snapshot = match parameters.text("SnapshotId").filter(|id| !id.is_empty()) {
        Some(id) => Some(names::find(call, "snap", id)?.clone()),
        None => None,
    };
    let least = snapshot.as_ref().map(|own| own.int("VolumeSize"));
    let Some(size) = parameters.int("Size").or(least) else {
        let message = "The request must contain the parameter size or snapshotId";
        return refused("MissingParameter", message);
    };
    if let Some(least) = least.filter(|least| size < *least) {
        return invalid(format!(
            "The volume size '{size}' is smaller than the snapshot's, '{least}'."
        ));
    }
    let kind = parameters.text("VolumeType").unwrap_or("gp2");
    devices::check_size(kind, size)?;
    let is_encrypted = parameters.flag("Encrypted") == Some(true)
        || encrypts(call)
        || snapshot.as_ref().is_some_and(|own| own.flag("Encrypted"));
    let disk = Disk {
        device: String::new(),
        size,
        kind: kind.to_owned(),
        iops: devices::speed(kind, size, parameters.int("Iops"))?,
        throughput: (kind == "gp3").then(|| parameters.int("Throughput").unwrap_or(125)),
        is_encrypted,
        key: parameters.text("KmsKeyId").map(str::to_owned),
        snapshot: snapshot.map(|own| own.id).unwrap_or_default(),
        goes_along: false,
    };
    let id = devices::make(call, &disk, &zone, None, given);
    let shown = call.account.resource(&id);
    let shown = shown.map(|own| describe::shown(call, own, "VolumeId"));
    Ok(shown.map(|mut shown| {
        // It is there at once, and says so when it is looked at again.
        shown.insert("State", "creating".into());
        shown
    }))
}

fn attach(call: &mut Call<'_>) -> Outcome {
    let mut own = names::named(call, "vol", "VolumeId")?;
    let instance = names::instance(call)?;
    let device = call.parameters.text("Device").unwrap_or_default();
    if let Some(attachment) = own.list("Attachments").first() {
        let by = text(attachment, "InstanceId").unwrap_or_default();
        let message = format!("{} is already attached to an instance: {by}", own.id);
        return refused("VolumeInUse", message);
    }
    if own.text("AvailabilityZone") != instance.zone {
        let message = format!(
            "The volume '{}' is not in the same availability zone as instance '{}'",
            own.id, instance.id
        );
        return refused("InvalidVolume.ZoneMismatch", message);
    }
    let state = instance.state(call.now).1;
    if !["running", "stopped"].contains(&state) {
        let message = format!("Instance '{}' is not 'running'.", instance.id);
        return refused("IncorrectState", message);
    }
    if !device.starts_with("/dev/") && !device.starts_with("xvd") {
        return invalid(format!(
            "Value ({device}) for parameter device is invalid. {device} is not a valid EBS device name."
        ));
    }
    if instance
        .volumes(call.account)
        .iter()
        .any(|(known, _)| known == device)
    {
        return invalid(format!(
            "Invalid value '{device}' for unixDevice. Attachment point {device} is already in use"
        ));
    }
    let attachment = devices::attachment(&own.id, &instance.id, device, false, call.now);
    own.set("Attachments", vec![attachment.clone()]);
    own.set("State", "in-use");
    call.account.put_resource(own);
    let mut shown = attachment;
    shown.insert("State", "attaching".into());
    Ok(Some(shown))
}

fn detach(call: &mut Call<'_>) -> Outcome {
    let mut own = names::named(call, "vol", "VolumeId")?;
    let given = |name: &str| call.parameters.text(name);
    let attachment = own
        .list("Attachments")
        .first()
        .and_then(Value::as_map)
        .cloned();
    let is_meant = |own: &Map| {
        let member = |name| own.get(name).and_then(Value::as_str);
        let fits = |parameter, name| given(parameter).is_none_or(|text| member(name) == Some(text));
        fits("InstanceId", "InstanceId") && fits("Device", "Device")
    };
    let Some(mut attachment) = attachment.filter(is_meant) else {
        let message = format!("Volume '{}' is in the 'available' state.", own.id);
        return refused("IncorrectState", message);
    };
    let member = |name: &str| {
        attachment
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    if let Some(instance) = call.account.instance(member("InstanceId"))
        && instance.root_device == member("Device")
        && instance.state(call.now).1 != "stopped"
    {
        let message = format!(
            "Unable to detach root volume '{}' from instance '{}'",
            own.id, instance.id
        );
        return refused("OperationNotPermitted", message);
    }
    own.set("Attachments", network::none());
    own.set("State", "available");
    call.account.put_resource(own);
    attachment.insert("State", "detaching".into());
    Ok(Some(attachment))
}

fn snapshot(call: &mut Call<'_>) -> Outcome {
    tags::check_kinds(call, &["snapshot"])?;
    let given = tags::specified(call, "snapshot")?;
    let volume = names::named(call, "vol", "VolumeId")?;
    let description = call.parameters.text("Description").unwrap_or_default();
    let id = of_volume(call, &volume, description, given);
    let shown = call.account.resource(&id);
    let shown = shown.map(|own| describe::shown(call, own, "SnapshotId"));
    Ok(shown.map(|mut shown| {
        shown.insert("State", "pending".into());
        shown.insert("Progress", "".into());
        for name in ["CompletionTime", "StorageTier", "FullSnapshotSizeInBytes"] {
            shown.remove(name);
        }
        shown
    }))
}

/// Makes a snapshot of a volume; its id.
pub(super) fn of_volume(
    call: &mut Call<'_>,
    volume: &Resource,
    description: &str,
    tags: Vec<crate::record::Tag>,
) -> String {
    let id = names::new(call, "snap");
    let body = fields! {
        "StorageTier": "standard",
        "CompletionTime": time(call.now),
        "VolumeId": &*volume.id,
        "State": "completed",
        "StartTime": time(call.now),
        "Progress": "100%",
        "OwnerId": &*call.account.id,
        "Description": description,
        "VolumeSize": volume.int("Size"),
        "Encrypted": volume.flag("Encrypted"),
    };
    call.account.put_resource(Resource {
        id: id.clone(),
        region: call.region.to_owned(),
        created: call.now,
        body: Body(body),
        tags,
    });
    id
}

/// The image of the account that a snapshot is part of.
fn image_of(call: &Call<'_>, snapshot: &str) -> Option<String> {
    let mut images = call.account.resources(call.region, "ami");
    let own = images.find(|own| {
        let mut disks = own.list("BlockDeviceMappings").iter();
        disks.any(|disk| disk.get("Ebs").and_then(|own| text(own, "SnapshotId")) == Some(snapshot))
    });
    own.map(|own| own.id.clone())
}

/// An image of an instance: snapshots of its volumes.
fn image(call: &mut Call<'_>) -> Outcome {
    let instance = names::instance(call)?;
    if !["running", "stopped", "pending", "stopping"].contains(&instance.state(call.now).1) {
        return Err(lifecycle::wrong_state(&instance, "imaged"));
    }
    let name = call.parameters.text("Name").unwrap_or_default();
    tags::check_kinds(call, &["image", "snapshot"])?;
    let (given, snapshot_tags) = (
        tags::specified(call, "image")?,
        tags::specified(call, "snapshot")?,
    );
    check_name(call, name)?;
    let id = names::new(call, "ami");
    let mut disks = Vec::new();
    for (device, volume) in instance.volumes(call.account) {
        let Some(volume) = call.account.resource(&volume).cloned() else {
            continue;
        };
        let description = format!("Created by CreateImage({}) for {id}", instance.id);
        let snapshot = of_volume(call, &volume, &description, snapshot_tags.clone());
        let mut disk = fields! {
            "DeleteOnTermination": true,
            "SnapshotId": snapshot,
            "VolumeSize": volume.int("Size"),
            "VolumeType": volume.text("VolumeType"),
            "Encrypted": volume.flag("Encrypted"),
        };
        for name in ["Iops", "Throughput"] {
            if let Some(value) = volume
                .body
                .0
                .get(name)
                .filter(|_| volume.text("VolumeType") != "gp2")
            {
                disk.push(name, value.clone());
            }
        }
        disks.push(fields! {"DeviceName": device, "Ebs": disk});
    }
    let source = super::images::find(call.account, call.region, &instance.image);
    let source = source.as_ref();
    let (details, usage) = super::images::platform(instance.is_windows);
    let mut body = fields! {
        "PlatformDetails": details,
        "UsageOperation": usage,
        "BlockDeviceMappings": disks,
        "EnaSupport": true,
        "Hypervisor": "xen",
        "Name": name,
        "RootDeviceName": &*instance.root_device,
        "RootDeviceType": "ebs",
        "SriovNetSupport": "simple",
        "VirtualizationType": "hvm",
        "BootMode": super::images::boot_mode(&instance.architecture),
        "SourceInstanceId": &*instance.id,
        "DeregistrationProtection": "disabled",
        "SourceImageId": &*instance.image,
        "SourceImageRegion": call.region,
    };
    finish(call, &mut body, name, &instance.architecture);
    if let Some(text) = call.parameters.text("Description") {
        body.push("Description", text.into());
    }
    if let Some(support) = source.and_then(|own| own.get("ImdsSupport")) {
        body.push("ImdsSupport", support.clone());
    }
    if instance.is_windows {
        body.push("Platform", "windows".into());
    }
    keep(call, &id, body, given);
    Ok(Some(fields! {"ImageId": id}))
}

/// What all images of the account have.
fn finish(call: &Call<'_>, body: &mut Map, name: &str, architecture: &str) {
    let date = super::filter::iso(awl_value::Timestamp::utc(
        call.now.saturating_mul(1_000_000),
    ));
    for (member, value) in fields! {
        "ImageLocation": format!("{}/{name}", call.account.id),
        "State": "available",
        "OwnerId": &*call.account.id,
        "CreationDate": date,
        "Public": false,
        "Architecture": architecture,
        "ImageType": "machine",
    } {
        body.push(member, value);
    }
}

fn keep(call: &mut Call<'_>, id: &str, body: Map, tags: Vec<crate::record::Tag>) {
    call.account.put_resource(Resource {
        id: id.to_owned(),
        region: call.region.to_owned(),
        created: call.now,
        body: Body(body),
        tags,
    });
}

fn check_name(call: &Call<'_>, name: &str) -> Result<(), Failure> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "()[] ./-'@_".contains(letter);
    if !(3..=128).contains(&name.chars().count()) || !name.chars().all(fits) {
        return refused(
            "InvalidAMIName.Malformed",
            "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, \
             '(', ')', '.', '-', '/' and '_'",
        );
    }
    let mut own = call.account.resources(call.region, "ami");
    if let Some(own) = own.find(|own| own.text("Name") == name) {
        let message = format!("AMI name {name} is already in use by AMI {}", own.id);
        return refused("InvalidAMIName.Duplicate", message);
    }
    Ok(())
}

/// An image of snapshots that are there already.
fn register(call: &mut Call<'_>) -> Outcome {
    let parameters = call.parameters;
    let name = parameters.text("Name").unwrap_or_default();
    check_name(call, name)?;
    tags::check_kinds(call, &["image"])?;
    let given = tags::specified(call, "image")?;
    let root = parameters
        .text("RootDeviceName")
        .ok_or_else(|| names::missing("RootDeviceName"))?;
    let mut disks = Vec::new();
    for own in parameters.list("BlockDeviceMappings") {
        let mut own = own.clone();
        if let Some(ebs) = own
            .as_map_mut()
            .and_then(|own| own.get_mut("Ebs"))
            .and_then(Value::as_map_mut)
        {
            if let Some(id) = ebs
                .get("SnapshotId")
                .and_then(Value::as_str)
                .map(str::to_owned)
            {
                let snapshot = names::find(call, "snap", &id)?;
                if !ebs.contains_key("VolumeSize") {
                    ebs.push("VolumeSize", snapshot.int("VolumeSize").into());
                }
            }
            if !ebs.contains_key("VolumeType") {
                ebs.push("VolumeType", "gp2".into());
            }
            if !ebs.contains_key("DeleteOnTermination") {
                ebs.push("DeleteOnTermination", true.into());
            }
        }
        disks.push(own);
    }
    if !disks
        .iter()
        .any(|own| text(own, "DeviceName") == Some(root))
    {
        return refused(
            "InvalidBlockDeviceMapping",
            "The root device has no mapping.",
        );
    }
    let architecture = parameters.text("Architecture").unwrap_or("x86_64");
    let (details, usage) = super::images::platform(false);
    let mut body = fields! {
        "PlatformDetails": details,
        "UsageOperation": usage,
        "BlockDeviceMappings": Value::List(disks),
        "EnaSupport": parameters.flag("EnaSupport").unwrap_or(false),
        "Hypervisor": "xen",
        "Name": name,
        "RootDeviceName": root,
        "RootDeviceType": "ebs",
        "VirtualizationType": parameters.text("VirtualizationType").unwrap_or("hvm"),
    };
    finish(call, &mut body, name, architecture);
    for member in ["Description", "BootMode", "ImdsSupport", "TpmSupport"] {
        if let Some(text) = parameters.text(member) {
            body.push(member, text.into());
        }
    }
    let id = names::new(call, "ami");
    keep(call, &id, body, given);
    Ok(Some(fields! {"ImageId": id}))
}

/// `DeregisterImage`.
fn deregister(call: &mut Call<'_>) -> Outcome {
    let id = call.parameters.text("ImageId").unwrap_or_default();
    names::check(id, "ami")?;
    let own = call
        .account
        .resource(id)
        .filter(|own| own.region == call.region)
        .cloned();
    let Some(own) = own else {
        return match super::images::find(call.account, call.region, id) {
            // It is somebody else's.
            Some(_) => Err(
                Failure::new("AuthFailure", format!("Not authorized for image:{id}"))
                    .with_status(403),
            ),
            None => Err(names::unknown("ami", &[id])),
        };
    };
    call.account.remove_resource(id);
    let mut results = Vec::new();
    if call.parameters.flag("DeleteAssociatedSnapshots") == Some(true) {
        for disk in own.list("BlockDeviceMappings") {
            let snapshot = disk.get("Ebs").and_then(|own| text(own, "SnapshotId"));
            if let Some(snapshot) = snapshot {
                call.account.remove_resource(snapshot);
                results.push(fields! {"SnapshotId": snapshot, "ReturnCode": "success"});
            }
        }
    }
    Ok(Some(
        fields! {"Return": true, "DeleteSnapshotResults": results},
    ))
}
