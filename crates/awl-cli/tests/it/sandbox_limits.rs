//! What goes wrong in the sandbox on purpose, and what real clients make of it:
//! limits, faults, a clock that is off, sessions that end.

use super::sandbox_support::{Running, text};
use super::support::TestPlace;

/// What scripts of Python begin with.
const COMMON: &str = r#"
import io, json, os, subprocess, time
import boto3, botocore.config, botocore.exceptions

def awl(line, expected=0):
    done = subprocess.run(['./awl'] + line.split(), capture_output=True, text=True)
    assert done.returncode == expected, (line, done.returncode, done.stderr)
    return done.stdout.strip() + done.stderr.strip()

def client(service, mode=None, attempts=1, session=boto3):
    retries = {'mode': mode or 'standard', 'total_max_attempts': attempts}
    return session.client(service, config=botocore.config.Config(retries=retries))

def outcome(call, **parameters):
    try:
        return call(**parameters)['ResponseMetadata']['HTTPStatusCode']
    except botocore.exceptions.ClientError as error:
        return error.response['Error']['Code'], error.response['ResponseMetadata']['HTTPStatusCode'], error.response['Error']['Message']
"#;

fn python(sandbox: &Running, script: &str) {
    let output = sandbox.peer("python", &["-c", &format!("{COMMON}{script}print('done')")]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "done\n",
        "{stderr}"
    );
}

#[test]
fn each_service_throttles_in_its_own_words_and_clients_wait() {
    let sandbox = Running::start();
    python(
        &sandbox,
        r#"
slow = 'Rate exceeded'
for service, call, parameters, expected in [
    ('ec2', 'describe_instances', {}, ('RequestLimitExceeded', 503, 'Request limit exceeded.')),
    ('s3', 'list_buckets', {}, ('SlowDown', 503, 'Please reduce your request rate.')),
    ('iam', 'list_users', {}, ('Throttling', 400, slow)),
    ('sts', 'get_caller_identity', {}, ('Throttling', 400, slow)),
    ('route53', 'list_hosted_zones', {}, ('Throttling', 400, slow)),
    ('lambda', 'list_functions', {}, ('TooManyRequestsException', 429, slow)),
    ('ssm', 'list_documents', {}, ('ThrottlingException', 400, slow)),
    ('dynamodb', 'list_tables', {}, ('ThrottlingException', 400, 'Rate of requests exceeds the allowed throughput.')),
]:
    awl(f'sandbox limit set --service {service} --rate 0 --burst 0')
    assert outcome(getattr(client(service), call), **parameters) == expected, service
    awl(f'sandbox limit remove --service {service}')
assert 'has no limit' in awl('sandbox limit remove --service iam', 255)
# A bucket of two, and five a second: whoever waits gets through.
awl('sandbox limit set --service iam --operation ListUsers --rate 5 --burst 2')
for mode in ['standard', 'adaptive', 'legacy']:
    iam = client('iam', mode, 10)
    retries = [iam.list_users()['ResponseMetadata']['RetryAttempts'] for _ in range(5)]
    assert sum(retries) > 0, (mode, retries)
assert outcome(client('iam').list_roles) == 200
assert 'iam ListUsers: 5 a second, 2 at once' in awl('sandbox limit list')
retried = 0
for _ in range(5):
    awl('iam list-users --query Users[0].UserName')
entries = [json.loads(line) for line in awl('sandbox logs --lines 1000').splitlines()]
assert [entry for entry in entries if entry.get('trouble') == ['limit'] and 'awl/' in entry['userAgent']]
"#,
    );
}

