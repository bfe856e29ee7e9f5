//! Volumes of an instance: what an image and a request ask for, made, attached,
//! and gone with the instance.

use awl_protocol::server::Failure;
use awl_value::{Map, Value};

use super::state::{Body, Resource};
use super::{fields, images, invalid, names, refused, regions, text, time};
use crate::account::Account;
use crate::door::Call;
use crate::record::Tag;

/// A volume that is to be made.
#[derive(Clone, Debug)]
pub(super) struct Disk {
    pub(super) device: String,
    pub(super) size: i64,
    pub(super) kind: String,
    pub(super) iops: Option<i64>,
    pub(super) throughput: Option<i64>,
    pub(super) is_encrypted: bool,
    pub(super) key: Option<String>,
    pub(super) snapshot: String,
    pub(super) goes_along: bool,
}

/// The disks of a launch: those of the image, changed and added to by the request.
pub(super) fn plan(call: &Call<'_>, image: &Map) -> Result<Vec<Disk>, Failure> {
    let mut disks = Vec::new();
    for own in images::disks(image) {
        disks.extend(disk(call, &own, None)?);
    }
    for given in call.parameters.list("BlockDeviceMappings") {
        let device = text(given, "DeviceName").unwrap_or_default();
        if device.is_empty() {
            return Err(names::missing("deviceName"));
        }
        let place = disks.iter().position(|own: &Disk| own.device == device);
        if given.get("NoDevice").is_some() {
            disks.retain(|own| own.device != device);
            continue;
        }
        let before = place.map(|place| disks[place].clone());
        let Some(disk) = disk(call, given, before.as_ref())? else {
            continue;
        };
        match place {
            Some(place) => disks[place] = disk,
            None => disks.push(disk),
        }
    }
    Ok(disks)
}

/// What one mapping asks for; `before` is what the image has under the device.
fn disk(call: &Call<'_>, given: &Value, before: Option<&Disk>) -> Result<Option<Disk>, Failure> {
    let Some(ebs) = given.get("Ebs") else {
        return Ok(before.cloned());
    };
    let device = text(given, "DeviceName").unwrap_or_default().to_owned();
    let number = |name| ebs.get(name).and_then(Value::as_int);
    let flag = |name| ebs.get(name).and_then(Value::as_bool);
    let snapshot = text(ebs, "SnapshotId").map(str::to_owned);
    let snapshot = snapshot.or_else(|| before.map(|own| own.snapshot.clone()));
    let snapshot = snapshot.unwrap_or_default();
    let least = match before {
        Some(before) => Some(before.size),
        None => snapshot_size(call, &snapshot),
    };
    let Some(size) = number("VolumeSize").or(least) else {
        let message = "The request must contain the parameter size or snapshotId";
        return refused("MissingParameter", message);
    };
    if let Some(least) = least.filter(|least| size < *least) {
        let message = format!(
            "Volume of size {size}GB is smaller than snapshot '{snapshot}', expect size>= {least}GB"
        );
        return refused("InvalidBlockDeviceMapping", message);
    }
    let kind = text(ebs, "VolumeType").map(str::to_owned);
    let kind = kind.or_else(|| before.map(|own| own.kind.clone()));
    let kind = kind.unwrap_or_else(|| "gp2".to_owned());
    let encrypts = call
        .account
        .region(call.region)
        .is_some_and(|own| own.encrypts);
    let disk = Disk {
        device,
        size,
        iops: speed(&kind, size, number("Iops"))?,
        throughput: (kind == "gp3").then(|| number("Throughput").unwrap_or(125)),
        is_encrypted: flag("Encrypted").unwrap_or(before.is_some_and(|own| own.is_encrypted))
            || encrypts,
        key: text(ebs, "KmsKeyId").map(str::to_owned),
        kind,
        snapshot,
        goes_along: flag("DeleteOnTermination").unwrap_or(before.is_none_or(|own| own.goes_along)),
    };
    check_size(&disk.kind, size)?;
    Ok(Some(disk))
}

/// The size of a snapshot of the account.
fn snapshot_size(call: &Call<'_>, id: &str) -> Option<i64> {
    let own = call.account.resource(id)?;
    (own.region == call.region).then(|| own.int("VolumeSize"))
}

/// Operations a second of a type of volume.
pub(super) fn speed(kind: &str, size: i64, asked: Option<i64>) -> Result<Option<i64>, Failure> {
    match (kind, asked) {
        ("gp2", None) => Ok(Some((size * 3).clamp(100, 16_000))),
        ("gp3", asked) => Ok(Some(asked.unwrap_or(3000))),
        ("io1" | "io2", Some(asked)) => Ok(Some(asked)),
        ("io1" | "io2", None) => refused(
            "MissingParameter",
            format!("The parameter iops must be specified for {kind} volumes."),
        ),
        (_, Some(_)) => refused(
            "InvalidParameterCombination",
            format!("The parameter iops is not supported for {kind} volumes."),
        ),
        _ => Ok(None),
    }
}

