//! A hermetic place to run the program in, and a server to talk to.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// A folder of its own, an empty home, fixed keys and Region.
pub(crate) struct TestPlace {
    folder: tempfile::TempDir,
    program: &'static str,
    variables: BTreeMap<String, String>,
    input: String,
}

impl TestPlace {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("home")).unwrap();
        let mut place = Self {
            folder,
            program: "aws",
            variables: BTreeMap::new(),
            input: String::new(),
        };
        for (name, value) in [
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_REGION", "us-west-2"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_MAX_ATTEMPTS", "1"),
            ("TZ", "UTC"),
        ] {
            place.variables.insert(name.to_owned(), value.to_owned());
        }
        place
    }

    /// The folder that the program runs in.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn program(mut self, name: &'static str) -> Self {
        self.program = name;
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.variables.remove(name);
        self
    }

    pub(crate) fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.folder().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    pub(crate) fn input(mut self, text: &str) -> Self {
        self.input = text.to_owned();
        self
    }

    /// The same place for a program that reads other input.
    pub(crate) fn input_of(&self, text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("home")).unwrap();
        Self {
            folder,
            program: self.program,
            variables: self.variables.clone(),
            input: text.to_owned(),
        }
    }

    /// Starts the program.
    pub(crate) fn start(&self, words: &[&str]) -> Child {
        self.command(words).spawn().unwrap()
    }

    /// The program about to be started.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(self.link());
        command
            .args(words)
            .current_dir(self.folder())
            .env_clear()
            .env("HOME", self.folder().join("home"))
            .envs(&self.variables)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program; its outcome as a snapshot shows it.
    pub(crate) fn run(&self, words: &[&str]) -> String {
        let mut child = self.start(words);
        let mut stdin = child.stdin.take().unwrap();
        // A program that does not read its input may be gone by now.
        let _ = stdin.write_all(self.input.as_bytes());
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        format!(
            "exit: {}\n----- stdout\n{}----- stderr\n{}",
            output.status.code().unwrap(),
            self.filter(&output.stdout),
            self.filter(&output.stderr),
        )
    }

    /// Runs words that stand on one line, between single spaces.
    pub(crate) fn line(&self, line: &str) -> String {
        self.run(&line.split(' ').collect::<Vec<_>>())
    }

    /// What somebody sees who runs the program on a terminal.
    pub(crate) fn at_terminal(&self, words: &[&str]) -> String {
        let output = awl_test::on_terminal(&[], &self.link().to_string_lossy())
            .args(words)
            .current_dir(self.folder())
            .env_clear()
            .env("PATH", "/usr/bin:/bin:/usr/local/bin")
            .env("HOME", self.folder().join("home"))
            .envs(&self.variables)
            .output()
            .unwrap();
        self.filter(&output.stdout).replace('\r', "")
    }

    fn link(&self) -> PathBuf {
        let link = self.folder().join(self.program);
        if !link.exists() {
            std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_awl"), &link).unwrap();
        }
        link
    }

    fn filter(&self, bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes).replace(&*self.folder().to_string_lossy(), "[FOLDER]")
    }
}

/// A server that answers every request the same.
pub(crate) struct TestServer {
    address: String,
    requests: Arc<Mutex<Vec<String>>>,
    thread: Option<JoinHandle<()>>,
}

impl TestServer {
    /// Answers `status`, `headers` (a line each) and `body`.
    pub(crate) fn new(status: &str, headers: &str, body: &str) -> Self {
        Self::with_bytes(status, headers, body.as_bytes())
    }

    /// The same with a body that may be no text.
    pub(crate) fn with_bytes(status: &str, headers: &str, body: &[u8]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let head = format!(
            "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        let response = [head.as_bytes(), body].concat();
        let seen = Arc::clone(&requests);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let request = read_request(&mut stream);
                if request.is_empty() {
                    return;
                }
                seen.lock().unwrap().push(request);
                let _ = stream.write_all(&response);
            }
        });
        Self {
            address,
            requests,
            thread: Some(thread),
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The bodies and first lines of the requests that came.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        // A connection without a request ends the server.
        let _ = TcpStream::connect(&self.address);
        let _ = self.thread.take().unwrap().join();
    }
}

/// The first line and the body of a request; nothing where none comes.
fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| {
                    line.to_ascii_lowercase()
                        .strip_prefix("content-length:")?
                        .trim()
                        .parse()
                        .ok()
                })
                .unwrap_or(0);
            if body.len() >= length {
                let first = head.lines().next().unwrap_or_default();
                return format!("{first}\n{body}");
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return String::new(),
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
    }
}
