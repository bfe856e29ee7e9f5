//! `awl iam wizard new-role`: a role, whom it trusts, a policy of it, and a
//! profile that assumes it.

use awl_value::{Map, Value, python};

use super::text::{always, only};
use super::{Lookup, NO_ARGUMENTS, Prompt, Same, Session, Takes, Wizard};
use crate::commands::custom::Custom;
use crate::commands::roles::map;
use crate::error::CommandError;

pub(super) const COMMAND: Custom =
    Custom::new("new-role", NO_ARGUMENTS, |invocation, globals, _| {
        super::run(invocation, globals, &WIZARD)
    });

const FOR_SERVICE: &[(&str, &str)] = &[("role_type", "aws_service")];
const FOR_ACCOUNT: &[(&str, &str)] = &[("role_type", "aws_account")];
const WANTS_PROFILE: &[(&str, &str)] = &[("wants_config_profile", "yes")];
const FROM_PROFILE: &[(&str, &str)] = &[("source_type", "wants_source_profile")];

/// Where a profile's credentials come from, and what it says of that.
const SOURCES: &[(&str, &str)] = &[
    ("wants_env_source", "Environment"),
    ("wants_imds_source", "Ec2InstanceMetadata"),
    ("wants_ecs_source", "EcsContainer"),
];

const fn prompt(name: &'static str, text: &'static str, takes: Takes) -> Prompt {
    Prompt {
        name,
        text,
        takes,
        only_if: &[],
    }
}

static WIZARD: Wizard = Wizard {
    prompts: &[
        prompt("role_name", "Role name", Takes::Text),
        prompt("role_description", "Role description", Takes::Text),
        prompt(
            "role_type",
            "Select type of trusted entity",
            Takes::Choice(&[
                ("AWS Service", "aws_service"),
                ("This AWS Account", "this_aws_account"),
                ("Another AWS Account", "aws_account"),
            ]),
        ),
        Prompt {
            only_if: FOR_SERVICE,
            ..prompt(
                "service_name",
                "Choose the service that will use this role",
                Takes::Choice(&[
                    ("Amazon EC2", "ec2"),
                    ("AWS Lambda", "lambda"),
                    ("AWS CodeBuild", "codebuild"),
                    ("Amazon EventBridge", "events"),
                ]),
            )
        },
        Prompt {
            only_if: FOR_ACCOUNT,
            ..prompt(
                "account_id",
                "Enter the Account ID that can use this role",
                Takes::Text,
            )
        },
        prompt(
            "policy_arn",
            "Choose a policy to attach",
            Takes::Listed(Lookup {
                service: "iam",
                operation: "ListPolicies",
                parameters: &[("Scope", "All")],
                query: "sort_by(Policies[?IsAttachable==`true`&&Path!='/aws-service-role/']\
                        .{display: PolicyName, actual_value: Arn}, &display)",
            }),
        ),
        prompt(
            "wants_config_profile",
            "Do you want to create a new CLI profile with this role?",
            Takes::Choice(&[("Yes", "yes"), ("No", "no")]),
        ),
        Prompt {
            only_if: WANTS_PROFILE,
            ..prompt(
                "new_profile_name",
                "Enter the name of the new profile",
                Takes::Text,
            )
        },
        Prompt {
            only_if: WANTS_PROFILE,
            ..prompt(
                "source_type",
                "Select the credential source",
                Takes::Choice(&[
                    ("Source Profile", "wants_source_profile"),
                    ("Environment Variables", "wants_env_source"),
                    ("EC2 Instance Metadata", "wants_imds_source"),
                    ("ECS Container Task Role", "wants_ecs_source"),
                ]),
            )
        },
        Prompt {
            only_if: FROM_PROFILE,
            ..prompt(
                "source_profile",
                "Name of the source profile",
                Takes::Profile,
            )
        },
    ],
    derive,
    commands: &[
        always(
            "aws iam create-role \\\n  --role-name \"{role_name}\" \\\n  \
             --description '{role_description}' \\\n  --assume-role-policy-document \\\n  \
             '{\"Version\": \"2008-10-17\",\"Statement\":\n   \
             [{\"Action\": \"sts:AssumeRole\",\"Principal\":\n   \
             {\"{principal_kind}\": \"{principal}\"},\"Effect\": \"Allow\",\"Sid\": \"\"}]}'\n\n\
             aws iam attach-role-policy \\\n  --role-name \"{role_name}\" \\\n  \
             --policy-arn '{policy_arn}'\n\n",
        ),
        only(
            WANTS_PROFILE,
            "aws configure set {source_setting} {source} --profile {new_profile_name}\n\n\n\
             role_arn=$(aws iam get-role --role-name \"{role_name}\" \\\n  \
             --query Role.Arn --output text)\n\n\
             aws configure set role_arn \"$role_arn\" --profile {new_profile_name}\n",
        ),
    ],
    template: &[
        always(
            "Resources:\n  {role_name}:\n    Type: \"AWS::IAM::Role\"\n    Properties:\n      \
             RoleName: {role_name}\n",
        ),
        only(
            &[("is_described", "yes")],
            "      Description: {role_description}\n",
        ),
        always(
            "      AssumeRolePolicyDocument:\n        Version: 2012-10-17\n        Statement:\n          \
             - Effect: Allow\n            Principal:\n              {principal_kind}:\n                \
             - {principal}\n            Action:\n              - 'sts:AssumeRole'\n            \
             Sid: ''\n      ManagedPolicyArns:\n        - {policy_arn}\n",
        ),
    ],
    execute,
    done: &[always(
        "Wizard successfully created role with following properties:\n  Role name: {role_name}\n  \
         Role ARN: {role_arn}\n",
    )],
    same: Same {
        what: "role",
        gap: "\n",
    },
};

