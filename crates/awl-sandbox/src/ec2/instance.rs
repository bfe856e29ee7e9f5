//! An instance: what is kept of it, what state it is in, what is shown of it.

use awl_value::{Map, Value};

use super::{fields, images, regions, time, types};
use crate::account::{Account, tags_value};
use crate::iam::InstanceProfile;
use crate::record::{Secret, Tag, record};

/// How many seconds an instance is on its way to the next state.
const SETTLING: i64 = 1;
/// How many seconds a terminated instance is shown.
pub(super) const REMEMBERED: i64 = 3600;

record! {
    /// An instance.
    struct Instance {
        id: String,
        region: String,
        reservation: String,
        /// Its number among those that one request launched.
        index: i64,
        client_token: String,
        /// What the request said that launched it, to know it again.
        request: String,
        /// When it was started last.
        launched: i64,
        image: String,
        kind: String,
        architecture: String,
        is_windows: bool,
        root_device: String,
        zone: String,
        tenancy: String,
        subnet: String,
        vpc: String,
        private_ip: String,
        /// An address that it has while it runs, and none of the account's.
        public_ip: Option<String>,
        /// Whether it gets such an address at each start.
        has_public_ip: bool,
        mac: String,
        interface: String,
        attachment: String,
        attached: i64,
        interface_description: String,
        interface_tags: Vec<Tag>,
        /// The ids of security groups.
        groups: Vec<String>,
        key: Option<String>,
        profile: Option<Association>,
        /// Where it is, or is on its way to: `running`, `stopped`, `terminated`.
        state: String,
        changed: i64,
        /// Why it changed, as `StateTransitionReason` has it.
        reason: String,
        state_code: Option<String>,
        /// In base 64, as it was given.
        user_data: Option<Secret>,
        /// Of Windows: the administrator's password under the key pair, in base 64.
        password: Option<Secret>,
        metadata: Metadata,
        is_monitored: bool,
        is_protected: bool,
        is_stop_protected: bool,
        shutdown: String,
        checks_source: bool,
        is_ebs_optimized: bool,
        hibernates: bool,
        has_enclaves: bool,
        credits: Option<String>,
        recovery: String,
        cores: i64,
        threads: i64,
        tags: Vec<Tag>,
    }
}

record! {
    /// How the instance metadata service is reached.
    struct Metadata {
        /// `required`: version 2 alone; `optional`: version 1 as well.
        tokens: String,
        hops: i64,
        /// Whether it answers at all.
        is_enabled: bool,
        has_ipv6: bool,
        /// Whether it tells the instance's tags.
        has_tags: bool,
    }
}

record! {
    /// The instance profile that an instance was given.
    struct Association {
        id: String,
        arn: String,
        profile_id: String,
        since: i64,
    }
}

impl Instance {
    /// The state's code and name.
    pub(crate) fn state(&self, now: i64) -> (i64, &'static str) {
        let is_settled = now.saturating_sub(self.changed) >= SETTLING;
        match (&*self.state, is_settled) {
            ("running", false) => (0, "pending"),
            ("running", true) => (16, "running"),
            ("stopped", false) => (64, "stopping"),
            ("stopped", true) => (80, "stopped"),
            (_, false) => (32, "shutting-down"),
            (_, true) => (48, "terminated"),
        }
    }

    pub(crate) fn is_terminated(&self) -> bool {
        self.state == "terminated"
    }

    /// Whether its type is built on the Nitro system.
    pub(crate) fn is_nitro(&self) -> bool {
        types::find(&self.kind).is_none_or(types::Type::has_uefi)
    }

    /// The name in the Region's own network.
    pub(crate) fn private_dns(&self) -> String {
        let domain = match &*self.region {
            "us-east-1" => "ec2.internal".to_owned(),
            region => format!("{region}.compute.internal"),
        };
        format!("ip-{}.{domain}", self.private_ip.replace('.', "-"))
    }

    /// The public address: one of the account's that is associated, or its own.
    pub(crate) fn public_ip(&self, account: &Account) -> Option<String> {
        match self.address(account) {
            Some((address, _)) => Some(address),
            None => self.public_ip.clone(),
        }
    }

