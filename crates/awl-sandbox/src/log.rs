//! The record of requests: who asked for what, how it was decided and answered.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use awl_value::{Map, Value, json};

use crate::StoreError;
use crate::caller::iso;

/// How many requests are remembered.
const REMEMBERED: usize = 1000;
/// How large the file may be before it is put aside for a new one.
const LARGEST_FILE: u64 = 8 << 20;

/// A request and what became of it. Nothing secret is in it.
#[derive(Clone, Debug, Default)]
pub struct LogEntry {
    /// Seconds since 1970.
    pub time: i64,
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
    /// What policies were asked, in their order.
    pub checked: Vec<Checked>,
    /// The answer's status.
    pub status: u16,
    /// The error's code.
    pub error: Option<String>,
}

/// What policies were asked, and said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// `allowed`, `explicitDeny` or `implicitDeny`.
    pub decision: &'static str,
    /// The policies whose statements decided.
    pub policies: Vec<String>,
}

impl LogEntry {
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
        let checked = self.checked.iter().map(|checked| {
            let mut map = Map::new();
            map.push("action", checked.action.as_str().into());
            map.push("resource", checked.resource.as_str().into());
            map.push("decision", checked.decision.into());
            map.push("policies", checked.policies.clone().into());
            Value::Map(map)
        });
        map.push("checked", Value::List(checked.collect()));
        map.push("status", Value::Int(self.status.into()));
        if let Some(error) = &self.error {
            map.push("error", error.as_str().into());
        }
        map.into()
    }
}

/// The record.
#[derive(Debug)]
pub(crate) struct Log {
    kept: Mutex<Kept>,
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

    pub(crate) fn add(&self, entry: LogEntry) {
        let mut kept = self.lock();
        if kept.file.is_some() {
            let line = json::to_string(&entry.to_value()) + "\n";
            kept.write(&line);
        }
        if kept.entries.len() == REMEMBERED {
            kept.entries.pop_front();
        }
        kept.entries.push_back(entry);
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
