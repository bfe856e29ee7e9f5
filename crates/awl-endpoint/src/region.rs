//! Names of regions, as users write them.

use std::borrow::Cow;

/// A region without the `fips-` or `-fips` of a pseudo region, and whether it
/// had one: then the FIPS endpoint is meant.
// Parity: botocore/client.py, ClientCreator._normalize_fips_region.
#[must_use]
pub fn without_fips(region: &str) -> (Cow<'_, str>, bool) {
    if !region.contains("fips") {
        return (Cow::Borrowed(region), false);
    }
    let plain = region.replace("fips-", "").replace("-fips", "");
    if plain == region {
        return (Cow::Borrowed(region), false);
    }
    (Cow::Owned(plain), true)
}

/// Whether a region's name can stand in a host. botocore says of others:
/// `Provided region_name '…' doesn't match a supported format.`
// Parity: botocore/utils.py, validate_region_name.
#[must_use]
pub fn is_valid_region_name(region: &str) -> bool {
    region.len() <= 63
        && !region.starts_with('-')
        && !region.ends_with('-')
        && region
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && (region.is_empty() || !region.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudo_regions_lose_fips() {
        for (region, plain, fips) in [
            ("us-east-1", "us-east-1", false),
            ("fips-us-east-1", "us-east-1", true),
            ("us-gov-west-1-fips", "us-gov-west-1", true),
            ("fips-aws-global", "aws-global", true),
            ("fips", "fips", false),
        ] {
            assert_eq!(without_fips(region), (plain.into(), fips));
        }
    }

    #[test]
    fn region_names_are_host_labels() {
        for region in ["us-east-1", "local", "a1", "US"] {
            assert!(is_valid_region_name(region), "{region}");
        }
        for region in ["us_east", "1234", "-a", "a-", "a.b", "a b", "é", "a\n"] {
            assert!(!is_valid_region_name(region), "{region}");
        }
        assert!(!is_valid_region_name(&"a".repeat(64)));
    }
}
