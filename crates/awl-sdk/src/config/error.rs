//! What can be wrong with the configuration.

use std::path::PathBuf;

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A profile was asked for that no file has.
    #[error("The config profile ({profile}) could not be found")]
    ProfileNotFound {
        /// Its name.
        profile: String,
    },
    /// A file that is there cannot be read.
    #[error("unable to read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file cannot be written.
    #[error("unable to write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A line of a file is wrong.
    #[error("Unable to parse config file: {} (line {line}: {reason})", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A setting has a value that it cannot have, in the real CLI's words.
    #[error("{message}")]
    Invalid {
        /// What is wrong.
        message: String,
    },
}
