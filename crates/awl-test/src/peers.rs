//! Real counterparts: a moto server, the AWS CLI of PyPI, boto3. They are
//! installed once, by pip, into a virtual environment in the target folder.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use crate::cache_folder;

const REQUIREMENTS: &str = include_str!("../peers.txt");

/// Runs moto until standard input closes, as it does when the test ends.
const SERVER: &str = "\
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
from moto.server import main
main(['-H', '127.0.0.1', '-p', sys.argv[1]])
";

/// The folder of the peers' programs: `python`, `aws`, `moto_server`.
///
/// # Panics
/// Where they cannot be installed; the message says what pip said.
#[must_use]
pub fn peers() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(install)
}

fn install() -> PathBuf {
    let folder = cache_folder();
    std::fs::create_dir_all(&folder).expect("the target folder");
    // Test binaries that run at once wait for the one that installs.
    let lock = std::fs::File::create(folder.join("peers.lock")).expect("the lock's file");
    lock.lock().expect("the lock");
    let environment = folder.join("peers");
    let done = environment.join("requirements.txt");
    if std::fs::read_to_string(&done).is_ok_and(|text| text == REQUIREMENTS) {
        return environment.join("bin");
    }
    let _ = std::fs::remove_dir_all(&environment);
    run(Command::new("python3")
        .args(["-m", "venv"])
        .arg(&environment));
    let requirements = folder.join("peers.txt");
    std::fs::write(&requirements, REQUIREMENTS).expect("the requirements' file");
    run(Command::new(environment.join("bin/python"))
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
        ])
        .arg(&requirements));
    std::fs::write(&done, REQUIREMENTS).expect("the mark that it is done");
    environment.join("bin")
}

pub(crate) fn run(command: &mut Command) {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {text}");
}

/// A moto server on a port of its own, ended when this is dropped or the test's
/// process ends.
#[derive(Debug)]
pub struct Moto {
    server: Child,
    port: u16,
}

impl Moto {
    /// Starts a server and waits until it answers.
    ///
    /// # Panics
    /// Where it does not start.
    #[must_use]
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("its number").port();
        drop(listener);
        let server = Command::new(peers().join("python"))
            .args(["-c", SERVER, &port.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("moto");
        let moto = Self { server, port };
        for _ in 0..600 {
            if moto.post("/moto-api/reset") {
                return moto;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("moto did not answer within a minute");
    }

    /// Its URL.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Forgets all that was created.
    ///
    /// # Panics
    /// Where the server is gone.
    pub fn reset(&self) {
        assert!(self.post("/moto-api/reset"), "moto is gone");
    }

    /// Makes what the server draws at random from here on that of `seed`, so
    /// that the same calls give the same identifiers again.
    ///
    /// # Panics
    /// Where the server is gone.
    pub fn seed(&self, seed: u32) {
        assert!(
            self.post(&format!("/moto-api/seed?a={seed}")),
            "moto is gone"
        );
    }

    fn post(&self, path: &str) -> bool {
        let exchange = || -> std::io::Result<String> {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
            stream.set_read_timeout(Some(Duration::from_secs(20)))?;
            write!(
                stream,
                "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            )?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            Ok(answer)
        };
        exchange().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
