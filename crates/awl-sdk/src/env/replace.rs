//! A file's whole content replaced at once: whenever the process or the
//! machine stops, the old file is there or the new one.

use std::ffi::OsStr;
use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{
    DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt, fchown,
};
use std::path::{Path, PathBuf};

/// For whom the file is: reading and writing, the user alone.
const MODE: u32 = 0o600;

/// What has been done when `at_step` is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The folder is there.
    Folder,
    /// The new file is there, empty, under another name.
    Created,
    /// A part of the content is in it.
    PartWritten,
    /// All of it is.
    Written,
    /// It is on the disk.
    Flushed,
    /// The new file has the old one's name.
    Renamed,
}

/// Replaces the content of a file. `unique` tells the temporary file from all
/// others; an error of `at_step` is one of the write.
pub(super) fn replace(
    path: &Path,
    bytes: &[u8],
    unique: &str,
    at_step: &mut dyn FnMut(Step) -> io::Result<()>,
) -> io::Result<()> {
    let path = &target(path)?;
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    at_step(Step::Folder)?;
    let before = std::fs::metadata(path).ok();
    if before
        .as_ref()
        .is_some_and(|before| !before.is_file() && !before.is_dir())
    {
        // A device or a pipe must stay what it is.
        return OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    let name = path.file_name().unwrap_or_else(|| OsStr::new("file"));
    let temporary = folder.join(format!(".{}.{unique}", name.to_string_lossy()));
    let written = write(&temporary, bytes, before.as_ref(), at_step)
        .and_then(|()| std::fs::rename(&temporary, path));
    if written.is_err() {
        // What is left of a failed attempt is of no use to anybody.
        let _ = std::fs::remove_file(&temporary);
        return written;
    }
    at_step(Step::Renamed)?;
    // The name is on the disk with its folder. Not all file systems can do it,
    // and the new file is there in any case.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

fn write(
    temporary: &Path,
    bytes: &[u8],
    before: Option<&Metadata>,
    at_step: &mut dyn FnMut(Step) -> io::Result<()>,
) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(MODE)
        .open(temporary)?;
    at_step(Step::Created)?;
    if let Some(before) = before {
        keep_owner_and_mode(&file, before)?;
    }
    let (start, rest) = bytes.split_at(bytes.len() / 2);
    file.write_all(start)?;
    at_step(Step::PartWritten)?;
    file.write_all(rest)?;
    at_step(Step::Written)?;
    file.sync_all()?;
    at_step(Step::Flushed)
}

/// Only the superuser can give files away: done for another, the file must
/// stay theirs.
fn keep_owner_and_mode(file: &File, before: &Metadata) -> io::Result<()> {
    let own = file.metadata()?;
    if (own.uid(), own.gid()) != (before.uid(), before.gid()) {
        let _ = fchown(file, Some(before.uid()), Some(before.gid()));
    }
    let mode = before.mode() & MODE;
    if mode != MODE {
        file.set_permissions(PermissionsExt::from_mode(mode))?;
    }
    Ok(())
}

/// What a path leads to: symbolic links are followed, also to what is not
/// there yet.
fn target(path: &Path) -> io::Result<PathBuf> {
    /// As many as Linux follows.
    const MOST: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..MOST {
        match std::fs::read_link(&path) {
            Ok(next) => path = path.parent().unwrap_or(Path::new("")).join(next),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

#[cfg(test)]
mod tests;
