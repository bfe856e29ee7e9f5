//! `awl curl`: what it sends, beside curl itself, and what it does with what
//! comes back.

use std::process::Command;

use awl_test::{Answer, Moto, Request, Server};

use crate::support::TestPlace;

/// Runs a line whose `URL` is the server's.
fn on(server: &Server, place: &TestPlace, words: &[&str]) -> String {
    let words: Vec<String> = words
        .iter()
        .map(|word| word.replace("URL", &server.endpoint()))
        .collect();
    let mut all = vec!["curl", "--service", "execute-api"];
    all.extend(words.iter().map(String::as_str));
    place.run(&all)
}

fn exit(outcome: &str) -> u32 {
    let line = outcome.lines().next().unwrap();
    line.strip_prefix("exit: ").unwrap().parse().unwrap()
}

fn stdout(outcome: &str) -> &str {
    let (_, rest) = outcome.split_once("----- stdout\n").unwrap();
    rest.split_once("----- stderr\n").unwrap().0
}

/// A request as curl and awl should have sent it both, without what differs by
/// nature.
fn essence(request: &Request) -> String {
    let mut headers: Vec<String> = request
        .headers
        .iter()
        .filter(|(name, _)| {
            let name = name.to_ascii_lowercase();
            !matches!(
                &*name,
                "authorization"
                    | "expect"
                    | "host"
                    | "user-agent"
                    | "x-amz-content-sha256"
                    | "x-amz-date"
            )
        })
        .map(|(name, value)| {
            let value = match value.split_once("boundary=") {
                Some((before, _)) => format!("{before}boundary="),
                None => value.clone(),
            };
            format!("{}: {value}", name.to_ascii_lowercase())
        })
        .collect();
    headers.sort_unstable();
    let mut body = String::from_utf8_lossy(&request.body).into_owned();
    if let Some(boundary) = request
        .header("content-type")
        .and_then(|kind| kind.split_once("boundary="))
    {
        body = body.replace(boundary.1, "[BOUNDARY]");
        // The boundaries differ in length.
        headers.retain(|line| !line.starts_with("content-length:"));
    }
    format!(
        "{} {}\n{}\n\n{body}",
        request.method,
        request.target,
        headers.join("\n")
    )
}

