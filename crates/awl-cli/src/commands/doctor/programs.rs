//! Checks of the names that the program is called by.

use std::path::PathBuf;

use super::context::Context;
use super::finding::{Finding, Severity, quoted};

/// Names that no folder of `PATH` has.
pub(super) fn not_on_path(context: &Context<'_>) -> Vec<Finding> {
    let program = context.host.program().ok();
    ["awl", "aws"]
        .into_iter()
        .filter(|name| found(context, name).is_empty())
        .map(|name| {
            let remedy = match &program {
                Some(program) => format!(
                    "ln -s {} {}, a folder of PATH",
                    quoted(program),
                    quoted(&link_folder(context).join(name))
                ),
                None => format!("put the folder of {name} into PATH"),
            };
            Finding::new(
                Severity::Note,
                format!("no folder of PATH has a program called {name}"),
                remedy,
            )
        })
        .collect()
}

/// Another program that is run in place of a link to this one.
pub(super) fn shadowed(context: &Context<'_>) -> Vec<Finding> {
    let own = context
        .host
        .program()
        .and_then(|program| context.host.real_path(&program));
    let Ok(own) = own else {
        return Vec::new();
    };
    let is_own = |path: &PathBuf| context.host.real_path(path).is_ok_and(|path| path == own);
    let mut findings = Vec::new();
    for name in ["awl", "aws"] {
        let found = found(context, name);
        let Some(first) = found.first().filter(|first| !is_own(first)) else {
            continue;
        };
        let Some(link) = found.iter().find(|path| is_own(path)) else {
            continue;
        };
        let Some(folder) = link.parent() else {
            continue;
        };
        findings.push(
            Finding::new(
                Severity::Warning,
                format!(
                    "{name} runs this program, and not {}, which comes later in PATH",
                    link.display()
                ),
                format!("export PATH={}:\"$PATH\"", quoted(folder)),
            )
            .in_file(first),
        );
    }
    findings
}

/// The programs of a name, in the order of `PATH`.
fn found(context: &Context<'_>, name: &str) -> Vec<PathBuf> {
    let path = context.variable("PATH").unwrap_or_default();
    path.split(':')
        .filter(|folder| !folder.is_empty())
        .map(|folder| PathBuf::from(folder).join(name))
        .filter(|path| {
            let facts = context.host.facts(path);
            facts.is_ok_and(|facts| facts.is_program())
        })
        .collect()
}

/// A folder for links: one of `PATH` in the home, if there is one.
fn link_folder(context: &Context<'_>) -> PathBuf {
    let path = context.variable("PATH").unwrap_or_default();
    let home = context.host.home();
    let of_home = path.split(':').map(PathBuf::from).find(|folder| {
        home.as_ref()
            .is_some_and(|home| folder.starts_with(home) && folder != home)
    });
    of_home.unwrap_or_else(|| PathBuf::from("/usr/local/bin"))
}
