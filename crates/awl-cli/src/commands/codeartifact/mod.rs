//! `awl codeartifact login`: has a package manager use a repository of
//! CodeArtifact.
// Parity: awscli/customizations/codeartifact/login.py.

mod duration;
mod nuget;
mod run;
mod swift;
mod twine;

use std::path::PathBuf;

use awl_value::{Map, Timestamp, Value, Zone};

use super::Invocation;
use super::caller::Caller;
use super::custom::{Argument, Custom, Given};
use crate::arguments::Schema;
use crate::argv::Globals;
use crate::error::CommandError;
use crate::output::local_zone;

/// What is added to the commands of the service `codeartifact`.
pub(super) static COMMANDS: &[Custom] = &[Custom::new(
    "login",
    &[
        Argument::option("--tool")
            .required()
            .choices(&["swift", "nuget", "dotnet", "npm", "pip", "twine"]),
        Argument::option("--domain").required(),
        Argument::option("--domain-owner"),
        Argument::option("--namespace"),
        Argument::shaped("--duration-seconds", &Schema::Integer),
        Argument::option("--repository").required(),
        Argument::option("--endpoint-type"),
        Argument::flag("--dry-run"),
    ],
    login,
)];

/// What a package manager is to know.
struct Login<'a> {
    given: &'a Given<'a>,
    token: String,
    expiration: Timestamp,
    endpoint: String,
    dry_run: bool,
    home: PathBuf,
}

fn login(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let word = |name: &str| given.get(name).unwrap_or_default();
    let tool = word("--tool");
    let format = match tool {
        "nuget" | "dotnet" => "nuget",
        "pip" | "twine" => "pypi",
        tool => tool,
    };
    let service = Caller::new(invocation, globals, "codeartifact")?;
    let some = |name: &str| given.get(name).filter(|word| !word.is_empty());
    let mut parameters = Map::new();
    parameters.push("domain", word("--domain").into());
    if let Some(owner) = some("--domain-owner") {
        parameters.push("domainOwner", owner.into());
    }
    let duration = given.value("--duration-seconds");
    if let Some(duration) = duration.filter(|duration| **duration != Value::Int(0)) {
        parameters.push("durationSeconds", duration.clone());
    }
    let mut token = service.call(invocation, globals, "GetAuthorizationToken", parameters)?;
    let mut parameters = Map::new();
    parameters.push("domain", word("--domain").into());
    parameters.push("repository", word("--repository").into());
    parameters.push("format", format.into());
    for (option, name) in [
        ("--endpoint-type", "endpointType"),
        ("--domain-owner", "domainOwner"),
    ] {
        if let Some(word) = some(option) {
            parameters.push(name, word.into());
        }
    }
    let mut answer = service.call(invocation, globals, "GetRepositoryEndpoint", parameters)?;
    let absent = |name: &str| CommandError::general(format!("'{name}'"));
    let Some(Value::String(endpoint)) = answer.remove("repositoryEndpoint") else {
        return Err(absent("repositoryEndpoint"));
    };
    let takes_namespace = matches!(tool, "swift" | "npm");
    if !takes_namespace && some("--namespace").is_some() {
        return Err(CommandError::general(format!(
            "Argument --namespace is not supported for {tool}"
        )));
    }
    let Some(Value::String(text)) = token.remove("authorizationToken") else {
        return Err(absent("authorizationToken"));
    };
    let expiration = match token.remove("expiration") {
        Some(Value::Timestamp(time)) => time,
        Some(Value::Float(seconds)) => local((seconds * 1e6) as i64),
        Some(Value::Int(seconds)) => local(seconds * 1_000_000),
        _ => return Err(absent("expiration")),
    };
    let login = Login {
        given,
        token: text,
        expiration,
        endpoint,
        dry_run: given.has("--dry-run"),
        home: invocation.host.home().unwrap_or_default(),
    };
    match tool {
        "swift" => swift::login(invocation, &login),
        "nuget" | "dotnet" => nuget::login(invocation, &login, tool),
        "npm" => npm(invocation, &login),
        "pip" => pip(invocation, &login),
        _ => twine::login(invocation, &login),
    }
}

