//! The sandbox's instances and tasks from within: unmodified clients find who they
//! are, and what their place is, as they would there.

use std::io::{Read as _, Write as _};

use super::sandbox_support::{Running, text};

/// A role that a service may assume, and that may read IAM.
fn role(sandbox: &Running, name: &str, service: &str) {
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"Service":"{service}"}},"Action":"sts:AssumeRole"}}}}"#
    );
    let words = [
        "iam",
        "create-role",
        "--role-name",
        name,
        "--profile",
        "sandbox",
    ];
    let more = ["--assume-role-policy-document", &trust];
    sandbox.awl_words(&[&words[..], &more].concat()).unwrap();
    let arn = "arn:aws:iam::aws:policy/IAMReadOnlyAccess";
    let line = format!("iam attach-role-policy --role-name {name} --policy-arn {arn}");
    sandbox.awl(&format!("{line} --profile sandbox")).unwrap();
}

/// What a container's program sees with boto3, and what its endpoint refuses.
const TASK: &str = r#"
import json, os, urllib.error, urllib.request
import boto3
session = boto3.Session()
credentials = session.get_credentials()
assert credentials.method == 'container-role', credentials.method
assert credentials.token
print(session.client('sts').get_caller_identity()['Arn'])
session.client('iam').list_users()
try:
    session.client('iam').create_user(UserName='eve')
    assert False
except session.client('iam').exceptions.ClientError as error:
    assert error.response['Error']['Code'] == 'AccessDenied', error
uri, token = os.environ['AWS_CONTAINER_CREDENTIALS_FULL_URI'], os.environ['AWS_CONTAINER_AUTHORIZATION_TOKEN']

def status(token, uri=uri, method='GET'):
    headers = {'Authorization': token} if token else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(uri, headers=headers, method=method)) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)

code, answer = status(token)
assert code == 200 and set(answer) == {
    'RoleArn', 'AccessKeyId', 'SecretAccessKey', 'Token', 'Expiration', 'AccountId'}, answer
assert answer['RoleArn'] == 'arn:aws:iam::123456789012:role/task', answer
assert status(token)[1]['AccessKeyId'] == answer['AccessKeyId']
for token, expected in [(None, 401), ('x', 403), (token[:-4], 403)]:
    code, answer = status(token)
    assert code == expected and answer['Message'], (token, code, answer)
other = uri.rsplit('/', 1)[0] + '/' + '0' * 32
assert status(os.environ['AWS_CONTAINER_AUTHORIZATION_TOKEN'], other)[0] == 403
assert status(token, method='PUT')[0] == 405
metadata = os.environ['ECS_CONTAINER_METADATA_URI_V4']
assert status(None, metadata)[1]['KnownStatus'] == 'RUNNING'
task = status(None, metadata + '/task')[1]
assert task['TaskARN'].startswith('arn:aws:ecs:us-east-1:123456789012:task/'), task
assert status(None, metadata + '/stats')[0] == 404
"#;

/// The same by the AWS SDK for JavaScript: its two providers for containers, and
/// what it does by itself.
const TASK_IN_JAVASCRIPT: &str = r#"
const { STSClient, GetCallerIdentityCommand } = require('@aws-sdk/client-sts');
const { fromContainerMetadata, fromHttp } = require('@aws-sdk/credential-providers');
(async () => {
  for (const credentials of [undefined, fromContainerMetadata(), fromHttp({})]) {
    const client = new STSClient({ credentials });
    console.log((await client.send(new GetCallerIdentityCommand({}))).Arn);
  }
})();
"#;

