//! Runs a case: the server answers as it is written, the chain is run, and
//! both are held against the case.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use awl_sdk::config::{Config, Overrides, settings};
use awl_sdk::credentials::{self, Explanation, Verdict};
use awl_sdk::env::Host;
use awl_test::{Answer, Request, Server};
use awl_value::{Timestamp, Value, json};
use sha1::{Digest as _, Sha1};

use crate::NOW;
use crate::case::{Case, Exchange, Expected};
use crate::world::{Typist, World};

const HOME: &str = "/home/user";

/// Runs a case; what went wrong.
pub(crate) fn run(case: &Case) -> Result<(), String> {
    let wrong = Arc::new(Mutex::new(Vec::new()));
    let server = serve(case, wrong.clone());
    let fill = |text: &str| fill(text, &server.endpoint());
    let mut files = BTreeMap::new();
    for (path, content) in &case.files {
        let path = path.replacen('~', HOME, 1);
        files.insert(path.into(), fill(content).into_bytes());
    }
    for cached in &case.cached {
        let text = format!(
            r#"{{"Credentials": {{"AccessKeyId": "{}", "SecretAccessKey": "secret", "SessionToken": "token", "Expiration": "{}", "AccountId": "123456789012"}}}}"#,
            cached.key,
            time(cached.seconds).replace('Z', "+00:00")
        );
        files.insert(cache_path(&fill(&cached.arguments)), text.into_bytes());
    }
    let mut variables: BTreeMap<String, String> = [
        ("HOME", HOME),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_ENDPOINT_URL", "{server}"),
        ("AWS_REGION", "us-east-1"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), fill(value)))
    .collect();
    for (name, value) in &case.variables {
        match &**value {
            "" if name == "AWS_EC2_METADATA_DISABLED" => variables.remove(name),
            value => variables.insert(name.clone(), fill(value)),
        };
    }
    let world = Arc::new(World {
        variables,
        files: Mutex::new(files),
    });
    let explanation = resolve(case, world.clone());
    let mut problems = std::mem::take(&mut *wrong.lock().unwrap());
    let asked = server.requests().len();
    if asked < case.exchanges.len() {
        let next = &case.exchanges[asked].request;
        problems.push(format!("this was never asked: {next}"));
    }
    match explanation {
        Ok(explanation) => judge(case, &explanation, &fill, &mut problems),
        Err(message) => match &case.expected {
            Expected::Error(expected) if fill(expected) == message => {}
            expected => problems.push(format!("expected {expected:?}\n     got {message}")),
        },
    }
    for (arguments, key) in &case.wrote {
        let held = world
            .read(&cache_path(&fill(arguments)))
            .unwrap_or_default();
        let held = json::parse(&String::from_utf8_lossy(&held)).unwrap_or(Value::Null);
        let found = held
            .get("Credentials")
            .and_then(|credentials| credentials.get("AccessKeyId"))
            .and_then(Value::as_str);
        if found != Some(key) {
            problems.push(format!("the cache has {found:?} for {arguments}"));
        }
    }
    if problems.is_empty() {
        return Ok(());
    }
    Err(format!("{}\n  {}", case.name, problems.join("\n  ")))
}

fn resolve(case: &Case, world: Arc<World>) -> Result<Explanation, String> {
    let mut overrides = Overrides {
        offline: case.offline,
        ..Overrides::default()
    };
    if let Some(profile) = &case.profile {
        let profile = profile.clone();
        overrides.settings.insert(settings::PROFILE.name, profile);
    }
    if let Some(typed) = &case.prompt {
        overrides.prompter = Some(Arc::new(Typist(typed.clone())));
    }
    let config = Config::load(world, overrides).map_err(|error| error.to_string())?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(async {
            if case.links.is_empty() {
                // As a client does it; what was not reached is not looked at.
                let result = credentials::resolve(&config, awl_catalog::store()).await;
                return Ok(Explanation {
                    links: Vec::new(),
                    result,
                });
            }
            Ok(credentials::explain(&config, awl_catalog::store()).await)
        })
}

