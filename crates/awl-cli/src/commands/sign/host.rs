//! Which service and Region a host of AWS is of, by its name. The names are
//! those of the models: partitions' suffixes and Regions, services' endpoint
//! prefixes, and their endpoint rules where a host names no Region.

use std::borrow::Cow;

use awl_endpoint::Partition;
use awl_model::{Service, Store};
use awl_value::{Map, Value};

/// What a host's name tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Guess {
    /// The service's name in a signature.
    pub service: Option<String>,
    /// The Region in a signature.
    pub region: Option<String>,
    /// Whether only version 4a will do.
    pub asymmetric: bool,
}

/// The suffix of hosts that functions, clusters and lattices have.
const ON_AWS: &str = "on.aws";

/// Names in hosts that no model has, and the services that they are of.
static NAMES: &[(&str, &str)] = &[
    ("aos", "es"),
    ("appsync-api", "appsync"),
    ("appsync-realtime-api", "appsync"),
    ("aps-workspaces", "aps"),
    ("cloudsearch", "cloudsearch"),
    ("ddb", "dynamodb"),
    ("dkr.ecr", "ecr"),
    ("entitlement-marketplace", "aws-marketplace"),
    ("es", "es"),
    ("lambda-url", "lambda"),
    ("maps.geo", "geo-maps"),
    ("neptune", "neptune-db"),
    ("places.geo", "geo-places"),
    ("queue", "sqs"),
    ("routes.geo", "geo-routes"),
    ("s3-accelerate", "s3"),
    ("s3-accesspoint", "s3"),
    ("s3-object-lambda", "s3-object-lambda"),
    ("s3-outposts", "s3-outposts"),
    ("s3express-control", "s3express"),
    ("vpc-lattice-svcs", "vpc-lattice-svcs"),
];

/// Says what a host without its port tells.
pub(crate) fn guess(store: Store, host: &str) -> Guess {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let partitions: Vec<Partition> = Partition::all(store.partitions()).collect();
    let Some(suffix) = suffix_of(&host, &partitions) else {
        return Guess::default();
    };
    let name = &host[..host.len() - suffix.len()];
    let labels: Vec<&str> = name
        .split('.')
        .filter(|label| !matches!(*label, "" | "vpce" | "dualstack"))
        .collect();
    let is_region = |label: &str| partitions.iter().any(|partition| partition.matches(label));
    if let Some(at) = labels.iter().rposition(|label| is_region(label)) {
        return Guess {
            service: service_of(store, &labels[at + 1..])
                .or_else(|| service_of(store, &labels[..at])),
            region: Some(labels[at].to_owned()),
            asymmetric: false,
        };
    }
    // An old form: s3-us-west-2.
    let dashed = labels.last().and_then(|label| label.strip_prefix("s3-"));
    if let Some(region) = dashed.filter(|region| is_region(region)) {
        return Guess {
            service: Some("s3".to_owned()),
            region: Some(region.to_owned()),
            asymmetric: false,
        };
    }
    if labels.ends_with(&["accesspoint", "s3-global"]) {
        return Guess {
            service: Some("s3".to_owned()),
            region: Some("*".to_owned()),
            asymmetric: true,
        };
    }
    without_region(store, &host, suffix, &labels, &partitions)
}

/// The longest suffix of hosts that a host has.
fn suffix_of(host: &str, partitions: &[Partition]) -> Option<&'static str> {
    let has = |suffix: &str| {
        host.strip_suffix(suffix)
            .is_some_and(|name| name.ends_with('.') && name.len() > 1)
    };
    partitions
        .iter()
        .flat_map(|partition| [partition.dns_suffix(), partition.dual_stack_dns_suffix()])
        .chain([ON_AWS])
        .filter(|suffix| !suffix.is_empty() && has(suffix))
        .max_by_key(|suffix| suffix.len())
}

