//! `awl whoami`: who it is, where that comes from, and why.

use awl_test::{Answer, Server};

use crate::support::TestPlace;

const CONFIG: &str = "[default]\nregion = eu-west-1\n\
    [profile dev]\nrole_arn = arn:aws:iam::123456789012:role/dev\nsource_profile = base\n";
const CREDENTIALS: &str = "[base]\naws_access_key_id = AKIAY34FZKBOKMUTVV7A\n\
    aws_secret_access_key = s\n";

/// STS, and an instance with the role `Web`.
fn server() -> Server {
    Server::start(|_, request| {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let keys = "\"SecretAccessKey\": \"s\", \"Token\": \"t\", \"Expiration\": \
                    \"2099-01-01T00:00:00Z\"";
        match request.target.as_str() {
            "/latest/api/token" => Answer::new(200, "token"),
            "/latest/meta-data/iam/security-credentials/" => Answer::new(200, "Web"),
            "/latest/meta-data/iam/security-credentials/Web" => {
                Answer::new(200, format!("{{\"AccessKeyId\": \"ASIAWEB\", {keys}}}"))
            }
            target if target.ends_with("/availability-zone/") => Answer::new(200, "eu-south-1b"),
            _ if body.contains("Action=AssumeRole") => {
                let error = "<Error><Code>AccessDenied</Code><Message>no</Message></Error>";
                Answer::new(403, format!("<ErrorResponse>{error}</ErrorResponse>"))
            }
            _ => Answer::new(
                200,
                "<R><GetCallerIdentityResult><UserId>AIDA1</UserId><Account>123456789012</Account>\
                 <Arn>arn:aws:iam::123456789012:user/alice</Arn></GetCallerIdentityResult></R>",
            ),
        }
    })
}

fn place(server: &Server) -> TestPlace {
    TestPlace::new()
        .program("awl")
        .without("AWS_REGION")
        .without("AWS_EC2_METADATA_DISABLED")
        .variable("AWS_EC2_METADATA_SERVICE_ENDPOINT", &server.endpoint())
        .variable("AWS_ENDPOINT_URL", &server.endpoint())
        .file("home/.aws/config", CONFIG)
        .file("home/.aws/credentials", CREDENTIALS)
}

fn shown(server: &Server, text: &str) -> String {
    text.replace(&server.endpoint(), "[SERVER]")
}

#[test]
fn the_explanation_tells_why_the_instances_role_is_ignored() {
    let server = server();
    let output = place(&server).line("whoami --explain");
    insta::assert_snapshot!(shown(&server, &output), @r"
    exit: 0
    ----- stdout
    account   123456789012
    arn       arn:aws:iam::123456789012:user/alice
    user id   AIDA1
    key       AKIDEXAMPLE
    source    env: environment variables AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY
    profile   default (default)
    region    eu-west-1 (region of profile default in ~/.aws/config)

    The credential chain, in the order in which it is asked:
    > 1  env                                     used: environment variables AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY
      12 iam-role                                ignored: role Web of the instance, from [SERVER]
    Not reached, and with nothing to give: assume-role, assume-role-with-web-identity, sso, shared-credentials-file, login, custom-process, config-file, ec2-credentials-file, boto-config, container-role.

    iam-role has credentials too, but env is asked first. Unset AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to use them.
    ----- stderr
    ");
}

#[test]
fn a_chain_that_fails_is_explained_and_fails() {
    let server = server();
    let output = place(&server).line("--profile dev whoami --explain --no-cli-pager");
    insta::assert_snapshot!(shown(&server, &output), @r"
    exit: 254
    ----- stdout
    profile   dev (--profile)
    region    eu-south-1 (of the instance, by its metadata)

    The credential chain, in the order in which it is asked:
      1  env                                     passed over: the profile was asked for by name
    ! 2  assume-role                             failed: An error occurred (AccessDenied) when calling the AssumeRole operation (reached max retries: 0): no
         2.1 assume-role-with-web-identity       absent: the profile has no web_identity_token_file
         2.2 sso                                 absent: the profile has neither sso_account_id nor sso_role_name
    >    2.3 shared-credentials-file             used: profile base in ~/.aws/credentials
      12 iam-role                                ignored: role Web of the instance, from [SERVER]
    Not reached, and with nothing to give: assume-role-with-web-identity, sso, shared-credentials-file, login, custom-process, config-file, ec2-credentials-file, boto-config, container-role.
    ----- stderr

    awl: [ERROR]: An error occurred (AccessDenied) when calling the AssumeRole operation (reached max retries: 0): no
    ");
}

#[test]
fn offline_nobody_is_asked_and_the_key_tells_the_account() {
    let server = server();
    let output = place(&server).line("--profile base whoami --offline --output json");
    insta::assert_snapshot!(shown(&server, &output), @r#"
    exit: 0
    ----- stdout
    {
        "Account": "609629065308",
        "AccessKeyId": "AKIAY34FZKBOKMUTVV7A",
        "Source": "shared-credentials-file",
        "Origin": "profile base in ~/.aws/credentials",
        "Expiration": null,
        "SecondsLeft": null,
        "Profile": "base",
        "ProfileOrigin": "--profile",
        "Region": "us-east-1",
        "RegionOrigin": "default: no Region is configured"
    }
    ----- stderr
    "#);
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_query_picks_a_fact() {
    let server = server();
    let place = place(&server)
        .without("AWS_ACCESS_KEY_ID")
        .without("AWS_SECRET_ACCESS_KEY");
    let output = place.line("whoami --query [Source,Expiration,Region] --output text");
    insta::assert_snapshot!(output, @r"
    exit: 0
    ----- stdout
    iam-role	2099-01-01T00:00:00Z	eu-west-1
    ----- stderr
    ");
}

#[test]
fn nobody_at_all_is_an_error_that_says_so() {
    let place = TestPlace::new()
        .program("awl")
        .without("AWS_ACCESS_KEY_ID")
        .without("AWS_SECRET_ACCESS_KEY");
    insta::assert_snapshot!(place.line("whoami"), @r#"
    exit: 253
    ----- stdout
    ----- stderr

    awl: [ERROR]: An error occurred (NoCredentials): Unable to locate credentials. You can configure credentials by running "aws login".
    "#);
}
