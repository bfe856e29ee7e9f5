//! Credentials as a user meets them: codes typed on a terminal, many processes
//! at once, caches shared with other programs, and secrets that nobody shows.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use awl_test::{Answer, Request, Server, on_terminal, peers};

const DEVICE: &str = "arn:aws:iam::123456789012:mfa/alice";

/// STS, which counts what it is asked.
struct Sts {
    server: Server,
    sessions: Arc<AtomicUsize>,
    roles: Arc<AtomicUsize>,
}

impl Sts {
    fn start() -> Self {
        let (sessions, roles) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let (opened, assumed) = (sessions.clone(), roles.clone());
        let server = Server::start(move |_, request| {
            let body = String::from_utf8_lossy(&request.body).into_owned();
            if body.contains("Action=GetSessionToken") {
                opened.fetch_add(1, Ordering::SeqCst);
                if !body.contains("TokenCode=654987") {
                    return refusal(
                        "MultiFactorAuthentication failed with invalid MFA one time \
                                    pass code. ",
                    );
                }
                return credentials("GetSessionToken", "ASIASESSION");
            }
            if body.contains("Action=AssumeRole") {
                let number = assumed.fetch_add(1, Ordering::SeqCst);
                return credentials("AssumeRole", &format!("ASIAROLE{number}"));
            }
            caller(request)
        });
        Self {
            server,
            sessions,
            roles,
        }
    }

    fn sessions(&self) -> usize {
        self.sessions.load(Ordering::SeqCst)
    }

    fn roles(&self) -> usize {
        self.roles.load(Ordering::SeqCst)
    }
}

fn credentials(operation: &str, key: &str) -> Answer {
    let end = "2099-01-01T00:00:00Z";
    Answer::new(
        200,
        format!(
            "<{operation}Response><{operation}Result><Credentials><AccessKeyId>{key}</AccessKeyId>\
             <SecretAccessKey>planted-secret-of-sts</SecretAccessKey><SessionToken>planted-token\
             </SessionToken><Expiration>{end}</Expiration></Credentials><AssumedRoleUser>\
             <AssumedRoleId>AROA:me</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/\
             Dev/me</Arn></AssumedRoleUser></{operation}Result><ResponseMetadata><RequestId>r\
             </RequestId></ResponseMetadata></{operation}Response>"
        ),
    )
    .header("Content-Type", "text/xml")
}

fn refusal(message: &str) -> Answer {
    let error = format!("<Error><Code>AccessDenied</Code><Message>{message}</Message></Error>");
    Answer::new(403, format!("<ErrorResponse>{error}</ErrorResponse>"))
}

/// GetCallerIdentity tells who signed.
fn caller(request: &Request) -> Answer {
    let authorization = request.header("authorization").unwrap_or_default();
    let key = authorization
        .split_once("Credential=")
        .and_then(|(_, rest)| rest.split_once('/'))
        .map_or("nobody", |(key, _)| key);
    Answer::new(
        200,
        format!(
            "<GetCallerIdentityResponse><GetCallerIdentityResult><UserId>{key}</UserId><Account>\
             123456789012</Account><Arn>arn:aws:iam::123456789012:user/alice</Arn>\
             </GetCallerIdentityResult></GetCallerIdentityResponse>"
        ),
    )
    .header("Content-Type", "text/xml")
}

/// A home with profiles: `alice` has keys and a device, `dev` and `ops` are
/// roles from them, `plain` is a role without a device.
struct Home {
    folder: tempfile::TempDir,
    endpoint: String,
}

impl Home {
    fn new(endpoint: String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Self { folder, endpoint };
        let role = |name: &str, device: &str| {
            format!(
                "[profile {name}]\nregion = us-east-1\nsource_profile = base\n\
                 role_arn = arn:aws:iam::123456789012:role/{name}\n{device}"
            )
        };
        let device = format!("mfa_serial = {DEVICE}\n");
        home.write(
            ".aws/config",
            &format!(
                "[profile alice]\nregion = us-east-1\n{device}{}{}{}",
                role("dev", &device),
                role("ops", &device),
                role("plain", "")
            ),
        );
        let keys = |name: &str| {
            format!(
                "[{name}]\naws_access_key_id = AKIAALICE\n\
                 aws_secret_access_key = planted-secret-of-file\n"
            )
        };
        home.write(".aws/credentials", &(keys("alice") + &keys("base")));
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, content: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// The variables that a program has here.
    fn settle<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env_clear()
            .env("HOME", self.folder.path())
            .env("PATH", "/usr/bin:/bin")
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_PAGER", "")
            .env("TZ", "UTC")
            .current_dir(self.folder.path())
    }

