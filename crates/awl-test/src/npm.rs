//! Packages of npm with pinned locks, installed once into the target folder and
//! run as programs of their own.

use std::path::PathBuf;
use std::process::Command;

use crate::{cache_folder, peers};

/// The folder that the packages of a manifest and its lock are installed in.
pub(crate) fn installed(name: &str, manifest: &str, locked: &str) -> PathBuf {
    let cache = cache_folder();
    std::fs::create_dir_all(&cache).expect("the target folder");
    // Test binaries that run at once wait for the one that installs.
    let lock = std::fs::File::create(cache.join("npm.lock")).expect("the lock's file");
    lock.lock().expect("the lock");
    let folder = cache.join(name);
    let done = folder.join("installed.json");
    if std::fs::read_to_string(&done).is_ok_and(|text| text == locked) {
        return folder;
    }
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("its folder");
    std::fs::write(folder.join("package.json"), manifest).expect("the manifest");
    std::fs::write(folder.join("package-lock.json"), locked).expect("the lock");
    peers::run(
        Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&folder),
    );
    std::fs::write(&done, locked).expect("the mark that it is done");
    folder
}
