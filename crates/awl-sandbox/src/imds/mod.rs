//! The instance metadata service of each instance: versions 1 and 2, as the
//! instance's metadata options say at that moment, and the credentials of
//! containers. Everything here is asked without a signature: an instance knows
//! itself by the port, a container by its token.

mod categories;
pub(crate) mod certificate;
pub(crate) mod container;
pub(crate) mod credentials;
mod der;
pub(crate) mod events;
pub(crate) mod facts;
mod listener;
mod token;
mod tree;

use awl_value::{Value, json};

use crate::{Sandbox, ec2};
use facts::{Facts, State};
use tree::{Made, Node, VERSIONS};

pub(crate) use listener::{Listeners, serve};

const TOKEN: &str = "x-aws-ec2-metadata-token";
const TTL: &str = "x-aws-ec2-metadata-token-ttl-seconds";
/// What PUT is for.
const TOKEN_PATH: [&str; 3] = ["latest", "api", "token"];

/// A request to a metadata service.
pub(crate) struct Asked<'a> {
    /// Whether it came by IPv6.
    pub(crate) is_v6: bool,
    pub(crate) method: &'a str,
    /// The path, still encoded.
    pub(crate) path: &'a str,
    /// A header by its name in small letters.
    pub(crate) header: &'a dyn Fn(&str) -> Option<&'a str>,
}

/// An answer of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    /// How long the token holds, in seconds.
    pub(crate) ttl: Option<i64>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    fn text(body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            content_type: "text/plain",
            ttl: None,
            body: body.into(),
        }
    }

    /// A page that says no more than its status.
    pub(crate) fn error(status: u16) -> Self {
        let reason = match status {
            400 => "Bad Request",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "Not Found",
            405 => "Method Not Allowed",
            _ => "Internal Server Error",
        };
        let title = format!("{status} - {reason}");
        let page = format!(
            "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n\
             <!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\"\n\
             \t\"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n\
             <html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"en\" lang=\"en\">\n \
             <head>\n  <title>{title}</title>\n </head>\n \
             <body>\n  <h1>{title}</h1>\n </body>\n</html>\n"
        );
        Self {
            status,
            content_type: "text/html",
            ttl: None,
            body: page.into_bytes(),
        }
    }
}

impl Sandbox {
    /// What an instance's metadata service answers; None where nobody can be on
    /// the instance to ask so.
    pub(crate) fn metadata(&self, instance: &str, asked: &Asked<'_>) -> Option<Answer> {
        let facts = self.facts_of(instance)?;
        // To an instance without IPv6 there is no way by it.
        let is_there = facts.state == State::Running && (!asked.is_v6 || facts.options.has_v6);
        is_there.then(|| self.of_facts(&facts, asked))
    }

    fn of_facts(&self, facts: &Facts, asked: &Asked<'_>) -> Answer {
        if !facts.options.is_enabled {
            return Answer::error(403);
        }
        let Some(names) = names(asked.path) else {
            return Answer::error(404);
        };
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let now = self.now();
        match asked.method {
            "PUT" if names == TOKEN_PATH => return self.token(facts, asked, now),
            "PUT" if names.ends_with(&["api", "token"]) => return Answer::error(403),
            "GET" | "HEAD" if names != TOKEN_PATH => {}
            _ => return Answer::error(405),
        }
        let ttl = match (asked.header)(TOKEN) {
            None if facts.options.wants_tokens => return Answer::error(401),
            None => None,
            Some(token) => {
                let instance = &facts.instance_id;
                match token::remaining(&self.metadata, instance, token, now) {
                    None => return Answer::error(401),
                    held => held,
                }
            }
        };
        let mut answer = self.look_up(facts, &names, ttl.is_some(), now);
        answer.ttl = ttl;
        answer
    }

    fn token(&self, facts: &Facts, asked: &Asked<'_>, now: i64) -> Answer {
        // What came through a proxy may not come from the instance.
        if (asked.header)("x-forwarded-for").is_some() {
            return Answer::error(403);
        }
        let Some(seconds) = (asked.header)(TTL).and_then(token::seconds) else {
            return Answer::error(400);
        };
        let end = now.saturating_add(seconds);
        let token = token::issue(&self.metadata, &facts.instance_id, end, self.entropy());
        token.map_or_else(
            |_| Answer::error(500),
            |token| Answer {
                ttl: Some(seconds),
                ..Answer::text(token)
            },
        )
    }

