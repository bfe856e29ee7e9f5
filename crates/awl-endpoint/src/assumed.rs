//! Endpoints of services without a rule set, such as a user's own: the host is
//! made of the service's prefix and the Region, as most of AWS's are.

use awl_model::{Node, Service};

use crate::{Builtins, Endpoint, Partition};

/// The endpoint of a service without rules; None where there is no Region or
/// no partition.
// Parity: botocore/regions.py, EndpointResolver, for a service that its
// endpoints.json does not know.
pub(crate) fn endpoint(
    service: Service,
    partitions: Node,
    builtins: &Builtins,
) -> Option<Endpoint> {
    if let Some(url) = &builtins.endpoint {
        return Some(with_url(url.clone()));
    }
    let region = builtins.region.as_deref()?;
    let partition = Partition::for_region(partitions, region)?;
    let fips = match builtins.use_fips {
        Some(true) => "-fips",
        _ => "",
    };
    let suffix = match builtins.use_dualstack {
        Some(true) => partition.dual_stack_dns_suffix(),
        _ => partition.dns_suffix(),
    };
    let prefix = service.endpoint_prefix();
    Some(with_url(format!(
        "https://{prefix}{fips}.{region}.{suffix}"
    )))
}

fn with_url(url: String) -> Endpoint {
    Endpoint {
        url,
        ..Endpoint::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_made_of_prefix_and_region() {
        let store = awl_test::compile(
            r#"{"metadata": {"protocol": "json", "endpointPrefix": "own"}, "operations": {}, "shapes": {}}"#,
        );
        let service = store.service("test").unwrap();
        let partitions = awl_catalog::store().partitions();
        let check = |region: &str, use_fips, use_dualstack, expected: &str| {
            let builtins = Builtins {
                region: Some(region.to_owned()),
                use_fips: Some(use_fips),
                use_dualstack: Some(use_dualstack),
                ..Builtins::default()
            };
            let found = endpoint(service, partitions, &builtins).unwrap();
            assert_eq!(found.url, format!("https://{expected}"));
        };
        check("eu-west-1", false, false, "own.eu-west-1.amazonaws.com");
        check("eu-west-1", true, false, "own-fips.eu-west-1.amazonaws.com");
        check("eu-west-1", false, true, "own.eu-west-1.api.aws");
        check("eu-west-1", true, true, "own-fips.eu-west-1.api.aws");
        check(
            "cn-north-1",
            false,
            false,
            "own.cn-north-1.amazonaws.com.cn",
        );
        check("mars-1", false, false, "own.mars-1.amazonaws.com");

        let mut builtins = Builtins::default();
        assert_eq!(endpoint(service, partitions, &builtins), None);
        builtins.endpoint = Some("http://localhost:1".to_owned());
        let found = endpoint(service, partitions, &builtins).unwrap();
        assert_eq!(found.url, "http://localhost:1");
    }
}
