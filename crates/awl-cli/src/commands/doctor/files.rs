//! Checks of files: who may read them, and whether they can be read.

use std::path::{Path, PathBuf};

use awl_sdk::config::FileKind;

use super::context::{Context, ReadFile};
use super::finding::{Finding, Severity, quoted};
use super::known::CREDENTIAL_KEYS;

/// Files that cannot be read, or not whole.
pub(super) fn unreadable(context: &Context<'_>) -> Vec<Finding> {
    context
        .files()
        .into_iter()
        .filter_map(|file| {
            let (line, reason) = file.failure.as_ref()?;
            let message = format!("the file cannot be used: {reason}");
            Some(match line {
                Some(line) => {
                    let remedy = format!("correct line {line}, or put `#` before it");
                    Finding::new(Severity::Error, message, remedy).at(&file.path, *line)
                }
                None => Finding::new(
                    Severity::Error,
                    message,
                    format!(
                        "make it a file that you may read: ls -ld {}",
                        quoted(&file.path)
                    ),
                )
                .in_file(&file.path),
            })
        })
        .collect()
}

/// Files with secrets that others may read, and files that others may change.
pub(super) fn modes(context: &Context<'_>) -> Vec<Finding> {
    /// May be read or changed by somebody else.
    const OPEN: u32 = 0o077;
    /// May be changed by somebody else.
    const WRITABLE: u32 = 0o022;
    let mut findings = Vec::new();
    let mut check = |path: &Path, forbidden: u32, mode: &str, what: &str| {
        let Ok(facts) = context.host.facts(path) else {
            return;
        };
        if facts.mode & forbidden == 0 {
            return;
        }
        let may = if facts.mode & WRITABLE != 0 {
            "change"
        } else {
            "read"
        };
        findings.push(
            Finding::new(
                Severity::Error,
                format!("other users may {may} {what} (mode {:04o})", facts.mode),
                format!("chmod {mode} {}", quoted(path)),
            )
            .in_file(path),
        );
    };
    for file in context.files() {
        let is_secret = file.kind == FileKind::Credentials || has_secrets(file);
        let forbidden = if is_secret { OPEN } else { WRITABLE };
        let mode = if is_secret { "600" } else { "go-w" };
        check(&file.path, forbidden, mode, "this file");
        if let Some(folder) = file.path.parent() {
            check(folder, WRITABLE, "go-w", "what files are in this folder");
        }
    }
    for (_, folder) in context.caches() {
        for path in context.json_files(&folder) {
            check(&path, OPEN, "600", "this cached session");
        }
    }
    for path in own_stores(context) {
        check(&path, OPEN, "600", "this store of keys");
    }
    // Both files are mostly in one folder.
    findings.dedup_by(|one, other| one.value() == other.value());
    findings
}

/// Where awl keeps keys itself.
fn own_stores(context: &Context<'_>) -> Vec<PathBuf> {
    let data = context
        .variable("XDG_DATA_HOME")
        .map(PathBuf::from)
        .or_else(|| context.in_home(".local/share"));
    let folder = data.map(|data| data.join("awl"));
    folder.map_or_else(Vec::new, |folder| {
        ["credentials.enc", "credentials.key"]
            .map(|name| folder.join(name))
            .into()
    })
}

fn has_secrets(file: &ReadFile) -> bool {
    file.sections
        .iter()
        .any(|section| CREDENTIAL_KEYS.iter().any(|key| section.get(key).is_some()))
}

/// Files that belong to another user than the home folder.
pub(super) fn owners(context: &Context<'_>) -> Vec<Finding> {
    let Some(home) = context.host.home() else {
        return Vec::new();
    };
    let Ok(owner) = context.host.facts(&home).map(|facts| facts.owner) else {
        return Vec::new();
    };
    let folders = context.caches().into_iter().map(|(_, folder)| folder);
    let mut paths: Vec<PathBuf> = context
        .files()
        .into_iter()
        .flat_map(|file| [Some(&*file.path), file.path.parent()])
        .flatten()
        .map(Path::to_owned)
        .chain(folders)
        // A file elsewhere is somebody else's with reason.
        .filter(|path| path.starts_with(&home) && *path != home)
        .collect();
    paths.sort_unstable();
    paths.dedup();
    paths
        .into_iter()
        .filter_map(|path| {
            let facts = context.host.facts(&path).ok()?;
            (facts.owner != owner).then(|| {
                Finding::new(
                    Severity::Error,
                    format!(
                        "it belongs to user {}, and not to the home's owner, {owner}: a command \
                         was run by `sudo`, perhaps",
                        facts.owner
                    ),
                    format!("sudo chown -R {owner} {}", quoted(&path)),
                )
                .in_file(&path)
            })
        })
        .collect()
}
