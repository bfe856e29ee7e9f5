//! boto3 as the client of a service made of this crate: a small server routes,
//! verifies and reads what boto3 sends, and answers with canned outputs and
//! errors. What was read is what boto3 was told, what boto3 has is what was
//! answered.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that starts a program of its own"
)]

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use awl_protocol::event::{encode_failure, encode_initial_response, encode_response_event};
use awl_protocol::server::{
    Answer, Directory, Failure, Hint, Incoming, Recipient, Response, Route, parse_request,
    serialize_error, serialize_response,
};
use awl_protocol::{Body, Headers};
use awl_sign::{ChunkDecoder, Credentials, PayloadHasher, Presented, Received, SigningTime};
use awl_test::{Request, Server};
use awl_value::{Map, Value, json};

/// Calls each case and prints what came of it, as JSON. Bytes go in as
/// `{"$bytes": "text"}` and come out as text.
const CLIENT: &str = r#"
import json, sys, datetime
import boto3, botocore.config, botocore.exceptions
job = json.load(sys.stdin)
def told(value):
    if isinstance(value, dict):
        if list(value) == ["$bytes"]:
            return value["$bytes"].encode()
        return {key: told(item) for key, item in value.items()}
    return [told(item) for item in value] if isinstance(value, list) else value
def shown(value):
    if hasattr(value, "read"):
        value = value.read()
    if isinstance(value, (bytes, bytearray)):
        return value.decode()
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).isoformat()
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shown(item) for item in value]
    if hasattr(value, "__iter__") and not isinstance(value, str):
        return [shown(item) for item in value]
    return value
clients = {}
results = []
for number, case in enumerate(job["cases"]):
    config = botocore.config.Config(
        retries={"total_max_attempts": 1}, s3={"addressing_style": "path"},
        inject_host_prefix=False, parameter_validation=False)
    client = clients.setdefault(case["service"], boto3.client(
        case["service"], endpoint_url=job["endpoint"], region_name="eu-west-1", config=config,
        aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="secret", aws_session_token="token"))
    client.meta.events.unregister("before-call", unique_id="case")
    client.meta.events.register(
        "before-call", lambda params, **more: params["headers"].update({"x-case": str(number)}),
        unique_id="case")
    try:
        output = getattr(client, case["method"])(**told(case["params"]))
        metadata = output.pop("ResponseMetadata")
        results.append({"output": shown(output), "status": metadata["HTTPStatusCode"],
                        "request_id": metadata.get("RequestId")})
    except botocore.exceptions.ClientError as error:
        response = error.response
        metadata = response.pop("ResponseMetadata")
        results.append({"error": shown(response), "class": type(error).__name__,
                        "status": metadata["HTTPStatusCode"],
                        "request_id": metadata.get("RequestId")})
    except Exception as error:
        results.append({"failed": repr(error)})
print(json.dumps(results))
"#;

/// A call: service, boto3's method, what it is told; the operation with what it
/// gives (or its error); what boto3 has then, where that is not the output.
struct Case {
    service: &'static str,
    method: &'static str,
    params: &'static str,
    operation: &'static str,
    answers: Answers,
    has: &'static str,
}

