//! Managed policies and their versions.

use awl_iam::PolicyType;
use awl_protocol::server::Failure;
use awl_value::{Map, Value};

use super::{
    add_tags, check_name, document, done, encoded, exceeded, list_tags, map, page, path,
    remove_tags, time,
};
use crate::account::{Account, Kind, ManagedPolicy, PolicyVersion, tags_value};
use crate::door::{Call, Outcome};
use crate::ids;

const LARGEST: usize = 6144;
const VERSIONS: usize = 5;
const POLICIES: usize = 1500;

/// Answers what is asked of managed policies.
pub(super) fn call(call: &mut Call<'_>, operation: &str) -> Outcome {
    match operation {
        "CreatePolicy" => create(call),
        "GetPolicy" => {
            let policy = named(call)?;
            Ok(Some(map([("Policy", full(&policy, call.account))])))
        }
        "ListPolicies" => list(call),
        "DeletePolicy" => delete(call),
        "CreatePolicyVersion" => create_version(call),
        "GetPolicyVersion" => {
            let policy = named(call)?;
            let version = version(call, &policy)?;
            let mut output = version_value(&policy, version);
            output.insert("Document", encoded(&version.document));
            Ok(Some(map([("PolicyVersion", output.into())])))
        }
        "ListPolicyVersions" => {
            let policy = named(call)?;
            let items = policy.versions.iter().rev().map(|version| {
                // The latest comes first.
                let key = format!("{:010}", i64::MAX - version.number);
                (key, Value::Map(version_value(&policy, version)))
            });
            page(call, "Versions", items.collect())
        }
        "DeletePolicyVersion" => {
            let mut policy = owned(call)?;
            let number = version(call, &policy)?.number;
            if number == policy.default {
                let message = "Cannot delete the default version of a policy.";
                return Err(call.failure("DeleteConflict", message));
            }
            policy.versions.retain(|version| version.number != number);
            call.account.put_policy(policy);
            done()
        }
        "SetDefaultPolicyVersion" => {
            let mut policy = owned(call)?;
            policy.default = version(call, &policy)?.number;
            policy.updated = call.now;
            call.account.put_policy(policy);
            done()
        }
        "ListEntitiesForPolicy" => entities(call),
        "TagPolicy" => {
            let mut policy = owned(call)?;
            add_tags(call, "Policy", &mut policy.tags)?;
            call.account.put_policy(policy);
            done()
        }
        "UntagPolicy" => {
            let mut policy = owned(call)?;
            remove_tags(call, &mut policy.tags);
            call.account.put_policy(policy);
            done()
        }
        "ListPolicyTags" => list_tags(call, &named(call)?.tags),
        _ => Ok(None),
    }
}

fn named(call: &Call<'_>) -> Result<ManagedPolicy, Failure> {
    let arn = call.parameters.text("PolicyArn").unwrap_or_default();
    let policy = call.account.policy(arn).cloned();
    policy.ok_or_else(|| call.failure("NoSuchEntity", format!("Policy {arn} was not found.")))
}

/// One that the account may change.
fn owned(call: &Call<'_>) -> Result<ManagedPolicy, Failure> {
    let policy = named(call)?;
    if policy.is_aws() {
        let message = format!(
            "Policy {} is managed by AWS and cannot be changed.",
            policy.arn
        );
        return Err(Failure::new("AccessDenied", message).with_status(403));
    }
    Ok(policy)
}

fn version<'p>(call: &Call<'_>, policy: &'p ManagedPolicy) -> Result<&'p PolicyVersion, Failure> {
    let id = call.parameters.text("VersionId").unwrap_or_default();
    let number = id.strip_prefix('v').and_then(|number| number.parse().ok());
    let found = number.and_then(|number| policy.version(number));
    found.ok_or_else(|| {
        let message = format!(
            "Policy {} version {id} does not exist or is not attachable.",
            policy.arn
        );
        call.failure("NoSuchEntity", message)
    })
}

fn text(call: &Call<'_>) -> Result<crate::record::Document, Failure> {
    let text = call.parameters.text("PolicyDocument").unwrap_or_default();
    let document = document(call, text, PolicyType::Identity)?;
    if document.policy.size_without_space() > LARGEST {
        return Err(exceeded(call, "PolicySize", LARGEST));
    }
    Ok(document)
}

fn create(call: &mut Call<'_>) -> Outcome {
    let name = call.parameters.text("PolicyName").unwrap_or_default();
    check_name(call, "PolicyName", name)?;
    let path = path(call)?;
    let account = &call.account.id;
    let is_taken =
        |policy: &ManagedPolicy| !policy.is_aws() && policy.name.eq_ignore_ascii_case(name);
    if call.account.policies().any(is_taken) {
        let message =
            format!("A policy called {name} already exists. Duplicate names are not allowed.");
        return Err(call.failure("EntityAlreadyExists", message));
    }
    if call.account.counts().policies >= POLICIES {
        return Err(exceeded(call, "PoliciesPerAccount", POLICIES));
    }
    let mut tags = Vec::new();
    add_tags(call, "Policy", &mut tags)?;
    let policy = ManagedPolicy {
        arn: format!("arn:aws:iam::{account}:policy{path}{name}"),
        id: ids::unique_id("ANPA", call.sandbox.entropy()),
        name: name.to_owned(),
        path,
        description: call.parameters.text("Description").map(str::to_owned),
        created: call.now,
        updated: call.now,
        tags,
        default: 1,
        latest: 1,
        versions: vec![PolicyVersion {
            number: 1,
            document: text(call)?,
            created: call.now,
        }],
    };
    let output = map([("Policy", brief(&policy, call.account))]);
    call.account.put_policy(policy);
    Ok(Some(output))
}

