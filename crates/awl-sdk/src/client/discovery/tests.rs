//! A service that tells its endpoints.

use std::collections::BTreeMap;

use awl_value::Value;

use crate::handlers::testing::{Server, config, params};
use crate::{Client, Error};

/// A service whose endpoint is this server. `Put` may need another, `Must`
/// does.
fn client(server: &Server, required: bool, settings: &[(&'static str, &str)]) -> Client {
    let model = format!(
        r#"{{
        "metadata": {{"apiVersion": "2020-01-01", "protocol": "json", "jsonVersion": "1.0",
            "protocols": ["json"], "serviceId": "Test", "endpointPrefix": "test",
            "signatureVersion": "v4", "targetPrefix": "Test"}},
        "operations": {{
            "DescribeEndpoints": {{"name": "DescribeEndpoints", "endpointoperation": true,
                "http": {{"method": "POST", "requestUri": "/"}},
                "input": {{"shape": "Question"}}, "output": {{"shape": "Answer"}}}},
            "Put": {{"name": "Put", "endpointdiscovery": {{}},
                "http": {{"method": "POST", "requestUri": "/"}}, "input": {{"shape": "Input"}}}},
            "Must": {{"name": "Must", "endpointdiscovery": {{"required": {required}}},
                "http": {{"method": "POST", "requestUri": "/"}}, "input": {{"shape": "Input"}}}}
        }},
        "shapes": {{
            "Question": {{"type": "structure", "members": {{"Operation": {{"shape": "Text"}},
                "Identifiers": {{"shape": "Identifiers"}}}}}},
            "Identifiers": {{"type": "map", "key": {{"shape": "Text"}},
                "value": {{"shape": "Text"}}}},
            "Answer": {{"type": "structure", "members": {{"Endpoints": {{"shape": "Endpoints"}}}}}},
            "Endpoints": {{"type": "list", "member": {{"shape": "Endpoint"}}}},
            "Endpoint": {{"type": "structure", "members": {{"Address": {{"shape": "Text"}},
                "CachePeriodInMinutes": {{"shape": "Number"}}}}}},
            "Input": {{"type": "structure", "members": {{
                "Table": {{"shape": "Text", "endpointdiscoveryid": true}},
                "Inner": {{"shape": "Input"}}}}}},
            "Number": {{"type": "long"}},
            "Text": {{"type": "string"}}
        }}}}"#
    );
    let rules = format!(
        r#"{{"version": "1.0", "parameters": {{"Region": {{"builtIn": "AWS::Region",
            "required": false, "documentation": "", "type": "String"}},
            "Endpoint": {{"builtIn": "SDK::Endpoint", "required": false, "documentation": "",
            "type": "String"}}}},
            "rules": [{{"conditions": [], "type": "endpoint",
            "endpoint": {{"url": "{}", "properties": {{}}, "headers": {{}}}}}}]}}"#,
        server.url
    );
    let mut files = BTreeMap::new();
    let mut add = |name: &str, text: String| {
        files.insert(format!("test/2020-01-01/{name}-1.json"), text.into_bytes());
    };
    add("endpoint-rule-set", rules);
    files.insert(
        "test/2020-01-01/service-2.json".to_owned(),
        model.into_bytes(),
    );
    let store = awl_test::compile_files(&files);
    let mut all = vec![("max_attempts", "1")];
    all.extend(settings);
    let catalog = awl_catalog::store();
    Client::with_store(&config(&all), store.service("test").unwrap(), catalog).unwrap()
}

async fn call(client: &Client, operation: &str, given: &str) -> Result<(), Error> {
    client
        .call(operation, Value::Map(params(given)))
        .await
        .map(drop)
}

fn fine() -> String {
    "200 OK\r\n\r\n{}".to_owned()
}

fn told(server: &Server, minutes: i64) -> String {
    format!(
        "200 OK\r\n\r\n{{\"Endpoints\": [{{\"Address\": \"{}\", \"CachePeriodInMinutes\": {minutes}}}]}}",
        server.url
    )
}

