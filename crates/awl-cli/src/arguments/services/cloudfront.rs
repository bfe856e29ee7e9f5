//! `cloudfront`: distributions and invalidations from a few plain words.
// Parity: awscli/customizations/cloudfront.py.

use awl_sdk::env::Host;
use awl_value::{Map, Value};

use crate::arguments::added::{Added, Customization, Fetch, Setting, Takes, map, map_at, text};
use crate::error::CommandError;

/// Where the word of `update-distribution --default-root-object` waits for the
/// distribution's configuration.
const WAITING: &str = "DefaultRootObject";

pub(super) const CUSTOMIZATIONS: &[Customization] = &[
    Customization {
        table: |table| {
            table.require("invalidation-batch", false);
            table.add(&PATHS);
        },
        check: |given| given.exclude(&[&["invalidation_batch"], &["paths"]]),
        ..Customization::of("create-invalidation")
    },
    Customization {
        table: |table| {
            table.require("distribution-config", false);
            table.add(&ORIGIN_DOMAIN_NAME);
            table.add(&CREATE_ROOT_OBJECT);
        },
        check: |given| {
            given.exclude(&[
                &["default_root_object", "origin_domain_name"],
                &["distribution_config"],
            ])
        },
        ..Customization::of("create-distribution")
    },
    Customization {
        table: |table| {
            table.require("distribution-config", false);
            table.add(&UPDATE_ROOT_OBJECT);
        },
        check: |given| given.exclude(&[&["default_root_object"], &["distribution_config"]]),
        fetch: Some(Fetch {
            operation: "GetDistributionConfig",
            parameters: |parameters| {
                parameters.contains_key(WAITING).then(|| {
                    let id = parameters.get("Id").cloned();
                    let mut wanted = Map::new();
                    wanted.push("Id", id.unwrap_or_default());
                    wanted
                })
            },
            merge: |parameters, mut answer| {
                let object = parameters.remove(WAITING).unwrap_or_default();
                let mut config = answer.remove("DistributionConfig").unwrap_or_default();
                if let Some(config) = config.as_map_mut() {
                    config.insert("DefaultRootObject", object);
                }
                let tag = answer.remove("ETag").unwrap_or_default();
                parameters.insert("IfMatch", tag);
                parameters.insert("DistributionConfig", config);
            },
        }),
        ..Customization::of("update-distribution")
    },
];

static PATHS: Added = Added::new("paths", "InvalidationBatch", |added, setting, value| {
    let count = match &value {
        Value::List(paths) => paths.len(),
        other => text(other).chars().count(),
    };
    let batch = map([
        (
            "CallerReference",
            Value::from(unique_text("cli", setting.host)),
        ),
        (
            "Paths",
            map([
                (
                    "Quantity",
                    Value::Int(i64::try_from(count).unwrap_or_default()),
                ),
                ("Items", value),
            ]),
        ),
    ]);
    setting.parameters.insert(added.key, batch);
    Ok(())
})
.taking(Takes::Words);

static ORIGIN_DOMAIN_NAME: Added =
    Added::new("origin-domain-name", "Origins", |added, setting, value| {
        let domain = text(&value);
        let id = Value::from(unique_text(&domain, setting.host));
        // S3 buckets of GovCloud count as origins of one's own.
        let (kind, origin) = if domain.ends_with(".s3.amazonaws.com") {
            (
                "S3OriginConfig",
                map([("OriginAccessIdentity", Value::from(""))]),
            )
        } else {
            (
                "CustomOriginConfig",
                map([
                    ("HTTPPort", Value::Int(80)),
                    ("HTTPSPort", Value::Int(443)),
                    ("OriginProtocolPolicy", Value::from("http-only")),
                ]),
            )
        };
        let item = map([
            ("Id", id.clone()),
            ("DomainName", value),
            ("OriginPath", Value::from("")),
            (kind, origin),
        ]);
        let config = distribution_config(setting);
        config.insert(
            added.key,
            map([
                ("Quantity", Value::Int(1)),
                ("Items", Value::List(vec![item])),
            ]),
        );
        map_at(config, "DefaultCacheBehavior").insert("TargetOriginId", id);
        Ok(())
    });

static CREATE_ROOT_OBJECT: Added = Added::new("default-root-object", "DefaultRootObject", set_root);

fn set_root(added: &Added, setting: &mut Setting<'_>, value: Value) -> Result<(), CommandError> {
    distribution_config(setting).insert(added.key, value);
    Ok(())
}

static UPDATE_ROOT_OBJECT: Added =
    Added::new("default-root-object", WAITING, |added, setting, value| {
        setting.parameters.insert(added.key, value);
        Ok(())
    });

/// The configuration of the distribution to make, which has a beginning
/// without one.
fn distribution_config<'a>(setting: &'a mut Setting<'_>) -> &'a mut Map {
    const NAME: &str = "DistributionConfig";
    if !setting.parameters.contains_key(NAME) {
        let behaviour = map([
            ("TargetOriginId", Value::from("placeholder")),
            (
                "ForwardedValues",
                map([
                    ("QueryString", Value::Bool(false)),
                    ("Cookies", map([("Forward", Value::from("none"))])),
                ]),
            ),
            (
                "TrustedSigners",
                map([("Enabled", Value::Bool(false)), ("Quantity", Value::Int(0))]),
            ),
            ("ViewerProtocolPolicy", Value::from("allow-all")),
            ("MinTTL", Value::Int(0)),
        ]);
        let config = map([
            (
                "CallerReference",
                Value::from(unique_text("cli", setting.host)),
            ),
            (
                "Origins",
                map([
                    ("Quantity", Value::Int(0)),
                    ("Items", Value::List(Vec::new())),
                ]),
            ),
            ("DefaultCacheBehavior", behaviour),
            ("Enabled", Value::Bool(true)),
            ("Comment", Value::from("")),
        ]);
        setting.parameters.push(NAME, config);
    }
    map_at(setting.parameters, NAME)
}

/// A text that no other call has: the time and a number by chance.
fn unique_text(prefix: &str, host: &dyn Host) -> String {
    let number = (host.random() * 1_000_000.0) as u32 + 1;
    format!("{prefix}-{}-{number}", host.epoch().as_secs())
}
