//! Reading objects.

use awl_protocol::server::Failure;
use awl_value::{Map, Value};

use super::conditions::{self, Verdict};
use super::model::{Bucket, Piece, Version, time};
use super::ranges::{Asked, Span, asked, cut};
use super::tables::{Placed, Tables, is_version_id};
use super::{bucket, error, key, map, multipart, tables};
use crate::Sandbox;
use crate::content::Content;
use crate::door::Call;

/// The version that a call names, or else the newest. What is not there is
/// nobody's business who may not list the bucket.
pub(super) fn find(call: &Call<'_>, bucket: &Bucket, key: &str) -> Result<Placed, Failure> {
    let tables = tables(call)?;
    let hidden = |failure: Failure, action: &str| {
        let allowed = call.sandbox.allows(call, action, &bucket.arn());
        allowed.err().unwrap_or(failure)
    };
    let method = call.operation.http_method();
    if let Some(id) = call.parameters.text("VersionId") {
        if !is_version_id(id) {
            return Err(error::argument(
                "Invalid version id specified",
                "versionId",
                id,
            ));
        }
        let Some(placed) = tables.version(&bucket.name, key, id)? else {
            return Err(hidden(error::no_version(key, id), "s3:ListBucketVersions"));
        };
        if placed.version.is_marker {
            return Err(error::method_not_allowed(method, "DeleteMarker")
                .with_header("x-amz-delete-marker", "true")
                .with_header("x-amz-version-id", placed.version.id)
                .with_header("allow", "DELETE"));
        }
        return Ok(placed);
    }
    match tables.latest(&bucket.name, key)? {
        Some(placed) if !placed.version.is_marker => Ok(placed),
        Some(placed) => Err(hidden(error::no_key(key), "s3:ListBucket")
            .with_header("x-amz-delete-marker", "true")
            .with_header("x-amz-version-id", placed.version.id)),
        None => Err(hidden(error::no_key(key), "s3:ListBucket")),
    }
}

/// `GetObject` and `HeadObject`, which differ in nothing but the body.
pub(super) fn get(call: &mut Call<'_>) -> Result<Map, Failure> {
    let bucket = bucket(call)?;
    let key = key(call)?;
    let parameters = call.parameters;
    let overrides = [
        ("ResponseContentType", "ContentType"),
        ("ResponseContentLanguage", "ContentLanguage"),
        ("ResponseExpires", "Expires"),
        ("ResponseCacheControl", "CacheControl"),
        ("ResponseContentDisposition", "ContentDisposition"),
        ("ResponseContentEncoding", "ContentEncoding"),
    ];
    let given = |name: &str| parameters.0.get(name).filter(|own| !own.is_null());
    if call.caller.is_anonymous() && overrides.iter().any(|(name, _)| given(name).is_some()) {
        let text = "Request specific response headers cannot be used for anonymous GET requests.";
        return Err(error::request(text));
    }
    let version = find(call, &bucket, key)?.version;
    let verdict = conditions::read(parameters.0, &version)?;
    let mut output = map([
        ("AcceptRanges", "bytes".into()),
        ("LastModified", time(version.modified)),
        ("ETag", version.quoted().into()),
    ]);
    if bucket.had_versions() {
        output.push("VersionId", version.id.as_str().into());
    }
    if verdict == Verdict::NotModified {
        output.remove("AcceptRanges");
        call.more.status = Some(304);
        call.more.content = Some(Content::default());
        return Ok(output);
    }
    let size = version.size();
    let (span, is_part) = span(call, &version)?;
    output.push("ContentLength", Value::Int(span.length() as i64));
    if is_part {
        call.more.status = Some(206);
        output.push("ContentRange", span.of(size).into());
    }
    describe(&version, &mut output);
    for (name, member) in overrides {
        if let Some(value) = given(name) {
            output.insert(member, value.clone());
        }
    }
    if parameters.text("ChecksumMode") == Some("ENABLED") && !is_part {
        version.tell_checksum(&mut output);
    }
    if parameters.int("PartNumber").is_some() && !version.parts.is_empty() {
        output.push("PartsCount", Value::Int(version.parts.len() as i64));
    }
    let pieces = cut(&version.pieces, span);
    call.more.content = Some(content(call.sandbox, &tables(call)?, &pieces)?);
    Ok(output)
}

/// The bytes that a call asks for, and whether it asked for a part of all.
fn span(call: &Call<'_>, version: &Version) -> Result<(Span, bool), Failure> {
    let size = version.size();
    let all = Span {
        start: 0,
        end: size,
    };
    let range = call.parameters.text("Range");
    if let Some(number) = call.parameters.int("PartNumber") {
        if range.is_some() {
            let text = "Cannot specify both Range header and partNumber query parameter";
            return Err(error::request(text));
        }
        let most = version.parts.len().max(1) as i64;
        if !(1..=most).contains(&number) {
            let text = "The requested partnumber is not satisfiable";
            return Err(Failure::new("InvalidPartNumber", text)
                .with_status(416)
                .with_detail("PartNumberRequested", number.to_string())
                .with_detail("ActualPartCount", most.to_string()));
        }
        let before = version.parts.iter().take(number as usize - 1);
        let start = before.map(|part| part.size.unsigned_abs()).sum();
        let length = version.parts.get(number as usize - 1);
        let length = length.map_or(size, |part| part.size.unsigned_abs());
        let span = Span {
            start,
            end: start + length,
        };
        return Ok((span, size > 0));
    }
    match asked(range, size) {
        Asked::All => Ok((all, false)),
        Asked::Span(span) => Ok((span, true)),
        Asked::Nothing => {
            let text = "The requested range is not satisfiable";
            Err(Failure::new("InvalidRange", text)
                .with_status(416)
                .with_header("content-range", format!("bytes */{size}"))
                .with_detail("RangeRequested", range.unwrap_or_default())
                .with_detail("ActualObjectSize", size.to_string()))
        }
    }
}

