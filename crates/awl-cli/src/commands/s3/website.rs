//! `awl s3 website`: a bucket's pages made a website.
// Parity: awscli/customizations/s3/subcommands.py, WebsiteCommand.

use awl_value::{Map, Value};

use super::{S3, uri};
use crate::argv::Globals;
use crate::commands::Invocation;
use crate::commands::custom::{Argument, Custom, Given};
use crate::error::CommandError;

/// `s3 website`.
pub(super) const COMMAND: Custom = Custom::new(
    "website",
    &[
        Argument::positional("paths").literal(),
        Argument::option("--index-document"),
        Argument::option("--error-document"),
    ],
    run,
);

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let s3 = S3::new(invocation, globals)?;
    let path = given.get("paths").unwrap_or_default();
    let path = path.strip_prefix(uri::SCHEME).unwrap_or(path);
    // A slash at the end is no harm.
    let bucket = path.strip_suffix('/').unwrap_or(path);
    uri::check(bucket)?;
    let mut website = Map::new();
    for (option, member, inner) in [
        ("--index-document", "IndexDocument", "Suffix"),
        ("--error-document", "ErrorDocument", "Key"),
    ] {
        if let Some(document) = given.get(option) {
            let document = Map::from_iter([(inner.into(), Value::from(document))]);
            website.push(member, Value::Map(document));
        }
    }
    let mut params = Map::with_capacity(2);
    params.push("Bucket", Value::from(bucket));
    params.push("WebsiteConfiguration", Value::Map(website));
    let call = s3.call("PutBucketWebsite", params)?;
    if let Some(result) = s3.send(invocation, globals, call)? {
        result?;
    }
    Ok(())
}