    /// The account's address that is associated, and its association.
    pub(super) fn address(&self, account: &Account) -> Option<(String, String)> {
        let mut addresses = account.resources(&self.region, "eipalloc");
        let own = addresses.find(|own| own.text("InstanceId") == self.id)?;
        let text = |name| own.text(name).to_owned();
        Some((text("PublicIp"), text("AssociationId")))
    }

    /// The public name, in a VPC that gives names.
    pub(crate) fn public_dns(&self, account: &Account) -> Option<String> {
        let vpc = account.resource(&self.vpc);
        if !vpc.is_some_and(|vpc| vpc.flag("EnableDnsHostnames")) {
            return None;
        }
        let address = self.public_ip(account)?;
        Some(public_dns(&self.region, &address))
    }

    /// The profile that it has, where it is still there.
    pub(crate) fn instance_profile<'a>(&self, account: &'a Account) -> Option<&'a InstanceProfile> {
        let association = self.profile.as_ref()?;
        let profile = account.profile_by_arn(&association.arn)?;
        (profile.id == association.profile_id).then_some(profile)
    }

    /// The volumes: device and id.
    pub(crate) fn volumes(&self, account: &Account) -> Vec<(String, String)> {
        let volumes = account.resources(&self.region, "vol");
        let mut attached: Vec<(String, String)> = volumes
            .flat_map(|volume| {
                let own = volume.list("Attachments").iter();
                own.filter(|own| text(own, "InstanceId") == self.id)
                    .map(|own| (text(own, "Device").to_owned(), volume.id.clone()))
            })
            .collect();
        attached.sort();
        attached
    }

    pub(super) fn arn(&self, account: &Account) -> String {
        let (region, account, id) = (&self.region, &account.id, &self.id);
        format!("arn:aws:ec2:{region}:{account}:instance/{id}")
    }

    /// What is shown of it.
    pub(super) fn shown(&self, account: &Account, now: i64) -> Map {
        let (code, state) = self.state(now);
        let is_there = state != "terminated";
        let groups = group_names(account, &self.groups);
        let details = images::platform(self.is_windows);
        let kind = types::find(&self.kind);
        let mut shown = fields! {
            "Architecture": &*self.architecture,
            "BlockDeviceMappings": if is_there { self.devices(account) } else { Vec::new() },
            "ClientToken": &*self.client_token,
            "EbsOptimized": is_there && self.is_ebs_optimized,
            "EnaSupport": true,
            "Hypervisor": "xen",
        };
        if let Some(profile) = &self.profile {
            shown.push(
                "IamInstanceProfile",
                fields! {"Arn": &*profile.arn, "Id": &*profile.profile_id}.into(),
            );
        }
        let interfaces = is_there.then(|| self.shown_interface(account, now));
        shown.push(
            "NetworkInterfaces",
            interfaces.into_iter().collect::<Vec<_>>().into(),
        );
        shown.push("RootDeviceName", self.root_device.as_str().into());
        shown.push("RootDeviceType", "ebs".into());
        shown.push(
            "SecurityGroups",
            if is_there { groups } else { Vec::new() }.into(),
        );
        if is_there {
            shown.push("SourceDestCheck", self.checks_source.into());
        }
        if let Some(code) = &self.state_code {
            shown.push("StateReason", state_reason(code).into());
        } else if state == "pending" {
            shown.push("StateReason", state_reason(state).into());
        }
        if !self.tags.is_empty() {
            shown.push("Tags", tags_value(&self.tags));
        }
        shown.push("VirtualizationType", "hvm".into());
        shown.push(
            "CpuOptions",
            fields! {"CoreCount": self.cores, "ThreadsPerCore": self.threads}.into(),
        );
        let preference = fields! {"CapacityReservationPreference": "open"};
        shown.push("CapacityReservationSpecification", preference.into());
        shown.push(
            "HibernationOptions",
            fields! {"Configured": self.hibernates}.into(),
        );
        shown.push(
            "MetadataOptions",
            self.metadata.shown(now > self.changed).into(),
        );
        shown.push(
            "EnclaveOptions",
            fields! {"Enabled": self.has_enclaves}.into(),
        );
        let boot = images::boot_mode(&self.architecture);
        shown.push("BootMode", boot.into());
        shown.push("PlatformDetails", details.0.into());
        shown.push("UsageOperation", details.1.into());
        shown.push("UsageOperationUpdateTime", time(self.attached));
        if is_there {
            let names = fields! {
                "HostnameType": "ip-name",
                "EnableResourceNameDnsARecord": false,
                "EnableResourceNameDnsAAAARecord": false,
            };
            shown.push("PrivateDnsNameOptions", names.into());
        }
        let maintenance = fields! {"AutoRecovery": &*self.recovery, "RebootMigration": "default"};
        shown.push("MaintenanceOptions", maintenance.into());
        let is_uefi = boot == "uefi" || kind.is_some_and(types::Type::has_uefi);
        let booted = if is_uefi { "uefi" } else { "legacy-bios" };
        shown.push("CurrentInstanceBootMode", booted.into());
        shown.push(
            "NetworkPerformanceOptions",
            fields! {"BandwidthWeighting": "default"}.into(),
        );
        shown.push("Operator", fields! {"Managed": false}.into());
        shown.push("InstanceId", self.id.as_str().into());
        shown.push("ImageId", self.image.as_str().into());
        shown.push("State", fields! {"Code": code, "Name": state}.into());
        let names = is_there.then(|| (self.private_dns(), self.public_dns(account)));
        let (private, public) = names.unwrap_or_default();
        shown.push("PrivateDnsName", private.into());
        shown.push("PublicDnsName", public.unwrap_or_default().into());
        shown.push("StateTransitionReason", self.reason.as_str().into());
        if let Some(key) = &self.key {
            shown.push("KeyName", key.as_str().into());
        }
        shown.push("AmiLaunchIndex", self.index.into());
        shown.push("ProductCodes", Value::List(Vec::new()));
        shown.push("InstanceType", self.kind.as_str().into());
        shown.push("LaunchTime", time(self.launched));
        let placement = fields! {
            "AvailabilityZoneId": regions::zone_id(&self.zone),
            "GroupName": "",
            "Tenancy": &*self.tenancy,
            "AvailabilityZone": &*self.zone,
        };
        shown.push("Placement", placement.into());
        if self.is_windows {
            shown.push("Platform", "windows".into());
        }
        shown.push("Monitoring", fields! {"State": self.monitoring()}.into());
        if is_there {
            shown.push("SubnetId", self.subnet.as_str().into());
            shown.push("VpcId", self.vpc.as_str().into());
            shown.push("PrivateIpAddress", self.private_ip.as_str().into());
            if let Some(address) = self.public_ip(account) {
                shown.push("PublicIpAddress", address.into());
            }
        }
        shown
    }

    pub(super) fn monitoring(&self) -> &'static str {
        if self.is_monitored {
            "enabled"
        } else {
            "disabled"
        }
    }

    /// Its volumes as it shows them, the root's first.
    fn devices(&self, account: &Account) -> Vec<Map> {
        let volumes = account.resources(&self.region, "vol");
        let mut devices: Vec<(bool, String, Map)> = Vec::new();
        for volume in volumes {
            for own in volume.list("Attachments") {
                if text(own, "InstanceId") != self.id {
                    continue;
                }
                let member = |name| own.get(name).cloned().unwrap_or_default();
                let device = text(own, "Device").to_owned();
                let shown = fields! {
                    "DeviceName": &*device,
                    "Ebs": fields! {
                        "AttachTime": member("AttachTime"),
                        "DeleteOnTermination": member("DeleteOnTermination"),
                        "Status": member("State"),
                        "VolumeId": &*volume.id,
                        "EbsCardIndex": 0_i64,
                    },
                };
                devices.push((device != self.root_device, device, shown));
            }
        }
        devices.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
        devices.into_iter().map(|(.., shown)| shown).collect()
    }

    /// Its network interface as it shows it.
    fn shown_interface(&self, account: &Account, now: i64) -> Map {
        let association = self.public_ip(account).map(|address| {
            let owner = match self.address(account) {
                Some(_) => &*account.id,
                None => "amazon",
            };
            fields! {
                "IpOwnerId": owner,
                "PublicDnsName": self.public_dns(account).unwrap_or_default(),
                "PublicIp": address,
            }
        });
        let mut shown = Map::new();
        let mut address = Map::new();
        if let Some(association) = association {
            shown.push("Association", association.clone().into());
            address.push("Association", association.into());
        }
        address.push("Primary", true.into());
        address.push("PrivateDnsName", self.private_dns().into());
        address.push("PrivateIpAddress", self.private_ip.as_str().into());
        let is_attached = self.state(now).0 != 0;
        let attachment = fields! {
            "AttachTime": time(self.attached),
            "AttachmentId": &*self.attachment,
            "DeleteOnTermination": true,
            "DeviceIndex": 0_i64,
            "Status": if is_attached { "attached" } else { "attaching" },
            "NetworkCardIndex": 0_i64,
        };
        for (name, value) in fields! {
            "Attachment": attachment,
            "Description": &*self.interface_description,
            "Groups": group_names(account, &self.groups),
            "Ipv6Addresses": Vec::<Map>::new(),
            "MacAddress": &*self.mac,
            "NetworkInterfaceId": &*self.interface,
            "OwnerId": &*account.id,
            "PrivateDnsName": self.private_dns(),
            "PrivateIpAddress": &*self.private_ip,
            "PrivateIpAddresses": vec![address],
            "SourceDestCheck": self.checks_source,
            "Status": "in-use",
            "SubnetId": &*self.subnet,
            "VpcId": &*self.vpc,
            "InterfaceType": "interface",
            "Operator": fields! {"Managed": false},
        } {
            shown.push(name, value);
        }
        shown
    }

    /// The same as `DescribeNetworkInterfaces` shows it.
    pub(super) fn interface(&self, account: &Account, now: i64) -> Map {
        let mut shown = self.shown_interface(account, now);
        let owner = account.id.as_str();
        if let Some(attachment) = shown.get_mut("Attachment").and_then(Value::as_map_mut) {
            attachment.push("InstanceId", self.id.as_str().into());
            attachment.push("InstanceOwnerId", owner.into());
        }
        if let Some((address, association)) = self.address(account) {
            let place = shown.get_mut("Association").and_then(Value::as_map_mut);
            if let Some(shown) = place {
                let mut addresses = account.resources(&self.region, "eipalloc");
                let own = addresses.find(|own| own.text("PublicIp") == address);
                let id = own.map_or("", |own| &own.id);
                shown.push("AllocationId", id.into());
                shown.push("AssociationId", association.into());
            }
        }
        shown.push("AvailabilityZone", self.zone.as_str().into());
        shown.push("RequesterManaged", false.into());
        shown.push("TagSet", tags_value(&self.interface_tags));
        shown
    }
}

