//! Uploads in parts.

use awl_protocol::server::Failure;
use awl_value::{Map, Value};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::checksum::Algorithm;
use super::copy::etag_of_parts;
use super::listing::{Encoding, grouped};
use super::model::{Bucket, Part, PartOf, Upload, Version, time};
use super::{
    bucket, canonical_id, change, conditions, digest, error, key, map, owner, tables, write,
};
use crate::door::Call;
use crate::ids;

/// How many parts there can be.
const MOST: i64 = 10_000;
/// The least that a part has that is not the last.
const SMALLEST: i64 = 5 << 20;

pub(super) fn create(call: &mut Call<'_>) -> Result<Map, Failure> {
    let bucket = bucket(call)?;
    let key = key(call)?;
    let (tags, (lock_mode, locked_until, legal_hold)) = write::beginnings(call, &bucket)?;
    let algorithm = match call.parameters.text("ChecksumAlgorithm") {
        Some(name) => Some(Algorithm::parse(name).ok_or_else(|| {
            let text = "Checksum algorithm provided is unsupported. Please try again with any of \
                        the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]";
            error::request(text)
        })?),
        None => None,
    };
    let kind = match (call.parameters.text("ChecksumType"), algorithm) {
        (Some(_), None) => {
            let text = "The x-amz-checksum-type header can only be used with the \
                        x-amz-checksum-algorithm header.";
            return Err(error::request(text));
        }
        (Some("FULL_OBJECT"), Some(own)) if !own.is_linear() => {
            let text = format!(
                "The FULL_OBJECT checksum type cannot be used with the {} checksum algorithm.",
                own.name().to_lowercase()
            );
            return Err(error::request(text));
        }
        (Some("COMPOSITE"), Some(Algorithm::Crc64Nvme)) => {
            let text = "The COMPOSITE checksum type cannot be used with the crc64nvme checksum \
                        algorithm.";
            return Err(error::request(text));
        }
        (Some(kind), Some(_)) => Some(kind),
        (None, Some(Algorithm::Crc64Nvme)) => Some("FULL_OBJECT"),
        (None, Some(_)) => Some("COMPOSITE"),
        (None, None) => None,
    };
    let upload = Upload {
        id: URL_SAFE_NO_PAD.encode(ids::random::<72>(call.sandbox.entropy())),
        key: key.to_owned(),
        begun: call.now,
        initiator: call.caller.principal.arn().to_owned(),
        algorithm: algorithm.map(|own| own.name().to_owned()),
        checksum_type: kind.map(str::to_owned),
        tags,
        about: write::about(call, &bucket)?,
        lock_mode,
        locked_until,
        legal_hold,
    };
    let mut change = change(call)?;
    change.put_upload(&bucket.name, &upload)?;
    change.commit()?;
    let mut output = map([
        ("Bucket", bucket.name.into()),
        ("Key", key.into()),
        ("UploadId", upload.id.as_str().into()),
    ]);
    upload.about.tell_encryption(&mut output);
    if let (Some(algorithm), Some(kind)) = (upload.algorithm, upload.checksum_type) {
        output.push("ChecksumAlgorithm", algorithm.into());
        output.push("ChecksumType", kind.into());
    }
    Ok(output)
}

/// The upload that a call is about.
fn upload(call: &Call<'_>, bucket: &Bucket) -> Result<Upload, Failure> {
    let id = call.parameters.text("UploadId").unwrap_or_default();
    let upload = tables(call)?.upload(&bucket.name, key(call)?, id)?;
    upload.ok_or_else(|| error::no_upload(id))
}

/// The number of the part that comes, and the upload.
pub(super) fn begun(call: &Call<'_>, bucket: &Bucket) -> Result<(i64, Upload), Failure> {
    let number = call.parameters.int("PartNumber").unwrap_or_default();
    if !(1..=MOST).contains(&number) {
        let text = "Part number must be an integer between 1 and 10000, inclusive";
        return Err(error::argument(text, "partNumber", &number.to_string()));
    }
    Ok((number, upload(call, bucket)?))
}

