//! What the round trip of all operations does not ask of a service: requests of
//! other clients, requests that are wrong, and the looks of answers.

#![allow(clippy::unwrap_used, reason = "the models here are known")]

use awl_model::Service;
use awl_protocol::server::{
    Answer, Directory, Failure, Hint, Incoming, Recipient, RequestError, Response, Route,
    RouteError, parse_request, serialize_error, serialize_response,
};
use awl_protocol::{Body, Headers, Protocol};
use awl_value::{Map, Value, json};

const ANSWER: Answer<'_> = Answer {
    request_id: "id-1",
    host_id: None,
};

fn directory() -> &'static Directory {
    static DIRECTORY: std::sync::OnceLock<Directory> = std::sync::OnceLock::new();
    DIRECTORY.get_or_init(|| Directory::new(awl_catalog::store()))
}

/// A request in short: `METHOD target`, headers, body.
struct Sent<'a> {
    line: &'a str,
    headers: &'a [(&'a str, &'a str)],
    body: &'a str,
}

fn with<T>(sent: &Sent<'_>, read: impl FnOnce(&Incoming<'_>) -> T) -> T {
    let (method, target) = sent.line.split_once(' ').unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers: Headers = sent.headers.iter().copied().collect();
    read(&Incoming {
        method,
        path,
        query,
        headers: &headers,
        body: sent.body.as_bytes(),
    })
}

fn route(signing_name: &str, sent: &Sent<'_>) -> Result<Route, RouteError> {
    with(sent, |request| {
        directory().route(request, Hint::signed_for(signing_name))
    })
}

fn name(route: Result<Route, RouteError>) -> String {
    match route {
        Ok(route) => {
            let service = route.operation.service().name();
            format!("{service} {}", route.operation.name())
        }
        Err(error) => error.to_string(),
    }
}

fn read(signing_name: &str, sent: &Sent<'_>) -> Result<Map, RequestError> {
    let route = route(signing_name, sent).unwrap();
    with(sent, |request| parse_request(&route, request))
}

fn line(line: &str) -> Sent<'_> {
    Sent {
        line,
        headers: &[],
        body: "",
    }
}

#[test]
fn requests_of_s3_are_told_apart() {
    for (request, expected) in [
        ("GET /", "ListBuckets"),
        ("GET /b", "ListObjects"),
        ("GET /b/", "ListObjects"),
        ("GET /b?list-type=2&prefix=x", "ListObjectsV2"),
        ("GET /b?location", "GetBucketLocation"),
        ("GET /b?location=", "GetBucketLocation"),
        ("GET /b?uploads", "ListMultipartUploads"),
        ("GET /b?versions", "ListObjectVersions"),
        ("GET /b?analytics&id=1", "GetBucketAnalyticsConfiguration"),
        ("GET /b?analytics", "ListBucketAnalyticsConfigurations"),
        ("GET /b?lifecycle", "GetBucketLifecycleConfiguration"),
        ("GET /b/k", "GetObject"),
        ("GET /b/k/", "GetObject"),
        ("GET /b//k", "GetObject"),
        ("GET /b/k?uploadId=1", "ListParts"),
        ("GET /b/k?partNumber=1", "GetObject"),
        ("GET /b/k?tagging&versionId=1", "GetObjectTagging"),
        ("HEAD /b", "HeadBucket"),
        ("HEAD /b/k", "HeadObject"),
        ("PUT /b", "CreateBucket"),
        ("PUT /b/k", "PutObject"),
        ("PUT /b/k?partNumber=1&uploadId=2", "UploadPart"),
        ("PUT /b/k?acl", "PutObjectAcl"),
        ("POST /b/k?uploads", "CreateMultipartUpload"),
        ("POST /b/k?uploadId=1", "CompleteMultipartUpload"),
        ("POST /b?delete", "DeleteObjects"),
        ("DELETE /b/k", "DeleteObject"),
        ("DELETE /b/k?uploadId=1", "AbortMultipartUpload"),
        ("DELETE /b?policy", "DeleteBucketPolicy"),
        ("DELETE /b", "DeleteBucket"),
    ] {
        let expected = format!("s3 {expected}");
        assert_eq!(name(route("s3", &line(request))), expected, "{request}");
    }
    let copy = |line| Sent {
        headers: &[("x-amz-copy-source", "/b/k")],
        ..self::line(line)
    };
    assert_eq!(name(route("s3", &copy("PUT /b/k"))), "s3 CopyObject");
    let part = copy("PUT /b/k?partNumber=1&uploadId=2");
    assert_eq!(name(route("s3", &part)), "s3 UploadPartCopy");
    assert_eq!(
        name(route("s3express", &line("GET /"))),
        "s3 ListDirectoryBuckets"
    );
    assert_eq!(
        name(route("s3", &line("PATCH /b"))),
        "the method \"PATCH\" is not allowed for this path"
    );
}

