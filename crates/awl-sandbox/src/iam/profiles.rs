//! Instance profiles: what an instance is given, and holds the role whose
//! credentials its programs get.

use awl_protocol::server::Failure;
use awl_value::Value;

use super::identities::brief;
use super::{
    add_tags, check_name, done, exceeded, list_tags, map, named, page, path, remove_tags, time,
};
use crate::account::{Account, Identity, Kind, tags_value};
use crate::door::{Call, Outcome};
use crate::record::{Stored as _, Tag, record};
use crate::{Need, ids};

const PROFILES: usize = 1000;

record! {
    /// An instance profile.
    struct InstanceProfile {
        name: String,
        path: String,
        id: String,
        created: i64,
        /// The name of its role: there is one at most.
        role: Option<String>,
        tags: Vec<Tag>,
    }
}

impl InstanceProfile {
    pub(crate) fn arn(&self, account: &str) -> String {
        let (path, name) = (&self.path, &self.name);
        format!("arn:aws:iam::{account}:instance-profile{path}{name}")
    }
}

impl Account {
    /// All, by name.
    pub(crate) fn profiles(&self) -> impl Iterator<Item = &InstanceProfile> {
        self.profiles.values()
    }

    pub(crate) fn profile(&self, name: &str) -> Option<&InstanceProfile> {
        self.profiles.get(name)
    }

    pub(crate) fn profile_by_arn(&self, arn: &str) -> Option<&InstanceProfile> {
        let profile = self.profile(arn.rsplit('/').next()?)?;
        (profile.arn(&self.id) == arn).then_some(profile)
    }

    /// The role in a profile.
    pub(crate) fn role_of(&self, profile: &InstanceProfile) -> Option<&Identity> {
        self.identity(Kind::Role, profile.role.as_deref()?)
    }

    pub(crate) fn put_profile(&mut self, profile: InstanceProfile) {
        let name = format!("instance-profile {}", profile.name);
        self.note(name, Some(profile.to_value()));
        self.profiles.insert(profile.name.clone(), profile);
    }

    fn remove_profile(&mut self, name: &str) {
        self.note(format!("instance-profile {name}"), None);
        self.profiles.remove(name);
    }

    /// Whether a role is in any profile.
    pub(super) fn is_in_profile(&self, role: &str) -> bool {
        let mut profiles = self.profiles.values();
        profiles.any(|profile| profile.role.as_deref() == Some(role))
    }
}

/// Answers what is asked of instance profiles.
pub(super) fn call(call: &mut Call<'_>, operation: &str) -> Outcome {
    match operation {
        "CreateInstanceProfile" => create(call),
        "GetInstanceProfile" => {
            let profile = find(call)?;
            Ok(Some(map([(
                "InstanceProfile",
                shown(&profile, call.account, true),
            )])))
        }
        "DeleteInstanceProfile" => {
            let profile = find(call)?;
            if profile.role.is_some() {
                let message =
                    "Cannot delete entity, must remove roles from instance profile first.";
                return Err(call.failure("DeleteConflict", message));
            }
            call.account.remove_profile(&profile.name);
            done()
        }
        "ListInstanceProfiles" => {
            let prefix = call.parameters.text("PathPrefix").unwrap_or("/");
            list(call, |profile| profile.path.starts_with(prefix))
        }
        "ListInstanceProfilesForRole" => {
            let role = named(call, Kind::Role)?.name;
            list(call, |profile| profile.role.as_ref() == Some(&role))
        }
        "AddRoleToInstanceProfile" => {
            let mut profile = find(call)?;
            let role = named(call, Kind::Role)?;
            if profile.role.is_some() {
                return Err(exceeded(call, "InstanceSessionsPerInstanceProfile", 1));
            }
            profile.role = Some(role.name);
            call.account.put_profile(profile);
            done()
        }
        "RemoveRoleFromInstanceProfile" => {
            let mut profile = find(call)?;
            let role = named(call, Kind::Role)?;
            if profile.role.as_ref() != Some(&role.name) {
                let (role, profile) = (&role.name, &profile.name);
                let message =
                    format!("Role {role} has not been added to instance profile {profile}.");
                return Err(call.failure("NoSuchEntity", message));
            }
            profile.role = None;
            call.account.put_profile(profile);
            done()
        }
        "TagInstanceProfile" => {
            let mut profile = find(call)?;
            add_tags(call, "InstanceProfile", &mut profile.tags)?;
            call.account.put_profile(profile);
            done()
        }
        "UntagInstanceProfile" => {
            let mut profile = find(call)?;
            remove_tags(call, &mut profile.tags);
            call.account.put_profile(profile);
            done()
        }
        "ListInstanceProfileTags" => list_tags(call, &find(call)?.tags),
        _ => Ok(None),
    }
}

