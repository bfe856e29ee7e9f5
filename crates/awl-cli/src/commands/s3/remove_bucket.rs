//! `awl s3 rb`: an empty bucket removed.
// Parity: awscli/customizations/s3/subcommands.py, RbCommand.

use awl_value::{Map, Value};

use super::{PATH, S3, WRONG_TYPE, uri};
use crate::argv::Globals;
use crate::commands::Invocation;
use crate::commands::custom::{Argument, Custom, Given};
use crate::error::CommandError;

/// `s3 rb`.
pub(super) const COMMAND: Custom = Custom::new("rb", &[PATH, Argument::flag("--force")], run);

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
    let (bucket, key) = uri::split(path)?;
    if !key.is_empty() {
        return Err(CommandError::validation(format!(
            "Please specify a valid bucket name only. E.g. s3://{bucket}"
        )));
    }
    if given.has("--force") {
        return Err(CommandError::general(
            "s3 rb --force is not available in this version: nothing was deleted.",
        ));
    }
    let params = Map::from_iter([("Bucket".into(), Value::from(bucket))]);
    let call = s3.call("DeleteBucket", params)?;
    match s3.send(invocation, globals, call)? {
        None => Ok(()),
        Some(Ok(_)) => {
            let text = format!("remove_bucket: {bucket}\n");
            invocation.ui.write_out(&text);
            Ok(())
        }
        Some(Err(error)) => {
            let text = format!("remove_bucket failed: {path} {error}\n");
            invocation.ui.write_error(&text);
            Err(CommandError::silent(1))
        }
    }
}