pub(super) fn part(call: &mut Call<'_>) -> Result<Map, Failure> {
    let bucket = bucket(call)?;
    let (number, upload) = begun(call, &bucket)?;
    let checksum = digest::check(call.headers, call.payload)?;
    let wanted = upload.algorithm.as_deref().and_then(Algorithm::parse);
    // What nobody asked for has the checksum that S3 computes by itself.
    let asked = !digest::is_default(call.headers);
    if let Some(wanted) = wanted
        && (asked || wanted != Algorithm::Crc64Nvme)
        && checksum.as_ref().map(|(own, _)| *own).filter(|_| asked) != Some(wanted)
    {
        let actual = checksum.filter(|_| asked);
        let actual = actual.map_or("null".to_owned(), |(own, _)| own.name().to_lowercase());
        let text = format!(
            "Checksum Type mismatch occurred, expected checksum Type: {}, actual checksum Type: \
             {actual}",
            wanted.name().to_lowercase()
        );
        return Err(error::request(text));
    }
    let kept = kept(call, &upload);
    let (algorithm, own) = write::split(kept);
    let mut change = change(call)?;
    let pieces = write::data(call, &mut change)?;
    let part = Part {
        number,
        etag: ids::hexadecimal(&call.payload.md5),
        size: call.payload.length as i64,
        modified: call.now,
        algorithm,
        checksum: own,
        pieces,
    };
    change.hold(&part.pieces)?;
    change.put_part(&upload.id, &part)?;
    change.commit()?;
    let mut output = map([("ETag", format!("\"{}\"", part.etag).into())]);
    if let Some((algorithm, checksum)) = checksum {
        output.push(algorithm.member(), checksum.into());
    }
    upload.about.tell_encryption(&mut output);
    Ok(output)
}

/// The checksum that a part is kept with: the upload's, or else S3's own.
pub(super) fn kept(call: &Call<'_>, upload: &Upload) -> Option<(Algorithm, String)> {
    let wanted = upload.algorithm.as_deref().and_then(Algorithm::parse);
    let wanted = wanted.unwrap_or(Algorithm::Crc64Nvme);
    let mut all = call.payload.checksums.iter();
    all.find(|(own, _)| *own == wanted).cloned()
}

/// Puts a part's checksum among members.
pub(super) fn tell_checksum(part: &Part, output: &mut Map) {
    let algorithm = part.algorithm.as_deref().and_then(Algorithm::parse);
    if let (Some(algorithm), Some(checksum)) = (algorithm, &part.checksum) {
        output.push(algorithm.member(), checksum.as_str().into());
    }
}

