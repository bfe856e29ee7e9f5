//! Access keys.

use awl_protocol::server::Failure;
use awl_value::{Map, Value};

use super::{done, exceeded, map, page, time, user_or_self};
use crate::account::AccessKey;
use crate::door::{Call, Outcome};

/// How many keys a user may have.
pub(crate) const KEYS_PER_USER: usize = 2;

/// Answers what is asked of access keys.
pub(super) fn call(call: &mut Call<'_>, operation: &str) -> Outcome {
    match operation {
        "CreateAccessKey" => {
            let user = user_or_self(call)?;
            if call.account.keys_of(&user.name).count() >= KEYS_PER_USER {
                return Err(exceeded(call, "AccessKeysPerUser", KEYS_PER_USER));
            }
            let key = call.sandbox.new_key(call.account, &user.name, call.now);
            let mut output = brief(&key);
            output.insert("SecretAccessKey", key.secret.expose().into());
            call.account.put_key(key);
            Ok(Some(map([("AccessKey", output.into())])))
        }
        "ListAccessKeys" => {
            let user = user_or_self(call)?;
            let keys = call.account.keys_of(&user.name);
            let items = keys.map(|key| (key.id.clone(), Value::Map(brief(key))));
            page(call, "AccessKeyMetadata", items.collect())
        }
        "UpdateAccessKey" => {
            let mut key = own(call)?;
            key.inactive = call.parameters.text("Status") == Some("Inactive");
            call.account.put_key(key);
            done()
        }
        "DeleteAccessKey" => {
            let key = own(call)?;
            call.account.remove_key(&key.id);
            done()
        }
        "GetAccessKeyLastUsed" => {
            let id = call.parameters.text("AccessKeyId").unwrap_or_default();
            let Some(key) = call.account.key(id) else {
                return Err(not_found(call, id));
            };
            let mut used = Map::new();
            if let Some(seconds) = key.last_used {
                used.push("LastUsedDate", time(seconds));
            }
            let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "N/A".to_owned());
            used.push("ServiceName", text(&key.last_service).into());
            used.push("Region", text(&key.last_region).into());
            Ok(Some(map([
                ("UserName", key.user.as_str().into()),
                ("AccessKeyLastUsed", used.into()),
            ])))
        }
        _ => Ok(None),
    }
}

/// The key that a parameter names, of the user that another does.
fn own(call: &Call<'_>) -> Result<AccessKey, Failure> {
    let user = user_or_self(call)?;
    let id = call.parameters.text("AccessKeyId").unwrap_or_default();
    let key = call.account.key(id).filter(|key| key.user == user.name);
    key.cloned().ok_or_else(|| not_found(call, id))
}

fn not_found(call: &Call<'_>, id: &str) -> Failure {
    let message = format!("The Access Key with id {id} cannot be found.");
    call.failure("NoSuchEntity", message)
}

fn brief(key: &AccessKey) -> Map {
    let status = if key.inactive { "Inactive" } else { "Active" };
    map([
        ("UserName", key.user.as_str().into()),
        ("AccessKeyId", key.id.as_str().into()),
        ("Status", status.into()),
        ("CreateDate", time(key.created)),
    ])
}
