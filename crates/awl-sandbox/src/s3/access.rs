//! What calls of S3 need, and what its policies are asked with.

use awl_iam::{Context, NamedPolicy};
use awl_protocol::server::Failure;
use awl_value::python;

use super::{copy, error, tables, tagging};
use crate::Need;
use crate::account::Account;
use crate::door::Call;

/// Sends those away that ask in the wrong Region, or without signature for what
/// is not there.
pub(crate) fn enter(call: &Call<'_>) -> Result<(), Failure> {
    let Some(name) = call.parameters.text("Bucket") else {
        return Ok(());
    };
    let operation = call.operation.name();
    let Some(bucket) = call.account.bucket(name) else {
        return match call.caller.is_anonymous() && operation != "CreateBucket" {
            true => Err(error::no_bucket(name)),
            false => Ok(()),
        };
    };
    let anywhere = matches!(operation, "CreateBucket" | "GetBucketLocation");
    if anywhere || call.caller.is_anonymous() || matches!(call.region, "*" | "aws-global") {
        return Ok(());
    }
    if bucket.region != call.region {
        let text = "The bucket you are attempting to access must be addressed using the specified \
                    endpoint. Please send all future requests to this endpoint.";
        let endpoint = format!("{name}.s3.{}.amazonaws.com", bucket.region);
        return Err(Failure::new("PermanentRedirect", text)
            .with_status(301)
            .with_detail("Endpoint", endpoint)
            .with_detail("Bucket", name)
            .with_header("x-amz-bucket-region", &*bucket.region));
    }
    Ok(())
}

/// What a call needs; None where the facts say it.
pub(crate) fn needs(call: &Call<'_>) -> Option<Vec<Need>> {
    let parameters = call.parameters;
    let need = |action: &str, resource: &str| Need {
        action: action.to_owned(),
        resources: vec![resource.to_owned()],
    };
    let bucket = parameters.text("Bucket").unwrap_or_default();
    let object = || {
        let key = parameters.text("Key").unwrap_or_default();
        format!("arn:aws:s3:::{bucket}/{key}")
    };
    match call.operation.name() {
        // Each key is asked about by itself.
        "DeleteObjects" => Some(Vec::new()),
        name @ ("CopyObject" | "UploadPartCopy") => {
            let source = copy::Source::of(call.parameters.0)?;
            let action = match &source.version {
                Some(_) => "s3:GetObjectVersion",
                None => "s3:GetObject",
            };
            let from = format!("arn:aws:s3:::{}/{}", source.bucket, source.key);
            let mut needs = vec![need(action, &from), need("s3:PutObject", &object())];
            if name == "CopyObject" && parameters.text("Tagging").is_some() {
                needs.push(need("s3:PutObjectTagging", &object()));
            }
            if name == "CopyObject" && parameters.text("ACL").is_some() {
                needs.push(need("s3:PutObjectAcl", &object()));
            }
            Some(needs)
        }
        "PutObject" | "CreateMultipartUpload" => {
            let mut needs = vec![need("s3:PutObject", &object())];
            for (parameter, action) in [
                ("Tagging", "s3:PutObjectTagging"),
                ("ACL", "s3:PutObjectAcl"),
                ("ObjectLockMode", "s3:PutObjectRetention"),
                ("ObjectLockLegalHoldStatus", "s3:PutObjectLegalHold"),
            ] {
                if parameters.text(parameter).is_some() {
                    needs.push(need(action, &object()));
                }
            }
            Some(needs)
        }
        _ => None,
    }
}

/// Fills in the keys that S3 has in every request.
pub(crate) fn fill(context: &mut Context, call: &Call<'_>) {
    context.insert("s3:ResourceAccount", &*call.account.id);
    if !call.caller.is_anonymous() {
        context.insert("s3:signatureversion", "AWS4-HMAC-SHA256");
        let kind = match call.headers.get("authorization") {
            Some(_) => "REST-HEADER",
            None => "REST-QUERY-STRING",
        };
        context.insert("s3:authType", kind);
    }
    for (name, key) in [
        ("CopySource", "s3:x-amz-copy-source"),
        ("MetadataDirective", "s3:x-amz-metadata-directive"),
        (
            "SSEKMSKeyId",
            "s3:x-amz-server-side-encryption-aws-kms-key-id",
        ),
        (
            "WebsiteRedirectLocation",
            "s3:x-amz-website-redirect-location",
        ),
        ("ObjectOwnership", "s3:x-amz-object-ownership"),
        ("ObjectLockMode", "s3:object-lock-mode"),
        ("ObjectLockLegalHoldStatus", "s3:object-lock-legal-hold"),
        ("IfMatch", "s3:if-match"),
        ("IfNoneMatch", "s3:if-none-match"),
    ] {
        if let Some(value) = call.parameters.0.get(name) {
            context.insert(key, python::str(value));
        }
    }
    if let Some(hash) = call.headers.get("x-amz-content-sha256") {
        context.insert("s3:x-amz-content-sha256", hash);
    }
    let location = call.parameters.0.get("CreateBucketConfiguration");
    let location = location.and_then(|own| own.get("LocationConstraint")?.as_str());
    if let Some(location) = location {
        context.insert("s3:locationconstraint", location);
    }
    let tags = tagging::requested(call.parameters.0).unwrap_or_default();
    if !tags.is_empty() {
        let keys: Vec<String> = tags.iter().map(|tag| tag.key.clone()).collect();
        context.insert("s3:RequestObjectTagKeys", keys);
    }
    for tag in tags {
        context.insert(&format!("s3:RequestObjectTag/{}", tag.key), tag.value);
    }
}

/// The policy of the bucket that a resource is, or is in.
pub(crate) fn policy_of(account: &Account, resource: &str) -> Option<NamedPolicy> {
    let policy = account.bucket(parts(resource)?.0)?.policy.as_ref()?;
    Some(NamedPolicy::new("BucketPolicy", policy.policy.clone()))
}

/// Whether a bucket's policy does not count for the caller.
pub(crate) fn is_shut(call: &Call<'_>, resource: &str) -> bool {
    let bucket = parts(resource).and_then(|(bucket, _)| call.account.bucket(bucket));
    call.caller.is_anonymous() && bucket.is_some_and(|own| own.blocks("RestrictPublicBuckets"))
}

/// Bucket and key of an ARN.
fn parts(resource: &str) -> Option<(&str, &str)> {
    let path = resource.strip_prefix("arn:aws:s3:::")?;
    Some(path.split_once('/').unwrap_or((path, "")))
}

/// Fills in what a resource of S3 has.
pub(crate) fn bind(call: &Call<'_>, action: &str, resource: &str, context: &mut Context) {
    let Some((name, key)) = parts(resource) else {
        return;
    };
    // The tags of an object are looked up where a policy may ask for them.
    let by_tags = action.contains("Object") && !action.starts_with("s3:PutObject");
    if key.is_empty() || !(by_tags || action.contains("Tagging")) {
        return;
    }
    let found = tables(call).and_then(|tables| match call.parameters.text("VersionId") {
        Some(id) => tables.version(name, key, id),
        None => tables.latest(name, key),
    });
    if let Ok(Some(placed)) = found {
        for tag in placed.version.tags {
            context.insert(&format!("s3:ExistingObjectTag/{}", tag.key), tag.value);
        }
    }
}

/// Whether the caller may do something more than what was asked at the door.
pub(crate) fn may(call: &Call<'_>, action: &str, resource: &str) -> bool {
    call.sandbox.allows(call, action, resource).is_ok()
}
