//! The console of the sandbox: who is answered and told what, and the page itself
//! in a real browser.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use awl_test::Browser;
use awl_value::{Value, json};

use super::sandbox_support::{Running, text};

/// A name that would be a script if it became markup.
const HOSTILE: &str = "<img src=x onerror=window.hit=1><script>window.hit=1</script>";

/// A request's line and headers, and the status of its answer.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], u16);

/// An answer to a request that is made by hand.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (own, value) = line.split_once(": ")?;
            own.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

fn send(sandbox: &Running, line: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut stream = TcpStream::connect(("127.0.0.1", sandbox.port())).unwrap();
    let mut request = format!("{line} HTTP/1.1\r\nConnection: close\r\n");
    if !headers.iter().any(|(name, _)| *name == "Host") {
        request += &format!("Host: 127.0.0.1:{}\r\n", sandbox.port());
    }
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    request += &format!("Content-Length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

/// The address that a command prints.
fn address(sandbox: &Running, line: &str) -> String {
    let printed = sandbox.place.line(line);
    let address = printed.lines().find_map(|line| {
        let begin = line.find("http://")?;
        Some(line[begin..].trim().to_owned())
    });
    address.unwrap_or_else(|| panic!("{printed}"))
}

fn token(address: &str) -> String {
    address.split_once("#token=").unwrap().1.to_owned()
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

#[test]
fn only_the_page_itself_is_answered_and_only_with_the_token() {
    let sandbox = Running::start();
    let full = token(&address(&sandbox, "sandbox console"));
    let reading = token(&address(&sandbox, "sandbox console --read-only"));
    let read = |line: &str, headers: &[(&str, &str)]| send(&sandbox, line, headers, "");
    let page = read("GET /_awl/console", &[("Sec-Fetch-Site", "none")]);
    assert_eq!(page.status, 200);
    let policy = page.header("Content-Security-Policy").unwrap();
    for rule in [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("X-Frame-Options"), Some("DENY"));
    assert_eq!(page.header("Referrer-Policy"), Some("no-referrer"));
    // Whoever has no token is told nothing of the account.
    assert!(!page.body.contains("123456789012"));
    let state = "GET /_awl/console/data/state";
    let own = format!("http://127.0.0.1:{}", sandbox.port());
    let other = format!("http://127.0.0.1:{}", sandbox.port().wrapping_add(1));
    let authorized = bearer(&full);
    let token = ("Authorization", &*authorized);
    let cases: &[Case<'_>] = &[
        (state, &[], 401),
        (state, &[("Authorization", "Bearer x")], 401),
        (state, &[("Authorization", &authorized[7..])], 401),
        (state, &[token], 200),
        (state, &[token, ("Sec-Fetch-Site", "same-origin")], 200),
        (state, &[token, ("Origin", &own)], 200),
        // Pages of others, be they on this machine.
        (state, &[token, ("Origin", &other)], 403),
        (state, &[token, ("Origin", "null")], 403),
        (state, &[token, ("Origin", "http://evil.example")], 403),
        (state, &[token, ("Sec-Fetch-Site", "same-site")], 403),
        (state, &[token, ("Sec-Fetch-Site", "cross-site")], 403),
        (
            "GET /_awl/console",
            &[("Sec-Fetch-Site", "cross-site")],
            403,
        ),
        ("GET /_awl/console", &[("Host", "evil.example")], 403),
        ("GET /_awl/console", &[("Host", "evil.example:4566")], 403),
        (
            "OPTIONS /_awl/console/data/state",
            &[("Origin", "http://evil.example")],
            403,
        ),
        ("GET /_awl/console/nothing", &[], 404),
        ("GET /_awl/console/../control/ping", &[token], 404),
        ("GET /_awl/consoles", &[token], 404),
        ("POST /_awl/console", &[token], 405),
        ("POST /_awl/console/data/state", &[token], 405),
        ("GET /_awl/console/act/code", &[token], 405),
        // The rest of the door is as closed to browsers as it was.
        ("GET /", &[("Origin", &own)], 403),
        ("GET /", &[("Sec-Fetch-Site", "same-origin")], 403),
        (
            "POST /_awl/control/ping",
            &[token, ("Sec-Fetch-Site", "same-origin")],
            403,
        ),
        // The page's token is none of the control channel.
        ("POST /_awl/control/ping", &[token], 401),
    ];
    for (line, headers, expected) in cases {
        let answer = read(line, headers);
        assert_eq!(answer.status, *expected, "{line} {headers:?}");
        assert_eq!(answer.header("Access-Control-Allow-Origin"), None);
    }
    // What can be done is not for who may only look.
    let call = r#"{"principal": "arn:aws:iam::123456789012:user/admin", "action": "s3:GetObject"}"#;
    let act = |token: &str| {
        let authorization = bearer(token);
        let headers = [("Authorization", &*authorization), ("Origin", &*own)];
        send(&sandbox, "POST /_awl/console/act/try", &headers, call)
    };
    let read_only = bearer(&reading);
    assert_eq!(read(state, &[("Authorization", &read_only)]).status, 200);
    assert_eq!(act(&reading).status, 403);
    let tried = act(&full);
    assert_eq!(tried.status, 200, "{}", tried.body);
    let tried = json::parse(&tried.body).unwrap();
    assert_eq!(text(&tried, "checked.decision"), "allowed");
    // An object that is opened in a browser has the console's origin.
    let object = read("GET /photos/page.html", &[("Sec-Fetch-Site", "none")]);
    let policy = object.header("Content-Security-Policy").unwrap();
    assert!(policy.starts_with("sandbox;"), "{policy}");
}

#[test]
fn what_the_page_is_told_has_no_secrets() {
    let sandbox = Running::start();
    let awl = |line: &str| sandbox.awl(&format!("{line} --profile sandbox")).unwrap();
    awl("iam create-user --user-name ana");
    let key = awl("iam create-access-key --user-name ana");
    let session = awl("sts get-session-token");
    sandbox
        .exec_awl("--user admin", "sts get-caller-identity")
        .unwrap();
    let made = awl(
        "iam create-virtual-mfa-device --virtual-mfa-device-name phone --outfile seed \
                    --bootstrap-method Base32StringSeed",
    );
    let serial = text(&made, "VirtualMFADevice.SerialNumber");
    let seed = std::fs::read_to_string(sandbox.place.folder().join("seed")).unwrap();
    let own = std::fs::read_to_string(sandbox.place.folder().join("home/.aws/credentials"));
    let own = own.unwrap();
    let administrator = own.lines().find_map(|line| {
        let value = line.strip_prefix("aws_secret_access_key")?;
        Some(value.trim_start_matches([' ', '=']).to_owned())
    });
    let full = token(&address(&sandbox, "sandbox console"));
    let data = sandbox.place.folder().join("home/.local/share/awl/sandbox");
    let server = std::fs::read_to_string(data.join("server.json")).unwrap();
    let control = text(&json::parse(&server).unwrap(), "token");
    let secrets = [
        administrator.unwrap(),
        text(&key, "AccessKey.SecretAccessKey"),
        text(&session, "Credentials.SecretAccessKey"),
        text(&session, "Credentials.SessionToken"),
        seed.trim().to_owned(),
        full.clone(),
        control,
    ];
    // A session whose signature is wrong: the canonical request has its token.
    let mut wrong = sandbox.place.command(&["sts", "get-caller-identity"]);
    let refused = wrong
        .env("AWS_ENDPOINT_URL", &sandbox.endpoint)
        .env("AWS_REGION", "us-east-1")
        .env(
            "AWS_ACCESS_KEY_ID",
            text(&session, "Credentials.AccessKeyId"),
        )
        .env("AWS_SECRET_ACCESS_KEY", "wrong")
        .env("AWS_SESSION_TOKEN", &secrets[3])
        .output()
        .unwrap();
    let refused = String::from_utf8_lossy(&refused.stderr);
    assert!(refused.contains("SignatureDoesNotMatch"), "{refused}");
    let authorization = bearer(&full);
    let headers = [("Authorization", &*authorization)];
    let state = send(&sandbox, "GET /_awl/console/data/state", &headers, "").body;
    let news = send(
        &sandbox,
        "GET /_awl/console/data/news?after=0",
        &headers,
        "",
    )
    .body;
    assert!(state.contains(&serial) && state.contains("ana"), "{state}");
    assert!(news.contains("SignatureDoesNotMatch"), "{news}");
    let log = std::fs::read_to_string(data.join("requests.log")).unwrap();
    for secret in &secrets {
        assert!(secret.len() > 15, "{secret}");
        for told in [&state, &news, &log] {
            assert!(!told.contains(secret.as_str()), "{secret}");
        }
    }
}

#[test]
fn the_log_is_followed_and_explained() {
    let sandbox = Running::start();
    let awl = |line: &str| sandbox.awl(&format!("{line} --profile sandbox"));
    awl("iam create-user --user-name ana").unwrap();
    let mut follower =
        sandbox
            .place
            .start(&["sandbox", "logs", "--follow", "--explain", "--denied"]);
    let refused = sandbox.exec_awl("--user ana", "iam create-user --user-name eve");
    assert!(refused.unwrap_err().contains("AccessDenied"));
    let mut lines = BufReader::new(follower.stdout.as_mut().unwrap()).lines();
    let mut line = || lines.next().unwrap().unwrap();
    assert!(line().contains("403  user/ana  iam CreateUser"));
    assert_eq!(
        line(),
        "  implicitDeny  iam:CreateUser on arn:aws:iam::123456789012:user/eve"
    );
    assert_eq!(line(), "    no identity-based policy allows it");
    assert_eq!(
        line(),
        "    what would allow it, in the identity-based policy: {\"Effect\": \"Allow\", \
         \"Action\": \"iam:CreateUser\", \"Resource\": \"arn:aws:iam::123456789012:user/eve\"}"
    );
    let _ = follower.kill();
    let _ = follower.wait();
    let printed = sandbox
        .awl("sandbox logs --denied --principal user/ana")
        .unwrap();
    assert_eq!(text(&printed, "error"), "AccessDenied");
    let printed = sandbox.awl("sandbox logs --denied --principal user/admin");
    assert_eq!(printed.unwrap(), Value::Null);
    let line = sandbox.place.line("sandbox logs --lines 1 --output text");
    assert!(line.contains("  403  user/ana  iam CreateUser  "), "{line}");
}

/// Looks for texts on a background that is too much like them, as WCAG 2 counts:
/// 4.5 to 1, and 3 to 1 of large ones.
const FAINT: &str = r#"
const channels = (text) => (text.match(/[\d.]+/g) ?? []).map(Number);
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
const rgba = (color) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
const light = ([r, g, b]) => { const [x, y, z] = [r, g, b].map((c) => { c /= 255; return c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4; }); return .2126 * x + .7152 * y + .0722 * z; };
const found = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const text = walker.currentNode.textContent.trim();
  const element = walker.currentNode.parentElement;
  if (!text || !element.checkVisibility() || element.closest("noscript, option, .skip")) continue;
  const style = getComputedStyle(element);
  let behind = element, under = [0, 0, 0, 0];
  while (behind && under[3] < 255) { under = rgba(getComputedStyle(behind).backgroundColor); behind = behind.parentElement; }
  const [one, other] = [light(rgba(style.color)), light(under)].sort((a, b) => b - a);
  const ratio = (one + .05) / (other + .05);
  const large = Number.parseFloat(style.fontSize) >= 24 || Number.parseFloat(style.fontSize) >= 18.6 && Number(style.fontWeight) >= 700;
  if (ratio < (large ? 3 : 4.5)) found.push(`${text.slice(0, 30)}: ${ratio.toFixed(2)}`);
}
for (const own of document.querySelectorAll("button, a[href], input, select, textarea, summary")) {
  const name = own.getAttribute("aria-label") ?? own.labels?.[0]?.textContent ?? own.textContent;
  if (own.checkVisibility() && !name.trim()) found.push(`without a name: ${own.outerHTML.slice(0, 80)}`);
}
return found;"#;

fn assert_fit(browser: &Browser, section: &str) {
    let faint = browser.script(FAINT);
    assert_eq!(faint, Value::List(Vec::new()), "{section}");
    let wide = "return document.documentElement.scrollWidth - innerWidth";
    let wide = browser.script(wide).as_int().unwrap();
    assert!(wide <= 0, "{section} is {wide} pixels too wide");
}

#[test]
fn the_page_shows_it_in_a_browser() {
    let sandbox = Running::start();
    let awl = |words: &[&str]| {
        let words = [words, &["--profile", "sandbox"]].concat();
        sandbox.awl_words(&words).unwrap()
    };
    awl(&["iam", "create-user", "--user-name", "ana"]);
    let document = r#"{"Version": "2012-10-17", "Statement": [
        {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*",
         "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}},
        {"Sid": "Keep", "Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::reports/*"}]}"#;
    let policy = awl(&[
        "iam",
        "create-policy",
        "--policy-name",
        "reports",
        "--description",
        HOSTILE,
        "--policy-document",
        document,
    ]);
    let policy = text(&policy, "Policy.Arn");
    awl(&[
        "iam",
        "attach-user-policy",
        "--user-name",
        "ana",
        "--policy-arn",
        &policy,
    ]);
    awl(&[
        "iam",
        "create-virtual-mfa-device",
        "--virtual-mfa-device-name",
        "phone",
        "--outfile",
        "qr.png",
        "--bootstrap-method",
        "QRCodePNG",
    ]);
    let full = address(&sandbox, "sandbox console");
    let browser = Browser::open(1280, 900, false);
    // Without the token there is nothing to be seen.
    browser.go(full.split('#').next().unwrap());
    browser.wait_for("document.querySelector('.gate')");
    let seen = browser.script("return document.body.innerText");
    let seen = seen.as_str().unwrap();
    assert!(
        !seen.contains("ana") && !seen.contains("123456789012"),
        "{seen}"
    );
    browser.go(&full);
    browser.wait_for("document.querySelector('.live').dataset.state === 'live'");
    browser.wait_for("document.querySelectorAll('[data-sequence]').length >= 4");
    let kept = browser.script("return location.href");
    assert!(!kept.as_str().unwrap().contains("token"), "{kept:?}");
    // A call that is refused while somebody looks on.
    let before = browser.script("return document.querySelectorAll('[data-sequence]').length");
    let key = format!("{HOSTILE}.csv");
    let mut get = std::process::Command::new(sandbox.place.folder().join("awl"));
    get.args([
        "s3api",
        "get-object",
        "--bucket",
        "reports",
        "--key",
        &key,
        "out",
    ]);
    let refused = sandbox.exec("--user ana", &get);
    assert!(!refused.status.success());
    browser.wait_for(
        "[...document.querySelectorAll('[data-sequence] .what')].some((own) => \
         own.textContent.includes('GetObject'))",
    );
    let after = browser.script("return document.querySelectorAll('[data-sequence]').length");
    assert_eq!(after.as_int().unwrap(), before.as_int().unwrap() + 1);
    // By keyboard: the first row has the focus, and Enter opens it.
    run(
        &browser,
        "return document.querySelector('[data-sequence] summary').focus()",
    );
    browser.press("\u{e007}");
    browser.wait_for("document.querySelector('[data-sequence][open] .decision')");
    let told = browser.script("return document.querySelector('[data-sequence][open]').innerText");
    let told = told.as_str().unwrap();
    for part in [
        "Implicit deny",
        "No identity-based policy allows it",
        "Bool aws:MultiFactorAuthPresent true: the request has no such key",
        "What would allow it",
        HOSTILE,
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    assert_fit(&browser, "requests");
    // The button of a refusal leads to the form that tries it.
    run(
        &browser,
        "return document.querySelector('[open] .actions button').click()",
    );
    browser.wait_for("document.querySelector('#try-action')?.value === 's3:GetObject'");
    browser
        .wait_for("document.querySelector('main .decision .tag')?.textContent === 'Implicit deny'");
    run(
        &browser,
        "document.querySelector('#try-mfa').click(); \
             return document.querySelector('form').requestSubmit()",
    );
    browser.wait_for("document.querySelector('main .decision .tag')?.textContent === 'Allowed'");
    assert_fit(&browser, "try");
    // The statement that decided is pointed at in its policy.
    run(
        &browser,
        "return document.querySelector('main .decision a').click()",
    );
    browser.wait_for("document.querySelector('.policy .chosen')?.textContent.includes('\"Read\"')");
    let shown = browser.script("return document.querySelector('main').innerText");
    assert!(shown.as_str().unwrap().contains(HOSTILE), "{shown:?}");
    // What was done meanwhile is there.
    go(&browser, "users");
    browser.wait_for("document.querySelector('main table')?.innerText.includes('ana')");
    awl(&["iam", "create-user", "--user-name", "kim"]);
    browser.wait_for("document.querySelector('main table').innerText.includes('kim')");
    // The codes of a device are those that it has.
    go(&browser, "devices");
    browser.wait_for("document.querySelector('main .card button')");
    run(
        &browser,
        "return document.querySelector('main .card button').click()",
    );
    browser.wait_for("document.querySelectorAll('.digits').length === 2");
    let codes = browser
        .script("return [...document.querySelectorAll('.digits')].map((own) => own.textContent)");
    let codes: Vec<&str> = codes
        .as_list()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    awl(&[
        "iam",
        "enable-mfa-device",
        "--user-name",
        "ana",
        "--serial-number",
        "arn:aws:iam::123456789012:mfa/phone",
        "--authentication-code1",
        codes[0],
        "--authentication-code2",
        codes[1],
    ]);
    assert_eq!(browser.script("return window.hit"), Value::Null);
    // As a telephone shows it, every section of it, in light and in dark.
    browser.resize(390, 844);
    for theme in ["light", "dark"] {
        run(
            &browser,
            &format!("return document.documentElement.dataset.theme = '{theme}'"),
        );
        for section in [
            "requests",
            "users",
            "users/ana",
            "groups",
            "policies",
            &format!("policies/{}", policy.replace('/', "%2F")),
            "devices",
            "sessions",
            "instances",
            "buckets",
            "limits",
            "try",
        ] {
            go(&browser, section);
            assert_fit(&browser, &format!("{section} in {theme}"));
        }
    }
    // Who may only look is offered nothing else.
    browser.go("about:blank");
    browser.go(&address(&sandbox, "sandbox console --read-only"));
    browser.wait_for("document.querySelectorAll('[data-sequence]').length >= 4");
    go(&browser, "devices");
    browser.wait_for("document.querySelector('main .card')");
    let buttons = browser.script("return document.querySelectorAll('main button').length");
    assert_eq!(buttons, Value::Int(0));
    assert_eq!(browser.script("return window.hit"), Value::Null);
    let problems = browser.problems();
    assert!(problems.is_empty(), "{problems:?}");
}

/// Runs a script for what it does.
fn run(browser: &Browser, script: &str) {
    let _ = browser.script(script);
}

/// Goes to a section of the page, and waits until it is there.
fn go(browser: &Browser, section: &str) {
    let script = format!(
        "document.querySelector('main').replaceChildren(); location.hash = ''; \
         return location.hash = '#/{section}'"
    );
    let _ = browser.script(&script);
    browser.wait_for("document.querySelector('main h1')");
}
