//! Listings in pages, and waiters.

use std::io::{BufRead as _, BufReader};

use awl_test::{Answer, Request, Server};
use insta::assert_snapshot;

use crate::support::TestPlace;

/// A service with the listing `list-things`, whose results stand in two maps,
/// and a waiter.
const SERVICE: &str = r#"{
    "version": "2.0",
    "metadata": {"apiVersion": "2020-01-01", "endpointPrefix": "paged", "jsonVersion": "1.1",
        "protocol": "json", "serviceId": "Paged", "signatureVersion": "v4", "signingName": "paged",
        "targetPrefix": "Paged"},
    "operations": {
        "ListThings": {"name": "ListThings", "http": {"method": "POST", "requestUri": "/"},
            "input": {"shape": "ListThingsRequest"}, "output": {"shape": "ListThingsResponse"}}
    },
    "shapes": {
        "ListThingsRequest": {"type": "structure", "members": {
            "Name": {"shape": "Text"}, "PageToken": {"shape": "Text"},
            "MaxItems": {"shape": "Number"}}},
        "ListThingsResponse": {"type": "structure", "members": {
            "Found": {"shape": "Found"}, "Folders": {"shape": "Texts"},
            "PageToken": {"shape": "Text"}, "Count": {"shape": "Number"}}},
        "Found": {"type": "structure", "members": {
            "Things": {"shape": "Things"}, "Owner": {"shape": "Text"}, "At": {"shape": "Time"}}},
        "Things": {"type": "list", "member": {"shape": "Thing"}},
        "Thing": {"type": "structure", "members": {
            "Id": {"shape": "Text"}, "Made": {"shape": "Time"}}},
        "Texts": {"type": "list", "member": {"shape": "Text"}},
        "Text": {"type": "string"}, "Number": {"type": "integer"}, "Time": {"type": "timestamp"}
    }
}"#;
const PAGINATORS: &str = r#"{"pagination": {"ListThings": {
    "input_token": "PageToken", "output_token": "PageToken", "limit_key": "MaxItems",
    "result_key": ["Found.Things", "Folders", "Count"],
    "non_aggregate_keys": ["Found.Owner", "Found.At", "Missing"]}}}"#;
const WAITERS: &str = r#"{"version": 2, "waiters": {"ThingsFound": {
    "operation": "ListThings", "delay": 3600, "maxAttempts": 2, "acceptors": [
        {"state": "success", "matcher": "path", "argument": "Count", "expected": 3},
        {"state": "failure", "matcher": "pathAny", "argument": "Folders", "expected": "bad"}]}}}"#;

const FIRST: &str = r#"{"Found": {"Things": [{"Id": "a", "Made": 1}, {"Id": "b"}], "Owner": "me",
    "At": 2}, "Folders": ["x/"], "PageToken": "t1", "Count": 2}"#;
const SECOND: &str =
    r#"{"Found": {"Things": [], "Owner": "other"}, "PageToken": "t2", "Count": 0}"#;
const THIRD: &str = r#"{"Found": {"Things": [{"Id": "é"}]}, "Folders": ["y/"], "Count": 1}"#;

/// The pages by their tokens.
fn page(request: &Request) -> &'static str {
    let body = String::from_utf8_lossy(&request.body).into_owned();
    match &body {
        body if body.contains("t1") => SECOND,
        body if body.contains("t2") => THIRD,
        _ => FIRST,
    }
}

fn place(server: &Server) -> TestPlace {
    let folder = "home/.aws/models/paged/2020-01-01";
    TestPlace::new()
        .file(&format!("{folder}/service-2.json"), SERVICE)
        .file(&format!("{folder}/paginators-1.json"), PAGINATORS)
        .file(&format!("{folder}/waiters-2.json"), WAITERS)
        .variable("AWS_ENDPOINT_URL", &server.endpoint())
}

fn three_pages() -> (Server, TestPlace) {
    let server = Server::start(|_, request| Answer::new(200, page(request)));
    let place = place(&server);
    (server, place)
}

