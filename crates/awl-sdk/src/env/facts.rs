//! What is known of a file without reading it.

use std::io;
use std::path::Path;

/// What is known of a file without reading it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileFacts {
    /// Whether the name is a symbolic link; all else is then said of what it
    /// leads to.
    pub is_link: bool,
    /// Whether it is a folder.
    pub is_folder: bool,
    /// How many bytes it has.
    pub length: u64,
    /// Its permissions: the lower nine bits of the mode.
    pub mode: u32,
    /// The number of the user that it belongs to.
    pub owner: u32,
}

impl FileFacts {
    /// Whether it is a file that somebody may run.
    #[must_use]
    pub const fn is_program(&self) -> bool {
        !self.is_folder && self.mode & 0o111 != 0
    }
}

/// Asks the file system.
pub(super) fn of(path: &Path) -> io::Result<FileFacts> {
    use std::os::unix::fs::MetadataExt as _;
    let is_link = std::fs::symlink_metadata(path)?.is_symlink();
    let metadata = std::fs::metadata(path)?;
    Ok(FileFacts {
        is_link,
        is_folder: metadata.is_dir(),
        length: metadata.len(),
        mode: metadata.mode() & 0o777,
        owner: metadata.uid(),
    })
}
