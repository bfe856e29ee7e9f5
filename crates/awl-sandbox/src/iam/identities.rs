//! Users, groups and roles: made, looked at, changed, deleted, tagged.

use awl_protocol::server::Failure;
use awl_value::{Map, Value};

use super::{
    add_tags, check_name, done, encoded, exceeded, find, list_tags, map, named, page, path,
    remove_tags, time, trust, user_or_self,
};
use crate::account::{Account, Identity, Kind, tags_value};
use crate::door::{Call, Outcome};

const GROUPS_PER_USER: usize = 10;

/// Answers what is asked of users, groups or roles as such.
pub(super) fn call(call: &mut Call<'_>, operation: &str, kind: Kind) -> Outcome {
    let Some((verb, noun)) = split(operation, kind) else {
        return groups_of_users(call, operation, kind);
    };
    match (verb, noun, kind) {
        ("Create", "", _) => create(call, kind),
        ("Get", "", Kind::User) => {
            let user = user_or_self(call)?;
            Ok(Some(map([("User", full(&user, call.account))])))
        }
        ("Get", "", Kind::Role) => {
            let role = named(call, kind)?;
            Ok(Some(map([("Role", full(&role, call.account))])))
        }
        ("Get", "", Kind::Group) => {
            let group = named(call, kind)?;
            let users = call.account.identities(Kind::User);
            let users = users.filter(|user| user.groups.contains(&group.name));
            let items = users.map(|user| (user.name.clone(), brief(user, call.account)));
            let listed = page(call, "Users", items.collect())?;
            let mut output = map([("Group", brief(&group, call.account))]);
            for (name, value) in listed.iter().flat_map(Map::iter) {
                output.push(name.to_owned(), value.clone());
            }
            Ok(Some(output))
        }
        ("List", "s", _) => {
            let prefix = call.parameters.text("PathPrefix").unwrap_or("/");
            let own = call.account.identities(kind);
            let own = own.filter(|identity| identity.path.starts_with(prefix));
            let items = own.map(|identity| (identity.name.clone(), brief(identity, call.account)));
            let member = match kind {
                Kind::User => "Users",
                Kind::Group => "Groups",
                Kind::Role => "Roles",
            };
            page(call, member, items.collect())
        }
        ("Update", "", Kind::Role) | ("Update", "Description", Kind::Role) => {
            let mut role = named(call, kind)?;
            if let Some(text) = call.parameters.text("Description") {
                role.description = Some(text.to_owned());
            }
            if let Some(seconds) = call.parameters.int("MaxSessionDuration") {
                role.longest_session = seconds;
            }
            let output = match noun {
                "Description" => map([("Role", full(&role, call.account))]),
                _ => Map::new(),
            };
            call.account.put(role);
            Ok(Some(output))
        }
        ("Update", "", _) => rename(call, kind),
        ("Delete", "", _) => delete(call, kind),
        ("Tag", "", Kind::User | Kind::Role) => {
            let mut identity = named(call, kind)?;
            add_tags(call, kind.name(), &mut identity.tags)?;
            call.account.put(identity);
            done()
        }
        ("Untag", "", Kind::User | Kind::Role) => {
            let mut identity = named(call, kind)?;
            remove_tags(call, &mut identity.tags);
            call.account.put(identity);
            done()
        }
        ("List", "Tags", Kind::User | Kind::Role) => list_tags(call, &named(call, kind)?.tags),
        _ => Ok(None),
    }
}

/// `CreateUser` is `Create` and nothing, `ListRoleTags` is `List` and `Tags`.
fn split(operation: &str, kind: Kind) -> Option<(&str, &str)> {
    let verbs = ["Create", "Get", "List", "Update", "Delete", "Tag", "Untag"];
    let verb = verbs.into_iter().find(|verb| operation.starts_with(verb))?;
    let noun = operation.get(verb.len()..)?.strip_prefix(kind.name())?;
    Some((operation.get(..verb.len())?, noun))
}

