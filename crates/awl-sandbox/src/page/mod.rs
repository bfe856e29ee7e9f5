//! The console: a page in a browser that shows what the sandbox holds and how it
//! decides, as it happens. The only thing here that browsers are answered.
//!
//! The page itself is the same for everybody and says nothing. What it shows has
//! to be asked for with a token, which stands behind the `#` of the address that
//! is printed at the start, so that it is sent to nobody by itself.

mod codes;
mod files;
mod rehearsal;
mod snapshot;

use std::time::Duration;

use awl_value::{Map, Value, json};
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::{Sandbox, seal};

pub(crate) use codes::code;

/// Where the page is.
const PATH: &str = "/_awl/console";
/// What its data are under: to be read, and to be done.
const DATA: &str = "/_awl/console/data/";
const ACT: &str = "/_awl/console/act/";

/// The longest body of an action.
pub(crate) const LARGEST_BODY: usize = 64 << 10;
/// How long a page waits for news before it asks again.
const PATIENCE: Duration = Duration::from_secs(25);
/// How many pages may wait at a time.
const WATCHERS: usize = 16;
/// How many requests one answer tells of.
const MOST: usize = 300;

/// What the page's answers are held by.
#[derive(Debug)]
pub(crate) struct Page {
    watchers: Semaphore,
}

impl Default for Page {
    fn default() -> Self {
        Self {
            watchers: Semaphore::new(WATCHERS),
        }
    }
}

/// A request for the page or its data.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) host: &'a str,
    pub(crate) authorization: Option<&'a str>,
    pub(crate) body: &'a [u8],
}

/// What browsers say of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin<'a> {
    pub(crate) host: &'a str,
    pub(crate) origin: Option<&'a str>,
    pub(crate) site: Option<&'a str>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

/// What a token allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Grant {
    Nothing,
    Read,
    Act,
}

