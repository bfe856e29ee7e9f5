//! `awl imds`: what the instance metadata service says, on an EC2 instance.
//! The AWS CLI has no such command.

mod path;
mod tree;

use awl_sdk::Config;
use awl_sdk::imds::{Imds, TOKEN_TTL};
use awl_value::{Value, json};

use super::custom::{Argument, Custom, Given};
use super::{Invocation, call};
use crate::argv::Globals;
use crate::error::CommandError;
use crate::output::Printer;

/// `imds`.
pub(super) static COMMAND: Custom = Custom::group(
    "imds",
    &[
        Custom::new("get", &[Argument::positional("path").literal()], get),
        Custom::new(
            "list",
            &[Argument::positional("path").literal().optional()],
            list,
        ),
        Custom::new(
            "tree",
            &[Argument::positional("path").literal().optional()],
            tree,
        ),
        Custom::new("token", &[Argument::option("--ttl").integer()], token),
        Custom::new("user-data", &[], user_data),
        Custom::new("identity-document", &[], identity_document),
        Custom::new("credentials", &[], credentials),
    ],
);

const IDENTITY_DOCUMENT: &str = "latest/dynamic/instance-identity/document";

fn get(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let (_, imds) = client(invocation, globals)?;
    let path = path::resolve(given.get("path").unwrap_or_default());
    let bytes = call::until_interrupted(async { Ok(imds.get(&path).await?) })?;
    invocation.ui.write_bytes(&bytes);
    if !path::is_user_data(&path) && !bytes.ends_with(b"\n") {
        invocation.ui.write_out("\n");
    }
    Ok(())
}

fn list(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let (config, imds) = client(invocation, globals)?;
    let folder = path::folder(given.get("path").unwrap_or_default());
    let names = call::until_interrupted(async {
        let listing = imds.get(&folder).await?;
        Ok(path::names(&listing))
    })?;
    if globals.output.is_none() && globals.query.is_none() {
        for name in names {
            invocation.ui.write_out(&format!("{name}\n"));
        }
        return Ok(());
    }
    let names = Value::List(names.into_iter().map(Value::from).collect());
    print(invocation, globals, &config, "Names", names)
}

fn tree(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let (config, imds) = client(invocation, globals)?;
    let folder = path::folder(given.get("path").unwrap_or_default());
    let found = call::until_interrupted(tree::walk(&imds, &folder))?;
    if globals.output.is_none() && globals.query.is_none() {
        invocation.ui.write_out(&tree::text(&found));
        return Ok(());
    }
    print(invocation, globals, &config, "Metadata", Value::Map(found))
}

fn token(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let ttl = match given.get("--ttl") {
        None => TOKEN_TTL,
        Some(word) => word
            .trim()
            .parse()
            .ok()
            .filter(|seconds| (1..=TOKEN_TTL).contains(seconds))
            .ok_or_else(|| {
                CommandError::validation(format!(
                    "Bad value for --ttl {word}: a token is good for 1 to {TOKEN_TTL} seconds"
                ))
            })?,
    };
    let (_, imds) = client(invocation, globals)?;
    let token = call::until_interrupted(async { Ok(imds.fetch_token(ttl).await?) })?;
    let token = token.ok_or_else(|| {
        CommandError::general(format!(
            "the instance metadata service at {} gives no token: it speaks version 1 only, or its \
             answer does not reach this machine, as from a container where the hop limit is 1",
            imds.endpoint()
        ))
    })?;
    invocation.ui.write_out(&format!("{token}\n"));
    Ok(())
}

fn user_data(
    invocation: &mut Invocation,
    globals: &Globals,
    _: &Given<'_>,
) -> Result<(), CommandError> {
    let (_, imds) = client(invocation, globals)?;
    let bytes = call::until_interrupted(async { Ok(imds.get("latest/user-data").await?) })?;
    invocation.ui.write_bytes(&bytes);
    Ok(())
}

fn identity_document(
    invocation: &mut Invocation,
    globals: &Globals,
    _: &Given<'_>,
) -> Result<(), CommandError> {
    let (config, imds) = client(invocation, globals)?;
    let document = call::until_interrupted(async { Ok(imds.get(IDENTITY_DOCUMENT).await?) })?;
    let document = std::str::from_utf8(&document)
        .ok()
        .and_then(|text| json::parse(text).ok())
        .ok_or_else(|| CommandError::general("the instance's identity document is no JSON"))?;
    print(invocation, globals, &config, "IdentityDocument", document)
}

fn credentials(
    invocation: &mut Invocation,
    globals: &Globals,
    _: &Given<'_>,
) -> Result<(), CommandError> {
    let (config, imds) = client(invocation, globals)?;
    let document = call::until_interrupted(async {
        let role = imds.role().await?;
        let mut document = imds.role_document(&role).await?;
        if let Value::Map(map) = &mut document {
            map.insert("RoleName", Value::from(role));
        }
        Ok(document)
    })?;
    print(invocation, globals, &config, "Credentials", document)
}

/// A client of the service, which may be asked.
fn client(invocation: &Invocation, globals: &Globals) -> Result<(Config, Imds), CommandError> {
    let config = call::load_config(invocation, globals)?;
    let imds = Imds::new(&config)?;
    imds.check()?;
    Ok((config, imds))
}

fn print(
    invocation: &mut Invocation,
    globals: &Globals,
    config: &Config,
    title: &'static str,
    value: Value,
) -> Result<(), CommandError> {
    let printer = Printer::new(config, globals, title)?;
    printer.print(&mut invocation.ui, &*invocation.host, value)
}
