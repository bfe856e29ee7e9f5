//! Reading the release: wheel, source archive or unpacked folder.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::PinError;

/// Model files by their path below `botocore/data/`.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Reads the model files out of a wheel, a source archive, or an unpacked folder
/// of either (or its `data` folder itself).
///
/// # Errors
/// A [`PinError`] that names the path.
pub fn model_files(path: &Path) -> Result<Files, PinError> {
    let files = if path.is_dir() {
        let candidates = ["", "data", "botocore/data"];
        let root = candidates
            .iter()
            .map(|below| path.join(below))
            .find(|folder| folder.join("partitions.json").exists())
            .ok_or_else(|| PinError::NoModels {
                path: path.to_owned(),
            })?;
        let mut files = Files::new();
        read_folder(&root, &root, &mut files)?;
        files
    } else if path.extension().is_some_and(|extension| extension == "whl") {
        read_wheel(path)?
    } else {
        let mut files = Files::new();
        each_tar_entry(path, |name, entry| {
            if let Some(name) = wanted(&name.to_string_lossy()) {
                files.insert(name, read_all(entry)?);
            }
            Ok(())
        })?;
        files
    };
    if files.len() < 2 {
        return Err(PinError::NoModels {
            path: path.to_owned(),
        });
    }
    Ok(files)
}

/// Unpacks a source archive below `folder` and returns the one folder in it.
/// Several processes may do so at once: the first to finish wins.
///
/// # Errors
/// A [`PinError`] that names the path.
pub fn unpack(archive: &Path, folder: &Path) -> Result<PathBuf, PinError> {
    let name = archive.file_name().unwrap_or_default().to_string_lossy();
    let target = folder.join(name.trim_end_matches(".tar.gz"));
    if target.exists() {
        return Ok(target);
    }
    let temporary =
        tempfile::tempdir_in(folder).map_err(|source| PinError::file(folder, source))?;
    let file = std::fs::File::open(archive).map_err(|source| PinError::file(archive, source))?;
    tar::Archive::new(flate2::read::GzDecoder::new(file))
        .unpack(temporary.path())
        .map_err(|error| broken(archive, error))?;
    let unpacked = temporary
        .path()
        .join(target.file_name().unwrap_or_default());
    match std::fs::rename(&unpacked, &target) {
        Err(_) if target.exists() => Ok(target),
        Err(source) => Err(PinError::file(&unpacked, source)),
        Ok(()) => Ok(target),
    }
}

/// The path below `data/` of an archive's entry that is a model file.
fn wanted(name: &str) -> Option<String> {
    let (_, below) = name.split_once("botocore/data/")?;
    (below.ends_with(".json") || below.ends_with(".json.gz")).then(|| below.to_owned())
}

fn read_wheel(path: &Path) -> Result<Files, PinError> {
    let file = std::fs::File::open(path).map_err(|source| PinError::file(path, source))?;
    let mut archive = zip::ZipArchive::new(file).map_err(|error| broken(path, error))?;
    let mut files = Files::new();
    for index in 0..archive.len() {
        let mut entry = archive
            .by_index(index)
            .map_err(|error| broken(path, error))?;
        if let Some(name) = wanted(entry.name()) {
            files.insert(
                name,
                read_all(&mut entry).map_err(|error| broken(path, error))?,
            );
        }
    }
    Ok(files)
}

fn each_tar_entry(
    path: &Path,
    mut visit: impl FnMut(&Path, &mut dyn Read) -> std::io::Result<()>,
) -> Result<(), PinError> {
    let file = std::fs::File::open(path).map_err(|source| PinError::file(path, source))?;
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(file));
    let entries = archive.entries().map_err(|error| broken(path, error))?;
    for entry in entries {
        let mut entry = entry.map_err(|error| broken(path, error))?;
        let name = entry
            .path()
            .map_err(|error| broken(path, error))?
            .into_owned();
        visit(&name, &mut entry).map_err(|error| broken(path, error))?;
    }
    Ok(())
}

fn read_folder(root: &Path, folder: &Path, files: &mut Files) -> Result<(), PinError> {
    let entries = std::fs::read_dir(folder).map_err(|source| PinError::file(folder, source))?;
    for entry in entries {
        let path = entry
            .map_err(|source| PinError::file(folder, source))?
            .path();
        if path.is_dir() {
            read_folder(root, &path, files)?;
            continue;
        }
        let name = path
            .strip_prefix(root)
            .unwrap_or(&path)
            .to_string_lossy()
            .replace('\\', "/");
        if name.ends_with(".json") || name.ends_with(".json.gz") {
            let bytes = std::fs::read(&path).map_err(|source| PinError::file(&path, source))?;
            files.insert(name, bytes);
        }
    }
    Ok(())
}

fn read_all(mut entry: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    entry.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn broken(path: &Path, error: impl std::fmt::Display) -> PinError {
    PinError::Archive {
        path: path.to_owned(),
        reason: error.to_string(),
    }
}
