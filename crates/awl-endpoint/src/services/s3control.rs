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

#[cfg(test)]
mod tests {
    use super::*;

    const BUCKET: &str = "arn:aws:s3-outposts:us-west-2:123:outpost:op-1:bucket:name";
    const ACCESS_POINT: &str = "arn:aws:s3-outposts:us-west-2:123:outpost/op-1/accesspoint/name";

    #[track_caller]
    fn check(
        operation: &str,
        given: &[(&'static str, &str)],
        expected: Result<Option<&str>, &str>,
    ) {
        let mut input: Map = given
            .iter()
            .map(|(name, value)| ((*name).into(), Value::from(*value)))
            .collect();
        let found =
            account_from_arn(operation, &mut input, false).map_err(|error| error.to_string());
        let account = input.get("AccountId").and_then(Value::as_str);
        assert_eq!(
            found.map(|()| account),
            expected.map_err(str::to_owned),
            "{operation} {given:?}"
        );
    }

    #[test]
    fn accounts_come_from_arns() {
        check("GetBucket", &[("Bucket", BUCKET)], Ok(Some("123")));
        check("GetBucket", &[("Bucket", "name")], Ok(None));
        check("GetAccessPoint", &[("Name", ACCESS_POINT)], Ok(Some("123")));
        check(
            "GetAccessPoint",
            &[("Name", ACCESS_POINT), ("AccountId", "123")],
            Ok(Some("123")),
        );
        check("CreateAccessPoint", &[("Name", BUCKET)], Ok(None));
        check("CreateBucket", &[("Bucket", ACCESS_POINT)], Ok(None));
    }

    #[test]
    fn other_arns_are_refused() {
        check(
            "GetBucket",
            &[("Bucket", ACCESS_POINT)],
            Err(
                "S3 ARN \"arn:aws:s3-outposts:us-west-2:123:outpost/op-1/accesspoint/name\" \
                 provided is invalid for this operation. The Bucket parameter does not support \
                 the provided ARN",
            ),
        );
        check(
            "GetAccessPoint",
            &[("Name", "arn:aws:s3:us-west-2:123:accesspoint/name")],
            Err(
                "S3 ARN \"arn:aws:s3:us-west-2:123:accesspoint/name\" provided is invalid for \
                 this operation. The Name parameter does not support the provided ARN",
            ),
        );
        check(
            "GetBucket",
            &[("Bucket", BUCKET), ("AccountId", "999")],
            Err(
                "S3 ARN \"arn:aws:s3-outposts:us-west-2:123:outpost:op-1:bucket:name\" provided \
                 is invalid for this operation. Account ID in arn does not match the AccountId \
                 parameter provided: \"999\"",
            ),
        );
        check(
            "GetBucket",
            &[(
                "Bucket",
                "arn:aws:s3-outposts:fips-us-west-2:123:outpost:op-1:bucket:name",
            )],
            Err(
                "S3 ARN \"arn:aws:s3-outposts:fips-us-west-2:123:outpost:op-1:bucket:name\" \
                 provided is invalid for this operation. Invalid ARN, FIPS region not allowed in \
                 ARN.",
            ),
        );
    }

    #[test]
    fn acceleration_is_refused() {
        let mut input = Map::new();
        input.insert("Bucket", Value::from(BUCKET));
        assert_eq!(
            account_from_arn("GetBucket", &mut input, true)
                .unwrap_err()
                .to_string(),
            "Unsupported configuration when using S3 Control: S3 control client does not support \
             accelerate endpoints"
        );
    }
}