/// The signing name of the service whose name the labels end in.
fn service_of(store: Store, labels: &[&str]) -> Option<String> {
    let labels: Vec<&str> = labels
        .iter()
        .map(|label| without_fips(label))
        .filter(|label| !label.is_empty())
        .collect();
    // A zone is part of the name: s3express-use1-az4.
    if labels
        .last()
        .is_some_and(|label| label.starts_with("s3express"))
    {
        return Some("s3express".to_owned());
    }
    (0..labels.len()).find_map(|from| {
        let name = labels[from..].join(".");
        // Things have hosts of their own below that of the service.
        if from > 0 && name == "iot" {
            return Some("iotdata".to_owned());
        }
        let listed = NAMES.iter().find(|(known, _)| *known == name);
        if let Some((_, service)) = listed {
            return Some((*service).to_owned());
        }
        let of_model = |service: &Service| service.endpoint_prefix() == name;
        let service = store.services().find(of_model);
        service.map(|service| service.signing_name().to_owned())
    })
}

/// `ec2-fips` and `fips-ec2` are `ec2`.
fn without_fips(label: &str) -> &str {
    if label == "fips" {
        return "";
    }
    label
        .strip_suffix("-fips")
        .or_else(|| label.strip_prefix("fips-"))
        .unwrap_or(label)
}

/// A host that names no Region is a partition's: the rules of the service say
/// what signs for it.
fn without_region(
    store: Store,
    host: &str,
    suffix: &str,
    labels: &[&str],
    partitions: &[Partition],
) -> Guess {
    let of_host: Vec<Partition> = partitions
        .iter()
        .filter(|partition| {
            [partition.dns_suffix(), partition.dual_stack_dns_suffix()].contains(&suffix)
        })
        .copied()
        .collect();
    let is_named = |service: &Service| {
        let prefix = service.endpoint_prefix();
        let first = prefix.split('.').next().unwrap_or_default();
        labels.iter().any(|label| without_fips(label) == first)
    };
    for service in store.services().filter(is_named) {
        for partition in &of_host {
            if let Some(guess) = global(store, service, *partition, host) {
                return guess;
            }
        }
    }
    let service = service_of(store, labels);
    // Where an accelerated bucket is, its host does not tell.
    let is_accelerated = labels.contains(&"s3-accelerate");
    let region = of_host
        .first()
        .filter(|_| service.is_some() && !is_accelerated)
        .map(|partition| partition.implicit_global_region().to_owned());
    Guess {
        service,
        region,
        asymmetric: false,
    }
}

