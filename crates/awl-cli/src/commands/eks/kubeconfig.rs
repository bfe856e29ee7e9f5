//! The file that says which clusters kubectl knows.
// Parity: awscli/customizations/eks/kubeconfig.py.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use awl_sdk::env::Host;
use awl_value::{Map, Value};

use crate::arguments::parse_yaml;
use crate::error::CommandError;
use crate::output::write_yaml_file;
use crate::python;

/// A file and what is in it.
#[derive(Debug)]
pub(super) struct Kubeconfig {
    pub path: PathBuf,
    content: Map,
}

/// What a file may have at its top, and an empty one has.
fn empty() -> Map {
    let list = || Value::List(Vec::new());
    [
        ("apiVersion", "v1".into()),
        ("clusters", list()),
        ("contexts", list()),
        ("current-context", "".into()),
        ("kind", "Config".into()),
        ("preferences", Value::Map(Map::new())),
        ("users", list()),
    ]
    .into_iter()
    .map(|(name, value): (&str, Value)| (name.to_owned().into(), value))
    .collect()
}

impl Kubeconfig {
    /// Reads a file, which may not be there yet.
    ///
    /// # Errors
    /// One that cannot be read, or that is no such file.
    pub(super) fn load(host: &dyn Host, path: &Path) -> Result<Self, CommandError> {
        let content = match host.read(path) {
            Ok(bytes) => {
                let text = String::from_utf8_lossy(&bytes);
                parse_yaml(&text).map_err(|_| {
                    CommandError::general(format!(
                        "YamlError while loading kubeconfig: {} is no YAML",
                        path.display()
                    ))
                })?
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Value::Null,
            Err(error) => {
                return Err(CommandError::general(format!(
                    "Can't open kubeconfig for reading: {}",
                    python::os_error(&error, path)
                )));
            }
        };
        let content = match content {
            Value::Null => empty(),
            Value::Map(content) => content,
            _ => return Err(CommandError::general("Content not a <class 'dict'>.")),
        };
        check(&content)?;
        Ok(Self {
            path: path.to_owned(),
            content,
        })
    }

    /// Whether a cluster of this name is in it.
    pub(super) fn has_cluster(&self, name: &Value) -> bool {
        let clusters = self.content.get("clusters").and_then(Value::as_list);
        let mut clusters = clusters.unwrap_or_default().iter();
        clusters.any(|cluster| cluster.get("name") == Some(name))
    }

    /// Adds a cluster, a user and the context that both make, which becomes the
    /// current one; the context.
    pub(super) fn insert(&mut self, cluster: &Map, user: &Map, alias: Option<&str>) -> Map {
        let name = |map: &Map| map.get("name").cloned().unwrap_or_default();
        let mut pair = Map::new();
        pair.push("cluster", name(cluster));
        pair.push("user", name(user));
        let mut context = Map::new();
        context.push("context", Value::Map(pair));
        let alias = alias.filter(|alias| !alias.is_empty());
        context.push("name", alias.map_or_else(|| name(user), Value::from));
        for (key, entry) in [
            ("clusters", cluster),
            ("users", user),
            ("contexts", &context),
        ] {
            self.insert_entry(key, entry);
        }
        self.content.insert("current-context", name(&context));
        context
    }

    /// Puts an entry in the place of that of the same name, else at the end.
    fn insert_entry(&mut self, key: &'static str, entry: &Map) {
        let is_list = matches!(self.content.get(key), Some(Value::List(_)));
        if !is_list {
            self.content.insert(key, Value::List(Vec::new()));
        }
        let Some(Value::List(entries)) = self.content.get_mut(key) else {
            return;
        };
        let name = entry.get("name");
        let entry = Value::Map(entry.clone());
        match entries.iter_mut().find(|known| known.get("name") == name) {
            Some(known) => *known = entry,
            None => entries.push(entry),
        }
    }

    /// The content as it stands in the file.
    pub(super) fn text(&self) -> String {
        yaml(&self.content)
    }

    /// Writes the file.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub(super) fn save(&self, host: &dyn Host) -> Result<(), CommandError> {
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| {
                CommandError::general(format!(
                    "Can't create directory for writing: {}",
                    python::os_error(&error, folder)
                ))
            })?;
        }
        host.write(&self.path, self.text().as_bytes())
            .map_err(|error| {
                CommandError::general(format!(
                    "Can't open kubeconfig for writing: {}",
                    python::os_error(&error, &self.path)
                ))
            })
    }
}

/// A map as YAML.
pub(super) fn yaml(map: &Map) -> String {
    let mut text = String::new();
    write_yaml_file(&Value::Map(map.clone()), &mut text);
    text
}

// Parity: kubeconfig.py, KubeconfigValidator.
fn check(content: &Map) -> Result<(), CommandError> {
    let expected = empty();
    let kind = |value: &Value| match value {
        Value::Map(_) => "collections.OrderedDict",
        other => python::type_name(other),
    };
    for (key, value) in expected.iter() {
        match content.get(key) {
            None | Some(Value::Null) => {}
            Some(found) if kind(found) == kind(value) => {}
            Some(found) => {
                return Err(CommandError::general(format!(
                    "{key} is wrong type: <class '{}'> (Should be <class '{}'>)",
                    kind(found),
                    kind(value)
                )));
            }
        }
    }
    for key in expected.keys() {
        let entries = content.get(key).and_then(Value::as_list);
        let mut entries = entries.unwrap_or_default().iter();
        if entries.any(|entry| entry.as_map().is_none()) {
            return Err(CommandError::general(format!(
                "Entry in {key} not a <class 'dict'>. "
            )));
        }
    }
    Ok(())
}
