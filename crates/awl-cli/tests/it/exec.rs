//! `awl exec`: another program with credentials.

use awl_test::{Answer, Server};

use crate::support::TestPlace;

/// A place with the variables that lead to other credentials.
fn place() -> TestPlace {
    TestPlace::new()
        .program("awl")
        .variable("PATH", "/usr/bin:/bin")
        .variable("AWS_SESSION_TOKEN", "token")
        .variable("AWS_SECURITY_TOKEN", "token")
        .variable("AWS_CREDENTIAL_EXPIRATION", "2099-01-01T00:00:00+00:00")
        .variable("AWS_CREDENTIAL_FILE", "/nothing")
        .variable("AWS_WEB_IDENTITY_TOKEN_FILE", "/nothing")
        .variable("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/other")
        .variable("AWS_ROLE_SESSION_NAME", "other")
        .variable("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/")
        .variable("AWS_CONTAINER_AUTHORIZATION_TOKEN", "other")
}

#[test]
fn the_program_has_the_credentials_and_nothing_that_leads_elsewhere() {
    let print = ["exec", "--", "sh", "-c", "env | grep ^AWS_ | sort"];
    insta::assert_snapshot!(place().run(&print), @r"
    exit: 0
    ----- stdout
    AWS_ACCESS_KEY_ID=AKIDEXAMPLE
    AWS_CREDENTIAL_EXPIRATION=2099-01-01T00:00:00Z
    AWS_DEFAULT_REGION=us-west-2
    AWS_EC2_METADATA_DISABLED=true
    AWS_MAX_ATTEMPTS=1
    AWS_REGION=us-west-2
    AWS_SECRET_ACCESS_KEY=secret
    AWS_SESSION_TOKEN=token
    ----- stderr
    ");
    let place = place()
        .file("home/.aws/config", "[profile dev]\nregion = eu-west-1\n")
        .file(
            "home/.aws/credentials",
            "[dev]\naws_access_key_id = AKIDDEV\naws_secret_access_key = s\n",
        )
        .without("AWS_REGION")
        .without("AWS_WEB_IDENTITY_TOKEN_FILE")
        .variable("AWS_DEFAULT_PROFILE", "dev");
    let print = [
        "exec",
        "--profile",
        "dev",
        "--",
        "sh",
        "-c",
        "env | grep ^AWS_ | sort",
    ];
    insta::assert_snapshot!(place.run(&print), @r"
    exit: 0
    ----- stdout
    AWS_ACCESS_KEY_ID=AKIDDEV
    AWS_DEFAULT_REGION=eu-west-1
    AWS_EC2_METADATA_DISABLED=true
    AWS_MAX_ATTEMPTS=1
    AWS_REGION=eu-west-1
    AWS_SECRET_ACCESS_KEY=s
    ----- stderr
    ");
}

#[test]
fn the_words_behind_the_dashes_are_the_programs_own() {
    let output = place().run(&["exec", "--", "echo", "--profile", "x", "--", "help"]);
    assert_eq!(
        output,
        "exit: 0\n----- stdout\n--profile x -- help\n----- stderr\n"
    );
    let output = place().line("exec");
    assert!(output.starts_with("exit: 252\n"), "{output}");
    assert!(output.contains("the command to run is missing"), "{output}");
    let output = place().line("exec --external-id x -- true");
    assert!(output.contains("so it needs --role-arn"), "{output}");
}

#[test]
fn the_exit_status_is_the_programs() {
    for server in ["--color=auto", "--server"] {
        for (script, code) in [("exit 0", 0), ("exit 7", 7), ("exit 255", 255)] {
            let output = place().run(&["exec", server, "--", "sh", "-c", script]);
            assert!(output.starts_with(&format!("exit: {code}\n")), "{output}");
        }
        let output = place().run(&["exec", server, "--", "no-such-program"]);
        assert_eq!(
            output,
            "exit: 127\n----- stdout\n----- stderr\n\nawl: [ERROR]: no-such-program: No such file \
             or directory\n"
        );
        let output = place().run(&["exec", server, "--", "/etc/passwd"]);
        assert!(output.starts_with("exit: 126\n"), "{output}");
    }
    // Whoever waits for it cannot tell it from the program itself.
    let child = place().start(&["exec", "--", "sh", "-c", "kill -9 $$"]);
    let status = child.wait_with_output().unwrap().status;
    assert_eq!(
        std::os::unix::process::ExitStatusExt::signal(&status),
        Some(9)
    );
    let output = place().run(&["exec", "--server", "--", "sh", "-c", "kill -9 $$"]);
    assert!(output.starts_with("exit: 137\n"), "{output}");
}

#[test]
fn signals_reach_the_program_beside_a_server() {
    // The program has its parent sent the signal, and gives up after a while.
    let script = "trap 'echo ended; exit 3' TERM; kill -TERM $PPID; \
                  for n in 1 2 3 4 5 6 7 8 9; do sleep 0.5; done";
    let output = place().run(&["exec", "--server", "--", "sh", "-c", script]);
    assert_eq!(output, "exit: 3\n----- stdout\nended\n----- stderr\n");
}

#[test]
fn a_role_is_assumed_first() {
    let sts = Server::start(|_, _| {
        Answer::new(
            200,
            "<AssumeRoleResponse><AssumeRoleResult><AssumedRoleUser><Arn>\
             arn:aws:sts::123456789012:assumed-role/R/s</Arn><AssumedRoleId>AROA:s</AssumedRoleId>\
             </AssumedRoleUser><Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>\
             rs</SecretAccessKey><SessionToken>rt</SessionToken><Expiration>2099-01-01T00:00:00Z\
             </Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>",
        )
    });
    let output = place()
        .variable("AWS_ENDPOINT_URL_STS", &sts.endpoint())
        .run(&[
            "exec",
            "--role-arn",
            "arn:aws:iam::123456789012:role/R",
            "--role-session-name",
            "one",
            "--duration-seconds",
            "900",
            "--external-id",
            "two",
            "--",
            "sh",
            "-c",
            "echo $AWS_ACCESS_KEY_ID $AWS_SESSION_TOKEN $AWS_CREDENTIAL_EXPIRATION \
             $AWS_ACCOUNT_ID",
        ]);
    assert_eq!(
        output,
        "exit: 0\n----- stdout\nASIAROLE rt 2099-01-01T00:00:00Z 123456789012\n----- stderr\n"
    );
    let requests = sts.requests();
    assert_eq!(requests.len(), 1);
    let body = String::from_utf8_lossy(&requests[0].body).into_owned();
    for part in [
        "RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2FR",
        "RoleSessionName=one",
        "DurationSeconds=900",
        "ExternalId=two",
    ] {
        assert!(body.contains(part), "{body}");
    }
}

#[test]
fn a_server_gives_the_program_its_credentials() {
    let script = "echo ${AWS_ACCESS_KEY_ID-none} ${AWS_SESSION_TOKEN-none}; \
                  ./awl configure export-credentials --format env-no-export";
    let output = place().run(&["exec", "--server", "--", "sh", "-c", script]);
    assert!(
        output.starts_with("exit: 0\n----- stdout\nnone none\nAWS_ACCESS_KEY_ID=AKIDEXAMPLE\n"),
        "{output}"
    );
}
