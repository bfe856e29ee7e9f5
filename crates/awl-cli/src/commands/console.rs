//! `awl console`: a URL that signs a browser in to the console with the
//! credentials that a command would use. The AWS CLI has no such command.

use awl_sdk::credentials::{Credentials, ResolvedCredentials};
use awl_sdk::{Client, Config, console};
use awl_value::{Map, Value};

use super::custom::{Argument, Custom, Given};
use super::{Invocation, browser, call};
use crate::argv::Globals;
use crate::error::CommandError;

/// `console`.
pub(super) static COMMAND: Custom = Custom::new(
    "console",
    &[
        Argument::option("--destination").literal(),
        Argument::flag("--federate"),
        Argument::flag("--no-browser"),
    ],
    run,
);

/// What a federated user may do next to what the user may: nothing more, and
/// nothing less.
const POLICY: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let config = call::with_region(&call::load_config(invocation, globals)?)?;
    let opens = !given.has("--no-browser") && invocation.ui.is_terminal();
    call::until_interrupted(async {
        let credentials = credentials(&config, given.has("--federate")).await?;
        let destination = given.get("--destination");
        let store = awl_catalog::store();
        let url = console::sign_in_url(&config, store, &credentials, destination).await?;
        invocation.ui.write_out(&format!("{url}\n"));
        if opens {
            // What it comes to is seen in the browser.
            let _ = browser::open(&*invocation.host, &url).await;
        }
        Ok(())
    })
}

/// The credentials to sign in with: those of a role, or of a federated user.
async fn credentials(config: &Config, federate: bool) -> Result<Credentials, CommandError> {
    let store = awl_catalog::store();
    let sts = store
        .service("sts")
        .ok_or_else(|| CommandError::general("Unknown service: 'sts'"))?;
    let client = Client::with_store(config, sts, store)?;
    let found = client.credentials().await?;
    if is_of_role(&found) {
        return Ok(found.credentials.clone());
    }
    if !federate {
        return Err(CommandError::general(format!(
            "The console is opened with the temporary credentials of a role, and these are a \
             user's ({}). Use a profile with role_arn or SSO, or --federate, which opens it as a \
             federated user with the user's own permissions.",
            found.origin
        )));
    }
    let mut params = Map::with_capacity(2);
    params.push("Name", Value::from("awl-console"));
    params.push("Policy", Value::from(POLICY));
    let answer = client
        .call("GetFederationToken", Value::Map(params))
        .await?;
    let member = |name: &str| {
        let credentials = answer.get("Credentials")?;
        credentials.get(name)?.as_str().map(str::to_owned)
    };
    let (Some(key), Some(secret), Some(token)) = (
        member("AccessKeyId"),
        member("SecretAccessKey"),
        member("SessionToken"),
    ) else {
        return Err(CommandError::general(
            "the answer of GetFederationToken has no credentials",
        ));
    };
    Ok(Credentials::new(key, secret, Some(token)))
}

/// Whether credentials are those of a role; the sessions that a user opens
/// with a code are the user's.
fn is_of_role(found: &ResolvedCredentials) -> bool {
    found.credentials.token().is_some() && found.method != "mfa-session"
}