#[test]
fn services_are_found_by_what_requests_say() {
    let check = |signing_name: &str, line, headers, body, expected: &str| {
        let sent = Sent {
            line,
            headers,
            body,
        };
        assert_eq!(name(route(signing_name, &sent)), expected);
    };
    // Two services of one name differ in their versions.
    let describe = |version| format!("Action=DescribeLoadBalancers&Version={version}");
    let (old, new) = (describe("2012-06-01"), describe("2015-12-01"));
    let elb = "elasticloadbalancing";
    check(elb, "POST /", &[], &old, "elb DescribeLoadBalancers");
    check(elb, "POST /", &[], &new, "elbv2 DescribeLoadBalancers");
    check(
        "sts",
        "GET /?Action=GetCallerIdentity&Version=2011-06-15",
        &[],
        "",
        "sts GetCallerIdentity",
    );
    // A path says more than the name that a service shares with S3.
    check(
        "s3",
        "GET /v20180820/accesspoint",
        &[("x-amz-account-id", "1")],
        "",
        "s3control ListAccessPoints",
    );
    let json = [("X-Amz-Target", "DynamoDBStreams_20120810.ListStreams")];
    check(
        "dynamodb",
        "POST /",
        &json,
        "{}",
        "dynamodbstreams ListStreams",
    );
    // A target names a service whatever it is signed for.
    check("", "POST /", &json, "{}", "dynamodbstreams ListStreams");
    check(
        "",
        "POST /",
        &[("X-Amz-Target", "Nobody.Do")],
        "",
        "no service is known for this request",
    );
    check(
        "dynamodb",
        "POST /",
        &[("X-Amz-Target", "DynamoDB_20120810.Do")],
        "",
        "unknown operation \"Do\"",
    );
    check(
        "dynamodb",
        "POST /",
        &[],
        "",
        "no operation is named by this request",
    );
    check(
        "iam",
        "POST /",
        &[],
        "Action=Do",
        "unknown operation \"Do\"",
    );
    check(
        "lambda",
        "GET /nowhere",
        &[],
        "",
        "no operation is named by this request",
    );
    check(
        "nobody",
        "GET /",
        &[],
        "",
        "no service is known for this request",
    );
    // Both protocols of one service.
    let target = [(
        "X-Amz-Target",
        "GraniteServiceVersion20100801.ListDashboards",
    )];
    check(
        "monitoring",
        "POST /",
        &target,
        "{}",
        "cloudwatch ListDashboards",
    );
    let path = "POST /service/GraniteServiceVersion20100801/operation/ListDashboards";
    check(
        "monitoring",
        path,
        &[("smithy-protocol", "rpc-v2-cbor")],
        "",
        "cloudwatch ListDashboards",
    );
    check(
        "monitoring",
        "POST /",
        &[],
        "Action=ListDashboards",
        "cloudwatch ListDashboards",
    );
    let unsigned = Sent {
        line: "POST /",
        headers: &[("Host", "sts.eu-west-1.amazonaws.com:443")],
        body: "Action=AssumeRoleWithWebIdentity&Version=2011-06-15",
    };
    let found = with(&unsigned, |request| {
        directory().route(request, Hint::default())
    });
    assert_eq!(name(found), "sts AssumeRoleWithWebIdentity");
}

