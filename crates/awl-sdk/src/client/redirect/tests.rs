//! Buckets in other Regions, from a server that tells where they are.

use awl_value::{Map, Value};

use crate::handlers::testing::{Server, config, params};
use crate::{Client, Error, Output};

fn client(server: &Server) -> Client {
    let config = config(&[("endpoint_url", &server.url), ("max_attempts", "1")]);
    Client::new(&config, awl_catalog::store().service("s3").unwrap()).unwrap()
}

async fn call(client: &Client, operation: &str, params: Map) -> Result<Output, Error> {
    client.call(operation, Value::Map(params)).await
}

/// The Regions that the requests to a server were signed for.
fn regions(server: &Server, count: usize) -> Vec<String> {
    let region = |request: String| {
        let (_, scope) = request.split_once("Credential=AKID/20200913/").unwrap();
        scope.split('/').next().unwrap().to_owned()
    };
    let regions = (0..count).map(|_| region(server.request())).collect();
    assert!(server.is_quiet());
    regions
}

fn moved(status: &str, headers: &str, body: &str) -> String {
    format!("{status}\r\n{headers}x-amz-request-id: r\r\n\r\n{body}")
}

fn fine() -> String {
    moved("200 OK", "", "")
}

#[tokio::test]
async fn calls_follow_their_bucket() {
    const EU: &str = "x-amz-bucket-region: eu-west-1\r\n";
    for (operation, given, answer) in [
        (
            "GetObjectTagging",
            r#"{"Bucket": "b", "Key": "k"}"#,
            moved(
                "301 Moved Permanently",
                EU,
                "<Error><Code>PermanentRedirect</Code></Error>",
            ),
        ),
        (
            "GetObjectTagging",
            r#"{"Bucket": "b", "Key": "k"}"#,
            moved(
                "400 Bad Request",
                "",
                "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>",
            ),
        ),
        (
            "HeadObject",
            r#"{"Bucket": "b", "Key": "k"}"#,
            moved("400 Bad Request", EU, ""),
        ),
        (
            "HeadBucket",
            r#"{"Bucket": "b"}"#,
            moved("400 Bad Request", EU, ""),
        ),
        (
            "PutBucketPolicy",
            r#"{"Bucket": "b", "Policy": "{}"}"#,
            moved("307 Temporary Redirect", EU, ""),
        ),
        (
            "PutObject",
            r#"{"Bucket": "b", "Key": "k", "Body": "hi"}"#,
            moved(
                "400 Bad Request",
                EU,
                "<Error><Code>IllegalLocationConstraintException</Code></Error>",
            ),
        ),
    ] {
        let server = Server::new(vec![answer, fine(), fine()]);
        let client = client(&server);
        call(&client, operation, params(given)).await.unwrap();
        assert_eq!(
            regions(&server, 2),
            ["us-west-2", "eu-west-1"],
            "{operation}"
        );
        // The next call knows.
        call(&client, operation, params(given)).await.unwrap();
        assert_eq!(regions(&server, 1), ["eu-west-1"]);
    }
}

#[tokio::test]
async fn the_bucket_is_asked_where_the_error_says_nothing() {
    let error = "<Error><Code>PermanentRedirect</Code></Error>";
    let server = Server::new(vec![
        moved("301 Moved Permanently", "", error),
        moved("403 Forbidden", "x-amz-bucket-region: eu-west-1\r\n", ""),
        fine(),
    ]);
    let client = client(&server);
    let given = params(r#"{"Bucket": "b", "Key": "k"}"#);
    call(&client, "GetObjectTagging", given).await.unwrap();
    assert!(
        server
            .request()
            .starts_with("GET /b/k?tagging HTTP/1.1\r\n")
    );
    assert!(server.request().starts_with("HEAD /b HTTP/1.1\r\n"));
    assert_eq!(regions(&server, 1), ["eu-west-1"]);
}

#[tokio::test]
async fn a_call_is_moved_once_and_only_for_such_errors() {
    const EU: &str = "x-amz-bucket-region: eu-west-1\r\n";
    let redirect = || moved("301 Moved Permanently", EU, "");
    let denied = || {
        moved(
            "403 Forbidden",
            EU,
            "<Error><Code>AccessDenied</Code></Error>",
        )
    };
    for (operation, given, answers, code) in [
        (
            "HeadBucket",
            r#"{"Bucket": "b"}"#,
            vec![redirect(), redirect()],
            "301",
        ),
        ("HeadBucket", r#"{"Bucket": "b"}"#, vec![denied()], "403"),
        ("ListBuckets", "{}", vec![redirect()], "301"),
        (
            "CreateBucket",
            r#"{"Bucket": "b"}"#,
            vec![moved(
                "400 Bad Request",
                "",
                "<Error><Code>IllegalLocationConstraintException</Code></Error>",
            )],
            "IllegalLocationConstraintException",
        ),
    ] {
        let count = answers.len();
        let mut answers = answers;
        answers.push(fine());
        let server = Server::new(answers);
        let error = call(&client(&server), operation, params(given))
            .await
            .unwrap_err();
        assert_eq!(error.service().unwrap().code(), code, "{operation}");
        assert_eq!(regions(&server, count).len(), count);
    }
}
