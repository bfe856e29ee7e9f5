//! A stand-in for the instance metadata service, well behaved or not.

use std::collections::BTreeMap;

use crate::{Answer, Request, Server};

/// The token that it gives.
const TOKEN: &str = "a-metadata-token==";

/// What it has, unless a test says else.
static TREE: &[(&str, &str)] = &[
    (
        "/latest/meta-data/",
        "iam/\ninstance-id\nplacement/\npublic-keys/",
    ),
    ("/latest/meta-data/instance-id", "i-0123456789abcdef0"),
    ("/latest/meta-data/iam/", "security-credentials/"),
    ("/latest/meta-data/iam/security-credentials/", "web-server"),
    (
        "/latest/meta-data/iam/security-credentials/web-server",
        r#"{"Code": "Success", "LastUpdated": "2026-11-22T00:00:00Z", "Type": "AWS-HMAC", "AccessKeyId": "ASIAINSTANCE", "SecretAccessKey": "instance-secret", "Token": "instance-token", "Expiration": "2099-01-01T00:00:00Z"}"#,
    ),
    ("/latest/meta-data/placement/", "availability-zone"),
    (
        "/latest/meta-data/placement/availability-zone",
        "eu-west-3b",
    ),
    ("/latest/meta-data/public-keys/", "0=laptop"),
    ("/latest/meta-data/public-keys/0/", "openssh-key"),
    (
        "/latest/meta-data/public-keys/0/openssh-key",
        "ssh-ed25519 AAAA laptop\n",
    ),
    (
        "/latest/dynamic/instance-identity/document",
        r#"{"accountId": "123456789012", "region": "eu-west-3"}"#,
    ),
];

/// How the service behaves.
#[derive(Clone, Debug, Default)]
pub struct Metadata {
    token: Option<Answer>,
    serves_v1: bool,
    answers: BTreeMap<String, Answer>,
}

impl Metadata {
    /// One that behaves: version 2 alone.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// That answers this instead of a token.
    #[must_use]
    pub fn token(mut self, answer: Answer) -> Self {
        self.token = Some(answer);
        self
    }

    /// That wants no token to be shown.
    #[must_use]
    pub const fn v1(mut self) -> Self {
        self.serves_v1 = true;
        self
    }

    /// That answers this at a path, slash at its end or not.
    #[must_use]
    pub fn at(mut self, path: &str, answer: Answer) -> Self {
        let path = path.trim_end_matches('/').to_owned();
        self.answers.insert(path, answer);
        self
    }

    /// The server.
    #[must_use]
    pub fn start(self) -> Server {
        Server::start(move |_, request| self.answer(request))
    }

    fn answer(&self, request: &Request) -> Answer {
        if request.target == "/latest/api/token" {
            if request.method != "PUT" {
                return Answer::new(405, "");
            }
            let ttl = request.header("x-aws-ec2-metadata-token-ttl-seconds");
            let is_valid = ttl
                .and_then(|ttl| ttl.parse().ok())
                .is_some_and(|ttl: u32| (1..=21_600).contains(&ttl));
            return match &self.token {
                Some(answer) => answer.clone(),
                None if is_valid => Answer::new(200, TOKEN),
                None => Answer::new(400, ""),
            };
        }
        let shown = request.header("x-aws-ec2-metadata-token");
        if shown.is_some_and(|shown| shown != TOKEN) || (shown.is_none() && !self.serves_v1) {
            return Answer::new(401, "");
        }
        let path = request.target.trim_end_matches('/');
        if let Some(answer) = self.answers.get(path) {
            return answer.clone();
        }
        TREE.iter()
            .find(|(entry, _)| entry.trim_end_matches('/') == path)
            .map_or_else(
                || Answer::new(404, "404 - Not Found"),
                |(_, value)| Answer::new(200, *value),
            )
    }
}
