//! What single services take beyond their models, what `--cli-input-yaml`
//! reads, and samples. Each line of the data is a command, what a server
//! answers it, and what has to come of it; all of it is what AWS CLI 2.36.7
//! does.

use std::os::unix::fs::PermissionsExt as _;

use awl_value::{Map, Value, json};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use insta::assert_snapshot;

use crate::support::{TestPlace, TestServer};

/// An archive of one file.
const ARCHIVE: &str = "UEsDBBQAAAAAAAAAIQCGphA2BQAAAAUAAAAFAAAAYS50eHRoZWxsb1BLAQIUAxQAAAAAAAAAIQCGphA2BQAAAAUAAAAFAAAAAAAAAAAAAACAAQAAAABhLnR4dFBLBQYAAAAAAQABADMAAAAoAAAAAAA=";

const YAML: &str = "# a queue\nQueueName: abc  # comment\nAttributes:\n  <<: &x {VisibilityTimeout: \
                    \"1\"}\n  DelaySeconds: \"2\"\ntags: {\"k\": v}\n";

#[test]
fn services_take_what_they_take_in_the_aws_cli() {
    let cases = include_str!("../data/customisations.jsonl");
    let mut failures = Vec::new();
    for line in cases.lines() {
        let case = json::parse(line).unwrap();
        let (found, expected) = (outcome(&case), expected(&case));
        if found != expected {
            let [found, expected] = [found, expected].map(|map| json::to_string(&map.into()));
            let words = json::to_string(case.get("words").unwrap());
            failures.push(format!(
                "{words}\n  found    {found}\n  expected {expected}"
            ));
        }
    }
    assert!(cases.lines().count() > 180);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// What a case says has to come of it.
fn expected(case: &Value) -> Map {
    let mut map = case.as_map().unwrap().clone();
    for name in ["words", "answer", "answer_base64", "headers", "no_endpoint"] {
        map.remove(name);
    }
    map
}

/// What comes of a case, in the same words.
fn outcome(case: &Value) -> Map {
    let body = match (text(case, "answer"), text(case, "answer_base64")) {
        (Some(text), _) => text.as_bytes().to_vec(),
        (None, Some(encoded)) => STANDARD.decode(encoded).unwrap(),
        (None, None) => b"{}".to_vec(),
    };
    let mut headers = match body.first() {
        Some(b'<') => "Content-Type: text/xml\r\n".to_owned(),
        _ => "Content-Type: application/json\r\n".to_owned(),
    };
    for (name, value) in case
        .get("headers")
        .and_then(Value::as_map)
        .into_iter()
        .flat_map(Map::iter)
    {
        headers += &format!("{name}: {}\r\n", value.as_str().unwrap());
    }
    let server = TestServer::with_bytes("200 OK", &headers, &body);
    let given = [
        ("x.zip", STANDARD.decode(ARCHIVE).unwrap()),
        ("bad.zip", b"nozip".to_vec()),
        ("text", b"abc\n".to_vec()),
        ("empty", Vec::new()),
        ("q.yaml", YAML.as_bytes().to_vec()),
    ];
    let place = given.iter().fold(TestPlace::new(), |place, (name, bytes)| {
        place.file(name, bytes)
    });
    let words = case.get("words").and_then(Value::as_list).unwrap();
    let mut words: Vec<&str> = words.iter().map(|word| word.as_str().unwrap()).collect();
    let url = server.url();
    if case.get("no_endpoint").is_none() {
        words.extend(["--endpoint-url", &url]);
    }
    let output = place.run(&words);
    let (exit, output) = output
        .strip_prefix("exit: ")
        .and_then(|rest| rest.split_once("\n----- stdout\n"))
        .unwrap();
    let (stdout, stderr) = output.split_once("----- stderr\n").unwrap();

    let mut outcome = Map::new();
    outcome.push("exit", Value::Int(exit.parse().unwrap()));
    let requests: Vec<Value> = server
        .requests()
        .iter()
        .map(|request| Value::from(without_chance(&request.replacen(" HTTP/1.1", "", 1))))
        .collect();
    if !requests.is_empty() {
        outcome.push("requests", Value::List(requests));
    }
    if !stdout.is_empty() {
        outcome.push("stdout", Value::from(stdout));
    }
    // The usage below a message is the same every time.
    let stderr = stderr.trim();
    let stderr = stderr.split("\n\nusage:").next().unwrap_or_default().trim();
    if !stderr.is_empty() {
        outcome.push("stderr", Value::from(stderr));
    }
    let files = made(&place, &given.map(|(name, _)| name));
    if !files.is_empty() {
        outcome.push("files", Value::Map(files));
    }
    outcome
}

fn text<'a>(case: &'a Value, name: &str) -> Option<&'a str> {
    case.get(name).and_then(Value::as_str)
}

/// The files that a command made, with their modes; bytes as if each were a
/// letter.
fn made(place: &TestPlace, given: &[&str]) -> Map {
    let mut files = Map::new();
    let mut entries: Vec<_> = std::fs::read_dir(place.folder())
        .unwrap()
        .map(|entry| entry.unwrap())
        .collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().into_string().unwrap();
        if matches!(&*name, "home" | "aws") || given.contains(&&*name) {
            continue;
        }
        let bytes = std::fs::read(entry.path()).unwrap();
        let content: String = bytes.iter().copied().map(char::from).collect();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        let facts = vec![Value::from(content), Value::from(format!("0o{mode:o}"))];
        files.push(name, Value::List(facts));
    }
    files
}

/// A request with a word for each identifier that is made by chance.
fn without_chance(request: &str) -> String {
    let mut text = String::new();
    let mut rest = request;
    while let Some(at) = rest
        .char_indices()
        .map(|(at, _)| at)
        .find(|at| is_uuid(&rest[*at..]))
    {
        text += &rest[..at];
        text += "UUID";
        rest = &rest[at + 36..];
    }
    text + rest
}

fn is_uuid(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 36
        && bytes[..36].iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase(),
        })
}

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
