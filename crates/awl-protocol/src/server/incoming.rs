//! A request as it came in.

use crate::Headers;

/// A request as it came in, path and query string still encoded.
#[derive(Clone, Copy, Debug)]
pub struct Incoming<'a> {
    /// The method.
    pub method: &'a str,
    /// The path of the request line. Where a bucket's name stands in the host,
    /// the caller has put it in front: see [`bucket_in_host`].
    pub path: &'a str,
    /// The query of the request line, without `?`.
    pub query: &'a str,
    /// The headers.
    pub headers: &'a Headers,
    /// The body, without the framing of `aws-chunked`. Empty where the caller
    /// keeps a payload that streams: its member is then left out.
    pub body: &'a [u8],
}

impl Incoming<'_> {
    /// The host, lower-case and without its port.
    pub(crate) fn host(&self) -> Option<String> {
        let host = self.headers.get("host")?;
        let host = match host.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => host,
        };
        Some(host.to_ascii_lowercase())
    }

    /// The media type of the body, lower-case, without parameters.
    pub(crate) fn media_type(&self) -> String {
        let media_type = self.headers.get("content-type").unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default();
        media_type.trim().to_ascii_lowercase()
    }
}

/// The bucket that a host begins with, where what follows is an endpoint of S3
/// or one of `endpoints`: `photos` of `photos.s3.eu-west-1.amazonaws.com`. Its
/// requests have to be read as if the path began with `/photos`.
///
/// ```
/// use awl_protocol::server::bucket_in_host;
///
/// assert_eq!(bucket_in_host("a.b.s3.eu-west-1.amazonaws.com", &[]), Some("a.b"));
/// assert_eq!(bucket_in_host("s3.amazonaws.com", &[]), None);
/// assert_eq!(bucket_in_host("photos.localhost:4566", &["localhost"]), Some("photos"));
/// ```
#[must_use]
pub fn bucket_in_host<'h>(host: &'h str, endpoints: &[&str]) -> Option<&'h str> {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let own = endpoints
        .iter()
        .find_map(|endpoint| name.strip_suffix(endpoint)?.strip_suffix('.'));
    let bucket = own.or_else(|| {
        let rest = name
            .strip_suffix(".amazonaws.com")
            .or_else(|| name.strip_suffix(".amazonaws.com.cn"))?;
        // The bucket may hold dots, and may be named as the service is: the
        // last label that names S3 counts.
        let labels: Vec<&str> = rest.split('.').collect();
        let place = labels
            .iter()
            .rposition(|label| is_s3_label(label))
            .filter(|place| *place > 0)?;
        let length: usize = labels[..place].iter().map(|label| label.len() + 1).sum();
        Some(&rest[..length - 1])
    });
    bucket.filter(|bucket| !bucket.is_empty())
}

/// `s3`, `s3-eu-west-1`, `s3-accelerate`, `s3-fips`, `s3express-use1-az4`, …
fn is_s3_label(label: &str) -> bool {
    label == "s3" || label.starts_with("s3-") && label != "s3-control" || {
        label.starts_with("s3express-") && label != "s3express-control"
    }
}

#[cfg(test)]
mod tests {
    use super::bucket_in_host;

    #[test]
    fn buckets_are_found_in_hosts() {
        for (host, bucket) in [
            ("photos.s3.amazonaws.com", Some("photos")),
            (
                "photos.s3.dualstack.eu-west-1.amazonaws.com:443",
                Some("photos"),
            ),
            ("photos.s3-accelerate.amazonaws.com", Some("photos")),
            ("photos.s3.cn-north-1.amazonaws.com.cn", Some("photos")),
            (
                "a--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com",
                Some("a--use1-az4--x-s3"),
            ),
            ("s3.eu-west-1.amazonaws.com", None),
            ("1234.s3-control.eu-west-1.amazonaws.com", None),
            ("s3.s3.amazonaws.com", Some("s3")),
            ("localhost:9000", None),
            (".s3.amazonaws.com", None),
            ("", None),
        ] {
            assert_eq!(bucket_in_host(host, &[]), bucket, "{host}");
        }
        assert_eq!(bucket_in_host("b.localhost", &["localhost"]), Some("b"));
        assert_eq!(bucket_in_host("localhost", &["localhost"]), None);
    }
}
