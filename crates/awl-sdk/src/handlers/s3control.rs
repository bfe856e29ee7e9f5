//! Amazon S3 Control: the account may be told by an ARN alone.

use awl_endpoint::prepare_input;

use super::Handlers;
use crate::config::settings;

pub(super) const HANDLERS: Handlers = Handlers {
    // Parity: botocore/utils.py, S3ControlArnParamHandlerv2.
    parameters: |context, params| {
        let accelerate = context.config.boolean(&settings::S3_ACCELERATE) == Some(true);
        Ok(prepare_input(context.operation, params, accelerate)?)
    },
    ..Handlers::NONE
};

#[cfg(test)]
mod tests {
    use awl_value::Value;

    use crate::handlers::testing::Fixture;

    #[test]
    fn accounts_come_from_arns() {
        let fixture = Fixture::new("s3control", "GetBucket");
        let given =
            r#"{"Bucket": "arn:aws:s3-outposts:us-west-2:123456789012:outpost:op-1:bucket:b"}"#;
        let params = fixture.parameters(given).unwrap();
        assert_eq!(
            params.get("AccountId").and_then(Value::as_str),
            Some("123456789012")
        );
        let given = r#"{"Bucket": "arn:aws:s3:us-west-2:123456789012:b"}"#;
        assert!(fixture.parameters(given).is_err());
    }
}
