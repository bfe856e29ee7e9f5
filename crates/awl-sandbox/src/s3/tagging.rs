//! The tags of objects.

use awl_protocol::server::Failure;
use awl_value::{Map, Value};

use super::read::find;
use super::{bucket, change, error, key, map};
use crate::account::tags_value;
use crate::door::Call;
use crate::record::Tag;

/// How many an object may have.
const MOST: usize = 10;

/// The tags that a request sets: in the header, or in the body.
pub(super) fn requested(parameters: &Map) -> Result<Vec<Tag>, Failure> {
    let tags = match parameters.get("Tagging") {
        Some(Value::String(text)) => of_header(text)?,
        Some(value) => {
            let set = value.get("TagSet").and_then(Value::as_list);
            set.unwrap_or_default().iter().filter_map(tag).collect()
        }
        None => return Ok(Vec::new()),
    };
    check(&tags)?;
    Ok(tags)
}

/// Checks tags as S3 does.
pub(super) fn check(tags: &[Tag]) -> Result<(), Failure> {
    if tags.len() > MOST {
        return Err(Failure::new(
            "BadRequest",
            "Object tags cannot be greater than 10",
        ));
    }
    let invalid = |text: &str, tag: &Tag| {
        Err(Failure::new("InvalidTag", text).with_detail("TagKey", tag.key.as_str()))
    };
    for (number, tag) in tags.iter().enumerate() {
        if tag.key.is_empty() || tag.key.chars().count() > 128 {
            return invalid("The TagKey you have provided is invalid", tag);
        }
        if tag.value.chars().count() > 256 {
            return invalid("The TagValue you have provided is invalid", tag);
        }
        if tag.key.starts_with("aws:") {
            return invalid("System tags cannot be added/updated by requester", tag);
        }
        if tags[..number].iter().any(|other| other.key == tag.key) {
            return invalid("Cannot provide multiple Tags with the same key", tag);
        }
    }
    Ok(())
}

fn of_header(text: &str) -> Result<Vec<Tag>, Failure> {
    let malformed = || {
        let message = "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL \
                       query parameters without tag name duplicates.";
        error::argument(message, "x-amz-tagging", text)
    };
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    let tags = pairs.map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let plain = |text: &str| percent_decode(&text.replace('+', " "));
        Some(Tag {
            key: plain(key)?,
            value: plain(value)?,
        })
    });
    let tags: Option<Vec<Tag>> = tags.collect();
    let tags = tags.ok_or_else(malformed)?;
    let repeated = tags.iter().enumerate().any(|(number, tag)| {
        let mut before = tags[..number].iter();
        before.any(|other| other.key == tag.key)
    });
    if repeated { Err(malformed()) } else { Ok(tags) }
}

fn tag(value: &Value) -> Option<Tag> {
    Some(Tag {
        key: value.get("Key")?.as_str()?.to_owned(),
        value: value.get("Value")?.as_str()?.to_owned(),
    })
}

pub(super) fn get(call: &Call<'_>) -> Result<Map, Failure> {
    let bucket = bucket(call)?;
    let placed = find(call, &bucket, key(call)?)?;
    let mut output = Map::new();
    if bucket.had_versions() {
        output.push("VersionId", placed.version.id.as_str().into());
    }
    output.push("TagSet", tags_value(&placed.version.tags));
    Ok(output)
}

pub(super) fn put(call: &mut Call<'_>) -> Result<Map, Failure> {
    let tags = requested(call.parameters.0)?;
    set(call, tags)
}

pub(super) fn delete(call: &mut Call<'_>) -> Result<Map, Failure> {
    set(call, Vec::new())
}

fn set(call: &mut Call<'_>, tags: Vec<Tag>) -> Result<Map, Failure> {
    let bucket = bucket(call)?;
    let mut placed = find(call, &bucket, key(call)?)?;
    placed.version.tags = tags;
    let mut change = change(call)?;
    change.put_version(&bucket.name, &placed.key, placed.order, &placed.version)?;
    change.commit()?;
    Ok(match bucket.had_versions() {
        true => map([("VersionId", placed.version.id.into())]),
        false => Map::new(),
    })
}

/// Text without its escapes; None where they are none, or no UTF-8.
pub(super) fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first != b'%' {
            bytes.push(first);
            continue;
        }
        let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
        let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        bytes.push(u8::from_str_radix(digits, 16).ok().filter(|_| is_hex)?);
        rest = &rest[2..];
    }
    String::from_utf8(bytes).ok()
}
