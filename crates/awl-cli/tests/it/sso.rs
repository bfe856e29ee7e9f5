//! SSO sessions: logging in, the credentials and tokens that come of it, and
//! everything that can end them.

use std::process::Command;

use awl_test::{Account, on_terminal, peers};
use awl_value::Value;

use crate::desk::{Desk, Left, long_ago};

const TOKENS: &str = ".aws/sso/cache";
const ROLES: &str = ".aws/cli/cache";
const WHO: &str = "sts get-caller-identity --query Account --profile corp";
const ACCOUNT: &str = "\"123456789012\"\n";

const CONFIG: &str = "\
[profile corp]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Developer
region = eu-west-1
[profile legacy]
sso_start_url = https://d-1.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 123456789012
sso_role_name = Developer
region = eu-west-1
[profile stranger]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Nobody
[profile code]
sso_session = corp
[profile keys]
aws_access_key_id = AKIDKEYS
aws_secret_access_key = s
[sso-session corp]
sso_start_url = https://d-1.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
";

fn desk() -> Desk {
    Desk::new(CONFIG)
}

fn logged_in() -> Desk {
    let desk = desk();
    let left = desk.browse("sso login --profile corp");
    assert_eq!(left.code, 0, "{left:?}");
    desk
}

fn assert_fails(left: &Left, code: i32, message: &str) {
    assert_eq!((left.code, &*left.stdout), (code, ""), "{left:?}");
    assert_eq!(left.stderr, format!("\nawl: [ERROR]: {message}\n"));
}

/// What the terminal of a login that fails shows last.
fn assert_refused(left: &Left, code: i32, message: &str) {
    assert_eq!(left.code, code, "{left:?}");
    assert_eq!(left.stderr, format!("\nawl: [ERROR]: {message}\n"));
}

