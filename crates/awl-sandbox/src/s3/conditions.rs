//! Requests that count only under a condition, with S3's precedence.

use awl_protocol::server::Failure;
use awl_value::Map;

use super::error;
use super::model::{Version, seconds};

/// What becomes of a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Given,
    NotModified,
}

/// The names of the conditions among parameters.
struct Names {
    matches: &'static str,
    none_matches: &'static str,
    modified: &'static str,
    unmodified: &'static str,
}

const READ: Names = Names {
    matches: "IfMatch",
    none_matches: "IfNoneMatch",
    modified: "IfModifiedSince",
    unmodified: "IfUnmodifiedSince",
};

const COPY: Names = Names {
    matches: "CopySourceIfMatch",
    none_matches: "CopySourceIfNoneMatch",
    modified: "CopySourceIfModifiedSince",
    unmodified: "CopySourceIfUnmodifiedSince",
};

/// Checks the conditions of a read.
pub(super) fn read(parameters: &Map, version: &Version) -> Result<Verdict, Failure> {
    match fails(parameters, version, &READ) {
        None => Ok(Verdict::Given),
        Some(("If-None-Match" | "If-Modified-Since", _)) => Ok(Verdict::NotModified),
        Some((name, _)) => Err(error::precondition(name)),
    }
}

/// Checks the conditions on the source of a copy.
pub(super) fn copy(parameters: &Map, version: &Version) -> Result<(), Failure> {
    match fails(parameters, version, &COPY) {
        None => Ok(()),
        Some((_, name)) => Err(error::precondition(name)),
    }
}

/// The condition that fails, by its name for reads and for copies.
fn fails(
    parameters: &Map,
    version: &Version,
    names: &Names,
) -> Option<(&'static str, &'static str)> {
    let text = |name: &str| parameters.get(name)?.as_str();
    let time = |name: &str| seconds(parameters.get(name)?);
    if let Some(tags) = text(names.matches) {
        if !matches(tags, &version.etag) {
            return Some(("If-Match", "x-amz-copy-source-if-match"));
        }
    } else if time(names.unmodified).is_some_and(|time| version.modified > time) {
        return Some((
            "If-Unmodified-Since",
            "x-amz-copy-source-If-Unmodified-Since",
        ));
    }
    if let Some(tags) = text(names.none_matches) {
        if matches(tags, &version.etag) {
            return Some(("If-None-Match", "x-amz-copy-source-if-none-match"));
        }
    } else if time(names.modified).is_some_and(|time| version.modified <= time) {
        return Some(("If-Modified-Since", "x-amz-copy-source-If-Modified-Since"));
    }
    None
}

/// Checks the conditions of a write against what is there: none where it is not,
/// or was deleted.
pub(super) fn write(parameters: &Map, key: &str, there: Option<&Version>) -> Result<(), Failure> {
    let text = |name: &str| parameters.get(name)?.as_str();
    if let Some(tags) = text("IfNoneMatch") {
        if tags.trim() != "*" {
            let text = "A header you provided implies functionality that is not implemented";
            return Err(Failure::new("NotImplemented", text)
                .with_status(501)
                .with_detail("Header", "If-None-Match"));
        }
        if there.is_some() {
            return Err(error::precondition("If-None-Match"));
        }
    }
    if let Some(tags) = text("IfMatch") {
        let Some(there) = there else {
            return Err(error::no_key(key));
        };
        if !matches(tags, &there.etag) {
            return Err(error::precondition("If-Match"));
        }
    }
    Ok(())
}

/// Whether a list of entity tags has this one.
fn matches(tags: &str, etag: &str) -> bool {
    tags.split(',').map(str::trim).any(|tag| {
        let tag = tag.strip_prefix("W/").unwrap_or(tag);
        tag == "*" || tag.trim_matches('"') == etag
    })
}
