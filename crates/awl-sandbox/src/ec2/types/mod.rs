//! Instance types: the facts of those that are commonly used.

use std::sync::LazyLock;

use awl_protocol::server::Failure;
use awl_value::{Map, Value};

use super::filter::{self, Listing};
use super::{fields, regions};
use crate::door::{Call, Outcome};

static TABLE: &str = include_str!("table.txt");

static TYPES: LazyLock<Vec<Type>> =
    LazyLock::new(|| TABLE.lines().filter_map(Type::read).collect());

/// A line of the table.
#[derive(Clone, Debug)]
pub(super) struct Type {
    pub(super) name: &'static str,
    pub(super) vcpus: i64,
    threads: i64,
    memory: i64,
    gigahertz: f64,
    interfaces: i64,
    addresses: i64,
    volumes: i64,
    /// Baseline and maximum: megabits a second, operations a second.
    storage: Option<[i64; 4]>,
    cores: Vec<i64>,
    network: &'static str,
    letters: &'static str,
}

impl Type {
    fn read(line: &'static str) -> Option<Self> {
        if line.starts_with('#') {
            return None;
        }
        let columns: Vec<&str> = line.split("; ").collect();
        let [
            name,
            vcpus,
            threads,
            memory,
            gigahertz,
            interfaces,
            addresses,
            volumes,
            rest @ ..,
        ] = &columns[..]
        else {
            return None;
        };
        let [
            base,
            most,
            base_operations,
            most_operations,
            cores,
            network,
            letters,
        ] = rest
        else {
            return None;
        };
        let number = |text: &str| text.parse::<i64>().ok();
        let storage = number(base).zip(number(most)).zip(number(base_operations));
        let storage = storage.zip(number(most_operations));
        Some(Self {
            name,
            vcpus: number(vcpus)?,
            threads: number(threads)?,
            memory: number(memory)?,
            gigahertz: gigahertz.parse().ok()?,
            interfaces: number(interfaces)?,
            addresses: number(addresses)?,
            volumes: number(volumes)?,
            storage: storage.map(|(((one, two), three), four)| [one, two, three, four]),
            cores: numbers(cores),
            network,
            letters,
        })
    }

