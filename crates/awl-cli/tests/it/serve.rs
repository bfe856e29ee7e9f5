//! `awl credentials serve`: credentials for other programs of this machine.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use awl_test::peers;
use awl_value::{Value, json};

use crate::support::TestPlace;

/// A server that runs, and the variables that it printed.
struct Serving {
    child: Child,
    variables: BTreeMap<String, String>,
}

impl Serving {
    fn start(place: &TestPlace, words: &[&str], count: usize) -> Self {
        let words = [&["credentials", "serve"], words].concat();
        let mut child = place.start(&words);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let variables = (0..count)
            .map(|_| {
                let line = lines.next().unwrap().unwrap();
                let (name, value) = line
                    .strip_prefix("export ")
                    .and_then(|line| line.split_once('='))
                    .unwrap();
                (name.to_owned(), value.to_owned())
            })
            .collect();
        Self { child, variables }
    }

    fn address(&self) -> &str {
        let url = self
            .variables
            .get("AWS_CONTAINER_CREDENTIALS_FULL_URI")
            .or_else(|| self.variables.get("AWS_EC2_METADATA_SERVICE_ENDPOINT"));
        let url = url.unwrap().strip_prefix("http://").unwrap();
        url.split('/').next().unwrap()
    }

    /// Sends a request; status and body of the answer.
    fn ask(&self, line: &str, headers: &[(&str, &str)]) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address()).unwrap();
        let mut request = format!("{line} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| *name == "Host") {
            request.push_str(&format!("Host: {}\r\n", self.address()));
        }
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        stream
            .write_all(format!("{request}\r\n").as_bytes())
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, body.to_owned())
    }

    fn token(&self) -> &str {
        &self.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
    }

    /// Ends it as a service manager would; its exit code.
    fn end(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").arg(id).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn place() -> TestPlace {
    TestPlace::new()
        .program("awl")
        .variable("AWS_SESSION_TOKEN", "token")
        .variable("AWS_CREDENTIAL_EXPIRATION", "2099-01-01T00:00:00Z")
        .variable("AWS_ACCOUNT_ID", "123456789012")
}

#[test]
fn containers_credentials_are_for_who_has_the_token() {
    let serving = Serving::start(&place(), &[], 2);
    let token = ("Authorization", serving.token());
    let (status, body) = serving.ask("GET /credentials", &[token]);
    assert_eq!(status, 200);
    assert_eq!(
        body,
        r#"{"AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": "secret", "Token": "token", "Expiration": "2099-01-01T00:00:00Z", "AccountId": "123456789012"}"#
    );
    for (line, headers, expected) in [
        ("GET /credentials", &[][..], 401),
        ("GET /credentials", &[("Authorization", "x")], 401),
        ("POST /credentials", &[token], 405),
        ("GET /", &[token], 404),
        ("GET /latest/meta-data/", &[token], 404),
        ("GET /credentials", &[token, ("Host", "evil.example")], 403),
        (
            "GET /credentials",
            &[token, ("Origin", "http://evil.example")],
            403,
        ),
        (
            "GET /credentials",
            &[token, ("X-Forwarded-For", "10.0.0.1")],
            403,
        ),
    ] {
        let (status, body) = serving.ask(line, headers);
        assert_eq!(status, expected, "{line} {headers:?}");
        assert!(!body.contains("secret"), "{body}");
    }
    assert_eq!(serving.end(), Some(0));
}

#[test]
fn instances_credentials_are_for_who_fetched_a_token() {
    const TTL: &str = "X-aws-ec2-metadata-token-ttl-seconds";
    const TOKEN: &str = "X-aws-ec2-metadata-token";
    let serving = Serving::start(&place(), &["--imds"], 1);
    let (status, token) = serving.ask("PUT /latest/api/token", &[(TTL, "60")]);
    assert_eq!(status, 200);
    for (line, headers, expected) in [
        ("PUT /latest/api/token", &[][..], 400),
        ("PUT /latest/api/token", &[(TTL, "0")], 400),
        ("PUT /latest/api/token", &[(TTL, "21601")], 400),
        ("PUT /latest/api/token", &[(TTL, "x")], 400),
        (
            "PUT /latest/api/token",
            &[(TTL, "60"), ("X-Forwarded-For", "::1")],
            403,
        ),
        ("PUT /2021-03-23/api/token", &[(TTL, "60")], 403),
        ("GET /latest/api/token", &[(TOKEN, &token)], 405),
        ("POST /latest/meta-data/", &[(TOKEN, &token)], 405),
        ("GET /latest/meta-data/", &[], 401),
        ("GET /latest/meta-data/", &[(TOKEN, "x")], 401),
        ("GET /latest/meta-data/nothing", &[(TOKEN, &token)], 404),
        ("GET /credentials", &[(TOKEN, &token)], 404),
    ] {
        assert_eq!(serving.ask(line, headers).0, expected, "{line} {headers:?}");
    }
    let get = |path: &str| {
        let (status, body) = serving.ask(&format!("GET /latest/{path}"), &[(TOKEN, &token)]);
        assert_eq!(status, 200, "{path}");
        body
    };
    for path in ["iam/security-credentials", "iam/security-credentials/"] {
        assert_eq!(get(&format!("meta-data/{path}")), "awl");
    }
    assert_eq!(get("meta-data/placement/availability-zone/"), "us-west-2a");
    assert_eq!(get("meta-data/placement/region"), "us-west-2");
    let document = json::parse(&get("meta-data/iam/security-credentials/awl")).unwrap();
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    assert_eq!(text("Code"), Some("Success"));
    assert_eq!(text("AccessKeyId"), Some("AKIDEXAMPLE"));
    assert_eq!(text("Expiration"), Some("2099-01-01T00:00:00Z"));
    assert_eq!(
        serving.ask("HEAD /latest/meta-data/", &[(TOKEN, &token)]),
        (200, String::new())
    );
}