/// What signs for the endpoint of a whole partition, if that is the host.
fn global(store: Store, service: Service, partition: Partition, host: &str) -> Option<Guess> {
    let rules = service.endpoint_rules();
    let pseudo = format!("{}-global", partition.name());
    for (fips, dual_stack) in [(false, false), (true, false), (false, true), (true, true)] {
        let mut parameters = Map::with_capacity(3);
        parameters.push("Region", Value::from(&*pseudo));
        parameters.push("UseFIPS", Value::Bool(fips));
        parameters.push("UseDualStack", Value::Bool(dual_stack));
        let Ok(endpoint) = awl_endpoint::resolve(rules, store.partitions(), &parameters) else {
            continue;
        };
        if endpoint.url.strip_prefix("https://") == Some(host) {
            let scheme = endpoint.auth_schemes.into_iter().next().unwrap_or_default();
            let or = |name: Option<Cow<'static, str>>, other: &'static str| {
                Some(name.unwrap_or(Cow::Borrowed(other)).into_owned())
            };
            return Some(Guess {
                service: or(scheme.signing_name, service.signing_name()),
                region: or(scheme.signing_region, partition.implicit_global_region()),
                asymmetric: false,
            });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_tell_service_and_region() {
        for (host, service, region) in [
            ("sqs.eu-west-1.amazonaws.com", "sqs", "eu-west-1"),
            ("SQS.EU-WEST-1.amazonaws.com.", "sqs", "eu-west-1"),
            ("ec2-fips.us-east-1.amazonaws.com", "ec2", "us-east-1"),
            ("fips-x.us-east-1.amazonaws.com", "", "us-east-1"),
            ("ec2.us-east-1.api.aws", "ec2", "us-east-1"),
            (
                "monitoring.eu-central-1.amazonaws.com",
                "monitoring",
                "eu-central-1",
            ),
            ("email.eu-central-1.amazonaws.com", "ses", "eu-central-1"),
            (
                "bedrock-runtime.us-west-2.amazonaws.com",
                "bedrock",
                "us-west-2",
            ),
            ("api.ecr.us-west-2.amazonaws.com", "ecr", "us-west-2"),
            ("1.dkr.ecr.us-west-2.amazonaws.com", "ecr", "us-west-2"),
            (
                "streams.dynamodb.us-west-2.amazonaws.com",
                "dynamodb",
                "us-west-2",
            ),
            ("1.ddb.us-west-2.amazonaws.com", "dynamodb", "us-west-2"),
            ("iam.amazonaws.com", "iam", "us-east-1"),
            ("iam.us-gov.amazonaws.com", "iam", "us-gov-west-1"),
            ("iam.cn-north-1.amazonaws.com.cn", "iam", "cn-north-1"),
            ("sts.amazonaws.com", "sts", "us-east-1"),
            ("cloudfront.amazonaws.com", "cloudfront", "us-east-1"),
            ("route53.amazonaws.com", "route53", "us-east-1"),
            ("route53.amazonaws.com.cn", "route53", "cn-northwest-1"),
            ("global.health.amazonaws.com", "health", "us-east-1"),
            ("queue.amazonaws.com", "sqs", "us-east-1"),
            ("eu-west-1.queue.amazonaws.com", "sqs", "eu-west-1"),
            ("s3.amazonaws.com", "s3", "us-east-1"),
            ("my.bucket.s3.amazonaws.com", "s3", "us-east-1"),
            ("s3.eu-west-1.amazonaws.com", "s3", "eu-west-1"),
            ("s3-us-west-2.amazonaws.com", "s3", "us-west-2"),
            ("b.s3-us-west-2.amazonaws.com", "s3", "us-west-2"),
            ("b.s3.eu-west-1.amazonaws.com", "s3", "eu-west-1"),
            (
                "b.s3-fips.dualstack.us-east-2.amazonaws.com",
                "s3",
                "us-east-2",
            ),
            ("b.s3.dualstack.us-east-2.amazonaws.com", "s3", "us-east-2"),
            ("b.s3.cn-north-1.amazonaws.com.cn", "s3", "cn-north-1"),
            ("b.s3-accelerate.amazonaws.com", "s3", ""),
            ("1.s3-control.us-east-2.amazonaws.com", "s3", "us-east-2"),
            (
                "ap-1.s3-accesspoint.us-east-2.amazonaws.com",
                "s3",
                "us-east-2",
            ),
            (
                "o.s3-object-lambda.us-east-2.amazonaws.com",
                "s3-object-lambda",
                "us-east-2",
            ),
            (
                "a.op-1.s3-outposts.us-east-2.amazonaws.com",
                "s3-outposts",
                "us-east-2",
            ),
            (
                "b--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com",
                "s3express",
                "us-east-1",
            ),
            (
                "s3express-control.us-east-1.amazonaws.com",
                "s3express",
                "us-east-1",
            ),
            (
                "bucket.vpce-1-2.s3.us-east-1.vpce.amazonaws.com",
                "s3",
                "us-east-1",
            ),
            (
                "vpce-1-2.sqs.us-east-1.vpce.amazonaws.com",
                "sqs",
                "us-east-1",
            ),
            (
                "abc.execute-api.eu-west-1.amazonaws.com",
                "execute-api",
                "eu-west-1",
            ),
            ("abc.lambda-url.eu-west-1.on.aws", "lambda", "eu-west-1"),
            ("search-d-x.eu-west-1.es.amazonaws.com", "es", "eu-west-1"),
            ("x.eu-west-1.aoss.amazonaws.com", "aoss", "eu-west-1"),
            (
                "x.appsync-api.eu-west-1.amazonaws.com",
                "appsync",
                "eu-west-1",
            ),
            ("a1-ats.iot.eu-west-1.amazonaws.com", "iotdata", "eu-west-1"),
            (
                "data-ats.iot.eu-west-1.amazonaws.com",
                "iotdata",
                "eu-west-1",
            ),
            ("iot.eu-west-1.amazonaws.com", "iot", "eu-west-1"),
            ("ec2.us-iso-east-1.c2s.ic.gov", "ec2", "us-iso-east-1"),
            ("s3.us-isob-east-1.sc2s.sgov.gov", "s3", "us-isob-east-1"),
            (
                "c.cluster-x.eu-west-1.neptune.amazonaws.com",
                "neptune-db",
                "eu-west-1",
            ),
            ("example.amazonaws.com", "", ""),
            ("example.com", "", ""),
            ("amazonaws.com", "", ""),
            ("xamazonaws.com", "", ""),
            ("localhost", "", ""),
            ("[::1]", "", ""),
            ("", "", ""),
        ] {
            let guess = guess(awl_catalog::store(), host);
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            assert_eq!(
                (text(&guess.service).as_str(), text(&guess.region).as_str()),
                (service, region),
                "{host}"
            );
        }
    }

    #[test]
    fn a_point_of_many_regions_needs_version_4a() {
        let guess = guess(
            awl_catalog::store(),
            "m.accesspoint.s3-global.amazonaws.com",
        );
        assert_eq!(guess.region.as_deref(), Some("*"));
        assert!(guess.asymmetric);
    }

    /// Endpoints that their hosts do not tell, or not rightly.
    const NOT_TOLD: &[(&str, &str)] = &[
        (
            "signin",
            "its hosts have no partition's suffix, and its calls are not signed",
        ),
        (
            "importexport",
            "in Regions it has no endpoint but by its rules",
        ),
    ];

    /// Every endpoint of every service is told by its host.
    #[test]
    fn the_models_endpoints_are_told() {
        let store = awl_catalog::store();
        let mut failures = Vec::new();
        let mut told = 0;
        for service in store.services() {
            if NOT_TOLD.iter().any(|(name, _)| *name == service.name()) {
                continue;
            }
            for region in ["eu-west-1", "us-gov-west-1", "cn-north-1"] {
                for fips in [false, true] {
                    let mut parameters = Map::new();
                    parameters.push("Region", Value::from(region));
                    parameters.push("UseFIPS", Value::Bool(fips));
                    let rules = service.endpoint_rules();
                    let Ok(endpoint) =
                        awl_endpoint::resolve(rules, store.partitions(), &parameters)
                    else {
                        continue;
                    };
                    let host = endpoint.url.strip_prefix("https://").unwrap_or_default();
                    let scheme = endpoint.auth_schemes.first();
                    let name = scheme
                        .and_then(|scheme| scheme.signing_name.as_deref())
                        .unwrap_or(service.signing_name());
                    let signing_region = scheme.and_then(|scheme| scheme.signing_region.as_deref());
                    let guess = guess(store, host);
                    told += 1;
                    // GovCloud has these hosts of the first partition, too.
                    let is_shared = region == "us-gov-west-1" && !host.contains("gov");
                    let signing_region = signing_region.filter(|_| !is_shared);
                    if guess.service.as_deref() != Some(name)
                        || signing_region
                            .is_some_and(|region| guess.region.as_deref() != Some(region))
                    {
                        failures.push(format!("{host}: {guess:?}, not {name} {signing_region:?}"));
                    }
                }
            }
        }
        assert!(
            failures.is_empty(),
            "{} of {told}\n{}",
            failures.len(),
            failures.join("\n")
        );
    }
}
