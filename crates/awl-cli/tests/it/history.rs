//! The record of commands: what is written, who may read it, what is shown of
//! it. The form of `history show` is the AWS CLI's, on the same file.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use crate::support::{TestPlace, TestServer};

const IDENTITY: &str = "<GetCallerIdentityResponse xmlns=\"u\"><GetCallerIdentityResult>\
<Account>123456789012</Account></GetCallerIdentityResult>\
<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></GetCallerIdentityResponse>";

fn place() -> TestPlace {
    TestPlace::new().file("home/.aws/config", "[default]\ncli_history = enabled\n")
}

fn file(place: &TestPlace) -> PathBuf {
    place.folder().join("home/.aws/cli/history/history.db")
}

/// Asks STS who calls, and records it.
fn recorded() -> TestPlace {
    let server = TestServer::new("200 OK", "x-amzn-RequestId: r-1\r\n", IDENTITY);
    let place = place()
        .variable("AWS_ENDPOINT_URL", &server.url())
        .variable("AWS_SESSION_TOKEN", "geheimnis");
    let outcome = place.line("sts get-caller-identity --query Account --output text");
    assert_eq!(
        outcome,
        "exit: 0\n----- stdout\n123456789012\n----- stderr\n"
    );
    place
}

#[test]
fn commands_are_recorded_and_shown() {
    let place = recorded();
    let list = place.line("history list");
    assert!(list.contains("sts get-caller-identity"), "{list}");
    assert!(list.ends_with("0\n----- stderr\n"), "{list}");
    let show = place.line("history show");
    let mut from = 0;
    for part in [
        "\nAWS CLI command entered\nat time: ",
        "\nwith AWS CLI version: aws-cli/2.36.7 ",
        "\nwith arguments: ['sts', 'get-caller-identity', '--query', 'Account', '--output', 'text']\n",
        "\n[0] API call made\nat time: ",
        "\nto service: sts\nusing operation: GetCallerIdentity\nwith parameters: {}\n",
        "\n[0] HTTP request sent\nat time: ",
        "\nto URL: http://127.0.0.1:",
        "\nwith method: POST\nwith headers: {\n",
        "\"Authorization\": \"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/",
        "\"X-Amz-Security-Token\": \"****\"",
        "\nwith body: Action=GetCallerIdentity&Version=2011-06-15\n",
        "\n[0] HTTP response received\nat time: ",
        "\nwith status code: 200\nwith headers: {\n",
        "\nwith body: <?xml version=\"1.0\" ?>\n<GetCallerIdentityResponse xmlns=\"u\">\n    <GetCallerIdentityResult>\n        <Account>123456789012</Account>\n",
        "\n[0] HTTP response parsed\nat time: ",
        "\nparsed to: {\n    \"Account\": \"123456789012\",\n    \"ResponseMetadata\": {\n",
        "\nAWS CLI command exited\nat time: ",
        "\nwith return code: 0\n----- stderr\n",
    ] {
        let found = show[from..].find(part);
        from += found.unwrap_or_else(|| panic!("no {part:?} in {}", &show[from..]));
    }
    // Looking at the record does not change it.
    assert_eq!(place.line("history show"), show);
    let only = place.line("history show --include CLI_RC");
    assert!(
        only.starts_with("exit: 0\n----- stdout\n\nAWS CLI command exited\nat time: "),
        "{only}"
    );
    let id = list.lines().nth(2).unwrap().split(' ').next().unwrap();
    let same = place.run(&[
        "history",
        "show",
        id,
        "--exclude",
        "HTTP_REQUEST",
        "HTTP_RESPONSE",
    ]);
    assert!(
        same.contains("[0] API call made") && !same.contains("HTTP request"),
        "{same}"
    );
    let coloured = place.line("history show --include CLI_RC --color on");
    assert!(
        coloured.contains("\u{1b}[1mAWS CLI command exited\u{1b}[0m\n\u{1b}[36mat time: \u{1b}[0m")
    );
    assert_eq!(
        place.line("history show --include CLI_RC --exclude CLI_RC"),
        "exit: 252\n----- stdout\n----- stderr\n\naws: [ERROR]: An error occurred (ParamValidation): \
         Either --exclude or --include can be provided but not both\n"
    );
}

