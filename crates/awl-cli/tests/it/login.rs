//! Console sign-ins: `login`, `logout`, and the credentials in between.

use awl_test::on_terminal;
use awl_value::{Map, Value};

use crate::desk::{Desk, Left, long_ago};

const CACHE: &str = ".aws/login/cache";
const WHO: &str = "sts get-caller-identity --query Account";
const ACCOUNT: &str = "\"123456789012\"\n";
const ALICE: &str = "arn:aws:iam::123456789012:user/alice";

fn desk() -> Desk {
    Desk::new("[default]\nregion = us-east-1\n")
}

fn logged_in() -> Desk {
    let desk = desk();
    let left = desk.browse("login");
    assert_eq!(left.code, 0, "{left:?}");
    desk
}

fn assert_fails(left: &Left, code: i32, message: &str) {
    assert_eq!(left.code, code, "{left:?}");
    assert_eq!(left.stderr, format!("\nawl: [ERROR]: {message}\n"));
}

/// Lets the credentials that are kept end.
fn end(desk: &Desk) {
    desk.change(CACHE, "accessToken", |token| {
        let access = token.get_mut("accessToken").and_then(Value::as_map_mut);
        access.unwrap().insert("expiresAt", long_ago());
    });
}

fn config(desk: &Desk) -> String {
    std::fs::read_to_string(desk.home().join(".aws/config")).unwrap()
}

