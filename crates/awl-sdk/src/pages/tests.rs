use std::process::Command;
use std::sync::Arc;

use awl_model::Operation;
use awl_protocol::Blobs;
use awl_value::jmespath::Needs;
use awl_value::{Map, json};

use super::*;
use crate::handlers::testing::{Server, config, params};

/// An operation `List` of a service that is paginated so.
fn operation(pagination: &str) -> Operation {
    let service = r#"{
        "metadata": {"apiVersion": "2020-01-01", "protocol": "json", "jsonVersion": "1.1",
            "targetPrefix": "Test", "endpointPrefix": "test", "serviceId": "Test",
            "signatureVersion": "v4"},
        "operations": {
            "List": {"name": "List", "http": {"method": "POST", "requestUri": "/"},
                "input": {"shape": "Input"}, "output": {"shape": "Output"}},
            "Other": {"name": "Other", "http": {"method": "POST", "requestUri": "/"}}
        },
        "shapes": {
            "Input": {"type": "structure", "members": {
                "Name": {"shape": "Text"}, "Token": {"shape": "Text"}, "Second": {"shape": "Text"},
                "Key": {"shape": "Key"}, "Limit": {"shape": "Number"},
                "TextLimit": {"shape": "Text"}}},
            "Output": {"type": "structure", "members": {
                "Items": {"shape": "Texts"}, "Next": {"shape": "Text"}, "Key": {"shape": "Key"}}},
            "Key": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Blob"}},
            "Texts": {"type": "list", "member": {"shape": "Text"}},
            "Text": {"type": "string"}, "Number": {"type": "integer"}, "Blob": {"type": "blob"}
        }
    }"#;
    let files = [
        ("test/2020-01-01/service-2.json", service.to_owned()),
        (
            "test/2020-01-01/paginators-1.json",
            format!(r#"{{"pagination": {{"List": {pagination}}}}}"#),
        ),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), text.into_bytes()));
    let store = awl_test::compile_files(&files.into_iter().collect());
    store.service("test").unwrap().operation("List").unwrap()
}

const SIMPLE: &str = r#"{"input_token": "Token", "output_token": "Next", "result_key": "Items",
    "limit_key": "Limit"}"#;
const KEYS: &str = r#"{"input_token": "Key", "output_token": "Key", "result_key": "Items"}"#;

fn client(operation: Operation, url: &str) -> Client {
    Client::new(&config(&[("endpoint_url", url)]), operation.service()).unwrap()
}

fn start(pagination: &str, given: &str, config: PageConfig) -> Result<Pages, Error> {
    let operation = operation(pagination);
    let call = Call::new(operation, params(given));
    client(operation, "http://127.0.0.1:9").pages(call, config)
}

/// What becomes of pages: the requests that ask for them, the pages as they
/// come out, and all as one answer, or why not.
type Walk = (Vec<String>, Vec<String>, String);

/// Gives the pages what the service answers.
fn walk(mut pages: Pages, answers: &[String]) -> Walk {
    let text = |map: &Map| json::to_string(&Value::Map(map.clone()));
    let (mut requests, mut seen) = (Vec::new(), Vec::new());
    let mut merged = Merged::new(pages.paginator());
    let mut answers = answers.iter();
    let end = loop {
        let Some(call) = pages.call() else {
            break pages.finish();
        };
        requests.push(text(&call.params));
        let answer = answers.next();
        let mut page = params(answer.unwrap_or_else(|| panic!("asks again: {requests:?}")));
        if let Err(error) = pages.accept(&mut page) {
            break Err(error);
        }
        seen.push(text(&page));
        merged.add(&mut page);
    };
    assert_eq!(answers.next(), None);
    let end = match end {
        Ok(()) => {
            let part = pages.non_aggregate_part().clone();
            text(&merged.finish(part, pages.take_resume_token()))
        }
        Err(error) => error.to_string(),
    };
    (requests, seen, end)
}

fn max_items(number: i64) -> PageConfig {
    PageConfig {
        max_items: Some(number),
        ..PageConfig::default()
    }
}

fn starting_at(token: &str) -> PageConfig {
    PageConfig {
        starting_token: Some(token.to_owned()),
        ..PageConfig::default()
    }
}

/// Decodes a token that resumes a listing.
fn decoded(token: &str) -> String {
    let (token, truncation) = token::starting(token, &["Key"]).unwrap();
    format!("{:?} {truncation:?}", Value::Map(token))
}