#[test]
fn what_clients_write_otherwise_is_taken() {
    let show = |map: Map| json::to_string(&Value::Map(map));
    let target = |body| Sent {
        line: "POST /",
        headers: &[("X-Amz-Target", "AmazonSSM.GetParametersByPath")],
        body,
    };
    let expected = r#"{"Path": "/a", "Recursive": true, "MaxResults": 3}"#;
    for body in [
        r#"{"MaxResults": 3.0, "Nobody": [{}], "Path": "/a", "Recursive": true, "NextToken": null}"#,
        "\n {\"Path\":\"/a\",\"Recursive\":true,\"MaxResults\":3}\n",
    ] {
        assert_eq!(show(read("ssm", &target(body)).unwrap()), expected);
    }
    assert_eq!(show(read("ssm", &target("")).unwrap()), "{}");
    assert_eq!(show(read("ssm", &target("null")).unwrap()), "{}");
    // Forms: in the query string, in any order, with gaps, in either style.
    let expected =
        r#"{"InstanceIds": ["i-1", "i-2"], "Filters": [{"Name": "a b", "Values": ["1", "2"]}]}"#;
    for body in [
        "Action=DescribeInstances&InstanceId.1=i-1&InstanceId.2=i-2&Filter.1.Name=a+b&Filter.1.Value.1=1&Filter.1.Value.2=2",
        "Filter.7.Value.10=2&Filter.7.Value.9=1&Filter.7.Name=a%20b&InstanceId.4=i-2&InstanceId.3=i-1&Action=DescribeInstances&Nobody=1",
    ] {
        let sent = Sent {
            body,
            ..line("POST /")
        };
        assert_eq!(show(read("ec2", &sent).unwrap()), expected, "{body}");
    }
    // XML: with a declaration, a namespace or none, in any order.
    let expected = r#"{"Bucket": "b", "Delete": {"Objects": [{"Key": "k"}, {"Key": "l", "VersionId": "1"}], "Quiet": true}}"#;
    for body in [
        "<Delete><Object><Key>k</Key></Object><Object><VersionId>1</VersionId><Key>l</Key></Object><Quiet>true</Quiet></Delete>",
        "<?xml version='1.0'?>\n<x:Delete xmlns:x='http://s3.amazonaws.com/doc/2006-03-01/'>\n <x:Quiet>TRUE</x:Quiet><x:Object><x:Key>k</x:Key></x:Object><!-- --><x:Object><x:Key>l</x:Key><x:VersionId>1</x:VersionId></x:Object></x:Delete>\n",
    ] {
        let sent = Sent {
            body,
            ..line("POST /b?delete")
        };
        assert_eq!(show(read("s3", &sent).unwrap()), expected, "{body}");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let check = |signing_name: &str, sent: &Sent<'_>, expected: &str| {
        let error = read(signing_name, sent).unwrap_err().to_string();
        assert_eq!(error, expected);
    };
    let json = |body| Sent {
        line: "POST /",
        headers: &[("X-Amz-Target", "DynamoDB_20120810.PutItem")],
        body,
    };
    check(
        "dynamodb",
        &json("{"),
        "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
    );
    check("dynamodb", &json("[]"), "expected a structure");
    check(
        "dynamodb",
        &json(r#"{"TableName": 1}"#),
        "/TableName: this number is not a string",
    );
    check(
        "dynamodb",
        &json(r#"{"Item": {"a": {"SS": ["x", true]}}}"#),
        "/Item/a/SS/1: a boolean is not a string",
    );
    for content in [r#"{"text": "a", "image": {}}"#, "{}", r#"{"odd": 1}"#] {
        let body = format!(r#"{{"messages": [{{"role": "user", "content": [{content}]}}]}}"#);
        let sent = Sent {
            body: &body,
            ..line("POST /model/m/converse")
        };
        let expected = "/messages/0/content/0: ContentBlock must have exactly one member";
        check("bedrock", &sent, expected);
    }
    check(
        "dynamodb",
        &json(r#"{"Item": {"a": {"B": "*"}}}"#),
        "/Item/a/B: \"*\" is not a blob",
    );
    check(
        "dynamodb",
        &json(r#"{} {}"#),
        "Extra data: line 1 column 4 (char 3)",
    );
    let form = |body| Sent {
        body,
        ..line("POST /")
    };
    check(
        "ec2",
        &form("Action=DescribeInstances&MaxResults=x"),
        "/MaxResults: \"x\" is not an integer",
    );
    check(
        "ec2",
        &form("Action=DescribeInstances&DryRun=maybe"),
        "/DryRun: \"maybe\" is not a boolean",
    );
    check(
        "ec2",
        &form("Action=DescribeInstances&InstanceId=i-1"),
        "/InstanceIds: expected a list, not text",
    );
    check(
        "ec2",
        &form("Action=DescribeInstances&InstanceId.x=i-1"),
        "/InstanceIds: \"x\" is no index",
    );
    check(
        "s3",
        &Sent {
            body: "<Delete><Object>",
            ..line("POST /b?delete")
        },
        "/Delete/Objects: no element found: line 1, column 16",
    );
    check(
        "s3",
        &line("GET /b?list-type=2&max-keys=many"),
        "/MaxKeys: \"many\" is not an integer",
    );
    check("s3", &line("GET /b/%ff"), "/Key: not UTF-8");
    let head = Sent {
        headers: &[("If-Modified-Since", "yesterday")],
        ..line("HEAD /b/k")
    };
    check(
        "s3",
        &head,
        "/IfModifiedSince: \"yesterday\" is not a timestamp",
    );
}

fn service(name: &str) -> Service {
    awl_catalog::store().service(name).unwrap()
}

fn shown(response: &Response) -> String {
    let mut text = response.status.to_string();
    for (name, value) in &response.headers {
        text.push_str(&format!("\n{name}: {value}"));
    }
    match &response.body {
        Body::Bytes(bytes) => text.push_str(&format!("\n\n{}", String::from_utf8_lossy(bytes))),
        other => text.push_str(&format!("\n\n{other:?}")),
    }
    text
}

fn answer(service_name: &str, operation: &str, output: &str) -> String {
    let route = Route::of(service(service_name).operation(operation).unwrap()).unwrap();
    let Ok(Value::Map(output)) = json::parse(output) else {
        panic!("no map");
    };
    shown(&serialize_response(&route, &output, ANSWER).unwrap())
}

#[test]
fn answers_look_as_services_write_them() {
    assert_eq!(
        answer(
            "sts",
            "GetCallerIdentity",
            r#"{"Account": "1", "Arn": "a&b"}"#
        ),
        "200\nContent-Type: text/xml\nx-amzn-RequestId: id-1\n\n\
         <GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <GetCallerIdentityResult><Account>1</Account><Arn>a&amp;b</Arn></GetCallerIdentityResult>\
         <ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
    );
    assert_eq!(
        answer(
            "ec2",
            "StopInstances",
            r#"{"StoppingInstances": [{"InstanceId": "i-1", "CurrentState": {"Code": 64}}]}"#
        ),
        "200\nContent-Type: text/xml;charset=UTF-8\nx-amzn-RequestId: id-1\n\n\
         <StopInstancesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15\">\
         <requestId>id-1</requestId><instancesSet><item><instanceId>i-1</instanceId>\
         <currentState><code>64</code></currentState></item></instancesSet></StopInstancesResponse>"
    );
    assert_eq!(
        answer(
            "s3",
            "ListObjectsV2",
            r#"{"Name": "b", "Contents": [{"Key": "k\r", "Size": 1}], "RequestCharged": "requester"}"#
        ),
        "200\nx-amz-request-charged: requester\nContent-Type: application/xml\nx-amz-request-id: id-1\n\n\
         <ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name>\
         <Contents><Key>k&#13;</Key><Size>1</Size></Contents></ListBucketResult>"
    );
    assert_eq!(
        answer(
            "s3",
            "GetBucketLocation",
            r#"{"LocationConstraint": "eu-west-1"}"#
        ),
        "200\nContent-Type: application/xml\nx-amz-request-id: id-1\n\n\
         <LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">eu-west-1</LocationConstraint>"
    );
    assert_eq!(
        answer(
            "s3",
            "HeadObject",
            r#"{"ContentLength": 5, "Metadata": {"a": "b"}}"#
        ),
        "200\nContent-Length: 5\nx-amz-meta-a: b\nx-amz-request-id: id-1\n\n"
    );
    assert!(answer("s3", "GetObject", "{}").ends_with("\n\nStreaming(\"Body\")"));
    assert!(answer("lambda", "CreateFunction", "{}").starts_with("201\n"));
    assert!(
        answer("lambda", "Invoke", r#"{"StatusCode": 202, "Payload": ""}"#).starts_with("202\n")
    );
    assert!(
        answer("kinesis", "SubscribeToShard", "{}")
            .ends_with("\n\nEvents(\"EventStream\", [123, 125])")
    );
}

fn failed(service_name: &str, operation: &str, failure: impl FnOnce(&Route) -> Failure) -> String {
    let route = Route::of(service(service_name).operation(operation).unwrap()).unwrap();
    shown(&serialize_error(&route, &failure(&route), ANSWER))
}

#[test]
fn errors_look_as_services_write_them() {
    // The model of SQS does not have the codes of old.
    let queue = |route: &Route| {
        let mut failure = Failure::named(route.operation, "QueueDoesNotExist", "no <such>");
        failure.code = "AWS.SimpleQueueService.NonExistentQueue".into();
        failure
    };
    let named = |code: &'static str| {
        move |route: &Route| Failure::named(route.operation, code, "no <such>")
    };
    assert_eq!(
        failed("iam", "GetRole", named("NoSuchEntity")),
        "404\nx-amzn-RequestId: id-1\nContent-Type: text/xml\n\n\
         <ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type>\
         <Code>NoSuchEntity</Code><Message>no &lt;such&gt;</Message><message>no &lt;such&gt;</message></Error>\
         <RequestId>id-1</RequestId></ErrorResponse>"
    );
    assert_eq!(
        failed("ec2", "StopInstances", named("InvalidInstanceID.NotFound")),
        "400\nx-amzn-RequestId: id-1\nContent-Type: text/xml;charset=UTF-8\n\n\
         <Response><Errors><Error><Code>InvalidInstanceID.NotFound</Code><Message>no &lt;such&gt;</Message>\
         </Error></Errors><RequestID>id-1</RequestID></Response>"
    );
    let key = |route: &Route| named("NoSuchKey")(route).with_detail("Key", "k");
    assert_eq!(
        failed("s3", "GetObject", key),
        "404\nx-amz-request-id: id-1\nContent-Type: application/xml\n\n\
         <Error><Code>NoSuchKey</Code><Message>no &lt;such&gt;</Message><Key>k</Key>\
         <RequestId>id-1</RequestId><HostId /></Error>"
    );
    let head = failed("s3", "HeadObject", named("NoSuchKey"));
    assert!(
        head.starts_with("404\n") && head.ends_with("\n\n"),
        "{head}"
    );
    assert_eq!(
        failed("dynamodb", "GetItem", named("ResourceNotFoundException")),
        "400\nx-amzn-RequestId: id-1\nContent-Type: application/x-amz-json-1.0\n\n\
         {\"__type\": \"ResourceNotFoundException\", \"message\": \"no <such>\"}"
    );
    assert_eq!(
        failed("sqs", "GetQueueUrl", queue),
        "400\nx-amzn-RequestId: id-1\nx-amzn-query-error: AWS.SimpleQueueService.NonExistentQueue;Sender\n\
         Content-Type: application/x-amz-json-1.0\n\n\
         {\"__type\": \"QueueDoesNotExist\", \"message\": \"no <such>\"}"
    );
    assert_eq!(
        failed("lambda", "GetFunction", named("ResourceNotFoundException")),
        "404\nx-amzn-RequestId: id-1\nx-amzn-ErrorType: ResourceNotFoundException\n\
         Content-Type: application/json\n\n{\"Message\": \"no <such>\"}"
    );
    assert_eq!(
        failed("lambda", "GetFunction", |_| Failure::new("Odd", "so")
            .with_status(503)),
        "503\nx-amzn-RequestId: id-1\nx-amzn-ErrorType: Odd\nContent-Type: application/json\n\n\
         {\"message\": \"so\"}"
    );
}

#[test]
fn requests_that_lead_nowhere_are_answered_in_their_protocol() {
    let check = |service_name: &str, sent: &Sent<'_>, protocol: Protocol, expected: (u16, &str)| {
        let own = (!service_name.is_empty()).then(|| service(service_name));
        with(sent, |request| {
            let recipient = Recipient::guess(request, own);
            assert_eq!(recipient.protocol(), protocol);
            let failure =
                Failure::of_route(&RouteError::UnknownOperation("Do".to_owned()), protocol);
            assert_eq!((failure.status, &*failure.code), expected);
            let response = serialize_error(recipient, &failure, ANSWER);
            let text = shown(&response);
            assert!(text.contains(expected.1), "{text}");
        });
    };
    let target = Sent {
        headers: &[("X-Amz-Target", "A.Do")],
        ..line("POST /")
    };
    check(
        "",
        &target,
        Protocol::Json,
        (400, "UnknownOperationException"),
    );
    check(
        "ec2",
        &line("GET /?Action=Do"),
        Protocol::Ec2,
        (400, "InvalidAction"),
    );
    check(
        "",
        &line("GET /?Action=Do"),
        Protocol::Query,
        (400, "InvalidAction"),
    );
    check(
        "lambda",
        &line("GET /do"),
        Protocol::RestJson,
        (404, "UnknownOperationException"),
    );
    check(
        "s3",
        &line("GET /do"),
        Protocol::RestXml,
        (404, "UnknownOperationException"),
    );
    let path = line("POST /service/A/operation/Do");
    check(
        "",
        &path,
        Protocol::RpcV2Cbor,
        (400, "UnknownOperationException"),
    );
}

#[test]
fn what_is_deep_or_long_ends_soon() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(30_000), close.repeat(30_000));
    let target = [("X-Amz-Target", "DynamoDB_20120810.PutItem")];
    let json = |body: String| {
        let body = format!(r#"{{"Item": {{"a": {body}}}}}"#);
        let sent = Sent {
            line: "POST /",
            headers: &target,
            body: &body,
        };
        read("dynamodb", &sent).is_ok()
    };
    assert!(!json(deep(r#"{"L":["#, "]}")));
    assert!(!json(deep("[", "]")));
    assert!(!json(deep(r#"{"odd":"#, "}")));
    let form = |body: String| {
        let body = format!("Action=DescribeInstances&{body}");
        let sent = Sent {
            body: &body,
            ..line("POST /")
        };
        read("ec2", &sent).is_ok()
    };
    assert!(!form(format!("Filter{}=1", ".1".repeat(30_000))));
    assert!(form("Odd=1&".repeat(100_000)));
    assert!(form(
        (0..50_000)
            .map(|number| format!("InstanceId.{number}=i&"))
            .collect()
    ));
    let body = deep("<a>", "</a>");
    let sent = Sent {
        body: &body,
        ..line("POST /b?delete")
    };
    assert!(read("s3", &sent).is_ok());
    let path = format!("GET /b{}", "/a".repeat(50_000));
    assert_eq!(name(route("s3", &line(&path))), "s3 GetObject");
    let path = format!("PUT /portals{}", "/browserSettings".repeat(20_000));
    let path = path + "?browserSettingsArn=a";
    assert_eq!(
        name(route("workspaces-web", &line(&path))),
        "workspaces-web AssociateBrowserSettings"
    );
    let list = "\"a,\",".repeat(50_000);
    let sent = Sent {
        headers: &[("x-amz-object-attributes", &list)],
        ..line("GET /b/k?attributes")
    };
    assert!(read("s3", &sent).is_ok());
}
