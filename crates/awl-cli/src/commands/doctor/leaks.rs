//! Checks for keys where they do not belong: in the shell's history and in the
//! working tree. No more is said of them than where they are.

use std::path::{Path, PathBuf};

use super::context::Context;
use super::finding::{Finding, Severity, masked, quoted};

/// How much of one history is read: its end.
const HISTORY_BYTES: usize = 4 << 20;
/// The largest file of the working tree that is read.
const FILE_BYTES: u64 = 1 << 20;
/// How much of the working tree is read.
const TREE_BYTES: u64 = 64 << 20;
/// How many files of it are looked at.
const TREE_FILES: usize = 20_000;
/// How deep it is gone into.
const TREE_DEPTH: usize = 8;
/// How many findings of one file are told.
const TOLD: usize = 10;

/// Folders that are made of what is elsewhere.
const PASSED_OVER: &[&str] = &[
    ".aws",
    ".cache",
    ".cargo",
    ".git",
    ".hg",
    ".rustup",
    ".tox",
    ".venv",
    "__pycache__",
    "node_modules",
    "site-packages",
    "target",
    "venv",
];

/// What a line has.
#[derive(Debug, PartialEq, Eq)]
enum Leak<'a> {
    /// A key's id alone, which is no secret.
    Id(&'a str),
    /// A secret, and the id beside it.
    Secret(Option<&'a str>),
}

/// Keys in what shells remember.
pub(super) fn history(context: &Context<'_>) -> Vec<Finding> {
    let of_variable = context
        .variable("HISTFILE")
        .map(|path| context.host.expand(&path));
    let mut paths: Vec<PathBuf> = [
        ".bash_history",
        ".zsh_history",
        ".zhistory",
        ".histfile",
        ".ash_history",
        ".local/share/fish/fish_history",
        ".python_history",
    ]
    .iter()
    .filter_map(|path| context.in_home(path))
    .chain(of_variable)
    .collect();
    paths.sort_unstable();
    paths.dedup();
    let mut findings = Vec::new();
    for path in paths {
        let Ok(bytes) = context.host.read(&path) else {
            continue;
        };
        // Lines before the end are counted, that the numbers are right.
        let start = bytes.len().saturating_sub(HISTORY_BYTES);
        let passed = bytes[..start].iter().filter(|byte| **byte == b'\n').count();
        let text = String::from_utf8_lossy(&bytes[start..]);
        findings.extend(in_text(&path, &text, passed, "the shell's history"));
    }
    findings
}

/// Keys in the files of the current folder.
pub(super) fn working_tree(context: &Context<'_>) -> Vec<Finding> {
    let Ok(folder) = context.host.current_folder() else {
        return Vec::new();
    };
    // Whoever stands in `/` or at home works in no tree.
    if folder.parent().is_none() || context.host.home().is_some_and(|home| home == folder) {
        return Vec::new();
    }
    let own: Vec<PathBuf> = context
        .files()
        .into_iter()
        .filter_map(|file| context.host.real_path(&file.path).ok())
        .collect();
    let mut findings = Vec::new();
    let (mut files, mut bytes) = (0, 0);
    let mut folders = vec![(folder, 0)];
    while let Some((folder, depth)) = folders.pop() {
        let mut names = context.host.list(&folder).unwrap_or_default();
        names.sort_unstable();
        for name in names {
            let path = folder.join(&name);
            let Ok(facts) = context.host.facts(&path) else {
                continue;
            };
            if facts.is_link {
                continue;
            }
            if facts.is_folder {
                if depth < TREE_DEPTH && !PASSED_OVER.contains(&&*name) {
                    folders.push((path, depth + 1));
                }
                continue;
            }
            files += 1;
            bytes += facts.length.min(FILE_BYTES);
            if files > TREE_FILES || bytes > TREE_BYTES {
                return findings;
            }
            // A device or a pipe has no length, and would be read for ever.
            let is_read = facts.length > 0 && facts.length <= FILE_BYTES && !own.contains(&path);
            if is_read && let Ok(content) = context.host.read(&path) {
                findings.extend(in_content(&path, &content));
            }
        }
    }
    findings
}

/// What a file of the working tree has.
fn in_content(path: &Path, content: &[u8]) -> Vec<Finding> {
    /// How much of a file shows whether it is text.
    const HEAD: usize = 8192;
    if content[..content.len().min(HEAD)].contains(&0) {
        return Vec::new();
    }
    in_text(path, &String::from_utf8_lossy(content), 0, "this file")
}

fn in_text(path: &Path, text: &str, lines_before: usize, place: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let Some(leak) = leak(line) else {
            continue;
        };
        let number = lines_before + index + 1;
        if findings.len() == TOLD {
            let message = format!("there are more keys in {place}, from this line on");
            let remedy = format!("look at {}", quoted(path));
            findings.push(Finding::new(Severity::Warning, message, remedy).at(path, number));
            break;
        }
        findings.push(finding(&leak, place).at(path, number));
    }
    findings
}

