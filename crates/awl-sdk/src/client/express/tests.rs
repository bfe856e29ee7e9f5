//! Sessions of directory buckets, from a server that gives them.

use awl_value::{Map, Value};

use crate::handlers::testing::{Server, config, params};
use crate::{Call, Client, client::Presign};

const BUCKET: &str = "b--usw2-az1--x-s3";

fn client(server: &Server) -> Client {
    let config = config(&[("endpoint_url", &server.url), ("max_attempts", "1")]);
    Client::new(&config, awl_catalog::store().service("s3").unwrap()).unwrap()
}

fn session(name: &str, expiration: &str) -> String {
    format!(
        "200 OK\r\nx-amz-request-id: r\r\n\r\n\
         <CreateSessionResult><Credentials><SessionToken>TOKEN-{name}</SessionToken>\
         <SecretAccessKey>SECRET</SecretAccessKey><AccessKeyId>{name}</AccessKeyId>\
         <Expiration>{expiration}</Expiration></Credentials></CreateSessionResult>"
    )
}

fn fine() -> String {
    "200 OK\r\nx-amz-request-id: r\r\n\r\n".to_owned()
}

fn object() -> Map {
    params(&format!(r#"{{"Bucket": "{BUCKET}", "Key": "k"}}"#))
}

async fn delete(client: &Client) -> Result<(), crate::Error> {
    let object = Value::Map(object());
    client.call("DeleteObject", object).await.map(drop)
}

#[track_caller]
fn check_signed(request: &str, key: &str, token: Option<&str>) {
    let request = request.to_lowercase();
    let scope = format!("credential={key}/20200913/us-west-2/s3express/").to_lowercase();
    assert!(request.contains(&scope), "{request}");
    let header = request
        .lines()
        .find_map(|line| line.strip_prefix("x-amz-s3session-token: "));
    assert_eq!(header, token.map(str::to_lowercase).as_deref());
}

// The tests' clock stands at 2020-09-13T12:26:40Z.
#[tokio::test]
async fn a_session_signs_until_it_ends() {
    let server = Server::new(vec![session("ONE", "2020-09-13T12:31:40Z"), fine(), fine()]);
    let client = client(&server);
    delete(&client).await.unwrap();
    let asked = server.request();
    assert!(
        asked.starts_with(&format!("GET /{BUCKET}?session HTTP/1.1\r\n")),
        "{asked}"
    );
    check_signed(&asked, "AKID", None);
    check_signed(&server.request(), "ONE", Some("TOKEN-ONE"));
    delete(&client).await.unwrap();
    check_signed(&server.request(), "ONE", Some("TOKEN-ONE"));
    // It is the session's credentials that presigned URLs have, too.
    let operation = client.service().operation("GetObject").unwrap();
    let options = Presign {
        expires_in: 60,
        method: None,
        headers: &[],
    };
    let url = client
        .presign(&Call::new(operation, object()), &options)
        .await
        .unwrap();
    assert!(
        url.contains("X-Amz-Credential=ONE%2F20200913%2Fus-west-2%2Fs3express"),
        "{url}"
    );
    assert!(url.contains("&X-Amz-S3session-Token=TOKEN-ONE"), "{url}");
    assert!(server.is_quiet());
}

#[tokio::test]
async fn a_session_near_its_end_is_replaced_if_that_works() {
    let denied = || "403 Forbidden\r\n\r\n<Error><Code>AccessDenied</Code></Error>".to_owned();
    let server = Server::new(vec![
        session("ONE", "2020-09-13T12:27:20Z"),
        fine(),
        denied(),
        fine(),
        session("TWO", "2020-09-13T12:26:45Z"),
        fine(),
        denied(),
    ]);
    let client = client(&server);
    for key in ["ONE", "ONE", "TWO"] {
        delete(&client).await.unwrap();
        check_signed(&server.request(), "AKID", None);
        check_signed(&server.request(), key, Some(&format!("TOKEN-{key}")));
    }
    // Five seconds before its end it is of no use.
    let error = delete(&client).await.unwrap_err();
    assert_eq!(error.service().unwrap().operation, "CreateSession");
}

#[tokio::test]
async fn sessions_can_be_turned_off() {
    let server = Server::new(vec![fine()]);
    let config = config(&[
        ("endpoint_url", &server.url),
        ("s3_disable_express_session_auth", "true"),
    ]);
    let client = Client::new(&config, awl_catalog::store().service("s3").unwrap()).unwrap();
    delete(&client).await.unwrap();
    check_signed(&server.request(), "AKID", None);
}