#[test]
fn a_browser_on_this_machine_signs_in() {
    let desk = desk();
    let left = desk.browse("login");
    insta::assert_snapshot!(desk.plain(&left.stdout), @r"
    Attempting to open your default browser. If the browser does not open, open the following URL.
    If you are unable to open the URL on this device, run this command again with the '--remote' option.

    [PORTAL]/v1/authorize?response_type=code&client_id=arn%3Aaws%3Asignin%3A%3A%3Adevtools%2Fsame-device&state=[]&code_challenge_method=SHA-256&scope=openid&redirect_uri=http%3A%2F%2F127.0.0.1%3A[]%2Foauth%2Fcallback&code_challenge=[]


    Updated profile default to use arn:aws:iam::123456789012:user/alice credentials.
    ");
    assert_eq!((left.code, &*left.stderr), (0, ""));
    assert_eq!(
        config(&desk),
        format!("[default]\nregion = us-east-1\nlogin_session = {ALICE}\n")
    );
    let (path, token) = desk.file_with(CACHE, "accessToken");
    // The name's SHA-256.
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    assert_eq!(
        name,
        "b7d71d383b9557a9bad4c3346c50365819226484c6824a0fdef66637be339db0"
    );
    let keys = |map: &Map| -> Vec<String> { map.keys().map(str::to_owned).collect() };
    assert_eq!(
        keys(&token),
        [
            "accessToken",
            "tokenType",
            "clientId",
            "refreshToken",
            "idToken",
            "dpopKey"
        ]
    );
    assert_eq!(
        keys(token.get("accessToken").and_then(Value::as_map).unwrap()),
        [
            "accessKeyId",
            "secretAccessKey",
            "sessionToken",
            "accountId",
            "expiresAt"
        ]
    );
    assert_eq!(desk.run(WHO).stdout, ACCOUNT);
    assert_eq!(desk.asked("POST /v1/token"), 1);
}

#[test]
fn a_browser_elsewhere_signs_in_by_a_code() {
    let desk = desk();
    let left = desk.carry("login --remote", |page| format!("{page}\n"));
    insta::assert_snapshot!(desk.plain(&left.stdout), @r"
    Browser will not be automatically opened.
    Please visit the following URL:

    [PORTAL]/v1/authorize?response_type=code&client_id=arn%3Aaws%3Asignin%3A%3A%3Adevtools%2Fcross-device&state=[]&code_challenge_method=SHA-256&scope=openid&redirect_uri=http%3A%2F%2F[HOST]%2Fv1%2Fsessions%2Fconfirmation&code_challenge=[]

    Enter the authorization code displayed in your browser: 
    Updated profile default to use arn:aws:iam::123456789012:user/alice credentials.
    ");
    assert_eq!((left.code, &*left.stderr), (0, ""));
    assert_eq!(desk.run(WHO).stdout, ACCOUNT);
    for (typed, message) in [
        ("zzz\n", "Failed to decode the verification code."),
        (
            "YWJj\n",
            "Failed to retrieve an auth_code or state from the verification code",
        ),
        (
            "\n",
            "argument should be a bytes-like object or ASCII string, not 'NoneType'",
        ),
    ] {
        assert_fails(&desk.type_in("login --remote --force", typed), 255, message);
    }
}

#[test]
fn a_good_session_is_left_alone_unless_force_is_used() {
    let desk = logged_in();
    let before = desk.file_with(CACHE, "accessToken");
    let done = format!("\nUpdated profile default to use {ALICE} credentials.\n");
    let left = desk.run("login");
    assert_eq!((left.code, left.stdout), (0, done.clone()));
    assert_eq!(desk.file_with(CACHE, "accessToken"), before);
    // A session that can be renewed is good.
    end(&desk);
    assert_eq!(desk.run("login").stdout, done);
    assert_eq!(desk.asked("GET /v1/authorize"), 1);
    let left = desk.browse("login --force");
    assert!(left.stdout.ends_with(&done), "{left:?}");
    assert_eq!(desk.asked("GET /v1/authorize"), 2);
}

#[test]
fn credentials_are_renewed_by_one_of_many_processes() {
    let desk = logged_in();
    end(&desk);
    let (_, before) = desk.file_with(CACHE, "accessToken");
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
    assert_eq!(desk.asked("POST /v1/token"), 2);
    let (_, after) = desk.file_with(CACHE, "accessToken");
    assert_ne!(after.get("refreshToken"), before.get("refreshToken"));
    assert_eq!(after.get("dpopKey"), before.get("dpopKey"));
    assert_eq!(after.get("idToken"), before.get("idToken"));
}

#[test]
fn what_cannot_be_renewed_is_told() {
    let desk = logged_in();
    end(&desk);
    for (denial, message) in [
        (
            "TOKEN_EXPIRED",
            "Your session has expired. Please reauthenticate using 'aws login'.",
        ),
        (
            "USER_CREDENTIALS_CHANGED",
            "Unable to refresh login credentials because of a change in your password. Please \
             reauthenticate with your new password using 'aws login'.",
        ),
        (
            "INSUFFICIENT_PERMISSIONS",
            "Unable to create or refresh login credentials due to insufficient permissions. You \
             may be missing permission for the 'signin:CreateOAuth2Token' action.",
        ),
        (
            "SOMETHING_ELSE",
            "An unspecified error happened when resolving AWS credentials or refreshing a login \
             session profile.",
        ),
    ] {
        desk.portal
            .set(|settings| settings.sign_in_denial = Some(denial));
        assert_fails(&desk.run(WHO), 255, message);
    }
    desk.portal.set(|settings| settings.sign_in_denial = None);
    assert_eq!(desk.run(WHO).stdout, ACCOUNT);
    let missing = "Error loading login session token: Failed to load access token from token \
                   cache, missing one or more required fields.";
    for member in ["refreshToken", "dpopKey", "clientId"] {
        let (path, _) = desk.file_with(CACHE, "accessToken");
        let whole = std::fs::read(&path).unwrap();
        desk.change(CACHE, "accessToken", |token| {
            token.remove(member);
        });
        assert_fails(&desk.run(WHO), 255, missing);
        std::fs::write(path, whole).unwrap();
    }
    // A key that is another's proves nothing.
    end(&desk);
    let other = logged_in();
    let (_, token) = other.file_with(CACHE, "accessToken");
    desk.change(CACHE, "accessToken", |own| {
        own.insert("dpopKey", token.get("dpopKey").unwrap().clone());
    });
    let left = desk.run(WHO);
    assert_eq!(left.code, 254, "{left:?}");
    assert!(
        left.stderr.contains("the token is another key's"),
        "{left:?}"
    );
}

#[test]
fn who_presses_deny_is_not_signed_in() {
    let desk = desk();
    desk.portal.set(|settings| settings.is_denied = true);
    assert_fails(
        &desk.browse("login"),
        255,
        "Error loading or redeeming a login authorization code: Failed to retrieve an \
         authorization code.",
    );
    desk.portal.set(|settings| {
        settings.is_denied = false;
        settings.sign_in_denial = Some("AUTHCODE_EXPIRED");
    });
    assert_fails(
        &desk.browse("login"),
        255,
        "Error loading or redeeming a login authorization code: Unable to complete the login \
         process due to an expired authorization code. Please reauthenticate using 'aws login'.",
    );
    assert!(desk.files(CACHE).is_empty());
    assert_eq!(config(&desk), "[default]\nregion = us-east-1\n");
}

#[test]
fn a_profile_changes_its_session_only_if_the_user_agrees() {
    let bob = "arn:aws:iam::123456789012:user/bob";
    for (typed, expected) in [("x\nn\n", bob), ("yes\n", ALICE)] {
        let desk = Desk::new(&format!(
            "[profile p]\nregion = us-east-1\nlogin_session = {bob}\n"
        ));
        let mut command = desk.awl("login --profile p");
        let mut child = desk
            .with_browser(&mut command)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), typed.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let shown = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{shown}");
        let question = format!(
            "\nProfile p is already configured to use session {bob}. Do you want to overwrite it \
             to use {ALICE} instead? (y/n): "
        );
        assert!(shown.contains(&question), "{shown}");
        assert!(config(&desk).contains(&format!("login_session = {expected}\n")));
        assert_eq!(desk.files(CACHE).len(), usize::from(expected == ALICE));
    }
}

#[test]
fn a_new_profile_is_made_and_asks_for_its_region() {
    let desk = Desk::new("");
    let mut command = desk.awl("login --profile new");
    let mut child = desk
        .with_browser(&mut command)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"eu-north-1\n").unwrap();
    let output = child.wait_with_output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{shown}");
    assert!(shown.contains("AWS Region [us-east-1]: "), "{shown}");
    assert!(shown.ends_with(&format!(
        "\nUpdated profile new to use {ALICE} credentials.\nUse \"--profile new\" to use the new \
         credentials, such as \"aws sts get-caller-identity --profile new\"\n"
    )));
    assert_eq!(
        config(&desk),
        format!("[profile new]\nlogin_session = {ALICE}\nregion = eu-north-1\n")
    );
    let left = desk.run(&format!("{WHO} --profile new"));
    assert_eq!(left.stdout, ACCOUNT, "{left:?}");
}

