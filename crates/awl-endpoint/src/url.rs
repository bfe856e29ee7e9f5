//! URLs as Python's `urllib.parse` takes them apart, and host names.

use std::fmt::Write as _;
use std::net::Ipv6Addr;
use std::str::FromStr as _;

/// The parts of a URL; absent ones are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Url {
    /// In small letters, without the colon.
    pub(crate) scheme: String,
    /// User, host and port.
    pub(crate) authority: String,
    /// With its leading slash.
    pub(crate) path: String,
    /// Without its question mark.
    pub(crate) query: String,
    /// Without its hash.
    pub(crate) fragment: String,
}

impl Url {
    /// Takes any text apart.
    // Parity: urllib.parse.urlsplit.
    pub(crate) fn split(text: &str) -> Self {
        let text = text.trim_start_matches(|letter: char| letter <= ' ');
        let text: String = text
            .chars()
            .filter(|letter| !matches!(letter, '\t' | '\r' | '\n'))
            .collect();
        let mut url = Self::default();
        let mut rest = text.as_str();
        if let Some((scheme, after)) = rest.split_once(':') {
            let valid = scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
                && scheme
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
            if valid {
                url.scheme = scheme.to_ascii_lowercase();
                rest = after;
            }
        }
        if let Some(after) = rest.strip_prefix("//") {
            let end = after.find(['/', '?', '#']).unwrap_or(after.len());
            after[..end].clone_into(&mut url.authority);
            rest = &after[end..];
        }
        if let Some((before, fragment)) = rest.split_once('#') {
            fragment.clone_into(&mut url.fragment);
            rest = before;
        }
        if let Some((before, query)) = rest.split_once('?') {
            query.clone_into(&mut url.query);
            rest = before;
        }
        rest.clone_into(&mut url.path);
        url
    }

    /// Puts the parts together again.
    // Parity: urllib.parse.urlunsplit.
    pub(crate) fn join(&self) -> String {
        let mut text = String::with_capacity(
            self.scheme.len() + self.authority.len() + self.path.len() + self.query.len() + 5,
        );
        if !self.scheme.is_empty() {
            text.push_str(&self.scheme);
            text.push(':');
        }
        if !self.authority.is_empty() || self.path.starts_with("//") {
            text.push_str("//");
            text.push_str(&self.authority);
            if !self.path.is_empty() && !self.path.starts_with('/') {
                text.push('/');
            }
        }
        text.push_str(&self.path);
        for (mark, part) in [('?', &self.query), ('#', &self.fragment)] {
            if !part.is_empty() {
                text.push(mark);
                text.push_str(part);
            }
        }
        text
    }

    /// Host, in small letters and without brackets, and port, as text. `None`
    /// where brackets do not match.
    pub(crate) fn host_and_port(&self) -> Option<(String, &str)> {
        let address = self.authority.rsplit('@').next().unwrap_or_default();
        if address.contains('[') != address.contains(']') {
            return None;
        }
        let (host, port) = match address.split_once('[') {
            Some((_, bracketed)) => {
                let (host, after) = bracketed.split_once(']')?;
                (host, after.split_once(':').map_or("", |(_, port)| port))
            }
            None => address.split_once(':').unwrap_or((address, "")),
        };
        Some((host.to_lowercase(), port))
    }
}

/// A URL as `parseURL` in rule sets gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ParsedUrl {
    pub(crate) scheme: String,
    pub(crate) authority: String,
    pub(crate) path: String,
    pub(crate) normalized_path: String,
    pub(crate) is_ip: bool,
}