pub(super) fn complete(call: &mut Call<'_>) -> Result<Map, Failure> {
    let bucket = bucket(call)?;
    let key = key(call)?;
    let upload = upload(call, &bucket)?;
    let given = call.parameters.0.get("MultipartUpload");
    let given = given
        .and_then(|own| own.get("Parts")?.as_list())
        .unwrap_or_default();
    if given.is_empty() {
        return Err(error::malformed_xml());
    }
    let there = write::current(&tables(call)?, &bucket, key)?;
    conditions::write(call.parameters.0, key, there.as_ref())?;
    let parts = chosen(call, &upload, given)?;
    let size: i64 = parts.iter().map(|part| part.size).sum();
    let said = call
        .parameters
        .0
        .get("MpuObjectSize")
        .map(awl_value::python::str);
    if said.is_some_and(|said| said != size.to_string()) {
        let text = "The provided 'x-amz-mp-object-size' header does not match what was computed.";
        return Err(error::request(text));
    }
    let (algorithm, checksum, kind) = checksum(&upload, &parts);
    if let (Some(own), Some(computed)) = (algorithm, &checksum)
        && let Some(said) = call.parameters.text(own.member())
        && said != computed
        && Some(said) != computed.split_once('-').map(|(text, _)| text)
    {
        let text = format!(
            "The {} you specified did not match the calculated checksum.",
            own.name()
        );
        return Err(Failure::new("BadDigest", text));
    }
    let version = Version {
        id: String::new(),
        is_marker: false,
        modified: call.now,
        etag: etag_of_parts(parts.iter().map(|part| &*part.etag)),
        size,
        pieces: parts.iter().flat_map(|part| part.pieces.clone()).collect(),
        parts: parts
            .iter()
            .map(|part| PartOf {
                number: part.number,
                size: part.size,
                checksum: part.checksum.clone(),
            })
            .collect(),
        algorithm: algorithm
            .filter(|_| checksum.is_some())
            .map(|own| own.name().to_owned()),
        checksum_type: kind.filter(|_| checksum.is_some()),
        checksum,
        tags: upload.tags.clone(),
        about: upload.about.clone(),
        lock_mode: upload.lock_mode.clone(),
        locked_until: upload.locked_until,
        legal_hold: upload.legal_hold,
    };
    let mut change = change(call)?;
    let version = write::place(call, &mut change, &bucket, key, version)?;
    change.remove_upload(&bucket.name, &upload)?;
    change.commit()?;
    let place = match call.headers.get("host") {
        Some(host) => format!("http://{host}/{}/{}", bucket.name, Encoding::path(key)),
        None => format!("/{}/{}", bucket.name, Encoding::path(key)),
    };
    let mut output = map([
        ("Location", place.into()),
        ("Bucket", bucket.name.as_str().into()),
        ("Key", key.into()),
        ("ETag", version.quoted().into()),
    ]);
    version.tell_checksum(&mut output);
    version.about.tell_encryption(&mut output);
    if bucket.is_versioned() {
        output.push("VersionId", version.id.into());
    }
    Ok(output)
}

/// The parts that an upload is completed with.
fn chosen(call: &Call<'_>, upload: &Upload, given: &[Value]) -> Result<Vec<Part>, Failure> {
    let tables = tables(call)?;
    let mut parts: Vec<Part> = Vec::with_capacity(given.len());
    let number = |value: &Value| value.get("PartNumber").and_then(Value::as_int);
    let numbers: Option<Vec<i64>> = given.iter().map(number).collect();
    let numbers = numbers.ok_or_else(error::malformed_xml)?;
    if !numbers.is_sorted_by(|one, other| one < other) {
        let text = "The list of parts was not in ascending order. Parts must be ordered by part \
                    number.";
        let failure = Failure::new("InvalidPartOrder", text);
        return Err(failure.with_detail("UploadId", upload.id.as_str()));
    }
    for (place, (value, number)) in given.iter().zip(numbers).enumerate() {
        let etag = value
            .get("ETag")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let found = tables.part(&upload.id, number.unsigned_abs())?;
        let algorithm = |part: &Part| part.algorithm.as_deref().and_then(Algorithm::parse);
        let found = found.filter(|part| {
            let said = algorithm(part).and_then(|own| value.get(own.member())?.as_str());
            part.etag == etag.trim_matches('"')
                && said.is_none_or(|said| part.checksum.as_deref() == Some(said))
        });
        let Some(part) = found else {
            let text = "One or more of the specified parts could not be found.  The part may not \
                        have been uploaded, or the specified entity tag may not match the part's \
                        entity tag.";
            return Err(Failure::new("InvalidPart", text)
                .with_detail("UploadId", upload.id.as_str())
                .with_detail("PartNumber", number.to_string())
                .with_detail("ETag", etag.trim_matches('"')));
        };
        if part.size < SMALLEST && place + 1 < given.len() {
            let text = "Your proposed upload is smaller than the minimum allowed size";
            return Err(Failure::new("EntityTooSmall", text)
                .with_detail("ProposedSize", part.size.to_string())
                .with_detail("MinSizeAllowed", SMALLEST.to_string())
                .with_detail("PartNumber", number.to_string())
                .with_detail("ETag", part.etag));
        }
        parts.push(part);
    }
    Ok(parts)
}

