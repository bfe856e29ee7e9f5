//! Where a start URL leads: a company may have one of its own, which redirects
//! to AWS.
// Parity: awscli/customizations/sso/resolve.py.

use std::time::Duration;

use awl_sdk::client::transport;
use awl_sdk::config::Config;
use awl_sdk::transport::HttpRequest;

use crate::error::CommandError;

/// How long a company's server may take.
const PATIENCE: Duration = Duration::from_secs(10);

static AWS_SUFFIXES: &[&str] = &[
    ".app.aws",
    ".portal.amazonaws.com",
    ".portal.amazonaws.com.cn",
    ".app.amazonwebservices.com.cn",
    ".portal.amazonaws.eu",
    ".api.amazonwebservices.eu",
    ".awsapps.com",
    ".awsapps.cn",
];

static AWS_HOSTS: &[&str] = &[
    "identitycenter.amazonaws.com",
    "identitycenter.amazonaws.com.cn",
    "identitycenter.amazonaws.eu",
    "identitycenter.us-gov.amazonaws.com",
];

/// Hosts that have their Region as a label: what stands behind the instance's
/// own label before it, and what behind it.
static REGIONAL: &[(&str, &str)] = &[
    ("portal.", ".app.aws"),
    ("", ".portal.amazonaws.com"),
    ("", ".portal.amazonaws.com.cn"),
    ("portal.", ".app.amazonwebservices.com.cn"),
    ("", ".portal.amazonaws.eu"),
    ("portal.", ".api.amazonwebservices.eu"),
];

/// Where a start URL leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Resolved {
    pub url: String,
    pub region: String,
}

/// Finds out where a start URL leads.
pub(super) async fn resolve(
    config: &Config,
    start_url: &str,
    configured_region: Option<&str>,
) -> Result<Resolved, CommandError> {
    let parsed = Url::parse(start_url);
    if parsed.scheme != "https" {
        return Err(wrong("The sso_start_url must use the https scheme."));
    }
    if parsed.host.is_empty() {
        return Err(wrong(format!("Invalid sso_start_url: '{start_url}'")));
    }
    if is_of_aws(&parsed.host) {
        let region = configured_region.ok_or_else(|| {
            wrong(
                "Missing required configuration: sso_region. Please run 'aws configure sso' to \
                 set it.",
            )
        })?;
        return Ok(Resolved {
            url: start_url.to_owned(),
            region: region.to_owned(),
        });
    }
    let url = Url::parse(&follow(config, start_url).await?).normalized();
    let resolved = Url::parse(&url);
    if !is_of_aws(&resolved.host) {
        return Err(wrong(format!(
            "Could not resolve start URL '{start_url}' to an AWS-owned endpoint. Final URL: \
             '{url}'"
        )));
    }
    if resolved.scheme != "https" {
        return Err(wrong(format!("Resolved URL must use https. Got: '{url}'")));
    }
    let region = region_of(&resolved.host).or_else(|| configured_region.map(str::to_owned));
    let region = region.ok_or_else(|| {
        wrong(format!(
            "Cannot determine region from start URL '{start_url}'. Please provide sso_region in \
             your configuration."
        ))
    })?;
    Ok(Resolved { url, region })
}

/// Whether a start URL is a company's own, so that it must be followed.
pub(super) fn is_vanity(start_url: &str) -> bool {
    let host = Url::parse(start_url).host;
    !host.is_empty() && !is_of_aws(&host)
}

/// Asks for a URL; where that leads.
async fn follow(config: &Config, url: &str) -> Result<String, CommandError> {
    let transport = transport(config)?;
    for method in ["HEAD", "GET"] {
        let request = HttpRequest::new(method, url);
        let patience = config.overrides().connect_timeout.unwrap_or(PATIENCE);
        let response = match tokio::time::timeout(patience, transport.send(&request)).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(wrong(format!("Failed to resolve start URL: {error}"))),
            Err(_) => return Err(wrong("Failed to resolve start URL: timed out")),
        };
        match response.status {
            405 | 501 if method == "HEAD" => {}
            301 | 302 | 303 | 307 | 308 => {
                let location = response.header("location");
                let location = location.filter(|location| !location.is_empty());
                return location
                    .map(|location| join(url, location))
                    .ok_or_else(|| wrong("Redirect response missing Location header."));
            }
            status if status >= 300 => {
                return Err(wrong(format!("Failed to resolve start URL: HTTP {status}")));
            }
            _ => return Ok(url.to_owned()),
        }
    }
    Ok(url.to_owned())
}