#[test]
fn boto3_and_awl_find_what_is_served() {
    const SCRIPT: &str = "import boto3; found = boto3.Session().get_credentials(); \
                          print(found.method, found.access_key, found.token)";
    let serving = Serving::start(&place(), &["--imds", "--container"], 3);
    for (rival, method) in [
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "container-role"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "iam-role"),
    ] {
        let variables = || {
            let others = serving.variables.iter();
            others.filter(|(name, _)| *name != rival)
        };
        let output = Command::new(peers().join("python"))
            .args(["-c", SCRIPT])
            .env_clear()
            .env("HOME", place().folder())
            .envs(variables())
            .stderr(Stdio::inherit())
            .output()
            .unwrap();
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            format!("{method} AKIDEXAMPLE token\n")
        );
        let mut client = TestPlace::new()
            .program("awl")
            .without("AWS_ACCESS_KEY_ID")
            .without("AWS_SECRET_ACCESS_KEY")
            .without("AWS_EC2_METADATA_DISABLED")
            .without("AWS_REGION");
        for (name, value) in variables() {
            client = client.variable(name, value);
        }
        let output = client.line("configure export-credentials --format env-no-export");
        assert!(
            output.contains("AWS_ACCESS_KEY_ID=AKIDEXAMPLE\n"),
            "{output}"
        );
    }
}

#[test]
fn credentials_that_end_are_fetched_again() {
    // The first run gives what has ended, the second what has not, the third
    // nothing.
    let script = "#!/bin/sh\nn=$(cat count 2>/dev/null || echo 0); n=$((n + 1)); echo $n > count\n\
                  case $n in 1) end=2020 ;; 2) end=2099 ;; *) exit 1 ;; esac\n\
                  echo \"{\\\"Version\\\": 1, \\\"AccessKeyId\\\": \\\"AKID$n\\\", \
                  \\\"SecretAccessKey\\\": \\\"s\\\", \\\"SessionToken\\\": \\\"t\\\", \
                  \\\"Expiration\\\": \\\"$end-01-01T00:00:00Z\\\"}\"\n";
    let place = TestPlace::new()
        .program("awl")
        .without("AWS_ACCESS_KEY_ID")
        .variable("PATH", "/usr/bin:/bin")
        .file("give", script)
        .file(
            "home/.aws/config",
            "[default]\ncredential_process = sh ./give\n",
        );
    let serving = Serving::start(&place, &[], 2);
    for _ in 0..2 {
        let (status, body) = serving.ask("GET /credentials", &[("Authorization", serving.token())]);
        assert_eq!(status, 200, "{body}");
        assert!(body.contains("AKID2"), "{body}");
    }
}

#[test]
fn credentials_that_cannot_be_had_are_told() {
    let output = TestPlace::new()
        .program("awl")
        .without("AWS_ACCESS_KEY_ID")
        .without("AWS_SECRET_ACCESS_KEY")
        .line("credentials serve");
    assert!(output.starts_with("exit: 253\n"), "{output}");
    assert!(output.contains("Unable to locate credentials"), "{output}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = place().run(&["credentials", "serve", "--port", &port]);
    assert!(output.starts_with("exit: 255\n"), "{output}");
    assert!(output.contains(&format!("cannot listen on 127.0.0.1:{port}")));
    let output = place().line("credentials serve --port 65536");
    assert!(output.starts_with("exit: 252\n"), "{output}");
    // The script may have gone wrong since.
    let place = TestPlace::new()
        .program("awl")
        .without("AWS_ACCESS_KEY_ID")
        .variable("PATH", "/usr/bin:/bin")
        .file(
            "give",
            "test -e count && { echo broken >&2; exit 1; }\ntouch count\necho '{\"Version\": 1, \
             \"AccessKeyId\": \"A\", \"SecretAccessKey\": \"s\", \"Expiration\": \
             \"2020-01-01T00:00:00Z\"}'\n",
        )
        .file(
            "home/.aws/config",
            "[default]\ncredential_process = sh ./give\n",
        );
    let serving = Serving::start(&place, &[], 2);
    let (status, body) = serving.ask("GET /credentials", &[("Authorization", serving.token())]);
    assert_eq!(status, 500);
    assert_eq!(
        body,
        r#"{"Message": "Error when retrieving credentials from custom-process: broken\n"}"#
    );
}
