//! `awl sign`: AWS's suite through the command line, botocore beside it, and
//! what is odd or wrong.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use awl_value::{Map, Value, json};
use insta::assert_snapshot;

use crate::support::TestPlace;

/// Cases of the suite that want one encoding of a path that is encoded once
/// already, and others that want two; nothing in a case says which.
const ENCODED_ONCE: &[&str] = &["get-space-normalized"];

/// Keys of the AWS suite, and nothing else.
fn place() -> TestPlace {
    TestPlace::new().program("awl").without("AWS_REGION")
}

/// What a command prints; it succeeds.
fn printed(place: &TestPlace, words: &[&str]) -> String {
    let output = place.start(words).wait_with_output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

/// A request of the suite: method, target, header lines, body.
fn read_request(text: &str) -> (String, String, Vec<String>, String) {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let (method, rest) = lines.next().unwrap().split_once(' ').unwrap();
    let (target, _) = rest.rsplit_once(' ').unwrap();
    let mut headers: Vec<String> = Vec::new();
    for line in lines {
        match headers.last_mut() {
            Some(last) if line.starts_with(' ') => last.push_str(&format!("\n{line}")),
            _ => headers.push(line.to_owned()),
        }
    }
    (
        method.to_owned(),
        target.to_owned(),
        headers,
        body.to_owned(),
    )
}

/// A case of the suite as words of a command line, and where to run it.
fn case(folder: &Path, asymmetric: bool) -> Option<(TestPlace, Vec<String>)> {
    let context = folder.join("context.json");
    if !context.exists() {
        return None;
    }
    let context = awl_test::read_json(&context);
    let text = |name: &str| context.get(name).and_then(Value::as_str).unwrap();
    let is = |name: &str| context.get(name).and_then(Value::as_bool) == Some(true);
    let request = std::fs::read_to_string(folder.join("request.txt")).unwrap();
    let (method, target, headers, body) = read_request(&request.replace('\r', ""));
    let host = headers.iter().find_map(|line| line.strip_prefix("Host:"));
    let mut words = vec![
        "sign".to_owned(),
        "--method".to_owned(),
        method,
        "--url".to_owned(),
        format!("https://{}{target}", host.unwrap().trim()),
    ];
    for (option, value) in [
        ("--service", text("service").to_owned()),
        ("--region", text("region").to_owned()),
        ("--date", text("timestamp").to_owned()),
    ] {
        words.extend([option.to_owned(), value]);
    }
    for header in headers {
        words.extend(["-H".to_owned(), header]);
    }
    if !body.is_empty() {
        words.extend(["--body".to_owned(), body]);
    }
    let name = folder.file_name().unwrap().to_str().unwrap();
    for (flag, given) in [
        ("--sigv4a", asymmetric),
        ("--no-normalize-path", !is("normalize")),
        ("--no-session-token", is("omit_session_token")),
        ("--sign-body", is("sign_body")),
        ("--no-double-encode", ENCODED_ONCE.contains(&name)),
    ] {
        if given {
            words.push(flag.to_owned());
        }
    }
    let keys = context.get("credentials").unwrap();
    let key = |name: &str| keys.get(name).and_then(Value::as_str);
    let mut place = place()
        .variable("AWS_ACCESS_KEY_ID", key("access_key_id").unwrap())
        .variable("AWS_SECRET_ACCESS_KEY", key("secret_access_key").unwrap());
    if let Some(token) = key("token") {
        place = place.variable("AWS_SESSION_TOKEN", token);
    }
    Some((place, words))
}

#[test]
fn the_suite_comes_out_as_published() {
    let root = awl_test::package_folder("aws-sigv4").join("aws-signing-test-suite");
    let (mut checked, mut failures) = (0, Vec::new());
    for version in ["v4", "v4a"] {
        let folders = std::fs::read_dir(root.join(version)).unwrap();
        for folder in folders.map(|entry| entry.unwrap().path()) {
            let Some((place, words)) = case(&folder, version == "v4a") else {
                continue;
            };
            for (form, extra) in [
                ("header", &[][..]),
                ("query", &["--presign", "--expires", "3600"][..]),
            ] {
                let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
                words.extend(extra);
                for show in ["canonical-request", "string-to-sign", "signature"] {
                    if show == "signature" && version == "v4a" {
                        continue;
                    }
                    let file = folder.join(format!("{form}-{show}.txt"));
                    let expected = std::fs::read_to_string(file).unwrap().replace('\r', "");
                    let words: Vec<&str> = words.iter().copied().chain(["--show", show]).collect();
                    let actual = printed(&place, &words);
                    checked += 1;
                    if actual.strip_suffix('\n') != Some(expected.trim_end_matches('\n')) {
                        let name = folder.display();
                        failures.push(format!("{name} {form} {show}\n{actual}\n{expected}"));
                    }
                }
                let is_plain = !words.iter().any(|word| word.starts_with("--no-"));
                if is_plain && !words[4].contains(' ') && words[4].is_ascii() {
                    checked += 1;
                    let said = verified(&place, &words);
                    if !said.starts_with("exit: 0\n") {
                        failures.push(format!("{}: {said}", folder.display()));
                    }
                }
            }
        }
    }
    println!("{checked} texts of the suite are right");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(checked > 450, "{checked}");
}

/// What `verify` says of what `sign` makes with these words.
fn verified(place: &TestPlace, words: &[&str]) -> String {
    let signed = printed(place, words);
    let check = ["verify", "--date", "20150830T123600Z"];
    if !words.contains(&"--presign") {
        return place.input_of(&signed).run(&check);
    }
    // The URL, and what has to be sent with it.
    let mut given = vec!["--method", words[2], "--url", signed.trim_end()];
    for pair in words.windows(2) {
        if matches!(pair[0], "-H" | "--body") {
            given.extend(pair);
        }
    }
    place.run(&[&check[..], &given].concat())
}

/// Requests that nobody chose: enough to meet every rule.
pub(crate) fn random_requests() -> Vec<Map> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let pieces = [
        "a", "B9", "%20", "~", "-._", "%C3%A9", "x=y", "%2F", "..", ".",
    ];
    (0..60)
        .map(|number| {
            let mut text = |most: usize| {
                let count = next(most + 1);
                (0..count).map(|_| pieces[next(8)]).collect::<String>()
            };
            let query: Vec<String> = (0..number % 4)
                .map(|index| format!("k{index}{}={}", text(1), text(3)))
                .collect();
            let query = query.join("&").replace("x=y", "z");
            let segments: Vec<String> = (0..number % 5).map(|_| text(4)).collect();
            let mut path = segments.join("/");
            if number % 7 == 0 {
                path.push_str(&format!("/{}/./b//", pieces[next(10)]));
            }
            let service = ["s3", "execute-api", "service"][next(3)];
            let mut request = Map::new();
            let method = ["GET", "PUT", "POST", "DELETE"][next(4)];
            request.push("method", Value::from(method));
            let mark = if query.is_empty() { "" } else { "?" };
            request.push(
                "url",
                Value::from(format!("https://example.com/{path}{mark}{query}")),
            );
            let headers: Vec<Value> = (0..number % 3)
                .map(|index| {
                    let value = ["a  b", " c", "\"d\"", "1,2"][next(4)];
                    let pair = [format!("X-Head-{index}"), value.to_owned()];
                    Value::List(pair.into_iter().map(Value::from).collect())
                })
                .collect();
            request.push("headers", Value::List(headers));
            // botocore takes the body of a URL for parameters.
            let is_url = number % 2 == 1;
            let has_body = method != "GET" && !is_url;
            let body = if has_body { "some=body\né" } else { "" };
            request.push("body", Value::from(body));
            request.push("service", Value::from(service));
            request.push("region", Value::from("eu-west-1"));
            request.push("date", Value::from("20150830T123600Z"));
            let token = ["", "to/ken=="][next(2)];
            let token = Some(token).filter(|token| !token.is_empty());
            request.push("token", token.map_or(Value::Null, Value::from));
            request.push("expires", Value::Int(if is_url { 300 } else { 0 }));
            request
        })
        .collect()
}

