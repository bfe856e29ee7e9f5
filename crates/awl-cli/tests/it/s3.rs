//! The simple commands of S3: requests, lines, exit codes. Their output was
//! compared with that of the AWS CLI on a moto server.

use awl_test::{Answer, Request, Server};

use crate::support::TestPlace;

const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

fn place(server: &Server) -> TestPlace {
    TestPlace::new()
        .variable("AWS_ENDPOINT_URL", &server.endpoint())
        .variable("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
}

/// A server that always answers the same.
fn server(status: u16, body: &str) -> Server {
    let body = body.to_owned();
    Server::start(move |_, _| Answer::new(status, &*body))
}

fn object(key: &str, size: u64) -> String {
    format!(
        "<Contents><Key>{key}</Key><Size>{size}</Size>\
         <LastModified>2024-07-01T22:30:05.000Z</LastModified></Contents>"
    )
}

fn listing(inner: &str) -> String {
    format!(
        "<ListBucketResult xmlns=\"{NAMESPACE}\"><EncodingType>url</EncodingType>{inner}\
         </ListBucketResult>"
    )
}

/// Two pages, by the token.
fn two_pages() -> Server {
    Server::start(|_, request: &Request| {
        let body = if request.target.contains("continuation-token") {
            listing(&object("dir/last%2B.txt", 1))
        } else {
            let inner = format!(
                "<IsTruncated>true</IsTruncated><NextContinuationToken>n</NextContinuationToken>\
                 {}{}<CommonPrefixes><Prefix>dir/sub/</Prefix></CommonPrefixes>",
                object("dir/a.txt", 1_500),
                object("dir/b", 1_048_576)
            );
            listing(&inner)
        };
        Answer::new(200, body)
    })
}

#[test]
fn ls_prints_pages_as_they_come() {
    let server = two_pages();
    assert_eq!(
        place(&server).line("s3 ls s3://b/dir/ --summarize"),
        "exit: 0\n----- stdout\n\
         \x20                          PRE sub/\n\
         2024-07-02 00:30:05       1500 a.txt\n\
         2024-07-02 00:30:05    1048576 b\n\
         2024-07-02 00:30:05          1 last+.txt\n\
         \n\
         Total Objects: 3\n\
         \x20  Total Size: 1050077\n\
         ----- stderr\n"
    );
    let paths: Vec<String> = server.requests().into_iter().map(|it| it.target).collect();
    assert_eq!(
        paths,
        [
            "/b?list-type=2&prefix=dir%2F&delimiter=%2F&encoding-type=url",
            "/b?list-type=2&prefix=dir%2F&delimiter=%2F&continuation-token=n&encoding-type=url",
        ]
    );
}

#[test]
fn ls_goes_down_and_reads_well() {
    let server = two_pages();
    let line = "s3 ls b --recursive --human-readable --page-size 7 --request-payer";
    assert_eq!(
        place(&server).line(line),
        "exit: 0\n----- stdout\n\
         \x20                          PRE sub/\n\
         2024-07-02 00:30:05    1.5 KiB dir/a.txt\n\
         2024-07-02 00:30:05    1.0 MiB dir/b\n\
         2024-07-02 00:30:05     1 Byte dir/last+.txt\n\
         ----- stderr\n"
    );
    let request = server.requests().swap_remove(0);
    assert_eq!(
        request.target,
        "/b?list-type=2&prefix=&max-keys=7&encoding-type=url"
    );
    assert_eq!(request.header("x-amz-request-payer"), Some("requester"));
}

#[test]
fn ls_says_by_its_code_that_nothing_is_there() {
    let server = server(200, &listing(""));
    let place = place(&server);
    let nothing = "----- stdout\n----- stderr\n";
    assert_eq!(
        place.line("s3 ls s3://b/none"),
        format!("exit: 1\n{nothing}")
    );
    assert_eq!(place.line("s3 ls s3://b/"), format!("exit: 0\n{nothing}"));
    assert_eq!(place.line("s3 ls s3://b"), format!("exit: 0\n{nothing}"));
}

#[test]
fn ls_lists_buckets() {
    let body = format!(
        "<ListAllMyBucketsResult xmlns=\"{NAMESPACE}\"><Buckets><Bucket><Name>logs</Name>\
         <CreationDate>2024-01-01T00:00:00.000Z</CreationDate></Bucket></Buckets>\
         </ListAllMyBucketsResult>"
    );
    let server = server(200, &body);
    assert_eq!(
        place(&server).line("s3 ls --bucket-name-prefix lo --bucket-region us-west-2"),
        "exit: 0\n----- stdout\n2024-01-01 01:00:00 logs\n----- stderr\n"
    );
    let path = server.requests().swap_remove(0).target;
    assert_eq!(path, "/?prefix=lo&bucket-region=us-west-2");
}

#[test]
fn mb_names_the_region() {
    let server = server(200, "");
    let place = place(&server);
    let made = "exit: 0\n----- stdout\nmake_bucket: b1\n----- stderr\n";
    assert_eq!(place.line("s3 mb s3://b1/x --tags k v --tags k2 v2"), made);
    assert_eq!(place.line("s3 mb s3://b1 --region us-east-1"), made);
    let bodies: Vec<String> = server
        .requests()
        .into_iter()
        .map(|request| String::from_utf8(request.body).unwrap())
        .collect();
    assert_eq!(
        bodies,
        [
            format!(
                "<CreateBucketConfiguration xmlns=\"{NAMESPACE}\">\
                 <LocationConstraint>us-west-2</LocationConstraint><Tags><Tag><Key>k</Key>\
                 <Value>v</Value></Tag><Tag><Key>k2</Key><Value>v2</Value></Tag></Tags>\
                 </CreateBucketConfiguration>"
            ),
            String::new(),
        ]
    );
}

#[test]
fn what_the_service_refuses_is_told() {
    let server = server(
        409,
        "<Error><Code>BucketNotEmpty</Code><Message>Not empty.</Message></Error>",
    );
    let place = place(&server).without("AWS_MAX_ATTEMPTS");
    for (line, expected) in [
        (
            "s3 rb s3://b1",
            "exit: 1\n----- stdout\n----- stderr\nremove_bucket failed: s3://b1 An error occurred \
             (BucketNotEmpty) when calling the DeleteBucket operation: Not empty.\n",
        ),
        (
            "s3 mb s3://b1",
            "exit: 1\n----- stdout\n----- stderr\nmake_bucket failed: s3://b1 An error occurred \
             (BucketNotEmpty) when calling the CreateBucket operation: Not empty.\n",
        ),
        (
            "s3 website b1 --index-document i.html",
            "exit: 254\n----- stdout\n----- stderr\n\naws: [ERROR]: An error occurred \
             (BucketNotEmpty) when calling the PutBucketWebsite operation: Not empty.\n",
        ),
    ] {
        assert_eq!(place.line(line), expected);
    }
}

#[test]
fn wrong_paths_are_told_before_anything_is_sent() {
    let server = server(500, "");
    let place = place(&server);
    for (line, code, message) in [
        ("s3 mb b", 252, "<S3Uri>\nError: Invalid argument type"),
        ("s3 rb b", 252, "<S3Uri>\nError: Invalid argument type"),
        (
            "s3 rb s3://b/k",
            252,
            "Please specify a valid bucket name only. E.g. s3://b",
        ),
        (
            "s3 mb s3://b--use1-az4--x-s3",
            252,
            "Cannot use mb command with a directory bucket.",
        ),
        (
            "s3 mb s3://b --tags k",
            252,
            "argument --tags: expected 2 arguments",
        ),
        (
            "s3 ls --page-size x",
            255,
            "invalid literal for int() with base 10: 'x'",
        ),
        (
            "s3 ls arn:aws:s3-object-lambda:us-west-2:123456789012:accesspoint/a",
            252,
            "s3 commands do not support S3 Object Lambda resources. Use s3api commands instead.",
        ),
        ("s3 rb b --force", 252, "Invalid argument type"),
        ("s3 rm b", 252, "Invalid argument type"),
    ] {
        let outcome = place.line(line);
        assert!(
            outcome.starts_with(&format!("exit: {code}\n----- stdout\n-----")),
            "{outcome}"
        );
        assert!(outcome.contains(message), "{outcome}");
    }
    assert!(server.requests().is_empty());
}

#[test]
fn website_sends_its_documents() {
    let server = server(200, "");
    let line = "s3 website s3://b/ --index-document i.html --error-document e.html";
    assert_eq!(
        place(&server).line(line),
        "exit: 0\n----- stdout\n----- stderr\n"
    );
    let request = server.requests().swap_remove(0);
    assert_eq!((&*request.method, &*request.target), ("PUT", "/b?website"));
    assert_eq!(
        String::from_utf8(request.body).unwrap(),
        format!(
            "<WebsiteConfiguration xmlns=\"{NAMESPACE}\"><IndexDocument><Suffix>i.html</Suffix>\
             </IndexDocument><ErrorDocument><Key>e.html</Key></ErrorDocument>\
             </WebsiteConfiguration>"
        )
    );
}

#[test]
fn presign_makes_a_url() {
    let url = |line: &str| {
        let outcome = TestPlace::new().line(line);
        let url = outcome.strip_prefix("exit: 0\n----- stdout\n").unwrap();
        let url = url.strip_suffix("\n----- stderr\n").unwrap();
        let (url, signature) = url.split_once("&X-Amz-Signature=").unwrap();
        assert_eq!(signature.len(), 64);
        let (before, rest) = url.split_once("&X-Amz-Date=").unwrap();
        let (_, behind) = rest.split_once('&').unwrap();
        (
            before.split('?').next().unwrap().to_owned(),
            behind.to_owned(),
        )
    };
    assert_eq!(
        url("s3 presign s3://bkt/a%20b/ü --expires-in 60"),
        (
            "https://bkt.s3.us-west-2.amazonaws.com/a%2520b/%C3%BC".to_owned(),
            "X-Amz-Expires=60&X-Amz-SignedHeaders=host".to_owned()
        )
    );
    assert_eq!(
        url("s3 presign b/k").1,
        "X-Amz-Expires=3600&X-Amz-SignedHeaders=host"
    );
    // The method is signed.
    let signature = |line: &str| {
        let outcome = TestPlace::new().line(line);
        outcome.split_once("X-Amz-Signature=").unwrap().1.to_owned()
    };
    assert_ne!(
        signature("s3 presign b/k --method PUT"),
        signature("s3 presign b/k")
    );
}
