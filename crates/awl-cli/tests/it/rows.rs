//! `--output csv|tsv|jsonl|markdown`.

use awl_test::{Answer, Request, Server};

use crate::support::TestPlace;

const PAGES: [&str; 2] = [
    r#"{"Items": [{"Id": {"S": "a,1"}, "N": {"N": "1"}}], "Count": 1, "ScannedCount": 1,
        "LastEvaluatedKey": {"Id": {"S": "a"}}}"#,
    r#"{"Items": [{"Id": {"S": "b"}, "Late": {"BOOL": true}}], "Count": 1, "ScannedCount": 1}"#,
];

fn scan() -> (Server, TestPlace) {
    let server = Server::start(|_, request: &Request| {
        let is_second = String::from_utf8_lossy(&request.body).contains("ExclusiveStartKey");
        Answer::new(200, PAGES[usize::from(is_second)])
    });
    let place = TestPlace::new().variable("AWS_ENDPOINT_URL", &server.endpoint());
    (server, place)
}

fn check(place: &TestPlace, line: &str, expected: &str) {
    assert_eq!(
        place.line(&format!("dynamodb scan --table-name t {line}")),
        format!("exit: 0\n----- stdout\n{expected}----- stderr\n"),
        "{line}"
    );
}

#[test]
fn items_of_all_pages_are_rows() {
    let (_server, place) = scan();
    for (line, expected) in [
        (
            "--output csv",
            "Id,N,Late\n\"{\"\"S\"\":\"\"a,1\"\"}\",\"{\"\"N\"\":\"\"1\"\"}\",\n\
             \"{\"\"S\"\":\"\"b\"\"}\",,\"{\"\"BOOL\"\":true}\"\n",
        ),
        (
            "--output tsv",
            "Id\tN\tLate\n{\"S\":\"a,1\"}\t{\"N\":\"1\"}\t\n{\"S\":\"b\"}\t\t{\"BOOL\":true}\n",
        ),
        (
            "--output jsonl",
            "{\"Id\":{\"S\":\"a,1\"},\"N\":{\"N\":\"1\"}}\n\
             {\"Id\":{\"S\":\"b\"},\"Late\":{\"BOOL\":true}}\n",
        ),
        (
            "--output markdown",
            "| Id | N | Late |\n| --- | --- | --- |\n| {\"S\":\"a,1\"} | {\"N\":\"1\"} |  |\n\
             | {\"S\":\"b\"} |  | {\"BOOL\":true} |\n",
        ),
    ] {
        check(&place, line, expected);
    }
}

#[test]
fn what_a_query_gives_is_rows() {
    let (_server, place) = scan();
    for (line, expected) in [
        ("--output csv --query Items[].Id.S", "Value\n\"a,1\"\nb\n"),
        ("--output csv --query {Count:Count}", "Count\n2\n"),
        ("--output csv --query Nothing", ""),
        (
            "--output tsv --query Items[].[Id.S,N]",
            "Column1\tColumn2\na,1\t{\"N\":\"1\"}\nb\t\n",
        ),
    ] {
        check(&place, line, expected);
    }
}

#[test]
fn where_a_listing_was_cut_goes_to_standard_error() {
    let (_server, place) = scan();
    let outcome = place.line("dynamodb scan --table-name t --output csv --max-items 1");
    let (out, error) = outcome.split_once("----- stderr\n").unwrap();
    assert_eq!(out.lines().count(), 4);
    assert!(error.starts_with("NextToken: ey"), "{error}");
}

#[test]
fn a_profile_may_ask_for_rows() {
    let (_server, place) = scan();
    let place = place.file("home/.aws/config", "[default]\noutput = tsv\n");
    check(&place, "--query Items[].N", "N\n1\n");
}

/// The message names the AWS CLI's choices only.
#[test]
fn a_wrong_choice_is_told_in_the_words_of_the_aws_cli() {
    let outcome = TestPlace::new().line("sts get-caller-identity --output csvx");
    assert!(outcome.starts_with("exit: 252\n"), "{outcome}");
    let message = "argument --output: Found invalid choice 'csvx'\n\n\nusage:";
    assert!(outcome.contains(message), "{outcome}");
}