fn wrong(message: impl Into<String>) -> CommandError {
    CommandError::configuration(message)
}

fn is_of_aws(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    AWS_HOSTS.contains(&host)
        || AWS_SUFFIXES
            .iter()
            .any(|suffix| host.ends_with(suffix) || host == &suffix[1..])
}

fn region_of(host: &str) -> Option<String> {
    let (_, rest) = host.trim_end_matches('.').split_once('.')?;
    REGIONAL.iter().find_map(|(before, behind)| {
        let region = rest.strip_prefix(before)?.strip_suffix(behind)?;
        let is_label = !region.is_empty()
            && region
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        is_label.then(|| region.to_owned())
    })
}

/// What of a URL matters here; the host in small letters.
#[derive(Debug)]
struct Url {
    scheme: String,
    host: String,
    port: Option<u16>,
    path: String,
}

impl Url {
    // Parity: Python's urlparse, which takes anything.
    fn parse(url: &str) -> Self {
        let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = if scheme.is_empty() {
            ("", rest)
        } else {
            rest.split_at(end)
        };
        let authority = authority.rsplit('@').next().unwrap_or_default();
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()),
            _ => (authority, None),
        };
        let path = path.split(['?', '#']).next().unwrap_or_default();
        Self {
            scheme: scheme.to_lowercase(),
            host: host.to_lowercase(),
            port,
            path: path.to_owned(),
        }
    }

    fn normalized(&self) -> String {
        let usual = if self.scheme == "http" { 80 } else { 443 };
        let port = self.port.filter(|port| *port != usual);
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let path = self.path.trim_end_matches('/');
        format!("{}://{}{port}{path}", self.scheme, self.host)
    }
}

/// A location that a URL redirects to.
fn join(base: &str, location: &str) -> String {
    if location.contains("://") {
        return location.to_owned();
    }
    let authority_at = base.find("://").map_or(0, |at| at + 3);
    if location.starts_with("//") {
        return format!("{}{location}", &base[..authority_at - 2]);
    }
    let end = base[authority_at..]
        .find(['/', '?', '#'])
        .map_or(base.len(), |at| authority_at + at);
    if location.starts_with('/') {
        return format!("{}{location}", &base[..end]);
    }
    let path = base[end..].split(['?', '#']).next().unwrap_or_default();
    let folder = path.rfind('/').map_or("/", |at| &path[..=at]);
    format!("{}{folder}{location}", &base[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_aws_are_told_from_others() {
        for (url, expected) in [
            ("https://d-1.awsapps.com/start", false),
            ("https://AWSAPPS.com/start", false),
            ("https://ssoins-1.portal.eu-west-1.app.aws", false),
            ("https://identitycenter.amazonaws.com/ssoins-1", false),
            ("https://sso.example.com/", true),
            ("https://awsapps.com.example.com/", true),
            ("https://evilawsapps.com/", true),
            ("not a url", false),
        ] {
            assert_eq!(is_vanity(url), expected, "{url}");
        }
    }

    #[test]
    fn regions_are_labels_of_the_host() {
        for (host, expected) in [
            ("ssoins-1.portal.eu-west-1.app.aws", Some("eu-west-1")),
            ("ssoins-1.us-east-2.portal.amazonaws.com", Some("us-east-2")),
            (
                "x.portal.cn-north-1.app.amazonwebservices.com.cn",
                Some("cn-north-1"),
            ),
            ("d-1.awsapps.com", None),
            ("a.b.portal.eu-west-1.app.aws", None),
            ("portal.amazonaws.com", None),
        ] {
            assert_eq!(region_of(host).as_deref(), expected, "{host}");
        }
    }

    #[test]
    fn urls_are_normalized_and_joined() {
        for (url, expected) in [
            ("https://A.b:443/c/?d#e", "https://a.b/c"),
            ("http://a:8080", "http://a:8080"),
            ("https://u@a/", "https://a"),
        ] {
            assert_eq!(Url::parse(url).normalized(), expected);
        }
        for (location, expected) in [
            ("https://x/y", "https://x/y"),
            ("//x/y", "https://x/y"),
            ("/y", "https://a/y"),
            ("y", "https://a/b/y"),
        ] {
            assert_eq!(join("https://a/b/c?d=/", location), expected);
        }
        assert_eq!(join("https://a", "y"), "https://a/y");
    }
}