#[test]
fn a_profile_with_other_credentials_is_left_alone() {
    for (key, style) in [
        ("web_identity_token_file", "Web Identity"),
        ("sso_account_id", "SSO"),
        ("aws_access_key_id", "Access Key"),
        ("role_arn", "Assume Role"),
        ("credential_process", "Credential Process"),
    ] {
        let text = format!("[profile p]\nregion = us-east-1\n{key} = x\n");
        let desk = Desk::new(&text);
        assert_fails(
            &desk.run("login --profile p"),
            253,
            &format!(
                "An error occurred (Configuration): Profile 'p' is already configured with {style} \
                 credentials.\n\nYou may run 'aws login --profile new-profile-name' to create a \
                 new profile with the specified name. Otherwise you must first manually remove \
                 the existing credentials from 'p'."
            ),
        );
        assert_eq!(config(&desk), text);
    }
}

#[test]
fn logging_out_wipes_one_or_all() {
    let desk = logged_in();
    let left = desk.run("logout --profile other");
    assert_eq!((left.code, &*left.stdout), (0, ""));
    assert_eq!(
        left.stderr,
        "warning: no login session found for profile 'other'\n"
    );
    assert_eq!(desk.files(CACHE).len(), 1);
    let left = desk.run("logout");
    insta::assert_snapshot!(left.stdout, @"Removed cached login credentials for profile 'default'. Note, any local developer tools that have already loaded the access token may continue to use it until its expiration. Access tokens expire in 15 minutes.");
    assert!(desk.files(CACHE).is_empty());
    assert_fails(
        &desk.run(WHO),
        255,
        &format!(
            "Error loading login session token: Unable to load a existing login session for \
             session {ALICE}, Please reauthenticate with 'aws login'."
        ),
    );
    assert_eq!(
        desk.run("logout --all").stdout,
        "No cached login session tokens found.\n"
    );
    desk.browse("login");
    let left = desk.run("logout --all");
    assert!(
        left.stdout
            .starts_with("Removed 1 cached login credential. Note,"),
        "{left:?}"
    );
    assert!(desk.files(CACHE).is_empty());
}

#[test]
fn another_folder_may_keep_the_sessions() {
    let mut desk = desk();
    let folder = ("AWS_LOGIN_CACHE_DIRECTORY".to_owned(), "~/else".to_owned());
    desk.variables.push(folder);
    desk.browse("login");
    assert_eq!(desk.files("else").len(), 1);
    assert!(desk.files(CACHE).is_empty());
    assert_eq!(desk.run(WHO).stdout, ACCOUNT);
}

#[test]
fn on_a_terminal_an_ended_session_offers_to_sign_in() {
    let desk = logged_in();
    desk.run("logout");
    let mut command = on_terminal(&[("Log in now? [Y/n]", "\r")], env!("CARGO_BIN_EXE_awl"));
    let output = desk
        .with_browser(&mut command)
        .args(WHO.split(' '))
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{shown}");
    assert!(shown.contains("\"123456789012\""), "{shown}");
}
