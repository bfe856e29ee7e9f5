//! `awl sandbox`, with awl itself, the AWS CLI of PyPI and boto3 as its clients.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use awl_value::json;

use super::sandbox_support::{Running, text};
use super::support::TestPlace;

#[test]
fn awl_is_a_client_of_it() {
    let sandbox = Running::start();
    let identity = sandbox
        .awl("sts get-caller-identity --profile sandbox")
        .unwrap();
    assert_eq!(
        text(&identity, "Arn"),
        "arn:aws:iam::123456789012:user/admin"
    );
    sandbox
        .awl("iam create-user --user-name ana --profile sandbox")
        .unwrap();
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:Get*","Resource":"*"}}"#;
    let words = [
        "iam",
        "put-user-policy",
        "--profile",
        "sandbox",
        "--user-name",
        "ana",
    ];
    let more = ["--policy-name", "get", "--policy-document", policy];
    sandbox.awl_words(&[&words[..], &more].concat()).unwrap();
    let read =
        sandbox.awl("iam get-user-policy --user-name ana --policy-name get --profile sandbox");
    assert_eq!(
        text(&read.unwrap(), "PolicyDocument.Statement.Action"),
        "iam:Get*"
    );
    let key = sandbox
        .awl("iam create-access-key --user-name ana --profile sandbox")
        .unwrap();
    let config = format!(
        "\n[profile ana]\nregion = eu-west-1\nendpoint_url = {}\naws_access_key_id = {}\n\
         aws_secret_access_key = {}\n",
        sandbox.endpoint,
        text(&key, "AccessKey.AccessKeyId"),
        text(&key, "AccessKey.SecretAccessKey"),
    );
    let file = sandbox.place.folder().join("home/.aws/config");
    let mut file = std::fs::OpenOptions::new().append(true).open(file).unwrap();
    file.write_all(config.as_bytes()).unwrap();
    sandbox.awl("iam get-user --profile ana").unwrap();
    let error = sandbox
        .awl("iam create-user --user-name eve --profile ana")
        .unwrap_err();
    assert!(
        error.contains(
            "(AccessDenied) when calling the CreateUser operation: User: \
             arn:aws:iam::123456789012:user/ana is not authorized to perform: iam:CreateUser on \
             resource: arn:aws:iam::123456789012:user/eve because no identity-based policy allows \
             the iam:CreateUser action"
        ),
        "{error}"
    );
    let stop = "ec2 stop-instances --instance-ids i-0123456789abcdef0 --dry-run --profile";
    let error = sandbox.awl(&format!("{stop} ana")).unwrap_err();
    let encoded = error.split("failure message: ").nth(1).unwrap();
    let encoded = encoded.split_whitespace().next().unwrap();
    let decode = [
        "sts",
        "decode-authorization-message",
        "--encoded-message",
        encoded,
    ];
    let decoded = sandbox
        .awl_words(&[&decode[..], &["--profile", "sandbox"]].concat())
        .unwrap();
    let message = json::parse(&text(&decoded, "DecodedMessage")).unwrap();
    assert_eq!(text(&message, "context.action"), "ec2:StopInstances");
    let error = sandbox.awl(&format!("{stop} sandbox")).unwrap_err();
    assert!(error.contains("(DryRunOperation)"), "{error}");
    let last = sandbox.awl("sandbox logs --lines 1").unwrap();
    assert_eq!(text(&last, "error"), "DryRunOperation");
    let checked = &last.get("checked").unwrap().as_list().unwrap()[0];
    assert_eq!(text(checked, "decision"), "allowed");
    let words = "iam simulate-principal-policy --policy-source-arn \
                 arn:aws:iam::123456789012:user/ana --action-names iam:GetUser --profile sandbox";
    let answer = sandbox.awl(words).unwrap();
    let results = answer.get("EvaluationResults").unwrap().as_list().unwrap();
    assert_eq!(text(&results[0], "EvalDecision"), "allowed");
}

/// What a person does with a phone, in Python: the codes are its own.
const BOTO3: &str = r#"
import base64, hashlib, hmac, json, os, struct, time
import boto3, botocore.config, botocore.exceptions