#[test]
fn clients_go_on_after_faults_and_do_not_repeat_what_is_refused() {
    let sandbox = Running::start();
    python(
        &sandbox,
        r#"
def fault(words):
    return awl('sandbox fault add ' + words)

def made(id):
    known = json.loads(awl('sandbox fault list --output json'))['Faults']
    known = [own for own in known if own['Id'] == id][0]
    return known['Seen'], known['Made']

failing = 'We encountered an internal error. Please try again.'
unknown = 'The request processing has failed because of an unknown error, exception or failure.'
for service, call, error, expected in [
    ('s3', 'list_buckets', '503', ('SlowDown', 503, 'Please reduce your request rate.')),
    ('s3', 'list_buckets', '500', ('InternalError', 500, failing)),
    ('iam', 'list_users', '500', ('InternalFailure', 500, unknown)),
    ('iam', 'list_users', 'ServiceFailure', ('ServiceFailure', 500, 'This error was asked for.')),
    ('ec2', 'describe_instances', '503', ('Unavailable', 503, "The server is overloaded and can't handle the request.")),
    ('dynamodb', 'list_tables', '500', ('InternalServerError', 500, unknown)),
    ('ssm', 'list_documents', '429', ('ThrottlingException', 429, 'Rate exceeded')),
]:
    id = fault(f'--service {service} --error {error}')
    assert outcome(getattr(client(service), call)) == expected, (service, error, outcome(getattr(client(service), call)))
    awl(f'sandbox fault remove {id}')
# Twice, then no more: three attempts get through, in each mode.
for mode in ['standard', 'adaptive', 'legacy']:
    id = fault('--service iam --operation list-users --error 500 --count 2')
    assert client('iam', mode, 3).list_users()['ResponseMetadata']['RetryAttempts'] == 2
    assert made(id) == (2, 2), made(id)
id = fault('--service iam --operation list-users --error 503 --count 2')
awl('iam list-users --query Users[0].UserName')
assert made(id) == (2, 2)
# What is refused is not asked again.
id = fault('--service iam --operation ListRoles --error AccessDenied')
assert outcome(client('iam', attempts=5).list_roles)[:2] == ('AccessDenied', 403)
awl('iam list-roles', 254)
assert made(id) == (2, 2)
# Connections that end are opened again, whatever is lost.
for ending in ['reset', 'close', 'truncate']:
    id = fault(f'--service iam --operation ListGroups --connection {ending} --count 1')
    try:
        assert client('iam', attempts=3).list_groups()['Groups'] == [] and ending != 'truncate'
    except botocore.parsers.ResponseParserError:
        # boto3 takes half an answer for one that cannot be read.
        assert ending == 'truncate'
    assert made(id)[1] == 1
    awl(f'sandbox fault remove {id}')
    id = fault(f'--service iam --operation ListGroups --connection {ending} --count 1')
    awl('iam list-groups')
    assert made(id)[1] == 1
    awl(f'sandbox fault remove {id}')
    # A call that changes something was carried out where its answer was cut.
    fault(f'--service iam --operation CreateGroup --connection {ending} --count 1')
    try:
        client('iam').create_group(GroupName=ending)
        assert False
    except (botocore.exceptions.HTTPClientError, botocore.parsers.ResponseParserError):
        pass
groups = [group['GroupName'] for group in boto3.client('iam').list_groups()['Groups']]
assert groups == ['truncate'], groups
# Only of one caller, and late.
boto3.client('iam').create_user(UserName='ana')
key = boto3.client('iam').create_access_key(UserName='ana')['AccessKey']
ana = boto3.Session(key['AccessKeyId'], key['SecretAccessKey'])
fault('--service sts --principal arn:aws:iam::123456789012:user/ana --error 503')
assert outcome(client('sts', session=ana).get_caller_identity)[1] == 503
began = time.time()
id = fault('--service sts --latency 300ms-400ms --count 1')
assert outcome(client('sts').get_caller_identity) == 200
assert 0.3 <= time.time() - began < 5
awl('sandbox fault remove --all')
# The same seed has the same calls fail.
def pattern(words):
    id = fault('--service sts --error 500 --rate 0.5 ' + words)
    sts = client('sts')
    found = [outcome(sts.get_caller_identity) == 200 for _ in range(24)]
    awl(f'sandbox fault remove {id}')
    return found
one = pattern('--seed 7')
assert one == pattern('--seed 7') and one != pattern('--seed 8')
assert 4 < sum(one) < 20, one
for words in ['--service nothing --error 500', '--service iam', '--error 99', '--operation ListUsers --error 500',
        '--service iam --operation Nothing --error 500', '--service iam --error 500 --connection reset',
        '--service iam --error 500 --rate 1.5', '--service iam --latency 5']:
    awl('sandbox fault add ' + words, 252 if '1.5' in words or 'latency' in words else 255)
awl('sandbox fault remove fault-1', 255)
assert awl('sandbox fault list') == ''
"#,
    );
}

