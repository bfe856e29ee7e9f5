//! A request as somebody types it: its URL, its headers, its time, its body.

use std::borrow::Cow;
use std::io::Read as _;

use awl_sdk::env::Host;
use awl_sign::{SigningTime, wire_path, wire_query};
use awl_value::Value;

use crate::arguments::Files;
use crate::error::CommandError;
use crate::python;

/// A URL in its parts, as they are typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TypedUrl {
    /// `http` or `https`.
    pub scheme: &'static str,
    /// Host and port as `Host` has them: in lower case, a default port left
    /// out.
    pub host: String,
    /// The path, `/` where there is none.
    pub path: String,
    /// The query, without `?`.
    pub query: String,
}

impl TypedUrl {
    /// Cuts a URL. Its path and query may have characters that no URL has,
    /// which is what [`TypedUrl::to_wire`] is for.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, CommandError> {
        let invalid = |reason: &str| {
            CommandError::validation(format!("Invalid URL {}: {reason}", python::quote(text)))
        };
        if text.chars().any(char::is_control) {
            return Err(invalid("it has control characters"));
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(invalid("it has no scheme, such as https://"));
        };
        let scheme = ["https", "http"]
            .into_iter()
            .find(|known| scheme.eq_ignore_ascii_case(known))
            .ok_or_else(|| invalid("its scheme is neither https nor http"))?;
        let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(end);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        if authority.contains('@') {
            return Err(invalid("it has a user name, which no signed request has"));
        }
        let host = host_header(scheme, authority).map_err(invalid)?;
        Ok(Self {
            scheme,
            host,
            path: if path.is_empty() { "/" } else { path }.to_owned(),
            query: query.to_owned(),
        })
    }

    /// The same with everything percent-encoded that must be on the wire.
    pub(crate) fn to_wire(&self) -> Self {
        Self {
            path: wire_path(&self.path),
            query: wire_query(&self.query),
            ..self.clone()
        }
    }

    /// The host without its port.
    pub(crate) fn host_name(&self) -> &str {
        host_name(&self.host)
    }

    /// The URL with a path and a query, both encoded.
    pub(crate) fn with(&self, path: &str, query: &str) -> String {
        let Self { scheme, host, .. } = self;
        let separator = if query.is_empty() { "" } else { "?" };
        format!("{scheme}://{host}{path}{separator}{query}")
    }
}

/// A host without its port.
pub(crate) fn host_name(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => name,
        _ => host,
    }
}

fn host_header(scheme: &str, authority: &str) -> Result<String, &'static str> {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port),
        _ => (authority, ""),
    };
    if host.is_empty() {
        return Err("it has no host");
    }
    let is_address = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .is_some_and(|address| address.parse::<std::net::Ipv6Addr>().is_ok());
    let is_name = host
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte));
    if !host.is_ascii() {
        return Err("its host is not ASCII; write it in Punycode, as xn--…");
    }
    if !is_address && !is_name {
        return Err("its host has characters that no host has");
    }
    let mut header = host.to_ascii_lowercase();
    if !port.is_empty() {
        let digits = port.bytes().all(|byte| byte.is_ascii_digit());
        let port: u16 = port
            .parse()
            .ok()
            .filter(|_| digits)
            .ok_or("its port is no number below 65536")?;
        let default = if scheme == "http" { 80 } else { 443 };
        if port != default {
            header.push_str(&format!(":{port}"));
        }
    }
    Ok(header)
}

/// Cuts `Name: value`.
///
/// # Errors
/// There is no colon, or no name before it.
pub(crate) fn parse_header(text: &str) -> Result<(String, String), CommandError> {
    let (name, value) = text.split_once(':').unwrap_or_default();
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte));
    if !is_name {
        return Err(CommandError::validation(format!(
            "Invalid header {}: it is not of the form 'Name: value'",
            python::quote(text)
        )));
    }
    Ok((name.to_owned(), value.trim_matches([' ', '\t']).to_owned()))
}

/// Reads `20150830T123600Z`, the same with dashes and colons, or seconds since
/// 1970.
///
/// # Errors
/// It is none of these.
pub(crate) fn parse_date(text: &str) -> Result<SigningTime, CommandError> {
    let compact: String = text
        .chars()
        .filter(|letter| !matches!(letter, '-' | ':'))
        .collect();
    // A day alone, 20150830, is none of them.
    let time = if text.len() > 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().ok().map(SigningTime::from_epoch_seconds)
    } else {
        SigningTime::parse_amz_date(&compact)
    };
    time.ok_or_else(|| {
        CommandError::validation(format!(
            "Invalid date {}: it is not of the form 20150830T123600Z",
            python::quote(text)
        ))
    })
}

