//! Who is answered: programs of this machine, no page in its browser.

use hyper::header::{HOST, HeaderMap, ORIGIN, REFERER};

/// Headers that only browsers and proxies send.
const FOREIGN: [&str; 4] = [
    "sec-fetch-site",
    "sec-fetch-mode",
    "x-forwarded-for",
    "forwarded",
];

/// Refuses what did not come straight from a program here; why.
pub(super) fn check(headers: &HeaderMap, port: u16) -> Result<(), &'static str> {
    // A page's own name, made to mean this machine, would stand here.
    let host = headers.get(HOST).and_then(|value| value.to_str().ok());
    if !host.is_some_and(|host| is_ours(host, port)) {
        return Err("the Host header names another host");
    }
    if headers.contains_key(ORIGIN) || headers.contains_key(REFERER) {
        return Err("browsers are not served");
    }
    if FOREIGN.iter().any(|name| headers.contains_key(*name)) {
        return Err("browsers and proxies are not served");
    }
    Ok(())
}

fn is_ours(host: &str, port: u16) -> bool {
    let (name, given) = match host.rsplit_once(':') {
        Some((name, given)) => (name, given.parse().ok()),
        None => (host, Some(80)),
    };
    given == Some(port) && (name == "127.0.0.1" || name.eq_ignore_ascii_case("localhost"))
}

#[cfg(test)]
mod tests {
    use hyper::header::{HeaderMap, HeaderName, HeaderValue};

    use super::check;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    #[test]
    fn only_programs_here_are_answered() {
        for (pairs, is_served) in [
            (&[("host", "127.0.0.1:4000")][..], true),
            (&[("host", "LOCALHOST:4000")], true),
            (&[("host", "127.0.0.1")], false),
            (&[("host", "127.0.0.1:4001")], false),
            (&[("host", "evil.example:4000")], false),
            (&[("host", "127.0.0.1.evil.example:4000")], false),
            (&[], false),
            (
                &[("host", "localhost:4000"), ("origin", "http://x.example")],
                false,
            ),
            (
                &[("host", "localhost:4000"), ("sec-fetch-site", "none")],
                false,
            ),
            (
                &[("host", "localhost:4000"), ("x-forwarded-for", "::1")],
                false,
            ),
        ] {
            assert_eq!(check(&headers(pairs), 4000).is_ok(), is_served, "{pairs:?}");
        }
    }
}
