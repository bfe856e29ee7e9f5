//! Whether a bucket keeps versions, and how versions are locked.

use awl_protocol::server::Failure;
use awl_value::{Map, Value};

use super::model::{seconds, time};
use super::read::find;
use super::tables::Placed;
use super::{bucket, change, error, key, map};
use crate::door::Call;

pub(super) fn get(call: &Call<'_>) -> Result<Map, Failure> {
    let bucket = bucket(call)?;
    Ok(match bucket.had_versions() {
        true => map([("Status", bucket.versioning.into())]),
        false => Map::new(),
    })
}

pub(super) fn put(call: &mut Call<'_>) -> Result<Map, Failure> {
    let mut bucket = bucket(call)?;
    let configuration = call.parameters.0.get("VersioningConfiguration");
    let status = configuration.and_then(|own| own.get("Status")?.as_str());
    let Some(status @ ("Enabled" | "Suspended")) = status else {
        let text = "The Versioning element must be specified";
        return Err(Failure::new(
            "IllegalVersioningConfigurationException",
            text,
        ));
    };
    if status == "Suspended" && bucket.document("object-lock").is_some() {
        let text = "An Object Lock configuration is present on this bucket, so the versioning \
                    state cannot be changed.";
        return Err(Failure::new("InvalidBucketState", text).with_status(409));
    }
    bucket.versioning = status.to_owned();
    call.account.put_bucket(bucket);
    Ok(Map::new())
}

/// The version that a call is about, in a bucket that knows locks.
fn lockable(call: &Call<'_>) -> Result<(String, Placed), Failure> {
    let bucket = bucket(call)?;
    if bucket.document("object-lock").is_none() {
        return Err(error::request(
            "Bucket is missing Object Lock Configuration",
        ));
    }
    let placed = find(call, &bucket, key(call)?)?;
    Ok((bucket.name, placed))
}

fn keep(call: &Call<'_>, bucket: &str, placed: &Placed) -> Result<Map, Failure> {
    let mut change = change(call)?;
    change.put_version(bucket, &placed.key, placed.order, &placed.version)?;
    change.commit()?;
    Ok(Map::new())
}

fn none() -> Failure {
    let text = "The specified object does not have a ObjectLock configuration";
    Failure::new("NoSuchObjectLockConfiguration", text).with_status(404)
}

pub(super) fn legal_hold(call: &Call<'_>) -> Result<Map, Failure> {
    let (_, placed) = lockable(call)?;
    if !placed.version.legal_hold {
        return Err(none());
    }
    let hold = map([("Status", "ON".into())]);
    Ok(map([("LegalHold", hold.into())]))
}

pub(super) fn put_legal_hold(call: &mut Call<'_>) -> Result<Map, Failure> {
    let (bucket, mut placed) = lockable(call)?;
    let status = call.parameters.0.get("LegalHold");
    let status = status.and_then(|own| own.get("Status")?.as_str());
    placed.version.legal_hold = status.ok_or_else(error::malformed_xml)? == "ON";
    keep(call, &bucket, &placed)
}

pub(super) fn retention(call: &Call<'_>) -> Result<Map, Failure> {
    let (_, placed) = lockable(call)?;
    let (Some(mode), Some(until)) = (placed.version.lock_mode, placed.version.locked_until) else {
        return Err(none());
    };
    let retention = map([("Mode", mode.into()), ("RetainUntilDate", time(until))]);
    Ok(map([("Retention", retention.into())]))
}

pub(super) fn put_retention(call: &mut Call<'_>) -> Result<Map, Failure> {
    let (bucket, mut placed) = lockable(call)?;
    let given = call.parameters.0.get("Retention");
    let mode = given.and_then(|own| Some(own.get("Mode")?.as_str()?.to_owned()));
    let until = given.and_then(|own| seconds(own.get("RetainUntilDate")?));
    if mode.is_some() != until.is_some() {
        return Err(error::malformed_xml());
    }
    if until.is_some_and(|until| until <= call.now) {
        let text = "The retain until date must be in the future!";
        return Err(error::argument(text, "RetainUntilDate", ""));
    }
    let version = &mut placed.version;
    let kept = version.locked_until.filter(|own| *own > call.now);
    let weaker = kept.is_some_and(|kept| until.is_none_or(|until| until < kept))
        || kept.is_some() && mode != version.lock_mode;
    let bypass = call.parameters.flag("BypassGovernanceRetention") == Some(true);
    if weaker && !(bypass && version.lock_mode.as_deref() == Some("GOVERNANCE")) {
        let text = "Access Denied because object protected by object lock.";
        return Err(Failure::new("AccessDenied", text).with_status(403));
    }
    version.lock_mode = mode;
    version.locked_until = until;
    keep(call, &bucket, &placed)
}

/// Checks that a parameter is there at all.
pub(super) fn required<'a>(call: &Call<'a>, name: &str) -> Result<&'a Value, Failure> {
    let value = call.parameters.0.get(name);
    value
        .filter(|own| !own.is_null())
        .ok_or_else(error::malformed_xml)
}
