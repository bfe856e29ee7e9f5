//! Amazon S3 Control.

use awl_value::{Map, Value};

use crate::{Arn, EndpointError};

/// The account of an Outposts ARN in `Name` or `Bucket` becomes the account of
/// the call; other ARNs are refused.
// Parity: botocore/utils.py, S3ControlArnParamHandlerv2.
pub(super) fn account_from_arn(
    operation: &str,
    input: &mut Map,
    accelerate: bool,
) -> Result<(), EndpointError> {
    if matches!(operation, "CreateBucket" | "ListRegionalBuckets") {
        return Ok(());
    }
    if operation != "CreateAccessPoint" {
        handle(input, "Name", "accesspoint", accelerate)?;
    }
    handle(input, "Bucket", "bucket", accelerate)
}

fn handle(
    input: &mut Map,
    member: &'static str,
    kind: &str,
    accelerate: bool,
) -> Result<(), EndpointError> {
    let Some(text) = input.get(member).and_then(Value::as_str) else {
        return Ok(());
    };
    // botocore takes whatever has six parts for an ARN here.
    let Some(arn) = text
        .split_once(':')
        .and_then(|(_, rest)| Some(Arn::parse(&format!("arn:{rest}"))?.into_owned()))
    else {
        return Ok(());
    };
    let refused = |message: String| EndpointError::S3ControlArn {
        arn: text.to_owned(),
        message,
    };
    if arn.region.starts_with("fips-") || arn.region.ends_with("fips-") {
        let message = "Invalid ARN, FIPS region not allowed in ARN.";
        return Err(refused(message.to_owned()));
    }
    if accelerate {
        return Err(EndpointError::S3ControlConfiguration(
            "S3 control client does not support accelerate endpoints".to_owned(),
        ));
    }
    // `outpost/op-123/accesspoint/name`.
    let parts: Vec<&str> = arn.resource_parts().collect();
    let fits = matches!(parts[..], ["outpost", _, found, _] if found == kind);
    if arn.service != "s3-outposts" || !fits {
        return Err(refused(format!(
            "The {member} parameter does not support the provided ARN"
        )));
    }
    let account = input.get("AccountId").and_then(Value::as_str);
    if let Some(account) = account.filter(|account| *account != arn.account_id) {
        return Err(refused(format!(
            "Account ID in arn does not match the AccountId parameter provided: \"{account}\""
        )));
    }
    input.insert("AccountId", Value::String(arn.account_id.into_owned()));
    Ok(())
}

/// An error of the rules in botocore's words for S3 Control.
pub(super) fn explained(message: String, parameters: &Map) -> EndpointError {
    if message.starts_with("Invalid ARN:") {
        let bucket = parameters.get("Bucket").and_then(Value::as_str);
        return EndpointError::S3ControlArn {
            arn: bucket.unwrap_or("None").to_owned(),
            message,
        };
    }
    if message.starts_with("Invalid configuration:")
        || message.starts_with("Client was configured for partition")
    {
        return EndpointError::S3ControlConfiguration(message);
    }
    if message == "AccountId is required but not set" {
        return EndpointError::Parameter(message);
    }
    EndpointError::Resolution(message)
}
