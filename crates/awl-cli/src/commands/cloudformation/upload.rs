//! A template put into a bucket, by the hash of what it says.
// Parity: awscli/customizations/s3uploader.py.

use awl_value::{Map, Value};
use md5::{Digest as _, Md5};

use crate::argv::Globals;
use crate::commands::caller::{Caller, error_code};
use crate::commands::custom::Given;
use crate::commands::{Invocation, call, roles, sessions};
use crate::error::CommandError;

/// Puts a template into the bucket, unless it is there; its address.
///
/// # Errors
/// A bucket that is not there, or that takes nothing.
pub(super) fn template(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
    bucket: &str,
    text: &str,
) -> Result<String, CommandError> {
    let config = call::with_region(&call::load_config(invocation, globals)?)?;
    let config = roles::with_endpoint(&config, None);
    let s3 = Caller::of(invocation, globals, &config, "s3api")?;
    let some = |name: &str| given.get(name).filter(|word| !word.is_empty());
    let hash = Md5::digest(text.as_bytes());
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let name = format!("{hash}.template");
    let key = match some("--s3-prefix") {
        Some(prefix) => format!("{prefix}/{name}"),
        None => name,
    };
    let place = || -> Map { roles::map([("Bucket", bucket.into()), ("Key", key.clone().into())]) };
    let is_there = !given.has("--force-upload") && {
        let head = s3.prepare("HeadObject", place())?;
        match s3.send(invocation, globals, head)? {
            Ok(_) => true,
            Err(awl_sdk::Error::Service(_)) => false,
            Err(error) => return Err(error.into()),
        }
    };
    if !is_there {
        let mut parameters = place();
        match some("--kms-key-id") {
            Some(id) => {
                parameters.push("ServerSideEncryption", "aws:kms".into());
                parameters.push("SSEKMSKeyId", id.into());
            }
            None => parameters.push("ServerSideEncryption", "AES256".into()),
        }
        parameters.push("ChecksumAlgorithm", "CRC64NVME".into());
        parameters.push("Body", Value::Blob(text.as_bytes().to_vec()));
        let put = s3.prepare("PutObject", parameters)?;
        if let Err(error) = s3.send(invocation, globals, put)? {
            return Err(match error_code(&error) {
                Some("NoSuchBucket") => CommandError::general(format!(
                    "S3 Bucket does not exist. Execute the command to create a new bucket\naws s3 \
                     mb s3://{bucket}"
                )),
                _ => error.into(),
            });
        }
        let length = text.len();
        invocation.ui.write_error(&format!(
            "\rUploading to {key}  {length} / {length}.0  (100.00%)"
        ));
    }
    let endpoint = sessions::endpoint(&s3)?;
    Ok(format!("{endpoint}/{bucket}/{key}"))
}
