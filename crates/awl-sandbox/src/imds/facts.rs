//! All that the metadata service says of an instance, in one place.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::events::InstanceEvents;
use crate::account::Account;
use crate::ec2::Resource;
use crate::record::Tag;

/// An instance as it sees itself.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) zone: String,
    pub(crate) zone_id: String,
    pub(crate) instance_id: String,
    pub(crate) image_id: String,
    pub(crate) launch_index: i64,
    pub(crate) instance_type: String,
    pub(crate) architecture: String,
    pub(crate) kernel_id: Option<String>,
    pub(crate) ramdisk_id: Option<String>,
    pub(crate) reservation_id: String,
    pub(crate) launched: i64,
    /// `on-demand`, `spot`, `scheduled` or `capacity-block`.
    pub(crate) life_cycle: String,
    /// `nitro` or `xen`.
    pub(crate) system: String,
    pub(crate) is_monitored: bool,
    pub(crate) state: State,
    /// The name of the key pair, and the key as OpenSSH has it.
    pub(crate) key: Option<(String, String)>,
    pub(crate) user_data: Option<Vec<u8>>,
    pub(crate) profile: Option<Profile>,
    pub(crate) product_codes: Vec<String>,
    pub(crate) root_device: String,
    /// The other volumes' device names.
    pub(crate) devices: Vec<String>,
    /// The first is the primary one.
    pub(crate) interfaces: Vec<Interface>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) placement_group: Option<String>,
    pub(crate) partition_number: Option<i64>,
    pub(crate) host_id: Option<String>,
    pub(crate) options: Options,
    pub(crate) events: Option<InstanceEvents>,
}

/// Whether somebody can be on the instance to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Running,
    Stopped,
    Terminated,
}

/// The metadata options.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    pub(crate) is_enabled: bool,
    pub(crate) wants_tokens: bool,
    pub(crate) hop_limit: u32,
    /// Whether it is there by IPv6, too.
    pub(crate) has_v6: bool,
    pub(crate) shows_tags: bool,
}

/// The instance profile.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    pub(crate) arn: String,
    pub(crate) id: String,
    /// Whether there is one under this ARN still.
    pub(crate) exists: bool,
    /// The name of its role.
    pub(crate) role: Option<String>,
}

/// A network interface.
#[derive(Clone, Debug)]
pub(crate) struct Interface {
    pub(crate) id: String,
    pub(crate) mac: String,
    pub(crate) owner: String,
    pub(crate) device_index: i64,
    pub(crate) card_index: i64,
    /// The private addresses, the primary one first.
    pub(crate) addresses: Vec<String>,
    pub(crate) private_name: String,
    pub(crate) public_address: Option<String>,
    pub(crate) public_name: Option<String>,
    pub(crate) addresses_v6: Vec<String>,
    /// The security groups: ids and names.
    pub(crate) groups: Vec<(String, String)>,
    pub(crate) subnet_id: String,
    pub(crate) subnet_block: String,
    pub(crate) subnet_blocks_v6: Vec<String>,
    pub(crate) vpc_id: String,
    /// The VPC's address ranges, the primary one first.
    pub(crate) vpc_blocks: Vec<String>,
    pub(crate) vpc_blocks_v6: Vec<String>,
}

impl Facts {
    /// The ARN of the instance.
    pub(crate) fn arn(&self) -> String {
        let (region, account, id) = (&self.region, &self.account, &self.instance_id);
        format!("arn:aws:ec2:{region}:{account}:instance/{id}")
    }

    /// The primary interface.
    pub(crate) fn interface(&self) -> Option<&Interface> {
        self.interfaces.first()
    }

    /// The primary private address.
    pub(crate) fn address(&self) -> &str {
        let addresses = self.interface().map(|own| &own.addresses);
        addresses.and_then(|own| own.first()).map_or("", |own| own)
    }
}

