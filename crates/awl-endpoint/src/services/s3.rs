//! Amazon S3.

use std::borrow::Cow;

use awl_value::{Map, Value};

use crate::{Arn, Builtins, EndpointError};

/// Parameters that the rules never look at.
// Parity: botocore/endpoint_provider.py, S3_UNREFERENCED_PARAMS.
pub(super) const UNREFERENCED_PARAMETERS: [&str; 3] = ["Key", "Prefix", "CopySource"];

/// Path style, always for `GetBucketLocation`, whose bucket's region is what
/// the caller wants to know; never for ARNs, which have no path style.
// Parity: botocore/handlers.py, customize_endpoint_resolver_builtins.
pub(super) fn customised<'a>(
    operation: &str,
    input: &Map,
    builtins: &'a Builtins,
) -> Cow<'a, Builtins> {
    let bucket = input.get("Bucket").and_then(Value::as_str);
    let force_path_style = if operation == "GetBucketLocation" {
        Some(true)
    } else if bucket.is_some_and(|bucket| Arn::parse(bucket).is_some()) {
        Some(false)
    } else {
        return Cow::Borrowed(builtins);
    };
    let mut builtins = builtins.clone();
    builtins.s3_force_path_style = force_path_style;
    Cow::Owned(builtins)
}

/// An error of the rules in botocore's words for S3.
pub(super) fn explained(message: String) -> EndpointError {
    const CONFIGURATION: [&str; 2] = [
        "S3 Object Lambda does not support S3 Accelerate",
        "Accelerate cannot be used with FIPS",
    ];
    const ACCESS_POINT: [&str; 6] = [
        "S3 Outposts does not support",
        "S3 MRAP does not support",
        "S3 Object Lambda does not support",
        "Access Points do not support",
        "Invalid configuration:",
        "Client was configured for partition",
    ];
    if CONFIGURATION.contains(&&*message) {
        EndpointError::S3Configuration(message)
    } else if ACCESS_POINT.iter().any(|start| message.starts_with(start)) {
        EndpointError::S3AccessPoint(message)
    } else if message.to_ascii_lowercase().starts_with("invalid arn:") {
        EndpointError::Parameter(message)
    } else {
        EndpointError::Resolution(message)
    }
}
