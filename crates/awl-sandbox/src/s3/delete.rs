//! Deleting objects, which in a bucket with versions is to put a mark on top.

use awl_protocol::server::Failure;
use awl_value::{Map, Value};

use super::model::{About, Bucket, Version};
use super::tables::{Placed, is_version_id};
use super::{access, bucket, change, conditions, error, key, map, tables, write};
use crate::door::Call;

/// How many objects a request may name.
const MOST: usize = 1000;

/// What was deleted.
struct Deleted {
    version: Option<String>,
    marker: bool,
}

pub(super) fn one(call: &mut Call<'_>) -> Result<Map, Failure> {
    let bucket = bucket(call)?;
    let key = key(call)?;
    let version = call.parameters.text("VersionId");
    let there = match version {
        Some(id) => tables(call)?
            .version(&bucket.name, key, id)?
            .map(|own| own.version),
        None => write::current(&tables(call)?, &bucket, key)?,
    };
    conditions::write(call.parameters.0, key, there.as_ref())?;
    let bypass = call.parameters.flag("BypassGovernanceRetention") == Some(true);
    let deleted = remove(call, &bucket, key, version, bypass)?;
    let mut output = Map::new();
    if deleted.marker {
        output.push("DeleteMarker", true.into());
    }
    if let Some(version) = deleted.version {
        output.push("VersionId", version.into());
    }
    Ok(output)
}

/// Deletes an object, or a version of it.
fn remove(
    call: &Call<'_>,
    bucket: &Bucket,
    key: &str,
    version: Option<&str>,
    bypass: bool,
) -> Result<Deleted, Failure> {
    let tables = tables(call)?;
    let mut change = change(call)?;
    if let Some(id) = version {
        if !is_version_id(id) {
            return Err(error::argument(
                "Invalid version id specified",
                "versionId",
                id,
            ));
        }
        let found = tables.version(&bucket.name, key, id)?;
        let marker = found.as_ref().is_some_and(|own| own.version.is_marker);
        if let Some(found) = found {
            check_lock(call, &found, bypass)?;
            change.remove_version(&bucket.name, &found)?;
            change.commit()?;
        }
        return Ok(Deleted {
            version: bucket.had_versions().then(|| id.to_owned()),
            marker,
        });
    }
    if !bucket.had_versions() {
        if let Some(found) = tables.latest(&bucket.name, key)? {
            change.remove_version(&bucket.name, &found)?;
            change.commit()?;
        }
        return Ok(Deleted {
            version: None,
            marker: false,
        });
    }
    let marker = Version {
        id: String::new(),
        is_marker: true,
        modified: call.now,
        etag: String::new(),
        size: 0,
        pieces: Vec::new(),
        parts: Vec::new(),
        algorithm: None,
        checksum: None,
        checksum_type: None,
        tags: Vec::new(),
        about: About {
            headers: std::collections::BTreeMap::new(),
            metadata: std::collections::BTreeMap::new(),
            storage_class: None,
            encryption: None,
            kms_key: None,
            bucket_key: false,
            acl: None,
        },
        lock_mode: None,
        locked_until: None,
        legal_hold: false,
    };
    let marker = write::place(call, &mut change, bucket, key, marker)?;
    change.commit()?;
    Ok(Deleted {
        version: Some(marker.id),
        marker: true,
    })
}

/// Whether a version may go: not while it is locked.
fn check_lock(call: &Call<'_>, placed: &Placed, bypass: bool) -> Result<(), Failure> {
    let version = &placed.version;
    let kept = version.locked_until.is_some_and(|until| until > call.now)
        && !(bypass && version.lock_mode.as_deref() == Some("GOVERNANCE"));
    if version.legal_hold || kept {
        let text = "Access Denied because object protected by object lock.";
        return Err(Failure::new("AccessDenied", text).with_status(403));
    }
    Ok(())
}

/// `DeleteObjects`: each key is allowed or not by itself.
pub(super) fn many(call: &mut Call<'_>) -> Result<Map, Failure> {
    let bucket = bucket(call)?;
    let Some(asked) = call.parameters.0.get("Delete") else {
        return Err(error::malformed_xml());
    };
    let objects = asked
        .get("Objects")
        .and_then(Value::as_list)
        .unwrap_or_default();
    if objects.is_empty() || objects.len() > MOST {
        return Err(error::malformed_xml());
    }
    let quiet = asked.get("Quiet").and_then(Value::as_bool) == Some(true);
    let bypass = call.parameters.flag("BypassGovernanceRetention") == Some(true);
    let (mut deleted, mut errors) = (Vec::new(), Vec::new());
    for object in objects {
        let text = |name: &str| object.get(name)?.as_str();
        let key = text("Key").unwrap_or_default();
        let version = text("VersionId");
        let outcome = allowed(call, &bucket, key, version, bypass)
            .and_then(|()| check(call, &bucket, object))
            .and_then(|()| remove(call, &bucket, key, version, bypass));
        match outcome {
            Ok(_) if quiet => {}
            Ok(done) => {
                let mut entry = map([("Key", key.into())]);
                if let Some(version) = version.filter(|_| bucket.had_versions()) {
                    entry.push("VersionId", version.into());
                }
                if done.marker {
                    entry.push("DeleteMarker", true.into());
                    if let Some(id) = done.version {
                        entry.push("DeleteMarkerVersionId", id.into());
                    }
                }
                deleted.push(entry.into());
            }
            Err(failure) => {
                let mut entry = map([("Key", key.into())]);
                if let Some(version) = version {
                    entry.push("VersionId", version.into());
                }
                entry.push("Code", failure.code.as_ref().into());
                entry.push("Message", failure.message.into());
                errors.push(entry.into());
            }
        }
    }
    let mut output = Map::new();
    if !deleted.is_empty() {
        output.push("Deleted", Value::List(deleted));
    }
    if !errors.is_empty() {
        output.push("Errors", Value::List(errors));
    }
    Ok(output)
}

fn allowed(
    call: &Call<'_>,
    bucket: &Bucket,
    key: &str,
    version: Option<&str>,
    bypass: bool,
) -> Result<(), Failure> {
    let resource = format!("{}/{key}", bucket.arn());
    let action = match version {
        Some(_) => "s3:DeleteObjectVersion",
        None => "s3:DeleteObject",
    };
    call.sandbox.allows(call, action, &resource)?;
    if bypass && !access::may(call, "s3:BypassGovernanceRetention", &resource) {
        return Err(error::access_denied());
    }
    Ok(())
}

/// Checks the conditions that an object of a list has of its own.
fn check(call: &Call<'_>, bucket: &Bucket, object: &Value) -> Result<(), Failure> {
    let Some(etag) = object.get("ETag").and_then(Value::as_str) else {
        return Ok(());
    };
    let key = object
        .get("Key")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let there = write::current(&tables(call)?, bucket, key)?;
    conditions::write(&map([("IfMatch", etag.into())]), key, there.as_ref())
}
