//! The last steps to a request's URL: host prefix and path.

use awl_model::Operation;
use awl_value::{Map, Value};

use crate::url::Url;

/// What the model puts before the host for this call: `endpoint.hostPrefix`
/// with the input's labels filled in. Whether it is wanted (it is not under
/// `disable_host_prefix_injection`) is the caller's to say.
// Parity: botocore/serialize.py, Serializer._expand_host_prefix, and
// botocore/handlers.py, remove_accid_host_prefix_from_model.
#[must_use]
pub fn host_prefix(operation: Operation, input: &Map) -> Option<String> {
    let prefix = operation.traits().get("endpoint").str("hostPrefix")?;
    if !prefix.contains('{') {
        return Some(prefix.to_owned());
    }
    if prefix == "{AccountId}." && operation.service().endpoint_prefix() == "s3-control" {
        // The rule set puts it there already, where the operation says so.
        let required = operation
            .traits()
            .get("staticContextParams")
            .get("RequiresAccountId")
            .get("value");
        if required.as_bool() == Some(true) {
            return None;
        }
    }
    let mut expanded = String::with_capacity(prefix.len() + 12);
    let mut rest = prefix;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        expanded.push_str(before);
        expanded.push_str(input.get(name).and_then(Value::as_str).unwrap_or_default());
        rest = after;
    }
    expanded.push_str(rest);
    Some(expanded)
}

/// An endpoint's URL with a prefix before its host.
#[must_use]
pub fn apply_host_prefix(url: &str, prefix: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => format!("{scheme}://{prefix}{rest}"),
        None => url.to_owned(),
    }
}

/// The URL of a request: the endpoint's, with a prefix before its host and the
/// path of the operation after its own.
// Parity: botocore/awsrequest.py, _urljoin.
#[must_use]
pub fn join_url(endpoint: &str, path: &str, prefix: Option<&str>) -> String {
    let mut url = Url::split(endpoint);
    if let Some(prefix) = prefix {
        url.authority.insert_str(0, prefix);
    }
    if path.is_empty() || path == "/" {
        if url.path.is_empty() {
            url.path.push('/');
        }
    } else {
        if url.path.ends_with('/') && path.starts_with('/') {
            url.path.pop();
        }
        url.path.push_str(path);
    }
    url.join()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_stand_before_the_host() {
        assert_eq!(
            apply_host_prefix("https://host:80/path", "data."),
            "https://data.host:80/path"
        );
        assert_eq!(apply_host_prefix("host", "data."), "host");
    }

    #[test]
    fn paths_meet_with_one_slash() {
        for (endpoint, path, prefix, expected) in [
            ("https://host", "", None, "https://host/"),
            ("https://host", "/", None, "https://host/"),
            ("https://host/base", "/", None, "https://host/base"),
            ("https://host/base/", "/x", None, "https://host/base/x"),
            (
                "https://host/base",
                "/x",
                Some("a."),
                "https://a.host/base/x",
            ),
            ("https://host", "x", None, "https://host/x"),
            ("https://host?q=1", "/x", None, "https://host/x?q=1"),
        ] {
            assert_eq!(join_url(endpoint, path, prefix), expected);
        }
    }

    #[test]
    fn prefixes_take_labels_from_the_input() {
        let store = awl_catalog::store();
        let mut input = Map::new();
        input.insert("AccountId", Value::from("123456789012"));
        input.insert("graphIdentifier", Value::from("g-1"));
        for (service, operation, expected) in [
            ("s3control", "GetBucket", None),
            ("neptune-graph", "ExecuteQuery", Some("g-1.")),
            ("ecr", "DescribeRepositories", None),
            ("servicediscovery", "DiscoverInstances", Some("data-")),
        ] {
            let operation = store
                .service(service)
                .unwrap()
                .operation(operation)
                .unwrap();
            assert_eq!(host_prefix(operation, &input).as_deref(), expected);
        }
    }
}