impl ParsedUrl {
    /// Parses an HTTP or HTTPS URL that has a host, a sound port and no query.
    // Parity: botocore/endpoint_provider.py, RuleSetStandardLibrary.parse_url.
    // Where Python raises an error (no host, unbalanced brackets), this is no
    // URL either.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let url = Url::split(text);
        let (host, port) = url.host_and_port()?;
        let sound_port = port.is_empty() || (is_digits(port) && port.parse::<u16>().is_ok());
        if !sound_port {
            return None;
        }
        if host.is_empty() || !matches!(&*url.scheme, "https" | "http") || !url.query.is_empty() {
            return None;
        }
        // `urlparse` cuts the parameters off the last segment.
        let last = url.path.rfind('/').unwrap_or(0);
        let path = match url.path[last..].find(';') {
            Some(at) => &url.path[..last + at],
            None => &url.path,
        };
        let mut normalized_path = String::with_capacity(path.len() + 1);
        percent_encode(&without_dots(path), b"/", &mut normalized_path);
        if !normalized_path.ends_with('/') {
            normalized_path.push('/');
        }
        Some(Self {
            is_ip: is_ipv4(&host) || is_ipv6(&host),
            path: path.to_owned(),
            normalized_path,
            scheme: url.scheme,
            authority: url.authority,
        })
    }
}

/// Whether an endpoint that a user gives can be one: it has a host name or an
/// address. botocore says of others: `Invalid endpoint: …`.
// Parity: botocore/utils.py, is_valid_endpoint_url and
// is_valid_ipv6_endpoint_url.
#[must_use]
pub fn is_valid_endpoint_url(endpoint: &str) -> bool {
    if endpoint.contains(['\t', '\r', '\n']) {
        return false;
    }
    let Some((host, _)) = Url::split(endpoint).host_and_port() else {
        return false;
    };
    let name = host.strip_suffix('.').unwrap_or(&host);
    let is_name = host.len() <= 255 && name.split('.').all(is_label);
    is_name || is_ipv6(&host)
}

/// Whether text can stand in a host name; with `allow_subdomains`, several
/// labels with dots between.
// Parity: botocore/endpoint_provider.py, is_valid_host_label; but Python's
// pattern also takes digits of other scripts and a line feed at the end.
#[must_use]
pub fn is_valid_host_label(text: &str, allow_subdomains: bool) -> bool {
    if allow_subdomains {
        text.split('.').all(is_label)
    } else {
        is_label(text)
    }
}

/// Whether a bucket's name can stand in a host name.
// Parity: awscli/botocore/endpoint_provider.py, where each label of a name
// with dots has to be hostable itself.
pub(crate) fn is_virtual_hostable_bucket(name: &str, allow_subdomains: bool) -> bool {
    let hostable = name.chars().count() >= 3
        && name.chars().all(|letter| {
            // What `str.lower` would change is no small letter.
            let mut small = letter.to_lowercase();
            small.next() == Some(letter) && small.next().is_none()
        })
        && !is_ipv4(name);
    if hostable && allow_subdomains {
        return name
            .split('.')
            .all(|label| is_virtual_hostable_bucket(label, false));
    }
    hostable && is_label(name)
}

/// Percent-encodes all but ASCII letters, digits, `_.-~` and `safe`.
// Parity: urllib.parse.quote.
pub(crate) fn percent_encode(text: &str, safe: &[u8], encoded: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"_.-~".contains(&byte) || safe.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
}

/// A path without `.`, `..` and empty segments.
// Parity: botocore/utils.py, normalize_url_path.
fn without_dots(path: &str) -> String {
    if path.is_empty() {
        return "/".to_owned();
    }
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    let mut normal = String::with_capacity(path.len());
    if path.starts_with('/') {
        normal.push('/');
    }
    normal.push_str(&segments.join("/"));
    if path.ends_with('/') && !segments.is_empty() {
        normal.push('/');
    }
    normal
}

/// A label of a host name.
fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Four groups of one to three digits; as in botocore, of any value.
pub(crate) fn is_ipv4(host: &str) -> bool {
    let mut groups = 0;
    host.split('.').all(|group| {
        groups += 1;
        group.len() <= 3 && is_digits(group)
    }) && groups == 4
}

/// An IPv6 address without brackets, with or without a zone.
fn is_ipv6(host: &str) -> bool {
    let (address, zone) = match host.split_once('%') {
        Some((address, zone)) => (address, Some(zone)),
        None => (host, None),
    };
    let sound_zone = zone.is_none_or(|zone| {
        let zone = zone.strip_prefix("25").unwrap_or(zone);
        !zone.is_empty()
            && zone
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._!-~%".contains(&byte))
    });
    sound_zone && Ipv6Addr::from_str(address).is_ok()
}

#[cfg(test)]
mod tests;
