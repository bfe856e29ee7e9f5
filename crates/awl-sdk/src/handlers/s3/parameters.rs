//! Parameters: names of buckets, sources of copies, metadata, customers' keys,
//! and the encoding of listings.

use awl_value::{Map, Value};
use md5::{Digest, Md5};

use super::listing;
use crate::Error;
use crate::handlers::Context;
use crate::handlers::text::{base64, encode_path};

pub(super) fn complete(context: &Context<'_>, params: &mut Map) -> Result<(), Error> {
    if let Some(Value::String(bucket)) = params.get("Bucket") {
        check_bucket(bucket)?;
    }
    match context.operation.name() {
        "CopyObject" => {
            quote_copy_source(params)?;
            check_metadata(params)?;
            hash_customer_key(params, ["SSECustomerKey", "SSECustomerKeyMD5"]);
            hash_customer_key(
                params,
                ["CopySourceSSECustomerKey", "CopySourceSSECustomerKeyMD5"],
            );
        }
        "UploadPartCopy" => {
            quote_copy_source(params)?;
            hash_customer_key(params, ["SSECustomerKey", "SSECustomerKeyMD5"]);
            hash_customer_key(
                params,
                ["CopySourceSSECustomerKey", "CopySourceSSECustomerKeyMD5"],
            );
        }
        "PutObject" | "CreateMultipartUpload" => {
            check_metadata(params)?;
            hash_customer_key(params, ["SSECustomerKey", "SSECustomerKeyMD5"]);
        }
        "HeadObject" | "GetObject" | "UploadPart" | "CompleteMultipartUpload" => {
            hash_customer_key(params, ["SSECustomerKey", "SSECustomerKeyMD5"]);
        }
        "ListObjects" | "ListObjectsV2" | "ListObjectVersions" => listing::ask_encoded(params),
        _ => {}
    }
    Ok(())
}

/// Refuses what can be neither a bucket's name nor an access point's ARN.
// Parity: botocore/handlers.py, validate_bucket_name: the message has its
// regular expressions.
fn check_bucket(bucket: &str) -> Result<(), Error> {
    if is_name(bucket, 255, ".-_") || is_arn(bucket) {
        return Ok(());
    }
    Err(Error::Parameter(format!(
        "Invalid bucket name \"{bucket}\": Bucket name must match the regex \
         \"^[a-zA-Z0-9.\\-_]{{1,255}}$\" or be an ARN matching the regex \
         \"^arn:(aws).*:(s3|s3-object-lambda):[a-z\\-0-9]*:[0-9]{{12}}:accesspoint[/:]\
         [a-zA-Z0-9\\-.]{{1,63}}$|^arn:(aws).*:s3-outposts:[a-z\\-0-9]+:[0-9]{{12}}:outpost[/:]\
         [a-zA-Z0-9\\-]{{1,63}}[/:]accesspoint[/:][a-zA-Z0-9\\-]{{1,63}}$\""
    )))
}

/// Whether text is made of letters, digits and these, and has a length.
fn is_name(text: &str, longest: usize, others: &str) -> bool {
    (1..=longest).contains(&text.len())
        && text
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || others.contains(letter))
}

/// Whether text is the ARN of an access point, on an outpost or not. Read from
/// its end, since the partition may have colons in it.
// Parity: botocore/handlers.py, VALID_S3_ARN.
fn is_arn(text: &str) -> bool {
    const SEPARATORS: [char; 2] = ['/', ':'];
    let Some((rest, name)) = text.rsplit_once(SEPARATORS) else {
        return false;
    };
    if let Some(rest) = rest.strip_suffix(":accesspoint")
        && is_name(name, 63, "-.")
        && is_start(rest, &["s3", "s3-object-lambda"])
    {
        return true;
    }
    let outpost = || {
        let rest = rest.strip_suffix("accesspoint")?.strip_suffix(SEPARATORS)?;
        let (rest, outpost) = rest.rsplit_once(SEPARATORS)?;
        let rest = rest.strip_suffix(":outpost")?;
        Some(is_name(outpost, 63, "-") && is_start(rest, &["s3-outposts"]))
    };
    is_name(name, 63, "-") && outpost() == Some(true)
}

/// Whether text is `arn:aws`, anything, one of these services, a region and an
/// account.
fn is_start(text: &str, services: &[&str]) -> bool {
    let mut parts = text.rsplitn(4, ':');
    let (Some(account), Some(region), Some(service), Some(partition)) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    account.len() == 12
        && account.bytes().all(|byte| byte.is_ascii_digit())
        && region
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        && !(region.is_empty() && services == ["s3-outposts"])
        && services.contains(&service)
        && partition.starts_with("arn:aws")
        && !partition.contains('\n')
}

