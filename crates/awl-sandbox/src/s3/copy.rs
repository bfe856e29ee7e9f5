//! Copies: the same ranges of blobs under another name.

use awl_model::Operation;
use awl_protocol::server::Failure;
use awl_value::{Map, Value};
use md5::Digest as _;

use super::checksum::Algorithm;
use super::conditions;
use super::model::{Part, Piece, Version, time};
use super::ranges::{Span, cut};
use super::tables::{Placed, Tables};
use super::tagging::percent_decode;
use super::write::{self, split};
use super::{bucket, change, error, key, map, multipart, read, tables, tagging};
use crate::Sandbox;
use crate::door::{Call, Payload};
use crate::ids;

/// The largest object that is copied at once.
const LARGEST: u64 = 5 << 30;

/// What `CopySource` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) bucket: String,
    pub(crate) key: String,
    pub(crate) version: Option<String>,
}

impl Source {
    /// `bucket/key?versionId=…`, encoded or not, with or without a slash before.
    pub(crate) fn of(parameters: &Map) -> Option<Self> {
        let text = parameters.get("CopySource")?.as_str()?;
        let (path, version) = match text.split_once("?versionId=") {
            Some((path, version)) => (path, Some(version.to_owned())),
            None => (text, None),
        };
        let path = percent_decode(path).unwrap_or_else(|| path.to_owned());
        let (bucket, key) = path.trim_start_matches('/').split_once('/')?;
        let whole = !bucket.is_empty() && !key.is_empty();
        whole.then(|| Self {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            version: version.filter(|own| !own.is_empty()),
        })
    }

    fn find(&self, tables: &Tables) -> Result<Option<Placed>, Failure> {
        match &self.version {
            Some(id) => tables.version(&self.bucket, &self.key, id),
            None => tables.latest(&self.bucket, &self.key),
        }
    }
}

/// Hashes what a call is going to copy, before the account is locked: ranges of
/// an object have no hash of their own. Whether it may, is asked later.
pub(crate) fn prepare(
    sandbox: &Sandbox,
    operation: Operation,
    parameters: &Map,
    into: &mut Payload,
) {
    if operation.service().name() != "s3" || operation.name() != "UploadPartCopy" {
        return;
    }
    let hash = || -> Option<Payload> {
        let tables = Tables::open(&sandbox.store).ok()?;
        let placed = Source::of(parameters)?.find(&tables).ok()??;
        let span = part_span(parameters, &placed.version).ok()?;
        let pieces = cut(&placed.version.pieces, span);
        let mut content = read::content(sandbox, &tables, &pieces).ok()?;
        drop(tables);
        let mut md5 = md5::Md5::new();
        let mut hashers = Algorithm::ALL.map(|own| (own, own.hasher()));
        while let Some(bytes) = content.next_bytes() {
            let bytes = bytes.ok()?;
            md5.update(&bytes);
            for (_, hasher) in &mut hashers {
                hasher.update(&bytes);
            }
        }
        let checksums = hashers.map(|(own, hasher)| (own, hasher.finish()));
        Some(Payload {
            length: span.length(),
            md5: md5.finalize().into(),
            checksums: checksums.into(),
            copied: Some(placed.order),
            ..Payload::default()
        })
    };
    if let Some(hashed) = hash() {
        *into = hashed;
    }
}

/// The source of a copy, whose conditions hold.
fn source(call: &Call<'_>) -> Result<(Source, Placed), Failure> {
    let given = call.parameters.text("CopySource").unwrap_or_default();
    let source = Source::of(call.parameters.0).ok_or_else(|| {
        let text = "Copy Source must mention the source bucket and key: sourcebucket/sourcekey";
        error::argument(text, "x-amz-copy-source", given)
    })?;
    let Some(from) = call.account.bucket(&source.bucket) else {
        return Err(error::no_bucket(&source.bucket));
    };
    let missing = |failure: Failure| {
        let allowed = call.sandbox.allows(call, "s3:ListBucket", &from.arn());
        allowed.err().unwrap_or(failure)
    };
    let Some(placed) = source.find(&tables(call)?)? else {
        return Err(missing(match &source.version {
            Some(id) => error::no_version(&source.key, id),
            None => error::no_key(&source.key),
        }));
    };
    if placed.version.is_marker {
        return Err(match &source.version {
            Some(_) => error::request(
                "The source of a copy request may not specifically refer to a delete marker by version id.",
            ),
            None => missing(error::no_key(&source.key)),
        });
    }
    conditions::copy(call.parameters.0, &placed.version)?;
    Ok((source, placed))
}

