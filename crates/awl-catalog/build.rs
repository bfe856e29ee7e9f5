//! Compiles the models of the pinned botocore release into the packed store.
//!
//! The release comes from `AWL_BOTOCORE` (a wheel, source archive or unpacked
//! folder), a verified copy in the target folder, or pip, in that order.

#![expect(
    clippy::disallowed_methods,
    reason = "a build script is configured by its environment"
)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use awl_pinned::{Kind, Pin};

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../../models.lock");
    println!("cargo::rerun-if-env-changed=AWL_BOTOCORE");
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            for line in error.to_string().lines() {
                println!("cargo::error={line}");
            }
            if let Some(source) = error.source() {
                println!("cargo::error={source}");
            }
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), Box<dyn std::error::Error>> {
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    let release = release(&out)?;
    let files = awl_pinned::model_files(&release)?;
    let store = awl_model_compiler::compile(&files)?;
    std::fs::write(out.join("models.awlm"), store)?;
    let version = Pin::botocore(Kind::Wheel)?.version;
    println!("cargo::rustc-env=AWL_BOTOCORE_VERSION={version}");
    Ok(())
}

fn release(out: &Path) -> Result<PathBuf, Box<dyn std::error::Error>> {
    if let Some(path) = std::env::var_os("AWL_BOTOCORE").filter(|path| !path.is_empty()) {
        let path = PathBuf::from(path);
        if !path.exists() {
            let name = path.display();
            return Err(format!("AWL_BOTOCORE names {name}, which does not exist").into());
        }
        println!("cargo::rerun-if-changed={}", path.display());
        let pinned = [Kind::Wheel, Kind::Source].into_iter().any(|kind| {
            Pin::botocore(kind)
                .and_then(|pin| pin.matches(&path))
                .unwrap_or(false)
        });
        if path.is_file() && !pinned {
            println!("cargo::warning=AWL_BOTOCORE is not the release that models.lock pins");
        }
        return Ok(path);
    }
    // OUT_DIR is <target>/<profile>/build/<package>/out.
    let target = out.ancestors().nth(4).unwrap_or(out);
    Ok(Pin::botocore(Kind::Wheel)?.fetch(&target.join("awl-models"))?)
}
