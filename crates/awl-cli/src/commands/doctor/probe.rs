//! What the network says: the time at AWS, and whether the machine has a role.
//! Nobody signs anything here, and what does not answer at once is not there.

use std::time::Duration;

use awl_sdk::config::{Config, settings};
use awl_sdk::imds::Imds;
use awl_sdk::transport::{HttpRequest, ProxyConfig, Transport, TransportConfig};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// What was asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Probe {
    /// How many seconds this clock is ahead of the one that was asked, and
    /// whose that is.
    pub ahead: Option<(i64, String)>,
    /// The role of the EC2 instance.
    pub instance_role: Option<String>,
}

/// Asks for both at once.
pub(super) async fn ask(config: &Config, wants_time: bool, wants_role: bool) -> Probe {
    let (ahead, instance_role) = tokio::join!(
        async {
            if !wants_time {
                return None;
            }
            tokio::time::timeout(PATIENCE, ahead(config)).await.ok()?
        },
        async {
            if !wants_role {
                return None;
            }
            let imds = Imds::new(config).ok()?;
            let role = tokio::time::timeout(PATIENCE, imds.role())
                .await
                .ok()?
                .ok()?;
            (!role.is_empty()).then_some(role)
        },
    );
    Probe {
        ahead,
        instance_role,
    }
}

/// How far this clock is ahead of that of STS, by the date of any answer.
async fn ahead(config: &Config) -> Option<(i64, String)> {
    let url = config.endpoint_url("STS").or_else(|| sts(config))?;
    let answer = Transport::new(transport(config))
        .send(&HttpRequest::new("GET", url.clone()))
        .await
        .ok()?;
    let date = jiff::fmt::rfc2822::parse(answer.header("date")?).ok()?;
    let now = i64::try_from(config.host().epoch().as_secs()).ok()?;
    Some((now - date.timestamp().as_second(), url))
}

/// STS's endpoint in the Region that is used.
fn sts(config: &Config) -> Option<String> {
    let partitions = awl_catalog::store().partitions();
    let region = config.region().value;
    let known = awl_endpoint::Partition::find(partitions, &region);
    let (region, partition) = match known {
        Some(partition) => (&*region, partition),
        None => (
            "us-east-1",
            awl_endpoint::Partition::for_region(partitions, "us-east-1")?,
        ),
    };
    Some(format!("https://sts.{region}.{}/", partition.dns_suffix()))
}

fn transport(config: &Config) -> TransportConfig {
    let host = config.host();
    let variable = |name: &str| {
        host.variable(&name.to_lowercase())
            .or_else(|| host.variable(name))
            .filter(|value| !value.is_empty())
    };
    TransportConfig {
        ca_bundle: config
            .text(&settings::CA_BUNDLE)
            .filter(|path| !path.trim().is_empty())
            .map(|path| host.expand(&path)),
        verify: !config.overrides().no_verify_ssl,
        connect_timeout: Some(PATIENCE),
        read_timeout: Some(PATIENCE),
        proxies: ProxyConfig {
            http: variable("HTTP_PROXY"),
            https: variable("HTTPS_PROXY"),
            no_proxy: variable("NO_PROXY"),
        },
        ..TransportConfig::default()
    }
}
