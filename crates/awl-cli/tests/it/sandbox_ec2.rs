//! EC2 of the sandbox, with awl, the AWS CLI and boto3 as its clients.

use std::io::{BufRead as _, BufReader};

use awl_value::{Value, json};

use super::sandbox_support::Running;
use super::support::TestPlace;

/// Runs a program of boto3, which says that it came to its end.
fn python(script: &str) {
    let sandbox = Running::start();
    let output = sandbox.peer("python", &["-c", script]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert_eq!(stdout, "done\n", "{stderr}");
}

#[test]
fn boto3_launches_looks_at_and_ends_instances() {
    python(include_str!("../data/sandbox-ec2/instances.py"));
}

#[test]
fn boto3_makes_keys_networks_volumes_images_and_addresses() {
    python(include_str!("../data/sandbox-ec2/networks.py"));
}

#[test]
fn policies_decide_what_is_launched_passed_on_and_tagged() {
    python(include_str!("../data/sandbox-ec2/permissions.py"));
}

fn texts(value: &Value, query: &str) -> Vec<String> {
    let query = awl_value::jmespath::Expression::compile(query).unwrap();
    let found = query.search(value).unwrap();
    let found = found.as_list().unwrap().iter();
    found.map(|own| own.as_str().unwrap().to_owned()).collect()
}

const AMAZON_LINUX: &str = "ec2 describe-images --owners amazon --filters \
    Name=name,Values=al2023-*-x86_64 --query Images[].ImageId --profile sandbox";

/// The id of the image of Amazon Linux.
fn image(sandbox: &Running) -> String {
    let found = sandbox.awl(AMAZON_LINUX).unwrap();
    texts(&found, "[]").remove(0)
}

#[test]
fn the_aws_cli_sees_what_awl_sees() {
    let sandbox = Running::start();
    let image = image(&sandbox);
    // Version 1 writes times otherwise.
    let is_same = awl_test::has_aws_cli_v2();
    let aws = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        let output = match is_same {
            true => sandbox.peer(awl_test::aws_cli_v2().to_str().unwrap(), &words),
            false => sandbox.peer("python", &[&["-m", "awscli"], &*words].concat()),
        };
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        match output.status.success() {
            true => Ok(text(output.stdout)),
            false => Err(text(output.stderr)),
        }
    };
    let run = format!("ec2 run-instances --image-id {image} --instance-type t4g.nano");
    let error = aws(&run).unwrap_err();
    assert!(error.contains("(InvalidParameterValue)"), "{error}");
    let run = run.replace("t4g", "t3");
    let error = aws(&format!("{run} --dry-run")).unwrap_err();
    assert!(
        error.contains(
            "An error occurred (DryRunOperation) when calling the RunInstances operation: Request \
             would have succeeded, but DryRun flag is set."
        ),
        "{error}"
    );
    let launched = aws(&format!(
        "{run} --count 3 --user-data hello --tag-specifications \
         ResourceType=instance,Tags=[{{Key=Name,Value=web}}]"
    ));
    let launched = json::parse(&launched.unwrap()).unwrap();
    let ids = texts(&launched, "Instances[].InstanceId");
    assert_eq!(ids.len(), 3);
    // Until they run, which takes a second of the sandbox's.
    let running = "ec2 describe-instances --filters Name=instance-state-name,Values=running \
                   Name=tag:Name,Values=w* --query Reservations[].Instances[].InstanceId";
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while json::parse(&aws(running).unwrap())
        .unwrap()
        .as_list()
        .unwrap()
        .len()
        < 3
    {
        assert!(std::time::Instant::now() < deadline, "they do not run");
    }
    for line in [
        "ec2 describe-instances",
        "ec2 describe-instances --max-items 1",
        "ec2 describe-instance-status",
        "ec2 describe-vpcs",
        "ec2 describe-subnets",
        "ec2 describe-security-groups",
        "ec2 describe-route-tables",
        "ec2 describe-volumes",
        "ec2 describe-tags",
        "ec2 describe-images --output text",
        "ec2 describe-instance-types --output text",
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        let own = sandbox
            .place
            .start(&[&words[..], &["--profile", "sandbox"]].concat());
        let own = own.wait_with_output().unwrap();
        let own = String::from_utf8(own.stdout).unwrap();
        let theirs = aws(line).unwrap();
        assert!(!is_same || own == theirs, "{line}: {own}\n{theirs}");
    }
    // Who may not is told why, in a message that can be opened.
    let user = "iam create-user --user-name kim";
    aws(user).unwrap();
    let key = json::parse(&aws("iam create-access-key --user-name kim").unwrap()).unwrap();
    let word = |name| {
        key.get("AccessKey")
            .unwrap()
            .get(name)
            .unwrap()
            .as_str()
            .unwrap()
    };
    for (name, value) in [
        ("aws_access_key_id", word("AccessKeyId")),
        ("aws_secret_access_key", word("SecretAccessKey")),
        ("region", "us-east-1"),
        ("endpoint_url", &sandbox.endpoint),
    ] {
        aws(&format!("configure set profile.kim.{name} {value}")).unwrap();
    }
    let error = aws(&format!("{run} --profile kim")).unwrap_err();
    assert!(error.contains("(UnauthorizedOperation)"), "{error}");
    let encoded = error.split("failure message: ").nth(1).unwrap();
    let encoded = encoded.split_whitespace().next().unwrap();
    let decoded = aws(&format!(
        "sts decode-authorization-message --query DecodedMessage --output text --encoded-message {encoded}"
    ));
    let decoded = json::parse(&decoded.unwrap()).unwrap();
    let context = decoded.get("context").unwrap();
    let resource = context.get("resource").unwrap().as_str().unwrap();
    assert_eq!(resource, "arn:aws:ec2:us-east-1:123456789012:instance/*");
}

