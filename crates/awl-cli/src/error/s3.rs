//! What the AWS CLI adds to errors of S3 that have a known cure.
// Parity: awscli/customizations/s3errormsg.py.

use awl_sdk::OperationError;
use awl_value::Value;

const REGION: &str = "You can fix this issue by explicitly providing the correct region location \
    using the --region argument, the AWS_DEFAULT_REGION environment variable, or the region \
    variable in the AWS CLI configuration file.  You can get the bucket's location by running \
    \"aws s3api get-bucket-location --bucket BUCKET\".";
const SIGNATURE: &str = " You can enable AWS Signature Version 4 by running the command: \naws \
    configure set s3.signature_version s3v4";

/// Changes the message of an error.
pub(super) fn explain(error: &mut OperationError) {
    let message = error.message();
    let message = if message.contains("Please use AWS4-HMAC-SHA256") {
        format!(
            "You are attempting to operate on a bucket in a region that requires Signature \
             Version 4.  {REGION}"
        )
    } else if error.code() == "PermanentRedirect" {
        let Some(endpoint) = error.error.error.get("Endpoint").and_then(Value::as_str) else {
            return;
        };
        // The full stop gives way to the endpoint.
        let mut words = message.chars();
        words.next_back();
        format!("{}: {endpoint}\n{REGION}", words.as_str())
    } else if message.contains("AWS KMS managed keys require AWS Signature Version 4") {
        format!("{message}{SIGNATURE}")
    } else {
        return;
    };
    error.error.error.insert("Message", Value::from(&*message));
    error.error.message = message;
}
