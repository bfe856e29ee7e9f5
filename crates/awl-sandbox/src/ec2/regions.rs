//! Regions and their zones. Which zone stands behind a letter differs between
//! accounts; in this one they are in order.

use awl_value::Map;

use super::filter::{self, Item, Listing};
use super::{fields, invalid};
use crate::door::{Call, Outcome};

/// Name, what it is called, how ids of zones begin, letters of its zones, and
/// whether an account has to ask for it.
type Region = (&'static str, &'static str, &'static str, &'static str, bool);

static REGIONS: &[Region] = &[
    ("af-south-1", "Africa (Cape Town)", "afs1", "abc", true),
    ("ap-east-1", "Asia Pacific (Hong Kong)", "ape1", "abc", true),
    ("ap-east-2", "Asia Pacific (Taipei)", "ape2", "abc", true),
    (
        "ap-northeast-1",
        "Asia Pacific (Tokyo)",
        "apne1",
        "acd",
        false,
    ),
    (
        "ap-northeast-2",
        "Asia Pacific (Seoul)",
        "apne2",
        "abcd",
        false,
    ),
    (
        "ap-northeast-3",
        "Asia Pacific (Osaka)",
        "apne3",
        "abc",
        false,
    ),
    ("ap-south-1", "Asia Pacific (Mumbai)", "aps1", "abc", false),
    (
        "ap-south-2",
        "Asia Pacific (Hyderabad)",
        "aps2",
        "abc",
        true,
    ),
    (
        "ap-southeast-1",
        "Asia Pacific (Singapore)",
        "apse1",
        "abc",
        false,
    ),
    (
        "ap-southeast-2",
        "Asia Pacific (Sydney)",
        "apse2",
        "abc",
        false,
    ),
    (
        "ap-southeast-3",
        "Asia Pacific (Jakarta)",
        "apse3",
        "abc",
        true,
    ),
    (
        "ap-southeast-4",
        "Asia Pacific (Melbourne)",
        "apse4",
        "abc",
        true,
    ),
    (
        "ap-southeast-5",
        "Asia Pacific (Malaysia)",
        "apse5",
        "abc",
        true,
    ),
    (
        "ap-southeast-6",
        "Asia Pacific (New Zealand)",
        "apse6",
        "abc",
        true,
    ),
    (
        "ap-southeast-7",
        "Asia Pacific (Thailand)",
        "apse7",
        "abc",
        true,
    ),
    ("ca-central-1", "Canada (Central)", "cac1", "abd", false),
    ("ca-west-1", "Canada West (Calgary)", "caw1", "abc", true),
    ("eu-central-1", "Europe (Frankfurt)", "euc1", "abc", false),
    ("eu-central-2", "Europe (Zurich)", "euc2", "abc", true),
    ("eu-north-1", "Europe (Stockholm)", "eun1", "abc", false),
    ("eu-south-1", "Europe (Milan)", "eus1", "abc", true),
    ("eu-south-2", "Europe (Spain)", "eus2", "abc", true),
    ("eu-west-1", "Europe (Ireland)", "euw1", "abc", false),
    ("eu-west-2", "Europe (London)", "euw2", "abc", false),
    ("eu-west-3", "Europe (Paris)", "euw3", "abc", false),
    ("il-central-1", "Israel (Tel Aviv)", "ilc1", "abc", true),
    ("me-central-1", "Middle East (UAE)", "mec1", "abc", true),
    ("me-south-1", "Middle East (Bahrain)", "mes1", "abc", true),
    ("mx-central-1", "Mexico (Central)", "mxc1", "abc", true),
    (
        "sa-east-1",
        "South America (Sao Paulo)",
        "sae1",
        "abc",
        false,
    ),
    (
        "us-east-1",
        "US East (N. Virginia)",
        "use1",
        "abcdef",
        false,
    ),
    ("us-east-2", "US East (Ohio)", "use2", "abc", false),
    ("us-west-1", "US West (N. California)", "usw1", "ac", false),
    ("us-west-2", "US West (Oregon)", "usw2", "abcd", false),
];

static LISTED: Listing = Listing {
    member: "Regions",
    filters: &[
        ("endpoint", "Endpoint"),
        ("opt-in-status", "OptInStatus"),
        ("region-name", "RegionName"),
    ],
};