#[test]
fn a_task_has_its_role() {
    let sandbox = Running::start();
    role(&sandbox, "task", "ecs-tasks.amazonaws.com");
    role(&sandbox, "web", "ec2.amazonaws.com");
    let is_task = |arn: &str| {
        let id = arn.strip_prefix("arn:aws:sts::123456789012:assumed-role/task/");
        id.is_some_and(|id| id.len() == 32)
    };
    let arn = sandbox.exec_python("--task task", TASK).unwrap();
    assert!(is_task(&arn), "{arn}");
    let arns = sandbox.exec_javascript("--task task", TASK_IN_JAVASCRIPT);
    let arns = arns.unwrap();
    assert!(
        arns.lines().count() == 3 && arns.lines().all(is_task),
        "{arns}"
    );
    let line = "sts get-caller-identity --query Arn --output text";
    let arn = sandbox.exec_aws("--task task", line).unwrap();
    assert!(is_task(&arn), "{arn}");
    let arn = sandbox.exec_awl("--task task", line).unwrap();
    assert!(is_task(&arn), "{arn}");
    let refused = sandbox.exec_python("--task web", TASK).unwrap_err();
    assert!(
        refused.contains("AssumeRoleUnauthorizedAccess"),
        "{refused}"
    );
    let refused = sandbox.exec_awl("--task nobody", line).unwrap_err();
    assert!(
        refused.contains("the sandbox has no role nobody"),
        "{refused}"
    );
    // What the command sets itself still wins.
    let key = sandbox.awl("iam create-access-key --user-name admin --profile sandbox");
    let key = key.unwrap();
    let mut program = std::process::Command::new("env");
    for (variable, path) in [
        ("AWS_ACCESS_KEY_ID", "AccessKey.AccessKeyId"),
        ("AWS_SECRET_ACCESS_KEY", "AccessKey.SecretAccessKey"),
    ] {
        program.arg(format!("{variable}={}", text(&key, path)));
    }
    program
        .arg(sandbox.place.folder().join("awl"))
        .args(line.split(' '));
    let output = sandbox.exec("--task task", &program);
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "arn:aws:iam::123456789012:user/admin\n"
    );
}

/// Makes a role with a profile, and instances of it: one that answers version 1,
/// too, and one that does not; prints their ids.
const LAUNCH: &str = r#"
import json
import boto3
iam, ec2 = boto3.client('iam'), boto3.client('ec2', region_name='eu-west-3')
trust = lambda service: json.dumps({'Version': '2012-10-17', 'Statement': [{
    'Effect': 'Allow', 'Action': 'sts:AssumeRole', 'Principal': {'Service': service}}]})
iam.create_role(RoleName='web', AssumeRolePolicyDocument=trust('ec2.amazonaws.com'))
iam.attach_role_policy(RoleName='web', PolicyArn='arn:aws:iam::aws:policy/IAMReadOnlyAccess')
# As the guide has it: credentials that version 1 gave out are good for nothing.
iam.put_role_policy(RoleName='web', PolicyName='v2', PolicyDocument=json.dumps({
    'Version': '2012-10-17', 'Statement': [{'Effect': 'Deny', 'Action': '*', 'Resource': '*',
        'Condition': {'NumericLessThan': {'ec2:RoleDelivery': '2.0'}}}]}))
iam.create_instance_profile(InstanceProfileName='web')
iam.add_role_to_instance_profile(InstanceProfileName='web', RoleName='web')
image = ec2.describe_images(Owners=['amazon'], Filters=[
    {'Name': 'architecture', 'Values': ['x86_64']}])['Images'][0]['ImageId']
for tokens in 'optional', 'required':
    answer = ec2.run_instances(ImageId=image, InstanceType='t3.micro', MinCount=1, MaxCount=1,
        IamInstanceProfile={'Name': 'web'}, UserData='#!/bin/sh\necho hello\n',
        MetadataOptions={'HttpTokens': tokens, 'InstanceMetadataTags': 'enabled'},
        TagSpecifications=[{'ResourceType': 'instance', 'Tags': [{'Key': 'Name', 'Value': 'web 1'}]}])
    print(answer['Instances'][0]['InstanceId'])
"#;

