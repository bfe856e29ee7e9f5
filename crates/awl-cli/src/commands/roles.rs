//! What the commands share that make roles in IAM.

use awl_sdk::config::Config;
use awl_value::{Map, Value};

use super::Invocation;
use super::caller::Caller;
use crate::argv::Globals;
use crate::error::CommandError;

/// What IAM says of what is not there.
pub(super) const ABSENT: &[&str] = &["NoSuchEntity"];

/// The configuration with another endpoint, or with none of the command line's.
pub(super) fn with_endpoint(config: &Config, endpoint: Option<&str>) -> Config {
    let mut overrides = config.overrides().clone();
    overrides.endpoint_url = endpoint.map(str::to_owned);
    config.with_overrides(overrides)
}

/// The partition in the ARNs of AWS's policies.
// Parity: awscli/customizations/utils.py, get_policy_arn_suffix.
pub(super) fn partition(region: &str) -> &'static str {
    let region = region.to_lowercase();
    if region.starts_with("cn-") {
        "aws-cn"
    } else if region.starts_with("us-gov") {
        "aws-us-gov"
    } else {
        "aws"
    }
}

/// A policy that lets services assume a role.
pub(super) fn trust_policy(version: &str, services: Value) -> Value {
    let statement = map([
        ("Sid", "".into()),
        ("Effect", "Allow".into()),
        ("Principal", Value::Map(map([("Service", services)]))),
        ("Action", "sts:AssumeRole".into()),
    ]);
    Value::Map(map([
        ("Version", version.into()),
        ("Statement", Value::List(vec![Value::Map(statement)])),
    ]))
}

/// What a managed policy says in its default version.
pub(super) fn policy_document(
    iam: &Caller,
    invocation: &mut Invocation,
    globals: &Globals,
    arn: Value,
) -> Result<Option<Value>, CommandError> {
    let parameters = map([("PolicyArn", arn.clone())]);
    let policy = iam.call(invocation, globals, "GetPolicy", parameters)?;
    let version = policy
        .get("Policy")
        .and_then(|policy| policy.get("DefaultVersionId"));
    let version = version.cloned().unwrap_or_else(|| "".into());
    let parameters = map([("PolicyArn", arn), ("VersionId", version)]);
    let answer = iam.call(invocation, globals, "GetPolicyVersion", parameters)?;
    let document = answer
        .get("PolicyVersion")
        .and_then(|version| version.get("Document"));
    Ok(document.cloned())
}

/// A map of these entries.
pub(super) fn map<const N: usize>(entries: [(&'static str, Value); N]) -> Map {
    let mut map = Map::with_capacity(N);
    for (name, value) in entries {
        map.push(name, value);
    }
    map
}
