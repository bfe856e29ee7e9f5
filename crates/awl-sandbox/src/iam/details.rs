//! All of the account at once: its users, groups, roles and policies in detail,
//! and the report of credentials.

use awl_value::{Map, Value};

use super::identities::{brief, full};
use super::policies::{brief as policy_brief, version_value};
use super::profiles::shown as profile_shown;
use super::{encoded, map, page};
use crate::account::{AccessKey, Identity, Kind, ManagedPolicy, tags_value};
use crate::caller::iso;
use crate::door::{Call, Outcome};

/// The columns of the report, as far as a user's name.
const COLUMNS: &str = "user,arn,user_creation_time,password_enabled,password_last_used,\
    password_last_changed,password_next_rotation,mfa_active,access_key_1_active,\
    access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,\
    access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,\
    access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,\
    cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

/// Answers what is asked of the account as a whole.
pub(super) fn call(call: &mut Call<'_>, operation: &str) -> Outcome {
    match operation {
        "GetAccountAuthorizationDetails" => details(call),
        "GenerateCredentialReport" => {
            let known = call.account.extras.report.replace(call.now);
            let (state, words) = match known {
                Some(_) => ("COMPLETE", None),
                None => (
                    "STARTED",
                    Some("No report exists. Starting a new report generation task"),
                ),
            };
            let mut output = map([("State", state.into())]);
            if let Some(words) = words {
                output.push("Description", words.into());
            }
            Ok(Some(output))
        }
        "GetCredentialReport" => {
            let Some(made) = call.account.extras.report else {
                return Err(call.failure("ReportNotPresent", "No report exists."));
            };
            Ok(Some(map([
                ("Content", Value::Blob(report(call).into_bytes())),
                ("ReportFormat", "text/csv".into()),
                ("GeneratedTime", super::time(made)),
            ])))
        }
        _ => Ok(None),
    }
}

/// One page of everything that the filter lets pass.
fn details(call: &Call<'_>) -> Outcome {
    let filter = call.parameters.texts("Filter");
    let wants = |name: &str| filter.is_empty() || filter.iter().any(|own| own == name);
    let account = &*call.account;
    let mut items = Vec::new();
    let kinds = [
        (Kind::User, "UserDetailList"),
        (Kind::Group, "GroupDetailList"),
        (Kind::Role, "RoleDetailList"),
    ];
    for (kind, list) in kinds {
        if wants(kind.name()) {
            let all = account.identities(kind);
            items.extend(all.map(|own| (format!("{list} {}", own.name), detail(call, own))));
        }
    }
    let is_used = |policy: &ManagedPolicy| account.uses(&policy.arn) != (0, 0);
    for policy in account.policies() {
        let wanted = match policy.is_aws() {
            // Those of AWS that are in use.
            true => wants("AWSManagedPolicy") && is_used(policy),
            false => wants("LocalManagedPolicy"),
        };
        if wanted {
            let mut value = policy_brief(policy, account);
            if let Some(output) = value.as_map_mut() {
                let versions = policy.versions.iter();
                let versions = versions.map(|own| Value::Map(version_value(policy, own)));
                output.push("PolicyVersionList", Value::List(versions.collect()));
            }
            items.push((format!("Policies {}", policy.arn), value));
        }
    }
    // A page goes through all of the lists.
    let Some(mut output) = page(call, "Items", items_with_lists(items))? else {
        return Ok(None);
    };
    let Some(Value::List(found)) = output.remove("Items") else {
        return Ok(None);
    };
    for name in [
        "UserDetailList",
        "GroupDetailList",
        "RoleDetailList",
        "Policies",
    ] {
        let own = found.iter().filter_map(|item| item.get(name)).cloned();
        output.push(name, Value::List(own.collect()));
    }
    Ok(Some(output))
}