#[test]
fn clocks_that_differ_are_told_and_awl_corrects_its_own() {
    let sandbox = Running::start();
    python(
        &sandbox,
        r#"
import email.utils
for skew, words in [('20m', 'Signature expired: '), ('-20m', 'Signature not yet current: ')]:
    awl(f'sandbox clock --skew={skew}')
    code, status, message = outcome(client('sts', attempts=3).get_caller_identity)
    assert (code, status) == ('SignatureDoesNotMatch', 403) and message.startswith(words), message
    code, status, _ = outcome(client('s3').list_buckets)
    assert (code, status) == ('RequestTimeTooSkewed', 403)
    code, status, _ = outcome(client('ec2').describe_regions)
    assert code == 'RequestExpired', code
    code, status, message = outcome(client('dynamodb').list_tables)
    assert (code, status) == ('InvalidSignatureException', 400) and message.startswith(words), message
    assert '"arn:aws:iam::123456789012:user/admin"' in awl('sts get-caller-identity --query Arn')
awl('sandbox clock --skew 5m')
answer = boto3.client('sts').get_caller_identity()['ResponseMetadata']['HTTPHeaders']['date']
ahead = email.utils.parsedate_to_datetime(answer).timestamp() - time.time()
assert 290 < ahead < 310, ahead
# What the sandbox issues goes by its clock.
expires = boto3.client('sts').get_session_token(DurationSeconds=900)['Credentials']['Expiration'].timestamp()
assert 1190 < expires - time.time() < 1210
awl('sandbox clock --reset')
assert outcome(client('sts').get_caller_identity) == 200
awl('sandbox clock --skew 1y', 252)
"#,
    );
    // The JavaScript SDK learns the difference from an answer's date.
    sandbox
        .awl("sandbox clock --skew 30m --output json")
        .unwrap();
    let script = "const { STSClient, GetCallerIdentityCommand } = require('@aws-sdk/client-sts');
        new STSClient({}).send(new GetCallerIdentityCommand({})).then(own => console.log(own.Arn));";
    let arn = sandbox.exec_javascript("--user admin", script).unwrap();
    assert_eq!(arn, "arn:aws:iam::123456789012:user/admin");
}

#[test]
fn sessions_end_when_they_are_told_to() {
    let sandbox = Running::start();
    python(
        &sandbox,
        r#"
iam, sts = boto3.client('iam'), boto3.client('sts')
trust = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': 'sts:AssumeRole',
    'Principal': {'AWS': '123456789012'}}]}
for name in ['ops', 'dev']:
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))

def open(role='ops', name='kim'):
    keys = sts.assume_role(RoleArn=f'arn:aws:iam::123456789012:role/{role}', RoleSessionName=name)['Credentials']
    return boto3.Session(keys['AccessKeyId'], keys['SecretAccessKey'], keys['SessionToken'])

def asks(session, service='sts', call='get_caller_identity'):
    return outcome(getattr(client(service, session=session), call))

