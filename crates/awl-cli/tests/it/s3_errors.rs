//! Errors of S3 that have a known cure say it, as in the AWS CLI.

use crate::support::{TestPlace, TestServer};

fn listing(status: &str, code: &str, message: &str, more: &str) -> String {
    let body = format!("<Error><Code>{code}</Code><Message>{message}</Message>{more}</Error>");
    let server = TestServer::new(status, "Content-Type: application/xml\r\n", &body);
    TestPlace::new()
        .variable("AWS_ENDPOINT_URL", &server.url())
        .line("s3api list-objects-v2 --bucket b")
}

#[test]
fn a_signature_that_is_too_old_for_the_region() {
    let output = listing(
        "400 Bad Request",
        "InvalidRequest",
        "Not supported. Please use AWS4-HMAC-SHA256.",
        "",
    );
    insta::assert_snapshot!(output, @r#"
    exit: 254
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (InvalidRequest) when calling the ListObjectsV2 operation (reached max retries: 0): You are attempting to operate on a bucket in a region that requires Signature Version 4.  You can fix this issue by explicitly providing the correct region location using the --region argument, the AWS_DEFAULT_REGION environment variable, or the region variable in the AWS CLI configuration file.  You can get the bucket's location by running "aws s3api get-bucket-location --bucket BUCKET".
    "#);
}

#[test]
fn a_signature_that_is_too_old_for_kms() {
    let output = listing(
        "400 Bad Request",
        "InvalidArgument",
        "Requests with AWS KMS managed keys require AWS Signature Version 4.",
        "",
    );
    insta::assert_snapshot!(output, @r"
    exit: 254
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (InvalidArgument) when calling the ListObjectsV2 operation (reached max retries: 0): Requests with AWS KMS managed keys require AWS Signature Version 4. You can enable AWS Signature Version 4 by running the command: 
    aws configure set s3.signature_version s3v4
    ");
}

#[test]
fn a_bucket_that_is_elsewhere() {
    let output = listing(
        "301 Moved Permanently",
        "PermanentRedirect",
        "Use the specified endpoint.",
        "<Endpoint>b.s3-eu-west-1.amazonaws.com</Endpoint><Bucket>b</Bucket>",
    );
    insta::assert_snapshot!(output, @r#"
    exit: 254
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (PermanentRedirect) when calling the ListObjectsV2 operation (reached max retries: 0): Use the specified endpoint: b.s3-eu-west-1.amazonaws.com
    You can fix this issue by explicitly providing the correct region location using the --region argument, the AWS_DEFAULT_REGION environment variable, or the region variable in the AWS CLI configuration file.  You can get the bucket's location by running "aws s3api get-bucket-location --bucket BUCKET".
    "#);
}
