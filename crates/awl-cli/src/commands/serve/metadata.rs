//! The endpoint of instances: the part of the instance metadata service,
//! version 2, that SDKs look for credentials and a Region in.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html

use awl_value::{Map, Value, json};
use hyper::header::HeaderMap;
use hyper::{Method, StatusCode};

use super::{Answer, State, container};

const TOKEN_PATH: &str = "latest/api/token";
const TOKEN: &str = "x-aws-ec2-metadata-token";
const TTL: &str = "x-aws-ec2-metadata-token-ttl-seconds";
/// The longest that a token holds, in seconds.
const LONGEST: u64 = 21_600;
/// What the instance's role is called.
const ROLE: &str = "awl";

/// The folders and what they list.
static FOLDERS: &[(&str, &str)] = &[
    ("", "latest"),
    ("latest", "dynamic/\nmeta-data/"),
    ("latest/dynamic", "instance-identity/"),
    ("latest/dynamic/instance-identity", "document"),
    ("latest/meta-data", "iam/\nplacement/"),
    ("latest/meta-data/iam", "security-credentials/"),
    ("latest/meta-data/iam/security-credentials", ROLE),
    ("latest/meta-data/placement", "availability-zone\nregion"),
];

pub(super) async fn answer(
    state: &State,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
) -> Answer {
    let path = path.trim_matches('/');
    let now = state.host.epoch().as_secs();
    if path == TOKEN_PATH && method == Method::PUT {
        return issue(state, headers, now);
    }
    if method == Method::PUT && path.ends_with("/api/token") {
        return error(StatusCode::FORBIDDEN);
    }
    if path == TOKEN_PATH || !(method == Method::GET || method == Method::HEAD) {
        return error(StatusCode::METHOD_NOT_ALLOWED);
    }
    let shown = headers.get(TOKEN);
    if !shown.is_some_and(|shown| state.key.vouches(shown.as_bytes(), now)) {
        return error(StatusCode::UNAUTHORIZED);
    }
    if let Some((_, listing)) = FOLDERS.iter().find(|(folder, _)| *folder == path) {
        return Answer::text(*listing);
    }
    let region = state.source.region();
    match path.strip_prefix("latest/") {
        Some("meta-data/iam/security-credentials/awl") => credentials(state).await,
        Some("meta-data/placement/region") => Answer::text(region),
        Some("meta-data/placement/availability-zone") => Answer::text(format!("{region}a")),
        Some("dynamic/instance-identity/document") => Answer::text(document(&region)),
        _ => error(StatusCode::NOT_FOUND),
    }
}

/// A token for the seconds that are asked for.
fn issue(state: &State, headers: &HeaderMap, now: u64) -> Answer {
    let seconds = headers
        .get(TTL)
        .and_then(|value| value.to_str().ok()?.trim().parse().ok())
        .filter(|seconds| (1..=LONGEST).contains(seconds));
    match seconds {
        None => error(StatusCode::BAD_REQUEST),
        Some(seconds) => Answer {
            header: Some((TTL, seconds.to_string())),
            ..Answer::text(state.key.issue(now + seconds))
        },
    }
}

async fn credentials(state: &State) -> Answer {
    let mut map = Map::with_capacity(8);
    match state.source.current().await {
        Ok((credentials, end)) => {
            let now = state.host.epoch().as_secs() as i64;
            map.push("Code", Value::from("Success"));
            map.push("LastUpdated", Value::from(container::time(now)));
            map.push("Type", Value::from("AWS-HMAC"));
            for (key, value) in container::members(&credentials, end).iter() {
                map.push(key.to_owned(), value.clone());
            }
        }
        // The service answers status 200 where it has no credentials.
        Err(error) => {
            map.push("Code", Value::from("Failed"));
            map.push("Message", Value::from(error.to_string()));
        }
    }
    Answer::text(json::to_string(&Value::Map(map)))
}

fn document(region: &str) -> String {
    let mut map = Map::with_capacity(3);
    map.push("availabilityZone", Value::from(format!("{region}a")));
    map.push("region", Value::from(region));
    map.push("version", Value::from("2017-09-30"));
    json::to_string(&Value::Map(map))
}

/// A page that says no more than its status.
fn error(status: StatusCode) -> Answer {
    let title = format!(
        "{} - {}",
        status.as_u16(),
        status.canonical_reason().unwrap_or_default()
    );
    Answer {
        status,
        content_type: "text/html",
        header: None,
        body: format!(
            "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n\
             <html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"en\" lang=\"en\">\n\
             <head><title>{title}</title></head>\n<body><h1>{title}</h1></body>\n</html>\n"
        ),
    }
}
