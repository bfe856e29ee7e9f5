//! What tests share: the pinned public suites, models made on the spot, real
//! peers to compare with, and a small server to be called. For tests alone, so
//! it panics where a library would return an error.

#![expect(
    clippy::disallowed_methods,
    reason = "tests may be told by the environment where a suite is"
)]

mod aws;
mod aws_cli_v2;
mod browser;
mod iam_simulate;
mod javascript_sdk;
mod metadata;
mod npm;
mod peers;
mod portal;
mod server;
mod terminal;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use awl_model::Store;
use awl_pinned::{Kind, Pin};
use awl_value::{Value, json};

pub use aws::{AwsCli, Outcome};
pub use aws_cli_v2::{aws_cli_v2, has_aws_cli_v2};
pub use browser::Browser;
pub use iam_simulate::iam_simulate;
pub use javascript_sdk::javascript_sdk;
pub use metadata::Metadata;
pub use peers::{Moto, peers};
pub use portal::{Account, Portal, PortalSettings, visit};
pub use server::{Answer, Request, Server};
pub use terminal::{on_terminal, on_terminal_of};

/// The unpacked source release of the pinned botocore, with its `tests`
/// folder. `AWL_BOTOCORE_SOURCE` may name one; else it is got by pip once and
/// kept in the target folder.
///
/// # Panics
/// Where it cannot be had; the message says what to do.
#[must_use]
pub fn botocore_source() -> PathBuf {
    static SOURCE: OnceLock<PathBuf> = OnceLock::new();
    SOURCE
        .get_or_init(|| {
            if let Some(path) = std::env::var_os("AWL_BOTOCORE_SOURCE") {
                return PathBuf::from(path);
            }
            let folder = cache_folder();
            Pin::botocore(Kind::Source)
                .and_then(|pin| pin.fetch(&folder))
                .and_then(|archive| awl_pinned::unpack(&archive, &folder))
                .unwrap_or_else(|error| panic!("{error}"))
        })
        .clone()
}

/// The folder for what tests download: `awl-models` in the target folder.
#[must_use]
pub fn cache_folder() -> PathBuf {
    // A test binary is <target>/<profile>/deps/<name>.
    let executable = std::env::current_exe().expect("the test's own path");
    let target = executable
        .ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").exists())
        .or_else(|| executable.ancestors().nth(3))
        .unwrap_or(Path::new("target"));
    target.join("awl-models")
}

/// The folder of a package that the workspace depends on, in the sources that
/// cargo has fetched: some carry public suites.
///
/// # Panics
/// Where it is no dependency, or cargo cannot say.
#[must_use]
pub fn package_folder(package: &str) -> PathBuf {
    let metadata = metadata(&["--offline"])
        .or_else(|_| metadata(&[]))
        .unwrap_or_else(|error| panic!("cargo metadata: {error}"));
    let packages = metadata.get("packages").and_then(Value::as_list);
    let manifest = packages
        .and_then(|packages| {
            packages
                .iter()
                .find(|known| known.get("name").and_then(Value::as_str) == Some(package))
        })
        .and_then(|package| package.get("manifest_path"))
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("{package} is not among the packages"));
    Path::new(manifest).with_file_name("")
}

fn metadata(options: &[&str]) -> Result<Value, String> {
    let output = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .args(options)
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        json::parse(&String::from_utf8_lossy(&output.stdout)).map_err(|error| error.to_string())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// Reads a JSON file of a suite.
///
/// # Panics
/// Where it is not there or no JSON.
#[must_use]
pub fn read_json(path: &Path) -> Value {
    let text =
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    json::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A store of one service, named `test`, made from the text of its
/// `service-2.json`.
///
/// # Panics
/// Where the model cannot be compiled.
#[must_use]
pub fn compile(service: &str) -> Store {
    let mut files = awl_model_compiler::Files::new();
    files.insert(
        "test/2020-01-01/service-2.json".to_owned(),
        service.as_bytes().to_vec(),
    );
    compile_files(&files)
}

/// A store made from files.
///
/// # Panics
/// Where the models cannot be compiled.
#[must_use]
pub fn compile_files(files: &awl_model_compiler::Files) -> Store {
    let bytes = awl_model_compiler::compile(files).unwrap_or_else(|error| {
        let source = std::error::Error::source(&error).map(ToString::to_string);
        panic!("{error} {}", source.unwrap_or_default())
    });
    Store::open(bytes.leak()).expect("the compiler writes stores")
}
