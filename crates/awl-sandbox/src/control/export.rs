//! The account's identities as a seed has them.

use awl_value::{Map, Value, json};

use super::{ControlError, Order};
use crate::account::{Account, Identity, Kind};
use crate::record::{Document, Tag};

/// The users, groups, roles and policies; with `secrets` also keys and seeds. The
/// administrator that every sandbox has is left out.
pub(super) fn identities(order: &mut Order<'_>) -> Result<Map, ControlError> {
    let account = &*order.account;
    let secrets = order.flag("secrets");
    let mut seed = Map::new();
    let mut list = |name: &'static str, entries: Vec<Map>| {
        if !entries.is_empty() {
            let entries = entries.into_iter().map(Value::Map);
            seed.push(name, Value::List(entries.collect()));
        }
    };
    let of = |kind| account.identities(kind);
    list("Policies", policies(account));
    list(
        "Groups",
        of(Kind::Group).map(|own| identity(own, account)).collect(),
    );
    list(
        "Roles",
        of(Kind::Role).map(|own| role(own, account)).collect(),
    );
    let users = of(Kind::User).filter(|user| user.name != crate::door::ADMINISTRATOR);
    let users = users.map(|own| user(own, account, secrets));
    list("Users", users.collect());
    list("InstanceProfiles", profiles(account));
    Ok(seed)
}

fn policies(account: &Account) -> Vec<Map> {
    let own = account.policies().filter(|policy| !policy.is_aws());
    let policies = own.map(|policy| {
        let mut map = Map::new();
        map.push("PolicyName", policy.name.as_str().into());
        path(&policy.path, &mut map);
        if let Some(text) = &policy.description {
            map.push("Description", text.as_str().into());
        }
        tags(&policy.tags, &mut map);
        let document = policy.document().map(written);
        map.push("PolicyDocument", document.unwrap_or_default());
        map
    });
    policies.collect()
}

fn profiles(account: &Account) -> Vec<Map> {
    let profiles = account.profiles().map(|profile| {
        let mut map = Map::new();
        map.push("InstanceProfileName", profile.name.as_str().into());
        path(&profile.path, &mut map);
        tags(&profile.tags, &mut map);
        if let Some(role) = &profile.role {
            map.push("Role", role.as_str().into());
        }
        map
    });
    profiles.collect()
}

/// A policy written out; as its text, where that is not just JSON.
fn written(document: &Document) -> Value {
    json::parse(&document.text).unwrap_or_else(|_| document.text.as_str().into())
}

fn path(path: &str, map: &mut Map) {
    if path != "/" {
        map.push("Path", path.into());
    }
}

fn tags(tags: &[Tag], map: &mut Map) {
    if !tags.is_empty() {
        let tags = tags.iter();
        let tags: Map = tags
            .map(|tag| (tag.key.clone().into(), tag.value.as_str().into()))
            .collect();
        map.push("Tags", tags.into());
    }
}

/// What users, groups and roles have in common.
fn identity(identity: &Identity, account: &Account) -> Map {
    let mut map = Map::new();
    map.push(identity.kind.parameter(), identity.name.as_str().into());
    path(&identity.path, &mut map);
    if let Some(text) = &identity.description {
        map.push("Description", text.as_str().into());
    }
    tags(&identity.tags, &mut map);
    let named = |arn: &String| {
        let policy = account.policy(arn);
        policy.map_or_else(|| arn.clone(), |policy| policy.name.clone())
    };
    // By name, for a name stays good in another account; AWS's own by ARN.
    let named = |arn: &String| match arn.contains(":iam::aws:") {
        true => arn.clone(),
        false => named(arn),
    };
    if let Some(boundary) = &identity.boundary {
        map.push("PermissionsBoundary", named(boundary).into());
    }
    if !identity.groups.is_empty() {
        map.push("Groups", identity.groups.clone().into());
    }
    if !identity.attached.is_empty() {
        let attached: Vec<String> = identity.attached.iter().map(named).collect();
        map.push("ManagedPolicies", attached.into());
    }
    if !identity.inline.is_empty() {
        let inline = identity.inline.iter();
        let inline: Map = inline
            .map(|(name, document)| (name.clone().into(), written(document)))
            .collect();
        map.push("Policies", inline.into());
    }
    map
}

fn role(role: &Identity, account: &Account) -> Map {
    let mut map = identity(role, account);
    if role.longest_session != 3600 {
        map.push("MaxSessionDuration", Value::Int(role.longest_session));
    }
    if let Some(trust) = account.trust_of(role) {
        map.push("AssumeRolePolicyDocument", written(&trust));
    }
    map
}

fn user(user: &Identity, account: &Account, secrets: bool) -> Map {
    let mut map = identity(user, account);
    if !secrets {
        return map;
    }
    let keys = account.keys_of(&user.name).map(|key| {
        let mut map = Map::new();
        map.push("AccessKeyId", key.id.as_str().into());
        map.push("SecretAccessKey", key.secret.expose().into());
        if key.inactive {
            map.push("Status", "Inactive".into());
        }
        Value::Map(map)
    });
    let keys: Vec<Value> = keys.collect();
    if !keys.is_empty() {
        map.push("AccessKeys", Value::List(keys));
    }
    let own = account.devices().filter(|device| {
        device.enabled.is_some() && device.user.as_deref() == Some(user.name.as_str())
    });
    let devices = own.map(|device| {
        let name = device.serial.rsplit('/').next().unwrap_or_default();
        let mut map = Map::new();
        map.push("VirtualMFADeviceName", name.into());
        map.push("Base32StringSeed", device.seed.expose().into());
        Value::Map(map)
    });
    let devices: Vec<Value> = devices.collect();
    if !devices.is_empty() {
        map.push("MFADevices", Value::List(devices));
    }
    map
}
