//! Presigned URLs, whole as botocore 1.44.5 makes them at the tests' time.

use super::Presign;
use crate::handlers::testing::{config, params};
use crate::{Call, Client};

fn client(service: &str, settings: &[(&'static str, &str)]) -> Client {
    let service = awl_catalog::store().service(service).unwrap();
    Client::new(&config(settings), service).unwrap()
}

async fn presigned(
    service: &str,
    operation: &str,
    given: &str,
    headers: &[(&str, &str)],
    settings: &[(&'static str, &str)],
) -> String {
    let client = client(service, settings);
    let operation = client.service().operation(operation).unwrap();
    let options = Presign {
        expires_in: 60,
        method: (service == "sts").then_some("GET"),
        headers,
    };
    client
        .presign(&Call::new(operation, params(given)), &options)
        .await
        .unwrap()
}

#[tokio::test]
async fn urls_carry_the_call_and_its_signature() {
    let url = presigned(
        "s3",
        "GetObject",
        r#"{"Bucket": "bkt", "Key": "a b", "VersionId": "v/1"}"#,
        &[],
        &[],
    )
    .await;
    let expected = "https://bkt.s3.us-west-2.amazonaws.com/a%20b?versionId=v%2F1\
                    &X-Amz-Algorithm=AWS4-HMAC-SHA256\
                    &X-Amz-Credential=AKID%2F20200913%2Fus-west-2%2Fs3%2Faws4_request\
                    &X-Amz-Date=20200913T122640Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host\
                    &X-Amz-Signature=57416d22486b670e96499f7aab2325c99917151f200e22c3fb8fb60e1100827b";
    assert_eq!(url, expected);
}

#[tokio::test]
async fn forms_move_into_the_query() {
    let url = presigned(
        "sts",
        "GetCallerIdentity",
        "{}",
        &[("x-k8s-aws-id", "cluster")],
        &[],
    )
    .await;
    let expected = "https://sts.us-west-2.amazonaws.com/?Action=GetCallerIdentity\
                    &Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256\
                    &X-Amz-Credential=AKID%2F20200913%2Fus-west-2%2Fsts%2Faws4_request\
                    &X-Amz-Date=20200913T122640Z&X-Amz-Expires=60\
                    &X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Signature=\
                    9fbe5e4f25710daab9f80678cbed375b0e3784438e58eeee41c653b7373d18b5";
    assert_eq!(url, expected);
}

#[tokio::test]
async fn nobody_signs_nothing() {
    let given = r#"{"Bucket": "bkt", "Key": "k"}"#;
    let url = presigned("s3", "GetObject", given, &[], &[("no_sign_request", "")]).await;
    assert_eq!(url, "https://bkt.s3.us-west-2.amazonaws.com/k");
}

#[tokio::test]
async fn tokens_for_databases_are_urls() {
    let url = client("rds", &[])
        .presign_url(
            "https://db.example.com:3306/?Action=connect&DBUser=me",
            "rds-db",
            "eu-west-1",
            900,
        )
        .await
        .unwrap();
    assert_eq!(
        url,
        "https://db.example.com:3306/?Action=connect&DBUser=me\
         &X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential=AKID%2F20200913%2Feu-west-1%2Frds-db%2Faws4_request\
         &X-Amz-Date=20200913T122640Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host\
         &X-Amz-Signature=ef2ff8d932725056286bb54b6995fe3cb84426e1bda3f6c666f761653281b39f"
    );
}