/// Each item within the name of its list.
fn items_with_lists(items: Vec<(String, Value)>) -> Vec<(String, Value)> {
    let items = items.into_iter().map(|(key, value)| {
        let mut within = Map::with_capacity(1);
        let list = key.split(' ').next().unwrap_or_default().to_owned();
        within.push(list, value);
        (key, Value::Map(within))
    });
    items.collect()
}

fn detail(call: &Call<'_>, identity: &Identity) -> Value {
    let account = &*call.account;
    let mut value = match identity.kind {
        Kind::Group => brief(identity, account),
        _ => full(identity, account),
    };
    let Some(output) = value.as_map_mut() else {
        return value;
    };
    output.remove("Description");
    output.remove("MaxSessionDuration");
    let inline = identity.inline.iter().map(|(name, document)| {
        Value::Map(map([
            ("PolicyName", name.as_str().into()),
            ("PolicyDocument", encoded(document)),
        ]))
    });
    let inline: Vec<Value> = inline.collect();
    let attached = identity.attached.iter().map(|arn| {
        let name = arn.rsplit('/').next().unwrap_or_default();
        Value::Map(map([
            ("PolicyName", name.into()),
            ("PolicyArn", arn.as_str().into()),
        ]))
    });
    output.push("AttachedManagedPolicies", Value::List(attached.collect()));
    let list = match identity.kind {
        Kind::User => "UserPolicyList",
        Kind::Group => "GroupPolicyList",
        Kind::Role => "RolePolicyList",
    };
    output.push(list, Value::List(inline));
    match identity.kind {
        Kind::User => {
            output.push("GroupList", identity.groups.clone().into());
            output.insert("Tags", tags_value(&identity.tags));
        }
        Kind::Role => {
            let profiles = account.profiles.values();
            let own = profiles.filter(|own| own.role.as_ref() == Some(&identity.name));
            let own = own.map(|own| profile_shown(own, account, false));
            output.push("InstanceProfileList", Value::List(own.collect()));
            output.insert("Tags", tags_value(&identity.tags));
        }
        Kind::Group => {}
    }
    value
}

/// The report of credentials: a line a user.
fn report(call: &Call<'_>) -> String {
    let account = &*call.account;
    let users: Vec<&Identity> = account.identities(Kind::User).collect();
    let begun = users.iter().map(|user| user.created).min();
    let mut text = COLUMNS.replace(' ', "") + "\n";
    let root = format!("arn:aws:iam::{}:root", account.id);
    let nothing = "N/A,N/A,N/A,N/A";
    text += &format!(
        "<root_account>,{root},{},not_supported,no_information,not_supported,not_supported,false,\
         false,{nothing},false,{nothing},false,N/A,false,N/A\n",
        moment(begun.unwrap_or(call.now)),
    );
    for user in users {
        let keys: Vec<&AccessKey> = account.keys_of(&user.name).collect();
        let login = account.extras.logins.get(&user.name);
        let mut devices = account.devices();
        let has_device =
            devices.any(|own| own.enabled.is_some() && own.user.as_ref() == Some(&user.name));
        let passwords = match login {
            Some(login) => format!("true,no_information,{},N/A", moment(login.created)),
            None => "false,N/A,N/A,N/A".to_owned(),
        };
        let key = |place: usize| match keys.get(place) {
            Some(key) => format!(
                "{},{},{},{},{}",
                !key.inactive,
                moment(key.created),
                key.last_used.map_or_else(|| "N/A".to_owned(), moment),
                key.last_region.as_deref().unwrap_or("N/A"),
                key.last_service.as_deref().unwrap_or("N/A"),
            ),
            None => format!("false,{nothing}"),
        };
        text += &format!(
            "{},{},{},{passwords},{has_device},{},{},false,N/A,false,N/A\n",
            user.name,
            user.arn(&account.id),
            moment(user.created),
            key(0),
            key(1),
        );
    }
    text
}

/// A time as the report has it: `2026-11-22T12:00:00+00:00`.
fn moment(seconds: i64) -> String {
    iso(seconds).replace('Z', "+00:00")
}