def code(seed, at):
    tag = hmac.new(base64.b32decode(seed), struct.pack('>q', at), hashlib.sha1).digest()
    place = tag[19] & 15
    return '%06d' % ((struct.unpack('>I', tag[place:place + 4])[0] & 0x7fffffff) % 1000000)

def refused(call, **parameters):
    try:
        call(**parameters)
    except botocore.exceptions.ClientError as error:
        return error.response['Error']['Code'], error.response['ResponseMetadata']['HTTPStatusCode']

iam, sts = boto3.client('iam'), boto3.client('sts')
account = sts.get_caller_identity()['Account']
iam.create_user(UserName='kim')
iam.put_user_policy(UserName='kim', PolicyName='p', PolicyDocument=json.dumps({
    'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': 'sts:AssumeRole', 'Resource': '*'}]}))
key = iam.create_access_key(UserName='kim')['AccessKey']
device = iam.create_virtual_mfa_device(VirtualMFADeviceName='phone')['VirtualMFADevice']
seed = device['Base32StringSeed'].decode()
now = int(time.time()) // 30
iam.enable_mfa_device(UserName='kim', SerialNumber=device['SerialNumber'],
    AuthenticationCode1=code(seed, now - 2), AuthenticationCode2=code(seed, now - 1))
role = iam.create_role(RoleName='ops', AssumeRolePolicyDocument=json.dumps({
    'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': 'sts:AssumeRole',
        'Principal': {'AWS': f'arn:aws:iam::{account}:user/kim'},
        'Condition': {'Bool': {'aws:MultiFactorAuthPresent': 'true'}}}]}))['Role']
assert role['AssumeRolePolicyDocument']['Version'] == '2012-10-17'
iam.attach_role_policy(RoleName='ops', PolicyArn='arn:aws:iam::aws:policy/IAMReadOnlyAccess')
kim = boto3.Session(key['AccessKeyId'], key['SecretAccessKey']).client('sts')
asked = dict(RoleArn=role['Arn'], RoleSessionName='kim')
assert refused(kim.assume_role, **asked) == ('AccessDenied', 403)
phone = dict(SerialNumber=device['SerialNumber'], TokenCode=code(seed, int(time.time()) // 30))
session = kim.assume_role(**asked, **phone)['Credentials']
assert refused(kim.assume_role, **asked, **phone) == ('AccessDenied', 403)
own = boto3.Session(session['AccessKeyId'], session['SecretAccessKey'], session['SessionToken'])
assert own.client('sts').get_caller_identity()['Arn'].endswith('assumed-role/ops/kim')
names = [user['UserName'] for page in own.client('iam').get_paginator('list_users').paginate(
    PaginationConfig={'PageSize': 1}) for user in page['Users']]
assert names == ['admin', 'kim'], names
assert refused(own.client('iam').create_user, UserName='x') == ('AccessDenied', 403)
wrong = boto3.Session(key['AccessKeyId'], 'wrong')
assert refused(wrong.client('sts').get_caller_identity) == ('SignatureDoesNotMatch', 403)
assert refused(wrong.client('s3').list_buckets) == ('SignatureDoesNotMatch', 403)
# Presigned, in chunks: both are believed, and then told what is not there.
s3 = boto3.client('s3')
import io, urllib.error, urllib.request
assert refused(s3.put_object, Bucket='photos', Key='a b', Body=io.BytesIO(b'x' * 100000)) == ('NoSuchBucket', 404)
s3 = boto3.client('s3', config=botocore.config.Config(signature_version='s3v4'))
url = s3.generate_presigned_url('get_object', Params={'Bucket': 'photos', 'Key': 'a b'})
for address, expected in [(url, 404), (url.replace('photos', 'others'), 403)]:
    try:
        urllib.request.urlopen(address)
        assert False
    except urllib.error.HTTPError as error:
        assert error.code == expected, (address, error.code, error.read())
tables = boto3.client('dynamodb')
assert refused(tables.list_tables) == ('NotImplemented', 501)
print('done')
"#;

#[test]
fn boto3_is_a_client_of_it() {
    let sandbox = Running::start();
    let output = sandbox.peer("python", &["-c", BOTO3]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "done\n",
        "{stderr}"
    );
}

#[test]
fn the_aws_cli_is_a_client_of_it() {
    let sandbox = Running::start();
    let run = |line: &str| {
        sandbox.peer(
            "python",
            &[&["-m", "awscli"], &*line.split(' ').collect::<Vec<_>>()].concat(),
        )
    };
    let output = run("sts get-caller-identity --query Arn --output text");
    let stderr = String::from_utf8_lossy(&output.stderr);
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert_eq!(stdout, "arn:aws:iam::123456789012:user/admin\n", "{stderr}");
    let output = run("ec2 describe-instances --dry-run");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("(DryRunOperation)"), "{stderr}");
    let output = run("iam get-user --user-name nobody");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        stderr.contains("The user with name nobody cannot be found."),
        "{stderr}"
    );
}