/// Makes the source of a copy what its header may hold. It may be given as a
/// map of `Bucket`, `Key` and `VersionId`.
// Parity: botocore/handlers.py, handle_copy_source_param.
fn quote_copy_source(params: &mut Map) -> Result<(), Error> {
    let Some(source) = params.get_mut("CopySource") else {
        return Ok(());
    };
    let quoted = match source {
        Value::String(text) => match version_suffix(text) {
            Some(at) => encode_path(&text[..at]) + &text[at..],
            None => encode_path(text),
        },
        Value::Map(parts) => {
            let part = |name: &str| {
                parts.get(name).and_then(Value::as_str).ok_or_else(|| {
                    Error::Parameter(format!("Missing required parameter: '{name}'"))
                })
            };
            let (bucket, key) = (part("Bucket")?, part("Key")?);
            let between = if is_arn(bucket) { "/object/" } else { "/" };
            let mut quoted = encode_path(&format!("{bucket}{between}{key}"));
            if let Some(version) = parts.get("VersionId").and_then(Value::as_str) {
                quoted.push_str("?versionId=");
                quoted.push_str(version);
            }
            quoted
        }
        _ => return Ok(()),
    };
    *source = Value::String(quoted);
    Ok(())
}

/// Where `?versionId=` begins that ends a text.
fn version_suffix(text: &str) -> Option<usize> {
    const NAME: &str = "?versionId=";
    text.match_indices(NAME).map(|(at, _)| at).find(|at| {
        let version = &text[at + NAME.len()..];
        !version.is_empty() && !version.contains(char::is_whitespace)
    })
}

// Parity: botocore/handlers.py, validate_ascii_metadata.
fn check_metadata(params: &Map) -> Result<(), Error> {
    let Some(Value::Map(metadata)) = params.get("Metadata") else {
        return Ok(());
    };
    for (key, value) in metadata.iter() {
        let Value::String(value) = value else {
            continue;
        };
        if !key.is_ascii() || !value.is_ascii() {
            return Err(Error::Parameter(format!(
                "Non ascii characters found in S3 metadata for key \"{key}\", value: \"{value}\". \
                 \x20\nS3 metadata can only contain ASCII characters. "
            )));
        }
    }
    Ok(())
}

