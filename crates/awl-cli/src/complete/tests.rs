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
    names(super::complete(&host, line, None, super::Wanted::default()))
}

fn names(found: Vec<super::Candidate>) -> Vec<String> {
    found.into_iter().map(|found| found.text).collect()
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
    check("aws s3 ", &["ls", "website", "rm", "mb", "rb", "presign"]);
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
    check("aws sqs list-queues --pre", &["--presign"]);
    check("aws sqs list-queues --exp", &["--expires-in"]);
    check("aws sqs list-queues --dry", &["--dry-run"]);
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
    let wanted = super::Wanted::default();
    let of = |point| names(super::complete(&host, "aws s3ap list", Some(point), wanted));
    assert_eq!(of(8), ["s3api"]);
    assert!(of(100).is_empty());
    assert!(super::complete(&host, "", None, wanted).is_empty());
}

#[test]
fn shorthand_is_completed() {
    let run = "aws ec2 run-instances";
    check(
        "aws ec2 describe-instances --filters ",
        &["Name=", "Values=["],
    );
    check("aws ec2 describe-instances --filters N", &["Name="]);
    check(
        "aws ec2 describe-instances --filters Name=a,",
        &["Name=a,Values=["],
    );
    check(
        "aws ec2 describe-instances --filters Name=a,Values=b Val",
        &["Values=["],
    );
    check(
        &format!("{run} --placement Tenancy=d"),
        &["Tenancy=default", "Tenancy=dedicated"],
    );
    let mapping = format!("{run} --block-device-mappings DeviceName=x,Ebs={{VolumeType=gp2,De");
    check(
        &mapping,
        &["DeviceName=x,Ebs={VolumeType=gp2,DeleteOnTermination="],
    );
    check(
        &format!("{run} --block-device-mappings Ebs={{DeleteOnTermination="),
        &[
            "Ebs={DeleteOnTermination=true",
            "Ebs={DeleteOnTermination=false",
        ],
    );
    check(
        &format!("{run} --tag-specifications ResourceType=instance,Tags=[{{Key=a,Value=b}},{{V"),
        &["ResourceType=instance,Tags=[{Key=a,Value=b},{Value="],
    );
    // What the shell will take away stays.
    check("aws ec2 describe-instances --filters 'Na", &["'Name="]);
    check("aws ec2 describe-instances --filters {\"Na", &[]);
    check("aws ec2 describe-instances --filters Nothing=", &[]);
    check(
        "aws dynamodb scan --expression-attribute-values :a={",
        &[
            ":a={S=",
            ":a={N=",
            ":a={B=",
            ":a={SS=[",
            ":a={NS=[",
            ":a={BS=[",
            ":a={M={",
            ":a={L=[",
            ":a={NULL=",
            ":a={BOOL=",
        ],
    );
}

#[test]
fn queries_are_completed() {
    let of = |query: &str| {
        let line = format!("aws ec2 describe-instances --query {query}");
        candidates(&line)
    };
    assert_eq!(of(""), ["NextToken", "Reservations"]);
    assert_eq!(of("Res"), ["Reservations"]);
    for before in [
        "Reservations[].Instances[].",
        "Reservations[0].Instances[*].",
        "Reservations[].Instances[].[InstanceId,",
        "Reservations[].Instances[?State.Name=='running'].",
        "Reservations[].Instances[?",
        "Reservations[].Instances[]|[0].",
        "Reservations[].Instances[].{Id:InstanceId,Is:",
        "sort_by(Reservations[].Instances[],&",
        "length(Reservations[].Instances[?EbsOptimized&&",
    ] {
        assert_eq!(
            of(&format!("{before}PublicD")),
            [format!("{before}PublicDnsName")]
        );
    }
    assert_eq!(
        of("Reservations[].Instances[].State."),
        [
            "Reservations[].Instances[].State.Code",
            "Reservations[].Instances[].State.Name"
        ]
    );
    // A list has no names, nor has a key that the user makes up.
    for nothing in [
        "Reservations.",
        "Reservations[].Instances[].{",
        "Reservations[].Instances[]",
        "Nothing.",
        "'lit",
        "a)",
    ] {
        assert!(of(nothing).is_empty(), "{nothing}");
    }
}

#[test]
fn the_users_names_are_completed() {
    let aliases = b"[toplevel]\nmyself = sts get-caller-identity\nlist = ec2 \\\n  describe-instances\nshell = !echo\n[command ec2]\nmine = describe-instances --owner\n";
    let host = TestHost::default()
        .with_variable("HOME", "/home")
        .with_file("/home/.aws/cli/alias", aliases);
    let host: Arc<dyn Host> = Arc::new(host);
    let of = |line: &str| names(super::complete(&host, line, None, super::Wanted::default()));
    assert_eq!(of("aws mys"), ["myself"]);
    assert_eq!(of("aws ec2 min"), ["mine"]);
    assert_eq!(of("aws myself --que"), ["--query"]);
    assert!(of("aws shell --que").is_empty());
}

#[test]
fn the_closest_options_come_with_what_they_are_for() {
    let host: Arc<dyn Host> = Arc::new(TestHost::default());
    let wanted = super::Wanted {
        fuzzy: true,
        help: true,
        remote: false,
    };
    let of = |line: &str| super::complete(&host, line, None, wanted);
    let found = of("aws lambda invoke --fnam");
    assert_eq!(found[0].text, "--function-name");
    assert!(found[0].required);
    assert_eq!(found[0].type_name, "string");
    assert!(
        found[0].help.starts_with("The name or ARN of the"),
        "{:?}",
        found[0]
    );
    let found = of("aws dynamo");
    assert_eq!(found[0].help, "Amazon DynamoDB");
    let found = of("aws ec2 describe-instances --filters Nam");
    assert_eq!(found[0].text, "Name=");
    assert!(
        found[0].help.starts_with("The name of the filter."),
        "{:?}",
        found[0]
    );
    assert!(!of("aws sts get-caller-identity --regi")[0].help.is_empty());
    assert!(!of("aws configure get --")[0].help.is_empty());
}
