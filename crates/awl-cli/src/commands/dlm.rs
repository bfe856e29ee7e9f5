//! `awl dlm create-default-role`: the role by which snapshots or images are
//! made.
// Parity: awscli/customizations/dlm.

use awl_value::{Map, Value, json};

use super::caller::{self, Caller};
use super::custom::{Argument, Custom, Given};
use super::{Invocation, call, roles};
use crate::argv::Globals;
use crate::error::CommandError;

/// What is added to the commands of the service `dlm`.
pub(super) static COMMANDS: &[Custom] = &[Custom::new(
    "create-default-role",
    &[
        Argument::option("--iam-endpoint"),
        Argument::option("--resource-type").choices(&["snapshot", "image"]),
    ],
    create,
)];

fn create(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let (role, policy) = match given.get("--resource-type") {
        Some("image") => (
            "AWSDataLifecycleManagerDefaultRoleForAMIManagement",
            "AWSDataLifecycleManagerServiceRoleForAMIManagement",
        ),
        _ => (
            "AWSDataLifecycleManagerDefaultRole",
            "AWSDataLifecycleManagerServiceRole",
        ),
    };
    let config = call::with_region(&call::load_config(invocation, globals)?)?;
    let config = roles::with_endpoint(&config, given.get("--iam-endpoint"));
    let iam = Caller::of(invocation, globals, &config, "iam")?;
    let name = || ("RoleName", Value::from(role));
    let arn = format!(
        "arn:{}:iam::aws:policy/service-role/{policy}",
        roles::partition(iam.region())
    );
    let arn = || ("PolicyArn", Value::from(&*arn));
    let mut has = |operation: &str, parameters: Map| {
        let found = iam.find(invocation, globals, operation, parameters, roles::ABSENT)?;
        Ok::<bool, CommandError>(found.is_some())
    };
    // Without the policy, the role would be of no use.
    if has("GetRole", roles::map([name()]))? || !has("GetPolicy", roles::map([arn()]))? {
        return Ok(());
    }
    let mut text = String::new();
    let trust = roles::trust_policy("2012-10-17", "dlm.amazonaws.com".into());
    json::write(&trust, json::Style::WIRE, &mut text);
    let parameters = roles::map([name(), ("AssumeRolePolicyDocument", text.into())]);
    let created = iam.call(invocation, globals, "CreateRole", parameters)?;
    let parameters = roles::map([arn(), name()]);
    iam.call(invocation, globals, "AttachRolePolicy", parameters)?;
    let document = roles::policy_document(&iam, invocation, globals, arn().1)?;
    let empty = || Value::Map(Map::new());
    let mut result = roles::map([("RolePolicy", document.unwrap_or_else(empty))]);
    for (key, value) in created {
        result.insert(key, value);
    }
    caller::print(invocation, globals, "create_role", Value::Map(result))
}