/// The checksum of an object in parts, and of which type it is.
fn checksum(
    upload: &Upload,
    parts: &[Part],
) -> (Option<Algorithm>, Option<String>, Option<String>) {
    let algorithm = upload.algorithm.as_deref().and_then(Algorithm::parse);
    let algorithm = algorithm.unwrap_or(Algorithm::Crc64Nvme);
    let of_parts: Option<Vec<(String, u64)>> = parts
        .iter()
        .map(|part| {
            let own = part.checksum.clone()?;
            let fits = part.algorithm.as_deref() == Some(algorithm.name());
            fits.then_some((own, part.size.unsigned_abs()))
        })
        .collect();
    let Some(of_parts) = of_parts else {
        return (None, None, None);
    };
    let kind = upload.checksum_type.as_deref().unwrap_or("FULL_OBJECT");
    let checksum = match kind {
        "COMPOSITE" => algorithm.composite(&of_parts),
        _ => algorithm.joined(&of_parts),
    };
    (Some(algorithm), checksum, Some(kind.to_owned()))
}

pub(super) fn abort(call: &mut Call<'_>) -> Result<Map, Failure> {
    let bucket = bucket(call)?;
    let upload = upload(call, &bucket)?;
    let mut change = change(call)?;
    change.remove_upload(&bucket.name, &upload)?;
    change.commit()?;
    Ok(Map::new())
}

/// Removes all uploads of a bucket that goes.
pub(super) fn abort_all(call: &Call<'_>, bucket: &str) -> Result<(), Failure> {
    let mut uploads = Vec::new();
    tables(call)?.uploads(bucket, None, |upload| {
        uploads.push(upload);
        true
    })?;
    if uploads.is_empty() {
        return Ok(());
    }
    let mut change = change(call)?;
    for upload in &uploads {
        change.remove_upload(bucket, upload)?;
    }
    change.commit()
}

/// How many parts are asked for at the most, and after which number.
pub(super) fn page_of_parts(call: &Call<'_>) -> (i64, u64) {
    let most = call.parameters.int("MaxParts").unwrap_or(1000);
    // The marker is a text in the model.
    let marker = call.parameters.0.get("PartNumberMarker");
    let marker = marker.map(awl_value::python::str).unwrap_or_default();
    (most.clamp(0, 1000), marker.parse().unwrap_or_default())
}

pub(super) fn parts(call: &Call<'_>) -> Result<Map, Failure> {
    let bucket = bucket(call)?;
    let upload = upload(call, &bucket)?;
    let (most, marker) = page_of_parts(call);
    let count = most.unsigned_abs() as usize;
    let mut parts = tables(call)?.parts(&upload.id, marker, count + 1)?;
    let truncated = most > 0 && parts.len() > count;
    parts.truncate(count);
    let last = parts.last().map_or(0, |part| part.number);
    let listed = parts.iter().map(|part| {
        let mut entry = map([
            ("PartNumber", Value::Int(part.number)),
            ("LastModified", time(part.modified)),
            ("ETag", format!("\"{}\"", part.etag).into()),
            ("Size", Value::Int(part.size)),
        ]);
        tell_checksum(part, &mut entry);
        entry.into()
    });
    let listed: Vec<Value> = listed.collect();
    let mut output = map([
        ("Bucket", bucket.name.into()),
        ("Key", upload.key.as_str().into()),
        ("UploadId", upload.id.as_str().into()),
        (
            "PartNumberMarker",
            number(marker as i64, "PartNumberMarker", call),
        ),
        (
            "NextPartNumberMarker",
            number(last, "NextPartNumberMarker", call),
        ),
        ("MaxParts", Value::Int(most)),
        ("IsTruncated", truncated.into()),
    ]);
    if !listed.is_empty() {
        output.push("Parts", Value::List(listed));
    }
    output.push("Initiator", initiator(&upload).into());
    output.push("Owner", owner(call));
    let class = upload.about.storage_class.as_deref().unwrap_or("STANDARD");
    output.push("StorageClass", class.into());
    if let (Some(algorithm), Some(kind)) = (upload.algorithm, upload.checksum_type) {
        output.push("ChecksumAlgorithm", algorithm.into());
        output.push("ChecksumType", kind.into());
    }
    Ok(output)
}

