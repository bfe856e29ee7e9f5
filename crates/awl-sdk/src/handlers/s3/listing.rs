//! Listings: keys may have letters that XML cannot, so they are asked for in
//! URL encoding and decoded, unless the caller wants an encoding itself.

use awl_value::{Map, Value};

use crate::handlers::Context;
use crate::handlers::text::unquote_plus;

/// Members that come encoded: of the answer, and of the items of its lists.
struct Encoded {
    top: &'static [&'static str],
    items: &'static [(&'static str, &'static str)],
}

// Parity: botocore/handlers.py, decode_list_object and those after it.
const OBJECTS: Encoded = Encoded {
    top: &["Delimiter", "Marker", "NextMarker"],
    items: &[("Contents", "Key"), ("CommonPrefixes", "Prefix")],
};
const OBJECTS_V2: Encoded = Encoded {
    top: &["Delimiter", "Prefix", "StartAfter"],
    items: &[("Contents", "Key"), ("CommonPrefixes", "Prefix")],
};
const VERSIONS: Encoded = Encoded {
    top: &["KeyMarker", "NextKeyMarker", "Prefix", "Delimiter"],
    items: &[
        ("Versions", "Key"),
        ("DeleteMarkers", "Key"),
        ("CommonPrefixes", "Prefix"),
    ],
};

/// Asks for URL encoding.
pub(super) fn ask_encoded(params: &mut Map) {
    if !params.contains_key("EncodingType") {
        params.push("EncodingType", Value::from("url"));
    }
}

/// Decodes a listing, if it was not the caller who asked for the encoding.
pub(super) fn decode(context: &Context<'_>, given: &Map, output: &mut Map) {
    let encoded = match context.operation.name() {
        "ListObjects" => OBJECTS,
        "ListObjectsV2" => OBJECTS_V2,
        "ListObjectVersions" => VERSIONS,
        _ => return,
    };
    if given.contains_key("EncodingType")
        || output.get("EncodingType").and_then(Value::as_str) != Some("url")
    {
        return;
    }
    for name in encoded.top {
        unquote_member(output, name);
    }
    for (list, name) in encoded.items {
        if let Some(Value::List(items)) = output.get_mut(list) {
            for item in items {
                if let Value::Map(item) = item {
                    unquote_member(item, name);
                }
            }
        }
    }
}

fn unquote_member(map: &mut Map, name: &str) {
    if let Some(Value::String(text)) = map.get_mut(name)
        && let Some(decoded) = unquote_plus(text)
    {
        *text = decoded;
    }
}

#[cfg(test)]
mod tests {
    use crate::handlers::testing::{Fixture, params};

    #[test]
    fn listings_are_asked_for_encoded() {
        for operation in ["ListObjects", "ListObjectsV2", "ListObjectVersions"] {
            let fixture = Fixture::new("s3", operation);
            for (given, expected) in [
                ("{}", r#"{"EncodingType": "url"}"#),
                (r#"{"EncodingType": "x"}"#, r#"{"EncodingType": "x"}"#),
            ] {
                assert_eq!(fixture.parameters(given).unwrap(), params(expected));
            }
        }
        let fixture = Fixture::new("s3", "ListMultipartUploads");
        assert_eq!(fixture.parameters("{}").unwrap(), params("{}"));
    }

    #[track_caller]
    fn check(operation: &str, given: &str, output: &str, expected: &str) {
        let fixture = Fixture::new("s3", operation);
        assert_eq!(fixture.output(given, output), params(expected));
    }

    #[test]
    fn listings_are_decoded() {
        check(
            "ListObjectsV2",
            "{}",
            r#"{"EncodingType": "url", "Prefix": "%61", "Marker": "%61",
                "Contents": [{"Key": "a+b%2B%C3%A9", "ETag": "%61"}],
                "CommonPrefixes": [{"Prefix": "c%2F"}]}"#,
            r#"{"EncodingType": "url", "Prefix": "a", "Marker": "%61",
                "Contents": [{"Key": "a b+é", "ETag": "%61"}],
                "CommonPrefixes": [{"Prefix": "c/"}]}"#,
        );
        check(
            "ListObjects",
            "{}",
            r#"{"EncodingType": "url", "Prefix": "%61", "NextMarker": "%61"}"#,
            r#"{"EncodingType": "url", "Prefix": "%61", "NextMarker": "a"}"#,
        );
        check(
            "ListObjectVersions",
            "{}",
            r#"{"EncodingType": "url", "KeyMarker": "%61", "Versions": [{"Key": "%61"}],
                "DeleteMarkers": [{"Key": "%61"}]}"#,
            r#"{"EncodingType": "url", "KeyMarker": "a", "Versions": [{"Key": "a"}],
                "DeleteMarkers": [{"Key": "a"}]}"#,
        );
    }

    #[test]
    fn the_callers_own_encoding_stays() {
        let output = r#"{"EncodingType": "url", "Contents": [{"Key": "%61"}]}"#;
        check("ListObjects", r#"{"EncodingType": "url"}"#, output, output);
        let output = r#"{"Contents": [{"Key": "%61"}]}"#;
        check("ListObjects", "{}", output, output);
    }
}