    fn family(&self) -> &'static str {
        self.name.split('.').next().unwrap_or_default()
    }

    /// The letter of the processor's maker behind the generation: `g` of `m7g`.
    fn maker(&self) -> Option<char> {
        let behind = self
            .family()
            .trim_start_matches(|letter: char| !letter.is_ascii_digit());
        behind
            .trim_start_matches(|letter: char| letter.is_ascii_digit())
            .chars()
            .next()
    }

    pub(super) fn is_arm(&self) -> bool {
        self.maker() == Some('g')
    }

    pub(super) fn is_burstable(&self) -> bool {
        self.name.starts_with('t')
    }

    /// How burstable ones use credits, unless told otherwise.
    pub(super) fn credits(&self) -> Option<&'static str> {
        let own = if self.family() == "t2" {
            "standard"
        } else {
            "unlimited"
        };
        self.is_burstable().then_some(own)
    }

    fn is_nitro(&self) -> bool {
        self.family() != "t2"
    }

    pub(super) fn has_uefi(&self) -> bool {
        self.is_nitro()
    }

    pub(super) fn cores(&self) -> i64 {
        self.vcpus / self.threads.max(1)
    }

    pub(super) const fn threads(&self) -> i64 {
        self.threads
    }

    /// Whether an architecture of images runs on it.
    pub(super) fn runs(&self, architecture: &str) -> bool {
        self.architectures().contains(&architecture)
    }

    /// The architecture that messages name.
    pub(super) fn architecture(&self) -> &'static str {
        if self.is_arm() { "arm64" } else { "x86_64" }
    }

    fn architectures(&self) -> &'static [&'static str] {
        match (self.is_arm(), self.has('3')) {
            (true, _) => &["arm64"],
            (false, true) => &["i386", "x86_64"],
            (false, false) => &["x86_64"],
        }
    }

    fn has(&self, letter: char) -> bool {
        self.letters.contains(letter)
    }

    /// What `DescribeInstanceTypes` shows.
    fn shown(&self) -> Map {
        let supported = |flag| if flag { "supported" } else { "unsupported" };
        let is_nitro = self.is_nitro();
        let is_current = !["m5", "c5", "m6i", "r6i"].contains(&self.family());
        let usage: &[&str] = if self.has('S') {
            &["on-demand", "spot"]
        } else {
            &["on-demand"]
        };
        let boot: &[&str] = match (self.is_arm(), is_nitro) {
            (true, _) => &["uefi"],
            (false, true) => &["legacy-bios", "uefi"],
            (false, false) => &["legacy-bios"],
        };
        let placement: &[&str] = if self.is_burstable() {
            &["partition", "spread"]
        } else {
            &["cluster", "partition", "spread"]
        };
        let maker = match self.maker() {
            Some('g') => "AWS",
            Some('a') => "AMD",
            _ => "Intel",
        };
        let processor = fields! {
            "SupportedArchitectures": texts(self.architectures()),
            "SustainedClockSpeedInGhz": self.gigahertz,
            "Manufacturer": maker,
        };
        let mut vcpus = fields! {
            "DefaultVCpus": self.vcpus,
            "DefaultCores": self.cores(),
            "DefaultThreadsPerCore": self.threads,
        };
        if !self.cores.is_empty() {
            vcpus.push("ValidCores", self.cores.clone().into());
            let threads: Vec<i64> = (1..=self.threads).collect();
            vcpus.push("ValidThreadsPerCore", threads.into());
        }
        fields! {
            "InstanceType": self.name,
            "CurrentGeneration": is_current,
            "FreeTierEligible": self.has('F'),
            "SupportedUsageClasses": texts(usage),
            "SupportedRootDeviceTypes": texts(&["ebs"]),
            "SupportedVirtualizationTypes": texts(&["hvm"]),
            "BareMetal": false,
            "Hypervisor": if is_nitro { "nitro" } else { "xen" },
            "ProcessorInfo": processor,
            "VCpuInfo": vcpus,
            "MemoryInfo": fields! {"SizeInMiB": self.memory},
            "InstanceStorageSupported": false,
            "EbsInfo": self.shown_storage(),
            "NetworkInfo": self.shown_network(),
            "PlacementGroupInfo": fields! {"SupportedStrategies": texts(placement)},
            "HibernationSupported": self.has('H'),
            "BurstablePerformanceSupported": self.is_burstable(),
            "DedicatedHostsSupported": self.has('D'),
            "AutoRecoverySupported": true,
            "SupportedBootModes": texts(boot),
            "NitroEnclavesSupport": supported(self.has('E')),
            "NitroTpmSupport": supported(is_nitro),
            "PhcSupport": supported(self.has('P')),
            "RebootMigrationSupport": "supported",
        }
    }

    fn shown_storage(&self) -> Map {
        let is_nitro = self.is_nitro();
        let mut shown = fields! {
            "EbsOptimizedSupport": if is_nitro { "default" } else { "unsupported" },
            "EncryptionSupport": "supported",
        };
        if let Some([base, most, base_operations, most_operations]) = self.storage {
            let optimized = fields! {
                "BaselineBandwidthInMbps": base,
                "BaselineThroughputInMBps": base as f64 / 8.0,
                "BaselineIops": base_operations,
                "MaximumBandwidthInMbps": most,
                "MaximumThroughputInMBps": most as f64 / 8.0,
                "MaximumIops": most_operations,
            };
            shown.push("EbsOptimizedInfo", optimized.into());
        }
        shown.push(
            "NvmeSupport",
            if is_nitro { "required" } else { "unsupported" }.into(),
        );
        shown.push("MaximumEbsAttachments", self.volumes.into());
        let limit = if self.has('L') { "dedicated" } else { "shared" };
        shown.push("AttachmentLimitType", limit.into());
        shown
    }

    fn shown_network(&self) -> Map {
        let card = fields! {
            "NetworkCardIndex": 0_i64,
            "NetworkPerformance": self.network,
            "MaximumNetworkInterfaces": self.interfaces,
        };
        fields! {
            "NetworkPerformance": self.network,
            "MaximumNetworkInterfaces": self.interfaces,
            "MaximumNetworkCards": 1_i64,
            "DefaultNetworkCardIndex": 0_i64,
            "NetworkCards": vec![card],
            "Ipv4AddressesPerInterface": self.addresses,
            "Ipv6AddressesPerInterface": self.addresses,
            "Ipv6Supported": true,
            "EnaSupport": if self.is_nitro() { "required" } else { "unsupported" },
            "EfaSupported": false,
        }
    }
}

