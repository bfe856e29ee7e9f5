//! What is kept of buckets, objects and uploads.

use std::collections::BTreeMap;

use awl_value::{Map, Timestamp, Value};

use super::checksum::Algorithm;
use crate::record::{Document, Stored, Tag, record};

record! {
    /// A bucket.
    struct Bucket {
        name: String,
        region: String,
        created: i64,
        /// `Enabled`, `Suspended`; empty: never.
        versioning: String,
        policy: Option<Document>,
        /// Its configurations, as they were given, by what they are.
        documents: BTreeMap<String, Json>,
    }
}

record! {
    /// A version of an object, or a mark that it was deleted.
    struct Version {
        /// `null` where the bucket had no versions.
        id: String,
        is_marker: bool,
        modified: i64,
        /// Without its quotes.
        etag: String,
        size: i64,
        pieces: Vec<Piece>,
        /// Of an object that was uploaded in parts.
        parts: Vec<PartOf>,
        algorithm: Option<String>,
        checksum: Option<String>,
        /// `COMPOSITE`, `FULL_OBJECT`.
        checksum_type: Option<String>,
        tags: Vec<Tag>,
        about: About,
        /// `GOVERNANCE`, `COMPLIANCE`, and until when.
        lock_mode: Option<String>,
        locked_until: Option<i64>,
        legal_hold: bool,
    }
}

record! {
    /// What the uploader says of an object.
    struct About {
        /// Parameters that come back as they are: `ContentType`.
        headers: BTreeMap<String, String>,
        metadata: BTreeMap<String, String>,
        storage_class: Option<String>,
        encryption: Option<String>,
        kms_key: Option<String>,
        bucket_key: bool,
        acl: Option<String>,
    }
}

record! {
    /// A range of a blob.
    struct Piece {
        blob: String,
        /// Whether it is in the database, for being small.
        inline: bool,
        offset: i64,
        length: i64,
    }
}

record! {
    /// A part that an object was uploaded in.
    struct PartOf {
        number: i64,
        size: i64,
        checksum: Option<String>,
    }
}

record! {
    /// An upload in parts that is not complete.
    struct Upload {
        id: String,
        key: String,
        begun: i64,
        /// Who began it: ARN and name.
        initiator: String,
        algorithm: Option<String>,
        checksum_type: Option<String>,
        tags: Vec<Tag>,
        about: About,
        lock_mode: Option<String>,
        locked_until: Option<i64>,
        legal_hold: bool,
    }
}

record! {
    /// A part that has come.
    struct Part {
        number: i64,
        etag: String,
        size: i64,
        modified: i64,
        algorithm: Option<String>,
        checksum: Option<String>,
        pieces: Vec<Piece>,
    }
}

/// A value of the model, as it is.
#[derive(Clone, Debug)]
pub(crate) struct Json(pub(crate) Value);

impl Stored for Json {
    fn to_value(&self) -> Value {
        self.0.clone()
    }

    fn of(value: &Value) -> Option<Self> {
        Some(Self(value.clone()))
    }
}

impl Bucket {
    pub(crate) fn is_versioned(&self) -> bool {
        self.versioning == "Enabled"
    }

    /// Whether it has or had versions.
    pub(crate) fn had_versions(&self) -> bool {
        !self.versioning.is_empty()
    }

    /// A configuration.
    pub(crate) fn document(&self, kind: &str) -> Option<&Value> {
        self.documents.get(kind).map(|own| &own.0)
    }

    pub(crate) fn arn(&self) -> String {
        format!("arn:aws:s3:::{}", self.name)
    }

    /// One of the four switches that keep the public out.
    pub(crate) fn blocks(&self, name: &str) -> bool {
        let block = self.document("publicAccessBlock");
        block.and_then(|own| own.get(name)?.as_bool()) == Some(true)
    }

    /// How objects are encrypted unless they say otherwise: algorithm, key, and
    /// whether the bucket has a key of its own.
    pub(crate) fn encryption(&self) -> (String, Option<String>, bool) {
        let rule = self.document("encryption");
        let rule = rule.and_then(|own| own.get("Rules")?.as_list()?.first());
        let default = rule.and_then(|rule| rule.get("ApplyServerSideEncryptionByDefault"));
        let text = |name| Some(default?.get(name)?.as_str()?.to_owned());
        let bucket_key = rule.and_then(|rule| rule.get("BucketKeyEnabled")?.as_bool());
        (
            text("SSEAlgorithm").unwrap_or_else(|| "AES256".to_owned()),
            text("KMSMasterKeyID"),
            bucket_key == Some(true),
        )
    }
}

impl Version {
    pub(crate) fn algorithm(&self) -> Option<Algorithm> {
        Algorithm::parse(self.algorithm.as_deref()?)
    }

    /// The entity tag with its quotes.
    pub(crate) fn quoted(&self) -> String {
        format!("\"{}\"", self.etag)
    }

    pub(crate) fn storage_class(&self) -> &str {
        self.about.storage_class.as_deref().unwrap_or("STANDARD")
    }

    pub(crate) fn size(&self) -> u64 {
        self.size.unsigned_abs()
    }

    /// Puts its checksum among members.
    pub(crate) fn tell_checksum(&self, output: &mut Map) {
        if let (Some(algorithm), Some(checksum)) = (self.algorithm(), &self.checksum) {
            output.insert(algorithm.member(), checksum.as_str().into());
            if let Some(kind) = &self.checksum_type {
                output.insert("ChecksumType", kind.as_str().into());
            }
        }
    }
}

impl About {
    /// Puts how it is encrypted among members.
    pub(crate) fn tell_encryption(&self, output: &mut Map) {
        if let Some(encryption) = &self.encryption {
            output.insert("ServerSideEncryption", encryption.as_str().into());
        }
        if let Some(key) = &self.kms_key {
            output.insert("SSEKMSKeyId", key.as_str().into());
            if self.bucket_key {
                output.insert("BucketKeyEnabled", true.into());
            }
        }
    }
}

/// A time as the model has it.
pub(crate) fn time(seconds: i64) -> Value {
    Value::Timestamp(Timestamp::utc(seconds.saturating_mul(1_000_000)))
}

/// The seconds since 1970 of a time among parameters.
pub(crate) fn seconds(value: &Value) -> Option<i64> {
    match value {
        Value::Timestamp(time) => Some(time.micros.div_euclid(1_000_000)),
        _ => None,
    }
}