/// Puts among members what the uploader said.
fn describe(version: &Version, output: &mut Map) {
    for (name, value) in &version.about.headers {
        let value = match &**name {
            "Expires" => value.parse().map_or(Value::Null, time),
            _ => value.as_str().into(),
        };
        output.insert(name.clone(), value);
    }
    if !version.about.metadata.is_empty() {
        let metadata = version.about.metadata.iter();
        let metadata = metadata.map(|(name, value)| (name.clone().into(), value.as_str().into()));
        output.push("Metadata", Value::Map(metadata.collect()));
    }
    version.about.tell_encryption(output);
    // The usual class is not told.
    if version.storage_class() != "STANDARD" {
        output.push("StorageClass", version.storage_class().into());
    }
    if !version.tags.is_empty() {
        output.push("TagCount", Value::Int(version.tags.len() as i64));
    }
    if let (Some(mode), Some(until)) = (&version.lock_mode, version.locked_until) {
        output.push("ObjectLockMode", mode.as_str().into());
        output.push("ObjectLockRetainUntilDate", time(until));
    }
    if version.legal_hold {
        output.push("ObjectLockLegalHoldStatus", "ON".into());
    }
}

/// What is sent of pieces. Files are leased, so that they can be read when
/// nothing refers to them any more.
pub(super) fn content(
    sandbox: &Sandbox,
    tables: &Tables,
    pieces: &[Piece],
) -> Result<Content, Failure> {
    let mut content = Content::default();
    for piece in pieces {
        let (offset, length) = (piece.offset.unsigned_abs(), piece.length.unsigned_abs());
        if !piece.inline {
            content.push_file(sandbox.blobs.lease(&piece.blob), offset, length);
            continue;
        }
        let bytes = tables.inline(&piece.blob)?;
        let range = offset as usize..(offset + length) as usize;
        let bytes = bytes
            .get(range)
            .ok_or_else(|| error::internal("data is not there"))?;
        content.push_bytes(bytes.to_vec().into());
    }
    Ok(content)
}

pub(super) fn attributes(call: &Call<'_>) -> Result<Map, Failure> {
    let bucket = bucket(call)?;
    let version = find(call, &bucket, key(call)?)?.version;
    let asked: Vec<&str> = call
        .parameters
        .list("ObjectAttributes")
        .iter()
        .filter_map(Value::as_str)
        .flat_map(|own| own.split(','))
        .map(str::trim)
        .collect();
    let known = [
        "ETag",
        "Checksum",
        "ObjectParts",
        "StorageClass",
        "ObjectSize",
    ];
    if asked.is_empty() || asked.iter().any(|own| !known.contains(own)) {
        return Err(error::argument(
            "Invalid attribute name specified.",
            "x-amz-object-attributes",
            &asked.join(","),
        ));
    }
    let has = |name: &str| asked.contains(&name);
    let mut output = map([("LastModified", time(version.modified))]);
    if bucket.had_versions() {
        output.push("VersionId", version.id.as_str().into());
    }
    if has("ETag") {
        output.push("ETag", version.etag.as_str().into());
    }
    if has("Checksum") && version.checksum.is_some() {
        let mut checksum = Map::new();
        version.tell_checksum(&mut checksum);
        output.push("Checksum", checksum.into());
    }
    if has("ObjectParts") && !version.parts.is_empty() {
        output.push("ObjectParts", parts(call, &version).into());
    }
    if has("StorageClass") {
        output.push("StorageClass", version.storage_class().into());
    }
    if has("ObjectSize") {
        output.push("ObjectSize", Value::Int(version.size));
    }
    Ok(output)
}

fn parts(call: &Call<'_>, version: &Version) -> Map {
    let total = version.parts.len() as i64;
    let mut output = map([("TotalPartsCount", Value::Int(total))]);
    // Of a checksum of all there is none of each part to tell.
    if version.checksum_type.as_deref() != Some("COMPOSITE") {
        return output;
    }
    let (most, marker) = multipart::page_of_parts(call);
    let marker = i64::try_from(marker).unwrap_or(i64::MAX);
    let mut own = version.parts.iter().filter(|part| part.number > marker);
    let (mut listed, mut last) = (Vec::new(), marker);
    for part in own.by_ref().take(most.unsigned_abs() as usize) {
        let mut entry = map([
            ("PartNumber", Value::Int(part.number)),
            ("Size", Value::Int(part.size)),
        ]);
        if let (Some(algorithm), Some(checksum)) = (version.algorithm(), &part.checksum) {
            entry.push(algorithm.member(), checksum.as_str().into());
        }
        last = part.number;
        listed.push(entry.into());
    }
    output.push("PartNumberMarker", marker.to_string().into());
    output.push("NextPartNumberMarker", last.to_string().into());
    output.push("MaxParts", Value::Int(most));
    output.push("IsTruncated", own.next().is_some().into());
    output.push("Parts", Value::List(listed));
    output
}