    fn look_up(&self, facts: &Facts, names: &[&str], with_token: bool, now: i64) -> Answer {
        let Some((version, rest)) = names.split_first() else {
            return Answer::text(VERSIONS.join("\n"));
        };
        if !VERSIONS.contains(version) {
            return Answer::error(404);
        }
        let tree = categories::tree(facts, now);
        if rest.is_empty() {
            return Answer::text(tree.listing(version, true));
        }
        match tree.find(version, rest) {
            None => Answer::error(404),
            Some(Node::Folder(folder)) => Answer::text(folder.listing(version, false)),
            Some(Node::Text(text)) => Answer::text(text.as_str()),
            Some(Node::Bytes(bytes)) => Answer {
                content_type: "application/octet-stream",
                ..Answer::text(bytes.as_slice())
            },
            Some(Node::Made(made)) => {
                let text = self.make(facts, *made, with_token, now);
                text.map_or_else(|| Answer::error(500), Answer::text)
            }
        }
    }

    fn make(&self, facts: &Facts, made: Made, with_token: bool, now: i64) -> Option<String> {
        Some(match made {
            Made::ProfileInfo => credentials::profile_info(facts, now),
            Made::RoleCredentials => self.role_credentials(facts, with_token, now),
            Made::IdentityInfo => spaced(&[
                ("Code", Some("Success")),
                ("LastUpdated", Some(&crate::caller::iso(facts.launched))),
                ("AccountId", Some(&facts.account)),
            ]),
            Made::IdentityCredentials => self.identity_credentials(facts, now),
            Made::Document => document(facts),
            Made::Signature => {
                let certificate = self.certificate().ok()?;
                certificate.signature(document(facts).as_bytes())?
            }
            Made::SignedMessage => {
                let certificate = self.certificate().ok()?;
                certificate.signed_message(document(facts).as_bytes())?
            }
        })
    }

    /// The facts of an instance; None where there is none.
    pub(crate) fn facts_of(&self, instance: &str) -> Option<Facts> {
        let mut account = self.account();
        let gone = ec2::carry_out(&mut account, self.now());
        gone.iter().for_each(|gone| self.listeners.close(gone));
        let changes = account.changes();
        self.keep(&changes).ok()?;
        facts::of(&account, instance)
    }
}

/// The names on a path, decoded; None where it is none. A slash at the end makes
/// no difference.
fn names(path: &str) -> Option<Vec<String>> {
    let path = path.strip_prefix('/')?;
    let path = path.strip_suffix('/').unwrap_or(path);
    if path.is_empty() {
        return Some(Vec::new());
    }
    path.split('/').map(decoded).collect()
}

/// A name without its `%xx`; None where it is no text or leads elsewhere.
fn decoded(name: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (pair, after) = rest.split_first_chunk::<2>()?;
        let digit = |byte: u8| char::from(byte).to_digit(16);
        bytes.push(u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()?);
        rest = after;
    }
    let name = String::from_utf8(bytes).ok()?;
    (!name.is_empty() && name != "." && name != "..").then_some(name)
}

/// The instance's identity document. Its exact bytes are what is signed.
fn document(facts: &Facts) -> String {
    let list = facts.product_codes.iter().map(|code| quoted(code));
    let codes = match facts.product_codes.is_empty() {
        true => None,
        false => Some(format!("[ {} ]", list.collect::<Vec<_>>().join(", "))),
    };
    let launched = crate::caller::iso(facts.launched);
    let text = |value: &str| Some(quoted(value));
    object(&[
        ("accountId", text(&facts.account)),
        ("architecture", text(&facts.architecture)),
        ("availabilityZone", text(&facts.zone)),
        ("billingProducts", None),
        ("devpayProductCodes", None),
        ("marketplaceProductCodes", codes),
        ("imageId", text(&facts.image_id)),
        ("instanceId", text(&facts.instance_id)),
        ("instanceType", text(&facts.instance_type)),
        ("kernelId", facts.kernel_id.as_deref().map(quoted)),
        ("pendingTime", text(&launched)),
        ("privateIp", text(facts.address())),
        ("ramdiskId", facts.ramdisk_id.as_deref().map(quoted)),
        ("region", text(&facts.region)),
        ("version", text("2017-09-30")),
    ])
}

/// A JSON object of texts in the service's own layout.
fn spaced(entries: &[(&str, Option<&str>)]) -> String {
    let entries = entries.iter();
    let entries: Vec<_> = entries
        .map(|(key, value)| (*key, value.map(quoted)))
        .collect();
    object(&entries)
}

fn object(entries: &[(&str, Option<String>)]) -> String {
    let lines = entries.iter().map(|(key, value)| {
        let value = value.as_deref().unwrap_or("null");
        format!("  \"{key}\" : {value}")
    });
    format!("{{\n{}\n}}", lines.collect::<Vec<_>>().join(",\n"))
}

fn quoted(text: &str) -> String {
    json::to_string(&Value::from(text))
}

#[cfg(test)]
mod tests;
