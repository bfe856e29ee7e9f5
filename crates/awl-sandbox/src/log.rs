//! The record of requests: who asked for what, how it was decided and answered.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use awl_iam::{Context, Decision, Evaluation, MatchedStatement, remedy, words};
use awl_value::{Map, Value, json};
use tokio::sync::watch;

use crate::StoreError;
use crate::caller::iso;

/// How many requests are remembered.
const REMEMBERED: usize = 1000;
/// The longest message of an error that is kept, in bytes.
const LONGEST_MESSAGE: usize = 2000;
/// How large the file may be before it is put aside for a new one.
const LARGEST_FILE: u64 = 8 << 20;

/// A request and what became of it. Nothing secret is in it.
#[derive(Clone, Debug, Default)]
pub struct LogEntry {
    /// Which request it is since the sandbox started, from 1.
    pub sequence: u64,
    /// Seconds since 1970.
    pub time: i64,
    /// How long it took to answer.
    pub duration: Duration,
    /// The request's id.
    pub request_id: String,
    /// The service's name.
    pub service: Option<&'static str>,
    /// The operation.
    pub operation: Option<&'static str>,
    /// The Region of the signature.
    pub region: Option<String>,
    /// The access key id that the request was signed with.
    pub access_key_id: Option<String>,
    /// The caller's ARN, once it is believed.
    pub principal: Option<String>,
    /// Where it came from.
    pub source: Option<std::net::IpAddr>,
    /// What the client calls itself.
    pub user_agent: Option<String>,
    /// The condition keys that were filled in for policies.
    pub context: Context,
    /// What policies were asked, in their order.
    pub checked: Vec<Checked>,
    /// What made it fail or wait on purpose: `limit`, or faults.
    pub trouble: Vec<String>,
    /// The answer's status.
    pub status: u16,
    /// The error's code.
    pub error: Option<String>,
    /// The error's message, without what it says in further paragraphs.
    pub message: Option<String>,
}

/// What policies were asked, and said.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// `allowed`, `explicitDeny` or `implicitDeny`.
    pub decision: &'static str,
    /// The policies whose statements decided.
    pub policies: Vec<String>,
    /// The statements that decided.
    pub statements: Vec<Deciding>,
    /// Why, of a refusal, in sentences.
    pub explanation: Vec<String>,
    /// What would allow it, of a refusal.
    pub changes: Vec<Value>,
    /// Whether those together would.
    pub suffices: bool,
}

/// A statement that decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deciding {
    /// The policy, as decisions name it.
    pub policy: String,
    /// Its ARN, of a managed one.
    pub arn: Option<String>,
    /// Its type.
    pub policy_type: &'static str,
    /// What the statement is called.
    pub sid: Option<String>,
    /// Which of the policy's statements it is, from 0.
    pub index: usize,
    /// The line of the policy that it begins on.
    pub line: u32,
    /// The line that it ends on.
    pub last_line: u32,
}

impl Checked {
    /// What an evaluation says. Why it refuses is worked out here, since policies
    /// may be others by the time that somebody asks.
    pub(crate) fn new(evaluation: &Evaluation<'_>) -> Self {
        let matched = evaluation.matched.iter();
        let mut policies: Vec<String> = matched.map(|own| own.policy.id.clone()).collect();
        policies.dedup();
        let request = evaluation.request();
        let (mut explanation, mut changes, mut suffices) = (Vec::new(), Vec::new(), false);
        match evaluation.decision {
            Decision::Allowed => {}
            Decision::ExplicitDeny => {
                explanation = words::about(evaluation);
                let mut change = Map::new();
                change.push("condition", remedy::exemption(request.principal().arn()));
                changes.push(change.into());
            }
            Decision::ImplicitDeny => {
                explanation = words::about(evaluation);
                let (additions, enough) = remedy::additions(request, evaluation.policies());
                suffices = enough;
                changes.extend(additions.into_iter().map(|addition| {
                    let mut change = Map::new();
                    change.push("policyType", addition.policy_type.as_str().into());
                    change.push("statement", addition.statement);
                    Value::Map(change)
                }));
            }
        }
        Self {
            action: request.action().to_owned(),
            resource: request.resource().to_owned(),
            decision: evaluation.decision.as_str(),
            policies,
            statements: evaluation.matched.iter().map(Deciding::new).collect(),
            explanation,
            changes,
            suffices,
        }
    }

    /// As a line of the log has it.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut map = Map::new();
        map.push("action", self.action.as_str().into());
        map.push("resource", self.resource.as_str().into());
        map.push("decision", self.decision.into());
        map.push("policies", self.policies.clone().into());
        let statements = self.statements.iter().map(Deciding::to_value);
        map.push("statements", Value::List(statements.collect()));
        if !self.explanation.is_empty() {
            map.push("explanation", self.explanation.clone().into());
        }
        if !self.changes.is_empty() {
            map.push("changes", Value::List(self.changes.clone()));
            map.push("suffices", Value::Bool(self.suffices));
        }
        map.into()
    }
}

impl Deciding {
    fn new(matched: &MatchedStatement<'_>) -> Self {
        let span = matched.statement.span;
        Self {
            policy: matched.policy.id.clone(),
            arn: matched.policy.arn.clone(),
            policy_type: matched.policy_type.as_str(),
            sid: matched.statement.sid.as_ref().map(|own| own.value.clone()),
            index: matched.index,
            line: span.start.line,
            last_line: span.end.line,
        }
    }

