//! Presigned URLs, whole as botocore 1.44.5 makes them at the tests' time.

use std::process::Command;

use awl_value::{Value, json};

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

#[tokio::test]
async fn a_time_in_the_past_is_signed_too() {
    let client = client("s3", &[]);
    let operation = client.service().operation("GetObject").unwrap();
    let call = Call::new(operation, params(r#"{"Bucket": "bkt", "Key": "k"}"#));
    let url = client.presign_call(&call, -5).await.unwrap().request.url;
    assert!(url.contains("&X-Amz-Expires=-5&"), "{url}");
}

#[tokio::test]
async fn what_a_url_cannot_carry_is_handed_along() {
    let check = async |service: &str, operation: &str, given: &str, expected: (bool, &str)| {
        let client = client(service, &[]);
        let operation = client.service().operation(operation).unwrap();
        let mut call = Call::new(operation, params(given));
        if operation.streaming_input().is_some() {
            call.body = Some("body".to_owned().into());
        }
        let presigned = client.presign_call(&call, 60).await.unwrap();
        let headers: Vec<_> = presigned
            .request
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        let method = presigned.request.method;
        let found = format!("{method} {}", headers.join(", "));
        assert_eq!((presigned.needs_body, &*found), expected, "{operation:?}");
    };
    let json = "POST X-Amz-Target: DynamoDB_20120810.ListTables, \
                Content-Type: application/x-amz-json-1.0";
    check("dynamodb", "ListTables", "{}", (true, json)).await;
    let function = r#"{"FunctionName": "f"}"#;
    check("lambda", "Invoke", function, (true, "POST ")).await;
    check("lambda", "DeleteFunction", function, (false, "DELETE ")).await;
    let bucket = r#"{"Bucket": "bkt", "Key": "k", "ContentType": "a/b"}"#;
    check("s3", "PutObject", bucket, (false, "PUT Content-Type: a/b")).await;
    let object = r#"{"Path": "a"}"#;
    let unsigned = "PUT X-Amz-Content-SHA256: UNSIGNED-PAYLOAD";
    check("mediastore-data", "PutObject", object, (false, unsigned)).await;
    let archive = r#"{"vaultName": "v", "accountId": "-"}"#;
    check("glacier", "UploadArchive", archive, (true, "POST ")).await;
    let metrics = r#"{"Namespace": "n"}"#;
    check("cloudwatch", "ListMetrics", metrics, (false, "GET ")).await;
}

/// A URL with the parameters of its query in a fixed order: botocore has them
/// in the caller's.
fn sorted(url: &str) -> String {
    let (before, query) = url.split_once('?').unwrap_or((url, ""));
    let mut query: Vec<_> = query.split('&').collect();
    query.sort_unstable();
    format!("{before}?{}", query.join("&"))
}

#[tokio::test]
async fn urls_are_those_of_boto3() {
    let services = [
        "acm-pca",
        "apigateway",
        "backup",
        "batch",
        "cloudformation",
        "cloudfront",
        "docdb",
        "ec2",
        "efs",
        "eks",
        "elasticache",
        "elbv2",
        "glacier",
        "iam",
        "iot",
        "kafka",
        "lambda",
        "lexv2-runtime",
        "mediastore-data",
        "neptune",
        "polly",
        "rds",
        "redshift",
        "route53",
        "s3",
        "s3control",
        "schemas",
        "ses",
        "sesv2",
        "sns",
        "sts",
        "xray",
    ];
    let output = Command::new(awl_test::peers().join("python"))
        .args(["-c", include_str!("boto3_urls.py")])
        .args(services)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let (mut compared, mut wrong) = (0, Vec::new());
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let line = json::parse(line).unwrap();
        let get = |name| line.as_map().and_then(|line| line.get(name));
        let text = |name| get(name).and_then(Value::as_str).unwrap_or_default();
        let Some(Value::Map(parameters)) = get("parameters") else {
            panic!("{line:?}");
        };
        let client = client(text("service"), &[]);
        let operation = client.service().operation(text("operation")).unwrap();
        let call = Call::new(operation, parameters.clone());
        let found = match client.presign_call(&call, 60).await {
            // botocore's URL is signed for a body that the service refuses.
            Ok(presigned) if presigned.needs_body => continue,
            Ok(presigned) => presigned.request.url,
            Err(error) => error.to_string(),
        };
        // botocore forgets the parameters of what it does not sign.
        let is_unsigned = !text("url").contains("X-Amz-Signature");
        if get("error").is_some() || is_unsigned || operation.streaming_input().is_some() {
            continue;
        }
        compared += 1;
        if sorted(&found) != sorted(text("url")) {
            wrong.push(format!("{operation:?}\n  {found}\n  {}", text("url")));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {compared}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(compared > 2500, "{compared}");
}