#[test]
fn requests_are_those_of_curl() {
    let server = Server::start(|_, _| Answer::new(200, "ok"));
    let place = TestPlace::new()
        .file("lines.txt", "one\r\ntwo\n")
        .file("body.bin", [0, 1, 2, 255])
        .file("headers.txt", "X-One: 1\nX-Two: 2\n")
        .input("from standard input\n");
    for line in [
        "URL/a/b?c=d",
        "URL/a%20b/../c?x=%2F&y",
        "-d a=1 -d b=2 URL/",
        "-d @lines.txt URL/",
        "--data-binary @lines.txt URL/",
        "--data-binary @body.bin URL/",
        "--data-raw @lines.txt URL/",
        "-d @- URL/",
        "--data-urlencode a=b&c/ä --data-urlencode =x~y --data-urlencode f@lines.txt URL/",
        "-G -d a=1 --data-urlencode b=ä URL/?c=d",
        "-XPOST URL/x",
        "-X DELETE URL/x",
        "-sS -X PUT -d x URL/x",
        "-I URL/",
        "-T body.bin URL/up/",
        "-T body.bin URL/up/name",
        "--json {\"a\":1} URL/",
        "--json {\"a\": --json 1} URL/",
        "-F a=b -F f=@body.bin -F g=@lines.txt;type=a/b;filename=n -F t=<lines.txt URL/",
        "--form-string a=@b URL/",
        "-H X-Own:v -H Accept: -H X-Empty; URL/",
        "-H @headers.txt -H Content-Type:a/b -d x URL/",
        "-e http://from -r 0-3 -A agent URL/",
        "--compressed URL/",
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        let before = server.requests().len();
        let outcome = on(&server, &place, &words);
        assert_eq!(exit(&outcome), 0, "{line}: {outcome}");
        let ours = server.requests()[before].clone();
        let mut curl = Command::new("curl");
        curl.args(["-sS", "--aws-sigv4", "aws:amz:us-west-2:execute-api"])
            .args(["--user", "AKIDEXAMPLE:secret"])
            .args(
                words
                    .iter()
                    .map(|word| word.replace("URL", &server.endpoint())),
            )
            .current_dir(place.folder())
            .env_clear()
            .stdin(std::process::Stdio::piped());
        let mut child = curl.stdout(std::process::Stdio::null()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let _ = std::io::Write::write_all(&mut input, b"from standard input\n");
        drop(input);
        assert!(child.wait().unwrap().success(), "{line}");
        let theirs = server.requests()[before + 1].clone();
        if line.contains("/../") {
            // curl resolves dots unless it is told otherwise.
            assert_eq!(ours.target, "/a%20b/../c?x=%2F&y");
            continue;
        }
        // What curl unpacks, and how it writes digits into the URL.
        let as_ours = |text: String| {
            text.replace("deflate, gzip, br, zstd", "deflate, gzip")
                .replace("b=%c3%a4", "b=%C3%A4")
        };
        // curl leaves it to the server what a POST without a length is.
        let ours_without = essence(&ours).replace("\ncontent-length: 0", "");
        assert_eq!(ours_without, as_ours(essence(&theirs)), "{line}");
        assert!(
            ours.header("authorization")
                .unwrap()
                .contains("/us-west-2/execute-api/")
        );
    }
}

#[test]
fn answers_go_where_they_are_wanted() {
    let server = Server::start(|_, request| match &*request.target {
        "/missing" => Answer::new(404, "not here"),
        "/gzip" => Answer::new(200, [0x1f, 0x8b, 8]).header("Content-Encoding", "gzip"),
        _ => Answer::new(200, "body").header("X-A", "b"),
    });
    let place = TestPlace::new();
    let run = |line: &str| on(&server, &place, &line.split(' ').collect::<Vec<_>>());
    let read = |name: &str| std::fs::read_to_string(place.folder().join(name)).unwrap();
    assert_eq!(stdout(&run("URL/")), "body");
    assert_eq!(stdout(&run("-o- URL/")), "body");
    assert_eq!(run("-o file URL/"), "exit: 0\n----- stdout\n----- stderr\n");
    assert_eq!(read("file"), "body");
    assert_eq!(stdout(&run("-sO URL/named")), "");
    assert_eq!(read("named"), "body");
    let head = stdout(&run("-i URL/")).to_owned();
    assert!(
        head.starts_with("HTTP/1.1 200 Answer\r\nx-a: b\r\n"),
        "{head}"
    );
    assert!(head.ends_with("\r\n\r\nbody"), "{head}");
    assert!(!stdout(&run("-I URL/")).contains("body"));
    run("-D heads URL/");
    assert!(read("heads").contains("x-a: b\r\n"));
    let out = run(
        "-s -o /dev/null -w %{http_code}|%{size_download}|%{content_type}|%header{x-a}\\n URL/",
    );
    assert_eq!(stdout(&out), "200|4||b\n");
    // Errors of a service are no errors of curl's.
    assert_eq!(stdout(&run("URL/missing")), "not here");
    let failed = run("-f URL/missing");
    assert_eq!(
        failed,
        "exit: 22\n----- stdout\n----- stderr\n\naws: [ERROR]: curl: (22) The requested URL returned error: 404\n"
    );
    assert_eq!(
        run("-sf URL/missing"),
        "exit: 22\n----- stdout\n----- stderr\n"
    );
    assert_eq!(exit(&run("-sSf URL/missing")), 22);
    let with_body = run("--fail-with-body -s URL/missing");
    assert_eq!((exit(&with_body), stdout(&with_body)), (22, "not here"));
    assert_eq!(exit(&run("--compressed URL/gzip")), 61);
    assert_eq!(stdout(&run("-f -w %{exitcode} URL/missing")), "22");
}

#[test]
fn failures_have_the_numbers_of_curl() {
    let place = TestPlace::new();
    let free = || {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let slow = Server::start(|_, _| Answer::new(200, "").after(std::time::Duration::from_secs(2)));
    let silent = Server::start(|_, _| Answer::hang_up());
    let slow = slow.endpoint();
    let check = |line: &str, code: u32, words: &str| {
        let line = format!("curl --service s --region r {line}");
        let outcome = place.line(&line);
        assert_eq!(exit(&outcome), code, "{line}: {outcome}");
        assert!(outcome.contains(words), "{line}: {outcome}");
    };
    check("http://nowhere.invalid/", 6, "curl: (6) Could not connect");
    check(
        &format!("http://127.0.0.1:{}/", free()),
        7,
        "curl: (7) Could not connect",
    );
    check(
        &format!("-x http://127.0.0.1:{} http://h/", free()),
        7,
        "proxy",
    );
    check("-x http://nowhere.invalid http://h/", 5, "proxy");
    check(
        &format!("-m 0.3 {slow}"),
        28,
        "Operation timed out after 0.3 seconds",
    );
    check(&silent.endpoint(), 52, "curl: (52) Connection was closed");
    check(
        &slow.replace("http:", "https:"),
        35,
        "SSL validation failed",
    );
    check("-o /nonexistent/file http://127.0.0.1:1/", 7, "");
    check("-d @nothing http://h/", 252, "No such file or directory");
    check("-u a:b http://h/", 252, "--user is of no use here");
    let outcome = place.line("curl --service s");
    assert!(outcome.contains("curl: no URL was given"), "{outcome}");
    check("--nope http://h/", 252, "the option --nope is unknown");
    check("http://h/ http://i/", 252, "Unknown options: http://i/");
    check("-d a -F b=c http://h/", 252, "only one of");
    check("--max-time soon http://h/", 252, "--max-time takes seconds");
    check("ftp://h/", 252, "neither https nor http");
    let outcome = TestPlace::new()
        .without("AWS_ACCESS_KEY_ID")
        .line("curl https://sqs.us-east-1.amazonaws.com/");
    assert_eq!(exit(&outcome), 253, "{outcome}");
    let outcome = place.line("curl https://example.com/");
    assert_eq!(exit(&outcome), 252, "{outcome}");
}

#[test]
fn what_may_pass_is_tried_again() {
    let server = Server::start(|number, request| match (&*request.target, number) {
        ("/always", _) => Answer::new(503, "busy"),
        (_, 0) => Answer::new(503, "busy").header("Retry-After", "0"),
        _ => Answer::new(200, "body"),
    });
    let place = TestPlace::new();
    let run = |line: &str| on(&server, &place, &line.split(' ').collect::<Vec<_>>());
    let out = run("-sS --retry 2 -o out -w %{num_retries} URL/once");
    assert_eq!(stdout(&out), "1");
    assert_eq!(std::fs::read(place.folder().join("out")).unwrap(), b"body");
    let out = run("-sS -f --retry 2 --retry-delay 0.01 URL/always");
    assert_eq!(exit(&out), 22);
    assert_eq!(server.requests().len(), 5);
}

/// Two servers: the first redirects to where the path says.
fn redirecting() -> (Server, Server) {
    let other = Server::start(|_, _| Answer::new(200, "other"));
    let address = other.endpoint();
    let first = Server::start(move |_, request| {
        let (status, target) = match &*request.target {
            "/away" => (302, format!("{address}/there")),
            "/keep" => (307, "/end".to_owned()),
            "/see" => (303, "end?a=b".to_owned()),
            "/loop" => (302, "/loop".to_owned()),
            _ => return Answer::new(200, "end"),
        };
        Answer::new(status, "moved").header("Location", &target)
    });
    (first, other)
}

#[test]
fn redirects_take_no_secrets_along() {
    let (first, other) = redirecting();
    let place = TestPlace::new().variable("AWS_SESSION_TOKEN", "tokentoken");
    let run = |line: &str| on(&first, &place, &line.split(' ').collect::<Vec<_>>());
    assert_eq!(stdout(&run("URL/away")), "moved");
    assert_eq!(
        stdout(&run(
            "-L -d x -H Cookie:c -H X-Amz-Own:o -H X-Own:p URL/away"
        )),
        "other"
    );
    let sent = other.requests();
    assert_eq!(sent.len(), 1);
    assert_eq!(
        (&*sent[0].method, &*sent[0].target, sent[0].body.len()),
        ("GET", "/there", 0)
    );
    for name in [
        "authorization",
        "x-amz-security-token",
        "x-amz-date",
        "cookie",
        "x-amz-own",
    ] {
        assert_eq!(sent[0].header(name), None, "{name}");
    }
    assert_eq!(sent[0].header("x-own"), Some("p"));
    assert!(!sent[0].target.contains("token"));

    let before = first.requests().len();
    assert_eq!(stdout(&run("-L -d x URL/keep")), "end");
    let sent = &first.requests()[before..];
    assert_eq!(sent[1].method, "POST");
    assert_eq!(sent[1].body, b"x");
    let signature = |request: &Request| request.header("authorization").unwrap().to_owned();
    assert_ne!(signature(&sent[0]), signature(&sent[1]));
    assert!(sent[1].header("x-amz-security-token").is_some());

    let out = run("-sL -d x -w |%{num_redirects}|%{method} URL/see");
    assert_eq!(stdout(&out), "end|1|GET");
    let looped = run("-L --max-redirs 3 URL/loop");
    assert_eq!(exit(&looped), 47);
    assert!(
        looped.contains("Maximum (3) redirects followed"),
        "{looped}"
    );
}

#[test]
fn what_is_shown_has_no_secrets() {
    let server = Server::start(|_, _| Answer::new(200, "body").header("X-A", "b"));
    let place = TestPlace::new().variable("AWS_SESSION_TOKEN", "tokentoken");
    for line in ["-v URL/", "-v --presign URL/?a=b", "-v --sigv4a URL/"] {
        let outcome = on(&server, &place, &line.split(' ').collect::<Vec<_>>());
        assert_eq!(exit(&outcome), 0, "{outcome}");
        assert!(!outcome.contains("tokentoken"), "{outcome}");
        assert!(outcome.contains("> GET /"), "{outcome}");
        assert!(
            outcome.contains("< HTTP/1.1 200 Answer\n< x-a: b\n"),
            "{outcome}"
        );
        let request = server.requests().pop().unwrap();
        let signature = match request.header("authorization") {
            Some(value) => value.split_once("Signature=").unwrap().1.to_owned(),
            None => {
                let target = &request.target;
                target.split_once("X-Amz-Signature=").unwrap().1.to_owned()
            }
        };
        assert!(!outcome.contains(&signature), "{outcome}");
        assert!(
            request.header("x-amz-security-token").is_some()
                || request.target.contains("tokentoken")
        );
    }
}

#[test]
fn moto_takes_the_requests() {
    let moto = Moto::start();
    let endpoint = moto.endpoint();
    let place = TestPlace::new().file("big.bin", vec![7; 9 * 1024 * 1024]);
    let run = |words: &[&str]| {
        let words: Vec<String> = words
            .iter()
            .map(|word| word.replace("URL", &endpoint))
            .collect();
        let mut all = vec!["curl", "--region", "us-east-1"];
        all.extend(words.iter().map(String::as_str));
        let outcome = place.run(&all);
        assert_eq!(exit(&outcome), 0, "{outcome}");
        outcome
    };
    let identity = run(&[
        "--service",
        "sts",
        "URL/?Action=GetCallerIdentity&Version=2011-06-15",
    ]);
    assert!(
        identity.contains("<Account>123456789012</Account>"),
        "{identity}"
    );
    let tables = run(&[
        "--service",
        "dynamodb",
        "--json",
        "{}",
        "-H",
        "Content-Type: application/x-amz-json-1.0",
        "-H",
        "X-Amz-Target: DynamoDB_20120810.ListTables",
        "URL",
    ]);
    assert_eq!(stdout(&tables), r#"{"TableNames": []}"#);
    run(&["--service", "s3", "-f", "-X", "PUT", "URL/bkt"]);
    run(&["--service", "s3", "-f", "-T", "big.bin", "URL/bkt/"]);
    run(&["--service", "s3", "-f", "-o", "back.bin", "URL/bkt/big.bin"]);
    let read = |name: &str| std::fs::read(place.folder().join(name)).unwrap();
    assert!(read("big.bin") == read("back.bin"));
    let out = run(&[
        "--service",
        "s3",
        "--presign",
        "-f",
        "-r",
        "0-1",
        "-w",
        "%{http_code}",
        "URL/bkt/big.bin",
    ]);
    assert_eq!(stdout(&out), "\u{7}\u{7}206");
}