fn derive(session: &mut Session<'_>) -> Result<(), CommandError> {
    let (kind, principal) = match session.get("role_type") {
        "aws_service" => {
            let service = session.get("service_name");
            ("Service", format!("{service}.amazonaws.com"))
        }
        "aws_account" => {
            let account = session.get("account_id");
            ("AWS", format!("arn:aws:iam::{account}:root"))
        }
        _ => {
            let answer = session.call("sts", "GetCallerIdentity", Map::new())?;
            let account = answer.get("Account").map(python::str).unwrap_or_default();
            ("AWS", format!("arn:aws:iam::{account}:root"))
        }
    };
    session.set("principal_kind", kind);
    session.set("principal", principal);
    let is_described = !session.get("role_description").is_empty();
    session.set("is_described", if is_described { "yes" } else { "no" });
    let source = session.get("source_type");
    let (setting, source) = match SOURCES.iter().find(|(known, _)| *known == source) {
        Some((_, source)) => ("credential_source", (*source).to_owned()),
        None => ("source_profile", session.get("source_profile").to_owned()),
    };
    session.set("source_setting", setting);
    session.set("source", source);
    Ok(())
}

/// The policy that says who may assume the role, as the AWS CLI's wizard lays
/// it out.
fn trust_policy(session: &Session<'_>) -> String {
    let (kind, principal) = (session.get("principal_kind"), session.get("principal"));
    format!(
        "{{\n  \"Version\": \"2008-10-17\",\n  \"Statement\": [\n      {{\n          \
         \"Action\": \"sts:AssumeRole\",\n          \"Principal\": {{\n              \
         \"{kind}\": \"{principal}\"\n          }},\n          \"Effect\": \"Allow\",\n          \
         \"Sid\": \"\"\n      }}\n  ]\n}}\n"
    )
}

fn execute(session: &mut Session<'_>) -> Result<(), CommandError> {
    let text = |name: &str| Value::from(session.get(name));
    let parameters = map([
        ("RoleName", text("role_name")),
        (
            "AssumeRolePolicyDocument",
            Value::from(trust_policy(session)),
        ),
        ("Description", text("role_description")),
    ]);
    let attachment = map([
        ("RoleName", text("role_name")),
        ("PolicyArn", text("policy_arn")),
    ]);
    let answer = session.call("iam", "CreateRole", parameters)?;
    let arn = answer.get("Role").and_then(|role| role.get("Arn"));
    let arn = arn.map(python::str).unwrap_or_default();
    session.call("iam", "AttachRolePolicy", attachment)?;
    session.set("role_arn", arn.clone());
    if session.get("wants_config_profile") == "yes" {
        let source = (session.get("source_setting"), session.get("source"));
        let profile = session.get("new_profile_name");
        session.configure(profile, &[source, ("role_arn", &arn)])?;
    }
    Ok(())
}
