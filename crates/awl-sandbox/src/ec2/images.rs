//! Images: a few that every Region has, well-formed and made up, and the account's.

use awl_protocol::server::Failure;
use awl_value::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::filter::{self, Item, Listing};
use super::{fields, names};
use crate::account::Account;
use crate::door::{Call, Outcome};
use crate::ids;

/// An image that AWS or a partner of it publishes.
struct Published {
    name: &'static str,
    description: &'static str,
    owner: &'static str,
    alias: Option<&'static str>,
    is_arm: bool,
    is_windows: bool,
    root: &'static str,
    gibibytes: i64,
    volume: &'static str,
    /// Whether instances of it have version 2 of the metadata service alone.
    imds: bool,
    created: &'static str,
    /// The public parameter of Systems Manager that holds its id.
    parameter: &'static str,
}

const AMAZON: &str = "137112412989";
const CANONICAL: &str = "099720109477";
const WINDOWS: &str = "801119661308";

static PUBLISHED: &[Published] = &[
    Published {
        name: "al2023-ami-2023.9.20251117.1-kernel-6.1-x86_64",
        description: "Amazon Linux 2023 AMI 2023.9.20251117.1 x86_64 HVM kernel-6.1",
        owner: AMAZON,
        alias: Some("amazon"),
        is_arm: false,
        is_windows: false,
        root: "/dev/xvda",
        gibibytes: 8,
        volume: "gp3",
        imds: true,
        created: "2025-11-17T22:00:31.000Z",
        parameter: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64",
    },
    Published {
        name: "al2023-ami-2023.9.20251117.1-kernel-6.1-arm64",
        description: "Amazon Linux 2023 AMI 2023.9.20251117.1 arm64 HVM kernel-6.1",
        owner: AMAZON,
        alias: Some("amazon"),
        is_arm: true,
        is_windows: false,
        root: "/dev/xvda",
        gibibytes: 8,
        volume: "gp3",
        imds: true,
        created: "2025-11-17T22:00:34.000Z",
        parameter: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64",
    },
    Published {
        name: "amzn2-ami-kernel-5.10-hvm-2.0.20251103.3-x86_64-gp2",
        description: "Amazon Linux 2 Kernel 5.10 AMI 2.0.20251103.3 x86_64 HVM gp2",
        owner: AMAZON,
        alias: Some("amazon"),
        is_arm: false,
        is_windows: false,
        root: "/dev/xvda",
        gibibytes: 8,
        volume: "gp2",
        imds: false,
        created: "2025-11-04T19:21:15.000Z",
        parameter: "/aws/service/ami-amazon-linux-latest/amzn2-ami-kernel-5.10-hvm-x86_64-gp2",
    },
    Published {
        name: "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20251022",
        description: "Canonical, Ubuntu, 24.04, amd64 noble image",
        owner: CANONICAL,
        alias: None,
        is_arm: false,
        is_windows: false,
        root: "/dev/sda1",
        gibibytes: 8,
        volume: "gp3",
        imds: true,
        created: "2025-10-22T07:04:12.000Z",
        parameter: "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
    },
    Published {
        name: "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-20251022",
        description: "Canonical, Ubuntu, 24.04, arm64 noble image",
        owner: CANONICAL,
        alias: None,
        is_arm: true,
        is_windows: false,
        root: "/dev/sda1",
        gibibytes: 8,
        volume: "gp3",
        imds: true,
        created: "2025-10-22T07:04:40.000Z",
        parameter: "/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
    },
    Published {
        name: "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20251015",
        description: "Canonical, Ubuntu, 22.04, amd64 jammy image",
        owner: CANONICAL,
        alias: None,
        is_arm: false,
        is_windows: false,
        root: "/dev/sda1",
        gibibytes: 8,
        volume: "gp2",
        imds: false,
        created: "2025-10-15T06:13:02.000Z",
        parameter: "/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id",
    },
    Published {
        name: "Windows_Server-2022-English-Full-Base-2025.11.12",
        description: "Microsoft Windows Server 2022 Full Locale English AMI provided by Amazon",
        owner: WINDOWS,
        alias: Some("amazon"),
        is_arm: false,
        is_windows: true,
        root: "/dev/sda1",
        gibibytes: 30,
        volume: "gp2",
        imds: true,
        created: "2025-11-12T20:12:44.000Z",
        parameter: "/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base",
    },
    Published {
        name: "Windows_Server-2025-English-Full-Base-2025.11.12",
        description: "Microsoft Windows Server 2025 Full Locale English AMI provided by Amazon",
        owner: WINDOWS,
        alias: Some("amazon"),
        is_arm: false,
        is_windows: true,
        root: "/dev/sda1",
        gibibytes: 30,
        volume: "gp3",
        imds: true,
        created: "2025-11-12T21:40:19.000Z",
        parameter: "/aws/service/ami-windows-latest/Windows_Server-2025-English-Full-Base",
    },
];