fn judge(
    case: &Case,
    explanation: &Explanation,
    fill: &dyn Fn(&str) -> String,
    problems: &mut Vec<String>,
) {
    match (&case.expected, &explanation.result) {
        (Expected::Found { key, method }, Ok(found)) => {
            let seen = (found.credentials.access_key_id.as_str(), found.method);
            if seen != (key.as_str(), method.as_str()) {
                problems.push(format!("expected {key} by {method}, got {seen:?}"));
            }
            for (name, expected) in &case.facts {
                let seen = match name.as_str() {
                    "token" => found.credentials.session_token.clone(),
                    "secret" => Some(found.credentials.secret_access_key.clone()),
                    "account" => found.account_id.clone(),
                    "expires" => found.expiration.map(|end| (end - NOW).to_string()),
                    "origin" => Some(found.origin.clone()),
                    other => panic!("{other}"),
                };
                let seen = seen.unwrap_or_else(|| "none".to_owned());
                if seen != fill(expected) {
                    problems.push(format!("expected {name} {expected}, got {seen}"));
                }
            }
        }
        (Expected::Error(expected), Err(error)) => {
            let (expected, seen) = (fill(expected), error.to_string());
            if expected != seen {
                problems.push(format!("expected {expected}\n       got {seen}"));
            }
        }
        (expected, result) => problems.push(format!("expected {expected:?}, got {result:?}")),
    }
    if case.links.is_empty() {
        return;
    }
    let told: Vec<(String, String)> = explanation
        .links
        .iter()
        .map(|link| {
            let (verdict, detail) = match &link.verdict {
                Verdict::Found(detail) => ("used", detail),
                Verdict::Absent(detail) => ("absent", detail),
                Verdict::Failed(detail) => ("failed", detail),
                Verdict::PassedOver(detail) => ("passed over", detail),
                Verdict::NotReached(detail) if detail.is_empty() => ("not reached", detail),
                Verdict::NotReached(detail) => ("ignored", detail),
                other => panic!("{other:?}"),
            };
            let short = format!("{} {verdict}", link.provider);
            (format!("{short}: {detail}"), short)
        })
        .collect();
    // The links that the case names must be among them, in its order.
    let mut rest = told.iter();
    for link in &case.links {
        let link = fill(link);
        if !rest.any(|(long, short)| *long == link || *short == link) {
            let told: Vec<&str> = told.iter().map(|(long, _)| long.as_str()).collect();
            let told = told.join("\n    ");
            problems.push(format!("no link `{link}` among\n    {told}"));
            return;
        }
    }
}

/// The server of a case. What comes that should not is noted and refused.
fn serve(case: &Case, wrong: Arc<Mutex<Vec<String>>>) -> Server {
    let exchanges = case.exchanges.clone();
    Server::start(move |number, request| {
        let refuse = |problem: String| {
            wrong.lock().unwrap().push(problem);
            Answer::new(400, "the case has no such request")
        };
        let line = format!("{} {}", request.method, request.target);
        let Some(exchange) = exchanges.get(number) else {
            let body = String::from_utf8_lossy(&request.body).into_owned();
            return refuse(format!("nobody should have asked {line} {body}"));
        };
        match differs(exchange, request) {
            Some(problem) => refuse(format!("{}: {problem}", exchange.request)),
            None => answer(exchange, request),
        }
    })
}

