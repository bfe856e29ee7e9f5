//! The rest of IAM in the sandbox with real clients: web identity, identity
//! providers, passwords, the account in detail; and that nothing secret is left
//! lying about.

use std::path::Path;

use super::sandbox_support::{Running, text};

const SCRIPT: &str = r##"
import base64, json, os, subprocess, sys, time
import boto3, botocore.config, botocore.exceptions
def awl(line, expected=0):
    words = line if isinstance(line, list) else line.split()
    done = subprocess.run(['./awl'] + words, capture_output=True, text=True)
    assert done.returncode == expected, (line, done.returncode, done.stdout, done.stderr)
    return done.stdout.strip() + done.stderr.strip()
def refused(call, **parameters):
    try:
        call(**parameters)
    except botocore.exceptions.ClientError as error:
        return error.response['Error']['Code'], error.response['ResponseMetadata']['HTTPStatusCode'], error.response['Error']['Message']
iam = boto3.client('iam')
github = 'https://token.actions.githubusercontent.com'
arn = iam.create_open_id_connect_provider(Url=github, ClientIDList=['sts.amazonaws.com'], ThumbprintList=['6938fd4d98bab03faadb97b34396831e3780aea1'])['OpenIDConnectProviderArn']
assert arn == 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com'
assert refused(iam.create_open_id_connect_provider, Url=github)[0] == 'EntityAlreadyExists'
trust = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': 'sts:AssumeRoleWithWebIdentity', 'Principal': {'Federated': arn},
  'Condition': {'StringEquals': {'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com'}, 'StringLike': {'token.actions.githubusercontent.com:sub': 'repo:octo/photos:*'}}}]}
role = iam.create_role(RoleName='deploy', AssumeRolePolicyDocument=json.dumps(trust))['Role']['Arn']
iam.attach_role_policy(RoleName='deploy', PolicyArn='arn:aws:iam::aws:policy/IAMReadOnlyAccess')
def token(subject='repo:octo/photos:ref:refs/heads/main', audience='sts.amazonaws.com', issuer=github, *more):
    return awl(['sandbox', 'web-identity', '--issuer', issuer, '--audience', audience, '--subject', subject, *more])
sts = boto3.client('sts', config=botocore.config.Config(signature_version=botocore.UNSIGNED))
ask = lambda text, **more: refused(sts.assume_role_with_web_identity, RoleArn=role, RoleSessionName='build', WebIdentityToken=text, **more)
good = sts.assume_role_with_web_identity(RoleArn=role, RoleSessionName='build', WebIdentityToken=token())
assert good['SubjectFromWebIdentityToken'] == 'repo:octo/photos:ref:refs/heads/main' and good['Provider'] == arn and good['Audience'] == 'sts.amazonaws.com'
keys = good['Credentials']
own = boto3.Session(keys['AccessKeyId'], keys['SecretAccessKey'], keys['SessionToken'])
assert own.client('sts').get_caller_identity()['Arn'] == 'arn:aws:sts::123456789012:assumed-role/deploy/build'
assert ask(token('repo:evil/photos:ref:refs/heads/main')) == ('AccessDenied', 403, 'Not authorized to perform sts:AssumeRoleWithWebIdentity')
assert ask(token(audience='other')) == ('InvalidIdentityToken', 400, 'Incorrect token audience')
assert ask(token(issuer='https://other.example')) == ('InvalidIdentityToken', 400,
    'No OpenIDConnect provider found in your account for https://other.example')
assert ask(token('repo:octo/photos:x', 'sts.amazonaws.com', github, '--duration-seconds=-5'))[:2] == ('ExpiredTokenException', 400)
assert ask(token('repo:octo/photos:x', 'sts.amazonaws.com', github, '--claims', '{"nbf": 4000000000}'))[:2] == ('IDPRejectedClaim', 403)
assert ask('abcdefgh')[0] == 'InvalidIdentityToken'
head, body, sign = token().split('.')
claims = json.loads(base64.urlsafe_b64decode(body + '=='))
claims['sub'] = 'repo:octo/photos:altered'
assert ask('.'.join([head, base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('='), sign]))[0] == 'InvalidIdentityToken'
assert ask(token(), DurationSeconds=7200)[0] == 'ValidationError'

