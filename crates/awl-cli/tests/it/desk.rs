//! A user who logs in: a home of their own, a portal, and a browser.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use awl_test::{Portal, visit};
use awl_value::{Map, Value, json};

/// A browser that needs no screen.
const BROWSER: &str =
    "python3 -c 'import sys, urllib.request as u; u.urlopen(sys.argv[1]).read()' %s";

/// What a program left.
#[derive(Debug)]
pub(crate) struct Left {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// A user at a desk.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
    pub portal: Portal,
    pub variables: Vec<(String, String)>,
}

impl Desk {
    pub(crate) fn new(config: &str) -> Self {
        let portal = Portal::start();
        let mut variables: Vec<(String, String)> = portal
            .variables()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        for (name, value) in [
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_MAX_ATTEMPTS", "2"),
            ("TZ", "UTC"),
            ("PATH", "/usr/local/bin:/usr/bin:/bin"),
        ] {
            variables.push((name.to_owned(), value.to_owned()));
        }
        let desk = Self {
            folder: tempfile::tempdir().unwrap(),
            portal,
            variables,
        };
        std::fs::create_dir(desk.home().join(".aws")).unwrap();
        std::fs::write(desk.home().join(".aws/config"), config).unwrap();
        desk
    }

    pub(crate) fn home(&self) -> &Path {
        self.folder.path()
    }

    /// Gives a command this home and its variables, and no other.
    pub(crate) fn settle<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .current_dir(self.home())
            .env_clear()
            .env("HOME", self.home())
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
    }

    /// A command that has a browser, too.
    pub(crate) fn with_browser<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        self.settle(command).env("BROWSER", BROWSER)
    }

    pub(crate) fn awl(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_awl"));
        self.settle(&mut command).args(line.split(' '));
        command
    }

    /// Runs a command without a browser.
    pub(crate) fn run(&self, line: &str) -> Left {
        self.type_in(line, "")
    }

    /// The same, with text on standard input.
    pub(crate) fn type_in(&self, line: &str, input: &str) -> Left {
        left(self.awl(line), input, |_| None)
    }

    /// Runs a command and visits each URL that it prints.
    pub(crate) fn browse(&self, line: &str) -> Left {
        left(self.awl(line), "", |url| {
            let _ = visit(url);
            None
        })
    }

    /// Runs a command, visits the URL that it prints and types what `carry`
    /// makes of the page.
    pub(crate) fn carry(&self, line: &str, carry: fn(String) -> String) -> Left {
        left(self.awl(line), "", |url| Some(carry(visit(url))))
    }

    /// The files of a folder of the home, in order of their names; the locks
    /// are none.
    pub(crate) fn files(&self, folder: &str) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.home().join(folder)) else {
            return Vec::new();
        };
        let mut paths: Vec<PathBuf> = entries
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|end| end == "json"))
            .collect();
        paths.sort();
        for path in &paths {
            let mode = std::fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{}", path.display());
        }
        paths
    }

    /// The one file of a folder that has a member, and where it is.
    pub(crate) fn file_with(&self, folder: &str, member: &str) -> (PathBuf, Map) {
        let mut found = self.files(folder).into_iter().filter_map(|path| {
            let Ok(Value::Map(map)) = json::parse(&std::fs::read_to_string(&path).unwrap()) else {
                panic!("{} is no map", path.display());
            };
            map.contains_key(member).then_some((path, map))
        });
        let one = found.next().unwrap();
        assert!(found.next().is_none(), "more than one file has {member}");
        one
    }

    /// Changes that file.
    pub(crate) fn change(&self, folder: &str, member: &str, change: impl FnOnce(&mut Map)) {
        let (path, mut map) = self.file_with(folder, member);
        change(&mut map);
        std::fs::write(path, json::to_string(&Value::Map(map))).unwrap();
    }

    /// How often the portal was asked for something.
    pub(crate) fn asked(&self, what: &str) -> usize {
        let requests = self.portal.requests();
        requests.iter().filter(|request| *request == what).count()
    }

    /// Text without what differs from run to run.
    pub(crate) fn plain(&self, text: &str) -> String {
        let port = self.portal.endpoint();
        let port = port.rsplit(':').next().unwrap_or_default();
        let mut text = text
            .replace(&self.portal.endpoint(), "[PORTAL]")
            .replace(&format!("127.0.0.1%3A{port}"), "[HOST]");
        for (start, end) in [
            ("127.0.0.1%3A", "%"),
            ("state=", "&"),
            ("code_challenge=", "\n"),
        ] {
            if let Some(at) = text.find(start) {
                let at = at + start.len();
                let length = text[at..].find(end).unwrap_or(text.len() - at);
                text.replace_range(at..at + length, "[]");
            }
        }
        text
    }
}

/// Runs a command; `visit` is told each URL that it prints, and says what to
/// type, if anything.
fn left(mut command: Command, input: &str, mut visit: impl FnMut(&str) -> Option<String>) -> Left {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take();
    if let Some(stdin) = &mut stdin {
        // A program that does not read its input may be gone by now.
        let _ = stdin.write_all(input.as_bytes());
    }
    // Only who carries a code types later.
    if !input.is_empty() {
        stdin = None;
    }
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    let mut stdout = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap() == 0 {
            break;
        }
        stdout.push_str(&line);
        if line.starts_with("http") {
            if let (Some(text), Some(stdin)) = (visit(line.trim_end()), &mut stdin) {
                stdin.write_all(text.as_bytes()).unwrap();
            }
            stdin = None;
        }
    }
    let mut stderr = String::new();
    let _ = child.stderr.take().unwrap().read_to_string(&mut stderr);
    Left {
        code: child.wait().unwrap().code().unwrap(),
        stdout,
        stderr,
    }
}

/// Seconds since the epoch as the caches have them, long ago.
pub(crate) fn long_ago() -> Value {
    Value::from("2020-01-01T00:00:00Z")
}