/// The body that two options give: one has it, or names its file after
/// `file://` or `fileb://`; the other is a path, `-` for standard input.
///
/// # Errors
/// Both are given, or a file cannot be read.
pub(crate) fn body<'a>(
    host: &dyn Host,
    text: Option<&'a str>,
    file: Option<&str>,
) -> Result<Cow<'a, [u8]>, CommandError> {
    match (text, file) {
        (Some(_), Some(_)) => Err(CommandError::validation(
            "--body and --body-file cannot be given both",
        )),
        (Some(text), None) => {
            let loaded = Files { host }.load(text);
            let loaded = loaded.map_err(|message| CommandError::parameter("--body", message))?;
            Ok(match loaded {
                Some(Value::Blob(bytes)) => Cow::Owned(bytes),
                Some(Value::String(text)) => Cow::Owned(text.into_bytes()),
                _ => Cow::Borrowed(text.as_bytes()),
            })
        }
        (None, Some(path)) => read(host, "--body-file", path).map(Cow::Owned),
        (None, None) => Ok(Cow::Borrowed(b"")),
    }
}

/// The bytes of a file, or of standard input where it is called `-`.
///
/// # Errors
/// As the AWS CLI says them of an argument.
pub(crate) fn read(host: &dyn Host, argument: &str, path: &str) -> Result<Vec<u8>, CommandError> {
    if path == "-" {
        let mut bytes = Vec::new();
        return match std::io::stdin().lock().read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(error) => Err(CommandError::general(format!("standard input: {error}"))),
        };
    }
    let path = path
        .strip_prefix("fileb://")
        .or_else(|| path.strip_prefix("file://"))
        .unwrap_or(path);
    let path = host.expand(path);
    host.read(&path)
        .map_err(|error| CommandError::parameter(argument, python::os_error(&error, &path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        let check = |text: &str, host: &str, path: &str, query: &str| {
            let url = TypedUrl::parse(text).unwrap();
            assert_eq!(
                (url.host.as_str(), url.path.as_str(), url.query.as_str()),
                (host, path, query),
                "{text}"
            );
        };
        check("https://Example.com", "example.com", "/", "");
        check("HTTPS://h:443?a=b?c#d", "h", "/", "a=b?c");
        check("http://h:443/a b/ü?x=ü y", "h:443", "/a b/ü", "x=ü y");
        check("http://h:80/#?x", "h", "/", "");
        check("https://[FE80::1]:8443/x", "[fe80::1]:8443", "/x", "");
        check("https://[fe80::1]/", "[fe80::1]", "/", "");
        let url = TypedUrl::parse("https://h:1/a b?é#f").unwrap();
        let wire = url.to_wire();
        assert_eq!(
            wire.with(&wire.path, &wire.query),
            "https://h:1/a%20b?%C3%A9"
        );
        assert_eq!(url.host_name(), "h");
    }

    #[test]
    fn urls_that_are_none() {
        for text in [
            "",
            "host/path",
            "ftp://h/",
            "https://",
            "https:///x",
            "https://:80/",
            "https://h:x/",
            "https://h:99999/",
            "https://h:+1/",
            "https://u:p@h/",
            "https://h h/",
            "https://[::g]/",
            "https://ü/",
            "https://h/\r\nHost: evil",
        ] {
            assert!(TypedUrl::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn headers_and_dates() {
        let header = |text| parse_header(text).ok();
        assert_eq!(header("A: b"), Some(("A".to_owned(), "b".to_owned())));
        assert_eq!(header("A:"), Some(("A".to_owned(), String::new())));
        assert_eq!(
            header("A:b:c\n  d"),
            Some(("A".to_owned(), "b:c\n  d".to_owned()))
        );
        for text in ["", "A", ": b", "A : b", "Ä: b", "A\r\nB: c"] {
            assert_eq!(header(text), None, "{text:?}");
        }
        let date = |text| parse_date(text).ok().map(SigningTime::epoch_seconds);
        for text in ["20150830T123600Z", "2015-08-30T12:36:00Z", "1440938160"] {
            assert_eq!(date(text), Some(1_440_938_160), "{text}");
        }
        for text in ["", "now", "20150830", "20150230T000000Z", "-1"] {
            assert_eq!(date(text), None, "{text:?}");
        }
    }
}
