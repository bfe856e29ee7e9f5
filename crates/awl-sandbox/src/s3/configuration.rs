//! The configurations of buckets that are kept and given back as they are: one
//! table says which there are.

use awl_protocol::server::Failure;
use awl_value::{Map, Value};

use super::model::{Bucket, Json};
use super::{bucket, error, map};
use crate::door::Call;
use crate::s3::versions::required;

/// A configuration.
struct Kind {
    /// What it is kept as: its name in the query string.
    name: &'static str,
    /// Its operations, which may have several names.
    put: &'static [&'static str],
    get: &'static [&'static str],
    delete: &'static str,
    /// The parameter that has it, which is the member of the answer, too, unless
    /// the answer is what is in it.
    parameter: &'static str,
    wrapped: bool,
    missing: Missing,
}

/// What is said where there is none.
enum Missing {
    Error(&'static str, &'static str),
    /// What every bucket has.
    Default(fn() -> Map),
}

const KINDS: &[Kind] = &[
    Kind {
        name: "cors",
        put: &["PutBucketCors"],
        get: &["GetBucketCors"],
        delete: "DeleteBucketCors",
        parameter: "CORSConfiguration",
        wrapped: false,
        missing: Missing::Error(
            "NoSuchCORSConfiguration",
            "The CORS configuration does not exist",
        ),
    },
    Kind {
        name: "website",
        put: &["PutBucketWebsite"],
        get: &["GetBucketWebsite"],
        delete: "DeleteBucketWebsite",
        parameter: "WebsiteConfiguration",
        wrapped: false,
        missing: Missing::Error(
            "NoSuchWebsiteConfiguration",
            "The specified bucket does not have a website configuration",
        ),
    },
    Kind {
        name: "lifecycle",
        put: &["PutBucketLifecycleConfiguration", "PutBucketLifecycle"],
        get: &["GetBucketLifecycleConfiguration", "GetBucketLifecycle"],
        delete: "DeleteBucketLifecycle",
        parameter: "LifecycleConfiguration",
        wrapped: false,
        missing: Missing::Error(
            "NoSuchLifecycleConfiguration",
            "The lifecycle configuration does not exist",
        ),
    },
    Kind {
        name: "encryption",
        put: &["PutBucketEncryption"],
        get: &["GetBucketEncryption"],
        delete: "DeleteBucketEncryption",
        parameter: "ServerSideEncryptionConfiguration",
        wrapped: true,
        missing: Missing::Default(encryption),
    },
    Kind {
        name: "replication",
        put: &["PutBucketReplication"],
        get: &["GetBucketReplication"],
        delete: "DeleteBucketReplication",
        parameter: "ReplicationConfiguration",
        wrapped: true,
        missing: Missing::Error(
            "ReplicationConfigurationNotFoundError",
            "The replication configuration was not found",
        ),
    },
    Kind {
        name: "logging",
        put: &["PutBucketLogging"],
        get: &["GetBucketLogging"],
        delete: "",
        parameter: "BucketLoggingStatus",
        wrapped: false,
        missing: Missing::Default(Map::new),
    },
    Kind {
        name: "notification",
        put: &[
            "PutBucketNotificationConfiguration",
            "PutBucketNotification",
        ],
        get: &[
            "GetBucketNotificationConfiguration",
            "GetBucketNotification",
        ],
        delete: "",
        parameter: "NotificationConfiguration",
        wrapped: false,
        missing: Missing::Default(Map::new),
    },
    Kind {
        name: "accelerate",
        put: &["PutBucketAccelerateConfiguration"],
        get: &["GetBucketAccelerateConfiguration"],
        delete: "",
        parameter: "AccelerateConfiguration",
        wrapped: false,
        missing: Missing::Default(Map::new),
    },
    Kind {
        name: "requestPayment",
        put: &["PutBucketRequestPayment"],
        get: &["GetBucketRequestPayment"],
        delete: "",
        parameter: "RequestPaymentConfiguration",
        wrapped: false,
        missing: Missing::Default(|| map([("Payer", "BucketOwner".into())])),
    },
    Kind {
        name: "ownershipControls",
        put: &["PutBucketOwnershipControls"],
        get: &["GetBucketOwnershipControls"],
        delete: "DeleteBucketOwnershipControls",
        parameter: "OwnershipControls",
        wrapped: true,
        missing: Missing::Error(
            "OwnershipControlsNotFoundError",
            "The bucket ownership controls were not found",
        ),
    },
    Kind {
        name: "publicAccessBlock",
        put: &["PutPublicAccessBlock"],
        get: &["GetPublicAccessBlock"],
        delete: "DeletePublicAccessBlock",
        parameter: "PublicAccessBlockConfiguration",
        wrapped: true,
        missing: Missing::Error(
            "NoSuchPublicAccessBlockConfiguration",
            "The public access block configuration was not found",
        ),
    },
    Kind {
        name: "object-lock",
        put: &["PutObjectLockConfiguration"],
        get: &["GetObjectLockConfiguration"],
        delete: "",
        parameter: "ObjectLockConfiguration",
        wrapped: true,
        missing: Missing::Error(
            "ObjectLockConfigurationNotFoundError",
            "Object Lock configuration does not exist for this bucket",
        ),
    },
    Kind {
        name: "tagging",
        put: &["PutBucketTagging"],
        get: &["GetBucketTagging"],
        delete: "DeleteBucketTagging",
        parameter: "Tagging",
        wrapped: false,
        missing: Missing::Error("NoSuchTagSet", "The TagSet does not exist"),
    },
    Kind {
        name: "abac",
        put: &["PutBucketAbac"],
        get: &["GetBucketAbac"],
        delete: "",
        parameter: "AbacStatus",
        wrapped: true,
        missing: Missing::Default(|| map([("Status", "Disabled".into())])),
    },
];