/// What botocore makes of requests: the URL and the headers of each.
pub(crate) fn by_botocore(requests: &[Map]) -> Vec<(String, Vec<(String, String)>)> {
    let jobs = Value::List(requests.iter().cloned().map(Value::Map).collect());
    let mut python = std::process::Command::new(awl_test::peers().join("python"))
        .args(["-X", "utf8", "-c", include_str!("botocore_signs.py")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = python.stdin.take().unwrap();
    input.write_all(json::to_string(&jobs).as_bytes()).unwrap();
    drop(input);
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    let answers = json::parse(&String::from_utf8(output.stdout).unwrap()).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    answers
        .as_list()
        .unwrap()
        .iter()
        .map(|answer| {
            let headers = answer.get("headers").and_then(Value::as_list).unwrap();
            let headers = headers.iter().map(|pair| {
                let pair = pair.as_list().unwrap();
                (text(&pair[0]), text(&pair[1]))
            });
            (text(answer.get("url").unwrap()), headers.collect())
        })
        .collect()
}

/// The place of a request's keys and the options that make it.
fn of_request(request: &Map) -> (TestPlace, Vec<String>) {
    let text = |name: &str| request.get(name).and_then(Value::as_str).map(str::to_owned);
    let mut place = place();
    if let Some(token) = text("token") {
        place = place.variable("AWS_SESSION_TOKEN", &token);
    }
    let mut words = vec!["sign".to_owned()];
    for name in ["method", "url", "service", "region", "date"] {
        words.extend([format!("--{name}"), text(name).unwrap()]);
    }
    for pair in request.get("headers").and_then(Value::as_list).unwrap() {
        let pair = pair.as_list().unwrap();
        let part = |index: usize| pair[index].as_str().unwrap();
        words.extend(["-H".to_owned(), format!("{}: {}", part(0), part(1))]);
    }
    let body = text("body").unwrap();
    if !body.is_empty() {
        words.extend(["--body".to_owned(), body]);
    }
    if let Some(expires) = request.get("expires").and_then(Value::as_int)
        && expires > 0
    {
        words.extend(["--presign", "--expires"].map(str::to_owned));
        words.push(expires.to_string());
    }
    (place, words)
}

#[test]
fn botocore_signs_the_same() {
    let requests = random_requests();
    let mut failures = Vec::new();
    for (request, (url, headers)) in requests.iter().zip(by_botocore(&requests)) {
        let (place, mut words) = of_request(request);
        words.extend(["--show".to_owned(), "signature".to_owned()]);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let signature = printed(&place, &words);
        let authorization = headers.iter().find(|(name, _)| name == "Authorization");
        let theirs = authorization.map_or(url.as_str(), |(_, value)| value);
        if !theirs.ends_with(signature.trim_end()) {
            let canonical: Vec<&str> = words[..words.len() - 1]
                .iter()
                .copied()
                .chain(["canonical-request"])
                .collect();
            failures.push(format!("{theirs}\n{}", printed(&place, &canonical)));
        }
    }
    assert!(failures.is_empty(), "{}: {}", failures.len(), failures[0]);
}

#[test]
fn a_request_is_shown() {
    let line = "sign --url https://sqs.eu-west-1.amazonaws.com/?Action=ListQueues --date \
                20150830T123600Z";
    assert_snapshot!(place().line(line), @r#"
    exit: 0
    ----- stdout
    GET /?Action=ListQueues HTTP/1.1
    Host: sqs.eu-west-1.amazonaws.com
    X-Amz-Date: 20150830T123600Z
    Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/eu-west-1/sqs/aws4_request, SignedHeaders=host;x-amz-date, Signature=0a45e887375bcb8601179903a3ab10f696d9c42fc1648e9fd0744481c74cbce7

    ----- stderr
    "#);
    assert_snapshot!(place().line(&format!("{line} -d a=b --show curl")), @r#"
    exit: 0
    ----- stdout
    curl -X POST \
      -H 'X-Amz-Date: 20150830T123600Z' \
      -H 'Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/eu-west-1/sqs/aws4_request, SignedHeaders=host;x-amz-date, Signature=50880f5785054b348c6bf8362a8a1dc65e23bc71f65c4890dcabc9479e754d70' \
      -H 'Content-Type:' \
      --data-binary 'a=b' \
      'https://sqs.eu-west-1.amazonaws.com/?Action=ListQueues'
    ----- stderr
    "#);
    assert_snapshot!(place().line(&format!("{line} --presign --expires 60")), @r#"
    exit: 0
    ----- stdout
    https://sqs.eu-west-1.amazonaws.com/?Action=ListQueues&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Feu-west-1%2Fsqs%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-SignedHeaders=host&X-Amz-Expires=60&X-Amz-Signature=6ba715c48845f9c6c1c681df0caea6a6f0559e96060010bdedd9f3bb858fc332
    ----- stderr
    "#);
    assert_snapshot!(place().line(&format!("{line} --show authorization")), @r#"
    exit: 0
    ----- stdout
    AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/eu-west-1/sqs/aws4_request, SignedHeaders=host;x-amz-date, Signature=0a45e887375bcb8601179903a3ab10f696d9c42fc1648e9fd0744481c74cbce7
    ----- stderr
    "#);
}

#[test]
fn what_services_want_is_done() {
    let line = |line: &str| {
        let words = format!("sign --date 20150830T123600Z --show canonical-request {line}");
        place().line(&words)
    };
    // S3: the path as it is sent, the hash in a header.
    assert_snapshot!(line("--url https://b.s3.eu-west-1.amazonaws.com/a//../b%20c"), @r#"
    exit: 0
    ----- stdout
    GET
    /a//../b%20c

    host:b.s3.eu-west-1.amazonaws.com
    x-amz-content-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
    x-amz-date:20150830T123600Z

    host;x-amz-content-sha256;x-amz-date
    e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
    ----- stderr
    "#);
    // Others: normalised, and encoded twice where the service is known.
    assert_snapshot!(line("--url https://x.execute-api.eu-west-1.amazonaws.com/a//../b%20ü"), @r#"
    exit: 0
    ----- stdout
    GET
    /b%2520%25C3%25BC

    host:x.execute-api.eu-west-1.amazonaws.com
    x-amz-date:20150830T123600Z

    host;x-amz-date
    e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
    ----- stderr
    "#);
    assert_snapshot!(line("--url https://m.accesspoint.s3-global.amazonaws.com/k"), @r#"
    exit: 0
    ----- stdout
    GET
    /k

    host:m.accesspoint.s3-global.amazonaws.com
    x-amz-content-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
    x-amz-date:20150830T123600Z
    x-amz-region-set:*

    host;x-amz-content-sha256;x-amz-date;x-amz-region-set
    e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
    ----- stderr
    "#);
    assert_snapshot!(line("--url https://sqs.eu-west-1.amazonaws.com --unsigned-payload"), @r#"
    exit: 0
    ----- stdout
    GET
    /

    host:sqs.eu-west-1.amazonaws.com
    x-amz-content-sha256:UNSIGNED-PAYLOAD
    x-amz-date:20150830T123600Z

    host;x-amz-content-sha256;x-amz-date
    UNSIGNED-PAYLOAD
    ----- stderr
    "#);
    // A host of somebody's own, with port.
    assert_snapshot!(line("--url http://[::1]:8443?b&a=2&a=1 --service x --region r"), @r#"
    exit: 0
    ----- stdout
    GET
    /
    a=1&a=2&b=
    host:[::1]:8443
    x-amz-date:20150830T123600Z

    host;x-amz-date
    e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
    ----- stderr
    "#);
}

#[test]
fn headers_are_taken_as_they_are_given() {
    let place = place();
    let base = [
        "sign",
        "--url",
        "https://sqs.eu-west-1.amazonaws.com",
        "--date",
        "20150830T123600Z",
    ];
    let run = |words: &[&str]| place.run(&[&base, words].concat());
    let canonical = run(&[
        "-HX-A:b",
        "--header",
        "X-A: c\r\n d",
        "-H",
        "User-Agent: me",
        "-H",
        "Authorization: old",
        "--show",
        "canonical-request",
    ]);
    assert_snapshot!(canonical, @r#"
    exit: 0
    ----- stdout
    GET
    /

    host:sqs.eu-west-1.amazonaws.com
    user-agent:me
    x-a:b,c d
    x-amz-date:20150830T123600Z

    host;user-agent;x-a;x-amz-date
    e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
    ----- stderr
    "#);
    // A line break makes no header.
    let request = run(&["-H", "X-A: b\r\nHost: evil"]);
    assert!(request.contains("\nX-A: b Host: evil\n"), "{request}");
    let body = place.run(&[&base[..], &["--body", "fileb://body"]].concat());
    assert!(body.contains("exit: 252"), "{body}");
}

#[test]
fn what_is_wrong_is_said() {
    let place = place();
    let run = |line: &str| place.line(&format!("sign {line}"));
    let sqs = "--url https://sqs.eu-west-1.amazonaws.com";
    for (line, code, message) in [
        ("", 252, "the following arguments are required: --url"),
        (
            "--url example.com",
            252,
            "it has no scheme, such as https://",
        ),
        ("--url https://", 252, "it has no host"),
        (
            "--url https://h:x",
            252,
            "its port is no number below 65536",
        ),
        ("--url https://example.com", 252, "--service names it"),
        (
            "--url https://example.com --service x",
            253,
            "--region names it",
        ),
        (
            "--url https://example.com --service a/b --region r",
            252,
            "Invalid value for --service: 'a/b'",
        ),
    ] {
        let output = run(line);
        assert!(output.starts_with(&format!("exit: {code}\n")), "{output}");
        assert!(output.contains(message), "{output}");
    }
    for (line, message) in [
        (
            "-H x",
            "Invalid header 'x': it is not of the form 'Name: value'",
        ),
        ("-H", "argument --header: expected one argument"),
        ("-X G,T", "Invalid request method"),
        ("--date now", "Invalid date 'now'"),
        ("--expires 5", "--presign makes one"),
        ("--presign --expires 604801", "1 to 604800 seconds"),
        ("--body-file /nope", "No such file or directory: '/nope'"),
        ("--body a --body-file b", "cannot be given both"),
        ("--show all", "Found invalid choice 'all'"),
    ] {
        let output = run(&format!("{sqs} {line}"));
        assert!(output.starts_with("exit: 252\n"), "{output}");
        assert!(output.contains(message), "{output}");
    }
    let place = TestPlace::new().without("AWS_ACCESS_KEY_ID");
    let output = place.line(&format!("sign {sqs}"));
    assert!(output.starts_with("exit: 253\n"), "{output}");
    assert!(output.contains("Unable to locate credentials"), "{output}");
}
