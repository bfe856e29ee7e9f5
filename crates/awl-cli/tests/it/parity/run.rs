//! Runs a case by a program, and writes down what came of it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use awl_test::{Answer, Request, Server, on_terminal_of};
use awl_value::{Map, Value, json};

use super::cases::Case;

/// What stands in no record: it changes with every run, or says who asks.
const IGNORED: [&str; 14] = [
    "accept",
    "accept-encoding",
    "amz-sdk-invocation-id",
    "amz-sdk-request",
    "authorization",
    "connection",
    "content-length",
    "expect",
    "host",
    "transfer-encoding",
    "user-agent",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-user-agent",
];

/// A server, and what it shall answer.
pub(crate) struct Worker {
    server: Server,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    answers: Arc<Vec<Answer>>,
    requests: Vec<String>,
}

impl Worker {
    /// Starts a server.
    pub(crate) fn start() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let server = Server::start(move |_, request| {
            let mut state = shared.lock().unwrap();
            state.requests.push(written(request));
            let number = state.requests.len() - 1;
            let answer = state.answers.get(number).or(state.answers.last());
            answer.cloned().unwrap_or_else(|| Answer::new(200, "{}"))
        });
        Self { server, state }
    }

    /// Runs a case; what came of it as a record has it.
    pub(crate) fn run(&self, case: &Case, program: &Path) -> Value {
        *self.state.lock().unwrap() = State {
            answers: Arc::clone(&case.answers),
            requests: Vec::new(),
        };
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("work");
        let home = place.path().join("home");
        for folder in [&folder, &home] {
            std::fs::create_dir(folder).unwrap();
        }
        for (name, content) in &*case.files {
            let path = match name.strip_prefix("~/") {
                Some(name) => home.join(name),
                None => folder.join(name),
            };
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        let output = self
            .command(case, program, place.path())
            .current_dir(&folder)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = |bytes: &[u8]| {
            String::from_utf8_lossy(bytes)
                .replace(&*folder.to_string_lossy(), "[FOLDER]")
                .replace(&*home.to_string_lossy(), "[HOME]")
                .replace(&self.server.endpoint(), "[ENDPOINT]")
        };
        let mut record = Map::new();
        record.push("command", Value::from(&*case.line));
        record.push("made", Value::from(case.made()));
        let code = output.status.code().unwrap_or(-1);
        record.push("exit", Value::Int(code.into()));
        let mut requests = std::mem::take(&mut self.state.lock().unwrap().requests);
        if case.is_unordered {
            requests.sort_unstable();
        }
        if !requests.is_empty() {
            let requests = requests.into_iter().map(Value::from).collect();
            record.push("requests", Value::List(requests));
        }
        for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            if !bytes.is_empty() {
                let text = text(bytes);
                record.push(name, Value::from(written_lines(case, text)));
            }
        }
        let files = made(&folder, case);
        if !files.is_empty() {
            record.push("files", Value::Map(files));
        }
        Value::Map(record)
    }

    fn command(&self, case: &Case, program: &Path, place: &Path) -> Command {
        // Messages carry the name that a program is called by. The real one has
        // to find its folder, and is called so already.
        let program = if program.file_name().is_some_and(|name| name == "aws") {
            program.to_path_buf()
        } else {
            let link = place.join("aws");
            std::os::unix::fs::symlink(program, &link).unwrap();
            link
        };
        let mut command = match case.columns {
            0 => Command::new(program),
            columns => on_terminal_of(columns, &[], &program.to_string_lossy()),
        };
        command
            .args(&case.words)
            .env_clear()
            .env("HOME", place.join("home"))
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("TZ", "UTC")
            .env("LC_ALL", "C.UTF-8")
            .env("TERM", "xterm")
            .env("AWS_PAGER", "")
            .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .env("AWS_REGION", "us-west-2")
            .env("AWS_MAX_ATTEMPTS", "1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_DISABLE_HOST_PREFIX_INJECTION", "true")
            .env("AWS_ENDPOINT_URL", self.server.endpoint());
        for (name, value) in &case.variables {
            match &**value {
                "" => command.env_remove(name),
                value => command.env(name, value),
            };
        }
        command
    }
}

/// What a case printed; its lines sorted where they have no order.
fn written_lines(case: &Case, text: String) -> String {
    if !case.is_unordered {
        return text;
    }
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    lines.sort_unstable();
    lines.concat()
}

/// A request: its line, the headers that matter, the body. JSON is sorted, for
/// its order means nothing.
fn written(request: &Request) -> String {
    let mut headers: Vec<String> = request
        .headers
        .iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .filter(|(name, _)| !IGNORED.contains(&&**name))
        .map(|(name, value)| format!("{name}: {value}\n"))
        .collect();
    headers.sort_unstable();
    let body = match std::str::from_utf8(&request.body) {
        Ok(text) => match json::parse(text) {
            Ok(value) => json::to_string(&sorted(value)),
            // A blank in a form has two spellings.
            Err(_) if is_form(request) => text.replace('+', "%20"),
            Err(_) => text.to_owned(),
        },
        // Bytes as if each were a letter.
        Err(_) => request.body.iter().copied().map(char::from).collect(),
    };
    let Request { method, target, .. } = request;
    without_chance(&format!("{method} {target}\n{}\n{body}", headers.concat()))
}

fn is_form(request: &Request) -> bool {
    request
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Map(map) => {
            let mut pairs: Vec<(String, Value)> = map
                .iter()
                .map(|(name, value)| (name.to_string(), sorted(value.clone())))
                .collect();
            pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
            let mut map = Map::new();
            for (name, value) in pairs {
                map.push(name, value);
            }
            Value::Map(map)
        }
        Value::List(list) => Value::List(list.into_iter().map(sorted).collect()),
        value => value,
    }
}

/// The files that a command made or changed, with their modes; bytes as if
/// each were a letter.
fn made(folder: &Path, case: &Case) -> Map {
    let mut files = Map::new();
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        if case
            .files
            .iter()
            .any(|(known, content)| *known == name && *content == bytes)
        {
            continue;
        }
        let mode = path.metadata().unwrap().permissions().mode() & 0o777;
        let content: String = bytes.iter().copied().map(char::from).collect();
        let facts = vec![Value::from(content), Value::from(format!("0o{mode:o}"))];
        files.push(name, Value::List(facts));
    }
    files
}

/// The text with a word for each identifier that is made by chance.
fn without_chance(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if is_uuid(rest) {
            result += "UUID";
            rest = &rest[36..];
        } else {
            result.push(character);
            rest = &rest[character.len_utf8()..];
        }
    }
    result
}

fn is_uuid(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 36
        && bytes[..36].iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(byte),
        })
}