/// The ids of an instance that answers both versions, and one that answers the
/// second alone.
fn launch(sandbox: &Running) -> (String, String) {
    let output = sandbox.peer("python", &["-c", LAUNCH]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let stdout = String::from_utf8_lossy(&output.stdout);
    let (both, second) = stdout
        .split_once('\n')
        .unwrap_or_else(|| panic!("{stderr}"));
    (both.to_owned(), second.trim().to_owned())
}

/// What boto3 and PyPI's ec2-metadata find on an instance.
const INSTANCE: &str = r#"
import os, sys, urllib.error, urllib.request
import boto3
from botocore.utils import InstanceMetadataFetcher, InstanceMetadataRegionFetcher
from ec2_metadata import EC2Metadata

session = boto3.Session()
credentials = session.get_credentials()
assert credentials.method == 'iam-role', credentials.method
arn = session.client('sts').get_caller_identity()['Arn']
session.client('iam').list_users()
base = os.environ['AWS_EC2_METADATA_SERVICE_ENDPOINT'] + '/latest/'
assert InstanceMetadataRegionFetcher(base_url=base[:-7]).retrieve_region() == 'eu-west-3'

metadata = EC2Metadata()
metadata.service_url = base
metadata.dynamic_url, metadata.metadata_url = base + 'dynamic/', base + 'meta-data/'
metadata.userdata_url = base + 'user-data/'
assert arn.endswith('assumed-role/web/' + metadata.instance_id), arn
assert metadata.region == 'eu-west-3' and metadata.account_id == '123456789012'
assert metadata.instance_profile_name == 'web' and metadata.iam_security_credentials['Code'] == 'Success'
assert metadata.user_data == b'#!/bin/sh\necho hello\n', metadata.user_data
assert dict(metadata.tags) == {'Name': 'web 1'}
assert metadata.instance_type == 't3.micro' and metadata.instance_life_cycle == 'on-demand'
assert metadata.ami_launch_index == 0 and metadata.instance_action == 'none'
assert metadata.partition == 'aws' and metadata.domain == 'amazonaws.com'
assert metadata.spot_instance_action is None and metadata.kernel_id is None
assert metadata.public_keys == {} and metadata.security_groups == ['default']
for name in ('ami_id', 'ami_manifest_path', 'availability_zone', 'availability_zone_id',
        'private_hostname', 'private_ipv4', 'public_hostname', 'public_ipv4', 'reservation_id', 'mac'):
    assert getattr(metadata, name), name
(interface,) = metadata.network_interfaces.values()
assert interface.private_ipv4s == [metadata.private_ipv4] and interface.device_number == 0
assert interface.ipv4_associations == {metadata.public_ipv4: [metadata.private_ipv4]}
assert interface.vpc_ipv4_cidr_block == '172.31.0.0/16' and interface.ipv6s == []
assert interface.security_group_ids[0].startswith('sg-') and interface.owner_id == '123456789012'

def status(path, method='GET', **headers):
    headers = {name.replace('_', '-'): value for name, value in headers.items()}
    try:
        return urllib.request.urlopen(urllib.request.Request(base + path, headers=headers, method=method)).status
    except urllib.error.HTTPError as error:
        assert ('<title>%d - ' % error.code) in error.read().decode() or method == 'HEAD'
        return error.code

ttl = 'X_aws_ec2_metadata_token_ttl_seconds'
assert status('api/token', 'PUT') == 400 and status('api/token', 'PUT', **{ttl: '21601'}) == 400
assert status('api/token', 'PUT', **{ttl: '60', 'X_Forwarded_For': '203.0.113.1'}) == 403
assert status('meta-data/', X_aws_ec2_metadata_token='x') == 401
assert status('meta-data/', 'POST') == 405
assert status('meta-data/', Host='evil.example') == 403
assert status('meta-data/', Origin='http://evil.example') == 403

class Version1(InstanceMetadataFetcher):
    def _fetch_metadata_token(self):
        return None

first = Version1(base_url=base[:-7]).retrieve_iam_role_credentials()
if sys.argv[1] == 'required':
    assert status('meta-data/') == 401 and first == {}, first
else:
    assert status('meta-data/') == 200 and status('meta-data/', 'HEAD') == 200
    old = boto3.Session(first['access_key'], first['secret_key'], first['token'])
    assert old.client('sts').get_caller_identity()['Arn'] == arn
    try:
        old.client('iam').list_users()
        assert False
    except old.client('iam').exceptions.ClientError as error:
        assert error.response['Error']['Code'] == 'AccessDenied', error
print('done')
"#;

/// The AWS SDK for JavaScript on an instance.
const INSTANCE_IN_JAVASCRIPT: &str = r#"
const { STSClient, GetCallerIdentityCommand } = require('@aws-sdk/client-sts');
const { fromInstanceMetadata } = require('@aws-sdk/credential-providers');
(async () => {
  for (const credentials of [undefined, fromInstanceMetadata(), fromInstanceMetadata({ ec2MetadataV1Disabled: true })]) {
    const client = new STSClient({ credentials });
    console.log((await client.send(new GetCallerIdentityCommand({}))).Arn);
  }
})();
"#;

#[test]
fn an_instance_has_its_role_and_knows_itself() {
    let sandbox = Running::start();
    let (both, second) = launch(&sandbox);
    for (instance, tokens) in [(&both, "optional"), (&second, "required")] {
        let who = format!("--instance {instance}");
        let mut program = std::process::Command::new(awl_test::peers().join("python"));
        program.args(["-c", INSTANCE, tokens]);
        let output = sandbox.exec(&who, &program);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            "done\n",
            "{stderr}"
        );
    }
    let who = format!("--instance {second}");
    let arn = format!("arn:aws:sts::123456789012:assumed-role/web/{second}");
    let arns = sandbox
        .exec_javascript(&who, INSTANCE_IN_JAVASCRIPT)
        .unwrap();
    assert_eq!(arns, [&*arn; 3].join("\n"));
    let line = "sts get-caller-identity --query Arn --output text";
    assert_eq!(sandbox.exec_aws(&who, line).unwrap(), arn);
    assert_eq!(sandbox.exec_awl(&who, line).unwrap(), arn);
    for listed in [
        sandbox.exec_aws(&who, "configure list").unwrap(),
        sandbox.exec_awl(&who, "configure list").unwrap(),
    ] {
        assert_eq!(listed.matches("iam-role").count(), 2, "{listed}");
        assert!(listed.contains("eu-west-3"), "{listed}");
    }
    let line = "configure export-credentials --format env";
    let exported = sandbox.exec_awl(&who, line).unwrap();
    assert!(exported.contains("AWS_ACCESS_KEY_ID=ASIA"), "{exported}");
    if awl_test::has_aws_cli_v2() {
        assert_eq!(sandbox.exec_aws(&who, line).unwrap(), exported);
    }
    assert_eq!(
        sandbox.exec_awl(&who, "imds get instance-id").unwrap(),
        second
    );
    assert_eq!(
        sandbox
            .exec_awl(&who, "imds get tags/instance/Name")
            .unwrap(),
        "web 1"
    );
    let tree = sandbox.exec_awl(&who, "imds tree").unwrap();
    assert!(tree.contains("vpc-ipv4-cidr-blocks"), "{tree}");
    let document = sandbox.exec_awl(&who, "imds identity-document").unwrap();
    assert!(document.contains("\"2017-09-30\""), "{document}");
}

