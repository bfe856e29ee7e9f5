//! `awl console`: a URL that signs in.

use awl_test::{Answer, Server};

use crate::support::TestPlace;

fn place(server: &Server) -> TestPlace {
    TestPlace::new()
        .program("awl")
        .variable("AWS_ENDPOINT_URL_SIGNIN", &server.endpoint())
        .variable("AWS_ENDPOINT_URL_STS", &server.endpoint())
}

/// The sign-in service, and STS for a federated user.
fn server() -> Server {
    Server::start(|_, request| {
        if request.method == "POST" {
            return Answer::new(
                200,
                "<R><GetFederationTokenResult><Credentials><AccessKeyId>ASIAFED</AccessKeyId>\
                 <SecretAccessKey>fs</SecretAccessKey><SessionToken>ft</SessionToken><Expiration>\
                 2099-01-01T00:00:00Z</Expiration></Credentials></GetFederationTokenResult></R>",
            );
        }
        if request.target.contains("ended") {
            return Answer::new(400, "");
        }
        if request.target.contains("odd") {
            return Answer::new(200, "<html>");
        }
        Answer::new(200, r#"{"SigninToken": "a+b/c="}"#)
    })
}

#[test]
fn the_url_signs_in_and_leads_on() {
    let server = server();
    let place = place(&server).variable("AWS_SESSION_TOKEN", "s/t=");
    for (line, destination) in [
        (
            "console",
            "https%3A%2F%2Fconsole.aws.amazon.com%2F%3Fregion%3Dus-west-2",
        ),
        (
            "console --destination https://console.aws.amazon.com/s3/ --no-browser",
            "https%3A%2F%2Fconsole.aws.amazon.com%2Fs3%2F",
        ),
        (
            "console --region cn-north-1",
            "https%3A%2F%2Fconsole.amazonaws.cn%2F%3Fregion%3Dcn-north-1",
        ),
    ] {
        assert_eq!(
            place.line(line),
            format!(
                "exit: 0\n----- stdout\n{}/federation?Action=login&Issuer=awl&Destination=\
                 {destination}&SigninToken=a%2Bb%2Fc%3D\n----- stderr\n",
                server.endpoint()
            )
        );
    }
    assert_eq!(
        server.requests()[0].target,
        "/federation?Action=getSigninToken&Session=%7B%22sessionId%22%3A%20%22AKIDEXAMPLE%22%2C%20\
         %22sessionKey%22%3A%20%22secret%22%2C%20%22sessionToken%22%3A%20%22s%2Ft%3D%22%7D"
    );
}

#[test]
fn long_term_keys_need_a_federated_user() {
    let server = server();
    insta::assert_snapshot!(place(&server).line("console"), @r"
    exit: 255
    ----- stdout
    ----- stderr

    awl: [ERROR]: The console is opened with the temporary credentials of a role, and these are a user's (environment variables AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY). Use a profile with role_arn or SSO, or --federate, which opens it as a federated user with the user's own permissions.
    ");
    let output = place(&server).line("console --federate");
    assert!(output.contains("SigninToken=a%2Bb%2Fc%3D"), "{output}");
    let requests = server.requests();
    let body = String::from_utf8_lossy(&requests[0].body).into_owned();
    assert!(body.contains("Action=GetFederationToken"), "{body}");
    assert!(requests[1].target.contains("ASIAFED"));
}

#[test]
fn refusals_name_no_secret() {
    let server = server();
    let with = |token: &str| place(&server).variable("AWS_SESSION_TOKEN", token);
    for (place, reason) in [
        (with("ended"), "refuses the credentials with status 400"),
        (with("odd"), "answers no token"),
        (
            with("t").variable("AWS_ENDPOINT_URL_SIGNIN", "http://127.0.0.1:1"),
            "Could not connect to the endpoint URL: \"http://127.0.0.1:1/federation\"",
        ),
        (
            with("t")
                .without("AWS_ENDPOINT_URL_SIGNIN")
                .variable("AWS_REGION", "us-iso-east-1"),
            "the sign-in service of partition aws-iso is not known",
        ),
    ] {
        let output = place.line("console");
        assert!(output.starts_with("exit: 255\n"), "{output}");
        assert!(output.contains(reason), "{output}");
        assert!(!output.contains("sessionKey"), "{output}");
    }
}
