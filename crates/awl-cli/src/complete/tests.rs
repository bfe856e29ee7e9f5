//! Lines and their candidates; those that the AWS CLI has were taken from its
//! completer.

use std::sync::Arc;

use awl_sdk::env::Host;

use crate::testing::TestHost;

fn candidates(line: &str) -> Vec<String> {
    let config = b"[profile work]\nregion=x\n[default]\n[profile world]\n";
    let host = TestHost::default()
        .with_variable("AWS_CONFIG_FILE", "/config")
        .with_file("/config", config);
    let host: Arc<dyn Host> = Arc::new(host);
    super::candidates(&host, line, None)
}

fn check(line: &str, expected: &[&str]) {
    assert_eq!(candidates(line), expected, "{line:?}");
}

#[test]
fn commands_are_completed() {
    check("aws s3ap", &["s3api"]);
    check(
        "aws s3",
        &[
            "s3control",
            "s3files",
            "s3outposts",
            "s3tables",
            "s3vectors",
            "s3api",
            "s3",
        ],
    );
    check("aws s3 ", &["ls", "website", "mb", "rb", "presign"]);
    check(
        "aws ec2 describe-vpc-endpoint-con",
        &[
            "describe-vpc-endpoint-connection-notifications",
            "describe-vpc-endpoint-connections",
        ],
    );
    check("aws ec2 wai", &["wait"]);
    check(
        "aws ec2 wait instance-s",
        &["instance-status-ok", "instance-stopped"],
    );
    check("aws nothing ", &[]);
    check("aws nothing desc", &[]);
}

#[test]
fn options_are_completed() {
    check("aws --out", &["--output"]);
    check(
        "aws ec2 describe-instances --in",
        &["--instance-ids", "--include-managed-resources"],
    );
    // What was given is not offered again.
    check(
        "aws ec2 describe-instances --instance-ids i-1 --in",
        &["--include-managed-resources"],
    );
    check("aws ec2 describe-instances --instance-ids i-1 ", &[]);
    check("aws s3 ls s3://a --rec", &["--recursive"]);
    check(
        "aws s3 ls --region x s3://a --pr",
        &["--profile", "--print-request"],
    );
    check("aws lambda invoke out", &["outfile"]);
}

#[test]
fn words_of_options_are_completed() {
    check("aws --output y", &["yaml", "yaml-stream"]);
    check("aws --output c", &["csv"]);
    check("aws --color ", &["on", "off", "auto"]);
    check("aws --profile wor", &["work", "world"]);
    check(
        "aws ec2 describe-instances --region us-w",
        &["us-west-1", "us-west-2"],
    );
    check("aws --region cn-", &["cn-north-1", "cn-northwest-1"]);
    check("aws ec2 run-instances --instance-type t1", &["t1.micro"]);
    check("aws s3api list-objects-v2 --encoding-type ", &["url"]);
    check(
        "aws ec2 run-instances --generate-cli-skeleton ",
        &["input", "yaml-input", "output"],
    );
    check("aws completion f", &["fish"]);
    check("aws s3 presign s3://b/k --method P", &["PUT"]);
}

#[test]
fn the_cursor_ends_the_line() {
    let host: Arc<dyn Host> = Arc::new(TestHost::default());
    let of = |point| super::candidates(&host, "aws s3ap list", Some(point));
    assert_eq!(of(8), ["s3api"]);
    assert!(of(100).is_empty());
    assert!(super::candidates(&host, "", None).is_empty());
}