# Tokens of the issuer's own keys, once they are known; the sandbox's own are none of its then.
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
def part(value):
    value = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(value).decode().rstrip('=')
def foreign(algorithm, sign):
    claims = {'iss': github, 'sub': 'repo:octo/photos:x', 'aud': 'sts.amazonaws.com', 'iat': int(time.time()), 'exp': int(time.time()) + 60}
    text = part({'alg': algorithm, 'kid': algorithm}) + '.' + part(claims)
    return text + '.' + part(sign(text.encode()))
key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
curve = ec.generate_private_key(ec.SECP256R1())
def raw(text):
    r, s = utils.decode_dss_signature(curve.sign(text, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, 'big') + s.to_bytes(32, 'big')
numbers, point = key.public_key().public_numbers(), curve.public_key().public_numbers()
rs256 = foreign('RS256', lambda text: key.sign(text, padding.PKCS1v15(), hashes.SHA256()))
es256 = foreign('ES256', raw)
assert ask(rs256)[0] == ask(es256)[0] == 'InvalidIdentityToken'
keys = {'keys': [
    {'kty': 'RSA', 'kid': 'RS256', 'n': part(numbers.n.to_bytes(256, 'big')), 'e': part(b'\x01\x00\x01')},
    {'kty': 'EC', 'kid': 'ES256', 'crv': 'P-256', 'x': part(point.x.to_bytes(32, 'big')), 'y': part(point.y.to_bytes(32, 'big'))}]}
open('keys.json', 'w').write(json.dumps(keys))
before = token()
awl(['sandbox', 'oidc', 'set', '--issuer', github, '--keys', 'file://keys.json'])
assert ask(rs256) is None and ask(es256) is None
assert ask(before)[0] == 'InvalidIdentityToken'
assert ask(rs256[:-8] + 'AAAAAAAA')[0] == 'InvalidIdentityToken'
awl(['sandbox', 'web-identity', '--issuer', github, '--subject', 'x', '--audience', 'y'], 255)
awl(['sandbox', 'oidc', 'unset', '--issuer', github])
assert ask(before) is None and ask(rs256)[0] == 'InvalidIdentityToken'
assert json.loads(awl('sandbox oidc keys'))['keys'][0]['crv'] == 'P-256'
import io, csv
report = refused(iam.get_credential_report)
assert report[:2] == ('ReportNotPresent', 410), report
assert iam.generate_credential_report()['State'] == 'STARTED'
assert iam.generate_credential_report()['State'] == 'COMPLETE'
rows = list(csv.DictReader(io.StringIO(iam.get_credential_report()['Content'].decode())))
assert rows[0]['user'] == '<root_account>' and rows[1]['user'] == 'admin' and rows[1]['access_key_1_active'] == 'true', rows
# Passwords.
assert refused(iam.get_account_password_policy)[:2] == ('NoSuchEntity', 404)
iam.update_account_password_policy(MinimumPasswordLength=12, RequireSymbols=True, RequireNumbers=True, MaxPasswordAge=90)
policy = iam.get_account_password_policy()['PasswordPolicy']
assert policy['MinimumPasswordLength'] == 12 and policy['ExpirePasswords'] and policy['MaxPasswordAge'] == 90
iam.create_user(UserName='kim')
assert refused(iam.get_login_profile, UserName='kim') == ('NoSuchEntity', 404, 'Login Profile for User kim cannot be found.')
for bad in ['short!1', 'longenoughbutplain1', 'longenough!butplain']:
    assert refused(iam.create_login_profile, UserName='kim', Password=bad)[0] == 'PasswordPolicyViolation'
profile = iam.create_login_profile(UserName='kim', Password='correct-horse-9', PasswordResetRequired=True)['LoginProfile']
assert profile['PasswordResetRequired']
assert refused(iam.create_login_profile, UserName='kim', Password='correct-horse-9')[:2] == ('EntityAlreadyExists', 409)
iam.attach_user_policy(UserName='kim', PolicyArn='arn:aws:iam::aws:policy/IAMUserChangePassword')
key = iam.create_access_key(UserName='kim')['AccessKey']
kim = boto3.Session(key['AccessKeyId'], key['SecretAccessKey']).client('iam')
assert refused(kim.change_password, OldPassword='wrong-horse-99', NewPassword='battery-staple-8')[0] == 'AccessDenied'
kim.change_password(OldPassword='correct-horse-9', NewPassword='battery-staple-8')
kim.change_password(OldPassword='battery-staple-8', NewPassword='battery-staple-7')
assert not iam.get_login_profile(UserName='kim')['LoginProfile']['PasswordResetRequired']
assert refused(iam.delete_user, UserName='kim')[0] == 'DeleteConflict'
# Service-linked roles.
linked = iam.create_service_linked_role(AWSServiceName='autoscaling.amazonaws.com', CustomSuffix='x')['Role']
assert linked['Arn'] == 'arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling_x'
assert refused(iam.delete_role, RoleName=linked['RoleName'])[0] == 'UnmodifiableEntity'
task = iam.delete_service_linked_role(RoleName=linked['RoleName'])['DeletionTaskId']
assert iam.get_service_linked_role_deletion_status(DeletionTaskId=task)['Status'] == 'SUCCEEDED'
# Everything at once.
iam.create_group(GroupName='team')
iam.put_group_policy(GroupName='team', PolicyName='p', PolicyDocument=json.dumps({'Version': '2012-10-17', 'Statement': {'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*'}}))
iam.add_user_to_group(GroupName='team', UserName='kim')
found = [page for page in iam.get_paginator('get_account_authorization_details').paginate(PaginationConfig={'PageSize': 2})]
users = [user for page in found for user in page['UserDetailList']]
assert [user['UserName'] for user in users] == ['admin', 'kim'] and users[1]['GroupList'] == ['team'], users
groups = [group for page in found for group in page['GroupDetailList']]
assert groups[0]['GroupPolicyList'][0]['PolicyDocument']['Statement']['Action'] == 's3:*', groups
roles = [role for page in found for role in page['RoleDetailList']]
assert [role['RoleName'] for role in roles] == ['deploy']
policies = [policy['PolicyName'] for page in found for policy in page['Policies']]
assert policies == ['AdministratorAccess', 'IAMReadOnlyAccess', 'IAMUserChangePassword'], policies
only = iam.get_account_authorization_details(Filter=['Group'])
assert not only['UserDetailList'] and only['GroupDetailList']
job = iam.generate_service_last_accessed_details(Arn='arn:aws:iam::123456789012:user/kim')['JobId']
services = iam.get_service_last_accessed_details(JobId=job)
assert [own['ServiceNamespace'] for own in services['ServicesLastAccessed']] == ['iam'], services
# Providers of SAML, and the rest of those of OpenID Connect.
metadata = '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="x">' + '<IDPSSODescriptor/>' * 60 + '</EntityDescriptor>'
saml = iam.create_saml_provider(Name='corp', SAMLMetadataDocument=metadata)['SAMLProviderArn']
assert iam.get_saml_provider(SAMLProviderArn=saml)['SAMLMetadataDocument'] == metadata
assert [own['Arn'] for own in iam.list_saml_providers()['SAMLProviderList']] == [saml]
iam.delete_saml_provider(SAMLProviderArn=saml)
assert refused(iam.get_saml_provider, SAMLProviderArn=saml)[0] == 'NoSuchEntity'
iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID='other')
assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)['ClientIDList'] == ['sts.amazonaws.com', 'other']
assert sts.assume_role_with_web_identity(RoleArn=role, RoleSessionName='build', WebIdentityToken=token())
# A caller by a token is refused by policies all the same.
assert refused(own.client('iam').create_user, UserName='x')[0] == 'AccessDenied'
# AWS_WEB_IDENTITY_TOKEN_FILE: how programs on a runner do it.
open('token', 'w').write(token())
env = {name: value for name, value in os.environ.items() if name not in ('AWS_PROFILE',)}
env.update(AWS_ROLE_ARN=role, AWS_WEB_IDENTITY_TOKEN_FILE='token', AWS_ROLE_SESSION_NAME='runner',
    AWS_ENDPOINT_URL=boto3.client('sts').meta.endpoint_url, AWS_REGION='us-east-1', AWS_DEFAULT_REGION='us-east-1')
