//! A real browser: Debian's Chromium, driven over the W3C's WebDriver protocol.
//! It is installed by apt when a test needs it and it is not there.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use awl_value::{Map, Value, json};

use crate::{cache_folder, peers};

/// How long a page may take for something.
const PATIENCE: Duration = Duration::from_secs(30);

/// A browser with one window, ended when this is dropped.
#[derive(Debug)]
pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Starts a browser with a window of a size; `dark` is what its user prefers.
    ///
    /// # Panics
    /// Where it cannot be installed or started.
    #[must_use]
    pub fn open(width: u32, height: u32, dark: bool) -> Self {
        let programs = programs();
        let profile = tempfile::tempdir().expect("a folder for its profile");
        let mut driver = Command::new(&programs.driver)
            .arg("--port=0")
            .env("HOME", profile.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver");
        let output = driver.stdout.take().expect("its standard output");
        let lines = BufReader::new(output).lines().map_while(Result::ok);
        let port = lines
            .filter_map(|line| {
                let (_, port) = line.split_once("started successfully on port ")?;
                port.trim_end_matches('.').parse().ok()
            })
            .next()
            .expect("the port of chromedriver");
        let mut browser = Self {
            driver,
            port,
            session: String::new(),
            _profile: profile,
        };
        let text = format!(
            r#"{{"capabilities": {{"alwaysMatch": {{"goog:loggingPrefs": {{"browser": "ALL"}},
            "goog:chromeOptions": {{"binary": {}, "args": ["--headless=new", "--no-sandbox",
            "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-component-update",
            "--disable-background-networking", "--window-size={width},{height}"]}}}}}}}}"#,
            json::to_string(&programs.browser.display().to_string().into()),
        );
        let opened = browser.call("POST", "/session", &text);
        let session = opened.get("sessionId").and_then(Value::as_str);
        session
            .expect("the session's id")
            .clone_into(&mut browser.session);
        let scheme = if dark { "dark" } else { "light" };
        browser.develop(
            "Emulation.setEmulatedMedia",
            &format!(
                r#"{{"features": [{{"name": "prefers-color-scheme", "value": "{scheme}"}}]}}"#
            ),
        );
        browser.resize(width, height);
        browser
    }

    /// Makes the page's window another size, as of another device.
    ///
    /// # Panics
    /// Where the browser is gone.
    pub fn resize(&self, width: u32, height: u32) {
        let size = format!(
            r#"{{"width": {width}, "height": {height}, "deviceScaleFactor": 1, "mobile": {}}}"#,
            width < 600
        );
        self.develop("Emulation.setDeviceMetricsOverride", &size);
    }

    /// Goes to an address.
    ///
    /// # Panics
    /// Where the browser is gone.
    pub fn go(&self, address: &str) {
        let mut map = Map::new();
        map.push("url", address.into());
        self.command("/url", &json::to_string(&map.into()));
    }

    /// Runs the body of a function in the page; what it returns.
    ///
    /// # Panics
    /// Where the script fails.
    #[must_use]
    pub fn script(&self, text: &str) -> Value {
        let mut map = Map::new();
        map.push("script", text.into());
        map.push("args", Value::List(Vec::new()));
        self.command("/execute/sync", &json::to_string(&map.into()))
    }

    /// Waits until an expression is true in the page.
    ///
    /// # Panics
    /// Where it does not become so.
    pub fn wait_for(&self, expression: &str) {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if self.script(&format!("return Boolean({expression})")) == Value::Bool(true) {
                return;
            }
            std::thread::sleep(Duration::from_millis(40));
        }
        let text = self.script("return document.body.innerText");
        panic!(
            "{expression} did not become true; {:?}; the page: {text:?}",
            self.problems()
        );
    }

    /// Presses keys, one after the other, as on a keyboard: letters, and
    /// WebDriver's own for others (`\u{e004}` Tab, `\u{e007}` Enter).
    ///
    /// # Panics
    /// Where the browser is gone.
    pub fn press(&self, keys: &str) {
        let actions: Vec<String> = keys
            .chars()
            .map(|key| {
                let key = json::to_string(&key.to_string().into());
                format!(
                    r#"{{"type": "keyDown", "value": {key}}}, {{"type": "keyUp", "value": {key}}}"#
                )
            })
            .collect();
        let text = format!(
            r#"{{"actions": [{{"type": "key", "id": "keyboard", "actions": [{}]}}]}}"#,
            actions.join(", ")
        );
        self.command("/actions", &text);
    }

    /// What the browser has complained of since this was last asked: errors of
    /// scripts, what a policy of the page forbids, what could not be loaded.
    ///
    /// # Panics
    /// Where the browser is gone.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let entries = self.command("/se/log", r#"{"type": "browser"}"#);
        let entries = entries.as_list().unwrap_or_default();
        let text = |entry: &Value, name: &str| {
            let text = entry.get(name).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        entries
            .iter()
            .filter(|entry| matches!(&*text(entry, "level"), "SEVERE" | "WARNING"))
            .map(|entry| text(entry, "message"))
            .collect()
    }

    /// A picture of the window, as PNG in base 64.
    ///
    /// # Panics
    /// Where the browser is gone.
    #[must_use]
    pub fn picture(&self) -> String {
        let path = format!("/session/{}/screenshot", self.session);
        let picture = self.call("GET", &path, "");
        picture.as_str().expect("a picture").to_owned()
    }

    fn develop(&self, command: &str, parameters: &str) {
        let text = format!(r#"{{"cmd": "{command}", "params": {parameters}}}"#);
        self.command("/goog/cdp/execute", &text);
    }

    fn command(&self, path: &str, body: &str) -> Value {
        self.call("POST", &format!("/session/{}{path}", self.session), body)
    }

    fn call(&self, method: &str, path: &str, body: &str) -> Value {
        let exchange = || -> std::io::Result<(String, String)> {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
            stream.set_read_timeout(Some(Duration::from_secs(60)))?;
            write!(
                stream,
                "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                 Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            )?;
            // The connection is not closed, whatever is asked.
            let mut stream = BufReader::new(stream);
            let mut head = String::new();
            while stream.read_line(&mut head)? > 2 {}
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                let is_length = name.eq_ignore_ascii_case("content-length");
                is_length.then(|| value.trim().parse().ok())?
            });
            let mut body = vec![0; length.unwrap_or_default()];
            stream.read_exact(&mut body)?;
            Ok((head, String::from_utf8_lossy(&body).into_owned()))
        };
        let (head, body) = exchange().unwrap_or_else(|error| panic!("{path}: {error}"));
        let value = json::parse(&body).unwrap_or_else(|error| panic!("{path}: {error}: {body}"));
        let value = value.get("value").cloned().unwrap_or_default();
        assert!(head.starts_with("HTTP/1.1 200"), "{path}: {value:?}");
        value
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Chromedriver ends its browser when it is asked to, not when it is killed.
        let path = format!("DELETE /session/{} HTTP/1.1", self.session);
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) {
            let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
            let _ = write!(stream, "{path}\r\nHost: localhost\r\n\r\n");
            let _ = stream.read(&mut [0; 64]);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

struct Programs {
    driver: PathBuf,
    browser: PathBuf,
}

fn programs() -> &'static Programs {
    static PROGRAMS: OnceLock<Programs> = OnceLock::new();
    PROGRAMS.get_or_init(|| find().unwrap_or_else(install))
}