/// A customer's key goes in base64, with its MD5, unless that is given.
// Parity: botocore/handlers.py, _sse_md5.
fn hash_customer_key(params: &mut Map, [key, md5]: [&'static str; 2]) {
    if params.contains_key(md5) {
        return;
    }
    let Some(value) = params.get_mut(key) else {
        return;
    };
    let bytes = match value {
        Value::String(text) => text.as_bytes(),
        Value::Blob(bytes) => bytes,
        _ => return,
    };
    let hash = base64(Md5::digest(bytes));
    let encoded = base64(bytes);
    *value = Value::String(encoded);
    params.push(md5, Value::String(hash));
}

#[cfg(test)]
mod tests {
    use awl_value::{Map, Value};

    use crate::handlers::testing::{Fixture, params};

    #[test]
    fn buckets_have_names_or_arns() {
        let fixture = Fixture::new("s3", "GetObject");
        for (bucket, valid) in [
            ("bucket", true),
            ("Bucket_1.a-b", true),
            ("", false),
            ("a/b", false),
            ("é", false),
            ("arn:aws:s3:us-west-2:123456789012:accesspoint:a.b-c", true),
            ("arn:aws:s3:us-west-2:123456789012:accesspoint/a", true),
            ("arn:aws-cn:x:s3:us-west-2:123456789012:accesspoint/a", true),
            ("arn:aws:s3::123456789012:accesspoint:mrap.mrap", true),
            (
                "arn:aws:s3-object-lambda:us-west-2:123456789012:accesspoint/a",
                true,
            ),
            ("arn:aws:s3:us-west-2:123456789012:accesspoint:a_b", false),
            ("arn:aws:s3:us-west-2:12345678901:accesspoint:a", false),
            ("arn:aws:sqs:us-west-2:123456789012:accesspoint:a", false),
            ("arn:awt:s3:us-west-2:123456789012:accesspoint:a", false),
            ("arn:aws:s3:us_west:123456789012:accesspoint:a", false),
            (
                "arn:aws:s3-outposts:us-west-2:123456789012:outpost:op-1:accesspoint:a",
                true,
            ),
            (
                "arn:aws:s3-outposts:us-west-2:123456789012:outpost/op-1/accesspoint/a",
                true,
            ),
            (
                "arn:aws:s3-outposts::123456789012:outpost/op-1/accesspoint/a",
                false,
            ),
            (
                "arn:aws:s3-outposts:us-west-2:123456789012:outpost/op.1/accesspoint/a",
                false,
            ),
            (
                "arn:aws:s3-outposts:us-west-2:123456789012:outpost/op-1/accesspoint/a.b",
                false,
            ),
            (
                "arn:aws:s3-outposts:us-west-2:123456789012:outpost/op-1/bucket/a",
                false,
            ),
        ] {
            let mut given = Map::new();
            given.insert("Bucket", Value::from(bucket));
            assert_eq!(fixture.parameters_of(given).is_ok(), valid, "{bucket}");
        }
        assert_eq!(
            fixture
                .parameters(r#"{"Bucket": "a b"}"#)
                .unwrap_err()
                .to_string(),
            "Parameter validation failed:\nInvalid bucket name \"a b\": Bucket name must match \
             the regex \"^[a-zA-Z0-9.\\-_]{1,255}$\" or be an ARN matching the regex \
             \"^arn:(aws).*:(s3|s3-object-lambda):[a-z\\-0-9]*:[0-9]{12}:accesspoint[/:]\
             [a-zA-Z0-9\\-.]{1,63}$|^arn:(aws).*:s3-outposts:[a-z\\-0-9]+:[0-9]{12}:outpost[/:]\
             [a-zA-Z0-9\\-]{1,63}[/:]accesspoint[/:][a-zA-Z0-9\\-]{1,63}$\""
        );
    }

    #[test]
    fn sources_of_copies_are_quoted() {
        for (given, expected) in [
            (r#""b/a key+é""#, "b/a%20key%2B%C3%A9"),
            (r#""b/k?versionId=v 1""#, "b/k%3FversionId%3Dv%201"),
            (r#""b/k x?versionId=v~/+""#, "b/k%20x?versionId=v~/+"),
            (
                r#""b/k?versionId=?versionId=2""#,
                "b/k?versionId=?versionId=2",
            ),
            (r#""b/k?versionId=""#, "b/k%3FversionId%3D"),
            (r#"{"Bucket": "b", "Key": "k x"}"#, "b/k%20x"),
            (
                r#"{"Bucket": "b", "Key": "k", "VersionId": "v+"}"#,
                "b/k?versionId=v+",
            ),
            (
                r#"{"Bucket": "arn:aws:s3:us-west-2:123456789012:accesspoint:a", "Key": "k"}"#,
                "arn%3Aaws%3As3%3Aus-west-2%3A123456789012%3Aaccesspoint%3Aa/object/k",
            ),
        ] {
            for operation in ["CopyObject", "UploadPartCopy"] {
                let fixture = Fixture::new("s3", operation);
                let given = format!(r#"{{"CopySource": {given}}}"#);
                let params = fixture.parameters(&given).unwrap();
                assert_eq!(params.get("CopySource"), Some(&Value::from(expected)));
            }
        }
        let fixture = Fixture::new("s3", "CopyObject");
        assert_eq!(
            fixture
                .parameters(r#"{"CopySource": {"Bucket": "b"}}"#)
                .unwrap_err()
                .to_string(),
            "Parameter validation failed:\nMissing required parameter: 'Key'"
        );
    }

    #[test]
    fn metadata_are_ascii() {
        for operation in ["CopyObject", "PutObject", "CreateMultipartUpload"] {
            let fixture = Fixture::new("s3", operation);
            assert!(fixture.parameters(r#"{"Metadata": {"a": "b"}}"#).is_ok());
            assert_eq!(
                fixture
                    .parameters(r#"{"Metadata": {"a": "é"}}"#)
                    .unwrap_err()
                    .to_string(),
                "Parameter validation failed:\nNon ascii characters found in S3 metadata for key \
                 \"a\", value: \"é\".  \nS3 metadata can only contain ASCII characters. "
            );
        }
    }

    #[test]
    fn customers_keys_carry_their_hash() {
        let fixture = Fixture::new("s3", "CopyObject");
        assert_eq!(
            fixture
                .parameters(r#"{"SSECustomerKey": "bar", "CopySourceSSECustomerKey": "bar"}"#)
                .unwrap(),
            params(
                r#"{"SSECustomerKey": "YmFy", "CopySourceSSECustomerKey": "YmFy",
                    "SSECustomerKeyMD5": "N7UdGUp1E+RbVvZSTy1R8g==",
                    "CopySourceSSECustomerKeyMD5": "N7UdGUp1E+RbVvZSTy1R8g=="}"#
            )
        );
        let given = r#"{"SSECustomerKey": "bar", "SSECustomerKeyMD5": "x"}"#;
        assert_eq!(fixture.parameters(given).unwrap(), params(given));
        let fixture = Fixture::new("s3", "GetObject");
        let mut given = Map::new();
        given.insert("SSECustomerKey", Value::Blob(b"bar".to_vec()));
        assert_eq!(
            fixture.parameters_of(given).unwrap(),
            params(
                r#"{"SSECustomerKey": "YmFy", "SSECustomerKeyMD5": "N7UdGUp1E+RbVvZSTy1R8g=="}"#
            )
        );
        let fixture = Fixture::new("s3", "SelectObjectContent");
        let given = r#"{"SSECustomerKey": "bar"}"#;
        assert_eq!(fixture.parameters(given).unwrap(), params(given));
    }
}