/// Configurations of which a bucket has several, each with an id: the middle of
/// their operations' names, and the parameter.
const NUMBERED: &[(&str, &str)] = &[
    ("Analytics", "AnalyticsConfiguration"),
    ("IntelligentTiering", "IntelligentTieringConfiguration"),
    ("Inventory", "InventoryConfiguration"),
    ("Metrics", "MetricsConfiguration"),
];

/// How objects are encrypted unless somebody says otherwise.
fn encryption() -> Map {
    let default = map([("SSEAlgorithm", "AES256".into())]);
    let rule = map([
        ("ApplyServerSideEncryptionByDefault", default.into()),
        ("BucketKeyEnabled", false.into()),
    ]);
    map([("Rules", Value::List(vec![rule.into()]))])
}

/// Answers a call that is about a configuration.
pub(super) fn call(call: &mut Call<'_>, name: &str) -> Result<Option<Map>, Failure> {
    for kind in KINDS {
        if kind.put.contains(&name) {
            return put(call, kind).map(Some);
        }
        if kind.get.contains(&name) {
            return get(call, kind).map(Some);
        }
        if kind.delete == name {
            let mut bucket = bucket(call)?;
            bucket.documents.remove(kind.name);
            call.account.put_bucket(bucket);
            return Ok(Some(Map::new()));
        }
    }
    for (middle, parameter) in NUMBERED {
        let own = |verb: &str, end: &str| name == format!("{verb}Bucket{middle}{end}");
        if own("Put", "Configuration") {
            return put_numbered(call, middle, parameter).map(Some);
        }
        if own("Get", "Configuration") {
            let bucket = bucket(call)?;
            let found = bucket.document(&numbered(call, middle)).cloned();
            return Ok(Some(map([(parameter, found.ok_or_else(none)?)])));
        }
        if own("Delete", "Configuration") {
            let mut bucket = bucket(call)?;
            let removed = bucket.documents.remove(&numbered(call, middle));
            removed.ok_or_else(none)?;
            call.account.put_bucket(bucket);
            return Ok(Some(Map::new()));
        }
        if own("List", "Configurations") {
            return list(call, middle, parameter).map(Some);
        }
    }
    Ok(None)
}

fn put(call: &mut Call<'_>, kind: &Kind) -> Result<Map, Failure> {
    let mut bucket = bucket(call)?;
    let value = required(call, kind.parameter)?.clone();
    check(call, kind, &bucket, &value)?;
    bucket.documents.insert(kind.name.to_owned(), Json(value));
    call.account.put_bucket(bucket);
    if kind.name == "tagging" {
        call.more.status = Some(204);
    }
    Ok(Map::new())
}