for program in [['./awl'], [sys.executable, '-m', 'awscli']]:
    done = subprocess.run(program + ['sts', 'get-caller-identity', '--query', 'Arn', '--output', 'text'], capture_output=True, text=True, env=env)
    assert done.stdout.strip() == 'arn:aws:sts::123456789012:assumed-role/deploy/runner', (program, done.stdout, done.stderr)
iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
assert ask(token())[0] == 'InvalidIdentityToken'
print('done')
"##;

#[test]
fn tokens_of_identity_providers_open_roles_and_the_account_shows_in_detail() {
    let sandbox = Running::start();
    let output = sandbox.peer("python", &["-c", SCRIPT]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "done\n",
        "{stderr}"
    );
}

/// All files below a folder, with what is in them.
fn files(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => files(&path),
            false => {
                let bytes = std::fs::read(&path).unwrap();
                vec![(path, bytes)]
            }
        })
        .collect()
}

#[test]
fn nothing_secret_is_in_its_files_or_logs() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = Running::start();
    let awl = |line: &str| {
        let words = format!("{line} --profile sandbox");
        sandbox.awl(&words).unwrap()
    };
    awl("iam create-user --user-name ana");
    let key = awl("iam create-access-key --user-name ana");
    awl("iam create-login-profile --user-name ana --password Correct-Horse-9");
    let seed = sandbox.place.folder().join("seed.txt");
    awl(&format!(
        "iam create-virtual-mfa-device --virtual-mfa-device-name phone --outfile {} --bootstrap-method Base32StringSeed",
        seed.display()
    ));
    let session = awl("sts get-session-token");
    let pair = awl("ec2 create-key-pair --key-name k");
    let debug = sandbox
        .place
        .line("sts get-session-token --profile sandbox --debug");
    let own =
        std::fs::read_to_string(sandbox.place.folder().join("home/.aws/credentials")).unwrap();
    let own = own
        .lines()
        .find_map(|line| line.strip_prefix("aws_secret_access_key = "));
    let material = text(&pair, "KeyMaterial");
    let secrets = [
        text(&key, "AccessKey.SecretAccessKey"),
        std::fs::read_to_string(&seed).unwrap().trim().to_owned(),
        text(&session, "Credentials.SecretAccessKey"),
        text(&session, "Credentials.SessionToken"),
        material.lines().nth(3).unwrap().to_owned(),
        "Correct-Horse-9".to_owned(),
        own.unwrap().to_owned(),
    ];
    let data = sandbox.place.folder().join("home/.local/share/awl/sandbox");
    let kept = files(&data);
    assert!(kept.iter().any(|(path, _)| path.ends_with("state.redb")));
    for (path, bytes) in &kept {
        let mode = std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", path.display());
        for secret in &secrets {
            let found = bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!found, "{} in {}", secret, path.display());
        }
    }
    let mode = std::fs::metadata(&data).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0);
    assert!(!debug.contains(&secrets[6]));
}
