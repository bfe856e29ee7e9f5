//! Buckets, and the objects that a seed can have in words.

use awl_value::{Map, Value, json};

use super::{items, tags, take};
use crate::commands::sandbox::clients::{Clients, Failed, REGION};
use crate::error::CommandError;

/// The most bytes of an object in a seed.
pub(super) const LARGEST: i64 = 64 << 10;

/// What S3 has.
#[derive(Default)]
pub(super) struct Found {
    pub(super) buckets: Vec<Value>,
    /// How many objects are too large, or no text.
    pub(super) left_out: usize,
}

/// A bucket that is asked about.
struct Bucket<'c, 'a> {
    clients: &'c mut Clients<'a>,
    name: String,
    region: String,
}

pub(super) fn all(clients: &mut Clients<'_>) -> Result<Found, CommandError> {
    let answer = clients.call("s3", "ListBuckets", Map::new(), REGION, None);
    let answer = answer.map_err(Failed::into_error)?;
    let mut found = Found::default();
    for bucket in items(&answer, "Buckets") {
        let text = |name| bucket.get(name).and_then(Value::as_str);
        let mut bucket = Bucket {
            name: text("Name").unwrap_or_default().to_owned(),
            region: text("BucketRegion").unwrap_or(REGION).to_owned(),
            clients,
        };
        let map = bucket.seed(&mut found.left_out)?;
        found.buckets.push(map.into());
    }
    Ok(found)
}

impl Bucket<'_, '_> {
    fn named(&self) -> Map {
        let mut parameters = Map::new();
        parameters.push("Bucket", self.name.as_str().into());
        parameters
    }

    fn ask(&mut self, operation: &str, parameters: Map) -> Result<Value, CommandError> {
        let answer = self
            .clients
            .call("s3", operation, parameters, &self.region, None);
        answer.map_err(Failed::into_error)
    }

    /// The answer; None where the bucket has no such setting.
    fn setting(&mut self, operation: &str) -> Result<Option<Value>, CommandError> {
        let parameters = self.named();
        match self
            .clients
            .call("s3", operation, parameters, &self.region, None)
        {
            Ok(answer) => Ok(Some(answer)),
            Err(Failed::Service(code, _)) if code.starts_with("NoSuch") => Ok(None),
            Err(failed) => Err(failed.into_error()),
        }
    }

    fn seed(&mut self, left_out: &mut usize) -> Result<Map, CommandError> {
        let mut map = self.named();
        if self.region != REGION {
            map.push("Region", self.region.as_str().into());
        }
        let versioning = self.setting("GetBucketVersioning")?;
        let status = versioning.and_then(|own| own.get("Status").cloned());
        if let Some(status) = status.filter(|own| !own.is_null()) {
            map.push("Versioning", status);
        }
        let tagging = self.setting("GetBucketTagging")?;
        if let Some(tags) = tagging.and_then(|own| tags(items(&own, "TagSet"))) {
            map.push("Tags", tags);
        }
        let policy = self.setting("GetBucketPolicy")?;
        if let Some(text) = policy.as_ref().and_then(|own| own.get("Policy")?.as_str()) {
            let written = json::parse(text).unwrap_or_else(|_| text.into());
            map.push("Policy", written);
        }
        let objects = self.objects(left_out)?;
        if !objects.is_empty() {
            map.push("Objects", Value::List(objects));
        }
        Ok(map)
    }

    fn objects(&mut self, left_out: &mut usize) -> Result<Vec<Value>, CommandError> {
        let mut objects = Vec::new();
        let mut next = None;
        loop {
            let mut parameters = self.named();
            if let Some(token) = next {
                parameters.push("ContinuationToken", token);
            }
            let page = self.ask("ListObjectsV2", parameters)?;
            for entry in items(&page, "Contents") {
                let size = entry.get("Size").and_then(Value::as_int);
                let object = match size.is_some_and(|size| size <= LARGEST) {
                    true => self.object(entry)?,
                    false => None,
                };
                match object {
                    Some(object) => objects.push(object.into()),
                    None => *left_out += 1,
                }
            }
            next = page.get("NextContinuationToken").cloned();
            if next.as_ref().is_none_or(Value::is_null) {
                return Ok(objects);
            }
        }
    }

    /// An object; None where its content is no text.
    fn object(&mut self, entry: &Value) -> Result<Option<Map>, CommandError> {
        let mut named = self.named();
        take(entry, &["Key"], &mut named);
        let content = self.ask("GetObject", named.clone())?;
        let body = match content.get("Body") {
            Some(Value::Blob(bytes)) => String::from_utf8(bytes.clone()).ok(),
            Some(Value::String(text)) => Some(text.clone()),
            _ => Some(String::new()),
        };
        let Some(body) = body else {
            return Ok(None);
        };
        let mut map = Map::new();
        take(entry, &["Key"], &mut map);
        let names = [
            "CacheControl",
            "ContentDisposition",
            "ContentEncoding",
            "ContentLanguage",
            "StorageClass",
            "WebsiteRedirectLocation",
        ];
        take(&content, &names, &mut map);
        let kind = content.get("ContentType").and_then(Value::as_str);
        if let Some(kind) = kind.filter(|kind| *kind != "binary/octet-stream") {
            map.push("ContentType", kind.into());
        }
        let metadata = content.get("Metadata").and_then(Value::as_map);
        if let Some(metadata) = metadata.filter(|own| !own.is_empty()) {
            map.push("Metadata", metadata.clone().into());
        }
        if content.get("TagCount").and_then(Value::as_int) > Some(0) {
            let tagging = self.ask("GetObjectTagging", named)?;
            if let Some(tags) = tags(items(&tagging, "TagSet")) {
                map.push("Tags", tags);
            }
        }
        map.push("Body", body.into());
        Ok(Some(map))
    }
}