/// What S3 checks of some of them.
fn check(call: &Call<'_>, kind: &Kind, bucket: &Bucket, value: &Value) -> Result<(), Failure> {
    let list = |name: &str| value.get(name).and_then(Value::as_list).unwrap_or_default();
    let conflict = |text: &str| Err(Failure::new("InvalidBucketState", text).with_status(409));
    match kind.name {
        "cors" => {
            for rule in list("CORSRules") {
                let methods = rule.get("AllowedMethods").and_then(Value::as_list);
                for method in methods.unwrap_or_default().iter().filter_map(Value::as_str) {
                    if !["GET", "PUT", "HEAD", "POST", "DELETE"].contains(&method) {
                        return Err(error::request(format!(
                            "Found unsupported HTTP method in CORS config. Unsupported method is \
                             {method}"
                        )));
                    }
                }
            }
            Ok(())
        }
        "tagging" => {
            let tags = list("TagSet");
            let key = |tag: &Value| {
                tag.get("Key")
                    .and_then(|key| Some(key.as_str()?.to_owned()))
            };
            for (number, tag) in tags.iter().enumerate() {
                let key_of = key(tag).unwrap_or_default();
                if tags[..number]
                    .iter()
                    .any(|other| key(other).as_ref() == Some(&key_of))
                {
                    let text = "Cannot provide multiple Tags with the same key";
                    return Err(Failure::new("InvalidTag", text).with_detail("TagKey", key_of));
                }
                if key_of.starts_with("aws:") {
                    let text = "System tags cannot be added/updated by requester";
                    return Err(Failure::new("InvalidTag", text).with_detail("TagKey", key_of));
                }
            }
            if tags.len() > 50 {
                let text = "Bucket tag count cannot be greater than 50";
                return Err(Failure::new("BadRequest", text));
            }
            Ok(())
        }
        "object-lock" if !bucket.is_versioned() => conflict(
            "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
        ),
        "replication" if !bucket.is_versioned() => Err(error::request(
            "Versioning must be 'Enabled' on the bucket to apply a replication configuration",
        )),
        "website"
            if value.get("IndexDocument").is_none()
                && value.get("RedirectAllRequestsTo").is_none() =>
        {
            Err(error::argument(
                "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is \
                 empty",
                "IndexDocument",
                "null",
            ))
        }
        "logging" => {
            let target = value
                .get("LoggingEnabled")
                .and_then(|own| own.get("TargetBucket"));
            let target = target.and_then(Value::as_str);
            if target.is_some_and(|target| call.account.bucket(target).is_none()) {
                let text = "The target bucket for logging does not exist";
                return Err(Failure::new("InvalidTargetBucketForLogging", text));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn get(call: &Call<'_>, kind: &Kind) -> Result<Map, Failure> {
    let bucket = bucket(call)?;
    let value = match (bucket.document(kind.name), &kind.missing) {
        (Some(value), _) => value.clone(),
        (None, Missing::Default(default)) => default().into(),
        (None, Missing::Error(code, text)) => {
            return Err(Failure::new(*code, *text)
                .with_status(404)
                .with_detail("BucketName", bucket.name));
        }
    };
    Ok(match value {
        Value::Map(map) if !kind.wrapped => map,
        value => map([(kind.parameter, value)]),
    })
}

fn none() -> Failure {
    Failure::new(
        "NoSuchConfiguration",
        "The specified configuration does not exist.",
    )
    .with_status(404)
}

/// What a configuration with an id is kept as.
fn numbered(call: &Call<'_>, middle: &str) -> String {
    let id = call.parameters.text("Id").unwrap_or_default();
    format!("{middle} {id}")
}

fn put_numbered(call: &mut Call<'_>, middle: &str, parameter: &str) -> Result<Map, Failure> {
    let mut bucket = bucket(call)?;
    let value = required(call, parameter)?.clone();
    bucket.documents.insert(numbered(call, middle), Json(value));
    call.account.put_bucket(bucket);
    Ok(Map::new())
}

fn list(call: &Call<'_>, middle: &str, parameter: &'static str) -> Result<Map, Failure> {
    let bucket = bucket(call)?;
    let own = bucket.documents.iter();
    let own = own.filter(|(name, _)| {
        let rest = name.strip_prefix(middle);
        rest.is_some_and(|rest| rest.starts_with(' '))
    });
    let found: Vec<Value> = own.map(|(_, value)| value.0.clone()).collect();
    let mut output = map([("IsTruncated", false.into())]);
    if !found.is_empty() {
        output.push(format!("{parameter}List"), Value::List(found));
    }
    Ok(output)
}