#[derive(Clone, Copy)]
enum Answers {
    Output(&'static str),
    /// Output beside a stream, and the events of the stream.
    Events(&'static str, &'static [&'static str]),
    /// Code and message.
    Error(&'static str, &'static str),
}

const fn case(
    service: &'static str,
    method: &'static str,
    operation: &'static str,
    params: &'static str,
    output: &'static str,
) -> Case {
    Case {
        service,
        method,
        params,
        operation,
        answers: Answers::Output(output),
        has: output,
    }
}

const fn error(
    service: &'static str,
    method: &'static str,
    operation: &'static str,
    params: &'static str,
    (code, message): (&'static str, &'static str),
    has: &'static str,
) -> Case {
    Case {
        service,
        method,
        params,
        operation,
        answers: Answers::Error(code, message),
        has,
    }
}

const CASES: &[Case] = &[
    // json
    case(
        "dynamodb",
        "put_item",
        "PutItem",
        r#"{"TableName": "t", "Item": {"k": {"S": "é"}, "b": {"B": {"$bytes": "raw"}}, "n": {"N": "1.10"}, "m": {"M": {"l": {"L": [{"NULL": true}, {"BOOL": false}]}}}}}"#,
        r#"{"Attributes": {"k": {"S": "x"}, "b": {"B": "bytes"}}, "ConsumedCapacity": {"TableName": "t", "CapacityUnits": 0.5}}"#,
    ),
    error(
        "dynamodb",
        "get_item",
        "GetItem",
        r#"{"TableName": "t", "Key": {"k": {"S": "1"}}}"#,
        ("ResourceNotFoundException", "no table"),
        r#"{"error": {"Error": {"Message": "no table", "Code": "ResourceNotFoundException"}, "message": "no table"}, "class": "ResourceNotFoundException", "status": 400, "request_id": "id-1"}"#,
    ),
    case(
        "ssm",
        "get_parameter",
        "GetParameter",
        r#"{"Name": "/a", "WithDecryption": true}"#,
        r#"{"Parameter": {"Name": "/a", "Version": 3, "LastModifiedDate": "2024-05-06T07:08:09.250000+00:00"}}"#,
    ),
    error(
        "sqs",
        "get_queue_url",
        "GetQueueUrl",
        r#"{"QueueName": "q"}"#,
        ("QueueDoesNotExist", "no queue"),
        r#"{"error": {"Error": {"Message": "no queue", "Code": "QueueDoesNotExist", "QueryErrorCode": "QueueDoesNotExist", "Type": "Sender"}, "message": "no queue"}, "class": "QueueDoesNotExist", "status": 400, "request_id": "id-1"}"#,
    ),
    // query
    case(
        "sts",
        "assume_role",
        "AssumeRole",
        r#"{"RoleArn": "arn:aws:iam::1:role/r", "RoleSessionName": "s", "PolicyArns": [{"arn": "p1"}, {"arn": "p2"}], "DurationSeconds": 900, "Tags": [{"Key": "k", "Value": "a b+c&d"}]}"#,
        r#"{"Credentials": {"AccessKeyId": "A", "SecretAccessKey": "S<&>", "SessionToken": "T", "Expiration": "2024-05-06T07:08:09+00:00"}, "PackedPolicySize": 6}"#,
    ),
    case(
        "sns",
        "create_topic",
        "CreateTopic",
        r#"{"Name": "t", "Attributes": {"DisplayName": "d", "Policy": "{}"}, "Tags": []}"#,
        r#"{"TopicArn": "arn"}"#,
    ),
    error(
        "iam",
        "get_role",
        "GetRole",
        r#"{"RoleName": "r"}"#,
        ("NoSuchEntity", "no role"),
        r#"{"error": {"Error": {"Type": "Sender", "Code": "NoSuchEntity", "Message": "no role", "message": "no role"}, "message": "no role"}, "class": "NoSuchEntityException", "status": 404, "request_id": "id-1"}"#,
    ),
    // ec2
    case(
        "ec2",
        "describe_instances",
        "DescribeInstances",
        r#"{"InstanceIds": ["i-1", "i-2"], "DryRun": false, "Filters": [{"Name": "tag:a", "Values": ["x", "y z"]}]}"#,
        r#"{"Reservations": [{"ReservationId": "r-1", "Instances": [{"InstanceId": "i-1", "EbsOptimized": true, "LaunchTime": "2024-05-06T07:08:09+00:00", "Tags": [{"Key": "a", "Value": ""}]}]}]}"#,
    ),
    error(
        "ec2",
        "stop_instances",
        "StopInstances",
        r#"{"InstanceIds": ["i-1"], "Force": true}"#,
        ("InvalidInstanceID.NotFound", "no i-1"),
        r#"{"error": {"Error": {"Code": "InvalidInstanceID.NotFound", "Message": "no i-1"}}, "class": "ClientError", "status": 400, "request_id": "id-1"}"#,
    ),
    // rest-json
    case(
        "lambda",
        "invoke",
        "Invoke",
        r#"{"FunctionName": "arn:aws:lambda:eu-west-1:1:function:f", "InvocationType": "RequestResponse", "Payload": {"$bytes": "{\"a\": 1}"}, "Qualifier": "$LATEST"}"#,
        r#"{"StatusCode": 200, "ExecutedVersion": "1", "Payload": "[1]"}"#,
    ),
    case(
        "lambda",
        "tag_resource",
        "TagResource",
        r#"{"Resource": "arn:a/b", "Tags": {"k": "v", "ü": ""}}"#,
        "{}",
    ),
    error(
        "lambda",
        "get_function",
        "GetFunction",
        r#"{"FunctionName": "f"}"#,
        ("ResourceNotFoundException", "no f"),
        r#"{"error": {"Error": {"Message": "no f", "Code": "ResourceNotFoundException"}, "Message": "no f"}, "class": "ResourceNotFoundException", "status": 404, "request_id": "id-1"}"#,
    ),
    // rest-xml
    case(
        "s3",
        "put_object",
        "PutObject",
        r#"{"Bucket": "b", "Key": "a/ü +.txt", "Body": {"$bytes": "hello"}, "Metadata": {"m": "v"}, "ContentType": "text/x", "ChecksumAlgorithm": "CRC32"}"#,
        r#"{"ETag": "\"e\"", "ServerSideEncryption": "AES256"}"#,
    ),
    case(
        "s3",
        "get_object",
        "GetObject",
        r#"{"Bucket": "b", "Key": "k", "Range": "bytes=0-3", "IfModifiedSince": "2024-05-06T07:08:09Z"}"#,
        r#"{"LastModified": "2024-05-06T07:08:09+00:00", "ContentLength": 4, "ContentType": "text/plain", "Metadata": {"m": "v"}, "Body": "hell"}"#,
    ),
    Case {
        has: r#"{"Name": "b", "Prefix": "p/", "IsTruncated": false, "KeyCount": 1, "Contents": [{"Key": "p/<1>", "Size": 5, "LastModified": "2024-05-06T07:08:09+00:00"}], "CommonPrefixes": [{"Prefix": "p/d/"}], "EncodingType": "url"}"#,
        ..case(
            "s3",
            "list_objects_v2",
            "ListObjectsV2",
            r#"{"Bucket": "b", "Prefix": "p/", "MaxKeys": 10}"#,
            r#"{"Name": "b", "Prefix": "p/", "IsTruncated": false, "KeyCount": 1, "Contents": [{"Key": "p/%3C1%3E", "Size": 5, "LastModified": "2024-05-06T07:08:09+00:00"}], "CommonPrefixes": [{"Prefix": "p/d/"}], "EncodingType": "url"}"#,
        )
    },
    case(
        "s3",
        "delete_objects",
        "DeleteObjects",
        r#"{"Bucket": "b", "Delete": {"Objects": [{"Key": "k1"}, {"Key": "k&2", "VersionId": "v"}], "Quiet": true}}"#,
        r#"{"Deleted": [{"Key": "k1"}], "Errors": [{"Key": "k&2", "Code": "AccessDenied", "Message": "no"}]}"#,
    ),
    case(
        "s3",
        "get_bucket_location",
        "GetBucketLocation",
        r#"{"Bucket": "b"}"#,
        r#"{"LocationConstraint": "eu-west-1"}"#,
    ),
    error(
        "s3",
        "get_object",
        "GetObject",
        r#"{"Bucket": "b", "Key": "missing"}"#,
        ("NoSuchKey", "no key"),
        r#"{"error": {"Error": {"Code": "NoSuchKey", "Message": "no key", "Resource": "/r"}}, "class": "NoSuchKey", "status": 404, "request_id": "id-1"}"#,
    ),
    error(
        "s3",
        "head_object",
        "HeadObject",
        r#"{"Bucket": "b", "Key": "missing"}"#,
        ("NoSuchKey", "no key"),
        r#"{"error": {"Error": {"Code": "404", "Message": "Not Found"}}, "class": "ClientError", "status": 404, "request_id": "id-1"}"#,
    ),
    case(
        "route53",
        "change_resource_record_sets",
        "ChangeResourceRecordSets",
        r#"{"HostedZoneId": "Z1", "ChangeBatch": {"Comment": "c", "Changes": [{"Action": "UPSERT", "ResourceRecordSet": {"Name": "a.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "1.2.3.4"}, {"Value": "\"<\""}]}}]}}"#,
        r#"{"ChangeInfo": {"Id": "/change/C", "Status": "PENDING", "SubmittedAt": "2024-05-06T07:08:09+00:00"}}"#,
    ),
    // smithy-rpc-v2-cbor
    case(
        "partnercentral-revenue-measurement",
        "get_revenue_attribution",
        "GetRevenueAttribution",
        r#"{"Catalog": "AWS", "Identifier": "ra-1"}"#,
        r#"{"Catalog": "AWS", "Name": "n", "CreatedDate": "2024-05-06T07:08:09.250000+00:00"}"#,
    ),
    error(
        "partnercentral-revenue-measurement",
        "get_revenue_attribution",
        "GetRevenueAttribution",
        r#"{"Catalog": "AWS", "Identifier": "ra-2"}"#,
        ("ResourceNotFoundException", "none"),
        r#"{"error": {"Error": {"Message": "none", "Code": "ResourceNotFoundException"}, "Message": "none"}, "class": "ResourceNotFoundException", "status": 404, "request_id": "id-1"}"#,
    ),
    // Streams of events: rest-xml, rest-json, json.
    Case {
        service: "s3",
        method: "select_object_content",
        operation: "SelectObjectContent",
        params: r#"{"Bucket": "b", "Key": "k", "Expression": "SELECT 1", "ExpressionType": "SQL", "InputSerialization": {"CSV": {}}, "OutputSerialization": {"JSON": {"RecordDelimiter": "\n"}}}"#,
        answers: Answers::Events(
            "{}",
            &[
                r#"{"Records": {"Payload": "row"}}"#,
                r#"{"Stats": {"Details": {"BytesScanned": 3}}}"#,
                r#"{"End": {}}"#,
            ],
        ),
        has: r#"{"Payload": [{"Records": {"Payload": "row"}}, {"Stats": {"Details": {"BytesScanned": 3}}}, {"End": {}}]}"#,
    },
    Case {
        service: "bedrock-runtime",
        method: "converse_stream",
        operation: "ConverseStream",
        params: r#"{"modelId": "m:1", "messages": [{"role": "user", "content": [{"text": "hi"}]}]}"#,
        answers: Answers::Events(
            "{}",
            &[
                r#"{"messageStart": {"role": "assistant"}}"#,
                r#"{"contentBlockDelta": {"delta": {"text": "é"}, "contentBlockIndex": 0}}"#,
            ],
        ),
        has: r#"{"stream": [{"messageStart": {"role": "assistant"}}, {"contentBlockDelta": {"delta": {"text": "é"}, "contentBlockIndex": 0}}]}"#,
    },
    Case {
        service: "kinesis",
        method: "subscribe_to_shard",
        operation: "SubscribeToShard",
        params: r#"{"ConsumerARN": "arn:aws:kinesis:eu-west-1:1:stream/s/consumer/c:1", "ShardId": "shard-1", "StartingPosition": {"Type": "LATEST"}}"#,
        answers: Answers::Events(
            "{}",
            &[
                r#"{"SubscribeToShardEvent": {"Records": [{"SequenceNumber": "1", "Data": "raw", "PartitionKey": "p"}], "ContinuationSequenceNumber": "2", "MillisBehindLatest": 0}}"#,
            ],
        ),
        has: r#"{"EventStream": [{"SubscribeToShardEvent": {"Records": [{"SequenceNumber": "1", "Data": "raw", "PartitionKey": "p"}], "ContinuationSequenceNumber": "2", "MillisBehindLatest": 0}}]}"#,
    },
];

const ANSWER: Answer<'_> = Answer {
    request_id: "id-1",
    host_id: None,
};

#[test]
fn boto3_is_understood_and_understands() {
    let seen = Arc::new(Mutex::new(vec![String::new(); CASES.len() + 1]));
    let log = Arc::clone(&seen);
    let directory = Directory::new(awl_catalog::store());
    let server = Server::start(move |_, request| {
        let number = request.header("x-case").and_then(|text| text.parse().ok());
        let number = number.unwrap_or(CASES.len());
        let (line, response) = serve(&directory, CASES.get(number), request);
        log.lock().unwrap()[number] = line;
        to_http(&response)
    });
    let cases = CASES.iter().map(|case| {
        let mut map = Map::new();
        map.push("service", Value::from(case.service));
        map.push("method", Value::from(case.method));
        map.push("params", json::parse(case.params).unwrap());
        Value::Map(map)
    });
    let job = Map::from_iter([
        ("endpoint".into(), Value::from(server.endpoint())),
        ("cases".into(), Value::List(cases.collect())),
    ]);
    let mut client = Command::new(awl_test::peers().join("python"))
        .args(["-c", CLIENT])
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_CONFIG_FILE", "/nowhere")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let job = json::to_string(&Value::Map(job));
    let mut input = client.stdin.take().unwrap();
    input.write_all(job.as_bytes()).unwrap();
    drop(input);
    let output = client.wait_with_output().unwrap();
    let results = json::parse(&String::from_utf8(output.stdout).unwrap()).unwrap();
    let seen = seen.lock().unwrap();
    let mut failures = Vec::new();
    for (number, case) in CASES.iter().enumerate() {
        let told = json::parse(case.params).unwrap();
        let expected = format!("{} {}", case.operation, json::to_string(&plain(&told)));
        let read = &seen[number];
        if *read != expected {
            failures.push(format!("read: {read}\n  told: {expected}"));
        }
        let mut result = results.as_list().unwrap()[number].clone();
        let has = match case.answers {
            Answers::Error(..) => Some(result.clone()),
            _ => result.as_map_mut().unwrap().remove("output"),
        };
        if has != Some(json::parse(case.has).unwrap()) {
            let result = &results.as_list().unwrap()[number];
            let result = json::to_string(result);
            failures.push(format!(
                "{}: has: {result}\n  not: {}",
                case.operation, case.has
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Answers a request, and says what was read of it.
fn serve(directory: &Directory, case: Option<&Case>, request: &Request) -> (String, Response) {
    let headers: Headers = request
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value))
        .collect();
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((&request.target, ""));
    let mut incoming = Incoming {
        method: &request.method,
        path,
        query,
        headers: &headers,
        body: &request.body,
    };
    let recipient = Recipient::guess(&incoming, None);
    let refused = |message: String| {
        let failure = Failure::new("Refused", message.clone());
        (message, serialize_error(recipient, &failure, ANSWER))
    };
    let (signing_name, body) = match verify(path, query, request) {
        Ok(verified) => verified,
        Err(message) => return refused(message),
    };
    incoming.body = &body;
    let route = match directory.route(&incoming, Hint::signed_for(&signing_name)) {
        Ok(route) => route,
        Err(error) => return refused(format!("{error} {}", request.target)),
    };
    let input = match parse_request(&route, &incoming) {
        Ok(input) => input,
        Err(error) => return refused(error.to_string()),
    };
    let line = format!(
        "{} {}",
        route.operation.name(),
        json::to_string(&in_order(&plain(&Value::Map(input)), case))
    );
    (line, respond(&route, case))
}

/// Checks the signature, and takes chunks apart; the signing name and the body.
fn verify(path: &str, query: &str, request: &Request) -> Result<(String, Vec<u8>), String> {
    let received = Received {
        method: &request.method,
        path,
        query,
        headers: &request.headers,
    };
    let credentials = Credentials::new("AKIDEXAMPLE", "secret", Some("token".to_owned()));
    let presented = Presented::find(&received).map_err(|error| error.to_string())?;
    let mut hasher = PayloadHasher::new();
    hasher.update(&request.body);
    let announced = request.header("x-amz-content-sha256").unwrap_or_default();
    let now = SigningTime::from(std::time::SystemTime::now());
    presented
        .verify(&received, &credentials, Some(&hasher.finish()), now)
        .map_err(|error| error.to_string())?;
    let decoder = ChunkDecoder::announced(announced, &presented, &credentials);
    let Some(mut decoder) = decoder.map_err(|error| error.to_string())? else {
        return Ok((presented.signing_name, request.body.clone()));
    };
    let mut body = Vec::new();
    decoder
        .push(&request.body, &mut body)
        .map_err(|error| error.to_string())?;
    let trailers = decoder.finish().map_err(|error| error.to_string())?;
    assert!(!trailers.is_empty(), "boto3 sends a checksum");
    Ok((presented.signing_name, body))
}

fn respond(route: &Route, case: Option<&Case>) -> Response {
    let parse = |text: &str| match json::parse(text) {
        Ok(Value::Map(map)) => map,
        other => panic!("{other:?}"),
    };
    let (operation, protocol) = (route.operation, route.protocol);
    match case.map(|case| case.answers) {
        Some(Answers::Output(output)) => serialize_response(route, &parse(output), ANSWER).unwrap(),
        Some(Answers::Events(output, events)) => {
            let mut response = serialize_response(route, &parse(output), ANSWER).unwrap();
            let mut bytes = Vec::new();
            if let Body::Events(_, initial) = &response.body
                && !protocol.is_rest()
            {
                bytes.extend(encode_initial_response(protocol, initial.clone()).encode());
            }
            for event in events {
                let frame = encode_response_event(operation, protocol, &parse(event)).unwrap();
                bytes.extend(frame.encode());
            }
            response.body = Body::Bytes(bytes);
            response
        }
        Some(Answers::Error(code, message)) => {
            let mut failure = Failure::named(operation, code, message);
            if operation.service().name() == "s3" {
                failure = failure.with_detail("Resource", "/r");
            }
            let _ = encode_failure(operation, protocol, &failure);
            serialize_error(route, &failure, ANSWER)
        }
        None => serialize_error(route, &Failure::new("Unexpected", "more"), ANSWER),
    }
}

fn to_http(response: &Response) -> awl_test::Answer {
    let Body::Bytes(body) = &response.body else {
        panic!("{:?}", response.body);
    };
    let mut answer = awl_test::Answer::new(response.status, body.clone());
    for (name, value) in &response.headers {
        // The server counts for itself.
        if !name.eq_ignore_ascii_case("content-length") {
            answer = answer.header(name, value);
        }
    }
    answer
}

/// Values as JSON can have them: bytes as text, times as ISO 8601.
fn plain(value: &Value) -> Value {
    match value {
        Value::Blob(bytes) => Value::String(String::from_utf8_lossy(bytes).into_owned()),
        Value::Timestamp(time) => Value::String(time.isoformat(0).replace("+00:00", "Z")),
        Value::List(items) => Value::List(items.iter().map(plain).collect()),
        Value::Map(map) => match map.get("$bytes") {
            Some(text) => text.clone(),
            None => {
                let entries = map.iter();
                Value::Map(
                    entries
                        .map(|(key, item)| (key.to_owned().into(), plain(item)))
                        .collect(),
                )
            }
        },
        other => other.clone(),
    }
}

/// The parameters in the order in which the case has them, what it does not
/// have behind; boto3 adds some of its own to S3's.
fn in_order(input: &Value, case: Option<&Case>) -> Value {
    const ADDED: &[&str] = &[
        "EncodingType",
        "ChecksumMode",
        "ChecksumCRC32",
        "ContentLength",
        "ContentMD5",
        "ChecksumAlgorithm",
        "ClientToken",
        "ContentEncoding",
    ];
    let told = case
        .map(|case| json::parse(case.params).unwrap())
        .unwrap_or_default();
    ordered(input, &plain(&told), ADDED)
}

fn ordered(value: &Value, like: &Value, added: &[&str]) -> Value {
    match (value, like) {
        (Value::Map(map), Value::Map(order)) => {
            let mut result = Map::new();
            for (key, like) in order.iter() {
                if let Some(item) = map.get(key) {
                    result.push(key.to_owned(), ordered(item, like, &[]));
                }
            }
            for (key, item) in map.iter() {
                if !order.contains_key(key) && !added.contains(&key) {
                    result.push(key.to_owned(), item.clone());
                }
            }
            Value::Map(result)
        }
        (Value::List(items), Value::List(likes)) if items.len() == likes.len() => {
            let pairs = items.iter().zip(likes);
            Value::List(pairs.map(|(item, like)| ordered(item, like, &[])).collect())
        }
        _ => value.clone(),
    }
}