/// `-` for none, `1-4/1` from the first to the last, else those that it lists.
fn numbers(text: &str) -> Vec<i64> {
    let range = text.split_once('/').and_then(|(range, step)| {
        let (first, last) = range.split_once('-')?;
        let step: usize = step.parse().ok()?;
        let numbers = first.parse().ok()?..=last.parse().ok()?;
        Some(numbers.step_by(step.max(1)).collect())
    });
    range.unwrap_or_else(|| text.split(',').filter_map(|own| own.parse().ok()).collect())
}

fn texts(texts: &[&str]) -> Value {
    texts.to_vec().into()
}

/// The facts of a type.
pub(super) fn find(name: &str) -> Option<&'static Type> {
    TYPES.iter().find(|own| own.name == name)
}

static LISTING: Listing = Listing {
    member: "InstanceTypes",
    filters: &[
        ("auto-recovery-supported", "AutoRecoverySupported"),
        ("bare-metal", "BareMetal"),
        (
            "burstable-performance-supported",
            "BurstablePerformanceSupported",
        ),
        ("current-generation", "CurrentGeneration"),
        ("dedicated-hosts-supported", "DedicatedHostsSupported"),
        (
            "ebs-info.ebs-optimized-info.baseline-bandwidth-in-mbps",
            "EbsInfo.EbsOptimizedInfo.BaselineBandwidthInMbps",
        ),
        (
            "ebs-info.ebs-optimized-info.baseline-iops",
            "EbsInfo.EbsOptimizedInfo.BaselineIops",
        ),
        (
            "ebs-info.ebs-optimized-info.maximum-bandwidth-in-mbps",
            "EbsInfo.EbsOptimizedInfo.MaximumBandwidthInMbps",
        ),
        (
            "ebs-info.ebs-optimized-info.maximum-iops",
            "EbsInfo.EbsOptimizedInfo.MaximumIops",
        ),
        (
            "ebs-info.ebs-optimized-support",
            "EbsInfo.EbsOptimizedSupport",
        ),
        ("ebs-info.encryption-support", "EbsInfo.EncryptionSupport"),
        ("ebs-info.nvme-support", "EbsInfo.NvmeSupport"),
        ("free-tier-eligible", "FreeTierEligible"),
        ("hibernation-supported", "HibernationSupported"),
        ("hypervisor", "Hypervisor"),
        ("instance-storage-supported", "InstanceStorageSupported"),
        ("instance-type", "InstanceType"),
        ("memory-info.size-in-mib", "MemoryInfo.SizeInMiB"),
        ("network-info.efa-supported", "NetworkInfo.EfaSupported"),
        ("network-info.ena-support", "NetworkInfo.EnaSupport"),
        (
            "network-info.ipv4-addresses-per-interface",
            "NetworkInfo.Ipv4AddressesPerInterface",
        ),
        (
            "network-info.ipv6-addresses-per-interface",
            "NetworkInfo.Ipv6AddressesPerInterface",
        ),
        ("network-info.ipv6-supported", "NetworkInfo.Ipv6Supported"),
        (
            "network-info.maximum-network-cards",
            "NetworkInfo.MaximumNetworkCards",
        ),
        (
            "network-info.maximum-network-interfaces",
            "NetworkInfo.MaximumNetworkInterfaces",
        ),
        (
            "network-info.network-performance",
            "NetworkInfo.NetworkPerformance",
        ),
        ("nitro-enclaves-support", "NitroEnclavesSupport"),
        ("nitro-tpm-support", "NitroTpmSupport"),
        (
            "processor-info.supported-architecture",
            "ProcessorInfo.SupportedArchitectures",
        ),
        (
            "processor-info.sustained-clock-speed-in-ghz",
            "ProcessorInfo.SustainedClockSpeedInGhz",
        ),
        ("supported-boot-mode", "SupportedBootModes"),
        ("supported-root-device-type", "SupportedRootDeviceTypes"),
        ("supported-usage-class", "SupportedUsageClasses"),
        (
            "supported-virtualization-type",
            "SupportedVirtualizationTypes",
        ),
        ("vcpu-info.default-cores", "VCpuInfo.DefaultCores"),
        (
            "vcpu-info.default-threads-per-core",
            "VCpuInfo.DefaultThreadsPerCore",
        ),
        ("vcpu-info.default-vcpus", "VCpuInfo.DefaultVCpus"),
        ("vcpu-info.valid-cores", "VCpuInfo.ValidCores"),
        (
            "vcpu-info.valid-threads-per-core",
            "VCpuInfo.ValidThreadsPerCore",
        ),
    ],
};