/// How a request differs from what must come.
fn differs(exchange: &Exchange, request: &Request) -> Option<String> {
    let mut words = words(&exchange.request).into_iter();
    let first = words.next()?;
    let second = words.next()?;
    if first != "sts" {
        let seen = (request.method.as_str(), request.target.as_str());
        if seen != (&*first, &*second) {
            return Some(format!("it was {seen:?}"));
        }
        return words.find_map(|word| {
            if let Some(name) = word.strip_prefix('-') {
                let seen = request.header(name)?;
                return Some(format!("{name} was {seen}"));
            }
            let (name, value) = word.split_once(':')?;
            let seen = request.header(name);
            (seen != Some(value)).then(|| format!("{name} was {seen:?}"))
        });
    }
    let body = String::from_utf8_lossy(&request.body).into_owned();
    let form: BTreeMap<String, String> = body
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect();
    if form.get("Action").map(String::as_str) != Some(&*second) {
        return Some(format!("it was {body}"));
    }
    let authorization = request.header("authorization").unwrap_or("");
    let signer = authorization
        .split_once("Credential=")
        .and_then(|(_, rest)| rest.split_once('/'))
        .map_or("nobody", |(key, _)| key);
    while let Some(word) = words.next() {
        let problem = if word == "by" {
            let expected = words.next()?;
            (signer != expected).then(|| format!("it was signed by {signer}"))
        } else if let Some(name) = word.strip_prefix('!') {
            form.get(name).map(|value| format!("{name} was {value}"))
        } else {
            let (name, value) = word.split_once('=')?;
            let seen = form.get(name);
            (seen.map(String::as_str) != Some(value)).then(|| format!("{name} was {seen:?}"))
        };
        if problem.is_some() {
            return problem;
        }
    }
    None
}

fn answer(exchange: &Exchange, request: &Request) -> Answer {
    let operation = words(&exchange.request).get(1).cloned().unwrap_or_default();
    let (word, rest) = exchange
        .answer
        .split_once(' ')
        .unwrap_or((&exchange.answer, ""));
    let host = request.header("host").unwrap_or_default();
    match word {
        "role" => {
            let (key, seconds) = rest.split_once(' ').unwrap();
            let end = time(seconds.parse().unwrap());
            Answer::new(
                200,
                format!(
                    "<{operation}Response><{operation}Result><AssumedRoleUser><AssumedRoleId>AROA:s\
                     </AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/R/s</Arn>\
                     </AssumedRoleUser><Credentials><AccessKeyId>{key}</AccessKeyId>\
                     <SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>\
                     <Expiration>{end}</Expiration></Credentials></{operation}Result>\
                     <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>\
                     </{operation}Response>"
                ),
            )
        }
        "error" => {
            let mut words = rest.splitn(3, ' ');
            let status = words.next().unwrap().parse().unwrap();
            let code = words.next().unwrap();
            let message = words.next().unwrap_or_default();
            Answer::new(
                status,
                format!(
                    "<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error>\
                     <RequestId>r</RequestId></ErrorResponse>"
                ),
            )
        }
        "close" => Answer::hang_up(),
        "slow" => Answer::hang_up().after(Duration::from_millis(1500)),
        status => Answer::new(
            status.parse().unwrap(),
            fill(rest, &format!("http://{host}")).replace("\\n", "\n"),
        ),
    }
}

/// The words of a line; those in double quotes are one.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut is_quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(std::mem::take(&mut word)),
            letter => word.push(letter),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

fn decoded(text: &str) -> String {
    let bytes = text.replace('+', " ").into_bytes();
    let mut decoded = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%' {
            let digits = std::str::from_utf8(&bytes[at + 1..at + 3]).unwrap();
            decoded.push(u8::from_str_radix(digits, 16).unwrap());
            at += 3;
        } else {
            decoded.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(decoded).unwrap()
}

/// The text with its placeholders filled.
fn fill(text: &str, server: &str) -> String {
    let mut filled = text.replace("{server}", server);
    for (name, show) in [
        ("{now", time as fn(i64) -> String),
        ("{ms", |seconds| ((NOW + seconds) * 1000).to_string()),
    ] {
        while let Some(at) = filled.find(name) {
            let end = at + filled[at..].find('}').unwrap();
            let seconds = filled[at + name.len()..end].trim_start_matches('+');
            let seconds: i64 = seconds.parse().unwrap();
            filled.replace_range(at..=end, &show(seconds));
        }
    }
    filled
}

/// The time so many seconds from now.
fn time(seconds: i64) -> String {
    let text = Timestamp::utc((NOW + seconds) * 1_000_000).isoformat(0);
    text.replace("+00:00", "Z")
}

fn cache_path(arguments: &str) -> std::path::PathBuf {
    let hash = Sha1::digest(arguments);
    let name: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    Path::new(HOME).join(format!(".aws/cli/cache/{name}.json"))
}
