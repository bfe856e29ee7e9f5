//! Partitions: `aws`, `aws-cn`, `aws-us-gov`, …

use awl_model::Node;

use crate::pattern;

/// A partition of `partitions.json`, read in place.
#[derive(Clone, Copy, Debug)]
pub struct Partition(Node);

impl Partition {
    /// The partition that has a region of this name, or whose names of regions
    /// look like it. `partitions` is `Store::partitions`.
    // Parity: botocore/endpoint_provider.py, RuleSetStandardLibrary.aws_partition.
    #[must_use]
    pub fn find(partitions: Node, region: &str) -> Option<Self> {
        partitions
            .get("partitions")
            .items()
            .map(Self)
            .find(|partition| partition.matches(region))
    }

    /// The same, else the first partition, `aws`. `None` only where there are
    /// no partitions at all.
    #[must_use]
    pub fn for_region(partitions: Node, region: &str) -> Option<Self> {
        Self::find(partitions, region).or_else(|| Self::first(partitions))
    }

    /// The first partition, `aws`.
    #[must_use]
    pub fn first(partitions: Node) -> Option<Self> {
        partitions.get("partitions").item(0).map(Self)
    }

    /// All partitions.
    pub fn all(partitions: Node) -> impl Iterator<Item = Self> {
        partitions.get("partitions").items().map(Self)
    }

    /// Whether a region is of this partition.
    #[must_use]
    pub fn matches(self, region: &str) -> bool {
        self.0.get("regions").get(region).is_object()
            || self
                .0
                .str("regionRegex")
                .is_some_and(|regex| pattern::matches(regex, region))
    }

    /// Its name: `aws`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.str("id").unwrap_or_default()
    }

    /// Its regions and what they are called, pseudo regions included.
    pub fn regions(self) -> impl Iterator<Item = (&'static str, Option<&'static str>)> {
        self.0
            .get("regions")
            .entries()
            .map(|(name, region)| (name, region.str("description")))
    }

    /// The end of its hosts: `amazonaws.com`.
    #[must_use]
    pub fn dns_suffix(self) -> &'static str {
        self.output("dnsSuffix").as_str().unwrap_or_default()
    }

    /// The end of its dual-stack hosts: `api.aws`.
    #[must_use]
    pub fn dual_stack_dns_suffix(self) -> &'static str {
        self.output("dualStackDnsSuffix")
            .as_str()
            .unwrap_or_default()
    }

    /// The region that global services of it sign for: `us-east-1`.
    #[must_use]
    pub fn implicit_global_region(self) -> &'static str {
        self.output("implicitGlobalRegion")
            .as_str()
            .unwrap_or_default()
    }

    /// Whether it has FIPS endpoints.
    #[must_use]
    pub fn supports_fips(self) -> bool {
        self.output("supportsFIPS").as_bool().unwrap_or(false)
    }

    /// Whether it has dual-stack endpoints.
    #[must_use]
    pub fn supports_dual_stack(self) -> bool {
        self.output("supportsDualStack").as_bool().unwrap_or(false)
    }

    /// One of its `outputs`, as rule sets see them.
    pub(crate) fn output(self, name: &str) -> Node {
        self.0.get("outputs").get(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_have_partitions() {
        let partitions = awl_catalog::store().partitions();
        for (region, name, suffix) in [
            ("us-east-1", "aws", "amazonaws.com"),
            ("mx-nowhere-42", "aws", "amazonaws.com"),
            ("aws-global", "aws", "amazonaws.com"),
            ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
            ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
            ("us-iso-new-7", "aws-iso", "c2s.ic.gov"),
            ("us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov"),
            ("eusc-de-east-1", "aws-eusc", "amazonaws.eu"),
        ] {
            let partition = Partition::find(partitions, region).unwrap();
            assert_eq!((partition.name(), partition.dns_suffix()), (name, suffix));
        }
        for region in ["", "mars-north-1", "us-east", "us-east-1x", "xus-east-1"] {
            assert!(Partition::find(partitions, region).is_none(), "{region}");
            assert_eq!(
                Partition::for_region(partitions, region).unwrap().name(),
                "aws"
            );
        }
        let partition = Partition::first(partitions).unwrap();
        assert_eq!(partition.dual_stack_dns_suffix(), "api.aws");
        assert_eq!(partition.implicit_global_region(), "us-east-1");
        assert!(partition.supports_fips() && partition.supports_dual_stack());
        assert!(Partition::all(partitions).count() >= 8);
        assert!(partition.regions().any(|(name, _)| name == "eu-central-1"));
    }
}