#[test]
fn a_browser_on_this_machine_logs_in() {
    let desk = desk();
    let left = desk.browse("sso login --profile corp");
    insta::assert_snapshot!(desk.plain(&left.stdout), @r"
    Attempting to open your default browser. If the browser does not open, open the following URL.
    If you are unable to open the URL on this device, run this command again with the '--use-device-code' option.

    [PORTAL]/authorize?response_type=code&client_id=client-2&redirect_uri=http%3A%2F%2F127.0.0.1%3A[]%2Foauth%2Fcallback&state=[]&code_challenge_method=S256&scopes=sso%3Aaccount%3Aaccess&code_challenge=[]

    Successfully logged into Start URL: https://d-1.awsapps.com/start
    ");
    assert_eq!((left.code, &*left.stderr), (0, ""));
    let keys = |member: &str| -> Vec<String> {
        let (_, map) = desk.file_with(TOKENS, member);
        map.keys().map(str::to_owned).collect()
    };
    assert_eq!(
        keys("accessToken"),
        [
            "startUrl",
            "region",
            "accessToken",
            "expiresAt",
            "clientId",
            "clientSecret",
            "registrationExpiresAt",
            "refreshToken",
        ]
    );
    assert_eq!(
        keys("grantTypes"),
        [
            "clientId",
            "clientSecret",
            "expiresAt",
            "scopes",
            "grantTypes"
        ]
    );
    // The token gives credentials, once for all.
    for _ in 0..2 {
        let left = desk.run(WHO);
        assert_eq!(left.stdout, ACCOUNT, "{left:?}");
    }
    assert_eq!(desk.asked("GET /federation/credentials"), 1);
    let (_, role) = desk.file_with(ROLES, "ProviderType");
    assert_eq!(role.get("ProviderType"), Some(&Value::from("sso")));
}

#[test]
fn a_browser_is_opened() {
    let desk = desk();
    let mut command = desk.awl("sso login --profile corp");
    let output = desk.with_browser(&mut command).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(desk.asked("GET /authorize"), 1);
}

#[test]
fn a_good_session_is_left_alone_unless_force_is_used() {
    let desk = logged_in();
    let before = desk.file_with(TOKENS, "accessToken");
    let left = desk.run("sso login --sso-session corp");
    assert_eq!(left.code, 0, "{left:?}");
    assert_eq!(
        left.stdout,
        "Successfully logged into Start URL: https://d-1.awsapps.com/start\n"
    );
    assert_eq!(desk.file_with(TOKENS, "accessToken"), before);
    assert_eq!(desk.asked("GET /authorize"), 1);

    let left = desk.browse("sso login --sso-session corp --force");
    assert_eq!(left.code, 0, "{left:?}");
    assert_ne!(desk.file_with(TOKENS, "accessToken"), before);
    // This program is registered still.
    assert_eq!(desk.asked("POST /client/register"), 1);
}

#[test]
fn other_scopes_are_another_session() {
    let desk = logged_in();
    let config = CONFIG.replace("= sso:account:access", "= sso:account:access, extra:scope");
    std::fs::write(desk.home().join(".aws/config"), config).unwrap();
    let left = desk.browse("sso login --profile corp");
    assert!(
        left.stdout
            .contains("scopes=sso%3Aaccount%3Aaccess%20extra%3Ascope&"),
        "{left:?}"
    );
    assert_eq!(desk.asked("POST /client/register"), 2);
}

#[test]
fn a_device_is_logged_in_from_anywhere() {
    let desk = desk();
    desk.portal
        .set(|settings| settings.device_answers.push_back("authorization_pending"));
    let left = desk.browse("sso login --profile corp --use-device-code --no-browser");
    insta::assert_snapshot!(desk.plain(&left.stdout), @r"
    Browser will not be automatically opened.
    Please visit the following URL:

    [PORTAL]/device

    Then enter the code:

    WXYZ-0003

    Alternatively, you may visit the following URL which will autofill the code upon loading:
    [PORTAL]/device?user_code=WXYZ-0003
    Successfully logged into Start URL: https://d-1.awsapps.com/start
    ");
    assert_eq!((left.code, &*left.stderr), (0, ""));
    assert_eq!(desk.run(WHO).stdout, ACCOUNT);
}

#[test]
fn a_profile_without_a_section_logs_in_by_device() {
    let desk = desk();
    let left = desk.browse("sso login --profile legacy --no-browser");
    assert_eq!(left.code, 0, "{left:?}");
    assert_eq!(desk.asked("GET /authorize"), 0);
    let who = "sts get-caller-identity --query Account --profile legacy";
    assert_eq!(desk.run(who).stdout, ACCOUNT);
    // Nothing renews such a session.
    desk.change(TOKENS, "accessToken", |token| {
        token.insert("expiresAt", long_ago());
    });
    std::fs::remove_dir_all(desk.home().join(ROLES)).unwrap();
    assert_fails(&desk.run(who), 255, UNAUTHORIZED);
    assert_eq!(desk.asked("GET /federation/credentials"), 1);
}

const UNAUTHORIZED: &str = "The SSO session associated with this profile has expired or is \
                            otherwise invalid. To refresh this SSO session run aws sso login with \
                            the corresponding profile.";
const ENDED: &str = "Error when retrieving token from sso: Token has expired and refresh failed";

#[test]
fn who_presses_deny_is_not_logged_in() {
    let desk = desk();
    desk.portal.set(|settings| settings.is_denied = true);
    assert_refused(
        &desk.browse("sso login --profile corp"),
        255,
        "Error loading authorization code: Failed to retrieve an authorization code.",
    );
    assert_refused(
        &desk.browse("sso login --profile corp --use-device-code --no-browser"),
        254,
        "An error occurred (AccessDeniedException) when calling the CreateToken operation:\n\n\
         Additional error details:\nerror: access_denied\nerror_description: it is access_denied",
    );
    let mut tokens = desk.files(TOKENS).into_iter();
    assert!(tokens.all(|path| {
        let text = std::fs::read_to_string(path).unwrap();
        !text.contains("accessToken")
    }));
}

#[test]
fn a_code_that_nobody_confirms_expires() {
    let desk = desk();
    desk.portal.set(|settings| {
        settings.device_answers = ["authorization_pending", "expired_token"].into();
    });
    assert_refused(
        &desk.run("sso login --profile corp --use-device-code --no-browser"),
        255,
        "The pending authorization to retrieve an SSO token has expired. The login flow to \
         retrieve an SSO token must be restarted.",
    );
}

#[test]
fn a_wrong_state_is_refused() {
    let desk = desk();
    let mut command = desk.awl("sso login --profile corp");
    let script = "python3 -c 'import sys, re, urllib.request as u; \
                  u.urlopen(re.sub(\"state=[^&]*\", \"state=x\", sys.argv[1])).read()' %s";
    let output = command.env("BROWSER", script).output().unwrap();
    assert_eq!(output.status.code(), Some(255));
    let shown = String::from_utf8(output.stderr).unwrap();
    assert!(
        shown.ends_with("code: State parameter does not match expected value.\n"),
        "{shown}"
    );
    assert_eq!(desk.asked("POST /token"), 0);
}

#[test]
fn a_token_is_renewed_by_one_of_many_processes() {
    let desk = logged_in();
    desk.change(TOKENS, "accessToken", |token| {
        token.insert("expiresAt", long_ago());
    });
    let (_, before) = desk.file_with(TOKENS, "accessToken");
    let asked = desk.asked("POST /token");
    let children: Vec<_> = (0..8)
        .map(|_| {
            let mut command = desk.awl(WHO);
            command.stdout(std::process::Stdio::piped());
            command.stderr(std::process::Stdio::piped());
            command.spawn().unwrap()
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.stdout, ACCOUNT.as_bytes(), "{output:?}");
    }
    assert_eq!(desk.asked("POST /token"), asked + 1);
    assert_eq!(desk.asked("GET /federation/credentials"), 1);
    let (_, after) = desk.file_with(TOKENS, "accessToken");
    assert_ne!(after.get("refreshToken"), before.get("refreshToken"));
    assert_eq!(after.get("clientId"), before.get("clientId"));
    let token = after.get("accessToken").and_then(Value::as_str).unwrap();
    assert!(desk.portal.accepts(token));
}

#[test]
fn what_cannot_be_renewed_has_ended() {
    for member in ["refreshToken", "clientId", "registrationExpiresAt"] {
        let desk = logged_in();
        desk.change(TOKENS, "accessToken", |token| {
            token.insert("expiresAt", long_ago());
            token.remove(member);
        });
        assert_fails(&desk.run(WHO), 255, ENDED);
    }
    let desk = logged_in();
    desk.change(TOKENS, "accessToken", |token| {
        token.insert("expiresAt", long_ago());
        token.insert("registrationExpiresAt", long_ago());
    });
    let asked = desk.asked("POST /token");
    assert_fails(&desk.run(WHO), 255, ENDED);
    assert_eq!(desk.asked("POST /token"), asked);
    desk.change(TOKENS, "accessToken", |token| {
        token.remove("expiresAt");
    });
    let message = "Error loading SSO Token: Token for https://d-1.awsapps.com/start is invalid";
    assert_fails(&desk.run(WHO), 255, message);
}

#[test]
fn a_revoked_session_is_told_and_can_be_opened_again() {
    let desk = logged_in();
    desk.portal.revoke();
    assert_fails(&desk.run(WHO), 255, UNAUTHORIZED);
    // Its time has not come, yet it is no good session.
    let left = desk.browse("sso login --profile corp");
    assert!(left.stdout.contains("/authorize?"), "{left:?}");
    assert_eq!(desk.run(WHO).stdout, ACCOUNT);

    desk.change(TOKENS, "accessToken", |token| {
        token.insert("expiresAt", long_ago());
    });
    std::fs::remove_dir_all(desk.home().join(ROLES)).unwrap();
    desk.portal.revoke();
    assert_fails(&desk.run(WHO), 255, ENDED);
}

#[test]
fn logging_out_wipes_tokens_and_credentials_and_nothing_else() {
    let desk = logged_in();
    assert_eq!(desk.run(WHO).stdout, ACCOUNT);
    let (_, token) = desk.file_with(TOKENS, "accessToken");
    let token = token.get("accessToken").and_then(Value::as_str).unwrap();
    let other = desk.home().join(ROLES).join("role.json");
    let content = r#"{"Credentials": {}, "ProviderType": "other"}"#;
    awl_sdk::env::Host::write(&awl_sdk::env::Process, &other, content.as_bytes()).unwrap();
    assert!(desk.portal.accepts(token));

    let left = desk.run("sso logout");
    assert_eq!((left.code, &*left.stdout, &*left.stderr), (0, "", ""));
    assert!(!desk.portal.accepts(token));
    assert_eq!(desk.files(ROLES), [other]);
    let registration = desk.file_with(TOKENS, "clientSecret");
    assert_eq!(desk.files(TOKENS), [registration.0]);
    assert_fails(
        &desk.run(WHO),
        255,
        "Error loading SSO Token: Token for corp does not exist",
    );
    // What the portal has forgotten is forgotten here, too.
    let left = desk.run("sso logout");
    assert_eq!((left.code, &*left.stderr), (0, ""));
}

#[test]
fn logging_out_wipes_though_nobody_can_be_reached() {
    let mut desk = logged_in();
    let gone = (
        "AWS_ENDPOINT_URL_SSO".to_owned(),
        "http://127.0.0.1:1".to_owned(),
    );
    desk.variables.push(gone);
    let left = desk.run("sso logout");
    assert_eq!(left.code, 255, "{left:?}");
    assert!(left.stderr.contains("Could not connect"), "{left:?}");
    assert_eq!(desk.files(TOKENS).len(), 1);
}

#[test]
fn a_role_that_is_not_the_users_is_refused_in_the_services_words() {
    let desk = logged_in();
    assert_fails(
        &desk.run("sts get-caller-identity --profile stranger --region eu-west-1"),
        254,
        "An error occurred (ForbiddenException) when calling the GetRoleCredentials operation: No \
         access",
    );
}

#[test]
fn configurations_that_lack_something_are_told() {
    let session = "[sso-session s]\nsso_start_url = https://d-1.awsapps.com/start\n";
    let role = "sso_account_id = 1\nsso_role_name = r\n";
    for (rest, message) in [
        (
            "sso_role_name = r\nsso_region = x\n".to_owned(),
            "The profile \"p\" is configured to use SSO but is missing required configuration: \
             sso_account_id, sso_start_url",
        ),
        (
            format!("{role}sso_session = none\n"),
            "The specified sso-session does not exist: \"none\"",
        ),
        (
            format!("{role}sso_session = s\n{session}"),
            "The profile \"p\" is configured to use SSO but is missing required configuration: \
             sso_region",
        ),
        (
            format!("{role}sso_session = s\nsso_region = a\n{session}"),
            "The profile \"p\" is configured to use the SSO token provider but is missing the \
             following configuration: ['sso_region'].",
        ),
        (
            format!("{role}sso_session = s\nsso_region = a\n{session}sso_region = b\n"),
            "The value for sso_region is inconsistent between profile (a) and sso-session (b).",
        ),
    ] {
        let desk = Desk::new(&format!("[profile p]\nregion = eu-west-1\n{rest}"));
        assert_fails(
            &desk.run("sts get-caller-identity --profile p"),
            255,
            message,
        );
    }
    let desk = desk();
    for (line, message) in [
        (
            "sso login --sso-session none",
            "The specified sso-session does not exist: \"none\"",
        ),
        (
            "sso login --profile keys",
            "Missing the following required SSO configuration values: sso_start_url, sso_region. \
             To make sure this profile is properly configured to use SSO, please run: aws \
             configure sso",
        ),
    ] {
        let message = format!("An error occurred (Configuration): {message}");
        assert_fails(&desk.run(line), 253, &message);
    }
}

#[test]
fn services_that_take_a_token_are_given_it() {
    let desk = desk();
    let line = "codecatalyst verify-session --profile code --query identity";
    assert_fails(
        &desk.run(line),
        255,
        "Error loading SSO Token: Token for corp does not exist",
    );
    assert_fails(
        &desk.run("codecatalyst verify-session --profile keys"),
        255,
        "Unable to locate authorization token",
    );
    let left = desk.browse("sso login --profile code");
    assert_eq!(left.code, 0, "{left:?}");
    assert_eq!(desk.run(line).stdout, "\"alice\"\n");
}

#[test]
fn configuring_logs_in_and_writes_profile_and_session() {
    let desk = Desk::new("# mine\n[default]\nregion = eu-west-1\n");
    desk.portal.set(|settings| {
        let account = |id, name, roles| Account {
            id,
            name,
            email: "",
            roles,
        };
        settings.accounts = vec![
            account("222222222222", "zoo", &["Reader"]),
            account("111111111111", "", &["Reader"]),
            account("123456789012", "Farm", &["Reader", "admin", "Writer"]),
        ];
    });
    let input =
        "new\nnot a url\nhttps://d-1.awsapps.com/start\n\neu-west-1\n\n1\nWriter\n\njson\n\n";
    let mut command = desk.awl("configure sso");
    let mut child = desk
        .with_browser(&mut command)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{shown}");
    insta::assert_snapshot!(desk.plain(&shown), @r#"
    SSO session name (Recommended): SSO start URL [None]: Not a valid Start URL
    SSO start URL [None]: SSO region [None]: A value is required
    SSO region [None]: SSO registration scopes [sso:account:access]: Attempting to open your default browser. If the browser does not open, open the following URL.
    If you are unable to open the URL on this device, run this command again with the '--use-device-code' option.

    [PORTAL]/authorize?response_type=code&client_id=client-2&redirect_uri=http%3A%2F%2F127.0.0.1%3A[]%2Foauth%2Fcallback&state=[]&code_challenge_method=S256&scopes=sso%3Aaccount%3Aaccess&code_challenge=[]

    There are 3 AWS accounts available to you.
      1) Farm (123456789012)
      2) zoo (222222222222)
      3) 111111111111
    Account [1]: Using the account ID 123456789012
    There are 3 roles available to you.
      1) admin
      2) Reader
      3) Writer
    Role [1]: Using the role name "Writer"
    Default client Region [eu-west-1]: CLI default output format (json if not specified) [None]: Profile name [Writer-123456789012]: To use this profile, specify the profile name using --profile, as shown:

    aws sts get-caller-identity --profile Writer-123456789012
    "#);
    let config = std::fs::read_to_string(desk.home().join(".aws/config")).unwrap();
    insta::assert_snapshot!(config, @r"
    # mine
    [default]
    region = eu-west-1
    [profile Writer-123456789012]
    sso_session = new
    sso_account_id = 123456789012
    sso_role_name = Writer
    region = eu-west-1
    output = json
    [sso-session new]
    sso_start_url = https://d-1.awsapps.com/start
    sso_region = eu-west-1
    sso_registration_scopes = sso:account:access
    ");
    let left = desk.run("sts get-caller-identity --query Account --profile Writer-123456789012");
    assert_eq!(left.stdout, ACCOUNT, "{left:?}");
}

