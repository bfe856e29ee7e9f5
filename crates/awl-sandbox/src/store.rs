//! Where the state is kept: one file of redb, each record sealed under its name.
//! What [`Store::commit`] has returned for is on the disk.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use awl_value::{Value, json};
use redb::backends::{FileBackend, InMemoryBackend};
use redb::{
    Database, ReadTransaction, ReadableDatabase as _, ReadableTable as _, TableDefinition,
    WriteTransaction,
};
use zeroize::Zeroizing;

use crate::Entropy;
use crate::seal::Seal;

const RECORDS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("records");

/// Why the state cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A file cannot be read or written.
    #[error("cannot use {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    Entropy(#[from] std::io::Error),
    /// The file is open in another process.
    #[error("{} is in use by another process", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The store's own failure.
    #[error("the store failed")]
    Store(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A record cannot be opened with the key, or says nothing that is known.
    #[error("the record {name:?} cannot be read with this key")]
    Record {
        /// The record's name.
        name: String,
    },
    /// Something could not be sealed.
    #[error("nothing can be sealed")]
    Sealed,
}

/// A change of the state: a record's name, and what it holds from now on.
pub(crate) type Change = (String, Option<Value>);

/// The store.
#[derive(Debug)]
pub(crate) struct Store {
    database: Database,
    /// Whether what is committed lasts longer than the process.
    lasts: bool,
    seal: Seal,
    master: Zeroizing<[u8; 32]>,
}

impl Store {
    /// Opens the store in a folder, which is made where it is not there.
    pub(crate) fn open(folder: &Path, entropy: &dyn Entropy) -> Result<Self, StoreError> {
        let mut builder = fs::DirBuilder::new();
        let made = builder.recursive(true).mode(0o700).create(folder);
        made.map_err(|source| failed(folder, source))?;
        let path = folder.join("state.redb");
        let known = path.exists();
        let master = master(&folder.join("key"), known, entropy)?;
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(|source| failed(&path, source))?;
        let private = fs::Permissions::from_mode(0o600);
        file.set_permissions(private)
            .map_err(|source| failed(&path, source))?;
        let backend = FileBackend::new(file);
        let database = backend.and_then(|backend| Database::builder().create_with_backend(backend));
        let database = database.map_err(|error| match error {
            redb::DatabaseError::DatabaseAlreadyOpen => StoreError::InUse { path },
            error => StoreError::Store(Box::new(error)),
        })?;
        Ok(Self {
            database,
            lasts: true,
            seal: Seal::derive(&master, "store"),
            master,
        })
    }

    /// A store that is gone when it is dropped.
    pub(crate) fn in_memory(entropy: &dyn Entropy) -> Result<Self, StoreError> {
        let mut master = Zeroizing::new([0; 32]);
        entropy.fill(&mut *master)?;
        let database = Database::builder().create_with_backend(InMemoryBackend::new());
        Ok(Self {
            database: database.map_err(store)?,
            lasts: false,
            seal: Seal::derive(&master, "store"),
            master,
        })
    }

    /// A key for another purpose than the store's own.
    pub(crate) fn seal_for(&self, purpose: &str) -> Seal {
        Seal::derive(&self.master, purpose)
    }

    /// A look at all tables as they are now.
    pub(crate) fn read(&self) -> Result<ReadTransaction, StoreError> {
        self.database.begin_read().map_err(store)
    }

    /// A change of some tables, whose commit is on the disk when it returns.
    pub(crate) fn write(&self) -> Result<WriteTransaction, StoreError> {
        self.database.begin_write().map_err(store)
    }

    /// All records.
    pub(crate) fn load(&self) -> Result<Vec<(String, Value)>, StoreError> {
        let transaction = self.read()?;
        let table = match transaction.open_table(RECORDS) {
            Ok(table) => table,
            Err(redb::TableError::TableDoesNotExist(_)) => return Ok(Vec::new()),
            Err(error) => return Err(store(error)),
        };
        let mut records = Vec::new();
        for entry in table.iter().map_err(store)? {
            let (name, sealed) = entry.map_err(store)?;
            let name = name.value();
            let opened = self.seal.open(sealed.value(), name);
            let text = opened.and_then(|bytes| String::from_utf8(bytes.to_vec()).ok());
            let value = text.and_then(|text| json::parse(&text).ok());
            let value = value.ok_or_else(|| StoreError::Record {
                name: name.to_owned(),
            })?;
            records.push((name.to_owned(), value));
        }
        Ok(records)
    }

    /// Writes changes, all of them or none.
    pub(crate) fn commit(
        &self,
        changes: &[Change],
        entropy: &dyn Entropy,
    ) -> Result<(), StoreError> {
        if changes.is_empty() || !self.lasts {
            return Ok(());
        }
        let transaction = self.write()?;
        {
            let mut table = transaction.open_table(RECORDS).map_err(store)?;
            for (name, value) in changes {
                let Some(value) = value else {
                    table.remove(&**name).map_err(store)?;
                    continue;
                };
                let text = Zeroizing::new(json::to_string(value));
                let sealed = self.seal.seal(text.as_bytes(), name, entropy)?;
                table.insert(&**name, &*sealed).map_err(store)?;
            }
        }
        transaction.commit().map_err(store)
    }
}

pub(crate) fn store(error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Store(Box::new(error))
}

fn failed(path: &Path, source: std::io::Error) -> StoreError {
    StoreError::File {
        path: path.to_owned(),
        source,
    }
}

/// The key in its file, which is made at the first start only: without it, what
/// is there could not be opened anyway.
fn master(
    path: &Path,
    known: bool,
    entropy: &dyn Entropy,
) -> Result<Zeroizing<[u8; 32]>, StoreError> {
    let mut master = Zeroizing::new([0; 32]);
    match File::open(path) {
        Ok(mut file) => {
            file.read_exact(&mut *master)
                .map_err(|source| failed(path, source))?;
            return Ok(master);
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !known => {}
        Err(error) => return Err(failed(path, error)),
    }
    entropy.fill(&mut *master)?;
    // Under another name until all of it is there.
    let unfinished = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&unfinished)?;
        file.write_all(&*master)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)
    };
    write().map_err(|source| failed(path, source))?;
    Ok(master)
}