static LISTING: Listing = Listing {
    member: "Images",
    filters: &[
        ("architecture", "Architecture"),
        (
            "block-device-mapping.delete-on-termination",
            "BlockDeviceMappings.Ebs.DeleteOnTermination",
        ),
        (
            "block-device-mapping.device-name",
            "BlockDeviceMappings.DeviceName",
        ),
        (
            "block-device-mapping.encrypted",
            "BlockDeviceMappings.Ebs.Encrypted",
        ),
        (
            "block-device-mapping.snapshot-id",
            "BlockDeviceMappings.Ebs.SnapshotId",
        ),
        (
            "block-device-mapping.volume-size",
            "BlockDeviceMappings.Ebs.VolumeSize",
        ),
        (
            "block-device-mapping.volume-type",
            "BlockDeviceMappings.Ebs.VolumeType",
        ),
        ("boot-mode", "BootMode"),
        ("creation-date", "CreationDate"),
        ("description", "Description"),
        ("ena-support", "EnaSupport"),
        ("free-tier-eligible", "FreeTierEligible"),
        ("hypervisor", "Hypervisor"),
        ("image-allowed", "ImageAllowed"),
        ("image-id", "ImageId"),
        ("image-type", "ImageType"),
        ("imds-support", "ImdsSupport"),
        ("is-public", "Public"),
        ("kernel-id", "KernelId"),
        ("manifest-location", "ImageLocation"),
        ("name", "Name"),
        ("owner-alias", "ImageOwnerAlias"),
        ("owner-id", "OwnerId"),
        ("platform", "Platform"),
        ("product-code", "ProductCodes.ProductCodeId"),
        ("ramdisk-id", "RamdiskId"),
        ("root-device-name", "RootDeviceName"),
        ("root-device-type", "RootDeviceType"),
        ("source-image-id", "SourceImageId"),
        ("source-instance-id", "SourceInstanceId"),
        ("state", "State"),
        ("state-reason-code", "StateReason.Code"),
        ("state-reason-message", "StateReason.Message"),
        ("sriov-net-support", "SriovNetSupport"),
        ("virtualization-type", "VirtualizationType"),
    ],
};

/// `PlatformDetails` and `UsageOperation`.
pub(super) const fn platform(is_windows: bool) -> (&'static str, &'static str) {
    if is_windows {
        ("Windows", "RunInstances:0002")
    } else {
        ("Linux/UNIX", "RunInstances")
    }
}

/// How images of an architecture are started.
pub(super) fn boot_mode(architecture: &str) -> &'static str {
    if architecture == "arm64" {
        "uefi"
    } else {
        "uefi-preferred"
    }
}

/// The id of something published, which every Region has under another.
fn published_id(prefix: &str, region: &str, name: &str) -> String {
    let hash = Sha256::digest(format!("{prefix} {region} {name}").as_bytes());
    format!("{prefix}-0{}", ids::hexadecimal(&hash[..8]))
}

impl Published {
    fn id(&self, region: &str) -> String {
        published_id("ami", region, self.name)
    }

    fn shown(&self, region: &str) -> Map {
        let architecture = if self.is_arm { "arm64" } else { "x86_64" };
        let (details, operation) = platform(self.is_windows);
        let disk = fields! {
            "DeleteOnTermination": true,
            "SnapshotId": published_id("snap", region, self.name),
            "VolumeSize": self.gibibytes,
            "VolumeType": self.volume,
            "Encrypted": false,
        };
        let mut disk = disk;
        if self.volume == "gp3" {
            disk.push("Iops", 3000_i64.into());
            disk.push("Throughput", 125_i64.into());
        }
        let mut shown = fields! {
            "PlatformDetails": details,
            "UsageOperation": operation,
            "BlockDeviceMappings": vec![fields! {"Ebs": disk, "DeviceName": self.root}],
            "Description": self.description,
            "EnaSupport": true,
            "Hypervisor": "xen",
            "Name": self.name,
            "RootDeviceName": self.root,
            "RootDeviceType": "ebs",
            "SriovNetSupport": "simple",
            "VirtualizationType": "hvm",
            "BootMode": boot_mode(architecture),
            "DeregistrationProtection": "disabled",
            "FreeTierEligible": true,
            "ImageId": self.id(region),
            "ImageLocation": format!("{}/{}", self.alias.unwrap_or(self.owner), self.name),
            "State": "available",
            "OwnerId": self.owner,
            "CreationDate": self.created,
            "Public": true,
            "Architecture": architecture,
            "ImageType": "machine",
        };
        if let Some(alias) = self.alias {
            shown.push("ImageOwnerAlias", alias.into());
        }
        if self.imds {
            shown.push("ImdsSupport", "v2.0".into());
        }
        if self.is_windows {
            shown.push("Platform", "windows".into());
        }
        shown
    }
}

