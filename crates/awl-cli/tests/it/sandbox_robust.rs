//! The sandbox under clients that mean it no good: many, slow, malformed; and
//! killed while it writes.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use super::sandbox_support::Running;
use super::support::TestPlace;

/// What comes back for bytes that are sent, until the connection ends.
fn exchange(port: u16, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let timeout = Some(Duration::from_secs(10));
    stream.set_read_timeout(timeout).unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    // A reset is an end, too.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn malformed_requests_are_refused_and_others_go_on() {
    let sandbox = Running::start();
    let port = sandbox.port();
    let status = |request: &str| {
        let answer = exchange(port, request.as_bytes());
        answer.split(' ').nth(1).unwrap_or("none").to_owned()
    };
    for malformed in [
        "nonsense\r\n\r\n",
        "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "GET /\u{1} HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ] {
        assert_eq!(status(malformed), "400", "{malformed:?}");
    }
    // Old ones are answered as old ones are, and two at once both.
    let old = exchange(port, b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n");
    assert!(old.starts_with("HTTP/1.0 403"), "{old}");
    let one = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let last = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let both = exchange(port, format!("{one}{last}").as_bytes());
    assert_eq!(both.matches("HTTP/1.1 403").count(), 2, "{both}");
    // Which no proxy in between could take for two.
    let smuggled = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\
                    Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n";
    assert!(["400", "403"].contains(&&*status(smuggled)));
    for refused in [
        "Host: evil.example",
        "Host: localhost\r\nHost: localhost",
        "Host: 192.0.2.1",
        "Host: localhost\r\nOrigin: null",
        "Host: localhost\r\nSec-Fetch-Site: cross-site",
        "Host: localhost\r\nSec-Fetch-Site: same-origin",
    ] {
        let request = format!("GET /bucket HTTP/1.1\r\n{refused}\r\nConnection: close\r\n\r\n");
        assert_eq!(status(&request), "403", "{refused}");
    }
    assert!(
        sandbox
            .awl("sts get-caller-identity --profile sandbox")
            .is_ok()
    );
}

#[test]
fn a_thousand_slow_connections_keep_nobody_else_waiting() {
    let sandbox = Running::start();
    let head = b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ";
    let slow: Vec<TcpStream> = (0..1000)
        .map(|_| {
            let mut stream = TcpStream::connect(("127.0.0.1", sandbox.port())).unwrap();
            stream.write_all(head).unwrap();
            stream
        })
        .collect();
    assert!(
        sandbox
            .awl("sts get-caller-identity --profile sandbox")
            .is_ok()
    );
    for mut stream in slow {
        stream
            .write_all(b"no more\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    }
}

#[test]
fn a_connection_too_many_is_turned_away_at_once() {
    let place = TestPlace::new().program("awl").without("AWS_ACCESS_KEY_ID");
    // 64 connections are the least that it has, however few files there may be.
    let script = "ulimit -n 128; exec \"$0\" sandbox start --port 0";
    let mut child = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_awl")])
        .current_dir(place.folder())
        .env("HOME", place.folder().join("home"))
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let output = child.stdout.as_mut().unwrap();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(output), &mut line).unwrap();
    let port: u16 = line.trim().rsplit(':').next().unwrap().parse().unwrap();
    let request = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let held: Vec<TcpStream> = (0..64)
        .map(|_| {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
            stream.write_all(&request[..20]).unwrap();
            stream
        })
        .collect();
    let told = exchange(port, b"");
    drop(held);
    let later = (0..100).find_map(|_| {
        std::thread::sleep(Duration::from_millis(20));
        let answer = exchange(port, request);
        answer.starts_with("HTTP/1.1 403").then_some(())
    });
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(
        told.starts_with("HTTP/1.1 503") && told.contains("Retry-After: 1"),
        "{told:?}"
    );
    assert!(later.is_some());
}

/// Writes of several clients until the sandbox is gone, by signed requests; the
/// names that were acknowledged.
const WRITER: &str = r#"
import sys, threading, boto3, botocore.config
config = botocore.config.Config(retries={'total_max_attempts': 1}, connect_timeout=2, read_timeout=5)
iam = boto3.client('iam', config=config)
lock, done = threading.Lock(), []
def write(number):
    try:
        for count in range(1000):
            name = f'{sys.argv[1]}-{number}-{count}'
            iam.create_group(GroupName=name)
            with lock:
                print(name, flush=True)
            iam.delete_group(GroupName=name) if count % 3 == 2 and not print('-' + name, flush=True) else None
    except Exception:
        pass
threads = [threading.Thread(target=write, args=(number,)) for number in range(3)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"#;

/// Bench's `sandbox.py kill` does it a hundred times.
#[test]
fn kills_under_writes_lose_nothing_that_was_acknowledged() {
    let mut sandbox = Running::start();
    for round in 0..5 {
        let mut writer = Command::new(awl_test::peers().join("python"))
            .args(["-c", WRITER, &format!("r{round}")])
            .env_clear()
            .env("HOME", sandbox.place.folder().join("home"))
            .env("AWS_PROFILE", "sandbox")
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = writer.stdout.take().unwrap();
        // Once it writes.
        let mut text = vec![0; 1];
        output.read_exact(&mut text).unwrap();
        std::thread::sleep(Duration::from_millis(100));
        sandbox.kill();
        output.read_to_end(&mut text).unwrap();
        writer.wait().unwrap();
        sandbox.again();
        let text = String::from_utf8(text).unwrap();
        // Of one that was to be deleted, nobody knows.
        let uncertain: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix('-'))
            .collect();
        let names = text.lines().filter(|line| !line.starts_with('-'));
        let known = sandbox
            .awl("iam list-groups --query Groups[].GroupName --profile sandbox")
            .unwrap();
        let known = known.as_list().unwrap();
        for name in names.filter(|name| !uncertain.contains(name)) {
            assert!(known.iter().any(|own| own.as_str() == Some(name)), "{name}");
        }
        assert!(text.lines().count() > 1, "{text}");
    }
}
