//! Opening the user's browser.
// Parity: Python's `webbrowser`, as far as its names are still in use.

use std::process::Stdio;

use awl_sdk::config::shell_split;
use awl_sdk::env::Host;
use tokio::process::Command;

/// What opens a URL on a desktop, in the order in which they are tried.
static OPENERS: &[&[&str]] = &[
    &["xdg-open"],
    &["gio", "open", "--"],
    &["x-www-browser"],
    &["firefox"],
    &["google-chrome"],
    &["chromium"],
    &["chromium-browser"],
];

/// A way to open a URL.
#[derive(Debug, PartialEq, Eq)]
struct Opener {
    words: Vec<String>,
    /// Whether it may use the terminal: a browser of text does.
    is_users: bool,
}

/// Opens a URL, in the background: whoever waits for the user goes on waiting
/// if there is no browser, since the URL can be opened by hand.
pub(super) fn open(host: &dyn Host, url: &str) -> tokio::task::JoinHandle<()> {
    let openers = openers(host, url);
    tokio::spawn(async move {
        for opener in openers {
            let Some((program, arguments)) = opener.words.split_first() else {
                continue;
            };
            let mut command = Command::new(program);
            command.args(arguments);
            if !opener.is_users {
                command.stdin(Stdio::null());
                command.stdout(Stdio::null()).stderr(Stdio::null());
            }
            if command.status().await.is_ok_and(|status| status.success()) {
                return;
            }
        }
    })
}

/// The ways to open a URL, those of `BROWSER` first.
fn openers(host: &dyn Host, url: &str) -> Vec<Opener> {
    let variable = |name: &str| host.variable(name).filter(|value| !value.is_empty());
    let mut openers: Vec<Opener> = Vec::new();
    for line in variable("BROWSER").unwrap_or_default().split(':') {
        if line.is_empty() {
            continue;
        }
        let words = if line.contains("%s") {
            let words = shell_split(line).unwrap_or_default();
            let words = words.into_iter().filter(|word| word != "&");
            words.map(|word| word.replace("%s", url)).collect()
        } else {
            vec![line.to_owned(), url.to_owned()]
        };
        openers.push(Opener {
            words,
            is_users: true,
        });
    }
    if cfg!(target_os = "macos") {
        openers.push(desktop(&["open"], url));
    }
    if variable("DISPLAY").is_some() || variable("WAYLAND_DISPLAY").is_some() {
        openers.extend(OPENERS.iter().map(|words| desktop(words, url)));
    }
    openers
}

fn desktop(words: &[&str], url: &str) -> Opener {
    let words = words.iter().chain([&url]);
    Opener {
        words: words.map(|&word| word.to_owned()).collect(),
        is_users: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestHost;

    #[test]
    fn the_users_browsers_come_first() {
        let host = TestHost::default()
            .with_variable("BROWSER", "w3m::my \"a b\" %s?x &")
            .with_variable("DISPLAY", ":0");
        let openers = openers(&host, "http://u");
        assert_eq!(openers[0].words, ["w3m", "http://u"]);
        assert_eq!(openers[1].words, ["my", "a b", "http://u?x"]);
        assert!(openers[1].is_users);
        let desktop = openers
            .iter()
            .find(|opener| opener.words[0] == "gio")
            .unwrap();
        assert_eq!(desktop.words, ["gio", "open", "--", "http://u"]);
        assert!(!desktop.is_users);
    }
}
