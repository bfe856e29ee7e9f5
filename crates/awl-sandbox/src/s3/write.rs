//! Writing objects: what the uploader says of them, and where their data is.

use std::collections::BTreeMap;

use awl_protocol::server::Failure;
use awl_value::{Map, Value, python};

use super::checksum::Algorithm;
use super::model::{About, Bucket, Piece, Version, seconds};
use super::tables::{Change, Tables, version_id};
use super::{bucket, change, conditions, digest, error, key, public, tables, tagging};
use crate::door::{Call, Data, INLINE};
use crate::ids;
use crate::record::Tag;

/// The parameters that come back as they are.
const HEADERS: [&str; 7] = [
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "Expires",
    "WebsiteRedirectLocation",
];
/// The most bytes of an uploader's own metadata.
const LARGEST_METADATA: usize = 2048;

/// How an object is locked: mode, until when, legal hold.
pub(super) type Lock = (Option<String>, Option<i64>, bool);

pub(super) fn put(call: &mut Call<'_>) -> Result<Map, Failure> {
    let bucket = bucket(call)?;
    let key = key(call)?;
    let (algorithm, checksum) = split(digest::check(call.headers, call.payload)?);
    let there = current(&tables(call)?, &bucket, key)?;
    conditions::write(call.parameters.0, key, there.as_ref())?;
    let about = about(call, &bucket)?;
    let tags = tagging::requested(call.parameters.0)?;
    let (lock_mode, locked_until, legal_hold) = lock(call, &bucket)?;
    let mut change = change(call)?;
    let pieces = data(call, &mut change)?;
    let version = Version {
        id: String::new(),
        is_marker: false,
        modified: call.now,
        etag: ids::hexadecimal(&call.payload.md5),
        size: call.payload.length as i64,
        pieces,
        parts: Vec::new(),
        checksum_type: checksum.is_some().then(|| "FULL_OBJECT".to_owned()),
        algorithm,
        checksum,
        tags,
        about,
        lock_mode,
        locked_until,
        legal_hold,
    };
    let version = place(call, &mut change, &bucket, key, version)?;
    change.commit()?;
    let mut output = Map::new();
    output.push("ETag", version.quoted().into());
    version.tell_checksum(&mut output);
    version.about.tell_encryption(&mut output);
    if bucket.is_versioned() {
        output.push("VersionId", version.id.into());
    }
    Ok(output)
}

pub(super) fn split(checksum: Option<(Algorithm, String)>) -> (Option<String>, Option<String>) {
    let (algorithm, checksum) = checksum.unzip();
    (algorithm.map(|own| own.name().to_owned()), checksum)
}

/// The newest version, where there is one and it is none of a deletion.
pub(super) fn current(
    tables: &Tables,
    bucket: &Bucket,
    key: &str,
) -> Result<Option<Version>, Failure> {
    let latest = tables.latest(&bucket.name, key)?;
    let version = latest.map(|placed| placed.version);
    Ok(version.filter(|version| !version.is_marker))
}

/// Keeps the data that came with a call: the ranges it is in.
pub(super) fn data(call: &mut Call<'_>, change: &mut Change<'_>) -> Result<Vec<Piece>, Failure> {
    let payload = std::mem::take(&mut call.payload.data);
    let length = call.payload.length as i64;
    let piece = match payload {
        _ if length == 0 => return Ok(Vec::new()),
        Data::Bytes(bytes) => {
            // What is on the disk keeps larger ones in files.
            debug_assert!(bytes.len() <= INLINE || !call.sandbox.blobs.is_on_disk());
            let id = ids::hexadecimal(&ids::random::<16>(call.sandbox.entropy()));
            change.put_inline(&id, &bytes)?;
            Piece {
                blob: id,
                inline: true,
                offset: 0,
                length,
            }
        }
        Data::File(blob) => {
            let id = blob.id().to_owned();
            // A file that nothing refers to goes at the next start.
            blob.keep();
            Piece {
                blob: id,
                inline: false,
                offset: 0,
                length,
            }
        }
    };
    Ok(vec![piece])
}

/// Puts a version where it belongs: on top, in the place of the one without an id
/// where the bucket has no versions now.
pub(super) fn place(
    call: &Call<'_>,
    change: &mut Change<'_>,
    bucket: &Bucket,
    key: &str,
    mut version: Version,
) -> Result<Version, Failure> {
    let order = change.newest()?;
    change.hold(&version.pieces)?;
    if bucket.is_versioned() {
        version.id = version_id(order, call.sandbox.entropy());
    } else {
        version.id = "null".to_owned();
        if let Some(old) = tables(call)?.version(&bucket.name, key, "null")? {
            change.remove_version(&bucket.name, &old)?;
        }
    }
    change.put_version(&bucket.name, key, order, &version)?;
    Ok(version)
}

