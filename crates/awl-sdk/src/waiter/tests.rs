use std::sync::Arc;

use awl_value::json;
use tokio::time::Instant;

use super::*;
use crate::config::{Config, Overrides};
use crate::handlers::testing::{Server, config, params};

/// A service with the operation `Get` and the waiter `Ready`, which has these
/// acceptors.
fn service(acceptors: &str) -> Service {
    let model = r#"{
        "metadata": {"apiVersion": "2020-01-01", "protocol": "json", "jsonVersion": "1.1",
            "targetPrefix": "Test", "endpointPrefix": "test", "serviceId": "Test",
            "signatureVersion": "v4"},
        "operations": {
            "Get": {"name": "Get", "http": {"method": "POST", "requestUri": "/"},
                "input": {"shape": "Input"}, "output": {"shape": "Output"}}
        },
        "shapes": {
            "Input": {"type": "structure", "members": {"Name": {"shape": "Text"}}},
            "Output": {"type": "structure", "members": {
                "State": {"shape": "Text"}, "States": {"shape": "Texts"},
                "Done": {"shape": "Flag"}}},
            "Texts": {"type": "list", "member": {"shape": "Text"}},
            "Text": {"type": "string"}, "Flag": {"type": "boolean"}
        }
    }"#;
    let waiters = format!(
        r#"{{"version": 2, "waiters": {{"Ready": {{"operation": "Get", "delay": 20,
            "maxAttempts": 3, "acceptors": {acceptors}}}}}}}"#
    );
    let files = [
        ("test/2020-01-01/service-2.json", model.to_owned()),
        ("test/2020-01-01/waiters-2.json", waiters),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), text.into_bytes()));
    let store = awl_test::compile_files(&files.into_iter().collect());
    store.service("test").unwrap()
}

/// A client without timeouts of its own, for time that stands still.
fn client(service: Service, server: &Server) -> Client {
    let given = config(&[("endpoint_url", &server.url)]);
    let overrides = Overrides {
        read_timeout: Some(Duration::ZERO),
        connect_timeout: Some(Duration::ZERO),
        ..given.overrides().clone()
    };
    let config = Config::load(Arc::clone(given.host()), overrides).unwrap();
    Client::new(&config, service).unwrap()
}

