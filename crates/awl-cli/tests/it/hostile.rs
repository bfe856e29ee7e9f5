//! Servers that answer nonsense, too much, or nothing. What is said of them is
//! what AWS CLI 2.36.7 says, run against the same bytes, unless it says nothing
//! of use; every case ends, soon and with little memory.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::support::TestPlace;

/// A server that gives every request the same bytes, or what a function does.
struct Raw {
    address: String,
    thread: Option<JoinHandle<()>>,
}

impl Raw {
    fn new(serve: impl Fn(&mut TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                stream
                    .set_read_timeout(Some(Duration::from_secs(10)))
                    .unwrap();
                if !read_request(&mut stream) {
                    return;
                }
                serve(&mut stream);
            }
        });
        Self {
            address,
            thread: Some(thread),
        }
    }

    fn answering(response: impl Into<Vec<u8>>) -> Self {
        let response = response.into();
        Self::new(move |stream| {
            // The client may have seen enough.
            let _ = stream.write_all(&response);
            let _ = stream.shutdown(Shutdown::Write);
            let _ = stream.read(&mut [0; 16]);
        })
    }

    /// What a line says of it, the address left out.
    fn run(&self, place: TestPlace, line: &str) -> String {
        let place = place.variable("AWS_ENDPOINT_URL", &format!("http://{}", self.address));
        place.line(line).replace(&self.address, "[ADDRESS]")
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        let _ = TcpStream::connect(&self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Reads a request with its body; false where the connection ends before one.
fn read_request(stream: &mut TcpStream) -> bool {
    let mut request = Vec::new();
    let mut buffer = [0; 65536];
    loop {
        let end = request.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
            let length = head
                .split_once("content-length: ")
                .and_then(|(_, rest)| rest.lines().next()?.parse::<usize>().ok())
                .unwrap_or_default();
            if request.len() >= end + 4 + length {
                return true;
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return end.is_some(),
            Ok(count) => request.extend_from_slice(&buffer[..count]),
        }
    }
}

/// An answer that is well framed.
fn ok(body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn head(lines: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let head = lines.replace('\n', "\r\n") + "\r\n\r\n";
    [head.as_bytes(), body.as_ref()].concat()
}

const IDENTITY: &str = "\
<GetCallerIdentityResponse><GetCallerIdentityResult><Account>1</Account>\
</GetCallerIdentityResult></GetCallerIdentityResponse>";
const ANSWERED: &str = "exit: 0\n----- stdout\n{\n    \"Account\": \"1\"\n}\n----- stderr\n";

const STS: &str = "sts get-caller-identity";
const TABLES: &str = "dynamodb list-tables";
const OBJECT: &str = "s3api get-object --bucket bkt --key k out.bin";
const META: &str = "s3api head-object --bucket bkt --key k";
const SELECT: &str = "s3api select-object-content --bucket bkt --key k --expression x \
                      --expression-type SQL --input-serialization CSV={} \
                      --output-serialization CSV={} out.bin";
const CLOSED: &str =
    "Connection was closed before we received a valid response from endpoint URL: ";

/// Runs cases: a name, a line, an answer, the exit code and words of the
/// message.
fn check(cases: &[(&str, &str, Vec<u8>, u8, &str)]) {
    for (name, line, response, code, words) in cases {
        let server = Raw::answering(response.clone());
        let outcome = server.run(TestPlace::new(), line);
        let (start, error) = outcome.split_once("----- stderr\n").unwrap();
        assert!(
            start.starts_with(&format!("exit: {code}\n")),
            "{name}: {outcome}"
        );
        let shown = if *code == 0 { &*outcome } else { error };
        assert!(shown.contains(words), "{name}: {outcome}");
    }
}

#[test]
fn framing_that_is_broken() {
    let length = IDENTITY.len();
    let chunk = format!("{length:x}\r\n{IDENTITY}\r\n");
    let many: String = (0..150).map(|number| format!("X-{number}: y\n")).collect();
    check(&[
        (
            "truncated",
            STS,
            head("HTTP/1.1 200 OK\nContent-Length: 500", IDENTITY),
            255,
            CLOSED,
        ),
        (
            "too short a length",
            STS,
            head("HTTP/1.1 200 OK\nContent-Length: 20", IDENTITY),
            255,
            "Unable to parse response (unclosed token: line 1, column 0)",
        ),
        (
            "a length below zero",
            STS,
            head("HTTP/1.1 200 OK\nContent-Length: -5", IDENTITY),
            255,
            CLOSED,
        ),
        (
            "two lengths that differ",
            STS,
            head(
                "HTTP/1.1 200 OK\nContent-Length: 126\nContent-Length: 5",
                IDENTITY,
            ),
            255,
            CLOSED,
        ),
        (
            "the same length twice",
            STS,
            head(
                &format!("HTTP/1.1 200 OK\nContent-Length: {length}\nContent-Length: {length}"),
                IDENTITY,
            ),
            0,
            "\"Account\": \"1\"",
        ),
        (
            "a chunk of no size",
            STS,
            head(
                "HTTP/1.1 200 OK\nTransfer-Encoding: chunked",
                "zz\r\nabc\r\n0\r\n\r\n",
            ),
            255,
            CLOSED,
        ),
        (
            "a chunk that is cut",
            STS,
            head("HTTP/1.1 200 OK\nTransfer-Encoding: chunked", &chunk[..20]),
            255,
            CLOSED,
        ),
        (
            "no last chunk",
            STS,
            head("HTTP/1.1 200 OK\nTransfer-Encoding: chunked", &chunk),
            255,
            CLOSED,
        ),
        (
            "a chunk larger than all",
            STS,
            head(
                "HTTP/1.1 200 OK\nTransfer-Encoding: chunked",
                "ffffffffffffffff\r\nx",
            ),
            255,
            CLOSED,
        ),
        (
            "HTTP/1.0",
            STS,
            head("HTTP/1.0 200 OK", IDENTITY),
            0,
            "\"Account\": \"1\"",
        ),
        ("HTTP/0.9", STS, IDENTITY.into(), 255, CLOSED),
        (
            "HTTP/2 unasked",
            STS,
            b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x64".to_vec(),
            255,
            CLOSED,
        ),
        (
            "another protocol",
            STS,
            b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(),
            255,
            CLOSED,
        ),
        (
            "bytes",
            STS,
            b"\0\xff\xfe hello\r\n\r\n".to_vec(),
            255,
            CLOSED,
        ),
        ("nothing", STS, Vec::new(), 255, CLOSED),
        (
            "half a head",
            STS,
            b"HTTP/1.1 200 OK\r\nContent-Le".to_vec(),
            255,
            CLOSED,
        ),
        (
            "no number",
            STS,
            head("HTTP/1.1 abc OK", IDENTITY),
            255,
            CLOSED,
        ),
        (
            "a header of a megabyte",
            STS,
            head(
                &format!("HTTP/1.1 200 OK\nX: {}", "a".repeat(1_000_000)),
                IDENTITY,
            ),
            255,
            CLOSED,
        ),
        (
            "150 headers",
            STS,
            head(&format!("HTTP/1.1 200 OK\n{many}Content-Length: 0"), ""),
            255,
            CLOSED,
        ),
        (
            "never more than 100 Continue",
            STS,
            b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(),
            255,
            CLOSED,
        ),
    ]);
}

#[test]
fn redirects_are_answers() {
    let moved = head(
        "HTTP/1.1 301 Moved\nLocation: http://127.0.0.1:1/\nContent-Length: 0",
        "",
    );
    let elsewhere = head(
        "HTTP/1.1 301 Moved\nx-amz-bucket-region: eu-west-1\nContent-Length: 0",
        "",
    );
    check(&[
        (
            "a query service",
            STS,
            moved.clone(),
            255,
            "Unable to parse response",
        ),
        (
            "JSON",
            TABLES,
            moved,
            254,
            "An error occurred (301) when calling the ListTables operation",
        ),
        // Sent to the bucket's Region once, and no more.
        (
            "S3, for ever",
            OBJECT,
            elsewhere,
            254,
            "An error occurred (301) when calling the GetObject operation",
        ),
    ]);
}

#[test]
fn json_that_is_none() {
    let deep = format!("{{\"TableNames\": {}", "[".repeat(100_000));
    check(&[
        (
            "bytes",
            TABLES,
            ok(b"{\"TableNames\": [\"\xff\xfe\"]}"),
            255,
            "'utf-8' codec can't decode byte 0xff in position 17: invalid start byte",
        ),
        (
            "a list",
            TABLES,
            ok("[1]"),
            255,
            "'list' object has no attribute 'get'",
        ),
        (
            "a string",
            TABLES,
            ok("\"x\""),
            255,
            "'str' object has no attribute 'get'",
        ),
        (
            "null",
            TABLES,
            ok("null"),
            255,
            "'NoneType' object has no attribute 'update'",
        ),
        (
            "a number for a list",
            TABLES,
            ok(r#"{"TableNames": 5}"#),
            255,
            "expected a list",
        ),
        (
            "depth",
            TABLES,
            ok(&deep),
            255,
            "maximum recursion depth exceeded while decoding a JSON array from a unicode string",
        ),
        (
            "depth where nobody looks",
            TABLES,
            ok(deep.replace("TableNames", "Unknown") + &"]".repeat(100_000) + "}"),
            255,
            "maximum recursion depth exceeded",
        ),
        (
            "bytes in an error",
            TABLES,
            head("HTTP/1.1 400 Bad\nContent-Length: 2", b"\xff\xfe"),
            255,
            "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte",
        ),
        (
            "a list for an error",
            TABLES,
            head("HTTP/1.1 400 Bad\nContent-Length: 2", "[]"),
            255,
            "'list' object has no attribute 'get'",
        ),
        (
            "a page of a proxy",
            TABLES,
            head("HTTP/1.1 503 Bad\nContent-Length: 14", "<html>x</html>"),
            254,
            "An error occurred (503) when calling the ListTables operation",
        ),
    ]);
}

#[test]
fn xml_that_is_none() {
    let with = |account: &[u8]| {
        let (before, behind) = IDENTITY.split_once('1').unwrap();
        ok([before.as_bytes(), account, behind.as_bytes()].concat())
    };
    let entities: String = (1..12)
        .map(|number| {
            format!(
                "<!ENTITY a{number} \"{}\">",
                format!("&a{};", number - 1).repeat(10)
            )
        })
        .collect();
    let laughs = format!(
        "<!DOCTYPE x [<!ENTITY a0 \"ha\">{entities}]>{}",
        IDENTITY.replace('1', "&a11;")
    );
    let invalid = |column: usize| {
        format!(
            "Unable to parse response (not well-formed (invalid token): line 1, column {column})"
        )
    };
    check(&[
        ("bytes", STS, with(b"\xff\xfe"), 255, &invalid(61)),
        ("a zero", STS, with(b"\0"), 255, &invalid(61)),
        (
            "half a character",
            STS,
            ok(&IDENTITY.as_bytes()[..61]),
            255,
            "no element found: line 1, column 61",
        ),
        (
            "gzip that nobody asked for",
            STS,
            ok(b"\x1f\x8b\x08\0a\xad\x02k\x02\xff"),
            255,
            &invalid(0),
        ),
        (
            "a page of a proxy",
            STS,
            ok("<!DOCTYPE html><html><head><meta charset=utf-8></head></html>"),
            255,
            &invalid(41),
        ),
        (
            "another document",
            STS,
            ok("<x/>"),
            255,
            "[ERROR]: 'GetCallerIdentityResult'",
        ),
        (
            "depth",
            STS,
            ok("<a>".repeat(100_000)),
            255,
            "no element found",
        ),
        (
            "depth that ends",
            STS,
            ok("<a>".repeat(100_000) + &"</a>".repeat(100_000)),
            255,
            "[ERROR]: 'GetCallerIdentityResult'",
        ),
        ("a billion laughs", STS, ok(laughs), 255, "undefined entity"),
        (
            "a file",
            STS,
            ok(format!(
                "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/hostname\">]>{}",
                IDENTITY.replace('1', "&a;")
            )),
            255,
            "undefined entity",
        ),
        (
            "words",
            STS,
            head("HTTP/1.1 403 No\nContent-Length: 3", "no!"),
            255,
            &invalid(2),
        ),
    ]);
}

#[test]
fn objects_that_are_damaged() {
    check(&[
        (
            "cut",
            OBJECT,
            head("HTTP/1.1 200 OK\nContent-Length: 500", "x".repeat(100)),
            255,
            "('Connection broken: IncompleteRead(100 bytes read, 400 more expected)', \
             IncompleteRead(100 bytes read, 400 more expected))",
        ),
        (
            "a wrong checksum",
            OBJECT,
            head(
                "HTTP/1.1 200 OK\nx-amz-checksum-crc32: AAAAAA==\nContent-Length: 5",
                "hello",
            ),
            255,
            "Expected checksum AAAAAA== did not match calculated checksum: ",
        ),
        (
            "a number that is none",
            META,
            head(
                "HTTP/1.1 200 OK\nx-amz-missing-meta: abc\nContent-Length: 5",
                "",
            ),
            255,
            "invalid literal for int() with base 10: 'abc'",
        ),
    ]);
}

/// A message of an event stream.
fn event(headers: &[(&str, &str)], payload: &[u8]) -> Vec<u8> {
    let mut encoded = Vec::new();
    for (name, value) in headers {
        encoded.push(name.len() as u8);
        encoded.extend_from_slice(name.as_bytes());
        encoded.push(7);
        encoded.extend_from_slice(&(value.len() as u16).to_be_bytes());
        encoded.extend_from_slice(value.as_bytes());
    }
    let total = 16 + encoded.len() + payload.len();
    let mut message = Vec::new();
    message.extend_from_slice(&(total as u32).to_be_bytes());
    message.extend_from_slice(&(encoded.len() as u32).to_be_bytes());
    message.extend_from_slice(&crc32(&message).to_be_bytes());
    message.extend_from_slice(&encoded);
    message.extend_from_slice(payload);
    message.extend_from_slice(&crc32(&message).to_be_bytes());
    message
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

#[test]
fn events_that_are_damaged() {
    let of = |kind| [(":message-type", "event"), (":event-type", kind)];
    let records = event(&of("Records"), b"a,b\n");
    let mut damaged = records.clone();
    *damaged.last_mut().unwrap() ^= 1;
    let error = event(
        &[
            (":message-type", "error"),
            (":error-code", "Boom"),
            (":error-message", "it broke"),
        ],
        b"",
    );
    let mut huge = 0xffff_fff0_u32.to_be_bytes().to_vec();
    huge.resize(60, 0);
    check(&[
        (
            "whole",
            SELECT,
            ok([&*records, &event(&of("End"), b"")].concat()),
            0,
            "exit: 0",
        ),
        (
            "a wrong sum",
            SELECT,
            ok(&damaged),
            255,
            "Checksum mismatch",
        ),
        (
            "no events",
            SELECT,
            ok("this is no event stream at all, it is text"),
            255,
            "",
        ),
        ("larger than all", SELECT, ok(&huge), 255, ""),
        (
            "an error",
            SELECT,
            ok([&*records, &error].concat()),
            254,
            "An error occurred (Boom) when calling the SelectObjectContent operation: it broke",
        ),
        (
            "cut",
            SELECT,
            head("HTTP/1.1 200 OK\nContent-Length: 5000", &records),
            255,
            "more expected)', IncompleteRead(",
        ),
    ]);
}

/// Sends more and more of the same, until nobody reads it.
fn flood(stream: &mut TcpStream, start: &str, piece: &[u8]) {
    let _ = stream.write_all(start.as_bytes());
    while stream.write_all(piece).is_ok() {}
}

#[test]
fn answers_without_end_are_not_waited_for() {
    let header = b"X-A: ".iter().copied().chain([b'y'; 200]).chain(*b"\r\n");
    let header: Vec<u8> = header.collect();
    let cases: [(&str, &str, Vec<u8>); 4] = [
        ("headers", "HTTP/1.1 200 OK\r\n", header.repeat(300)),
        ("a header", "HTTP/1.1 200 OK\r\nX-A: ", vec![b'a'; 65536]),
        (
            "a chunk's size",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;",
            vec![b'a'; 65536],
        ),
        (
            "trailers",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n<\r\n0\r\n",
            header.repeat(300),
        ),
    ];
    for (name, start, piece) in cases {
        let server = Raw::new(move |stream| flood(stream, start, &piece));
        let outcome = server.run(TestPlace::new(), STS);
        assert!(outcome.starts_with("exit: 255\n"), "{name}: {outcome}");
        assert!(outcome.contains(CLOSED), "{name}: {outcome}");
    }
}

#[test]
fn servers_that_fall_silent() {
    let silent_after = |start: &'static str| {
        Raw::new(move |stream| {
            let _ = stream.write_all(start.as_bytes());
            // Until the client leaves.
            let _ = stream.read(&mut [0; 16]);
        })
    };
    for (start, line, url) in [
        ("", STS, "http://[ADDRESS]/"),
        ("HTTP/1.1 200 OK\r\nContent-", STS, "http://[ADDRESS]/"),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx",
            STS,
            "http://[ADDRESS]/",
        ),
        // botocore has forgotten the URL when it streams.
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx",
            OBJECT,
            "None",
        ),
    ] {
        let server = silent_after(start);
        let outcome = server.run(TestPlace::new(), &format!("{line} --cli-read-timeout 1"));
        let expected = format!(
            "exit: 255\n----- stdout\n----- stderr\n\naws: [ERROR]: Read timeout on endpoint URL: \"{url}\"\n"
        );
        assert_eq!(outcome, expected, "{start:?}");
    }
}

#[test]
fn a_body_is_sent_when_nobody_says_continue() {
    let server = Raw::new(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        let _ = stream.shutdown(Shutdown::Write);
    });
    let place = TestPlace::new().file("in.bin", vec![b'z'; 2_000_000]);
    let line = "s3api put-object --bucket bkt --key k --body in.bin";
    let outcome = server.run(place, line);
    assert!(outcome.starts_with("exit: 0\n"), "{outcome}");
}

#[test]
fn proxies_that_are_none() {
    let through = |response: &'static [u8], line: &str| {
        let proxy = Raw::answering(response);
        let place =
            TestPlace::new().variable("HTTPS_PROXY", &format!("http://u:secret@{}", proxy.address));
        let outcome = place.line(line).replace(&proxy.address, "[ADDRESS]");
        assert!(!outcome.contains("secret"), "{outcome}");
        outcome
    };
    let refused = "Failed to connect to proxy URL: \"http://***:***@[ADDRESS]\"";
    let closed = format!("{CLOSED}\"https://sts.us-west-2.amazonaws.com/\"");
    for (response, words) in [
        (
            &b"HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n"[..],
            refused,
        ),
        (b"HTTP/1.1 403 No\r\nContent-Length: 3\r\n\r\nno!", refused),
        (b"\0\x01garbage\r\n\r\n", &closed),
        (b"", &closed),
    ] {
        let outcome = through(response, STS);
        assert!(outcome.starts_with("exit: 255\n"), "{outcome}");
        assert!(outcome.contains(words), "{response:?}: {outcome}");
    }
    let silent = Raw::new(|stream| {
        let _ = stream.read(&mut [0; 16]);
    });
    let place = TestPlace::new().variable("HTTPS_PROXY", &format!("http://{}", silent.address));
    let outcome = place.line(&format!("{STS} --cli-connect-timeout 1"));
    let words = "Read timeout on endpoint URL: \"https://sts.us-west-2.amazonaws.com/\"";
    assert!(outcome.contains(words), "{outcome}");
}

#[test]
fn a_clock_that_is_off_is_corrected() {
    let date = "Thu, 01 Jan 2015 00:00:00 GMT";
    let server = awl_test::Server::start(move |_, request| {
        if request
            .header("x-amz-date")
            .unwrap()
            .starts_with("20150101T0000")
        {
            return awl_test::Answer::new(200, IDENTITY).header("Date", date);
        }
        let body = "<ErrorResponse><Error><Code>RequestExpired</Code><Message>m</Message></Error>\
                    </ErrorResponse>";
        awl_test::Answer::new(400, body).header("Date", date)
    });
    let place = TestPlace::new()
        .without("AWS_MAX_ATTEMPTS")
        .variable("AWS_ENDPOINT_URL", &server.endpoint());
    assert_eq!(place.line(STS), ANSWERED);
    assert_eq!(server.requests().len(), 2);
}