/// Whether a path is the page's or of its data.
pub(crate) fn is_ours(path: &str) -> bool {
    path.strip_prefix(PATH)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether somebody typed the address, or the page itself asks: no other page of
/// a browser is answered.
pub(crate) fn is_permitted(from: Origin<'_>) -> bool {
    let own = from.origin.is_none_or(|origin| {
        let host = origin.strip_prefix("http://");
        host.is_some_and(|host| host.eq_ignore_ascii_case(from.host))
    });
    own && matches!(from.site, None | Some("none" | "same-origin"))
}

impl Sandbox {
    /// The path of the console's page, with the token that opens it. With
    /// `reading` it is one that nothing can be done with.
    #[must_use]
    pub fn console_path(&self, reading: bool) -> String {
        let grant = if reading { Grant::Read } else { Grant::Act };
        format!("{PATH}#token={}", self.console_token(grant))
    }

    /// The token for the page: made of that of the control channel, which it does
    /// not open.
    fn console_token(&self, grant: Grant) -> String {
        let purpose: &[u8] = match grant {
            Grant::Act => b"console",
            Grant::Read | Grant::Nothing => b"console, to read",
        };
        // Keys of any length will do for a MAC.
        let mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(self.control_token().as_bytes());
        mac.map_or_else(
            |_| String::new(),
            |mut mac| {
                mac.update(purpose);
                seal::message(&mac.finalize().into_bytes()[..24])
            },
        )
    }

    fn grant(&self, authorization: Option<&str>) -> Grant {
        let Some(token) = authorization.and_then(|own| own.strip_prefix("Bearer ")) else {
            return Grant::Nothing;
        };
        // Of digests: how long it takes says nothing of the token.
        let given = Sha256::digest(token);
        let mut granted = Grant::Nothing;
        for grant in [Grant::Read, Grant::Act] {
            if given == Sha256::digest(self.console_token(grant)) {
                granted = grant;
            }
        }
        granted
    }

    /// Answers a request for the page or its data.
    pub(crate) async fn show(&self, asked: Asked<'_>) -> Shown {
        let mut shown = self.find(asked).await;
        let own = |headers: &mut Vec<(&'static str, String)>| {
            headers.extend(files::headers(asked.host));
        };
        own(&mut shown.headers);
        shown
    }

    async fn find(&self, asked: Asked<'_>) -> Shown {
        let (what, least, method) = if let Some(what) = asked.path.strip_prefix(DATA) {
            (what, Grant::Read, "GET")
        } else if let Some(what) = asked.path.strip_prefix(ACT) {
            (what, Grant::Act, "POST")
        } else {
            return match (asked.method, files::find(asked.path)) {
                ("GET" | "HEAD", Some(file)) => Shown {
                    status: 200,
                    headers: vec![("content-type", file.kind.to_owned())],
                    body: file.text.as_bytes().to_vec(),
                },
                (_, Some(_)) => refused(405, "the page is only looked at"),
                (_, None) => refused(404, "there is no such page"),
            };
        };
        let granted = self.grant(asked.authorization);
        if granted == Grant::Nothing {
            return refused(401, "the token is not this sandbox's");
        }
        if granted < least {
            return refused(403, "the token is for looking only");
        }
        if asked.method != method {
            return refused(405, "this is not asked for so");
        }
        match (method, what) {
            ("GET", "state") => said(200, snapshot::snapshot(self, granted == Grant::Act)),
            ("GET", "news") => self.news(asked.query).await,
            ("POST", "try" | "code") => {
                let text = std::str::from_utf8(asked.body).ok();
                let Some(Ok(Value::Map(parameters))) = text.map(json::parse) else {
                    return refused(400, "the parameters are no JSON object");
                };
                let answer = match what {
                    "try" => rehearsal::rehearse(self, &parameters),
                    _ => code(self, &self.account(), &parameters, true),
                };
                match answer {
                    Ok(answer) => said(200, answer),
                    Err(why) => refused(400, &why),
                }
            }
            _ => refused(404, "there is no such page"),
        }
    }

    /// The requests after the number `after`, as soon as there are some or the
    /// state is no longer that of `version`.
    async fn news(&self, query: &str) -> Shown {
        let number = |name: &str| -> u64 {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            let found = pairs.find(|(key, _)| *key == name);
            found
                .and_then(|(_, value)| value.parse().ok())
                .unwrap_or_default()
        };
        let (after, version) = (number("after"), number("version"));
        let Ok(_permit) = self.page.watchers.try_acquire() else {
            return refused(503, "too many pages look on");
        };
        let mut news = self.log.news();
        let fresh = news.wait_for(|news| news.sequence != after || news.version != version);
        let latest = match timeout(PATIENCE, fresh).await {
            Ok(Ok(latest)) => *latest,
            _ => *self.log.news().borrow(),
        };
        let entries = self.log.since(after, MOST);
        // What came in the meantime is told already.
        let last = entries.last().map_or(latest.sequence, |own| own.sequence);
        let mut answer = Map::new();
        answer.push("sequence", number_value(last));
        answer.push("version", number_value(latest.version));
        let entries = entries.iter().map(|entry| {
            let mut map = Map::new();
            map.push("sequence", number_value(entry.sequence));
            if let Value::Map(shown) = entry.to_value() {
                shown
                    .iter()
                    .for_each(|(key, value)| map.push(key.to_owned(), value.clone()));
            }
            let mut context = Map::new();
            for (key, value) in entry.context.iter() {
                context.push(key.to_owned(), value.values().to_vec().into());
            }
            map.push("context", context.into());
            Value::Map(map)
        });
        answer.push("entries", Value::List(entries.collect()));
        said(200, answer)
    }
}

fn number_value(number: u64) -> Value {
    Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

fn said(status: u16, answer: Map) -> Shown {
    Shown {
        status,
        headers: vec![("content-type", "application/json".to_owned())],
        body: json::to_string(&answer.into()).into_bytes(),
    }
}

fn refused(status: u16, why: &str) -> Shown {
    let mut answer = Map::with_capacity(1);
    answer.push("message", why.into());
    said(status, answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_page_itself_is_a_browsers() {
        let check = |origin, site| {
            is_permitted(Origin {
                host: "127.0.0.1:4566",
                origin,
                site,
            })
        };
        assert!(check(None, None));
        assert!(check(None, Some("none")));
        assert!(check(Some("http://127.0.0.1:4566"), Some("same-origin")));
        assert!(!check(Some("http://127.0.0.1:4566"), Some("same-site")));
        assert!(!check(Some("http://127.0.0.1:3000"), Some("same-origin")));
        assert!(!check(Some("https://127.0.0.1:4566"), None));
        assert!(!check(Some("null"), Some("same-origin")));
        assert!(!check(None, Some("cross-site")));
        assert!(is_ours("/_awl/console") && is_ours("/_awl/console/data/state"));
        assert!(!is_ours("/_awl/consoles") && !is_ours("/_awl/control/credentials"));
    }
}