/// What every Region has.
#[cfg(test)]
pub(super) fn published(region: &str) -> Vec<Map> {
    PUBLISHED.iter().map(|own| own.shown(region)).collect()
}

/// The image with an id: published, or the account's.
pub(super) fn find(account: &Account, region: &str, id: &str) -> Option<Map> {
    let published = PUBLISHED.iter().find(|own| own.id(region) == id);
    if let Some(published) = published {
        return Some(published.shown(region));
    }
    let own = account.resource(id).filter(|own| own.region == region)?;
    let mut shown = own.body.0.clone();
    shown.push("ImageId", own.id.as_str().into());
    super::tags::show(&mut shown, &own.tags);
    Some(shown)
}

/// The image that a request names; a parameter of Systems Manager counts.
pub(super) fn named(call: &Call<'_>, id: &str) -> Result<Map, Failure> {
    if let Some(parameter) = id.strip_prefix("resolve:ssm:") {
        let bare = parameter.replace("-kernel-default-", "-kernel-6.1-");
        let own = PUBLISHED.iter().find(|own| own.parameter == bare);
        let own = own.map(|own| own.shown(call.region));
        return own.ok_or_else(|| {
            let message = format!("Parameter {parameter} does not exist.");
            Failure::new("InvalidParameterValue", message)
        });
    }
    names::check(id, "ami")?;
    let image = find(call.account, call.region, id);
    image.ok_or_else(|| names::unknown("ami", &[id]))
}

/// `DescribeImages`.
pub(super) fn describe(call: &Call<'_>) -> Outcome {
    let ids = call.parameters.texts("ImageIds");
    let owners = call.parameters.texts("Owners");
    let users = call.parameters.texts("ExecutableUsers");
    let mut missing = Vec::new();
    for id in &ids {
        names::check(id, "ami")?;
        if find(call.account, call.region, id).is_none() {
            missing.push(id.as_str());
        }
    }
    if !missing.is_empty() {
        return Err(names::unknown("ami", &missing));
    }
    let account = call.account.id.as_str();
    let own = call.account.resources(call.region, "ami");
    let own = own.filter_map(|own| find(call.account, call.region, &own.id));
    let published = PUBLISHED.iter().map(|own| own.shown(call.region));
    let is_meant = |image: &Map| {
        let member = |name| image.get(name).and_then(Value::as_str).unwrap_or_default();
        let is_own = member("OwnerId") == account;
        let is_owner = |owner: &String| {
            owner == member("OwnerId")
                || owner == member("ImageOwnerAlias")
                || owner == "self" && is_own
        };
        let may_use = |user: &String| match &**user {
            "all" => !is_own,
            "self" => false,
            _ => false,
        };
        (ids.is_empty() || ids.iter().any(|id| id == member("ImageId")))
            && (owners.is_empty() || owners.iter().any(is_owner))
            && (users.is_empty() || users.iter().any(may_use))
    };
    let items: Vec<Item> = own
        .chain(published)
        .filter(is_meant)
        .map(|image| {
            let id = image.get("ImageId").and_then(Value::as_str);
            (id.unwrap_or_default().to_owned(), image)
        })
        .collect();
    filter::list(call, &LISTING, items)
}

/// The disks of an image.
pub(super) fn disks(image: &Map) -> Vec<Value> {
    let disks = image.get("BlockDeviceMappings").and_then(Value::as_list);
    disks.unwrap_or_default().to_vec()
}

/// A text of an image.
pub(super) fn member<'a>(image: &'a Map, name: &str) -> &'a str {
    image.get(name).and_then(Value::as_str).unwrap_or_default()
}
