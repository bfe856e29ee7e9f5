//! Listings: a range of a sorted table, read no further than a page needs.

use std::ops::Bound;

use awl_protocol::server::Failure;
use awl_value::{Map, Value};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::model::{Bucket, Version, time};
use super::tables::{Placed, Step, Tables, is_version_id};
use super::{bucket, error, map, owner, tables};
use crate::door::Call;

/// The most entries of a page.
const PAGE: i64 = 1000;

/// What a page is asked for.
struct Asked<'a> {
    prefix: &'a str,
    delimiter: &'a str,
    /// The key, and of a listing of versions the version, behind which it begins.
    after: Option<(&'a str, Option<&'a str>)>,
    most: usize,
}

/// What a page has.
#[derive(Debug, Default)]
struct Page {
    entries: Vec<Entry>,
    prefixes: Vec<String>,
    truncated: bool,
    /// The last key or group, and the version.
    last: Option<(String, String)>,
}

#[derive(Debug)]
struct Entry {
    key: String,
    version: Version,
    is_latest: bool,
}

/// The group of keys that a key belongs to, where a delimiter makes groups.
pub(super) fn grouped<'k>(key: &'k str, prefix: &str, delimiter: &str) -> Option<&'k str> {
    if delimiter.is_empty() {
        return None;
    }
    let place = key.get(prefix.len()..)?.find(delimiter)?;
    Some(&key[..prefix.len() + place + delimiter.len()])
}

/// The first text behind all that begin with `text`; None where none is.
fn behind(text: &str) -> Option<String> {
    let mut letters: Vec<char> = text.chars().collect();
    while let Some(last) = letters.pop() {
        let next = match last {
            // What lies between is for UTF-16.
            '\u{d7ff}' => Some('\u{e000}'),
            last => char::from_u32(u32::from(last) + 1),
        };
        if let Some(next) = next {
            letters.push(next);
            return Some(letters.into_iter().collect());
        }
    }
    None
}

impl Asked<'_> {
    /// Reads a page: of all versions, or of the newest only.
    fn read(&self, tables: &Tables, bucket: &str, all_versions: bool) -> Result<Page, Failure> {
        let mut page = Page::default();
        let Some(from) = self.start(tables, bucket)? else {
            return Ok(page);
        };
        // Behind a version of a key the newest of that key is not met again.
        let mut seen = self.after.map(|(key, _)| key.to_owned());
        tables.walk(bucket, from, |placed| {
            let Placed { key, version, .. } = placed;
            if !key.starts_with(self.prefix) {
                return match *key < *self.prefix {
                    true => Step::Next,
                    false => Step::End,
                };
            }
            let is_latest = seen.as_deref() != Some(&*key);
            if is_latest {
                seen = Some(key.clone());
            }
            if !all_versions && (!is_latest || version.is_marker) {
                return Step::Next;
            }
            let group = grouped(&key, self.prefix, self.delimiter);
            if let Some(group) = group {
                let begins_in = self
                    .after
                    .is_some_and(|(after, _)| after.starts_with(group));
                let onward = behind(group).map_or(Step::End, Step::Seek);
                if begins_in {
                    return onward;
                }
                if page.is_full(self.most) {
                    return Step::End;
                }
                page.last = Some((group.to_owned(), String::new()));
                page.prefixes.push(group.to_owned());
                return onward;
            }
            if page.is_full(self.most) {
                return Step::End;
            }
            page.last = Some((key.clone(), version.id.clone()));
            page.entries.push(Entry {
                key,
                version,
                is_latest,
            });
            Step::Next
        })?;
        Ok(page)
    }

    /// Where the walk begins; None where nothing can come.
    fn start(
        &self,
        tables: &Tables,
        bucket: &str,
    ) -> Result<Option<Bound<(String, u64)>>, Failure> {
        let prefix = || Bound::Included((self.prefix.to_owned(), 0));
        Ok(Some(match self.after {
            Some((key, _)) if *key < *self.prefix => prefix(),
            Some((key, Some(id))) => match tables.version(bucket, key, id)? {
                Some(placed) => Bound::Excluded((key.to_owned(), placed.order)),
                None => Bound::Excluded((key.to_owned(), u64::MAX)),
            },
            Some((key, None)) => Bound::Excluded((key.to_owned(), u64::MAX)),
            None => prefix(),
        }))
    }
}

impl Page {
    /// Whether it has all that it may, of which this makes a note.
    fn is_full(&mut self, most: usize) -> bool {
        let full = self.entries.len() + self.prefixes.len() >= most;
        // Nothing was asked for, and nothing is left out.
        self.truncated = full && most > 0;
        full
    }
}

