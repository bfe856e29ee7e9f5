//! The condition keys of a request.

use awl_iam::Context;
use awl_value::{Map, Value, python};

use super::arrival::Visit;
use super::{Call, Sandbox, services};
use crate::account::Identity;
use crate::caller::iso;
use crate::record::Tag;

/// Keys that a parameter fills: the service, the parameter, the key.
const KEYS: &[(&str, &str, &str)] = &[
    ("iam", "AWSServiceName", "iam:AWSServiceName"),
    ("iam", "PermissionsBoundary", "iam:PermissionsBoundary"),
    ("iam", "PolicyArn", "iam:PolicyARN"),
    ("s3", "ACL", "s3:x-amz-acl"),
    ("s3", "Delimiter", "s3:delimiter"),
    ("s3", "MaxKeys", "s3:max-keys"),
    ("s3", "Prefix", "s3:prefix"),
    (
        "s3",
        "ServerSideEncryption",
        "s3:x-amz-server-side-encryption",
    ),
    ("s3", "StorageClass", "s3:x-amz-storage-class"),
    ("s3", "VersionId", "s3:VersionId"),
    ("sts", "ExternalId", "sts:ExternalId"),
    ("sts", "RoleSessionName", "sts:RoleSessionName"),
    ("sts", "SourceIdentity", "sts:SourceIdentity"),
    ("ec2", "InstanceType", "ec2:InstanceType"),
];

impl Sandbox {
    /// Fills in what is the same for all of a request's actions.
    pub(super) fn fill(&self, context: &mut Context, visit: &Visit, call: &Call<'_>, region: &str) {
        context.insert("aws:CurrentTime", iso(visit.now));
        context.insert("aws:EpochTime", visit.now.to_string());
        // The door speaks plain HTTP. Within this machine that is as good as TLS,
        // which policies for AWS itself ask for.
        let is_secure = visit.request.peer.is_loopback();
        context.insert("aws:SecureTransport", is_secure.to_string());
        context.insert("aws:SourceIp", visit.request.peer.to_string());
        context.insert("aws:RequestedRegion", region);
        context.insert("aws:ViaAWSService", "false");
        for (header, key) in [("user-agent", "aws:UserAgent"), ("referer", "aws:referer")] {
            if let Some(value) = visit.headers.get(header) {
                context.insert(key, value);
            }
        }
        call.caller.fill(context, call.account, visit.now);
        if let Some(time) = call.authenticated {
            context.insert("aws:MultiFactorAuthPresent", "true");
            context.insert(
                "aws:MultiFactorAuthAge",
                (visit.now - time).max(0).to_string(),
            );
        }
        let service = call.operation.service().name();
        for (_, name, key) in KEYS.iter().filter(|(own, ..)| *own == service) {
            if let Some(value) = call.parameters.0.get(name) {
                context.insert(key, python::str(value));
            }
        }
        let mut tags = Vec::new();
        if !services::of(call).tells_tags {
            tags_within(call.parameters.0, &mut tags);
        }
        let mut keys: Vec<String> = tags.iter().map(|tag| tag.key.clone()).collect();
        keys.extend(call.parameters.texts("TagKeys"));
        if !keys.is_empty() {
            context.insert("aws:TagKeys", keys);
        }
        for tag in tags {
            context.insert(&format!("aws:RequestTag/{}", tag.key), tag.value);
        }
    }
}

/// Fills in what a resource of IAM has.
pub(super) fn of_identity(context: &mut Context, identity: &Identity) {
    for tag in &identity.tags {
        context.insert(&format!("aws:ResourceTag/{}", tag.key), &*tag.value);
        context.insert(&format!("iam:ResourceTag/{}", tag.key), &*tag.value);
    }
    if let Some(boundary) = &identity.boundary
        && context.get("iam:PermissionsBoundary").is_none()
    {
        context.insert("iam:PermissionsBoundary", &**boundary);
    }
}

/// The tags that parameters set: a list called so, or a map.
fn tags_within(map: &Map, tags: &mut Vec<Tag>) {
    for (name, value) in map.iter() {
        let is_tags = name.eq_ignore_ascii_case("tags");
        match value {
            Value::Map(map) if is_tags => {
                let pairs = map.iter();
                tags.extend(pairs.filter_map(|(key, value)| {
                    Some(Tag {
                        key: key.to_owned(),
                        value: value.as_str()?.to_owned(),
                    })
                }));
            }
            Value::List(items) => {
                for item in items.iter().filter_map(Value::as_map) {
                    match (is_tags, tag(item)) {
                        (true, Some(tag)) => tags.push(tag),
                        _ => tags_within(item, tags),
                    }
                }
            }
            _ => {}
        }
    }
}

fn tag(item: &Map) -> Option<Tag> {
    let text = |names: [&str; 3]| {
        let mut found = names.iter().filter_map(|name| item.get(name)?.as_str());
        found.next().map(str::to_owned)
    };
    Some(Tag {
        key: text(["Key", "key", "TagKey"])?,
        value: text(["Value", "value", "TagValue"]).unwrap_or_default(),
    })
}