#[test]
fn a_password_opens_with_the_key_that_was_given_out() {
    let sandbox = Running::start();
    let key = sandbox
        .awl("ec2 create-key-pair --key-name k --profile sandbox")
        .unwrap();
    let file = sandbox.place.folder().join("k.pem");
    let material = key.get("KeyMaterial").unwrap().as_str().unwrap();
    std::fs::write(&file, material).unwrap();
    let found = sandbox.awl(&AMAZON_LINUX.replace("al2023-*-x86_64", "Windows_Server-2025-*"));
    let image = texts(&found.unwrap(), "[]").remove(0);
    let run = format!(
        "ec2 run-instances --image-id {image} --instance-type t3.small --key-name k --profile sandbox"
    );
    let id = texts(&sandbox.awl(&run).unwrap(), "Instances[].InstanceId").remove(0);
    let password = sandbox
        .awl(&format!(
            "ec2 get-password-data --instance-id {id} --priv-launch-key {} --profile sandbox",
            file.display()
        ))
        .unwrap();
    let password = password.get("PasswordData").unwrap().as_str().unwrap();
    assert_eq!(password.len(), 32, "{password}");
}

#[test]
fn instances_outlive_the_process() {
    let place = TestPlace::new().program("awl").without("AWS_ACCESS_KEY_ID");
    let start = || {
        let mut child = place.start(&["sandbox", "start", "--port", "0"]);
        let mut line = String::new();
        let output = child.stdout.as_mut().unwrap();
        BufReader::new(output).read_line(&mut line).unwrap();
        child
    };
    let say = |line: &str| {
        let child = place.start(&line.split(' ').collect::<Vec<_>>());
        let output = child.wait_with_output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{error}");
        String::from_utf8(output.stdout).unwrap()
    };
    let mut child = start();
    let image = say(&format!("{AMAZON_LINUX} --output text"));
    say(&format!(
        "ec2 run-instances --image-id {} --instance-type t3.nano --user-data secret --profile \
         sandbox",
        image.trim()
    ));
    let what = "--query Reservations[].Instances[].[InstanceId,NetworkInterfaces,\
                BlockDeviceMappings,MetadataOptions.HttpTokens,LaunchTime] --profile sandbox";
    let what = format!("ec2 describe-instances {what}");
    // The attachment is there once it runs.
    let mut before = say(&what);
    while before.contains("attaching") {
        before = say(&what);
    }
    let images = say("ec2 describe-images --profile sandbox");
    // Without a chance to write anything.
    child.kill().unwrap();
    child.wait().unwrap();
    let mut child = start();
    assert_eq!(say(&what), before);
    assert_eq!(say("ec2 describe-images --profile sandbox"), images);
    child.kill().unwrap();
    child.wait().unwrap();
}
