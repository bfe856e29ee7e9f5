//! Where a redirect goes, and whether the request may be signed for there.

use awl_sign::Signing;

use crate::commands::sign::host;
use crate::commands::sign::request::TypedUrl;
use crate::commands::sign::signing;

/// Services whose hosts run programs of their customers, or are theirs alone:
/// what goes there may be read by somebody else than AWS.
static OF_CUSTOMERS: &[&str] = &[
    "aoss",
    "appsync",
    "es",
    "execute-api",
    "lambda",
    "neptune-db",
    "vpc-lattice-svcs",
];

/// A redirect's target.
pub(super) struct Joined;

impl Joined {
    /// What makes two URLs one another's own.
    pub(super) fn origin(url: &TypedUrl) -> (String, String) {
        (url.scheme.to_owned(), url.host.clone())
    }

    /// The URL that a `Location` names.
    pub(super) fn url(base: &TypedUrl, location: &str) -> String {
        let location = location.trim();
        let (before, fragmentless) = (location, location.split('#').next().unwrap_or_default());
        if has_scheme(before) {
            return fragmentless.to_owned();
        }
        if let Some(rest) = fragmentless.strip_prefix("//") {
            return format!("{}://{rest}", base.scheme);
        }
        let (path, query) = match fragmentless.split_once('?') {
            Some((path, query)) => (path, query),
            None => (fragmentless, ""),
        };
        let path = if path.is_empty() {
            base.path.clone()
        } else if path.starts_with('/') {
            path.to_owned()
        } else {
            let folder = base.path.rfind('/').map_or("/", |end| &base.path[..=end]);
            resolved(&format!("{folder}{path}"))
        };
        base.with(&path, query)
    }

    /// What a request is signed with that is sent on to `next`; None: it may
    /// not be signed. Nothing is signed for another host but one of the same
    /// service of AWS, and nothing that goes on without TLS.
    pub(super) fn signing(
        origin: &(String, String),
        signing: &Signing,
        next: &TypedUrl,
    ) -> Option<Signing> {
        if Self::origin(next) == *origin {
            return Some(signing.clone());
        }
        // AWS's hosts have one port.
        let is_usual = next.host.strip_suffix(":443").unwrap_or(&next.host) == next.host_name();
        if next.scheme != "https" || !is_usual || OF_CUSTOMERS.contains(&&*signing.signing_name) {
            return None;
        }
        let guess = host::guess(awl_catalog::store(), next.host_name());
        if guess.service.as_deref() != Some(&*signing.signing_name) {
            return None;
        }
        let asymmetric = signing.scheme.is_asymmetric() || guess.asymmetric;
        Some(Signing {
            scheme: signing::scheme(&signing.signing_name, asymmetric),
            signing_name: signing.signing_name.clone(),
            region: match guess.region {
                Some(region) if !signing.scheme.is_asymmetric() => region,
                _ => signing.region.clone(),
            },
        })
    }
}

/// Whether a header goes to the first host alone.
pub(super) fn is_private(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(
        &*name,
        "authorization" | "cookie" | "host" | "proxy-authorization"
    ) || name.starts_with("x-amz-")
}

fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
    })
}

/// A path without its dot segments.
fn resolved(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/').skip(1) {
        match segment {
            "." => {}
            ".." => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    if path.ends_with("/.") || path.ends_with("/..") {
        segments.push("");
    }
    format!("/{}", segments.join("/"))
}

#[cfg(test)]
mod tests {
    use awl_sign::Scheme;

    use super::*;

    #[test]
    fn locations_are_joined() {
        let base = TypedUrl::parse("https://h:8443/a/b?c=d").unwrap();
        for (location, expected) in [
            ("https://o/x?y#z", "https://o/x?y"),
            ("//o/x", "https://o/x"),
            ("/x?y", "https://h:8443/x?y"),
            ("x", "https://h:8443/a/x"),
            ("../x/./y/..", "https://h:8443/x/"),
            ("?y", "https://h:8443/a/b?y"),
            ("", "https://h:8443/a/b"),
        ] {
            assert_eq!(Joined::url(&base, location), expected, "{location}");
        }
    }

    #[test]
    fn only_the_same_service_is_trusted() {
        let check = |service: &str, first: &str, next: &str, expected: Option<&str>| {
            let signing = Signing {
                scheme: signing::scheme(service, false),
                signing_name: service.to_owned(),
                region: "us-east-1".to_owned(),
            };
            let origin = Joined::origin(&TypedUrl::parse(first).unwrap());
            let next = TypedUrl::parse(next).unwrap();
            let found = Joined::signing(&origin, &signing, &next);
            assert_eq!(
                found.map(|found| found.region).as_deref(),
                expected,
                "{next:?}"
            );
        };
        let s3 = "https://b.s3.amazonaws.com/k";
        check(
            "s3",
            s3,
            "https://b.s3.amazonaws.com/other",
            Some("us-east-1"),
        );
        check(
            "s3",
            s3,
            "https://b.s3.eu-west-1.amazonaws.com/k",
            Some("eu-west-1"),
        );
        check("s3", s3, "http://b.s3.eu-west-1.amazonaws.com/k", None);
        check("s3", s3, "http://b.s3.amazonaws.com/k", None);
        check("s3", s3, "https://b.s3.amazonaws.com:8443/k", None);
        check("s3", s3, "https://sqs.us-east-1.amazonaws.com/", None);
        check("s3", s3, "https://x.lambda-url.us-east-1.on.aws/", None);
        check("s3", s3, "https://b.s3.amazonaws.com.evil.example/k", None);
        let api = "https://a.execute-api.us-east-1.amazonaws.com/";
        check("execute-api", api, api, Some("us-east-1"));
        check(
            "execute-api",
            api,
            "https://b.execute-api.us-east-1.amazonaws.com/",
            None,
        );
        check("s3", "http://127.0.0.1:1/", "http://127.0.0.1:2/", None);
        assert_eq!(signing::scheme("s3", false), Scheme::S3V4);
        for name in [
            "Authorization",
            "X-Amz-Security-Token",
            "cookie",
            "x-amz-date",
        ] {
            assert!(is_private(name), "{name}");
        }
        assert!(!is_private("Accept"));
    }
}