over = ('ExpiredToken', 403, 'The security token included in the request is expired')
ops, dev = open(), open('dev')
awl('sandbox expire --principal arn:aws:iam::123456789012:role/ops')
assert asks(ops) == over, asks(ops)
assert asks(ops, 's3', 'list_buckets') == ('ExpiredToken', 400, 'The provided token has expired.')
assert asks(ops, 'ec2', 'describe_regions')[0] == 'RequestExpired'
assert asks(ops, 'dynamodb', 'list_tables')[:2] == ('ExpiredTokenException', 400)
assert asks(dev) == 200
# One that is opened in the same second is none of those.
ops, other = open(), open(name='lee')
assert asks(ops) == 200
awl('sandbox expire --session ' + ops.get_credentials().access_key)
assert asks(ops) == over and asks(other) == 200
awl('sandbox expire --principal arn:aws:sts::123456789012:assumed-role/ops/lee')
assert asks(other) == over
token = sts.get_session_token()['Credentials']
own = boto3.Session(token['AccessKeyId'], token['SecretAccessKey'], token['SessionToken'])
awl('sandbox expire --all --before 2020-01-01T00:00:00Z')
assert asks(own) == 200 and asks(dev) == 200
awl('sandbox expire --all')
assert asks(own) == over and asks(dev) == over
assert outcome(client('sts').get_caller_identity) == 200
awl('sandbox expire --principal nobody', 255)
awl('sandbox expire', 252)
"#,
    );
}

#[test]
fn trouble_outlives_the_process_and_starts_with_it() {
    let place = TestPlace::new()
        .program("awl")
        .without("AWS_ACCESS_KEY_ID")
        .variable("AWS_MAX_ATTEMPTS", "1");
    let start = |more: &str| {
        let started = place.line(&format!("sandbox start --detach --port 0{more}"));
        assert!(started.starts_with("exit: 0"), "{started}");
    };
    start("");
    place.line("sandbox limit set --service iam --operation ListRoles --rate 0.5 --burst 3");
    place.line("sandbox fault add --service sts --error 503 --count 2");
    place.line("sandbox clock --skew 10m");
    let failed = place.line("sts get-caller-identity --profile sandbox");
    assert!(failed.contains("(ServiceUnavailable)"), "{failed}");
    place.line("sandbox stop");
    start(" --limits");
    let limits = place.line("sandbox limit list");
    assert!(
        limits.contains(
            "iam ListRoles: 0.5 a second, 3 at once\nec2, as AWS documents them: in force\n"
        ),
        "{limits}"
    );
    let faults = place.line("sandbox fault list");
    assert!(
        faults.contains("fault-1: sts, error 503, rate 1, 1 times more"),
        "{faults}"
    );
    assert!(place.line("sandbox clock").contains("(600 seconds ahead)"));
    place.line("sandbox stop");
    start(" --no-limits");
    let limits =
        place.line("sandbox limit list --query Documented[?InForce].Service --output json");
    assert!(limits.contains("\n[]\n"), "{limits}");
    place.line("sandbox stop");
    let both = place.line("sandbox start --limits --no-limits");
    assert!(both.starts_with("exit: 252"), "{both}");
}

#[test]
fn nothing_of_it_is_asked_without_the_token() {
    let sandbox = Running::start();
    let status = |path: &str| {
        let script = format!(
            "import urllib.request, urllib.error\ntry:\n urllib.request.urlopen(urllib.request.Request('{}{path}', data=b'{{}}'))\n\
             except urllib.error.HTTPError as error:\n print(error.code)",
            sandbox.endpoint
        );
        let output = sandbox.peer("python", &["-c", &script]);
        String::from_utf8(output.stdout).unwrap()
    };
    for verb in ["fault.add", "limit.set", "clock", "expire"] {
        assert_eq!(status(&format!("/_awl/control/{verb}")), "401\n");
    }
    let identity = sandbox
        .awl("sts get-caller-identity --profile sandbox")
        .unwrap();
    assert!(text(&identity, "Arn").ends_with("user/admin"));
}
