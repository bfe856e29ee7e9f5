//! What the process gives: environment, files, clock, randomness. Everything
//! else asks here, so that a test can answer instead.

mod facts;
mod overlay;
mod replace;

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub use facts::FileFacts;
pub use overlay::Overlay;

/// The outside world as the SDK sees it.
pub trait Host: Send + Sync + std::fmt::Debug {
    /// An environment variable; None where it is unset or no Unicode. An
    /// empty one is set.
    fn variable(&self, name: &str) -> Option<String>;
    /// Reads a user's file whole.
    ///
    /// # Errors
    /// As the file system gives them.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// The names in a user's folder, in no particular order.
    ///
    /// # Errors
    /// As the file system gives them.
    fn list(&self, folder: &Path) -> io::Result<Vec<String>>;
    /// Writes a file for this user alone (0600), its folders (0700) included:
    /// under another name first, then renamed, so that nobody ever sees half of
    /// it, not after a crash either. A symbolic link stays one, and a mode that
    /// is stricter stays too.
    ///
    /// # Errors
    /// As the file system gives them.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Removes a user's file.
    ///
    /// # Errors
    /// As the file system gives them.
    fn remove(&self, path: &Path) -> io::Result<()> {
        let _ = path;
        Err(io::ErrorKind::Unsupported.into())
    }
    /// Takes the lock that a file stands for, its folders made if need be;
    /// None while another process has it. It ends with the [`Lock`].
    ///
    /// # Errors
    /// As the file system gives them.
    fn lock(&self, path: &Path) -> io::Result<Option<Lock>> {
        let _ = path;
        Ok(Some(Lock::default()))
    }
    /// What is known of a file without reading it.
    ///
    /// # Errors
    /// As the file system gives them.
    fn facts(&self, path: &Path) -> io::Result<FileFacts> {
        let _ = path;
        Err(io::ErrorKind::Unsupported.into())
    }
    /// A path without symbolic links, `.` and `..`.
    ///
    /// # Errors
    /// As the file system gives them.
    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        let _ = path;
        Err(io::ErrorKind::Unsupported.into())
    }
    /// The folder that the process works in.
    ///
    /// # Errors
    /// As the file system gives them.
    fn current_folder(&self) -> io::Result<PathBuf> {
        Err(io::ErrorKind::Unsupported.into())
    }
    /// The file of the program that this is.
    ///
    /// # Errors
    /// As the file system gives them.
    fn program(&self) -> io::Result<PathBuf> {
        Err(io::ErrorKind::Unsupported.into())
    }
    /// The names of all environment variables, in order.
    fn variable_names(&self) -> Vec<String> {
        Vec::new()
    }
    /// The time now.
    fn now(&self) -> SystemTime;
    /// A random number in `0.0..1.0`.
    fn random(&self) -> f64;
    /// A random version-4 UUID, for idempotency tokens.
    fn uuid(&self) -> String;
    /// Fills a buffer from the system's secure source, for keys and nonces.
    ///
    /// # Errors
    /// There is none.
    fn fill(&self, bytes: &mut [u8]) -> io::Result<()> {
        let _ = bytes;
        Err(io::ErrorKind::Unsupported.into())
    }

    /// The home folder, as Python's `expanduser` finds it.
    fn home(&self) -> Option<PathBuf> {
        self.variable("HOME")
            .filter(|home| !home.is_empty())
            .map(PathBuf::from)
    }

    /// A path with `~` and `$NAME` or `${NAME}` replaced, unset names kept, as
    /// `expandvars` and `expanduser` do.
    fn expand(&self, path: &str) -> PathBuf {
        let path = expand_variables(path, &|name| self.variable(name));
        let Some(rest) = path.strip_prefix('~') else {
            return PathBuf::from(path);
        };
        match self.home() {
            Some(home) if rest.is_empty() => home,
            Some(home) if rest.starts_with('/') => home.join(rest.trim_start_matches('/')),
            _ => PathBuf::from(path),
        }
    }

    /// Seconds since the epoch.
    fn epoch(&self) -> Duration {
        self.now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }
}

/// A lock between processes, for as long as it lives.
#[derive(Debug, Default)]
pub struct Lock {
    /// The system lets go of the lock when this is closed.
    _file: Option<std::fs::File>,
}

/// The process that this is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Process;

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that asks the process"
)]
impl Host for Process {
    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let names = std::fs::read_dir(folder)?
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        Ok(names.collect())
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        replace::replace(path, bytes, &self.uuid(), &mut |_| Ok(()))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Lock>> {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        let folder = path.parent().unwrap_or(Path::new("."));
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        let file = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock { _file: Some(file) })),
            Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(error)) => Err(error),
        }
    }

    fn facts(&self, path: &Path) -> io::Result<FileFacts> {
        facts::of(path)
    }

    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        std::fs::canonicalize(path)
    }

    fn current_folder(&self) -> io::Result<PathBuf> {
        std::env::current_dir()
    }

    fn program(&self) -> io::Result<PathBuf> {
        std::env::current_exe()
    }

    fn variable_names(&self) -> Vec<String> {
        let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        let mut names: Vec<String> = names.collect();
        names.sort_unstable();
        names
    }

    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn random(&self) -> f64 {
        fastrand::f64()
    }

    fn uuid(&self) -> String {
        uuid::Uuid::new_v4().to_string()
    }

    fn fill(&self, bytes: &mut [u8]) -> io::Result<()> {
        getrandom::fill(bytes).map_err(io::Error::other)
    }
}

fn expand_variables(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        result.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let (name, length) = match after.strip_prefix('{') {
            Some(inner) => match inner.find('}') {
                Some(end) => (&inner[..end], end + 2),
                None => ("", 0),
            },
            None => {
                let end = after
                    .find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
                    .unwrap_or(after.len());
                (&after[..end], end)
            }
        };
        match variable(name).filter(|_| !name.is_empty()) {
            Some(value) => result.push_str(&value),
            None => result.push_str(&rest[at..at + 1 + length]),
        }
        rest = &after[length..];
    }
    result + rest
}

#[cfg(test)]
mod tests {
    use super::expand_variables;

    #[test]
    fn variables_expand_and_unset_ones_stay() {
        let variable = |name: &str| (name == "A").then(|| "x".to_owned());
        for (text, expected) in [
            ("/$A/${A}/$B/${B}", "/x/x/$B/${B}"),
            ("$", "$"),
            ("a$$A", "a$x"),
            ("${A", "${A"),
            ("é$A", "éx"),
        ] {
            assert_eq!(expand_variables(text, &variable), expected);
        }
    }
}
