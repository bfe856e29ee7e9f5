//! Codes of virtual MFA devices, for who has no telephone at hand: the seed is
//! the sandbox's own.

use awl_value::{Map, Value};

use crate::account::{Account, Device};
use crate::{Sandbox, ids, totp};

/// How long a code is shown, in seconds.
const STEP: i64 = 30;

/// The codes of a device, which is that of `serial` (an ARN or what it ends
/// with), or the first of the user `user`. `picture` adds the QR code.
pub(crate) fn code(
    sandbox: &Sandbox,
    account: &Account,
    parameters: &Map,
    picture: bool,
) -> Result<Map, String> {
    let device = find(account, parameters)?;
    let now = sandbox.now();
    let seed = ids::of_base32(device.seed.expose()).unwrap_or_default();
    let current = totp::step(now);
    // A code is good once; that of the next half minute is taken already. The two
    // that enable a device are older, so that the one of now is not used up by it.
    let oldest = match device.enabled {
        Some(_) => current,
        None => current - 2,
    };
    let step = oldest.max(device.used + 1);
    let mut map = Map::new();
    map.push("serial", device.serial.as_str().into());
    if let Some(user) = &device.user {
        map.push("user", user.as_str().into());
    }
    map.push("enabled", Value::Bool(device.enabled.is_some()));
    map.push("code", totp::code(&seed, step).into());
    map.push("next", totp::code(&seed, step + 1).into());
    map.push("usable", Value::Bool(step <= current + 1));
    // What is shown stays the one to use until then.
    map.push("seconds", Value::Int((step.max(current) + 1) * STEP - now));
    if picture {
        let name = device.serial.rsplit('/').next().unwrap_or_default();
        let link = totp::link(name, &account.id, device.seed.expose());
        if let Some((size, path)) = totp::outline(&link) {
            let mut drawn = Map::new();
            drawn.push("size", Value::Int(size.into()));
            drawn.push("path", path.into());
            map.push("qr", drawn.into());
        }
    }
    Ok(map)
}

fn find<'a>(account: &'a Account, parameters: &Map) -> Result<&'a Device, String> {
    let text = |name: &str| parameters.get(name).and_then(Value::as_str);
    if let Some(serial) = text("serial") {
        let mut devices = account.devices();
        let found = devices
            .find(|own| own.serial == serial || own.serial.rsplit('/').next() == Some(serial));
        return found.ok_or_else(|| format!("the sandbox has no MFA device {serial}"));
    }
    let user = text("user").ok_or("name a user or a device")?;
    if account.identity(crate::account::Kind::User, user).is_none() {
        return Err(format!("the sandbox has no user {user}"));
    }
    let mut devices = account.devices();
    let found = devices.find(|own| own.user.as_deref() == Some(user));
    found.ok_or_else(|| format!("the user {user} has no MFA device"))
}
