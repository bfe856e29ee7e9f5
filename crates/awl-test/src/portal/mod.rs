//! A portal to log in to: the parts of IAM Identity Center (`sso-oidc`, `sso`)
//! and of console sign-in (`signin`) that a program needs, with the proofs that
//! they ask for checked, and a browser that does as it is told.

mod directory;
mod oidc;
mod sign_in;

use std::collections::{BTreeMap, VecDeque};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{SystemTime, UNIX_EPOCH};

use awl_value::{Map, Value, json};

use crate::{Answer, Request, Server};

/// An account of the portal, and the roles that the user has in it.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its number.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The address of its owner.
    pub email: &'static str,
    /// The names of the roles.
    pub roles: &'static [&'static str],
}

/// How the portal behaves.
#[derive(Clone, Debug)]
pub struct PortalSettings {
    /// How many seconds an access token lasts.
    pub token_seconds: i64,
    /// How many seconds a client's registration lasts.
    pub registration_seconds: i64,
    /// How many seconds a role's credentials last.
    pub role_seconds: i64,
    /// How many seconds the credentials of a console sign-in last.
    pub sign_in_seconds: i64,
    /// Whether access tokens come with a refresh token.
    pub is_renewable: bool,
    /// Whether the user presses "deny".
    pub is_denied: bool,
    /// What questions for a device's token are answered with first, whatever
    /// the user does: `authorization_pending`, `slow_down`, `access_denied`,
    /// `expired_token`.
    pub device_answers: VecDeque<&'static str>,
    /// How many seconds the device flow is to wait between two questions.
    pub interval: Option<i64>,
    /// What a sign-in token is refused with, if it is: `TOKEN_EXPIRED`,
    /// `AUTHCODE_EXPIRED`, `USER_CREDENTIALS_CHANGED`,
    /// `INSUFFICIENT_PERMISSIONS`.
    pub sign_in_denial: Option<&'static str>,
    /// Who signs in to the console.
    pub subject: &'static str,
    /// The accounts that the user may choose from.
    pub accounts: Vec<Account>,
}

impl Default for PortalSettings {
    fn default() -> Self {
        Self {
            token_seconds: 8 * 3600,
            registration_seconds: 90 * 86_400,
            role_seconds: 3600,
            sign_in_seconds: 900,
            is_renewable: true,
            is_denied: false,
            device_answers: VecDeque::new(),
            interval: Some(0),
            sign_in_denial: None,
            subject: "arn:aws:iam::123456789012:user/alice",
            accounts: vec![Account {
                id: "123456789012",
                name: "Sandbox",
                email: "sandbox@example.com",
                roles: &["Developer"],
            }],
        }
    }
}

/// A portal on a port of its own, ended when it is dropped.
#[derive(Debug)]
pub struct Portal {
    server: Server,
    state: Arc<Mutex<State>>,
}

/// What the portal remembers.
#[derive(Debug, Default)]
struct State {
    settings: PortalSettings,
    number: usize,
    clients: BTreeMap<String, oidc::Client>,
    codes: BTreeMap<String, oidc::Code>,
    devices: BTreeMap<String, oidc::Device>,
    /// Access tokens and when they end.
    tokens: BTreeMap<String, i64>,
    /// Refresh tokens and the client that they are of.
    refresh_tokens: BTreeMap<String, String>,
    sign_in_codes: BTreeMap<String, sign_in::Code>,
    /// Refresh tokens of sign-ins and the key that they are bound to.
    sign_in_tokens: BTreeMap<String, String>,
    /// The identifiers of the proofs that were used.
    proofs: Vec<String>,
}

impl Portal {
    /// Starts a portal that lets everybody in.
    #[must_use]
    pub fn start() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let server = Server::start(move |_, request| lock(&shared).answer(request));
        Self { server, state }
    }

    /// Its URL.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.server.endpoint()
    }

    /// The variables that lead a program here.
    #[must_use]
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let names = [
            "AWS_ENDPOINT_URL_SSO",
            "AWS_ENDPOINT_URL_SSO_OIDC",
            "AWS_ENDPOINT_URL_SIGNIN",
            "AWS_ENDPOINT_URL_STS",
            "AWS_ENDPOINT_URL_CODECATALYST",
        ];
        names.map(|name| (name, self.endpoint())).into()
    }

    /// Changes how it behaves from now on.
    pub fn set(&self, change: impl FnOnce(&mut PortalSettings)) {
        change(&mut lock(&self.state).settings);
    }

    /// Ends all sessions, as an administrator does.
    pub fn revoke(&self) {
        let mut state = lock(&self.state);
        state.tokens.clear();
        state.refresh_tokens.clear();
        state.sign_in_tokens.clear();
    }

    /// Whether an access token is good.
    #[must_use]
    pub fn accepts(&self, token: &str) -> bool {
        lock(&self.state).is_valid(token)
    }

    /// The method and path of each request that came so far.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        let requests = self.server.requests();
        let line = |request: &Request| {
            let path = request.target.split('?').next().unwrap_or_default();
            format!("{} {path}", request.method)
        };
        requests.iter().map(line).collect()
    }

    /// The requests that came so far, whole.
    #[must_use]
    pub fn whole_requests(&self) -> Vec<Request> {
        self.server.requests()
    }
}

