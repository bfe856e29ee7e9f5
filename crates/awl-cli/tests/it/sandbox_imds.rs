//! The sandbox's instances and tasks from within: unmodified clients find who they
//! are, and what their place is, as they would there.

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