/// Waits while the service answers this; how it ends, and after how many
/// seconds.
async fn wait(acceptors: &str, config: WaitConfig, answers: &[&str]) -> (String, u64) {
    let service = service(acceptors);
    let server = Server::new(answers.iter().map(|answer| (*answer).to_owned()).collect());
    let client = client(service, &server);
    let start = Instant::now();
    let result = client
        .wait("Ready", params(r#"{"Name": "x"}"#), config)
        .await;
    for _ in answers {
        assert!(server.request().ends_with(r#"{"Name": "x"}"#));
    }
    assert!(server.is_quiet());
    let text = match result {
        Ok(()) => "ready".to_owned(),
        Err(error) => error.to_string(),
    };
    (text, start.elapsed().as_secs())
}

const STATES: &str = r#"[
    {"state": "success", "matcher": "path", "argument": "State", "expected": "up"},
    {"state": "failure", "matcher": "path", "argument": "State", "expected": "gone"},
    {"state": "retry", "matcher": "error", "expected": "NotYet"},
    {"state": "retry", "matcher": "path", "argument": "State", "expected": "starting"}]"#;

const UP: &str = "200 OK\r\n\r\n{\"State\": \"up\"}";
const DOWN: &str = "200 OK\r\n\r\n{\"State\": \"down\"}";
const STARTING: &str = "200 OK\r\n\r\n{\"State\": \"starting\"}";
const GONE: &str = "200 OK\r\n\r\n{\"State\": \"gone\"}";
const NOT_YET: &str = "400 Bad Request\r\n\r\n{\"__type\": \"NotYet\", \"message\": \"later\"}";
const DENIED: &str = "403 Forbidden\r\n\r\n{\"__type\": \"Denied\", \"message\": \"not you\"}";

#[tokio::test(start_paused = true)]
async fn waits_until_the_state_is_reached() {
    let config = WaitConfig::default();
    let ready = |seconds| ("ready".to_owned(), seconds);
    assert_eq!(wait(STATES, config, &[UP]).await, ready(0));
    assert_eq!(wait(STATES, config, &[DOWN, NOT_YET, UP]).await, ready(40));
}

#[tokio::test(start_paused = true)]
async fn gives_up_in_botocores_words() {
    for (answers, reason, seconds) in [
        (&[DOWN, DOWN, DOWN][..], "Max attempts exceeded", 40),
        (
            &[STARTING, DOWN, NOT_YET],
            "Max attempts exceeded. Previously accepted state: Matched expected service error \
             code: NotYet",
            40,
        ),
        // The acceptor that was tried last is named, though it was another
        // that matched before.
        (
            &[NOT_YET, DOWN, DOWN],
            "Max attempts exceeded. Previously accepted state: For expression \"State\" we \
             matched expected path: \"starting\"",
            40,
        ),
        (
            &[DOWN, GONE],
            "Waiter encountered a terminal failure state: For expression \"State\" we matched \
             expected path: \"gone\"",
            20,
        ),
        (&[DENIED], "An error occurred (Denied): not you", 0),
    ] {
        assert_eq!(
            wait(STATES, WaitConfig::default(), answers).await,
            (format!("Waiter Ready failed: {reason}"), seconds)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn delay_and_attempts_may_be_others() {
    let config = WaitConfig {
        delay: Some(Duration::from_secs(3)),
        max_attempts: Some(5),
    };
    assert_eq!(
        wait(STATES, config, &[DOWN, DOWN, DOWN, DOWN, UP]).await,
        ("ready".to_owned(), 12)
    );
    let config = WaitConfig {
        max_attempts: Some(0),
        ..config
    };
    assert_eq!(
        wait(STATES, config, &[DOWN]).await,
        ("Waiter Ready failed: Max attempts exceeded".to_owned(), 0)
    );
}

#[tokio::test(start_paused = true)]
async fn each_matcher_matches_what_it_should() {
    let refused = |code: &str| format!("404 Not Found\r\n\r\n{{\"__type\": \"{code}\"}}");
    let answer = |body: &str| format!("200 OK\r\n\r\n{body}");
    for (acceptor, answer, matches) in [
        (
            r#""path", "argument": "Done", "expected": true"#,
            answer(r#"{"Done": true}"#),
            true,
        ),
        (
            r#""path", "argument": "Done", "expected": true"#,
            answer("{}"),
            false,
        ),
        (
            r#""path", "argument": "length(States) > `1`", "expected": true"#,
            answer(r#"{"States": ["a", "b"]}"#),
            true,
        ),
        (
            r#""path", "argument": "length(States)", "expected": 2"#,
            answer(r#"{"States": ["a", "b"]}"#),
            true,
        ),
        (
            r#""pathAll", "argument": "States", "expected": "a""#,
            answer(r#"{"States": ["a", "a"]}"#),
            true,
        ),
        (
            r#""pathAll", "argument": "States", "expected": "a""#,
            answer(r#"{"States": ["a", "b"]}"#),
            false,
        ),
        (
            r#""pathAll", "argument": "States", "expected": "a""#,
            answer(r#"{"States": []}"#),
            false,
        ),
        (
            r#""pathAll", "argument": "State", "expected": "a""#,
            answer(r#"{"State": "a"}"#),
            false,
        ),
        (
            r#""pathAny", "argument": "States", "expected": "a""#,
            answer(r#"{"States": ["b", "a"]}"#),
            true,
        ),
        (
            r#""pathAny", "argument": "States", "expected": "a""#,
            answer(r#"{"States": ["b"]}"#),
            false,
        ),
        (
            r#""pathAny", "argument": "States", "expected": "a""#,
            answer(r#"{"States": []}"#),
            false,
        ),
        (r#""status", "expected": 200"#, answer("{}"), true),
        (r#""status", "expected": 404"#, refused("NoSuch"), true),
        (r#""status", "expected": 404"#, answer("{}"), false),
        (r#""error", "expected": "NoSuch""#, refused("NoSuch"), true),
        (r#""error", "expected": "NoSuch""#, answer("{}"), false),
        (r#""error", "expected": true"#, refused("Any"), true),
        (r#""error", "expected": true"#, answer("{}"), false),
        (r#""error", "expected": false"#, answer("{}"), true),
    ] {
        let acceptors = format!(
            r#"[{{"state": "success", "matcher": {acceptor}}},
                {{"state": "failure", "matcher": "error", "expected": true}},
                {{"state": "failure", "matcher": "status", "expected": 200}}]"#
        );
        let (end, _) = wait(&acceptors, WaitConfig::default(), &[&answer]).await;
        assert_eq!(end == "ready", matches, "{acceptor} {answer}: {end}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_at_once() {
    let unknown = Waiter::new(service("[]"), "Never").unwrap_err();
    assert_eq!(unknown.to_string(), "Waiter does not exist: Never");
    for acceptors in [
        r#"[{"state": "odd", "matcher": "status", "expected": 200}]"#,
        r#"[{"state": "success", "matcher": "odd", "expected": 200}]"#,
    ] {
        let error = Waiter::new(service(acceptors), "Ready").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the model of the waiter Ready has no usable acceptors"
        );
    }
    let acceptors = r#"[{"state": "success", "matcher": "path", "argument": "a[", "expected": 1}]"#;
    let error = Waiter::new(service(acceptors), "Ready").unwrap_err();
    assert!(matches!(error, WaiterError::Expression(_)), "{error}");

    // No answer at all ends it, whatever the acceptors say.
    let server = Server::new(Vec::new());
    let client = client(service(STATES), &server);
    let wrong = json::parse(r#"{"Name": 7}"#).unwrap();
    let wrong = wrong.as_map().unwrap().clone();
    let error = client.wait("Ready", wrong, WaitConfig::default()).await;
    assert!(matches!(error, Err(Error::Validation(_))));
}

#[test]
fn the_waiters_of_every_service_can_be_used() {
    let mut count = 0;
    for service in awl_catalog::store().services() {
        for name in names(service) {
            let waiter = Waiter::new(service, name)
                .unwrap_or_else(|error| panic!("{} {name}: {error}", service.name()));
            assert!(!waiter.acceptors.is_empty());
            count += 1;
        }
    }
    assert!(count > 300, "{count}");
}
