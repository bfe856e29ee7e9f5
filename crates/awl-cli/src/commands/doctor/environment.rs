//! Checks of the environment's variables.

use super::context::{Context, Profile};
use super::finding::{Finding, Severity, shown};
use super::known;

/// The variables that one set of keys is made of.
const KEY_VARIABLES: &[&str] = &[
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
];

/// Keys of a profile that say who signs.
pub(super) const IDENTITY_KEYS: &[&str] = &[
    "role_arn",
    "web_identity_token_file",
    "sso_session",
    "sso_start_url",
    "login_session",
    "credential_process",
    "aws_access_key_id",
];

/// Variables that name files.
const FILE_VARIABLES: &[&str] = &[
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_CA_BUNDLE",
    "AWS_CREDENTIAL_FILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
];

/// Variables of which only the first counts for the AWS CLI.
const RIVALS: &[(&str, &str)] = &[
    ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"),
    ("AWS_REGION", "AWS_DEFAULT_REGION"),
];

/// Keys in the environment that are used in place of what is configured.
pub(super) fn shadowing_keys(context: &Context<'_>) -> Vec<Finding> {
    // With `--profile` the environment's keys are not looked at.
    if context.given_profile.is_some() || context.variable("AWS_ACCESS_KEY_ID").is_none() {
        return Vec::new();
    }
    let shadowed = match context.chosen_profile() {
        Some((name, variable)) => Some(format!("profile {}, which {variable} names", shown(&name))),
        None => default_identity(context).or_else(|| machine_role(context)),
    };
    let Some(shadowed) = shadowed else {
        return Vec::new();
    };
    vec![Finding::new(
        Severity::Warning,
        format!("the keys in AWS_ACCESS_KEY_ID are used, and not {shadowed}"),
        format!("{}, or give --profile", unset(context, KEY_VARIABLES)),
    )]
}

fn default_identity(context: &Context<'_>) -> Option<String> {
    let profiles = context.profiles();
    let default = profiles.iter().find(|profile| profile.name == "default")?;
    let key = Profile::first_of(default, IDENTITY_KEYS)?;
    let (file, entry) = default.get(key)?;
    Some(format!(
        "{key} of profile default ({}:{})",
        file.path.display(),
        entry.line
    ))
}

/// The role of the container or instance that this is.
pub(super) fn machine_role(context: &Context<'_>) -> Option<String> {
    let container = [
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ]
    .into_iter()
    .find(|name| context.variable(name).is_some());
    let of_container = container.map(|name| format!("the container's role, which {name} gives"));
    let role = context.probe.instance_role.as_deref();
    of_container.or_else(|| role.map(|role| format!("the instance's role {}", shown(role))))
}

/// Half a pair of keys.
pub(super) fn partial_keys(context: &Context<'_>) -> Vec<Finding> {
    let (id, secret) = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
    let is_set = |name: &str| context.variable(name).is_some();
    let (there, missing) = match (is_set(id), is_set(secret)) {
        (true, false) => (id, secret),
        (false, true) => (secret, id),
        _ => return Vec::new(),
    };
    vec![Finding::new(
        Severity::Error,
        format!("{there} is set, but {missing} is not"),
        format!("set {missing} too, or: unset {there}"),
    )]
}

/// Names that are nearly those of variables that are read.
pub(super) fn misspelt_variables(context: &Context<'_>) -> Vec<Finding> {
    let names = context.host.variable_names();
    names
        .iter()
        .filter_map(|name| Some((name, known::meant_variable(name)?)))
        // Other programs have other names for it; set both, and all is well.
        .filter(|(_, meant)| context.variable(meant).is_none())
        .map(|(name, meant)| {
            Finding::new(
                Severity::Warning,
                format!(
                    "{} is set, which nothing of AWS reads; {meant} is",
                    shown(name)
                ),
                format!("export {meant}=\"${name}\"; unset {name}"),
            )
        })
        .collect()
}

/// Variables that name files that are not there.
pub(super) fn absent_files(context: &Context<'_>) -> Vec<Finding> {
    FILE_VARIABLES
        .iter()
        .filter_map(|name| {
            let path = context.host.expand(&context.variable(name)?);
            let error = context.host.facts(&path).err()?;
            Some(
                Finding::new(
                    Severity::Error,
                    format!("the file that {name} names cannot be reached: {error}"),
                    format!("unset {name}, or make the file"),
                )
                .in_file(&path),
            )
        })
        .collect()
}

/// Two variables for one thing that say different things.
pub(super) fn rival_variables(context: &Context<'_>) -> Vec<Finding> {
    RIVALS
        .iter()
        .filter_map(|(first, second)| {
            let (one, other) = (context.variable(first)?, context.variable(second)?);
            (one != other).then(|| {
                Finding::new(
                    Severity::Warning,
                    format!(
                        "{first} is {} and {second} is {}: the AWS CLI takes {first}, other \
                         programs the other one",
                        shown(&one),
                        shown(&other)
                    ),
                    format!("unset {second}"),
                )
            })
        })
        .collect()
}

/// A proxy that would be asked for the metadata of instance or container.
pub(super) fn metadata_proxy(context: &Context<'_>) -> Vec<Finding> {
    const METADATA: &str = "169.254.169.254";
    let Some(proxy) = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]
        .into_iter()
        .find(|name| context.variable(name).is_some())
    else {
        return Vec::new();
    };
    let exceptions = context
        .variable("no_proxy")
        .or_else(|| context.variable("NO_PROXY"))
        .unwrap_or_default();
    let is_excepted = exceptions.split(',').map(str::trim).any(|exception| {
        exception == "*" || exception == METADATA || exception.starts_with("169.254.")
    });
    if is_excepted {
        return Vec::new();
    }
    vec![Finding::new(
        Severity::Note,
        format!(
            "{proxy} is set and NO_PROXY does not except {METADATA}: awl never asks a proxy for \
             the metadata of an instance or container, but other programs do"
        ),
        format!("export NO_PROXY=\"${{NO_PROXY:+$NO_PROXY,}}{METADATA},169.254.170.2\""),
    )]
}

/// The command that unsets those of the variables that are set.
fn unset(context: &Context<'_>, names: &[&str]) -> String {
    let set: Vec<&str> = names
        .iter()
        .copied()
        .filter(|name| context.host.variable(name).is_some())
        .collect();
    format!("unset {}", set.join(" "))
}