    fn awl(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_awl"));
        // Without a controlling terminal, whatever the tests run on.
        self.settle(&mut command).args(words).stdin(Stdio::null());
        command
    }

    /// The files in a folder of the home, but for locks.
    fn files(&self, folder: &str) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.path(folder)).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        paths
            .filter(|path| {
                path.extension()
                    .is_some_and(|extension| extension == "json")
            })
            .collect()
    }
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

const WHO: [&str; 4] = ["sts", "get-caller-identity", "--query", "UserId"];

fn who(profile: &str) -> Vec<&str> {
    let mut words = vec!["--profile", profile];
    words.extend(WHO);
    words
}

#[test]
fn one_code_typed_on_a_terminal_serves_the_user_and_all_roles() {
    let sts = Sts::start();
    let home = Home::new(sts.server.endpoint());
    let prompt = format!("Enter MFA code for {DEVICE}: ");
    let mut command = on_terminal(&[(&prompt, "654987")], env!("CARGO_BIN_EXE_awl"));
    let output = home
        .settle(&mut command)
        .args(who("alice"))
        .output()
        .unwrap();
    let shown = text(&output);
    assert!(output.status.success(), "{shown}");
    assert!(shown.contains("\"ASIASESSION\""), "{shown}");
    assert!(!shown.contains("654987"), "the code was shown: {shown}");
    assert_eq!(sts.sessions(), 1);

    // From here on there is no terminal, and no code is needed.
    for (profile, expected) in [
        ("alice", "ASIASESSION"),
        ("dev", "ASIAROLE0"),
        ("ops", "ASIAROLE1"),
        ("dev", "ASIAROLE0"),
    ] {
        let output = home.awl(&who(profile)).output().unwrap();
        assert_eq!(text(&output), format!("\"{expected}\"\n"), "{profile}");
    }
    assert_eq!((sts.sessions(), sts.roles()), (1, 2));
    for path in home.files(".aws/cli/cache") {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", path.display());
    }
}

#[test]
fn ctrl_c_at_the_question_ends_the_program_and_leaves_the_terminal_as_it_was() {
    let sts = Sts::start();
    let home = Home::new(sts.server.endpoint());
    let script = format!(
        "{} --profile alice sts get-caller-identity; echo \"code $?\"; stty -a | grep -o ' echo '",
        env!("CARGO_BIN_EXE_awl")
    );
    let mut command = on_terminal(&[("Enter MFA code", "\u{3}")], "/bin/sh");
    let output = home
        .settle(&mut command)
        .args(["-c", &script])
        .output()
        .unwrap();
    let shown = text(&output);
    assert!(shown.contains("code 130"), "{shown}");
    assert!(shown.contains(" echo "), "{shown}");
    assert_eq!(sts.sessions(), 0);
}

#[test]
fn a_wrong_code_is_the_services_error_and_nothing_is_kept() {
    let sts = Sts::start();
    let home = Home::new(sts.server.endpoint());
    let mut command = on_terminal(&[("Enter MFA code", "000000")], env!("CARGO_BIN_EXE_awl"));
    let output = home
        .settle(&mut command)
        .args(who("alice"))
        .output()
        .unwrap();
    let shown = text(&output);
    assert_eq!(output.status.code(), Some(254), "{shown}");
    assert!(
        shown.contains("(AccessDenied) when calling the GetSessionToken"),
        "{shown}"
    );
    assert_eq!(home.files(".aws/cli/cache").len(), 0);
}

#[test]
fn get_session_token_by_hand_is_signed_with_the_keys_themselves() {
    let sts = Sts::start();
    let home = Home::new(sts.server.endpoint());
    let words = [
        "--profile",
        "alice",
        "sts",
        "get-session-token",
        "--serial-number",
        DEVICE,
        "--token-code",
        "654987",
        "--query",
        "Credentials.AccessKeyId",
    ];
    let output = home.awl(&words).output().unwrap();
    assert_eq!(text(&output), "\"ASIASESSION\"\n");
    let request = &sts.server.requests()[0];
    let authorization = request.header("authorization").unwrap();
    assert!(
        authorization.contains("Credential=AKIAALICE/"),
        "{authorization}"
    );

    // The notes' way on: the temporary credentials as a profile of their own.
    home.write(
        ".aws/credentials",
        "[session]\naws_access_key_id = ASIABYHAND\naws_secret_access_key = s\n\
         aws_session_token = t\n",
    );
    let output = home.awl(&who("session")).output().unwrap();
    assert_eq!(text(&output), "\"ASIABYHAND\"\n");
    let requests = sts.server.requests();
    let last = requests.last().unwrap();
    assert_eq!(last.header("x-amz-security-token"), Some("t"));
    // And it is the AWS CLI's as well.
    let mut command = aws(&home, &who("session"));
    let output = command
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .output()
        .unwrap();
    assert_eq!(text(&output), "\"ASIABYHAND\"\n");
}

