//! Swift, which finds the token in `~/.netrc`.
// Parity: codeartifact/login.py, SwiftLogin.

use super::{Login, split};
use crate::commands::Invocation;
use crate::error::CommandError;
use crate::python;

pub(super) fn login(invocation: &mut Invocation, login: &Login<'_>) -> Result<(), CommandError> {
    let scope = login.given.get("--namespace");
    if scope.is_some_and(|scope| !is_scope(scope)) {
        return Err(CommandError::general(
            "Invalid scope name, scope must contain URL-safe characters, no leading dots or \
             underscores and no more than 39 characters",
        ));
    }
    let words =
        |words: &[&str]| -> Vec<String> { words.iter().map(|word| (*word).to_owned()).collect() };
    let mut set = words(&["swift", "package-registry", "set", &login.endpoint]);
    if let Some(scope) = scope {
        set.extend(words(&["--scope", scope]));
    }
    let address = format!("{}login", login.endpoint);
    let mut log_in = words(&["swift", "package-registry", "login", &address]);
    if cfg!(target_os = "macos") {
        log_in.extend(words(&["--token", &login.token]));
    } else {
        let (_, host, _) = split(&login.endpoint);
        let host = host.rsplit('@').next().unwrap_or_default();
        let host = host.split(':').next().unwrap_or_default().to_lowercase();
        let entry = format!("machine {host} login token password {}", login.token);
        let path = login.home.join(".netrc");
        if login.dry_run {
            invocation.ui.write_out(&format!(
                "Dryrun mode is enabled, not writing to netrc.\nThe following line would have \
                 been written to {}:\n\n{entry}\n\nAnd would have run the following commands:\n\n",
                path.display()
            ));
        } else {
            let text = match invocation.host.read(&path) {
                Ok(bytes) => {
                    let known = String::from_utf8_lossy(&bytes).into_owned();
                    updated(&known, &host, &login.token, &entry)
                }
                Err(_) => format!("{entry}\n"),
            };
            invocation
                .host
                .write(&path, text.as_bytes())
                .map_err(|error| CommandError::general(python::os_error(&error, &path)))?;
        }
    }
    login.run_all(invocation, "swift", &[set, log_in])
}

/// `[a-zA-Z0-9](?:[a-zA-Z0-9]|-(?=[a-zA-Z0-9])){0,38}`
fn is_scope(scope: &str) -> bool {
    let parts = scope.split('-');
    let is_part =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (1..=39).contains(&scope.len()) && parts.into_iter().all(is_part)
}

/// The file with the token in the entries of the host, or with one more entry.
fn updated(text: &str, host: &str, token: &str, entry: &str) -> String {
    let mut result = String::with_capacity(text.len() + entry.len());
    let mut rest = text;
    while let Some(at) = rest.find("machine") {
        let is_word = !rest[..at]
            .chars()
            .next_back()
            .or_else(|| result.chars().next_back())
            .is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
        match token_of(&rest[at..], host).filter(|_| is_word) {
            Some((start, length)) => {
                result.push_str(&rest[..at + start]);
                result.push_str(token);
                rest = &rest[at + start + length..];
            }
            None => {
                let behind = at + "machine".len();
                result.push_str(&rest[..behind]);
                rest = &rest[behind..];
            }
        }
    }
    result.push_str(rest);
    if result == text {
        if !result.ends_with('\n') {
            result.push('\n');
        }
        result.push_str(entry);
        result.push('\n');
    }
    result
}

/// Where the password stands in `machine HOST login NAME password PASSWORD`,
/// and how long it is.
fn token_of(text: &str, host: &str) -> Option<(usize, usize)> {
    let is_space = python::is_space;
    let mut rest = text;
    for word in ["machine", host, "login", "", "password"] {
        rest = match word {
            "" => rest.trim_start_matches(|letter| !is_space(letter)),
            word => rest.strip_prefix(word)?,
        };
        let behind = rest.trim_start_matches(is_space);
        if behind.len() == rest.len() {
            return None;
        }
        rest = behind;
    }
    let length = rest.find(is_space).unwrap_or(rest.len());
    (length > 0).then_some((text.len() - rest.len(), length))
}

#[cfg(test)]
mod tests {
    use super::{is_scope, updated};

    #[test]
    fn entries_are_replaced_or_added() {
        let entry = "machine h login token password new";
        for (text, expected) in [
            ("", "\nmachine h login token password new\n"),
            (
                "machine o login a password b",
                "machine o login a password b\nmachine h login token password new\n",
            ),
            (
                "machine h login a\n  password old\nx",
                "machine h login a\n  password new\nx",
            ),
        ] {
            assert_eq!(updated(text, "h", "new", entry), expected);
        }
    }

    #[test]
    fn scopes_are_names() {
        assert!(is_scope("a-b1"));
        assert!(!is_scope("a--b"));
        assert!(!is_scope("-a"));
        assert!(!is_scope(&"a".repeat(40)));
    }
}
