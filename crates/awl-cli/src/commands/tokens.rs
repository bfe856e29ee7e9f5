//! Tokens to log in to databases with, which are presigned URLs without their
//! scheme: `awl rds generate-db-auth-token`, `awl dsql
//! generate-db-connect-auth-token` and `generate-db-connect-admin-auth-token`.
// Parity: awscli/customizations/{rds,dsql}.py; botocore/signers.py.

use awl_value::Value;

use super::Invocation;
use super::caller::Caller;
use super::custom::{Argument, Custom, Given};
use crate::arguments::Schema;
use crate::argv::Globals;
use crate::error::CommandError;
use crate::python;

const INTEGER: &Schema = &Schema::Integer;
const HOSTNAME: Argument = Argument::option("--hostname").required();
const EXPIRES_IN: Argument = Argument::shaped("--expires-in", INTEGER);

/// How many seconds a token is good for.
const LIFETIME: i64 = 900;

/// What is added to the commands of the service `rds`.
pub(super) static RDS_COMMANDS: &[Custom] = &[Custom::new(
    "generate-db-auth-token",
    &[
        HOSTNAME,
        Argument::shaped("--port", INTEGER).required(),
        Argument::option("--username").required(),
    ],
    |invocation, globals, given| {
        let word = |name: &str| given.get(name).unwrap_or_default();
        let port = given.value("--port").map(python::str).unwrap_or_default();
        let url = format!(
            "https://{}:{port}/?Action=connect&DBUser={}",
            word("--hostname"),
            python::quote_url(word("--username"))
        );
        print(invocation, globals, "rds", &url, "rds-db", LIFETIME)
    },
)];

/// What is added to the commands of the service `dsql`.
pub(super) static DSQL_COMMANDS: &[Custom] = &[
    Custom::new(
        "generate-db-connect-auth-token",
        &[HOSTNAME, EXPIRES_IN],
        |invocation, globals, given| dsql(invocation, globals, given, "DbConnect"),
    ),
    Custom::new(
        "generate-db-connect-admin-auth-token",
        &[HOSTNAME, EXPIRES_IN],
        |invocation, globals, given| dsql(invocation, globals, given, "DbConnectAdmin"),
    ),
];

fn dsql(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
    action: &str,
) -> Result<(), CommandError> {
    let hostname = given.get("--hostname").unwrap_or_default();
    let url = format!("https://{hostname}/?Action={action}");
    let lifetime = given.value("--expires-in").and_then(Value::as_int);
    let lifetime = lifetime.unwrap_or(LIFETIME);
    print(invocation, globals, "dsql", &url, "dsql", lifetime)
}

fn print(
    invocation: &mut Invocation,
    globals: &Globals,
    service: &str,
    url: &str,
    signing_name: &str,
    lifetime: i64,
) -> Result<(), CommandError> {
    let caller = Caller::new(invocation, globals, service)?;
    let client = caller.client();
    let signed = caller.run(async {
        let region = client.region();
        Ok(client
            .presign_url(url, signing_name, region, lifetime)
            .await?)
    })?;
    let token = signed.strip_prefix("https://").unwrap_or(&signed);
    invocation.ui.write_out(&format!("{token}\n"));
    Ok(())
}