#[test]
fn what_mfa_login_writes_is_used_by_the_aws_cli_and_the_other_way_round() {
    let sts = Sts::start();
    let home = Home::new(sts.server.endpoint());
    let mut command = on_terminal(
        &[
            ("MFA serial number", DEVICE),
            ("MFA token code", "654987"),
            ("Profile to update", "daily"),
        ],
        env!("CARGO_BIN_EXE_awl"),
    );
    let output = home
        .settle(&mut command)
        .args([
            "--profile",
            "base",
            "--region",
            "us-east-1",
            "configure",
            "mfa-login",
        ])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(sts.sessions(), 1);
    for mut command in [aws(&home, &who("daily")), home.awl(&who("daily"))] {
        command
            .env("AWS_REGION", "us-east-1")
            .env("AWS_DEFAULT_REGION", "us-east-1");
        assert_eq!(text(&command.output().unwrap()), "\"ASIASESSION\"\n");
    }
    // A profile that the AWS CLI writes is used by awl.
    let set = [
        "configure",
        "set",
        "aws_session_token",
        "theirs",
        "--profile",
        "daily",
    ];
    assert!(aws(&home, &set).output().unwrap().status.success());
    let mut command = home.awl(&who("daily"));
    command.env("AWS_REGION", "us-east-1");
    assert!(command.output().unwrap().status.success());
    let requests = sts.server.requests();
    assert_eq!(
        requests.last().unwrap().header("x-amz-security-token"),
        Some("theirs")
    );
}

