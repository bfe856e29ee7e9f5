//! `awl s3 presign`: a URL that gets an object for whoever has it. `--method`,
//! which the AWS CLI lacks, makes it one that puts or deletes the object, or
//! looks at it.
// Parity: awscli/customizations/s3/subcommands.py, PresignCommand.

use awl_sdk::client::Presign;
use awl_value::{Map, Value};

use super::{PATH, S3, number, uri};
use crate::argv::Globals;
use crate::commands::custom::{Argument, Custom, Given};
use crate::commands::{Invocation, call};
use crate::error::CommandError;

/// What a URL may do: the method, and the operation that has it.
const METHODS: &[(&str, &str)] = &[
    ("GET", "GetObject"),
    ("PUT", "PutObject"),
    ("HEAD", "HeadObject"),
    ("DELETE", "DeleteObject"),
];

/// How long a URL is good, in seconds.
const EXPIRES_IN: i64 = 3600;

/// `s3 presign`.
pub(super) const COMMAND: Custom = Custom::new(
    "presign",
    &[
        PATH,
        Argument::option("--expires-in"),
        Argument::option("--method")
            .choices(&["GET", "PUT", "HEAD", "DELETE"])
            .unabbreviated(),
    ],
    run,
);

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let expires_in = number(given, "--expires-in")?.unwrap_or(EXPIRES_IN);
    let s3 = S3::new(invocation, globals)?;
    let (bucket, key) = uri::split(given.get("path").unwrap_or_default())?;
    let method = given.get("--method").unwrap_or("GET");
    let operation = METHODS
        .iter()
        .find(|(name, _)| *name == method)
        .map_or("GetObject", |(_, operation)| operation);
    let mut params = Map::with_capacity(2);
    params.push("Bucket", Value::from(bucket));
    params.push("Key", Value::from(key));
    let call = s3.call(operation, params)?;
    let options = Presign {
        expires_in,
        method: None,
        headers: &[],
    };
    let url = call::until_interrupted(async { Ok(s3.client.presign(&call, &options).await?) })?;
    invocation.ui.write_out(&format!("{url}\n"));
    Ok(())
}