const fn local(micros: i64) -> Timestamp {
    Timestamp {
        micros,
        zone: Zone::Local,
    }
}

/// The scheme, the host and the path of an endpoint.
fn split(endpoint: &str) -> (&str, &str, &str) {
    let (scheme, rest) = endpoint.split_once("://").unwrap_or(("", endpoint));
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    (scheme, host, path)
}

fn npm(invocation: &mut Invocation, login: &Login<'_>) -> Result<(), CommandError> {
    const PROGRAM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let registry = match login.given.get("--namespace") {
        None => "registry".to_owned(),
        Some(namespace) => {
            let scope = match namespace.starts_with('@') {
                true => namespace.to_owned(),
                false => format!("@{namespace}"),
            };
            // Parity: only the first letter behind the `@` is looked at.
            let first = scope.chars().nth(1);
            if !first.is_some_and(|it| matches!(it, 'a'..='z' | '0'..='9' | '-' | '~')) {
                return Err(CommandError::general(
                    "Invalid scope name, scope must contain URL-safe characters, no leading dots \
                     or underscores",
                ));
            }
            format!("{scope}:registry")
        }
    };
    let (_, host, path) = split(&login.endpoint);
    let settings = [
        (registry, login.endpoint.clone()),
        (format!("//{host}{path}:always-auth"), "true".to_owned()),
        (format!("//{host}{path}:_authToken"), login.token.clone()),
    ];
    let commands: Vec<Vec<String>> = settings
        .into_iter()
        .map(|(name, value)| {
            let mut words = [PROGRAM, "config", "set"].map(str::to_owned).to_vec();
            words.extend([name, value]);
            words
        })
        .collect();
    login.run_all(invocation, "npm", &commands)
}

fn pip(invocation: &mut Invocation, login: &Login<'_>) -> Result<(), CommandError> {
    let (scheme, host, path) = split(&login.endpoint);
    let index = format!("{scheme}://aws:{}@{host}{path}simple/", login.token);
    let mut words = ["pip", "config", "set", "global.index-url"]
        .map(str::to_owned)
        .to_vec();
    words.push(index);
    login.run_all(invocation, "pip", &[words])
}

impl Login<'_> {
    /// Runs command lines, or prints them.
    fn run_all(
        &self,
        invocation: &mut Invocation,
        tool: &str,
        commands: &[Vec<String>],
    ) -> Result<(), CommandError> {
        if self.dry_run {
            for command in commands {
                let line = format!("{}\n\n", command.join(" "));
                invocation.ui.write_out(&line);
            }
            return Ok(());
        }
        for command in commands {
            // Newer versions of npm do not know this setting any more.
            let is_optional = tool == "npm" && command.iter().any(|it| it.contains("always-auth"));
            match run::checked(command, &self.token) {
                Err(run::Failure::Absent) => return Err(run::not_found(tool)),
                Err(run::Failure::Failed(_)) if is_optional => {}
                Err(run::Failure::Failed(error) | run::Failure::Other(error)) => return Err(error),
                Ok(_) => {}
            }
        }
        self.report(invocation, tool);
        Ok(())
    }

    /// Says that all went well, and until when it is good.
    fn report(&self, invocation: &mut Invocation, tool: &str) {
        let now = invocation.host.epoch().as_micros();
        let now = i64::try_from(now).unwrap_or_default();
        let left = duration::between(now, self.expiration.micros);
        let zone = local_zone(&*invocation.host);
        let offset = match self.expiration.zone {
            Zone::Offset(offset) => offset,
            Zone::Local => jiff::Timestamp::from_microsecond(self.expiration.micros)
                .map_or(0, |time| zone.to_offset(time).seconds()),
        };
        let end = self.expiration.isoformat(offset).replacen('T', " ", 1);
        let endpoint = &self.endpoint;
        invocation.ui.write_out(&format!(
            "Successfully configured {tool} to use AWS CodeArtifact repository {endpoint} \nLogin \
             expires in {left} at {end}\n"
        ));
    }
}