#[test]
fn fifty_processes_at_once_assume_a_role_once() {
    let sts = Sts::start();
    let home = Home::new(sts.server.endpoint());
    let children: Vec<_> = (0..50)
        .map(|_| {
            home.awl(&who("plain"))
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert_eq!(text(&output), "\"ASIAROLE0\"\n");
    }
    assert_eq!(sts.roles(), 1);
    let files = home.files(".aws/cli/cache");
    assert_eq!(files.len(), 1, "{files:?}");
    let text = std::fs::read_to_string(&files[0]).unwrap();
    assert!(awl_value::json::parse(&text).is_ok(), "{text}");
}

#[test]
fn the_aws_cli_and_boto3_use_the_role_that_awl_assumed() {
    let sts = Sts::start();
    let home = Home::new(sts.server.endpoint());
    let output = home.awl(&who("plain")).output().unwrap();
    assert_eq!(text(&output), "\"ASIAROLE0\"\n");
    for (what, mut command) in [("aws", aws(&home, &who("plain"))), ("boto3", boto3(&home))] {
        let output = command.output().unwrap();
        let shown = text(&output);
        assert!(
            output.status.success() && shown.contains("ASIAROLE0"),
            "{what}: {shown}"
        );
    }
    assert_eq!(sts.roles(), 1);
}

#[test]
fn awl_uses_the_role_that_the_aws_cli_or_boto3_assumed() {
    for by_boto3 in [false, true] {
        let sts = Sts::start();
        let home = Home::new(sts.server.endpoint());
        let mut command = if by_boto3 {
            boto3(&home)
        } else {
            aws(&home, &who("plain"))
        };
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", text(&output));
        let output = home.awl(&who("plain")).output().unwrap();
        assert_eq!(text(&output), "\"ASIAROLE0\"\n", "boto3: {by_boto3}");
        assert_eq!(sts.roles(), 1, "boto3: {by_boto3}");
    }
}

/// The AWS CLI of PyPI.
fn aws(home: &Home, words: &[&str]) -> Command {
    let mut command = Command::new(peers().join("aws"));
    home.settle(&mut command).args(words);
    command
}

/// boto3, told to keep its roles where the AWS CLI does.
fn boto3(home: &Home) -> Command {
    const PROGRAM: &str = "\
import boto3, botocore.session, os
from botocore.credentials import JSONFileCache
session = botocore.session.Session(profile='plain')
chain = session.get_component('credential_provider')
chain.get_provider('assume-role').cache = JSONFileCache(os.path.expanduser('~/.aws/cli/cache'))
sts = boto3.Session(botocore_session=session).client('sts')
print(sts.get_caller_identity()['UserId'])
";
    let mut command = Command::new(peers().join("python"));
    home.settle(&mut command).args(["-c", PROGRAM]);
    command
}

#[test]
fn no_secret_is_shown_by_debug_errors_or_explanations() {
    let sts = Sts::start();
    let home = Home::new(sts.server.endpoint());
    home.write("token", "planted-web-token");
    let secrets = [
        "planted-secret-of-file",
        "planted-secret-of-sts",
        "planted-token",
        "planted-secret-of-env",
        "planted-web-token",
        "planted-argument",
    ];
    let config = std::fs::read_to_string(home.path(".aws/config")).unwrap();
    home.write(
        ".aws/config",
        &format!(
            "{config}[profile web]\nrole_arn = arn:aws:iam::123456789012:role/web\n\
             web_identity_token_file = {}\n\
             [profile process]\ncredential_process = /no/such --password planted-argument\n",
            home.path("token").display()
        ),
    );
    let runs: Vec<Vec<&str>> = vec![
        [vec!["--debug"], who("plain")].concat(),
        [vec!["--debug"], who("web")].concat(),
        [vec!["--debug"], who("process")].concat(),
        vec!["--profile", "plain", "whoami", "--explain"],
        vec![
            "--profile",
            "plain",
            "whoami",
            "--explain",
            "--output",
            "json",
        ],
        vec!["--profile", "process", "whoami", "--explain"],
        [vec!["--debug"], WHO.to_vec()].concat(),
        vec!["whoami", "--explain", "--offline"],
    ];
    for words in runs {
        let mut command = home.awl(&words);
        if !words.contains(&"--profile") {
            command
                .env("AWS_ACCESS_KEY_ID", "AKIAENV")
                .env("AWS_SECRET_ACCESS_KEY", "planted-secret-of-env")
                .env("AWS_SESSION_TOKEN", "planted-token");
        }
        let shown = text(&command.output().unwrap());
        assert!(!shown.is_empty());
        for secret in secrets {
            assert!(
                !shown.contains(secret),
                "{words:?} shows {secret}:\n{shown}"
            );
        }
    }
}

#[test]
fn on_a_terminal_credentials_that_ended_say_what_to_do() {
    let server = Server::start(|_, _| {
        let error = "<Error><Code>ExpiredToken</Code><Message>ended</Message></Error>";
        Answer::new(403, format!("<ErrorResponse>{error}</ErrorResponse>"))
    });
    let home = Home::new(server.endpoint());
    let hint = "hint: the credentials have ended; `awl whoami --offline` says where they come from";
    let mut command = on_terminal(&[], env!("CARGO_BIN_EXE_awl"));
    let output = home
        .settle(&mut command)
        .args(who("base"))
        .output()
        .unwrap();
    assert!(text(&output).contains(hint), "{}", text(&output));
    assert_eq!(output.status.code(), Some(254));
    let output = home.awl(&who("base")).output().unwrap();
    assert!(!text(&output).contains("hint"), "{}", text(&output));
}

#[test]
fn a_process_that_dies_leaves_no_memory_behind() {
    let home = Home::new("http://127.0.0.1:1".to_owned());
    // Alive, with keys in its environment, until it is killed.
    let script = format!(
        "ulimit -c unlimited; sleep 2 | {} jp @ & sleep 0.3; kill -ABRT $!; wait",
        env!("CARGO_BIN_EXE_awl")
    );
    let mut command = Command::new("/bin/sh");
    let output = home
        .settle(&mut command)
        .args(["-c", &script])
        .env("AWS_SECRET_ACCESS_KEY", "planted-secret-of-env")
        .output()
        .unwrap();
    let shown = text(&output);
    let files = tree(home.folder.path());
    let core = files.iter().find(|path| {
        path.file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("core"))
    });
    assert_eq!(core, None, "{shown}");
    assert!(!shown.contains("core dumped"), "{shown}");
}

#[test]
fn nothing_but_the_caches_is_written() {
    let sts = Sts::start();
    let home = Home::new(sts.server.endpoint());
    let before = tree(home.folder.path());
    assert!(home.awl(&who("plain")).output().unwrap().status.success());
    let after = tree(home.folder.path());
    let new: Vec<_> = after.iter().filter(|path| !before.contains(path)).collect();
    let cache = home.path(".aws/cli");
    assert!(new.iter().all(|path| path.starts_with(&cache)), "{new:?}");
    assert!(!new.is_empty());
}

fn tree(folder: &Path) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            paths.extend(tree(&path));
        }
        paths.push(path);
    }
    paths
}
