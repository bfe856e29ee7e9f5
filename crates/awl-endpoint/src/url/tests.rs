//! Tests of [`super`].

use super::*;

#[track_caller]
fn check(text: &str, expected: Option<(&str, &str, &str, &str, bool)>) {
    let parsed = ParsedUrl::parse(text);
    let parts = parsed.as_ref().map(|url| {
        (
            url.scheme.as_str(),
            url.authority.as_str(),
            url.path.as_str(),
            url.normalized_path.as_str(),
            url.is_ip,
        )
    });
    assert_eq!(parts, expected, "{text}");
}

#[test]
fn urls_come_apart_as_in_python() {
    check(
        "https://example.com",
        Some(("https", "example.com", "", "/", false)),
    );
    check(
        "HTTP://Example.com:80/foo/bar",
        Some(("http", "Example.com:80", "/foo/bar", "/foo/bar/", false)),
    );
    check(
        "https://127.0.0.1:8443",
        Some(("https", "127.0.0.1:8443", "", "/", true)),
    );
    check(
        "https://[fe80::1]",
        Some(("https", "[fe80::1]", "", "/", true)),
    );
    check(
        "https://[fe80::1%25eth0]:80/a//b/./c/../d",
        Some((
            "https",
            "[fe80::1%25eth0]:80",
            "/a//b/./c/../d",
            "/a/b/d/",
            true,
        )),
    );
    check(
        "https://example.com/a b/é;x=1",
        Some(("https", "example.com", "/a b/é", "/a%20b/%C3%A9/", false)),
    );
    check(
        "https://user:pass@example.com:1/#fragment",
        Some(("https", "user:pass@example.com:1", "/", "/", false)),
    );
    check(
        " https://exam\tple.com",
        Some(("https", "example.com", "", "/", false)),
    );
    check(
        "https://example.com?",
        Some(("https", "example.com", "", "/", false)),
    );
    check(
        "https://999.1.1.1",
        Some(("https", "999.1.1.1", "", "/", true)),
    );
}

#[test]
fn what_is_no_url_is_refused() {
    for text in [
        "",
        "example.com",
        "//example.com",
        "https:example.com",
        "https://",
        "https:///path",
        "wss://example.com",
        "https://example.com:port",
        "https://example.com:65536",
        "https://example.com:80?x=y",
        "https://example.com/?query",
        "https://[::1",
        "https://::1]",
    ] {
        check(text, None);
    }
}

#[test]
fn urls_are_put_together_again() {
    for text in [
        "https://example.com",
        "https://example.com/path?query#fragment",
        "mailto:someone",
        "/path",
        "//host/path",
        "",
    ] {
        assert_eq!(Url::split(text).join(), text);
    }
}

#[test]
fn endpoints_need_a_host() {
    for endpoint in [
        "https://example.com",
        "http://localhost:8000/path",
        "http://127.0.0.1",
        "http://[::1]:80",
        "http://example.com.",
    ] {
        assert!(is_valid_endpoint_url(endpoint), "{endpoint}");
    }
    for endpoint in [
        "",
        "example.com",
        "https://",
        "https://under_score.com",
        "https://-a.com",
        "https://a..b",
        "https://a\n.com",
        "http://[::1",
        "http://[::g]",
    ] {
        assert!(!is_valid_endpoint_url(endpoint), "{endpoint}");
    }
}

#[test]
fn host_labels() {
    for (text, subdomains, expected) in [
        ("a", false, true),
        ("A-1", false, true),
        ("", false, false),
        ("-a", false, false),
        ("a-", false, false),
        ("a.b", false, false),
        ("a.b", true, true),
        ("a..b", true, false),
        (".", true, false),
        ("a_b", false, false),
        ("a\n", false, false),
        ("é", false, false),
    ] {
        assert_eq!(is_valid_host_label(text, subdomains), expected, "{text}");
    }
    assert!(is_valid_host_label(&"a".repeat(63), false));
    assert!(!is_valid_host_label(&"a".repeat(64), false));
}

#[test]
fn hostable_buckets() {
    for (name, subdomains, expected) in [
        ("bucket", false, true),
        ("ab", false, false),
        ("Bucket", false, false),
        ("bucket.name", false, false),
        ("bucket.name", true, true),
        ("a.bucket", true, false),
        ("192.168.5.4", true, false),
        ("192.168.5", true, false),
        ("bucket-", false, false),
        ("buck_et", false, false),
        ("---", false, false),
    ] {
        assert_eq!(
            is_virtual_hostable_bucket(name, subdomains),
            expected,
            "{name}"
        );
    }
}
