//! The encrypted store as a file: opened with its key, changed under a lock,
//! replaced at once.

use std::path::{Path, PathBuf};
use std::time::Duration;

use awl_sdk::env::{Host, Lock};

use super::records::{self, Record};
use super::sealed::{self, Header, Key};
use super::unlock::{Means, no_randomness};
use crate::error::CommandError;

/// Where the store is: `awl/credentials.enc` in `XDG_DATA_HOME`.
pub(super) fn path(host: &dyn Host) -> Result<PathBuf, CommandError> {
    let data = host
        .variable("XDG_DATA_HOME")
        .map(PathBuf::from)
        // The standard has relative ones passed over.
        .filter(|path| path.is_absolute())
        .or_else(|| Some(host.home()?.join(".local/share")));
    let data = data.ok_or_else(|| CommandError::configuration("HOME is not set"))?;
    Ok(data.join("awl").join("credentials.enc"))
}

/// The store, opened.
pub(super) struct Vault {
    path: PathBuf,
    header: Header,
    key: Key,
    /// Whether it is still to be written for the first time.
    is_new: bool,
    /// What it has.
    pub records: Vec<Record>,
}

impl Vault {
    /// Opens the store that is there.
    pub(super) fn open(host: &dyn Host, means: &Means) -> Result<Self, CommandError> {
        let path = path(host)?;
        let Some(file) = read(host, &path)? else {
            return Err(CommandError::configuration(format!(
                "There is no credential store at {}: awl credentials store --profile NAME makes it",
                path.display()
            )));
        };
        let header = Header::read(&file).map_err(|error| unusable(&path, error))?;
        let key = means.key(host, &header)?;
        let records = content(&path, &key, &file)?;
        Ok(Self {
            path,
            header,
            key,
            is_new: false,
            records,
        })
    }

    /// Opens the store, or makes one.
    pub(super) fn open_or_new(host: &dyn Host, means: &Means) -> Result<Self, CommandError> {
        let path = path(host)?;
        if host.facts(&path).is_ok() {
            return Self::open(host, means);
        }
        let (header, key) = means.new_key(host)?;
        Ok(Self {
            path,
            header,
            key,
            is_new: true,
            records: Vec::new(),
        })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The record of a profile.
    pub(super) fn get(&self, profile: &str) -> Result<&Record, CommandError> {
        let record = self.records.iter().find(|record| record.profile == profile);
        record.ok_or_else(|| {
            CommandError::configuration(format!(
                "The credential store has no keys of profile {profile}"
            ))
        })
    }

    /// Keeps other processes from changing the store, and the profiles whose
    /// keys are in it, for as long as the lock lives.
    pub(super) fn lock(&self, host: &dyn Host) -> Result<Lock, CommandError> {
        lock(host, &self.path.with_extension("lock"))
    }

    /// Changes what is in the file now, which another process may have written
    /// before the lock was had, and reads it back.
    pub(super) fn change(
        &mut self,
        host: &dyn Host,
        _lock: &Lock,
        change: impl FnOnce(&mut Vec<Record>),
    ) -> Result<(), CommandError> {
        match read(host, &self.path)? {
            Some(_) if self.is_new => {
                return Err(CommandError::configuration(format!(
                    "{} was made by another process meanwhile; try again",
                    self.path.display()
                )));
            }
            Some(file) => self.records = content(&self.path, &self.key, &file)?,
            None => self.records.clear(),
        }
        change(&mut self.records);
        let mut nonce = [0; 24];
        host.fill(&mut nonce).map_err(no_randomness)?;
        let file = self
            .header
            .seal(&self.key, &nonce, &records::encode(&self.records))
            .map_err(|error| unusable(&self.path, error))?;
        host.write(&self.path, &file).map_err(|error| {
            CommandError::configuration(format!(
                "{} cannot be written: {error}",
                self.path.display()
            ))
        })?;
        self.is_new = false;
        let written = read(host, &self.path)?.unwrap_or_default();
        if content(&self.path, &self.key, &written)? != self.records {
            return Err(unusable(&self.path, sealed::SealError::Refused));
        }
        Ok(())
    }
}

fn content(path: &Path, key: &Key, file: &[u8]) -> Result<Vec<Record>, CommandError> {
    let content = sealed::open(key, file).map_err(|error| unusable(path, error))?;
    records::decode(&content).ok_or_else(|| unusable(path, sealed::SealError::NoStore))
}

fn read(host: &dyn Host, path: &Path) -> Result<Option<Vec<u8>>, CommandError> {
    match host.read(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(CommandError::configuration(format!(
            "The credential store {} cannot be read: {error}",
            path.display()
        ))),
    }
}

/// Waits a while for the lock.
fn lock(host: &dyn Host, path: &Path) -> Result<Lock, CommandError> {
    const PAUSE: Duration = Duration::from_millis(20);
    const TRIES: usize = 500;
    let failed = |why: &dyn std::fmt::Display| {
        CommandError::configuration(format!("{} cannot be locked: {why}", path.display()))
    };
    for _ in 0..TRIES {
        if let Some(lock) = host.lock(path).map_err(|error| failed(&error))? {
            return Ok(lock);
        }
        std::thread::sleep(PAUSE);
    }
    Err(failed(&"another process has it"))
}

fn unusable(path: &Path, error: sealed::SealError) -> CommandError {
    CommandError::configuration(format!(
        "The credential store {} cannot be used: {error}",
        path.display()
    ))
}
