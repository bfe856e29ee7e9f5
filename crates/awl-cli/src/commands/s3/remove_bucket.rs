//! `awl s3 rb`: a bucket removed, which must be empty or is emptied first.
// Parity: awscli/customizations/s3/subcommands.py, RbCommand.

use awl_value::{Map, Value};

use super::remove::{Removal, Volume, remove};
use super::{PATH, S3, WRONG_TYPE, uri};
use crate::argv::Globals;
use crate::commands::Invocation;
use crate::commands::custom::{Argument, Custom, Given};
use crate::error::{CommandError, Exit, explained};

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
        let removal = Removal {
            path,
            is_recursive: true,
            filters: Vec::new(),
            request_payer: None,
            page_size: None,
            is_dry_run: false,
            volume: Volume::Everything,
        };
        remove(invocation, globals, &removal).map_err(|error| match error.exit() {
            Exit::Code(1..) => CommandError::general(
                "remove_bucket failed: Unable to delete all objects in the bucket, bucket will \
                 not be deleted.",
            ),
            _ => error,
        })?;
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
            let error = explained(error);
            let text = format!("remove_bucket failed: {path} {error}\n");
            invocation.ui.write_error(&text);
            Err(CommandError::silent(1))
        }
    }
}
