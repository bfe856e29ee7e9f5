//! The files behind `file://` and `fileb://`.
// Parity: awscli/autocomplete/local/basic.py, FilePathCompleter.

use std::path::Path;

use awl_sdk::env::Host;

/// The paths that `fragment` may become; None where it is no path of a file.
pub(super) fn candidates(host: &dyn Host, fragment: &str) -> Option<Vec<String>> {
    let prefix = ["file://", "fileb://"]
        .into_iter()
        .find(|prefix| fragment.starts_with(prefix))?;
    let path = &fragment[prefix.len()..];
    if path == "~" {
        return Some(vec![format!("{prefix}~/")]);
    }
    let (folder, name) = match path.rfind('/') {
        Some(at) => path.split_at(at + 1),
        None => ("", path),
    };
    let real = if folder.starts_with('~') {
        host.expand(folder)
    } else {
        Path::new(if folder.is_empty() { "." } else { folder }).to_owned()
    };
    let mut names = host.list(&real).unwrap_or_default();
    names.retain(|found| found.starts_with(name));
    names.sort_unstable();
    let candidate = |found: String| {
        let is_folder = host.list(&real.join(&found)).is_ok();
        let end = if is_folder { "/" } else { "" };
        format!("{prefix}{folder}{found}{end}")
    };
    Some(names.into_iter().map(candidate).collect())
}
