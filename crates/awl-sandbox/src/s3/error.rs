//! S3's errors, in its words.

use std::fmt::Display;

use awl_protocol::server::Failure;

/// The sandbox's own fault. Why, is not the caller's business.
pub(crate) fn internal(_: impl Display) -> Failure {
    let text = "We encountered an internal error. Please try again.";
    Failure::new("InternalError", text).with_status(500)
}

pub(super) fn no_bucket(bucket: &str) -> Failure {
    Failure::new("NoSuchBucket", "The specified bucket does not exist")
        .with_status(404)
        .with_detail("BucketName", bucket)
}

pub(super) fn no_key(key: &str) -> Failure {
    Failure::new("NoSuchKey", "The specified key does not exist.")
        .with_status(404)
        .with_detail("Key", key)
}

pub(super) fn no_version(key: &str, id: &str) -> Failure {
    Failure::new("NoSuchVersion", "The specified version does not exist.")
        .with_status(404)
        .with_detail("Key", key)
        .with_detail("VersionId", id)
}

pub(super) fn no_upload(id: &str) -> Failure {
    let text = "The specified upload does not exist. The upload ID may be invalid, or the upload \
                may have been aborted or completed.";
    Failure::new("NoSuchUpload", text)
        .with_status(404)
        .with_detail("UploadId", id)
}

pub(crate) fn access_denied() -> Failure {
    Failure::new("AccessDenied", "Access Denied").with_status(403)
}

pub(super) fn argument(message: impl Into<String>, name: &str, value: &str) -> Failure {
    Failure::new("InvalidArgument", message)
        .with_detail("ArgumentName", name)
        .with_detail("ArgumentValue", value)
}

pub(super) fn request(message: impl Into<String>) -> Failure {
    Failure::new("InvalidRequest", message)
}

pub(super) fn malformed_xml() -> Failure {
    let text = "The XML you provided was not well-formed or did not validate against our \
                published schema";
    Failure::new("MalformedXML", text)
}

/// A condition of the request does not hold.
pub(super) fn precondition(condition: &str) -> Failure {
    let text = "At least one of the pre-conditions you specified did not hold";
    Failure::new("PreconditionFailed", text)
        .with_status(412)
        .with_detail("Condition", condition)
}

pub(super) fn method_not_allowed(method: &str, resource: &str) -> Failure {
    let text = "The specified method is not allowed against this resource.";
    Failure::new("MethodNotAllowed", text)
        .with_status(405)
        .with_detail("Method", method)
        .with_detail("ResourceType", resource)
}

/// The error of an object that is larger than it may be.
pub(crate) fn too_large(length: u64, limit: u64) -> Failure {
    Failure::new(
        "EntityTooLarge",
        "Your proposed upload exceeds the maximum allowed size",
    )
    .with_detail("ProposedSize", length.to_string())
    .with_detail("MaxSizeAllowed", limit.to_string())
}
