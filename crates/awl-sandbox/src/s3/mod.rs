//! The Simple Storage Service: buckets in the account's state, objects and
//! uploads in tables of their own ([`tables`]), data in blobs that never change.
//! Objects are lists of ranges of blobs, so that copies and uploads in parts
//! copy no bytes.

mod access;
mod buckets;
pub(crate) mod checksum;
mod conditions;
mod configuration;
mod copy;
mod delete;
mod digest;
mod error;
mod listing;
mod model;
mod multipart;
mod public;
mod ranges;
mod read;
mod tables;
mod tagging;
mod versions;
mod write;

use awl_protocol::Headers;
use awl_protocol::server::Failure;
use awl_value::{Map, Value};

use crate::door::{Call, Outcome};

pub(crate) use access::{bind, enter, fill, is_shut, needs, policy_of};
pub(crate) use buckets::fault;
pub(crate) use copy::prepare as prepare_copy;
pub(crate) use digest::{algorithms, check_small};
pub(crate) use error::{access_denied, too_large};
pub(crate) use model::Bucket;
pub(crate) use tables::prepare;

use tables::{Change, Tables};

/// Answers a call that is allowed.
pub(crate) fn call(call: &mut Call<'_>) -> Outcome {
    let name = call.operation.name();
    if let Some(output) = configuration::call(call, name)? {
        return Ok(Some(output));
    }
    Ok(Some(match name {
        "CreateBucket" => buckets::create(call)?,
        "DeleteBucket" => buckets::delete(call)?,
        "HeadBucket" => buckets::head(call)?,
        "ListBuckets" => buckets::list(call)?,
        "GetBucketLocation" => buckets::location(call)?,
        "GetBucketVersioning" => versions::get(call)?,
        "PutBucketVersioning" => versions::put(call)?,
        "PutBucketPolicy" => public::put_policy(call)?,
        "GetBucketPolicy" => public::policy(call)?,
        "GetBucketPolicyStatus" => public::status(call)?,
        "DeleteBucketPolicy" => public::delete_policy(call)?,
        "GetBucketAcl" | "GetObjectAcl" => public::acl(call)?,
        "PutBucketAcl" | "PutObjectAcl" => public::put_acl(call)?,
        "PutObject" => write::put(call)?,
        "GetObject" | "HeadObject" => read::get(call)?,
        "GetObjectAttributes" => read::attributes(call)?,
        "DeleteObject" => delete::one(call)?,
        "DeleteObjects" => delete::many(call)?,
        "CopyObject" => copy::object(call)?,
        "GetObjectTagging" => tagging::get(call)?,
        "PutObjectTagging" => tagging::put(call)?,
        "DeleteObjectTagging" => tagging::delete(call)?,
        "GetObjectLegalHold" => versions::legal_hold(call)?,
        "PutObjectLegalHold" => versions::put_legal_hold(call)?,
        "GetObjectRetention" => versions::retention(call)?,
        "PutObjectRetention" => versions::put_retention(call)?,
        "ListObjects" => listing::first(call)?,
        "ListObjectsV2" => listing::second(call)?,
        "ListObjectVersions" => listing::versions(call)?,
        "CreateMultipartUpload" => multipart::create(call)?,
        "UploadPart" => multipart::part(call)?,
        "UploadPartCopy" => copy::part(call)?,
        "CompleteMultipartUpload" => multipart::complete(call)?,
        "AbortMultipartUpload" => multipart::abort(call)?,
        "ListParts" => multipart::parts(call)?,
        "ListMultipartUploads" => multipart::uploads(call)?,
        _ => return Ok(None),
    }))
}

/// Checks the length that a body is said to have.
pub(crate) fn check_length(headers: &Headers, limit: u64) -> Result<(), Failure> {
    let decoded = headers.get("x-amz-decoded-content-length");
    let Some(length) = decoded.or_else(|| headers.get("content-length")) else {
        let text = "You must provide the Content-Length HTTP header.";
        return Err(Failure::new("MissingContentLength", text).with_status(411));
    };
    let length: u64 = length.trim().parse().map_err(|_| {
        let text = "A header you provided implies functionality that is not implemented";
        Failure::new("NotImplemented", text).with_status(501)
    })?;
    if length > limit {
        return Err(too_large(length, limit));
    }
    Ok(())
}

/// Whether a query has a signature of version 2, which nobody takes any more.
pub(crate) fn is_signed_as_before(query: &str) -> bool {
    let has = |name: &str| query.split('&').any(|pair| pair.starts_with(name));
    has("AWSAccessKeyId=") && has("Signature=")
}

/// A key as a path of a URL has it.
pub(crate) fn escaped_path(key: &str) -> String {
    listing::Encoding::path(key)
}

/// The bucket that a call is about.
fn bucket(call: &Call<'_>) -> Result<Bucket, Failure> {
    let name = call.parameters.text("Bucket").unwrap_or_default();
    let Some(bucket) = call.account.bucket(name) else {
        return Err(error::no_bucket(name));
    };
    let owner = call.parameters.text("ExpectedBucketOwner");
    if owner.is_some_and(|owner| owner != call.account.id) {
        return Err(access_denied());
    }
    Ok(bucket.clone())
}

/// The key of the object that a call is about.
fn key<'a>(call: &Call<'a>) -> Result<&'a str, Failure> {
    const LONGEST: usize = 1024;
    let key = call.parameters.text("Key").unwrap_or_default();
    if key.len() > LONGEST {
        return Err(Failure::new("KeyTooLongError", "Your key is too long")
            .with_detail("Size", key.len().to_string())
            .with_detail("MaxSizeAllowed", LONGEST.to_string()));
    }
    Ok(key)
}

fn tables(call: &Call<'_>) -> Result<Tables, Failure> {
    Tables::open(&call.sandbox.store)
}

fn change<'a>(call: &Call<'a>) -> Result<Change<'a>, Failure> {
    Change::begin(&call.sandbox.store, &call.sandbox.blobs)
}

/// Members in their order.
fn map<const N: usize>(entries: [(&'static str, Value); N]) -> Map {
    let entries = entries.into_iter();
    entries.map(|(key, value)| (key.into(), value)).collect()
}

/// Who owns all buckets, as S3 names accounts.
fn owner(call: &Call<'_>) -> Value {
    map([("ID", canonical_id(&call.account.id).into())]).into()
}

fn canonical_id(account: &str) -> String {
    use sha2::Digest as _;
    crate::ids::hexadecimal(&sha2::Sha256::digest(account))
}