#[test]
fn what_happens_to_an_instance_shows() {
    let sandbox = Running::start();
    let (first, second) = launch(&sandbox);
    let who = format!("--instance {second}");
    let get = |path: &str| sandbox.exec_awl(&who, &format!("imds get {path}"));
    let happens = |what: &str| {
        sandbox
            .place
            .line(&format!("sandbox instance-event {second} {what}"))
    };
    assert!(get("spot/instance-action").is_err());
    assert!(happens("--spot stop --in 60").starts_with("exit: 0"));
    let action = get("spot/instance-action").unwrap();
    assert!(
        action.starts_with(r#"{"action": "stop", "time": "20"#),
        "{action}"
    );
    assert!(happens("--rebalance").starts_with("exit: 0"));
    assert!(
        get("events/recommendations/rebalance")
            .unwrap()
            .starts_with(r#"{"noticeTime":"20"#)
    );
    assert!(happens("--maintenance system-reboot").contains("instance-event-"));
    assert!(
        get("events/maintenance/scheduled")
            .unwrap()
            .contains(r#""State" : "active""#)
    );
    assert!(happens("--cancel").starts_with("exit: 0"));
    assert!(get("spot/instance-action").is_err());
    assert!(
        get("events/maintenance/history")
            .unwrap()
            .contains("[Canceled] scheduled reboot")
    );
    let wrong = happens("--maintenance party");
    assert!(wrong.contains("there is no maintenance party"), "{wrong}");
    let wrong = happens("--rebalance --cancel");
    assert!(wrong.contains("one of --spot, --rebalance"), "{wrong}");
    // The instance's own files come before its role, and others' do not count.
    let own = "configure set aws_access_key_id AKIAIOSFODNN7EXAMPLE";
    sandbox.exec_awl(&who, own).unwrap();
    let own = "configure set aws_secret_access_key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    sandbox.exec_awl(&who, own).unwrap();
    let line = "sts get-caller-identity --query Arn --output text";
    let refused = sandbox.exec_awl(&who, line).unwrap_err();
    assert!(refused.contains("InvalidClientTokenId"), "{refused}");
    let arn = format!("arn:aws:sts::123456789012:assumed-role/web/{first}");
    assert_eq!(
        sandbox
            .exec_awl(&format!("--instance {first}"), line)
            .unwrap(),
        arn
    );
    // An interruption comes when it was said to.
    let ended = sandbox.place.line(&format!(
        "sandbox instance-event {first} --spot stop --in 0"
    ));
    assert!(ended.starts_with("exit: 0"), "{ended}");
    let line = format!("ec2 describe-instances --instance-ids {first} --region eu-west-3");
    let query = "--query Reservations[0].Instances[0].{state:State.Name,why:StateReason.Code}";
    let shown = sandbox
        .awl(&format!("{line} {query} --profile sandbox"))
        .unwrap();
    assert_eq!(text(&shown, "why"), "Server.SpotInstanceShutdown");
    assert!(text(&shown, "state").starts_with("stop"), "{shown:?}");
    // As long as it runs, it is asked at the same place.
    let ask = || sandbox.place.line(&format!("sandbox imds {second}"));
    let url = ask();
    assert!(url.contains("http://127.0.0.1:"), "{url}");
    assert_eq!(ask(), url);
    let port: u16 = url
        .split("127.0.0.1:")
        .nth(1)
        .unwrap()
        .lines()
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let line = format!("ec2 terminate-instances --instance-ids {second} --region eu-west-3");
    sandbox.awl(&format!("{line} --profile sandbox")).unwrap();
    let refused = ask();
    assert!(refused.contains("does not run"), "{refused}");
    let reached = std::net::TcpStream::connect(("127.0.0.1", port));
    assert!(reached.is_err(), "its port is closed");
    let unknown = sandbox.place.line("sandbox imds i-0");
    assert!(
        unknown.contains("the sandbox has no instance i-0"),
        "{unknown}"
    );
    let certificate = sandbox.place.line("sandbox imds --certificate");
    assert!(
        certificate.contains("-----BEGIN CERTIFICATE-----"),
        "{certificate}"
    );
}

#[test]
fn an_instance_shows_as_it_is_at_the_moment() {
    let sandbox = Running::start();
    let ec2 = |line: &str| sandbox.awl(&format!("ec2 {line} --profile sandbox --region eu-west-3"));
    ec2("create-key-pair --key-name laptop --key-type ed25519").unwrap();
    let images = ec2("describe-images --owners amazon --filters Name=architecture,Values=x86_64");
    let images = images.unwrap();
    let image = text(
        &images.get("Images").unwrap().as_list().unwrap()[0],
        "ImageId",
    );
    let launch = "run-instances --instance-type t3.micro --key-name laptop --metadata-options";
    let options = "HttpTokens=optional,HttpPutResponseHopLimit=2";
    let answer = ec2(&format!("{launch} {options} --image-id {image}")).unwrap();
    let instance = text(
        &answer.get("Instances").unwrap().as_list().unwrap()[0],
        "InstanceId",
    );
    let who = format!("--instance {instance}");
    let get = |path: &str| sandbox.exec_awl(&who, &format!("imds get {path}"));
    assert_eq!(get("public-keys/").unwrap(), "0=laptop");
    let key = get("public-keys/0/openssh-key").unwrap();
    assert!(
        key.starts_with("ssh-ed25519 AAAA") && key.ends_with(" laptop"),
        "{key}"
    );
    let missing = get("iam/info").unwrap_err();
    assert!(missing.contains("404"), "{missing}");
    role(&sandbox, "web", "ec2.amazonaws.com");
    for line in [
        "iam create-instance-profile --instance-profile-name web",
        "iam add-role-to-instance-profile --instance-profile-name web --role-name web",
    ] {
        sandbox.awl(&format!("{line} --profile sandbox")).unwrap();
    }
    let associate = "associate-iam-instance-profile --iam-instance-profile Name=web";
    ec2(&format!("{associate} --instance-id {instance}")).unwrap();
    assert!(get("iam/info").unwrap().contains(":instance-profile/web"));
    let url = sandbox.place.line(&format!("sandbox imds {instance}"));
    let port = url
        .split("127.0.0.1:")
        .nth(1)
        .unwrap()
        .lines()
        .next()
        .unwrap();
    // Without a token.
    let status = || {
        let mut stream = std::net::TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
        let request = "GET /latest/meta-data/ HTTP/1.1\r\nHost: localhost\r\n\r\n";
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        // Where nobody is there, the connection ends.
        let _ = stream.read_to_string(&mut answer);
        answer.split(' ').nth(1).map(str::to_owned)
    };
    assert_eq!(status().as_deref(), Some("200"));
    let by_v6 = || {
        let variable = format!("AWS_EC2_METADATA_SERVICE_ENDPOINT=http://[::1]:{port}");
        let mut program = std::process::Command::new("env");
        let awl = sandbox.place.folder().join("awl");
        program
            .arg(variable)
            .arg(awl)
            .args(["imds", "get", "instance-id"]);
        sandbox.exec(&who, &program).status.success()
    };
    assert!(!by_v6());
    let modify = format!("modify-instance-metadata-options --instance-id {instance}");
    ec2(&format!("{modify} --http-tokens required")).unwrap();
    assert_eq!(status().as_deref(), Some("401"));
    ec2(&format!("{modify} --http-protocol-ipv6 enabled")).unwrap();
    // A machine may have none.
    let has_v6 = std::net::TcpListener::bind((std::net::Ipv6Addr::LOCALHOST, 0)).is_ok();
    assert_eq!(by_v6(), has_v6);
    ec2(&format!("{modify} --http-endpoint disabled")).unwrap();
    assert_eq!(status().as_deref(), Some("403"));
    let line = "sts get-caller-identity";
    let refused = sandbox.exec_awl(&who, line).unwrap_err();
    assert!(
        refused.contains("Unable to locate credentials"),
        "{refused}"
    );
    if awl_test::has_aws_cli_v2() {
        let theirs = sandbox.exec_aws(&who, line).unwrap_err();
        assert_eq!(theirs.replace("aws: ", "awl: "), refused);
    }
    ec2(&format!("stop-instances --instance-ids {instance}")).unwrap();
    assert_eq!(status(), None);
    let refused = sandbox.exec_awl(&who, line).unwrap_err();
    assert!(refused.contains("does not run"), "{refused}");
}
