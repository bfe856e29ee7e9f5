//! `--version`.
// Parity: awscli/clidriver.py, CLIDriver._cli_version.

use std::path::Path;

use super::Invocation;

/// The AWS CLI that awl stands in for.
const AWS_CLI: &str = "aws-cli/2.36.7";

/// Prints the version.
pub(super) fn print(invocation: &mut Invocation) {
    let line = format!("{}\n", text(invocation));
    invocation.ui.write_out(&line);
}

/// The version. Called by the name `aws`, the line has the shape that scripts
/// take apart.
pub(crate) fn text(invocation: &Invocation) -> String {
    let own = concat!("awl/", env!("CARGO_PKG_VERSION"));
    match invocation.ui.program() {
        "aws" => format!("{AWS_CLI} {own} {}", system(invocation)),
        _ => format!("{own} {}", system(invocation)),
    }
}

/// `Linux/6.1.0 other/x86_64.debian.12`.
fn system(invocation: &Invocation) -> String {
    let read = |path: &str| {
        let bytes = invocation.host.read(Path::new(path)).ok()?;
        String::from_utf8(bytes).ok()
    };
    let name = match std::env::consts::OS {
        "linux" => "Linux",
        "macos" => "Darwin",
        "windows" => "Windows",
        other => other,
    };
    let release = read("/proc/sys/kernel/osrelease");
    let release = release.as_deref().map_or("unknown", str::trim);
    let execution = invocation
        .host
        .variable("AWS_EXECUTION_ENV")
        .map_or_else(String::new, |name| format!(" exec-env/{name}"));
    let machine = std::env::consts::ARCH;
    let distribution = read("/etc/os-release").map_or_else(String::new, |text| {
        let key = |name: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(name))
                .map(|value| value.trim_matches(['"', '\'']).to_owned())
        };
        let id = key("ID=").unwrap_or_else(|| "unknown".to_owned());
        match key("VERSION_ID=").filter(|version| !version.is_empty()) {
            Some(version) => {
                let major = version.split('.').next().unwrap_or_default();
                format!(".{id}.{major}")
            }
            None => format!(".{id}"),
        }
    });
    format!("{name}/{release}{execution} other/{machine}{distribution}")
}