    fn to_value(&self) -> Value {
        let mut map = Map::new();
        map.push("policy", self.policy.as_str().into());
        if let Some(arn) = &self.arn {
            map.push("arn", arn.as_str().into());
        }
        map.push("type", self.policy_type.into());
        if let Some(sid) = &self.sid {
            map.push("sid", sid.as_str().into());
        }
        let index = i64::try_from(self.index).unwrap_or(i64::MAX);
        map.push("index", Value::Int(index));
        map.push("line", Value::Int(self.line.into()));
        map.push("lastLine", Value::Int(self.last_line.into()));
        map.into()
    }
}

impl LogEntry {
    /// Notes what was wrong, as the caller is told.
    pub(crate) fn refused(&mut self, code: &str, message: &str) {
        self.error = Some(code.to_owned());
        // Behind the first paragraph of a signature's refusal stands the canonical
        // request, which may have a session token.
        let mut message = message.split("\n\n").next().unwrap_or_default();
        if message.len() > LONGEST_MESSAGE {
            message = &message[..message.floor_char_boundary(LONGEST_MESSAGE)];
        }
        if !message.is_empty() {
            self.message = Some(message.to_owned());
        }
    }

    /// The entry as a line of the log has it.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut map = Map::new();
        map.push("time", iso(self.time).into());
        map.push("requestId", self.request_id.as_str().into());
        let mut text = |name: &'static str, value: Option<&str>| {
            if let Some(value) = value {
                map.push(name, value.into());
            }
        };
        text("service", self.service);
        text("operation", self.operation);
        text("region", self.region.as_deref());
        text("accessKeyId", self.access_key_id.as_deref());
        text("principal", self.principal.as_deref());
        text("source", self.source.map(|own| own.to_string()).as_deref());
        text("userAgent", self.user_agent.as_deref());
        let checked = self.checked.iter().map(Checked::to_value);
        map.push("checked", Value::List(checked.collect()));
        if !self.trouble.is_empty() {
            map.push("trouble", self.trouble.clone().into());
        }
        map.push("status", Value::Int(self.status.into()));
        let micros = i64::try_from(self.duration.as_micros()).unwrap_or(i64::MAX);
        map.push("microseconds", Value::Int(micros));
        if let Some(error) = &self.error {
            map.push("error", error.as_str().into());
        }
        if let Some(message) = &self.message {
            map.push("message", message.as_str().into());
        }
        map.into()
    }
}

/// What there is to be seen, so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct News {
    /// The number of the latest request.
    pub(crate) sequence: u64,
    /// How often the state has changed.
    pub(crate) version: u64,
}

/// The record.
#[derive(Debug)]
pub(crate) struct Log {
    kept: Mutex<Kept>,
    news: watch::Sender<News>,
}

#[derive(Debug)]
struct Kept {
    entries: VecDeque<LogEntry>,
    file: Option<(File, PathBuf, u64)>,
}

impl Log {
    pub(crate) fn in_memory() -> Self {
        Self {
            kept: Mutex::new(Kept {
                entries: VecDeque::new(),
                file: None,
            }),
            news: watch::Sender::new(News::default()),
        }
    }

    /// A record that is also written to `requests.log` in a folder.
    pub(crate) fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join("requests.log");
        let opened = open(&path).and_then(|file| Ok((file.metadata()?.len(), file)));
        let (length, file) = opened.map_err(|source| StoreError::File {
            path: path.clone(),
            source,
        })?;
        let log = Self::in_memory();
        log.lock().file = Some((file, path, length));
        Ok(log)
    }

    pub(crate) fn add(&self, mut entry: LogEntry) {
        let mut kept = self.lock();
        if kept.file.is_some() {
            let line = json::to_string(&entry.to_value()) + "\n";
            kept.write(&line);
        }
        if kept.entries.len() == REMEMBERED {
            kept.entries.pop_front();
        }
        let sequence = self.news.borrow().sequence + 1;
        entry.sequence = sequence;
        kept.entries.push_back(entry);
        // Within the lock, so that who is told so finds the entry.
        self.news.send_modify(|news| news.sequence = sequence);
    }

    /// Notes that the state has changed.
    pub(crate) fn changed(&self) {
        self.news.send_modify(|news| news.version += 1);
    }

    /// What tells of the next request and change.
    pub(crate) fn news(&self) -> watch::Receiver<News> {
        self.news.subscribe()
    }

    /// The entries after a number that are still remembered, the oldest first;
    /// the latest `most` of them.
    pub(crate) fn since(&self, sequence: u64, most: usize) -> Vec<LogEntry> {
        let kept = self.lock();
        let begin = kept.entries.partition_point(|own| own.sequence <= sequence);
        let begin = begin.max(kept.entries.len().saturating_sub(most));
        kept.entries.range(begin..).cloned().collect()
    }

    /// The latest entries, the oldest first.
    pub(crate) fn entries(&self) -> Vec<LogEntry> {
        self.lock().entries.iter().cloned().collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Writes a line. A log that cannot be written keeps no request from being
    /// answered.
    fn write(&mut self, line: &str) {
        let Some((file, path, length)) = &mut self.file else {
            return;
        };
        if *length > LARGEST_FILE {
            let _ = std::fs::rename(&*path, path.with_extension("log.1"));
            let Ok(new) = open(path) else {
                return;
            };
            (*file, *length) = (new, 0);
        }
        if file.write_all(line.as_bytes()).is_ok() {
            *length += line.len() as u64;
        }
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)
}