#[test]
fn the_record_is_for_its_owner_and_has_no_secrets() {
    let place = recorded();
    let mode = std::fs::metadata(file(&place))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let body = "{\"Name\": \"n\", \"SecretString\": \"pass\\\"wort\"}";
    let server = TestServer::new(
        "200 OK",
        "Content-Type: application/x-amz-json-1.1\r\n",
        body,
    );
    let place = place.variable("AWS_ENDPOINT_URL", &server.url());
    let outcome = place.line("secretsmanager get-secret-value --secret-id n --query SecretString");
    assert!(outcome.contains("pass\\\"wort"), "{outcome}");
    place.line("secretsmanager create-secret --name n --secret-string streng-geheim");
    for name in ["", "-wal"] {
        let mut path = file(&place).into_os_string();
        path.push(name);
        let bytes = std::fs::read(path).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        for secret in ["geheimnis", "wort", "streng"] {
            assert!(!text.contains(secret), "{secret}");
        }
    }
    let list = place.line("history list");
    assert_eq!(list.matches(" secretsmanager ").count(), 2, "{list}");
}

#[test]
fn failures_are_recorded_with_their_code() {
    let body = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>\
                <Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>";
    let server = TestServer::new("403 Forbidden", "", body);
    let place = place().variable("AWS_ENDPOINT_URL", &server.url());
    assert!(
        place
            .line("sts get-caller-identity")
            .starts_with("exit: 254\n")
    );
    let show = place.line("history show --include CLI_RC PARSED_RESPONSE");
    assert!(show.contains("\"Code\": \"AccessDenied\""), "{show}");
    assert!(show.contains("with return code: 254\n"), "{show}");
}

#[test]
fn without_a_record_there_is_nothing_to_show() {
    let place = TestPlace::new();
    place.line("configure list");
    assert!(!file(&place).exists());
    assert_eq!(
        place.line("history list"),
        "exit: 255\n----- stdout\n----- stderr\n\naws: [ERROR]: Could not locate history. Make sure \
         cli_history is set to enabled in the ~/.aws/config file\n"
    );
    let place = place
        .file("empty.db", "")
        .variable("AWS_CLI_HISTORY_FILE", "empty.db");
    assert_eq!(
        place.line("history list"),
        "exit: 255\n----- stdout\n----- stderr\n\naws: [ERROR]: No commands were found in your \
         history. Make sure you have enabled history mode by adding \"cli_history = enabled\" to the \
         config file.\n"
    );
}

/// A command does not suffer from its record.
#[test]
fn a_broken_or_locked_record_stops_nothing() {
    let place = place().file(
        "home/.aws/cli/history/history.db",
        "this is no database at all",
    );
    assert_eq!(
        place.line("configure get cli_history"),
        "exit: 0\n----- stdout\nenabled\n----- stderr\nWarning: Unable to record CLI history. Check \
         file permissions for [FOLDER]/home/.aws/cli/history/history.db\n"
    );
    std::fs::remove_file(file(&place)).unwrap();
    let enabled = "exit: 0\n----- stdout\nenabled\n----- stderr\n";
    assert_eq!(place.line("configure get cli_history"), enabled);
    let connection = rusqlite::Connection::open(file(&place)).unwrap();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(place.line("configure get cli_history"), enabled);
    connection.execute_batch("ROLLBACK").unwrap();
    let count = |query: &str| {
        connection
            .query_row(query, [], |row| row.get::<_, i64>(0))
            .unwrap()
    };
    assert_eq!(
        count("SELECT count(*) FROM records WHERE event_type = 'CLI_RC'"),
        1
    );
}
