//! Data on the disk: files that are written once, under names by chance, and
//! never change. Whoever sends one holds a lease of it, so that one which nothing
//! refers to any more is removed when the last has been sent.

use std::collections::{HashMap, HashSet};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::{Entropy, StoreError, ids};

/// The folder of all data.
#[derive(Debug)]
pub(crate) struct Blobs {
    /// None: data stays in memory.
    folder: Option<PathBuf>,
    leases: Mutex<HashMap<String, Weak<Lease>>>,
}

/// A file that is being read.
#[derive(Debug)]
pub(crate) struct Lease {
    path: PathBuf,
    doomed: AtomicBool,
}

/// A file that is being written. It is removed again unless it is kept.
#[derive(Debug)]
pub(crate) struct NewBlob {
    id: String,
    path: PathBuf,
    file: File,
    kept: bool,
}

impl Blobs {
    /// The data of a sandbox that keeps its state in a folder.
    pub(crate) fn open(folder: &Path) -> Result<Self, StoreError> {
        let folder = folder.join("blobs");
        let mut builder = DirBuilder::new();
        let made = builder.recursive(true).mode(0o700).create(&folder);
        made.map_err(|source| StoreError::File {
            path: folder.clone(),
            source,
        })?;
        Ok(Self {
            folder: Some(folder),
            ..Self::in_memory()
        })
    }

    /// No folder: nothing is written.
    pub(crate) fn in_memory() -> Self {
        Self {
            folder: None,
            leases: Mutex::default(),
        }
    }

    pub(crate) const fn is_on_disk(&self) -> bool {
        self.folder.is_some()
    }

    /// Begins a file; None where there is no folder.
    pub(crate) fn create(&self, entropy: &dyn Entropy) -> io::Result<Option<NewBlob>> {
        let Some(folder) = &self.folder else {
            return Ok(None);
        };
        let id = ids::hexadecimal(&ids::random::<16>(entropy));
        let path = folder.join(&id);
        let mut options = OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o600).open(&path);
        Ok(Some(NewBlob {
            id,
            path,
            file: file?,
            kept: false,
        }))
    }

    /// Makes the names of new files last.
    pub(crate) fn sync(&self) -> io::Result<()> {
        match &self.folder {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        }
    }

    /// A file to read, which stays as long as the lease is held.
    pub(crate) fn lease(&self, id: &str) -> Arc<Lease> {
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lease) = leases.get(id).and_then(Weak::upgrade) {
            return lease;
        }
        if leases.len() >= 1024 {
            leases.retain(|_, lease| lease.strong_count() > 0);
        }
        let lease = Arc::new(Lease {
            path: self.folder.clone().unwrap_or_default().join(id),
            doomed: AtomicBool::new(false),
        });
        leases.insert(id.to_owned(), Arc::downgrade(&lease));
        lease
    }

    /// Removes a file that nothing refers to, once nobody reads it.
    pub(crate) fn remove(&self, id: &str) {
        let Some(folder) = &self.folder else {
            return;
        };
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        match leases.remove(id).and_then(|lease| lease.upgrade()) {
            Some(lease) => lease.doomed.store(true, Ordering::Relaxed),
            // What is left over goes at the next start.
            None => drop(fs::remove_file(folder.join(id))),
        }
    }

    /// Removes all files but those that are known: what a process has left that
    /// was killed.
    pub(crate) fn sweep(&self, known: &HashSet<String>) -> io::Result<()> {
        let Some(folder) = &self.folder else {
            return Ok(());
        };
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            if !name.to_str().is_some_and(|name| known.contains(name)) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

impl Lease {
    pub(crate) fn open(&self) -> io::Result<File> {
        File::open(&self.path)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.doomed.load(Ordering::Relaxed) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl NewBlob {
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    /// Makes what was written last.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.file.sync_all()
    }

    /// Keeps the file: something refers to it.
    pub(crate) fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for NewBlob {
    fn drop(&mut self) {
        if !self.kept {
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Fixed;

    #[test]
    fn files_go_when_nobody_needs_them() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path()).unwrap();
        let entropy = Fixed::default();
        let files = || fs::read_dir(folder.path().join("blobs")).unwrap().count();
        let mut one = blobs.create(&entropy).unwrap().unwrap();
        one.write(b"one").unwrap();
        drop(blobs.create(&entropy).unwrap());
        assert_eq!(files(), 1);
        let id = one.id().to_owned();
        one.keep();
        let lease = blobs.lease(&id);
        blobs.remove(&id);
        assert_eq!(io::read_to_string(lease.open().unwrap()).unwrap(), "one");
        drop(lease);
        assert_eq!(files(), 0);
        for _ in 0..2 {
            blobs.create(&entropy).unwrap().unwrap().keep();
        }
        let kept = fs::read_dir(folder.path().join("blobs")).unwrap();
        let kept = kept.take(1).map(|it| it.unwrap().file_name());
        let known = kept.map(|it| it.into_string().unwrap()).collect();
        blobs.sweep(&known).unwrap();
        assert_eq!(files(), 1);
    }
}