/// A number as the model has it: some of them are texts.
fn number(number: i64, member: &str, call: &Call<'_>) -> Value {
    let shape = call.operation.output().and_then(|own| own.member(member));
    match shape.map(|own| own.shape().kind()) {
        Some(awl_model::ShapeKind::String) => number.to_string().into(),
        _ => Value::Int(number),
    }
}

fn initiator(upload: &Upload) -> Map {
    let arn = &upload.initiator;
    let id = match arn.starts_with("arn:") {
        true => arn.clone(),
        false => canonical_id("anonymous"),
    };
    let name = arn.rsplit('/').next().unwrap_or_default();
    map([("ID", id.into()), ("DisplayName", name.into())])
}

pub(super) fn uploads(call: &Call<'_>) -> Result<Map, Failure> {
    let bucket = bucket(call)?;
    let text = |name: &str| call.parameters.text(name).unwrap_or_default();
    let (prefix, delimiter) = (text("Prefix"), text("Delimiter"));
    let (marker, id_marker) = (text("KeyMarker"), text("UploadIdMarker"));
    let encoding = Encoding::of(call);
    let most = call
        .parameters
        .int("MaxUploads")
        .unwrap_or(1000)
        .clamp(0, 1000);
    let most = most.unsigned_abs() as usize;
    // Of a key without an id all uploads are passed over.
    let highest = "\u{10ffff}";
    let after = match (marker, id_marker) {
        ("", _) => None,
        (key, "") => Some((key, highest)),
        (key, id) => Some((key, id)),
    };
    let mut listed: Vec<Value> = Vec::new();
    let mut prefixes: Vec<String> = Vec::new();
    let (mut truncated, mut last) = (false, (String::new(), String::new()));
    tables(call)?.uploads(&bucket.name, after, |upload| {
        if !upload.key.starts_with(prefix) {
            return *upload.key < *prefix;
        }
        let group = grouped(&upload.key, prefix, delimiter);
        if let Some(group) = group
            && (prefixes.last().is_some_and(|last| last == group) || marker.starts_with(group))
        {
            return true;
        }
        if listed.len() + prefixes.len() >= most {
            truncated = most > 0;
            return false;
        }
        match group {
            Some(group) => {
                last = (group.to_owned(), String::new());
                prefixes.push(group.to_owned());
            }
            None => {
                last = (upload.key.clone(), upload.id.clone());
                let mut entry = map([
                    ("UploadId", upload.id.as_str().into()),
                    ("Key", encoding.text(&upload.key)),
                    ("Initiated", time(upload.begun)),
                    (
                        "StorageClass",
                        upload
                            .about
                            .storage_class
                            .as_deref()
                            .unwrap_or("STANDARD")
                            .into(),
                    ),
                    ("Owner", owner(call)),
                    ("Initiator", initiator(&upload).into()),
                ]);
                if let (Some(algorithm), Some(kind)) = (upload.algorithm, upload.checksum_type) {
                    entry.push("ChecksumAlgorithm", algorithm.into());
                    entry.push("ChecksumType", kind.into());
                }
                listed.push(entry.into());
            }
        }
        true
    })?;
    let mut output = map([
        ("Bucket", bucket.name.into()),
        ("KeyMarker", encoding.text(marker)),
        ("UploadIdMarker", id_marker.into()),
    ]);
    if truncated {
        output.push("NextKeyMarker", encoding.text(&last.0));
        output.push("NextUploadIdMarker", last.1.into());
    }
    output.push("Prefix", encoding.text(prefix));
    if !delimiter.is_empty() {
        output.push("Delimiter", encoding.text(delimiter));
    }
    output.push("MaxUploads", Value::Int(most as i64));
    output.push("IsTruncated", truncated.into());
    if !listed.is_empty() {
        output.push("Uploads", Value::List(listed));
    }
    encoding.finish(&mut output, &prefixes);
    Ok(output)
}