/// What is about users and groups, and the trust policies of roles.
fn groups_of_users(call: &mut Call<'_>, operation: &str, kind: Kind) -> Outcome {
    match (operation, kind) {
        ("UpdateAssumeRolePolicy", Kind::Role) => {
            let mut role = named(call, kind)?;
            trust::set(call, "PolicyDocument", &mut role)?;
            call.account.put(role);
            done()
        }
        ("AddUserToGroup", Kind::User) => {
            let group = named(call, Kind::Group)?;
            let mut user = named(call, kind)?;
            if user.groups.contains(&group.name) {
                return done();
            }
            if user.groups.len() >= GROUPS_PER_USER {
                return Err(exceeded(call, "GroupsPerUser", GROUPS_PER_USER));
            }
            user.groups.push(group.name);
            call.account.put(user);
            done()
        }
        ("RemoveUserFromGroup", Kind::User) => {
            let group = named(call, Kind::Group)?;
            let mut user = named(call, kind)?;
            user.groups.retain(|name| *name != group.name);
            call.account.put(user);
            done()
        }
        _ => Ok(None),
    }
}

fn create(call: &mut Call<'_>, kind: Kind) -> Outcome {
    let parameter = kind.parameter();
    let name = call.parameters.text(parameter).unwrap_or_default();
    check_name(call, parameter, name)?;
    if call.account.has_name(kind, name) {
        let message = format!("{} with name {name} already exists.", kind.name());
        return Err(call.failure("EntityAlreadyExists", message));
    }
    let (quota, most) = match kind {
        Kind::User => ("UsersPerAccount", 5000),
        Kind::Group => ("GroupsPerAccount", 300),
        Kind::Role => ("RolesPerAccount", 1000),
    };
    if call.account.identities(kind).count() >= most {
        return Err(exceeded(call, quota, most));
    }
    let path = path(call)?;
    let entropy = call.sandbox.entropy();
    let mut identity = Identity::new(kind, name, &path, call.now, entropy);
    add_tags(call, kind.name(), &mut identity.tags)?;
    if let Some(arn) = call.parameters.text("PermissionsBoundary") {
        boundary_exists(call, arn)?;
        identity.boundary = Some(arn.to_owned());
    }
    if kind == Kind::Role {
        trust::set(call, "AssumeRolePolicyDocument", &mut identity)?;
        identity.description = call.parameters.text("Description").map(str::to_owned);
        identity.longest_session = call.parameters.int("MaxSessionDuration").unwrap_or(3600);
    }
    let output = map([(kind.name(), full(&identity, call.account))]);
    call.account.put(identity);
    Ok(Some(output))
}

/// Whether there is a policy to be a boundary.
pub(super) fn boundary_exists(call: &Call<'_>, arn: &str) -> Result<(), Failure> {
    match call.account.policy(arn) {
        Some(_) => Ok(()),
        None => Err(call.failure("NoSuchEntity", format!("Scope ARN: {arn} does not exist."))),
    }
}

fn rename(call: &mut Call<'_>, kind: Kind) -> Outcome {
    let (name_parameter, path_parameter) = match kind {
        Kind::User => ("NewUserName", "NewPath"),
        _ => ("NewGroupName", "NewPath"),
    };
    let before = named(call, kind)?;
    let mut after = before.clone();
    if let Some(path) = call.parameters.text(path_parameter) {
        after.path = path.to_owned();
    }
    if let Some(name) = call.parameters.text(name_parameter) {
        check_name(call, name_parameter, name)?;
        let same = name.eq_ignore_ascii_case(&before.name);
        if !same && call.account.has_name(kind, name) {
            let message = format!("{} with name {name} already exists.", kind.name());
            return Err(call.failure("EntityAlreadyExists", message));
        }
        after.name = name.to_owned();
    }
    if after.name != before.name {
        let account = &mut *call.account;
        account.remove(kind, &before.name);
        // What names it by name follows.
        let keys: Vec<_> = account.keys_of(&before.name).cloned().collect();
        for mut key in keys.into_iter().filter(|_| kind == Kind::User) {
            key.user.clone_from(&after.name);
            account.put_key(key);
        }
        let devices: Vec<_> = account.devices().cloned().collect();
        for mut device in devices {
            if kind == Kind::User && device.user.as_ref() == Some(&before.name) {
                device.user = Some(after.name.clone());
                account.put_device(device);
            }
        }
        let users: Vec<_> = account.identities(Kind::User).cloned().collect();
        for mut user in users {
            let place = user.groups.iter().position(|name| *name == before.name);
            if let Some(place) = place.filter(|_| kind == Kind::Group) {
                user.groups[place] = after.name.clone();
                account.put(user);
            }
        }
    }
    call.account.put(after);
    done()
}