/// How keys are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Plain,
    Url,
}

impl Encoding {
    pub(super) fn of(call: &Call<'_>) -> Self {
        match call.parameters.text("EncodingType") {
            Some("url") => Self::Url,
            _ => Self::Plain,
        }
    }

    pub(super) fn text(self, text: &str) -> Value {
        match self {
            Self::Plain => text.into(),
            Self::Url => escaped(text, b"-_.*/", true).into(),
        }
    }

    /// A key as a path of a URL has it.
    pub(super) fn path(key: &str) -> String {
        escaped(key, b"-_.~/", false)
    }

    /// Puts the groups among members, and how things are written.
    pub(super) fn finish(self, output: &mut Map, prefixes: &[String]) {
        if !prefixes.is_empty() {
            let prefixes = prefixes.iter();
            let prefixes = prefixes.map(|own| map([("Prefix", self.text(own))]).into());
            output.push("CommonPrefixes", Value::List(prefixes.collect()));
        }
        if self == Self::Url {
            output.push("EncodingType", "url".into());
        }
    }
}

fn escaped(text: &str, plain: &[u8], plus: bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' ' if plus => escaped.push('+'),
            _ if byte.is_ascii_alphanumeric() || plain.contains(&byte) => {
                escaped.push(char::from(byte));
            }
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

/// How many entries a call asks for: the number it says, and the one it gets.
fn most(call: &Call<'_>) -> Result<(i64, usize), Failure> {
    let most = call.parameters.int("MaxKeys").unwrap_or(PAGE);
    if !(0..=i64::from(i32::MAX)).contains(&most) {
        let text = "Argument maxKeys must be an integer between 0 and 2147483647";
        return Err(error::argument(text, "maxKeys", &most.to_string()));
    }
    let most = most.min(PAGE);
    Ok((most, most.unsigned_abs() as usize))
}

/// `ListObjects`.
pub(super) fn first(call: &Call<'_>) -> Result<Map, Failure> {
    let bucket = bucket(call)?;
    let text = |name: &str| call.parameters.text(name).unwrap_or_default();
    let (prefix, delimiter, marker) = (text("Prefix"), text("Delimiter"), text("Marker"));
    let encoding = Encoding::of(call);
    let (shown, most) = most(call)?;
    let asked = Asked {
        prefix,
        delimiter,
        after: Some((marker, None)).filter(|_| !marker.is_empty()),
        most,
    };
    let page = asked.read(&tables(call)?, &bucket.name, false)?;
    let mut output = map([
        ("IsTruncated", page.truncated.into()),
        ("Marker", encoding.text(marker)),
    ]);
    // Without a delimiter the last key says it.
    if let Some((last, _)) = page
        .last
        .as_ref()
        .filter(|_| page.truncated && !delimiter.is_empty())
    {
        output.push("NextMarker", encoding.text(last));
    }
    contents(call, &page, encoding, true, &mut output);
    output.push("Name", bucket.name.into());
    output.push("Prefix", encoding.text(prefix));
    if !delimiter.is_empty() {
        output.push("Delimiter", encoding.text(delimiter));
    }
    output.push("MaxKeys", Value::Int(shown));
    encoding.finish(&mut output, &page.prefixes);
    Ok(output)
}

/// `ListObjectsV2`.
pub(super) fn second(call: &Call<'_>) -> Result<Map, Failure> {
    let bucket = bucket(call)?;
    let text = |name: &str| call.parameters.text(name).unwrap_or_default();
    let (prefix, delimiter, start) = (text("Prefix"), text("Delimiter"), text("StartAfter"));
    let encoding = Encoding::of(call);
    let (shown, most) = most(call)?;
    let token = call.parameters.text("ContinuationToken");
    let continued = token.map(|token| {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok();
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        text.ok_or_else(|| {
            let text = "The continuation token provided is incorrect";
            error::argument(text, "continuation-token", token)
        })
    });
    let continued = continued.transpose()?;
    let after = continued.as_deref().unwrap_or(start);
    let asked = Asked {
        prefix,
        delimiter,
        after: Some((after, None)).filter(|_| !after.is_empty()),
        most,
    };
    let page = asked.read(&tables(call)?, &bucket.name, false)?;
    let mut output = map([("IsTruncated", page.truncated.into())]);
    let owners = call.parameters.flag("FetchOwner") == Some(true);
    contents(call, &page, encoding, owners, &mut output);
    output.push("Name", bucket.name.into());
    output.push("Prefix", encoding.text(prefix));
    if !delimiter.is_empty() {
        output.push("Delimiter", encoding.text(delimiter));
    }
    output.push("MaxKeys", Value::Int(shown));
    encoding.finish(&mut output, &page.prefixes);
    let count = page.entries.len() + page.prefixes.len();
    output.push("KeyCount", Value::Int(count as i64));
    if let Some(token) = token {
        output.push("ContinuationToken", token.into());
    }
    if let Some((last, _)) = page.last.as_ref().filter(|_| page.truncated) {
        output.push("NextContinuationToken", URL_SAFE_NO_PAD.encode(last).into());
    }
    if !start.is_empty() {
        output.push("StartAfter", encoding.text(start));
    }
    Ok(output)
}

fn contents(call: &Call<'_>, page: &Page, encoding: Encoding, owners: bool, output: &mut Map) {
    let entries = page.entries.iter().map(|entry| {
        let mut own = described(&entry.key, &entry.version, encoding);
        own.push("StorageClass", entry.version.storage_class().into());
        if owners {
            own.push("Owner", owner(call));
        }
        own.into()
    });
    let entries: Vec<Value> = entries.collect();
    if !entries.is_empty() {
        output.push("Contents", Value::List(entries));
    }
}

fn described(key: &str, version: &Version, encoding: Encoding) -> Map {
    let mut own = map([
        ("Key", encoding.text(key)),
        ("LastModified", time(version.modified)),
        ("ETag", version.quoted().into()),
    ]);
    if let (Some(algorithm), Some(kind)) = (&version.algorithm, &version.checksum_type) {
        own.push(
            "ChecksumAlgorithm",
            Value::List(vec![algorithm.as_str().into()]),
        );
        own.push("ChecksumType", kind.as_str().into());
    }
    own.push("Size", Value::Int(version.size));
    own
}

/// `ListObjectVersions`.
pub(super) fn versions(call: &Call<'_>) -> Result<Map, Failure> {
    let bucket: Bucket = bucket(call)?;
    let text = |name: &str| call.parameters.text(name).unwrap_or_default();
    let (prefix, delimiter) = (text("Prefix"), text("Delimiter"));
    let (marker, version) = (text("KeyMarker"), text("VersionIdMarker"));
    let encoding = Encoding::of(call);
    let (shown, most) = most(call)?;
    if !version.is_empty() {
        if marker.is_empty() {
            let text = "A version-id marker cannot be specified without a key marker.";
            return Err(error::argument(text, "version-id-marker", version));
        }
        if !is_version_id(version) {
            return Err(error::argument(
                "Invalid version id specified",
                "version-id-marker",
                version,
            ));
        }
    }
    let version_marker = Some(version).filter(|own| !own.is_empty());
    let asked = Asked {
        prefix,
        delimiter,
        after: Some((marker, version_marker)).filter(|_| !marker.is_empty()),
        most,
    };
    let page = asked.read(&tables(call)?, &bucket.name, true)?;
    let mut output = map([
        ("IsTruncated", page.truncated.into()),
        ("KeyMarker", encoding.text(marker)),
        ("VersionIdMarker", version.into()),
    ]);
    if let Some((key, version)) = page.last.as_ref().filter(|_| page.truncated) {
        output.push("NextKeyMarker", encoding.text(key));
        if !version.is_empty() {
            output.push("NextVersionIdMarker", version.as_str().into());
        }
    }
    let (mut versions, mut markers) = (Vec::new(), Vec::new());
    for entry in &page.entries {
        if entry.version.is_marker {
            markers.push(Value::Map(map([
                ("Owner", owner(call)),
                ("Key", encoding.text(&entry.key)),
                ("VersionId", entry.version.id.as_str().into()),
                ("IsLatest", entry.is_latest.into()),
                ("LastModified", time(entry.version.modified)),
            ])));
            continue;
        }
        let mut own = described(&entry.key, &entry.version, encoding);
        own.push("StorageClass", entry.version.storage_class().into());
        own.push("VersionId", entry.version.id.as_str().into());
        own.push("IsLatest", entry.is_latest.into());
        own.push("Owner", owner(call));
        versions.push(own.into());
    }
    if !versions.is_empty() {
        output.push("Versions", Value::List(versions));
    }
    if !markers.is_empty() {
        output.push("DeleteMarkers", Value::List(markers));
    }
    output.push("Name", bucket.name.into());
    output.push("Prefix", encoding.text(prefix));
    if !delimiter.is_empty() {
        output.push("Delimiter", encoding.text(delimiter));
    }
    output.push("MaxKeys", Value::Int(shown));
    encoding.finish(&mut output, &page.prefixes);
    Ok(output)
}

#[cfg(test)]
mod tests;
