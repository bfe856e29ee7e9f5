//! What the words after the operation come to. Requests are printed, not
//! sent; texts of errors are those of AWS CLI 2.36.7.

use awl_value::{Value, json};
use insta::assert_snapshot;

use crate::support::TestPlace;

/// The body of the request that a line comes to.
fn body(place: &TestPlace, words: &[&str]) -> String {
    let mut all = words.to_vec();
    all.extend(["--print-request", "--no-sign-request"]);
    let output = place.run(&all);
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
}

#[test]
fn scalars() {
    let place = TestPlace::new();
    assert_eq!(
        body(
            &place,
            &[
                "kinesis",
                "get-records",
                "--shard-iterator",
                "-x",
                "--limit",
                " 1_0 "
            ]
        ),
        r#"{"ShardIterator": "-x", "Limit": 10}"#
    );
    assert_eq!(
        body(
            &place,
            &[
                "dynamodb",
                "scan",
                "--table-name",
                "t",
                "--consistent-read",
                "--no-consistent-read"
            ]
        ),
        r#"{"TableName": "t", "ConsistentRead": false}"#
    );
    assert_eq!(
        body(
            &place,
            &[
                "ec2",
                "describe-volumes",
                "--no-dry-run",
                "--volume-ids",
                "a",
                "b"
            ]
        ),
        "Action=DescribeVolumes&Version=2016-11-15&VolumeId.1=a&VolumeId.2=b&DryRun=false"
    );
}