impl Metadata {
    pub(super) fn shown(&self, is_applied: bool) -> Map {
        let word = |flag| if flag { "enabled" } else { "disabled" };
        fields! {
            "State": if is_applied { "applied" } else { "pending" },
            "HttpTokens": &*self.tokens,
            "HttpPutResponseHopLimit": self.hops,
            "HttpEndpoint": word(self.is_enabled),
            "HttpProtocolIpv6": word(self.has_ipv6),
            "InstanceMetadataTags": word(self.has_tags),
        }
    }
}

/// The name of a public address.
pub(super) fn public_dns(region: &str, address: &str) -> String {
    let address = address.replace('.', "-");
    match region {
        "us-east-1" => format!("ec2-{address}.compute-1.amazonaws.com"),
        region => format!("ec2-{address}.{region}.compute.amazonaws.com"),
    }
}

/// Security groups with their names.
pub(super) fn group_names(account: &Account, ids: &[String]) -> Vec<Map> {
    let groups = ids.iter().map(|id| {
        let name = account.resource(id).map_or("", |own| own.text("GroupName"));
        fields! {"GroupId": &**id, "GroupName": name}
    });
    groups.collect()
}

fn state_reason(code: &str) -> Map {
    let message = match code {
        "Client.UserInitiatedShutdown" => "Client.UserInitiatedShutdown: User initiated shutdown",
        "Server.SpotInstanceShutdown" => "Server.SpotInstanceShutdown: Spot instance shutdown",
        "Server.SpotInstanceTermination" => {
            "Server.SpotInstanceTermination: Spot instance termination"
        }
        code => code,
    };
    fields! {"Code": code, "Message": message}
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