fn find() -> Option<Programs> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&folders).collect();
    let find = |names: &[&str]| {
        let paths = names.iter().flat_map(|name| {
            let paths = folders.iter();
            paths.map(move |folder| folder.join(name))
        });
        paths.into_iter().find(|path| path.is_file())
    };
    Some(Programs {
        driver: find(&["chromedriver"])?,
        browser: find(&["chromium", "chromium-browser", "google-chrome"])?,
    })
}

fn install() -> Programs {
    let folder = cache_folder();
    std::fs::create_dir_all(&folder).expect("the target folder");
    let lock = std::fs::File::create(folder.join("browser.lock")).expect("the lock's file");
    lock.lock().expect("the lock");
    if let Some(programs) = find() {
        return programs;
    }
    assert!(
        Path::new("/usr/bin/apt-get").exists(),
        "these tests need Chromium and chromedriver"
    );
    peers::run(Command::new("apt-get").args(["update", "--quiet"]));
    peers::run(
        Command::new("apt-get")
            .args([
                "install",
                "--yes",
                "--quiet",
                "--no-install-recommends",
                "chromium",
                "chromium-driver",
                "fonts-dejavu-core",
            ])
            .env("DEBIAN_FRONTEND", "noninteractive"),
    );
    find().expect("Chromium and chromedriver, which apt has installed")
}