/// Which operation a request is, and its body.
fn request(server: &Server) -> (String, String) {
    let request = server.request();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let target = head
        .lines()
        .find_map(|line| {
            line.to_lowercase()
                .strip_prefix("x-amz-target: test.")
                .map(str::to_owned)
        })
        .unwrap();
    assert_eq!(
        head.to_lowercase()
            .contains("x-amz-api-version: 2020-01-01"),
        target == "describeendpoints"
    );
    (target, body.to_owned())
}

#[tokio::test]
async fn endpoints_are_asked_for_once_for_each_identifier() {
    let other = Server::new(vec![fine(), fine(), fine()]);
    let server = Server::new(vec![told(&other, 5), told(&other, 5)]);
    let client = client(&server, true, &[]);
    for given in [r#"{"Table": "a"}"#, r#"{"Inner": {"Table": "a"}}"#] {
        call(&client, "Must", given).await.unwrap();
        assert_eq!(request(&other), ("must".to_owned(), given.to_owned()));
    }
    let (operation, body) = request(&server);
    assert_eq!(operation, "describeendpoints");
    assert_eq!(
        body,
        r#"{"Operation": "Must", "Identifiers": {"Table": "a"}}"#
    );
    assert!(server.is_quiet());
    call(&client, "Must", r#"{"Table": "b"}"#).await.unwrap();
    assert_eq!(
        request(&server).1,
        r#"{"Operation": "Must", "Identifiers": {"Table": "b"}}"#
    );
}

#[tokio::test]
async fn endpoints_end() {
    let other = Server::new(vec![fine(), fine()]);
    let server = Server::new(vec![told(&other, 0), told(&other, 0)]);
    let client = client(&server, true, &[]);
    for _ in 0..2 {
        call(&client, "Must", "{}").await.unwrap();
        assert_eq!(
            request(&server),
            ("describeendpoints".to_owned(), "{}".to_owned())
        );
    }
}

#[tokio::test]
async fn an_endpoint_that_is_none_is_replaced() {
    let refused = "421 Misdirected Request\r\n\r\n{\"__type\": \"InvalidEndpointException\"}";
    let bad = Server::new(vec![refused.to_owned()]);
    let good = Server::new(vec![fine()]);
    let server = Server::new(vec![told(&bad, 5), told(&good, 5)]);
    let client = client(&server, true, &[]);
    call(&client, "Must", "{}").await.unwrap();
    assert_eq!(request(&bad).0, "must");
    assert_eq!(request(&good).0, "must");
}

#[tokio::test]
async fn what_is_optional_goes_the_usual_way_unless_asked_for() {
    for (required, settings, operation, expected) in [
        (true, &[][..], "Put", "put"),
        (false, &[], "Must", "must"),
        (
            false,
            &[("endpoint_discovery_enabled", "false")],
            "Put",
            "put",
        ),
        (
            false,
            &[("endpoint_discovery_enabled", "True")],
            "Put",
            "describeendpoints",
        ),
    ] {
        let server = Server::new(vec!["200 OK\r\n\r\n{\"Endpoints\": []}".to_owned(), fine()]);
        let client = client(&server, required, settings);
        call(&client, operation, "{}").await.unwrap();
        assert_eq!(request(&server).0, expected);
    }
}

#[tokio::test]
async fn what_is_required_and_turned_off_is_refused() {
    let server = Server::new(vec![]);
    for (word, message) in [
        (
            "false",
            "Endpoint Discovery is not enabled but this operation requires it.",
        ),
        (
            "maybe",
            "Unsupported configuration value for endpoint_discovery_enabled. Expected one of \
             (\"true\", \"false\", \"auto\") but got maybe.",
        ),
    ] {
        let client = client(&server, true, &[("endpoint_discovery_enabled", word)]);
        let error = call(&client, "Must", "{}").await.unwrap_err();
        assert_eq!(error.to_string(), message);
    }
    // Nobody is there to tell.
    let client = client(&server, true, &[]);
    drop(server);
    let error = call(&client, "Must", "{}").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Endpoint Discovery failed to refresh the required endpoints."
    );
    call(&client, "Put", "{}").await.unwrap_err();
}

#[tokio::test]
async fn a_configured_endpoint_is_used_as_it_is() {
    let server = Server::new(vec![fine()]);
    let client = client(&server, true, &[("endpoint_url", &server.url)]);
    call(&client, "Must", "{}").await.unwrap();
    assert_eq!(request(&server).0, "must");
}
