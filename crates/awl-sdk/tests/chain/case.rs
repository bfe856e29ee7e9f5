//! The form of the cases. A case begins with `## ` and its name; then, one a
//! line:
//!
//! - `env NAME=VALUE`: a variable;
//! - `file PATH`, and its content in the lines below, indented by two: a file,
//!   and the same path again adds to it;
//! - `profile NAME`: the profile is asked for by name;
//! - `cached ARGUMENTS KEY SECONDS`: credentials in the cache of roles under the
//!   hash of `ARGUMENTS`, whose text stands between backticks;
//! - `prompt CODE`, `prompt interrupted`: what the user types; else there is no
//!   terminal;
//! - `offline`: nothing may be called;
//! - `> sts OPERATION by KEY NAME=VALUE !NAME …`: a call that must come, signed
//!   with `KEY` (`nobody`), with these parameters, without those;
//!   `> METHOD TARGET NAME:VALUE …`: a request with these headers (`-NAME`:
//!   without);
//! - `< role KEY SECONDS`, `< error STATUS CODE MESSAGE`, `< STATUS BODY`,
//!   `< close`, `< slow`: the answer to the request above it;
//! - `= KEY METHOD`: the credentials that must come of it;
//! - `has token TOKEN`, `has account ID`, `has expires SECONDS`: and with it;
//! - `! MESSAGE`: the error that must come instead (`\n` is a line's end);
//! - `~ PROVIDER VERDICT`, one a line: links of the chain as they must be told
//!   of, in order; `~ PROVIDER VERDICT: DETAIL` with the detail;
//! - `wrote ARGUMENTS KEY`: what the cache must hold at the end.
//!
//! In all of it `{server}` is the address of the server that answers,
//! `{now+N}` the time N seconds from now, `{ms+N}` the same in milliseconds.

use std::collections::BTreeMap;

/// One case.
#[derive(Clone, Debug, Default)]
pub(crate) struct Case {
    pub name: String,
    pub variables: BTreeMap<String, String>,
    pub files: BTreeMap<String, String>,
    pub profile: Option<String>,
    pub cached: Vec<Cached>,
    pub prompt: Option<String>,
    pub offline: bool,
    pub exchanges: Vec<Exchange>,
    pub expected: Expected,
    pub facts: Vec<(String, String)>,
    pub links: Vec<String>,
    pub wrote: Vec<(String, String)>,
}

/// An entry of the cache of roles.
#[derive(Clone, Debug)]
pub(crate) struct Cached {
    pub arguments: String,
    pub key: String,
    pub seconds: i64,
}

/// A request that must come, and its answer.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub request: String,
    pub answer: String,
}

/// What must come of a case.
#[derive(Clone, Debug, Default)]
pub(crate) enum Expected {
    #[default]
    Nothing,
    Found {
        key: String,
        method: String,
    },
    Error(String),
}

/// The cases of a file.
pub(crate) fn parse(file: &str, text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut path: Option<String> = None;
    for (number, line) in text.lines().enumerate() {
        let place = || format!("{file}:{}", number + 1);
        if let Some(name) = line.strip_prefix("## ") {
            path = None;
            cases.push(Case {
                name: format!("{} {name}", place()),
                ..Case::default()
            });
            continue;
        }
        let Some(case) = cases.last_mut() else {
            assert!(line.is_empty() || line.starts_with("# "), "{}", place());
            continue;
        };
        if let Some(content) = line.strip_prefix("  ") {
            let path = path.clone().unwrap_or_else(|| panic!("{}", place()));
            let file = case.files.entry(path).or_default();
            file.push_str(content);
            file.push('\n');
            continue;
        }
        if line.is_empty() {
            continue;
        }
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.to_owned();
        match word {
            "env" => {
                let (name, value) = rest.split_once('=').unwrap();
                case.variables.insert(name.to_owned(), value.to_owned());
            }
            "file" => {
                case.files.entry(rest.clone()).or_default();
                path = Some(rest);
            }
            "profile" => case.profile = Some(rest),
            "cached" => {
                let (arguments, rest) = quoted(&rest);
                let (key, seconds) = rest.split_once(' ').unwrap();
                case.cached.push(Cached {
                    arguments,
                    key: key.to_owned(),
                    seconds: seconds.parse().unwrap(),
                });
            }
            "prompt" => case.prompt = Some(rest),
            "offline" => case.offline = true,
            ">" => case.exchanges.push(Exchange {
                request: rest,
                answer: String::new(),
            }),
            "<" => {
                let exchange = case.exchanges.last_mut();
                exchange.unwrap_or_else(|| panic!("{}", place())).answer = rest;
            }
            "=" => {
                let (key, method) = rest.split_once(' ').unwrap();
                case.expected = Expected::Found {
                    key: key.to_owned(),
                    method: method.to_owned(),
                };
            }
            "!" => case.expected = Expected::Error(rest.replace("\\n", "\n")),
            "has" => {
                let (name, value) = rest.split_once(' ').unwrap();
                case.facts.push((name.to_owned(), value.to_owned()));
            }
            "~" => case.links.push(rest),
            "wrote" => {
                let (arguments, key) = quoted(&rest);
                case.wrote.push((arguments, key));
            }
            _ => panic!("{}: {line}", place()),
        }
    }
    cases
}

/// The text between backticks, and what follows it.
fn quoted(text: &str) -> (String, String) {
    let (quoted, rest) = text.strip_prefix('`').unwrap().split_once('`').unwrap();
    (quoted.to_owned(), rest.trim().to_owned())
}