/// Refuses sizes that a type of volume has not.
pub(super) fn check_size(kind: &str, size: i64) -> Result<(), Failure> {
    let (least, most) = match kind {
        "io1" => (4, 16_384),
        "io2" | "gp3" => (if kind == "io2" { 4 } else { 1 }, 65_536),
        "st1" | "sc1" => (125, 16_384),
        "standard" => (1, 1024),
        _ => (1, 16_384),
    };
    if (least..=most).contains(&size) {
        return Ok(());
    }
    let (what, limit) = if size < least {
        ("minimum", least)
    } else {
        ("maximum", most)
    };
    invalid(format!(
        "Volume size {size} GiB is not valid: the {what} for volumes of type {kind} is {limit} GiB."
    ))
}

/// Makes a volume; its id.
pub(super) fn make(
    call: &mut Call<'_>,
    disk: &Disk,
    zone: &str,
    instance: Option<&str>,
    tags: Vec<Tag>,
) -> String {
    let id = names::new(call, "vol");
    let mut body = fields! {"AvailabilityZoneId": regions::zone_id(zone)};
    if let Some(iops) = disk.iops {
        body.push("Iops", iops.into());
    }
    body.push("VolumeType", disk.kind.as_str().into());
    body.push("MultiAttachEnabled", false.into());
    if let Some(throughput) = disk.throughput {
        body.push("Throughput", throughput.into());
    }
    if let Some(key) = &disk.key {
        body.push("KmsKeyId", key.as_str().into());
    }
    let attachment =
        instance.map(|instance| attachment(&id, instance, &disk.device, disk.goes_along, call.now));
    for (name, value) in fields! {
        "Operator": fields! {"Managed": false},
        "Size": disk.size,
        "SnapshotId": &*disk.snapshot,
        "AvailabilityZone": zone,
        "State": if instance.is_some() { "in-use" } else { "available" },
        "CreateTime": time(call.now),
        "Attachments": attachment.into_iter().collect::<Vec<_>>(),
        "Encrypted": disk.is_encrypted,
    } {
        body.push(name, value);
    }
    call.account.put_resource(Resource {
        id: id.clone(),
        region: call.region.to_owned(),
        created: call.now,
        body: Body(body),
        tags,
    });
    id
}

/// A volume's attachment, as `DescribeVolumes` has it.
pub(super) fn attachment(
    volume: &str,
    instance: &str,
    device: &str,
    goes_along: bool,
    now: i64,
) -> Map {
    fields! {
        "DeleteOnTermination": goes_along,
        "VolumeId": volume,
        "InstanceId": instance,
        "Device": device,
        "State": "attached",
        "AttachTime": time(now),
    }
}

/// Whether a volume goes along with its instance, from now on.
pub(super) fn set_going(account: &mut Account, volume: &str, instance: &str, goes_along: bool) {
    let Some(mut volume) = account.resource(volume).cloned() else {
        return;
    };
    let mut attachments = volume.list("Attachments").to_vec();
    for own in attachments.iter_mut().filter_map(Value::as_map_mut) {
        if own.get("InstanceId").and_then(Value::as_str) == Some(instance) {
            own.insert("DeleteOnTermination", goes_along.into());
        }
    }
    volume.set("Attachments", Value::List(attachments));
    account.put_resource(volume);
}

/// Deletes the volumes that go along with an instance, and frees the others.
pub(super) fn release(account: &mut Account, region: &str, instance: &str) {
    let is_own = |own: &Value| text(own, "InstanceId") == Some(instance);
    let volumes = account.resources(region, "vol");
    let volumes = volumes.filter(|own| own.list("Attachments").iter().any(is_own));
    let volumes: Vec<Resource> = volumes.cloned().collect();
    for mut volume in volumes {
        let mut attachments = volume.list("Attachments").to_vec();
        let goes_along = attachments
            .iter()
            .filter(|own| is_own(own))
            .any(|own| own.get("DeleteOnTermination") == Some(&Value::Bool(true)));
        if goes_along {
            account.remove_resource(&volume.id);
            continue;
        }
        attachments.retain(|own| !is_own(own));
        if attachments.is_empty() {
            volume.set("State", "available");
        }
        volume.set("Attachments", Value::List(attachments));
        account.put_resource(volume);
    }
}