/// Visits a page as the user's browser: follows redirections, also to the
/// program that waits for one, and gives back the last page.
///
/// # Panics
/// Where a page cannot be visited.
#[must_use]
pub fn visit(url: &str) -> String {
    let mut url = url.to_owned();
    loop {
        let rest = url.strip_prefix("http://").expect("a URL of loopback");
        let (address, path) = rest.split_at(rest.find('/').expect("a path"));
        let mut stream = TcpStream::connect(address).expect("somebody listens");
        let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("to be heard");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let location = head
            .lines()
            .find_map(|line| line.strip_prefix("Location: "));
        match location {
            Some(location) => url = location.to_owned(),
            None => return body.to_owned(),
        }
    }
}

impl State {
    fn answer(&mut self, request: &Request) -> Answer {
        let (path, query) = request
            .target
            .split_once('?')
            .unwrap_or((&request.target, ""));
        let query = pairs(query);
        let input = json::parse(&String::from_utf8_lossy(&request.body)).unwrap_or(Value::Null);
        match (&*request.method, path) {
            ("POST", "/client/register") => self.register(&input),
            ("POST", "/device_authorization") => self.start_device(&input, request),
            ("GET", "/device") => self.visit_device(&query),
            ("GET", "/authorize") => self.authorize(&query),
            ("POST", "/token") => self.create_token(&input),
            ("GET", "/v1/authorize") => self.authorize_sign_in(&query),
            ("GET", "/v1/sessions/confirmation") => sign_in::confirmation(&query),
            ("POST", "/v1/token") => self.sign_in_token(&input, request),
            ("GET", "/federation/credentials") => self.role_credentials(&query, request),
            ("GET", "/assignment/accounts") => self.list_accounts(&query, request),
            ("GET", "/assignment/roles") => self.list_roles(&query, request),
            ("POST", "/logout") => self.log_out(request),
            ("GET", "/session") => self.bearer_session(request),
            ("POST", "/") => directory::caller_identity(request),
            _ => error(404, "ResourceNotFoundException", "no such page"),
        }
    }

    /// A name that none had before.
    fn name(&mut self, kind: &str) -> String {
        self.number += 1;
        format!("{kind}-{}", self.number)
    }

    fn is_valid(&self, token: &str) -> bool {
        self.tokens.get(token).is_some_and(|ends| *ends > now())
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().expect("nobody panics with it")
}

#[expect(clippy::disallowed_methods, reason = "the portal has a clock")]
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs() as i64)
}

/// A query string.
fn pairs(query: &str) -> BTreeMap<String, String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| (unquote(name), unquote(value)))
        .collect()
}

/// Text without percent signs.
fn unquote(text: &str) -> String {
    let text = text.replace('+', " ");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, others @ ..] = rest {
        let code = (*first == b'%')
            .then(|| others.get(..2))
            .flatten()
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        match code {
            Some(byte) => {
                bytes.push(byte);
                rest = &others[2..];
            }
            None => {
                bytes.push(*first);
                rest = others;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A page that sends the browser elsewhere.
fn redirect(url: &str, parameters: &[(&str, &str)]) -> Answer {
    let query: Vec<String> = parameters
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    Answer::new(302, "").header("Location", &format!("{url}?{}", query.join("&")))
}

fn text<'a>(input: &'a Value, name: &str) -> &'a str {
    input.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// An answer in JSON.
fn answer(members: impl IntoIterator<Item = (&'static str, Value)>) -> Answer {
    let mut map = Map::new();
    for (name, value) in members {
        map.push(name, value);
    }
    Answer::new(200, json::to_string(&Value::Map(map))).header("Content-Type", "application/json")
}

/// An error as these services answer it.
fn error(status: u16, code: &'static str, message: &str) -> Answer {
    let mut map = Map::new();
    map.push("message", Value::from(message));
    Answer::new(status, json::to_string(&Value::Map(map)))
        .header("Content-Type", "application/json")
        .header("x-amzn-ErrorType", code)
}