static ZONES: Listing = Listing {
    member: "AvailabilityZones",
    filters: &[
        ("group-name", "GroupName"),
        ("message", "Messages.Message"),
        ("opt-in-status", "OptInStatus"),
        ("parent-zone-id", "ParentZoneId"),
        ("parent-zone-name", "ParentZoneName"),
        ("region-name", "RegionName"),
        ("state", "State"),
        ("zone-id", "ZoneId"),
        ("zone-type", "ZoneType"),
        ("zone-name", "ZoneName"),
    ],
};

fn region(name: &str) -> Option<&'static Region> {
    REGIONS.iter().find(|own| own.0 == name)
}

/// The names of a Region's zones; of one that is not known, there are three.
pub(super) fn zones(name: &str) -> Vec<String> {
    let letters = region(name).map_or("abc", |own| own.3);
    letters
        .chars()
        .map(|letter| format!("{name}{letter}"))
        .collect()
}

/// The id of a zone: `euw1-az1`.
pub(super) fn zone_id(zone: &str) -> String {
    let Some(letter) = zone.chars().last() else {
        return String::new();
    };
    let name = &zone[..zone.len() - letter.len_utf8()];
    let known = region(name);
    let letters = known.map_or("abc", |own| own.3);
    let number = letters.find(letter).unwrap_or_default() + 1;
    let code = known.map_or_else(|| name.replace('-', ""), |own| own.2.to_owned());
    format!("{code}-az{number}")
}

/// The zone of a Region with an id.
pub(super) fn zone_of_id(region: &str, id: &str) -> Option<String> {
    zones(region).into_iter().find(|zone| zone_id(zone) == id)
}

/// `DescribeRegions`.
pub(super) fn describe(call: &Call<'_>) -> Outcome {
    let names = call.parameters.texts("RegionNames");
    let unknown: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|name| region(name).is_none())
        .collect();
    if !unknown.is_empty() {
        return invalid(format!(
            "Invalid region names provided: {}",
            unknown.join(", ")
        ));
    }
    let all = call.parameters.flag("AllRegions") == Some(true) || !names.is_empty();
    let items = REGIONS.iter().filter(|own| {
        (all || !own.4) && (names.is_empty() || names.iter().any(|name| name == own.0))
    });
    let items = items.map(|(name, _, _, _, is_asked)| {
        let shown = fields! {
            "OptInStatus": if *is_asked { "not-opted-in" } else { "opt-in-not-required" },
            "RegionName": *name,
            "Endpoint": format!("ec2.{name}.amazonaws.com"),
        };
        ((*name).to_owned(), shown)
    });
    filter::list(call, &LISTED, items.collect())
}

/// `DescribeAvailabilityZones`.
pub(super) fn describe_zones(call: &Call<'_>) -> Outcome {
    let (names, ids) = (
        call.parameters.texts("ZoneNames"),
        call.parameters.texts("ZoneIds"),
    );
    let zones = zones(call.region);
    for name in &names {
        if !zones.contains(name) {
            return invalid(format!("Invalid availability zone: [{name}]"));
        }
    }
    for id in &ids {
        if zone_of_id(call.region, id).is_none() {
            return invalid(format!("Invalid availability zone-id: [{id}]"));
        }
    }
    let is_meant = |zone: &String| {
        (names.is_empty() || names.contains(zone))
            && (ids.is_empty() || ids.contains(&zone_id(zone)))
    };
    let zones = zones.into_iter().filter(is_meant);
    filter::list(
        call,
        &ZONES,
        zones.map(|zone| shown(call.region, zone)).collect(),
    )
}

fn shown(name: &str, zone: String) -> Item {
    let long = region(name).map_or(name, |own| own.1);
    let shown: Map = fields! {
        "OptInStatus": "opt-in-not-required",
        "Messages": Vec::<Map>::new(),
        "RegionName": name,
        "ZoneName": &*zone,
        "ZoneId": zone_id(&zone),
        "GroupName": format!("{name}-zg-1"),
        "NetworkBorderGroup": name,
        "ZoneType": "availability-zone",
        "GroupLongName": format!("{long} 1"),
        "State": "available",
    };
    (zone, shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_have_ids() {
        assert_eq!(zone_id("ap-northeast-1c"), "apne1-az2");
        assert_eq!(zone_id("xx-new-1b"), "xxnew1-az2");
        assert_eq!(
            zone_of_id("eu-west-1", "euw1-az3").as_deref(),
            Some("eu-west-1c")
        );
        assert_eq!(zone_of_id("eu-west-1", "euw2-az3"), None);
        assert_eq!(zones("us-east-1").len(), 6);
        assert_eq!(zone_id(""), "");
    }
}
