//! A user's own models: `~/.aws/models/<service>/<version>/…` and the folders
//! of `AWS_DATA_PATH` (or `data_path`), compiled when they are asked for and
//! kept compiled in `~/.cache/awl/models` by the hash of their files.
//!
//! A service found here stands before the embedded one of the same name, as
//! long as its version is not older, and takes what its folder lacks from
//! there: often that is `service-2.json` and nothing else.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use awl_model::{Service, Store};
use awl_model_compiler::{CompileError, Files, compile};
use sha2::{Digest as _, Sha256};

use crate::config::{Config, settings};
use crate::env::Host;

/// The files that make a service, without `.json` or `.json.gz`.
const STEMS: [&str; 7] = [
    "service-2",
    "service-2.sdk-extras",
    "paginators-1",
    "paginators-1.sdk-extras",
    "waiters-2",
    "endpoint-rule-set-1",
    "examples-1",
];

/// Why a user's model cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// A file of it cannot be read.
    #[error("unable to read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is no model.
    #[error("invalid model below {}", folder.display())]
    Compile {
        /// The folder that the error's file name is relative to.
        folder: PathBuf,
        /// Where and why.
        source: CompileError,
    },
}

/// The folders with a user's models, the first before the next.
#[derive(Debug)]
pub struct UserModels<'a> {
    host: &'a dyn Host,
    folders: Vec<PathBuf>,
    base: Store,
}

impl<'a> UserModels<'a> {
    /// The folders that the configuration names, then `~/.aws/models`; `base`
    /// holds the embedded services.
    // Parity: botocore/loaders.py, create_loader and Loader.search_paths.
    #[must_use]
    pub fn new(config: &'a Config, base: Store) -> Self {
        let host = &**config.host();
        let separator = if cfg!(windows) { ';' } else { ':' };
        let configured = config.text(&settings::DATA_PATH).unwrap_or_default();
        let mut folders: Vec<PathBuf> = configured
            .split(separator)
            .filter(|folder| !folder.is_empty())
            .map(|folder| host.expand(folder))
            .collect();
        folders.push(host.expand("~/.aws/models"));
        Self {
            host,
            folders,
            base,
        }
    }

    /// The names of the services in these folders, sorted.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let mut names = BTreeSet::new();
        for folder in &self.folders {
            for name in self.host.list(folder).unwrap_or_default() {
                if self.newest_version(folder, &name).is_some() {
                    names.insert(name);
                }
            }
        }
        names.into_iter().collect()
    }

    /// The service of this name in its newest version; None where no folder
    /// has it, or only one older than the embedded service.
    ///
    /// # Errors
    /// A model that cannot be read or compiled.
    pub fn service(&self, name: &str) -> Result<Option<Service>, ModelError> {
        match self.locate(name) {
            Some((folder, version)) => {
                let files = self.files(folder, name, &version)?;
                Ok(self.compiled(folder, &files)?.service(name))
            }
            None => Ok(None),
        }
    }

    /// What [`Self::service`] says of itself, for help: a block of
    /// [`awl_model::documentation`].
    ///
    /// # Errors
    /// A model that cannot be read or compiled.
    pub fn documentation(&self, name: &str) -> Result<Option<Vec<u8>>, ModelError> {
        let Some((folder, version)) = self.locate(name) else {
            return Ok(None);
        };
        let files = self.files(folder, name, &version)?;
        let services = awl_model_compiler::services(&files);
        let Some(service) = services.first() else {
            return Ok(None);
        };
        awl_model_compiler::service_documentation(service).map_err(|source| ModelError::Compile {
            folder: folder.to_owned(),
            source,
        })
    }

    /// The folder that has the service of this name in its newest version.
    fn locate(&self, name: &str) -> Option<(&Path, String)> {
        // A name that is a path would lead out of the folders.
        if name.is_empty() || name.contains(['/', '\\']) || name.starts_with('.') {
            return None;
        }
        let mut newest: Option<(String, &Path)> = None;
        for folder in &self.folders {
            let Some(version) = self.newest_version(folder, name) else {
                continue;
            };
            if newest.as_ref().is_none_or(|(known, _)| version > *known) {
                newest = Some((version, folder));
            }
        }
        let (version, folder) = newest?;
        let embedded = self.base.service(name).map(Service::api_version);
        if embedded.is_some_and(|embedded| *version < *embedded) {
            return None;
        }
        Some((folder, version))
    }

    fn newest_version(&self, folder: &Path, name: &str) -> Option<String> {
        let folder = folder.join(name);
        let mut versions = self.host.list(&folder).ok()?;
        versions.sort_unstable();
        versions.into_iter().rev().find(|version| {
            let files = self.host.list(&folder.join(version)).unwrap_or_default();
            files
                .iter()
                .any(|file| matches!(&**file, "service-2.json" | "service-2.json.gz"))
        })
    }

    fn files(&self, folder: &Path, name: &str, version: &str) -> Result<Files, ModelError> {
        let mut files = Files::new();
        for stem in STEMS {
            for extension in ["json", "json.gz"] {
                let relative = format!("{name}/{version}/{stem}.{extension}");
                let path = folder.join(&relative);
                match self.host.read(&path) {
                    Ok(bytes) => {
                        files.insert(relative, bytes);
                    }
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(source) => return Err(ModelError::Read { path, source }),
                }
            }
        }
        Ok(files)
    }

    /// The compiled files, from the cache if they are there. The store lives
    /// as long as the program.
    fn compiled(&self, folder: &Path, files: &Files) -> Result<Store, ModelError> {
        let cache = self.cache_file(files);
        let cached = cache.as_ref().and_then(|path| self.host.read(path).ok());
        if let Some(store) = cached.and_then(|bytes| self.open(bytes).ok()) {
            return Ok(store);
        }
        let bytes = compile(files).map_err(|source| ModelError::Compile {
            folder: folder.to_owned(),
            source,
        })?;
        if let Some(path) = cache {
            // A cache that cannot be written costs time, nothing else.
            let _ = self.host.write(&path, &bytes);
        }
        let invalid = |reason: awl_model::OpenError| ModelError::Read {
            path: folder.to_owned(),
            source: io::Error::other(reason),
        };
        self.open(bytes).map_err(invalid)
    }

    fn open(&self, bytes: Vec<u8>) -> Result<Store, awl_model::OpenError> {
        Store::open_over(bytes.leak(), Some(self.base))
    }

    fn cache_file(&self, files: &Files) -> Option<PathBuf> {
        let mut hasher = Sha256::new();
        // Another compiler or layout makes other bytes of the same files.
        hasher.update(env!("CARGO_PKG_VERSION"));
        hasher.update(awl_model::format::VERSION.to_le_bytes());
        for (name, bytes) in files {
            hasher.update((name.len() as u64).to_le_bytes());
            hasher.update(name);
            hasher.update((bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        }
        let hash: String = hasher
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let folder = self
            .host
            .variable("XDG_CACHE_HOME")
            .filter(|folder| Path::new(folder).is_absolute())
            .map(PathBuf::from)
            .or_else(|| Some(self.host.home()?.join(".cache")))?;
        Some(
            folder
                .join("awl")
                .join("models")
                .join(format!("{hash}.awlm")),
        )
    }
}