#[test]
fn listings_are_paged_as_botocore_pages_them() {
    let output = Command::new(awl_test::peers().join("python"))
        .args(["-X", "utf8", "-c", include_str!("tests/listings.py")])
        .args(["20260101", "2000"])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let lines = String::from_utf8(output.stdout).unwrap();
    assert_eq!(lines.lines().count(), 2000);
    for line in lines.lines() {
        let case = json::parse(line).unwrap();
        let wanted = case.get("config").unwrap();
        let config = PageConfig {
            max_items: wanted.get("MaxItems").and_then(Value::as_int),
            page_size: wanted.get("PageSize").cloned(),
            starting_token: wanted
                .get("StartingToken")
                .and_then(Value::as_str)
                .map(str::to_owned),
        };
        let list = |key: &str| case.get(key).and_then(Value::as_list).unwrap().iter();
        let texts = |key| -> Vec<String> {
            list(key)
                .map(|text| text.as_str().unwrap().to_owned())
                .collect()
        };
        let model = json::to_string(case.get("model").unwrap());
        let given = json::to_string(case.get("params").unwrap());
        let answers: Vec<String> = list("answers").map(json::to_string).collect();
        let found = match start(&model, &given, config) {
            Err(error) => (Vec::new(), Vec::new(), error.to_string()),
            Ok(pages) => walk(pages, &answers),
        };
        let end = case.get("end").and_then(Value::as_str).unwrap().to_owned();
        assert_eq!(found, (texts("requests"), texts("pages"), end), "{line}");
    }
}