/// What the uploader says of an object.
pub(super) fn about(call: &Call<'_>, bucket: &Bucket) -> Result<About, Failure> {
    let parameters = call.parameters;
    public::check_object_acl(call, bucket)?;
    if parameters.text("SSECustomerAlgorithm").is_some() {
        let text = "A header you provided implies functionality that is not implemented";
        return Err(Failure::new("NotImplemented", text)
            .with_status(501)
            .with_detail("Header", "x-amz-server-side-encryption-customer-algorithm"));
    }
    let metadata: BTreeMap<String, String> = parameters
        .0
        .get("Metadata")
        .and_then(Value::as_map)
        .map(|map| {
            let entries = map.iter();
            let entries = entries.map(|(name, value)| (name.to_lowercase(), python::str(value)));
            entries.collect()
        })
        .unwrap_or_default();
    let size: usize = metadata
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    if size > LARGEST_METADATA {
        let text = "Your metadata headers exceed the maximum allowed metadata size";
        return Err(Failure::new("MetadataTooLarge", text)
            .with_detail("Size", size.to_string())
            .with_detail("MaxSizeAllowed", LARGEST_METADATA.to_string()));
    }
    let mut headers = BTreeMap::new();
    for name in HEADERS {
        let text = match parameters.0.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(value) => match seconds(value) {
                Some(seconds) => seconds.to_string(),
                None => continue,
            },
            None => continue,
        };
        // The framing is none of the object's.
        let text = match name {
            "ContentEncoding" => {
                let own = text.split(',').map(str::trim);
                own.filter(|own| *own != "aws-chunked")
                    .collect::<Vec<_>>()
                    .join(",")
            }
            _ => text,
        };
        if !text.is_empty() {
            headers.insert(name.to_owned(), text);
        }
    }
    headers
        .entry("ContentType".to_owned())
        .or_insert_with(|| "binary/octet-stream".to_owned());
    let default = bucket.encryption();
    let given = parameters.text("ServerSideEncryption").map(str::to_owned);
    let is_given = given.is_some();
    let encryption = given.unwrap_or(default.0);
    let mut kms_key = parameters.text("SSEKMSKeyId").map(str::to_owned);
    if encryption.starts_with("aws:kms") {
        let default = default.1.filter(|_| !is_given);
        kms_key = kms_key
            .or(default)
            .or_else(|| Some("alias/aws/s3".to_owned()));
    }
    let kms_key = kms_key.map(|key| match key.starts_with("arn:") {
        true => key,
        false => {
            let (region, account) = (&bucket.region, &call.account.id);
            let path = match key.starts_with("alias/") {
                true => key,
                false => format!("key/{key}"),
            };
            format!("arn:aws:kms:{region}:{account}:{path}")
        }
    });
    Ok(About {
        headers,
        metadata,
        storage_class: parameters.text("StorageClass").map(str::to_owned),
        encryption: Some(encryption),
        kms_key,
        bucket_key: parameters.flag("BucketKeyEnabled").unwrap_or(default.2),
        acl: parameters.text("ACL").map(str::to_owned),
    })
}

/// How an object is to be locked, which only buckets with versions and locks know.
pub(super) fn lock(call: &Call<'_>, bucket: &Bucket) -> Result<Lock, Failure> {
    let parameters = call.parameters;
    let mode = parameters.text("ObjectLockMode").map(str::to_owned);
    let until = parameters
        .0
        .get("ObjectLockRetainUntilDate")
        .and_then(seconds);
    let hold = parameters.text("ObjectLockLegalHoldStatus");
    let configuration = bucket.document("object-lock");
    if configuration.is_none() && (mode.is_some() || until.is_some() || hold.is_some()) {
        return Err(error::request(
            "Bucket is missing Object Lock Configuration",
        ));
    }
    if mode.is_some() != until.is_some() {
        let text = "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be \
                    supplied";
        return Err(error::argument(text, "x-amz-object-lock-mode", ""));
    }
    if until.is_some_and(|until| until <= call.now) {
        let text = "The retain until date must be in the future!";
        return Err(error::argument(
            text,
            "x-amz-object-lock-retain-until-date",
            "",
        ));
    }
    let hold = hold == Some("ON");
    if mode.is_some() {
        return Ok((mode, until, hold));
    }
    let default = configuration
        .and_then(|own| own.get("Rule")?.get("DefaultRetention"))
        .and_then(|own| {
            let number = |name: &str| own.get(name)?.as_int();
            let days = number("Days").or_else(|| Some(number("Years")? * 365))?;
            Some((
                own.get("Mode")?.as_str()?.to_owned(),
                call.now + days * 86_400,
            ))
        });
    let (mode, until) = default.unzip();
    Ok((mode, until, hold))
}

/// An object's tags and lock, as an upload in parts has them when it begins.
pub(super) fn beginnings(call: &Call<'_>, bucket: &Bucket) -> Result<(Vec<Tag>, Lock), Failure> {
    Ok((tagging::requested(call.parameters.0)?, lock(call, bucket)?))
}
