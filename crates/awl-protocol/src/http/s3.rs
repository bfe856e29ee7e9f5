//! What S3 answers beyond its model: the names of root elements, and the
//! namespace of all.

use awl_model::Operation;

/// The namespace of S3's answers.
pub(crate) const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

/// The root element of an answer without a payload member, where it is not
/// named as the output's shape is.
pub(crate) fn response_root(operation: &str) -> Option<&'static str> {
    const ROOTS: &[(&str, &str)] = &[
        ("CompleteMultipartUpload", "CompleteMultipartUploadResult"),
        ("CreateMultipartUpload", "InitiateMultipartUploadResult"),
        ("CreateSession", "CreateSessionResult"),
        ("DeleteObjects", "DeleteResult"),
        (
            "GetBucketAccelerateConfiguration",
            "AccelerateConfiguration",
        ),
        ("GetBucketAcl", "AccessControlPolicy"),
        ("GetBucketCors", "CORSConfiguration"),
        ("GetBucketLifecycle", "LifecycleConfiguration"),
        ("GetBucketLifecycleConfiguration", "LifecycleConfiguration"),
        ("GetBucketLocation", "LocationConstraint"),
        ("GetBucketLogging", "BucketLoggingStatus"),
        ("GetBucketNotification", "NotificationConfiguration"),
        (
            "GetBucketNotificationConfiguration",
            "NotificationConfiguration",
        ),
        ("GetBucketRequestPayment", "RequestPaymentConfiguration"),
        ("GetBucketTagging", "Tagging"),
        ("GetBucketVersioning", "VersioningConfiguration"),
        ("GetBucketWebsite", "WebsiteConfiguration"),
        ("GetObjectAcl", "AccessControlPolicy"),
        ("GetObjectAttributes", "GetObjectAttributesResponse"),
        ("GetObjectTagging", "Tagging"),
        (
            "ListBucketAnalyticsConfigurations",
            "ListBucketAnalyticsConfigurationResult",
        ),
        (
            "ListBucketIntelligentTieringConfigurations",
            "ListBucketIntelligentTieringConfigurationsOutput",
        ),
        (
            "ListBucketInventoryConfigurations",
            "ListInventoryConfigurationsResult",
        ),
        (
            "ListBucketMetricsConfigurations",
            "ListMetricsConfigurationsResult",
        ),
        ("ListBuckets", "ListAllMyBucketsResult"),
        ("ListDirectoryBuckets", "ListAllMyDirectoryBucketsResult"),
        ("ListMultipartUploads", "ListMultipartUploadsResult"),
        ("ListObjectVersions", "ListVersionsResult"),
        ("ListObjects", "ListBucketResult"),
        ("ListObjectsV2", "ListBucketResult"),
        ("ListParts", "ListPartsResult"),
    ];
    let place = ROOTS.binary_search_by(|(name, _)| name.cmp(&operation));
    place.ok().map(|place| ROOTS[place].1)
}

/// The output member that is the text of the root element itself.
pub(crate) fn root_text(operation: Operation) -> Option<&'static str> {
    let is_location = operation.service().name() == "s3" && operation.name() == "GetBucketLocation";
    is_location.then_some("LocationConstraint")
}

/// The status of an error, which the model says of few.
pub(crate) fn status_of(code: &str) -> u16 {
    match code {
        "PermanentRedirect" => 301,
        "NotModified" => 304,
        "AccessDenied"
        | "AccountProblem"
        | "AllAccessDisabled"
        | "InvalidAccessKeyId"
        | "InvalidObjectState"
        | "InvalidSecurity"
        | "NotSignedUp"
        | "ObjectAlreadyInActiveTierError"
        | "ObjectNotInActiveTierError"
        | "RequestTimeTooSkewed"
        | "SignatureDoesNotMatch" => 403,
        "NoSuchBucket"
        | "NoSuchBucketPolicy"
        | "NoSuchCORSConfiguration"
        | "NoSuchKey"
        | "NoSuchLifecycleConfiguration"
        | "NoSuchTagSet"
        | "NoSuchUpload"
        | "NoSuchVersion"
        | "NoSuchWebsiteConfiguration"
        | "NotFound"
        | "ObjectLockConfigurationNotFoundError"
        | "OwnershipControlsNotFoundError"
        | "ReplicationConfigurationNotFoundError"
        | "ServerSideEncryptionConfigurationNotFoundError" => 404,
        "MethodNotAllowed" => 405,
        "BucketAlreadyExists"
        | "BucketAlreadyOwnedByYou"
        | "BucketNotEmpty"
        | "ConditionalRequestConflict"
        | "InvalidBucketState"
        | "OperationAborted"
        | "RestoreAlreadyInProgress" => 409,
        "MissingContentLength" => 411,
        "PreconditionFailed" => 412,
        "InvalidRange" => 416,
        "InternalError" => 500,
        "NotImplemented" => 501,
        "ServiceUnavailable" | "SlowDown" => 503,
        _ => 400,
    }
}

#[cfg(test)]
mod tests {
    use super::response_root;

    #[test]
    fn roots_are_found() {
        assert_eq!(response_root("ListObjectsV2"), Some("ListBucketResult"));
        assert_eq!(
            response_root("CompleteMultipartUpload"),
            Some("CompleteMultipartUploadResult")
        );
        assert_eq!(response_root("ListParts"), Some("ListPartsResult"));
        assert_eq!(response_root("GetObject"), None);
    }
}