#[test]
fn only_programs_of_this_machine_are_answered() {
    let sandbox = Running::start();
    let status = |headers: &str| {
        let mut stream = TcpStream::connect(("127.0.0.1", sandbox.port())).unwrap();
        let request = format!("GET / HTTP/1.1\r\n{headers}Connection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split(' ').nth(1).unwrap().to_owned()
    };
    assert_eq!(status("Host: evil.example\r\n"), "403");
    assert_eq!(
        status("Host: localhost\r\nOrigin: http://evil.example\r\n"),
        "403"
    );
    assert_eq!(
        status("Host: localhost\r\nContent-Length: 99999999\r\n"),
        "413"
    );
    let large = format!("Host: localhost\r\nX-Large: {}\r\n", "x".repeat(100_000));
    assert_eq!(status(&large), "431");
}

#[test]
fn it_is_started_behind_the_terminal_looked_at_and_stopped() {
    let place = TestPlace::new().program("awl");
    let status = place.line("sandbox status");
    assert!(
        status.contains("exit: 1") && status.contains("no sandbox runs"),
        "{status}"
    );
    let started = place.line("sandbox start --port 0 --detach");
    assert!(
        started.contains("The sandbox listens at http://127.0.0.1:"),
        "{started}"
    );
    let again = place.line("sandbox start --port 0");
    assert!(
        again.contains("a sandbox runs already on these data"),
        "{again}"
    );
    let status = place.line("sandbox status");
    assert!(
        status.starts_with("exit: 0") && status.contains(".local/share/awl/sandbox"),
        "{status}"
    );
    let variables = place.line("sandbox env");
    assert!(
        variables.contains("export AWS_PROFILE=sandbox\nexport AWS_ENDPOINT_URL=http://127.0.0.1:"),
        "{variables}"
    );
    let refused = place.line("sandbox reset");
    assert!(refused.contains("the sandbox runs"), "{refused}");
    assert!(place.line("sandbox stop").starts_with("exit: 0"));
    assert!(place.line("sandbox status").contains("exit: 1"));
    let data = place.folder().join("home/.local/share/awl/sandbox");
    assert!(data.join("state.redb").exists());
    assert!(place.line("sandbox reset").starts_with("exit: 0"));
    assert!(!data.join("state.redb").exists() && !data.join("key").exists());
}

#[test]
fn what_was_answered_outlives_a_kill() {
    let place = TestPlace::new().program("awl").without("AWS_ACCESS_KEY_ID");
    let start = || {
        let mut child = place.start(&["sandbox", "start", "--port", "0"]);
        let mut line = String::new();
        let output = child.stdout.as_mut().unwrap();
        BufReader::new(output).read_line(&mut line).unwrap();
        child
    };
    for round in 0..5 {
        let mut child = start();
        for number in 0..round {
            let known = place.line(&format!(
                "iam get-user --user-name u{number} --profile sandbox"
            ));
            assert!(known.starts_with("exit: 0"), "{known}");
        }
        let made = place.line(&format!(
            "iam create-user --user-name u{round} --profile sandbox"
        ));
        assert!(made.starts_with("exit: 0"), "{made}");
        // Without a chance to write anything.
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