/// The facts of an instance; None where there is none, or it is forgotten.
pub(crate) fn of(account: &Account, id: &str) -> Option<Facts> {
    let own = account.instance(id)?;
    let texts = |resource: Option<&Resource>, list: &str, name: &str| -> Vec<String> {
        let entries = resource.map(|own| own.list(list)).unwrap_or_default();
        let texts = entries.iter().filter_map(|own| own.get(name)?.as_str());
        texts.map(str::to_owned).collect()
    };
    let (subnet, vpc) = (account.resource(&own.subnet), account.resource(&own.vpc));
    let of_subnet = |name: &str| subnet.map_or("", |own| own.text(name)).to_owned();
    let volumes = own.volumes(account).into_iter().map(|(device, _)| device);
    let keys = account.resources(&own.region, "key");
    let key = own.key.as_ref().and_then(|name| {
        let mut keys = keys.filter(|key| key.text("KeyName") == name);
        Some((name.clone(), keys.next()?.text("PublicKey").to_owned()))
    });
    let profile = own.profile.as_ref().map(|association| {
        let profile = own.instance_profile(account);
        let role = profile.and_then(|profile| account.role_of(profile));
        Profile {
            arn: association.arn.clone(),
            id: association.profile_id.clone(),
            exists: profile.is_some(),
            role: role.map(|role| role.name.clone()),
        }
    });
    let groups = own.groups.iter().map(|id| {
        let name = account.resource(id).map_or("", |own| own.text("GroupName"));
        (id.clone(), name.to_owned())
    });
    let interface = Interface {
        id: own.interface.clone(),
        mac: own.mac.clone(),
        owner: account.id.clone(),
        device_index: 0,
        card_index: 0,
        addresses: vec![own.private_ip.clone()],
        private_name: own.private_dns(),
        public_address: own.public_ip(account),
        public_name: own.public_dns(account),
        addresses_v6: Vec::new(),
        groups: groups.collect(),
        subnet_id: own.subnet.clone(),
        subnet_block: of_subnet("CidrBlock"),
        subnet_blocks_v6: texts(subnet, "Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock"),
        vpc_id: own.vpc.clone(),
        vpc_blocks: texts(vpc, "CidrBlockAssociationSet", "CidrBlock"),
        vpc_blocks_v6: texts(vpc, "Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock"),
    };
    Some(Facts {
        account: account.id.clone(),
        region: own.region.clone(),
        zone: own.zone.clone(),
        zone_id: of_subnet("AvailabilityZoneId"),
        instance_id: own.id.clone(),
        image_id: own.image.clone(),
        launch_index: own.index,
        instance_type: own.kind.clone(),
        architecture: own.architecture.clone(),
        kernel_id: None,
        ramdisk_id: None,
        reservation_id: own.reservation.clone(),
        launched: own.launched,
        life_cycle: "on-demand".to_owned(),
        system: if own.is_nitro() { "nitro" } else { "xen" }.to_owned(),
        is_monitored: own.is_monitored,
        state: match &*own.state {
            "running" => State::Running,
            "stopped" => State::Stopped,
            _ => State::Terminated,
        },
        key,
        user_data: own
            .user_data
            .as_ref()
            .and_then(|data| STANDARD.decode(data.expose()).ok()),
        profile,
        product_codes: Vec::new(),
        root_device: own.root_device.clone(),
        devices: volumes.filter(|name| *name != own.root_device).collect(),
        interfaces: vec![interface],
        tags: own.tags.clone(),
        placement_group: None,
        partition_number: None,
        host_id: None,
        options: Options {
            is_enabled: own.metadata.is_enabled,
            wants_tokens: own.metadata.tokens == "required",
            hop_limit: u32::try_from(own.metadata.hops).unwrap_or(1),
            has_v6: own.metadata.has_ipv6,
            shows_tags: own.metadata.has_tags,
        },
        events: account.events(id).cloned(),
    })
}
