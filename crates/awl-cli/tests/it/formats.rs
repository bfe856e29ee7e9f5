//! The formats of answers and errors besides JSON. Their layout is tested next
//! to the code; this is how they come together.

use insta::assert_snapshot;

use crate::support::{TestPlace, TestServer};

const JSON: &str = "Content-Type: application/x-amz-json-1.1\r\n";

/// A list of two keys and a mark that there are more.
fn keys() -> TestServer {
    let body = r#"{"Keys": [{"KeyId": "k1", "KeyArn": "arn:é"}, {"KeyId": "yes"}],
        "Truncated": false}"#;
    TestServer::new("200 OK", JSON, body)
}

#[test]
fn yaml() {
    let server = keys();
    let place = TestPlace::new();
    let line = format!(
        "kms list-keys --output yaml --endpoint-url {}",
        server.url()
    );
    assert_snapshot!(place.line(&line), @r"
    exit: 0
    ----- stdout
    Keys:
    - KeyArn: arn:é
      KeyId: k1
    - KeyId: yes
    ----- stderr
    ");
    let repeated = format!("{line} --query {{A:Keys[0],B:Keys[0]}}");
    assert_snapshot!(place.line(&repeated), @r"
    exit: 0
    ----- stdout
    A: &id001
      KeyArn: arn:é
      KeyId: k1
    B: *id001
    ----- stderr
    ");
    assert_snapshot!(place.line(&format!("{line} --query Keys[0].KeyArn")), @r#"
    exit: 0
    ----- stdout
    "arn:é"
    ----- stderr
    "#);
}

#[test]
fn yaml_stream() {
    let server = keys();
    let place = TestPlace::new();
    let line = format!(
        "kms list-keys --output yaml-stream --endpoint-url {}",
        server.url()
    );
    assert_snapshot!(place.line(&line), @r"
    exit: 0
    ----- stdout
    - Keys:
      - KeyArn: arn:é
        KeyId: k1
      - KeyId: yes
      Truncated: false
    ----- stderr
    ");
    // An empty page is a page, an empty answer is none.
    let nothing = TestServer::new("200 OK", JSON, "{}");
    let url = nothing.url();
    let line = format!("kms list-keys --output yaml-stream --endpoint-url {url}");
    assert_snapshot!(place.line(&line), @r"
    exit: 0
    ----- stdout
    - {}
    ----- stderr
    ");
    assert_snapshot!(place.line(&format!("{line} --no-paginate")), @r"
    exit: 0
    ----- stdout
    ----- stderr
    ");
}

#[test]
fn table() {
    let server = keys();
    let place = TestPlace::new();
    let line = format!(
        "kms list-keys --output table --endpoint-url {}",
        server.url()
    );
    assert_snapshot!(place.line(&line), @r"
    exit: 0
    ----- stdout
    -----------------------
    |      ListKeys       |
    +---------------------+
    ||       Keys        ||
    |+---------+---------+|
    || KeyArn  |  KeyId  ||
    |+---------+---------+|
    ||  arn:é |  k1     ||
    ||         |  yes    ||
    |+---------+---------+|
    ----- stderr
    ");
    let mixed = format!("{line} --query [Truncated,[Keys]]");
    assert_snapshot!(place.line(&mixed), @r"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: list index out of range
    ");
    let line = format!("{line} --query Keys[0].KeyId");
    assert_snapshot!(place.line(&line), @r"
    exit: 0
    ----- stdout
    ----------
    |ListKeys|
    +--------+
    ----- stderr
    ");
    assert_eq!(
        place.line(&format!("{line} --color on")),
        "exit: 0\n----- stdout\n----------\n\x1b[0m\x1b[0m|ListKeys|\x1b[0m\x1b[0m\n\
         \x1b[0m\x1b[0m+--------+\x1b[0m\x1b[0m\n\x1b[0m----- stderr\n"
    );
}

#[test]
fn a_format_that_there_is_not() {
    let server = keys();
    let place = TestPlace::new().variable("AWS_DEFAULT_OUTPUT", "xml");
    let url = server.url();
    // Like the AWS CLI, this calls before it looks; listings it looks at first.
    let describe = format!("kms describe-key --key-id k --endpoint-url {url}");
    assert_snapshot!(place.line(&describe), @r"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: Unknown output type: xml
    ");
    assert_eq!(server.requests().len(), 1);
    let list = format!("kms list-keys --endpoint-url {url}");
    assert_eq!(place.line(&list), place.line(&describe));
    assert_eq!(server.requests().len(), 2);
    assert_snapshot!(place.line("kms list-keys --output xml"), @r"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): argument --output: Found invalid choice 'xml'


    usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
    To see help text, you can run:

      aws help
      aws <command> help
      aws <command> <subcommand> help
    ");
}

#[test]
fn errors() {
    let body = r#"{"__type": "NotFoundException", "message": "no such key: é"}"#;
    let server = TestServer::new("400 Bad Request", JSON, body);
    let line = format!(
        "kms describe-key --key-id k --endpoint-url {}",
        server.url()
    );
    let place = TestPlace::new().file("home/.aws/config", "[default]\ncli_error_format = yaml\n");
    assert_snapshot!(place.line(&line), @r"
    exit: 254
    ----- stdout
    ----- stderr
    Code: NotFoundException
    Message: 'no such key: é'
    message: 'no such key: é'
    ");
    assert_snapshot!(place.line(&format!("{line} --cli-error-format text")), @r"
    exit: 254
    ----- stdout
    ----- stderr
    NotFoundException	no such key: é	no such key: é
    ");
    let table = format!("{line} --cli-error-format table");
    assert_snapshot!(place.line(&table), @r"
    exit: 254
    ----- stdout
    ----- stderr
    -------------------------------------------------------------
    |                           error                           |
    +-------------------+-------------------+-------------------+
    |       Code        |      Message      |      message      |
    +-------------------+-------------------+-------------------+
    |  NotFoundException|  no such key: é  |  no such key: é  |
    +-------------------+-------------------+-------------------+
    ");
    // On standard error nothing is reset after each piece.
    let coloured = place.line(&format!("{table} --color on"));
    let expected = "-----\n|                           error                           |\n+--";
    assert!(coloured.contains(expected), "{coloured}");
    let expected = "|  \x1b[1m\x1b[34mNotFoundException\x1b[0m|  \x1b[1m";
    assert!(coloured.contains(expected), "{coloured}");
}