#[test]
fn numbers_that_are_none() {
    let place = TestPlace::new();
    assert_snapshot!(place.line("kinesis get-records --shard-iterator x --limit ten"), @r#"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: invalid literal for int() with base 10: 'ten'
    "#);
    let output = place.line("sqs get-queue-url --queue-name x --nothing=1");
    assert!(output.contains("Unknown options: --nothing=1"));
}

#[test]
fn structures_in_shorthand_and_json() {
    let place = TestPlace::new();
    for filter in [
        "Name=a,Values=b,c",
        "Name=a,Values=[b,c]",
        r#"[{"Name":"a","Values":["b","c"]}]"#,
        r#"{"Name":"a","Values":["b","c"]}"#,
    ] {
        assert_eq!(
            body(&place, &["ec2", "describe-instances", "--filters", filter]),
            "Action=DescribeInstances&Version=2016-11-15&Filter.1.Name=a&Filter.1.Value.1=b\
             &Filter.1.Value.2=c"
        );
    }
    assert_eq!(
        body(
            &place,
            &[
                "ec2",
                "modify-instance-attribute",
                "--instance-id",
                "i",
                "--ebs-optimized"
            ]
        ),
        "Action=ModifyInstanceAttribute&Version=2016-11-15&InstanceId=i&EbsOptimized.Value=true"
    );
    assert_eq!(
        body(
            &place,
            &[
                "ec2",
                "modify-instance-attribute",
                "--instance-id",
                "i",
                "--no-ebs-optimized"
            ]
        ),
        "Action=ModifyInstanceAttribute&Version=2016-11-15&InstanceId=i&EbsOptimized.Value=false"
    );
    assert_eq!(
        body(
            &place,
            &[
                "ec2",
                "modify-instance-attribute",
                "--instance-id",
                "i",
                "--instance-type",
                "m5.large"
            ]
        ),
        "Action=ModifyInstanceAttribute&Version=2016-11-15&InstanceId=i&InstanceType.Value=m5.large"
    );
    assert_eq!(
        body(
            &place,
            &[
                "elb",
                "describe-instance-health",
                "--load-balancer-name",
                "l",
                "--instances",
                "a",
                "b"
            ]
        ),
        "Action=DescribeInstanceHealth&Version=2012-06-01&LoadBalancerName=l\
         &Instances.member.1.InstanceId=a&Instances.member.2.InstanceId=b"
    );
}

#[test]
fn structures_that_are_none() {
    let place = TestPlace::new();
    assert_snapshot!(place.run(&["ec2", "describe-instances", "--filters", "Name=a,b"]), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): Parameter validation failed:
    Invalid type for parameter Filters[0].Name, value: ['a', 'b'], type: <class 'list'>, valid types: <class 'str'>
    "#);
    assert_snapshot!(place.run(&["ec2", "describe-instances", "--filters", r#"{"Name":"#]), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): Error parsing parameter '--filters': Invalid JSON: Expecting value: line 1 column 9 (char 8)
    JSON received: {"Name":
    "#);
    assert_snapshot!(place.run(&["dynamodb", "get-item", "--table-name", "t", "--key", "a=b=\"c"]), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): Error parsing parameter '--key': Expected: ',', received: '"' for input:
     a=b="c
        ^
    "#);
    assert_snapshot!(place.run(&["ec2", "modify-instance-attribute", "--instance-id", "i", "--ebs-optimized", "--no-ebs-optimized"]), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): Cannot specify both the "--ebs-optimized" option and the "--no-ebs-optimized" option.
    "#);
}

#[test]
fn renamed_arguments() {
    let place = TestPlace::new();
    assert_eq!(
        body(
            &place,
            &[
                "ec2",
                "create-image",
                "--instance-id",
                "i",
                "--name",
                "image",
                "--reboot"
            ]
        ),
        "Action=CreateImage&Version=2016-11-15&InstanceId=i&Name=image&NoReboot=false"
    );
    assert_eq!(
        body(
            &place,
            &[
                "swf",
                "register-workflow-type",
                "--domain",
                "d",
                "--name",
                "n",
                "--workflow-version",
                "1"
            ]
        ),
        r#"{"domain": "d", "name": "n", "version": "1"}"#
    );
}

#[test]
fn values_from_files() {
    let place = TestPlace::new()
        .variable("SUB", "folder")
        .file("folder/key.json", r#"{"a": {"S": "b"}}"#)
        .file("home/name.txt", "table\r\n")
        .file("binary", [0xff, 0xfe]);
    assert_eq!(
        body(
            &place,
            &[
                "dynamodb",
                "get-item",
                "--table-name",
                "file://~/name.txt",
                "--key",
                "file://$SUB/key.json"
            ]
        ),
        r#"{"TableName": "table\n", "Key": {"a": {"S": "b"}}}"#
    );
    assert_eq!(
        body(
            &place,
            &[
                "kms",
                "encrypt",
                "--key-id",
                "k",
                "--plaintext",
                "fileb://binary"
            ]
        ),
        r#"{"KeyId": "k", "Plaintext": "//4="}"#
    );
    assert_snapshot!(place.line("kms encrypt --key-id k --plaintext fileb://nowhere"), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): Error parsing parameter '--plaintext': Unable to load paramfile fileb://nowhere: [Errno 2] No such file or directory: 'nowhere'
    "#);
    assert_snapshot!(place.line("kms encrypt --key-id file://binary --plaintext x"), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): Error parsing parameter '--key-id': Unable to load paramfile (binary), text contents could not be decoded.  If this is a binary file, please use the fileb:// prefix instead of the file:// prefix.
    "#);
}

#[test]
fn blobs() {
    let place = TestPlace::new();
    let words = ["kms", "encrypt", "--key-id", "k", "--plaintext", "aGk="];
    assert_eq!(
        body(&place, &words),
        r#"{"KeyId": "k", "Plaintext": "aGk="}"#
    );
    let mut raw = words.to_vec();
    raw.extend(["--cli-binary-format", "raw-in-base64-out"]);
    assert_eq!(
        body(&place, &raw),
        r#"{"KeyId": "k", "Plaintext": "YUdrPQ=="}"#
    );
    assert_snapshot!(place.line("kms encrypt --key-id k --plaintext hello"), @r#"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: Invalid base64: "hello"
    "#);
    let place = place.file(
        "home/.aws/config",
        "[default]\ncli_binary_format = raw-in-base64-out\n",
    );
    assert_eq!(
        body(&place, &words),
        r#"{"KeyId": "k", "Plaintext": "YUdrPQ=="}"#
    );
}

#[test]
fn a_streamed_body_is_a_file() {
    let place = TestPlace::new().file("archive.zip", "zip");
    assert_eq!(
        body(
            &place,
            &[
                "glacier",
                "upload-archive",
                "--account-id",
                "-",
                "--vault-name",
                "v",
                "--body",
                "archive.zip"
            ]
        ),
        "zip"
    );
    assert_snapshot!(place.line("glacier upload-archive --account-id - --vault-name v --body nowhere"), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): Error parsing parameter '--body': Blob values must be a path to a file.
    "#);
}

#[test]
fn parameters_from_a_document() {
    let place = TestPlace::new().file("in.json", r#"{"KeyId": "k", "Plaintext": "aGk="}"#);
    assert_eq!(
        body(
            &place,
            &[
                "kms",
                "encrypt",
                "--cli-input-json",
                "file://in.json",
                "--key-id",
                "other"
            ]
        ),
        r#"{"KeyId": "other", "Plaintext": "aGk="}"#
    );
    assert_snapshot!(place.run(&["kms", "encrypt", "--cli-input-json", "[]"]), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): Error parsing parameter '--cli-input-json': Invalid type: expecting map, received <class 'list'>
    "#);
    assert_snapshot!(place.run(&["kms", "encrypt", "--cli-input-json", "x"]), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): Error parsing parameter 'cli-input-json': Invalid JSON received.
    "#);
    assert_snapshot!(place.run(&["kms", "encrypt", "--cli-input-json", "{}", "--cli-input-yaml", "a: b"]), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): Only one --cli-input- parameter may be specified.
    "#);
}