fn delete(call: &mut Call<'_>, kind: Kind) -> Outcome {
    let identity = named(call, kind)?;
    let name = &identity.name;
    let account = &*call.account;
    let holds = |user: &Identity| user.groups.contains(name);
    let has_device = account.devices().any(|own| own.user.as_ref() == Some(name));
    if identity.path.starts_with(super::linked::PATH) {
        let message = format!(
            "Cannot perform the operation on the protected role '{name}' - this role is only \
             modifiable by AWS"
        );
        return Err(call.failure("UnmodifiableEntity", message));
    }
    let in_the_way = if kind == Kind::User && account.extras.logins.contains_key(name) {
        Some("must delete login profile first")
    } else if kind == Kind::User && account.keys_of(name).next().is_some() {
        Some("must delete access keys first")
    } else if kind == Kind::User && has_device {
        Some("must delete MFA device first")
    } else if !identity.inline.is_empty() {
        Some("must delete policies first")
    } else if !identity.attached.is_empty() {
        Some("must detach all policies first")
    } else if !identity.groups.is_empty()
        || kind == Kind::Group && account.identities(Kind::User).any(holds)
    {
        Some("must remove users from group first")
    } else if kind == Kind::Role && account.is_in_profile(name) {
        Some("must remove roles from instance profile first")
    } else {
        None
    };
    if let Some(what) = in_the_way {
        let message = format!("Cannot delete entity, {what}.");
        return Err(call.failure("DeleteConflict", message));
    }
    let name = name.clone();
    call.account.remove(kind, &name);
    done()
}

/// What listings show of one.
pub(super) fn brief(identity: &Identity, account: &Account) -> Value {
    let kind = identity.kind;
    let id = match kind {
        Kind::User => "UserId",
        Kind::Group => "GroupId",
        Kind::Role => "RoleId",
    };
    let mut output = map([
        ("Path", identity.path.as_str().into()),
        (kind.parameter(), identity.name.as_str().into()),
        (id, identity.id.as_str().into()),
        ("Arn", identity.arn(&account.id).into()),
        ("CreateDate", time(identity.created)),
    ]);
    if kind == Kind::Role {
        if let Some(trust) = account.trust_of(identity) {
            output.push("AssumeRolePolicyDocument", encoded(&trust));
        }
        if let Some(text) = &identity.description {
            output.push("Description", text.as_str().into());
        }
        output.push("MaxSessionDuration", Value::Int(identity.longest_session));
    }
    Value::Map(output)
}

/// What is shown of one alone: listings leave tags and boundary out.
pub(super) fn full(identity: &Identity, account: &Account) -> Value {
    let mut value = brief(identity, account);
    let Some(output) = value.as_map_mut() else {
        return value;
    };
    if let Some(arn) = &identity.boundary {
        let boundary = map([
            ("PermissionsBoundaryType", "Policy".into()),
            ("PermissionsBoundaryArn", arn.as_str().into()),
        ]);
        output.push("PermissionsBoundary", boundary.into());
    }
    if !identity.tags.is_empty() {
        output.push("Tags", tags_value(&identity.tags));
    }
    if identity.kind == Kind::Role {
        let mut used = Map::new();
        if let Some(seconds) = identity.last_used {
            used.push("LastUsedDate", time(seconds));
            used.push(
                "Region",
                identity.last_region.clone().unwrap_or_default().into(),
            );
        }
        output.push("RoleLastUsed", used.into());
    }
    value
}

/// `ListGroupsForUser`.
pub(super) fn groups_for_user(call: &Call<'_>) -> Outcome {
    let user = named(call, Kind::User)?;
    let mut items = Vec::new();
    for name in &user.groups {
        let group = find(call, Kind::Group, name)?;
        items.push((name.clone(), brief(&group, call.account)));
    }
    page(call, "Groups", items)
}
