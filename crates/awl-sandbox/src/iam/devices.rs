//! Virtual MFA devices.

use awl_protocol::server::Failure;
use awl_value::{Map, Value};

use super::{
    add_tags, check_name, done, exceeded, identities, list_tags, map, named, page, path,
    remove_tags, time, user_or_self,
};
use crate::account::{Device, Kind, tags_value};
use crate::door::{Call, Outcome};
use crate::record::Secret;
use crate::{ids, totp};

const PER_USER: usize = 8;

/// Answers what is asked of MFA devices.
pub(super) fn call(call: &mut Call<'_>, operation: &str) -> Outcome {
    match operation {
        "CreateVirtualMFADevice" => create(call),
        "DeleteVirtualMFADevice" => {
            let device = by_serial(call)?;
            if device.user.is_some() {
                let message = "MFA VirtualDevice in use. Must deactivate first.";
                return Err(call.failure("DeleteConflict", message));
            }
            call.account.remove_device(&device.serial);
            done()
        }
        "ListVirtualMFADevices" => list_virtual(call),
        "EnableMFADevice" => enable(call),
        "ResyncMFADevice" => {
            let mut device = of_user(call)?;
            device.used = pair(call, &device)?;
            call.account.put_device(device);
            done()
        }
        "DeactivateMFADevice" => {
            let mut device = of_user(call)?;
            (device.user, device.enabled) = (None, None);
            call.account.put_device(device);
            done()
        }
        "ListMFADevices" => {
            let user = user_or_self(call)?;
            let own = call.account.devices();
            let own = own.filter(|device| device.user.as_ref() == Some(&user.name));
            let items = own.map(|device| (device.serial.clone(), Value::Map(brief(device))));
            page(call, "MFADevices", items.collect())
        }
        "GetMFADevice" => {
            let device = by_serial(call)?;
            let asked = call.parameters.text("UserName");
            if asked.is_some() && device.user.as_deref() != asked {
                return Err(no_device(call, &device.serial));
            }
            Ok(Some(brief(&device)))
        }
        "TagMFADevice" => {
            let mut device = by_serial(call)?;
            add_tags(call, "MFADevice", &mut device.tags)?;
            call.account.put_device(device);
            done()
        }
        "UntagMFADevice" => {
            let mut device = by_serial(call)?;
            remove_tags(call, &mut device.tags);
            call.account.put_device(device);
            done()
        }
        "ListMFADeviceTags" => list_tags(call, &by_serial(call)?.tags),
        _ => Ok(None),
    }
}

fn brief(device: &Device) -> Map {
    let mut output = Map::new();
    if let Some(user) = &device.user {
        output.push("UserName", user.as_str().into());
    }
    output.push("SerialNumber", device.serial.as_str().into());
    if let Some(seconds) = device.enabled {
        output.push("EnableDate", time(seconds));
    }
    output
}

fn create(call: &mut Call<'_>) -> Outcome {
    let name = call
        .parameters
        .text("VirtualMFADeviceName")
        .unwrap_or_default();
    check_name(call, "VirtualMFADeviceName", name)?;
    let path = path(call)?;
    let account = &call.account.id;
    let serial = format!("arn:aws:iam::{account}:mfa{path}{name}");
    if call.account.device(&serial).is_some() {
        let message = "MFADevice entity at the same path and name already exists.";
        return Err(call.failure("EntityAlreadyExists", message));
    }
    let seed = ids::base32(&ids::random::<40>(call.sandbox.entropy()));
    let link = totp::link(name, account, &seed);
    let mut tags = Vec::new();
    add_tags(call, "MFADevice", &mut tags)?;
    let mut shown = map([
        ("SerialNumber", serial.as_str().into()),
        ("Base32StringSeed", Value::Blob(seed.clone().into_bytes())),
        ("QRCodePNG", Value::Blob(totp::picture(&link))),
    ]);
    if !tags.is_empty() {
        shown.push("Tags", tags_value(&tags));
    }
    call.account.put_device(Device {
        serial,
        seed: Secret::new(seed),
        created: call.now,
        user: None,
        enabled: None,
        used: 0,
        tags,
    });
    Ok(Some(map([("VirtualMFADevice", shown.into())])))
}

fn list_virtual(call: &Call<'_>) -> Outcome {
    let wanted = call.parameters.text("AssignmentStatus").unwrap_or("Any");
    let devices = call.account.devices().filter(|device| match wanted {
        "Assigned" => device.user.is_some(),
        "Unassigned" => device.user.is_none(),
        _ => true,
    });
    let items = devices.map(|device| {
        let mut output = map([("SerialNumber", device.serial.as_str().into())]);
        let user = device.user.as_deref();
        if let Some(user) = user.and_then(|name| call.account.identity(Kind::User, name)) {
            output.push("User", identities::brief(user, call.account));
        }
        if let Some(seconds) = device.enabled {
            output.push("EnableDate", time(seconds));
        }
        (device.serial.clone(), Value::Map(output))
    });
    page(call, "VirtualMFADevices", items.collect())
}

fn enable(call: &mut Call<'_>) -> Outcome {
    let user = named(call, Kind::User)?;
    let mut device = by_serial(call)?;
    if device.user.is_some() {
        let message = "MFA Device is already in use.";
        return Err(call.failure("EntityAlreadyExists", message));
    }
    let own = call.account.devices();
    let own = own.filter(|device| device.user.as_ref() == Some(&user.name));
    if own.count() >= PER_USER {
        return Err(exceeded(call, "MFADevicesPerUser", PER_USER));
    }
    device.used = pair(call, &device)?;
    device.user = Some(user.name);
    device.enabled = Some(call.now);
    call.account.put_device(device);
    done()
}

/// Checks the two codes of the parameters.
fn pair(call: &Call<'_>, device: &Device) -> Result<i64, Failure> {
    let code = |name| call.parameters.text(name).unwrap_or_default();
    let seed = ids::of_base32(device.seed.expose()).unwrap_or_default();
    let (first, second) = (code("AuthenticationCode1"), code("AuthenticationCode2"));
    let accepted = totp::accept_pair(&seed, first, second, call.now, device.used);
    accepted.ok_or_else(|| {
        let message = format!(
            "Authentication code for device {} is not valid.",
            device.serial
        );
        call.failure("InvalidAuthenticationCode", message)
    })
}

fn by_serial(call: &Call<'_>) -> Result<Device, Failure> {
    let serial = call.parameters.text("SerialNumber").unwrap_or_default();
    let device = call.account.device(serial).cloned();
    device.ok_or_else(|| no_device(call, serial))
}

/// The device of a parameter, which must be the user's of another.
fn of_user(call: &Call<'_>) -> Result<Device, Failure> {
    let user = user_or_self(call)?;
    let device = by_serial(call)?;
    if device.user.as_ref() != Some(&user.name) {
        let message = format!("MFA Device invalid for user {}.", user.name);
        return Err(call.failure("NoSuchEntity", message));
    }
    Ok(device)
}

fn no_device(call: &Call<'_>, serial: &str) -> Failure {
    let message = format!("VirtualMFADevice with serial number {serial} does not exist.");
    call.failure("NoSuchEntity", message)
}