fn bodies(server: &Server) -> Vec<String> {
    let requests = server.requests().into_iter();
    requests
        .map(|request| String::from_utf8(request.body).unwrap())
        .collect()
}

#[test]
fn all_pages_are_one_answer() {
    let (server, place) = three_pages();
    let whole = place.line("paged list-things --page-size 2");
    assert_snapshot!(whole, @r#"
    exit: 0
    ----- stdout
    {
        "Found": {
            "Things": [
                {
                    "Id": "a",
                    "Made": "1970-01-01T00:00:01+00:00"
                },
                {
                    "Id": "b"
                },
                {
                    "Id": "é"
                }
            ],
            "Owner": "me",
            "At": "1970-01-01T00:00:02+00:00"
        },
        "Folders": [
            "x/",
            "y/"
        ],
        "Count": 3,
        "Missing": null
    }
    ----- stderr
    "#);
    assert_eq!(
        bodies(&server),
        [
            r#"{"MaxItems": 2}"#,
            r#"{"MaxItems": 2, "PageToken": "t1"}"#,
            r#"{"MaxItems": 2, "PageToken": "t2"}"#
        ]
    );
    // What is printed while it comes is what is printed of the whole.
    assert_eq!(place.line("paged list-things --query @"), whole);
}

#[test]
fn text_and_streams_are_printed_page_by_page() {
    let (_server, place) = three_pages();
    assert_snapshot!(place.line("paged list-things --output text --max-items 2"), @"
    exit: 0
    ----- stdout
    2	None
    FOLDERS	x/
    FOUND	1970-01-01T00:00:02+00:00	me
    THINGS	a	1970-01-01T00:00:01+00:00
    THINGS	b	
    NEXTTOKEN	eyJQYWdlVG9rZW4iOiAidDEifQ==
    ----- stderr
    ");
    assert_snapshot!(place.line("paged list-things --output text --query Found.Things[].Id"), @"
    exit: 0
    ----- stdout
    a	b
    é
    ----- stderr
    ");
    assert_snapshot!(place.line("paged list-things --output yaml-stream --query PageToken"), @"
    exit: 0
    ----- stdout
    - t1
    - t2
    - null
    ----- stderr
    ");
    assert_snapshot!(place.line("paged list-things --output off"), @"
    exit: 0
    ----- stdout
    ----- stderr
    ");
}

#[test]
fn a_listing_is_cut_and_resumed_inside_a_page() {
    let (server, place) = three_pages();
    assert_snapshot!(place.line("paged list-things --max-items 1"), @r#"
    exit: 0
    ----- stdout
    {
        "Found": {
            "Things": [
                {
                    "Id": "a",
                    "Made": "1970-01-01T00:00:01+00:00"
                }
            ],
            "Owner": "me",
            "At": "1970-01-01T00:00:02+00:00"
        },
        "Folders": [
            "x/"
        ],
        "Count": 2,
        "Missing": null,
        "NextToken": "eyJQYWdlVG9rZW4iOiBudWxsLCAiYm90b190cnVuY2F0ZV9hbW91bnQiOiAxfQ=="
    }
    ----- stderr
    "#);
    assert_eq!(server.requests().len(), 1);
    let token = "eyJQYWdlVG9rZW4iOiBudWxsLCAiYm90b190cnVuY2F0ZV9hbW91bnQiOiAxfQ==";
    assert_snapshot!(
        place.line(&format!("paged list-things --starting-token {token} --max-items 1")), @r#"
        exit: 0
        ----- stdout
        {
            "Found": {
                "Things": [
                    {
                        "Id": "b"
                    }
                ],
                "Owner": "me",
                "At": "1970-01-01T00:00:02+00:00"
            },
            "Folders": [],
            "Count": 2,
            "Missing": null,
            "NextToken": "eyJQYWdlVG9rZW4iOiAidDEifQ=="
        }
        ----- stderr
        "#);
    let file = place.file("token", "t2");
    assert_snapshot!(
        file.line("paged list-things --starting-token file://token --query Found.Things"), @r#"
        exit: 0
        ----- stdout
        [
            {
                "Id": "é"
            }
        ]
        ----- stderr
        "#);
}

#[test]
fn pages_asked_for_by_hand_come_one_by_one() {
    let (server, place) = three_pages();
    assert_snapshot!(place.line("paged list-things --page-token t2"), @r#"
    exit: 0
    ----- stdout
    {
        "Found": {
            "Things": [
                {
                    "Id": "é"
                }
            ]
        },
        "Folders": [
            "y/"
        ],
        "Count": 1
    }
    ----- stderr
    "#);
    assert_snapshot!(place.line("paged list-things --no-paginate --max-items 7 --query Count"), @"
    exit: 0
    ----- stdout
    2
    ----- stderr
    ");
    assert_snapshot!(
        place.run(&["paged", "list-things", "--cli-input-json", r#"{"PageToken": "t1"}"#]), @r#"
        exit: 0
        ----- stdout
        {
            "Found": {
                "Things": [],
                "Owner": "other"
            },
            "PageToken": "t2",
            "Count": 0
        }
        ----- stderr
        "#);
    assert_eq!(
        bodies(&server),
        [
            r#"{"PageToken": "t2"}"#,
            r#"{"MaxItems": 7}"#,
            r#"{"PageToken": "t1"}"#
        ]
    );
    assert_snapshot!(place.line("paged list-things --page-token t2 --page-size 3"), @"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): Cannot specify --no-paginate along with pagination arguments: --page-size
    ");
    assert_snapshot!(place.line("paged list-things --no-paginate --starting-token t"), @"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): Cannot specify --no-paginate along with pagination arguments: --starting-token
    ");
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn wrong_numbers_and_tokens_are_refused() {
    let (server, place) = three_pages();
    assert_snapshot!(place.line("paged list-things --max-items many"), @"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): argument --max-items: invalid int value: 'many'

    usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
    To see help text, you can run:

      aws help
      aws <command> help
      aws <command> <subcommand> help
    ");
    assert_snapshot!(place.line("paged list-things --starting-token a___b___c"), @"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: Bad starting token: a___b___c
    ");
    assert_eq!(server.requests().len(), 0);
    assert_snapshot!(place.line("paged list-things --max-items 0"), @r#"
    exit: 0
    ----- stdout
    {
        "Found": {
            "Things": [],
            "Owner": "me",
            "At": "1970-01-01T00:00:02+00:00"
        },
        "Folders": [
            "x/"
        ],
        "Count": 2,
        "Missing": null,
        "NextToken": "eyJQYWdlVG9rZW4iOiBudWxsLCAiYm90b190cnVuY2F0ZV9hbW91bnQiOiAwfQ=="
    }
    ----- stderr
    warning: Non-positive values for --max-items may result in undefined behavior.
    "#);
}

#[test]
fn a_listing_that_fails_prints_nothing() {
    let server = Server::start(|number, request| match number {
        1 => Answer::new(403, r#"{"__type": "Denied", "message": "not you"}"#),
        _ => Answer::new(200, page(request)),
    });
    assert_snapshot!(place(&server).line("paged list-things"), @"
    exit: 254
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (Denied) when calling the ListThings operation (reached max retries: 0): not you
    ");
    let server = Server::start(|_, _| Answer::new(200, FIRST));
    assert_snapshot!(place(&server).line("paged list-things"), @"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: Error during pagination: The same next token was received twice: {'PageToken': 't1'}
    ");
}

#[test]
fn a_request_is_printed_instead() {
    let (server, place) = three_pages();
    let printed = place.line("paged list-things --max-items 3 --page-size 2 --print-request curl");
    assert!(printed.contains(r#"{"MaxItems": 2}"#), "{printed}");
    let printed = place.line("paged wait things-found --print-request curl");
    assert!(printed.contains("ListThings"), "{printed}");
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn some_operations_have_a_page_size_of_their_own() {
    let place = TestPlace::new();
    let size = |line: &str| {
        let printed = place.line(&format!("{line} --print-request curl"));
        let at = printed.find("MaxResults=")? + "MaxResults=".len();
        let digits = printed[at..].chars().take_while(char::is_ascii_digit);
        Some(digits.collect::<String>())
    };
    for (line, expected) in [
        ("ec2 describe-volumes", Some("1000")),
        ("ec2 describe-volumes --page-size 7", Some("7")),
        ("ec2 describe-volumes --max-items 7", Some("1000")),
        ("ec2 describe-volumes --volume-ids vol-1", None),
        ("ec2 describe-volumes --no-paginate", None),
        ("ec2 describe-volumes --next-token t", None),
        ("ec2 describe-snapshots --owner-ids self", Some("1000")),
        ("ec2 describe-snapshots --snapshot-ids snap-1", None),
        ("ec2 describe-instances", None),
    ] {
        assert_eq!(size(line).as_deref(), expected, "{line}");
    }
}

#[test]
fn a_listing_stops_where_nobody_reads() {
    // Pages without end, each larger than a pipe.
    let server = Server::start(|number, _| {
        let things = vec![r#"{"Id": "0123456789012345678901234567890123456789"}"#; 20_000];
        let body = format!(
            r#"{{"Found": {{"Things": [{}]}}, "PageToken": "t{number}"}}"#,
            things.join(",")
        );
        Answer::new(200, body)
    });
    let place = place(&server);
    let mut child = place.start(&["paged", "list-things"]);
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    assert_eq!(line, "{\n");
    drop(out);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn waiters_wait() {
    let (server, place) = three_pages();
    let wait = |words: &str| place.line(&format!("paged wait things-found {words}"));
    assert_snapshot!(wait("--delay 0"), @"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: Waiter ThingsFound failed: Max attempts exceeded
    ");
    assert_snapshot!(wait("--delay 0 --max-attempts 1 --name x"), @"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: Waiter ThingsFound failed: Max attempts exceeded
    ");
    assert_eq!(bodies(&server), ["{}", "{}", r#"{"Name": "x"}"#]);
    // What is awl's own must be written out.
    assert_snapshot!(wait("--max-att 1"), @"
    exit: 252
    ----- stdout
    ----- stderr

    usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
    To see help text, you can run:

      aws help
      aws <command> help
      aws <command> <subcommand> help


    aws: [ERROR]: Unknown options: --max-att, 1
    ");
    assert_snapshot!(wait("--max-items 1"), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): Parameter validation failed:
    Unknown parameter in input: "PaginationConfig", must be one of: Name, PageToken, MaxItems
    "#);

    let bad = SECOND.replace(r#""PageToken""#, r#""Folders": ["ok", "bad"], "PageToken""#);
    let server = Server::start(move |_, _| Answer::new(200, bad.clone()));
    let place = place.variable("AWS_ENDPOINT_URL", &server.endpoint());
    assert_snapshot!(place.line("paged wait things-found"), @r#"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: Waiter ThingsFound failed: Waiter encountered a terminal failure state: For expression "Folders" we matched expected path: "bad" at least once
    "#);
    let server = Server::start(|_, _| Answer::new(200, r#"{"Count": 3}"#));
    let place = place.variable("AWS_ENDPOINT_URL", &server.endpoint());
    assert_snapshot!(place.line("paged wait things-found"), @"
    exit: 0
    ----- stdout
    ----- stderr
    ");
}

#[test]
fn wait_wants_a_waiter() {
    let place = TestPlace::new();
    assert_snapshot!(place.line("ec2 wait"), @"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): usage: aws [options] ec2 wait <subcommand> [parameters]
    aws: [ERROR]: too few arguments
    ");
    assert_snapshot!(place.line("ec2 wait instance-runnin"), @"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): argument subcommand: Found invalid choice 'instance-runnin'

    Maybe you meant:

      * instance-running

    usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
    To see help text, you can run:

      aws help
      aws <command> help
      aws <command> <subcommand> help
    ");
    assert_snapshot!(place.line("ec2 wait --odd"), @"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): Unknown options: --odd
    ");
    assert_snapshot!(place.line("sqs wait"), @"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): argument operation: Found invalid choice 'wait'


    usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
    To see help text, you can run:

      aws help
      aws <command> help
      aws <command> <subcommand> help
    ");
}
