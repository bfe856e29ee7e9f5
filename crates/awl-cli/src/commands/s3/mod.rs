//! The commands of S3 that move no bytes: `awl s3 ls`, `mb`, `rb`, `rm`,
//! `presign` and `website`. The service's operations are `awl s3api`.
// Parity: awscli/customizations/s3/s3.py, subcommands.py.

mod filter;
mod list;
mod make_bucket;
mod presign;
mod remove;
mod remove_bucket;
mod size;
mod uri;
mod website;

use awl_model::Operation;
use awl_sdk::{Client, Output};
use awl_value::{Map, python};

use super::custom::{Argument, Custom, Given};
use super::{Invocation, call, services};
use crate::argv::Globals;
use crate::debug;
use crate::error::CommandError;
use crate::python::int_error;

pub(super) use uri::find as bucket_and_key;

/// `s3`.
pub(super) static COMMAND: Custom = Custom::group(
    "s3",
    &[
        list::COMMAND,
        website::COMMAND,
        remove::COMMAND,
        make_bucket::COMMAND,
        remove_bucket::COMMAND,
        presign::COMMAND,
    ],
);

/// A path that is not one of S3, to a command that needs one.
const WRONG_TYPE: &str = "<S3Uri>\nError: Invalid argument type";

/// Where a bucket or an object is.
const PATH: Argument = Argument::positional("path");

/// A client of S3 for one command.
struct S3 {
    client: Client,
}

impl S3 {
    fn new(invocation: &mut Invocation, globals: &Globals) -> Result<Self, CommandError> {
        let service = services::find(&invocation.host, "s3api")?
            .ok_or_else(|| CommandError::general("There is no model of S3."))?;
        let config = call::load_config(invocation, globals)?;
        let config = call::with_region(&config)?;
        let client = Client::with_store(&config, service, awl_catalog::store())?;
        Ok(Self { client })
    }

    fn operation(&self, name: &str) -> Result<Operation, CommandError> {
        let service = self.client.service();
        service
            .operation(name)
            .ok_or_else(|| CommandError::general(format!("S3 has no operation {name}.")))
    }

    /// A call of an operation.
    fn call(&self, name: &str, params: Map) -> Result<awl_sdk::Call, CommandError> {
        Ok(awl_sdk::Call::new(self.operation(name)?, params))
    }

    /// Makes a call; None where it was only to be shown. What goes wrong with
    /// the call itself is the inner result.
    fn send(
        &self,
        invocation: &mut Invocation,
        globals: &Globals,
        call: awl_sdk::Call,
    ) -> Result<Option<Result<Output, awl_sdk::Error>>, CommandError> {
        let result = call::until_interrupted(async {
            if !call::announce(invocation, globals, &self.client, &call).await? {
                return Ok(None);
            }
            Ok(Some(self.client.send(call).await))
        })?;
        if globals.debug {
            match &result {
                Some(Ok(output)) => debug::answer(invocation, output),
                Some(Err(error)) => debug::failure(invocation, error),
                None => {}
            }
        }
        Ok(result)
    }
}

/// The number that an option was given.
///
/// # Errors
/// A word that is no number, in Python's words.
fn number(given: &Given<'_>, name: &str) -> Result<Option<i64>, CommandError> {
    let Some(word) = given.get(name) else {
        return Ok(None);
    };
    let number = python::int(word).ok_or_else(|| CommandError::general(int_error(word)))?;
    Ok(Some(number.as_int().unwrap_or(i64::MAX)))
}
