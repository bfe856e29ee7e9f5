//! Credentials of a user or a role, for a command that is to run as one.

use awl_value::{Map, Timestamp};

use super::{ControlError, Order};
use crate::account::{AccessKey, Identity, Kind};
use crate::session::Session;
use crate::totp;

/// The name of sessions of roles that are opened so.
const SESSION: &str = "sandbox-exec";
/// How long sessions last.
const DURATION: i64 = 3600;

/// Credentials of the user `user` or the role `role`, of the administrator where
/// neither is named; with `mfa` of a session in which a code was given. A user's are
/// its first active key, which is made where there is none.
pub(super) fn credentials(order: &mut Order<'_>) -> Result<Map, ControlError> {
    let mfa = order.flag("mfa");
    match (order.text("user"), order.text("role")) {
        (Some(name), None) => {
            let user = find(order, Kind::User, name)?;
            match mfa {
                true => user_session(order, &user),
                false => user_key(order, &user.name),
            }
        }
        (None, Some(name)) => {
            let role = find(order, Kind::Role, name)?;
            let mut session = begin(order, &role, "role");
            SESSION.clone_into(&mut session.session_name);
            session.authenticated = mfa.then_some(order.now);
            let (account, role) = (&order.account.id, &role.name);
            let arn = format!("arn:aws:sts::{account}:assumed-role/{role}/{SESSION}");
            of_session(order, &session, arn)
        }
        (None, None) => {
            let key = order.sandbox.administrators_key(order.account);
            let none = || ControlError::refused("the sandbox has no user admin with an active key");
            Ok(of_key(order, &key.ok_or_else(none)?))
        }
        _ => Err(ControlError::refused("name either a user or a role")),
    }
}

/// A user or role by name or ARN.
fn find(order: &Order<'_>, kind: Kind, name: &str) -> Result<Identity, ControlError> {
    let found = match name.starts_with("arn:") {
        true => order.account.identity_by_arn(name),
        false => order.account.identity(kind, name),
    };
    let found = found.filter(|own| own.kind == kind).cloned();
    found.ok_or_else(|| ControlError::refused(format!("the sandbox has no {} {name}", kind.word())))
}

fn user_key(order: &mut Order<'_>, name: &str) -> Result<Map, ControlError> {
    let key = order.sandbox.active_key(order.account, name);
    let inactive = || ControlError::refused(format!("all access keys of {name} are inactive"));
    Ok(of_key(order, &key.ok_or_else(inactive)?))
}

fn of_key(order: &Order<'_>, key: &AccessKey) -> Map {
    let user = order.account.identity(Kind::User, &key.user);
    let mut map = Map::new();
    map.push("AccessKeyId", key.id.as_str().into());
    map.push("SecretAccessKey", key.secret.expose().into());
    if let Some(user) = user {
        map.push("Arn", user.arn(&order.account.id).into());
    }
    map.push("Account", order.account.id.as_str().into());
    map
}

/// What `GetSessionToken` would give for the next code of the user's device.
fn user_session(order: &mut Order<'_>, user: &Identity) -> Result<Map, ControlError> {
    let device = order.account.devices().find(|device| {
        device.enabled.is_some() && device.user.as_deref() == Some(user.name.as_str())
    });
    let Some(mut device) = device.cloned() else {
        let name = &user.name;
        return Err(ControlError::refused(format!(
            "the user {name} has no MFA device that is enabled"
        )));
    };
    // The code of now is used up, as it would be.
    device.used = device.used.max(totp::step(order.now));
    order.account.put_device(device);
    let mut session = begin(order, user, "user");
    session.authenticated = Some(order.now);
    let arn = user.arn(&order.account.id);
    of_session(order, &session, arn)
}

fn begin(order: &Order<'_>, identity: &Identity, kind: &str) -> Session {
    let entropy = order.sandbox.entropy();
    Session::begin(identity, kind, order.account, order.now, DURATION, entropy)
}

fn of_session(order: &Order<'_>, session: &Session, arn: String) -> Result<Map, ControlError> {
    let token = session.token(&order.sandbox.sessions, order.sandbox.entropy())?;
    let expires = Timestamp::utc(session.expires.saturating_mul(1_000_000));
    let mut map = Map::new();
    map.push("AccessKeyId", session.access_key_id.as_str().into());
    map.push("SecretAccessKey", session.secret.expose().into());
    map.push("SessionToken", token.into());
    map.push("Expiration", expires.isoformat(0).into());
    map.push("Arn", arn.into());
    map.push("Account", order.account.id.as_str().into());
    Ok(map)
}