#[test]
fn a_session_can_be_configured_by_itself() {
    let desk = desk();
    let left = desk.type_in("configure sso-session", "corp\n\nus-east-2\nx:y, z\n");
    insta::assert_snapshot!(left.stdout, @r"
    SSO session name: SSO start URL [https://d-1.awsapps.com/start]: SSO region [eu-west-1]: SSO registration scopes [sso:account:access]: 
    Completed configuring SSO session: corp
    Run the following to login and refresh access token for this session:

    aws sso login --sso-session corp
    ");
    let config = std::fs::read_to_string(desk.home().join(".aws/config")).unwrap();
    let expected = CONFIG
        .replace(
            "sso_region = eu-west-1\nsso_registration",
            "sso_region = us-east-2\nsso_registration",
        )
        .replace("= sso:account:access", "= x:y, z");
    assert_eq!(config, expected);
    let left = desk.type_in("configure sso-session", "corp\n");
    assert_refused(&left, 255, "EOF when reading a line");
}

#[test]
fn on_a_terminal_an_ended_session_offers_to_log_in() {
    for (answer, expected) in [("y\r", true), ("n\r", false)] {
        let desk = logged_in();
        desk.portal.revoke();
        let mut command = on_terminal(&[("Log in now? [Y/n]", answer)], env!("CARGO_BIN_EXE_awl"));
        let output = desk
            .with_browser(&mut command)
            .args(WHO.split(' '))
            .output()
            .unwrap();
        let shown = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.success(), expected, "{shown}");
        assert_eq!(shown.contains("\"123456789012\""), expected, "{shown}");
        assert!(shown.contains(UNAUTHORIZED), "{shown}");
    }
}

/// What boto3 finds for a profile: whether its credentials are those that awl
/// keeps tells whose they are.
fn boto3(desk: &Desk) -> String {
    let script = "import boto3; \
                  session = boto3.Session(profile_name='corp'); \
                  print(session.get_credentials().get_frozen_credentials().access_key)";
    let mut command = Command::new(peers().join("python"));
    let output = desk.settle(&mut command).args(["-c", script]).output();
    let output = output.unwrap();
    let shown = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{shown}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn boto3_and_awl_use_and_renew_the_same_session() {
    let desk = logged_in();
    assert!(boto3(&desk).starts_with("ASIA"));
    // boto3 renews, awl uses what it wrote.
    let end = || {
        desk.change(TOKENS, "accessToken", |token| {
            token.insert("expiresAt", long_ago());
        });
    };
    end();
    let asked = desk.asked("POST /token");
    assert!(boto3(&desk).starts_with("ASIA"));
    assert_eq!(desk.asked("POST /token"), asked + 1);
    assert_eq!(desk.run(WHO).stdout, ACCOUNT);
    assert_eq!(desk.asked("POST /token"), asked + 1);
    // And the other way round.
    end();
    std::fs::remove_dir_all(desk.home().join(ROLES)).unwrap();
    assert_eq!(desk.run(WHO).stdout, ACCOUNT);
    assert!(boto3(&desk).starts_with("ASIA"));
    assert_eq!(desk.asked("POST /token"), asked + 2);
}

#[test]
fn secrets_of_a_session_are_not_shown() {
    let desk = desk();
    let left = desk.browse("sso login --profile corp --debug");
    let role = desk.run(&format!("{WHO} --debug"));
    let (_, token) = desk.file_with(TOKENS, "accessToken");
    let shown = [left.stderr, left.stdout, role.stderr, role.stdout].concat();
    for name in ["accessToken", "refreshToken", "clientSecret"] {
        let secret = token.get(name).and_then(Value::as_str).unwrap();
        assert!(!shown.contains(secret), "{name}");
    }
}
