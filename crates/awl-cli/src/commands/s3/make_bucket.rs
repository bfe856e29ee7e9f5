//! `awl s3 mb`: a bucket made, in the Region of the command.
// Parity: awscli/customizations/s3/subcommands.py, MbCommand.

use awl_value::{Map, Value};

use super::{PATH, S3, WRONG_TYPE, uri};
use crate::argv::Globals;
use crate::commands::Invocation;
use crate::commands::custom::{Argument, Custom, Given};
use crate::error::{CommandError, explained};

/// `s3 mb`.
pub(super) const COMMAND: Custom =
    Custom::new("mb", &[PATH, Argument::option("--tags").pair()], run);

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let s3 = S3::new(invocation, globals)?;
    let path = given.get("path").unwrap_or_default();
    if !path.starts_with(uri::SCHEME) {
        return Err(CommandError::validation(WRONG_TYPE));
    }
    let (bucket, _) = uri::split(path)?;
    // Parity: botocore/utils.py, is_s3express_bucket.
    if bucket.ends_with("--x-s3") || bucket.ends_with("--xa-s3") {
        return Err(CommandError::validation(
            "Cannot use mb command with a directory bucket.",
        ));
    }
    let call = s3.call(
        "CreateBucket",
        parameters(bucket, s3.client.region(), given),
    )?;
    match s3.send(invocation, globals, call)? {
        None => Ok(()),
        Some(Ok(_)) => {
            let text = format!("make_bucket: {bucket}\n");
            invocation.ui.write_out(&text);
            Ok(())
        }
        Some(Err(error)) => {
            let error = explained(error);
            let text = format!("make_bucket failed: {path} {error}\n");
            invocation.ui.write_error(&text);
            Err(CommandError::silent(1))
        }
    }
}

fn parameters(bucket: &str, region: &str, given: &Given<'_>) -> Map {
    let mut configuration = Map::new();
    // That Region is the one without a name here.
    if region != "us-east-1" {
        configuration.push("LocationConstraint", Value::from(region));
    }
    let tags: Vec<Value> = given
        .each("--tags")
        .filter_map(|words| match words {
            [key, value] => Some(Value::Map(Map::from_iter([
                ("Key".into(), Value::from(&**key)),
                ("Value".into(), Value::from(&**value)),
            ]))),
            _ => None,
        })
        .collect();
    if !tags.is_empty() {
        configuration.push("Tags", Value::List(tags));
    }
    let mut params = Map::new();
    params.push("Bucket", Value::from(bucket));
    if bucket.ends_with("-an") {
        params.push("BucketNamespace", Value::from("account-regional"));
    }
    if !configuration.is_empty() {
        params.push("CreateBucketConfiguration", Value::Map(configuration));
    }
    params
}
