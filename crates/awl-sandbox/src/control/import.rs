//! What no operation of AWS can bring in: keys and seeds that are known already,
//! and policies of AWS.

use awl_value::Map;

use super::{ControlError, Order};
use crate::account::{AccessKey, Device, Kind, ManagedPolicy, PolicyVersion};
use crate::record::{Document, Secret};
use crate::{iam, ids, totp};

/// The shortest access key id and secret.
const SHORTEST: usize = 16;

/// Gives the user `UserName` the access key `AccessKeyId` with `SecretAccessKey`;
/// `Status` may be `Inactive`.
pub(super) fn key(order: &mut Order<'_>) -> Result<Map, ControlError> {
    let user = user(order)?;
    let id = order.needed("AccessKeyId")?.to_owned();
    let secret = order.needed("SecretAccessKey")?.to_owned();
    let is_word = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if id.len() < SHORTEST || !is_word(&id) {
        return Err(ControlError::refused(format!(
            "an access key id has at least {SHORTEST} letters and digits"
        )));
    }
    if secret.len() < SHORTEST || !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(ControlError::refused(format!(
            "a secret access key has at least {SHORTEST} letters"
        )));
    }
    if order.account.key(&id).is_some() {
        return Err(ControlError::refused(format!(
            "the key {id} is there already"
        )));
    }
    if order.account.keys_of(&user).count() >= iam::KEYS_PER_USER {
        return Err(ControlError::refused(format!(
            "{user} has all keys it may have"
        )));
    }
    let inactive = match order.text("Status") {
        None | Some("Active") => false,
        Some("Inactive") => true,
        Some(_) => return Err(ControlError::refused("Status is Active or Inactive")),
    };
    order.account.put_key(AccessKey {
        id,
        secret: Secret::new(secret),
        user,
        created: order.now,
        inactive,
        last_used: None,
        last_service: None,
        last_region: None,
    });
    Ok(Map::new())
}

/// Gives the user `UserName` the enabled device `VirtualMFADeviceName` with the
/// seed `Base32StringSeed`.
pub(super) fn device(order: &mut Order<'_>) -> Result<Map, ControlError> {
    let user = user(order)?;
    let name = order.needed("VirtualMFADeviceName")?;
    let serial = format!("arn:aws:iam::{}:mfa/{name}", order.account.id);
    let seed = order.needed("Base32StringSeed")?.to_owned();
    let length = ids::of_base32(&seed).map_or(0, |seed| seed.len());
    if length < totp::SHORTEST_SEED {
        return Err(ControlError::refused(format!(
            "a seed is at least {} bytes in base 32",
            totp::SHORTEST_SEED
        )));
    }
    if order.account.device(&serial).is_some() {
        return Err(ControlError::refused(format!("{serial} is there already")));
    }
    order.account.put_device(Device {
        serial,
        seed: Secret::new(seed),
        created: order.now,
        user: Some(user),
        enabled: Some(order.now),
        used: 0,
        tags: Vec::new(),
    });
    Ok(Map::new())
}

/// Takes up AWS's managed policy `PolicyArn`, unless it is known.
pub(super) fn policy(order: &mut Order<'_>) -> Result<Map, ControlError> {
    let arn = order.needed("PolicyArn")?.to_owned();
    let Some(rest) = arn.strip_prefix("arn:aws:iam::aws:policy/") else {
        return Err(ControlError::refused(format!("{arn} is no policy of AWS")));
    };
    if order.account.policy(&arn).is_some() {
        return Ok(Map::new());
    }
    let document = Document::parse(order.needed("PolicyDocument")?);
    let document = document.map_err(|errors| ControlError::refused(errors.to_string()))?;
    let (path, name) = match rest.rsplit_once('/') {
        Some((path, name)) => (format!("/{path}/"), name),
        None => ("/".to_owned(), rest),
    };
    order.account.put_policy(ManagedPolicy {
        name: name.to_owned(),
        path,
        id: ids::unique_id("ANPA", order.sandbox.entropy()),
        arn: arn.clone(),
        description: None,
        created: order.now,
        updated: order.now,
        tags: Vec::new(),
        default: 1,
        latest: 1,
        versions: vec![PolicyVersion {
            number: 1,
            document,
            created: order.now,
        }],
    });
    Ok(Map::new())
}

fn user(order: &Order<'_>) -> Result<String, ControlError> {
    let name = order.needed("UserName")?;
    match order.account.identity(Kind::User, name) {
        Some(user) => Ok(user.name.clone()),
        None => Err(ControlError::refused(format!(
            "the sandbox has no user {name}"
        ))),
    }
}
