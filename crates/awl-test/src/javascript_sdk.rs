//! The AWS SDK for JavaScript v3, from npm: a client of what awl serves.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::npm;

const PACKAGE: &str = include_str!("../javascript_sdk/package.json");
const LOCK: &str = include_str!("../javascript_sdk/package-lock.json");

/// Node about to run a script that may `require` the clients of S3 and STS,
/// `@aws-sdk/lib-storage`, `@aws-sdk/s3-request-presigner` and
/// `@aws-sdk/credential-providers`. Nothing of this process's environment is in
/// its own but where programs are; it runs in the folder of the packages.
///
/// # Panics
/// Where they cannot be installed; the message says what npm said.
#[must_use]
pub fn javascript_sdk(script: &str) -> Command {
    let mut command = Command::new("node");
    command
        .args(["--eval", script])
        .current_dir(folder())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
}

fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| npm::installed("javascript-sdk", PACKAGE, LOCK))
}
