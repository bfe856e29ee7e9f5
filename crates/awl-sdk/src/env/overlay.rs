//! A host some of whose variables are others.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use super::{FileFacts, Host, Lock};

/// The world of another host, in which some variables have other values or are
/// not set.
///
/// ```
/// use std::sync::Arc;
/// use awl_sdk::env::{Host, Overlay, Process};
///
/// let host = Overlay::new(Arc::new(Process), [("AWS_PROFILE".to_owned(), Some("work".to_owned()))]);
/// assert_eq!(host.variable("AWS_PROFILE").as_deref(), Some("work"));
/// ```
#[derive(Debug)]
pub struct Overlay {
    host: Arc<dyn Host>,
    variables: BTreeMap<String, Option<String>>,
}

impl Overlay {
    /// The host with these variables; None: not set.
    pub fn new(
        host: Arc<dyn Host>,
        variables: impl IntoIterator<Item = (String, Option<String>)>,
    ) -> Self {
        Self {
            host,
            variables: variables.into_iter().collect(),
        }
    }
}

impl Host for Overlay {
    fn variable(&self, name: &str) -> Option<String> {
        match self.variables.get(name) {
            Some(value) => value.clone(),
            None => self.host.variable(name),
        }
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.host.read(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        self.host.list(folder)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.host.write(path, bytes)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.host.remove(path)
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Lock>> {
        self.host.lock(path)
    }

    fn facts(&self, path: &Path) -> io::Result<FileFacts> {
        self.host.facts(path)
    }

    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        self.host.real_path(path)
    }

    fn current_folder(&self) -> io::Result<PathBuf> {
        self.host.current_folder()
    }

    fn program(&self) -> io::Result<PathBuf> {
        self.host.program()
    }

    fn variable_names(&self) -> Vec<String> {
        let mut names = self.host.variable_names();
        names.retain(|name| !self.variables.contains_key(name));
        let set = self.variables.iter().filter(|(_, value)| value.is_some());
        names.extend(set.map(|(name, _)| name.clone()));
        names.sort();
        names
    }

    fn now(&self) -> SystemTime {
        self.host.now()
    }

    fn random(&self) -> f64 {
        self.host.random()
    }

    fn uuid(&self) -> String {
        self.host.uuid()
    }

    fn fill(&self, bytes: &mut [u8]) -> io::Result<()> {
        self.host.fill(bytes)
    }
}
