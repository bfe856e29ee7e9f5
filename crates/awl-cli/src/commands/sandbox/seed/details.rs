//! What `iam get-account-authorization-details` prints of a real account, as a
//! seed: an organisation's own identities, to be tried without it.

use awl_value::{Map, Value, json};

use super::document::Document;
use crate::error::CommandError;

/// A document in a seed's own words; the same where it is in those already. The
/// number of the real account becomes the sandbox's.
pub(super) fn translated(document: Document, account: &str) -> Result<Document, CommandError> {
    let lists = ["UserDetailList", "GroupDetailList", "RoleDetailList"];
    if !lists
        .iter()
        .any(|name| document.value().get(name).is_some())
    {
        return Ok(document);
    }
    let value = match number(document.value()) {
        Some(number) if number != account => {
            // Numbers of accounts stand within ARNs only.
            let text = json::to_string(document.value());
            let text = text.replace(&format!("::{number}:"), &format!("::{account}:"));
            json::parse(&text).map_err(|error| CommandError::general(error.to_string()))?
        }
        _ => document.value().clone(),
    };
    let translated = translate(&value);
    Ok(document.replaced(translated))
}

/// The number of the account that the details are of.
fn number(details: &Value) -> Option<String> {
    let lists = ["UserDetailList", "GroupDetailList", "RoleDetailList"];
    let mut entries = lists
        .iter()
        .filter_map(|name| details.get(name)?.as_list())
        .flatten();
    let arn = entries.find_map(|entry| entry.get("Arn")?.as_str())?;
    arn.split(':').nth(4).map(str::to_owned)
}

fn translate(details: &Value) -> Value {
    let list = |name: &str, translate: fn(&Value) -> Option<Map>| {
        let entries = details.get(name).and_then(Value::as_list);
        let entries = entries.unwrap_or_default().iter();
        Value::List(entries.filter_map(translate).map(Value::Map).collect())
    };
    let mut seed = Map::new();
    let (aws, own) = ("AwsPolicies", "Policies");
    seed.push(aws, list("Policies", aws_policy));
    seed.push(own, list("Policies", own_policy));
    seed.push(
        "Groups",
        list("GroupDetailList", |entry| {
            Some(identity(entry, "GroupName", "GroupPolicyList"))
        }),
    );
    seed.push("Roles", list("RoleDetailList", role));
    seed.push(
        "Users",
        list("UserDetailList", |entry| {
            let mut user = identity(entry, "UserName", "UserPolicyList");
            take(entry, "GroupList", "Groups", &mut user);
            Some(user)
        }),
    );
    let profiles = details.get("RoleDetailList").and_then(Value::as_list);
    let profiles = profiles.unwrap_or_default().iter().flat_map(profiles_of);
    seed.push("InstanceProfiles", Value::List(profiles.collect()));
    seed.into()
}

fn take(entry: &Value, from: &str, to: &'static str, map: &mut Map) {
    if let Some(value) = entry.get(from).filter(|value| !value.is_null()) {
        map.push(to, value.clone());
    }
}

/// What users, groups and roles have in common.
fn identity(entry: &Value, name: &'static str, inline: &str) -> Map {
    let mut map = Map::new();
    for member in [name, "Path", "Tags"] {
        take(entry, member, member, &mut map);
    }
    let list = |name: &str| entry.get(name).and_then(Value::as_list).unwrap_or_default();
    let mut policies = Map::new();
    for policy in list(inline) {
        let name = policy.get("PolicyName").and_then(Value::as_str);
        if let (Some(name), Some(document)) = (name, policy.get("PolicyDocument")) {
            policies.push(name.to_owned(), document.clone());
        }
    }
    if !policies.is_empty() {
        map.push("Policies", policies.into());
    }
    let attached = list("AttachedManagedPolicies").iter();
    let attached: Vec<Value> = attached
        .filter_map(|policy| policy.get("PolicyArn").cloned())
        .collect();
    if !attached.is_empty() {
        map.push("ManagedPolicies", Value::List(attached));
    }
    let boundary = entry.get("PermissionsBoundary");
    let boundary = boundary.and_then(|own| own.get("PermissionsBoundaryArn"));
    if let Some(arn) = boundary {
        map.push("PermissionsBoundary", arn.clone());
    }
    map
}

fn role(entry: &Value) -> Option<Map> {
    // Services make these for themselves.
    let path = entry.get("Path").and_then(Value::as_str);
    if path.is_some_and(|path| path.starts_with("/aws-service-role/")) {
        return None;
    }
    let mut role = identity(entry, "RoleName", "RolePolicyList");
    let document = "AssumeRolePolicyDocument";
    take(entry, document, document, &mut role);
    Some(role)
}

fn profiles_of(role: &Value) -> Vec<Value> {
    let profiles = role.get("InstanceProfileList").and_then(Value::as_list);
    let profiles = profiles.unwrap_or_default().iter();
    let profiles = profiles.map(|profile| {
        let mut map = Map::new();
        for member in ["InstanceProfileName", "Path"] {
            take(profile, member, member, &mut map);
        }
        take(role, "RoleName", "Role", &mut map);
        map.into()
    });
    profiles.collect()
}

/// The version of a managed policy that counts.
fn document(entry: &Value) -> Option<Value> {
    let versions = entry.get("PolicyVersionList")?.as_list()?.iter();
    let mut counting = versions
        .filter(|version| version.get("IsDefaultVersion").and_then(Value::as_bool) == Some(true));
    counting.next()?.get("Document").cloned()
}

fn is_aws(entry: &Value) -> bool {
    let arn = entry.get("Arn").and_then(Value::as_str);
    arn.is_some_and(|arn| arn.contains(":iam::aws:policy/"))
}

fn own_policy(entry: &Value) -> Option<Map> {
    if is_aws(entry) {
        return None;
    }
    let mut policy = Map::new();
    for member in ["PolicyName", "Path", "Description"] {
        take(entry, member, member, &mut policy);
    }
    policy.push("PolicyDocument", document(entry)?);
    Some(policy)
}

/// One of AWS's own, which the sandbox may not know.
fn aws_policy(entry: &Value) -> Option<Map> {
    if !is_aws(entry) {
        return None;
    }
    let mut policy = Map::new();
    take(entry, "Arn", "PolicyArn", &mut policy);
    policy.push("PolicyDocument", document(entry)?);
    Some(policy)
}
