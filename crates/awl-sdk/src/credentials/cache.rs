//! The files that credentials are kept in between processes: those of the AWS
//! CLI, byte for byte, so that both use each other's.
// Parity: botocore/utils.py, JSONFileCache; botocore/credentials.py,
// CachedCredentialFetcher.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use awl_value::{Map, Value, json};
use sha1::{Digest as _, Sha1};

use crate::env::{Host, Lock};

/// How many seconds cached credentials must have left to be used.
pub(super) const WINDOW: i64 = 15 * 60;

/// A folder of JSON files.
#[derive(Clone, Debug)]
pub struct Cache {
    host: Arc<dyn Host>,
    folder: PathBuf,
}

impl Cache {
    /// The cache in a folder, `~` in its name expanded.
    #[must_use]
    pub fn new(host: &Arc<dyn Host>, folder: &str) -> Self {
        Self {
            host: host.clone(),
            folder: host.expand(folder),
        }
    }

    /// The cache of roles' and SSO's credentials: `~/.aws/cli/cache`.
    #[must_use]
    pub fn of_credentials(host: &Arc<dyn Host>) -> Self {
        Self::new(host, "~/.aws/cli/cache")
    }

    /// The file of a key.
    #[must_use]
    pub fn path(&self, key: &str) -> PathBuf {
        self.folder.join(format!("{key}.json"))
    }

    /// What is kept under a key; None where nothing is, or nothing that can be
    /// read.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Map> {
        let bytes = self.host.read(&self.path(key)).ok()?;
        match json::parse(std::str::from_utf8(&bytes).ok()?).ok()? {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// Keeps a map under a key. It is of no use to anybody to fail here: what
    /// cannot be kept is fetched again.
    pub fn put(&self, key: &str, map: &Map) {
        let mut text = String::new();
        json::write(&Value::Map(map.clone()), json::Style::WIRE, &mut text);
        let _ = self.host.write(&self.path(key), text.as_bytes());
    }

    /// Takes away what is kept under a key.
    pub fn remove(&self, key: &str) {
        let _ = self.host.remove(&self.path(key));
    }

    /// Waits until nobody else makes what belongs under a key. Without a place
    /// for the lock there is none.
    pub async fn lock(&self, key: &str) -> Option<Lock> {
        /// How long to wait between two tries.
        const PAUSE: Duration = Duration::from_millis(10);
        let path = self.folder.join(format!(".{key}.lock"));
        loop {
            match self.host.lock(&path) {
                Ok(Some(lock)) => return Some(lock),
                Ok(None) => tokio::time::sleep(PAUSE).await,
                Err(_) => return None,
            }
        }
    }
}

/// The key of what depends on `arguments`: their JSON, keys in order, hashed.
// Parity: json.dumps(arguments, sort_keys=True), with or without separators.
pub(super) fn key(arguments: Map, tight: bool) -> String {
    let mut text = String::new();
    let style = json::Style {
        tight,
        ..json::Style::WIRE
    };
    json::write(&Value::Map(sorted_map(arguments)), style, &mut text);
    hexadecimal(&Sha1::digest(text))
}

/// Bytes in small hexadecimal digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Map(map) => Value::Map(sorted_map(map)),
        Value::List(items) => Value::List(items.into_iter().map(sorted).collect()),
        value => value,
    }
}

fn sorted_map(map: Map) -> Map {
    let mut entries: Vec<(String, Value)> = map
        .iter()
        .map(|(key, value)| (key.to_owned(), sorted(value.clone())))
        .collect();
    entries.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut map = Map::with_capacity(entries.len());
    for (key, value) in entries {
        map.push(key, value);
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_the_aws_cli() {
        let arguments = r#"{"RoleArn": "arn:aws:iam::123456789012:role/Dev",
            "SerialNumber": "arn:aws:iam::123456789012:mfa/alice", "DurationSeconds": 3600}"#;
        let Value::Map(arguments) = json::parse(arguments).unwrap() else {
            panic!("no map");
        };
        assert_eq!(
            key(arguments, false),
            "73b0fc82a7ba4722707f6a8f88da69d7827263b5"
        );
    }
}
