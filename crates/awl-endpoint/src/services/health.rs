//! AWS Health: one service for a whole partition.

use awl_model::Node;

use crate::{Builtins, Partition};

/// The region that its global endpoint signs for, whatever the client's is.
// Parity: botocore/data/endpoints.json, which is still asked for the signing
// region where the rule set has none; of all services only Health differs.
pub(super) fn signing_region(partitions: Node, builtins: &Builtins) -> Option<&'static str> {
    if builtins.endpoint.is_some() {
        return None;
    }
    let partition = Partition::find(partitions, builtins.region.as_deref()?)?;
    matches!(partition.name(), "aws" | "aws-cn").then(|| partition.implicit_global_region())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_signs_for_its_partition() {
        let partitions = awl_catalog::store().partitions();
        for (region, endpoint, expected) in [
            ("us-east-1", None, Some("us-east-1")),
            ("eu-west-1", None, Some("us-east-1")),
            ("cn-north-1", None, Some("cn-northwest-1")),
            ("us-gov-east-1", None, None),
            ("us-iso-east-1", None, None),
            ("eu-west-1", Some("https://localhost"), None),
        ] {
            let builtins = Builtins {
                region: Some(region.to_owned()),
                endpoint: endpoint.map(str::to_owned),
                ..Builtins::default()
            };
            assert_eq!(signing_region(partitions, &builtins), expected, "{region}");
        }
    }
}