/// What a call needs besides its own action: who puts a role into a profile
/// passes it on.
pub(crate) fn passes(call: &Call<'_>) -> Option<Need> {
    if call.operation.name() != "AddRoleToInstanceProfile" {
        return None;
    }
    let role = call.parameters.text("RoleName")?;
    let role = call.account.identity(Kind::Role, role)?;
    Some(Need {
        action: "iam:PassRole".to_owned(),
        resources: vec![role.arn(&call.account.id)],
    })
}

fn find(call: &Call<'_>) -> Result<InstanceProfile, Failure> {
    let name = call
        .parameters
        .text("InstanceProfileName")
        .unwrap_or_default();
    let profile = call.account.profile(name).cloned();
    profile.ok_or_else(|| {
        let message = format!("Instance Profile {name} cannot be found.");
        call.failure("NoSuchEntity", message)
    })
}

fn create(call: &mut Call<'_>) -> Outcome {
    const PARAMETER: &str = "InstanceProfileName";
    let name = call.parameters.text(PARAMETER).unwrap_or_default();
    check_name(call, PARAMETER, name)?;
    let mut names = call.account.profiles.keys();
    if names.any(|known| known.eq_ignore_ascii_case(name)) {
        let message = format!("Instance Profile {name} already exists.");
        return Err(call.failure("EntityAlreadyExists", message));
    }
    if call.account.profiles.len() >= PROFILES {
        return Err(exceeded(call, "InstanceProfilesPerAccount", PROFILES));
    }
    let mut profile = InstanceProfile {
        name: name.to_owned(),
        path: path(call)?,
        id: ids::unique_id("AIPA", call.sandbox.entropy()),
        created: call.now,
        role: None,
        tags: Vec::new(),
    };
    add_tags(call, "InstanceProfile", &mut profile.tags)?;
    let output = map([("InstanceProfile", shown(&profile, call.account, true))]);
    call.account.put_profile(profile);
    Ok(Some(output))
}

fn list(call: &Call<'_>, is_meant: impl Fn(&InstanceProfile) -> bool) -> Outcome {
    let profiles = call.account.profiles.values();
    let items = profiles
        .filter(|profile| is_meant(profile))
        .map(|profile| (profile.name.clone(), shown(profile, call.account, false)));
    page(call, "InstanceProfiles", items.collect())
}

/// A profile as answers have it: listings leave the tags out.
pub(super) fn shown(profile: &InstanceProfile, account: &Account, with_tags: bool) -> Value {
    let roles = account.role_of(profile).into_iter();
    let mut shown = map([
        ("Path", profile.path.as_str().into()),
        ("InstanceProfileName", profile.name.as_str().into()),
        ("InstanceProfileId", profile.id.as_str().into()),
        ("Arn", profile.arn(&account.id).into()),
        ("CreateDate", time(profile.created)),
        (
            "Roles",
            Value::List(roles.map(|role| brief(role, account)).collect()),
        ),
    ]);
    if with_tags {
        shown.push("Tags", tags_value(&profile.tags));
    }
    shown.into()
}