static OFFERINGS: Listing = Listing {
    member: "InstanceTypeOfferings",
    filters: &[("instance-type", "InstanceType"), ("location", "Location")],
};

/// `DescribeInstanceTypes`.
pub(super) fn describe(call: &Call<'_>) -> Outcome {
    let names = call.parameters.texts("InstanceTypes");
    let unknown: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|name| find(name).is_none())
        .collect();
    if !unknown.is_empty() {
        let message = format!(
            "The following supplied instance types do not exist: [{}]",
            unknown.join(", ")
        );
        return Err(Failure::new("InvalidInstanceType", message));
    }
    let own = TYPES
        .iter()
        .filter(|own| names.is_empty() || names.iter().any(|name| name == own.name));
    let items = own.map(|own| (own.name.to_owned(), own.shown()));
    filter::list(call, &LISTING, items.collect())
}

/// `DescribeInstanceTypeOfferings`: every type is everywhere.
pub(super) fn describe_offerings(call: &Call<'_>) -> Outcome {
    let kind = call.parameters.text("LocationType").unwrap_or("region");
    let locations = match kind {
        "availability-zone" => regions::zones(call.region),
        "availability-zone-id" => {
            let zones = regions::zones(call.region);
            zones.iter().map(|zone| regions::zone_id(zone)).collect()
        }
        "region" => vec![call.region.to_owned()],
        _ => Vec::new(),
    };
    let mut items = Vec::new();
    for own in TYPES.iter() {
        for location in &locations {
            let shown = fields! {
                "InstanceType": own.name,
                "LocationType": kind,
                "Location": &**location,
            };
            items.push((format!("{} {location}", own.name), shown));
        }
    }
    filter::list(call, &OFFERINGS, items)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
        assert_eq!(TYPES.len(), lines.count());
        let (micro, graviton) = (find("t3.micro").unwrap(), find("m7g.4xlarge").unwrap());
        assert_eq!((micro.vcpus, micro.cores(), micro.memory), (2, 1, 1024));
        assert!(micro.is_burstable() && !micro.is_arm() && graviton.is_arm());
        assert_eq!(graviton.cores, (1..=16).collect::<Vec<i64>>());
        assert_eq!(find("t2.nano").unwrap().storage, None);
        assert_eq!(find("m5a.large").unwrap().maker(), Some('a'));
    }
}