/// `CopyObject`.
pub(super) fn object(call: &mut Call<'_>) -> Result<Map, Failure> {
    let bucket = bucket(call)?;
    let key = key(call)?;
    let (source, placed) = source(call)?;
    let from = placed.version;
    if from.size() > LARGEST {
        let text = format!(
            "The specified copy source is larger than the maximum allowable size for a copy \
             source: {LARGEST}"
        );
        return Err(error::request(text));
    }
    let replaces = |name: &str| call.parameters.text(name) == Some("REPLACE");
    let (metadata, tagging) = (replaces("MetadataDirective"), replaces("TaggingDirective"));
    let given = |name: &str| call.parameters.0.get(name).is_some();
    let changes = metadata
        || [
            "StorageClass",
            "WebsiteRedirectLocation",
            "ServerSideEncryption",
            "SSEKMSKeyId",
            "ChecksumAlgorithm",
        ]
        .iter()
        .any(|name| given(name));
    let same = source.bucket == bucket.name && source.key == key && source.version.is_none();
    if same && !changes && !bucket.is_versioned() {
        let text = "This copy request is illegal because it is trying to copy an object to itself \
                    without changing the object's metadata, storage class, website redirect \
                    location or encryption attributes.";
        return Err(error::request(text));
    }
    let there = write::current(&tables(call)?, &bucket, key)?;
    conditions::write(call.parameters.0, key, there.as_ref())?;
    let mut about = write::about(call, &bucket)?;
    if !metadata {
        let redirect = about.headers.remove("WebsiteRedirectLocation");
        about.headers.clone_from(&from.about.headers);
        about.headers.remove("WebsiteRedirectLocation");
        about
            .headers
            .extend(redirect.map(|own| ("WebsiteRedirectLocation".to_owned(), own)));
        about.metadata.clone_from(&from.about.metadata);
    }
    let tags = match tagging {
        true => tagging::requested(call.parameters.0)?,
        false => from.tags.clone(),
    };
    let (lock_mode, locked_until, legal_hold) = write::lock(call, &bucket)?;
    let version = Version {
        id: String::new(),
        modified: call.now,
        tags,
        about,
        lock_mode,
        locked_until,
        legal_hold,
        ..from.clone()
    };
    let mut change = change(call)?;
    let version = write::place(call, &mut change, &bucket, key, version)?;
    change.commit()?;
    let mut result = map([
        ("ETag", version.quoted().into()),
        ("LastModified", time(version.modified)),
    ]);
    version.tell_checksum(&mut result);
    let mut output = map([("CopyObjectResult", result.into())]);
    let from_versions = call
        .account
        .bucket(&source.bucket)
        .is_some_and(|own| own.had_versions());
    if from_versions {
        output.push("CopySourceVersionId", from.id.into());
    }
    if bucket.is_versioned() {
        output.push("VersionId", version.id.as_str().into());
    }
    version.about.tell_encryption(&mut output);
    Ok(output)
}

/// `UploadPartCopy`.
pub(super) fn part(call: &mut Call<'_>) -> Result<Map, Failure> {
    let bucket = bucket(call)?;
    let (number, upload) = multipart::begun(call, &bucket)?;
    let (source, placed) = source(call)?;
    let span = part_span(call.parameters.0, &placed.version)?;
    // What was hashed has to be what is there now.
    if call.payload.copied != Some(placed.order) || call.payload.length != span.length() {
        let text = "A conflicting conditional operation is currently in progress against this \
                    resource. Please try again.";
        return Err(Failure::new("OperationAborted", text).with_status(409));
    }
    let etag = ids::hexadecimal(&call.payload.md5);
    let (algorithm, checksum) = split(multipart::kept(call, &upload));
    let pieces: Vec<Piece> = cut(&placed.version.pieces, span);
    let part = Part {
        number,
        etag,
        size: span.length() as i64,
        modified: call.now,
        algorithm,
        checksum,
        pieces,
    };
    let mut change = change(call)?;
    change.hold(&part.pieces)?;
    change.put_part(&upload.id, &part)?;
    change.commit()?;
    let mut result = map([
        ("ETag", format!("\"{}\"", part.etag).into()),
        ("LastModified", time(part.modified)),
    ]);
    multipart::tell_checksum(&part, &mut result);
    let mut output = map([("CopyPartResult", result.into())]);
    let from_versions = call
        .account
        .bucket(&source.bucket)
        .is_some_and(|own| own.had_versions());
    if from_versions {
        output.push("CopySourceVersionId", placed.version.id.into());
    }
    upload.about.tell_encryption(&mut output);
    Ok(output)
}

/// The range of the source that a part is.
fn part_span(parameters: &Map, version: &Version) -> Result<Span, Failure> {
    let size = version.size();
    let Some(range) = parameters.get("CopySourceRange").and_then(Value::as_str) else {
        return Ok(Span {
            start: 0,
            end: size,
        });
    };
    let read = || -> Option<(u64, u64)> {
        let (start, end) = range.strip_prefix("bytes=")?.split_once('-')?;
        Some((start.parse().ok()?, end.parse().ok()?))
    };
    let invalid = |text: String| error::argument(text, "x-amz-copy-source-range", range);
    let (start, end) = read().filter(|(start, end)| start <= end).ok_or_else(|| {
        let text = "The x-amz-copy-source-range value must be of the form bytes=first-last where \
                    first and last are the zero-based offsets of the first and last bytes to copy";
        invalid(text.to_owned())
    })?;
    if end >= size {
        return Err(invalid(format!(
            "Range specified is not valid for source object of size: {size}"
        )));
    }
    Ok(Span {
        start,
        end: end + 1,
    })
}

/// An entity tag of parts: the MD5 of theirs, and how many there are.
pub(super) fn etag_of_parts<'a>(etags: impl Iterator<Item = &'a str>) -> String {
    let mut md5 = md5::Md5::new();
    let mut count = 0;
    for etag in etags {
        let digits = etag.as_bytes().chunks(2);
        let bytes: Vec<u8> = digits
            .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
            .collect();
        md5.update(&bytes);
        count += 1;
    }
    format!("{}-{count}", ids::hexadecimal(&md5.finalize()))
}
