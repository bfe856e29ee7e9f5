//! Files that parts of an answer go to.
// Parity: awscli/customizations/arguments.py.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use awl_sdk::env::Host;
use awl_value::Value;

use crate::arguments::added::text;
use crate::error::CommandError;
use crate::python;

/// The path that an argument names, which can be written to.
///
/// # Errors
/// A path in a folder that nothing can be written to.
// Parity: resolve_given_outfile_path.
pub(super) fn resolve(value: &Value, host: &dyn Host) -> Result<String, CommandError> {
    let path = host.expand(&text(value));
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if rustix::fs::access(folder, rustix::fs::Access::WRITE_OK).is_err() {
        return Err(CommandError::validation(format!(
            "Unable to write to file: {}",
            path.display()
        )));
    }
    Ok(path.to_string_lossy().into_owned())
}

/// Writes a file for this user alone.
///
/// # Errors
/// As the file system gives them.
pub(super) fn write(path: &str, bytes: &[u8], host: &dyn Host) -> Result<(), CommandError> {
    let path = Path::new(path);
    // Devices and pipes are written to; files are replaced.
    let is_special = std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file());
    let written = if is_special {
        OpenOptions::new()
            .write(true)
            .open(path)
            .and_then(|mut file| file.write_all(bytes))
    } else {
        host.write(path, bytes)
    };
    written.map_err(|error| CommandError::general(python::os_error(&error, path)))
}