fn create_version(call: &mut Call<'_>) -> Outcome {
    let mut policy = owned(call)?;
    let document = text(call)?;
    if policy.versions.len() >= VERSIONS {
        let message = "A managed policy can have up to 5 versions. Before you create a new version, \
                       you must delete an existing version.";
        return Err(call.failure("LimitExceeded", message));
    }
    policy.latest += 1;
    let version = PolicyVersion {
        number: policy.latest,
        document,
        created: call.now,
    };
    if call.parameters.flag("SetAsDefault") == Some(true) {
        policy.default = version.number;
    }
    policy.updated = call.now;
    let output = map([("PolicyVersion", version_value(&policy, &version).into())]);
    policy.versions.push(version);
    call.account.put_policy(policy);
    Ok(Some(output))
}

fn delete(call: &mut Call<'_>) -> Outcome {
    let policy = owned(call)?;
    if call.account.uses(&policy.arn) != (0, 0) {
        let message = "Cannot delete a policy attached to entities.";
        return Err(call.failure("DeleteConflict", message));
    }
    if policy.versions.len() > 1 {
        let message = "This policy has more than one version. Before you delete a policy, you must \
                       delete the policy's versions. The default version is deleted with the policy.";
        return Err(call.failure("DeleteConflict", message));
    }
    call.account.remove_policy(&policy.arn);
    done()
}

fn list(call: &Call<'_>) -> Outcome {
    let scope = call.parameters.text("Scope").unwrap_or("All");
    let attached_only = call.parameters.flag("OnlyAttached") == Some(true);
    let prefix = call.parameters.text("PathPrefix").unwrap_or("/");
    let usage = call.parameters.text("PolicyUsageFilter");
    let policies = call.account.policies().filter(|policy| {
        let (attached, bounded) = call.account.uses(&policy.arn);
        let in_scope = match scope {
            "AWS" => policy.is_aws(),
            "Local" => !policy.is_aws(),
            _ => true,
        };
        let used = match usage {
            Some("PermissionsBoundary") => bounded > 0,
            Some("PermissionsPolicy") => attached > 0,
            _ => !attached_only || attached > 0,
        };
        in_scope && used && policy.path.starts_with(prefix)
    });
    let items = policies.map(|policy| (policy.arn.clone(), brief(policy, call.account)));
    page(call, "Policies", items.collect())
}

fn entities(call: &Call<'_>) -> Outcome {
    let policy = named(call)?;
    let filter = call.parameters.text("EntityFilter");
    let as_boundary = call.parameters.text("PolicyUsageFilter") == Some("PermissionsBoundary");
    let mut output = Map::new();
    for (kind, member, id) in [
        (Kind::Group, "PolicyGroups", "GroupId"),
        (Kind::User, "PolicyUsers", "UserId"),
        (Kind::Role, "PolicyRoles", "RoleId"),
    ] {
        if filter.is_some_and(|filter| filter != kind.name()) {
            output.push(member, Value::List(Vec::new()));
            continue;
        }
        let own = call
            .account
            .identities(kind)
            .filter(|identity| match as_boundary {
                true => identity.boundary.as_ref() == Some(&policy.arn),
                false => identity.attached.contains(&policy.arn),
            });
        let items = own.map(|identity| {
            Value::Map(map([
                (kind.parameter(), identity.name.as_str().into()),
                (id, identity.id.as_str().into()),
            ]))
        });
        output.push(member, Value::List(items.collect()));
    }
    output.push("IsTruncated", Value::Bool(false));
    Ok(Some(output))
}

pub(super) fn version_value(policy: &ManagedPolicy, version: &PolicyVersion) -> Map {
    map([
        ("VersionId", format!("v{}", version.number).into()),
        (
            "IsDefaultVersion",
            Value::Bool(version.number == policy.default),
        ),
        ("CreateDate", time(version.created)),
    ])
}

pub(super) fn brief(policy: &ManagedPolicy, account: &Account) -> Value {
    let (attached, bounded) = account.uses(&policy.arn);
    let count = |number: usize| Value::Int(i64::try_from(number).unwrap_or(i64::MAX));
    Value::Map(map([
        ("PolicyName", policy.name.as_str().into()),
        ("PolicyId", policy.id.as_str().into()),
        ("Arn", policy.arn.as_str().into()),
        ("Path", policy.path.as_str().into()),
        ("DefaultVersionId", format!("v{}", policy.default).into()),
        ("AttachmentCount", count(attached)),
        ("PermissionsBoundaryUsageCount", count(bounded)),
        ("IsAttachable", Value::Bool(true)),
        ("CreateDate", time(policy.created)),
        ("UpdateDate", time(policy.updated)),
    ]))
}

fn full(policy: &ManagedPolicy, account: &Account) -> Value {
    let mut value = brief(policy, account);
    if let Some(output) = value.as_map_mut() {
        if let Some(text) = &policy.description {
            output.push("Description", text.as_str().into());
        }
        output.push("Tags", tags_value(&policy.tags));
    }
    value
}
