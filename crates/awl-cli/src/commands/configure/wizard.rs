//! `awl configure wizard`: a profile, by what it is for.
// Parity: awscli/customizations/wizard/wizards/configure/_main.yml.

use crate::argv::Globals;
use crate::commands::Invocation;
use crate::commands::custom::Given;
use crate::commands::wizard::{Lookup, Prompt, Session, Takes};
use crate::error::CommandError;

const KEYS: &[(&str, &str)] = &[("config_type", "static_creds")];
const ROLE: &[(&str, &str)] = &[("config_type", "assume_role")];
const PROCESS: &[(&str, &str)] = &[("config_type", "proc_provider")];
const MORE: &[(&str, &str)] = &[("config_type", "additional_config")];

const fn prompt(
    name: &'static str,
    only_if: &'static [(&'static str, &'static str)],
    text: &'static str,
    takes: Takes,
) -> Prompt {
    Prompt {
        name,
        text,
        takes,
        only_if,
    }
}

static PROMPTS: &[Prompt] = &[
    prompt(
        "config_type",
        &[],
        "What would you like to configure",
        Takes::Choice(&[
            ("Static Credentials", "static_creds"),
            ("Assume Role", "assume_role"),
            ("Process Provider", "proc_provider"),
            ("Additional CLI configuration", "additional_config"),
        ]),
    ),
    prompt(
        "profile_name",
        &[],
        "Enter the name of the profile",
        Takes::Text,
    ),
    prompt(
        "access_key_id",
        KEYS,
        "Enter your Access Key Id",
        Takes::Text,
    ),
    prompt(
        "secret_key",
        KEYS,
        "Enter your Secret Access Key",
        Takes::Secret,
    ),
    prompt(
        "creds_process",
        PROCESS,
        "Enter the credential process command",
        Takes::Text,
    ),
    prompt(
        "role_arn",
        ROLE,
        "Select the role you want to assume",
        Takes::Listed(Lookup {
            service: "iam",
            operation: "ListRoles",
            parameters: &[],
            query: "sort_by(Roles[].{display: RoleName, actual_value: Arn}, &display)",
        }),
    ),
    prompt(
        "credential_source",
        ROLE,
        "Select your credentials source type",
        Takes::Choice(&[
            ("Source Profile", "source_profile"),
            ("Environment Variables", "Environment"),
            ("Amazon EC2 Instance Metadata", "Ec2InstanceMetadata"),
            ("Amazon ECS Container Credentials", "EcsContainer"),
        ]),
    ),
    prompt(
        "source_profile",
        &[("credential_source", "source_profile")],
        "Select the source profile",
        Takes::Profile,
    ),
    prompt("region", MORE, "Enter the region name", Takes::Text),
];

/// `configure wizard`.
pub(super) fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    _: &Given<'_>,
) -> Result<(), CommandError> {
    let mut session = Session::new(invocation, globals);
    session.ask_all(PROMPTS)?;
    let answer = |name| session.get(name);
    let settings = match answer("config_type") {
        "static_creds" => vec![
            ("aws_access_key_id", answer("access_key_id")),
            ("aws_secret_access_key", answer("secret_key")),
        ],
        "proc_provider" => vec![("credential_process", answer("creds_process"))],
        "additional_config" => vec![("region", answer("region"))],
        _ => {
            let source = match answer("credential_source") {
                "source_profile" => ("source_profile", answer("source_profile")),
                source => ("credential_source", source),
            };
            vec![("role_arn", answer("role_arn")), source]
        }
    };
    session.configure(answer("profile_name"), &settings)
}