fn finding(leak: &Leak<'_>, place: &str) -> Finding {
    match leak {
        Leak::Id(id) => {
            let is_long_lived = id.starts_with("AKIA");
            let severity = if is_long_lived {
                Severity::Warning
            } else {
                Severity::Note
            };
            Finding::new(
                severity,
                format!("the id of an access key ({}) is in {place}", masked(id)),
                "take the line out; if its secret was there too, replace the key in IAM",
            )
        }
        Leak::Secret(id) => {
            let whose = id.map_or_else(String::new, |id| format!(" of {}", masked(id)));
            Finding::new(
                Severity::Error,
                format!("a secret access key{whose} is in {place}"),
                "take the line out, make a new key (aws iam create-access-key) and delete this one \
                 (aws iam delete-access-key)",
            )
        }
    }
}

/// What a line has of keys.
fn leak(line: &str) -> Option<Leak<'_>> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"+/".contains(&byte);
    let mut id = None;
    let mut has_secret = false;
    let mut start = 0;
    let bytes = line.as_bytes();
    while start < bytes.len() {
        if !is_word(bytes[start]) {
            start += 1;
            continue;
        }
        let length = bytes[start..]
            .iter()
            .take_while(|byte| is_word(**byte))
            .count();
        let end = start + length;
        // All bytes of a word are ASCII, so these are limits of letters.
        let word = &line[start..end];
        if is_key_id(word) {
            id = id.or(Some(word));
        }
        let is_followed =
            bytes.get(end) == Some(&b'=') && bytes.get(end + 1).is_some_and(|byte| is_word(*byte));
        has_secret |= !is_followed && is_secret(word) && speaks_of_secret(&line[..start]);
        start = end;
    }
    match (id, has_secret) {
        (id, true) => Some(Leak::Secret(id)),
        (Some(id), false) => Some(Leak::Id(id)),
        (None, false) => None,
    }
}

/// Whether a word is the id of an access key, but not one of the documentation.
fn is_key_id(word: &str) -> bool {
    word.len() == 20
        && (word.starts_with("AKIA") || word.starts_with("ASIA"))
        && word
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && !word.ends_with("EXAMPLE")
}

/// Whether a word could be a secret access key: 40 letters, digits and signs,
/// of all kinds; a hash in hexadecimal is none.
fn is_secret(word: &str) -> bool {
    word.len() == 40
        && !word.bytes().all(|byte| byte.is_ascii_hexdigit())
        && word.bytes().any(|byte| byte.is_ascii_uppercase())
        && word.bytes().any(|byte| byte.is_ascii_lowercase())
        && !word.ends_with("EXAMPLEKEY")
}

fn speaks_of_secret(before: &str) -> bool {
    before.to_ascii_lowercase().contains("secret")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_from_what_only_looks_like_them() {
        let id = "AKIAZZZZZZZZZZZZ7ABC";
        let secret = "abcdEFGHijklMNOPqrstUVWXyz0123456789/+ab";
        for (line, expected) in [
            (format!("export AWS_ACCESS_KEY_ID={id}"), Some(Leak::Id(id))),
            (
                format!("aws configure set aws_secret_access_key {secret}"),
                Some(Leak::Secret(None)),
            ),
            (
                format!("{id} \"secretKey\": \"{secret}\""),
                Some(Leak::Secret(Some(id))),
            ),
            (format!("é{id}é"), Some(Leak::Id(id))),
            (format!("token {secret}"), None),
            (format!("secret={secret}x"), None),
            (format!("x{id}"), None),
            ("AKIAIOSFODNN7EXAMPLE".to_owned(), None),
            (
                "secret wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
                None,
            ),
            (
                "secret da39a3ee5e6b4b0d3255bfef95601890afd80709".to_owned(),
                None,
            ),
            (String::new(), None),
        ] {
            assert_eq!(leak(&line), expected, "{line}");
        }
    }
}
