//! Wizards: what they ask, what they send, which files they write, and their
//! last words, beside what AWS CLI 2.36.7's made of the same answers
//! (`tests/data/wizards.json`).

use awl_test::{Answer, Request, Server};
use awl_value::{Value, json};

use crate::support::TestPlace;

const CONFIG: &str = "[default]\nregion = us-west-2\n";

fn data() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/wizards.json");
    json::parse(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn texts(value: &Value, name: &str) -> Vec<String> {
    let items = value.get(name).and_then(Value::as_list).unwrap();
    items
        .iter()
        .map(|item| item.as_str().unwrap().to_owned())
        .collect()
}

/// What the records have of a request: its line, target and body, sorted.
fn said(request: &Request) -> String {
    let target = request.header("x-amz-target").unwrap_or_default();
    let target = target.rsplit('.').next().unwrap_or_default();
    let body = String::from_utf8_lossy(&request.body);
    let body = match json::parse(&body) {
        Ok(value) => {
            let mut text = String::new();
            json::write(&sorted(value), json::Style::WIRE, &mut text);
            text
        }
        Err(_) => {
            let body = decoded(&body);
            let mut pairs: Vec<&str> = body.split('&').collect();
            pairs.sort_unstable();
            pairs.join("&")
        }
    };
    format!("{} {} {target} {body}", request.method, request.target)
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Map(map) => {
            let pairs = map
                .iter()
                .map(|(name, value)| (name.to_string(), value.clone()));
            let mut pairs: Vec<_> = pairs.collect();
            pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
            let pairs = pairs.into_iter();
            Value::Map(
                pairs
                    .map(|(name, value)| (name.into(), sorted(value)))
                    .collect(),
            )
        }
        Value::List(items) => Value::List(items.into_iter().map(sorted).collect()),
        value => value,
    }
}

/// A form without its escapes.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                let digits = std::str::from_utf8(&digits).unwrap();
                u8::from_str_radix(digits, 16).unwrap()
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).unwrap()
}

/// A server with the answers that the records were made with.
fn server(data: &Value) -> Server {
    let answers = data.get("answers").and_then(Value::as_list).unwrap();
    let answers: Vec<(String, String)> = answers
        .iter()
        .map(|answer| {
            (
                text(answer, "part").to_owned(),
                text(answer, "body").to_owned(),
            )
        })
        .collect();
    Server::start(move |_, request| {
        let said = said(request);
        let known = answers.iter().find(|(part, _)| said.contains(&**part));
        Answer::new(200, known.map_or("{}", |(_, body)| &**body))
    })
}

#[test]
fn wizards_do_what_the_aws_clis_do() {
    let data = data();
    let cases = data.get("cases").and_then(Value::as_list).unwrap();
    assert!(cases.len() >= 12, "{} cases", cases.len());
    for case in cases {
        let server = server(&data);
        let input = texts(case, "answers").join("\n") + "\ny\n";
        let place = TestPlace::new()
            .variable("AWS_ENDPOINT_URL", &server.endpoint())
            .file("home/.aws/config", CONFIG)
            .file("x.zip", "PK")
            .file("p.json", "{\"source\": [\"aws.x\"],  \"ü\": 1}")
            .input(&input);
        let command = text(case, "command");
        let outcome = place.line(command);
        assert!(outcome.starts_with("exit: 0\n"), "{command}: {outcome}");
        let output = outcome.split("----- stderr\n").next().unwrap();
        assert!(
            output.ends_with(text(case, "output")),
            "{command}:\n{output}"
        );
        let mut sent: Vec<String> = server.requests().iter().map(said).collect();
        sent.sort();
        sent.dedup();
        assert_eq!(sent, texts(case, "requests"), "{command}");
        let path = place.folder().join("home/.aws/config");
        let config = std::fs::read_to_string(path).unwrap();
        assert_eq!(config, text(case, "config"), "{command}");
    }
}

#[test]
fn answers_can_be_taken_back_and_are_checked() {
    let data = data();
    let server = server(&data);
    let place = TestPlace::new()
        .variable("AWS_ENDPOINT_URL", &server.endpoint())
        // The name again; a choice that is none, one by number, one by a part of
        // its name; a number that is none, and the default.
        .input("first\n<\nsecond\npk\nnothing\n2\nno\nprov\nmany\n\n7\nDEFAULT\n1\nn\n1\ny\n");
    let outcome = place.line("dynamodb wizard new-table");
    assert!(outcome.starts_with("exit: 0\n"), "{outcome}");
    assert!(
        outcome.contains("'nothing' is not a valid choice."),
        "{outcome}"
    );
    assert!(
        outcome.contains("Invalid value many for datatype int"),
        "{outcome}"
    );
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    let body = String::from_utf8_lossy(&requests[0].body).into_owned();
    for part in [
        r#""TableName": "second""#,
        r#""AttributeType": "N""#,
        r#""ReadCapacityUnits": 5"#,
        r#""WriteCapacityUnits": 7"#,
    ] {
        assert!(body.contains(part), "{body}");
    }
}

#[test]
fn an_input_that_ends_makes_nothing() {
    let server = Server::start(|_, _| Answer::new(200, "{}"));
    let place = TestPlace::new()
        .variable("AWS_ENDPOINT_URL", &server.endpoint())
        .input("t\npk\n1\n");
    let outcome = place.line("dynamodb wizard new-table");
    assert!(outcome.starts_with("exit: 255\n"), "{outcome}");
    assert!(outcome.contains("EOF when reading a line"), "{outcome}");
    assert!(server.requests().is_empty());
}

#[test]
fn profiles_are_written_by_what_they_are_for() {
    let data = data();
    let server = server(&data);
    for (answers, expected) in [
        (
            "1\np\nAKID\nsecret\n",
            "[profile p]\naws_access_key_id = AKID\naws_secret_access_key = secret\n",
        ),
        (
            "Assume Role\ndefault\nr1\nEnvironment Variables\n",
            "[default]\nregion = us-west-2\nrole_arn = arn:aws:iam::123456789012:role/r1\n\
             credential_source = Environment\n",
        ),
        (
            "2\np\n1\nSource Profile\ndefault\n",
            "[profile p]\nrole_arn = arn:aws:iam::123456789012:role/r1\nsource_profile = default\n",
        ),
        (
            "Process Provider\np\n/bin/keys --now\n",
            "[profile p]\ncredential_process = /bin/keys --now\n",
        ),
        ("4\np\neu-west-1\n", "[profile p]\nregion = eu-west-1\n"),
    ] {
        let place = TestPlace::new()
            .variable("AWS_ENDPOINT_URL", &server.endpoint())
            .file("home/.aws/config", CONFIG)
            .input(answers);
        let outcome = place.line("configure wizard");
        assert!(outcome.starts_with("exit: 0\n"), "{outcome}");
        let path = place.folder().join("home/.aws/config");
        let config = std::fs::read_to_string(path).unwrap();
        assert!(config.ends_with(expected), "{config}");
    }
}