#[tokio::test]
async fn pages_are_fetched_cut_and_resumed() {
    let answer = |body: &str| format!("200 OK\r\n\r\n{body}");
    let first = answer(r#"{"Items": ["a", "b"], "Next": "n"}"#);
    let second = answer(r#"{"Items": ["c", "d"]}"#);
    let server = Server::new(vec![first, second.clone(), second]);
    let operation = operation(SIMPLE);
    let client = client(operation, &server.url);
    let call = Call::new(operation, params(r#"{"Name": "x"}"#));
    let wanted = PageConfig {
        page_size: Some(Value::from("2")),
        ..max_items(3)
    };

    let pages = client.pages(call.clone(), wanted).unwrap();
    let mut answer = pages.merged().await.unwrap();
    let token = answer.remove("NextToken").unwrap();
    let items = |map: &Map| json::to_string(map.get("Items").unwrap());
    assert_eq!(items(&answer), r#"["a", "b", "c"]"#);
    let body = |request: String| request.split_once("\r\n\r\n").unwrap().1.to_owned();
    assert_eq!(body(server.request()), r#"{"Name": "x", "Limit": 2}"#);
    assert_eq!(
        body(server.request()),
        r#"{"Name": "x", "Limit": 2, "Token": "n"}"#
    );

    let config = starting_at(token.as_str().unwrap());
    let mut pages = client.pages(call, config).unwrap();
    let page = pages.next().await.unwrap().unwrap();
    assert_eq!(items(&page.value), r#"["d"]"#);
    assert_eq!(body(server.request()), r#"{"Name": "x", "Token": "n"}"#);
    assert!(pages.call().is_none());
    assert!(pages.next().await.unwrap().is_none());
    assert!(pages.next().await.unwrap().is_none());
    assert!(server.is_quiet());
}

#[test]
fn a_page_that_comes_for_ever_is_given_before_it_is_refused() {
    let pages = start(SIMPLE, "{}", PageConfig::default()).unwrap();
    let answer = r#"{"Items": ["a"], "Next": "n"}"#.to_owned();
    let (requests, seen, end) = walk(pages, &[answer.clone(), answer.clone()]);
    assert_eq!(requests, ["{}", r#"{"Token": "n"}"#]);
    assert_eq!(seen, [answer.clone(), answer]);
    assert_eq!(
        end,
        "Error during pagination: The same next token was received twice: {'Token': 'n'}"
    );
}

#[test]
fn tokens_may_hold_bytes() {
    let answers = [r#"{"Items": ["a", "b"], "Key": {"id": "aWQ="}}"#.to_owned()];
    let whole = |blobs| {
        let operation = operation(KEYS);
        let call = Call {
            blobs,
            ..Call::new(operation, Map::new())
        };
        let client = client(operation, "http://127.0.0.1:9");
        let pages = client.pages(call, max_items(2)).unwrap();
        let (.., end) = walk(pages, &answers);
        let token = json::parse(&end).unwrap().get("NextToken").cloned();
        token.unwrap().as_str().unwrap().to_owned()
    };
    // The service's own text becomes bytes, which the token says of itself.
    let token = whole(Blobs::Wire);
    let key =
        r#"Map(Map { entries: [("Key", Map(Map { entries: [("id", Blob([105, 100]))] }))] })"#;
    assert_eq!(decoded(&token), format!("{key} Int(0)"));
    // Where blobs are bytes already, text is text.
    let text = key.replace("Blob([105, 100])", r#"String("aWQ=")"#);
    assert_eq!(decoded(&whole(Blobs::Bytes)), format!("{text} Int(0)"));

    let pages = start(KEYS, "{}", starting_at(&token)).unwrap();
    let params = Value::Map(pages.call().unwrap().params.clone());
    assert_eq!(
        params.get("Key").and_then(|key| key.get("id")),
        Some(&Value::Blob(b"id".to_vec()))
    );
}

#[test]
fn what_cannot_be_paged_is_refused() {
    let text = |result: Result<Pages, Error>| result.unwrap_err().to_string();
    let other = operation(SIMPLE).service().operation("Other").unwrap();
    let call = Call::new(other, Map::new());
    let pages = client(other, "http://127.0.0.1:9").pages(call, PageConfig::default());
    assert_eq!(text(pages), "Operation cannot be paginated: Other");
    for (model, part) in [
        (
            r#"{"output_token": "Next", "result_key": "Items"}"#,
            "input_token",
        ),
        (
            r#"{"input_token": "Token", "output_token": "Next"}"#,
            "result_key",
        ),
        (
            r#"{"input_token": "Token", "output_token": "Next", "result_key": "Items[]"}"#,
            "result_key",
        ),
    ] {
        assert_eq!(
            text(start(model, "{}", PageConfig::default())),
            format!("the model of the pages of List has no usable {part}")
        );
    }
    let model = r#"{"input_token": "Token", "output_token": "Next[", "result_key": "Items"}"#;
    let error = text(start(model, "{}", PageConfig::default()));
    assert!(error.contains("Next["), "{error}");
    let config = PageConfig {
        page_size: Some(Value::from("many")),
        ..PageConfig::default()
    };
    assert_eq!(
        text(start(SIMPLE, "{}", config)),
        "invalid literal for int() with base 10: 'many'"
    );
}

#[test]
fn numbers_of_pages_are_added_up() {
    let model = r#"{"input_token": "Token", "output_token": "Next", "result_key": ["Items", "N"]}"#;
    for (first, second, sum) in [
        ("1", "2", "3"),
        ("1", "0.5", "1.5"),
        ("0.5", "1", "1.5"),
        ("9223372036854775807", "1", "9223372036854775808"),
        ("null", "2", "2"),
    ] {
        let answers = [
            format!(r#"{{"N": {first}, "Next": "n"}}"#),
            format!(r#"{{"N": {second}}}"#),
        ];
        let pages = start(model, "{}", PageConfig::default()).unwrap();
        assert_eq!(walk(pages, &answers).2, format!(r#"{{"N": {sum}}}"#));
    }
}

#[test]
fn the_pages_of_every_service_can_be_used() {
    let mut count = 0;
    for service in awl_catalog::store().services() {
        for (name, _) in service.paginators().entries() {
            // Some models page what the service has no more.
            let Some(operation) = service.operation(name) else {
                continue;
            };
            let paginator = Paginator::new(operation)
                .unwrap_or_else(|error| panic!("{} {name}: {error}", service.name()));
            let input = operation.input().unwrap();
            let parameters: Vec<&str> = paging_parameters(operation).collect();
            assert!(parameters.len() >= paginator.input_tokens().len());
            for parameter in parameters {
                assert!(
                    input.member(parameter).is_some(),
                    "{} {name} {parameter}",
                    service.name()
                );
            }
            count += 1;
        }
    }
    assert!(count > 3000, "{count}");
}

#[test]
fn a_page_keeps_what_leads_to_the_next_and_what_is_counted() {
    let operation = operation(
        r#"{"input_token": "Token", "output_token": "Next", "result_key": ["Items", "Key"]}"#,
    );
    let call = Call {
        needs: Some(Arc::default()),
        ..Call::new(operation, params("{}"))
    };
    let pages = client(operation, "http://127.0.0.1:9").pages(call, PageConfig::default());
    let pages = pages.unwrap();
    let needs = pages.call().unwrap().needs.as_ref().unwrap();
    let is_whole = |name: &str| needs.member(name).map(Needs::is_everything);
    assert_eq!(is_whole("Next"), Some(true));
    assert_eq!(is_whole("Items"), Some(false));
    assert_eq!(is_whole("Key"), Some(true));
    assert_eq!(is_whole("Name"), None);
}
