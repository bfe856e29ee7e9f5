//! All that the metadata service says of an instance, in one place.

use crate::account::Account;
use crate::record::Tag;

use super::events::InstanceEvents;

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
#[allow(dead_code, reason = "instances come with EC2")]
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
pub(crate) fn of(_account: &Account, _id: &str) -> Option<Facts> {
    None
}
