//! What single services take beyond their models, where chance stands in the
//! request, and samples. The rest is in `tests/data/parity/services.cases`.

use awl_value::{Value, json};
use insta::assert_snapshot;

use crate::support::TestPlace;

#[test]
fn distributions_and_invalidations_are_made_of_plain_words() {
    let place = TestPlace::new();
    let print = |line: &str| {
        let output = place.line(&format!("{line} --print-request --no-sign-request"));
        let text = output
            .strip_prefix("exit: 0\n----- stdout\n")
            .and_then(|rest| rest.strip_suffix("----- stderr\n"))
            .unwrap_or_else(|| panic!("{output}"));
        let request = json::parse(text).unwrap();
        request
            .get("body")
            .and_then(Value::as_str)
            .unwrap()
            .to_owned()
    };
    let body = print("cloudfront create-invalidation --distribution-id d --paths /a /b");
    assert!(
        body.contains("<Items><Path>/a</Path><Path>/b</Path></Items>"),
        "{body}"
    );
    assert!(body.contains("<CallerReference>cli-"), "{body}");
    let body = print("cloudfront create-distribution --origin-domain-name x.s3.amazonaws.com");
    assert!(body.contains("<S3OriginConfig>"), "{body}");
    let body = print("cloudfront create-distribution --origin-domain-name example.com");
    assert!(body.contains("<CustomOriginConfig>"), "{body}");
}

#[test]
fn samples_of_parameters() {
    let place = TestPlace::new();
    assert_snapshot!(place.line("sqs create-queue --generate-cli-skeleton"), @r#"
    exit: 0
    ----- stdout
    {
        "QueueName": "",
        "Attributes": {
            "KeyName": ""
        },
        "tags": {
            "KeyName": ""
        }
    }
    ----- stderr
    "#);
    assert_snapshot!(place.line("sqs create-queue --generate-cli-skeleton yaml-input"), @"
    exit: 0
    ----- stdout
    QueueName: ''  # [REQUIRED] The name of the new queue.
    Attributes: # A map of attributes with their corresponding values.
      KeyName: ''
    tags: # Add cost allocation tags to the specified Amazon SQS queue.
      KeyName: ''
    ----- stderr
    ");
    assert_snapshot!(place.line("kms encrypt --generate-cli-skeleton yaml-input"), @"
    exit: 0
    ----- stdout
    KeyId: ''  # [REQUIRED] Identifies the KMS key to use in the encryption operation.
    Plaintext: !!binary '' # [REQUIRED] Data to be encrypted.
    EncryptionContext: # Specifies the encryption context that will be used to encrypt the data.
      KeyName: ''
    GrantTokens: # A list of grant tokens.
    - ''
    EncryptionAlgorithm: SYMMETRIC_DEFAULT # Specifies the encryption algorithm that KMS will use to encrypt the plaintext message. Valid values are: SYMMETRIC_DEFAULT, RSAES_OAEP_SHA_1, RSAES_OAEP_SHA_256, SM2PKE.
    DryRun: true # Checks if your request will succeed.
    ----- stderr
    ");
    assert_snapshot!(place.line("sts get-caller-identity --generate-cli-skeleton yaml-input"), @"
    exit: 0
    ----- stdout
    {}
    ----- stderr
    ");
}

#[test]
fn samples_of_answers() {
    let place = TestPlace::new();
    let words = "ec2 describe-regions --generate-cli-skeleton output --output text";
    assert_snapshot!(place.line(words), @"
    exit: 0
    ----- stdout
    REGIONS	Endpoint	OptInStatus	RegionName
    GEOGRAPHY	Name
    ----- stderr
    ");
    // Parameters are checked as for a call, and the sample has to be an answer.
    let words = "sqs list-queues --max-items 1 --generate-cli-skeleton output";
    assert_snapshot!(place.line(words), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): Parameter validation failed:
    Unknown parameter in input: "PaginationConfig", must be one of: QueueNamePrefix, NextToken, MaxResults
    "#);
    assert_snapshot!(place.line("sts get-caller-identity --generate-cli-skeleton output"), @"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): Parameter validation failed:
    Invalid length for parameter Arn, value: 3, valid min length: 20
    ");
}

/// Compared with what botocore sends, but for the session token, which stays
/// here.
#[test]
fn calls_are_told_to_a_monitor() {
    let agent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    agent
        .set_read_timeout(Some(std::time::Duration::from_secs(10)))
        .unwrap();
    let server = awl_test::Server::start(|_, _| {
        awl_test::Answer::new(400, r#"{"__type": "X", "message": "no"}"#)
            .header("x-amzn-RequestId", "id")
    });
    let place = crate::support::TestPlace::new()
        .variable("AWS_ENDPOINT_URL", &server.endpoint())
        .variable("AWS_SESSION_TOKEN", "token")
        .variable("AWS_CSM_ENABLED", "true")
        .variable("AWS_CSM_CLIENT_ID", "me")
        .variable(
            "AWS_CSM_PORT",
            &agent.local_addr().unwrap().port().to_string(),
        );
    place.line("dynamodb list-tables");
    let events: Vec<awl_value::Value> = (0..2)
        .map(|_| {
            let mut bytes = [0; 9000];
            let length = agent.recv(&mut bytes).unwrap();
            awl_value::json::parse(std::str::from_utf8(&bytes[..length]).unwrap()).unwrap()
        })
        .collect();
    let names = |event: &awl_value::Value| {
        let names = event.as_map().unwrap().iter();
        names
            .map(|(name, _)| name.to_string())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(
        names(&events[0]),
        "Version ClientId Type Service Api Timestamp AttemptLatency Fqdn UserAgent AccessKey \
         Region HttpStatusCode XAmznRequestId AwsException AwsExceptionMessage"
    );
    assert_eq!(
        names(&events[1]),
        "Version ClientId Type Service Api Timestamp AttemptCount Region UserAgent \
         FinalHttpStatusCode FinalAwsException FinalAwsExceptionMessage Latency \
         MaxRetriesExceeded"
    );
    let text = |event: &awl_value::Value, name| {
        let value = event.get(name).and_then(awl_value::Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    for event in &events {
        assert_eq!(text(event, "Service"), "DynamoDB");
        assert_eq!(text(event, "Api"), "ListTables");
        assert_eq!(text(event, "ClientId"), "me");
    }
    assert_eq!(text(&events[0], "AccessKey"), "AKIDEXAMPLE");
    assert_eq!(text(&events[0], "AwsException"), "X");
}
