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
