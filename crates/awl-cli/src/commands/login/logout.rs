//! `awl logout`: forgets the credentials of a sign-in, or of all.
// Parity: awscli/customizations/login/logout.py.

use awl_sdk::credentials::login::{cache, cache_key};
use awl_value::Value;

use super::{load, profile_name};
use crate::argv::Globals;
use crate::commands::Invocation;
use crate::commands::custom::{Argument, Custom, Given};
use crate::commands::sso::{contents, remove};
use crate::error::CommandError;

/// `logout`.
pub(in crate::commands) static COMMAND: Custom =
    Custom::new("logout", &[Argument::flag("--all")], run);

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    if given.has("--all") {
        return all(invocation);
    }
    let profile = profile_name(invocation, globals);
    let config = load(invocation, globals, &profile)?;
    let section = config.profiles().profile(&profile);
    let Some(session) = section.and_then(|section| section.get("login_session")) else {
        invocation.ui.write_error(&format!(
            "warning: no login session found for profile '{profile}'\n"
        ));
        return Ok(());
    };
    let path = cache(&invocation.host).path(&cache_key(session));
    remove(&*invocation.host, &path)?;
    invocation.ui.write_out(&format!(
        "Removed cached login credentials for profile '{profile}'. Note, any local developer tools \
         that have already loaded the access token may continue to use it until its expiration. \
         Access tokens expire in 15 minutes.\n"
    ));
    Ok(())
}

fn all(invocation: &mut Invocation) -> Result<(), CommandError> {
    let host = &*invocation.host;
    let some_file = cache(&invocation.host).path("");
    let folder = some_file.parent().unwrap_or(&some_file);
    let mut count = 0;
    for (path, content) in contents(host, &folder.to_string_lossy()) {
        let token = content.get("accessToken").and_then(Value::as_map);
        if token.is_some_and(|token| token.contains_key("accessKeyId")) {
            remove(host, &path)?;
            count += 1;
        }
    }
    let text = match count {
        0 => "No cached login session tokens found.\n".to_owned(),
        _ => format!(
            "Removed {count} cached login credential{}. Note, any local developer tools that have \
             already loaded access tokens may continue to use them until their expiration. Access \
             tokens expire in 15 minutes.\n",
            if count == 1 { "" } else { "s" }
        ),
    };
    invocation.ui.write_out(&text);
    Ok(())
}
