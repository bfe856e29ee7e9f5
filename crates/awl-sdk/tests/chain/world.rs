//! The outside world of a case: its variables and files, a clock that stands
//! still, a terminal with somebody or nobody at it.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use awl_sdk::credentials::Prompter;
use awl_sdk::env::Host;

use crate::NOW;

/// Variables and files.
#[derive(Debug)]
pub(crate) struct World {
    pub variables: BTreeMap<String, String>,
    pub files: Mutex<BTreeMap<PathBuf, Vec<u8>>>,
}

impl Host for World {
    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let files = self.files.lock().unwrap();
        // What the system says of a file that is not there.
        let missing = || io::Error::from_raw_os_error(2);
        files.get(path).cloned().ok_or_else(missing)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let files = self.files.lock().unwrap();
        let names = files.keys().filter(|path| path.parent() == Some(folder));
        Ok(names
            .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
            .collect())
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut files = self.files.lock().unwrap();
        files.insert(path.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.files.lock().unwrap().remove(path);
        Ok(())
    }

    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(NOW.unsigned_abs())
    }

    fn random(&self) -> f64 {
        // Retries follow each other at once.
        0.0
    }

    fn uuid(&self) -> String {
        "00000000-0000-4000-8000-000000000000".to_owned()
    }
}

/// Somebody who types one thing.
#[derive(Debug)]
pub(crate) struct Typist(pub String);

impl Prompter for Typist {
    fn secret(&self, _: &str) -> io::Result<String> {
        match &*self.0 {
            "interrupted" => Err(io::ErrorKind::Interrupted.into()),
            code => Ok(code.to_owned()),
        }
    }
}
